"""What the periodic books are made from: the ledger on the day a book looks back to."""

import duckdb

from reports.calendar import DueBook

# The state that day as known now, the entry that put the person in, and the last sentence that was said beside it.
LEDGER_ON = """
create or replace temp table ledger_on as
with seen as (select * from ledger_entry where valid_from <= $day and person_id is not null),
said as (
    select person_id, pack, track, arg_max(entry_id, (run_no, seq)) filter (op in ('ADD', 'UPD') and valid_to is null) as entry_id,
        arg_max(if(op = 'ADD', '', reason), (run_no, seq)) as last_reason, max(valid_from) as changed_on
    from seen group by person_id, pack, track
)
select s.person_id, s.pack, s.track, s.state, s.basis, s.tier, s.since, s.sources, s.needs_decision, d.entry_id,
    nullif(d.last_reason, '') as last_reason, d.changed_on
from ledger_state_on($day, timestamptz '9999-12-31 00:00:00+00') as s inner join said as d using (person_id, pack, track)
"""


def gather_ledger(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    """Make `ledger_on`. `ledger_entry` must hold every entry, tonight's among them."""
    con.execute(LEDGER_ON.replace("$day", f"date '{due.cutoff.isoformat()}'")).fetchall()


def place_rows(con: duckdb.DuckDBPyConnection, name: str, rows: str, **binds: object) -> None:
    """Make the temporary table `name` of the ordered select `rows`, numbered from 1 in `row_no`."""
    con.execute(
        f"create or replace temp table {name} as select row_number() over () as row_no, * from ({rows})", binds or None
    ).fetchall()
