"""Two numbers in one cell: the row is of whoever bears its name, on whatever night the two become known. All people are
invented."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.nightshift import Someone, Town, aid, pension, registered
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"


class Told:
    """A roster's and a register's row of the one, with the other's number behind their own."""

    def __init__(self, root: Path, since: tuple[str, str]) -> None:
        self.town = town = UnjudgedTown.found(root / "town", "zhongshan")
        self.own, self.other = town.person("1970-03-04", name="欧阳若水"), town.person("1971-03-04", name="司徒青山")
        self.both = replace(self.own, number=f"{self.own.number}/{self.other.number}")
        town.tell(self.both, aid("2024-01"), pension("2024-01-01"))
        for who, night in zip((self.own, self.other), since, strict=True):
            town.tell(who, registered("2024-05-01", night))
        for day in (MAY, JUNE, JULY):
            town.night(day)

    def owners(self) -> list[str]:
        """Of the two rows: who is known by them."""
        kinds = ("low_income", "pension")
        rows = [self.town.ask(f"select person_id, match_status from standing_{kind}")[0] for kind in kinds]
        return [r["person_id"] if r["match_status"] in ("linked", "new_person") else r["match_status"] for r in rows]


def names(town: Town, who: Someone) -> list[str]:
    return [r["name"] for r in town.ask("select name from person where id_number = ? order by 1", who.number)]


@pytest.mark.parametrize("since", [(MAY, MAY), (JUNE, MAY), (MAY, JUNE), (JULY, JUNE)], ids=["at once", "the other first", "own first", "both later"])  # fmt: skip
def test_the_row_is_of_whoever_bears_its_name(tmp_path: Path, since: tuple[str, str]) -> None:
    told = Told(tmp_path, since)
    assert told.owners() == [told.town.person_id(told.own)] * 2
    assert (names(told.town, told.own), names(told.town, told.other)) == ([told.own.name], [told.other.name])


def test_nobody_is_made_or_held_by_a_number_that_is_anothers(tmp_path: Path) -> None:
    told = Told(tmp_path, ("9999", MAY))
    assert told.owners() == ["review", "not_linked"]
    assert names(told.town, told.other) == [told.other.name]
    assert told.town.ask("select * from person_hold") == []
