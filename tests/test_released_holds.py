"""Whom somebody else's number put on hold: every hold of a track can be answered, and its end undoes no person's word, released
or not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.more_said import housed, jobless
from tests.nightshift import Someone, Town, aid

MAY31, JUN3, JUN10, JUN11, JUN20, JUN21 = "2024-05-31", "2024-06-03", "2024-06-10", "2024-06-11", "2024-06-20", "2024-06-21"  # fmt: skip
Played = tuple[Town, dict[str, Someone]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Recognised in Xinyu and verified in Zhongshan, or a candidate; on the tenth another name comes under the number of each; on
    the eleventh every hold is rejected but for those of whom nobody says anything; on the twentieth the registrations are over."""
    town = Town.found(tmp_path_factory.mktemp("hold") / "town", "zhongshan", "xinyu")
    cast = {
        name: town.person(f"1975-04-{day}", "女", area=360502)
        for day, name in enumerate(("vouched", "candidate", "vouched, left on hold", "candidate, left on hold"), 18)
    }
    for book, who in enumerate(cast.values()):
        town.tell(
            who, housed("江西省新余市渝水区", book=f"H{book}"), jobless("2023-03-10", until=JUN20, 登记编号=f"A{book}"),
            jobless("2023-03-10", JUN20, 登记编号=f"A{book}", 注销日期="2024-06-19"),
        )  # fmt: skip
        town.tell(replace(who, name="欧阳不同"), aid("2024-01", since=JUN10, 低保证号=f"B{book}"))
    town.night(MAY31)
    _answer(town, [cast["vouched"], cast["vouched, left on hold"]], JUN3, MAY31, "ADD", "确认")
    town.night(JUN3)
    town.night(JUN10)
    _answer(town, [cast["vouched"], cast["candidate"]], JUN11, JUN10, "HOLD", "驳回")
    for day in (JUN11, JUN20, JUN21):
        town.night(day)
    yield town, cast


def _answer(town: Town, whose: list[Someone], day: str, of: str, op: str, verdict: str) -> None:
    asked = [e for who in whose for e in town.entries(who, of) if e["op"] == op and e["name"] == who.name]
    rows = [{"台账流水号": e["entry_id"], "核查结论": verdict, "核查人": "张三", "审核环节": {"H": "终审", "L": "走访"}[e["track"]], "核查日期": day} for e in asked]  # fmt: skip
    town.deliver("核查结果", day, "增量", rows)


def _own(played: Played, case: str, day: str, track: str) -> list[dict[str, object]]:
    town, cast = played
    return [e for e in town.entries(cast[case], day) if e["name"] == cast[case].name and e["track"] == track]


@pytest.mark.parametrize(("case", "state"), [("vouched", "H4"), ("candidate", "H1")])
def test_both_holds_of_a_track_can_be_answered(played: Played, case: str, state: str) -> None:
    assert len([e for e in _own(played, case, JUN10, "H") if e["op"] == "HOLD"]) == 2
    told = _own(played, case, JUN11, "H")
    assert [(e["op"], e["state_from"], e["state_to"]) for e in told] == [("DECIDED", "HX", state), ("DECIDED", state, state)]  # fmt: skip
    assert [e for e in _own(played, case, JUN11, "T") if e["ground"] == "decision"] == []


@pytest.mark.parametrize(
    ("case", "pack", "track", "state", "is_asked"),
    [
        ("vouched", "xinyu", "H", "H4", True), ("vouched", "zhongshan", "L", "L2", True),
        ("candidate", "xinyu", "H", "H0", False), ("candidate", "zhongshan", "L", "L0", False),
        ("vouched, left on hold", "xinyu", "H", "H4", True), ("vouched, left on hold", "zhongshan", "L", "L2", True),
        ("candidate, left on hold", "xinyu", "H", "H0", False), ("candidate, left on hold", "zhongshan", "L", "L0", False),
    ],
)  # fmt: skip
def test_the_end_of_a_hold_moves_candidates_only(
    played: Played, case: str, pack: str, track: str, state: str, is_asked: bool
) -> None:
    town, cast = played
    told = _own(played, case, JUN20, track)
    assert told and told[-1]["state_to"] == state
    found = town.ask("select state, needs_decision from ledger_state join person using (person_id) where id_number = ? and name = ? and pack = ? and track = ?", cast[case].number, cast[case].name, pack, track)  # fmt: skip
    assert found == [{"state": state, "needs_decision": is_asked}]
    assert _own(played, case, JUN21, track) == []
