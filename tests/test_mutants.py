"""Packs with one small slip each: whether people made at random would show it. See tests.mutants.

`test_every_slip` plants all of them over some days and is slow; `test_slips_of_the_first_packs` is its quick part.
"""

from dataclasses import replace
from datetime import date

import pytest

from tests.mutants import Mutant, mutants, slips, unnoticed
from tests.strategies import OWN_VALUES, random_place
from tests.town import PACKS, settle

# Both packs are judged by what is found only; of the others the oracle also says what cannot be decided.
FOUND_ONLY = ("zhongshan", "neimenggu")
# The office has set what no document gives; on one day its areas besides, on another nobody keeps a service log.
DAYS = (date(2025, 3, 1), date(2024, 2, 29), date(2024, 6, 30), date(2026, 9, 14))
WITH_AREAS, WITHOUT_LOG = DAYS[1], DAYS[2]


def share_noticed(packs: tuple[str, ...], days: tuple[date, ...], people: int) -> tuple[float, list[Mutant]]:
    """The share of slips that somebody shows on one of the days, and the slips that nobody shows."""
    left = None
    planted = 0
    for seed, day in enumerate(days):
        values = OWN_VALUES | ({"home_areas": ["3605", "新余"]} if day == WITH_AREAS else {})
        place = random_place(seed, day, people, values)
        town = settle(replace(place, has_service_log=day != WITHOUT_LOG), day)
        chosen = [p for p in town.packs() if p.code in packs]
        if left is None:
            left = {p.code: list(mutants(p)) for p in chosen}
            planted = sum(len(those) for those in left.values())
        for pack in chosen:
            still = set(unnoticed(town, pack, left[pack.code], asks=pack.code not in FOUND_ONLY))
            left[pack.code] = [(mutant, changed) for mutant, changed in left[pack.code] if mutant in still]
        town.con.close()
    survivors = [mutant for those in (left or {}).values() for mutant, _ in those]
    return 1 - len(survivors) / planted, survivors


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


def test_slips_of_the_first_packs() -> None:
    share, survivors = share_noticed(FOUND_ONLY, DAYS[:1], 4000)
    assert share > 0.85, "\n".join(map(str, survivors))


@pytest.mark.slow
def test_every_slip() -> None:
    share, survivors = share_noticed(PACKS, DAYS, 20_000)
    assert share >= 0.95, "\n".join(map(str, survivors))
