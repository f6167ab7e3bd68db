"""What a reviewer says of a row and its candidate holds: the same person, or not, until the word is taken back. All people
are invented."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.nightshift import Night, Town

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-05")
HEAD = {"险种": "失业", "停保原因": "合同期满", "停保日期": "2024-05-31", "单位名称": "甲厂"}


class Desk:
    """A town where one row of the aid list is an open question: the name and the month of birth fit somebody known."""

    def __init__(self, root: Path) -> None:
        self.town = Town.found(root / "ws", "zhongshan")
        self.who = self.town.person("1970-03-05", "女", name="欧阳若兰")
        self.town.deliver("社保停保", DAYS[0], "增量", [{"姓名": self.who.name, "证件号码": self.who.number} | HEAD])
        self.town.run(DAYS[0])
        self.ask()

    def ask(self) -> None:
        row = {"姓名": self.who.name, "证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
        self.town.deliver("死亡", DAYS[1], "增量", [row])
        self.night = self.town.run(DAYS[1])

    @property
    def question(self) -> Mapping[str, Any]:
        return self.night.rows("match_log")[0]

    def say(self, verdict: str, day: str, officer: str = "张三") -> Night:
        key = f"{self.question['delivery_id']}:{self.question['row_no']}"
        row = {"台账流水号": key, "核查结论": verdict, "核查人": officer, "审核环节": "审核", "核查日期": day}
        self.town.deliver("核查结果", day, "增量", [row], note=verdict)
        return self.town.run(day)

    def standing(self) -> tuple[str, str | None]:
        (found,) = self.town.ask("select match_status, person_id from standing_death")
        return found["match_status"], found["person_id"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_question_is_open_before(desk: Desk) -> None:
    assert desk.question["match_status"] == "review"
    assert desk.question["runner_up_person_id"] or desk.question["person_id"]


def test_the_same_person_is_linked_by_the_reviewer(desk: Desk) -> None:
    night = desk.say("同一人", DAYS[2])
    assert desk.standing() == ("linked", desk.town.person_id(desk.who))
    (changed,) = [m for m in night.rows("match_log") if m["kind"] == "death"]
    assert (changed["rule"], changed["cause"], changed["supersedes"]) == (
        "reviewer",
        "person",
        desk.question["record_id"],
    )


def test_a_reviewers_link_is_not_exact_and_ends_nothing(desk: Desk) -> None:
    night = desk.say("同一人", DAYS[2])
    assert not {"PROP_EXIT", "PROP_DEREG"} & {e["op"] for e in night.entries()}


def test_another_person_is_not_asked_about_again(desk: Desk) -> None:
    desk.say("非同一人", DAYS[2])
    assert desk.standing() == ("not_linked", None)
    later = desk.town.run(DAYS[3])
    assert later.rows("match_log") == []
    assert desk.standing() == ("not_linked", None)


def test_the_last_word_holds(desk: Desk) -> None:
    desk.say("非同一人", DAYS[2])
    desk.say("同一人", DAYS[3], officer="李四")
    assert desk.standing() == ("linked", desk.town.person_id(desk.who))


def test_a_word_taken_back_leaves_the_question_open_again(desk: Desk) -> None:
    desk.say("同一人", DAYS[2])
    row = {
        "台账流水号": f"{desk.question['delivery_id']}:{desk.question['row_no']}",
        "核查结论": "暂缓",
        "核查人": "张三",
    }
    desk.town.deliver("核查结果", DAYS[3], "增量", [row | {"审核环节": "审核", "核查日期": DAYS[3]}])
    night = desk.town.run(DAYS[3])
    assert desk.standing()[0] == "review"
    assert [m["cause"] for m in night.rows("match_log") if m["kind"] == "death"] == ["person"]


def test_a_second_night_says_nothing_new(desk: Desk) -> None:
    desk.say("同一人", DAYS[2])
    night = desk.town.run(DAYS[3])
    assert night.rows("match_log") == [] and night.entries() == []


def test_the_other_way_round_the_persons_id_stays(desk: Desk) -> None:
    before = desk.town.person_id(desk.who)
    desk.say("同一人", DAYS[2])
    assert desk.town.person_id(desk.who) == before


def test_a_word_on_a_row_that_never_came_goes_back(desk: Desk) -> None:
    row = {
        "台账流水号": "0" * 64 + ":1",
        "核查结论": "同一人",
        "核查人": "张三",
        "审核环节": "审核",
        "核查日期": DAYS[2],
    }
    desk.town.deliver("核查结果", DAYS[2], "增量", [row])
    night = desk.town.run(DAYS[2])
    assert [q["check"] for q in night.rows("quarantine")] == ["no_such_entry"]
