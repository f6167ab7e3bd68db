"""A run: what it says of itself in its manifest, the files it took in, and what it posted."""

from collections.abc import Mapping
from typing import Any

import duckdb

from reports.console.page import Page
from reports.console.rows import rows
from reports.words import DELIVERY_WORDS, KIND_WORDS, TABLE_WORDS
from schemas.errors import say

PER_PAGE, MOST_PAGES = 50, 100  # what lies deeper is reached by its own number
FILES = """
select delivery_id, file_name, sheet, kind, snapshot_date, status, rows, quarantined, review from finder.file_seen
where run_no = $run order by status = 'accepted', file_name, sheet, delivery_id limit 300
"""
COUNTED = "select op, count(*) as n, count(*) filter (needs_decision) as asks from ledger_entry where run_no = $run group by op order by n desc, op"
ENTRIES = f"""
select entry_id, person_id, name, pack, op, clause, coalesce(json_extract_string(parameters, '$.rule'), clause) as rule_id, valid_from, shown_text(reason) as reason
from ledger_entry where run_no = $run and ($op = '' or op = $op) order by seq limit {PER_PAGE} offset $offset
"""


def run_page(
    con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], sealed: Mapping[str, Any], op: str, number: int
) -> Page:
    """The page of one run. `sealed` is its head, receipt and signature; `op` cuts the entries to one measure ("": all)."""
    run = manifest["run_no"]
    files = rows(con, FILES, {"run": run})
    for file in files:
        file["kind_word"] = KIND_WORDS.get(file["kind"] or "", "")
        file["status_word"] = DELIVERY_WORDS[file["status"]]
    counted = rows(con, COUNTED, {"run": run})
    total = sum(c["n"] for c in counted if op in ("", c["op"]))
    last = min(max(1, -(-total // PER_PAGE)), MOST_PAGES)
    number = min(max(1, number), last)
    values = {
        "manifest": manifest, "sealed": sealed, "files": files, "counted": counted, "op": op, "number": number, "last": last, "table_words": TABLE_WORDS,
        "entries": rows(con, ENTRIES, {"run": run, "op": op, "offset": (number - 1) * PER_PAGE}), "total": total, "is_cut": total > MOST_PAGES * PER_PAGE,
    }  # fmt: skip
    return Page("run.html", say(f"第 {run} 次运行", f"Run {run}"), values)
