"""What the pages read: the store as one sealed run left it, and beside it, in memory, what is made once a run (the queue, the
night's figures). A night that runs meanwhile neither waits for us nor shows through."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from flows.console.finder import made_finder
from flows.look import opened_store
from flows.pack_history import read_history
from flows.review_export import open_desk
from flows.waiting import Waiting, waiting
from flows.workspace import Workspace
from ledger.seal import head, read_manifest, run_folder, sealed_runs
from ledger.standalone_verifier import MANIFEST
from ledger.store import connect, fingerprint
from policies.versions import History
from reports.console import queue, tonight
from reports.console.tonight import Trend
from reports.macros import define_words
from schemas.errors import ZhaorenError
from schemas.extracts import LAYOUTS

MAKING, SERVING = "512MiB", "128MiB"  # DuckDB's memory while a reading is made, and after; what does not fit is spilled
NIGHTS_SHOWN = 30
MADE_FROM = ("open_now", "open_entry", "open_link", "entry_shown", "row_shown", "record_wanted")
PATIENCE = 10.0  # seconds before what could not be read is tried again
HELD = "select (select max(run_no) from applied_run), (select fingerprint from made_by)"


@dataclass(frozen=True)
class Reading:
    """One sealed run as the pages show it. `base` keeps the store's file open, whatever is renamed over it since."""

    run_no: int
    as_of: date
    recorded_at: datetime
    head: str
    base: duckdb.DuckDBPyConnection
    waiting: Waiting
    figures: tonight.Figures
    archive: Path

    @cached_property
    def history(self) -> History:
        """The versions of each pack that runs used. Raises: IntegrityError where a kept file is gone."""
        with self.look() as con:
            return read_history(con, self.archive)

    @contextmanager
    def look(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one request's own: the store's tables and views, the words and masks of `reports.macros`, the
        tables that `reports.console.queue` made, and `finder` (`flows/console/finder.py`)."""
        cursor = self.base.cursor()
        try:
            cursor.execute(SEARCH)
            yield cursor
        finally:
            cursor.close()


SEARCH = "set search_path = 'store,memory'"


class Readings:
    """The newest reading. When a run was sealed since, the next one is made beside while the pages show the one before."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._now: Reading | None = None
        self._making = threading.Lock()
        self._tried_at = -PATIENCE
        if sealed_runs(workspace.runs):
            with opened_store(workspace):  # mends a store that is damaged or behind, as every other command does
                pass
            self.refresh()

    def current(self) -> Reading | None:
        """What to show now; None before the first run. Never waits."""
        after = (self._now.run_no if self._now else 0) + 1
        is_due = time.monotonic() - self._tried_at > PATIENCE and not self._making.locked()
        if is_due and (run_folder(self.workspace.runs, after) / MANIFEST).is_file():
            self._tried_at = time.monotonic()
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return self._now

    def refresh(self) -> None:
        """Make the reading of the newest run that the store holds, if it is not there yet. Waits for it."""
        with self._making:
            newest = sealed_runs(self.workspace.runs)[-1]
            if self._now and self._now.run_no == newest:
                return
            if made := make_reading(self.workspace, newest):
                self._now = made

    def _refresh_quietly(self) -> None:
        """Settings that cannot be read, or a night that still refreshes the store: a later click tries again."""
        with suppress(ZhaorenError, duckdb.Error, OSError):
            self.refresh()


def make_reading(workspace: Workspace, run_no: int) -> Reading | None:
    """The reading of one run; None while the store does not hold it yet. Raises: UsageError, PolicyError."""
    con = connect(scratch=workspace.pages / "spill")
    con.execute(f"set memory_limit = '{MAKING}'")
    define_words(con, scope="")
    _attach(con, workspace.pages, workspace.store, "store")
    con.execute(SEARCH)
    if con.execute(HELD).fetchall()[0] != (run_no, fingerprint()):
        con.close()
        return None
    _attach(con, workspace.pages, made_finder(workspace, sealed_runs(workspace.runs)), "finder")
    desk = open_desk(con, workspace, run_no, workspace.pages)
    log = str(workspace.runs / "*" / "tables" / "match_log.parquet")
    queue.make(con, log if any(workspace.runs.glob("*/tables/match_log.parquet")) else "", run_no, tuple(LAYOUTS))
    con.execute(
        "create table memory.delivery_tonight as from read_parquet($file)",
        {"file": str(run_folder(workspace.runs, run_no) / "tables" / "delivery.parquet")},
    )
    manifest = read_manifest(workspace.runs, run_no)
    waits = waiting(con, run_no, desk.night.as_of)
    figures = tonight.figures(con, run_no, tuple(manifest["barred"]), _trend(workspace.runs, run_no))
    for table in MADE_FROM:
        con.execute(f"drop table {table}")
    con.execute(f"set memory_limit = '{SERVING}'")
    return Reading(
        run_no, desk.night.as_of, desk.night.recorded_at, head(workspace.runs), con, waits, figures, workspace.archive
    )


def _attach(con: duckdb.DuckDBPyConnection, folder: Path, file: Path, name: str) -> None:
    """A database under a file name of its own, which goes at once: DuckDB shares what has one name, and the next night's
    will have this one's."""
    own = folder / f".{name}-{os.getpid()}-{threading.get_ident()}"
    own.unlink(missing_ok=True)
    try:
        os.link(file, own)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, own)
    try:
        con.execute("attach '{}' as {} (read_only)".format(str(own).replace("'", "''"), name))
    finally:
        own.unlink(missing_ok=True)


def _trend(runs: Path, run_no: int) -> tuple[Trend, ...]:
    """What the manifests say of the last nights, the oldest first."""
    found = []
    for number in range(max(1, run_no - NIGHTS_SHOWN + 1), run_no + 1):
        manifest: dict[str, Any] = read_manifest(runs, number)
        states = [i["status"] for i in manifest["inputs"]]
        rows = {name: table["rows"] for name, table in manifest["tables"].items()}
        found.append(
            Trend(
                number, date.fromisoformat(manifest["as_of"]), len(states), len(states) - states.count("accepted"),
                rows.get("quarantine", 0), rows.get("ledger_entry", 0),
            )
        )  # fmt: skip
    return tuple(found)
