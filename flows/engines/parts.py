"""Stages cut into parts: every row to the part that its key falls into, the stage's own function on each part, and the
parts' rows put together.

Rows travel as Arrow with the names of DuckDB's types beside them, since Arrow alone does not bring every type back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ledger.store import connect
from schemas.stages import Asked, Job, Result, Stage, Work
from schemas.tables import create_table

TYPES = b"duckdb_types"
BATCH = 1 << 16  # rows that are held at a time while tables are cut
PART = "cut_part"


def cut_queries(stage: Stage, parts: int) -> dict[str, str]:
    """For each table that is cut, the select of its rows with the number of their part, from 0."""
    told = {name: (query, "") for name, query in stage.cut.items()}
    told |= {name: (query, "distinct ") for name, query in stage.spread.items()}
    return {
        name: f"select {once}* exclude (part_key), (hash(part_key) % {parts})::integer as {PART} from ({query})"
        for name, (query, once) in told.items()
    }


def read_batches(con: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    """The rows of a select, in batches whose schema names DuckDB's types."""
    types = [row[:2] for row in con.execute(f"describe {query}").fetchall()]
    reader = con.sql(query).to_arrow_reader(BATCH)
    schema = reader.schema.with_metadata({TYPES: json.dumps(types).encode()})
    return pa.RecordBatchReader.from_batches(
        schema, (pa.RecordBatch.from_arrays(b.columns, schema=schema) for b in reader)
    )


def put_table(con: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """A temp table of these rows, in the types that they had; the number of the part is left out."""
    columns = [column for column in json.loads(schema.metadata[TYPES]) if column[0] != PART]
    con.execute(create_table(name, columns).replace("create table", "create or replace temp table", 1))
    listed = ", ".join(f'"{column}"' for column, _ in columns)
    con.register("carried", pa.RecordBatchReader.from_batches(schema, batches))
    con.execute(f"insert into {name} select {listed} from carried")
    con.unregister("carried")


def run_part(
    stage: Stage, fill: Callable[[duckdb.DuckDBPyConnection], None], memory: int, scratch: Path | None = None
) -> dict[str, pa.Table]:
    """What one part gives: `fill` puts its tables on a connection of its own, with so many bytes of memory."""
    con = connect(scratch=scratch, memory=memory)
    try:
        con.execute("set threads = 1")
        fill(con)
        stage.opens(con)
        stage.work(con)
        return {name: read_batches(con, f"from {name}").read_all() for name in stage.gives}
    finally:
        con.close()


def put_together(con: duckdb.DuckDBPyConnection, stage: Stage, name: str, given: Iterator[pa.Table]) -> None:
    """One table of the stage from what its parts gave."""
    first = next(given)
    put_table(con, "given", first.schema, _batches(first, given))
    con.execute(f"create or replace temp table {name} as " + stage.gives[name].format(parts="given"))
    con.execute("drop table given")


def _batches(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
    for table in (first, *rest):
        yield from table.cast(first.schema).to_batches()


class InParts:
    """This process, one part after another: what a cluster does, without one."""

    def __init__(self, parts: int, memory: int) -> None:
        self.parts = parts
        self.memory = memory

    def run(self, con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        stage.binds(con)
        cut = {name: read_batches(con, query).read_all() for name, query in cut_queries(stage, self.parts).items()}
        whole = {name: read_batches(con, f"from {name}").read_all() for name in stage.whole}
        done = [self._part(stage, cut, whole, number) for number in range(self.parts)]
        for name in stage.gives:
            put_together(con, stage, name, (part[name] for part in done))

    def _part(
        self, stage: Stage, cut: Mapping[str, pa.Table], whole: Mapping[str, pa.Table], number: int
    ) -> dict[str, pa.Table]:
        def fill(con: duckdb.DuckDBPyConnection) -> None:
            for name, table in cut.items():
                rows = table.filter(pc.equal(table[PART], number))
                put_table(con, name, table.schema, rows.to_batches())
            for name, table in whole.items():
                put_table(con, name, table.schema, table.to_batches())

        return run_part(stage, fill, self.memory)

    def each(
        self, con: duckdb.DuckDBPyConnection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        for job in jobs:
            asked = {name: read_batches(con, f"from {name}").read_all() for name in tables(job)}
            with connect(memory=self.memory) as own:
                for name, table in asked.items():
                    put_table(own, name, table.schema, table.to_batches())
                yield function(own, job)

    def close(self) -> None:
        """Nothing is held between parts."""
