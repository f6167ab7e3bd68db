"""The night as a Prefect flow: published and held under Prefect's own harness, and the probe without any Prefect."""

import errno
import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.disk import disk_trouble
from flows.night.in_order import run_night
from flows.timetable.nameless import without_data
from flows.timetable.prefect_link import api_answers, configured_api
from flows.workspace import Workspace, init_workspace, locked
from ledger.seal import sealed_runs
from schemas.errors import UsageError
from tests.rough_files import few_sample_files, someone, zhaoren_here
from tests.test_breaker import SECOND, forty_people, too_many_gone

NIGHT = date(2024, 6, 29)


def workspace_with_sample(root: Path) -> Workspace:
    workspace = init_workspace(root / "ws", ["zhongshan"])
    few_sample_files(root)
    for file in (root / "sample_data" / "small" / "night-1").iterdir():
        shutil.copy(file, workspace.inbox)
    return workspace


def entries(workspace: Workspace) -> list[tuple[object, ...]]:
    path = str(workspace.runs / "000001" / "tables" / "ledger_entry.parquet")
    return duckdb.execute("select * exclude (recorded_at) from read_parquet(?) order by seq", [path]).fetchall()


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """Prefect's own, for both flows: to start it takes longer than a night."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.prefect
@pytest.mark.usefixtures("server")
def test_the_flow_gives_the_same_entries_as_the_plain_functions(tmp_path: Path) -> None:
    from flows.timetable.flow import nightly

    watched, plain = workspace_with_sample(tmp_path / "watched"), workspace_with_sample(tmp_path / "plain")
    with locked(plain):
        run_night(plain, NIGHT)
    counts = nightly(str(watched.root), NIGHT.isoformat())
    assert counts["exit_code"] == 0 and counts["ADD"] > 0
    assert entries(watched) == entries(plain)
    assert not list(watched.inbox.iterdir())


@pytest.mark.prefect
@pytest.mark.usefixtures("server")
def test_the_flow_ends_a_held_night_with_4_and_publishes_it_once_released(tmp_path: Path) -> None:
    from flows.timetable.flow import nightly

    workspace = forty_people(tmp_path)
    too_many_gone(workspace)
    assert nightly(str(workspace.root), SECOND)["exit_code"] == 4
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    assert nightly(str(workspace.root), SECOND)["exit_code"] == 0
    assert sealed_runs(workspace.runs) == [1, 2]


@pytest.mark.prefect
@pytest.mark.usefixtures("server")
def test_an_error_that_quotes_a_value_leaves_nothing_of_it_with_prefect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.timetable import flow

    told: list[logging.LogRecord] = []
    for part in ("task_runs", "flow_runs"):
        monkeypatch.setattr(logging.getLogger(f"prefect.{part}"), "handle", told.append)

    number, workspace = someone(5)[1], init_workspace(tmp_path / "ws", ["zhongshan"])

    def spoilt(_: object) -> None:
        raise duckdb.ConversionException(f"Conversion Error: Could not convert string '{number}' to INT32")

    monkeypatch.setitem(flow.BY_NAME, "read", ("读取", spoilt))
    with pytest.raises(Exception, match=r"^$") as failed:
        flow.nightly(str(workspace.root), SECOND)
    assert type(failed.value).__name__ == "ConversionException"
    text = "\n".join(str(record.__dict__) + record.getMessage() for record in told)
    assert "ConversionException" in text and number not in text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "x", "/in/低保_442000197503150059.csv"), "/in/…"),
        (duckdb.IOException('IO Error: Could not write file "/x/李四": No space left on device'), "No space left on device"),
        (MemoryError(), "Cannot allocate memory"),
        (KeyError("442000197503150059"), ""),
    ],
    ids=["a file", "a full disk", "memory", "a key"],
)  # fmt: skip
def test_of_an_error_its_kind_and_what_the_machine_said_stay(error: Exception, said: str) -> None:
    shown = without_data(error)
    assert type(shown).__name__ == type(error).__name__ and said in str(shown)
    assert "442000" not in str(shown) and "李四" not in str(shown) and bool(str(shown)) is bool(said)
    assert bool(disk_trouble(error)) is bool(disk_trouble(shown))


@pytest.mark.prefect
@pytest.mark.usefixtures("server")
def test_a_scheduled_night_tells_how_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.timetable import scheduled

    told: list[tuple[str, str]] = []

    def note(_: Workspace, end: str, text: str) -> list[str]:
        told.append((end, text))
        return []

    monkeypatch.setattr(scheduled, "announce", note)
    workspace = workspace_with_sample(tmp_path)
    assert scheduled.scheduled(str(workspace.root))["exit_code"] == 0
    (workspace.root / "zhaoren.toml").write_text("packs = []", encoding="utf-8")
    with pytest.raises(UsageError):
        scheduled.scheduled(str(workspace.root))
    assert [end for end, _ in told] == ["done", "failed"]
    assert "第 1 次运行完成" in told[0][1] and "政策包" in told[1][1]


@pytest.mark.prefect
@pytest.mark.usefixtures("server")
def test_what_a_dead_timetable_left_is_settled_at_the_next_start(tmp_path: Path) -> None:
    """Neither somebody else's night nor one that may be under way."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import StateType
    from prefect.states import Running, Scheduled

    from flows.timetable.scheduled import scheduled
    from flows.timetable.unended import settle_unended

    ours, others = init_workspace(tmp_path / "ours", ["zhongshan"]), str(tmp_path / "others")
    now = datetime.now(UTC)
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(client.create_flow(scheduled), "timetable")

        def left(place: object, state: Any) -> Any:
            run = client.create_flow_run_from_deployment(
                deployment, parameters={"workspace": str(place)}, state=Scheduled()
            )
            client.set_flow_run_state(run.id, state, force=True)
            return run.id

        runs = [left(ours.root, Running()), left(others, Running())]
        runs += [left(ours.root, Scheduled(scheduled_time=now - timedelta(days=n))) for n in (3, 2, 1, -1)]
        with locked(ours):
            assert settle_unended(ours, "timetable") == (0, 0)
        assert settle_unended(ours, "timetable") == (1, 2)
        states = [client.read_flow_run(run).state for run in runs]
    ends = [StateType.CRASHED, StateType.RUNNING, StateType.CANCELLED, StateType.CANCELLED]
    assert [state and state.type for state in states] == [*ends, StateType.SCHEDULED, StateType.SCHEDULED]
    assert settle_unended(ours, "timetable") == (0, 0)


def test_no_api_is_asked_where_none_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert configured_api() is None and not api_answers(None)


def test_an_api_that_does_not_answer_is_no_api() -> None:
    assert not api_answers("http://127.0.0.1:9/api")
    assert not api_answers("file:///etc/hostname")
