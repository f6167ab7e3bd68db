"""The night as a Prefect flow: published and held under Prefect's own harness, and the probe without any Prefect."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.night import run_night
from flows.prefect_link import api_answers, configured_api
from flows.workspace import Workspace, init_workspace, locked
from ledger.seal import sealed_runs
from tests.rough_files import few_sample_files, zhaoren_here
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
    from flows.nightly import nightly

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
    from flows.nightly import nightly

    workspace = forty_people(tmp_path)
    too_many_gone(workspace)
    assert nightly(str(workspace.root), SECOND)["exit_code"] == 4
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    assert nightly(str(workspace.root), SECOND)["exit_code"] == 0
    assert sealed_runs(workspace.runs) == [1, 2]


def test_no_api_is_asked_where_none_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert configured_api() is None and not api_answers(None)


def test_an_api_that_does_not_answer_is_no_api() -> None:
    assert not api_answers("http://127.0.0.1:9/api")
    assert not api_answers("file:///etc/hostname")
