"""Spells and cases are what the ledger says of each day: whose basis ended, who came in again, whose decision waits for its day.

One town of real nights. Every case is worked out a second time, in plain Python, from the state that the fold gives for each single day.
"""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pytest

from flows.looking.look import FOREVER, opened_store
from tests.nightshift import Someone, Town, aid, benefit, insured, registered, stop

NIGHTS = FIRST, SECOND, THIRD, FOURTH, LAST = "2024-06-29", "2024-07-03", "2024-07-05", "2024-07-15", "2024-07-20"
EFFECTIVE = "2024-07-18"
OUT = ("L0", "L6", "H0", "H6", "R0", "R3", None)
CAST = {
    "basis ended": (benefit("2024-01", "2024-06"),),
    "basis ended and holds again": (benefit("2024-01", "2024-06"), benefit("2024-07", "2024-12", FOURTH)),
    "taken back and told again": (stop("2024-04", until=THIRD), stop("2024-04", FOURTH)),
    "out": (aid("2024-01", "2024-06"), registered("2024-03-10")),
    "in again": (aid("2024-01", "2024-06", until=FOURTH), aid("2024-07", "", FOURTH), registered("2024-03-10")),
    "at work for a while": (stop("2024-04"), insured("2024-06", THIRD, FOURTH)),
    "first basis taken back": (stop("2024-04", until=THIRD), benefit("2024-01", "2024-12", SECOND)),
    "verified later, basis ended": (benefit("2024-01", "2024-06"),),
    "verified later, basis taken back": (stop("2024-04", until=THIRD),),
}


class Told:
    """The town after its nights, and whom it is about."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.cast: dict[str, Someone] = {}
        for day, (who, said) in enumerate(CAST.items(), 1):
            self.cast[who] = town.tell(town.person(f"1979-03-{day:02d}"), *said)
        for day in range(1, 9):  # so that no extract loses half of its rows
            rows = stop("2024-04"), benefit("2024-01", "2024-12"), aid("2024-01"), insured("2023-01", end="2023-12")
            town.tell(town.person(f"1980-01-{day:02d}"), *rows)
        asked = {
            e["id_number"]: e["entry_id"] for e in town.night(FIRST).entries(op="ADD", track="L", pack="zhongshan")
        }
        town.deliver("核查结果", SECOND, "增量", [{
            "台账流水号": asked[one.number], "核查结论": "确认", "生效日期": EFFECTIVE, "核查人": "张三", "审核环节": "审核", "核查日期": FIRST,
        } for who, one in self.cast.items() if who.startswith("verified")])  # fmt: skip
        self.now: dict[str, dict[str, Any]] = {}
        for night in NIGHTS[1:]:
            town.night(night)
            self.now[night] = {who: self.state(who) for who in CAST}

    def state(self, who: str) -> Any:
        return self.town.state(self.cast[who], "zhongshan", "L")["state"]

    def asked(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with opened_store(self.town.workspace) as con:
            return con.execute(query, list(values)).fetchall()

    def cases(self, who: str, track: str, pack: str = "neimenggu") -> list[tuple[Any, ...]]:
        query = "select case_no, since, ended, spells from ledger_cases_on(?::date, ?, 30) where (person_id, pack, track) = (?, ?, ?)"
        return self.asked(query, LAST, FOREVER, self.town.person_id(self.cast[who]), pack, track)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(Town.found(tmp_path_factory.mktemp("spells") / "town", "zhongshan", "neimenggu"))


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_who_left_and_came_in_again_within_the_days_is_one_case_of_two_spells(told: Told) -> None:
    assert told.cases("in again", "H") == [(1, day(FIRST), None, 2)]
    assert told.cases("out", "H") == [(1, day(FIRST), day(SECOND), 1)]


@pytest.mark.parametrize("who", ["basis ended", "basis ended and holds again", "at work for a while"])
def test_a_case_began_when_they_came_in_whatever_ended_since(who: str, told: Told) -> None:
    assert told.cases(who, "L", "zhongshan") == [(1, day(FIRST), None, 1)]


def test_what_was_taken_back_was_no_case(told: Told) -> None:
    assert told.cases("taken back and told again", "L", "zhongshan") == [(1, day(FOURTH), None, 1)]
    assert told.cases("first basis taken back", "L", "zhongshan") == [(1, day(SECOND), None, 1)]


def worked_out(days: list[date], states: list[str | None], gap: int) -> list[tuple[int, date, date | None, int]]:
    """Cases from the state of each day: number, since, ended, spells."""
    spells = []
    for is_in, run in groupby(zip(days, states, strict=True), lambda pair: pair[1] not in OUT):
        if is_in:
            within = [d for d, _ in run]
            spells.append((within[0], within[-1] + timedelta(days=1) if within[-1] < days[-1] else None))
    cases: list[tuple[int, date, date | None, int]] = []
    for since, ended in spells:
        left = cases[-1][2] if cases else None
        if left and since <= left + timedelta(days=gap):
            number, began, _, count = cases.pop()
            cases.append((number, began, ended, count + 1))
        else:
            cases.append((len(cases) + 1, since, ended, 1))
    return cases


@pytest.mark.parametrize("gap", [0, 30])
def test_every_case_is_what_the_states_of_its_days_give(told: Told, gap: int) -> None:
    days = [day(FIRST) + timedelta(days=n) for n in range((day(LAST) - day(FIRST)).days + 1)]
    by_day = [
        {tuple(key): state for *key, state in told.asked("select person_id, pack, track, state from ledger_state_on(?, ?) where track <> 'T'", d, FOREVER)}
        for d in days
    ]  # fmt: skip
    found = told.asked("from ledger_cases_on(?::date, ?, ?::integer)", LAST, FOREVER, gap)
    expected = [
        (*key, *case)
        for key in sorted(set().union(*by_day))
        for case in worked_out(days, [states.get(key) for states in by_day], gap)
    ]
    assert found == expected and {spells for *_, spells in found} == ({1} if gap == 0 else {1, 2})


# A decision that waits for its day.


def test_whose_basis_ends_while_a_verification_waits_stands_where_they_stood(told: Told) -> None:
    who = "verified later, basis ended"
    assert [told.now[night][who] for night in NIGHTS[1:]] == ["L1", "L1", "L1", "L2"]
    assert told.cases(who, "L", "zhongshan") == [(1, day(FIRST), None, 1)]


def test_no_day_is_without_a_state(told: Told) -> None:
    for night in (*NIGHTS, EFFECTIVE):
        blank = "select count(*) from ledger_state_on(?::date, ?) where state is null"
        assert told.asked(blank, night, FOREVER) == [(0,)], night
    where = "select state from ledger_state_on(?::date, ?) where person_id = ? and track = 'L'"
    for who, on in (("first basis taken back", FIRST), ("verified later, basis taken back", FOURTH)):
        assert told.asked(where, on, FOREVER, told.town.person_id(told.cast[who])) == [("L0",)], who
