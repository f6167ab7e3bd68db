"""A night on Spark gives the bytes of the same night here, also where a worker dies in the middle of it.

Two worker processes on this machine, each with one core and a memory of its own. `make test-cluster` runs this.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.engines.settings import EngineSettings
from flows.engines.spark import Spark
from flows.night.beginning import Night, begin
from flows.night.in_order import finish, run_step, steps
from flows.workspace import Workspace, init_workspace, locked
from ledger.seal import read_manifest
from schemas.stages import LOCAL, Engine

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]
SAMPLE = Path(__file__).parent.parent / "sample_data" / "small"
PACKS = ("zhongshan", "shandong", "jining", "xinyu", "neimenggu")
DAYS = (date(2024, 6, 29), date(2024, 6, 30))
TWO_WORKERS = EngineSettings(master="local-cluster[2,1,2048]", parts=3, tasks=1, worker_memory=1 << 30)
EXECUTOR = "CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two nights on this machine; the workspace as it was after the first is kept beside it."""
    workspace = init_workspace(tmp_path_factory.mktemp("here") / "city", PACKS)
    run(workspace, 1, DAYS[0], LOCAL)
    shutil.copytree(workspace.root, workspace.root.with_name("first"))
    run(workspace, 2, DAYS[1], LOCAL)
    return workspace


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    engine = Spark(TWO_WORKERS, tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


def run(workspace: Workspace, number: int, day: date, engine: Engine) -> Night:
    """One night of the sample, at a fixed moment. The engine is left open."""
    for file in sorted(p for p in (SAMPLE / f"night-{number}").rglob("*") if p.is_file()):
        shutil.copyfile(file, workspace.inbox / file.name)
    with locked(workspace):
        night = begin(workspace, day)
        night.engine, night.recorded_at = engine, datetime(2024, 7, 1, tzinfo=UTC) + timedelta(days=number)
        for step in steps(night):
            run_step(night, *step)
        night.engine = LOCAL
        finish(night)
    return night


def tables(workspace: Workspace, run_no: int) -> dict[str, str]:
    return {name: told["sha256"] for name, told in read_manifest(workspace.runs, run_no)["tables"].items()}


def test_a_night_on_two_workers_gives_the_same_bytes(here: Workspace, tmp_path: Path, spark: Spark) -> None:
    there = init_workspace(tmp_path / "city", PACKS)
    run(there, 1, DAYS[0], spark)
    assert len(tables(here, 1)) > 20
    assert tables(there, 1) == tables(here, 1)


def test_a_worker_killed_in_the_middle_changes_nothing(here: Workspace, spark: Spark) -> None:
    there = Workspace(here.root.with_name("first"))
    killed: list[int] = []
    murder = threading.Thread(target=lambda: killed.append(kill_one_at(spark.folder, "score")), daemon=True)
    murder.start()
    run(there, 2, DAYS[1], spark)
    murder.join(1)
    assert len(killed) == 1
    assert tables(there, 2) == tables(here, 2)


def kill_one_at(folder: Path, stage: str) -> int:
    """Wait until the stage writes its rows for the workers, and kill one of them, however long the night takes."""
    while not list(folder.glob(f"*-{stage}")):
        time.sleep(0.05)
    pid = min(executors_of(os.getpid()))
    os.kill(pid, signal.SIGKILL)
    return pid


def executors_of(parent: int) -> list[int]:
    """The workers among the processes that this one started, and those started."""
    children: dict[int, list[int]] = {}
    names: dict[int, bytes] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, above = int(stat.parent.name), int(stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])
            names[pid] = (stat.parent / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        children.setdefault(above, []).append(pid)
    found, asked = [], [parent]
    while asked:
        below = children.get(asked.pop(), [])
        asked += below
        found += [pid for pid in below if EXECUTOR.encode() in names[pid]]
    return found
