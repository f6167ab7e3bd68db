"""How two Han characters can be the same one, written or heard differently: vectorised, from the committed tables.

A character is its code point. Above the Han planes stand made-up characters: one for each syllable (a rare character
that an office wrote in pinyin) and one for each compound surname.
"""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from sys import intern

import numpy as np
from numpy.typing import NDArray

TABLES = Path(__file__).parent / "tables"
UNREADABLE = ord("?")
COMPOUND_BASE, MISSPELT_BASE, SYLLABLE_BASE, CODES = 0x3E000, 0x3E800, 0x3F000, 0x3F400
MOST_READINGS = 3  # the commonest; what follows are readings of the classics
MOST_PARTS = 6
LOOKS_ALIKE, LOOKS_NEAR = 60, 36  # of 99: a person may really mistake the one for the other; a hurried one may

# Surnames are read in one way, not always the character's commonest; a second reading where both are in use.
SURNAME_READINGS = {
    "单": "shan", "查": "zha", "解": "xie", "区": "ou", "朴": "piao pu", "覃": "qin tan", "仇": "qiu", "盖": "ge gai", "尉": "yu wei",
    "曾": "zeng", "翟": "zhai", "乐": "yue le", "缪": "miao", "召": "shao", "洗": "xian", "员": "yun", "黑": "he hei", "隗": "wei kui",
    "折": "she", "种": "chong", "秘": "bi", "繁": "po", "宓": "mi fu", "句": "gou", "谌": "chen shen", "祭": "zhai", "莘": "shen xin",
    "幺": "yao", "乜": "nie", "晟": "cheng sheng", "长": "zhang", "行": "xing", "朝": "chao", "藏": "zang", "都": "du",
}  # fmt: skip

RELATIONS = (
    "missing",
    "equal",
    "variant",
    "spelt",
    "sound",
    "shape",
    "near_sound",
    "near_shape",
    "same_part",
    "unreadable",
    "unlike",
)
MISSING, EQUAL, VARIANT, SPELT, SOUND, SHAPE, NEAR_SOUND, NEAR_SHAPE, SAME_PART, ILLEGIBLE, UNLIKE = range(
    len(RELATIONS)
)
Codes = NDArray[np.uint32]
Levels = NDArray[np.int8]


def table(name: str) -> Iterator[list[str]]:
    """The lines of a committed table, split at tabs."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t") for line in lines)


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """How each character is read, the commonest first. Forty thousand characters share some thousands of ways, each held once."""
    ways: dict[str, tuple[str, ...]] = {}
    return {char: ways.setdefault(said, tuple(map(intern, said.split()))) for char, said in table("readings")}


@cache
def syllables() -> dict[str, int]:
    """Every toneless syllable with its number, from 1."""
    return {s: n for n, s in enumerate(sorted({s for said in readings().values() for s in said}), 1)}


@cache
def compounds() -> dict[str, int]:
    """Compound surnames with the code of their made-up character."""
    return {name: COMPOUND_BASE + n for n, (name, *_) in enumerate(sorted(table("surnames_compound")))}


def code_of(text: str) -> int:
    """The code of a character, or of a compound surname's made-up one."""
    return ord(text) if len(text) == 1 else compounds()[text]


def near_form(syllable: str) -> str:
    """Syllables that many speakers do not tell apart, or that older papers write alike (lü as LU), have one form.

    >>> near_form("zhang"), near_form("niu"), near_form("lv"), near_form("nve")
    ('zan', 'liu', 'lu', 'lue')
    """
    start, rest = (syllable[:2], syllable[2:]) if syllable[1:2] == "h" else (syllable[:1], syllable[1:])
    start = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}.get(start, start)
    return start + (rest[:-1] if rest.endswith("ng") else rest).replace("v", "u")


@cache
def spoken_by(*, surname: bool) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """(CODES, MOST_READINGS) numbers of each character's syllables, and of their near forms; 0 stands for none. As
    surnames characters have their commonest reading or the one that SURNAME_READINGS says."""
    number = syllables()
    forms = {s: near_form(s) for s in number}
    place = {f: n for n, f in enumerate(sorted(set(forms.values())), 1)}
    near = {s: place[form] for s, form in forms.items()}
    every = {ord(c): r[:MOST_READINGS] for c, r in readings().items() if len(c) == 1}
    if surname:
        every = {code: tuple(SURNAME_READINGS.get(chr(code), spoken[0]).split()) for code, spoken in every.items()}
    every |= {SYLLABLE_BASE + n: (s,) for s, n in number.items()}
    said, alike = (np.zeros((CODES, MOST_READINGS), dtype=np.int16) for _ in range(2))
    for code, spoken in every.items():
        said[code, : len(spoken)] = [number[s] for s in spoken]
        alike[code, : len(spoken)] = [near[s] for s in spoken]
    return said, alike


@cache
def built_from() -> NDArray[np.int16]:
    """(CODES, MOST_PARTS) numbers of the parts that each character is built from; 0 stands for none."""
    rows = [(ord(char), parts.split()[:MOST_PARTS]) for char, parts in table("parts")]
    number = {part: n for n, part in enumerate(sorted({p for _, parts in rows for p in parts}), 1)}
    found = np.zeros((CODES, MOST_PARTS), dtype=np.int16)
    for code, parts in rows:
        found[code, : len(parts)] = [number[p] for p in parts]
    return found


@cache
def _lookalikes() -> dict[str, str]:
    return {char: row for char, row in table("lookalike")}


@cache
def _like_in_shape(code: int, least: int) -> frozenset[int]:
    """The characters that a character may be taken for, from that score on. The table names each pair twice."""
    row = _lookalikes().get(chr(code), "")
    return frozenset(ord(n[0]) for n in row.split() if int(n[2:]) >= least)


@cache
def _variants(surname: bool) -> dict[int, frozenset[int]]:
    """Weak variants of each character; of surnames also folk forms, and a compound's own characters and misspellings."""
    found = [(ord(a), ord(b)) for a, b, *_ in table("variant_weak")]
    if surname:
        found += [(ord(a), ord(b)) for a, b, *_ in table("surname_folk")]
        found += [(code, ord(c)) for name, code in compounds().items() for c in name]  # 欧阳 cut to 欧
        found += [(code, code - COMPOUND_BASE + MISSPELT_BASE) for code in compounds().values()]
    beside: dict[int, set[int]] = {}
    for a, b in found:
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    return {a: frozenset(b) for a, b in beside.items()}


def relations(characters: Codes, *, surname: bool = False) -> Levels:
    """The square of RELATIONS between distinct characters (sorted codes; 0 is none, `?` unreadable). Symmetric."""
    size = len(characters)
    found = np.full((size, size), UNLIKE, dtype=np.int8)
    place = {int(code): n for n, code in enumerate(characters)}
    said, alike = spoken_by(surname=surname)
    _mark_shared(found, built_from()[characters], SAME_PART)
    _mark_neighbours(found, place, lambda code: _like_in_shape(code, LOOKS_NEAR), NEAR_SHAPE)
    _mark_shared(found, alike[characters], NEAR_SOUND)
    _mark_neighbours(found, place, lambda code: _like_in_shape(code, LOOKS_ALIKE), SHAPE)
    _mark_shared(found, said[characters], SOUND)
    spelt_out = np.flatnonzero((characters >= SYLLABLE_BASE) & (characters < CODES))
    found[spelt_out] = np.where(found[spelt_out] == SOUND, SPELT, found[spelt_out])
    found[:, spelt_out] = found[spelt_out].T
    _mark_neighbours(found, place, lambda code: _variants(surname).get(code, frozenset()), VARIANT)
    np.fill_diagonal(found, EQUAL)
    for code, level in ((UNREADABLE, ILLEGIBLE), (0, MISSING)):
        if code in place:
            found[place[code], :] = found[:, place[code]] = level
    return found


def misspelt_compounds() -> dict[tuple[int, int], int]:
    """Two characters of which one was mistaken in a compound surname (殴阳), with the made-up character for that; not
    where they begin another surname (尚官 may be Mr Shang)."""
    singles = {ord(row[0]) for row in table("surnames")}
    said, _ = spoken_by(surname=False)
    by_sound: dict[int, set[int]] = {}
    for code, number in zip(*np.nonzero(said), strict=True):
        by_sound.setdefault(int(said[code, number]), set()).add(int(code))
    found: dict[tuple[int, int], int] = {}
    for name, code in compounds().items():
        first, second = ord(name[0]), ord(name[1])
        for a in _mistaken(first, by_sound) - singles:
            found.setdefault((a, second), code - COMPOUND_BASE + MISSPELT_BASE)
        for b in _mistaken(second, by_sound):
            if first not in singles:
                found.setdefault((first, b), code - COMPOUND_BASE + MISSPELT_BASE)
    return {pair: code for pair, code in found.items() if chr(pair[0]) + chr(pair[1]) not in compounds()}


def _mistaken(code: int, by_sound: dict[int, set[int]]) -> set[int]:
    said, _ = spoken_by(surname=False)
    heard = set().union(*(by_sound[int(n)] for n in said[code] if n))
    return {c for c in heard | _like_in_shape(code, LOOKS_ALIKE) if c < COMPOUND_BASE} - {code}


def _mark_neighbours(found: Levels, place: dict[int, int], beside: Callable[[int], frozenset[int]], level: int) -> None:
    for code, row in place.items():
        columns = [place[b] for b in beside(code) if b in place]
        if columns:
            found[row, columns] = level


def _mark_shared(found: Levels, spoken: NDArray[np.int16], level: int) -> None:
    """Mark all pairs of rows that share one of their syllables."""
    rows, columns = np.nonzero(spoken)
    order = np.argsort(spoken[rows, columns], kind="stable")
    numbers, starts = np.unique(spoken[rows, columns][order], return_index=True)
    for group in np.split(rows[order], starts[1:]) if len(numbers) else ():
        found[np.ix_(group, group)] = level


@lru_cache(maxsize=4096)
def spelt(latin: str) -> tuple[int, ...] | None:
    """The made-up characters of letters that are pinyin, in as few syllables as they can be read; None if they are not.

    >>> len(spelt("WANGXIAOMING")), spelt("SMITH")
    (3, None)
    """
    text, number = latin.lower().replace("lyu", "lv").replace("nyu", "nv"), syllables()
    best: list[tuple[int, ...] | None] = [()] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is not None and text[start:end] in number:
                longer = (*before, SYLLABLE_BASE + number[text[start:end]])
                if best[end] is None or len(longer) < len(best[end] or ()):
                    best[end] = longer
    return best[-1] if text else None


@lru_cache(maxsize=4096)
def is_pinyin_of(latin: str, name: str) -> bool:
    """Whether the letters spell the Han name, in its order or with a surname of one or two characters last.

    >>> is_pinyin_of("XIAOMINGWANG", "王晓明"), is_pinyin_of("LYUWEI", "吕伟"), is_pinyin_of("WANGLI", "王伟")
    (True, True, False)
    """
    text = latin.lower()
    orders = {name, name[1:] + name[:1], name[2:] + name[:2]}
    return any(_spells(text, order) for order in orders)


def _spells(text: str, name: str) -> bool:
    if not name or not text:
        return not name and not text
    said = {way for s in readings().get(name[0], ()) for way in (s, s.replace("v", "u"), s.replace("v", "yu"))}  # ü
    return any(text.startswith(s) and _spells(text[len(s) :], name[1:]) for s in said)
