"""A number that a spreadsheet rounded and that holds by its check all the same (one in eleven) makes no second person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matchers.id_numbers import fold_number
from tests.nightshift import Said, Someone, Town, brief, registered

MAY31, JUN20 = "2024-05-31", "2024-06-20"


def rounded(who: Someone) -> str:
    return who.number[:15] + "000"


def as_float(who: Someone) -> str:
    return str(int(float(who.number[:17] + "0")))


def holding(town: Town, since: date, damage: Callable[[Someone], str]) -> Someone:
    """Somebody born on or after that day whose number holds after the damage."""
    for days in range(400):
        who = town.person((since + timedelta(days=days)).isoformat())
        if damage(who) != who.number and fold_number(damage(who)).id_class == "valid18":
            return who
    raise AssertionError("one in eleven holds")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    town = Town.found(tmp_path_factory.mktemp("floats"), "neimenggu", "zhongshan")
    listed = Said("群团名单", {"群团组织": "工会", "列入日期": "2024-06-01"}, JUN20)
    cast = {
        "rounded": holding(town, date(1970, 1, 1), rounded),
        "as a float": holding(town, date(1972, 1, 1), as_float),
        "one night": holding(town, date(1974, 1, 1), rounded),
        "a stranger": holding(town, date(1976, 1, 1), rounded),
    }
    for label, who in cast.items():
        town.tell(who, registered("2024-05-01", JUN20 if label == "one night" else ""))
        number = as_float(who) if label == "as a float" else rounded(who)
        name = "司徒若木" if label == "a stranger" else who.name
        town.tell(replace(who, number=number, name=name), listed)
    town.night(MAY31)
    town.night(JUN20)
    return town, cast


@pytest.mark.parametrize("label", ["rounded", "as a float", "one night"])
def test_the_rounded_number_is_the_known_persons(played: tuple[Town, dict[str, Someone]], label: str) -> None:
    town, cast = played
    found = town.ask("select id_number from person where name = ?", cast[label].name)
    assert [r["id_number"] for r in found] == [cast[label].number]
    listed = [e for e in town.entries(cast[label], JUN20) if "ZS-3.1.2" in brief(e)]
    assert [e["op"] for e in listed] in (["UPD"], ["ADD"])


def test_another_name_under_such_a_number_is_a_person(played: tuple[Town, dict[str, Someone]]) -> None:
    town, cast = played
    assert len(town.ask("select 1 from person where id_number = ?", rounded(cast["a stranger"]))) == 1
