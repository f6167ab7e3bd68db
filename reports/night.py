"""The workbooks of one night."""

from pathlib import Path

import duckdb

from reports import ledger_delta, match_log, open_questions, quality_feedback, run_report
from reports.assemble import Desk
from reports.macros import define
from reports.run_note import Night, PackNote, Profile

WORKBOOKS = (ledger_delta, open_questions, run_report, quality_feedback, match_log)


def build_workbooks(con: duckdb.DuckDBPyConnection, night: Night, out: Path, profile: Profile) -> list[Path]:
    """Write every workbook of a night under `out`. The paths, CSVs of sheets cut short included.

    `con` shows the tables of `schemas/tables.py` by name (delivery, quarantine, match_log, ledger_entry, notice),
    `outbound`, `person_now`, `open_entry`, `open_link` and `rule`. Temporary macros and two temporary tables (`report_*`) are put on it.
    """
    define(con, night, profile)
    desk = Desk(con, night, out, profile)
    return [path for workbook in WORKBOOKS for path in workbook.build(desk)]


__all__ = ["Night", "PackNote", "Profile", "build_workbooks"]
