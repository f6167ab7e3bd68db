"""Pairs of names placed on comparison levels: surname, first and second given character apart; long names whole.

All functions are symmetric and work on whole arrays of pairs. Levels of characters are those of `matchers.han`, with
four more: `swapped` (the same characters in another order), `dropped` (one side has no such character), `absent`
(neither side has: two given names of one character) and, for surnames, `heard` (alike, while no given character is
written the same: nothing of the name was copied).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from matchers.han import (
    EQUAL,
    MISSING,
    RELATIONS,
    SAME_PART,
    SOUND,
    SPELT,
    UNLIKE,
    VARIANT,
    Levels,
    is_pinyin_of,
    relations,
)
from matchers.name_book import NameBook
from matchers.transcription import skeleton, slips

CHARACTER_LEVELS = (*RELATIONS, "swapped", "dropped", "heard", "absent")
SWAPPED, DROPPED, HEARD, ABSENT = range(len(RELATIONS), len(CHARACTER_LEVELS))
LONG_LEVELS = ("missing", "equal", "respelt", "near", "cut_short", "part", "one_off", "unlike")
L_EQUAL, L_RESPELT, L_NEAR, L_CUT, L_PART, L_ONE_OFF, L_UNLIKE = range(1, len(LONG_LEVELS))
SHORTEST_CUT = 4  # characters that must be left of a name that a narrow field cut off
SLIP_EACH = ((6, L_NEAR), (8, L_RESPELT))  # one slip in so many syllables: near, or merely spelt otherwise
FARTHEST = 2  # more than one skeleton character in two differs: not worth a closer look
Places = NDArray[np.integer]


@dataclass
class NameLevels:
    """One array a comparison, over pairs."""

    surname: Levels
    given_first: Levels
    given_second: Levels
    long_name: Levels


@dataclass(frozen=True)
class Pairing:
    """Two books made comparable: every character of both by its place in one list, and how any two of them relate."""

    left: NameBook
    right: NameBook
    parts: tuple[tuple[Places, ...], ...]
    surnames: Levels
    given: Levels
    asks_for_copied: bool


def pair_books(left: NameBook, right: NameBook, asks_for_copied: bool = True) -> Pairing:
    """`asks_for_copied`: whether a surname that is only alike counts as `heard` where no given character is written the
    same. Training leaves it out: what a homophone is worth must not be learnt from given names that agree."""
    sides = [(b.surname, b.given_first, b.given_second) for b in (left, right)]
    characters = np.unique(np.concatenate([[np.uint32(0)], *sides[0], *sides[1]]))
    parts = tuple(tuple(np.searchsorted(characters, part).astype(np.int32) for part in side) for side in sides)
    return Pairing(left, right, parts, relations(characters, surname=True), relations(characters), asks_for_copied)


def compare_names(pairing: Pairing, i: Places, j: Places) -> NameLevels:
    """Levels of the pairs (left.names[i], right.names[j])."""
    left, right = pairing.left, pairing.right
    found = _short(pairing, i, j)
    whole = np.flatnonzero(left.is_long[i] | right.is_long[j])
    named = (left.lengths[i[whole]] > 0) & (right.lengths[j[whole]] > 0)
    for part in (found.surname, found.given_first, found.given_second):
        part[whole] = MISSING
    found.long_name[whole[named]] = _long(left, i[whole[named]], right, j[whole[named]])
    _spelt(found, pairing, i, j)
    return found


def _short(pairing: Pairing, i: Places, j: Places) -> NameLevels:
    (s, a1, a2), (t, b1, b2) = ([part[at] for part in side] for side, at in zip(pairing.parts, (i, j), strict=True))
    found = NameLevels(
        pairing.surnames[s, t], pairing.given[a1, b1], pairing.given[a2, b2], np.zeros(len(i), dtype=np.int8)
    )
    found.given_second[(a1 > 0) & (b1 > 0) & (a2 == 0) & (b2 == 0)] = ABSENT
    _one_dropped(found, pairing.given, (a1, a2), (b1, b2))
    _swapped(found, (s, a1, a2), (t, b1, b2))
    if pairing.asks_for_copied:
        copied = np.isin(found.given_first, (EQUAL, VARIANT, SPELT)) | np.isin(
            found.given_second, (EQUAL, VARIANT, SPELT)
        )
        found.surname[~copied & (found.surname >= SOUND) & (found.surname <= SAME_PART)] = HEARD
    a, b = pairing.left.canon[i], pairing.right.canon[j]
    same = np.flatnonzero((a == b) & (a > 0))
    for part in (found.surname, found.given_first, found.given_second):
        part[same[~np.isin(part[same], (MISSING, EQUAL, SPELT, SOUND, ABSENT))]] = VARIANT
    return found


def _one_dropped(found: NameLevels, given: Levels, left: tuple[Places, Places], right: tuple[Places, Places]) -> None:
    """One given character against two: it is compared with the one that it fits better."""
    for (a1, a2), (b1, b2) in ((left, right), (right, left)):
        at = np.flatnonzero((a2 == 0) & (a1 > 0) & (b2 > 0) & (b1 > 0))
        with_second = given[a1[at], b2[at]]
        second_fits = with_second < found.given_first[at]
        found.given_second[at] = np.where(
            second_fits, with_second, np.where(found.given_first[at] == UNLIKE, UNLIKE, DROPPED)
        )
        found.given_first[at[second_fits]] = DROPPED


def _swapped(found: NameLevels, left: tuple[Places, Places, Places], right: tuple[Places, Places, Places]) -> None:
    (s, a1, a2), (t, b1, b2) = left, right
    rotated = ((s == b2) & (a1 == t) & (a2 == b1)) | ((t == a2) & (b1 == s) & (b2 == a1))
    cases = (
        ((a1 == b2) & (a2 == b1) & (a2 > 0) & (a1 != a2), ("given_first", "given_second")),
        ((s == b1) & (a1 == t) & (a2 == b2) & (a1 > 0) & (s != a1), ("surname", "given_first")),
        (rotated & (a2 > 0) & (b2 > 0) & (s != t), ("surname", "given_first", "given_second")),
    )
    for test, parts in cases:
        at = np.flatnonzero(test)
        for part in parts:
            getattr(found, part)[at] = SWAPPED


def _spelt(found: NameLevels, pairing: Pairing, i: Places, j: Places) -> None:
    """A whole name in letters against Han characters: pinyin can be cut in several ways, so the characters are spelt."""
    left, right = pairing.left, pairing.right
    at = np.flatnonzero(left.is_latin[i] != right.is_latin[j])
    for n in at:
        a, b = left.names[i[n]], right.names[j[n]]
        latin, name = (a, b) if left.is_latin[i[n]] else (b, a)
        if is_pinyin_of(latin, name):
            book, place = (right, j[n]) if left.is_latin[i[n]] else (left, i[n])
            for part in ("surname", "given_first", "given_second"):
                getattr(found, part)[n] = SPELT if getattr(book, part)[place] else MISSING
            found.long_name[n] = L_RESPELT if book.is_long[place] else MISSING


def _long(left: NameBook, i: Places, right: NameBook, j: Places) -> Levels:
    """Levels of pairs of which one at least is a long name: distinct pairs once, on code points."""
    pairs, inverse = (
        np.unique(np.stack([i, j], axis=1), axis=0, return_inverse=True) if len(i) else (np.zeros((0, 2), int), i)
    )
    found = np.full(len(pairs), L_UNLIKE, dtype=np.int8)
    rough = _worth_a_look(left, pairs[:, 0], right, pairs[:, 1])
    found[rough] = _closely([left.names[n] for n in pairs[rough, 0]], [right.names[n] for n in pairs[rough, 1]])
    return found[np.ravel(inverse)]


def _worth_a_look(left: NameBook, i: Places, right: NameBook, j: Places) -> Places:
    """Names that begin or end alike, or whose skeletons lie near: all others are unlike."""
    ends = (left.begins[i] == right.begins[j]) | (left.ends[i] == right.ends[j])
    forms = [skeleton(left.names[n]) for n in i], [skeleton(right.names[n]) for n in j]
    apart = cpdist(*forms, scorer=Levenshtein.distance, dtype=np.int64) if len(i) else np.zeros(0, np.int64)
    return np.flatnonzero(ends | (apart * FARTHEST <= np.maximum(left.lengths[i], right.lengths[j])))


def _closely(a: list[str], b: list[str]) -> Levels:
    if not a:
        return np.zeros(0, dtype=np.int8)
    length = np.array([max(len(x), len(y)) for x, y in zip(a, b, strict=True)])
    slipped = (cpdist(a, b, scorer=OSA.distance, dtype=np.int64) == 1) & (length >= SHORTEST_CUT)
    replaced = np.array([len(x) == len(y) and sorted(x) != sorted(y) for x, y in zip(a, b, strict=True)])
    found = np.full(len(a), L_UNLIKE, dtype=np.int8)
    found[slipped] = L_ONE_OFF
    found[_contained(a, b)] = L_PART
    found[slipped & ~replaced] = L_NEAR  # dropped, added or swapped
    found[_cut(a, b)] = L_CUT
    apart = np.array([slips(x, y) for x, y in zip(a, b, strict=True)])
    for each, level in SLIP_EACH:
        found[apart * each <= length] = level
    found[[x == y for x, y in zip(a, b, strict=True)]] = L_EQUAL
    return found


def _cut(a: list[str], b: list[str]) -> list[bool]:
    ordered = [sorted((x, y), key=len) for x, y in zip(a, b, strict=True)]
    return [len(x) >= SHORTEST_CUT and y.startswith(x) for x, y in ordered]


def _contained(a: list[str], b: list[str]) -> list[bool]:
    """A surname added later (包斯琴高娃), or one of several given names alone."""
    ordered = [sorted((x, y), key=len) for x, y in zip(a, b, strict=True)]
    return [len(x) > 1 and (y.endswith(x) or y.startswith(x)) for x, y in ordered]
