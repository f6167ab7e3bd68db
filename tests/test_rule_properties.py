"""What holds of the rules whatever they say: the order of rows plays no part, nor do people with whom one has nothing to do."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.near_misses import copied
from tests.oracle_rows import Person, Place
from tests.strategies import KINDS, OWN_VALUES, random_place
from tests.test_doubtful_rows import BY_LOT
from tests.town import Told, settle

DAY = date(2025, 3, 1)


def place(seed: int, how_many: int) -> Place:
    return random_place(seed, DAY, how_many, OWN_VALUES)


def found(told: Place) -> set[Told]:
    town = settle(told, DAY)
    findings = town.asked.found
    town.con.close()
    return findings


def shuffled(told: Place, seed: int) -> Place:
    """The same people with the same rows, in another order."""
    rng = random.Random(seed)

    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rng.sample(rows, len(rows)))

    def turned(person: Person) -> Person:
        rows: dict[str, Any] = {kind: mixed(getattr(person, kind)) for kind in KINDS}
        return replace(person, **rows)

    people = mixed(tuple(map(turned, told.people.values())))
    return replace(
        told, people={p.person_id: p for p in people}, strangers=mixed(told.strangers),
        vacancies=mixed(told.vacancies), pushed=mixed(told.pushed),
    )  # fmt: skip


def beside(told: Place, others: Place) -> Place:
    """And people of other households besides."""
    added = [copied(p, "other-") for p in others.people.values()]
    return replace(told, people={**told.people, **{p.person_id: p for p in added}})


def about(findings: set[Told], people: dict[str, Person]) -> set[Told]:
    """What is found of these, by nothing that is dealt out among all."""
    return {(who, f) for who, f in findings if who in people and f.rule_id not in BY_LOT}


@pytest.fixture(scope="module")
def here() -> Iterator[tuple[Place, set[Told]]]:
    told = place(1, 300)
    yield told, found(told)


def test_the_order_of_rows_finds_nothing_else(here: tuple[Place, set[Told]]) -> None:
    told, findings = here
    assert len(findings) > 1500
    assert found(shuffled(told, 7)) == findings


def test_people_one_has_nothing_to_do_with_change_nothing(here: tuple[Place, set[Told]]) -> None:
    told, findings = here
    people = dict(told.people)
    assert about(found(beside(told, place(2, 300))), people) == about(findings, people)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 9))
def test_neither_does_in_a_large_place(seed: int) -> None:
    told = place(seed, 12_000)
    findings, people = found(told), dict(told.people)
    assert found(shuffled(told, seed)) == findings
    assert about(found(beside(told, place(seed + 100, 12_000))), people) == about(findings, people)
