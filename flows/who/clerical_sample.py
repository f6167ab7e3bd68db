"""The clerical sample of each month: of the rows that the machine linked otherwise than by number and name some of every rule,
the same all month however often it is drawn, and how many of them reviewers found right. Last month's stays until this month
ends, since that is when it is answered: 同一人 or 非同一人 on `delivery:row`, as on any linked row. 比对日志 and the console
show the same one.
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from flows.who.judged_links import hear_reviewers
from matchers.measures import wilson
from schemas.modelling import describe
from schemas.tables import MatchLog

PER_RULE = 20
NIGHTS = """
select run_no from store.applied_run where as_of >= date_trunc('month', $as_of::date) - interval 1 month and as_of <= $as_of::date order by run_no
"""
SHOWN = "kind, rule, delivery_id, row_no, record_id, person_id, match_weight, match_status, file_name, sheet"
LOG = f"""
create or replace temp table month_log as
select {SHOWN}, strftime($as_of::date, '%Y-%m') as month, '~' as place from match_log
"""
EARLIER = f"""
insert into month_log
select {SHOWN}, strftime(r.as_of, '%Y-%m'), filename
from read_parquet($files, filename = true) inner join store.applied_run as r on r.run_no = regexp_extract(filename, '([0-9]+)/tables/[^/]*$', 1)::bigint
"""
SAMPLE = f"""
create or replace temp table link_sample as
with linked_by as (
    select * from month_log where match_status = 'linked' and rule not in ('id_and_name', 'reviewer')
    qualify row_number() over (partition by month, kind, record_id order by place desc, delivery_id, row_no) = 1
),
drawn as (
    select *, count(*) over (partition by month, rule) as frame_count,
        row_number() over (partition by month, rule order by md5(record_id || month), kind, record_id) as draw, md5(record_id || month) as drawn_by
    from linked_by
),
said as (select kind, record_id, bool_and(is_same) as is_same from judged group by all)
select d.month, d.rule, d.frame_count, d.draw, d.drawn_by, d.delivery_id, d.delivery_id || ':' || d.row_no as question, d.file_name, d.sheet, d.row_no, d.kind, d.record_id,
    d.person_id, d.match_weight, s.is_same
from drawn as d left join said as s using (kind, record_id) where d.draw <= {PER_RULE} order by month, rule, draw
"""
ANSWERED = """
select month, rule, any_value(frame_count), count(*), count(is_same), count(*) filter (is_same) from link_sample group by month, rule order by month, rule
"""
PRECISION = """
create or replace temp table sample_precision
    (month varchar, rule varchar, frame_count bigint, drawn bigint, answered bigint, held bigint, precision double, low double, high double)
"""


def draw_sample(con: duckdb.DuckDBPyConnection, runs: Path, as_of: date) -> None:
    """Make `link_sample`, one row per row drawn, and `sample_precision`, one row per month and rule with the share of those
    answered that were right and its 95 % interval (no value where nobody has answered). Needs the store, tonight's
    `match_log` and `judged`."""
    nights = [number for (number,) in con.execute(NIGHTS, {"as_of": as_of}).fetchall()]
    files = [str(f) for n in nights if (f := runs / f"{n:06d}" / "tables" / "match_log.parquet").is_file()]
    con.execute(LOG, {"as_of": as_of})
    if files:
        con.execute(EARLIER, {"files": files})
    con.execute(SAMPLE)
    con.execute(PRECISION)
    for month, rule, frame, drawn, answered, held in con.execute(ANSWERED).fetchall():
        share = wilson(held, answered)
        found = (share.value, share.low, share.high) if answered else (None, None, None)
        con.execute("insert into sample_precision values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [month, rule, frame, drawn, answered, held, *found])  # fmt: skip
    con.execute("drop table month_log")


def draw_month(con: duckdb.DuckDBPyConnection, runs: Path, month: str) -> None:
    """The sample of a month such as `2024-06` as `draw_sample` makes it, from sealed runs alone, as reviewers have answered by now."""
    for table, like in (("ended", "store.ended"), ("added_decision", "store.standing_decision")):
        con.execute(f"create or replace temp table {table} as from {like} limit 0")  # no night is at work
    log = ", ".join(f'null::{c.sql} as "{c.name}"' for c in describe(MatchLog).columns)
    con.execute(f"create or replace temp table match_log as select {log} limit 0")
    hear_reviewers(con, runs)
    next_month = date.fromisoformat(f"{month}-28") + timedelta(days=4)
    draw_sample(con, runs, next_month.replace(day=1) - timedelta(days=1))
    for table in ("link_sample", "sample_precision"):
        con.execute(f"delete from {table} where month <> $month", {"month": month})
