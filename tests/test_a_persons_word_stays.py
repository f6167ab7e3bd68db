"""Whom a person verified or recognised stays so when what was never asked about ends or is taken back: the machine undoes
no person's word."""

from pathlib import Path
from typing import Any

import pytest

from tests.more_said import housed
from tests.nightshift import Someone, Town, aid, benefit, certificate, registered, stop

MAY31, JUN3, JUN10, JUN20, JUN21 = "2024-05-31", "2024-06-03", "2024-06-10", "2024-06-20", "2024-06-21"
COUNTY, VISIT = "终审", "走访"


def asked(town: Town, who: Someone, track: str, op: str) -> dict[str, Any]:
    """The one open entry of that op."""
    found = town.ask(
        "select * from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00') where person_id = ? and track = ? and op = ? and is_open",
        town.person_id(who), track, op,
    )  # fmt: skip
    assert len(found) == 1
    return found[0]


def decide(town: Town, day: str, entry: dict[str, Any], verdict: str, role: str) -> None:
    row = {"台账流水号": entry["entry_id"], "核查结论": verdict, "核查人": "张三", "审核环节": role, "核查日期": day}
    town.deliver("核查结果", day, "增量", [row])


@pytest.mark.parametrize("role", [pytest.param("初审", id="first review"), pytest.param(COUNTY, id="county")])
def test_a_basis_that_ends_unasked_does_not_undo_a_review(tmp_path: Path, role: str) -> None:
    town = Town.found(tmp_path / "town", "xinyu")
    who = town.tell(
        town.person("1980-01-01", "女", area=360502), housed("江西省新余市渝水区", book="H1"), certificate("2020-01-01", "2030-01-01"),
        registered("2024-01-01", until=JUN20, 登记编号="A1"), registered("2024-01-01", JUN20, 登记编号="A1", 注销日期="2024-06-19"),
    )  # fmt: skip
    town.night(MAY31)
    assert town.state(who, "xinyu", "H")["basis"] == ["4050", "disabled", "zero_family"]
    decide(town, JUN3, asked(town, who, "H", "ADD"), "确认", role)
    town.night(JUN3)
    before = town.state(who, "xinyu", "H")["state"]
    assert before == {"初审": "H3", COUNTY: "H4"}[role]
    town.night(JUN20)
    told = [e for e in town.entries(who, JUN20) if e["track"] == "H"]
    assert {(e["op"], e["state_to"]) for e in told if e["valid_to"]} == {("UPD", before)}
    assert any(e["needs_decision"] for e in told)
    assert town.state(who, "xinyu", "H")["state"] == before
    town.night(JUN21)
    assert [e for e in town.entries(who, JUN21) if e["track"] == "H"] == []


def test_a_later_basis_taken_back_does_not_undo_a_visit(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "zhongshan")
    who = town.tell(
        town.person("1970-01-01"), benefit("2023-12", "2024-05"), stop("2024-04", JUN3, JUN20), stop("2024-04", JUN20, 撤销标志="是"),
    )  # fmt: skip
    for other in ("1970-02-02", "1970-02-03"):
        town.tell(town.person(other), stop("2024-03"), aid("2024-01"))
    town.night(MAY31)
    decide(town, JUN3, asked(town, who, "L", "ADD"), "确认", VISIT)
    town.night(JUN3)
    town.night(JUN10)
    assert (town.state(who, "zhongshan", "L")["state"], town.state(who, "zhongshan", "L")["basis"]) == (
        "L2",
        ["stoppage"],
    )
    town.night(JUN20)
    (told,) = [e for e in town.entries(who, JUN20) if e["track"] == "L"]
    assert (told["op"], told["state_to"], told["needs_decision"]) == ("WITHDRAW", None, True)
    assert town.state(who, "zhongshan", "L")["state"] == "L2"
    town.night(JUN21)
    assert [e for e in town.entries(who, JUN21) if e["track"] == "L"] == []
