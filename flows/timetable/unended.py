"""At the start of a timetable: what the one before left behind in Prefect's records when it, or the machine, died."""

from datetime import UTC, datetime

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (  # fmt: skip
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed

from flows.timetable.announcing import announce
from flows.workspace import Workspace, locked
from schemas.errors import WorkspaceBusy, say

MOST = 200  # what Prefect's API gives at once; its scheduler keeps a hundred nights ahead at most
OPEN = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
SAID = ("上一次定时运行没有走完（运行的进程或机器停了）。已发布的都完整；下一次运行会接着做完。",
        "The last scheduled night did not end (its process or the machine stopped). What was published is whole; the next run finishes it.")  # fmt: skip


def settle_unended(workspace: Workspace, deployment: str) -> tuple[int, int]:
    """Runs recorded as under way, though nobody holds the workspace, have crashed, and that is told; of those that came due meanwhile
    only the last is made up for. Gives how many of each."""
    try:
        with locked(workspace), get_client(sync_client=True) as client:
            dead = _runs(client, workspace, deployment, OPEN)
            for run in dead:
                client.set_flow_run_state(run.id, Crashed(message="the process did not end"), force=True)
            due = [r for r in _runs(client, workspace, deployment, [StateType.SCHEDULED]) if _is_due(r)]
            for run in due[:-1]:
                client.set_flow_run_state(run.id, Cancelled(message="a later night was due as well"), force=True)
    except WorkspaceBusy:  # somebody is at work, perhaps that very run
        return 0, 0
    if dead:
        announce(workspace, "failed", say(*SAID))
    return len(dead), len(due[:-1])


def _runs(client: SyncPrefectClient, workspace: Workspace, deployment: str, states: list[StateType]) -> list[FlowRun]:
    """This workspace's runs in these states, in the order in which they were due."""
    found = client.read_flow_runs(
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[deployment])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states))),
        sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
        limit=MOST,
    )
    return [run for run in found if run.parameters.get("workspace") == str(workspace.root)]


def _is_due(run: FlowRun) -> bool:
    return run.next_scheduled_start_time is not None and run.next_scheduled_start_time < datetime.now(UTC)
