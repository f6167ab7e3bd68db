"""What waits for people: questions open, tasks open and overdue, sources late."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from schemas.errors import say
from schemas.extracts import LAYOUTS

OPEN = """
create or replace temp table open_now as
select * from ledger_effective($day::date, timestamptz '9999-12-31 00:00:00+00') where is_open
"""
QUESTIONS = "select count(*), min(valid_from) from open_now where needs_decision"
TASKS = "select count(*) from open_now where track = 'T' and op = 'TASK'"
OVERDUE = """
select count(distinct l.entry_id), min(l.due_date) from read_parquet($lists) as l semi join open_now as o using (entry_id)
where l.due_date < $day::date
"""
LATE = "select kind, office, days_late from scorecard where run_no = $run_no and days_late > 0 order by days_late desc, kind, office"


def waiting_lines(con: duckdb.DuckDBPyConnection, runs: Path, run_no: int, day: date) -> Iterator[str]:
    """One sentence each, as of the last night. `con` is the store."""
    con.execute(OPEN, {"day": day})
    questions, oldest = con.execute(QUESTIONS).fetchall()[0]
    since = say(f"，最早的自 {oldest} 起", f", the oldest since {oldest}") if questions else ""
    yield say(f"待人决定 {questions} 条{since}。", f"{questions} questions wait for a decision{since}.")
    tasks = con.execute(TASKS).fetchall()[0][0]
    lists = [str(p) for p in sorted(runs.glob("*/tables/lists/*.parquet"))]
    overdue, first = con.execute(OVERDUE, {"lists": lists, "day": day}).fetchall()[0] if lists else (0, None)
    when = say(f"，最早应于 {first} 办结", f", the first was due {first}") if overdue else ""
    yield say(
        f"未办任务 {tasks} 条；已过期限 {overdue} 条{when}。",
        f"{tasks} tasks are open; {overdue} items are overdue{when}.",
    )
    late = con.execute(LATE, {"run_no": run_no}).fetchall()
    named = "、".join(
        f"{LAYOUTS[kind].label}{'@' + office if office else ''}（{days} 天）" for kind, office, days in late
    )
    yield say(f"迟报的来源：{named or '无'}。", f"Late sources (days): {named or 'none'}.")
