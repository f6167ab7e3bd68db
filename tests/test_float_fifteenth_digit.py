"""A spreadsheet keeps fifteen digits of a number: where the fifteenth is another's, the row is not linked, whatever its name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import AREA, Said, death, registered
from tests.unjudged_nights import UnjudgedTown

MAY31, JUN20 = "2024-05-31", "2024-06-20"
BORN = date(1971, 3, 9)
KNOWN, OTHER, BELOW = 471, 871, 371  # places 15 to 17


def cut(number: str) -> str:
    return f"{number[0]}.{number[1:15]}E+17"


def printed(number: str) -> str:
    return str(int(float(number[:17] + "1")))


def rounded(number: str) -> str:
    return f"{int(number[:17] + '1'):.14E}"


ROWS: dict[str, tuple[int, Callable[[str], str], bool]] = {
    "the same, cut": (KNOWN, cut, True),
    "the same, printed in full": (KNOWN, printed, True),
    "the same, rounded to the next": (KNOWN, rounded, True),
    "another, cut": (OTHER, cut, False),
    "another, printed in full": (OTHER, printed, False),
    "the next below": (BELOW, cut, False),
}
TOLD = {"性别": "男", "出生日期": BORN.isoformat()}
LISTED = Said("群团名单", {"群团组织": "工会", "列入日期": "2024-06-01"} | TOLD, JUN20)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The kinds whose damaged row was linked to somebody known of that name, place and birth date."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("fifteenth"), "neimenggu", "zhongshan")
    cast = {}
    for place, (label, (sequence, damage, _)) in enumerate(ROWS.items()):
        who = replace(town.person(str(BORN)), number=identity_number(AREA + place, BORN, KNOWN))
        cast[label] = town.tell(who, registered("2024-05-01"))
        damaged = replace(who, number=damage(identity_number(AREA + place, BORN, sequence)))
        town.tell(damaged, death("2024-06-01", JUN20, **TOLD), LISTED)
    town.night(MAY31)
    log = town.night(JUN20).rows("match_log")
    ids = {town.person_id(who): label for label, who in cast.items()}
    found = [(ids.get(r["person_id"]), r["kind"]) for r in log if r["match_status"] == "linked"]
    return {label: sorted(kind for of, kind in found if of == label) for label in ROWS}


@pytest.mark.parametrize("label", ROWS)
def test_the_fifteenth_digit_decides(linked: dict[str, list[str]], label: str) -> None:
    assert linked[label] == (["death", "mass_organisation_list"] if ROWS[label][2] else [])
