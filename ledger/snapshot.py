"""What a ledger comes to, in one hash: two who hold the same entries find the same, whatever they store them in."""

import hashlib
from datetime import date

import duckdb

STATE_LINES = """
select to_json(s)::varchar as line from ledger_state_on($as_of::date, timestamptz '9999-12-31 00:00:00+00') as s
order by person_id, pack, track
"""


def state_hash(con: duckdb.DuckDBPyConnection, as_of: date) -> tuple[int, str]:
    """Rows and sha256 of the state on a day, from the connection's `ledger_entry` and the fold's macros."""
    lines = con.execute(STATE_LINES, {"as_of": as_of})
    digest, rows = hashlib.sha256(), 0
    while block := lines.fetchmany(50_000):
        digest.update("".join(f"{line}\n" for (line,) in block).encode())
        rows += len(block)
    return rows, digest.hexdigest()
