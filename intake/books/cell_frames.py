"""How a child process hands the cells of a workbook to its parent: lines of JSON, some followed by text.

A few thousand rows are one run of UTF-8, column after column, with a NUL between the cells: joined and split at memory
speed, and nothing that the parent reads can be anything but text. Standard library only; the child starts faster so.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, BinaryIO

CHUNK_ROWS = 4096
CHUNK_CELLS = 1 << 18  # a very wide sheet is handed over in fewer rows at a time
SEPARATOR = "\x00"
SPARSE_AREA, SPARSE_SHARE = 4_000_000, 50  # past 4 M places, of which not one in fifty holds a cell, a sheet is absurd
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet, by Excel's specification
MOST_SHEETS = 1000


class Refused(Exception):
    """What the child found wrong: a code that the parent has a sentence for, and numbers to fill into it."""

    def __init__(self, code: str, **numbers: int) -> None:
        super().__init__(code)
        self.code, self.numbers = code, numbers


class BookWriter:
    """Writes sheets, of which several may be open at a time."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._opened = out, 0

    def line(self, **said: Any) -> None:
        self._out.write(json.dumps(said).encode() + b"\n")

    def open_sheet(self, name: str) -> "SheetWriter":
        self._opened += 1
        if self._opened > MOST_SHEETS:
            raise Refused("too_many_sheets")
        self.line(open=self._opened, name=name)
        return SheetWriter(self, self._opened)

    def text(self, text: bytes, **said: Any) -> None:
        self.line(size=len(text), **said)
        self._out.write(text)


class SheetWriter:
    """Writes one sheet, row by row or by runs of whole columns. Rows may differ in length; the parent fills them up."""

    def __init__(self, book: BookWriter, number: int) -> None:
        self._book, self.number = book, number
        self._rows: list[Sequence[str]] = []
        self.row_count = self._width = self._cells = 0

    def row(self, cells: Sequence[str]) -> None:
        self._rows.append(cells)
        self.row_count += 1
        self._width = max(self._width, len(cells))
        self._cells += len(cells) - cells.count("")
        if len(self._rows) >= CHUNK_ROWS or len(self._rows) * self._width >= CHUNK_CELLS:
            self._flush()

    def columns(self, rows: int, columns: Iterable[Sequence[str]]) -> None:
        """A run of rows that all have the same number of cells, already by column."""
        packed = [SEPARATOR.join(texts) for texts in columns]
        text = SEPARATOR.join(packed)
        if text.count(SEPARATOR) != rows * len(packed) - 1:
            raise Refused("nul_cell", sheet=self.number)
        self._book.text(text.encode(), sheet=self.number, rows=rows, columns=len(packed))

    def close(self, merges: Iterable[Sequence[int]] = (), is_hidden: bool = False) -> None:
        """`merges` are first row, first column, last row and last column of merged cells, from 0."""
        self._flush()
        self._book.line(close=self.number, merges=[list(m) for m in merges], hidden=is_hidden)

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        area = self.row_count * self._width
        if (
            self.row_count > LAST_ROW
            or self._width > LAST_COLUMN
            or area > max(SPARSE_AREA, SPARSE_SHARE * self._cells)
        ):
            raise Refused("far_cell", sheet=self.number)
        if rows:
            self.columns(len(rows), zip_longest(*rows, fillvalue="") if any(rows) else [[""] * len(rows)])
