"""What the pages read: the store as one sealed run left it, beside it the finder and what `making` wrote once a run. A night that
runs meanwhile neither waits for us nor shows through."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import duckdb

from flows.console import making
from flows.console.finder import FINDER
from flows.console.opening import attach, opened
from flows.packs.history import read_history
from flows.workspace import Workspace
from ledger.seal import run_folder, sealed_runs
from ledger.standalone_verifier import MANIFEST
from policies.versions import History
from reports.console import tonight
from reports.console.rows import patiently, rows, within
from schemas.errors import ZhaorenError, say

MEMORY = 32 << 20  # bytes that DuckDB may hold for all pages together; what does not fit is read again
LITTLE = 16 << 20  # the same for a reading that is being replaced
PATIENCE = 10.0  # seconds before what could not be read is tried again
SEARCH = "set search_path = 'store,reading,memory'"
LEFT = ".reading-*"  # what a killed console left
TOLD = "select run_no, as_of, recorded_at, head, figures, (select max(run_no) from finder.run_known) as found_to from reading.told"


@dataclass(frozen=True)
class Reading:
    """One sealed run as the pages show it. `base` keeps the store's file open, whatever is renamed over it since."""

    run_no: int
    as_of: date
    recorded_at: datetime
    head: str
    base: duckdb.DuckDBPyConnection
    figures: tonight.Figures
    waits: tonight.Waits
    archive: Path

    @cached_property
    def history(self) -> History:
        """The versions of each pack that runs used. Raises: IntegrityError where a kept file is gone."""
        with self.look() as con:
            return within(con, lambda: read_history(con, self.archive))

    @contextmanager
    def look(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one request's own: the store's tables and views, the words and masks of `reports.macros`, the
        tables that `reports.console.queue` made, and `finder` (`flows/console/finder.py`)."""
        cursor = self.base.cursor()
        try:
            patiently(lambda: cursor.execute(SEARCH))
            yield cursor
        finally:
            cursor.close()


class Readings:
    """The newest reading. When a run was sealed since, the next one is made beside while the pages show the one before; `make` writes
    its file."""

    def __init__(self, workspace: Workspace, make: Callable[..., bool] = making.make) -> None:
        self.workspace = workspace
        self._make = make
        self._now: Reading | None = None
        self._at_work = threading.Lock()
        self._tried_at = -PATIENCE
        for left in workspace.pages.glob(LEFT):
            left.unlink(missing_ok=True)
        if sealed_runs(workspace.runs):
            self.refresh(mend=True)

    @property
    def is_closed(self) -> bool:
        """Whether `zhaoren keys close` wiped what was open. `keys open`, or the next night, brings it back."""
        return self.workspace.opened is not None and not self.workspace.runs.is_dir()

    def why_none(self) -> str:
        """Why there is nothing to show now though something has run; "" otherwise."""
        if self.is_closed:
            return say("加密的运行已关闭（zhaoren keys close），现在没有可显示的内容，您的答复都还在；请管理员运行 zhaoren keys open，约半分钟后刷新本页。",
                       "The encrypted runs are closed (zhaoren keys close); your answers are kept. After zhaoren keys open, reload.")  # fmt: skip
        if self._now is None and (run_folder(self.workspace.runs, 1) / MANIFEST).is_file():
            return say("页面正在准备，请稍等半分钟再刷新。", "The pages are being made; reload in half a minute.")
        return ""

    def current(self) -> Reading | None:
        """What to show now; None before the first run and while it is closed. Never waits."""
        if self.is_closed:
            self._now = None  # nothing of what was wiped is held any longer than a page that is being made
            return None
        after = (self._now.run_no if self._now else 0) + 1
        is_due = time.monotonic() - self._tried_at > PATIENCE and not self._at_work.locked()
        if is_due and (run_folder(self.workspace.runs, after) / MANIFEST).is_file():
            self._tried_at = time.monotonic()
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return self._now

    def refresh(self, *, mend: bool = False) -> None:
        """Make the reading of the newest run that the store holds, if it is not there yet. Waits for it."""
        with self._at_work:
            newest = sealed_runs(self.workspace.runs)[-1]
            if self._now and self._now.run_no == newest:
                return
            file = self.workspace.pages / f".reading-{os.getpid()}-{newest}"
            try:
                if self._make(self.workspace, newest, file, mend=mend):
                    self._now = self._changed_to(newest, file)
            finally:
                file.unlink(missing_ok=True)

    def _changed_to(self, newest: int, file: Path) -> Reading | None:
        """The reading of the file, else the one there is. While there are two the older one holds less: whoever still reads it and needs
        more has their turn alone."""
        before, made = self._now, None
        _limit(before, LITTLE)
        try:
            made = _open(self.workspace, newest, file)
        finally:
            if made is None:
                _limit(before, MEMORY)
        return made or before

    def _refresh_quietly(self) -> None:
        """Settings that cannot be read, or a night that still refreshes the store: a later click tries again."""
        with suppress(ZhaorenError, duckdb.Error, OSError):
            self.refresh(mend=self._now is None)


def _limit(reading: Reading | None, memory: int) -> None:
    """What pages hold of it at this moment is left to them."""
    if reading:
        with closing(reading.base.cursor()) as cursor, suppress(duckdb.OutOfMemoryException):
            cursor.execute(f"set memory_limit = '{memory >> 20}MiB'")


def _open(workspace: Workspace, run_no: int, file: Path) -> Reading | None:
    """The reading of one run from its file; None where store or finder have gone on meanwhile."""
    con = opened(workspace, run_no, MEMORY)
    if con is None:
        return None
    attach(con, workspace.pages, workspace.pages / FINDER, "finder")
    attach(con, workspace.pages, file, "reading")
    (told,) = rows(con, TOLD, {})
    if (told["run_no"], told["found_to"]) != (run_no, run_no):
        con.close()
        return None
    figures, waits = tonight.from_text(told["figures"])
    return Reading(run_no, told["as_of"], told["recorded_at"], told["head"], con, figures, waits, workspace.archive)
