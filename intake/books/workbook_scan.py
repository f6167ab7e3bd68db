"""What the reader does not tell of an xlsx's cells: error values, formulas without a value, cells far from the data.

Runs over the unpacked text of each sheet by patterns, in pieces that end between two rows. Errors are looked for only
where a piece holds one, and far cells only in small sheets; in a large one they meet the reader's memory limit.
"""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from intake.archives.zip_members import inflate
from intake.books.cell_frames import LAST_COLUMN, LAST_ROW, SPARSE_AREA, SPARSE_SHARE
from intake.books.workbook_gate import CAPS, Parts
from intake.books.workbook_marks import Marks
from intake.reader_words import refusal

SMALL_SHEET = 16 << 20
LONGEST_ROW = 32 << 20
ERROR_TYPES = (b't="e"', b"t='e'")
LONGEST_TAG, LONGEST_CELL = 300, 32 << 10  # a cell's own tag; its formula of 8192 characters
NEXT_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")
ERROR_TEXT = re.compile(rb"<(?:\w+:)?v>\s*(#[\w/!?]{1,30})\s*<")
PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,10})[\"']")
UNVALUED = re.compile(
    rb"<(?:\w+:)?c\b([^<>]{0,300})><(?:\w+:)?f\b(?:[^<>]{0,300}/>|[^<>]{0,300}>[^<]{0,30000}</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
TEXT_TYPE = re.compile(rb"\bt\s*=\s*[\"']str[\"']")  # a formula whose value is the empty text
ROW_NUMBER = re.compile(rb"row\s[^<>]{0,300}?\br\s*=\s*[\"'](\d{1,10})")
WIDE = (re.compile(rb'r="([A-Za-z]{2,3})\d'), re.compile(rb"r='([A-Za-z]{2,3})\d"))
FILLED = re.compile(rb"<(?:\w+:)?c\s[^<>]{0,300}(?<!/)>")  # no cell of which only the looks are saved
ENDS = (b"</c>", b":c>")
ODS_ERROR = b'calcext:value-type="error"'


def scan_workbook(data: bytes, parts: Parts) -> list[Marks]:
    """The marks of every sheet, in order. Raises: DeliveryRefused, where a part is not what the zip declares, or has a
    cell so far out that a reader would fill the space between."""
    stream = io.BytesIO(data)
    if parts.kind == "ods":
        _refuse_ods_errors(stream, parts)
    scanned = {id(part) for part in parts.sheets}
    for member in parts.members:
        if id(member) not in scanned:
            deque(inflate(stream, member, CAPS), maxlen=0)  # for its size and checksum
    return [] if parts.kind == "ods" else [_scan_sheet(stream, p, n) for n, p in enumerate(parts.sheets, 1)]


def _scan_sheet(stream: io.BytesIO, part: zipfile.ZipInfo | None, number: int) -> Marks:
    marks = Marks()
    if part is None:
        return marks
    extent = Extent()
    for block in _blocks(stream, part):
        for mark in ERROR_TYPES:
            _note_errors(block, mark, marks, number)
        if b"<f" in block or b":f" in block:
            marks.unvalued += sum(not TEXT_TYPE.search(cell) for cell in UNVALUED.findall(block))
        if part.file_size <= SMALL_SHEET:
            extent.guess(block)
    if extent.is_absurd() and _extent(stream, part).is_absurd():
        raise refusal("far_cell", sheet=number)
    return marks


def _extent(stream: io.BytesIO, part: zipfile.ZipInfo) -> "Extent":
    exact = Extent()
    for block in _blocks(stream, part):
        exact.measure(block)
    return exact


def _blocks(stream: io.BytesIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's text, cut behind the end of a row."""
    rest = b""
    for piece in inflate(stream, part, CAPS):
        rest += piece
        cut = rest.rfind(b"row>") + 4
        if cut > 3 or len(rest) > LONGEST_ROW:
            yield rest[:cut] if cut > 3 else rest
            rest = rest[cut:] if cut > 3 else b""
    yield rest


def _note_errors(block: bytes, mark: bytes, marks: Marks, number: int) -> None:
    """Notes the cells whose tag holds `mark`. Looks at a bounded stretch for each, whatever the block holds."""
    at = block.find(mark)
    while at >= 0:
        start, end = block.rfind(b"<", max(0, at - LONGEST_TAG), at), block.find(b">", at, at + LONGEST_TAG)
        if start >= 0 and end >= 0 and NEXT_CELL.match(block, start):
            after = NEXT_CELL.search(block, end, end + LONGEST_CELL)
            text = ERROR_TEXT.search(block, end, after.start() if after else end + LONGEST_CELL)
            place = PLACE.search(block, start, end)
            if text is not None and (place is None):
                raise refusal("error_cells", sheet=number)
            if text is not None and place is not None:
                marks.errors[int(place[2]) - 1, column_number(place[1]) - 1] = text[1].decode()
        at = block.find(mark, at + len(mark))


@dataclass
class Extent:
    """The farthest row and column of a sheet, and how many cells it has."""

    row: int = 0
    column: int = 26
    cells: int = 0

    def guess(self, block: bytes) -> None:
        """From what is quickly found: the numbers of rows, and the columns past Z, be there anything in them or not."""
        self._reach(ROW_NUMBER.findall(block), {m for wide in WIDE for m in wide.findall(block)})
        self.cells += sum(block.count(end) for end in ENDS)

    def measure(self, block: bytes) -> None:
        """From the cells that hold something."""
        found = [place for tag in FILLED.findall(block) if (place := PLACE.search(tag))]
        self._reach([place[2] for place in found], {place[1] for place in found})
        ended = sum(block.count(end) for end in ENDS)
        if ended > len(found):  # some do not say where they are, but in which row
            self._reach(ROW_NUMBER.findall(block), set())
        self.cells += ended

    def _reach(self, rows: list[bytes], columns: set[bytes]) -> None:
        self.row = max(self.row, max(map(int, rows), default=0))
        self.column = max(self.column, max(map(column_number, columns), default=0))

    def is_absurd(self) -> bool:
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            return True
        return self.row * self.column > max(SPARSE_AREA, SPARSE_SHARE * self.cells)


def column_number(letters: bytes) -> int:
    """
    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse_ods_errors(stream: io.BytesIO, parts: Parts) -> None:
    """The reader gives an error value as nothing, and an ods does not say where its cells stand."""
    tail = b""
    for part in parts.sheets:
        for piece in inflate(stream, part, CAPS) if part else ():
            if ODS_ERROR in tail + piece:
                raise refusal("error_cells", sheet=1)
            tail = piece[-len(ODS_ERROR) :]
