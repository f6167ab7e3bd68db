"""Text cells to typed columns, and the rows that cannot be typed to quarantine, with the check that each one broke.

Each distinct text is converted once (Arrow dictionaries), so a million rows cost about as much as their distinct
dates and codes.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from intake.raw import RawTable
from intake.values import EMPTY, convert, value_kind
from schemas.columns import MUST, Column, Layout

ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "BOOLEAN": pa.bool_(),
}
LONGEST_CELL = 2000
PLAIN_TYPES = frozenset({"name", "id", "text", "phone"})
EMPTY_WORDS = pa.array(sorted(EMPTY), pa.string())
MESSAGES = {
    "required": "「{0}」是必填项，该行没有填；请补填后重报。",
    "column_count": "该行的列数与表头不一致；请检查该行是否多了或少了分隔符。",
    "cell_length": "「{0}」超过 2000 字；请检查是否错列或损坏。",
    "name_length": "「{0}」超过 50 字；请检查是否错列。",
    "not_a_date": "「{0}」不是能识别的日期；请按 2024-01-31 的样式填写。",
    "day_missing": "「{0}」只有年月，没有日；请补上日。",
    "no_such_date": "「{0}」是不存在的日期；请核对。",
    "date_out_of_range": "「{0}」早于 1900 年或晚于 2199 年；请核对。",
    "not_a_month": "「{0}」不是能识别的年月；请按 202401 的样式填写。",
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
    """Rows that hold: `row_no`, the layout's fields, `extra` (unbound columns as JSON text). `faults` are the others;
    `unknown_codes` and `unread` count what was kept or left out and must be reported, by column header."""

    rows: pa.Table
    faults: list[Fault]
    unknown_codes: dict[str, int]
    unread: dict[str, int]


def type_rows(raw: RawTable, layout: Layout, row_no: pa.Array) -> Typed:
    """Type every bound column of `raw`; `row_no` numbers its rows."""
    first: dict[int, Fault] = {}
    columns: dict[str, pa.Array] = {"row_no": row_no}
    unknown: dict[str, int] = {}
    unread: dict[str, int] = {}
    _width_faults(raw, row_no, first)
    for column in layout.columns:
        if column.field not in raw.binding.fields:
            columns[column.field] = pa.nulls(raw.cells.num_rows, ARROW_TYPES[column.sql_type])
            continue
        texts = raw.cells[f"c{raw.binding.fields[column.field]}"]
        columns[column.field] = _type_column(texts, column, row_no, first, unknown, unread)
    columns["extra"] = _extras(raw)
    bad = set(first)
    table = pa.table(columns)
    if bad:
        table = table.filter(pc.invert(pc.is_in(row_no, value_set=pa.array(sorted(bad), pa.int64()))))
    return Typed(table, [first[r] for r in sorted(first)], unknown, unread)


def _type_column(
    texts: pa.ChunkedArray,
    column: Column,
    row_no: pa.Array,
    first: dict[int, Fault],
    unknown: dict[str, int],
    unread: dict[str, int],
) -> pa.Array:
    if column.type in PLAIN_TYPES and (plain := _plain(texts, column)) is not None:
        return plain
    coded = pc.dictionary_encode(texts).combine_chunks()
    words = coded.dictionary.to_pylist()
    values, problems = [], []
    for word in words:
        value, problem = _try(word, column)
        values.append(value)
        problems.append(problem)
    typed = pa.array(values, ARROW_TYPES[column.sql_type]).take(coded.indices)
    if any(problems):
        places = pc.indices_nonzero(pa.array([p is not None for p in problems]).take(coded.indices)).to_pylist()
        if column.lenient:
            unread[column.header] = len(places)
        else:
            for place in places:
                code = coded.indices[place].as_py()
                _add(first, row_no[place].as_py(), column.header, str(problems[code]), words[code])
    if column.codes and any(v is not None and v not in column.codes for v in values):
        strange = pa.array([v is not None and v not in column.codes for v in values]).take(coded.indices)
        unknown[column.header] = pc.sum(strange).as_py()
    return typed


def _plain(texts: pa.ChunkedArray, column: Column) -> pa.ChunkedArray | None:
    """A text column as it is, empty words as null, anti-Excel wrappings taken off; None where some cell breaks a check."""
    values = pc.if_else(pc.is_in(texts, value_set=EMPTY_WORDS), pa.scalar(None, pa.string()), texts)
    if column.need == MUST and values.null_count:
        return None
    if (pc.max(pc.utf8_length(texts)).as_py() or 0) > (50 if column.type == "name" else LONGEST_CELL):
        return None
    odd = pc.or_(pc.starts_with(texts, "'"), pc.starts_with(texts, '="')).combine_chunks()
    if not pc.any(odd).as_py():
        return values
    mended = pa.array([convert(text, column) for text in texts.filter(odd).to_pylist()], pa.string())
    return pc.replace_with_mask(values.combine_chunks(), odd, mended)


def _try(word: str, column: Column) -> tuple[object, str | None]:
    if len(word) > LONGEST_CELL:
        return None, "cell_length"
    try:
        value = convert(word, column)
    except ValueError as problem:
        return None, str(problem)
    if value is None and column.need == MUST:
        return None, "required"
    if column.type == "name" and value is not None and len(value) > 50:
        return None, "name_length"
    if column.type in ("int", "money") and value is not None and value < 0:
        return None, "negative"
    return value, None


def _add(first: dict[int, Fault], row_no: int, header: str | None, check: str, text: str | None) -> None:
    message = MESSAGES[check].format(header or "")
    if row_no not in first:
        first[row_no] = Fault(row_no, header, check, value_kind(text) if text is not None else None, message)


def _width_faults(raw: RawTable, row_no: pa.Array, first: dict[int, Fault]) -> None:
    if raw.width is None:
        return
    for place in pc.indices_nonzero(pc.not_equal(raw.width, raw.binding.width)).to_pylist():
        _add(first, row_no[place].as_py(), None, "column_count", None)


def _extras(raw: RawTable) -> pa.Array:
    if not raw.binding.extra or raw.cells.num_rows == 0:
        return pa.nulls(raw.cells.num_rows, pa.string())
    import json

    headers = list(raw.binding.extra.values())
    cells = [raw.cells[f"c{i}"].to_pylist() for i in raw.binding.extra]
    packed = (dict(zip(headers, row, strict=True)) for row in zip(*cells, strict=True))
    return pa.array([json.dumps(p, ensure_ascii=False, sort_keys=True) for p in packed], pa.string())
