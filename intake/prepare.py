"""A delivery's table as far as it can be taken in without looking at what else comes tonight: every row's id, and the
rows that nothing standing says, typed. What a file prepares depends on the file and on what stands, on nothing else."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.aside import ROW_GROUP, batches_of, put_aside
from intake.raw import RawTable
from intake.typed import MANY_ROWS, Part, Typed, type_parts
from schemas.columns import Layout

SEPARATOR = "\x1f"
RECORD_ID_LENGTH = 24  # 96 bits: at 10 M rows the odds of one clash are below one in 10^14


@dataclass(frozen=True)
class Prepared:
    """`record_id` of every row of `raw`, in their order, of which `repeated` say again what a row before says; `new` is the
    first row (row_no, record_id) of each id that does not stand; `typed` are these rows. Of a large delivery all of this lies
    in files."""

    raw: RawTable
    record_id: pa.ChunkedArray
    repeated: int
    new: pa.Table
    typed: Typed


def prepare(
    con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable, office: str, aside: Path | None = None
) -> Prepared:
    """Needs `known_<kind>` (office, record_id): the rows that stand. With a folder, what is prepared of a large delivery is
    put aside there."""
    aside = _where_large(raw, aside)
    hash_rows(con, layout, raw)
    put_doubled(con, "select hash(record_id) as number from hashed")
    con.execute(REPEATED)
    every = new = _put_aside(con.sql("from hashed order by row_no"), aside)
    repeated, knows = con.execute(COUNTS.format(kind=layout.kind), {"office": office}).fetchall()[0]
    if repeated or knows:
        new = _put_aside(con.sql(NEW.format(kind=layout.kind), params={"office": office}), aside)
    con.execute("drop table hashed; drop table repeated")
    return Prepared(raw, every["record_id"], repeated, new, type_new(raw, layout, new, aside))


def _put_aside(rows: duckdb.DuckDBPyRelation, aside: Path | None) -> pa.Table:
    reader = rows.to_arrow_reader(ROW_GROUP)
    return put_aside(reader.schema, reader, aside)


def type_new(raw: RawTable, layout: Layout, new: pa.Table, aside: Path | None = None) -> Typed:
    """The rows that `new` names (row_no from 1, record_id; ascending), typed as part of the whole; each with its record_id. With
    a folder, those of a large delivery are put aside there."""
    return type_parts(raw, layout, lambda: rows_at(raw, new), aside=_where_large(raw, aside))


def _where_large(raw: RawTable, aside: Path | None) -> Path | None:
    return aside if raw.cells.num_rows > MANY_ROWS else None


def rows_at(raw: RawTable, asked: pa.Table) -> Iterator[Part]:
    """Of each batch of the delivery the rows that are asked for, by `row_no` from 1, ascending; of none, no rows."""
    if not asked.num_rows:
        yield replace(raw, cells=raw.cells.slice(0, 0), width=None), asked
    start = taken = 0
    for batch in batches_of(raw.cells):
        end = start + batch.num_rows
        upto = bisect_right(asked["row_no"], end, taken, key=lambda number: number.as_py())
        if told := asked.slice(taken, upto - taken):
            cells = pa.Table.from_batches([batch])
            width = raw.width.slice(start, batch.num_rows) if raw.width is not None else None
            if told.num_rows < batch.num_rows:
                places = pc.subtract(told["row_no"], start + 1)
                cells, width = cells.take(places), width.take(places) if width is not None else None
            yield replace(raw, cells=cells, width=width), told
        start, taken = end, upto


def hash_rows(con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable) -> None:
    """Make `hashed`: each row's number and record_id."""
    con.register("cells", numbered(raw.cells))
    con.execute(
        f"create or replace temp table hashed as select row_no, {_record_id(layout, raw)} as record_id from cells"
    )
    con.unregister("cells")


def put_doubled(con: duckdb.DuckDBPyConnection, numbers: str) -> None:
    """Make `doubled` (number): what the select gives more than once. To sort millions of numbers here takes a third of the time
    that it takes to group them there."""
    found = con.execute(numbers).fetchnumpy()["number"]
    found.sort()
    again = np.unique(found[1:][found[1:] == found[:-1]])
    con.register("doubled", pa.table({"number": pa.array(again, pa.uint64())}))


def numbered(cells: pa.Table) -> pa.RecordBatchReader:
    """The rows with their numbers, from 1."""
    schema = cells.schema.append(pa.field("row_no", pa.int64()))

    def each() -> Iterator[pa.RecordBatch]:
        start = 1
        for batch in batches_of(cells):
            numbers = pa.array(np.arange(start, start + batch.num_rows))
            yield pa.RecordBatch.from_arrays([*batch.columns, numbers], schema=schema)
            start += batch.num_rows

    return pa.RecordBatchReader.from_batches(schema, each())


def record_id_of(con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable, row_no: int) -> str:
    """The record_id of one row of a file."""
    hash_rows(con, layout, raw)
    return str(con.execute("select record_id from hashed where row_no = ?", [row_no]).fetchall()[0][0])


def _record_id(layout: Layout, raw: RawTable) -> str:
    """Hash of the row's cells in the layout's order, with a unit separator between any two, then of those of its unbound
    cells that are filled, each after its header, by header. Columns that the file lacks are empty cells, and an unbound
    column says nothing where it is empty."""
    bound = [f"c{raw.binding.fields[f]}" if f in raw.binding.fields else "" for f in layout.fields]
    parts = re.split(f"({SEPARATOR}+)", SEPARATOR.join(bound))  # absent columns cost one constant
    joined = [f"'{part}'" if part[0] == SEPARATOR else part for part in parts if part]
    for place, header in sorted(raw.binding.extra.items(), key=lambda item: item[1]):
        named = f"{SEPARATOR}{header}{SEPARATOR}".replace("'", "''")
        joined.append(f"if(c{place} = '', '', concat('{named}', c{place}))")
    return f"substr(md5(concat({', '.join(joined)})), 1, {RECORD_ID_LENGTH})"


# Two texts may share a number.
REPEATED = """
create or replace temp table repeated as
with alike as (select row_no, record_id from hashed semi join doubled on hash(record_id) = number)
select row_no from alike where row_no not in (select min(row_no) from alike group by record_id)
"""
COUNTS = "select (select count(*) from repeated), exists (from known_{kind} where office = $office)"
NEW = """
with known as (select record_id from known_{kind} where office = $office)
select row_no, record_id from hashed anti join known using (record_id) anti join repeated using (row_no) order by row_no
"""
