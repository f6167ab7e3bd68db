"""A delivery's table as far as it can be taken in without looking at what else comes tonight: every row's id, and the
rows that nothing standing says, typed. What a file prepares depends on the file and on what stands, on nothing else."""

import re
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.raw import RawTable
from intake.typed import Typed, type_rows
from schemas.columns import Layout

SEPARATOR = "\x1f"
RECORD_ID_LENGTH = 24  # 96 bits: at 10 M rows the odds of one clash are below one in 10^14


@dataclass(frozen=True)
class Prepared:
    """`record_id` of every row of `raw`, in their order; `places` numbers from 1 the first row of each id that does not
    stand; `typed` are these rows."""

    raw: RawTable
    record_id: pa.ChunkedArray
    places: pa.Array
    typed: Typed


def prepare(con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable, office: str) -> Prepared:
    """Needs `known_<kind>` (office, record_id): the rows that stand."""
    hash_rows(con, layout, raw)
    places = (
        con.sql(NEW.format(kind=layout.kind), params={"office": office}).to_arrow_table()["row_no"].combine_chunks()
    )
    record_id = con.sql("select record_id from hashed order by row_no").to_arrow_table()["record_id"]
    return Prepared(raw, record_id, places, type_places(raw, layout, places))


def type_places(raw: RawTable, layout: Layout, places: pa.Array) -> Typed:
    """The rows at these 1-based places, typed as part of the whole."""
    return type_rows(_only(raw, places), layout, places, whole=raw)


def hash_rows(con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable) -> None:
    """Make `hashed`: each row's number and record_id."""
    numbers = pa.array(np.arange(1, raw.cells.num_rows + 1))
    con.register("cells", raw.cells.append_column("row_no", numbers))
    con.execute(
        f"create or replace temp table hashed as select row_no, {_record_id(layout, raw)} as record_id from cells"
    )
    con.unregister("cells")


def record_id_of(con: duckdb.DuckDBPyConnection, layout: Layout, raw: RawTable, row_no: int) -> str:
    """The record_id of one row of a file."""
    hash_rows(con, layout, raw)
    return str(con.execute("select record_id from hashed where row_no = ?", [row_no]).fetchall()[0][0])


def _only(raw: RawTable, places: pa.Array) -> RawTable:
    """The rows at these 1-based places."""
    if len(places) == raw.cells.num_rows:
        return raw
    at = pc.subtract(places, 1)
    return replace(raw, cells=raw.cells.take(at), width=raw.width.take(at) if raw.width is not None else None)


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


NEW = """
with known as (select record_id from known_{kind} where office = $office)
select min(row_no) as row_no from hashed anti join known using (record_id) group by record_id order by row_no
"""
