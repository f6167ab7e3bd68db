"""What the pages need often is made once a run, in a process of its own that can be ended and gives its memory back: one file with
the queue, where the rows behind it lie, and the night's figures."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from flows.console import children
from flows.console.finder import made_finder
from flows.console.opening import attach, opened
from flows.looking.look import opened_store
from flows.night.waiting import OPEN, count_waiting, late_source
from flows.opened import unopened
from flows.review.export import open_desk
from flows.workspace import Workspace
from ledger.seal import head, read_manifest, run_folder, sealed_runs
from ledger.store import LIMITS
from reports.console import fold, queue, tonight
from reports.console.tonight import Trend, Waits
from schemas.errors import UsageError, ZhaorenError, say

MEMORY = 160 << 20  # bytes, at most; what does not fit is spilled
MENDING = 256 << 20  # the same for a store that must be made anew
ROOM = 1 << 30  # where that was not enough, as for a larger city
PARTS = 8
NIGHTS_SHOWN = 30
NOT_YET = 3  # the store does not hold the run yet
TOLD = "create table reading.told as select $run::bigint as run_no, $as_of::date as as_of, $at::timestamptz as recorded_at, $head as head, $figures as figures"


def make(workspace: Workspace, run_no: int, path: Path, *, mend: bool) -> bool:
    """Write the file of one run; False while the store does not hold the run yet. `mend` a store that is damaged or behind, as
    every other command does. Raises: UsageError, PolicyError."""
    if mend:
        with opened_store(workspace):
            pass
    try:
        return _made(workspace, run_no, path, MEMORY)
    except duckdb.OutOfMemoryException:
        return _made(workspace, run_no, path, ROOM)


def _made(workspace: Workspace, run_no: int, path: Path, memory: int) -> bool:
    path.unlink(missing_ok=True)
    con = opened(workspace, run_no, memory)
    if con is None:
        return False
    try:
        attach(con, workspace.pages, made_finder(workspace, sealed_runs(workspace.runs), memory), "finder")
        con.execute("attach '{}' as reading (storage_version 'v1.5.0')".format(str(path).replace("'", "''")))
        path.chmod(0o600)
        con.execute("set search_path = 'store,reading,memory'")
        _write(con, workspace, run_no)
    finally:
        con.close()
    return True


def make_apart(workspace: Workspace, run_no: int, path: Path, *, mend: bool) -> bool:
    """The same in a child. Raises: UsageError with the child's sentence."""
    asked = [str(workspace.root), str(run_no), str(path), "mend" if mend else ""]
    child = children.start(__name__, asked, workspace.pages, says=subprocess.PIPE)
    try:
        said, _ = child.communicate()
    finally:
        child.kill()
    if child.returncode not in (0, NOT_YET):
        raise UsageError(
            said.strip()
            or say("核查台的页面没有备好；请重试，仍不行请报告。", "The pages could not be made; try again.")
        )
    return child.returncode == 0


def _write(con: duckdb.DuckDBPyConnection, workspace: Workspace, run_no: int) -> None:
    fold.narrow(con, queue.ASKED, {})
    desk = open_desk(con, workspace, run_no, workspace.pages)
    fold.widen(con)
    log = str(workspace.runs / "*" / "tables" / "match_log.parquet")
    queue.make(con, log if any(workspace.runs.glob("*/tables/match_log.parquet")) else "", run_no)
    con.execute(
        "create temp table delivery_tonight as from read_parquet($file)",
        {"file": str(run_folder(workspace.runs, run_no) / "tables" / "delivery.parquet")},
    )
    _find_open(con, desk.night.as_of)
    now = count_waiting(con, run_no, desk.night.as_of)
    late = tuple(late_source(*source) for source in now.late)
    barred = tuple(read_manifest(workspace.runs, run_no)["barred"])
    figures = tonight.figures(con, run_no, barred, _trend(workspace.runs, run_no))
    # What takes effect later is asked today already: the number is that of the queue.
    asked = sum(count for _, count in figures.asked)
    waits = Waits(asked, _day(now.oldest), now.tasks, now.overdue, _day(now.first_due), late)
    con.execute(
        TOLD,
        {"run": run_no, "as_of": desk.night.as_of, "at": desk.night.recorded_at, "head": head(workspace.runs), "figures": tonight.to_text(figures, waits)},
    )  # fmt: skip


def _find_open(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """Make `open_now` some people at a time: the fold of a city's whole ledger takes several times the memory of this process."""
    con.execute(
        "create temp table open_so_far (entry_id varchar, track varchar, op varchar, valid_from date, needs_decision boolean)"
    )
    for part in range(PARTS):
        fold.narrow(con, "hash(coalesce(person_id, '')) % $parts = $part", {"parts": PARTS, "part": part})
        con.execute(OPEN, {"day": day})
        con.execute("insert into open_so_far from open_now")
    fold.widen(con)
    con.execute("drop table open_now; alter table open_so_far rename to open_now")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


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


def main(root: str, run_no: str, path: str, mend: str) -> int:
    """The child. Only our own sentences are said: what else an error says may hold anything."""
    children.step_back()
    LIMITS.memory = MENDING
    try:
        return 0 if make(unopened(Path(root)), int(run_no), Path(path), mend=bool(mend)) else NOT_YET
    except ZhaorenError as problem:
        sys.stdout.write(str(problem))
    except Exception as error:
        sys.stdout.write(say(f"程序故障（{type(error).__name__}）。", f"Program failure ({type(error).__name__})."))
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
