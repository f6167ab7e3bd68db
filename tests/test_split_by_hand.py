"""A row that was linked to the wrong person is taken away by an officer's word, and stays away. All people are invented."""

import re
from pathlib import Path

import pytest

from flows.looking.explain import explain_row
from flows.looking.look import FOREVER, opened_store
from tests.nightshift import Night, Someone, Town, aid, benefit, death, stop

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-05")
PLACE = {"镇街": "东区街道", "电话": "13800000001"}


class Played:
    """Three people, each with a row of somebody else: by number, by name and birth date, and in a register."""

    def __init__(self, root: Path) -> None:
        self.town = town = Town.found(root / "ws", "zhongshan")
        self.cast: dict[str, Someone] = {}
        for n, role in enumerate(("number", "name", "register")):
            self.cast[role] = town.tell(town.person(f"1970-03-{n + 5:02d}", "女"), stop("2024-03", **PLACE))
        vague = {"证件号码": "", "性别": "女", "出生日期": "1970-03-06"} | PLACE
        town.tell(self.cast["number"], benefit("202405", "202412"))
        town.tell(self.cast["name"], benefit("202405", "202412", **vague))
        town.tell(self.cast["register"], death("2024-05-20", **(vague | {"出生日期": "1970-03-07"})))
        lonely = town.person("1970-03-09", "女")
        told = {"证件号码": "", "性别": "女", "出生日期": "1970-03-09"} | PLACE
        town.tell(lonely, benefit("202405", "202412", **told), aid("202405", **told))
        self.lonely = lonely.name
        self.first = town.night(DAYS[0])
        self.ids = {role: town.person_id(who) for role, who in self.cast.items()}
        self.split = self.say("非同一人", DAYS[1])
        self.quiet = town.night(DAYS[2])
        self.back = self.say("暂缓", DAYS[3])

    def row(self, role: str) -> tuple[str, str, int]:
        """Kind, delivery and row of the second row, as the first night logged it."""
        person = self.ids[role]
        (found,) = [
            m for m in self.first.rows("match_log") if m["person_id"] == person and m["kind"] != "insurance_stop"
        ]
        return found["kind"], found["delivery_id"], found["row_no"]

    def say(self, verdict: str, day: str) -> Night:
        rows = []
        for role in self.cast:
            _, delivery, row = self.row(role)
            told = {"台账流水号": f"{delivery}:{row}", "核查结论": verdict, "核查人": "张三"}
            rows.append(told | {"审核环节": "审核", "核查日期": day})
        (aided,) = [m for m in self.first.rows("match_log") if m["kind"] == "low_income"]
        rows.append(rows[0] | {"台账流水号": f"{aided['delivery_id']}:{aided['row_no']}"})
        self.town.deliver("核查结果", day, "增量", rows)
        return self.town.night(day)

    def changed(self, night: Night, role: str) -> dict[str, object]:
        """The night's line on that row."""
        _, delivery, row = self.row(role)
        (found,) = [m for m in night.rows("match_log") if (m["delivery_id"], m["row_no"]) == (delivery, row)]
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("split"))


def test_all_three_were_linked_first(played: Played) -> None:
    rules = [played.changed(played.first, role)["rule"] for role in played.cast]
    assert rules == ["id_and_name", "name_birth_sex", "name_birth_sex"]


@pytest.mark.parametrize("role", ["number", "name"])
def test_a_rosters_row_becomes_a_person_of_its_own(played: Played, role: str) -> None:
    line = played.changed(played.split, role)
    assert (line["match_status"], line["rule"], line["cause"]) == ("linked", "reviewer", "person")
    assert line["person_id"] not in {*played.ids.values(), None}
    (made,) = [p for p in played.split.rows("person") if p["person_id"] == line["person_id"]]
    assert (made["name"], made["id_number"], made["merged_into"]) == (played.cast[role].name, None, None)
    assert made["birth_date"] == played.cast[role].birth


def test_two_rows_without_a_number_are_two_people_and_the_id_stays_with_the_other(played: Played) -> None:
    before = {m["person_id"] for m in played.first.rows("match_log") if m["kind"] == "low_income"}
    (after,) = [m for m in played.split.rows("match_log") if m["kind"] == "low_income"]
    held = played.town.ask("select person_id from standing_unemployment_benefit where name = ?", played.lonely)
    assert {r["person_id"] for r in held} == before and after["person_id"] not in before
    assert (after["rule"], after["cause"]) == ("reviewer", "person")


def test_each_row_is_another_person(played: Played) -> None:
    assert played.changed(played.split, "number")["person_id"] != played.changed(played.split, "name")["person_id"]


def test_a_registers_row_is_nobodys(played: Played) -> None:
    line = played.changed(played.split, "register")
    assert (line["match_status"], line["person_id"], line["cause"]) == ("not_linked", None, "person")


@pytest.mark.parametrize("role", ["number", "name", "register"])
def test_the_old_person_keeps_id_and_own_row(played: Played, role: str) -> None:
    assert played.town.person_id(played.cast[role]) == played.ids[role]
    stands = played.town.ask("select person_id from standing_insurance_stop where name = ?", played.cast[role].name)
    assert [r["person_id"] for r in stands] == [played.ids[role]]


@pytest.mark.parametrize("role", ["number", "name"])
def test_entries_follow(played: Played, role: str) -> None:
    new = played.changed(played.split, role)["person_id"]
    posted = {
        who: [(e["op"], e["basis"]) for e in played.split.entries(person_id=who, track="L")]
        for who in (played.ids[role], new)
    }
    assert posted == {played.ids[role]: [("WITHDRAW", "benefit")], new: [("ADD", "benefit")]}


def test_nothing_moves_on_a_night_after(played: Played) -> None:
    assert played.quiet.rows("match_log") == [] and played.quiet.entries() == []


def test_explain_says_that_a_person_did_it(played: Played) -> None:
    _, delivery, row = played.row("number")
    new = str(played.changed(played.split, "number")["person_id"])
    with opened_store(played.town.workspace) as con:
        text = explain_row(con, played.town.workspace, f"{delivery}:{row}", None, FOREVER)
    assert re.search(rf"人工核定），{new}.*变更原因 person", text) and played.ids["number"] in text


@pytest.mark.parametrize("role", ["number", "name"])
def test_a_word_put_off_leads_the_row_back(played: Played, role: str) -> None:
    line = played.changed(played.back, role)
    assert (line["person_id"], line["cause"]) == (played.ids[role], "person")
    made = played.changed(played.split, role)["person_id"]
    assert played.town.ask("select merged_into from person where person_id = ?", made) == [
        {"merged_into": played.ids[role]}
    ]
    assert ("WITHDRAW", "benefit") in [(e["op"], e["basis"]) for e in played.back.entries(person_id=made, track="L")]


def test_a_number_stays_with_whom_the_row_was_split_from(played: Played) -> None:
    who = played.cast["number"]
    assert [
        r["person_id"] for r in played.town.ask("select person_id from person where id_number = ?", who.number)
    ] == [played.ids["number"]]
