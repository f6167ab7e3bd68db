"""审计: the chain of runs and what was checked of it, one night done again, and the month's sample of machine decisions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from reports.console.page import Page
from reports.console.rows import rows
from reports.words import KIND_WORDS, TABLE_WORDS
from schemas.errors import say

PER_PAGE = 30
SIZES = (10, 20, 50)
MONTH = re.compile(r"\d{4}-\d{2}")
RUNS = f"""
select k.run_no, k.head, k.as_of, k.recorded_at, count(e.entry_id) as entries from (
    from finder.run_known order by run_no desc limit {PER_PAGE} offset $offset
) as k left join ledger_entry as e on e.run_no = k.run_no group by all order by k.run_no desc
"""
MONTHS = "select distinct strftime(as_of, '%Y-%m') as month from finder.run_known order by month desc limit 60"
STRATA = """
with frame as (
    select s.rule, s.outcome, sum(s.row_count)::bigint as row_count from finder.stratum as s inner join finder.run_known as r using (run_no)
    where strftime(r.as_of, '%Y-%m') = $month group by s.rule, s.outcome
)
select rule, outcome, row_count, least(row_count, $size::bigint) as drawn from frame order by row_count desc, rule, outcome
"""
DRAWN = """
select d.run_no, d.rule, d.outcome, d.delivery_id, d.row_no, d.kind, d.person_id, d.draw, f.file_name, f.sheet
from finder.drawable as d inner join finder.run_known as r using (run_no) left join finder.file_seen as f on f.delivery_id = d.delivery_id and f.run_no = d.run_no
where strftime(r.as_of, '%Y-%m') = $month
qualify row_number() over (partition by d.rule, d.outcome order by d.draw) <= $size order by d.rule, d.outcome, d.draw
"""


def chain_page(
    con: duckdb.DuckDBPyConnection,
    total: int,
    number: int,
    said_of: Mapping[int, Mapping[str, Any]],
    checked: Mapping[str, Any] | None,
    again: Sequence[Mapping[str, Any]],
    running: Mapping[str, Any] | None,
) -> Page:
    """The runs of one page, newest first. `said_of` gives each run's signature and receipt, `checked` the last verification,
    `again` the nights that were done again, `running` the job at work."""
    last = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), last)
    found = [{**r, **said_of[r["run_no"]]} for r in rows(con, RUNS, {"offset": (number - 1) * PER_PAGE})]
    values = {
        "runs": found, "number": number, "last": last, "checked": checked, "again": [summary(a) for a in again], "running": running,
        "months": [m["month"] for m in rows(con, MONTHS, {})],
    }  # fmt: skip
    return Page("audit.html", say("审计", "Audit"), values)


def runs_of_page(total: int, number: int) -> range:
    """The numbers of the runs that a page of the chain shows."""
    last = max(1, -(-total // PER_PAGE))
    newest = total - (min(max(1, number), last) - 1) * PER_PAGE
    return range(max(1, newest - PER_PAGE + 1), newest + 1)


def summary(again: Mapping[str, Any]) -> dict[str, Any]:
    """A night done again, with how many of its tables came out the same."""
    tables = again.get("tables", ())
    return {**again, "equal": sum(t["sealed"] == t["made"] for t in tables), "compared": len(tables)}


def again_page(run_no: int, again: Mapping[str, Any] | None, running: Mapping[str, Any] | None) -> Page:
    """One night done again: each table, its sealed hash and the one that came out; what differs stands first."""
    told = summary(again) if again else None
    tables = sorted(told.get("tables", ()), key=lambda t: (t["sealed"] == t["made"], t["name"])) if told else []
    values = {"run_no": run_no, "again": told, "tables": tables, "running": running, "table_words": TABLE_WORDS}
    return Page("again.html", say(f"重做第 {run_no} 次运行", f"Run {run_no} done again"), values)


def sample_page(con: duckdb.DuckDBPyConnection, month: str, size: int) -> Page:
    """The month's frame, every row that a machine judged by rule and outcome, and what is drawn of each. `month` is
    `2024-06`, "" for the newest; any other size than those offered is the middle one."""
    months = [m["month"] for m in rows(con, MONTHS, {})]
    month, size = month if MONTH.fullmatch(month) else months[0], size if size in SIZES else SIZES[1]
    drawn = rows(con, DRAWN, {"month": month, "size": size})
    for row in drawn:
        row["kind_word"] = KIND_WORDS.get(row["kind"], row["kind"])
    strata = rows(con, STRATA, {"month": month, "size": size})
    values = {
        "month": month, "months": months, "size": size, "sizes": SIZES, "strata": strata, "drawn": drawn, "frame_count": sum(s["row_count"] for s in strata),
    }  # fmt: skip
    return Page("sample.html", say("抽样", "Sample"), values)
