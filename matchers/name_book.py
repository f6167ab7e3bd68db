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

READ = 16  # characters of a name that are looked at one by one; few names are longer
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
    begins: NDArray[np.uint32]  # the first, the second and the last character read
    follows: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    is_long: NDArray[np.bool_]
    is_latin: NDArray[np.bool_]
    canon: NDArray[np.uint64]  # digest of the usual spelling of its parts, 0 if none has several


def name_book(names: Sequence[str]) -> NameBook:
    """Take folded names apart. `names` may be empty strings; order is kept."""
    codes = _matrix(names)
    latin: NDArray[np.bool_] = np.any((codes >= ord("A")) & (codes <= ord("Z")), axis=1)
    at: list[int] = np.flatnonzero(latin).tolist()
    codes[at] = _matrix([_as_characters(names[n]) for n in at])
    codes[np.all((codes == 0) | (codes == ord("?")), axis=1)] = 0  # nothing of it can be read: no name
    lengths = (codes > 0).sum(axis=1)
    surname, first, second = codes[:, 0].copy(), codes[:, 1].copy(), codes[:, 2].copy()
    double = _compound(codes) * (lengths > 2) * (lengths <= LONGEST)
    surname[double > 0] = double[double > 0]
    first[double > 0], second[double > 0] = codes[double > 0, 2], codes[double > 0, 3]
    is_long = (lengths > LONGEST) | ((lengths == LONGEST) & (double == 0))
    for part in (surname, first, second):
        part[is_long] = 0
    latin[at] = [LATIN.fullmatch(names[n]) is not None for n in at]
    ends = codes[np.arange(len(codes)), np.maximum(lengths, 1) - 1]
    digests = _spelling_digests(names, codes)
    return NameBook(names, surname, first, second, lengths, codes[:, 0], codes[:, 1], ends, is_long, latin, digests)


def _matrix(names: Sequence[str]) -> NDArray[np.uint32]:
    """Code points of the names' first READ characters, a row each; 0 behind a name's end."""
    return np.array([*names, ""], dtype=f"U{READ}").view(np.uint32).reshape(-1, READ)[:-1].copy()


def _spelling_digests(names: Sequence[str], codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Digests of the usual spelling, 0 for names without any part that is spelt in several ways. Most names are passed
    over at their pairs of neighbours: no part begins so."""
    pattern, usual = spellings()
    starts = np.array(sorted({ord(p[0]) << 32 | ord(p[1]) for p in usual}), dtype=np.uint64)
    rows, columns = np.nonzero(codes[:, 1:])
    pairs = codes[rows, columns].astype(np.uint64) << np.uint64(32) | codes[rows, columns + 1]
    begins = starts[np.minimum(np.searchsorted(starts, pairs), len(starts) - 1)] == pairs
    found = np.zeros(len(names), dtype=np.uint64)
    for n in np.unique(rows[begins]).tolist():
        if pattern.search(names[n]):
            found[n] = int.from_bytes(blake2b(usual_spelling(names[n]).encode(), digest_size=8).digest(), "big")
    return found


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
