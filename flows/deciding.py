"""What follows for whom: facts at the as-of date, rules, and the change against the ledger."""

from collections.abc import Sequence
from datetime import date, datetime

import duckdb

from ledger.delta import conserve, draft_entries, find_failing, load_fold
from policies.evaluate import describe_closings, evaluate, open_view
from policies.pack import Pack
from schemas.extracts import LAYOUTS
from schemas.tables import standing_columns

NOW = """
create or replace temp table now_{kind} as
with standing as (
    select s.* replace (if(c.record_id is null, s.person_id, c.person_id) as person_id,
                        if(c.record_id is null, s.link_grade, c.link_grade) as link_grade)
    from store.standing_{kind} as s
    left join (select * from link_change where kind = '{kind}') as c using (office, record_id)
    union all by name
    select {columns} from added_{kind}
)
select * from standing
where person_id is not null and (office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
FLAGS = """
create or replace temp table source_flag as
select exists (from store.source where kind = 'service_log') or exists (from source_tonight where kind = 'service_log') as has_service_log,
       exists (from now_insurance_active where place is not null) as has_outside_insurance
"""


def state_facts(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make `now_<kind>` (every standing row that is about somebody known), the facts and the wide view."""
    for kind, layout in LAYOUTS.items():
        columns = ", ".join(f'"{name}"' for name, _ in standing_columns(layout))
        con.execute(NOW.format(kind=kind, columns=columns))
    con.execute(FLAGS)
    open_view(con, as_of)


def decide(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str]) -> None:
    """Make `finding` and `rule_outcome`."""
    evaluate(con, packs, as_of, barred)


def post(
    con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], run_no: int, as_of: date, recorded_at: datetime
) -> dict[str, int]:
    """Make `new_entry`: what changed against the fold. Gives the people totals, which must add up."""
    con.execute("create or replace temp table ledger_entry as select * from store.ledger_entry")
    links = " union all ".join(f"select person_id, record_id from now_{kind}" for kind in LAYOUTS)
    con.execute(f"create or replace temp table standing_link as {links}")
    con.execute(
        "create or replace temp table ended_log as select record_id, cause from store.ended union all select record_id, cause from ended"
    )
    load_fold(con)
    find_failing(con)
    describe_closings(con, packs)
    draft_entries(con, run_no, as_of, recorded_at)
    return conserve(con)
