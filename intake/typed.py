"""Text cells to typed columns, and the rows that cannot be typed to quarantine, with the check that each one broke.

Each distinct text is converted once (Arrow dictionaries), so a million rows cost about as much as their distinct
dates and codes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.raw import RawTable
from intake.values import EMPTY, PREFIXED, WRAPPED, Reader, reader_of, unknown_parts, value_kind
from schemas.columns import MUST, Column, Layout

ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "BOOLEAN": pa.bool_(),
}
LONGEST_CELL = 2000
LONGEST_NAME = 50
PLAIN_TYPES = frozenset({"name", "id", "text", "phone"})
EMPTY_WORDS = pa.array(sorted(EMPTY), pa.string())
LONGEST_EMPTY = max(len(word.encode()) for word in EMPTY)
MOST_SLICES, MANY_ROWS = 1000, 100_000
MOST_WORDS, LONGEST_WORD, MOST_DIGITS = 20, 20, 5  # unknown codes that are shown; past these it is no code
GARBLED = "\ufffd"
MESSAGES = {
    "required": "「{0}」是必填项，该行没有填；请补填后重报。",
    "column_count": "该行的列数与表头不一致；请检查该行是否多了或少了分隔符。",
    "cell_length": "「{0}」超过 2000 字；请检查是否错列或损坏。",
    "name_length": "「{0}」超过 50 字；请检查是否错列。",
    "not_a_date": "「{0}」不是能识别的日期；请按 2024-01-31 的样式填写。",
    "not_a_date:day_or_month": "「{0}」的日期分不清年、月、日的先后；请按 2024-01-31 的样式填写。",
    "not_a_date:century": "「{0}」的年份只有两位，分不清哪个世纪；请写四位年份。",
    "not_a_date:short_number": "「{0}」的五位数字分不清是少了一位的年月还是 Excel 日期序号；请按 2024-01-31 的样式填写。",
    "not_a_date:lost_zero": "「{0}」以 .1 结尾，分不清是 1 月还是 10 月；请按 2024-01 的样式填写。",
    "day_missing": "「{0}」只有年月，没有日；请补上日。",
    "no_such_date": "「{0}」是不存在的日期；请核对。",
    "date_out_of_range": "「{0}」早于 1900 年或晚于 2199 年；请核对。",
    "not_a_month": "「{0}」不是能识别的年月；请按 202401 的样式填写。",
    "not_a_month:day_or_month": "「{0}」的日期分不清年、月、日的先后；请按 202401 的样式填写。",
    "not_a_month:century": "「{0}」的年份只有两位，分不清哪个世纪；请写四位年份。",
    "not_a_month:short_number": "「{0}」的五位数字分不清是少了一位的年月还是 Excel 日期序号；请按 202401 的样式填写。",
    "not_a_month:lost_zero": "「{0}」以 .1 结尾，分不清是 1 月还是 10 月；请按 202401 的样式填写。",
    "not_an_integer": "「{0}」应为整数；请核对。",
    "not_a_number": "「{0}」应为数字；请核对。",
    "number_out_of_range": "「{0}」的数值超出范围；请核对。",
    "negative": "「{0}」不能为负数；请核对。",
    "not_yes_or_no": "「{0}」应填是或否；请核对。",
}


@dataclass(frozen=True)
class Fault:
    """One row's first broken check. `row_no` is 1-based among the data rows."""

    row_no: int
    column: str | None
    check: str
    value_kind: str | None
    message: str


@dataclass(frozen=True)
class Typed:
    """Rows that hold: `row_no`, the layout's fields, `extra` (unbound columns as JSON text). `faults` are the others.
    By column header, what was kept or left out and must be reported: `unknown_codes` and `unread` count rows,
    `unknown_words` names the commonest unknown codes, `garbled` counts rows with a character lost before delivery."""

    rows: pa.Table
    faults: list[Fault]
    unknown_codes: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    unknown_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    garbled: dict[str, int] = field(default_factory=dict)


def type_rows(
    raw: RawTable,
    layout: Layout,
    row_no: pa.Array,
    codes: Mapping[str, Mapping[str, str]] | None = None,
    whole: RawTable | None = None,
) -> Typed:
    """Type every bound column of `raw`; `row_no` numbers its rows. `codes` is what the office's own code lists mean, by
    field: they win over the declared words. `whole` is the delivery of which `raw` holds some rows: by all its words
    it is known how a column writes its dates."""
    delivery = _Delivery(raw, row_no, codes or {}, whole or raw)
    told = [c for c in layout.columns if c.field in raw.binding.fields]
    read = dict(zip([c.field for c in told], _each(delivery.type_column, told, raw.cells.num_rows), strict=True))
    # One array of nothing for all absent columns: each would take 40 MB at 10 M rows.
    nothing = {kind: pa.nulls(raw.cells.num_rows, kind) for kind in set(ARROW_TYPES.values())}
    columns: dict[str, pa.Array] = {"row_no": row_no}
    for column in layout.columns:
        absent = nothing[ARROW_TYPES[column.sql_type]]
        columns[column.field] = read[column.field].values if column.field in read else absent
    columns["extra"] = _extras(raw)
    first: dict[int, Fault] = {}
    for fault in (*delivery.width_faults(), *(f for c in read.values() for f in c.faults)):
        first.setdefault(fault.row_no, fault)
    faults = [first[row] for row in sorted(first)]
    by_header = {c.header: read[c.field] for c in told}
    return Typed(
        _without(pa.table(columns), row_no, [f.row_no for f in faults]),
        faults,
        {h: c.unknown for h, c in by_header.items() if c.unknown},
        {h: c.unread for h, c in by_header.items() if c.unread},
        {h: c.words for h, c in by_header.items() if c.words},
        {h: c.garbled for h, c in by_header.items() if c.garbled},
    )


def _each(read: Callable[[Column], "_Read"], columns: Sequence[Column], rows: int) -> list["_Read"]:
    """Every column read; of many rows two columns at a time."""
    if rows < MANY_ROWS:
        return list(map(read, columns))
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, columns))


def _without(table: pa.Table, row_no: pa.Array, bad: list[int]) -> pa.Table:
    """The other rows. A few bad ones are left out by slicing, which copies nothing."""
    if not bad:
        return table
    is_bad = pc.is_in(row_no, value_set=pa.array(bad, pa.int64()))
    if len(bad) > MOST_SLICES:
        return table.filter(pc.invert(is_bad))
    edges = [-1, *pc.indices_nonzero(is_bad).to_pylist(), table.num_rows]
    return pa.concat_tables([table.slice(a + 1, b - a - 1) for a, b in pairwise(edges)])


@dataclass(frozen=True)
class _Read:
    """One column typed: its values, the rows it breaks, and how many rows are to be reported for what."""

    values: pa.Array | pa.ChunkedArray
    faults: Sequence[Fault] = ()
    unknown: int = 0
    words: tuple[str, ...] = ()
    unread: int = 0
    garbled: int = 0


@dataclass(frozen=True)
class _Delivery:
    """What is being typed: some rows of a whole delivery, and their numbers."""

    raw: RawTable
    row_no: pa.Array
    codes: Mapping[str, Mapping[str, str]]
    whole: RawTable

    def type_column(self, column: Column) -> _Read:
        texts = self._cells(column.field)
        if column.type in PLAIN_TYPES and not column.codes and (plain := _plain(texts, column)) is not None:
            return _Read(plain, garbled=_garbled(texts))
        coded = pc.dictionary_encode(texts).combine_chunks()
        words = coded.dictionary.to_pylist()
        read = reader_of(
            column, self._all_words(column, words), codes=self.codes.get(column.field),
            epoch_1904=getattr(self.raw, "epoch_1904", False), in_sheet=self.raw.sheet is not None,
        )  # fmt: skip
        values, problems = zip(*(_try(word, column, read) for word in words), strict=True) if words else ((), ())
        typed = pa.array(values, ARROW_TYPES[column.sql_type]).take(coded.indices)
        unknown, shown = self._unknown(column, coded.indices, values) if column.codes else (0, ())
        places = pc.indices_nonzero(pa.array([p is not None for p in problems], pa.bool_()).take(coded.indices))
        if column.lenient:
            return _Read(typed, unknown=unknown, words=shown, unread=len(places))
        codes = coded.indices.take(places).to_pylist()
        faults = [
            self._fault(place, column, str(problems[code]), words[code])
            for place, code in zip(places.to_pylist(), codes, strict=True)
        ]
        return _Read(typed, faults, unknown, shown)

    def width_faults(self) -> list[Fault]:
        if self.raw.width is None:
            return []
        places = pc.indices_nonzero(pc.not_equal(self.raw.width, self.raw.binding.width))
        return [self._fault(place, None, "column_count", None) for place in places.to_pylist()]

    def _cells(self, name: str) -> pa.ChunkedArray:
        return self.raw.cells[f"c{self.raw.binding.fields[name]}"]

    def _all_words(self, column: Column, words: list[str]) -> list[str]:
        if self.whole is self.raw or column.type not in ("date", "month"):
            return words
        return list(pc.unique(self.whole.cells[f"c{self.raw.binding.fields[column.field]}"]).to_pylist())

    def _fault(self, place: int, column: Column | None, problem: str, text: str | None) -> Fault:
        header = column.header if column else None
        kind = value_kind(text) if text is not None else None
        message = MESSAGES[problem].format(header or "")
        return Fault(self.row_no[place].as_py(), header, problem.partition(":")[0], kind, message)

    def _unknown(self, column: Column, indices: pa.Array, values: Sequence[object]) -> tuple[int, tuple[str, ...]]:
        """How many rows hold a code of no list, and the commonest such words."""
        strange = [unknown_parts(str(v), column) if v is not None else [] for v in values]
        if not any(strange):
            return 0, ()
        rows = np.bincount(indices.to_numpy(), minlength=len(strange)).tolist()
        total = sum(count for parts, count in zip(strange, rows, strict=True) if parts)
        counts: dict[str, int] = {}
        for parts, count in zip(strange, rows, strict=True):
            for part in parts:
                counts[part] = counts.get(part, 0) + count
        return total, self._shown(counts) if column.type == "code" else ()

    def _shown(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """The commonest unknown words that can be codes: none that is long, a number of a person, or one's name."""
        words = [w for w in counts if len(w) <= LONGEST_WORD and sum(c.isdigit() for c in w) <= MOST_DIGITS]
        common = sorted(words, key=lambda w: (-counts[w], w))[: 2 * MOST_WORDS]
        if "name" in self.raw.binding.fields:
            name = self._cells("name")
            named = set(pc.unique(name.filter(pc.is_in(name, value_set=pa.array(common, pa.string())))).to_pylist())
            common = [w for w in common if w not in named]
        return tuple(common[:MOST_WORDS])


def _garbled(texts: pa.ChunkedArray) -> int:
    """How many cells hold the replacement character."""
    return pc.sum(pc.match_substring(texts, GARBLED)).as_py() if any(map(_may_hold_garbled, texts.chunks)) else 0


def _may_hold_garbled(texts: pa.Array) -> bool:
    """Whether the three bytes of the replacement character stand anywhere; some ten times as fast as asking each cell."""
    held = texts.buffers()[2]
    content = np.frombuffer(held, np.uint8) if held is not None else np.zeros(0, np.uint8)
    lead, second, third = GARBLED.encode()
    at = np.flatnonzero(content[:-2] == lead)
    return bool(((content[at + 1] == second) & (content[at + 2] == third)).any())


def _plain(texts: pa.ChunkedArray, column: Column) -> pa.ChunkedArray | None:
    """A text column as it is, empty words as null, anti-Excel wrappings taken off; None where some cell breaks a check."""
    if len(texts) == 0:
        return texts
    size, longest = pc.binary_length(texts), LONGEST_NAME if column.type == "name" else LONGEST_CELL
    if (pc.max(size).as_py() or 0) > longest and pc.max(pc.utf8_length(texts)).as_py() > longest:
        return None
    texts = _unwrapped(texts, column)
    if pc.min(pc.binary_length(texts)).as_py() > LONGEST_EMPTY:
        return texts
    empty = pc.is_in(texts, value_set=EMPTY_WORDS)
    if not pc.any(empty).as_py():
        return texts
    return None if column.need == MUST else pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _unwrapped(texts: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """Every cell as `unwrap` gives it."""
    steps: list[tuple[str, Callable[[pa.ChunkedArray], pa.ChunkedArray]]] = [
        ('="', lambda t: pc.replace_substring_regex(t, f"(?s){WRAPPED.pattern}", r"\1"))
    ]
    if column.type in PREFIXED:
        steps.append(("'", lambda t: pc.replace_substring_regex(t, "^'", "")))
    for start, mend in steps:
        if pc.any(pc.starts_with(texts, start)).as_py():
            texts = pc.utf8_trim_whitespace(mend(texts))
    return texts


def _try(word: str, column: Column, read: Reader) -> tuple[object, str | None]:
    if len(word) > LONGEST_CELL:
        return None, "cell_length"
    try:
        value = read(word)
    except ValueError as problem:
        return None, str(problem)
    if value is None and column.need == MUST:
        return None, "required"
    if column.type == "name" and value is not None and len(value) > LONGEST_NAME:
        return None, "name_length"
    if column.type in ("int", "money") and value is not None and value < 0:
        return None, "negative"
    return value, None


def _extras(raw: RawTable) -> pa.ChunkedArray | pa.Array:
    """The unbound cells of each row as JSON, by header."""
    if not raw.binding.extra or raw.cells.num_rows == 0:
        return pa.nulls(raw.cells.num_rows, pa.string())
    parts: list[object] = []
    for place, header in sorted(raw.binding.extra.items(), key=lambda item: item[1]):
        parts += [
            ", " if parts else "{",
            json.dumps(header, ensure_ascii=False) + ": ",
            _quoted(raw.cells[f"c{place}"]),
        ]
    return pc.binary_join_element_wise(*parts, "}", "")


def _quoted(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each cell as a JSON string; those few that need an escape by the standard library."""
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    odd = pc.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if not pc.any(odd).as_py():
        return quoted
    mended = [json.dumps(text, ensure_ascii=False) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(quoted.combine_chunks(), odd.combine_chunks(), pa.array(mended, pa.string()))
