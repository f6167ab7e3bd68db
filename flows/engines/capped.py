"""This machine, within its memory: a stage is done at once while what it holds outside DuckDB fits, else in parts.

DuckDB keeps to its own limit and spills. What a stage holds in arrays it says by row (`Stage.holds`), and its cut makes
that smaller: the same seam that a cluster uses.
"""

from collections.abc import Iterator, Sequence

import duckdb

from flows.engines.parts import InParts
from schemas.stages import LOCAL, Asked, Job, Result, Stage, Work

LEAST_SESSION = 64 << 20  # below this DuckDB cannot even read what it spilled


class Capped:
    """`memory`: bytes for what a stage holds in arrays, and again for each part's DuckDB."""

    def __init__(self, memory: int) -> None:
        self.memory = memory

    def run(self, con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        parts = self.parts_of(con, stage)
        (InParts(parts, max(self.memory, LEAST_SESSION)) if parts > 1 else LOCAL).run(con, stage)

    def parts_of(self, con: duckdb.DuckDBPyConnection, stage: Stage) -> int:
        held = sum(
            size * int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
            for table, size in stage.holds.items()
        )
        return max(1, -(-held // self.memory))

    def each(
        self, con: duckdb.DuckDBPyConnection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        return LOCAL.each(con, function, jobs, tables)

    def close(self) -> None:
        """Nothing is held."""
