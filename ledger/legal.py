"""Which decision is legal of what, in which state, and where it leads: the table of `decisions.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("decisions.toml")
DEATHS = ("died", "death")  # grounds and bases


@dataclass(frozen=True)
class Legal:
    """One row of the table of legal decisions."""

    number: int
    track: str
    op: str
    froms: tuple[str, ...]
    decision: str
    to: str
    effect: str
    role: tuple[str, ...] = ()
    again: bool | None = None
    list: str | None = None
    waits: bool = False

    def fits(self, track: str, op: str, state: str, decision: str, role: str, is_again: bool) -> bool:
        """Whether this row speaks of such a decision in that state."""
        return (
            self.says(track, op, decision, role)
            and ("*" in self.froms or state in self.froms)
            and self.again in (None, is_again)
        )

    def says(self, track: str, op: str, decision: str, role: str) -> bool:
        """Whether this row speaks of such a decision in any state."""
        named = self.track in ("*", track) and self.op == op and self.decision == decision
        return named and (not self.role or role in self.role)

    def notice(self, days: int, reason: str | None) -> int:
        """How many of the pack's `days` of notice it waits for, given its entry's ground, or basis: of a death there is
        nobody to tell."""
        return days if self.waits and reason not in DEATHS else 0

    def told_by(self, reason: str | None) -> str | None:
        """The list that the decision goes to, given the same: nobody sends a notice to the dead."""
        return self.list if reason not in DEATHS else None


@cache
def words() -> dict[str, Any]:
    """The whole file: the table, ranks, and how states and ops are called."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def legal_decisions() -> tuple[Legal, ...]:
    """The table, in its order: the first row that fits counts."""
    rows = words()["legal"]
    return tuple(
        Legal(
            row["number"], row["track"], row["op"], tuple(row["from"]), row["decision"], row["to"], row["effect"],
            tuple(row.get("role", ())), row.get("again"), row.get("list"), row.get("waits", False),
        ) for row in rows
    )  # fmt: skip


def roles() -> tuple[str, ...]:
    """Every step at which somebody may answer, the last word last."""
    return tuple(words()["rank"])


def rank(role: str) -> int:
    """Who has the last word: 终审 over 审核 over 初审 over 走访, and any of them over nobody said."""
    return int(words()["rank"].get(role, 0))
