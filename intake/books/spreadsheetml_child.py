"""Reads Excel's XML of 2003 (SpreadsheetML), also as WPS writes it. Runs in the child process, by lxml.

Strict: text that is no XML is damage, and its line is named. No entity is resolved and no document type is loaded.
"""

from collections.abc import Mapping
from typing import Any

from intake.books.cell_frames import LAST_COLUMN, BookWriter, Refused
from intake.books.markup_grid import Grid, number_text

PIECE = 1 << 16
DEEPEST = 64  # tags within tags; a rich text in a cell needs ten
SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
LINKS = {EXCEL + "SupBook", EXCEL + "ExternName", EXCEL + "MacroSheet"}
NO_DAY = "1899-12-31T"  # what Excel writes before a time of day


def read_spreadsheetml(data: bytes, writer: BookWriter) -> None:
    """Every worksheet. Raises: Refused."""
    from lxml import etree

    book = Book(writer)
    parser = etree.XMLParser(
        target=book, encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for at in range(0, len(data), PIECE):
            parser.feed(data[at : at + PIECE])
        parser.close()
    except etree.XMLSyntaxError as problem:
        raise Refused("markup_broken", line=problem.lineno or 1) from None


class Book:
    """Takes the tags of a workbook in their order; the parser's target."""

    def __init__(self, writer: BookWriter) -> None:
        self._writer = writer
        self._path: list[str] = []
        self._grid: Grid | None = None
        self._cell: Mapping[str, str] = {}
        self._blank_rows = 0
        self._type = ""
        self._text: list[str] = []
        self._is_hidden = False
        self._words: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self._path and tag != SPACE + "Workbook":
            raise Refused("unknown_xml")
        if tag in LINKS:
            raise Refused("external_links")
        self._path.append(tag)
        if len(self._path) > DEEPEST:
            raise Refused("markup_depth")
        said = {k.removeprefix(SPACE): v for k, v in attributes.items()}
        if tag == SPACE + "Worksheet":
            self._grid, self._is_hidden, self._blank_rows = (
                Grid(self._writer.open_sheet(said.get("Name", ""))),
                False,
                0,
            )
        elif tag == SPACE + "Row" and self._grid:
            skipped = _number(said, "Index", self._grid.next_row + self._blank_rows + 1) - 1 - self._grid.next_row
            self._grid.open_row(skipped)
            self._blank_rows = _number(said, "Span", 0)
        elif tag == SPACE + "Cell":
            self._cell, self._type, self._text = said, "", []
        elif self._path[-2:] == [SPACE + "Cell", SPACE + "Data"]:
            self._type, self._words = said.get("Type", "String"), self._text
        elif tag == EXCEL + "Visible":
            self._text = self._words = []

    def end(self, tag: str) -> None:
        inside = self._path[-2:]
        self._path.pop()
        if tag == SPACE + "Cell" and self._grid:
            self._place(self._grid)
        elif inside == [SPACE + "Cell", SPACE + "Data"]:
            self._words = None
        elif tag == EXCEL + "Visible":
            self._is_hidden, self._words = "".join(self._text).strip() != "SheetVisible", None
        elif tag == EXCEL + "Date1904":
            self._writer.line(epoch_1904=True)
        elif tag == SPACE + "Worksheet" and self._grid:
            self._grid.close(self._is_hidden)
            self._grid = None

    def data(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def close(self) -> Any:
        return None

    def _place(self, grid: Grid) -> None:
        skipped = _number(self._cell, "Index", grid.next_column + 1) - 1 - grid.next_column
        across, down = _number(self._cell, "MergeAcross", 0) + 1, _number(self._cell, "MergeDown", 0) + 1
        if across > LAST_COLUMN:
            raise Refused("truncated")
        grid.place(_value("".join(self._text), self._type), across, down, skipped)


def _number(said: Mapping[str, str], name: str, otherwise: int) -> int:
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _value(text: str, sort: str) -> str:
    """
    >>> _value("2024-01-31T00:00:00.000", "DateTime"), _value("1", "Boolean"), _value("#N/A", "Error")
    ('2024-01-31', '是', '#N/A')
    """
    if sort == "Number":
        return number_text(text)
    if sort == "Boolean":
        return "是" if text.strip() in ("1", "true", "True") else "否"
    if sort == "DateTime":
        day, _, hour = text.strip().partition("T")
        hour = hour.partition(".")[0]
        if text.strip().startswith(NO_DAY):
            return hour
        return day if hour in ("", "00:00:00") else f"{day} {hour}"
    return text
