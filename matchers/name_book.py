"""Distinct folded names taken apart once, as arrays, so that pairs of names can be compared by the million.

A name of two or three characters, or with a compound surname, has a surname and up to two given characters. Longer
names (transcribed ones above all) are kept whole: their first character is no surname.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matchers.han import compounds, misspelt_compounds, spelt
from matchers.transcription import spellings, usual_spelling

LONGEST = 4  # with a compound surname; anything longer is kept whole
LATIN = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class NameBook:
    """Parallel arrays over `names` (distinct, sorted): codes of the characters (0: none) and whether kept whole."""

    names: Sequence[str]
    surname: NDArray[np.uint32]
    given_first: NDArray[np.uint32]
    given_second: NDArray[np.uint32]
    lengths: NDArray[np.int64]
    is_long: NDArray[np.bool_]
    is_latin: NDArray[np.bool_]
    canon: NDArray[np.uint64]  # digest of the usual spelling of its parts, 0 if none has several


def name_book(names: Sequence[str]) -> NameBook:
    """Take folded names apart. `names` may be empty strings; order is kept."""
    known: dict[str, str] = {n: _as_characters(n) for n in names if LATIN.search(n)}
    plain = [known.get(n, n) for n in names]
    lengths = np.fromiter((len(n) for n in plain), dtype=np.int64, count=len(plain))
    codes = np.array([*plain, ""], dtype=f"U{LONGEST}").view(np.uint32).reshape(-1, LONGEST)[:-1]
    surname, first, second = codes[:, 0].copy(), codes[:, 1].copy(), codes[:, 2].copy()
    double = _compound(codes) * (lengths > 2) * (lengths <= LONGEST)
    surname[double > 0] = double[double > 0]
    first[double > 0], second[double > 0] = codes[double > 0, 2], codes[double > 0, 3]
    is_long = (lengths > LONGEST) | ((lengths == LONGEST) & (double == 0))
    for part in (surname, first, second):
        part[is_long] = 0
    canon = np.fromiter((_spelling_digest(n) for n in plain), dtype=np.uint64, count=len(plain))
    return NameBook(names, surname, first, second, lengths, is_long, _latin(names), canon)


def _latin(names: Sequence[str]) -> NDArray[np.bool_]:
    return np.fromiter((LATIN.fullmatch(n) is not None for n in names), dtype=bool, count=len(names))


def _as_characters(name: str) -> str:
    """Letters that are pinyin become made-up characters; letters after a Han name (张伟A) tell namesakes apart.

    >>> [len(_as_characters(n)) for n in ("WANGXIAOMING", "刘YAN", "张伟A", "SMITH")]
    [3, 2, 2, 5]
    """
    run = LATIN.findall(name)[0]
    codes = spelt(run) if len(run) > 1 else None
    if codes and (run != name or len(codes) <= LONGEST):
        return name.replace(run, "".join(map(chr, codes)))
    return name[:-1] if len(run) == 1 and len(name) > 2 and name.endswith(run) else name


@cache
def _compound_keys() -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    known = {(ord(n[0]), ord(n[1])): code for n, code in compounds().items()} | misspelt_compounds()
    ordered = sorted((a << 32 | b, code) for (a, b), code in known.items())
    return np.array([k for k, _ in ordered], dtype=np.uint64), np.array([c for _, c in ordered], dtype=np.uint32)


def _compound(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The code of the compound surname that a name begins with, or 0."""
    keys, values = _compound_keys()
    asked = codes[:, 0].astype(np.uint64) << np.uint64(32) | codes[:, 1]
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], np.uint32(0))


def _spelling_digest(name: str) -> int:
    """0 for a name without any part that is spelt in several ways."""
    pattern, _ = spellings()
    return (
        int.from_bytes(blake2b(usual_spelling(name).encode(), digest_size=8).digest(), "big")
        if pattern.search(name)
        else 0
    )
