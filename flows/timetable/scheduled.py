"""The night that the timetable asks for: waits for whoever holds the workspace, tries a failing disk again, tells how it ended.
Runs in a process that Prefect's runner starts, so that one that dies takes nobody along."""

import atexit
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow
from prefect.logging import get_run_logger

from flows.disk import disk_trouble
from flows.night.outcome import Outcome
from flows.timetable.announcing import announce
from flows.timetable.flow import run_watched
from flows.workspace import Workspace
from schemas.errors import WorkspaceBusy, ZhaorenError, say

WAITS = (60, 120, 300, 600, 1200, 2400)  # seconds between tries: an hour and a quarter in all
ENDS = {0: "done", 3: "refused", 4: "held"}  # by exit code


def tell_crash(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """The process of a night ended without a word: killed, or out of memory."""
    said = say("运行的进程中途结束（可能是内存不足或机器重启）。已发布的都完整；下一次运行会接着做完。",
               "Its process ended on the way (out of memory, or the machine restarted). What was published is whole; the next run finishes it.")  # fmt: skip
    announce(Workspace(Path(flow_run.parameters["workspace"])), "failed", said)


@flow(name="scheduled", persist_result=False, log_prints=False, on_crashed=[tell_crash])
def scheduled(workspace: str) -> dict[str, Any]:
    """One night of a workspace, today's. Returns counts only. Raises: what the night raised, once it was told."""
    _end_quietly()
    place, warn = Workspace(Path(workspace)), get_run_logger().warning
    try:
        outcome = patiently(lambda: run_watched(place.root, None, lambda _: None), warn)
    except Exception as error:
        _tell(place, "failed", _sentence(error), warn)
        raise
    _tell(place, ENDS[outcome.exit_code], outcome.held or "\n".join(outcome.lines()), warn)
    return outcome.counts()


def _tell(place: Workspace, end: str, text: str, warn: Callable[[str], None]) -> None:
    for problem in announce(place, end, text):
        warn(problem)


def _sentence(error: Exception) -> str:
    kind = type(error).__name__
    if isinstance(error, ZhaorenError):
        return str(error)
    return disk_trouble(error) or say(f"程序故障（{kind}）。", f"Program failure ({kind}).")


def patiently(
    night: Callable[[], Outcome], warn: Callable[[str], None], wait: Callable[[float], None] = time.sleep
) -> Outcome:
    """The night, tried again while another command holds the workspace or the disk fails. Raises: what the last try raised."""
    for seconds in WAITS:
        try:
            return night()
        except Exception as error:
            if not (isinstance(error, (WorkspaceBusy, OSError)) or disk_trouble(error)):
                raise
            warn(f"{type(error).__name__}，{seconds} 秒后再试")
            wait(seconds)
    return night()


def _end_quietly() -> None:
    """Prefect's threads outlive the interpreter's own clean-up, and DuckDB then lists what they hold as leaks: in a process of the
    runner nothing that is said after the last handler is for anybody."""
    if multiprocessing.parent_process():
        atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
