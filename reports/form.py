"""Forms that are printed and filled in by hand: one A4 page per person, in one sheet or a sheet each."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.row_stream import LINE_POINTS, PLAIN_TEXT, StreamedSheet, as_xml, lines_needed
from reports.sheet import TEXT, Box, Form
from reports.workbook import A4, Book

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
HEADING: dict[str, Any] = {"bold": True, "font_size": 18, "align": "center"}
UNDER: dict[str, Any] = {"font_size": 9, "align": "right", "font_color": "#595959"}
STYLES = {look: BORDER | looks for look, looks in LOOKS.items()} | {"heading": HEADING, "under": UNDER}


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
    widths = forms[0].widths
    _set_up(paper, widths)
    pages = [_rows(form) for form in forms]
    styles = {look: book.format(**looks)._get_xf_index() for look, looks in STYLES.items()}
    paper.append_rows(0, _xml(paper, [row for page in pages for row in page], styles), len(widths) - 1)
    # "Fit to page" would switch these off, so the columns are as wide as the paper instead.
    paper.set_h_pagebreaks(list(accumulate(len(page) for page in pages))[:-1])


def _rows(form: Form) -> list[tuple[float, tuple[Box, ...]]]:
    """The rows of one form, its title and the line under it among them."""
    across = len(form.widths)
    return [(36.0, (Box(form.title, across, "heading"),)), (18.0, (Box(form.line, across, "under"),)), *form.rows]


_letter = cache(xl_col_to_name)  # a form has a handful of columns and hundreds of thousands of boxes


def _xml(paper: StreamedSheet, rows: Sequence[tuple[float, tuple[Box, ...]]], styles: Mapping[str, int]) -> Iterator[tuple[int, str]]:  # fmt: skip
    """Each row as XML, with how many it is; what is merged is put on the sheet. The library would write every cell of a merged range twice."""
    for number, (height, boxes) in enumerate(rows, 1):
        cells, column = [], 0
        for box in boxes:
            shown, style = as_xml(box.text), styles[box.look]
            at = f'<c r="{_letter(column)}{number}" s="{style}"'
            cells.append(f'{at} t="inlineStr"><is>{PLAIN_TEXT}{shown}</t></is></c>' if shown else f"{at}/>")
            cells += [f'<c r="{_letter(n)}{number}" s="{style}"/>' for n in range(column + 1, column + box.across)]
            if box.across > 1:
                paper.merge.append([number - 1, column, number - 1, column + box.across - 1])
            column += box.across
        yield 1, f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'


def _set_up(paper: Worksheet, widths: Sequence[float]) -> None:
    paper.hide_gridlines(2)
    paper.set_portrait()
    paper.set_paper(A4)
    paper.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    paper.center_horizontally()
    paper.set_footer("&L&A&R第 &P 页，共 &N 页")
    for place, width in enumerate(widths):
        paper.set_column(place, place, width)
