"""审计: the chain of runs and what was checked of it, one night done again, and the month's sample of the machine's links."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from reports.console.page import Page
from reports.console.rows import rows
from reports.words import KIND_WORDS, TABLE_WORDS
from schemas.errors import say

PER_PAGE = 30
RUNS = f"""
select k.run_no, k.head, k.as_of, k.recorded_at, count(e.entry_id) as entries from (
    from finder.run_known order by run_no desc limit {PER_PAGE} offset $offset
) as k left join ledger_entry as e on e.run_no = k.run_no group by all order by k.run_no desc
"""
MONTHS = "select distinct strftime(as_of, '%Y-%m') as month from finder.run_known order by month desc limit 60"
STRATA = "select rule, frame_count, drawn, answered, held, precision, low, high from sample_precision order by frame_count desc, rule"
DRAWN = """
select rule, draw, drawn_by, delivery_id, row_no, file_name, sheet, kind, person_id, match_weight, is_same from link_sample order by rule, draw
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
        "months": months(con),
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


def months(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The months with a sealed run, the newest first."""
    return [m["month"] for m in rows(con, MONTHS, {})]


def drawn_sample(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The frame by rule with how many of those answered were right, and the rows that are drawn, as plain values. Needs
    `link_sample` and `sample_precision` of one month."""
    drawn = rows(con, DRAWN, {})
    for row in drawn:
        row["kind_word"] = KIND_WORDS.get(row["kind"], row["kind"])
    strata = rows(con, STRATA, {})
    return {"strata": strata, "drawn": drawn, "frame_count": sum(s["frame_count"] for s in strata)}


def sample_page(
    known: Sequence[str], month: str, sample: Mapping[str, Any] | None, running: Mapping[str, Any] | None
) -> Page:
    """The sample of a month as it was drawn last; None before the first time. `known` are the months to choose from."""
    values = {"month": month, "months": known, "sample": sample, "running": running}
    return Page("sample.html", say("抽样", "Sample"), values)
