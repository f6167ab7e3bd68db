"""What follows for whom: facts at the as-of date, rules, and the change against the ledger."""

from collections.abc import Sequence
from datetime import date, datetime

import duckdb

from ledger.delta import conserve, draft_entries, find_failing, load_fold
from policies.evaluate import describe_closings, evaluate, open_view
from policies.pack import Pack
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.tables import row_columns

NOW = """
create or replace temp table now_{kind} as
with standing as (
    select {columns}, if(c.is_changed, c.person_id, s.person_id) as person_id, if(c.is_changed, c.link_grade, s.link_grade) as link_grade
    from store.standing_{kind} as s
    left join (select *, true as is_changed from link_change where kind = '{kind}') as c using (office, record_id)
    union all by name
    select {added}, l.person_id, l.link_grade from added_{kind} as s inner join linked as l using (rid)
)
select * from standing where {who} and (office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
TAKEN_BACK = """
select s.person_id, e.kind from store.standing_{kind} as s inner join ended as e using (office, record_id)
where e.kind = '{kind}' and e.cause in ('withdrawn', 'vanished', 'corrected') and s.person_id is not null
"""
FLAGS = """
create or replace temp table source_flag as
select exists (from store.source where kind = 'service_log') or exists (from source_tonight where kind = 'service_log') as has_service_log,
       exists (from now_insurance_active where place is not null) as has_outside_insurance
"""


def state_facts(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make `now_<kind>` (every standing row that is about somebody known), the facts and the wide view."""
    for kind, layout in LAYOUTS.items():
        who = "person_id is not null" if kind in PERSON_LAYOUTS else "true"
        columns = [name for name, _ in row_columns(layout)]
        listed = ", ".join(c if c in ("office", "record_id") else f"s.{c}" for c in columns)
        con.execute(NOW.format(kind=kind, columns=listed, added=", ".join(f"s.{c}" for c in columns), who=who))
    con.execute(FLAGS)
    open_view(con, as_of)


def decide(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str]) -> None:
    """Make `finding` and `rule_outcome`, and let go of what only they needed."""
    evaluate(con, packs, as_of, barred)
    for (name,) in con.execute(
        "select table_name from duckdb_tables() where regexp_matches(table_name, '^(fact|topic)_')"
    ).fetchall():
        con.execute(f"drop table {name}")


def post(
    con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], run_no: int, as_of: date, recorded_at: datetime
) -> dict[str, int]:
    """Make `new_entry`: what changed against the fold. Gives the people totals, which must add up."""
    con.execute("create or replace temp table ledger_entry as select * from store.ledger_entry")
    links = " union all ".join(f"select person_id, record_id from now_{kind}" for kind in LAYOUTS)
    con.execute(f"create or replace temp table standing_link as {links}")
    con.execute(
        "create or replace temp table ended_log as select record_id, kind, cause, false as is_tonight from store.ended union all select record_id, kind, cause, true from ended"
    )
    taken_back = " union ".join(TAKEN_BACK.format(kind=kind) for kind in LAYOUTS)
    con.execute(f"create or replace temp table taken_back as {taken_back}")
    load_fold(con)
    find_failing(con)
    describe_closings(con, packs)
    draft_entries(con, run_no, as_of, recorded_at)
    return conserve(con)
