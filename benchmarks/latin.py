"""Latin names, addresses and numbers on comparison levels: what the public benchmark sets need in place of Han names.

Level 0 is always `missing`. All texts of a table share one vocabulary, so that equal codes are equal texts and each
distinct pair of texts is compared once. Text 0 is the empty one.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Hamming, JaroWinkler
from rapidfuzz.process import cpdist

from matchers.comparisons import BIRTH_LEVELS, Ints, birth_levels
from matchers.han import Levels
from matchers.training import START

TEXT_LEVELS = ("missing", "equal", "one_edit", "near", "alike", "initial", "swapped", "unlike")
EQUAL, ONE_EDIT, NEAR, ALIKE, INITIAL, SWAPPED, UNLIKE = range(1, len(TEXT_LEVELS))
NUMBER_LEVELS = ("missing", "equal", "two_swapped", "one_edit", "unlike")
IS_NEAR, IS_ALIKE = 0.90, 0.78  # Jaro-Winkler: two slips in a long name; some shared beginning
Weights = NDArray[np.int32]


@dataclass(frozen=True)
class Comparison:
    """`level_names` in their order, and how often each but `missing` holds for the same person: where EM starts.
    `is_named`: agreeing on a rare value proves more."""

    column: str
    level_names: tuple[str, ...]
    start: tuple[float, ...]
    is_named: bool = False


def _text(column: str, is_named: bool = False) -> Comparison:
    return Comparison(column, TEXT_LEVELS, (0.75, 0.1, 0.03, 0.03, 0.01, 0.03, 0.05), is_named)


def _number(column: str) -> Comparison:
    return Comparison(column, NUMBER_LEVELS, (0.85, 0.03, 0.06, 0.06))


SWAPPING = (("given_name", "surname"), ("address_1", "address_2"))
COMPARISONS = (
    _text("given_name", True), _text("surname", True), _text("second_given", True), _text("second_surname", True),
    _number("street_number"), _text("address_1"), _text("address_2"), _text("suburb", True),
    _number("postcode"), _number("state"), Comparison("birth_date", BIRTH_LEVELS, START["birth_date"]), _number("soc_sec_id"),
)  # fmt: skip


@dataclass(frozen=True)
class Texts:
    """Columns as numbers of `words`; `birth_date` is YYYYMMDD itself."""

    words: Sequence[str]
    columns: Mapping[str, Ints]


def fold_latin(text: str) -> str:
    """Small letters and digits alone: blanks and hyphens are what typists move about.

    >>> fold_latin("Brentwoo  dvlge"), fold_latin("Müller-Lüdenscheidt")
    ('brentwoodvlge', 'mullerludenscheidt')
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum())


def texts(columns: Mapping[str, Sequence[str]]) -> Texts:
    """Folded values by column, parallel; the column `birth_date` holds eight digits or nothing."""
    words = ["", *sorted({value for column in columns.values() for value in column} - {""})]
    place = {word: n for n, word in enumerate(words)}
    coded = {
        name: [int(v or 0) if name == "birth_date" else place[v] for v in values] for name, values in columns.items()
    }
    return Texts(words, {name: np.array(codes, dtype=np.int64) for name, codes in coded.items()})


def text_levels(left: Sequence[str], right: Sequence[str]) -> Levels:
    """Parallel texts by edits, then by Jaro-Winkler. Symmetric. `swapped` is told by `compare` alone."""
    shorter = _shorter(left, right)
    score = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)
    edits = cpdist(left, right, scorer=OSA.distance, dtype=np.int32)
    initial = shorter == 1
    initial[initial] = [left[n][0] == right[n][0] for n in np.flatnonzero(initial).tolist()]
    tests = (shorter == 0, edits == 0, initial, edits == 1, score >= IS_NEAR, score >= IS_ALIKE)
    return np.select(tests, (0, EQUAL, INITIAL, ONE_EDIT, NEAR, ALIKE), UNLIKE).astype(np.int8)


def number_levels(left: Sequence[str], right: Sequence[str]) -> Levels:
    """Parallel numbers and codes; `two_swapped` also where the two signs are no neighbours. Symmetric."""
    edits = cpdist(left, right, scorer=OSA.distance, dtype=np.int32)
    swapped = cpdist(left, right, scorer=Hamming.distance, dtype=np.int32) == 2
    swapped[swapped] = [sorted(left[n]) == sorted(right[n]) for n in np.flatnonzero(swapped).tolist()]
    tests = (_shorter(left, right) == 0, edits == 0, swapped, edits == 1)
    return np.select(tests, (0, 1, 2, 3), 4).astype(np.int8)


def _shorter(left: Sequence[str], right: Sequence[str]) -> Ints:
    """The length of the shorter text of each pair."""
    return np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)], dtype=np.int64)


def compare(table: Texts, i: Ints, j: Ints, comparisons: Sequence[Comparison] = COMPARISONS) -> dict[str, Levels]:
    """Levels of the pairs (i, j) of rows of one table, for those of the comparisons whose column it has."""
    found = {}
    for one in comparisons:
        if one.column in table.columns:
            a, b = table.columns[one.column][i], table.columns[one.column][j]
            found[one.column] = (
                birth_levels(a, b) if one.level_names == BIRTH_LEVELS else _levels(table, one.level_names, a, b)
            )
    for first, second in SWAPPING:
        if first in found and second in found:
            _tell_swaps(table, i, j, first, second, found)
    return found


def _tell_swaps(table: Texts, i: Ints, j: Ints, first: str, second: str, found: dict[str, Levels]) -> None:
    """Two neighbouring fields filled in the other way round: told once, under the first; the second then is silent."""
    a, b = table.columns[first], table.columns[second]
    there = _levels(table, TEXT_LEVELS, a[i], b[j])
    back = _levels(table, TEXT_LEVELS, b[i], a[j])
    crossed = (there > 0) & (there <= NEAR) & (back > 0) & (back <= NEAR)
    crossed &= (found[first] > NEAR) & (found[second] > NEAR)
    found[first][crossed], found[second][crossed] = SWAPPED, 0


def _levels(table: Texts, level_names: tuple[str, ...], a: Ints, b: Ints) -> Levels:
    levels: Callable[[Sequence[str], Sequence[str]], Levels] = (
        number_levels if level_names == NUMBER_LEVELS else text_levels
    )
    size = len(table.words)
    pairs, place = np.unique(a * size + b, return_inverse=True)
    return levels([table.words[n] for n in pairs // size], [table.words[n] for n in pairs % size])[place]


def rarities(codes: Ints, size: int) -> tuple[Weights, int]:
    """How rare each value is and how rare the agreement of two strangers, in thousandths of a bit."""
    counts = np.bincount(codes, minlength=size).astype(float)
    counts[0] = 0
    share = np.maximum(counts, 1) / counts.sum()
    chance = float((counts / counts.sum()) @ (counts / counts.sum()))
    return np.round(-1000 * np.log2(share)).astype(np.int32), round(-1000 * np.log2(chance))
