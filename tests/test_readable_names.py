"""A person whose name came unreadable or hidden has it from the first roster that can be read. All people are invented."""

from pathlib import Path

import pytest

from tests.nightshift import Someone, Town, aid, pension, registered
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"


def played(root: Path, form: str, readable: str) -> tuple[Town, Someone]:
    """An aid list writes the name so; a registration in full from that night on; a pension tells name and a masked number."""
    town = UnjudgedTown.found(root / "town", "zhongshan")
    who = town.person("1975-04-18", name="欧阳若兰")
    town.tell(who, aid("2024-01", 姓名=form), aid("2024-02", 姓名=form), registered("2024-05-01", readable))
    town.tell(who, pension("2024-01-01", 证件号码=f"{who.number[:4]}**********{who.number[14:]}"))
    for day in (MAY, JUNE, JULY):
        town.night(day)
    return town, who


@pytest.mark.parametrize("readable", [MAY, JUNE], ids=["on one night", "later"])
@pytest.mark.parametrize("form", ["欧阳若□", "欧阳**"], ids=["unreadable", "hidden"])
def test_the_readable_name_is_theirs(tmp_path: Path, form: str, readable: str) -> None:
    town, who = played(tmp_path, form, readable)
    (person,) = town.ask("select person_id, name from person")
    assert person["name"] == who.name
    (row,) = town.ask("select match_status, person_id from standing_pension")
    assert row == {"match_status": "linked", "person_id": person["person_id"]}
