"""Finds personal values where none should stand: logs, journals, Prefect's files, workbooks. Says where and what kind of
value, never the value. Numbers are found by their form and check digit, names by the number they stand beside, or by
being known.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchers.check_digits import check_digit, is_birth_date
from matchers.han import table
from schemas.extracts import LAYOUTS

LARGEST = 64 << 20  # bytes of one file: what is larger is a table or an archive, and no log
PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-2]"  # 9: foreign residents' new cards
# Digits inside a hash have a to f beside them, so numbers without a check digit must not.
NOT_IN_HASH, NOT_ON = r"(?<![0-9a-fA-F])", r"(?![0-9a-fA-F])"
BIRTH_AT = slice(6, 14)
EIGHTEEN = re.compile(rf"(?=((?:{PROVINCES})\d{{4}}[ -]?\d{{8}}[ -]?\d{{3}}[0-9Xx]))")
ALONE = re.compile(rf"(?<![0-9A-Za-z])(?:{PROVINCES})\d{{4}}(\d{{8}})\d{{3}}[0-9Xx](?![0-9A-Za-z])")
FIFTEEN = re.compile(rf"(?<![0-9A-Za-z])(?:{PROVINCES})\d{{4}}(\d{{6}})\d{{3}}(?![0-9A-Za-z])")
PHONE = re.compile(NOT_IN_HASH + r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}" + NOT_ON)
CARD = re.compile(NOT_IN_HASH + r"(?:62|60|9|4|5)\d(?:[ -]?\d){13,17}" + NOT_ON)
DOCUMENT = re.compile(r"(?<![0-9A-Za-z])(?:[HM]\d{8}(?:\d{2})?|E\d{8}|E[A-HJ-NP-Z]\d{7}|G\d{8})(?![0-9A-Za-z])")
MASKED = re.compile(r"\d{6}\*{4,8}\d{3}[0-9Xx]|1[3-9]\d\*{4}\d{4}")
BESIDE = re.compile(r"([㐀-鿿]+)[^㐀-鿿0-9*\n]{0,4}$"), re.compile(r"^[^㐀-鿿0-9*\n]{0,4}([㐀-鿿]+)")
HAN = re.compile(r"[㐀-鿿·]+")
CELL = re.compile(rb"<[^>]*>")


@dataclass(frozen=True)
class Seen:
    """One personal value: in which file, on which line (1-based) or part of it, and of what kind."""

    where: str
    line: int
    kind: str


def scan_text(text: str, known: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Line number and kind of each personal value. `known`: names to look for wherever they stand, of three or more
    characters (shorter ones are ordinary words too often)."""
    for number, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), 1):
        yield from ((number, kind) for kind in sorted(set(_kinds(line)) | set(_names(line, known))))


def _kinds(line: str) -> Iterator[str]:
    if any(is_identity_number(re.sub("[ -]", "", m[1])) for m in EIGHTEEN.finditer(line)):
        yield "身份证号码"
    elif any(is_birth_date(m[1]) for m in ALONE.finditer(line)):
        yield "疑似身份证号码（校验位不符）"
    if any(is_birth_date(f"19{m[1]}") for m in FIFTEEN.finditer(line)):
        yield "十五位身份证号码"
    if PHONE.search(line):
        yield "手机号码"
    if any(_luhn(re.sub("[ -]", "", m[0])) for m in CARD.finditer(line)):
        yield "银行卡号"
    if DOCUMENT.search(line):
        yield "通行证或护照号码"
    if any(_named(line, m) for m in MASKED.finditer(line)):
        yield "姓名连同遮蔽的号码"


def is_identity_number(clean: str) -> bool:
    """True when birth date and check character hold."""
    return is_birth_date(clean[BIRTH_AT]) and check_digit(clean[:17]) == clean[17].upper()


def _luhn(clean: str) -> bool:
    weighed = (int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(clean)))
    return 16 <= len(clean) <= 19 and sum(n - 9 if n > 9 else n for n in weighed) % 10 == 0


def _named(line: str, number: re.Match[str]) -> bool:
    before, after = BESIDE[0].search(line[: number.start()]), BESIDE[1].search(line[number.end() :])
    words = [before[1][-size:] for size in (2, 3, 4) if before] + [after[1][:size] for size in (2, 3, 4) if after]
    return any(word[0] in _surnames() and len(word) > 1 and word not in _table_words() for word in words)


def _names(line: str, known: frozenset[str]) -> Iterator[str]:
    for run in HAN.findall(line) if known else ():
        for size in (3, 4):
            if any(run[at : at + size] in known for at in range(len(run) - size + 1)):
                yield "已知人员的姓名"
                return
        if len(run) > 4 and run in known:
            yield "已知人员的姓名"


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row[0] for row in table("surnames"))


@cache
def _table_words() -> frozenset[str]:
    """Words of two to four characters out of table headers: they stand beside numbers and are nobody's name."""
    said = {word for layout in LAYOUTS.values() for c in layout.columns for word in (c.header, *c.alias)}
    return frozenset(w[at : at + size] for w in said for size in (2, 3, 4) for at in range(len(w) - size + 1))


def scan_file(path: Path, known: frozenset[str] = frozenset()) -> Iterator[Seen]:
    """Everything personal in one file: text in any encoding, a zip's members (so workbooks), any other as the text in it.
    Its own name counts as well."""
    yield from (Seen(str(path), 0, kind) for _, kind in scan_text(path.name, known))
    if path.stat().st_size > LARGEST:
        return
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        yield from _scan_bytes(str(path), data, known)
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            part = CELL.sub(b"\n", archive.read(member)) if member.filename.endswith(".xml") else archive.read(member)
            yield from _scan_bytes(f"{path}!{member.filename}", part, known)


def _scan_bytes(where: str, data: bytes, known: frozenset[str]) -> Iterator[Seen]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    yield from (Seen(where, line, kind) for line, kind in scan_text(text, known))


def scan_folder(folder: Path, known: frozenset[str] = frozenset(), *, leave: Iterable[Path] = ()) -> Iterator[Seen]:
    """Everything personal in the files below a folder, but for those below the folders in `leave`."""
    left = [p.resolve() for p in leave]
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        if not any(path.resolve().is_relative_to(p) for p in left):
            yield from scan_file(path, known)
