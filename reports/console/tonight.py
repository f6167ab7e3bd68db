"""今晚: what came in and what did not, what changed and why, what waits, what is overdue, and the breaker, on one screen."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from reports.console.charts import HEIGHT, WIDTH, Line, line
from reports.console.page import Page
from reports.run_note import BEIJING
from reports.words import KIND_WORDS, OP_WORDS
from schemas.errors import say

SHOWN = 6  # lines of one panel; the rest is counted
FILES = "select status, count(*), sum(rows)::bigint, sum(quarantined)::bigint from delivery_tonight group by status"
NOT_TAKEN = """
select file_name, word_delivery(status), shown_text(reason) from delivery_tonight where status <> 'accepted'
order by status = 'duplicate', file_name, delivery_id
"""
CHANGES = """
select op, count(*) as entries, count(*) filter (needs_decision) as asks from ledger_entry where run_no = $run
group by op order by entries desc, op
"""
REASONS = """
select e.clause, any_value(c.title), e.op, count(*) as entries from ledger_entry as e
left join report_clause as c on c.pack = e.pack and c.rule_id = coalesce(json_extract_string(e.parameters, '$.rule'), e.clause)
where e.run_no = $run group by e.clause, e.op order by entries desc, e.clause, e.op
"""
ASKED = "select op_code, count(*) as n from entry_queue group by op_code order by n desc, op_code"
ASKED_ROWS = "select count(*) from row_queue"
OVERDUE = """
select word_list(l.list), count(distinct l.entry_id) as n, min(l.due_date)::varchar from outbound as l semi join open_now as o using (entry_id)
where l.due_date < $day::date group by l.list order by n desc, l.list
"""
TRENDS = """
select count(*) filter (op = 'ADD'), count(*) filter (op in ('PROP_EXIT', 'PROP_DEREG', 'FLAG_REEMP')), count(*) filter (op in ('REVIEW', 'HOLD'))
from ledger_entry where run_no = $run
"""


@dataclass(frozen=True)
class Trend:
    """One night in the manifests: files that came, those not accepted, rows in quarantine, ledger entries."""

    run_no: int
    as_of: date
    files: int
    not_taken: int
    quarantined: int
    entries: int


@dataclass(frozen=True)
class Figures:
    """What is counted once a run."""

    files: tuple[tuple[str, int], ...]
    rows: int
    quarantined: int
    not_taken: tuple[tuple[str, str, str], ...]
    barred: tuple[str, ...]
    changes: tuple[tuple[str, str, int, int], ...]
    reasons: tuple[tuple[str, str, str, int], ...]
    asked: tuple[tuple[str, int], ...]
    asked_rows: int
    overdue: tuple[tuple[str, int, str], ...]
    trends: tuple[Line, ...]


@dataclass(frozen=True)
class Waits:
    """What waits for people, as of the last night; `late` names sources with their days."""

    questions: int
    oldest: str | None
    tasks: int
    overdue: int
    first_due: str | None
    late: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """A night that the breaker holds: why, each figure outside its band, and who released it (or "")."""

    why: str
    figures: tuple[str, ...]
    released: str


@dataclass(frozen=True)
class Around:
    """What may change from minute to minute."""

    inbox_count: int
    is_cut_off: bool
    held: Held | None
    draft_count: int


def figures(con: duckdb.DuckDBPyConnection, run_no: int, barred: Sequence[str], nights: Sequence[Trend]) -> Figures:
    """Everything of one night that is counted from tables. `con` shows the store, `delivery_tonight`, `open_now`, `report_clause`
    and the two queues."""
    files = {status: (n, rows, bad) for status, n, rows, bad in con.execute(FILES).fetchall()}
    day = nights[-1].as_of
    return Figures(
        files=tuple((status, files.get(status, (0, 0, 0))[0]) for status in ("accepted", "refused", "held", "duplicate")),
        rows=sum(rows for _, rows, _ in files.values()),
        quarantined=sum(bad for _, _, bad in files.values()),
        not_taken=tuple(con.execute(NOT_TAKEN).fetchall()),
        barred=tuple(KIND_WORDS.get(kind, kind) for kind in barred),
        changes=tuple((op, OP_WORDS[op], n, asks) for op, n, asks in con.execute(CHANGES, {"run": run_no}).fetchall()),
        reasons=tuple((c, title or "", OP_WORDS[op], n) for c, title, op, n in con.execute(REASONS, {"run": run_no}).fetchall()),
        asked=tuple((OP_WORDS[op], n) for op, n in con.execute(ASKED).fetchall()),
        asked_rows=con.execute(ASKED_ROWS).fetchall()[0][0],
        overdue=tuple(con.execute(OVERDUE, {"day": day}).fetchall()),
        trends=_trends(con, nights),
    )  # fmt: skip


def to_text(counted: Figures, waits: Waits) -> str:
    """Both as JSON; `from_text` gives the same again."""
    return json.dumps([asdict(counted), asdict(waits)], ensure_ascii=False)


def from_text(text: str) -> tuple[Figures, Waits]:
    figures, waits = json.loads(text)
    trends = tuple(Line(**told) for told in figures.pop("trends"))
    return Figures(**_tuples(figures), trends=trends), Waits(**_tuples(waits))


def _tuples(said: dict[str, Any]) -> dict[str, Any]:
    """Lists as what they were: tuples of values, or of tuples."""
    return {
        name: tuple(tuple(v) if isinstance(v, list) else v for v in value) if isinstance(value, list) else value
        for name, value in said.items()
    }


def _trends(con: duckdb.DuckDBPyConnection, nights: Sequence[Trend]) -> tuple[Line, ...]:
    counted = [con.execute(TRENDS, {"run": n.run_no}).fetchall()[0] for n in nights]
    return (
        line(say("台账分录", "Ledger entries"), [n.entries for n in nights]),
        line(say("新增", "Additions"), [c[0] for c in counted]),
        line(say("退出、注销、再就业", "Exits"), [c[1] for c in counted]),
        line(say("新的待核查", "New reviews"), [c[2] for c in counted]),
        line(say("隔离行", "Rows in quarantine"), [n.quarantined for n in nights]),
        line(say("未收下的文件", "Files not taken in"), [n.not_taken for n in nights]),
    )


def page(
    run_no: int, as_of: date, recorded_at: datetime, head: str, counted: Figures, waits: Waits, around: Around
) -> Page:
    """The page of one night."""
    most = max((n for _, _, n, _ in counted.changes), default=1)
    values: dict[str, Any] = {
        "run_no": run_no, "as_of": as_of, "recorded": f"{recorded_at.astimezone(BEIJING):%Y-%m-%d %H:%M}", "head": head,
        "counted": counted, "waits": waits, "around": around, "most": most, "shown": SHOWN,
        "late_and_barred": (*waits.late, *(say(f"{b}（本夜停用）", f"{b} (barred)") for b in counted.barred)),
        "chart_width": WIDTH, "chart_height": HEIGHT,
    }  # fmt: skip
    return Page("tonight.html", say("今晚", "Tonight"), values)


def empty_page(around: Around) -> Page:
    """Before the first run."""
    return Page("tonight_empty.html", say("今晚", "Tonight"), {"around": around})
