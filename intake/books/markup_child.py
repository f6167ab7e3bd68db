"""Reads web pages that are saved as .xls. Runs in the child process, by lxml.

A page is read as a stream of tags, so that a long table needs no tree. Nothing is fetched; the text comes as UTF-8,
decoded strictly by the parent, and whatever the page says of its own encoding no longer counts.
"""

import re
from collections.abc import Mapping
from typing import Any

from intake.books.cell_frames import BookWriter, Refused
from intake.books.markup_grid import Grid, number_text

PIECE = 1 << 16
WIDEST, HIGHEST = 1000, 65_534  # of a cell, as the HTML standard cuts them
DEEPEST = 16  # tables within tables; a layout needs two or three
LONGEST_TEXT = 32_767  # of a cell, by Excel's specification; only what comes from inner tables is cut there
SPACES = re.compile(r"[ \t\r\n\f]+")
NUMBER_SHOWN = re.compile(r"[+-]?[0-9,]*\.?[0-9]*(E[+-]?[0-9]+)?|#+", re.IGNORECASE)
BREAK = "\x00"  # stands in no text of a page
SPAN = re.compile("[0-9]{1,20}")
BREAKS = {"br", "p", "div", "li"}
UNSEEN = {"script", "style", "title"}
UNSEEN_PARTS = re.compile(rb"<!--.*?-->|<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
TABLE_TAG = re.compile(rb"<(/?)table[\s>/]", re.IGNORECASE)


def read_html(data: bytes, writer: BookWriter) -> None:
    """Every table of a page, the outer before those within it. Raises: Refused."""
    from lxml import etree

    if _is_cut(data):
        raise Refused("truncated")
    page = Page(writer)
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True, huge_tree=False)
    for at in range(0, len(data), PIECE):
        parser.feed(data[at : at + PIECE])
    if data:
        parser.close()
    if not page.count:
        raise Refused("no_table")


def _is_cut(data: bytes) -> bool:
    """Whether a table is begun and not ended: rows that are not there would be missed by nobody."""
    if _unended(data) <= 0:
        return False
    return _unended(UNSEEN_PARTS.sub(b"", data)) > 0


def _unended(data: bytes) -> int:
    ends = TABLE_TAG.findall(data)
    return ends.count(b"") - ends.count(b"/")


class Cell:
    """One td or th: its own words, and what Excel noted of its value."""

    __slots__ = ("_room", "_said", "words")

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self.words: list[str] = []
        self._room = LONGEST_TEXT

    def inner(self, text: str) -> None:
        """What stands in a table within the cell."""
        if text and self._room > 0:
            self.words += (" ", text[: self._room])
            self._room -= len(text) + 1

    def text(self) -> str:
        shown = "".join(self.words)
        if not shown.isalnum():
            lines = (SPACES.sub(" ", line).replace("\xa0", " ").strip() for line in shown.split(BREAK))
            shown = "\n".join(filter(None, lines))
        return self._noted(shown) if self._said else shown

    def span(self, name: str, most: int) -> int:
        said = self._said.get(name, "").strip()
        return max(1, min(int(said), most)) if SPAN.fullmatch(said) else 1

    def _noted(self, shown: str) -> str:
        """The value as Excel noted it beside what it shows, where that says more."""
        for note in ("x:str", "x:err"):
            if self._said.get(note):
                return self._said[note]
        if value := self._said.get("x:bool"):
            return "是" if value.upper() in ("TRUE", "1") else "否"
        number = self._said.get("x:num")
        return number_text(number) if number and NUMBER_SHOWN.fullmatch(shown) else shown


class Page:
    """Takes the tags of a page in their order; the parser's target."""

    def __init__(self, writer: BookWriter) -> None:
        self._writer = writer
        self._open: list[tuple[Grid, list[Cell]]] = []  # a table, and its cell where one is open
        self._unseen = self.count = 0

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        if tag in ("td", "th"):
            grid, cells = self._table()
            self._end_cell(grid, cells)
            cells.append(Cell(said))
        elif tag == "tr":
            grid, cells = self._table()
            self._end_cell(grid, cells)
            grid.open_row()
        elif tag == "table":
            self._begin_table()
        elif tag in UNSEEN:
            self._unseen += 1
        elif tag in BREAKS and (cell := self._cell()):
            cell.words.append(BREAK)

    def end(self, tag: str) -> None:
        if tag in ("td", "th", "tr") and self._open:
            self._end_cell(*self._open[-1])
        elif tag == "table" and self._open:
            self._end_table()
        elif tag in UNSEEN:
            self._unseen -= 1
        elif tag in BREAKS and (cell := self._cell()):
            cell.words.append(BREAK)

    def data(self, text: str) -> None:
        if not self._unseen and (cell := self._cell()):
            cell.words.append(text)

    def close(self) -> Any:
        while self._open:
            self._end_table()

    def _cell(self) -> Cell | None:
        return self._open[-1][1][-1] if self._open and self._open[-1][1] else None

    def _table(self) -> tuple[Grid, list[Cell]]:
        if not self._open:  # rows without a table around them, as some systems write
            self._begin_table()
        return self._open[-1]

    def _begin_table(self) -> None:
        if len(self._open) == DEEPEST:
            raise Refused("markup_depth")
        self.count += 1
        self._open.append((Grid(self._writer.open_sheet(f"表{self.count}")), []))

    def _end_table(self) -> None:
        grid, cells = self._open[-1]
        self._end_cell(grid, cells)
        grid.close()
        self._open.pop()

    def _end_cell(self, grid: Grid, cells: list[Cell]) -> None:
        if not cells:
            return
        cell = cells.pop()
        text = cell.text()
        grid.place(text, cell.span("colspan", WIDEST), cell.span("rowspan", HIGHEST))
        if len(self._open) > 1:
            for _, outer in self._open[:-1]:
                if outer:
                    outer[-1].inner(text)
