"""Reads csv, txt and tsv: comma, tab or bar, found by which one makes the header bind, never by counting.

Two ways to the same rows: Arrow's parser for a well-formed file, and the standard library's for one that is not, so
that a row with too few or too many cells is kept and told apart instead of shifting its neighbours.
"""

import codecs
import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from intake.bind import HEADER_SEARCH, Binding, find_header
from intake.decode import decode
from intake.raw import FOOTER, RawTable, drop_furniture, name_unnamed, trim
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

QUOTE, NEWLINE, RETURN = 34, 10, 13
DELIMITERS = (",", "\t", "|")
csv.field_size_limit(64 * 1024 * 1024)


def read_delimited(data: bytes, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> RawTable:
    """The file's data rows as text. Raises: DeliveryRefused when bytes, quotes, header or last line are broken."""
    content, encoding = decode(data)
    head = content[: 1 << 20].decode("utf-8", errors="ignore")
    delimiter, place, binding, header = _dialect(head, layout, aliases)
    cells, width = _fast(content, delimiter, place, binding.width), None
    if cells is None:
        cells, width = _slow(content.decode("utf-8"), delimiter, place, binding.width)
    _refuse_swallowed_rows(cells, delimiter, binding)
    trimmed = trim(cells)
    return drop_furniture(RawTable(trimmed, width, encoding, None, name_unnamed(binding, trimmed)), header)


def _dialect(head: str, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> tuple[str, int, Binding, list[str]]:
    problems: list[DeliveryRefused] = []
    for delimiter in DELIMITERS:
        rows = _first_rows(head, delimiter)
        try:
            place, binding = find_header(rows, layout, aliases)
            return delimiter, place, binding, rows[place]
        except DeliveryRefused as problem:
            problems.append(problem)
    raise next((p for p in problems if p.code != "no_header"), problems[0])


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
        rows.append(row)
        if len(rows) == HEADER_SEARCH:
            break
    return rows


def _fast(content: bytes, delimiter: str, place: int, width: int) -> pa.Table | None:
    """All rows by Arrow, or None where any row has another number of cells than the header or a quote is in doubt."""
    quoted = b'"' in content
    start = _after_line(content, place + 1)
    if start is None or b'"' in content[:start] or content.count(b"\r") != content.count(b"\r\n"):
        return None
    body = memoryview(content)[start:]
    if bytes(body[:3]) == codecs.BOM_UTF8:  # Arrow takes it for the file's own mark, though it stands in a cell
        return None
    if len(body) < 1 << 16 and not bytes(body).strip():
        return _empty(width)
    if _last_line_in_doubt(content, delimiter, width) or (quoted and not _well_quoted(content, start, delimiter)):
        return None
    names = [f"c{i}" for i in range(width)]
    try:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=pacsv.ReadOptions(column_names=names, block_size=16 << 20),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, quote_char='"' if quoted else False, newlines_in_values=quoted
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _after_line(content: bytes, count: int) -> int | None:
    """Where the text after the first `count` lines begins."""
    place = 0
    for _ in range(count):
        place = content.find(b"\n", place) + 1
        if place == 0:
            return None
    return place


def _well_quoted(content: bytes, start: int, delimiter: str) -> bool:
    """Every opening quote begins a cell and every closing one ends it; a quote within a cell is doubled."""
    data = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(data[start:] == QUOTE) + start
    if len(quotes) % 2:
        return False
    before = data[np.maximum(quotes[::2] - 1, 0)]
    padded = np.append(data, NEWLINE)
    after = padded[quotes[1::2] + 1]
    edges = (ord(delimiter), NEWLINE, QUOTE)
    opens = np.isin(before, edges) | (quotes[::2] == start)
    return bool(opens.all() and np.isin(after, (*edges, RETURN)).all())


def _last_line_in_doubt(content: bytes, delimiter: str, width: int) -> bool:
    if content.endswith(b"\n"):
        return False
    return content[content.rfind(b"\n") + 1 :].count(delimiter.encode()) < width - 1


def _empty(width: int) -> pa.Table:
    return pa.table({f"c{i}": pa.array([], pa.string()) for i in range(width)})


def _slow(text: str, delimiter: str, place: int, width: int) -> tuple[pa.Table, pa.Array]:
    """All rows by the standard library; a row's cells are cut or filled to the header's width, its own width kept."""
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for number, row in enumerate(reader):
            if number > place and row:
                rows.append(row)
    except csv.Error:
        raise DeliveryRefused(
            f"第 {reader.line_num} 行附近引号不成对，其后的行无法可靠分开；请修正该行引号或重新导出。",
            code="broken_quotes",
        ) from None
    if rows and not text.endswith(("\n", "\r")) and len(rows[-1]) < width and not _is_note(rows[-1]):
        raise DeliveryRefused("文件最后一行不完整，文件可能被截断；请重新发送完整文件。", code="truncated")
    return _tabulate(rows, width)


def _is_note(row: list[str]) -> bool:
    return bool(FOOTER.match(next((c for c in row if c.strip()), "")))


def _tabulate(rows: list[list[str]], width: int) -> tuple[pa.Table, pa.Array]:
    widths = []
    for row in rows:
        while len(row) > width and not row[-1].strip():
            row.pop()
        widths.append(len(row))
        row.extend([""] * (width - len(row)))
    columns = {f"c{i}": pa.array([r[i] for r in rows], pa.string()) for i in range(width)}
    return pa.table(columns), pa.array(widths, pa.int64())


def _refuse_swallowed_rows(cells: pa.Table, delimiter: str, binding: Binding) -> None:
    """A quote that was never closed joins rows into one cell: then a cell holds a line with as many cells as a row."""
    for name in cells.column_names:
        for place in pc.indices_nonzero(pc.match_substring(cells[name], "\n")).to_pylist():
            lines = cells[name][place].as_py().split("\n")
            if any(line.count(delimiter) >= binding.width - 1 > 0 for line in lines):
                raise DeliveryRefused(
                    f"约第 {place + 1} 条数据的引号没有闭合，吞掉了后面的行；请修正引号后重新导出。",
                    code="broken_quotes",
                )
