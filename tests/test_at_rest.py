"""Kept files lie encrypted where a key is named: nothing opens but what was written, the chain holds, keys change and get lost."""

import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flows.doctor.examine import examine as look_for_trouble
from flows.files.kept_files import make_rest_key, open_vault
from flows.settings.read import FILE, read_settings
from flows.trust.rekeying import encrypt_all
from flows.trust.reperforming import reperform
from flows.workspace import Workspace
from ledger import standalone_verifier
from ledger.at_rest import RestKey, Unreadable, Vault, pieces
from ledger.seal import file_hash, head, read_manifest
from ledger.standalone_verifier import CHUNK, HEADER_BYTES, MAGIC, TAG_BYTES, key_of
from schemas.errors import UsageError
from tests.nightshift import Town, pension, registered
from tests.rough_files import zhaoren_here
from tests.unjudged_nights import UnjudgedTown

KEY, OTHER = RestKey(b"k" * 32), RestKey(b"o" * 32)
VAULT = Vault(KEY, {KEY.key_id: KEY})
SEALED_CHUNK = CHUNK + TAG_BYTES


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def write(folder: Path, size: int, name: str = "a" * 64) -> Path:
    (folder / "plain").write_bytes(content(size))
    with (folder / "plain").open("rb") as stream:
        sha = VAULT.write(pieces(stream), folder / name, name)
    assert sha == file_hash(folder / "plain")
    return folder / name


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_what_was_written_comes_back(tmp_path: Path, size: int) -> None:
    path = write(tmp_path, size)
    assert VAULT.read(path) == content(size)
    assert path.stat().st_size == HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // CHUNK))
    assert content(size)[:64] not in path.read_bytes() or size < 64


def test_the_same_file_twice_has_nothing_in_common(tmp_path: Path) -> None:
    one, two = write(tmp_path, 1000).read_bytes(), write(tmp_path, 1000).read_bytes()
    assert one[: HEADER_BYTES - 32] == two[: HEADER_BYTES - 32] and one[HEADER_BYTES:] != two[HEADER_BYTES:]


def chunks_of(data: bytes) -> list[bytes]:
    body = data[HEADER_BYTES:]
    return [body[i : i + SEALED_CHUNK] for i in range(0, len(body), SEALED_CHUNK)]


@pytest.mark.parametrize(
    "attack",
    [
        lambda d: d[:-1], lambda d: d[: HEADER_BYTES + 2 * SEALED_CHUNK], lambda d: d[: HEADER_BYTES + SEALED_CHUNK],
        lambda d: d[:HEADER_BYTES], lambda d: d[: HEADER_BYTES - 3], lambda d: d + b"\0", lambda d: d + chunks_of(d)[2],
        lambda d: d[:HEADER_BYTES] + b"".join(chunks_of(d)[i] for i in (1, 0, 2)),
        lambda d: d[:HEADER_BYTES] + b"".join(chunks_of(d)[i] for i in (0, 0, 2)),
        lambda d: d[: HEADER_BYTES - 1] + bytes([d[HEADER_BYTES - 1] ^ 1]) + d[HEADER_BYTES:],
        lambda d: d[: HEADER_BYTES + 7] + bytes([d[HEADER_BYTES + 7] ^ 1]) + d[HEADER_BYTES + 8 :],
        lambda d: d[:-1] + bytes([d[-1] ^ 128]),
    ],
    ids=["a byte short", "the last chunk gone", "two chunks gone", "no chunk", "half a header", "a byte more", "a chunk more",
         "chunks swapped", "a chunk twice", "salt changed", "content changed", "tag changed"],
)  # fmt: skip
def test_what_was_changed_does_not_open(tmp_path: Path, attack) -> None:  # type: ignore[no-untyped-def]
    path = write(tmp_path, 2 * CHUNK + 100)
    path.write_bytes(attack(path.read_bytes()))
    with pytest.raises(Unreadable):
        VAULT.read(path)


def test_a_file_under_another_name_does_not_open(tmp_path: Path) -> None:
    path = write(tmp_path, 100)
    with pytest.raises(Unreadable):
        VAULT.read(path.rename(tmp_path / ("b" * 64)))


def test_another_key_does_not_open_and_the_file_says_which_would(tmp_path: Path) -> None:
    path = write(tmp_path, 100)
    with pytest.raises(Unreadable, match=KEY.key_id):
        Vault(OTHER, {OTHER.key_id: OTHER}).read(path)
    assert KEY.secret.hex() not in repr(KEY) + repr(VAULT)


def test_a_plain_file_that_begins_like_a_header_is_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(MAGIC + b"x" * 100)
    path = (tmp_path / "odd").rename(tmp_path / file_hash(tmp_path / "odd"))
    for vault in (Vault(), VAULT):
        assert vault.read(path) == MAGIC + b"x" * 100 and vault.holds(path)
    assert standalone_verifier.Folder(tmp_path, tmp_path).archived(path.name) == path.name


NIGHT, NEXT = "2024-06-01", "2024-06-08"


def set_keys(workspace: Workspace, **lines: object) -> None:
    text = (workspace.root / FILE).read_text(encoding="utf-8").partition("\n[at_rest]")[0]
    said = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    (workspace.root / FILE).write_text(f"{text}\n[at_rest]\n{said}", encoding="utf-8")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A workspace whose key lies beside it, after one night with a text file and a zip."""
    folder = tmp_path_factory.mktemp("at_rest")
    town = Town.found(folder / "ws", "zhongshan")
    for name in ("first", "second", "third"):
        make_rest_key(folder / f"{name}.key")
    set_keys(town.workspace, key=str(folder / "first.key"))
    who = town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    inside = town.deliver("养老待遇", NIGHT, "全量", [pension("2024-01-01").about(town.person("1950-01-01"))])
    with zipfile.ZipFile(town.workspace.inbox / "合集.zip", "w") as archive:
        archive.write(inside, inside.name)
    inside.unlink()
    assert who and town.night(NIGHT).outcome.exit_code == 0
    return town


def alone(workspace: Workspace, *keys: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-I", standalone_verifier.__file__, str(workspace.root)]
    words += [w for key in keys for w in ("--at-rest-key", str(key))]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def inputs(workspace: Workspace) -> list[Path]:
    return [workspace.archive / i["sha256"] for i in read_manifest(workspace.runs, 1)["inputs"]]


def test_kept_files_are_sealed_and_the_night_reads_them(town: Town) -> None:
    name = town.told[0][0].name.encode()
    kept = inputs(town.workspace)
    assert len(kept) == 3 and all(key_of(p) for p in kept)
    assert not any(name in p.read_bytes() for p in town.workspace.archive.iterdir())
    assert {d["status"] for d in town.nights[NIGHT].rows("delivery")} == {"accepted"}
    assert zhaoren_here("explain", town.workspace.root, "--row", "失业登记_20240601_全量.csv:1").returncode == 0
    assert [f.what for f in look_for_trouble(town.workspace) if f.where in ("archive", "存放密钥")] == []


def test_the_night_can_be_done_again_from_sealed_files(town: Town, tmp_path: Path) -> None:
    done = reperform(town.workspace, 1, tmp_path / "again")
    assert len(done.tables) > 10 and [t.name for t in done.tables if not t.is_equal] == [] and done.notes == ()


def test_the_chain_is_checked_with_the_key_and_without_it_that_is_said(town: Town) -> None:
    workspace, key = town.workspace, town.workspace.root.parent / "first.key"
    done = zhaoren_here("verify", workspace.root)
    assert done.returncode == 0 and "加密的文件" not in done.stderr
    assert alone(workspace, key).returncode == 0 and "加密的文件" not in alone(workspace, key).stderr
    without = alone(workspace)
    assert without.returncode == 0 and "archive 中有 3 个加密的文件没有密钥可开" in without.stderr


def test_a_changed_or_foreign_file_is_found(town: Town) -> None:
    workspace, key = town.workspace, town.workspace.root.parent / "first.key"
    path = inputs(workspace)[0]
    whole = path.read_bytes()
    foreign = Vault(OTHER, {OTHER.key_id: OTHER})
    try:
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert zhaoren_here("verify", workspace.root).returncode == 1
        assert alone(workspace, key).returncode == 1
        foreign.write([b"x"], path, path.name)
        assert zhaoren_here("verify", workspace.root).returncode == 1
        path.unlink()
        assert alone(workspace).returncode == 1
    finally:
        path.write_bytes(whole)


def test_a_new_key_leaves_the_chain_as_it_is(town: Town) -> None:
    workspace, folder = town.workspace, town.workspace.root.parent
    before = head(workspace.runs)
    set_keys(workspace, key=str(folder / "second.key"), old_keys=[str(folder / "first.key")])
    assert [f.where for f in look_for_trouble(workspace) if "keys encrypt" in f.what] == ["archive"]
    new = open_vault(workspace, read_settings(workspace.root)).current
    assert new and "改写 3 个文件" in encrypt_all(workspace) and "改写 0 个文件" in encrypt_all(workspace)
    assert {key_of(p) for p in inputs(workspace)} == {new.key_id}
    set_keys(workspace, key=str(folder / "second.key"))
    assert zhaoren_here("verify", workspace.root, "--head", before).returncode == 0
    set_keys(workspace, old_keys=[str(folder / "second.key")])  # and back to plain
    assert "改写 3 个文件" in encrypt_all(workspace)
    assert (
        not any(key_of(p) for p in inputs(workspace)) and file_hash(inputs(workspace)[0]) == inputs(workspace)[0].name
    )
    set_keys(workspace, key=str(folder / "first.key"))
    assert "改写 3 个文件" in zhaoren_here("keys", "encrypt", workspace.root).stdout


def test_a_lost_key_loses_the_files_and_nothing_else(town: Town) -> None:
    """Last in this file: rows, ledger and nights go on; what needs the file itself is refused and says why."""
    workspace, folder = town.workspace, town.workspace.root.parent
    town = UnjudgedTown(**vars(town))
    lost = key_of(inputs(workspace)[0])
    set_keys(workspace, key=str(folder / "third.key"))
    assert zhaoren_here("verify", workspace.root).returncode == 1
    set_keys(workspace, key=str(folder / "third.key"), lost=[lost])
    done = zhaoren_here("verify", workspace.root)
    assert done.returncode == 0 and "3 个加密的文件没有密钥可开" in done.stderr
    registration = next(d for d in town.nights[NIGHT].rows("delivery") if d["kind"] == "unemployment_registration")
    sidecar = workspace.inbox / "撤回.manifest.json"
    sidecar.write_text(json.dumps({"withdraws": registration["delivery_id"]}), encoding="utf-8")
    refused = town.run(NEXT).rows("delivery")
    assert [(d["status"], lost in d["reason"]) for d in refused] == [("refused", True)]
    rows = [said.about(who) for who, said in town.told]
    town.deliver("失业登记", NIGHT, "全量", rows)
    assert [d["status"] for d in town.run("2024-06-09").rows("delivery")] == ["duplicate"]
    again = workspace.archive / registration["delivery_id"]
    assert key_of(again) not in ("", lost) and open_vault(workspace, read_settings(workspace.root)).holds(again)


@pytest.mark.parametrize("place", ["inside", "nowhere", "no key"])
def test_a_key_that_cannot_be_used_stops_the_night_before_it_begins(tmp_path: Path, place: str) -> None:
    town = Town.found(tmp_path / "ws", "zhongshan")
    keys = {"inside": tmp_path / "ws" / "a.key", "nowhere": tmp_path / "away.key", "no key": tmp_path / "ws" / FILE}
    if place == "inside":
        make_rest_key(keys[place])
    if place == "no key":
        (tmp_path / "odd.key").write_text("zhaoren-signing-key ed25519 00\n", encoding="ascii")
        keys[place] = tmp_path / "odd.key"
    set_keys(town.workspace, key=str(keys[place]))
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    with pytest.raises(UsageError):
        town.night(NIGHT)
    assert list(town.workspace.inbox.iterdir()) and not list(town.workspace.archive.iterdir())
    assert [f.stops for f in look_for_trouble(town.workspace) if f.where == "存放密钥"] == [True]
