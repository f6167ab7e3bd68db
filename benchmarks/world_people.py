"""Three generations of an invented county as arrays: families, households, places, numbers and phones.

Sisters, brothers and twins, who differ in little, come of it by themselves.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.world_names import Array, draw_given, draw_surnames, draw_transcribed, read_parts, whole_names

LAST_YEAR = 2023
# Children of a couple, from none, by the year of their first child: before 1972, before 1982, before 2012, since.
CHILDREN = ((0.03, 0.10, 0.22, 0.27, 0.22, 0.16), (0.04, 0.26, 0.42, 0.20, 0.08), (0.06, 0.56, 0.32, 0.06), (0.22, 0.42, 0.31, 0.05))  # fmt: skip
CHILDREN_ENDS = (1972, 1982, 2012)
TWIN_DELIVERIES = 0.01
# Dead by 2023, by year of birth.
DEAD_ENDS, DEAD_SHARE = (1935, 1942, 1950, 1960), np.array([0.85, 0.6, 0.3, 0.12, 0.02])
PEOPLES, PEOPLE_SHARE = ("han", "mongol", "uyghur", "tibet"), (0.97, 0.018, 0.007, 0.005)
# Codes that end in 99 belong to no county, so no office ever issued these numbers.
AREAS = np.array([p * 10_000 + c * 100 + 99 for p in (15, 21, 44) for c in range(1, 21)])
WEIGHTS = np.array([pow(2, 17 - i) % 11 for i in range(17)])
CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
PHONES = 200_000_000  # after 142 and 143, which no subscriber has
DAY_ZERO = np.datetime64("1970-01-01")


@dataclass
class People:
    """One entry per person in each array. `surname`, `second_surname`: index into `surnames()`, -1 for none."""

    year: Array
    birth: Array  # days since 1970-01-01
    sex: Array  # 0 female, 1 male
    siblings: Array  # number of the couple that has this child; founders have one each
    twin: Array  # bool: another in the same delivery
    people: Array  # index into PEOPLES
    surname: Array
    second_surname: Array
    household: Array
    home: Array  # town * 15 + village

    def take(self, rows: Array) -> "People":
        return People(**{k: v[rows] for k, v in vars(self).items()})


def _joined(parts: list[People]) -> People:
    return People(**{k: np.concatenate([vars(p)[k] for p in parts]) for k in vars(parts[0])})


def populate(rng: np.random.Generator, count: int, commonest: float | None = None) -> People:
    """People of three generations, as many as asked for, household by household."""
    founders = _founders(rng, 2 * (count * 2 // 9 + 60), commonest)
    second = _children(rng, founders, 0)
    third = _children(rng, second, len(founders.year))
    everyone = _joined([founders, second, third])
    alive = rng.random(len(everyone.year)) >= DEAD_SHARE[np.searchsorted(DEAD_ENDS, everyone.year, side="right")]
    everyone = everyone.take(np.flatnonzero(alive))
    if len(everyone.year) < count:
        raise ValueError(f"{len(everyone.year)} people for {count}: too few founders")
    turn = rng.permutation(everyone.household.max() + 1)[everyone.household]
    return everyone.take(np.argsort(turn, kind="stable")[:count])


def _founders(rng: np.random.Generator, count: int, commonest: float | None) -> People:
    year = rng.integers(1926, 1963, count // 2)
    year = np.concatenate([year, year + rng.integers(-2, 6, count // 2)])
    couple = np.tile(np.arange(count // 2), 2)
    town = rng.choice(25, size=count // 2, p=_falling(25))
    home = (town * 15 + rng.integers(0, 15, count // 2))[couple]
    sex = np.repeat([1, 0], count // 2)
    people = rng.choice(4, size=count // 2, p=PEOPLE_SHARE)[couple]
    surname = draw_surnames(rng, count, commonest)
    none = np.full(count, -1)
    return People(
        year, _birthdays(rng, year), sex, 10_000_000 + np.arange(count), np.zeros(count, bool), people, surname, none,
        couple, home,
    )  # fmt: skip


def _falling(count: int) -> Array:
    weights = 1 / (np.arange(count) + 3.0)
    return weights / weights.sum()


def _birthdays(rng: np.random.Generator, year: Array) -> Array:
    starts = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return starts + rng.integers(0, 365, len(year))


def _children(rng: np.random.Generator, parents: People, founders_count: int) -> People:
    """The next generation; the married ones of `parents` get a household of their own first."""
    father, mother = _couples(rng, parents, founders_count)
    first = parents.year[father] + 21 + rng.integers(0, 9, len(father)) + (parents.year[father] > 1965) * 2
    group = np.searchsorted(CHILDREN_ENDS, first, side="right")
    deliveries = np.zeros(len(father), dtype=np.int64)
    for g, shares in enumerate(CHILDREN):
        rows = np.flatnonzero(group == g)
        deliveries[rows] = rng.choice(len(shares), size=len(rows), p=shares)
    couple = np.repeat(np.arange(len(father)), deliveries)
    starts = np.repeat(np.cumsum(deliveries) - deliveries, deliveries)
    gaps = rng.integers(2, 5, len(couple))
    later = np.cumsum(gaps) - np.cumsum(gaps)[starts]
    year = first[couple] + later
    birth = _birthdays(rng, year)
    copies = 1 + (rng.random(len(couple)) < TWIN_DELIVERIES)
    rows = np.flatnonzero(year <= LAST_YEAR)
    rows = np.repeat(rows, copies[rows])
    couple, f, m = couple[rows], father[couple[rows]], mother[couple[rows]]
    count = len(rows)
    from_mother = rng.random(count) < 0.04
    both = (rng.random(count) < 0.015) & (year[rows] > 1999) & ~from_mother
    return People(
        year[rows], birth[rows], (rng.random(count) < 0.515).astype(np.int64),
        founders_count * 20_000_000 + couple, copies[rows] > 1, parents.people[f],
        np.where(from_mother, parents.surname[m], parents.surname[f]), np.where(both, parents.surname[m], -1),
        parents.household[f], parents.home[f],
    )  # fmt: skip


def _couples(rng: np.random.Generator, parents: People, founders_count: int) -> tuple[Array, Array]:
    if founders_count == 0:
        half = len(parents.year) // 2
        return np.arange(half), np.arange(half) + half
    grown = (parents.year <= 1999) & (rng.random(len(parents.year)) < 0.88)
    noisy = parents.year + rng.normal(0, 2, len(parents.year)) - 2 * parents.sex
    men, women = (np.flatnonzero(grown & (parents.sex == s)) for s in (1, 0))
    pairs = min(len(men), len(women))
    men, women = men[np.argsort(noisy[men])][:pairs], women[np.argsort(noisy[women])][:pairs]
    apart = parents.siblings[men] != parents.siblings[women]
    men, women = men[apart], women[apart]
    moved_in = rng.random(len(men)) < 0.2  # a fifth of the sons stay in their parents' household
    own = founders_count + np.arange(len(men))
    parents.household[men] = np.where(moved_in, parents.household[men], own)
    moved_away = ~moved_in & (rng.random(len(men)) < 0.35)
    parents.home[men[moved_away]] = rng.integers(0, 375, moved_away.sum())
    parents.household[women], parents.home[women] = parents.household[men], parents.home[men]
    return men, women


def draw_names(rng: np.random.Generator, who: People) -> Array:
    """Full names; brothers and sisters never bear the same one. Shape: (n,) strings."""
    points = draw_given(rng, who.year, who.sex, who.siblings)
    for _ in range(5):
        key = np.concatenate([who.siblings[:, None], points.astype(np.int64)], axis=1)
        order = np.lexsort(key.T)
        again = order[1:][(key[order[1:]] == key[order[:-1]]).all(axis=1)]
        if len(again):  # drawn anew as only children, else the family's character comes back
            points[again] = draw_given(rng, who.year[again], who.sex[again], -1 - np.arange(len(again)))
    names = whole_names(who.surname, points, who.second_surname).astype("<U16")
    for number, people in enumerate(PEOPLES[1:], 1):
        rows = np.flatnonzero(who.people == number)
        names[rows] = draw_transcribed(rng, people, who.siblings[rows])
    return names


def id_numbers(rng: np.random.Generator, who: People) -> Array:
    """Well-formed numbers of no real county, all different. Shape: (n,) strings."""
    area = rng.integers(0, len(AREAS), len(who.year))
    key = (area * 200_000 + who.birth + 50_000) * 2 + who.sex
    order = np.argsort(key, kind="stable")
    fresh = np.r_[True, key[order][1:] != key[order][:-1]]
    place = np.arange(len(order)) - np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = place
    serial = ((turn + key * 37) % 497) * 2 + who.sex
    dates = np.datetime_as_string(DAY_ZERO + who.birth.astype("timedelta64[D]"), unit="D")
    compact = np.char.replace(dates, "-", "").astype(np.int64)
    digits = np.empty((len(order), 18), dtype=np.uint8)
    for values, start, width in ((AREAS[area], 0, 6), (compact, 6, 8), (serial, 14, 3)):
        for k in range(width):
            digits[:, start + k] = values // 10 ** (width - 1 - k) % 10
    digits[:, :17] += ord("0")
    digits[:, 17] = CHECKS[((digits[:, :17] - ord("0")) * WEIGHTS).sum(axis=1) % 11]
    return digits.view("S18").ravel().astype("<U18")


def phones(first: int, count: int, key: int) -> Array:
    """The phones with these serial numbers, all different for one key. Shape: (count,) strings."""
    scattered = (np.arange(first, first + count, dtype=np.int64) * 123_456_791 + key) % PHONES
    return (14_200_000_000 + scattered).astype("<U11")


def places() -> tuple[list[str], list[list[str]]]:
    """25 towns and 15 village names in each; a village name recurs in other towns, as in life."""
    lists = {kind: names for kind, *names in read_parts("world_places.tsv")}
    stems = lists["village"]
    return lists["town"], [[stems[(t * 7 + v * 4 + v // 15) % len(stems)] + "村" for v in range(15)] for t in range(25)]
