"""People whom the register does not hold, and how like its people some of them are."""

import numpy as np

from benchmarks.world_names import Array
from benchmarks.world_people import People

# Among the strangers of a slice without numbers: a double has the name, sex and birth date of somebody in the register,
# a namesake the name, a twin the parents and the birth date. Split from their household: among all strangers.
DOUBLES, NAMESAKE_SHARE, TWIN_SHARE, SPLIT_SHARE = 200, 0.15, 0.01, 0.15


def strangers_last(rng: np.random.Generator, who: People, people: int, without_number: int) -> Array:
    """An order of everyone: first the register's, then the strangers, those of the slices without numbers first.

    Most strangers come with their whole household; some live in a household of which the register holds the rest.
    """
    order = rng.permutation(len(who.year))
    twins = order[who.twin[order]][: round(TWIN_SHARE * without_number)]
    _, family, size = np.unique(who.household, return_inverse=True, return_counts=True)
    several = order[(size[family] > 1)[order] & ~np.isin(order, twins)]
    split = several[: round(SPLIT_SHARE * (len(order) - people))]
    rest = order[~np.isin(order, np.concatenate([twins, split]))]
    rest = rest[np.argsort(rng.permutation(len(size))[family[rest]], kind="stable")]
    known, whole = rest[:people], rest[people:]
    strangers = rng.permutation(np.concatenate([split, whole]))
    first = rng.permutation(np.concatenate([twins, strangers[: without_number - len(twins)]]))
    return np.concatenate([rng.permutation(known), first, strangers[without_number - len(twins) :]])


def plant(rng: np.random.Generator, who: People, name: Array, people: int, strangers: dict[str, int]) -> Array:
    """Give some strangers the name, or the name and birth date, of somebody in the register. What sort each is."""
    family = np.isin(who.siblings[people:], who.siblings[:people])
    delivery = who.siblings * 100_000 + who.birth
    twin = who.twin[people:] & np.isin(delivery[people:], delivery[:people])
    housemate = np.isin(who.household[people:], who.household[:people])
    kind = np.select([twin, family, housemate], ["twin", "sibling", "housemate"], "other").astype("<U9")
    by_year = np.argsort(who.year[:people], kind="stable")
    start = 0
    for block in ("hard", "no_number"):
        size = strangers[block]
        free = start + np.flatnonzero(~twin[start : start + size])
        doubles = free[: min(DOUBLES, size // 30)]
        namesakes = free[len(doubles) : len(doubles) + round(NAMESAKE_SHARE * size)]
        like = rng.integers(0, people, len(doubles))
        name[people + doubles], who.birth[people + doubles] = name[like], who.birth[like]
        who.sex[people + doubles], who.year[people + doubles] = who.sex[like], who.year[like]
        near = np.searchsorted(who.year[by_year], who.year[people + namesakes]) + rng.integers(
            -people // 10, people // 10, len(namesakes)
        )
        like = by_year[np.clip(near, 0, people - 1)]
        name[people + namesakes], who.sex[people + namesakes] = name[like], who.sex[like]
        kind[doubles], kind[namesakes] = "double", "namesake"
        start += size
    return np.concatenate([np.full(people, "", dtype="<U9"), kind])
