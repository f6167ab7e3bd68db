"""Finds personal values in files where none should stand: logs, journals, Prefect's files, workbooks. Says where and what
kind of value, never the value."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.trust.privacy import scan_text

PIECE, OVERLAP = 16 << 20, 1 << 10  # bytes of a file that are looked at together, and of these again with the next ones
UNREAD = "打不开"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
TWO_BYTES = re.compile(rb"(?:[\x20-\x7e]\x00){11,}|(?:\x00[\x20-\x7e]){11,}")  # a number in UTF-16 within anything
TAG = re.compile(rb"<[^>]*>")
SAID = re.compile(rb'\b(?:name|Target|location|tooltip|display|title|descr|prompt)="([^"]*)"')  # what a tag may tell
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)


@dataclass(frozen=True)
class Seen:
    """One personal value: in which file, on which line (1-based) or part of it, and of what kind. `UNREAD`: a file that could
    not be looked into."""

    where: str
    line: int
    kind: str


def scan_folder(folder: Path, known: frozenset[str] = frozenset(), *, leave: Iterable[Path] = ()) -> Iterator[Seen]:
    """Everything personal in the files below a folder, but for those below the folders in `leave`."""
    left = [p.resolve() for p in leave]
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        if not any(path.resolve().is_relative_to(p) for p in left):
            yield from scan_file(path, known)


def scan_file(path: Path, known: frozenset[str] = frozenset()) -> Iterator[Seen]:
    """Everything personal in one file: text in any encoding, a zip's members (so workbooks), any other as the text in it.
    Its own name counts as well. A file that is gone meanwhile says nothing."""
    yield from (Seen(str(path), 0, kind) for _, kind in scan_text(path.name, known))
    try:
        if zipfile.is_zipfile(path):
            try:
                yield from _scan_zip(path, known)
                return
            except BROKEN:  # no zip after all, or one under a password: as the text in it
                pass
        yield from _scan_plain(path, known)
    except FileNotFoundError:
        return
    except OSError:
        yield Seen(str(path), 0, UNREAD)


def _scan_zip(path: Path, known: frozenset[str]) -> Iterator[Seen]:
    with zipfile.ZipFile(path) as archive:
        yield from _scan_bytes(str(path), 0, archive.comment, known)
        for member in archive.infolist():
            where, data = f"{path}!{member.filename}", archive.read(member)
            yield from (Seen(where, 0, kind) for _, kind in scan_text(member.filename, known))
            if member.filename.endswith((".xml", ".rels")):
                yield from _scan_bytes(where, 0, b"\n".join(SAID.findall(data)), known)
                data = TAG.sub(b"\n", data)
            yield from _scan_bytes(where, 0, data, known)


def _scan_plain(path: Path, known: frozenset[str]) -> Iterator[Seen]:
    with path.open("rb") as stream:
        before, lines = b"", 0
        while piece := stream.read(PIECE):
            data = before + piece
            yield from _scan_bytes(str(path), lines, data, known)
            before = data[-OVERLAP:]
            lines += data[:-OVERLAP].count(b"\n")


def _scan_bytes(where: str, lines: int, data: bytes, known: frozenset[str]) -> Iterator[Seen]:
    found = {told for text in _texts(data) for told in scan_text(text, known)}
    yield from (Seen(where, lines + line, kind) for line, kind in sorted(found))


def _texts(data: bytes) -> Iterator[str]:
    """The bytes in every way in which they may be text."""
    if encoding := MARKS.get(data[:2]):
        yield data.decode(encoding, errors="replace")
        return
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("utf-8", errors="replace")
        yield data.decode("gb18030", errors="replace")
    if b"\0" in data:
        yield from (run[0].replace(b"\0", b"").decode("ascii") for run in TWO_BYTES.finditer(data))
