"""Rows of a select: as dictionaries, what a template reads by name, or as they are."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import duckdb

MORE = (2, 4, 8, 32)  # times the usual: one group of rows of a register with many texts may be some hundred megabytes
TRIES, PAUSE = 100, 0.05  # seconds between them: by then the pages that hold all there is are done
Found = TypeVar("Found")


class Turns:
    """Many read together, or one alone. Whoever wants to be alone is not overtaken."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._reading = 0
        self._is_taken = False

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._moved:
            self._moved.wait_for(lambda: not self._is_taken)
            self._reading += 1
        try:
            yield
        finally:
            with self._moved:
                self._reading -= 1
                self._moved.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._moved:
            self._moved.wait_for(lambda: not self._is_taken)
            self._is_taken = True
            self._moved.wait_for(lambda: not self._reading)
        try:
            yield
        finally:
            with self._moved:
                self._is_taken = False
                self._moved.notify_all()


TURNS = Turns()


def rows(con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of a select with named values, in its order."""
    return within(con, lambda: list(con.sql(query, params=dict(values)).to_arrow_table().to_pylist()))


def plain_rows(
    con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The same as tuples."""
    return within(con, lambda: con.execute(query, dict(values or {})).fetchall())


def within(con: duckdb.DuckDBPyConnection, ask: Callable[[], Found]) -> Found:
    """The answer within the memory that all pages share; where others hold too much of it, once more alone; and where that is not
    enough either, with as much more as it takes."""
    try:
        with TURNS.together():
            return ask()
    except duckdb.OutOfMemoryException:
        with TURNS.alone():
            return _alone(con, ask)


def _alone(con: duckdb.DuckDBPyConnection, ask: Callable[[], Found]) -> Found:
    usual = patiently(lambda: con.execute("select current_setting('memory_limit')").fetchall()[0][0])
    size, unit = usual.split()  # such as 32.0 MiB
    try:
        for more in MORE:
            try:
                return ask()
            except duckdb.OutOfMemoryException:
                con.execute(f"set memory_limit = '{float(size) * more}{unit}'")
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
