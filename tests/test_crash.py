"""A run killed at any moment leaves nothing behind, and the next one does its work."""

import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.looking.look import opened_store
from flows.workspace import Workspace, locked
from ledger.seal import read_manifest, sealed_runs
from ledger.store import fingerprint
from ledger.verify import verify
from tests.rough_files import (
    ROOT,
    SAMPLE,
    SampleTown,
    command,
    copy_of,
    death_file,
    drop,
    entries,
    new_workspace,
    night,
    stop_file,
    surroundings,
    table,
    zhaoren,
    zhaoren_here,
)
from tests.unjudged_nights import unjudged_night

FIRST, SECOND = "2024-06-29", "2024-06-30"
SWEEP = 20
GARBAGE: dict[str, Callable[[Path], object]] = {
    "deleted": lambda store: store.unlink(),
    "empty": lambda store: store.write_bytes(b""),
    "cut in half": lambda store: store.write_bytes(store.read_bytes()[: store.stat().st_size // 2]),
    "garbage": lambda store: store.write_bytes(b"no database " * 5000),
    "another database": lambda store: _other_database(store),
}


def _other_database(store: Path) -> None:
    store.unlink()
    with duckdb.connect(str(store)) as con:
        con.execute("create table applied_run (run_no bigint); insert into applied_run values (1), (7)")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small place after its first night, with the second night's files in the inbox, one of them to be refused."""
    workspace = new_workspace(tmp_path_factory.mktemp("before"))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(*range(1, 60)))
    night(workspace, FIRST)
    drop(workspace, "社保停保_20240630_全量.csv", stop_file(*range(10, 90)))
    drop(workspace, "社保停保_20240630_全量.csv.manifest.json", '{"rows": 80}')
    drop(workspace, "死亡_20240630_增量.csv", death_file(12, 13))
    drop(workspace, "名单_20240630.csv", death_file(1))  # no kind
    return workspace


@pytest.fixture(scope="module")
def sample_before(sample_town: SampleTown, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample after its first night, with the second night's files in the inbox."""
    workspace = copy_of(sample_town(1).root, tmp_path_factory.mktemp("sample"))
    for file in (SAMPLE / "night-2").iterdir():
        shutil.copyfile(file, workspace.inbox / file.name)
    return workspace


def _expected(before: Workspace, folder: Path) -> tuple[list[dict[str, Any]], float]:
    """The ledger after a second night that nobody killed, and how long a run of it takes."""
    workspace = copy_of(before.root, folder)
    start = time.monotonic()
    assert zhaoren("run", workspace.root, "--as-of", SECOND).returncode == 3
    return entries(workspace), time.monotonic() - start


@pytest.fixture(scope="module")
def undisturbed(before: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], float]:
    expected = _expected(before, tmp_path_factory.mktemp("undisturbed"))
    assert {"ADD", "FLAG_REEMP", "REVIEW", "WITHDRAW"} & {e["op"] for e in expected[0] if e["run_no"] == 2}
    return expected


@pytest.fixture(scope="module")
def sample_undisturbed(
    sample_before: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, Any]], float]:
    return _expected(sample_before, tmp_path_factory.mktemp("sample-undisturbed"))


def _started(workspace: Workspace) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command("run", workspace.root, "--as-of", SECOND), cwd=ROOT, env=surroundings(),
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip


def _journal(workspace: Workspace) -> list[tuple[str, str]]:
    try:
        lines = workspace.journal.read_text(encoding="utf-8").splitlines()
        return [(line["step"], line["state"]) for line in map(json.loads, lines)]
    except (OSError, ValueError):
        return []


def _kill_when(workspace: Workspace, ripe: Callable[[], bool], by: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
    """How the run ended, and what it said."""
    run = _started(workspace)
    until = time.monotonic() + 60
    while run.poll() is None and not ripe() and time.monotonic() < until:
        time.sleep(0.004)
    run.send_signal(by)
    said = run.communicate()[1].decode()
    return run.returncode, said


def _assert_healed(workspace: Workspace, expected: list[dict[str, Any]]) -> None:
    night(workspace, SECOND)
    assert entries(workspace) == expected
    assert not workspace.staging.exists()
    assert [p.name for p in workspace.runs.iterdir() if not p.name.isdigit()] == []
    assert list(workspace.inbox.iterdir()) == []
    assert verify(workspace.runs, workspace.archive) == []
    for number in sealed_runs(workspace.runs)[2:]:
        assert read_manifest(workspace.runs, number)["tables"]["ledger_entry"]["rows"] == 0
    refused = {r["file_name"] for r in table(workspace, "delivery") if r["status"] in ("refused", "held")}
    assert refused <= {"名单_20240630.csv", "低保低收入_补充名单.csv"}


MOMENTS: dict[str, Callable[[Workspace], bool]] = {
    "while files are read": lambda w: ("read", "started") in _journal(w),
    "while tables are written": lambda w: (w.staging / "tables").is_dir() and any((w.staging / "tables").iterdir()),
    "just before the seal": lambda w: (w.staging / "manifest.json").exists(),
    "just after the seal": lambda w: (w.runs / "000002").is_dir(),
}


QUICK = ("while tables are written", "just after the seal")


@pytest.mark.parametrize("moment", [m if m in QUICK else pytest.param(m, marks=pytest.mark.slow) for m in MOMENTS])
def test_a_run_killed_at_a_chosen_moment_leaves_the_next_its_work(
    moment: str, before: Workspace, undisturbed: tuple[list[dict[str, Any]], float], tmp_path: Path
) -> None:
    workspace = copy_of(before.root, tmp_path)
    # on a busy machine the run may be over before the moment is seen; what follows must hold all the same
    assert _kill_when(workspace, lambda: MOMENTS[moment](workspace))[0] in (-signal.SIGKILL, 0, 3)
    _assert_healed(workspace, undisturbed[0])


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda s: s.name)
def test_a_run_that_is_told_to_end_says_so_and_leaves_the_next_its_work(
    by: signal.Signals, before: Workspace, undisturbed: tuple[list[dict[str, Any]], float], tmp_path: Path
) -> None:
    """As by a machine that shuts down; the library at work tells of it in a way of its own."""
    workspace = copy_of(before.root, tmp_path)
    code, said = _kill_when(workspace, lambda: ("link", "started") in _journal(workspace), by)
    if code not in (0, 3):  # on a busy machine it may be over
        assert code == 1 and said.startswith("已中断，没有走完。") and "程序故障" not in said
        assert workspace.staging.exists()
    _assert_healed(workspace, undisturbed[0])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SWEEP))
def test_a_run_killed_at_a_random_moment_leaves_the_next_its_work(
    number: int, sample_before: Workspace, sample_undisturbed: tuple[list[dict[str, Any]], float], tmp_path: Path
) -> None:
    workspace = copy_of(sample_before.root, tmp_path)
    at = time.monotonic() + random.Random(number).uniform(0.02, 1.05) * sample_undisturbed[1]
    _kill_when(workspace, lambda: time.monotonic() >= at)
    _assert_healed(workspace, sample_undisturbed[0])


@pytest.mark.parametrize("nights", (1, 2, 3))
def test_a_night_of_the_sample_run_again_posts_nothing(nights: int, sample_town: SampleTown, tmp_path: Path) -> None:
    """As it is run again by whoever found it killed after its seal."""
    workspace = copy_of(sample_town(nights).root, tmp_path)
    night(workspace, read_manifest(workspace.runs, nights)["as_of"])
    assert read_manifest(workspace.runs, nights + 1)["tables"]["ledger_entry"]["rows"] == 0


@pytest.mark.slow
def test_a_run_killed_again_and_again_still_comes_to_the_same_ledger(
    before: Workspace, undisturbed: tuple[list[dict[str, Any]], float], tmp_path: Path
) -> None:
    workspace = copy_of(before.root, tmp_path)
    for number in range(6):
        at = time.monotonic() + random.Random(100 + number).uniform(0.3, 0.95) * undisturbed[1]
        _kill_when(workspace, lambda at=at: time.monotonic() >= at)  # type: ignore[misc]
    _assert_healed(workspace, undisturbed[0])


def test_a_file_left_without_its_manifest_by_a_killed_run_is_no_refusal(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))
    drop(workspace, "社保停保_20240629_全量.csv.manifest.json", '{"rows": 2}')
    unjudged_night(workspace, date.fromisoformat(FIRST))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))  # as the kill leaves it: the manifest goes first
    assert unjudged_night(workspace, date.fromisoformat(SECOND)).exit_code == 0


# The store is only a view.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = new_workspace(tmp_path_factory.mktemp("small"))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2, 3))
    night(workspace, FIRST)
    return workspace


@pytest.mark.parametrize("how", GARBAGE)
def test_a_spoilt_store_is_healed_by_the_next_command(how: str, small: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(small.root, tmp_path)
    GARBAGE[how](workspace.store)
    done = zhaoren_here("asof", workspace.root, SECOND)
    assert done.returncode == 0, done.stderr
    assert sum(",L," in line for line in done.stdout.splitlines()) == 3


@pytest.mark.parametrize("how", ["deleted", "cut in half"])
def test_a_spoilt_store_is_healed_by_the_next_night(how: str, small: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(small.root, tmp_path)
    GARBAGE[how](workspace.store)
    assert night(workspace, SECOND).entries == ()


def _spoil_one_block(store: Path) -> None:
    """Spoil a block that holds ledger entries, so that the list of applied runs can still be read."""
    whole = store.read_bytes()
    for at in range(12 << 10, len(whole), 16 << 10):
        store.write_bytes(whole[:at] + bytes(b ^ 0xFF for b in whole[at : at + 64]) + whole[at + 64 :])
        try:
            with duckdb.connect(str(store), read_only=True) as con:
                con.execute("select * from applied_run").fetchall()
                try:
                    con.execute("select * from ledger_entry").fetchall()
                except duckdb.Error:
                    return
        except duckdb.Error:
            continue
    raise RuntimeError("no block of the store could be spoilt")


@pytest.fixture(scope="module")
def rotten(sample_town: SampleTown, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = copy_of(sample_town(3).root, tmp_path_factory.mktemp("rotten"))
    with opened_store(workspace):  # a store knows where its runs lie; a copied one is brought up to date first
        pass
    _spoil_one_block(workspace.store)
    return workspace


def test_a_store_with_one_rotten_block_is_healed_by_the_next_command(rotten: Workspace) -> None:
    assert zhaoren_here("explain", rotten.root, "--person", "P000000001").returncode == 0


def test_rebuild_heals_a_rotten_store(rotten: Workspace) -> None:
    assert zhaoren_here("rebuild", rotten.root).returncode == 0
    assert zhaoren_here("explain", rotten.root, "--person", "P000000001").returncode == 0


def test_a_store_of_another_version_is_made_anew(small: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(small.root, tmp_path)
    with opened_store(workspace):
        pass
    with duckdb.connect(str(workspace.store)) as con:
        con.execute("update made_by set fingerprint = 'older'; delete from ledger_entry")
    with opened_store(workspace) as con:
        assert con.execute("select fingerprint from made_by").fetchall() == [(fingerprint(),)]
        assert con.execute("select count(*) > 0 from ledger_entry").fetchall() == [(True,)]


# One run at a time.


def test_a_second_run_while_one_holds_the_workspace_ends_with_5(small: Workspace) -> None:
    with locked(small):
        done = zhaoren_here("run", small.root, "--as-of", SECOND)
    assert done.returncode == 5
    assert "正有另一个运行" in done.stderr
    assert sealed_runs(small.runs) == [1]


def test_a_dead_run_holds_no_lock(small: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(small.root, tmp_path)
    _kill_when(workspace, lambda: ("read", "started") in _journal(workspace))
    with locked(workspace):
        pass
    assert "没有走完" in zhaoren_here("status", workspace.root).stdout
