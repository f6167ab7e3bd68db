"""Whom a person verified or recognised stays so when what was never asked about ends or is taken back: the machine undoes
no person's word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.more_said import housed
from tests.nightshift import Someone, Town, aid, benefit, certificate, registered, stop

MAY31, JUN3, JUN10, JUN20, JUN21 = "2024-05-31", "2024-06-03", "2024-06-10", "2024-06-20", "2024-06-21"
FIRST, COUNTY, VISIT = "初审", "终审", "走访"


def asked(town: Town, who: Someone, track: str, op: str) -> dict[str, Any]:
    """The one open entry of that op."""
    found = town.ask(
        "select * from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00') where person_id = ? and track = ? and op = ? and is_open",
        town.person_id(who), track, op,
    )  # fmt: skip
    assert len(found) == 1
    return found[0]


def decide(town: Town, day: str, *answers: tuple[dict[str, Any], str]) -> None:
    """All of them confirmed that day, each in its role."""
    rows = [
        {"台账流水号": entry["entry_id"], "核查结论": "确认", "核查人": "张三", "审核环节": role, "核查日期": day}
        for entry, role in answers
    ]
    town.deliver("核查结果", day, "增量", rows)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, dict[str, Someone], dict[str, Any]]]:
    """Somebody for each role, and where its review brought them."""
    town = Town.found(tmp_path_factory.mktemp("reviewed") / "town", "xinyu")
    cast = {
        role: town.tell(
            town.person(f"1980-01-0{n}", "女", area=360502), housed("江西省新余市渝水区", book=f"H{n}"), certificate("2020-01-01", "2030-01-01"),
            registered("2024-01-01", until=JUN20, 登记编号=f"A{n}"), registered("2024-01-01", JUN20, 登记编号=f"A{n}", 注销日期="2024-06-19"),
        )
        for n, role in enumerate((FIRST, COUNTY), start=1)
    }  # fmt: skip
    town.night(MAY31)
    for who in cast.values():
        assert town.state(who, "xinyu", "H")["basis"] == ["4050", "disabled", "zero_family"]
    decide(town, JUN3, *((asked(town, who, "H", "ADD"), role) for role, who in cast.items()))
    town.night(JUN3)
    before = {role: town.state(who, "xinyu", "H")["state"] for role, who in cast.items()}
    town.night(JUN20)
    after = {role: town.state(who, "xinyu", "H")["state"] for role, who in cast.items()}
    town.night(JUN21)
    yield town, cast, {"before": before, "after": after}


@pytest.mark.parametrize("role", [pytest.param("初审", id="first review"), pytest.param("终审", id="county")])
def test_a_basis_that_ends_unasked_does_not_undo_a_review(
    reviewed: tuple[Town, dict[str, Someone], dict[str, Any]], role: str
) -> None:
    town, cast, states = reviewed
    before = states["before"][role]
    assert before == {FIRST: "H3", COUNTY: "H4"}[role]
    told = [e for e in town.entries(cast[role], JUN20) if e["track"] == "H"]
    assert {(e["op"], e["state_to"]) for e in told if e["valid_to"]} == {("UPD", before)}
    assert any(e["needs_decision"] for e in told)
    assert states["after"][role] == before
    assert [e for e in town.entries(cast[role], JUN21) if e["track"] == "H"] == []


def test_a_later_basis_taken_back_does_not_undo_a_visit(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "zhongshan")
    who = town.tell(
        town.person("1970-01-01"), benefit("2023-12", "2024-05"), stop("2024-04", JUN3, JUN20), stop("2024-04", JUN20, 撤销标志="是"),
    )  # fmt: skip
    for other in ("1970-02-02", "1970-02-03"):
        town.tell(town.person(other), stop("2024-03"), aid("2024-01"))
    town.night(MAY31)
    decide(town, JUN3, (asked(town, who, "L", "ADD"), VISIT))
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
