"""Packages are signed by the sender, and a receiver who knows the key takes nobody else's."""

import json
import zipfile
from pathlib import Path

import pytest

from flows.exchange import Received, receive_packages, received_text, send
from flows.settings.read import FILE
from flows.trust.signing_keys import change_key, new_key_pair
from flows.workspace import Workspace
from ledger.package import SIGNATURE, read_package
from ledger.signing import public_file
from schemas.errors import DeliveryRefused, UsageError
from tests.nightshift import Town, registered, stop
from tests.rough_files import zhaoren_here

NIGHTS = ("2024-06-01", "2024-06-02", "2024-06-03")
RECIPIENT = '\n[recipients."中心"]\npacks = ["zhongshan"]\nfull_id_number = false\nhardship = true\ndisability = true\n'


def use_key(workspace: Workspace, key: Path) -> None:
    text = (workspace.root / FILE).read_text(encoding="utf-8").partition("\n[signing]")[0]
    (workspace.root / FILE).write_text(f'{text}\n[signing]\nkey = "{key}"\n', encoding="utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys `first`, `second` and `thief`, and packages in `out` of a sender that changed from the first to the second key on
    its third night; `early` holds the first two as they were sent before that, `plain` unsigned ones of another sender."""
    desk = tmp_path_factory.mktemp("signed")
    for name in ("first", "second", "thief"):
        new_key_pair(desk / name, "ed25519")
    town = Town.found(desk / "ws", "zhongshan")
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(RECIPIENT)
    use_key(town.workspace, desk / "first")
    town.tell(town.person("1975-03-01"), stop("2024-04"), registered("2024-05-06"))
    town.night(NIGHTS[0])
    town.night(NIGHTS[1])
    send(town.workspace, "中心", desk / "early", is_snapshot=False)
    change_key(town.workspace, desk / "second", desk / "first", lost=False)
    use_key(town.workspace, desk / "second")
    town.night(NIGHTS[2])
    send(town.workspace, "中心", desk / "out", is_snapshot=False)
    return desk


def receive(desk: Path, copy: Path, *packages: Path, key: str = "") -> Received:
    return receive_packages(copy, packages, public_file(desk / key) if key else None)


def packages(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.zip"))


def reseal(package: Path, out: Path, signature: bytes | None) -> Path:
    """The package with another signature, or none."""
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(out / package.name, "w") as target:
        for name in source.namelist():
            data = source.read(name) if name != SIGNATURE else signature
            if data is not None:
                target.writestr(name, data)
    return out / package.name


def test_the_key_that_is_known_and_those_it_handed_over_to_are_believed(desk: Path, tmp_path: Path) -> None:
    result = receive(desk, tmp_path / "copy", *packages(desk / "out"), key="first")
    assert (len(result.applied), result.refused, result.unchecked) == (3, [], False)
    assert "没有登记" not in received_text(result)
    mixed = receive(desk, tmp_path / "mixed", *packages(desk / "early"), packages(desk / "out")[2], key="first")
    assert len(mixed.applied) == 3


def test_the_newer_key_does_not_vouch_for_what_the_older_signed(desk: Path, tmp_path: Path) -> None:
    result = receive(desk, tmp_path / "copy", *packages(desk / "early"), key="second")
    assert result.applied == [] and all("另一把密钥签的" in why for _, why in result.refused)


def test_unsigned_and_others_packages_are_refused_with_the_reason(desk: Path, tmp_path: Path) -> None:
    package = packages(desk / "out")[0]
    bare = reseal(package, tmp_path / "bare", None)
    result = receive(desk, tmp_path / "copy", bare, key="first")
    assert [why[:8] for _, why in result.refused] == ["数据包没有签名，"] and result.last_run == 0
    assert receive(desk, tmp_path / "copy", bare).refused  # the key is kept
    other = receive(desk, tmp_path / "other", package, key="thief")
    assert "另一把密钥签的" in other.refused[0][1]
    done = zhaoren_here("receive", tmp_path / "third", package, "--public-key", public_file(desk / "thief"))
    assert done.returncode == 3 and "另一把密钥签的" in done.stdout


def test_a_thief_who_signs_himself_or_forges_the_handover_is_refused(desk: Path, tmp_path: Path) -> None:
    from hashlib import sha256 as hashed

    from ledger.package import PURPOSE
    from ledger.signing import read_key

    package, thief = packages(desk / "out")[2], read_key(desk / "thief")
    with zipfile.ZipFile(package) as archive:
        digest, said = hashed(archive.read("manifest.json")).hexdigest(), json.loads(archive.read(SIGNATURE))
    honest = said["handovers"][0]
    said |= {"public_key": thief.public, "signature": thief.sign(PURPOSE, digest)}
    forged = [
        [], [honest | {"to": thief.public}],
        [honest, {**honest, "from": honest["to"], "to": thief.public, "signature": thief.sign("key-change", honest["to"], thief.public)}],
    ]  # fmt: skip
    for number, handovers in enumerate(forged):
        path = reseal(package, tmp_path / str(number), json.dumps(said | {"handovers": handovers}).encode())
        assert read_package(path).signed_by == thief.public
        result = receive(desk, tmp_path / "copy", path, key="first")
        assert result.applied == [] and "另一把密钥签的" in result.refused[0][1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s | {"signature": "0" * 128}, lambda s: s | {"signature": s["signature"].upper()}, lambda s: s | {"algorithm": "none"},
        lambda s: {k: v for k, v in s.items() if k != "handovers"}, lambda s: [s], lambda s: s | {"handovers": [{"from": "x"}]},
    ],
    ids=["another", "other bytes", "no such algorithm", "half", "a list", "half a handover"],
)  # fmt: skip
def test_a_spoilt_signature_is_no_missing_one(desk: Path, tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    package = packages(desk / "out")[0]
    with zipfile.ZipFile(package) as archive:
        said = json.loads(archive.read(SIGNATURE))
    path = reseal(package, tmp_path / "spoilt", json.dumps(spoil(said)).encode())
    with pytest.raises(DeliveryRefused):
        read_package(path)
    assert receive(desk, tmp_path / "copy", path).applied == []


def test_where_no_key_is_known_that_is_said(desk: Path, tmp_path: Path) -> None:
    result = receive(desk, tmp_path / "copy", packages(desk / "out")[0])
    assert len(result.applied) == 1 and "没有登记发送方的公钥" in received_text(result)


def test_a_file_that_is_no_public_key_is_refused(desk: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不是公钥文件"):
        receive_packages(tmp_path / "copy", packages(desk / "out"), desk / "first")
    assert not (tmp_path / "copy").exists()


def test_the_same_run_gives_the_same_bytes(desk: Path, tmp_path: Path) -> None:
    written = send(Workspace(desk / "ws"), "中心", tmp_path / "again", is_snapshot=False)
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in packages(desk / "out")]
