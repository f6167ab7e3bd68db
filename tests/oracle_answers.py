"""What is said of one person by one policy: each rule's answer, and the form that a yes takes."""

from collections.abc import Iterable
from typing import NamedTuple

from tests.oracle_facts import ending, entry, may_act
from tests.oracle_rows import Finding, Person, Row
from tests.oracle_truth import Answer, Missing, is_sure

ADVERSE = ("PROP_EXIT", "PROP_DEREG", "FLAG_REEMP")


class Unsure(NamedTuple):
    """A rule that cannot be decided for somebody, and what is missing."""

    pack: str
    rule_id: str
    missing: Missing


class Answers:
    """Filled rule by rule. `proof` are the rows that a yes rests on; where one of several is enough, the surest of them.
    `surely`: the answer by sure rows alone; without it what would end something is only asked about."""

    def __init__(self, pack: str, person: Person) -> None:
        self.pack, self.person = pack, person
        self.found: set[Finding] = set()
        self.unsure: set[Unsure] = set()

    def ask(
        self,
        rule_id: str,
        holds: Answer,
        track: str,
        op: str,
        proof: Iterable[Row | None],
        basis: str | None = None,
        ground: str | None = None,
        surely: Answer = True,
    ) -> None:
        if isinstance(holds, Missing):
            self.unsure.add(Unsure(self.pack, rule_id, holds))
        elif holds and (form := graded(self.person, track, op, [row for row in proof if row is not None])):
            form = "REVIEW" if op in ADVERSE and not is_sure(surely) else form
            self.found.add(Finding(self.pack, rule_id, track, form, basis, ground))


def graded(person: Person, track: str, op: str, proof: list[Row]) -> str | None:
    """Fuzzy never ends anything; lists, tasks and letters need a link that is good enough."""
    if op in ADVERSE:
        return ending(person, op, *proof)
    if op == "REVIEW":
        return op
    if track == "T":
        return op if may_act(person, *proof, weakest="variant" if op == "URGE" else "probable") else None
    return entry(person, op, *proof)


def surest(*rows: Row | None) -> Row | None:
    return min((r for r in rows if r is not None), key=lambda r: r.rank, default=None)
