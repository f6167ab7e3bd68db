"""The workbooks of one night."""

from pathlib import Path

import duckdb

from reports import (
    ledger_delta,
    lists,
    match_log,
    open_questions,
    periodic,
    quality_feedback,
    run_page,
    run_report,
    towns,
    write_back,
    xinyu_form,
)
from reports.assemble import Desk
from reports.line_columns import show_lines
from reports.macros import define
from reports.run_note import Night, PackNote, Profile

WORKBOOKS = (
    ledger_delta,
    open_questions,
    run_report,
    run_page,
    quality_feedback,
    match_log,
    lists,
    towns,
    xinyu_form,
    periodic,
    write_back,
)


def build_workbooks(con: duckdb.DuckDBPyConnection, night: Night, out: Path, profile: Profile) -> list[Path]:
    """Write every workbook of a night under `out`. The paths, CSVs of sheets cut short included.

    `con` shows the tables of `schemas/` by name (delivery, quarantine, match_log, ledger_entry, notice),
    `outbound`, `tier_before`, `open_line`, `person_card`, `person_now`, `open_entry`, `open_link`, `rule`, and `now_<kind>` for what stands of
    each extract. Temporary macros and two temporary tables (`report_*`) are put on it.
    """
    define(con, night, profile)
    show_lines(con)
    desk = Desk(con, night, out, profile)
    return [path for workbook in WORKBOOKS for path in workbook.build(desk)]


__all__ = ["Night", "PackNote", "Profile", "build_workbooks"]
