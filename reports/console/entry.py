"""A ledger entry: what it says, by which clause as it read that night, on which rows it rests, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.console import places
from reports.console.facts import facts
from reports.console.page import Page
from reports.console.rows import rows
from schemas.errors import say

# The number of its run narrows the ledger to that run's part.
ENTRY = """
select e.entry_id, e.run_no, e.seq, e.recorded_at, r.as_of, e.person_id, p.name, {number} as id_number, e.town, e.village, e.pack, e.track,
       e.op, e.basis, e.clause, coalesce(json_extract_string(e.parameters, '$.rule'), e.clause) as rule_id, e.ground,
       e.state_from, e.state_to, e.valid_from, e.valid_to, e.needs_decision, e.supersedes, e.decision_entry,
       e.evidence, {parameters} as parameters, {reason} as reason, json_extract(e.parameters, '$.admitted_run')::bigint as admitted_run
from ledger_entry as e inner join applied_run as r using (run_no) left join person as p on p.person_id = e.person_id
where e.run_no = $run and e.seq = $seq
"""
LATER = """
select entry_id, op, valid_from, shown_text(reason) as reason, decision_entry = $entry as is_decision from ledger_entry
where (supersedes = $entry or decision_entry = $entry) and run_no >= $run order by run_no, seq limit 50
"""
LISTED = "select distinct list, word_list(list) as list_word, due_date from outbound where entry_id = $entry order by list limit 20"
TOLD = "select decision, role, officer, decided_date, shown_text(note) as note from answer_taken where question = $entry order by decided_date, officer"


@dataclass(frozen=True)
class RuleThen:
    """The rule as it read when the entry was made, from the pack kept of that run; `now` is its condition where it reads
    otherwise by now ("": it is gone; None: unchanged)."""

    title: str
    quote: str
    document: str
    when: str
    version: str
    since_run: int
    kept: tuple[str, ...]
    now: str | None


def find(con: duckdb.DuckDBPyConnection, entry: str, *, whole: bool = False) -> dict[str, Any] | None:
    """The entry by its id, `run-number`, or None."""
    run, _, seq = entry.partition("-")
    if not (run.isascii() and seq.isascii() and run.isdigit() and seq.isdigit()) or max(len(run), len(seq)) > 12:
        return None
    shown = {
        "number": "p.id_number" if whole else "shown_id(p.id_number)",
        "parameters": "e.parameters" if whole else "shown_text(e.parameters)",
        "reason": "e.reason" if whole else "shown_text(e.reason)",
    }
    found = rows(con, ENTRY.format(**shown), {"run": int(run), "seq": int(seq)})
    return found[0] if found else None


def entry_page(con: duckdb.DuckDBPyConnection, entry: Mapping[str, Any], rule: RuleThen | None, *, whole: bool) -> Page:
    """The page of one entry."""
    asked = {"entry": entry["entry_id"]}
    values = {
        "entry": entry, "rule": rule, "whole": whole, "facts": facts(entry["parameters"]),
        "places": places.of_records(con, entry["evidence"] or []), "later": rows(con, LATER, asked | {"run": entry["run_no"]}),
        "listed": rows(con, LISTED, asked), "told": rows(con, TOLD, asked),
    }  # fmt: skip
    return Page("entry.html", say("分录 ", "Entry ") + entry["entry_id"], values)
