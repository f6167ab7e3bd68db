"""A clause: what it says in each version that nights used, how often it spoke, and the newest entries of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.console.page import Page
from reports.console.rows import rows

PER_PAGE, MOST_PAGES = 50, 100  # what lies deeper is reached by its own number
OF_RULE = "from ledger_entry where pack = $pack and clause = $clause and coalesce(json_extract_string(parameters, '$.rule'), clause) = $rule"
COUNTED = """
select op, sum(entry_count)::bigint as n, min(run_no) as first_run, max(run_no) as last_run from finder.spoken
where pack = $pack and rule_id = $rule group by op order by n desc, op
"""
ENTRIES = f"""
select entry_id, run_no, person_id, name, town, op, valid_from, shown_text(reason) as reason {OF_RULE}
order by run_no desc, seq desc limit {PER_PAGE} offset $offset
"""


@dataclass(frozen=True)
class Worded:
    """A rule in one version of its pack: since which run and date, its condition, its finding, and its parameters with their dated
    values, each as text."""

    since_run: int
    as_of: str
    version: str
    title: str
    quote: str
    document: str
    when: str
    finds: str
    in_force: str
    parameters: tuple[tuple[str, str], ...]


def clause_page(
    con: duckdb.DuckDBPyConnection, pack: str, rule_id: str, versions: Sequence[Worded], number: int
) -> Page | None:
    """The page of one rule; None where neither a pack nor the ledger knows it. `versions` are the oldest first."""
    binds = {"pack": pack, "clause": rule_id.split(":")[0], "rule": rule_id}
    counted = rows(con, COUNTED, {"pack": pack, "rule": rule_id})
    if not counted and not versions:
        return None
    total = sum(c["n"] for c in counted)
    last = min(max(1, -(-total // PER_PAGE)), MOST_PAGES)
    number = min(max(1, number), last)
    values: dict[str, Any] = {
        "pack": pack, "rule_id": rule_id, "versions": versions[::-1], "counted": counted, "total": total, "is_cut": total > MOST_PAGES * PER_PAGE, "number": number, "last": last,
        "entries": rows(con, ENTRIES, binds | {"offset": (number - 1) * PER_PAGE}),
    }  # fmt: skip
    return Page("clause.html", f"{pack} {rule_id}", values)
