"""Names as often as in the published statistics (identity.md 3.1), drawn as arrays of code points.

A Han name is a row of six code points, zero-filled: two places for the surname, three for the given name, one spare.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
PARTS = Path(__file__).parent / "name_parts"
ERA_ENDS = (1950, 1970, 1985, 2000)
# Given names of one character, men and women, by era: 7.6 % of all names for the 1960s, 27.6 % for the 1990s, 6.3 % now.
SINGLE_SHARE = ((0.06, 0.07), (0.09, 0.09), (0.20, 0.20), (0.29, 0.28), (0.10, 0.09))
# Two-character given names that say one character twice (婷婷), men and women, by era.
TWICE_SHARE = ((0.002, 0.004), (0.002, 0.006), (0.003, 0.02), (0.005, 0.04), (0.005, 0.02))
# Brothers and sisters who carry the character of their generation.
GENERATION_SHARE = ((0.55, 0.35), (0.45, 0.28), (0.30, 0.18), (0.18, 0.12), (0.12, 0.08))
TAIL_SHARE = {"single": 0.18, "first": 0.26, "second": 0.27}
# Falling of a character's use with its rank, found by trial so that the names are as unique as in identity.md 0.8.
STEEPNESS = {"single": 0.75, "first": 0.72, "second": 0.72, "tail": 0.35}


def read_parts(name: str) -> Iterator[list[str]]:
    """The tab-separated fields of each line of a hand-typed list, without the notes."""
    for line in (PARTS / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


@cache
def surnames() -> tuple[tuple[str, ...], Array]:
    """Surnames, commonest first, and their shares, which add up to one."""
    share: dict[str, float] = {}
    tail: list[str] = []
    for kind, *fields in read_parts("world_surnames.tsv"):
        if kind == "share":
            share.update((f.split()[0], float(f.split()[1]) / 100) for f in fields)
        else:
            tail += fields
    weights = np.exp(-np.arange(len(tail)) / 88)  # 95.4 % after 200 surnames, 99.3 % after 400
    rest = (1 - sum(share.values())) * weights / weights.sum()
    return (*share, *tail), np.concatenate([np.array(list(share.values())), rest])


@cache
def given(era: int, sex: int, place: str) -> tuple[Array, Array]:
    """Code points and shares of the characters at one place of the given names of one era (0-4) and sex (0 female)."""
    listed = ""
    tail = ""
    for eras, sexes, position, characters in read_parts("world_given.tsv"):
        if str(era + 1) in eras and "FM"[sex] in sexes:
            listed += characters if position == place else ""
            tail += characters if position == "tail" else ""
    weight: dict[str, float] = {}
    for text, share, steep in (
        (listed, 1 - TAIL_SHARE[place], STEEPNESS[place]),
        (tail, TAIL_SHARE[place], STEEPNESS["tail"]),
    ):
        once = list(dict.fromkeys(text))
        fall = (np.arange(len(once)) + 3.0) ** -steep
        for character, w in zip(once, share * fall / fall.sum(), strict=True):
            weight[character] = weight.get(character, 0.0) + float(w)
    shares = np.array(list(weight.values()))
    return np.array([ord(c) for c in weight], dtype=np.uint32), shares / shares.sum()


def draw_surnames(rng: np.random.Generator, count: int, commonest: float | None = None) -> Array:
    """Index into `surnames()`. `commonest`: share to give to the first one."""
    shares = surnames()[1].copy()
    if commonest is not None:
        shares[0] = 0
        shares = shares / shares.sum() * (1 - commonest)
        shares[0] = commonest
    return rng.choice(len(shares), size=count, p=shares)


def draw_given(rng: np.random.Generator, year: Array, sex: Array, siblings: Array) -> Array:
    """Given names. Shape: (n, 3) code points, zero-filled. `siblings`: number of the family each was born into."""
    result = np.zeros((len(year), 3), dtype=np.uint32)
    eras = np.searchsorted(ERA_ENDS, year, side="right")
    for era in range(5):
        for s in (0, 1):
            rows = np.flatnonzero((eras == era) & (sex == s))
            if len(rows):
                result[rows] = _draw_group(rng, era, s, siblings[rows])
    return result


def _draw_group(rng: np.random.Generator, era: int, sex: int, siblings: Array) -> Array:
    count = len(siblings)
    result = np.zeros((count, 3), dtype=np.uint32)
    is_single = rng.random(count) < SINGLE_SHARE[era][sex]
    for place, column in (("first", 0), ("second", 1)):
        points, shares = given(era, sex, place)
        result[:, column] = rng.choice(points, size=count, p=shares)
    points, shares = given(era, sex, "first")
    _, family = np.unique(siblings, return_inverse=True)
    of_generation = rng.choice(points, size=family.max() + 1, p=shares)[family]
    follows = rng.random(count) < GENERATION_SHARE[era][sex]
    result[follows, 0] = of_generation[follows]
    twice = rng.random(count) < TWICE_SHARE[era][sex]
    result[twice, 0] = result[twice, 1]
    points, shares = given(era, sex, "single")
    result[is_single, 0] = rng.choice(points, size=count, p=shares)[is_single]
    result[is_single, 1] = 0
    return result


def whole_names(surname: Array, given_points: Array, second_surname: Array) -> Array:
    """Surname and given name as one string each. `second_surname`: of the other parent, or -1. Shape: (n,)."""
    points = np.zeros((len(surnames()[0]) + 1, 2), dtype=np.uint32)  # the last row, met by -1, stays empty
    for n, text in enumerate(surnames()[0]):
        points[n, : len(text)] = [ord(c) for c in text]
    joined = np.concatenate([points[surname], points[second_surname], given_points], axis=1)
    order = np.argsort(joined == 0, axis=1, kind="stable")  # the empty places go to the end of each row
    packed = np.ascontiguousarray(np.take_along_axis(joined, order, axis=1)[:, :6])
    return packed.view("<U6").ravel()


@cache
def minority_groups(people: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(place, spellings) of each name part of a people."""
    return tuple((place, tuple(s.split(" "))) for p, place, s in read_parts("world_minority.tsv") if p == people)


def draw_transcribed(rng: np.random.Generator, people: str, father: Array) -> list[str]:
    """Names put together from transcribed parts, in one of their spellings. `father`: decides the part named after him."""
    groups = minority_groups(people)
    heads = [g for g in groups if g[0] != "last"]
    tails = [g for g in groups if g[0] == "last"] or heads
    alone = [g for g in groups if g[0] == "given"]
    fathers = [g for g in alone if not any("古丽" in s for s in g[1])]
    names = []
    for number in father.tolist():
        u = rng.random(5)
        if people == "uyghur":
            first, last, dot = alone[int(u[0] * len(alone))], fathers[number % len(fathers)], "·" if u[4] < 0.8 else ""
            names.append(_spelling(first, u[1]) + dot + _spelling(last, (number // 64 % 16) / 16))
        elif people == "mongol" and u[4] < 0.35:
            names.append(_spelling(alone[int(u[0] * len(alone))], u[1]))
        else:
            pool = tails if u[4] < 0.75 else [g for g in groups if g[0] != "first"]
            head, tail = heads[int(u[0] * len(heads))], pool[int(u[2] * len(pool))]
            names.append(_spelling(head, u[1]) + _spelling(tail, u[3]))
    return names


def _spelling(group: tuple[str, tuple[str, ...]], u: float) -> str:
    """The first spelling in six of ten names, the others evenly."""
    spellings = group[1]
    return spellings[0] if u < 0.6 else spellings[int((u - 0.6) / 0.4 * len(spellings))]
