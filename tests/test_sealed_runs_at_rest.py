"""Sealed runs lie encrypted and are read where the key holder points: nothing plain stays, the chain and the ledger are the same."""

import errno
import shutil
import time
from pathlib import Path

import pytest

from flows.console.reading import Readings
from flows.doctor.examine import examine as look_for_trouble
from flows.exchange import send
from flows.files.kept_files import make_rest_key, open_vault
from flows.opened import close_workspace, find_workspace, open_books
from flows.settings.read import FILE, read_settings
from flows.trust.rekeying import encrypt_all
from flows.trust.reperforming import reperform
from flows.workspace import Workspace
from ledger.opening import PLAIN
from ledger.seal import file_hash, head, read_manifest
from ledger.standalone_verifier import expected_files, key_of
from schemas.errors import UsageError
from tests.console_room import Room
from tests.fault_sweep import Point, prepare, trials
from tests.nightshift import Town, pension, registered
from tests.rough_files import zhaoren_here
from tests.test_at_rest import alone, set_keys

FIRST, SECOND, THIRD = "2024-06-01", "2024-06-02", "2024-06-20"


def lock_up(workspace: Workspace, **more: object) -> None:
    """Settings with the first key, and the open place beside the workspace."""
    beside = workspace.root.parent
    set_keys(workspace, **{"key": str(beside / "first.key"), "open_at": str(beside / "ram")} | more)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A night that lies plain, then a key, then a night under it."""
    folder = tmp_path_factory.mktemp("sealed").resolve()
    (folder / "ram").mkdir()
    for name in ("first", "second"):
        make_rest_key(folder / f"{name}.key")
    town = Town.found(folder / "ws", "zhongshan", books=True)
    who = town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    assert town.night(FIRST).outcome.exit_code == 0 and town.workspace.store.is_file()
    lock_up(town.workspace)
    assert "改写" in zhaoren_here("keys", "encrypt", town.workspace.root).stdout
    town.tell(who, pension("2024-05-01"))
    town.workspace = find_workspace(town.workspace.root)
    assert town.night(SECOND).outcome.exit_code == 0
    return town


def copied(town: Town, folder: Path) -> Town:
    """The same in a folder of its own, closed."""
    (folder / "ram").mkdir()
    for key in town.workspace.root.parent.glob("*.key"):
        shutil.copy(key, folder)
    copy = town.copy(folder)
    lock_up(copy.workspace)
    copy.workspace = find_workspace(copy.workspace.root)
    return copy


def kept_tables(workspace: Workspace) -> list[Path]:
    return sorted(p for p in workspace.sealed.rglob("*") if p.is_file() and p.name not in PLAIN)


def test_nothing_plain_stays_in_the_workspace(town: Town) -> None:
    root = town.workspace.root
    kept = kept_tables(town.workspace)
    assert len(kept) > 20 and all(key_of(path) for path in kept)
    assert {p.parent.name for p in kept} >= {"tables", "workbooks", "000001", "000002"}
    beside = {p.relative_to(root).parts[0] for p in root.rglob("*") if p.is_file()}
    assert beside - {".access.lock"} == {FILE, ".lock", "runs", "archive"}
    words = [value.encode() for who, _ in town.told for value in (who.name, who.number)]
    assert not any(word in p.read_bytes() for p in root.rglob("*") if p.is_file() for word in words)


def test_the_chain_names_what_lies_open_and_goes_on_from_plain_runs(town: Town) -> None:
    for number in (1, 2):
        folder = town.workspace.runs / f"{number:06d}"
        said = expected_files(read_manifest(town.workspace.sealed, number))
        assert {n: file_hash(folder / n) for n in said} == said
    assert head(town.workspace.runs) == head(town.workspace.sealed)
    assert {e["op"] for e in town.nights[SECOND].entries()} and town.nights[SECOND].folder.parent == town.workspace.runs


def test_every_reader_reads_after_the_open_place_was_wiped(town: Town, tmp_path: Path) -> None:
    root, who = town.workspace.root, town.told[0][0]
    before = zhaoren_here("asof", root, SECOND).stdout
    assert "已抹去" in zhaoren_here("keys", "close", root).stdout and not town.workspace.room.exists()
    assert zhaoren_here("asof", root, SECOND).stdout == before and len(before.splitlines()) > 1
    assert who.name in zhaoren_here("explain", root, "--id", who.number).stdout
    for words in (("status",), ("rebuild",), ("whatif",), ("review", "export"), ("retention",)):
        done = zhaoren_here(words[0], root, *words[1:])
        assert done.returncode == 0, (words, done.stderr)
    assert not list(root.glob("*.xlsx")) and list(town.workspace.room.glob("*.xlsx"))
    assert zhaoren_here("prove", root, "--entry", "1-1", "--out", tmp_path / "p.json").returncode == 0
    assert [t for t in reperform(town.workspace, 2, tmp_path / "again").tables if not t.is_equal] == []


def test_only_the_newest_workbooks_lie_open_and_others_on_request(town: Town) -> None:
    close_workspace(town.workspace.root)
    find_workspace(town.workspace.root)
    books = town.workspace.runs / "000001" / "workbooks"
    assert not books.exists() and list((town.workspace.runs / "000002" / "workbooks").iterdir())
    assert (
        open_books(town.workspace, 1) == books
        and zhaoren_here("keys", "open", town.workspace.root, "--run", "1").returncode == 0
    )
    found = {p.relative_to(books).as_posix(): file_hash(p) for p in books.rglob("*") if p.is_file()}
    assert found == read_manifest(town.workspace.sealed, 1)["workbooks"]


def test_a_console_says_that_its_runs_were_closed_and_shows_them_again_once_open(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While closed it holds none of what was wiped, tells whoever asks in one sentence, and hands nothing in."""
    monkeypatch.setattr("flows.console.reading.PATIENCE", 0.1)
    room = Room(find_workspace(town.workspace.root))
    auditor, officer = room.browser("auditor"), room.browser("officer")
    person = f"/person/{town.person_id(town.told[0][0])}"
    assert auditor.get(person).status_code == 200
    close_workspace(town.workspace.root)
    for browser, path in (
        (auditor, person),
        (auditor, "/"),
        (auditor, "/run/1"),
        (officer, "/review"),
        (officer, "/drafts"),
    ):
        told = browser.get(path)
        assert (told.status_code, "keys open" in told.text) == (503, True), path
    assert officer.get("/password").status_code == 200
    assert officer.post("/drafts", {"decided_date": SECOND}).status_code == 503
    assert room.app.state.desk.readings.current() is None
    find_workspace(town.workspace.root)
    until = time.monotonic() + 60
    while auditor.get(person).status_code == 503 and time.monotonic() < until:
        time.sleep(0.2)
    assert auditor.get(person).status_code == auditor.get("/run/1").status_code == 200


def test_the_console_makes_its_pages_where_it_is_open(town: Town) -> None:
    now = Readings(town.workspace).current()
    assert now is not None and now.run_no == 2
    assert (town.workspace.pages / "finder.duckdb").is_file() and not (
        town.workspace.console / "finder.duckdb"
    ).exists()


def test_the_chain_is_checked_with_the_key_and_without_it_that_is_said(town: Town) -> None:
    root, key = town.workspace.root, town.workspace.root.parent / "first.key"
    done = zhaoren_here("verify", root, "--head", head(town.workspace.sealed))
    assert done.returncode == 0 and "加密的文件" not in done.stderr
    assert alone(town.workspace, key).returncode == 0 and "加密的文件" not in alone(town.workspace, key).stderr
    without = alone(town.workspace)
    assert (
        without.returncode == 0
        and f"runs 中有 {len(kept_tables(town.workspace))} 个加密的文件没有密钥可开" in without.stderr
    )


@pytest.mark.parametrize("attack", ["changed", "swapped", "plain in its place", "gone"])
def test_a_kept_file_that_is_not_as_sealed_is_found_and_never_read(town: Town, tmp_path: Path, attack: str) -> None:
    copy = copied(town, tmp_path)
    close_workspace(copy.workspace.root)
    one, other = (copy.workspace.sealed / f"00000{n}" / "tables" / "ledger_entry.parquet" for n in (1, 2))
    whole = one.read_bytes()
    if attack == "changed":
        one.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif attack == "swapped":
        shutil.copyfile(other, one)
    elif attack == "plain in its place":
        shutil.copyfile(town.workspace.runs / "000002" / "tables" / "ledger_entry.parquet", one)
    else:
        one.unlink()
    done = zhaoren_here("verify", copy.workspace.root)
    assert done.returncode == 1 and "第 1 次运行" in done.stderr
    assert alone(copy.workspace, tmp_path / "first.key").returncode == 1
    assert zhaoren_here("asof", copy.workspace.root, SECOND).returncode == 1


def test_a_wrong_key_is_a_setting_to_mend_and_nobodys_tampering(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    close_workspace(copy.workspace.root)
    lock_up(copy.workspace, key=str(tmp_path / "second.key"))
    for command in (["status"], ["run", "--as-of", SECOND]):
        refused = zhaoren_here(*command, copy.workspace.root)
        assert refused.returncode == 2 and "old_keys" in refused.stderr
    for told in (zhaoren_here("verify", copy.workspace.root), alone(copy.workspace, tmp_path / "second.key")):
        assert told.returncode == 1 and "用另一把密钥加密的" in told.stderr and "改动" not in told.stderr


def test_a_restored_chain_replaces_what_lay_open(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    shutil.rmtree(copy.workspace.sealed / "000002")  # rolled back to an older backup
    assert "共 1 次运行" in zhaoren_here("status", copy.workspace.root).stdout
    assert [p.name for p in find_workspace(copy.workspace.root).runs.iterdir()] == ["000001"]


def test_what_lies_open_is_not_wiped_while_the_disk_of_what_is_kept_is_away(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    opened = find_workspace(copy.workspace.root).runs
    copy.workspace.sealed.rename(tmp_path / "away")
    copy.workspace.sealed.mkdir()
    for command in (["status"], ["run", "--as-of", SECOND]):
        refused = zhaoren_here(*command, copy.workspace.root)
        assert refused.returncode == 1 and "可能没有接上" in refused.stderr, refused.stderr
    assert sorted(p.name for p in opened.iterdir()) == ["000001", "000002"]


def test_a_new_key_and_none_leave_the_chain_as_it_is(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    root, before = copy.workspace.root, head(copy.workspace.sealed)
    lock_up(copy.workspace, key=str(tmp_path / "second.key"), old_keys=[str(tmp_path / "first.key")])
    assert {f.where for f in look_for_trouble(copy.workspace) if "keys encrypt" in f.what} == {"archive", "runs"}
    new = open_vault(copy.workspace, read_settings(root)).current
    assert new and "改写 0 个" not in encrypt_all(copy.workspace) and "改写 0 个" in encrypt_all(copy.workspace)
    assert {key_of(p) for p in kept_tables(copy.workspace)} == {new.key_id}
    half = kept_tables(copy.workspace)[3]  # as a run of `keys encrypt` that was cut off leaves it
    shutil.copyfile(copy.workspace.runs / half.relative_to(copy.workspace.sealed), half)
    assert zhaoren_here("verify", root).returncode == 0 and "改写 1 个" in encrypt_all(copy.workspace)
    lock_up(copy.workspace, key=str(tmp_path / "second.key"))
    assert zhaoren_here("verify", root, "--head", before).returncode == 0
    set_keys(copy.workspace, key=str(tmp_path / "second.key"))
    refused = zhaoren_here("status", root)
    assert refused.returncode == 2 and "open_at" in refused.stderr
    assert zhaoren_here("keys", "encrypt", root).returncode == 0  # and the runs back to plain
    assert not any(key_of(p) for p in kept_tables(copy.workspace))
    assert zhaoren_here("verify", root, "--head", before).returncode == 0 and find_workspace(root).opened is None


def test_a_lost_key_loses_what_is_closed_and_what_is_open_is_saved(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    root, lost, before = copy.workspace.root, key_of(kept_tables(copy.workspace)[0]), head(copy.workspace.sealed)
    lock_up(copy.workspace, key=str(tmp_path / "second.key"), lost=[lost])
    assert "改写" in encrypt_all(copy.workspace)
    new = open_vault(copy.workspace, read_settings(root)).current
    under = {p.relative_to(copy.workspace.sealed).parts[:2]: key_of(p) for p in kept_tables(copy.workspace)}
    assert new and {part: key for part, key in under.items() if key != new.key_id} == {("000001", "workbooks"): lost}
    done = zhaoren_here("verify", root, "--head", before)
    assert done.returncode == 0 and "没有密钥可开" in done.stderr
    assert "1-1" in zhaoren_here("explain", root, "--entry", "1-1").stdout
    assert "个工作簿打不开" in zhaoren_here("keys", "open", root, "--run", "1").stderr
    lock_up(copy.workspace, key=str(tmp_path / "first.key"))
    close_workspace(root)
    done = zhaoren_here("status", root)
    assert done.returncode == 2 and "现在没有这把密钥" in done.stderr


def test_what_has_served_its_purpose_goes_where_it_is_kept_and_where_it_is_open(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    open_books(copy.workspace, 1)
    with (copy.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write("\n[retention]\nworkbook_days = 15\n")
    copy.books = False
    assert copy.run(THIRD).outcome.exit_code == 0
    gone = [g["path"] for g in read_manifest(copy.workspace.runs, 3)["destroyed"]]
    assert gone and not any(
        (place / path).exists() for place in (copy.workspace.root, copy.workspace.room) for path in gone
    )
    done = zhaoren_here("verify", copy.workspace.root)
    assert done.returncode == 0 and "应销毁" not in done.stderr
    close_workspace(copy.workspace.root)
    assert zhaoren_here("verify", copy.workspace.root).returncode == 0
    assert zhaoren_here("status", copy.workspace.root).returncode == 0


@pytest.mark.parametrize("said", ["inside", "nowhere", "no key", "somebody else's"])
def test_a_place_that_will_not_do_is_refused_before_anything_happens(tmp_path: Path, said: str) -> None:
    town = Town.found(tmp_path / "ws", "zhongshan")
    make_rest_key(tmp_path / "first.key")
    (tmp_path / "ram").mkdir()
    lock_up(town.workspace)
    if said == "inside":
        lock_up(town.workspace, open_at=".work")
    if said == "nowhere":
        lock_up(town.workspace, open_at=str(tmp_path / "away"))
    if said == "no key":
        set_keys(town.workspace, open_at=str(tmp_path / "ram"))
    if said == "somebody else's":
        room = find_workspace(town.workspace.root).room
        room.rename(tmp_path / "moved")
        room.symlink_to(tmp_path / "moved")
    with pytest.raises(UsageError):
        find_workspace(town.workspace.root)
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    with pytest.raises(UsageError):
        town.night(FIRST)
    assert list(town.workspace.inbox.iterdir()) and not list(town.workspace.archive.iterdir())
    assert [f.stops for f in look_for_trouble(town.workspace) if f.where == "存放密钥"] == [True]


def test_a_package_is_sent_from_runs_that_lie_encrypted(town: Town, tmp_path: Path) -> None:
    copy = copied(town, tmp_path)
    with (copy.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[recipients."中心"]\npacks = ["zhongshan"]\nfull_id_number = false\nhardship = true\ndisability = true\n'
        )
    assert len(send(copy.workspace, "中心", tmp_path / "out", is_snapshot=False)) == 2


CUTS = {  # one before the seal, one after it
    "killed while the run is encrypted": (Point(9, on="write /.work/sealing", kills=True), 1),
    "killed before the inbox is emptied": (Point(1, on="unlink /inbox", kills=True), 2),
}
MORE = {
    "no room for it": (Point(3, errno.ENOSPC, "write /.work/sealing"), 1),
    "killed before it is renamed": (Point(1, on="rename /runs", kills=True), 1),
}


@pytest.mark.parametrize("cuts", [CUTS, pytest.param(MORE, marks=pytest.mark.slow)], ids=["quick", "more"])
def test_a_night_cut_off_under_a_key_is_whole_or_not_there_and_the_next_one_finishes(
    cuts: dict[str, tuple[Point, int]], tmp_path: Path
) -> None:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler to build tests/faults.c with")
    before = prepare(tmp_path, is_encrypted=True)
    played = trials(before, [point for point, _ in cuts.values()])
    for (name, (_, runs)), found in zip(cuts.items(), played, strict=True):
        assert (len(found["runs"]), found["sound"], found["healed"]) == (runs, True, True), (name, found)
