"""Writes docs/states.md: what every decision does in every state, what the machine moves, and the numbered transitions.

python docs/make_states.py           write it
python docs/make_states.py --check   say whether it is stale, and end with 1 if it is
"""

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.make_coverage import packs  # noqa: E402
from docs.make_reference import main  # noqa: E402
from docs.reference.markdown import code, table  # noqa: E402
from ledger.legal import TABLE, Legal, legal_decisions  # noqa: E402

COMMAND = ".venv/bin/python docs/make_states.py"
MADE = f"<!-- Made by docs/make_states.py. Do not edit: change ledger/decisions.toml or transitions.toml, then `{COMMAND}`. -->"
STATES = {
    "R": ("R0", "R1", "R2", "R3"),
    "H": ("H0", "H1", "H2", "H3", "H4", "H5", "H6", "HX"),
    "L": ("L0", "L1", "L2", "L3", "L4", "L5", "L6", "LX"),
    "T": ("open", "done", "sent", "answered", "confirmed", "dropped"),
}
EVENTS = {
    "R": ("IN", "PROP_DEREG", "REVIEW", "HOLD", "END"),
    "H": ("IN", "PROP_EXIT", "REVIEW", "HOLD", "END"),
    "L": ("IN", "FLAG_REEMP", "PROP_EXIT", "REVIEW", "HOLD", "END"),
    "T": ("TASK", "ALERT", "REFER", "NOTIFY", "REVIEW", "URGE", "GAP"),
}
DECISIONS = ("确认", "驳回", "同一人", "非同一人")
ROLES = ("", "走访", "初审", "审核", "终审")
WORDS = {
    "=": "stays",
    "before": "as before",
    "out": "out, unless another basis",
    "released": "released",
    None: "refused",
}


def first_row(track: str, op: str, state: str, decision: str, role: str, is_again: bool = False) -> Legal | None:
    """The row of the table that counts for a decision in a state; none where it is refused."""
    return next((r for r in legal_decisions() if r.fits(track, op, state, decision, role, is_again)), None)


def pairs() -> Iterator[tuple[str, str, str, str]]:
    """Every track, op, decision and state."""
    for track, ops in EVENTS.items():
        for op in ops:
            for decision in DECISIONS:
                for state in STATES[track]:
                    yield track, op, decision, state


@cache
def transitions() -> dict[int, dict[str, Any]]:
    data = tomllib.loads(TABLE.with_name("transitions.toml").read_text(encoding="utf-8"))["transition"]
    return {int(number): facts for number, facts in data.items()}


def faults() -> list[str]:
    """Transitions that nothing does, and rules that do not exist."""
    known = {name for rules in packs().values() for name in rules}
    told = [f"transition {n} is missing" for n in range(1, 27) if n not in transitions()]
    decided = {r.number for r in legal_decisions()}
    for number, facts in transitions().items():
        told += [f"transition {number}: no rule {name}" for name in facts.get("rules", ()) if name not in known]
        if not (facts.get("rules") or facts.get("how") or number in decided):
            told.append(f"transition {number}: nothing does it")
    return told


def states() -> str:
    """docs/states.md."""
    lines = ["# States and decisions", "", MADE, ""]
    lines += [
        "What an officer's decision does, for every state: rows are the asked entry's op and the decision, columns the state that the",
        "person (or the item of T) is in. **refused**: nobody moves, and a T REVIEW says why. IN is an ADD or a further basis, END a closing",
        "entry that asks. Where the role matters, it stands before; *again*: as a second answer to the same entry. 暂缓 moves",
        "nothing anywhere. *Waits*: from the end of the notice, where the office set `notice_days`. Why:",
        "[decision 0014](decisions/0014-decisions-move-people.md).",
        "",
    ]
    for track, named in STATES.items():
        rows = [
            (f"{op} {decision}", *(_cell(track, op, decision, s) for s in named))
            for op in EVENTS[track]
            for decision in DECISIONS
        ]
        lines += [f"## {track}", "", *table(("Decision", *named), rows)]
    lines += ["## What the machine moves", "", *table(("Track and op", "To", "When it ends", "Rules"), _moves())]
    lines += [
        "## Transitions",
        "",
        *table(("No", "Moves", "What", "By", "Rules and decisions", "How else"), _numbered()),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _cell(track: str, op: str, decision: str, state: str) -> str:
    by_target: dict[str, list[str]] = defaultdict(list)
    for role in ROLES:
        rule, again = (first_row(track, op, state, decision, role, is_again) for is_again in (False, True))
        said = _to(rule)
        by_target[said if again == rule else f"{said}; again {_to(again)}"].append(role or "no role")
    if len(by_target) == 1:
        return next(iter(by_target))
    return "; ".join(f"{'、'.join(roles)}: {target}" for target, roles in by_target.items() if target != WORDS[None])


def _to(rule: Legal | None) -> str:
    to = rule.to if rule else None
    return WORDS.get(to, to or "") + (" (waits)" if rule and rule.waits else "")


def _moves() -> list[tuple[str, str, str, str]]:
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for rules in packs().values():
        for rule in rules.values():
            if rule.finds["track"] != "T" and rule.finds.get("state"):
                is_mark = rule.finds["op"] == "FLAG_REEMP"
                ends = "where they stood before" if is_mark else str(rule.finds.get("closed_state") or "stays")
                found[f"{rule.finds['track']} {rule.finds['op']}", rule.finds["state"], ends].append(code(rule.id))
    return [(*key, ", ".join(dict.fromkeys(names))) for key, names in sorted(found.items())]


def _numbered() -> list[tuple[object, ...]]:
    rows = []
    for number, facts in sorted(transitions().items()):
        decided = [f"{r.track} {r.op} {r.decision}" for r in legal_decisions() if r.number == number]
        does = [*map(code, facts.get("rules", ())), *dict.fromkeys(decided)]
        rows.append((number, facts["moves"], facts["what"], facts["by"], ", ".join(does), facts.get("how", "")))
    return rows


PAGES = {"states.md": states}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], PAGES, COMMAND))
