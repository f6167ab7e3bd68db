"""Which of the 32 kinds have rows at all: most offices send a few, and an empty kind should cost a night nothing."""

import duckdb

from schemas.extracts import LAYOUTS

STANDING = """
select view_name from duckdb_views() where database_name = 'store' and starts_with(view_name, 'standing_')
"""


def standing_kinds(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Kinds that came on some night before, in the order of the layouts."""
    found = {name.removeprefix("standing_") for (name,) in con.execute(STANDING).fetchall()}
    return tuple(kind for kind in LAYOUTS if kind in found)


def kinds_of_tonight(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Kinds of which tonight's files brought a row that was not there."""
    counts = " union all ".join(f"select '{kind}' as kind where exists (from added_{kind})" for kind in LAYOUTS)
    found = {kind for (kind,) in con.execute(counts).fetchall()}
    return tuple(kind for kind in LAYOUTS if kind in found)
