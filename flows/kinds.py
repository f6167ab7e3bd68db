"""Which of the 32 kinds have rows at all: most offices send a few, and an empty kind should cost a night nothing."""

from collections.abc import Iterable

import duckdb

from schemas.columns import Layout
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS

STANDING = """
select view_name from duckdb_views() where database_name = 'store' and starts_with(view_name, 'standing_')
"""
# The catalogue's own count: asking thirty tables one by one takes longer than anything a quiet night has to do.
ADDED = "select table_name from duckdb_tables() where starts_with(table_name, 'added_') and estimated_size > 0"


def standing_kinds(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Kinds that came on some night before, in the order of the layouts."""
    found = {name.removeprefix("standing_") for (name,) in con.execute(STANDING).fetchall()}
    return tuple(kind for kind in LAYOUTS if kind in found)


def kinds_of_tonight(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Kinds of which tonight's files brought a row that was not there."""
    filled = {name.removeprefix("added_") for (name,) in con.execute(ADDED).fetchall()}
    return tuple(kind for kind in LAYOUTS if kind in filled)


def people_of(kinds: Iterable[str]) -> list[tuple[str, Layout]]:
    """Those of these kinds that are about people, with their layouts."""
    return [(kind, PERSON_LAYOUTS[kind]) for kind in kinds if kind in PERSON_LAYOUTS]
