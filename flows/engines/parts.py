"""Stages cut into parts: every row to the part that its key falls into, the stage's own function on each part, and the
parts' rows put together.

Rows travel as Arrow with the names of DuckDB's types beside them, since Arrow alone does not bring every type back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from ledger.store import connect, session_memory
from schemas.modelling import create_table
from schemas.stages import Asked, Job, Result, Stage, Work

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
    con.execute(create_table(name, _columns(schema)).replace("create table", "create or replace temp table", 1))
    _append(con, name, schema, batches)


def _append(con: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    listed = ", ".join(f'"{column}"' for column, _ in _columns(schema))
    con.register("carried", pa.RecordBatchReader.from_batches(schema, batches))
    con.execute(f"insert into {name} select {listed} from carried")
    con.unregister("carried")


def _columns(schema: pa.Schema) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in json.loads(schema.metadata[TYPES]) if name != PART]


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


def put_together(con: duckdb.DuckDBPyConnection, stage: Stage, name: str, given: Iterable[pa.Table]) -> None:
    """One table of the stage from what its parts gave."""
    for number, table in enumerate(given):
        put = _append if number else put_table
        put(con, "given", table.schema, table.to_batches())
    con.execute(f"create or replace temp table {name} as " + stage.gives[name].format(parts="given"))
    con.execute("drop table given")


@contextmanager
def _making_room(con: duckdb.DuckDBPyConnection, memory: int) -> Iterator[None]:
    """While parts work, the night's own session holds so many bytes less, but no less than half: the rest waits on disk."""
    whole = session_memory()
    with suppress(duckdb.OutOfMemoryException):  # what cannot be spilled stays
        con.execute(f"set memory_limit = '{max(whole - memory, whole // 2) >> 20}MiB'")
    try:
        yield
    finally:
        con.execute(f"set memory_limit = '{whole >> 20}MiB'")


class InParts:
    """This process, one part after another: what a cluster does, without one. The cut rows lie with the night's own, where
    they can be spilled; what the parts give is held until the last one is done."""

    def __init__(self, parts: int, memory: int) -> None:
        self.parts = parts
        self.memory = memory

    def run(self, con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        stage.binds(con)
        queries = cut_queries(stage, self.parts)
        for name, query in queries.items():
            con.execute(f"create or replace temp table cut_{name} as {query}")
        with _making_room(con, self.memory):
            done = [
                run_part(stage, partial(self._fill, con, stage, number), self.memory) for number in range(self.parts)
            ]
        for name in queries:
            con.execute(f"drop table cut_{name}")
        for name in stage.gives:
            put_together(con, stage, name, (part.pop(name) for part in done))

    def _fill(self, con: duckdb.DuckDBPyConnection, stage: Stage, number: int, own: duckdb.DuckDBPyConnection) -> None:
        asked = {name: f"from cut_{name} where {PART} = {number}" for name in (*stage.cut, *stage.spread)}
        asked |= {name: f"from {name}" for name in stage.whole}
        for name, query in asked.items():
            rows = read_batches(con, query)
            put_table(own, name, rows.schema, rows)

    def each(
        self, con: duckdb.DuckDBPyConnection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        for job in jobs:
            with connect(memory=self.memory) as own:
                for name in tables(job):
                    rows = read_batches(con, f"from {name}")
                    put_table(own, name, rows.schema, rows)
                yield function(own, job)

    def close(self) -> None:
        """Nothing is held between parts."""
