"""Everything but names and numbers, compared over arrays of pairs: birth date, sex, phone, place.

Level 0 is always `missing`: a value that is not there says nothing.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matchers.han import Levels

BIRTH_LEVELS = (
    "missing",
    "equal",
    "equal_default",
    "year_default",
    "day_month_swapped",
    "one_digit",
    "same_month",
    "same_day",
    "same_year",
    "unlike",
)
B_EQUAL, B_DEFAULT, B_YEAR_TOLD, B_SWAPPED, B_DIGIT, B_MONTH, B_DAY, B_YEAR, B_UNLIKE = range(1, len(BIRTH_LEVELS))
PLAIN_LEVELS = ("missing", "equal", "unlike")
PHONE_LEVELS = ("missing", "equal_own", "equal_shared", "equal_mass", "one_slip", "unlike")
P_OWN, P_SHARED, P_MASS, P_SLIP, P_UNLIKE = range(1, len(PHONE_LEVELS))
PLACE_LEVELS = ("missing", "village", "town", "unlike")
FAMILY, OFFICE = 2, 10  # known people under one phone: up to a couple; up to a large family; an agent's or a cadre's
PHONE_DIGITS, BIRTH_DIGITS = 11, 8
TOWN_ENDS = re.compile("(?:街道办事处|地区办事处|办事处|街道|镇|乡|苏木)$")
VILLAGE_ENDS = re.compile("(?:社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会|社区|嘎查村|嘎查|村)$")
Ints = NDArray[np.int64]


def birth_levels(left: Ints, right: Ints) -> Levels:
    """Dates as YYYYMMDD, 0 for none. The first of January is what forms fill in: it says little beside the year, and
    against another day of that year nothing. A year that is one off (虚岁) counts as a slip of one digit."""
    default = (left % 10000 == 101) | (right % 10000 == 101)
    found = np.where(default, B_DEFAULT, B_EQUAL).astype(np.int8)
    apart = np.flatnonzero(left != right)  # most pairs share the date: only the others are looked at closely
    found[apart] = _unequal(left[apart], right[apart], default[apart])
    found[(left == 0) | (right == 0)] = 0
    return found


def _unequal(left: Ints, right: Ints, default: NDArray[np.bool_]) -> Levels:
    found = np.full(len(left), B_UNLIKE, dtype=np.int8)
    (y, m, d), (v, n, e) = _parts(left), _parts(right)
    cases = (
        (y == v, B_YEAR), ((m == n) & (d == e) & ~default, B_DAY), ((y == v) & (m == n), B_MONTH),
        (_one_slip(left, right, BIRTH_DIGITS) | ((np.abs(y - v) == 1) & (m == n) & (d == e) & ~default), B_DIGIT),
        ((y == v) & (m == e) & (d == n), B_SWAPPED), ((y == v) & default, B_YEAR_TOLD),
    )  # fmt: skip
    for test, level in cases:  # a later case outranks an earlier one
        found[test] = level
    return found


def _parts(dates: Ints) -> tuple[Ints, Ints, Ints]:
    return dates // 10000, dates // 100 % 100, dates % 100


def _one_slip(left: Ints, right: Ints, digits: int, neighbours: bool = True) -> NDArray[np.bool_]:
    """One digit differs, or two neighbours stand the other way round. Few pairs lie that far apart: those are tried."""
    gaps = {n * 10**power for power in range(digits) for n in range(1, 10)}
    gaps |= {9 * n * 10**power for power in range(digits - 1) for n in range(1, 10)} if neighbours else set()
    known = np.array(sorted(gaps))
    gap = np.abs(left - right)
    near = np.flatnonzero(known[np.minimum(np.searchsorted(known, gap), len(known) - 1)] == gap)
    a, b = left[near], right[near]
    slip = np.zeros(len(near), dtype=bool)
    for power in (10**n for n in range(digits)):
        rest = (a // (power * 10) == b // (power * 10)) & (a % power == b % power)
        slip |= rest
        if neighbours:
            x, y = a // power % 100, b // power % 100
            slip |= (
                (x // 10 == y % 10)
                & (x % 10 == y // 10)
                & (a // (power * 100) == b // (power * 100))
                & (a % power == b % power)
            )
    found = np.zeros(len(left), dtype=bool)
    found[near[slip]] = True
    return found


def plain_levels(left: Ints, right: Ints) -> Levels:
    """Equal codes or not; 0 is missing."""
    return np.where((left == 0) | (right == 0), 0, np.where(left == right, 1, 2)).astype(np.int8)


def phone_levels(left: Ints, right: Ints, holders: Ints) -> Levels:
    """`holders` counts the known people under the right phone: what a shared phone says is little."""
    found = np.full(len(left), P_UNLIKE, dtype=np.int8)
    found[_one_slip(left, right, PHONE_DIGITS, neighbours=False)] = P_SLIP
    same = np.flatnonzero(left == right)
    found[same] = np.where(holders[same] <= FAMILY, P_OWN, np.where(holders[same] <= OFFICE, P_SHARED, P_MASS))
    found[(left == 0) | (right == 0)] = 0
    return found


def place_levels(town: tuple[Ints, Ints], village: tuple[Ints, Ints]) -> Levels:
    """Digests of folded place names. A village counts in its own town only; where one side tells no town, a village of that name
    is worth what a town is.

    >>> town, village = (np.array([7, 7, 0, 0, 8]), np.array([7] * 5)), (np.array([3, 4, 3, 4, 3]), np.array([3] * 5))
    >>> [PLACE_LEVELS[level] for level in place_levels(town, village)]
    ['village', 'town', 'town', 'missing', 'unlike']
    """
    same_town = plain_levels(*town)
    same_village = (village[0] == village[1]) & (village[0] != 0)
    cases = [same_town == 2, (same_town == 1) & same_village, (same_town == 1) | same_village]
    return np.select(cases, [np.int8(3), np.int8(1), np.int8(2)], np.int8(0))


def fold_place(text: str, ends: re.Pattern[str]) -> str:
    """A place without the word for what kind it is.

    >>> fold_place("城关镇", TOWN_ENDS), fold_place("东风社区居委会", VILLAGE_ENDS)
    ('城关', '东风')
    """
    bare = "".join(text.split())
    return ends.sub("", bare) or bare


def digests(texts: Sequence[str | None]) -> Ints:
    """A number for each text, the same for the same text everywhere; 0 for none."""
    known = {t: _digest(t) for t in _distinct(texts)}
    return np.fromiter((known[t] if t else 0 for t in texts), dtype=np.int64, count=len(texts))


def _distinct(texts: Iterable[str | None]) -> set[str]:
    return {t for t in texts if t}


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
