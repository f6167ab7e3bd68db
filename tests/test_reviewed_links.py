"""What a reviewer says of a row and its candidate holds: the same person, or not, until the word is taken back. All people
are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.nightshift import Night, Someone, Town

ASKED, FIRST, SECOND, THIRD = "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-05"
HEAD = {"险种": "失业", "停保原因": "合同期满", "停保日期": "2024-05-31", "单位名称": "甲厂"}
# By what is said of whom: verdict and officer on the first and the second night after the question.
SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "the same": {FIRST: ("同一人", "张三")},
    "another": {FIRST: ("非同一人", "张三")},
    "the same after all": {FIRST: ("非同一人", "张三"), SECOND: ("同一人", "李四")},
    "taken back": {FIRST: ("同一人", "张三"), SECOND: ("暂缓", "张三")},
}
NAMES = ("欧阳若兰", "司马青云", "上官婉清", "诸葛明月")


@dataclass
class Desk:
    """A town where a row of the death list is an open question about each: only the name fits. Then what is said of them."""

    town: Town
    cast: dict[str, Someone]
    standing: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict)

    def night(self, day: str) -> None:
        said = {who: words[day] for who, words in SAID.items() if day in words}
        rows = [self._word(self.logged(ASKED, who)[0], *word, day) for who, word in said.items()]
        if day == FIRST:
            rows.append(self._word({"delivery_id": "0" * 64, "row_no": 1}, "同一人", "张三", day))
        if rows:
            self.town.deliver("核查结果", day, "增量", rows)
        self.town.run(day)
        found = self.town.ask("select name, match_status, person_id from standing_death")
        self.standing[day] = {str(r["name"]): (r["match_status"], r["person_id"]) for r in found}

    def _word(self, row: Mapping[str, Any], verdict: str, officer: str, day: str) -> dict[str, str]:
        key = f"{row['delivery_id']}:{row['row_no']}"
        return {"台账流水号": key, "核查结论": verdict, "核查人": officer, "审核环节": "审核", "核查日期": day}

    def logged(self, day: str, who: str) -> list[dict[str, Any]]:
        """What a night says of the person's death report: of the row that stands in the list in their place."""
        place = list(SAID).index(who) + 1
        return [m for m in self.town.nights[day].rows("match_log") if (m["kind"], m["row_no"]) == ("death", place)]

    def stands(self, who: str, day: str) -> tuple[str, str | None]:
        return self.standing[day][self.cast[who].name]

    def person_id(self, who: str) -> str:
        return self.town.person_id(self.cast[who])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    town = Town.found(tmp_path_factory.mktemp("asked") / "ws", "zhongshan")
    births = ("1970-03-05", "1971-04-06", "1972-05-07", "1973-06-08")
    cast = {who: town.person(b, "女", name=n) for who, b, n in zip(SAID, births, NAMES, strict=True)}
    known = [{"姓名": who.name, "证件号码": who.number} | HEAD for who in cast.values()]
    town.deliver("社保停保", "2024-06-01", "增量", known)
    town.run("2024-06-01")
    dead = {"证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
    town.deliver("死亡", ASKED, "增量", [{"姓名": who.name} | dead for who in cast.values()])
    desk = Desk(town, cast)
    for day in (ASKED, FIRST, SECOND, THIRD):
        desk.night(day)
    return desk


@pytest.mark.parametrize("who", SAID)
def test_the_question_is_open_before(desk: Desk, who: str) -> None:
    (question,) = desk.logged(ASKED, who)
    assert question["match_status"] == "review"
    assert question["runner_up_person_id"] or question["person_id"]


def test_the_same_person_is_linked_by_the_reviewer_and_keeps_their_id(desk: Desk) -> None:
    assert desk.stands("the same", FIRST) == ("linked", desk.person_id("the same"))
    (question,), (changed,) = desk.logged(ASKED, "the same"), desk.logged(FIRST, "the same")
    told = (changed["rule"], changed["cause"], changed["supersedes"])
    assert told == ("reviewer", "person", question["record_id"])
    people = desk.town.nights["2024-06-01"].rows("person")
    assert desk.person_id("the same") in {p["person_id"] for p in people}


def entries(desk: Desk, who: str, day: str) -> list[dict[str, Any]]:
    return desk.town.entries(desk.cast[who], day)


def test_a_reviewers_link_is_not_exact_and_ends_nothing(desk: Desk) -> None:
    assert not {"PROP_EXIT", "PROP_DEREG"} & {e["op"] for e in desk.town.nights[FIRST].entries()}


def test_a_second_night_says_nothing_new(desk: Desk) -> None:
    for day in (SECOND, THIRD):
        assert desk.logged(day, "the same") == entries(desk, "the same", day) == []
    night: Night = desk.town.nights[THIRD]
    assert night.rows("match_log") == night.entries() == []


def test_another_person_is_not_asked_about_again(desk: Desk) -> None:
    assert desk.stands("another", FIRST) == ("not_linked", None)
    assert desk.logged(SECOND, "another") == []
    assert desk.stands("another", SECOND) == ("not_linked", None)


def test_the_last_word_holds(desk: Desk) -> None:
    assert desk.stands("the same after all", FIRST) == ("not_linked", None)
    assert desk.stands("the same after all", SECOND) == ("linked", desk.person_id("the same after all"))


def test_a_word_taken_back_leaves_the_question_open_again(desk: Desk) -> None:
    assert desk.stands("taken back", SECOND)[0] == "review"
    assert [m["cause"] for m in desk.logged(SECOND, "taken back")] == ["person"]


def test_a_word_on_a_row_that_never_came_goes_back(desk: Desk) -> None:
    assert [q["check"] for q in desk.town.nights[FIRST].rows("quarantine")] == ["no_such_entry"]
