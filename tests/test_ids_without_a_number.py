"""Whoever is known without a number keeps their id: when their line is corrected, goes and comes back, or is told with a
number at last; and rows that nothing ties together any more are two people again. All people are invented."""

from pathlib import Path
from typing import Any

import pytest

from tests.nightshift import Night, Town, brief
from tests.unjudged_nights import UnjudgedTown

DAYS = tuple(f"2024-06-0{n}" for n in range(1, 8))
AID = {"救助类别": "城市低保", "起始保障年月": "2024-01", "性别": "女", "出生日期": "1970-03-06", "证件号码": ""}


def line(name: str, phone: str, **cells: str) -> dict[str, str]:
    return AID | {"姓名": name, "联系电话": phone, "镇街": "东区", "低保证号": "D1"} | cells


class Played:
    """One line of the aid list, corrected, left out, back, and with its number; beside one that stays as it is."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.who = town.person("1970-03-06", "女", name="宫书恒")
        first = line(self.who.name, "13800000001")
        moved = line(self.who.name, "13800000002", 镇街="西区")
        rows = {
            "told": first,
            "corrected": moved,
            "left out": None,
            "back": moved,
            "numbered": moved | {"证件号码": self.who.number},
        }
        self.nights: dict[str, Night] = {}
        self.ids: dict[str, str | None] = {}
        for (label, row), day in zip(rows.items(), DAYS, strict=False):
            stays = line("尉迟留", "13900000009", 低保证号="D9", 出生日期="1971-01-01")
            town.deliver("低保低收入", day, "全量", [stays, *([row] if row else [])])
            self.nights[label] = town.run(day)
            found = town.ask("select person_id from standing_low_income where name = ?", self.who.name)
            self.ids[label] = found[0]["person_id"] if found else None

    def posted(self, label: str) -> list[str]:
        return [brief(e) for e in self.nights[label].entries(track="L")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(Town.found(tmp_path_factory.mktemp("ids") / "town", "zhongshan"))


def test_a_corrected_line_is_the_same_persons(played: Played) -> None:
    assert played.ids["corrected"] == played.ids["told"]
    assert played.posted("corrected") == []
    (person,) = played.nights["corrected"].rows("person")
    assert (person["person_id"], person["phone"], person["town"]) == (played.ids["told"], "13800000002", "西区")


def test_whoever_goes_and_comes_back_has_their_id_again(played: Played) -> None:
    assert played.ids["back"] == played.ids["told"]
    assert played.posted("left out") == ["L UPD ZS-3.1.2 low_income ended"]
    assert played.posted("back") == ["L HOLD ZS-3.1.2 low_income"]


def test_the_number_leaves_a_pointer_and_says_why(played: Played) -> None:
    known = played.town.person_id(played.who)
    assert played.ids["numbered"] == known != played.ids["told"]
    people = {p["person_id"]: p["merged_into"] for p in played.nights["numbered"].rows("person")}
    assert people == {played.ids["told"]: known, known: None}
    told = {e["person_id"]: e for e in played.nights["numbered"].entries(track="L")}
    assert told[known]["op"] == "ADD" and told[str(played.ids["told"])]["op"] == "WITHDRAW"
    assert known in told[str(played.ids["told"])]["reason"]


def people_of(town: Town) -> list[set[str]]:
    """The aid numbers of each person's lines."""
    rows: dict[Any, set[str]] = {}
    for row in town.ask("select person_id, household_no from standing_low_income"):
        rows.setdefault(row["person_id"], set()).add(row["household_no"])
    return sorted(rows.values(), key=sorted)


def test_lines_that_nothing_ties_together_any_more_are_two_people_again(tmp_path: Path) -> None:
    town = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    one, other = line("宫书恒", "13800000001"), line("宫书恒", "13800000002", 镇街="西区", 低保证号="D2")
    between = line("宫书恒", "13800000002", 低保证号="D3")
    for day, rows in zip(DAYS, ([one, other], [one, other, between], [one, other], [one, other]), strict=False):
        town.deliver("低保低收入", day, "全量", rows)
        town.run(day)
        if day == DAYS[1]:
            assert people_of(town) == [{"D1", "D2", "D3"}]
    assert people_of(town) == [{"D1"}, {"D2"}]
    (moved,) = town.nights[DAYS[2]].rows("match_log")
    assert (moved["rule"], moved["cause"]) == ("no_number", "data")
    assert town.nights[DAYS[3]].rows("match_log") == []


def test_a_pointer_is_left_also_where_it_was_a_question_first(tmp_path: Path) -> None:
    """Known without a number; then somebody of that name and birth date has one; then their phone is told."""
    town = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    who = town.person("1970-03-06", "女", name="宫书恒")
    town.deliver("低保低收入", DAYS[0], "全量", [line(who.name, "13800000001")])
    town.run(DAYS[0])
    (before,) = town.ask("select person_id from standing_low_income")
    known = {"姓名": who.name, "证件号码": who.number, "登记日期": "2024-05-01"}
    statuses = []
    for day, phone in zip(DAYS[1:], ("", "13800000001"), strict=False):
        town.deliver("失业登记", day, "增量", [known | {"联系电话": phone}])
        town.run(day)
        statuses += [r["match_status"] for r in town.ask("select match_status from standing_low_income")]
    town.run(DAYS[3])
    assert statuses[0] == "review"
    (row,) = town.ask("select match_status, person_id from standing_low_income")
    assert row == {"match_status": "linked", "person_id": town.person_id(who)}
    (pointer,) = town.ask("select merged_into from person where person_id = ?", before["person_id"])
    assert pointer == {"merged_into": row["person_id"]}
