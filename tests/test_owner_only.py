"""What holds people's data is for its owner alone, whatever the umask, and nothing of it is left where programs leave things."""

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flows.disk import disk_trouble
from flows.doctor.examine import examine
from flows.review.export import export_review
from flows.trust.processing_record import write_record
from flows.who.evaluated import write_figures
from flows.workspace import Workspace
from ledger.store import connect
from ledger.temporary import own_folder
from tests.nightshift import Town, registered
from tests.rough_files import zhaoren_in_turn

SLEEPER = "import time; from ledger.temporary import own_folder; print(own_folder(), flush=True); time.sleep(60)"


def done(*commands: tuple[object, ...]) -> None:
    """Commands of an account whose umask lets everybody in."""
    with tempfile.TemporaryDirectory() as said:
        told = zhaoren_in_turn(*([str(w) for w in words] for words in commands), into=Path(said), umask=0)
    assert [code for code, _ in told] == [0] * len(commands), told


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace after one night, and a key and an export beside it."""
    folder = tmp_path_factory.mktemp("open")
    done(("init", folder / "ws", "--pack", "zhongshan"), ("keys", "new", folder / "sign.key"))
    with (folder / "ws" / "zhaoren.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[signing]\nkey = "{folder / "sign.key"}"\n[heads]\ncopies = ["{folder / "heads.jsonl"}"]\n')
    town = Town(Workspace((folder / "ws").resolve()), books=True)
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    rows = [said.about(who) for who, said in town.told]
    town.deliver("失业登记", "2024-06-01", "全量", rows)
    day, out = "2024-06-01", folder / "台账.xlsx"
    done(("run", folder / "ws", "--as-of", day), ("asof", folder / "ws", day, "--out", out))
    return town.workspace


def modes(root: Path) -> dict[str, int]:
    return {p.relative_to(root).as_posix(): stat.S_IMODE(p.lstat().st_mode) for p in sorted(root.rglob("*"))}


def test_every_file_and_folder_is_for_its_owner(night: Workspace) -> None:
    found = modes(night.root)
    assert any(name.startswith("archive/") for name in found) and "store.duckdb" in found
    assert any(name.startswith("runs/000001/workbooks/") for name in found)
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}


def test_what_is_written_elsewhere_too_but_what_others_are_to_read(night: Workspace) -> None:
    found = modes(night.root.parent)
    assert {name: oct(found[name]) for name in ("sign.key", "台账.xlsx", "sign.key.pub", "heads.jsonl")} == {
        "sign.key": "0o600", "台账.xlsx": "0o600", "sign.key.pub": "0o644", "heads.jsonl": "0o644",
    }  # fmt: skip


@pytest.mark.parametrize("broken", ["while it is written", "while it is put in place", "by its record"])
def test_an_export_that_fails_leaves_what_stood_there_and_nothing_beside_it(
    night: Workspace, tmp_path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XlsxWriter writes each sheet into a file of its own first: people's data, in whatever folder was asked for."""
    out = tmp_path / "待核查.xlsx"
    out.write_bytes(b"the answers of last week")

    def full(*_: object, **__: object) -> None:
        assert [p.name for p in tmp_path.iterdir() if p.suffix != ".part"] == [out.name]
        raise OSError(errno.ENOSPC, "full", str(out))

    place = {
        "while it is written": "reports.workbook._write_one",
        "while it is put in place": "flows.trust.access.os.replace",
    }
    monkeypatch.setattr(place.get(broken, "flows.trust.access.record_access"), full)
    with pytest.raises(OSError, match="full"):
        export_review(night, out, blind=False)
    assert [p.name for p in tmp_path.iterdir()] == [out.name] and out.read_bytes() == b"the answers of last week"


@pytest.mark.parametrize("table", ["record", "figures"])
def test_a_table_that_fails_leaves_what_stood_there_and_nothing_beside_it(
    night: Workspace, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "表.csv"
    out.write_bytes(b"last year's")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("ledger.whole.os.fsync", full)
    with pytest.raises(OSError, match="full") as caught:
        write_record(night, out) if table == "record" else write_figures([], out)
    assert [p.name for p in tmp_path.iterdir()] == [out.name] and out.read_bytes() == b"last year's"
    assert f"磁盘满了（{tmp_path}）" in str(disk_trouble(caught.value))


def test_a_full_disk_is_named_where_an_export_was_to_stand(
    night: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("flows.trust.access.os.fsync", full)
    with pytest.raises(OSError, match="full") as caught:
        export_review(night, tmp_path / "待核查.xlsx", blind=False)
    assert f"磁盘满了（{tmp_path}）" in str(disk_trouble(caught.value))


def test_doctor_finds_what_somebody_opened(night: Workspace) -> None:
    (night.inbox / "死亡_20240601_全量.csv").touch(0o644)
    assert not any("其他用户也能打开" in f.what for f in examine(night))
    next(p for p in night.archive.iterdir()).chmod(0o640)
    night.store.chmod(0o604)
    assert [f.what for f in examine(night) if "2 个文件或文件夹其他用户也能打开" in f.what]


def test_rows_that_do_not_fit_spill_where_only_the_owner_sees_them() -> None:
    con = connect()
    try:
        said = Path(con.execute("select current_setting('temp_directory')").fetchall()[0][0])
    finally:
        con.close()
    assert said.parent == own_folder()
    assert stat.S_IMODE(own_folder().stat().st_mode) == stat.S_IMODE(own_folder().parent.stat().st_mode) == 0o700


def test_what_a_killed_process_left_is_wiped_and_what_a_running_one_has_is_not(tmp_path: Path) -> None:
    here = {**os.environ, "TMPDIR": str(tmp_path)}
    with (
        subprocess.Popen([sys.executable, "-c", SLEEPER], env=here, stdout=subprocess.PIPE, text=True) as killed,
        subprocess.Popen([sys.executable, "-c", SLEEPER], env=here, stdout=subprocess.PIPE, text=True) as running,
    ):
        assert killed.stdout and running.stdout
        left, kept = Path(killed.stdout.readline().strip()), Path(running.stdout.readline().strip())
        (left / "rows").write_text("", encoding="utf-8")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        ended = subprocess.run(
            [sys.executable, "-c", SLEEPER.replace("sleep(60)", "sleep(0)")],
            env=here,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (left.exists(), kept.exists(), Path(ended.stdout.strip()).exists()) == (False, True, False)
        running.kill()


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / f"zhaoren-{os.getuid()}").symlink_to(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", SLEEPER],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1 and "不是本账号的文件夹" in ended.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / f"zhaoren-{os.getuid()}"]
