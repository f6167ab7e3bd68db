"""Han and transcribed names: folded for comparing, and placed on a level of agreement.

Levels count characters, never bytes and never a ratio: on three characters a ratio gives the same to one wrong given
character and to a wrong surname. The scored comparison comes later; here a name only has to be compatible or not.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache

import numpy as np
from rapidfuzz.distance import Levenshtein

from matchers.han import readings, table
from matchers.name_book import name_book
from matchers.name_levels import CHARACTER_LEVELS, LONG_LEVELS, compare_names, pair_books

NOISE = re.compile(
    r"[\s'‘’`\"“”„‟=!;:,、●\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\uff0e.\u3002\ufe52\u16eb\u2e31\u02d9·\u2010-\u2015-]+|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
OPEN, CLOSE = r"(\[【〔<《{「『〈", r")\]】〕>》}」』〉"
NOTE = re.compile(rf"^(?:[0-9]+[、)]?)+|[0-9]*[{OPEN}].*$|[0-9]+$")
IN_PARTS = re.compile(rf"[{OPEN}]([\u4e00-\u9fff]{{2,3}})[{CLOSE}]")
IN_FRONT = re.compile(rf"^(?:[{OPEN}]([^{OPEN}{CLOSE}]*)[{CLOSE}])+(.*)$")  # of the name, or around all of it
TAILS = ("已故", "户主", "代领")
TAIL = re.compile(
    rf"(?<=[\u4e00-\u9fff]{{2}})(?:{'|'.join(TAILS)}|[A-Da-d](?![A-Za-z]))+$"
)  # a letter tells namesakes apart
# The last but one are private, or no characters at all; `han` has made-up ones of its own there.
UNREADABLE = re.compile(r"[?？某□■▇◇○◯#〓×＿_*＊\ufffd\ue000-\uf8ff\U0003e000-\U0010ffff]")
MASKED = re.compile(r"(?<![A-Z])X+(?![A-Z])")  # beside Han, or alone
WITH_HAN = re.compile(r"[\u4e00-\u9fff]")
PLAIN_HAN = re.compile(r"[\u4e00-\u67cf\u67d1-\u9fff]+")  # all but 某
ACCENTED = re.compile(r"[\u00c0-\u024f]")
ROUNDED = re.compile(r"(?<=[LNln])[üǖǘǚǜÜǕǗǙǛ]")  # lü and nü are typed with a V


WRITTEN = [CHARACTER_LEVELS.index(level) for level in ("equal", "variant", "spelt", "swapped")]
LIKE = [CHARACTER_LEVELS.index(level) for level in ("missing", "sound", "shape", "near_sound", "dropped", "absent")]
LIKE_LONG = [LONG_LEVELS.index(level) for level in ("equal", "respelt", "near", "cut_short")]


SHORTEST_TURNED = 6  # letters: of fewer another order is easily another name


class NameLevel(Enum):
    EQUAL = "equal"
    COMPATIBLE = "compatible"
    CONFLICT = "conflict"
    MISSING = "missing"


@cache
def _pua() -> dict[int, str]:
    """Private codes of old GBK systems with the characters they stood for."""
    return {int(code, 16): char for code, char in table("pua")}


@cache
def _decomposed() -> dict[str, str]:
    """Rare characters that are written as their parts: 王(吉吉) is 王喆."""
    return {parts: char for parts, char in table("decomposed")}


@cache
def _simplified() -> dict[int, str]:
    plain = {before: after for before, after in table("simplified")}
    return {ord(k): plain.get(v, v) for k, v in plain.items()}  # two steps: 薴 is first 苧, then 苎


def fold_name(text: str | None) -> str:
    """The form names are compared in: simplified, without spaces, dots and notes; an unreadable character is `?`.

    >>> fold_name("張　偉"), fold_name("斯琴·巴特尔"), fold_name("李四(已故)"), fold_name("刘□")
    ('张伟', '斯琴巴特尔', '李四', '刘?')
    """
    if not text:
        return ""
    if PLAIN_HAN.fullmatch(text) and not text.endswith(TAILS):
        return text.translate(_simplified())
    plain = NOISE.sub("", _without_accents(unicodedata.normalize("NFKC", text.translate(_pua()))))
    plain = IN_PARTS.sub(lambda part: _decomposed().get(part[1], part[0]), plain)
    shown = UNREADABLE.sub("?", _without_notes(plain).translate(_simplified())).upper()
    masked = WITH_HAN.search(shown) or set(shown) <= {"X", "?"}
    return MASKED.sub(lambda hidden: "?" * len(hidden[0]), shown) if masked else shown


def _without_accents(text: str) -> str:
    """
    >>> _without_accents("Lǚ Wěi"), _without_accents("Müller")
    ('Lv Wei', 'Muller')
    """
    return ACCENTED.sub(lambda letter: unicodedata.normalize("NFD", letter[0])[0], ROUNDED.sub("v", text))


def _without_notes(plain: str) -> str:
    """Without notes behind the name, in front of it, and brackets around all of it."""
    if found := IN_FRONT.match(plain):
        plain = found[2] or found[1]
    return TAIL.sub("", NOTE.sub("", plain) or plain)


@lru_cache(maxsize=200_000)
def name_level(left: str, right: str) -> NameLevel:
    """Place two folded names. Symmetric.

    >>> name_level("王小明", "王晓明"), name_level("张伟", "张玮"), name_level("张伟", "张强")
    (<NameLevel.COMPATIBLE: 'compatible'>, <NameLevel.COMPATIBLE: 'compatible'>, <NameLevel.CONFLICT: 'conflict'>)
    """
    return place_names([left], [right])[0]


def place_names(left: Sequence[str], right: Sequence[str]) -> list[NameLevel]:
    """The levels of many pairs of folded names: what plain rules leave in conflict is compared by characters, at once."""
    found = [_plain_level(a, b) for a, b in zip(left, right, strict=True)]
    open_ = [n for n, level in enumerate(found) if level is NameLevel.CONFLICT]
    for n, alike in zip(open_, _look_alike([left[n] for n in open_], [right[n] for n in open_]), strict=True):
        found[n] = NameLevel.COMPATIBLE if alike else NameLevel.CONFLICT
    return found


def _plain_level(left: str, right: str) -> NameLevel:
    if not left or not right:
        return NameLevel.MISSING
    if left == right:
        return NameLevel.CONFLICT if set(left) == {"?"} else NameLevel.EQUAL
    near = (
        _one_slip(left, right)
        or _cut_short(left, right)
        or _sounds_alike(left, right)
        or _masked_with_its_dots(left, right)
        or _turned(left, right)
    )
    return NameLevel.COMPATIBLE if near else NameLevel.CONFLICT


def _look_alike(left: Sequence[str], right: Sequence[str]) -> list[bool]:
    """By the levels of the weighed comparison: a character or more written the same and none unlike, or a long name
    spelt otherwise."""
    if not left:
        return []
    book, place = name_book([*left, *right]), np.arange(len(left))
    pair = compare_names(pair_books(book, book), place, place + len(left))
    parts = np.stack([pair.surname, pair.given_first, pair.given_second])
    written = np.isin(parts, WRITTEN)
    like = written.any(axis=0) & (written | np.isin(parts, LIKE)).all(axis=0)
    return [bool(b) for b in like | np.isin(pair.long_name, LIKE_LONG)]


def _one_slip(left: str, right: str) -> bool:
    """Same length and every character equal, alike in sound or unreadable; or three and more with one slip."""
    if len(left) == len(right):
        unlike = [(a, b) for a, b in zip(left, right, strict=True) if not _alike(a, b)]
        shared = sum(a == b for a, b in zip(left, right, strict=True))
        return (not unlike and shared > 0) or (len(left) >= 3 and len(unlike) == 1 and shared >= 2)
    short, long = sorted((left, right), key=len)
    return len(short) >= 2 and len(long) == len(short) + 1 >= 3 and Levenshtein.distance(short, long) == 1


def _alike(a: str, b: str) -> bool:
    return a == b or "?" in (a, b) or not set(readings().get(a, ())).isdisjoint(readings().get(b, ()))


def _cut_short(left: str, right: str) -> bool:
    """A name field of ten bytes cuts a long name; at least four characters must be left."""
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and len(long) >= 5 and long.startswith(short)


def _masked_with_its_dots(left: str, right: str) -> bool:
    """A mask hides the dots of a long name as well: it is longer than the name by one or two.

    >>> _masked_with_its_dots("皮????", "皮埃尔金"), _masked_with_its_dots("皮????", "安娜科恩")
    (True, False)
    """
    name, masked = sorted((left, right), key=len)
    shown = masked.rstrip("?")
    hidden = len(masked) - len(shown)
    return (
        bool(shown) and hidden >= 3 and len(name) >= 4 and len(masked) - len(name) in (1, 2) and name.startswith(shown)
    )


def _turned(left: str, right: str) -> bool:
    """A foreign name with the surname first, and last.

    >>> _turned("SMITHJOHN", "JOHNSMITH"), _turned("SMITHJOHN", "JOHNSMYTH")
    (True, False)
    """
    return len(left) == len(right) >= SHORTEST_TURNED and left.isascii() and left in right + right


def _sounds_alike(left: str, right: str) -> bool:
    """Transcribed names of five and more characters: one slip in four of their sounds."""
    if min(len(left), len(right)) < 4 or max(len(left), len(right)) < 5:
        return False
    a, b = _sound(left), _sound(right)
    return Levenshtein.normalized_similarity(a, b) >= 0.75


def _sound(name: str) -> str:
    return "".join(min(readings().get(c, (c,))) for c in name)
