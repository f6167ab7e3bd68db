"""A query's text is read once in a process: a night asks some seven hundred, and the next one asks nearly all of them again.

DuckDB reads a text into statements, then plans and runs each. What it read is kept by its text, as its own
`extract_statements` gives it; planning, the values bound with each call and the results are as before.
"""

from typing import Any

import duckdb

KEPT = 5_000  # texts
EXECUTE = duckdb.DuckDBPyConnection.execute
_read: dict[str, list[duckdb.Statement]] = {}


def read_each_text_once() -> None:
    """From here on, on every connection of this process."""
    duckdb.DuckDBPyConnection.execute = _execute  # type: ignore[assignment, method-assign]


def _execute(con: duckdb.DuckDBPyConnection, query: Any, *values: Any, **named: Any) -> duckdb.DuckDBPyConnection:
    statements = _statements(con, query) if isinstance(query, str) else []
    for statement in statements[:-1]:
        EXECUTE(con, statement)
    return EXECUTE(con, statements[-1] if statements else query, *values, **named)


def _statements(con: duckdb.DuckDBPyConnection, query: str) -> list[duckdb.Statement]:
    if query not in _read:
        if len(_read) >= KEPT:
            _read.clear()
        _read[query] = con.extract_statements(query)
    return _read[query]
