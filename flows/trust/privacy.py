"""Finds personal values in text where none should stand. Says on which line and what kind of value, never the value. Numbers are found by their form and check digit, names by the number they stand beside, or by
being known.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape

from matchers.check_digits import check_digit, is_birth_date
from matchers.han import table
from schemas.extracts import LAYOUTS

PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-6]"  # 9: foreign residents' new cards
# Digits inside a hash have a to f beside them, so numbers without a check digit must not.
NOT_IN_HASH, NOT_ON = r"(?<![0-9a-fA-F])", r"(?![0-9a-fA-F])"
NOT_BEHIND, NOT_BEFORE = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
BIRTH_AT = slice(6, 14)
# Within other digits only as it is printed; cut into groups of any length where a number may begin.
EIGHTEEN = (
    re.compile(rf"(?=((?:{PROVINCES})\d{{4}}[ ._/-]?\d{{8}}[ ._/-]?\d{{3}}[0-9Xx]))"),
    re.compile(rf"(?<!\d)(?=((?:{PROVINCES})(?:[ -]{{0,2}}\d){{15}}[ -]{{0,2}}[0-9Xx]))"),
)
ALONE = re.compile(rf"{NOT_BEHIND}(?:{PROVINCES})\d{{4}}([ -]?)(\d{{8}})\1\d{{3}}[0-9Xx]{NOT_BEFORE}")
FIFTEEN = re.compile(rf"{NOT_BEHIND}(?:{PROVINCES})\d{{4}}([ -]?)(\d{{6}})\1\d{{3}}{NOT_BEFORE}")
PHONE = re.compile(
    NOT_IN_HASH + r"(?:0|(?:\+|00)?86[ -]?)?1[3-9]"
    r"(?:\d[ -]{0,2}\d{4}[ -]{0,2}\d{4}|\d\.\d{4}\.\d{4}|\d\)[ -]?\d{4}[ -]?\d{4}|\d([ -])\d{3}\1\d{5}|\d\d([ -])\d{4}\2\d{3}|\d\d([ -])\d{3}\3\d{4})"
    + NOT_ON
)
CARD = re.compile(NOT_IN_HASH + r"(?<!\d\.)(?:35|62|60|68|69|9|4|5)\d(?:[ -]{0,2}\d){13,17}" + NOT_ON)
DOCUMENT = re.compile(
    rf"{NOT_BEHIND}(?:[HMhm]\d{{8}}(?:\d{{2}})?|[EeGg]\d{{8}}|[Ee][A-HJ-NP-Za-hj-np-z]\d{{7}}|[A-Z]{{3}}(?:{PROVINCES})\d{{10}}){NOT_BEFORE}"
)
MASKED = re.compile(r"\d{6} ?[*xX·•]{4,8} ?\d{3}[0-9Xx]|1[3-9]\d ?[*xX·•]{4} ?\d{4}")
LANDLINE = re.compile(rf"{NOT_IN_HASH}\(?0(?:10|2\d|[3-9]\d\d)\)?[ -]?[2-8]\d{{6,7}}{NOT_ON}")
OFFICE = re.compile(
    r"[局处科室院部厅站所司镇街乡村县市区线真机话心台](?:电话|手机|[的是为])?$"
)  # what has a line and is nobody
# A run of single digits is a number only where it is one by its check digit, or where a word before it says so.
SINGLY = re.compile(r"(?<![0-9])(?<![0-9][ -])(?:[0-9][ -]{1,2}){10,18}[0-9Xx](?![0-9Xx])(?![ -]{1,2}[0-9](?![0-9]))")
SAID_PHONE = re.compile(r"(?:电话|手机|联系方式|[Pp]hone|[Tt]el|[Mm]obile)[^0-9]{0,8}$")
SAID_CARD = re.compile(r"(?:卡号|账号|帐号|账户|[Cc]ard|[Aa]ccount)[^0-9]{0,8}$")
TAIWAN = re.compile(r"(?:台胞证|台湾居民来往大陆通行证|台湾通行证)[^0-9]{0,8}\d{8}(?:\d\d)?(?!\d)")
BESIDE = re.compile(r"([㐀-鿿·]+)[^㐀-鿿0-9*\n]{0,20}$"), re.compile(r"^[^㐀-鿿0-9*\n]{0,20}([㐀-鿿·]+)")
# What a number is called, between it and a name.
CALLED = re.compile(
    r"[^㐀-鿿0-9]{0,5}(?:联系|办公|家庭)?(?:电话|手机|固话|座机|身份证|证件)?(?:号码?)?[^㐀-鿿0-9]{0,5}$"
)
HAN = re.compile(r"[㐀-鿿·]+")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")  # how JSON may write any character
BYTES = re.compile(r"(?:(?:%|\\x)[0-9a-fA-F]{2})+")  # as addresses and Python write what is not ASCII
EVEN = str.maketrans("‐‑‒–—―−\tХхΧχ×", "-------\u0020XXXXX", "\u200b\u200c\u200d\u2060\ufeff\u00ad")


BEGUN = re.compile(
    r"(?<![0-9A-Za-z])((?:[1-9]\d{0,16}))[=\\-]?$"
)  # at the end of a line that was broken within a number
ENDED = re.compile(r"^[ >]*(\d{0,16}[0-9Xx])(?![0-9A-Za-z])")


def scan_text(text: str, known: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Line number and kind of each personal value. `known`: names to look for wherever they stand, of three or more
    characters (shorter ones are ordinary words too often)."""
    before = ""
    for number, written in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", _unescaped(written)).translate(EVEN)
        if _is_broken_number(before, line):
            yield number - 1, "身份证号码"
        yield from ((number, kind) for kind in sorted(set(_kinds(line)) | set(_names(line, known))))
        before = line


def _is_broken_number(before: str, line: str) -> bool:
    """Whether an identity number goes on from one line to the next."""
    begun, ended = BEGUN.search(before), ENDED.match(line)
    if not begun or not ended:
        return False
    whole = begun[1] + ended[1]
    return bool(len(whole) == 18 and ALONE.fullmatch(whole) and is_identity_number(whole))


def _unescaped(line: str) -> str:
    """The line as whoever opens it reads it: JSON's, HTML's and addresses' escapes undone."""
    line = ESCAPED.sub(lambda code: chr(int(code[1], 16)), line)
    if "&#" in line:
        line = unescape(line)
    return BYTES.sub(_decoded, line) if "%" in line or "\\x" in line else line


def _decoded(escaped: re.Match[str]) -> str:
    data = bytes.fromhex(re.sub(r"%|\\x", "", escaped[0]))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _kinds(line: str) -> Iterator[str]:
    singly = [(line[: m.start()], re.sub("[ -]", "", m[0])) for m in SINGLY.finditer(line)]
    found = [re.sub("[ ._/-]", "", m[1]) for shape in EIGHTEEN for m in shape.finditer(line)]
    if any(is_identity_number(n) for n in (*found, *(n for _, n in singly if ALONE.fullmatch(n)))):
        yield "身份证号码"
    elif any(is_birth_date(m[2]) for m in ALONE.finditer(line)):
        yield "疑似身份证号码（校验位不符）"
    if any(is_birth_date(f"19{m[2]}") for m in FIFTEEN.finditer(line)):
        yield "十五位身份证号码"
    if PHONE.search(line) or any(PHONE.fullmatch(n) and SAID_PHONE.search(before) for before, n in singly):
        yield "手机号码"
    named = (n for before, n in singly if CARD.fullmatch(n) and SAID_CARD.search(before))
    if any(_luhn(clean) for clean in (*named, *(n for m in CARD.finditer(line) for n in _by_groups(m[0])))):
        yield "银行卡号"
    if DOCUMENT.search(line) or TAIWAN.search(line):
        yield "通行证或护照号码"
    if any(_named(line, m) for m in MASKED.finditer(line)):
        yield "姓名连同遮蔽的号码"
    if any(_named(line, m, also_behind=False) for m in LANDLINE.finditer(line)):
        yield "姓名连同固定电话"


def is_identity_number(clean: str) -> bool:
    """True when birth date and check character hold."""
    return is_birth_date(clean[BIRTH_AT]) and check_digit(clean[:17]) == clean[17].upper()


def _by_groups(digits: str) -> Iterator[str]:
    """The number up to the end of each group of digits: what stands behind it may be another."""
    yield from (re.sub("[ -]", "", digits[: end.end()]) for end in re.finditer(r"\d(?!\d)", digits))


def _luhn(clean: str) -> bool:
    weighed = (int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(clean)))
    return 16 <= len(clean) <= 19 and sum(n - 9 if n > 9 else n for n in weighed) % 10 == 0


def _named(line: str, number: re.Match[str], *, also_behind: bool = True) -> bool:
    before = BESIDE[0].search(CALLED.sub("", line[: number.start()]))
    after = BESIDE[1].search(line[number.end() :])
    if not also_behind:  # an office's line, and its hours behind it, are in any paper
        before, after = None if before and OFFICE.search(before[1]) else before, None
    if any("·" in found[1].strip("·") for found in (before, after) if found):
        return True
    words = [before[1][-size:] for size in (2, 3, 4) if before] + [after[1][:size] for size in (2, 3, 4) if after]
    return any(word[0] in _surnames() and len(word) > 1 and word not in _table_words() for word in words)


def _names(line: str, known: frozenset[str]) -> Iterator[str]:
    for run in HAN.findall(line) if known else ():
        for size in _lengths(known):
            if any(run[at : at + size] in known for at in range(len(run) - size + 1)):
                yield "已知人员的姓名"
                return


@cache
def _lengths(known: frozenset[str]) -> tuple[int, ...]:
    return tuple(sorted({len(name) for name in known if len(name) > 2}))


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row[0] for row in table("surnames"))


@cache
def _table_words() -> frozenset[str]:
    """Words of two to four characters out of table headers: they stand beside numbers and are nobody's name."""
    said = {word for layout in LAYOUTS.values() for c in layout.columns for word in (c.header, *c.alias)}
    return frozenset(w[at : at + size] for w in said for size in (2, 3, 4) for at in range(len(w) - size + 1))
