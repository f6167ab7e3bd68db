"""Somebody who comes under a number that nobody has, and is like somebody known but for it: never the same person by
itself, and never helped twice without a question (identity.md 2: new number after a correction)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import AREA, Someone, Town, brief, registered

FIRST, SECOND = "2024-05-31", "2024-06-01"
ADD, HOLD = "L ADD ZS-3.1 registration", "L HOLD ZS-3.1 registration"
PHONE, OTHER_PHONE = "14200000001", "14200000002"
# What the second one's row tells, and what is posted for them; the first one's tells PHONE, the town and the village.
SECONDS: Mapping[str, tuple[dict[str, str], str]] = {
    "the same phone": ({"联系电话": PHONE, "镇街": "西二街道", "村居": "乙村"}, HOLD),
    "the same phone, written otherwise": ({"联系电话": "+86 142-0000-0001"}, HOLD),
    "the same village": ({"联系电话": OTHER_PHONE, "镇街": "东一镇", "村居": "甲村"}, HOLD),
    "a village of that name elsewhere": ({"联系电话": OTHER_PHONE, "镇街": "西二街道", "村居": "甲村"}, ADD),
    "the town alone": ({"联系电话": OTHER_PHONE, "镇街": "东一镇", "村居": "丙村"}, ADD),
    "nothing besides": ({}, ADD),
}  # fmt: skip
Pairs = Mapping[str, tuple[Someone, Someone]]


def _two(town: Town, day: int, *, sex: str = "男", birth: str = "", name: str = "") -> tuple[Someone, Someone]:
    """Two people of one name, of one birth date and sex unless told otherwise, each with a number of their own."""
    first = town.person(f"1975-03-{day:02d}", name=f"甘{'一二三四五六七八九十'[day - 1]}")
    second = town.person(birth or first.birth.isoformat(), sex, name=name or first.name)
    town.tell(first, registered("2024-03-10", 联系电话=PHONE, 镇街="东一镇", 村居="甲村"))
    return first, second


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Pairs]:
    town = Town.found(tmp_path_factory.mktemp("numbers") / "town", "zhongshan")
    told: dict[str, tuple[Someone, Someone]] = {}
    for day, (label, (cells, _)) in enumerate(SECONDS.items(), start=1):
        told[label] = _two(town, day)
        town.tell(told[label][1], registered("2024-03-10", SECOND, **cells))
    for label, differs in {
        "another sex": {"sex": "女"}, "another birth date": {"birth": "1975-04-01"}, "another name": {"name": "艾小满"},
    }.items():  # fmt: skip
        told[label] = _two(town, len(told) + 1, **differs)
        town.tell(told[label][1], registered("2024-03-10", SECOND, 联系电话=PHONE))
    told["both on one night"] = _two(town, len(told) + 1)
    town.tell(told["both on one night"][1], registered("2024-03-10", 联系电话=PHONE))
    told["made by a spreadsheet"] = _made_by_a_spreadsheet(town)
    for night in (FIRST, SECOND):
        town.night(night)
    return town, told


def _made_by_a_spreadsheet(town: Town) -> tuple[Someone, Someone]:
    """Somebody told first by what a spreadsheet left of a number, fifteen digits and three zeros that hold by their check."""
    birth = next(
        b for n in range(60) if identity_number(AREA, b := date(1971, 3, 1) + timedelta(n), 400).endswith("000")
    )
    whole = Someone("甘露明", identity_number(AREA, birth, 471), "男", birth)
    made = replace(whole, number=identity_number(AREA, birth, 400), sex="女")
    town.tell(made, registered("2024-03-10"))
    town.tell(whole, registered("2024-03-10", SECOND))
    return made, whole


def posted(town: Town, who: Someone, day: str) -> list[str]:
    return [brief(e) for e in town.entries(who, day) if e["track"] == "L"]


@pytest.mark.parametrize("label", [*SECONDS, "another sex", "another birth date", "another name"])
def test_only_who_shares_a_phone_or_village_besides_is_on_hold(pairs: tuple[Town, Pairs], label: str) -> None:
    town, told = pairs
    first, second = told[label]
    assert posted(town, first, FIRST) == [ADD]
    assert posted(town, second, SECOND) == [SECONDS[label][1] if label in SECONDS else ADD]


@pytest.mark.parametrize("label", SECONDS)
def test_whoever_was_known_keeps_what_they_have(pairs: tuple[Town, Pairs], label: str) -> None:
    town, told = pairs
    assert posted(town, told[label][0], SECOND) == []
    assert town.state(told[label][0], "zhongshan", "L")["state"] == "L1"


def test_whoever_is_known_by_what_a_spreadsheet_left_of_the_number_is_not_helped_twice(
    pairs: tuple[Town, Pairs],
) -> None:
    town, told = pairs
    made, whole = told["made by a spreadsheet"]
    assert (posted(town, made, FIRST), posted(town, whole, SECOND)) == ([ADD], [HOLD])


def test_of_two_on_one_night_one_is_helped_and_the_other_asked_about(pairs: tuple[Town, Pairs]) -> None:
    town, told = pairs
    by_number = sorted(told["both on one night"], key=lambda who: who.number)
    assert [posted(town, who, FIRST) for who in by_number] == [[ADD], [HOLD]]


def test_the_question_says_why_and_the_cause_is_kept(pairs: tuple[Town, Pairs]) -> None:
    town, told = pairs
    (entry,) = town.entries(told["the same phone"][1], SECOND)
    assert "证件号码不同，请核实是否同一人" in entry["reason"] and "证件号码与他人相同" not in entry["reason"]
    causes = {r["person_id"]: r["cause"] for r in town.nights[SECOND].rows("person_hold")}
    assert causes[town.person_id(told["the same phone"][1])] == "another_number"
    assert town.person_id(told["the same phone"][0]) not in causes


def test_they_stay_on_hold_and_are_not_asked_again(pairs: tuple[Town, Pairs]) -> None:
    town, told = pairs
    later = town.night("2024-06-02")
    assert [brief(e) for e in later.entries(id_number=told["the same village"][1].number)] == []
    assert town.state(told["the same village"][1], "zhongshan", "L")["state"] == "LX"
