"""An answer that could not be carried out is noted once: that its entry ends later asks nobody a second time."""

from collections.abc import Iterator

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import Someone, Town

MAY31, JUN03, JUN04, JUN10, JUN11 = NIGHTS = ("2024-05-31", "2024-06-03", "2024-06-04", "2024-06-10", "2024-06-11")
Played = tuple[Town, dict[str, Someone]]


def _row(entry: str, verdict: str, day: str) -> dict[str, str]:
    return {"台账流水号": entry, "核查结论": verdict, "核查人": "张三", "审核环节": "终审", "核查日期": day}


def _noted(town: Town, who: Someone, day: str) -> list[tuple[str, str]]:
    return [(e["op"], e["state_to"]) for e in town.entries(who, day) if (e["track"], e["ground"]) == ("T", "decision")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Locked out until the tenth, and answered as if another's rows were mixed in; the note of one is answered the day after."""
    town = Town.found(tmp_path_factory.mktemp("noted") / "town", "xinyu")
    cast = {
        case: town.tell(town.person(f"1980-02-0{n}", "女"), jobless("2023-01-01"), housed("江西省新余市渝水区", book=f"H{n}"), recognised("4050", "2022-01-10", left="2024-03-10"))
        for n, case in enumerate(("open", "answered"), 1)
    }  # fmt: skip
    town.night(MAY31)
    listed = [e["entry_id"] for who in cast.values() for e in town.entries(who, MAY31) if (e["track"], e["op"]) == ("H", "HOLD")]  # fmt: skip
    town.deliver("核查结果", JUN03, "增量", [_row(entry, "非同一人", JUN03) for entry in listed])
    town.night(JUN03)
    (note,) = [e["entry_id"] for e in town.entries(cast["answered"], JUN03) if e["ground"] == "decision"]
    town.deliver("核查结果", JUN04, "增量", [_row(note, "确认", JUN04)])
    for day in (JUN04, JUN10, JUN11):
        town.night(day)
    yield town, cast


@pytest.mark.parametrize("case", ["open", "answered"])
def test_the_end_of_its_entry_asks_nothing_again(played: Played, case: str) -> None:
    town, cast = played
    assert _noted(town, cast[case], JUN03) == [("REVIEW", "open")]
    assert [e["op"] for e in town.entries(cast[case], JUN10) if e["basis"] == "locked"] == ["UPD"]
    assert [_noted(town, cast[case], day) for day in (JUN10, JUN11)] == [[], []]


def test_the_answer_to_the_note_holds(played: Played) -> None:
    town, cast = played
    assert _noted(town, cast["answered"], JUN04) == [("DECIDED", "done")]
    found = town.ask("select needs_decision from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00') where person_id = ? and ground = 'decision' and op = 'REVIEW'", town.person_id(cast["answered"]))  # fmt: skip
    assert found == [{"needs_decision": False}]
