"""One night as plain functions, in order. Prefect may wrap the steps; the bytes are the same without it.

The night works in memory beside the workspace and publishes by one rename. Killed before that, it leaves the inbox
full and the runs as they were; killed after it, the store is brought up to date by the next command.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

from flows.night.beginning import Night, begin, journal
from flows.night.outcome import Outcome, read_outcome
from flows.night.steps import STEPS
from flows.workspace import Workspace, clear_scratch


def steps(night: Night) -> Iterator[tuple[str, str, Callable[[Night], None]]]:
    """The steps in order; a night that is held goes no further."""
    for step in STEPS:
        if night.held is None:
            yield step


def run_step(night: Night, name: str, label: str, step: Callable[[Night], None]) -> None:
    """One step, in the journal before and after."""
    journal(night.workspace, name, "started")
    start = time.monotonic()
    step(night)
    night.timings.append((label, round(time.monotonic() - start, 3)))
    journal(night.workspace, name, "done")


def run_night(
    workspace: Workspace, as_of: date, progress: Callable[[str], None] = lambda _: None, engine: str = "local"
) -> Outcome:
    """The whole night, directly. The caller holds the workspace's lock."""
    night = begin(workspace, as_of, engine)
    try:
        for name, label, step in steps(night):
            progress(label)
            run_step(night, name, label, step)
        return finish(night)
    finally:
        night.close()


def finish(night: Night) -> Outcome:
    """What to tell the one who watches; the scratch folder is emptied."""
    night.close()
    with suppress(OSError):
        clear_scratch(night.workspace)
    return read_outcome(night.workspace)
