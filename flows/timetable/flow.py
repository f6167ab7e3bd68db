"""The night as a Prefect flow: the same steps in the same order, with progress, a table artifact, and retries for disk
and network only. No data passes through Prefect: tasks get a step's name, results are not kept, parameters are a path
and a date.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.logging import get_run_logger

from flows.days import parse_day, today_in_shanghai
from flows.night.beginning import Night, begin
from flows.night.in_order import finish, run_step, steps
from flows.night.outcome import Outcome
from flows.night.steps import STEPS
from flows.timetable.nameless import nameless
from flows.workspace import Workspace, locked

RETRIED = frozenset({"receive", "refresh"})  # steps that only copy, read or rename files, and may be done twice
BY_NAME = {name: (label, step) for name, label, step in STEPS}
_night: dict[str, Night] = {}


def is_disk_or_network(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Retry only what another try can mend."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError)


def _work(name: str, workspace: str) -> None:
    label, step = BY_NAME[name]
    with nameless():
        run_step(_night[workspace], name, label, step)


do_step = task(cache_policy=NO_CACHE, persist_result=False, log_prints=False)(_work)
do_step_again = task(
    cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=5, retry_condition_fn=is_disk_or_network
)(_work)


@flow(name="nightly", persist_result=False, log_prints=False)
def nightly(workspace: str, as_of: str | None = None, engine: str = "local") -> dict[str, Any]:
    """One night of a workspace. Returns counts only; see `Outcome`."""
    return run_watched(Path(workspace), as_of, lambda _: None, engine).counts()


def run_watched(root: Path, as_of: str | None, progress: Callable[[str], None], engine: str = "local") -> Outcome:
    """The night inside a flow run: each step a task, with progress shown as an artifact."""
    space = Workspace(root)
    logger = get_run_logger()
    with nameless(), locked(space):
        night = begin(space, parse_day(as_of) if as_of else today_in_shanghai(), engine)
        _night[str(root)] = night
        try:
            shown: Any = create_progress_artifact(progress=0.0, key="nightly-progress", description="本夜进度")
            for done, (name, label, _) in enumerate(steps(night), 1):
                progress(label)
                runner = do_step_again if name in RETRIED else do_step
                runner.with_options(name=name)(name, str(root))
                update_progress_artifact(artifact_id=shown, progress=100.0 * done / len(STEPS))
            outcome = finish(night)
        finally:
            _night.pop(str(root), None)
            night.close()
    create_table_artifact(key="nightly-deliveries", table=outcome.rows(), description="本夜交付与结果（不含个人信息）")
    if outcome.held:
        logger.warning(
            "run %d held by the circuit breaker, exit code %d\n%s", outcome.run_no, outcome.exit_code, outcome.held
        )
    else:
        logger.info("run %d sealed, exit code %d", outcome.run_no, outcome.exit_code)
    return outcome
