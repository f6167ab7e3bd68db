"""A person: who, every state with its clause and facts, the ledger on both clocks, every row and its link; and what would be
said on another date, or as known earlier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from reports.console import fold, places
from reports.console.clocks import clocks
from reports.console.facts import with_facts
from reports.console.masks import MASKED_PHONE
from reports.console.page import Page
from reports.console.rows import plain_rows, rows
from schemas.errors import say

MOST_ENTRIES = 200
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
WHO = """
select person_id, name, id_kind, {number} as id_number, sex, {birth} as born, nullif(concat_ws(' ', town, village), '') as place, {phone} as phone,
       first_run, last_run, merged_into from person where person_id = $person
"""
MERGED = "select person_id from person where merged_into = $person order by person_id limit 20"
STATES = """
select pack, track, state, basis, tier,
       since, needs_decision, sources
from ledger_state_on($day::date, $known::timestamptz) order by pack, track
"""
OPEN = """
select e.entry_id, e.pack, e.track, e.op, e.clause, e.rule_id, coalesce(c.shown, e.clause) as clause_shown, c.quote,
       e.valid_from, e.needs_decision, shown_text(e.reason) as reason, shown_text(e.parameters) as parameters, coalesce(len(e.evidence), 0) as evidence_count
from ledger_effective($day::date, $known::timestamptz) as e
left join clause_text as c on c.pack = e.pack and c.rule_id = e.rule_id
where e.is_open order by e.pack, e.track, e.run_no, e.seq
"""
CASES = "select pack, track, case_no, since, ended, spells from ledger_cases_on($day::date, $known::timestamptz, $gap::integer) order by pack, track, case_no"
ENTRIES = f"""
select e.entry_id, e.run_no, e.recorded_at, r.as_of, e.pack, e.track, e.op, e.clause,
       coalesce(json_extract_string(e.parameters, '$.rule'), e.clause) as rule_id, e.state_from, e.state_to,
       e.valid_from, e.valid_to, e.needs_decision, e.supersedes, e.decision_entry, shown_text(e.reason) as reason,
       datediff('day', e.valid_from, r.as_of) as late_days
from ledger_entry as e inner join applied_run as r using (run_no) order by e.run_no desc, e.seq desc limit {MOST_ENTRIES}
"""
SAID = """
select question, decision, role, officer, decided_date, shown_text(note) as note from answer_taken
where question in (select entry_id from ledger_entry) order by decided_date desc, question limit 50
"""


@dataclass(frozen=True)
class Clock:
    """The date asked about, and as known when; `said_known` is how the second was written ("": all that is known)."""

    day: date
    known_at: datetime = FOREVER
    said_known: str = ""
    is_asked: bool = False


def who(con: duckdb.DuckDBPyConnection, person: str, *, whole: bool = False) -> dict[str, Any] | None:
    """The person as known now, or None."""
    shown = WHO.format(
        number="id_number" if whole else "shown_id(id_number)",
        birth="birth_date::varchar" if whole else "year(birth_date) || ' 年'",
        phone="phone" if whole else MASKED_PHONE.format("phone"),
    )
    found = rows(con, shown, {"person": person})
    return found[0] if found else None


def person_values(
    con: duckdb.DuckDBPyConnection, person: Mapping[str, Any], clock: Clock, gap_days: int
) -> dict[str, Any]:
    """Everything the page of a person says beside who they are."""
    asked = {"day": clock.day, "known": clock.known_at}
    fold.narrow(con, "person_id = $person", {"person": person["person_id"]})
    fold.keep_effective(con, clock.day, clock.known_at)
    entries = rows(con, ENTRIES, {})
    return {
        "person": person, "clock": clock, "states": rows(con, STATES, asked), "open": [with_facts(e) for e in rows(con, OPEN, asked)],
        "cases": rows(con, CASES, asked | {"gap": gap_days}), "entries": entries, "clocks": clocks(entries),
        "places": places.of_person(con, person["person_id"]), "said": rows(con, SAID, {}),
        "merged": [r["person_id"] for r in rows(con, MERGED, {"person": person["person_id"]})],
        "entry_count": plain_rows(con, "select count(*) from ledger_entry")[0][0],
        "most_entries": MOST_ENTRIES, "most_rows": places.MOST_ROWS,
    }  # fmt: skip


def person_page(
    con: duckdb.DuckDBPyConnection, person: Mapping[str, Any], clock: Clock, gap_days: int, *, whole: bool, may_export: bool
) -> Page:  # fmt: skip
    """The page of one person."""
    values = person_values(con, person, clock, gap_days)
    return Page("person.html", say("人员 ", "Person ") + person["person_id"], {**values, "whole": whole, "may_export": may_export})  # fmt: skip
