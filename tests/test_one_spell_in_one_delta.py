"""The open and the ended line of one spell in one delta, whatever their order, are one spell that has ended; a later delta opens it
again, and another's line under the same number is left alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.nightshift import Someone, Town, brief, insured, registered

FIRST, SECOND, THIRD = "2024-06-20", "2024-06-21", "2024-06-24"
OPEN = insured("2024-05", 单位编号="1")
ENDED = insured("2024-05", end="2024-05", paid="2024-05", 单位编号="1")
OTHER_FIRM = insured("2024-05", firm="甲厂")
ORDERS = {"open first": (OPEN, ENDED), "ended first": (ENDED, OPEN)}
Played = tuple[Town, dict[str, Someone]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town.found(tmp_path_factory.mktemp("spell") / "town", "neimenggu")
    names = (*ORDERS, "another firm beside", "another person beside", "opened again")
    cast = {name: town.tell(town.person(f"1980-02-0{n}"), registered("2024-02-01")) for n, name in enumerate(names, 1)}
    town.night(FIRST)
    for name, lines in ORDERS.items():
        town.deliver("社保参保", SECOND, "增量", [line.about(cast[name]) for line in lines], name.split()[0])
    beside, other = cast["another firm beside"], cast["another person beside"]
    town.deliver("社保参保", SECOND, "增量", [OTHER_FIRM.about(beside), ENDED.about(beside)], "x")
    town.deliver("社保参保", SECOND, "增量", [OPEN.about(other), ENDED.about(replace(other, name="欧阳不同"))], "y")
    town.deliver("社保参保", SECOND, "增量", [ENDED.about(cast["opened again"])], "z")
    town.run(SECOND)
    town.deliver("社保参保", THIRD, "增量", [OPEN.about(cast["opened again"])])
    town.run(THIRD)
    yield town, cast


def _standing(played: Played, name: str) -> list[bool]:
    """Of each standing line under the person's number whether it has ended."""
    town, cast = played
    rows = town.ask("select end_month from standing_insurance_active where id_number = ? order by end_month", cast[name].number)  # fmt: skip
    return [row["end_month"] is not None for row in rows]


def _proposed(played: Played, name: str, day: str) -> list[str]:
    town, cast = played
    return [brief(e) for e in town.entries(cast[name], day) if e["track"] == "R"]


@pytest.mark.parametrize("order", ORDERS)
def test_one_spell_that_has_ended_proposes_nothing(played: Played, order: str) -> None:
    assert _standing(played, order) == [True]
    assert _proposed(played, order, SECOND) == []


@pytest.mark.parametrize("name", ["another firm beside", "another person beside"])
def test_another_line_stands_beside(played: Played, name: str) -> None:
    assert sorted(_standing(played, name)) == [False, True]
    assert _proposed(played, name, SECOND) == ["R PROP_DEREG NM-3.2 hired"]


def test_a_later_delta_opens_it_again(played: Played) -> None:
    assert (_proposed(played, "opened again", SECOND), _proposed(played, "opened again", THIRD)) == ([], ["R PROP_DEREG NM-3.2 hired"])  # fmt: skip
    assert _standing(played, "opened again") == [False]
