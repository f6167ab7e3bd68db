"""Finds personal values in files where none should stand: logs, journals, Prefect's files, workbooks. Says where and what
kind of value, never the value."""

import base64
import binascii
import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.trust.privacy import scan_text

PIECE, OVERLAP = 16 << 20, 1 << 10  # bytes of a file that are looked at together, and of these again with the next ones
UNREAD = "打不开"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
TWO_BYTES = re.compile(rb"(?:[\x20-\x7e]\x00){11,}|(?:\x00[\x20-\x7e]){11,}")  # a number in UTF-16 within anything
TAG = re.compile(rb"<[^>]*>")
SAID = re.compile(rb'\b(?:name|Target|location|tooltip|display|title|descr|prompt)="([^"]*)"')  # what a tag may tell
# A cell, a comment or a shape may show one word in several runs of letters.
RUNS = re.compile(
    rb"</(?:\w+:)?t>\s*</(?:\w+:)?r>\s*<(?:\w+:)?r(?:\s[^>]*)?>(?:(?!<(?:\w+:)?t[\s>]).)*<(?:\w+:)?t(?:\s[^>]*)?>|</?text:span[^>]*>",
    re.DOTALL,
)
BASE64 = re.compile(rb"[A-Za-z0-9+/]{20,}(?:\r?\n[A-Za-z0-9+/]+)*={0,2}")  # as e-mails and Prefect's states are kept
BROKEN = (
    zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, lzma.LZMAError, gzip.BadGzipFile,
    pa.ArrowException,
)  # fmt: skip
DEEP = 4  # one packed file within another
OPENERS: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", lambda packed: gzip.GzipFile(fileobj=packed)),
    (b"BZh91AY", bz2.BZ2File),
    (b"\xfd7zXZ", lzma.LZMAFile),
)


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
    """Everything personal in one file: text in any encoding, what is packed in it (so workbooks), the cells of a Parquet table,
    any other as the text in it. Its own name counts as well. A file that is gone meanwhile says nothing."""
    yield from (Seen(str(path), 0, kind) for _, kind in scan_text(path.name, known))
    try:
        with path.open("rb") as stream:
            yield from _scan_stream(str(path), stream, known, DEEP)
    except FileNotFoundError:
        return
    except OSError:
        yield Seen(str(path), 0, UNREAD)


def _scan_stream(where: str, stream: IO[bytes], known: frozenset[str], deep: int) -> Iterator[Seen]:
    """What is no packed file after all, is cut short or under a password is looked at as the text in it."""
    mark = stream.read(8)
    stream.seek(0)
    opener = next((o for begins, o in OPENERS if mark.startswith(begins)), None)
    try:
        if deep and opener:
            yield from _scan_stream(where, opener(stream), known, deep - 1)
            return
        if deep and zipfile.is_zipfile(stream):
            yield from _scan_zip(where, stream, known, deep - 1)
            return
        if mark.startswith(b"PAR1"):
            yield from _scan_table(where, stream, known)
            return
    except BROKEN:
        pass
    stream.seek(0)
    yield from _scan_plain(where, stream, known)


def _scan_table(where: str, stream: IO[bytes], known: frozenset[str]) -> Iterator[Seen]:
    table = pq.ParquetFile(stream)
    for batch in table.iter_batches(10_000):
        rows = "\n".join(" | ".join(str(v) for v in row.values() if v is not None) for row in batch.to_pylist())
        yield from _scan_bytes(where, 0, rows.encode("utf-8", errors="replace"), known)


def _scan_zip(place: str, stream: IO[bytes], known: frozenset[str], deep: int) -> Iterator[Seen]:
    with zipfile.ZipFile(stream) as archive:
        yield from _scan_bytes(place, 0, archive.comment, known)
        for member in archive.infolist():
            where = f"{place}!{member.filename}"
            yield from (Seen(where, 0, kind) for _, kind in scan_text(member.filename, known))
            if member.filename.endswith((".xml", ".rels")):
                data = archive.read(member)
                yield from _scan_bytes(where, 0, b"\n".join(SAID.findall(data)), known)
                yield from _scan_bytes(where, 0, TAG.sub(b"\n", RUNS.sub(b"", data)), known)
            else:
                with archive.open(member) as inner:
                    yield from _scan_stream(where, inner, known, deep)


def _scan_plain(where: str, stream: IO[bytes], known: frozenset[str]) -> Iterator[Seen]:
    before, lines = b"", 0
    while piece := stream.read(PIECE):
        data = before + piece
        yield from _scan_bytes(where, lines, data, known)
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
    yield from (_decoded(run[0]) for run in BASE64.finditer(data))
    if b"\0" in data:
        yield from (run[0].replace(b"\0", b"").decode("ascii") for run in TWO_BYTES.finditer(data))


def _decoded(run: bytes) -> str:
    """What a run of base64 says; nothing where it is none."""
    try:
        return base64.b64decode(re.sub(rb"\s", b"", run)).decode("utf-8", errors="replace")
    except binascii.Error:
        return ""
