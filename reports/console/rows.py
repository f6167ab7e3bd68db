"""Rows of a select as dictionaries: what a template reads by name."""

from collections.abc import Mapping
from typing import Any

import duckdb


def rows(con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of a select with named values, in its order."""
    return list(con.sql(query, params=dict(values)).to_arrow_table().to_pylist())
