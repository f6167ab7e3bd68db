"""A night of few rows plans its statements lightly: there, to weigh which plan is best takes longer than any plan.

Some seven hundred statements a night are planned whether or not there is a row for them. What is left out changes how rows
are found, not which: tests/test_engines.py holds a light night's bytes against another's.
"""

import duckdb

FEW = 5_000  # rows that stand, and tonight's; a city has a hundred times as many (docs/decisions/0043)
# What makes crossings joins and leaves out columns that nobody asks for pays at any size. Statistics tell the parquet writer
# which columns are never null: without them it writes other bytes.
KEPT = (
    "statistics_propagation", "filter_pushdown", "expression_rewriter", "unused_columns", "column_lifetime", "limit_pushdown", "top_n", "deliminator",
)  # fmt: skip
ROWS = """
select (select coalesce(sum(accepted - unchanged), 0) from store.delivery) + (select coalesce(sum(rows), 0) from delivery)
"""
LEFT_OUT = "select string_agg(name, ',') from duckdb_optimizers() where not list_contains($kept, name)"


def plan_lightly(con: duckdb.DuckDBPyConnection) -> None:
    """Once tonight's files are read: from here on, if the night is small, on one thread and with a short plan."""
    if con.execute(ROWS).fetchall()[0][0] <= FEW:
        lighten(con)


def lighten(con: duckdb.DuckDBPyConnection) -> None:
    """From here on, on one thread and with short plans."""
    left_out = con.execute(LEFT_OUT, {"kept": list(KEPT)}).fetchall()[0][0]
    con.execute(f"set threads = 1; set disabled_optimizers = '{left_out}'")
