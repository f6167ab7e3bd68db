"""The sheets of a workbook that are tables of data, and what is said of the others.

A sheet without a header is a cover or a list of codes where it is small, and data that lost its header where it is not:
those are refused, for to leave rows out in silence would end people in the ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.bind import HEADER_SEARCH, Binding, field_of, find_header, header_names
from intake.books.book import Book, Sheet
from intake.books.header_rows import Merges, merge_header
from intake.naming import kept_names
from intake.raw import RawTable, drop_furniture, filled_unnamed, name_unnamed, trim
from intake.reader_words import refusal
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

MOST_WITHOUT_HEADER = 30  # rows of a cover, of explanations or of a list of codes
Aliases = Mapping[str, Sequence[str]]


def tables_of(book: Book, layout: Layout, aliases: Aliases, notes: list[str]) -> list[RawTable]:
    """A table for each sheet that has the layout's header, in order; `notes` gets what an officer should know of the
    sheets. Raises: DeliveryRefused."""
    shown = kept_names(s.name for s in book.sheets)
    filled = [(n, replace(s, name=shown[s.name], cells=trim(s.cells))) for n, s in enumerate(book.sheets, 1)]
    filled = [(n, s) for n, s in filled if pc.any(pc.greater(_filled_cells(s), 0)).as_py()]
    if not filled:
        raise refusal("empty_file")
    tables: dict[int, RawTable] = {}
    problems: list[DeliveryRefused] = []
    for number, sheet in filled:
        try:
            tables[number] = _table(sheet, number, book, layout, aliases)
        except DeliveryRefused as problem:
            problems.append(problem)
            if problem.code != "no_header":
                problem.reason = f"第 {number} 张工作表：{problem.reason}" if len(filled) > 1 else problem.reason
                raise
    if not tables:
        raise problems[0]
    width = min(len(t.binding.fields) + len(t.binding.extra) for t in tables.values())
    for number, sheet in filled:
        notes += _remarks(number, sheet, number in tables, width)
    return list(tables.values())


def _remarks(number: int, sheet: Sheet, is_table: bool, width: int) -> list[str]:
    """What is odd about a sheet. Raises: DeliveryRefused for what may be data without its header."""
    said: list[str] = []
    if not is_table:
        counts = _filled_cells(sheet)
        rows, widest = pc.sum(pc.greater(counts, 0)).as_py(), pc.max(counts).as_py()
        if rows > MOST_WITHOUT_HEADER or 2 * widest >= width:
            raise refusal("sheet_without_header", sheet=number)
        said.append(f"第 {number} 张工作表没有表头，未读取。")
    elif sheet.is_hidden:
        said.append(f"第 {number} 张工作表是隐藏的，已照常读取。")
    if is_table and sheet.unvalued:
        said.append(
            f"第 {number} 张工作表有 {sheet.unvalued} 个公式没有保存计算结果，按空白读取；请用 Excel 打开保存后重发。"
        )
    return said


def _table(sheet: Sheet, number: int, book: Book, layout: Layout, aliases: Aliases) -> RawTable:
    """The data rows of one sheet, whose cells are trimmed. Raises: DeliveryRefused."""
    head = sheet.head
    place, binding, header, start = _header(head, sheet.merges, layout, aliases)
    cells = _filled_down(sheet.cells.slice(start), start, sheet.merges, number)
    cells = _without_rows(cells, head[place:start] if start > place + 1 else [])
    named = name_unnamed(binding, filled_unnamed(binding, cells))
    raw = RawTable(cells, None, book.encoding, sheet.name, named, epoch_1904=book.epoch_1904)
    return drop_furniture(raw, header)


def _header(
    head: list[list[str]], merges: Merges, layout: Layout, aliases: Aliases
) -> tuple[int, Binding, list[str], int]:
    """The header's place, its binding, its labels and where the data begin; one of two rows counts as one."""
    names = header_names(layout, aliases)
    seen, starts = list(head), list(range(1, len(head) + 1))
    for place in range(min(HEADER_SEARCH, len(head))):
        seen[place], starts[place] = merge_header(head, place, merges, lambda text: field_of(text, names))
    place, binding = find_header(seen, layout, aliases)
    return place, binding, seen[place], starts[place]


def _filled_cells(sheet: Sheet) -> pa.Array:
    """How many cells of each row hold anything."""
    counts = np.zeros(sheet.cells.num_rows, dtype=np.int32)
    for column in sheet.cells.columns:
        counts += pc.not_equal(column, "").to_numpy()
    return pa.array(counts)


def _filled_down(cells: pa.Table, start: int, merges: Merges, number: int) -> pa.Table:
    """Cells merged over several rows of data stand in each of them; cells that are only blank stay so."""
    rows = cells.num_rows
    columns: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _ in merges:
        if bottom > top >= start and left < cells.num_columns and top - start < rows:
            columns.setdefault(left, []).append((top - start, min(bottom - start, rows - 1)))
    for column, spans in columns.items():
        spans.sort()
        if any(after[0] <= before[1] for before, after in pairwise(spans)):
            raise refusal("merged_over", sheet=number)
        source = np.arange(rows)
        for top, bottom in spans:
            source[top : bottom + 1] = top
        cells = cells.set_column(column, f"c{column}", cells[f"c{column}"].take(pa.array(source)))
    return cells


def _without_rows(cells: pa.Table, repeated: Sequence[Sequence[str]]) -> pa.Table:
    """Without blank rows, and without the rows of a two-row header where it comes again on each page."""
    drop = np.ones(cells.num_rows, dtype=bool)
    for column in cells.columns:
        drop &= pc.equal(column, "").to_numpy()
    for row in repeated:
        same = np.ones(cells.num_rows, dtype=bool)
        for column, text in zip(cells.columns, row, strict=True):
            same &= pc.equal(column, text).to_numpy()
        drop |= same
    return cells.filter(pa.array(~drop)) if drop.any() else cells
