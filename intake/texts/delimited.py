"""Reads csv, txt and tsv in blocks of whole rows, two at a time.

Two ways to the same rows: Arrow's parser for a well-formed block, and the standard library's for one that is not, so
that a row with too few or too many cells is kept and told apart instead of shifting its neighbours.
"""

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from intake.raw import FOOTER, ROWS_AT_ONCE, Finish, RawTable, as_it_is, drop_furniture, join_parts
from intake.texts.decode import BLOCK, Data, Source, damage, open_source, raw_blocks, text_blocks, trimmed_text
from intake.texts.dialect import (
    STAND_INS,
    Dialect,
    find_dialect,
    plain_lines,
    quoting_of,
    rows_of,
    whole_rows,
    with_stand_in,
    without_marks,
)
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

MARK = "\ufeff"
HEAD = 1 << 20
WORKERS = 2  # beside them no more than as many blocks are waiting
csv.field_size_limit(64 * 1024 * 1024)


class BrokenQuotes(DeliveryRefused):
    """Quotes near a line of the text that was read; in a block, `at` another's number of lines."""

    def __init__(self, line: int, *, swallowed: bool = False) -> None:
        reason = (
            f"约第 {line} 条数据的引号没有闭合，吞掉了后面的行；请修正引号后重新导出。"
            if swallowed
            else f"第 {line} 行附近引号不成对，其后的行无法可靠分开；请修正该行引号或重新导出。"
        )
        super().__init__(reason, code="broken_quotes")
        self.line, self.swallowed = line, swallowed

    def at(self, rows: int, header: int) -> "BrokenQuotes":
        return BrokenQuotes(self.line + rows + (0 if self.swallowed else header), swallowed=self.swallowed)


@dataclass(frozen=True)
class _Text:
    """How the file's blocks are cut and decoded."""

    dialect: Dialect
    codec: str


def read_delimited(
    data: Data,
    layout: Layout,
    aliases: Mapping[str, Sequence[str]],
    delimiter: str | None = None,
    *,
    finish: Finish = as_it_is,
    aside: Path | None = None,
) -> RawTable:
    """The file's data rows as text, cut at `delimiter` or at the one that its header shows; `finish` is done to each part, in
    their order. The rows of a large file lie in the folder `aside`, where one is given. Raises: DeliveryRefused when bytes,
    quotes, header or last line are broken."""
    source = open_source(data)
    dialect = _dialect_of(source, layout, aliases, delimiter)
    stays_raw = source.codec == "utf-8" or (source.splits_raw and dialect.delimiter in (",", "\t", ";"))
    text = _Text(dialect, source.codec if stays_raw else "utf-8")
    blocks = raw_blocks(source) if stays_raw else text_blocks(source)
    try:
        parts = _in_parts(whole_rows(map(without_marks, blocks), dialect.delimiter), text, _is_large(source))
        return join_parts(map(finish, parts), source.label, aside if _is_large(source) else None)
    except UnicodeDecodeError:
        raise damage(source) from None


def _dialect_of(source: Source, layout: Layout, aliases: Mapping[str, Sequence[str]], delimiter: str | None) -> Dialect:
    head = bytes(source.data[:HEAD]).decode(source.codec, errors="ignore")
    try:
        return find_dialect(head, layout, aliases, delimiter)
    except DeliveryRefused:
        deque(text_blocks(source), maxlen=0)  # a damaged byte is the better reason
        raise


def _is_large(source: Source) -> bool:
    return len(source.data) > 2 * BLOCK


def _in_parts(blocks: Iterator[bytes], text: _Text, is_large: bool) -> Iterator[RawTable]:
    """Each block's rows, in file order; of a large file two blocks are read at a time."""
    first = next(blocks, b"")
    rest = partial(_read_block, text=text, place=-1)
    header = _read_block(first, text, text.dialect.place)
    yield header
    jobs: Iterable[RawTable] = _ahead(rest, blocks) if is_large else map(rest, blocks)
    rows = header.cells.num_rows
    try:
        for part in jobs:
            rows += part.cells.num_rows
            yield part
    except BrokenQuotes as broken:
        raise broken.at(rows, text.dialect.place + 1) from None


def _ahead(read: partial[RawTable], blocks: Iterator[bytes]) -> Iterator[RawTable]:
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[RawTable]] = deque()
        for block in blocks:
            waiting.append(pool.submit(read, block))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read_block(block: bytes, text: _Text, place: int) -> RawTable:
    """The rows of one block below the header's `place` in it, without what is no data row."""
    dialect, width = text.dialect, text.dialect.binding.width
    block, delimiter = with_stand_in(plain_lines(block), dialect.delimiter)
    found, widths = _fast_in_any_width(block, delimiter, place, text), None
    if found is None:
        cells, widths = _slow(block.decode(text.codec), delimiter, place, width, dialect.named)
        found = cells
    if b'"' in block:
        _refuse_swallowed_rows(found, delimiter, width, text.codec)
    cells = pa.table({name: trimmed_text(found[name], text.codec) for name in found.column_names})
    if pc.any(pc.starts_with(cells["c0"], MARK)).as_py():  # files joined to one, each with its own mark
        cells = cells.set_column(0, "c0", pc.utf8_trim_whitespace(pc.utf8_ltrim(cells["c0"], MARK)))
    return drop_furniture(RawTable(cells, widths, "", None, dialect.binding), dialect.header)


def _fast_in_any_width(block: bytes, delimiter: str, place: int, text: _Text) -> pa.Table | None:
    """The rows by Arrow where all have as many cells as the first one, and where what they have more or less than the
    header has no name and is empty."""
    width, told = text.dialect.binding.width, _first_width(block, delimiter, place)
    if told is None or told == width or told < text.dialect.named:
        return _fast(block, delimiter, place, width, text.codec)
    cells = _fast(block, delimiter, place, told, text.codec)
    if cells is None:
        return _fast(block, delimiter, place, width, text.codec)
    for number in range(told, width):
        cells = cells.append_column(f"c{number}", pa.repeat(pa.scalar("", cells.schema[0].type), cells.num_rows))
    more = [trimmed_text(c, text.codec) for c in cells.columns[width:]]
    return None if any(pc.any(pc.not_equal(c, "")).as_py() for c in more) else cells.select(range(width))


def _first_width(block: bytes, delimiter: str, place: int) -> int | None:
    """How many cells the first line below the header has, None where that is no simple question."""
    start = _after_line(block, place + 1)
    line = block[start : block.find(b"\n", start)] if start is not None else b""
    return None if b'"' in line or not line.strip() else line.count(delimiter.encode()) + 1


def _fast(content: bytes, delimiter: str, place: int, width: int, codec: str = "utf-8") -> pa.Table | None:
    """All rows by Arrow, as they stand in the file, or None where any row has another number of cells than `width` or a
    quote is in doubt."""
    start = _after_line(content, place + 1)
    if start is None or b'"' in content[:start]:
        return None
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return None
    body = memoryview(content)[start:]
    if bytes(body[:3]) == codecs.BOM_UTF8:  # Arrow takes it for the file's own mark, though it stands in a cell
        return None
    if len(body) < 1 << 16 and not bytes(body).strip():
        return _empty(width)
    quoting = quoting_of(content, start, delimiter) if b'"' in content and delimiter not in STAND_INS else "none"
    if quoting == "messy" or _last_line_in_doubt(content, delimiter, width):
        return None
    names = [f"c{i}" for i in range(width)]
    kind = pa.string() if codec == "utf-8" else pa.binary()
    try:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=pacsv.ReadOptions(column_names=names, block_size=len(body) + 1, use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoting == "clean" else False,
                newlines_in_values=quoting == "clean",
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), strings_can_be_null=False, check_utf8=False
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


def _last_line_in_doubt(content: bytes, delimiter: str, width: int) -> bool:
    if content.endswith(b"\n"):
        return False
    return content[content.rfind(b"\n") + 1 :].count(delimiter.encode()) < width - 1


def _empty(width: int) -> pa.Table:
    return pa.table({f"c{i}": pa.array([], pa.string()) for i in range(width)})


def _slow(text: str, delimiter: str, place: int, width: int, named: int | None = None) -> tuple[pa.Table, pa.Array]:
    """All rows by the standard library; a row's cells are cut or filled to the header's width, its own width kept."""
    reader, last = rows_of(text, delimiter), list[str]()
    rows = (row for number, row in enumerate(reader) if number > place and row)
    parts = [_tabulate([], width, width)]
    try:
        while some := list(islice(rows, ROWS_AT_ONCE)):
            last = list(some[-1])
            parts.append(_tabulate(some, width, named or width))
    except csv.Error:
        raise BrokenQuotes(reader.line_num) from None
    if text.endswith(("\n", "\r")):
        last = []
    if any(c.strip() for c in last) and len(last) < (named or width) and not _is_note(last):
        raise DeliveryRefused("文件最后一行不完整，文件可能被截断；请重新发送完整文件。", code="truncated")
    cells = pa.concat_tables([cells for cells, _ in parts]).combine_chunks()
    return cells, pa.concat_arrays([widths for _, widths in parts])


def _is_note(row: list[str]) -> bool:
    return bool(FOOTER.match(next((c for c in row if c.strip()), "")))


def _tabulate(rows: list[list[str]], width: int, named: int) -> tuple[pa.Table, pa.Array]:
    widths = []
    for row in rows:
        while len(row) > width and not row[-1].strip():
            row.pop()
        widths.append(width if named <= len(row) <= width else len(row))
        row.extend([""] * (width - len(row)))
    columns = {f"c{i}": pa.array([r[i] for r in rows], pa.string()) for i in range(width)}
    return pa.table(columns), pa.array(widths, pa.int64())


def _refuse_swallowed_rows(cells: pa.Table, delimiter: str, width: int, codec: str) -> None:
    """A quote that was never closed joins rows into one cell: then a cell holds a line with as many cells as a row."""
    for name in cells.column_names:
        for place in pc.indices_nonzero(pc.match_substring(cells[name], "\n")).to_pylist():
            cell = cells[name][place].as_py()
            lines = (cell if isinstance(cell, str) else cell.decode(codec)).split("\n")
            if any(line.count(delimiter) >= width - 1 > 0 for line in lines):
                raise BrokenQuotes(place + 1, swallowed=True)
