"""Which sheets are tables, where their header is, and what is said of the others; whatever the workbook is made of."""

import io
from typing import Any

import pytest
import xlsxwriter

from intake.books.header_rows import merge_header
from intake.books.spreadsheet import read_tables
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from tests.book_writers import WRITERS, by_openpyxl
from tests.hostile_files import SHEET
from tests.rough_files import DEATH, deaths
from tests.zip_tricks import repacked

DEATHS, AID = LAYOUTS["death"], LAYOUTS["low_income"]
KINDS = pytest.mark.parametrize("kind", WRITERS)


def refused(data: bytes, code: str, layout: Any = DEATHS) -> str:
    with pytest.raises(DeliveryRefused) as problem:
        read_tables(data, layout, {}, [])
    assert problem.value.code == code
    return problem.value.reason


# Headers of two rows.

UPPER = ["户主", "", "家庭成员", "", "", "低保类别", "起始保障年月", "保障人数", "", ""]
LOWER = ["姓名", "身份证号", "姓名", "身份证号", "与户主关系", "", "", "合计", "重点", "残疾"]
OVER = [(0, 0, 0, 1), (0, 2, 0, 4), (0, 5, 1, 5), (0, 6, 1, 6), (0, 7, 0, 9)]
HOME = [
    ["王甲", "1", "王甲", "1", "本人", "城市低保", "202401", "3", "1", "0"],
    ["", "", "王乙", "2", "子", "城市低保", "202401", "", "", ""],
    ["", "", "王丙", "3", "女", "城市低保", "202401", "", "", ""],
    ["赵甲", "4", "赵甲", "4", "本人", "农村低保", "202402", "1", "", "1"],
]


@KINDS
def test_a_header_of_two_rows_binds_and_merged_householders_stand_in_each_row(kind: str) -> None:
    down = [(r + 3, c, r + 5, c) for r, c in ((0, 0), (0, 1))]
    rows = [["某镇低保名册", *[""] * 9], UPPER, LOWER, *HOME]
    merges = [(0, 0, 0, 9), *((t + 1, a, b + 1, c) for t, a, b, c in OVER), *down]
    (table,) = read_tables(WRITERS[kind](rows, merges=merges), AID, {}, [])
    bound = table.binding.fields
    assert [bound[f] for f in ("householder_name", "householder_id", "name", "id_number", "relation", "members")] == [
        0, 1, 2, 3, 4, 7,
    ]  # fmt: skip
    assert table.binding.extra == {8: "保障人数重点", 9: "保障人数残疾"}
    assert table.cells["c0"].to_pylist() == ["王甲", "王甲", "王甲", "赵甲"]
    assert table.cells["c7"].to_pylist() == ["3", "", "", "1"]  # not merged: left to who knows the column


THREE = [
    ["户主", "", "家庭成员", "", "", "低保类别", "起始保障年月", "保障情况", "", "", ""],
    ["姓名", "身份证号", "姓名", "身份证号", "与户主关系", "", "", "保障人数", "", "", "月保障金"],
    ["", "", "", "", "", "", "", "合计", "重点", "残疾", ""],
]
OVER_THREE = [
    (0, 0, 0, 1), (0, 2, 0, 4), (0, 5, 2, 5), (0, 6, 2, 6), (0, 7, 0, 10), (1, 7, 1, 9), (1, 10, 2, 10),
    *((1, column, 2, column) for column in range(5)),
]  # fmt: skip


@KINDS
def test_a_header_of_three_rows_is_one(kind: str) -> None:
    rows = [["某镇低保名册", *[""] * 10], *THREE, *([*row, "500"] for row in HOME)]
    merges = [(0, 0, 0, 10), *((t + 1, a, b + 1, c) for t, a, b, c in OVER_THREE)]
    (table,) = read_tables(WRITERS[kind](rows, merges=merges), AID, {}, [])
    bound = table.binding.fields
    assert [bound[f] for f in ("householder_name", "householder_id", "name", "id_number", "relation", "members", "amount")] == [
        0, 1, 2, 3, 4, 7, 10,
    ]  # fmt: skip
    assert table.cells.num_rows == 4 and len(table.binding.extra) == 2


@KINDS
def test_a_title_over_the_whole_table_is_no_part_of_the_header(kind: str) -> None:
    rows = [["某市名单", "", ""], ["填报单位：某局", "", "2024年6月"], [*DEATH], *deaths(1, 2)]
    (table,) = read_tables(WRITERS[kind](rows, merges=[(0, 0, 0, 2), (1, 0, 1, 1)]), DEATHS, {}, [])
    assert table.binding.extra == {} and table.cells.num_rows == 2


def test_a_header_of_two_rows_that_comes_again_on_each_page_is_no_row() -> None:
    rows = [UPPER, LOWER, *HOME[:2], UPPER, LOWER, *HOME[2:]]
    (table,) = read_tables(by_openpyxl(rows, merges=OVER), AID, {}, [])
    assert table.cells["c2"].to_pylist() == ["王甲", "王乙", "王丙", "赵甲"]


HEADERS = [
    pytest.param([["姓名", "金额", "", "备注"], ["", "应发", "实发", ""]], ["姓名", "金额应发", "金额实发", "备注"], 2, id="blanks"),
    pytest.param([["姓名", "金额", ""], ["张三", "1", "2"]], ["姓名", "金额", ""], 1, id="data under it"),
    pytest.param([["姓名", "金额", ""], ["", "20240101", "2"]], ["姓名", "金额", ""], 1, id="numbers under it"),
    pytest.param([["名单", "", ""], ["姓名", "证件号码", "备注"]], ["名单", "", ""], 1, id="a title"),
    pytest.param([["姓名", "证件号码"], ["", ""]], ["姓名", "证件号码"], 1, id="a blank row"),
    pytest.param([["姓名", "证件号码"]], ["姓名", "证件号码"], 1, id="nothing under it"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "header", "start"), HEADERS)
def test_two_rows_are_one_header_only_where_labels_stand_under_a_wide_cell(
    rows: list[list[str]], header: list[str], start: int
) -> None:
    assert merge_header(rows, 0) == (header, start)


def test_a_label_is_taken_alone_where_it_is_known_else_the_upper_one_else_both() -> None:
    known = {"号码": None, "证件号码": "id", "金额": "amount", "姓名": "name"}
    rows = [["人", "", "证件", "", "金额", ""], ["姓名", "别名", "号码", "类型", "合计", "现金"]]
    merges = [(0, 0, 0, 1), (0, 2, 0, 3), (0, 4, 0, 5)]
    header, _ = merge_header(rows, 0, merges, known.get)
    assert header == ["姓名", "人别名", "证件号码", "证件类型", "金额", "金额现金"]


# Several sheets.


@KINDS
def test_each_sheet_of_data_is_a_table_of_its_own(kind: str) -> None:
    data = WRITERS[kind]([DEATH, *deaths(1, 2)], [[""]], [["某镇", "", ""], DEATH, *deaths(3)])
    tables = read_tables(data, DEATHS, {}, notes := list[str]())
    assert [t.cells.num_rows for t in tables] == [2, 1] and notes == []
    assert len({t.sheet for t in tables}) == 2 and {t.encoding for t in tables} == {kind}


@KINDS
def test_a_small_sheet_without_a_header_is_noted_and_a_large_or_wide_one_refused(kind: str) -> None:
    data = [[*DEATH, "地址", "来源"], *[[*r, "", "公安"] for r in deaths(1)]]
    write = WRITERS[kind]
    read_tables(write([["说明"], ["一、某某"]], data, [["代码"], ["1"]]), DEATHS, {}, notes := list[str]())
    assert notes == ["第 1 张工作表没有表头，未读取。", "第 3 张工作表没有表头，未读取。"]
    assert "第 2 张" in refused(write(data, [[f"{n}"] for n in range(31)]), "sheet_without_header")
    assert "第 1 张" in refused(write([["甲", "1", "2024"]], data), "sheet_without_header")
    refused(write([["说明"]], [["代码"]]), "no_header")
    refused(write([[""]]), "empty_file")


def test_a_hidden_sheet_is_read_and_noted() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for number in (1, 2):
            sheet = book.add_worksheet()
            for place, row in enumerate((DEATH, *deaths(number))):
                sheet.write_row(place, 0, row)
        sheet.hide()
        book.add_chartsheet()
    tables = read_tables(out.getvalue(), DEATHS, {}, notes := list[str]())
    assert len(tables) == 2 and notes == ["第 2 张工作表是隐藏的，已照常读取。"]


def test_a_fault_in_one_of_several_sheets_is_said_with_its_number() -> None:
    data = by_openpyxl([DEATH, *deaths(1)], [(*DEATH, "证件号码"), *[[*r, r[1]] for r in deaths(2)]])
    assert refused(data, "duplicate_header").startswith("第 2 张工作表：")


def test_merged_cells_that_overlap_are_refused() -> None:
    rows = [DEATH, *deaths(*range(8))]
    merges = '<mergeCells><mergeCell ref="A2:A5"/><mergeCell ref="A4:A6"/></mergeCells>'
    data = repacked(by_openpyxl(rows), lambda parts: parts.update({SHEET: parts[SHEET].replace(b"</sheetData>", b"</sheetData>" + merges.encode())}))  # fmt: skip
    refused(data, "merged_over")
