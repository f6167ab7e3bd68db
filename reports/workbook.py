"""The only writer of workbooks. Text is text, dates are dates, and no cell is ever a formula."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.catalogue import Words
from reports.row_stream import LINE_POINTS, Look, StreamedSheet, fit, lines_needed, row_xml
from reports.sheet import DAY, TEXT, WHOLE, Alarm, Block, Chart, Column, Content, Page, Sheet

FONT: dict[str, Any] = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
HEADER = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E78", "border": 1, "border_color": "#BFBFBF",
          "align": "center", "text_wrap": True}  # fmt: skip
FOOTNOTE = "注：以下从略，"  # begins as footers do, so that a sheet sent back is not read one row too long
NUMBER = {"align": "right", "indent": 1}
GRID = {"border": 1, "border_color": "#D9D9D9"}
ANSWER = {"bg_color": "#FFF8DC", "locked": False, "border": 1, "border_color": "#BFBFBF"}
BANNER = {"bold": True, "font_color": "#C00000"}
QUIET = {"italic": True, "font_color": "#595959"}
TITLE = {"bold": True, "font_size": 16, "font_color": "#1F4E78"}
SUBTITLE = {"bold": True, "font_size": 12, "font_color": "#1F4E78"}
MAY_STILL = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}
LABEL = {"color": "#000000", "bold": True, "size": 10}
BAR_COLOUR = "#9DC3E6"
BAR_PIXELS, CHART_WIDTH = 34, 720
A3, A4, COLUMNS_ON_A4, WIDE, LONGEST_PAGE = 8, 9, 12, 100, 70
LONGEST_NAME = 31  # of a sheet, in Excel
LONGEST_BANNER = 160  # in the width of digits
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def clean(text: str) -> str:
    """The text as a cell can hold it, for cells written one by one. With constant_memory XlsxWriter takes `<r>…</r>`
    for its own markup and writes it unescaped, so such a text gets a space in front."""
    text = fit(text)
    return " " + text if text.startswith("<r>") else text


@dataclass
class Book:
    """An open workbook and the formats made for it so far."""

    file: xlsxwriter.Workbook
    say: Words
    formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def format(self, **looks: Any) -> Format:
        key = tuple(sorted((FONT | looks).items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(dict(key))
        return self.formats[key]


@contextmanager
def open_book(path: Path, as_of: date, say: Words) -> Iterator[Book]:
    """A workbook that is whole when the block ends. Scratch files lie beside it, under the run's own protection."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)})
    # The clock would make the same night differ in bytes.
    file.set_properties({"title": path.stem, "author": "zhaoren", "created": datetime.combine(as_of, time())})
    try:
        yield Book(file, say)
    finally:
        file.close()


def write_sheet(book: Book, sheet: Sheet, content: Content, banners: tuple[str, ...] = ()) -> None:
    """The rows, on as many sheets of the workbook as they need: `name`, `name 2` and so on."""
    sheet, parts = _in_words(sheet, book.say), content.parts
    for number, rows in enumerate(parts, 1):
        mark = f" {number}" if number > 1 else ""
        named = replace(sheet, name=sheet.name[: LONGEST_NAME - len(mark)] + mark)
        _write_one(book, named, rows, content.remainder if number == len(parts) else "", banners)


def _write_one(book: Book, sheet: Sheet, rows: pa.Table, remainder: str, banners: tuple[str, ...]) -> None:
    """Banners, frozen header with filter, rows; a line instead of rows if there are none, and one if cut short."""
    paper = book.file.add_worksheet(sheet.name, worksheet_class=StreamedSheet)
    for row, line in enumerate(banners):
        paper.write_string(row, 0, clean(book.say(line)), book.format(**BANNER))
    top = len(banners)
    _set_up(book, paper, sheet, top)
    count = _write_rows(book, paper, sheet, rows, top + 1)
    last_column = len(sheet.columns) - 1
    paper.autofilter(top, 0, top + max(count, 1), last_column)
    if count == 0:
        paper.write_string(top + 1, 0, sheet.empty, book.format(**QUIET))
    if remainder:
        paper.write_string(top + 1 + count, 0, book.say(FOOTNOTE) + book.say(remainder), book.format(**BANNER))
    if sum(c.shown_width for c in sheet.columns) > LONGEST_BANNER:
        last_row = top + max(count, 1) + bool(remainder)
        paper.print_area(0, 0, last_row, last_column)  # a long text in the last column would widen the page
    for place in (i for i, c in enumerate(sheet.columns) if c.bar and count):
        paper.conditional_format(top + 1, place, top + count, place, {"type": "data_bar", "bar_color": BAR_COLOUR})
    if sheet.has_answers:
        _open_answers(paper, sheet, top + 1, count, book.say)


def _in_words(sheet: Sheet, say: Words) -> Sheet:
    columns = tuple(replace(c, header=say(c.header), choices=tuple(map(say, c.choices))) for c in sheet.columns)
    return replace(sheet, name=say(sheet.name)[:LONGEST_NAME], empty=say(sheet.empty), columns=columns)


def _set_up(book: Book, paper: Worksheet, sheet: Sheet, top: int) -> None:
    paper.hide_gridlines(0)
    paper.set_landscape()
    paper.set_paper(A4 if len(sheet.columns) <= COLUMNS_ON_A4 else A3)
    paper.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    paper.fit_to_pages(1, 0)
    paper.set_footer(f"&L&A&R{book.say('第 &P 页，共 &N 页')}")
    paper.repeat_rows(top)
    paper.freeze_panes(top + 1, sheet.fixed_columns)
    paper.set_row(top, 24)
    for index, column in enumerate(sheet.columns):
        width, form = column.shown_width, book.format(num_format=column.form)
        paper.set_column(index, index, width, form, {"hidden": True} if column.hidden else None)
        paper.write_string(top, index, column.header, book.format(**HEADER))


def _write_rows(book: Book, paper: StreamedSheet, sheet: Sheet, rows: pa.Table, first: int) -> int:
    """Write the rows, answer columns as empty cells. How many."""
    looks = {column.field: _look(book, column, place) for place, column in enumerate(sheet.columns)}
    places = {c.field: n for n, c in enumerate(sheet.delivered)}
    delivered = [replace(looks[c.field], against=places.get(c.unlike)) for c in sheet.delivered]
    answers = [looks[c.field] for c in sheet.columns if c.answer]
    return paper.append_rows(first, row_xml(rows, delivered, answers, first), len(sheet.columns) - 1)


def _look(book: Book, column: Column, place: int) -> Look:
    kind = {TEXT: "text", DAY: "day"}.get(column.form, "number")
    style = _cell_format(book, column)._get_xf_index()
    return Look(xl_col_to_name(place), style, kind, column.shown_width if column.wrap else 0)


def _cell_format(book: Book, column: Column) -> Format:
    looks: dict[str, Any] = {"num_format": column.form}
    if column.wrap:
        looks["text_wrap"] = True
    if column.form == DAY:
        looks["align"] = "center"
    elif column.form != TEXT:
        looks |= NUMBER
    return book.format(**(looks | ANSWER if column.answer else looks))


def _open_answers(paper: Worksheet, sheet: Sheet, first: int, count: int, say: Words) -> None:
    """Protect the sheet but for its answer columns, and offer their drop-downs."""
    paper.protect("", MAY_STILL)
    for index, column in enumerate(sheet.columns):
        if not column.answer or count == 0:
            continue
        if column.choices:
            rule: dict[str, Any] = {
                "validate": "list", "source": list(column.choices),
                "error_title": say("请从列表中选择"), "error_message": say("只能填：{choices}", choices="、".join(column.choices)),
            }  # fmt: skip
        elif column.form == DAY:
            rule = {
                "validate": "date", "criteria": ">=", "value": date(2000, 1, 1),
                "error_title": say("日期不对"), "error_message": say("请填日期，例如 2026-01-15"),
            }  # fmt: skip
        else:
            continue
        paper.data_validation(first, index, first + count - 1, index, rule)


def write_page(book: Book, page: Page, contents: Mapping[str, Content], banners: tuple[str, ...] = ()) -> None:
    """A page for reading: title, banners, lines, then block after block; charts to their right."""
    paper = book.file.add_worksheet(book.say(page.name), worksheet_class=StreamedSheet)
    paper.hide_gridlines(2)
    if page.charts or sum(page.widths) > WIDE:
        paper.set_landscape()
    paper.set_paper(A4)
    paper.set_row(0, 30)
    for index, width in enumerate(page.widths):
        paper.set_column(index, index, width)
    paper.write_string(0, 0, clean(book.say(page.title)), book.format(**TITLE))
    row = 1
    for lines, looks in ((banners, BANNER), (page.lines, {})):
        for line in lines:
            paper.write_string(row, 0, clean(book.say(line)), book.format(**looks))
            row += 1
    turns = []
    for block in page.blocks:
        turns += [row + 1] if block.on_new_page else []
        row = _write_block(book, paper, block, page.widths, row + 1)
    paper.fit_to_pages(1, 1 if row <= LONGEST_PAGE else 0)  # more rows on one sheet of paper nobody can read
    paper.set_h_pagebreaks(turns if row > LONGEST_PAGE else [])
    _draw_charts(book, paper, page.charts, contents, len(banners))


def _write_block(book: Book, paper: Worksheet, block: Block, widths: tuple[float, ...], row: int) -> int:
    """Write one block from `row` on. The row after it."""
    paper.set_row(row, 22)
    paper.write_string(row, 0, clean(book.say(block.title)), book.format(**SUBTITLE))
    if not block.rows:
        paper.write_string(row + 1, 0, book.say(block.empty), book.format(**QUIET))
        return row + 2
    for index, header in enumerate(block.header):
        paper.write_string(row + 1, index, book.say(header), book.format(**HEADER))
    for offset, values in enumerate(block.rows, start=row + 2):
        lines = [_write_value(book, paper, offset, i, v, widths[i], i < len(values) - 1) for i, v in enumerate(values)]
        if max(lines) > 1:
            paper.set_row(offset, LINE_POINTS * max(lines))
    return row + 2 + len(block.rows)


def _write_value(book: Book, paper: Worksheet, row: int, place: int, value: Any, width: float, wrap: bool) -> int:
    """Write one value of a block. How many lines it takes: one that is not wrapped runs on over the cells to its
    right, and then has no border."""
    if not isinstance(value, str):
        form = "0.0" if isinstance(value, float) else WHOLE
        paper.write_number(row, place, value, book.format(num_format=form, **NUMBER, **GRID))
        return 1
    text = clean(book.say(value))
    lines = lines_needed(text, width)
    looks: dict[str, Any] = {"num_format": TEXT, "text_wrap": wrap}
    if wrap or lines == 1:
        looks |= GRID
    if isinstance(value, Alarm):
        looks |= BANNER
    paper.write_string(row, place, text, book.format(**looks))
    return lines if wrap else 1


def _draw_charts(
    book: Book, paper: Worksheet, charts: tuple[Chart, ...], contents: Mapping[str, Content], top: int
) -> None:
    """Draw each chart under the one before it. `top` is the row of the header on the sheets the bars are read from."""
    down = 0
    for chart in charts:
        count = contents[chart.sheet.name].table.num_rows
        if count == 0:
            continue
        height = 150 + BAR_PIXELS * count
        drawn = _bars(book, chart, top + 1, top + count, height)
        paper.insert_chart(
            chart.at, drawn, {"y_offset": down, "object_position": 3, "description": book.say(chart.title)}
        )
        down += height + 20


def _bars(book: Book, chart: Chart, first: int, last: int, height: int) -> Any:
    drawn = book.file.add_chart({"type": "bar", "subtype": chart.stacking})
    places = {c.field: i for i, c in enumerate(chart.sheet.columns)}
    name = book.say(chart.sheet.name)[:LONGEST_NAME]
    for series in chart.series:
        place = places[series.field]
        drawn.add_series(
            {
                "name": [name, first - 1, place],
                "categories": [name, first, places[chart.category], last, places[chart.category]],
                "values": [name, first, place, last, place],
                "fill": {"color": series.colour},
                "gap": 60,
                # a zero has no bar, so it gets no number either
                **({"data_labels": {"value": True, "num_format": "#,##0;;", "font": LABEL}} if chart.labels else {}),
            }
        )
    drawn.set_title({"name": book.say(chart.title), "name_font": {"size": 13}})
    drawn.set_y_axis({"reverse": True, "crossing": "max", "num_font": {"size": 10}})
    form = "0%" if chart.stacking == "percent_stacked" else WHOLE
    lines = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
    drawn.set_x_axis({"name": book.say(chart.axis), "num_format": form, "min": 0, "major_gridlines": lines})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": CHART_WIDTH, "height": height})
    return drawn
