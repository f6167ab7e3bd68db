"""Text cells to typed columns, and the rows that cannot be typed to quarantine, with the check that each one broke.

Each distinct text is converted once (Arrow dictionaries), so a million rows cost about as much as their distinct
dates and codes. A long delivery is typed part by part; how its columns write their dates is asked of all of it before.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.aside import batches_of, put_aside
from intake.bind import Binding
from intake.raw import RawTable
from intake.values import EMPTY, PREFIXED, WRAPPED, Reader, reader_of, unknown_parts, value_kind
from schemas.columns import LONGEST_CELL, LONGEST_NAME, MUST, Column, Layout

PLAIN_TYPES = frozenset({"name", "id", "text", "phone"})
EMPTY_WORDS = sorted(EMPTY)
LONGEST_EMPTY = max(len(word.encode()) for word in EMPTY)
MOST_SLICES, MANY_ROWS = 1000, 100_000
MOST_KNOWN = 1 << 17  # distinct texts of a column whose values are kept from part to part
MOST_WORDS, LONGEST_WORD, MOST_DIGITS = 20, 20, 5  # unknown codes that are shown; past these it is no code
GARBLED = "\ufffd"
MESSAGES = {
    "required": "「{0}」是必填项，该行没有填；请补填后重报。",
    "column_count": "该行的列数与表头不一致；请检查该行是否多了或少了分隔符。",
    "cell_length": f"「{{0}}」超过 {LONGEST_CELL} 字；请检查是否错列或损坏。",
    "name_length": f"「{{0}}」超过 {LONGEST_NAME} 字；请检查是否错列。",
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


@dataclass(frozen=True, slots=True)
class Fault:
    """One row's first broken check. `row_no` is 1-based among the data rows. A bad file has one for each of its rows: all but
    the number is shared by those of one check."""

    row_no: int
    column: str | None
    check: str
    value_kind: str | None
    message: str


Part = tuple[
    RawTable, pa.Table
]  # some rows, and the columns that go with them: their `row_no`, and what else is to be kept


@dataclass(frozen=True)
class Typed:
    """Rows that hold: `row_no` and what else was given with it, the layout's fields, `extra` (unbound columns as JSON text). `faults` are the others.
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
    part = raw, pa.table({"row_no": row_no})
    return type_parts(whole or raw, layout, lambda: iter([part]), codes)


def type_parts(
    whole: RawTable,
    layout: Layout,
    parts: Callable[[], Iterator[Part]],
    codes: Mapping[str, Mapping[str, str]] | None = None,
    aside: Path | None = None,
) -> Typed:
    """Type some rows of a delivery, part by part, as if they were one; `parts` gives the same ones whenever it is asked, one
    at least. With a folder the typed rows are put aside there."""
    typist, tally = _Typist(whole, layout, codes or {}), _Tally()
    tables = (typist.typed(*part, tally) for part in parts())
    first = next(tables)
    told = put_aside(first.schema, (b for table in chain([first], tables) for b in table.to_batches()), aside)
    rows = _with_absent(told, layout)
    headers = [c.header for c in typist.told]
    unknown, unread, garbled = (
        {h: told[h] for h in headers if told[h]} for told in (tally.unknown, tally.unread, tally.garbled)
    )
    words = {h: shown for h in headers if (shown := _shown(tally.words[h], whole.binding, parts))}
    return Typed(rows, tally.faults, unknown, unread, words, garbled)


@dataclass
class _Tally:
    """What is to be reported of the parts typed so far. By column header: `unknown`, `unread` and `garbled` count rows,
    `words` the rows of each unknown code that may be shown."""

    faults: list[Fault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    garbled: Counter[str] = field(default_factory=Counter)
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, header: str, read: "_Read") -> None:
        self.unknown[header] += read.unknown
        self.unread[header] += read.unread
        self.garbled[header] += read.garbled
        self.words[header].update(read.words)


def _with_absent(rows: pa.Table, layout: Layout) -> pa.Table:
    """With the columns that the delivery lacks, empty. They lie in no file: one array of nothing serves all of a type."""
    sizes, nothing = [b.num_rows for b in rows.to_batches()], dict[pa.DataType, pa.ChunkedArray]()
    declared = {c.field: c.arrow_type for c in layout.columns} | {"extra": pa.string()}
    given = [name for name in rows.column_names if name not in declared]
    for name in declared.keys() - set(rows.column_names):
        kind = declared[name]
        empty = pa.nulls(max(sizes, default=0), kind)
        nothing.setdefault(kind, pa.chunked_array([empty.slice(0, size) for size in sizes], kind))
        rows = rows.append_column(name, nothing[kind])
    return rows.select([*given, *declared])


def _each(read: Callable[[Column], "_Read"], columns: Sequence[Column], rows: int) -> list["_Read"]:
    """Every column read; of many rows two columns at a time."""
    if rows < MANY_ROWS:
        return list(map(read, columns))
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, columns))


def _without(table: pa.Table, bad: list[int]) -> pa.Table:
    """The other rows. A few bad ones are left out by slicing, which copies nothing."""
    if not bad:
        return table
    is_bad = pc.is_in(table["row_no"], value_set=pa.array(bad, pa.int64()))
    if len(bad) > MOST_SLICES:
        return table.filter(pc.invert(is_bad))
    edges = [-1, *pc.indices_nonzero(is_bad).to_pylist(), table.num_rows]
    return pa.concat_tables([table.slice(a + 1, b - a - 1) for a, b in pairwise(edges)])


@dataclass(frozen=True)
class _Read:
    """One column of a part typed: its values, the rows it breaks, and how many rows are to be reported for what."""

    values: pa.Array | pa.ChunkedArray
    faults: Sequence[Fault] = ()
    unknown: int = 0
    words: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    garbled: int = 0


class _Typist:
    """Types the parts of one delivery. How each column is read is settled once, and each distinct text read once."""

    def __init__(self, whole: RawTable, layout: Layout, codes: Mapping[str, Mapping[str, str]]) -> None:
        self.whole, self.layout = whole, layout
        self.told = [c for c in layout.columns if c.field in whole.binding.fields]
        dates = [c for c in self.told if c.type in ("date", "month")]
        said = distinct_words(whole, dates) if dates else {}
        self.readers = {
            c.field: reader_of(
                c, said.get(c.field), codes=codes.get(c.field), epoch_1904=whole.epoch_1904, in_sheet=whole.sheet is not None
            )
            for c in self.told
        }  # fmt: skip
        self.known: dict[str, dict[str, tuple[object, str | None]]] = {c.field: {} for c in self.told}

    def typed(self, part: RawTable, given: pa.Table, tally: _Tally) -> pa.Table:
        """Its rows that hold, after the columns that are given, without those that the delivery lacks; what is to be
        reported goes to the tally."""
        row_no, rows = given["row_no"], part.cells.num_rows
        reads = _each(partial(self._column, part, row_no), self.told, rows)
        read = dict(zip([c.field for c in self.told], reads, strict=True))
        columns = dict(zip(given.column_names, given.columns, strict=True)) | {f: r.values for f, r in read.items()}
        if part.binding.extra:
            columns["extra"] = _extras(part)
        first: dict[int, Fault] = {}
        for fault in (*_width_faults(part, row_no), *(f for r in reads for f in r.faults)):
            first.setdefault(fault.row_no, fault)
        bad = sorted(first)
        tally.faults += [first[row] for row in bad]
        for column, one in zip(self.told, reads, strict=True):
            tally.add(column.header, one)
        return _without(pa.table(columns), bad)

    def _column(self, part: RawTable, row_no: pa.ChunkedArray, column: Column) -> _Read:
        texts = part.cells[f"c{part.binding.fields[column.field]}"]
        is_plain = column.type in PLAIN_TYPES and not column.codes
        garbled = _garbled(texts) if is_plain else 0
        if is_plain and (plain := _plain(texts, column)) is not None:
            return _Read(plain, garbled=garbled)
        coded = pc.dictionary_encode(texts).combine_chunks()
        words = coded.dictionary.to_pylist()
        values, problems = self._values(column, words)
        typed = pa.array(values, column.arrow_type).take(coded.indices)
        unknown, shown = _unknown(column, coded.indices, values) if column.codes else (0, {})
        places = pc.indices_nonzero(pa.array([p is not None for p in problems], pa.bool_()).take(coded.indices))
        if column.lenient:
            return _Read(typed, (), unknown, shown, len(places), garbled)
        at = coded.indices.take(places).to_pylist()
        faults = [
            _fault(row_no[place].as_py(), column, str(problems[code]), words[code])
            for place, code in zip(places.to_pylist(), at, strict=True)
        ]
        return _Read(typed, faults, unknown, shown, garbled=garbled)

    def _values(self, column: Column, words: Sequence[str]) -> tuple[list[object], list[str | None]]:
        """The value of each word, or what is wrong with it."""
        known, read = self.known[column.field], self.readers[column.field]
        if len(known) > MOST_KNOWN:
            known.clear()
        for word in words:
            if word not in known:
                known[word] = _try(word, column, read)
        return [known[w][0] for w in words], [known[w][1] for w in words]


def distinct_words(raw: RawTable, columns: Sequence[Column]) -> dict[str, set[str]]:
    """By field, the words of the whole delivery."""
    said: dict[str, set[str]] = {c.field: set() for c in columns}
    for batch in batches_of(raw.cells.select([f"c{raw.binding.fields[c.field]}" for c in columns])):
        for words, cells in zip(said.values(), batch.columns, strict=True):
            words.update(pc.unique(cells).to_pylist())
    return said


def _width_faults(part: RawTable, row_no: pa.ChunkedArray) -> list[Fault]:
    if part.width is None:
        return []
    places = pc.indices_nonzero(pc.not_equal(part.width, part.binding.width)).to_pylist()
    return [_fault(row_no[place].as_py(), None, "column_count", None) for place in places]


def _fault(row_no: int, column: Column | None, problem: str, text: str | None) -> Fault:
    header = column.header if column else None
    kind = value_kind(text) if text is not None else None
    return Fault(row_no, header, *_said(problem, header, kind))


@cache
def _said(problem: str, header: str | None, kind: str | None) -> tuple[str, str | None, str]:
    return problem.partition(":")[0], kind, MESSAGES[problem].format(header or "")


def _unknown(column: Column, indices: pa.Array, values: Sequence[object]) -> tuple[int, dict[str, int]]:
    """How many rows hold a code of no list, and how many each such word that can be a code: none that is long, or a number of
    a person."""
    strange = [unknown_parts(str(v), column) if v is not None else [] for v in values]
    if not any(strange):
        return 0, {}
    rows = np.bincount(indices.to_numpy(), minlength=len(strange)).tolist()
    total = sum(count for parts, count in zip(strange, rows, strict=True) if parts)
    counts: Counter[str] = Counter()
    for parts, count in zip(strange, rows, strict=True) if column.type == "code" else ():
        for word in parts:
            if len(word) <= LONGEST_WORD and sum(c.isdigit() for c in word) <= MOST_DIGITS:
                counts[word] += count
    return total, counts


def _shown(counts: Mapping[str, int], binding: Binding, parts: Callable[[], Iterator[Part]]) -> tuple[str, ...]:
    """The commonest unknown words, but nobody's name."""
    common = sorted(counts, key=lambda w: (-counts[w], w))[: 2 * MOST_WORDS]
    place = binding.fields.get("name")
    if not common or place is None:
        return tuple(common[:MOST_WORDS])
    asked, named = pa.array(common, pa.string()), set[str]()
    for part, _ in parts():
        name = part.cells[f"c{place}"]
        named.update(pc.unique(name.filter(pc.is_in(name, value_set=asked))).to_pylist())
    return tuple([w for w in common if w not in named][:MOST_WORDS])


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
    empty = pc.is_in(texts, value_set=pa.array(EMPTY_WORDS, pa.string()))
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
    if raw.cells.num_rows == 0:
        return pa.nulls(0, pa.string())
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
