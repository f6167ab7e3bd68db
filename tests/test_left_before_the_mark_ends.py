"""Whoever left the ledger while a mark of work stood: the next night is quiet, and the mark's end brings nobody back."""

from collections.abc import Iterator

import pytest

from tests.more_said import recognised
from tests.nightshift import Town, insured, licence, registered

MAY31, JUN20, JUN21, JUN28, JUN29 = "2024-05-31", "2024-06-20", "2024-06-21", "2024-06-28", "2024-06-29"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town.found(tmp_path_factory.mktemp("left") / "town", "jining")
    ended = registered("2024-05-01", JUN20, 注销日期="2024-06-19", 登记编号="A1")
    town.tell(
        town.person("1974-03-01", name="甲有店"), registered("2024-05-01", until=JUN20, 登记编号="A1"), ended, recognised("4050", "2023-01-10"),
        licence("2024-05-20", until=JUN28), licence("2024-05-20", JUN28, 登记状态="注销", 注销日期="2024-06-27"),
    )  # fmt: skip
    town.tell(
        town.person("1974-03-02", name="乙有工"), registered("2024-05-01", until=JUN20, 登记编号="A2"),
        registered("2024-05-01", JUN20, 注销日期="2024-06-19", 登记编号="A2"), recognised("4050", "2023-01-10"),
        insured("2024-05", until=JUN28), insured("2024-05", JUN28, paid="2024-05", end="2024-05"),
    )  # fmt: skip
    town.tell(
        town.person("1974-03-03", name="丙回来"), registered("2024-05-01", until=JUN20, 登记编号="A3"),
        registered("2024-05-01", JUN20, 注销日期="2024-06-19", 登记编号="A3"), recognised("4050", "2023-01-10"),
        licence("2024-05-20"), registered("2024-06-27", JUN28, 登记编号="A4"),
    )  # fmt: skip
    town.tell(
        town.person("1974-03-04", name="丁先定"), registered("2024-05-01", until=JUN28, 登记编号="A5"),
        registered("2024-05-01", JUN28, 注销日期="2024-06-25", 登记编号="A5"), recognised("4050", "2023-01-10"), insured("2024-05"),
    )  # fmt: skip
    town.night(MAY31)
    (asked,) = town.nights[MAY31].entries(name="丁先定", op="PROP_DEREG")
    said = {"核查结论": "确认", "核查人": "张三", "审核环节": "审核", "核查日期": JUN20}
    town.deliver("核查结果", JUN20, "增量", [{"台账流水号": asked["entry_id"]} | said])
    for day in (JUN20, JUN21, JUN28, JUN29):
        town.night(day)
    yield town


@pytest.mark.parametrize("name", [pytest.param("甲有店", id="licence"), pytest.param("乙有工", id="insurance")])
def test_a_quiet_night_after_the_note_is_quiet(town: Town, name: str) -> None:
    assert [e["op"] for e in town.nights[MAY31].entries(name=name, track="L")][-1] == "FLAG_REEMP"
    told = town.nights[JUN20].entries(name=name, track="L")
    assert [(e["basis"], e["ground"]) for e in told] == [("hardship", None), (None, "deregistered")]
    assert town.nights[JUN21].entries(name=name, track="L") == []


def test_a_decision_is_noted_in_the_ledger_the_same_night_and_once(town: Town) -> None:
    (note,) = town.nights[JUN20].entries(name="丁先定", track="L")
    assert (note["op"], note["clause"], note["ground"], note["state_to"]) == ("UPD", "JN-1.4a", "deregistered", "L6")
    assert "2024-06-20" in note["reason"] and "注明" in note["reason"]
    assert town.nights[JUN21].entries(name="丁先定", track="L") == []
    assert not [e for day in (JUN28, JUN29) for e in town.nights[day].entries(name="丁先定", ground="deregistered")]


@pytest.mark.parametrize("name", [pytest.param("甲有店", id="licence"), pytest.param("乙有工", id="insurance")])
def test_the_end_of_the_mark_brings_nobody_back(town: Town, name: str) -> None:
    told = town.nights[JUN28].entries(name=name, track="L")
    assert told and {e["op"] for e in told} == {"UPD"} and all(e["valid_to"] for e in told)
    assert [e["state_to"] for e in told if e["state_to"]][-1:] in ([], ["L6"])
    (row,) = town.ask(
        "select state from ledger_state join person using (person_id) where name = ? and track = 'L'", name
    )
    assert row["state"] == "L6"
    assert town.nights[JUN29].entries(name=name, track="L") == []


def test_whoever_registers_again_comes_in_again_with_the_mark(town: Town) -> None:
    told = town.nights[JUN28].entries(name="丙回来", track="L")
    assert [(e["op"], e["basis"], e["state_from"], e["state_to"]) for e in told if not e["valid_to"]] == [
        ("ADD", "hardship", "L6", "L4")
    ]
    assert town.nights[JUN29].entries(name="丙回来", track="L") == []
