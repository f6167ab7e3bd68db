"""One table of a web page or an XML workbook in the making: cells find their places, rows go out as they end."""

import re

from intake.books.cell_frames import LAST_COLUMN, LAST_ROW, Refused, SheetWriter
from intake.books.spreadsheet_child import cell_text

WHOLE = re.compile(r"-?[0-9]{1,18}")


class Grid:
    """Places cells from left to right, past those that an upper cell reaches down into."""

    def __init__(self, out: SheetWriter) -> None:
        self._out = out
        self._row: list[str] | None = None
        self._number = -1
        self._merges: list[tuple[int, int, int, int]] = []
        self._taken_until: dict[int, int] = {}

    def open_row(self, skipped: int = 0) -> None:
        """Begins the next row, after so many blank ones."""
        self._close_row()
        if skipped < 0:
            raise Refused("truncated")  # rows that go backwards
        if self._number + 1 + skipped >= LAST_ROW:
            raise Refused("far_cell", sheet=self._out.number)
        for _ in range(skipped):
            self._out.row(())
        self._number += 1 + skipped
        self._row = []

    def place(self, text: str, across: int = 1, down: int = 1, skipped: int = 0) -> None:
        """The row's next cell, which may cover columns to its right and rows below."""
        if self._row is None:
            self.open_row()
        row = self._row
        assert row is not None
        at = len(row) + skipped
        while self._taken_until.get(at, 0) > self._number:
            at += 1
        if skipped < 0:
            raise Refused("truncated")
        if at + across > LAST_COLUMN:
            raise Refused("far_cell", sheet=self._out.number)
        row += [""] * (at - len(row))
        row.append(text)
        row += [""] * (across - 1)
        last = min(self._number + down, LAST_ROW) - 1
        if across > 1 or down > 1:
            self._merges.append((self._number, at, last, at + across - 1))
        if down > 1:
            self._taken_until |= dict.fromkeys(range(at, at + across), last + 1)

    @property
    def next_row(self) -> int:
        return self._number + 1

    @property
    def next_column(self) -> int:
        return len(self._row or ())

    def close(self, is_hidden: bool = False) -> None:
        self._close_row()
        self._out.close(self._merges, is_hidden)

    def _close_row(self) -> None:
        if self._row is not None:
            self._out.row(self._row)
            self._row = None


def number_text(literal: str) -> str:
    """A number as it is written in markup; a whole one keeps every digit, for here none went through a float.

    >>> number_text("442000199001011234"), number_text("4.5E+3"), number_text("1.50102198507043E+17"), number_text("?")
    ('442000199001011234', '4500', '1.50102198507043e+17', '?')
    """
    plain = literal.strip()
    if WHOLE.fullmatch(plain):
        return plain
    try:
        return cell_text(float(plain))
    except (ValueError, OverflowError):
        return plain
