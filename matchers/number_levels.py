"""Delivered numbers beside known ones, for pairs that did not join by equality: which comparison level each pair is on.

The birth date is compared on its own, so a level here is worth only what the number says besides: place, sequence and
check digit, some 15 to 20 bits in all. Source: identity.md 2; GB 11643 finds every single wrong digit and every swap.

missing        nothing on one side, or a mask that agrees but shows next to nothing: no evidence
equal          all of it. Where only documents without a check digit are equal, a slip would not have shown
letters        all of it, after letters were read as digits or a note was taken off. Nearly as good; a note may say
               that the number is another's (户主)
check_missing  place and sequence agree, the lost check digit or century was put in by us. A little less
one_slip       one digit wrong, lost, added, or two neighbours swapped. Strong where the check digit fails, for a
               damaged number has 10 such valid neighbours and hardly one of them lives. Weak for fifteen digits, which
               no check protects: people numbered together look like this
two_slips      the same twice. Weak beside relatives, whose numbers begin alike
mask_fits      all that is shown agrees, four digits of it or more are not the birth date, and not all of them the
               place: good with a name
leading_14     place and birth date agree, no more is known or the sequence differs: worth the place alone. A float keeps
               the fifteenth digit or carries into it: one that neither explains is another's: unlike. Of eighteen digits
               that a float may have printed, one may be mistyped instead: one_slip, where the float explains nothing
birth_part     only the birth date inside agrees: no new evidence, some against, for the place differs by a slip or is
               hidden. A readable place that differs by more is another's: unlike
two_valid      both hold by their own check and differ: strong against, unless somebody was numbered anew or a
               passport renewed
unlike         nothing of the above: against
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matchers.check_digits import CHECK, WEIGHTS
from matchers.id_numbers import EXACT

LEVELS = ("missing", "equal", "letters", "check_missing", "one_slip", "two_slips", "mask_fits", "leading_14",
          "birth_part", "two_valid", "unlike")  # fmt: skip
CODE = {level: np.int8(code) for code, level in enumerate(LEVELS)}
WIDTH = 24  # no part and no number is longer
FEWEST_SHOWN = 4
MOST_SLIPS = 2
COMPUTED = ("valid15", "two_readings", "check_missing")  # the last digit is ours: only the first 17 can have slipped
MENDED = ("letters", "noted")
PROTECTED = (*sorted(EXACT - {"valid15"}), *MENDED)
Array = npt.NDArray[Any]
HIDDEN, ZERO, NINE = ord("_"), ord("0"), ord("9")
PLACE_AND_SEQUENCE = [*range(6), *range(14, 18)]


def number_levels(
    left_class: Array, left_part: Sequence[str | None], right_number: Sequence[str | None]
) -> npt.NDArray[np.int8]:
    """A code into `LEVELS` for each pair. `left_part` is a delivered number's key where its class is exact, its part
    otherwise; `right_number` is the known number, with or without the key's prefix. Symmetric for plain numbers.

    >>> codes = number_levels(np.array(["checksum_bad", "masked"]), ["150102198507043218", "1501__________3219"],
    ...                       ["150102198507043219"] * 2)
    >>> [LEVELS[code] for code in codes]
    ['one_slip', 'mask_fits']
    """
    kind = np.asarray(left_class, dtype=str)
    left, right = _plain(left_part), _plain(right_number)
    given, known = _characters(left), _characters(right)
    missing, same = (left == "") | (right == ""), left == right
    levels = _unequal_levels(kind, left, right, ~missing & ~same)
    _mask_levels(levels, kind == "masked", given, known)
    _other_readings(levels, np.flatnonzero(~missing & ~same & (kind == "two_readings")), left, right)
    mended, computed = np.isin(kind, MENDED), np.isin(kind, COMPUTED[1:])
    levels[same] = np.select([mended, computed], [CODE["letters"], CODE["check_missing"]], CODE["equal"])[same]
    levels[missing] = CODE["missing"]
    return levels


def _unequal_levels(kind: Array, left: Array, right: Array, unequal: Array) -> Array:
    """Levels by what is alike: the later in this order overrides."""
    given, known = _characters(left), _characters(right)
    holds = _holds(right, known)
    both_hold = np.isin(kind, PROTECTED) & holds
    slips = np.full(len(kind), MOST_SLIPS + 1)
    is_float, differs = kind == "truncated_float", _fifteenth_differs(given, known)
    is_cut = is_float & (np.strings.str_len(left) < 18)
    rows = np.flatnonzero(unequal & ~both_hold & ~is_cut & (kind != "masked"))
    slips[rows] = _slips(kind[rows], left[rows], right[rows])
    levels, same_start = np.full(len(kind), CODE["unlike"]), _agree(given, known, slice(0, 14))
    for level, where in (
        ("birth_part", _agree(given, known, slice(6, 14)) & ((given[:, :6] != known[:, :6]).sum(axis=1) <= 1)),
        ("leading_14", same_start),
        ("two_valid", (kind == "valid15") & holds),
        ("two_slips", (slips == MOST_SLIPS) & ~is_float),
        ("one_slip", (slips < MOST_SLIPS) & ~(is_float & same_start & ~differs)),
        ("two_valid", both_hold),
    ):
        levels[where] = CODE[level]
    levels[unequal & is_float & differs & (slips >= MOST_SLIPS)] = CODE["unlike"]
    return levels


def _fifteenth_differs(given: Array, known: Array) -> Array:
    """True where both have a fifteenth digit, and rounding what followed the known one does not make it the given one."""
    ours, theirs, rest = given[:, 14], known[:, 14], known[:, 15]
    both = (ours >= ZERO) & (ours <= NINE) & (theirs >= ZERO) & (theirs <= NINE)
    carried = (rest >= ZERO + 5) & (rest <= NINE) & (ours == theirs + 1)
    return both & (ours != theirs) & ~carried


def _plain(numbers: Sequence[str | None]) -> Array:
    return np.array([n[3:] if n and n[2:3] == ":" else n or "" for n in numbers], dtype=f"U{WIDTH}")


def _characters(numbers: Array) -> Array:
    return numbers.view(np.uint32).reshape(len(numbers), WIDTH)


def _agree(given: Array, known: Array, places: slice) -> Array:
    """True where both have digits at the places, and the same ones."""
    here = given[:, places]
    return ((here == known[:, places]) & (here >= ZERO) & (here <= NINE)).all(axis=1)


def _holds(numbers: Array, known: Array) -> Array:
    """Eighteen digits with their check, or a document too short for an identity number."""
    digits = known[:, :17].astype(np.int64) - ZERO
    is_plain = (np.strings.str_len(numbers) == 18) & ((digits >= 0) & (digits <= 9)).all(axis=1)
    check = np.array([ord(c) for c in CHECK])[(np.where(is_plain[:, None], digits, 0) @ np.array(WEIGHTS)) % 11]
    is_other = (np.strings.str_len(numbers) < 15) | np.strings.isalpha(numbers.astype("U1"))
    return np.where(is_plain, check == known[:, 17], is_other)


def _slips(kind: Array, left: Array, right: Array) -> Array:
    """Edits and swaps between the pairs, up to one more than `MOST_SLIPS`."""
    ours = np.isin(kind, COMPUTED)
    first17 = np.where(ours, left.astype("U17"), left)
    is_old = (np.strings.str_len(left) == 15) & np.strings.startswith(right.astype("U8"), "19", 6)
    old = np.strings.add(right.astype("U6"), np.strings.slice(right, 8, 17))
    found = _distances(first17, np.where(ours, right.astype("U17"), np.where(is_old, old, right)))
    lost = np.flatnonzero((kind == "check_missing") & (found > 1))  # not the check digit but another one may be lost
    found[lost] = np.minimum(found[lost], _distances(first17[lost], right[lost]))
    return found


def _distances(left: Array, right: Array) -> Array:
    """Every pair is measured: half a second for a million. To find the repeats first takes a second."""
    return cpdist(left.tolist(), right.tolist(), scorer=OSA.distance, score_cutoff=MOST_SLIPS, dtype=np.int64)


def _mask_levels(levels: Array, masked: Array, given: Array, known: Array) -> None:
    """Settle the masked pairs: what is shown agrees or not, and whether it is more than the place, which neighbours
    share."""
    rows = np.flatnonzero(masked)
    mask, number = given[rows, :18], known[rows, :18]
    fits = ((mask == HIDDEN) | (mask == number)).all(axis=1) & (known[rows, 18] == 0)
    has_end = (mask[:, 14:] != HIDDEN).any(axis=1)
    enough = has_end & ((mask[:, PLACE_AND_SEQUENCE] != HIDDEN).sum(axis=1) >= FEWEST_SHOWN)
    levels[rows] = np.select(
        [fits & enough, fits & _agree(mask, number, slice(0, 14)), _agree(mask, number, slice(6, 14)), fits],
        [CODE["mask_fits"], CODE["leading_14"], CODE["birth_part"], CODE["missing"]],
        CODE["unlike"],
    )


def _other_readings(levels: Array, rows: Array, left: Array, right: Array) -> None:
    """Fifteen digits are not only somebody born 19xx: they may be of 18xx, or the front of eighteen."""
    for row in rows:
        part, number = str(left[row]), str(right[row])
        if number[:17] == f"{part[:6]}18{part[8:17]}":
            levels[row] = CODE["check_missing"]
        elif number[:14] == part[:6] + part[8:16]:
            levels[row] = CODE["leading_14"]
