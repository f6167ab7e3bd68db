"""Rows of a sheet as XML, a column at a time: the quick way for tens of thousands of rows.

XlsxWriter writes cell by cell: a sheet of 15 columns by 20 000 rows took 2.6 s so and takes some 0.5 s this way. Only
cells of text, numbers and dates can come out of here; nothing that could be a formula.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Levenshtein
from xlsxwriter.worksheet import Worksheet

ILL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML, or of no use in a cell
MARKUP = re.compile("[\x00-\x08\x0b-\x1f\x7f&<>\ud800-\udfff\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
ODD = r"[\x00-\x08\x0b-\x1f\x7f&<>\x{fffe}\x{ffff}]|_x[0-9a-fA-F]{4}_"  # the same for columns, whose texts have no surrogates
ESCAPE_LIKE = re.compile("_(?=x[0-9a-fA-F]{4}_)")  # Excel would read it as one character; two may share an underscore
LONGEST = 32_767  # Excel's limit for one cell, in UTF-16 units
CUT = "…（超长，已截断）"
EPOCH_DAYS = (date(1970, 1, 1) - date(1899, 12, 30)).days  # from Excel's first day to that of dates in columns
LINE_POINTS, MOST_LINES = 16, 12
HEIGHTS = np.array(["", "", *(f' ht="{LINE_POINTS * n}" customHeight="1"' for n in range(2, MOST_LINES + 1))], object)
NOT_HAN = r"[^\x00-\x7f\x{4e00}-\x{9fa5}、。《》“”（），：；！？—…]"  # what GBK may not write in two bytes
PLAIN_TEXT = '<t xml:space="preserve">'
MARK = '<rPr><b/><sz val="11"/><color rgb="FFC00000"/><rFont val="宋体"/></rPr>'
BATCH = 2000


@dataclass(frozen=True)
class Look:
    """How one column is written: its letter, the index of its cell format, its kind, its width if it wraps, and the place
    of the column `against` which unlike characters are marked."""

    letter: str
    style: int
    kind: str
    wrap_width: float = 0
    against: int | None = None


class StreamedSheet(Worksheet):
    """A worksheet of a constant_memory workbook that also takes whole rows. Leans on the inside of XlsxWriter
    (`fh`, `previous_row`, the stored dimensions), which is pinned; the tests read every sheet back."""

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        """Of cells written one by one: the library's own misses an escape that shares its underscore with the one before."""
        return ESCAPE_LIKE.sub("_x005F_", data) if isinstance(data, str) else data

    def append_rows(self, first: int, rows: Iterator[tuple[int, str]], last_column: int) -> int:
        """Write rows from row `first` on (0-based), given as how many and their text. How many."""
        self._write_single_row(first)  # flush what was written cell by cell
        count = 0
        for several, text in rows:
            self.fh.write(text)
            count += several
        if count:
            self._check_dimensions(first + count - 1, last_column)
        self.previous_row = first + count
        return count


def row_xml(table: pa.Table, looks: Sequence[Look], blanks: Sequence[Look], first: int) -> Iterator[tuple[int, str]]:
    """One `<row>` per row of the table, a batch of them at a time with how many they are; `blanks` are empty cells at their own
    columns, to the right of all others."""
    number = first + 1
    for batch in table.to_batches(max_chunksize=BATCH):
        rows = pc.cast(pa.array(range(number, number + batch.num_rows)), pa.string())
        cells = [
            _cells(column, rows, look, None if look.against is None else batch.column(look.against))
            for column, look in zip(batch.columns, looks, strict=True)
        ]
        cells += [_joined(f'<c r="{look.letter}', rows, f'" s="{look.style}"/>') for look in blanks]
        heights = pa.array(HEIGHTS[np.minimum(_lines_of_rows(batch, looks), MOST_LINES)], pa.string())
        written = _joined('<row r="', rows, '"', heights, ">", *cells, "</row>")
        yield batch.num_rows, pc.binary_join(pa.ListArray.from_arrays([0, batch.num_rows], written), "")[0].as_py()
        number += batch.num_rows


def _joined(*parts: pa.Array | str) -> pa.Array:
    """The parts of each row one after another; null where any is."""
    return pc.binary_join_element_wise(*parts, "")


def _cells(column: pa.Array, rows: pa.Array, look: Look, other: pa.Array | None) -> pa.Array:
    """A column's cells; no cell where there is no value."""
    if look.kind == "text":
        kind = ' t="inlineStr"'
        start, end = (f"<is>{PLAIN_TEXT}", "</t></is>") if other is None else ("<is>", "</is>")
        shown = _plain_texts(column) if other is None else _marked_texts(column, other)
    else:
        kind, start, end = "", "<v>", "</v>"
        shown = _numbers(column, look.kind)
    head, tail = f'<c r="{look.letter}', f'" s="{look.style}"{kind}>{start}'
    return pc.fill_null(_joined(head, rows, tail, shown, f"{end}</c>"), "")


def _plain_texts(column: pa.Array) -> pa.Array:
    """Each text as XML; null for no text. Those few that hold what XML does not take, one by one."""
    texts = pc.cast(column, pa.string())
    odd = pc.fill_null(pc.match_substring_regex(texts, ODD), False)
    odd = pc.or_(odd, pc.fill_null(pc.greater(pc.utf8_length(texts), LONGEST // 2), False))
    if pc.any(odd).as_py():
        mended = pa.array([as_xml(text) for text in texts.filter(odd).to_pylist()], pa.string())
        texts = pc.replace_with_mask(texts, odd, mended)
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _marked_texts(column: pa.Array, other: pa.Array) -> pa.Array:
    pairs = zip(column.to_pylist(), other.to_pylist(), strict=True)
    return pa.array([None if text is None else _text(str(text), beside) or None for text, beside in pairs], pa.string())


def _numbers(column: pa.Array, kind: str) -> pa.Array:
    if kind == "day":
        return pc.cast(pc.add(pc.cast(column, pa.int32()), EPOCH_DAYS), pa.string())
    if pa.types.is_integer(column.type):
        return pc.cast(column, pa.string())
    return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _text(text: str, other: str | None) -> str:
    """The text of a cell, in runs where it is unlike the other; nothing for no text. What looks like an escape is not cut:
    readers put runs together before or after they read escapes."""
    if not text or other is None or text == other or ESCAPE_LIKE.search(text):
        shown = as_xml(text)
        return f"{PLAIN_TEXT}{shown}</t>" if shown else ""
    return "".join(
        f"<r>{MARK if is_unlike else ''}{PLAIN_TEXT}{as_xml(part)}</t></r>"
        for is_unlike, part in unlike_runs(text, other)
    )


def unlike_runs(text: str, other: str) -> list[tuple[bool, str]]:
    """The text cut where it begins or ceases to differ from the other; two numbers are compared place by place.

    >>> unlike_runs("王小明", "王晓明"), unlike_runs("欧阳兰", "欧阳若兰")
    ([(False, '王'), (True, '小'), (False, '明')], [(False, '欧阳兰')])
    >>> unlike_runs("150102********1234", "150102********2345")
    [(False, '150102********'), (True, '1234')]
    """
    if len(text) == len(other) and text.isascii():
        parts = [(a != b, a) for a, b in zip(text, other, strict=True)]
    else:
        parts = [(o.tag != "equal", text[o.src_start : o.src_end]) for o in Levenshtein.opcodes(text, other)]
    found: list[tuple[bool, str]] = []
    for is_unlike, part in (p for p in parts if p[1]):
        if found and found[-1][0] == is_unlike:
            found[-1] = (is_unlike, found[-1][1] + part)
        else:
            found.append((is_unlike, part))
    return found


def _lines_of_rows(batch: pa.RecordBatch, looks: Sequence[Look]) -> Any:
    """Per row, the lines its tallest wrapped cell takes."""
    tallest = np.ones(batch.num_rows, int)
    for column, look in zip(batch.columns, looks, strict=True):
        if look.wrap_width:
            is_wide = pc.greater_equal(pc.utf8_length(column), look.wrap_width / 2)
            longer = pc.or_(is_wide, pc.match_substring(column, "\n"))
            places = pc.indices_nonzero(longer).to_numpy()
            tallest[places] = np.maximum(tallest[places], _lines_of(column.filter(longer), look.wrap_width))
    return tallest


def _lines_of(texts: pa.Array, width: float) -> Any:
    """`lines_needed` of each text. What UTF-8 writes in three bytes and GBK in two is counted for all at once."""
    split = pc.split_pattern(texts, "\n")
    parts = split.flatten()
    sizes = pc.divide(pc.add(pc.utf8_length(parts), pc.binary_length(parts)), 2).to_numpy(zero_copy_only=False).copy()
    others = pc.match_substring_regex(parts, NOT_HAN)
    sizes[others.to_numpy(zero_copy_only=False)] = [
        len(p.encode("gbk", "replace")) for p in parts.filter(others).to_pylist()
    ]
    lines = np.maximum(1, np.ceil(sizes / (width - 1)))
    return np.bincount(pc.list_parent_indices(split).to_numpy(), lines, len(texts)).astype(int)


def as_xml(text: str) -> str:
    if len(text) <= LONGEST // 2 and not MARKUP.search(text):
        return text
    text = fit(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return ESCAPE_LIKE.sub("_x005F_", text)


def fit(text: str) -> str:
    """The text without what a cell cannot hold; a longer text than Excel takes is cut and says so."""
    text = ILL.sub("", text)
    if len(text) <= LONGEST // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def lines_needed(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column; a Han character is two digits wide, as it is in GBK.
    LibreOffice and WPS do not fit the height of rows on opening, so it must be written."""
    if 2 * len(text) < width and "\n" not in text:
        return 1
    return sum(max(1, ceil(len(line.encode("gbk", "replace")) / (width - 1))) for line in text.split("\n"))
