"""Han and transcribed names: folded for comparing, and placed on a level of agreement.

Levels count characters, never bytes and never a ratio: on three characters a ratio gives the same to one wrong given
character and to a wrong surname. The scored comparison comes later; here a name only has to be compatible or not.
"""

import re
import unicodedata
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

TABLES = Path(__file__).parent / "tables"
NOISE = re.compile(
    r"[\s'‘’`\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\uff0e.\u3002\ufe52·-]+|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f]+"
)
NOTE = re.compile(r"[0-9]*[(（\[【〔].*$|[0-9]+$")
UNREADABLE = re.compile(r"[?？□■＿_*＊\ufffd\ue000-\uf8ff]")
PLAIN_HAN = re.compile(r"[\u4e00-\u9fff]+")
PUA = str.maketrans({"\ue81e": "龴", "\ue826": "龵", "\ue82b": "龶", "\ue832": "龸", "\ue843": "龹", "\ue854": "龺",
                     "\ue863": "䶮", "\ue864": "龻"})  # fmt: skip


class NameLevel(Enum):
    EQUAL = "equal"
    COMPATIBLE = "compatible"
    CONFLICT = "conflict"
    MISSING = "missing"


@cache
def _simplified() -> dict[int, str]:
    rows = (TABLES / "simplified.tsv").read_text(encoding="utf-8").splitlines()
    plain = dict(row.split("\t") for row in rows)
    return {ord(k): plain.get(v, v) for k, v in plain.items()}  # two steps: 薴 is first 苧, then 苎


@cache
def _readings() -> dict[str, frozenset[str]]:
    rows = (TABLES / "readings.tsv").read_text(encoding="utf-8").splitlines()
    return {k: frozenset(v.split()) for k, v in (row.split("\t") for row in rows)}


def fold_name(text: str | None) -> str:
    """The form names are compared in: simplified, without spaces, dots and notes; an unreadable character is `?`.

    >>> fold_name("張　偉"), fold_name("斯琴·巴特尔"), fold_name("李四(已故)"), fold_name("刘□")
    ('张伟', '斯琴巴特尔', '李四', '刘?')
    """
    if not text:
        return ""
    if PLAIN_HAN.fullmatch(text):
        return text.translate(_simplified())
    plain = NOISE.sub("", unicodedata.normalize("NFKC", text.translate(PUA)))
    bare = NOTE.sub("", plain) or plain
    return UNREADABLE.sub("?", bare.translate(_simplified())).upper()


@lru_cache(maxsize=200_000)
def name_level(left: str, right: str) -> NameLevel:
    """Place two folded names. Symmetric.

    >>> name_level("王小明", "王晓明"), name_level("张伟", "张玮"), name_level("张伟", "张强")
    (<NameLevel.COMPATIBLE: 'compatible'>, <NameLevel.COMPATIBLE: 'compatible'>, <NameLevel.CONFLICT: 'conflict'>)
    """
    if not left or not right:
        return NameLevel.MISSING
    if left == right:
        return NameLevel.CONFLICT if set(left) == {"?"} else NameLevel.EQUAL
    near = _one_slip(left, right) or _cut_short(left, right) or _sounds_alike(left, right)
    return NameLevel.COMPATIBLE if near else NameLevel.CONFLICT


def _one_slip(left: str, right: str) -> bool:
    """Same length and every character equal, alike in sound or unreadable; or three and more with one slip."""
    if len(left) == len(right):
        unlike = [(a, b) for a, b in zip(left, right, strict=True) if not _alike(a, b)]
        shared = sum(a == b for a, b in zip(left, right, strict=True))
        return (not unlike and shared > 0) or (len(left) >= 3 and len(unlike) == 1 and shared >= 2)
    short, long = sorted((left, right), key=len)
    return len(short) >= 2 and len(long) == len(short) + 1 >= 3 and Levenshtein.distance(short, long) == 1


def _alike(a: str, b: str) -> bool:
    return a == b or "?" in (a, b) or bool(_readings().get(a, frozenset()) & _readings().get(b, frozenset()))


def _cut_short(left: str, right: str) -> bool:
    """A name field of ten bytes cuts a long name; at least four characters must be left."""
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and len(long) >= 5 and long.startswith(short)


def _sounds_alike(left: str, right: str) -> bool:
    """Transcribed names of five and more characters: one slip in four of their sounds."""
    if min(len(left), len(right)) < 4 or max(len(left), len(right)) < 5:
        return False
    a, b = _sound(left), _sound(right)
    return Levenshtein.normalized_similarity(a, b) >= 0.75


def _sound(name: str) -> str:
    return "".join(min(_readings().get(c, frozenset({c}))) for c in name)
