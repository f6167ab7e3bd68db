"""What a reviewer says of a row and its candidate holds: the same person, or not, until the word is taken back. All people
are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.nightshift import Night, Someone, Town
from tests.unjudged_nights import UnjudgedTown

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-05")
HEAD = {"险种": "失业", "停保原因": "合同期满", "停保日期": "2024-05-31", "单位名称": "甲厂"}


@dataclass
class Desk:
    """A town where one row of the aid list is an open question: the name and the month of birth fit somebody known."""

    town: Town
    who: Someone
    night: Night

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


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    town = Town.found(tmp_path_factory.mktemp("asked") / "ws", "zhongshan")
    who = town.person("1970-03-05", "女", name="欧阳若兰")
    town.deliver("社保停保", DAYS[0], "增量", [{"姓名": who.name, "证件号码": who.number} | HEAD])
    town.run(DAYS[0])
    row = {"姓名": who.name, "证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
    town.deliver("死亡", DAYS[1], "增量", [row])
    return Desk(town, who, town.run(DAYS[1]))


@pytest.fixture(scope="module")
def same(asked: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Night]:
    """The reviewer has said that it is the same person; and that night."""
    desk = replace(asked, town=asked.town.copy(tmp_path_factory.mktemp("same")))
    return desk, desk.say("同一人", DAYS[2])


def apart(desk: Desk, folder: Path) -> Desk:
    """The desk in a folder of its own, where from now on nobody is judged."""
    return replace(desk, town=UnjudgedTown(**vars(desk.town.copy(folder))))


@pytest.fixture
def desk(asked: Desk, tmp_path: Path) -> Desk:
    return apart(asked, tmp_path)


def test_the_question_is_open_before(asked: Desk) -> None:
    assert asked.question["match_status"] == "review"
    assert asked.question["runner_up_person_id"] or asked.question["person_id"]


def test_the_same_person_is_linked_by_the_reviewer_and_keeps_their_id(asked: Desk, same: tuple[Desk, Night]) -> None:
    desk, night = same
    assert desk.standing() == ("linked", desk.town.person_id(desk.who))
    assert desk.town.person_id(desk.who) == asked.town.person_id(asked.who)
    (changed,) = [m for m in night.rows("match_log") if m["kind"] == "death"]
    told = (changed["rule"], changed["cause"], changed["supersedes"])
    assert told == ("reviewer", "person", desk.question["record_id"])


def test_a_reviewers_link_is_not_exact_and_ends_nothing(same: tuple[Desk, Night]) -> None:
    assert not {"PROP_EXIT", "PROP_DEREG"} & {e["op"] for e in same[1].entries()}


def test_a_second_night_says_nothing_new(same: tuple[Desk, Night], tmp_path: Path) -> None:
    night = same[0].town.copy(tmp_path).run(DAYS[3])
    assert night.rows("match_log") == [] and night.entries() == []


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


def test_a_word_taken_back_leaves_the_question_open_again(same: tuple[Desk, Night], tmp_path: Path) -> None:
    desk = apart(same[0], tmp_path)
    night = desk.say("暂缓", DAYS[3])
    assert desk.standing()[0] == "review"
    assert [m["cause"] for m in night.rows("match_log") if m["kind"] == "death"] == ["person"]


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
