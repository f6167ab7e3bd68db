"""A city run every night beside the same city run every third night, with the same files, officers' answers among them: each
third night takes in those of three days, with their own days on them. Whose each row is, who stands where and what is open is
then the same (docs/decisions/0013). All people are invented."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.review.open_now import gather_from_store
from ledger.store import connect
from sample_data.__main__ import make
from schemas.extracts import PERSON_LAYOUTS
from tests.nightshift import Night, Town

DAYS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
FOUR = ("shandong", "jining", "xinyu", "neimenggu")
LINE = "select '{kind}' as kind, office, record_id, match_status, link_grade, person_id from standing_{kind}"
WHOSE = " union all ".join(LINE.format(kind=kind) for kind in PERSON_LAYOUTS)
EFFECTIVE = "ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')"
# Which posts are named hangs on the nights on which they were. Of track T what is open is compared, item by item: its state is the last word, also about an item of a night in between.
STATES = "select person_id, pack, track, state, basis, tier, needs_decision from ledger_state where track <> 'T'"
OPEN = f"select coalesce(person_id, basis) as person_id, pack, track, op, clause, basis, ground, is_asked from {EFFECTIVE} where is_open and op <> 'DECIDED' and not regexp_matches(coalesce(basis, ''), '^(vacancy|public):')"  # fmt: skip
ASKED = "select likely_id as person_id, kind, record_id, rule, cause from open_link"


def asked_from(town: Town, *queries: str) -> list[list[dict[str, Any]]]:
    con = connect(town.workspace.store, read_only=True)
    try:
        gather_from_store(con, town.workspace.runs)
        return [con.sql(query).to_arrow_table().to_pylist() for query in queries]
    finally:
        con.close()


def found(town: Town) -> dict[str, Counter[tuple[Any, ...]]]:
    """Lines, states and open questions, each person named by the lines that are theirs."""
    lines, *told = asked_from(town, WHOSE, STATES, OPEN, ASKED)
    theirs: dict[str, list[str]] = {}
    for line in lines:
        theirs.setdefault(line["person_id"] or "", []).append(line["kind"] + line["record_id"])
    named = {who: tuple(sorted(of)) for who, of in theirs.items() if who}
    seen = dict(zip(("lines", "states", "open", "asked"), (lines, *told), strict=True))
    return {
        what: Counter(tuple(str(named.get(v, v) if c == "person_id" else v) for c, v in row.items()) for row in rows)
        for what, rows in seen.items()
    }


def answers(town: Town, day: str) -> list[dict[str, str]]:
    """Of all that is open in turn: confirmed, refused, put off, left alone."""
    entries, links = asked_from(town, f"select entry_id as question from {EFFECTIVE} where is_asked order by all", "select question from open_link order by all")  # fmt: skip
    person = {"核查人": "张三", "审核环节": "审核", "核查日期": day}
    return [
        {"台账流水号": str(row["question"]), "核查结论": verdicts[n % len(verdicts)]} | person
        for rows, verdicts in ((entries, ("确认", "驳回", "暂缓", "")), (links, ("同一人", "非同一人", "")))
        for n, row in enumerate(rows)
        if verdicts[n % len(verdicts)]
    ]


def deliver(town: Town, files: Path) -> None:
    for path in sorted(files.iterdir()):
        (town.workspace.inbox / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize(
    ("seed", "later", "packs"),
    [(7, "delta", ("shandong",)), pytest.param(8, "full", FOUR, marks=pytest.mark.slow)],
    ids=["what is new", "all of it, under four packs"],
)
def test_every_third_night_ends_where_every_night_does(
    seed: int, later: str, packs: tuple[str, ...], tmp_path: Path
) -> None:
    files = tmp_path / "files"
    make(files, people=10, nights=len(DAYS), seed=seed, start=date.fromisoformat(DAYS[0]), damage_rate=0.4, formats="plain", later=later)  # fmt: skip
    each = Town.found(tmp_path / "each", *packs)
    deliver(each, files / "night-1")
    each.run(DAYS[0])
    third = each.copy(tmp_path / "third")
    said = answers(each, DAYS[1])
    for number, day in enumerate(DAYS[1:], start=2):
        for town in (each, third):
            deliver(town, files / f"night-{number}")
            if day == DAYS[1]:
                town.deliver("核查结果", day, "增量", said)
        each.run(day)
    last: Night = third.run(DAYS[-1])
    assert {i["status"] for i in last.manifest["inputs"]} <= {"accepted", "duplicate"}
    one, other = found(each), found(third)
    assert len(one["states"]) > 50 and len(said) > 20
    apart = {what: ([*(one[what] - other[what])], [*(other[what] - one[what])]) for what in one}
    assert apart == dict.fromkeys(one, ([], []))
