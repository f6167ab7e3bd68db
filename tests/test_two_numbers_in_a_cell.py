"""Two numbers in one cell: the row is of whoever bears its name, on whatever night the two become known. All people are
invented."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.nightshift import Someone, Town, aid, pension, registered
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"


# The one's name and the other's, and since when each is registered.
PAIRS = {
    "at once": ("欧阳若水", "司徒青山", MAY, MAY),
    "the other first": ("上官文秀", "诸葛明远", JUNE, MAY),
    "own first": ("皇甫海涛", "尉迟春生", MAY, JUNE),
    "both later": ("令狐淑芳", "慕容建国", JULY, JUNE),
    "never": ("夏侯金山", "公孙玉梅", "9999", MAY),
}


@dataclass(frozen=True)
class Pair:
    """Of the one a roster's and a register's row, with the other's number behind their own."""

    town: Town
    own: Someone
    other: Someone

    def owners(self) -> list[str]:
        """Of the two rows: who is known by them."""
        rows = []
        for kind in ("low_income", "pension"):
            rows += self.town.held(f"standing_{kind}", name=self.own.name)
        assert len(rows) == 2
        return [r["person_id"] if r["match_status"] in ("linked", "new_person") else r["match_status"] for r in rows]

    def names(self, who: Someone) -> list[str]:
        return [r["name"] for r in self.town.held("person", id_number=who.number)]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pair]]:
    town = UnjudgedTown.found(tmp_path_factory.mktemp("numbers") / "town", "zhongshan")
    told = {}
    for number, (case, (one, two, *since)) in enumerate(PAIRS.items(), start=1):
        own, other = town.person(f"1970-0{number}-04", name=one), town.person(f"1971-0{number}-04", name=two)
        town.tell(replace(own, number=f"{own.number}/{other.number}"), aid("2024-01"), pension("2024-01-01"))
        for who, night in zip((own, other), since, strict=True):
            town.tell(who, registered("2024-05-01", night))
        told[case] = Pair(town, own, other)
    for day in (MAY, JUNE, JULY):
        town.night(day)
    yield told


@pytest.mark.parametrize("case", [case for case in PAIRS if case != "never"])
def test_the_row_is_of_whoever_bears_its_name(pairs: dict[str, Pair], case: str) -> None:
    pair = pairs[case]
    assert pair.owners() == [pair.town.person_id(pair.own)] * 2
    assert (pair.names(pair.own), pair.names(pair.other)) == ([pair.own.name], [pair.other.name])


def test_nobody_is_made_or_held_by_a_number_that_is_anothers(pairs: dict[str, Pair]) -> None:
    pair = pairs["never"]
    assert pair.owners() == ["review", "not_linked"]
    assert pair.names(pair.other) == [pair.other.name] and pair.names(pair.own) == []
    assert pair.town.ask("select * from person_hold") == []
