"""The number of a disability certificate holds its holder's own: it says who that is wherever the other column does not.
All people are invented."""

import pytest

from tests.identity_town import NUMBER
from tests.nightshift import Someone, Town, certificate, pension
from tests.unjudged_nights import UnjudgedTown

NIGHT = "2024-05-31"
DAMAGED = ("float", "check digit lost", "bad check digit", "masked", "one digit wrong", "letters", "placeholder", "nobody's", "none")  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    """One night of certificates whose other number is damaged, each in its own way."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("certificates") / "town", "neimenggu")
    held = {damage: town.person(f"1972-03-{n:02d}") for n, damage in enumerate(DAMAGED, 1)}
    for damage, who in held.items():
        town.tell(who, certificate("2020-01-01", "2030-01-01", 证件号码=NUMBER[damage](who)), pension("2024-01-01"))
    town.night(NIGHT)
    return town, held


@pytest.mark.parametrize("damage", DAMAGED)
def test_its_holder_is_known_by_it(told: tuple[Town, dict[str, Someone]], damage: str) -> None:
    town, held = told
    (row,) = town.ask("select match_status, rule, person_id from standing_disability_certificate where name = ?", held[damage].name)  # fmt: skip
    assert row == {"match_status": "new_person", "rule": "id_and_name", "person_id": town.person_id(held[damage])}
    (found,) = town.ask("select person_id, link_grade from standing_pension where name = ?", held[damage].name)
    assert found == {"person_id": row["person_id"], "link_grade": "exact"}


def test_nothing_goes_back_to_the_office(told: tuple[Town, dict[str, Someone]]) -> None:
    assert told[0].nights[NIGHT].rows("quarantine") == []
