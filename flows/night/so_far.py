"""What the nights up to this one came to, in figures: for the run report's charts. No personal value."""

from datetime import date

import duckdb

# A question is open from the night it was asked until the night of the entry that answers, ends or takes it back.
NIGHTS = """
create or replace temp table night_past as
with night as (select run_no, as_of from store.applied_run union all select $run_no::bigint, $as_of::date),
entry as (
    select run_no, entry_id, op, needs_decision, supersedes from store.ledger_entry
    union all select run_no, entry_id, op, needs_decision, supersedes from new_entry
),
said as (
    select run_no, count(*) as entries, count(*) filter (op = 'ADD') as added, count(*) filter (op = 'FLAG_REEMP') as reemployed,
           count(*) filter (op = 'DECIDED') as decided, count(*) filter (needs_decision) as asked
    from entry group by run_no
),
closed as (
    select e.closed_in as run_no, count(*) as closed
    from (select q.entry_id, min(e.run_no) as closed_in from entry as q inner join entry as e on e.supersedes = q.entry_id
          where q.needs_decision group by q.entry_id) as e
    group by e.closed_in
),
score as (
    select run_no, sum(rows) as rows, sum(quarantined) as quarantined, sum(standing_rows) as standing_rows, sum(valid_numbers) as valid_numbers,
           count(*) as sources, count(*) filter (days_late > 0) as late_sources
    from (from store.scorecard union all by name from scorecard) group by run_no
)
select n.run_no, n.as_of, coalesce(s.entries, 0) as entries, coalesce(s.added, 0) as added, coalesce(s.reemployed, 0) as reemployed,
       coalesce(s.decided, 0) as decided, coalesce(s.asked, 0) as asked,
       (sum(coalesce(s.asked, 0)) over w - sum(coalesce(c.closed, 0)) over w)::bigint as open_after,
       coalesce(q.rows, 0)::bigint as rows, coalesce(q.quarantined, 0)::bigint as quarantined, coalesce(q.standing_rows, 0)::bigint as standing_rows,
       coalesce(q.valid_numbers, 0)::bigint as valid_numbers, coalesce(q.sources, 0) as sources, coalesce(q.late_sources, 0) as late_sources
from night as n left join said as s using (run_no) left join closed as c using (run_no) left join score as q using (run_no)
window w as (order by n.run_no) order by n.run_no
"""
# How long what is open has been: an entry since the night that asked, a row since the date of its file.
AGES = """
create or replace temp table question_age as
with night as (select run_no, as_of from store.applied_run union all select $run_no::bigint, $as_of::date),
file as (select delivery_id, snapshot_date from store.delivery union select delivery_id, snapshot_date from delivery)
select 'entry' as what, greatest($as_of::date - n.as_of, 0) as days from open_entry as e inner join night as n using (run_no)
union all
select 'row', greatest($as_of::date - coalesce(f.snapshot_date, $as_of::date), 0) from open_link as l left join file as f using (delivery_id)
"""


def count_nights(con: duckdb.DuckDBPyConnection, run_no: int, as_of: date) -> None:
    """Make `night_past`, one row a run, tonight last, and `question_age`, one row per open question. Needs the store, and
    tonight's `new_entry`, `scorecard`, `delivery`, `open_entry` and `open_link`."""
    for statement in (NIGHTS, AGES):
        con.execute(statement, {"run_no": run_no, "as_of": as_of})
