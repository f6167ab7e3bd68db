"""Numbers of people born after the day that a file describes: nobody's, until a file of a later day brings them."""

from datetime import date

import pytest

from tests.nightshift import Someone, Town, aid, death, registered
from tests.unjudged_nights import UnjudgedTown

BEFORE, DAY = "2024-06-30", "2024-07-01"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Someone, Someone]:
    """A baby on the list of aid before and on its birthday, and a death under the number of somebody yet to be born."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("born") / "town", "neimenggu")
    baby = town.tell(town.person(DAY), aid("2024-06"))
    unborn = town.tell(town.person("2031-05-05"), death("2024-06-01"))
    town.tell(town.person("1990-01-01"), registered("2024-04-10"), aid("2024-06", BEFORE, DAY))
    for day in (BEFORE, DAY):
        town.night(day)
    return town, baby, unborn


def test_nobody_is_made_known_before_they_are_born(played: tuple[Town, Someone, Someone]) -> None:
    town, baby, _ = played
    (bad,) = town.nights[BEFORE].rows("quarantine")
    assert (bad["column"], bad["check"]) == ("证件号码", "id_date_bad") and "晚于数据日期" in bad["message"]
    assert {p["birth_date"] for p in town.nights[BEFORE].rows("person")} == {date(1990, 1, 1)}
    assert town.person_id(baby)


def test_a_register_says_nothing_under_such_a_number(played: tuple[Town, Someone, Someone]) -> None:
    town, _, unborn = played
    (row,) = [m for m in town.nights[BEFORE].rows("match_log") if m["kind"] == "death"]
    assert (row["match_status"], town.person_id(unborn)) == ("not_linked", "")


def test_the_birthday_itself_is_no_later_day(played: tuple[Town, Someone, Someone]) -> None:
    town, _, _ = played
    assert town.nights[DAY].rows("quarantine") == []
    assert [d["new_person"] for d in town.nights[DAY].rows("delivery") if d["kind"] == "low_income"] == [1]
