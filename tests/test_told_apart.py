"""A row with two who fit: what a reviewer says of the one leaves the other to be asked about, and a word speaks of the one
that was asked about. All people are invented."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.nightshift import Someone, Town, death, registered
from tests.unjudged_nights import UnjudgedTown

DAYS = tuple(f"2024-06-0{n}" for n in range(1, 7))
TWO = ("tie", "one after the other")  # with whom a second person fits from the first night
ASKED = ("tie", "better later", "opposed", "higher step", "one after the other")


class Played:
    """Deaths without a number. Night 1: the questions. Night 2: the first is told apart, two officers contradict each
    other. Night 3: whoever fits better comes. Night 4: the second word. Then a quiet night."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.first = {label: town.person(f"1970-03-0{n + 1}", "女", name=f"欧阳若{'兰竹梅菊荷'[n]}") for n, label in enumerate(ASKED)}  # fmt: skip
        self.second = {label: town.person(who.birth.isoformat(), "女", name=who.name, area=442000) for label, who in self.first.items()}  # fmt: skip
        later = town.person("1970-05-02", "女", name=self.first["better later"].name)
        self.second["better later"], self.first["better later"] = self.first["better later"], later
        for label in ASKED:
            who = self.second[label] if label == "better later" else self.first[label]
            place = {"镇街": "东区", "村居": "甲村"} if label in TWO else {}
            told = {"证件号码": "", "性别": "女", "出生日期": who.birth.isoformat()} | place
            town.tell(who, death("2024-05-20", **told))
            town.tell(self.first[label], registered("2024-05-01", 登记编号=label, 镇街="东区", 村居="甲村"))
            if label in TWO:
                town.tell(self.second[label], registered("2024-05-01", 登记编号=f"{label} 2", 镇街="东区", 村居="甲村"))
        town.tell(self.second["better later"], registered("2024-05-01", DAYS[2], 登记编号="better"))
        self.nights = [town.night(DAYS[0])]
        self.nights.append(self.say(1, {"tie": "张三 非同一人 审核", "better later": "张三 非同一人 审核", "one after the other": "张三 非同一人 审核"},
                                    {"opposed": "张三 同一人 审核", "higher step": "张三 同一人 终审"}, {"opposed": "李四 非同一人 审核", "higher step": "李四 非同一人 审核"}))  # fmt: skip
        self.nights.append(town.night(DAYS[2]))
        self.nights.append(
            self.say(3, {"better later": "张三 同一人 审核", "one after the other": "张三 非同一人 审核"})
        )
        self.nights.append(town.night(DAYS[4]))

    def say(self, night: int, *words: Mapping[str, str]) -> Any:
        for number, said in enumerate(words):
            rows = []
            for label, word in said.items():
                officer, verdict, step = word.split()
                log = self.logged(0, label)
                row = {"台账流水号": f"{log['delivery_id']}:{log['row_no']}", "核查结论": verdict, "核查人": officer}
                rows.append(row | {"审核环节": step, "核查日期": DAYS[night]})
            self.town.deliver("核查结果", DAYS[night], "增量", rows, note=str(number))
        return self.town.night(DAYS[night])

    def logged(self, night: int, label: str) -> dict[str, Any]:
        """The night's line on that row; empty where there is none."""
        found = [
            m
            for m in self.nights[night].rows("match_log")
            if m["kind"] == "death" and m["row_no"] == ASKED.index(label) + 1
        ]
        return found[0] if found else {}

    def candidate(self, night: int, label: str) -> tuple[str, str]:
        line = self.logged(night, label)
        return line["match_status"], line["person_id"] or line["runner_up_person_id"]

    def id_of(self, who: Someone) -> str:
        return self.town.person_id(who)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(UnjudgedTown.found(tmp_path_factory.mktemp("apart") / "town", "zhongshan"))


def test_both_who_fit_are_a_question(played: Played) -> None:
    assert [played.logged(0, label)["match_status"] for label in TWO] == ["review"] * 2


def test_who_is_left_of_two_has_the_row(played: Played) -> None:
    """Name, birth date, sex and town agree, and nobody else is left: presumed as any such row."""
    ids = {played.id_of(played.first["tie"]), played.id_of(played.second["tie"])}
    asked = played.candidate(0, "tie")[1]
    assert played.candidate(1, "tie") == ("linked", *(ids - {asked}))
    assert played.logged(1, "tie")["cause"] == "person"


def test_told_apart_from_both_it_is_nobodys_and_stays_so(played: Played) -> None:
    line = played.logged(3, "one after the other")
    assert (line["match_status"], line["person_id"], line["cause"]) == ("not_linked", None, "person")
    assert played.nights[4].rows("match_log") == []


def test_a_word_speaks_of_the_one_who_was_asked_about(played: Played) -> None:
    first, second = played.id_of(played.first["better later"]), played.id_of(played.second["better later"])
    assert played.candidate(0, "better later") == ("review", first)
    assert played.candidate(2, "better later") == ("review", second)
    line = played.logged(3, "better later")
    assert (line["match_status"], line["rule"], line["person_id"]) == ("linked", "reviewer", second)


def test_two_who_contradict_each_other_on_a_day_leave_the_question_open(played: Played) -> None:
    assert played.logged(1, "opposed") == {}


def test_of_two_steps_on_one_day_the_higher_counts(played: Played) -> None:
    line = played.logged(1, "higher step")
    assert (line["match_status"], line["rule"], line["cause"]) == ("linked", "reviewer", "person")
