"""What an auditor starts and then waits for: the chain verified, a night done again, a month's sample drawn. In a process of its own behind everybody else;
one at a time; the result stays in `console/jobs/` until the same is asked again."""

import fcntl
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.console import children
from flows.console.apart import MEMORY
from flows.console.ask import Refused
from flows.console.opening import opened
from flows.opened import find_workspace
from flows.trust.reperforming import reperform
from flows.trust.verifying import verification
from flows.who.clerical_sample import draw_month
from flows.workspace import Workspace
from ledger.seal import sealed_runs
from reports.console.audit import drawn_sample
from schemas.errors import UsageError, ZhaorenError, say

VERIFY, AGAIN, SAMPLE = "verify", "again", "sample"
RUNNING = "running.json"


def start(workspace: Workspace, what: str, number: int, account: str) -> None:
    """Begin a job, of a run or a month. Raises: Refused while another is at work."""
    folder = _folder(workspace)
    with _place(folder) as place:
        if place is None:
            raise Refused(409, say("已有一项核对正在进行；请等它做完。", "Another check is at work; wait for it."))
        _keep(folder / RUNNING, {"what": what, "run_no": number, "account": account, "started_at": _now()})
        child = children.start(__name__, [str(workspace.root), what, str(number)], folder, keeps=[place])
    threading.Thread(target=child.wait, daemon=True).start()


def running(workspace: Workspace) -> dict[str, Any] | None:
    """The job at work, or None. The child holds the place for as long as it lives, however it ends."""
    with _place(_folder(workspace)) as place:
        return _read(_folder(workspace) / RUNNING) if place is None else None


def result(workspace: Workspace, what: str, number: int) -> dict[str, Any] | None:
    """What the last such job came to, with who asked and when; None before the first."""
    return _read(_folder(workspace) / f"{what}-{number}.json")


def results(workspace: Workspace, what: str) -> list[dict[str, Any]]:
    """The last result of every run, the newest run first."""
    found = [said for path in _folder(workspace).glob(f"{what}-*.json") if (said := _read(path))]
    return sorted(found, key=lambda said: -said["run_no"])


def work(workspace: Workspace, what: str, number: int) -> None:
    """The child: do it, and keep what came of it, also where that is an error."""
    children.step_back()
    folder = _folder(workspace)
    try:
        came = JOBS[what](workspace, number)
    except ZhaorenError as problem:
        came = {"problem": str(problem)}
    except Exception as error:  # its text may hold anything: only its kind is told
        came = {"problem": say(f"程序故障（{type(error).__name__}）。", f"Program failure ({type(error).__name__}).")}
    said = _read(folder / RUNNING) or {}
    _keep(folder / f"{what}-{number}.json", said | {"ended_at": _now(), "problem": "", **came})


def _verify(workspace: Workspace, run_no: int) -> dict[str, Any]:
    good, faults, notes = verification(workspace, "", None, "")
    return {"good": good, "faults": faults, "notes": notes}


def _again(workspace: Workspace, run_no: int) -> dict[str, Any]:
    return reperform(workspace, run_no, workspace.pages / f"again-{os.getpid()}").plain()


def _sample(workspace: Workspace, month: int) -> dict[str, Any]:
    """The month as a number, 202406. All of its judgements are read for it."""
    newest = sealed_runs(workspace.runs)[-1]
    if (con := opened(workspace, newest, MEMORY)) is None:
        raise UsageError(say("这次运行还没有收尾，请过一会儿再抽。", "The run is not finished; try again in a while."))
    try:
        con.execute("set search_path = 'store,memory'")
        draw_month(con, workspace.runs, f"{month // 100}-{month % 100:02d}")
        return {"of_run": newest, **drawn_sample(con)}
    finally:
        con.close()


JOBS: dict[str, Callable[[Workspace, int], dict[str, Any]]] = {VERIFY: _verify, AGAIN: _again, SAMPLE: _sample}


def _folder(workspace: Workspace) -> Path:
    folder = workspace.console / "jobs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def _place(folder: Path) -> Iterator[int | None]:
    """The one place at work, as an open file that a child may be given and so keeps; None where somebody has it."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield handle
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _keep(path: Path, said: dict[str, Any]) -> None:
    beside = path.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    os.replace(beside, path)


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()


if __name__ == "__main__":
    work(find_workspace(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]))
