"""Forms that are printed and filled in by hand: one A4 page per person, in one sheet or a sheet each."""

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from reports.row_stream import LINE_POINTS, StreamedSheet, lines_needed
from reports.sheet import TEXT, Form
from reports.workbook import A4, FONT, Book, clean

LOOKS: dict[str, dict[str, Any]] = {
    "label": {"bold": True, "align": "center", "bg_color": "#F2F2F2"},
    "value": {"align": "left", "indent": 1},
    "centre": {"align": "center"},
    "stamp": {"align": "right", "valign": "bottom", "indent": 1},
    "quiet": {"align": "left", "indent": 1, "font_color": "#595959", "font_size": 9},
}
# The frame of a picture, over several rows.
LOOKS |= {
    "photo_top": {"align": "center", "valign": "bottom", "border": 0, "left": 1, "right": 1, "top": 1},
    "photo": {"align": "center", "border": 0, "left": 1, "right": 1},
    "photo_end": {"align": "center", "valign": "top", "border": 0, "left": 1, "right": 1, "bottom": 1},
}
BORDER: dict[str, Any] = {"border": 1, "border_color": "#7F7F7F", "text_wrap": True, "num_format": TEXT}
MOST_LINES = 15
PAGE_POINTS = 680  # of the 741 between the margins of A4 upright, less the title, and a little air
HEADING = {"bold": True, "font_size": 18, "align": "center"}
UNDER = {"font_size": 9, "align": "right", "font_color": "#595959"}


def tall(least: float, *shown: tuple[str, float]) -> float:
    """The height in points that the longest of these texts takes in a cell of its width: `least`, or up to a third of the page."""
    needed = max((lines_needed(text, width - 1) for text, width in shown), default=1)
    return max(least, LINE_POINTS * min(needed, MOST_LINES) + 6.0)


def room_left(rows: Sequence[tuple[float, object]], most: float, least: float) -> float:
    """The height that is left on the page for a row that may be as tall as `most`, and must be as tall as `least`."""
    return max(least, min(most, PAGE_POINTS - sum(height for height, _ in rows)))


def write_forms(book: Book, name: str, forms: Sequence[Form]) -> None:
    """All forms on one sheet, a printed page each."""
    paper = book.file.add_worksheet(name, worksheet_class=StreamedSheet)
    _set_up(paper, forms[0].widths)
    row, ends = 0, []
    for form in forms:
        row = _write(book, paper, form, row)
        ends.append(row)
    # "Fit to page" would switch these off, so the columns are as wide as the paper instead.
    paper.set_h_pagebreaks(ends[:-1])


def _set_up(paper: Worksheet, widths: Sequence[float]) -> None:
    paper.hide_gridlines(2)
    paper.set_portrait()
    paper.set_paper(A4)
    paper.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    paper.center_horizontally()
    paper.set_footer("&L&A&R第 &P 页，共 &N 页")
    for place, width in enumerate(widths):
        paper.set_column(place, place, width)


def _write(book: Book, paper: Worksheet, form: Form, row: int) -> int:
    """Write one form from `row` on. The row after it."""
    last = len(form.widths) - 1
    paper.set_row(row, 36)
    paper.merge_range(row, 0, row, last, clean(form.title), book.format(**HEADING))
    paper.set_row(row + 1, 18)
    paper.merge_range(row + 1, 0, row + 1, last, clean(form.line), book.format(**UNDER))
    for offset, (height, boxes) in enumerate(form.rows, start=row + 2):
        paper.set_row(offset, height)
        column = 0
        for box in boxes:
            looks = book.format(**(FONT | BORDER | LOOKS[box.look]))
            if box.across == 1:
                paper.write_string(offset, column, clean(box.text), looks)
            else:
                paper.merge_range(offset, column, offset, column + box.across - 1, clean(box.text), looks)
            column += box.across
    return row + 2 + len(form.rows)
