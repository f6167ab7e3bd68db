"""What stands in a workbook of any kind comes back cell for cell; what is no data is told apart from what is."""

import io
import random
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import pytest
import xlsxwriter
import xlwt
from python_calamine import CalamineWorkbook

from intake.books.book import Sheet, read_frames
from intake.books.cell_frames import BookWriter
from intake.books.spreadsheet import is_spreadsheet, read_sheets, read_tables
from intake.books.spreadsheet_child import cell_text, read_all
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from tests.book_writers import HTML, WRITERS, XML, by_openpyxl, by_xlwt
from tests.hostile_files import SHEET, good_csv, good_html, good_xls, good_xlsx, good_xml, good_zip, with_sheet
from tests.rough_files import DEATH, deaths
from tests.zip_tricks import repacked

DEATHS, AID = LAYOUTS["death"], LAYOUTS["low_income"]
LONG, TEXT = 442000199001011234, "442000199001011234"
KINDS = pytest.mark.parametrize("kind", WRITERS)


def cells_of(sheet: Sheet) -> list[list[str]]:
    return [list(row.values()) for row in sheet.cells.to_pylist()]


def rows_of(data: bytes) -> list[list[str]]:
    (sheet,) = read_sheets(data).sheets
    return cells_of(sheet)


# Cells.


@KINDS
def test_text_comes_back_as_it_went_in_every_kind(kind: str) -> None:
    rows = [["姓名", "'1", "x y", TEXT], ["", "𬭎·A", "=1 ", '="15"'], ["00123", "", "", "是"]]
    book = read_sheets(WRITERS[kind](rows))
    assert (book.encoding, book.epoch_1904) == (kind, False)
    assert [[c.strip() for c in r] for r in cells_of(book.sheets[0])] == [[c.strip() for c in r] for r in rows]


TYPED = [
    ("甲", "甲"), (1, "1"), (1.5, "1.5"), (-0.0, "0"), (0.1, "0.1"), (123456789012345, "123456789012345"),
    (float(LONG), "4.420001990010112e+17"), (1.10101199003071e17, "1.10101199003071e+17"), (True, "是"), (False, "否"),
    (date(2024, 1, 31), "2024-01-31"), (datetime(2024, 1, 31, 8, 30), "2024-01-31 08:30:00"), (None, ""),
    ("45322", "45322"), (45322, "45322"),
]  # fmt: skip


@pytest.mark.parametrize("write", [by_openpyxl, by_xlwt], ids=["xlsx", "xls"])
def test_every_kind_of_cell_comes_back_by_its_own_type(write: Callable[..., bytes]) -> None:
    cells = [c for c in TYPED if write is by_openpyxl or not isinstance(c[0], datetime)]
    (row,) = rows_of(write([[value for value, _ in cells]]))
    assert [t if "e+17" not in t else t[:14] for t in row] == [s if "e+17" not in s else s[:14] for _, s in cells]


@pytest.mark.parametrize("write", [by_openpyxl, by_xlwt], ids=["xlsx", "xls"])
def test_days_are_right_under_the_year_1904_and_the_flag_is_handed_on(write: Callable[..., bytes]) -> None:
    rows = [[*DEATH], ["甲", "1", date(2024, 1, 31)], ["乙", "2", 43860]]
    book = read_sheets(write(rows, epoch_1904=True))
    assert book.epoch_1904
    assert [r[2] for r in cells_of(book.sheets[0])] == ["死亡日期", "2024-01-31", "43860"]
    (table,) = read_tables(write(rows, epoch_1904=True), DEATHS, {}, [])
    assert table.epoch_1904 and not read_tables(write(rows), DEATHS, {}, [])[0].epoch_1904


def test_error_values_of_an_xlsx_come_back_as_their_text() -> None:
    cells = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c><c r="A2" s="0" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    data = repacked(good_xlsx(), lambda parts: parts.update({SHEET: sheet.encode()}))
    assert rows_of(data) == [["", "", ""], ["#DIV/0!", "#N/A", "1"]]


def test_error_values_of_an_xls_come_back_as_their_text() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write(1, 1, "x")
    sheet.row(0).set_cell_error(2, 0x17)
    out = io.BytesIO()
    book.save(out)
    assert rows_of(out.getvalue()) == [["", "", "#REF!"], ["", "x", ""]]


def test_formulas_give_what_was_saved_and_are_counted_where_nothing_was() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, DEATH)
        sheet.write_row(1, 0, deaths(1)[0][:2])
        sheet.write_formula(1, 2, "=TODAY()", None, 45444)
    (table,) = read_tables(out.getvalue(), DEATHS, {}, notes := list[str]())
    assert table.cells["c2"].to_pylist() == ["45444"] and notes == []
    bare = by_openpyxl([DEATH, [*deaths(1)[0][:2], "=TODAY()"]], formulas=True)
    read_tables(bare, DEATHS, {}, notes)
    assert [("第 1 张" in n and "1 个公式" in n) for n in notes] == [True]


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ('<c r="A1"><f>B1</f></c>', 1), ('<c r="A1"><f>B1</f><v></v></c>', 1), ('<c r="A1"><f t="shared" si="0"/><v/></c>', 1),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', 0), ('<c r="A1"><f>B1</f><v>0</v></c>', 0), ('<c r="A1"><v></v></c>', 0),
    ],
)  # fmt: skip
def test_a_formula_has_no_value_where_none_was_saved(cell: str, count: int) -> None:
    (sheet,) = read_sheets(with_sheet(f'<row r="1">{cell}<c r="B1"><v>5</v></c></row>')).sheets
    assert sheet.unvalued == count and cells_of(sheet)[0][-1] == "5"


def test_a_large_sheet_is_cell_for_cell_what_a_slow_reader_says() -> None:
    rng = random.Random(3)
    values = ("", "甲", "a\nb", 0, 7, 1.25, 1e15, 9.9e15, 1e300, 1e-7, True, False, date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3), time(8, 30))  # fmt: skip
    kinds = [values, values[:2], values[3:10], values[12:14], ("",), ("x", "y"), (1.0, 2.0), ("", date(2000, 1, 1))]
    rows: list[list[Any]] = [[None, *(rng.choice(kind) or None for kind in kinds)] for _ in range(9000)]
    data = by_openpyxl([[None] * 9] * 3 + rows)
    naive = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows_of(data) == [[cell_text(c) for c in row] for row in naive]


# Web pages and XML.


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<td>a &nbsp; b\n  c</td>", "a   b c"), ("<td>甲<br>乙<br/>丙</td>", "甲\n乙\n丙"), ("<td><p>甲</p><p>乙</p></td>", "甲\n乙"),
        ("<td>&#29579;&#x4e00;&lt;b&gt;</td>", "王一<b>"), ("<td><!-- x -->甲<script>y()</script><style>z</style></td>", "甲"),
        ("<td x:num>12</td>", "12"), ('<td x:num="1.10101199003071E+17">1.1E+17</td>', "1.10101199003071e+17"),
        ('<td x:num="45322">2024/1/31</td>', "2024/1/31"), ('<td x:num="1234567.5">1,234,567.50</td>', "1234567.5"),
        ('<td x:str="0012">12</td>', "0012"), ('<td x:bool="TRUE">TRUE</td>', "是"), ('<td x:err="#N/A">?</td>', "#N/A"),
        ('<td style="mso-number-format:\'\\@\'">442000199001011234</td>', TEXT), ("<th>甲", "甲"), ("<td>​</td>", "​"),
    ],
)  # fmt: skip
def test_a_cell_of_a_web_page_is_what_it_shows_or_what_excel_noted(cell: str, text: str) -> None:
    assert rows_of(HTML.format(f"<table><tr>{cell}<td>z</table>").encode()) == [[text, "z"]]


def test_tags_that_nobody_closed_and_rows_of_any_length_are_read() -> None:
    page = "<TABLE border=1><TR><TD>a<TD>b<TR><TD>c<TBODY><TR><TH>d<TH>e<TH>f</TABLE>"
    assert rows_of(page.encode()) == [["a", "b", ""], ["c", "", ""], ["d", "e", "f"]]
    assert rows_of(b"<tr><td>a</td></tr><tr><td>b</td></tr>") == [["a"], ["b"]]


def test_a_table_within_a_table_is_one_of_its_own_and_stands_in_the_cell_too() -> None:
    page = "<table><tr><td>菜单</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>"
    book = read_sheets(page.encode())
    assert [s.name for s in book.sheets] == ["表1", "表2"]
    assert [cells_of(s) for s in book.sheets] == [[["菜单", "1 2"]], [["1", "2"]]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", ["html", "xml"])
def test_markup_is_read_in_the_encoding_that_it_is_in_whatever_it_says(kind: str, encoding: str) -> None:
    text = (good_html() if kind == "html" else good_xml()).decode()
    for said in ("utf-8", "gb2312"):
        lying = text.replace("charset=utf-8", f"charset={said}").replace('"1.0"', f'"1.0" encoding="{said}"')
        data = lying.encode(encoding)
        assert is_spreadsheet(data)
        assert read_tables(data, DEATHS, {}, [])[0].cells["c0"].to_pylist() == [r[0] for r in deaths(*range(1, 9))]


def test_a_page_in_big5_is_read_as_it_says() -> None:
    page = '<html><meta charset="Big5"><table><tr><td>證件號碼</td></tr></table></html>'
    assert rows_of(page.encode("big5")) == [["證件號碼"]]


def test_cells_of_2003_are_read_by_their_type_and_place() -> None:
    cells = (
        '<Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="Number">442000199001011234</Data></Cell>'
        '<Cell><Data ss:Type="Number">1.10101199003071E+17</Data></Cell><Cell><Data ss:Type="Number">1.50</Data></Cell></Row>'
        '<Row ss:Span="1"/><Row><Cell><Data ss:Type="DateTime">2024-01-31T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell>'
        '<Cell><Data ss:Type="Error">#N/A</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell></Row>'
    )
    options = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    data = XML.format(f'<Worksheet ss:Name="S"><Table>{cells}</Table>{options}</Worksheet>').encode()
    (sheet,) = read_sheets(data).sheets
    assert sheet.is_hidden
    assert cells_of(sheet) == [
        ["", "", "", ""], ["", TEXT, "1.10101199003071e+17", "1.5"], [""] * 4, [""] * 4,
        ["2024-01-31", "08:30:00", "是", "#N/A"],
    ]  # fmt: skip


# Told apart by content.


FIRST_BYTES = {
    "xlsx": (good_xlsx(), True), "xls": (good_xls(), True), "html": (good_html(), True), "xml": (good_xml(), True),
    "a tag after a blank line": (b" \r\n<TABLE>", True), "utf-8 mark": ("\ufeff<!DOCTYPE html>".encode(), True),
    "utf-16 mark": ("\ufeff<html>".encode("utf-16-be"), True), "zip": (good_zip(), True), "csv": (good_csv(), False),
    "tags as headers": (b"<b>,<i>\n1,2", False), "tags without an end": (b"<table,<tr\n", False), "signs": (b"<5,>6\n", False),
    "nothing": (b"", False), "one sign": (b"<", False), "a name in brackets": ("<张三>,1\n".encode(), False),
    "half a tag": (b"<html", False),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), FIRST_BYTES.values(), ids=FIRST_BYTES)
def test_a_workbook_is_known_by_its_first_bytes(data: bytes, expected: bool) -> None:
    assert is_spreadsheet(data) is expected


# The child.


@pytest.mark.parametrize(("kind", "package"), [("xlsx", "python_calamine"), ("html", "lxml"), ("xml", "lxml")])
def test_a_missing_reader_is_said_to_be_missing_and_not_the_file_damaged(
    kind: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    out = io.BytesIO()
    read_all(kind, b"<x/>", BookWriter(out))
    out.seek(0)
    with pytest.raises(DeliveryRefused) as problem:
        read_frames(kind, out, 1 << 20)
    assert problem.value.code == "missing_dependency" and package.replace("_", "-") in problem.value.reason


def test_what_a_child_wrote_is_a_book_only_when_it_is_whole() -> None:
    out = io.BytesIO()
    read_all("html", good_html(), BookWriter(out))
    whole = out.getvalue()
    assert read_frames("html", io.BytesIO(whole), 1 << 20) is not None
    places = [
        *range(0, len(whole), 7),
        *(a + 1 for a, b in pairwise(range(len(whole))) if whole[a] == 10),
        len(whole) - 1,
    ]
    assert all(read_frames("html", io.BytesIO(whole[:cut]), 1 << 20) is None for cut in places if cut < len(whole))
