"""Several questions about one track: a doubtful one, posted or ended, undoes no proposal that waits; answers of one day are
carried out as they were asked; nobody is asked to leave where an answer took them out. All people are invented."""

from collections.abc import Iterator

import pytest

from tests.more_said import housed
from tests.nightshift import Someone, Town, aid, death, insured, licence, pension, registered

MAY31, JUN3, JUN4, JUN5 = "2024-05-31", "2024-06-03", "2024-06-04", "2024-06-05"


def answered(town: Town, day: str, *said: tuple[str, str]) -> None:
    """The answers of one officer on one day, by entry, in a file of that day."""
    person = {"核查人": "张三", "审核环节": "审核", "核查日期": day}
    town.deliver("核查结果", day, "增量", [{"台账流水号": e, "核查结论": v} | person for e, v in said])


def entry(town: Town, who: Someone, day: str, track: str, op: str) -> str:
    (found,) = [e["entry_id"] for e in town.entries(who, day) if (e["track"], e["op"]) == (track, op)]
    return str(found)


# The names of the pension and the death differ by a character: whether they are theirs is asked.
GROUNDS = {
    "a pension told later": (licence("2024-02-20"), pension("2024-05-01", JUN3, 姓名="李小红")),
    "a pension told later, then corrected": (
        licence("2024-02-21", firm="甲厂"), pension("2024-05-01", JUN3, JUN4, 姓名="李小红"), pension("2024-08-01", JUN4, 姓名="李小红"),
    ),
    "a death told with it": (licence("2024-02-20", firm="丁社"), death("2024-05-20", 姓名="李小红")),
}  # fmt: skip


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    town = Town.found(tmp_path_factory.mktemp("beside") / "town", "neimenggu")
    cast = {
        case: town.tell(
            town.person(f"1980-05-{n:02d}", name="李晓红"), registered("2024-01-01", 登记编号=f"A{n}"), *said
        )
        for n, (case, said) in enumerate(GROUNDS.items(), start=1)
    }
    town.night(MAY31)
    town.night(JUN3)
    town.night(JUN4)
    answered(town, JUN5, *((entry(town, who, MAY31, "R", "PROP_DEREG"), "确认") for who in cast.values()))
    town.night(JUN5)
    return town, cast


@pytest.mark.parametrize("case", GROUNDS)
def test_a_doubtful_ground_undoes_no_proposal_that_waits(proposed: tuple[Town, dict[str, Someone]], case: str) -> None:
    town, cast = proposed
    told = [e for day in (MAY31, JUN3) for e in town.entries(cast[case], day) if e["track"] == "R"]
    assert [(e["op"], e["state_to"]) for e in told] == [("PROP_DEREG", "R2"), ("REVIEW", "R2")]
    assert {e["state_to"] for e in town.entries(cast[case], JUN4) if e["track"] == "R"} <= {"R2"}
    assert [e["state_to"] for e in town.entries(cast[case], JUN5) if e["track"] == "R"] == ["R3"]
    assert [e for e in town.entries(cast[case], JUN5) if e["ground"] == "decision"] == []


@pytest.fixture(scope="module")
def asked_to_leave(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[Someone], Someone, str]]:
    """On the third six are proposed to leave beside a mark of work, and one is by their pension; on the fourth one officer
    confirms the marks and then the exits, and refuses that the one came in. Also that one's proposal."""
    town = Town.found(tmp_path_factory.mktemp("order") / "town", "shandong")
    cast = [
        town.tell(
            town.person(f"1980-06-{n:02d}"), registered("2023-04-01", 登记编号=f"B{n}"), housed("本市", book=f"H{n}"), aid("2024-01", 低保证号=f"D{n}"),
            insured("2024-06", JUN3, paid="2024-06"), pension("2024-06-01", JUN3),
        )
        for n in range(1, 7)
    ]  # fmt: skip
    out = town.tell(
        town.person("1980-07-01"), registered("2023-04-01", 登记编号="B7"), housed("本市", book="H7"), aid("2024-01", 低保证号="D7"), pension("2024-06-01", JUN3),
    )  # fmt: skip
    town.night(MAY31)
    town.night(JUN3)
    asked = [(entry(town, who, JUN3, "L", op), "确认") for who in cast for op in ("PROP_EXIT", "FLAG_REEMP")]
    proposed = entry(town, out, JUN3, "L", "PROP_EXIT")
    answered(town, JUN4, *asked, (entry(town, out, MAY31, "L", "ADD"), "驳回"))
    town.night(JUN4)
    town.night(JUN5)
    yield town, cast, out, proposed


def test_answers_of_one_day_are_carried_out_in_the_order_asked(
    asked_to_leave: tuple[Town, list[Someone], Someone, str],
) -> None:
    """Work is confirmed and then the exit, by one officer in one file, whatever the lines hash to."""
    town, cast, *_ = asked_to_leave
    for who in cast:
        told = [(e["op"], e["state_to"]) for e in town.entries(who, JUN4) if e["op"] == "DECIDED"]
        assert told == [("DECIDED", "L5"), ("DECIDED", "L6")]
        assert [e for e in town.entries(who, JUN4) if e["ground"] == "decision"] == []


def test_nobody_is_asked_to_leave_where_an_answer_has_taken_them_out(
    asked_to_leave: tuple[Town, list[Someone], Someone, str],
) -> None:
    town, _, who, proposed = asked_to_leave
    told = [
        (e["op"], e["state_to"], e["supersedes"], e["reason"]) for e in town.entries(who, JUN4) if e["track"] == "L"
    ]
    assert told == [
        ("DECIDED", "L0", None, told[0][3]),
        ("UPD", "L0", proposed, f"本人已不在名册内，原{proposed}号建议退出不再待核查。"),
    ]
    assert [e for e in town.entries(who, JUN5) if e["track"] == "L"] == []
    state = town.state(who, "shandong", "L")
    assert (state["state"], state["needs_decision"]) == ("L0", False)
