"""Folding a whole column: numbers by numpy where they are clean, by `fold_number` where they are not; names once per
distinct name.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matchers.check_digits import CHECK, FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR, WEIGHTS
from matchers.id_numbers import PROVINCES, fold_number
from matchers.names import fold_name

ID_LENGTH = 18
AT_ONCE = 1 << 16  # numbers looked at together
PROVINCE_CODES = np.array([int(p) for p in PROVINCES])
MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
SETTLED = ("", "valid18", "valid_foreign", "valid_hmt", "empty")  # by numpy; the first is left to `fold_number`
ASK, VALID, FOREIGN, VISITOR, EMPTY = range(len(SETTLED))


def fold_number_column(numbers: pa.ChunkedArray, documents: pa.ChunkedArray) -> pa.Table:
    """Columns id_class (a dictionary), id_key, id_part in the rows' order. The same answer as `fold_number`, cell by cell."""
    texts = _whole(pc.fill_null(numbers, ""))
    lengths = pc.binary_length(texts).to_numpy()
    classes = np.where(lengths == 0, np.int8(EMPTY), np.int8(ASK))
    eighteen = np.flatnonzero(lengths == ID_LENGTH)
    if len(eighteen):
        classes[eighteen] = _valid(texts.take(pa.array(eighteen)))
    keys = pc.if_else(pa.array((classes != ASK) & (classes != EMPTY)), texts, pa.scalar(None, pa.string()))
    return _fold_rest(texts, _whole(documents), classes, keys)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _valid(texts: pa.Array) -> np.ndarray:
    """Which of `SETTLED` each of some 18-byte texts is."""
    return np.concatenate([_valid_part(texts.slice(at, AT_ONCE)) for at in range(0, len(texts), AT_ONCE)])


def _valid_part(texts: pa.Array) -> np.ndarray:
    """Column by column in single bytes, in parts that fit the processor's cache."""
    start = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset]
    data = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[start : start + ID_LENGTH * len(texts)]
    columns = np.ascontiguousarray(data.reshape(-1, ID_LENGTH).T)
    digits = columns - np.uint8(48)  # what is no digit wraps round to more than nine
    numeric = digits[:17].max(axis=0) <= 9
    total = sum((digits[n] * np.uint16(weight) for n, weight in enumerate(WEIGHTS)), np.zeros(len(texts), np.uint16))
    agrees = np.frombuffer(CHECK.encode(), dtype=np.uint8)[total % 11] == columns[17]
    good = numeric & agrees & _dated(digits[6:14].astype(np.int16)) & (digits[0] > 0)
    doubtful = np.flatnonzero(good & ~_third_digit(columns, 6))
    good[doubtful] = _third_digit(columns[:, doubtful], ID_LENGTH)
    classes = good.astype(np.int8)
    rare = np.flatnonzero(good & (digits[0] >= 8))
    first, second, third = digits[:3, rare]
    classes[rare[(first == 9) & np.isin(second * 10 + third, PROVINCE_CODES)]] = FOREIGN
    classes[rare[(first == 8) & np.isin(second, (1, 2, 3))]] = VISITOR
    return classes


def _dated(digits: np.ndarray) -> np.ndarray:
    """Whether eight rows of digits are dates of birth."""
    year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    month, day = digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = MONTH_DAYS[np.clip(month, 0, 12)] - ((month == 2) & ~leap)
    return (
        (year >= FIRST_BIRTH_YEAR) & (year <= LAST_BIRTH_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    )  # fmt: skip


def _third_digit(columns: np.ndarray, places: int) -> np.ndarray:
    """True where one of the first places has another digit than the century's two (18, 19, 20), which differ: what has no
    third digit anywhere is a placeholder."""
    return ((columns[:places] != columns[6]) & (columns[:places] != columns[7])).any(axis=0)


def _fold_rest(texts: pa.Array, documents: pa.Array, classes: np.ndarray, keys: pa.Array) -> pa.Table:
    names = {name: n for n, name in enumerate(SETTLED)}
    parts = pa.nulls(len(texts), pa.string())
    rest = classes == ASK
    if rest.any():
        mask = pa.array(rest)
        pairs = zip(texts.filter(mask).to_pylist(), documents.filter(mask).to_pylist(), strict=True)
        seen: dict[tuple[str, str | None], int] = {}
        order = np.array([seen.setdefault(pair, len(seen)) for pair in pairs])
        folded = [fold_number(text, document) for text, document in seen]
        classes[rest] = np.array([names.setdefault(f.id_class, len(names)) for f in folded], np.int8)[order]
        keys = pc.replace_with_mask(keys, mask, pa.array([f.key for f in folded], pa.string()).take(order))
        parts = pc.replace_with_mask(parts, mask, pa.array([f.part for f in folded], pa.string()).take(order))
    return pa.table(
        {"id_class": pa.DictionaryArray.from_arrays(classes, list(names)), "id_key": keys, "id_part": parts}
    )


@contextmanager
def names_folded(
    con: duckdb.DuckDBPyConnection, query: str, params: dict[str, str] | None = None
) -> Iterator[pa.Table]:
    """While open, the session has `fold`: the names of a query's only column, as `fold_names` gives them."""
    folded = fold_names(con.sql(query, params=params).to_arrow_table().column(0).to_pylist())
    con.register("fold", folded)
    try:
        yield folded
    finally:
        con.unregister("fold")


def fold_names(names: Iterable[str | None]) -> pa.Table:
    """Distinct delivered names with their folded forms: columns name, name_folded."""
    known = sorted({n for n in names if n})
    return pa.table(
        {"name": pa.array(known, pa.string()), "name_folded": pa.array([fold_name(n) for n in known], pa.string())}
    )
