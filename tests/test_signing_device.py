"""Heads signed by a command outside, such as an SM2 device: the chain checks it, and a device that fails stops the night first."""

import hashlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings.read import FILE, read_settings
from flows.trust.signing_keys import open_signing
from ledger import standalone_verifier
from ledger.seal import read_manifest
from ledger.signing import Key, make_key, read_key
from ledger.signing_device import plain_signature
from ledger.standalone_verifier import SIGNATURE, Folder, read_chain, signature_holds, signed_text, sm2_holds, sm3
from schemas.errors import UsageError
from tests.nightshift import Town, registered
from tests.rough_files import zhaoren_here
from tests.sealed_chains import seal_run, sealed_chain

# Made by OpenSSL 3.0 (SM2 with SM3, the standard's own signer id) over this message; the key is for this test alone.
PUBLIC = bytes.fromhex(
    "04e8d2e58ef2e78c72f9b3d0b2b462ceb92e13c75f2c64889c0f09055bb98c13b8c4f21ebd555c2aa7aa4e606a23be3500dead2af8c4ec3577cb74a3cd451cfaaf"
)
MESSAGE = signed_text("head", "abc")
DER = bytes.fromhex(
    "30450220514fcd34b05f8d54ff22960dbae2b34f8fbe4212c510c989c4e0349c6f708564022100897f2b5ea5888b5dab85de37bf1f387f5c013af4967cd47b6322bfd6bcc66def"
)
SIGNED = plain_signature(DER, "sm2")
SIGN = "openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey"


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ("abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
    ids=["first of the standard", "second of the standard"],
)
def test_sm3_gives_what_the_standard_prints(text: str, digest: str) -> None:
    assert sm3(text.encode()).hex() == digest


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 119, 120, 500])
def test_sm3_is_that_of_openssl(size: int) -> None:
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this Python's OpenSSL has no SM3")
    assert sm3(b"x" * size) == hashlib.new("sm3", b"x" * size).digest()


def test_sm2_bears_out_what_openssl_signed_and_nothing_else() -> None:
    assert len(SIGNED) == 64 and plain_signature(SIGNED, "sm2") == SIGNED
    assert sm2_holds(PUBLIC, MESSAGE, SIGNED)
    other = PUBLIC[:-1] + bytes([PUBLIC[-1] ^ 1])
    for public, message, signature in (
        (PUBLIC, MESSAGE + b"\n", SIGNED), (PUBLIC, MESSAGE, SIGNED[:-1] + bytes([SIGNED[-1] ^ 1])), (PUBLIC, MESSAGE, SIGNED[32:] + SIGNED[:32]),
        (PUBLIC, MESSAGE, SIGNED[:63]), (PUBLIC, MESSAGE, bytes(64)), (PUBLIC, MESSAGE, b"\xff" * 64), (other, MESSAGE, SIGNED), (PUBLIC[1:], MESSAGE, SIGNED),
    ):  # fmt: skip
        assert not sm2_holds(public, message, signature)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an SM2 key of OpenSSL's, named as a signer."""
    folder = tmp_path_factory.mktemp("device")
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    secret = folder / "secret.pem"
    if subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", secret], capture_output=True).returncode:
        pytest.skip("this openssl has no SM2")
    der = subprocess.run(["openssl", "pkey", "-in", secret, "-pubout", "-outform", "DER"], capture_output=True).stdout
    command = f"{SIGN} {shlex.quote(str(secret))}"
    words = ("--algorithm", "sm2", "--public", der[-65:].hex(), "--command", command)
    done = zhaoren_here("keys", "new", folder / "sm2.key", *words)
    assert done.returncode == 0, done.stderr
    return folder


def alone(root: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", standalone_verifier.__file__, str(root), *map(str, words)],
        capture_output=True,
        text=True,
    )


def test_a_chain_goes_over_to_a_device_and_both_verifiers_check_it(desk: Path, tmp_path: Path) -> None:
    old, new = make_key("ed25519", b"\1" * 32), read_key(desk / "sm2.key")
    workspace = sealed_chain(tmp_path / "ws", 1, old)
    change = {"from": old.public, "to": new.public, "algorithm": old.algorithm, "by": "某", "at": "2024-07-02",
              "signature": old.sign("key-change", old.public, new.public)}  # fmt: skip
    seal_run(workspace, 2, new, change)
    seal_run(workspace, 3, new)
    chain = read_chain(Folder(workspace.runs, workspace.archive))
    assert chain.faults == [] and chain.keys == [old.public, new.public, new.public]
    assert alone(workspace.root, "--public-key", desk / "sm2.key.pub").returncode == 0
    path = workspace.runs / "000003" / SIGNATURE
    path.write_text((workspace.runs / "000002" / SIGNATURE).read_text())
    assert "signature.json" in alone(workspace.root).stderr


def test_a_night_is_signed_by_the_device(desk: Path, tmp_path: Path) -> None:
    town = Town.found(tmp_path / "ws", "zhongshan")
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[signing]\nkey = "{desk / "sm2.key"}"\n')
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    assert town.night("2024-06-01").outcome.exit_code == 0
    assert read_manifest(town.workspace.runs, 1)["signing"]["algorithm"] == "sm2"
    done = zhaoren_here("verify", town.workspace.root, "--public-key", desk / "sm2.key.pub")
    assert done.returncode == 0 and "没有签名" not in done.stderr


def test_an_algorithm_that_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    workspace = sealed_chain(tmp_path / "ws", 1)
    seal_run(workspace, 2, _Toy("quantum", b"", "00"))
    done = alone(workspace.root)
    assert done.returncode == 1 and "第 2 次运行" in done.stderr and "签名算法「quantum」这里不认识" in done.stderr
    assert not signature_holds("quantum", "00", b"x", "00")


class _Toy(Key):
    """A key of an algorithm of somebody's own."""

    def sign(self, purpose: str, *lines: str) -> str:
        return "00"


WRONG = {
    "fails": ("import sys; sys.exit(3)", "没有签成（CalledProcessError 3）"),
    "is slow": ("import time; time.sleep(60)", "秒内没有签好"),
    "says something else": ("print('signed')", "与公钥不符"),
    "signs something else": (f"import sys; sys.stdout.buffer.write(bytes.fromhex('{DER.hex()}'))", "与公钥不符"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_device_that_does_not_sign_stops_the_night_before_it_begins(tmp_path: Path, wrong: str) -> None:
    program, said = WRONG[wrong]
    town = Town.found(tmp_path / "ws", "zhongshan")
    key = tmp_path / "device.key"
    seconds = 0.2 if wrong == "is slow" else 30
    words = ", ".join(f'"{word}"' for word in (sys.executable, "-c", program))
    key.write_text(
        f'algorithm = "sm2"\npublic_key = "{PUBLIC.hex()}"\nsign = [{words}]\nseconds = {seconds}\n', encoding="utf-8"
    )
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[signing]\nkey = "{key}"\n')
    with pytest.raises(UsageError, match=said):
        open_signing(town.workspace, read_settings(town.workspace.root))
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    with pytest.raises(UsageError):
        town.night("2024-06-01")
    assert list(town.workspace.inbox.iterdir()) and not list(town.workspace.runs.iterdir())


@pytest.mark.parametrize(
    "text",
    ['algorithm = "sm2"', 'algorithm = "rot13"\npublic_key = "00"\nsign = ["a"]', 'algorithm = "sm2"\npublic_key = "zz"\nsign = ["a"]',
     'algorithm = "sm2"\npublic_key = "00"\nsign = "a b"', 'algorithm = "sm2"\npublic_key = "00"\nsign = ["a"]\nseconds = -1',
     'algorithm = "sm2"\npublic_key = "00"\nsign = ["a"]\nshell = true'],
    ids=["half a file", "an unknown algorithm", "no public key", "a command in one text", "no time", "an unknown setting"],
)  # fmt: skip
def test_a_file_that_names_no_signer_is_no_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.key").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="不是签名密钥文件"):
        read_key(tmp_path / "odd.key")


def test_a_device_is_named_only_once_it_signed(tmp_path: Path) -> None:
    words = ("--algorithm", "sm2", "--public", PUBLIC.hex(), "--command", f"{sys.executable} -c 1")
    done = zhaoren_here("keys", "new", tmp_path / "sm2.key", *words)
    assert done.returncode == 2 and "与公钥不符" in done.stderr and not list(tmp_path.iterdir())
    assert zhaoren_here("keys", "new", tmp_path / "a.key", "--algorithm", "sm2").returncode == 2
    assert zhaoren_here("keys", "new", tmp_path / "a.key", "--command", "true").returncode == 2
