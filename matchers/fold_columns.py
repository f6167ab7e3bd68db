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


def fold_number_column(numbers: pa.ChunkedArray, documents: pa.ChunkedArray) -> pa.Table:
    """Columns id_class, id_key, id_part in the rows' order. The same answer as `fold_number`, cell by cell."""
    texts = _whole(pc.fill_null(numbers, ""))
    clean = np.zeros(len(texts), dtype=bool)
    classes = np.full(len(texts), "", dtype=object)
    eighteen = np.flatnonzero(pc.equal(pc.binary_length(texts), ID_LENGTH).to_numpy(zero_copy_only=False))
    if len(eighteen):
        good, foreign, visitor = _valid(texts.take(pa.array(eighteen)))
        clean[eighteen[good]] = True
        classes[eighteen[good]] = "valid18"
        classes[eighteen[good & foreign]] = "valid_foreign"
        classes[eighteen[good & visitor]] = "valid_hmt"
    keys = pc.if_else(pa.array(clean), texts, pa.scalar(None, pa.string()))
    parts = pa.nulls(len(texts), pa.string())
    return _fold_rest(texts, _whole(documents), classes, keys, parts, np.flatnonzero(~clean))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _valid(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masks over 18-byte texts: check digit and date hold; foreign resident's card; HK, Macao or Taiwan permit."""
    parts = [_valid_part(texts.slice(at, AT_ONCE)) for at in range(0, len(texts), AT_ONCE)]
    good, foreign, visitor = (np.concatenate(masks) for masks in zip(*parts, strict=True))
    return good, foreign, visitor


def _valid_part(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Column by column in single bytes, in parts that fit the processor's cache."""
    start = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset]
    data = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[start : start + ID_LENGTH * len(texts)]
    columns = np.ascontiguousarray(data.reshape(-1, ID_LENGTH).T)
    digits = columns - np.uint8(48)  # what is no digit wraps round to more than nine
    numeric = (digits[:17] <= 9).all(axis=0)
    total = sum((digits[n] * np.uint16(weight) for n, weight in enumerate(WEIGHTS)), np.zeros(len(texts), np.uint16))
    agrees = np.frombuffer(CHECK.encode(), dtype=np.uint8)[total % 11] == columns[17]
    good = numeric & agrees & _dated(digits[6:14].astype(np.int16)) & _many_digits(columns) & (digits[0] > 0)
    foreign = (digits[0] == 9) & np.isin(digits[1].astype(np.int16) * 10 + digits[2], PROVINCE_CODES)
    return good, foreign, (digits[0] == 8) & np.isin(digits[1], (1, 2, 3))


def _dated(digits: np.ndarray) -> np.ndarray:
    """Whether eight rows of digits are dates of birth."""
    year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    month, day = digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = MONTH_DAYS[np.clip(month, 0, 12)] - ((month == 2) & ~leap)
    return (
        (year >= FIRST_BIRTH_YEAR) & (year <= LAST_BIRTH_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    )  # fmt: skip


def _many_digits(columns: np.ndarray) -> np.ndarray:
    """True where a number has more than two distinct characters; one of only two is a placeholder."""
    unlike = columns != columns[0]
    other = np.where(unlike, columns, 0).max(axis=0)
    return (unlike & (columns != other)).any(axis=0)


def _fold_rest(
    texts: pa.Array, documents: pa.Array, classes: np.ndarray, keys: pa.Array, parts: pa.Array, rest: np.ndarray
) -> pa.Table:
    if len(rest):
        place = pa.array(rest)
        pairs = zip(texts.take(place).to_pylist(), documents.take(place).to_pylist(), strict=True)
        seen: dict[tuple[str, str | None], int] = {}
        order = [seen.setdefault(pair, len(seen)) for pair in pairs]
        folded = [fold_number(text, document) for text, document in seen]
        classes[rest] = [folded[i].id_class for i in order]
        mask = np.zeros(len(texts), dtype=bool)
        mask[rest] = True
        keys = pc.replace_with_mask(keys, pa.array(mask), pa.array([folded[i].key for i in order], pa.string()))
        parts = pc.replace_with_mask(parts, pa.array(mask), pa.array([folded[i].part for i in order], pa.string()))
    return pa.table({"id_class": pa.array(classes, pa.string()), "id_key": keys, "id_part": parts})


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
