"""Packs with one small slip each: whether people made at random would show it. See tests.mutants.

`test_every_slip` plants all of them over some days and is slow; `test_slips_of_the_first_packs` is its quick part.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from docs.reference.columns import view_columns
from policies.pack import read_pack
from tests.mutants import Mutant, is_meant, is_same, mutants, same_slips, slips, unnoticed
from tests.near_misses import near_misses
from tests.strategies import OWN_VALUES, random_place
from tests.town import PACKS, Town, settle

# Both packs are judged by what is found only; of the others the oracle also says what cannot be decided.
FOUND_ONLY = ("zhongshan", "neimenggu")
# What the office has set by each day: what no document gives; its areas besides, and what our readings have the other way
# round; then nobody keeps a log of services or courses; then nothing is set, so that there is no public-welfare post either.
OTHERWISE = {"list_at_once": True, "comparison_counts": True, "follow_long_tier": False}
DAYS: dict[date, dict[str, Any]] = {
    date(2025, 3, 1): OWN_VALUES,
    date(2024, 2, 29): OWN_VALUES | {"home_areas": ["3605", "新余"]} | OTHERWISE,
    date(2024, 6, 30): OWN_VALUES,
    date(2026, 9, 14): {},
}
FIRST, _, WITHOUT_LOG, _ = DAYS
# Of each rule so many of those whom it finds, each changed so many times.
HOLDERS, CHANGES = 6, 6


def towns(day: date, people: int) -> Iterator[Town]:
    """So many people made at random, and then those of them who meet a rule, so changed that they only just do or do not."""
    place = random_place(list(DAYS).index(day), day, people, DAYS[day])
    if day == WITHOUT_LOG:
        untaught = {who: replace(p, courses=()) for who, p in place.people.items()}
        place = replace(place, has_service_log=False, people=untaught)
    town = settle(place, day)
    yield town
    near = settle(near_misses(town, people, HOLDERS, CHANGES), day)
    town.con.close()
    yield near
    near.con.close()


def share_noticed(packs: tuple[str, ...], days: Iterable[date], people: int) -> tuple[dict[str, float], list[Mutant]]:
    """By pack the share of slips that somebody shows on one of the days, those listed as the same in other words left out; and
    all slips that nobody shows."""
    left: dict[str, list[tuple[Mutant, dict[str, str]]]] = {}
    planted: dict[str, int] = {}
    for town in (town for day in days for town in towns(day, people)):
        for pack in (p for p in town.packs() if p.code in packs):
            those = left[pack.code] if pack.code in left else list(mutants(pack))
            planted.setdefault(pack.code, sum(not is_same(mutant) for mutant, _ in those))
            still = set(unnoticed(town, pack, those, asks=pack.code not in FOUND_ONLY))
            left[pack.code] = [(mutant, changed) for mutant, changed in those if mutant in still]
    survivors = [mutant for those in left.values() for mutant, _ in those]
    alive = Counter(mutant.pack for mutant in survivors if not is_same(mutant))
    return {code: 1 - alive[code] / count for code, count in planted.items()}, survivors


def test_a_slip_is_one_change_and_each_is_told_once() -> None:
    told = dict(slips("a >= b and (not firm_job or c = 'x')", ["b"]))
    assert set(told) >= {
        "a > b and (not firm_job or c = 'x')",
        "a >= b or (not firm_job or c = 'x')",
        "a >= (b + 1) and (not firm_job or c = 'x')",
        "a >= b and (firm_job or c = 'x')",
        "a >= b and (not has_job or c = 'x')",
        "a >= b and (c = 'x')",
        "(not firm_job or c = 'x')",
        "a >= b and (not firm_job or c <> 'x')",
    }
    assert "a >= b and (not firm_job or c = 'x')" not in told


def test_what_is_listed_as_the_same_in_other_words_is_planted_at_all() -> None:
    planted = [m for code in PACKS for m, _ in mutants(read_pack(code, view_columns()))]
    assert [same for same in same_slips() if not any(is_meant(same, mutant) for mutant in planted)] == []
    assert all(s.why for s in same_slips())


def test_slips_of_the_first_packs() -> None:
    shares, survivors = share_noticed(FOUND_ONLY, (FIRST,), 2000)
    assert min(shares.values()) > 0.85, "\n".join([f"{shares}", *map(str, survivors)])


@pytest.mark.slow
def test_every_slip() -> None:
    shares, survivors = share_noticed(PACKS, DAYS, 6000)
    assert [same for same in same_slips() if not any(is_meant(same, mutant) for mutant in survivors)] == []
    assert min(shares.values()) >= 0.95, "\n".join([f"{shares}", *map(str, survivors)])
