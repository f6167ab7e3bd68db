"""The store's own fold, worked out for some people in place of all. Its macros speak of `ledger_entry` and of each other by name, and
a connection looks for a name among what it made for itself first: one implementation, and no second fold to keep true."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb

from reports.console.rows import plain_rows

OWN = "create or replace temp table ledger_entry as select * from store.ledger_entry where {whose}"
# What is in effect is asked for by states, cases and what is open alike; planning it costs more than these few entries.
EFFECTIVE = "create or replace temp table effective_now as from store.ledger_effective($day::date, $known::timestamptz)"
FOUND = "create or replace temp macro ledger_effective(as_of, known_at) as table from effective_now"


def narrow(con: duckdb.DuckDBPyConnection, whose: str, values: Mapping[str, Any]) -> None:
    """From now on this connection's ledger is that of the people for whom a condition holds, until `widen`. A person's entries
    are taken all or none: they end, answer and supersede each other."""
    plain_rows(con, OWN.format(whose=whose), values)


def keep_effective(con: duckdb.DuckDBPyConnection, day: date, known_at: datetime) -> None:
    """From now on what is in effect is that of this one date, as known then, whatever date a macro is asked for."""
    plain_rows(con, EFFECTIVE, {"day": day, "known": known_at})
    plain_rows(con, FOUND)


def widen(con: duckdb.DuckDBPyConnection) -> None:
    """The ledger is everybody's again."""
    plain_rows(con, "drop table temp.ledger_entry")
