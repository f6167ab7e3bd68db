"""Rows that have served their purpose: which they are, and the table sealed again with their place and hash alone."""

import json
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import duckdb

from ledger.seal import write_parquet
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.rows import standing_columns

DESTROYED = "destroyed"  # the `rule` of such a row
# `business_key` goes: whoever tries all numbers of a town finds the one that it is the hash of.
STAYS = (
    "office", "record_id", "delivery_id", "row_no", "run_no", "person_id", "match_status", "link_grade", "withdrawn",
)  # fmt: skip

# Households with somebody we know: their other members are looked up by number, whether or not a roster made them known.
KIN = """
create or replace temp table kin_household as select distinct office, household_no from book where person_id is not null;
create or replace temp table kin as
select distinct b.id_key from book as b semi join kin_household using (office, household_no) where b.id_key is not null
"""
# A row that came again after it had ended stands; what ended it must be no earlier than itself.
DUE = """
create or replace temp table due as
with placed as (
    select filename, office, record_id, run_no, delivery_id, id_key, match_status, {is_kin_row} as is_kin_row
    from read_parquet($files, filename = true) where rule is distinct from $destroyed
),
link_now as (
    select office, record_id, max(run_no) as link_run, arg_max(match_status, run_no) as match_status
    from link_known where kind = $kind group by office, record_id
),
gone as (
    select p.filename, p.office, p.record_id, p.run_no, min(d.day) as day
    from placed as p
    inner join store.ended as e on e.kind = $kind and e.office = p.office and e.record_id = p.record_id and e.run_no >= p.run_no
    inner join run_day as d on d.run_no = e.run_no group by all
),
file_day as (select delivery_id, max(day) as day from telling where status in ('accepted', 'duplicate') group by all),
newest as (
    select office, max(day) as day from telling where kind = $kind and coverage = 'full' and status in ('accepted', 'duplicate') group by all
),
told_again as (
    select t.office, t.record_id, max(f.day) as day from retold_known as t inner join file_day as f using (delivery_id)
    where t.kind = $kind group by all
),
looked_at as (
    select p.filename, p.office, p.record_id, p.run_no, g.day as end_day, greatest(f.day, a.day, n.day) as told_day,
           $is_person and if(l.link_run >= p.run_no, l.match_status, p.match_status) = 'not_linked' as is_stranger,
           p.is_kin_row or coalesce(p.id_key in (from kin), false) as is_kin
    from placed as p left join gone as g using (filename, office, record_id, run_no) left join link_now as l using (office, record_id)
    left join file_day as f using (delivery_id) left join told_again as a using (office, record_id) left join newest as n on n.office = p.office
)
select filename, office, record_id, run_no from looked_at
where coalesce(if(is_stranger, if(end_day is null and is_kin, null, coalesce(end_day, told_day)) + $strangers::integer, end_day + $known::integer) <= $as_of::date, false)
"""


def rows_due(
    con: duckdb.DuckDBPyConnection,
    files: Collection[Path],
    kind: str,
    as_of: date,
    known: int | None,
    strangers: int | None,
) -> Iterator[tuple[Path, int]]:
    """Make `due`; gives each of the kind's sealed `files` with rows in it, and how many. Terms in days; None: for ever."""
    if not files:
        return
    con.execute(KIN)
    of_household = "(office, household_no) in (select (office, household_no) from kin_household)"
    query = DUE.format(is_kin_row=of_household if kind == "household_register" else "false")
    con.execute(query, {
        "files": [str(f) for f in files], "kind": kind, "destroyed": DESTROYED, "is_person": kind in PERSON_LAYOUTS,
        "known": known, "strangers": strangers, "as_of": as_of,
    })  # fmt: skip
    counts = dict(con.execute("select filename, count(*) from due group by filename").fetchall())
    yield from ((path, int(counts[str(path)])) for path in files if str(path) in counts)


def write_rest(con: duckdb.DuckDBPyConnection, kind: str, path: Path, target: Path, run_no: int) -> None:
    """The table again in its order; of rows that are `due` only what `STAYS` names, and the run that destroyed the rest."""
    said = {"rule": f"'{DESTROYED}'", "extra": "'" + json.dumps({DESTROYED: run_no}) + "'"}
    columns = (
        f"r.{name}" if name in STAYS else f"if(d.run_no is null, r.{name}, {said.get(name, 'null')}) as {name}"
        for name, _ in standing_columns(LAYOUTS[kind])
    )
    file = str(path).replace("'", "''")
    query = f"""
        select {", ".join(columns)} from read_parquet('{file}', file_row_number = true) as r
        left join (from due where filename = '{file}') as d on d.office = r.office and d.record_id = r.record_id and d.run_no = r.run_no
        order by r.file_row_number
    """
    write_parquet(con, query, target)
