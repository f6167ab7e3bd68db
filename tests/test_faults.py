"""A disk that fails in the middle of a night: what was published stays whole, a sentence says so, the next night finishes.

A few chosen calls, most of them slow; `make sweep` tries them all."""

import errno
import os
import random
import shutil
from pathlib import Path
from unittest import mock

import duckdb
import pytest

from flows.disk import disk_trouble
from flows.workspace import Workspace
from ledger.verify import verify
from tests.fault_sweep import Point, prepare, trials
from tests.power_loss import Disk
from tests.rough_files import copy_of, death_file, drop, new_workspace, night, zhaoren_here

FULL, READ_ONLY = errno.ENOSPC, errno.EROFS
BEFORE, AFTER = ["000001"], ["000001", "000002"]
Points = dict[str, tuple[Point, list[str]]]
QUICK: Points = {
    "no room for a table": (Point(3, FULL, "write /.work/staging/tables"), BEFORE),
    "the store cannot be refreshed": (Point(1, FULL, "rename /store", stays=True), AFTER),
    "killed between the seal and the store": (Point(1, on="rename /store", kills=True), AFTER),
}
MORE: Points = {
    "the disk is read-only from the start": (Point(1, READ_ONLY, stays=True), BEFORE),
    "no room to keep a file": (Point(1, FULL, "write /.work/archive-"), BEFORE),
    "no room for a workbook": (Point(5, FULL, "write /.work/staging/workbooks/台账"), BEFORE),
    "the seal cannot be renamed": (Point(1, READ_ONLY, "rename /runs"), BEFORE),
    "the inbox cannot be emptied": (Point(1, READ_ONLY, "unlink /inbox"), AFTER),
}


@pytest.mark.parametrize("points", [QUICK, pytest.param(MORE, marks=pytest.mark.slow)], ids=["quick", "more"])
def test_a_failing_disk_leaves_the_old_publication_whole_and_the_next_night_finishes(
    points: Points, tmp_path: Path
) -> None:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler to build tests/faults.c with")
    played = trials(prepare(tmp_path), [point for point, _ in points.values()])
    for (name, (point, runs)), found in zip(points.items(), played, strict=True):
        assert (found["runs"], found["sound"], found["healed"]) == (runs, True, True), (name, found)
        assert found["code"] == (-9 if point.kills else 1), name
        words = "" if point.kills else "磁盘满了" if point.error == FULL else "磁盘只读"
        assert words in found["said"] and ("此前发布的内容完好" in found["said"]) is bool(words), name


def chained(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "磁盘满了"),
        (OSError(errno.EDQUOT, "x"), "磁盘满了"),
        (PermissionError(errno.EACCES, "x"), "没有读写的权限"),
        (RuntimeError("IO Error: Could not write file: No space left on device"), "磁盘满了"),
        (chained(RuntimeError("x"), OSError(errno.EROFS, "x")), "磁盘只读"),
        (OSError(errno.ENOSPC, "x", "/mnt/a/死亡.csv"), "磁盘满了（/mnt/a），"),
        (OSError(errno.ENOSPC, "x", "/mnt/a/x", None, "/mnt/b/y"), "磁盘满了（/mnt/b），"),
        (RuntimeError('IO Error: Could not write file "/mnt/b/x.parquet": No space left on device'), "磁盘满了（/mnt/b），"),
        (OSError(errno.EMFILE, "x"), "打开的文件太多"),
        (RuntimeError('IO Error: Cannot open file "/x/y": Too many open files'), "打开的文件太多（/x）"),
        (OSError(errno.EFBIG, "x"), "文件大于这里允许的大小"),
        (RuntimeError("IO Error: Could not write all bytes to file: File too large"), "文件大于这里允许的大小"),
        (MemoryError(), "内存不够"),
        (OSError(errno.ENOMEM, "x"), "内存不够"),
        (RuntimeError("Out of Memory Error: could not allocate block of size 256.0 KiB"), "内存不够"),
        (chained(RuntimeError("x"), RuntimeError("can't start new thread")), "内存不够"),
        (FileNotFoundError(errno.ENOENT, "x"), None),
        (ValueError("x"), None),
    ],
    ids=["full", "quota", "permission", "as DuckDB says it", "as XlsxWriter passes it on", "with its folder", "the folder written to", "the folder as DuckDB says it", "handles", "handles as DuckDB says it",
         "size", "size as DuckDB says it", "memory", "memory of the kernel", "memory as DuckDB says it", "threads", "a file missing", "anything else"],
)  # fmt: skip
def test_what_the_disk_caused_is_told_apart(error: Exception, said: str | None) -> None:
    told = disk_trouble(error)
    assert told is None if said is None else told is not None and told.startswith(said)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = new_workspace(tmp_path_factory.mktemp("published"))
    drop(workspace, "死亡_20240629_增量.csv", death_file(1))
    night(workspace, "2024-06-29", books=True)
    return workspace


@pytest.mark.parametrize("name", [".~lock.台账增量.xlsx#", "~$台账增量.xlsx"])
def test_a_workbook_that_somebody_has_open_is_no_fault_of_the_run(name: str, published: Workspace) -> None:
    beside = published.runs / "000001" / "workbooks" / name
    beside.write_text("张三", encoding="utf-8")
    assert verify(published.runs, published.archive) == []
    beside.rename(beside.with_name("张三.xlsx"))  # anything else there is one
    assert verify(published.runs, published.archive) != []
    beside.with_name("张三.xlsx").unlink()


def test_an_account_without_rights_is_told_of_rights_and_not_of_wrong_use(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "x", str(path))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(Path, "is_file", refused)
    done = zhaoren_here("status", published.root)
    assert done.returncode == 1 and f"没有读写的权限（{published.root}）" in done.stderr


@pytest.mark.parametrize(
    "said", ["{", "[]", "{}", "[" * 100_000, "\udc80"], ids=["cut", "a list", "empty", "nested without end", "no text"]
)
def test_a_damaged_manifest_is_named_with_what_to_do(said: str, published: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(published.root, tmp_path)
    (workspace.runs / "000001" / "manifest.json").write_text(said, encoding="utf-8", errors="surrogateescape")
    for words in (("run", workspace.root, "--as-of", "2024-06-30"), ("status", workspace.root)):
        done = zhaoren_here(*words)
        assert done.returncode == 1 and "第 1 次运行的清单损坏" in done.stderr and "从备份恢复" in done.stderr, (
            done.stderr
        )


def test_status_says_where_the_chain_is_broken(published: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(published.root, tmp_path)
    assert "断开" not in zhaoren_here("status", workspace.root).stdout
    (workspace.runs / "000002").mkdir()
    assert "运行链在第 2 次断开" in zhaoren_here("status", workspace.root).stdout


@pytest.mark.parametrize("name", ["２", "０0000２", "2", "0000002", "²"])
def test_a_folder_named_nearly_like_a_run_is_none_and_stops_the_night(
    name: str, published: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(published.root, tmp_path)
    shutil.copytree(workspace.runs / "000001", workspace.runs / name)
    said = zhaoren_here("status", workspace.root).stdout
    assert "共 1 次运行" in said and "断开" in said
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 1 and "断开" in done.stderr
    assert verify(workspace.runs, workspace.archive) != []


DENIED = {
    "handles, by the system": (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "打开的文件太多"),
    "handles, by DuckDB": (duckdb.IOException(f"Cannot open file: {os.strerror(errno.EMFILE)}"), "打开的文件太多"),
    "memory, by DuckDB": (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data"), "内存不够"),
    "no file can be mapped": (duckdb.IOException("failed to map segment from shared object"), "内存不够"),
}


@pytest.mark.parametrize("what", DENIED)
def test_what_the_machine_denies_is_not_called_damage(
    what: str, published: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, (error, said) = copy_of(published.root, tmp_path), DENIED[what]
    workspace.store.unlink()
    monkeypatch.setattr("ledger.store.read_manifest", mock.Mock(side_effect=error))
    done = zhaoren_here("rebuild", workspace.root)
    assert done.returncode == 1 and said in done.stderr and "损坏" not in done.stderr


def test_a_damaged_store_on_a_full_disk_is_made_elsewhere(
    published: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, full = copy_of(published.root, tmp_path), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    told = zhaoren_here("asof", workspace.root, "2024-06-30").stdout
    workspace.store.write_bytes(b"no database " * 500)
    monkeypatch.setattr("flows.looking.look.ensure_store", mock.Mock(side_effect=full))
    assert zhaoren_here("asof", workspace.root, "2024-06-30").stdout == told != ""
    assert "待人决定" in zhaoren_here("status", workspace.root).stdout
    assert "store.duckdb：与 runs 不一致" in zhaoren_here("doctor", workspace.root).stdout
    monkeypatch.setattr("flows.looking.look.build_store", mock.Mock(side_effect=full))  # nor is there room elsewhere
    done = zhaoren_here("status", workspace.root)
    assert done.returncode == 0 and "共 1 次运行" in done.stdout and "磁盘满了" in done.stdout
    done = zhaoren_here("doctor", workspace.root)
    assert done.returncode == 1 and "磁盘满了" in done.stdout and "程序故障" not in done.stderr


@pytest.mark.parametrize("name", [".lock", "runs", "inbox", "archive", "access.jsonl"])
def test_a_link_that_leads_nowhere_is_named_before_anything_is_done(
    name: str, published: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(published.root, tmp_path)
    path = workspace.root / name
    if path.exists():
        path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "away" / name)
    for words in (("run", workspace.root, "--as-of", "2024-06-30"), ("status", workspace.root)):
        done = zhaoren_here(*words)
        assert done.returncode == 2 and f"{path} 是一个链接" in done.stderr, done.stderr


@pytest.mark.parametrize("said", ["", "0" * 64 + "  manifest.json\n"], ids=["away", "another"])
def test_no_night_goes_on_upon_a_manifest_that_its_own_hash_does_not_vouch_for(
    said: str, published: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(published.root, tmp_path)
    hash_file = workspace.runs / "000001" / "manifest.sha256"
    hash_file.write_text(said, encoding="ascii") if said else hash_file.unlink()
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 1 and "第 1 次" in done.stderr and "manifest.sha256" in done.stderr, done.stderr
    assert "manifest.sha256" in zhaoren_here("status", workspace.root).stdout


@pytest.mark.parametrize("how", ["nothing is mounted there", "an older state was put back"])
def test_runs_that_the_store_knows_and_are_not_there_stop_everything_but_a_rebuild(
    how: str, published: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(published.root, tmp_path)
    night(workspace, "2024-06-30")
    gone = ["000001", "000002"] if "mounted" in how else ["000002"]
    for name in gone:
        (workspace.runs / name).rename(tmp_path / name)
    for words in (("run", workspace.root, "--as-of", "2024-07-01"), ("asof", workspace.root, "2024-06-30")):
        done = zhaoren_here(*words)
        assert done.returncode == 1 and "记得 2 次运行" in done.stderr, done.stderr
    for command in ("status", "doctor"):
        said = zhaoren_here(command, workspace.root).stdout
        assert said.count("记得 2 次运行") == 1 and "还没有运行过" not in said, said
    if len(gone) == 1:
        assert zhaoren_here("rebuild", workspace.root).returncode == 0
        assert zhaoren_here("asof", workspace.root, "2024-06-30").returncode == 0
    for name in gone:
        (tmp_path / name).rename(workspace.runs / name)
    assert night(workspace, "2024-07-01").run_no == 3


def test_the_power_loss_model_takes_no_file_for_a_folder_whose_number_it_got(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "a").write_bytes(b"kept")
    disk = Disk(place, folders={(place / "a").stat().st_ino})
    disk.settle()
    disk.image(place, tmp_path / "image", random.Random(1))
    assert (tmp_path / "image" / "a").read_bytes() == b"kept"
