"""What waits for people: questions open, tasks open and overdue, sources late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from schemas.errors import say
from schemas.extracts import LAYOUTS

OPEN = """
create or replace temp table open_now as
select entry_id, track, op, valid_from, needs_decision from ledger_effective($day::date, timestamptz '9999-12-31 00:00:00+00') where is_open
"""
QUESTIONS = "select count(*), min(valid_from) from open_now where needs_decision"
TASKS = "select count(*) from open_now where track = 'T' and op = 'TASK'"
OVERDUE = """
select count(distinct l.entry_id), min(l.due_date) from outbound as l semi join open_now as o using (entry_id)
where l.due_date < $day::date
"""
LATE = "select kind, office, days_late from scorecard where run_no = $run_no and days_late > 0 order by days_late desc, kind, office"
ASIDE = "select coalesce(sum(quarantined), 0)::bigint from scorecard where run_no = $run_no"


@dataclass(frozen=True)
class Waiting:
    """Questions without an answer and the day of the oldest, open tasks, overdue items and the day of the first, and the
    sources that are late: kind, office, days."""

    questions: int
    oldest: date | None
    tasks: int
    overdue: int
    first_due: date | None
    late: tuple[tuple[str, str, int], ...]


def waiting(con: duckdb.DuckDBPyConnection, run_no: int, day: date) -> Waiting:
    """As of the last night. `con` is the store; leaves `open_now`, every entry that is open."""
    con.execute(OPEN, {"day": day})
    return count_waiting(con, run_no, day)


def count_waiting(con: duckdb.DuckDBPyConnection, run_no: int, day: date) -> Waiting:
    """The same from an `open_now` that is there already."""
    questions, oldest = con.execute(QUESTIONS).fetchall()[0]
    tasks = con.execute(TASKS).fetchall()[0][0]
    overdue, first_due = con.execute(OVERDUE, {"day": day}).fetchall()[0]
    late = tuple((k, o, d) for k, o, d in con.execute(LATE, {"run_no": run_no}).fetchall())
    return Waiting(questions, oldest, tasks, overdue, first_due, late)


def waiting_lines(con: duckdb.DuckDBPyConnection, run_no: int, day: date) -> Iterator[str]:
    """One sentence each, as of the last night. `con` is the store."""
    aside = con.execute(ASIDE, {"run_no": run_no}).fetchall()[0][0]
    yield say(f"隔离未计的行：{aside}。", f"Rows put aside, which do not count: {aside}.")
    now = waiting(con, run_no, day)
    since = say(f"，最早的自 {now.oldest} 起", f", the oldest since {now.oldest}") if now.questions else ""
    yield say(f"待人决定 {now.questions} 条{since}。", f"{now.questions} questions wait for a decision{since}.")
    when = say(f"，最早应于 {now.first_due} 办结", f", the first was due {now.first_due}") if now.overdue else ""
    yield say(
        f"未办任务 {now.tasks} 条；已过期限 {now.overdue} 条{when}。",
        f"{now.tasks} tasks are open; {now.overdue} items are overdue{when}.",
    )
    named = "、".join(late_source(*source) for source in now.late)
    yield say(f"迟报的来源：{named or '无'}。", f"Late sources (days): {named or 'none'}.")


def late_source(kind: str, office: str, days: int) -> str:
    return f"{LAYOUTS[kind].label}{'@' + office if office else ''}（{days} 天）"
