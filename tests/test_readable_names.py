"""A person whose name came unreadable or hidden has it from the first roster that can be read. All people are invented."""

from collections.abc import Iterator

import pytest

from tests.nightshift import Someone, Town, aid, pension, registered
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"
# Their name, how an aid list writes it, and since when a registration has it in full.
WRITTEN = {
    "unreadable, on one night": ("欧阳若兰", "欧阳若□", MAY),
    "unreadable, later": ("司徒青山", "司徒青□", JUNE),
    "hidden, on one night": ("上官文秀", "上官**", MAY),
    "hidden, later": ("诸葛明远", "诸葛**", JUNE),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, dict[str, Someone]]]:
    """Of each also a pension, which tells name and a masked number."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("names") / "town", "zhongshan")
    cast = {}
    for number, (case, (name, form, readable)) in enumerate(WRITTEN.items(), start=1):
        who = cast[case] = town.person(f"1975-0{number}-18", name=name)
        town.tell(who, aid("2024-01", 姓名=form), aid("2024-02", 姓名=form), registered("2024-05-01", readable))
        town.tell(who, pension("2024-01-01", 证件号码=f"{who.number[:4]}**********{who.number[14:]}"))
    for day in (MAY, JUNE, JULY):
        town.night(day)
    yield town, cast


@pytest.mark.parametrize("case", WRITTEN)
def test_the_readable_name_is_theirs(played: tuple[Town, dict[str, Someone]], case: str) -> None:
    town, cast = played
    (person,) = town.held("person", id_number=cast[case].number)
    assert person["name"] == cast[case].name
    (row,) = town.held("standing_pension", name=cast[case].name)
    assert (row["match_status"], row["person_id"]) == ("linked", person["person_id"])


def test_nobody_else_was_made(played: tuple[Town, dict[str, Someone]]) -> None:
    town, cast = played
    assert {row["id_number"] for row in town.held("person")} == {who.number for who in cast.values()}
    assert len(town.held("person")) == len(town.held("standing_pension")) == len(cast)
