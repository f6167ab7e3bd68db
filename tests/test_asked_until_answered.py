"""What is asked of a person's row stays marked in it until it is answered, whatever else of the row ends meanwhile: the state
asks where 待核查 asks, and nowhere else."""

from collections.abc import Iterator

import pytest

from flows.review.open_now import gather_from_store
from ledger.store import connect
from tests.more_said import housed
from tests.nightshift import Someone, Town, aid, certificate, registered

MAY31, JUN03, JUN10, JUN20, JUN24 = NIGHTS = ("2024-05-31", "2024-06-03", "2024-06-10", "2024-06-20", "2024-06-24")
EXPIRED = ("2014-01-01", "2024-05-20")
Played = tuple[Town, dict[str, Someone], dict[str, dict[str, bool]], dict[str, bool]]


def _asks_alike(town: Town) -> bool:
    """Whether the rows that say so are those of which 待核查 asks."""
    con = connect(town.workspace.store, read_only=True)
    try:
        gather_from_store(con, town.workspace.runs)
        marked = "select person_id, pack, track from ledger_state where needs_decision"
        asked = "select person_id, pack, track from open_entry where person_id is not null"
        return con.execute(f"({marked} except {asked}) union all ({asked} except {marked})").fetchall() == []
    finally:
        con.close()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Verified by their aid, which is no longer told of on the tenth; a certificate that had expired is asked about until it is cancelled on the
    twentieth. One of them is answered on the twenty-fourth, one was never asked about a certificate."""
    town = Town.found(tmp_path_factory.mktemp("asked") / "town", "shandong")
    cast = {}
    for n, case in enumerate(("both", "answered", "the end alone"), 1):
        paper = (
            certificate(*EXPIRED, until=JUN20),
            certificate(*EXPIRED, JUN20, 证件状态="注销", 注销日期="2024-06-19"),
        )
        cast[case] = town.tell(
            town.person(f"1985-02-0{n}"), registered("2024-04-01", 登记编号=f"A{n}"), housed("本市", book=f"H{n}"), aid("2024-01", until=JUN10, 低保证号=f"B{n}"),
            *(() if case == "the end alone" else paper),
        )  # fmt: skip
    for n in range(9):  # who stays on the list: it is whole without the others
        town.tell(town.person(f"1985-03-0{n + 1}"), aid("2024-01", 低保证号=f"C{n}"))
    marks, alike = {}, {}
    for day in NIGHTS:
        if day in (JUN03, JUN24):
            whose = list(cast.values()) if day == JUN03 else [cast["answered"]]
            of, op = (MAY31, "ADD") if day == JUN03 else (JUN10, "UPD")
            asked = [e for who in whose for e in town.entries(who, of) if (e["track"], e["op"]) == ("L", op)]
            verdict = "确认" if day == JUN03 else "驳回"
            rows = [{"台账流水号": e["entry_id"], "核查结论": verdict, "核查人": "张三", "审核环节": "走访", "核查日期": day} for e in asked]  # fmt: skip
            town.deliver("核查结果", day, "增量", rows)
        town.night(day)
        marks[day] = {case: bool(town.state(who, "shandong", "L")["needs_decision"]) for case, who in cast.items()}
        alike[day] = _asks_alike(town)
    yield town, cast, marks, alike


def test_the_end_of_another_question_answers_nothing(played: Played) -> None:
    town, cast, marks, _ = played
    told = [(e["op"], e["needs_decision"], e["valid_to"] is None) for day in (JUN10, JUN20) for e in town.entries(cast["both"], day) if e["track"] == "L"]  # fmt: skip
    assert told == [("UPD", True, False), ("UPD", False, False)]
    assert [marks[day]["both"] for day in (JUN10, JUN20, JUN24)] == [True, True, True]


def test_the_answer_ends_the_question(played: Played) -> None:
    _, _, marks, _ = played
    assert [marks[day]["answered"] for day in (JUN10, JUN20, JUN24)] == [True, True, False]
    assert [marks[day]["the end alone"] for day in (JUN03, JUN10, JUN20, JUN24)] == [False, True, True, True]


@pytest.mark.parametrize("day", NIGHTS)
def test_the_rows_that_ask_are_those_that_stand_in_the_list_of_questions(played: Played, day: str) -> None:
    assert played[3][day]
