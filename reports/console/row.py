"""A delivered row: its cells as they came, whom it was linked to and why, every change of that, and the entries on it."""

from collections.abc import Mapping
from typing import Any

import duckdb

from reports.console import person, places
from reports.console.case import AGAINST, weight_rows
from reports.console.page import Page
from reports.console.rows import rows
from schemas.errors import say

QUARANTINED = """
select row_no, "column", "check", value_kind, shown_text(message) as message from read_parquet($files) where delivery_id = $delivery and row_no between $first and $last
order by row_no, "column", "check" limit 200
"""
CHANGES = """
select run_no, person_id, match_status as outcome, rule, link_grade from link
where kind = $kind and office = $office and record_id = $record order by run_no
"""
LOGGED = """
select m.person_id, m.match_status as outcome, m.rule, shown_text(m.cause) as cause, m.match_weight, m.runner_up_person_id, m.runner_up_weight,
       m.model_version, m.weights, m.levels as level_codes, regexp_extract(m.filename, '([0-9]+)/tables', 1)::bigint as run_no
from read_parquet($files, filename = true) as m where m.row_no = $row and m.delivery_id = $delivery order by run_no
"""
RESTING = """
select e.entry_id, e.person_id, e.pack, e.op, e.clause, coalesce(json_extract_string(e.parameters, '$.rule'), e.clause) as rule_id, e.valid_from, shown_text(e.reason) as reason
from ledger_entry as e semi join (select run_no, seq from finder.rests_on where record_key = hash($record)) as r using (run_no, seq)
where list_contains(e.evidence, $record) order by e.run_no desc, e.seq desc limit 100
"""
FILE = "from finder.file_seen where delivery_id = $delivery order by status = 'accepted' desc, run_no limit 1"


def file_of(con: duckdb.DuckDBPyConnection, delivery: str) -> dict[str, Any] | None:
    """The delivery: as it was accepted, else as it came first; None where it never came."""
    found = rows(con, FILE, {"delivery": delivery})
    return found[0] if found else None


def find(con: duckdb.DuckDBPyConnection, delivery: str, number: int) -> dict[str, Any] | None:
    """The row, if it was new or changed in this delivery; None if it stood already, was not taken in, or never came."""
    found = places.of_file(con, delivery, number, number)
    return found[0] if found else None


def row_page(con: duckdb.DuckDBPyConnection, runs: str, place: Mapping[str, Any], *, whole: bool) -> Page:
    """The page of a row that was taken in."""
    asked = {"kind": place["kind"], "office": place["office"], "record": place["record_id"]}
    changes = rows(con, CHANGES, asked)
    told = sorted({place["run_no"], *(c["run_no"] for c in changes)})
    logged = _logged(con, runs, place, told)
    values = {
        "place": place, "cells": places.cells(con, runs, place, whole=whole), "logged": logged, "changes": changes,
        "person": person.who(con, place["person_id"], whole=whole) if place["person_id"] else None, "whole": whole,
        "resting": rows(con, RESTING, {"record": place["record_id"]}),
    }  # fmt: skip
    return Page("row.html", say("来源行", "Row"), values)


def refused_page(con: duckdb.DuckDBPyConnection, runs: str, file: Mapping[str, Any], number: int) -> Page:
    """The page of a row that is not where it was looked for: put aside, standing already, or not there at all."""
    values = {"file": file, "number": number, "faults": quarantined(con, runs, file, number, number)}
    return Page("row_refused.html", say("来源行", "Row"), values)


def quarantined(
    con: duckdb.DuckDBPyConnection, runs: str, file: Mapping[str, Any], first: int, last: int
) -> list[dict[str, Any]]:
    """Which rows of a delivery were put aside and why; never the value."""
    if not file["quarantined"]:
        return []
    where = {"files": [f"{runs}/{file['run_no']:06d}/tables/quarantine.parquet"], "delivery": file["delivery_id"]}
    return rows(con, QUARANTINED, where | {"first": first, "last": last})


def _logged(con: duckdb.DuckDBPyConnection, runs: str, place: Mapping[str, Any], told: list[int]) -> list[dict[str, Any]]:  # fmt: skip
    """Each time the row was judged, with the weights where it was weighed."""
    files = [f"{runs}/{n:06d}/tables/match_log.parquet" for n in told]
    found = rows(con, LOGGED, {"files": files, "row": place["row_no"], "delivery": place["delivery_id"]})
    for line in found:
        line["comparisons"] = weight_rows(line) if line["match_weight"] is not None else ()
        line["against"] = AGAINST.get((line["level_codes"] or {}).get("against") or "", "")
    return found
