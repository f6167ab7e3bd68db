"""Names as people of an Inner Mongolian town carry them: Han by surname, decade and sex; Mongolian, Uyghur, Tibetan.

Facts are in surnames.tsv, given_names.tsv and name_groups.tsv, typed in by hand from public reports. Vectorised: one
call names everybody; results are `(n,)` string arrays in the order of the people.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
HERE = Path(__file__).parent

DECADES = (1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010)
BAND = {1940: 1940, 1950: 1940, 1960: 1960, 1970: 1960, 1980: 1980, 1990: 1980, 2000: 2000, 2010: 2000}
# Share of one-character given names by decade: 7.6 % in the 1960s and 27.6 % in the 1990s are reported, the rest ours.
SINGLE_SHARE = dict(zip(DECADES, (0.05, 0.06, 0.076, 0.15, 0.24, 0.276, 0.12, 0.06), strict=True))
LISTED_SHARE = 0.32  # the thousand commonest given names cover 31.5 % of people
COMPOUND_SHARE = 0.001
HAN_SURNAME_SHARE = 0.2  # Mongolian names with a Han surname put before
MONGOLIAN_SURNAMES = ("包", "白", "吴", "韩", "鲍")
DOT = "·"


def table(file_name: str) -> Iterator[list[str]]:
    """Rows of a data file, split at tabs; comments left out."""
    for line in (HERE / file_name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def surname_shares() -> dict[str, float]:
    """Surname to its share (0-1) among those without a compound surname. Sums to 1."""
    top: dict[str, float] = {}
    rest: list[str] = []
    for kind, words in table("surnames.tsv"):
        parts = words.split()
        if kind == "top":
            top |= dict(zip(parts[::2], (float(p) / 100 for p in parts[1::2]), strict=True))
        elif kind == "rest":
            rest += parts
    rest = [s for s in dict.fromkeys(rest) if s not in top]
    return top | dict.fromkeys(rest, (1 - sum(top.values())) / len(rest))


@cache
def compound_surnames() -> dict[str, float]:
    """Compound surname to its share among them."""
    parts = next(words for kind, words in table("surnames.tsv") if kind == "compound").split()
    total = sum(float(p) for p in parts[1::2])
    return dict(zip(parts[::2], (float(p) / total for p in parts[1::2]), strict=True))


@cache
def given_tables() -> dict[tuple[int, str, str], list[str]]:
    """(decade, sex, list|first|second) to names or characters, commonest first."""
    return {(int(decade), sex, what): words.split() for decade, sex, what, words in table("given_names.tsv")}


@cache
def name_groups() -> dict[str, list[tuple[str, str, list[str]]]]:
    """People to its groups: (sex, place, spellings)."""
    found: dict[str, list[tuple[str, str, list[str]]]] = {}
    for people, sex, place, words in table("name_groups.tsv"):
        found.setdefault(people, []).append((sex, place, words.split()))
    return found


def surnames(rng: np.random.Generator, count: int) -> Array:
    """Surnames of Han households; one in a thousand is a compound one."""
    plain, compound = surname_shares(), compound_surnames()
    names = np.array([*plain, *compound])
    shares = np.array([*plain.values(), *(s * COMPOUND_SHARE for s in compound.values())])
    return names[rng.choice(len(names), count, p=shares / shares.sum())]


def given_names(rng: np.random.Generator, birth_year: Array, is_male: Array) -> Array:
    """Given names by decade of birth and sex."""
    result = np.full(len(birth_year), "", dtype="U2")
    decade = np.clip(birth_year // 10 * 10, DECADES[0], DECADES[-1])
    for start in DECADES:
        for sex in "mf":
            where = np.flatnonzero((decade == start) & (is_male == (sex == "m")))
            result[where] = given_names_of(rng, start, sex, len(where))
    return result


def given_names_of(rng: np.random.Generator, decade: int, sex: str, count: int) -> Array:
    """Given names of one decade and sex: listed ones, and ones put together from the characters of the time."""
    lists = given_tables()
    listed = lists[decade, sex, "list"]
    first, second = (np.array(lists[BAND[decade], sex, part]) for part in ("first", "second"))
    pair = np.strings.add(rng.choice(first, count), rng.choice(second, count))
    single = np.array([n for n in listed if len(n) == 1] or second[:8])
    result = np.where(rng.random(count) < SINGLE_SHARE[decade], rng.choice(single, count), pair)
    common = np.array([n for n in listed if len(n) == 2])
    weights = 1 / (np.arange(len(common)) + 3)
    drawn = rng.choice(common, count, p=weights / weights.sum())
    return np.where((rng.random(count) < LISTED_SHARE) & (np.strings.str_len(result) == 2), drawn, result)


def parts(rng: np.random.Generator, people: str, sex: str, place: str, count: int) -> Array:
    """Name parts that may stand at `place` (a begin, z end), the usual spelling three times in five."""
    groups = [g[2] for g in name_groups()[people] if g[0] in (sex, "x") and place in g[1]]
    widest = max(len(g) for g in groups)
    grid = np.array([g + [g[0]] * (widest - len(g)) for g in groups])
    column = np.where(rng.random(count) < 0.6, 0, rng.integers(0, widest, count))
    return grid[rng.integers(0, len(groups), count), column]


def by_sex(rng: np.random.Generator, people: str, place: str, is_male: Array) -> Array:
    """Name parts for men and women."""
    count = len(is_male)
    return np.where(is_male, parts(rng, people, "m", place, count), parts(rng, people, "f", place, count))


def mongolian_names(rng: np.random.Generator, is_male: Array) -> Array:
    """One or two parts, sometimes with a dot between, sometimes after a Han surname."""
    count = len(is_male)
    head, tail = by_sex(rng, "mongolian", "a", is_male), by_sex(rng, "mongolian", "z", is_male)
    link = np.where(rng.random(count) < 0.15, DOT, "")
    two = np.strings.add(np.strings.add(head, link), tail)
    name = np.where(rng.random(count) < 0.7, two, tail)
    surname = np.where(rng.random(count) < HAN_SURNAME_SHARE, rng.choice(np.array(MONGOLIAN_SURNAMES), count), "")
    return np.where(np.strings.find(name, DOT) >= 0, name, np.strings.add(surname, name))


def uyghur_names(rng: np.random.Generator, is_male: Array) -> Array:
    """Given name, dot, father's name."""
    given = by_sex(rng, "uyghur", "a", is_male)
    father = parts(rng, "uyghur", "m", "z", len(is_male))
    return np.strings.add(np.strings.add(given, DOT), father)


def tibetan_names(rng: np.random.Generator, is_male: Array) -> Array:
    """Four characters mostly, two sometimes; no surname."""
    head, tail = by_sex(rng, "tibetan", "a", is_male), by_sex(rng, "tibetan", "z", is_male)
    four = np.strings.add(head, np.where(head == tail, "", tail))
    return np.where(rng.random(len(is_male)) < 0.85, four, tail)
