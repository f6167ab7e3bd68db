"""What the reader does not tell of an xls: password, macros, links, error values, and from which year days count.

Walks the BIFF records of the workbook stream (MS-XLS); those of a sheet only where something in it looks like an error.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.books.compound import MAGIC, read_compound
from intake.books.workbook_marks import Marks
from intake.reader_words import refusal

BOF, EOF, FILEPASS, DATEMODE, BOUNDSHEET, SUPBOOK = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0x1AE
FORMULA, BOOLERR = 0x06, 0x205
OWN_LINKS = (b"\x01\x04", b"\x01\x3a")  # to the workbook itself, and to functions of add-ins
WORKSHEET, MACRO_SHEET = 0, 1
ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
LOOKS_LIKE_ERROR = re.compile(rb"\x05\x02\x08\x00.{7}\x01|\x02.[\x00\x07\x0f\x17\x1d$*+].{3}\xff\xff", re.DOTALL)
MACRO_STORAGES = {"_vba_project_cur", "_vba_project", "vba", "macros"}
OTHER_PROGRAMS = {"worddocument", "powerpoint document", "visiodocument"}


@dataclass(frozen=True)
class OldBook:
    """An xls that passed; `marks` are those of its sheets, in order."""

    epoch_1904: bool
    marks: list[Marks] = field(default_factory=list)


def check_old_workbook(data: bytes) -> OldBook:
    """Raises: DeliveryRefused, with a code for each thing found."""
    if not data.startswith(MAGIC):
        raise refusal("truncated")
    box = read_compound(data, ("workbook", "book"))
    if "encryptedpackage" in box.streams:
        raise refusal("locked")
    if box.storages & MACRO_STORAGES or "_vba_project" in box.streams:
        raise refusal("macros")
    if any(s.startswith("mbd") or s == "objectpool" for s in box.storages):
        raise refusal("embedded_object")
    stream = box.streams.get("workbook", box.streams.get("book"))
    if stream is None:
        raise refusal("not_workbook" if OTHER_PROGRAMS & set(box.streams) else "truncated")
    return _read_globals(stream)


def _read_globals(stream: bytes) -> OldBook:
    marks: dict[int, Marks] = {}
    starts: list[int | None] = []
    epoch = False
    for kind, content in _records(stream, 0):
        if kind == FILEPASS:
            raise refusal("locked")
        if kind == SUPBOOK and content[2:4] not in OWN_LINKS:
            raise refusal("external_links")
        if kind == DATEMODE:
            epoch = content[:1] == b"\x01"
        if kind == BOUNDSHEET and len(content) >= 6:
            start, _, sort = struct.unpack_from("<IBB", content)
            if sort == MACRO_SHEET:
                raise refusal("macros")
            starts.append(start if sort == WORKSHEET else None)
    suspect = LOOKS_LIKE_ERROR.search(stream) is not None
    for start in {s for s in starts if s is not None} if suspect else ():
        marks[start] = _sheet_marks(stream, start)
    return OldBook(epoch, [Marks() if s is None else marks.get(s, Marks()) for s in starts])


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a BOF to its EOF. Raises: DeliveryRefused, where they do not begin or end there."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        content = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind & 0xFF == BOF & 0xFF and kind in (0x09, 0x209, 0x409, BOF):
            depth += 1  # a chart within a sheet has a beginning and an end of its own
        elif depth == 0 or len(content) < size:
            break
        yield kind, content
        if kind == EOF:
            depth -= 1
            if depth == 0:
                return
    raise refusal("truncated")


def _sheet_marks(stream: bytes, start: int) -> Marks:
    marks = Marks()
    for kind, content in _records(stream, start):
        if kind == BOOLERR and len(content) >= 8 and content[7] == 1:
            code = content[6]
        elif kind == FORMULA and len(content) >= 14 and content[6] == 2 and content[12:14] == b"\xff\xff":
            code = content[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", content)
        marks.errors[row, column] = ERRORS.get(code, "#N/A")
    return marks
