"""Rows of a select: as dictionaries, what a template reads by name, or as they are."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import duckdb

WIDE = "1GiB"  # one group of rows of a register with many texts is some hundred megabytes, and is read whole
ALONE = threading.Lock()
TRIES, PAUSE = 100, 0.05  # seconds between them: by then the pages that hold all there is are done
Found = TypeVar("Found")


def rows(con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of a select with named values, in its order."""
    return within(con, lambda: list(con.sql(query, params=dict(values)).to_arrow_table().to_pylist()))


def plain_rows(
    con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The same as tuples."""
    return within(con, lambda: con.execute(query, dict(values or {})).fetchall())


def within(con: duckdb.DuckDBPyConnection, ask: Callable[[], Found]) -> Found:
    """The answer within the memory that pages usually have; where that is not enough, once more with much, one at a time."""
    try:
        return ask()
    except duckdb.OutOfMemoryException:
        with ALONE:
            usual = patiently(lambda: con.execute("select current_setting('memory_limit')").fetchall()[0][0])
            patiently(lambda: con.execute(f"set memory_limit = '{WIDE}'"))
            try:
                return ask()
            finally:
                patiently(lambda: con.execute(f"set memory_limit = '{usual}'"))


def patiently(ask: Callable[[], Found]) -> Found:
    """The answer to something small, for which there may be no memory while other pages hold all of it."""
    for _ in range(TRIES):
        try:
            return ask()
        except duckdb.OutOfMemoryException:
            time.sleep(PAUSE)
    return ask()
