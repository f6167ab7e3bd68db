"""What the first extracts say of each person and each household, so that the further ones tell of the same lives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_data.extracts import Array, Extract
from sample_data.lives import BACK, EMPLOYEE, FLEXIBLE, MONTH, OWNER, Lives, Mask, heads
from sample_data.people import CHILD, SPOUSE, Town

NO_DAY = np.datetime64("NaT", "D")
DAY = np.timedelta64(1, "D")
URBAN_SHARES = np.array([0.9, 0.9, 0.85, 0.45, 0.35, 0.35, 0.3, 0.05])  # by town, streets first


@dataclass(frozen=True)
class Standing:
    """Masks and dates over the people (`is_urban`, `has_spouse`, `youngest` over the households)."""

    lives: Lives
    extracts: dict[str, Extract]

    @property
    def town(self) -> Town:
        return self.lives.town

    @cached_property
    def first_registration(self) -> tuple[Array, Array, Array]:
        """Registration day (NaT: none), the day it ended as told on the first night, and the night that tells it."""
        part, count = self.extracts["unemployment_registration"], len(self.town.name)
        began, ended, night = np.full(count, NO_DAY), np.full(count, NO_DAY), np.ones(count, dtype=np.int64)
        first = np.arange(len(part))[::-1]  # of several rows about one person the first one told is written last
        began[part.truth[first]] = part.rows.column("reg_date").to_numpy()[first]
        ended[part.truth[first]] = part.rows.column("cancel_date").to_numpy()[first]
        night[part.truth[first]] = part.night[first]
        return began, ended, night

    @cached_property
    def is_registered(self) -> Mask:
        began, ended, _ = self.first_registration
        return np.asarray(~np.isnat(began) & np.isnat(ended))

    def named_in(self, kind: str) -> Mask:
        """Who has a row of this kind."""
        found = np.zeros(len(self.town.name), dtype=bool)
        truth = self.extracts[kind].truth
        found[truth[truth >= 0]] = True
        return found

    @cached_property
    def works(self) -> Mask:
        return np.isin(self.lives.state, (EMPLOYEE, FLEXIBLE, OWNER, BACK)) & ~self.lives.is_dead

    @cached_property
    def is_of_working_age(self) -> Mask:
        return (self.town.age >= 16) & (self.town.age < np.where(self.town.is_male, 60, 55))

    @cached_property
    def is_older_worker(self) -> Mask:
        return self.is_of_working_age & (self.town.age >= np.where(self.town.is_male, 50, 40))

    def any_of_household(self, people: Mask) -> Mask:
        """For each household, whether one of its members is among the people."""
        found = np.zeros(self.town.household.max() + 1, dtype=bool)
        found[self.town.household[people & self.town.is_own]] = True
        return found

    @cached_property
    def has_spouse(self) -> Mask:
        return self.any_of_household(self.town.role == SPOUSE)

    @cached_property
    def is_urban(self) -> Mask:
        """By household: as its registrations and its aid say, else by where it lives."""
        town, aid, said = self.town, self.extracts["low_income"], self.extracts["unemployment_registration"]
        rng = self.lives.rng("hukou")
        home = town.place[heads(town)] // 8
        urban = rng.random(len(home)) < URBAN_SHARES[home]
        urban[town.household[said.truth]] = said.rows.column("hukou_kind").to_numpy(zero_copy_only=False) == "城镇"
        kind = aid.rows.column("aid_kind").to_numpy(zero_copy_only=False)
        for word, is_so in (("城市低保", True), ("农村低保", False)):
            urban[town.household[aid.truth[kind == word]]] = is_so
        return urban

    @cached_property
    def youngest(self) -> Array:
        """By household: index of the youngest child who lives there, -1 where none does."""
        town = self.town
        children = np.flatnonzero((town.role == CHILD) & town.is_own)
        children = children[np.argsort(town.birth[children], kind="stable")]
        found = np.full(town.household.max() + 1, -1)
        found[town.household[children]] = children
        return found

    @cached_property
    def is_single_parent(self) -> Mask:
        """Heads without a spouse who live with a child under age."""
        town = self.town
        youngest = self.youngest[town.household]
        return np.asarray((town.role == 0) & town.is_own & ~self.has_spouse[town.household] & (youngest >= 0)
                          & (town.age[youngest] < 18))  # fmt: skip

    @cached_property
    def is_jobless_home(self) -> Mask:
        """By household: somebody is registered as unemployed, and nobody of working age works."""
        working = self.any_of_household(self.works & self.is_of_working_age)
        return self.any_of_household(self.is_registered) & ~working


def count_of(lives: Lives, per_million: int, least: int) -> int:
    """Rows for a town of this size; a small one gets some all the same."""
    return max(least, per_million * lives.town.own // 1_000_000)


def some(rng: np.random.Generator, pool: Mask | Array, count: int) -> Array:
    """So many of the people, by index, fewer where there are not enough."""
    places = np.flatnonzero(pool) if pool.dtype == bool else pool
    return np.sort(rng.choice(places, min(count, len(places)), replace=False))


def days_ago(rng: np.random.Generator, lives: Lives, night: Array, low: int, high: int, fresh: int = 6) -> Array:
    """A day some days before the first night, or a few days before the later night that tells it."""
    ago = np.where(night > 1, rng.integers(0, fresh, len(night)), rng.integers(low, high, len(night)))
    return np.asarray(lives.snapshot(night) - ago.astype("timedelta64[D]"))


def between(rng: np.random.Generator, first: Array, last: Array) -> Array:
    """A day of each span, its ends included; NaT where a span has no beginning."""
    days = np.where(np.isnat(first), 0, (last - first).astype(np.int64))
    return np.asarray(first + (rng.random(len(first)) * (np.maximum(days, 0) + 1)).astype(np.int64) * DAY)


def nullable(values: Array, is_empty: Mask) -> Array:
    """Numbers or truth values of which some are not told."""
    return np.ma.MaskedArray(values, mask=is_empty)


def month_of(days: Array | np.datetime64) -> Array:
    return np.asarray(days).astype("datetime64[M]")


def months_back(lives: Lives, months: Array) -> Array:
    """First day of the month so many months before that of the first night."""
    return np.asarray(month_of(lives.town.start) - months * MONTH)
