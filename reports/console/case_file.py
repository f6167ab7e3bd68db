"""案卷: all that is known of one person and why, as one HTML file that needs nothing else and prints well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from reports.console import places
from reports.console.page import Page
from reports.console.person import Clock, person_values
from reports.console.rows import rows
from schemas.errors import say

HEADS = "select run_no, as_of, recorded_at, head from finder.run_known where run_no in (select unnest($runs::bigint[])) order by run_no"
QUOTES = "select pack, rule_id, shown, quote, document from clause_text order by pack, rule_id"


@dataclass(frozen=True)
class About:
    """From which run it was made, by whom, when and what for, and whether numbers stand whole in it."""

    run_no: int
    head: str
    account: str
    made_at: datetime
    purpose: str
    is_whole: bool


def case_file(
    con: duckdb.DuckDBPyConnection, runs: str, person: Mapping[str, Any], clock: Clock, gap_days: int, about: About
) -> Page:
    """The case file of one person: states, clauses with their words, both clocks, every row with its cells, and the heads of the
    runs it rests on."""
    values = person_values(con, person, clock, gap_days)
    told = [place | {"cells": places.cells(con, runs, place, whole=about.is_whole)} for place in values["places"]]
    spoken = {(e["pack"], e["rule_id"]) for e in values["entries"]}
    quotes = [q for q in rows(con, QUOTES, {}) if (q["pack"], q["rule_id"]) in spoken]
    rest_on = sorted({e["run_no"] for e in values["entries"]} | {p["run_no"] for p in told} | {about.run_no})
    further = {"about": about, "told": told, "quotes": quotes, "heads": rows(con, HEADS, {"runs": rest_on})}
    return Page("case_file.html", say("案卷 ", "Case file ") + person["person_id"], {**values, **further})
