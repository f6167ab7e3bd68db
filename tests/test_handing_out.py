"""Workbooks under a recipient's password: the sealed bytes come back by the password and by nothing else, and each copy is on record."""

import io
import json
from pathlib import Path

import msoffcrypto
import olefile
import openpyxl
import pytest
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

from flows.settings.read import FILE
from flows.trust.handing_out import LONGEST, protected
from ledger.seal import file_hash
from tests.nightshift import Town, registered
from tests.rough_files import zhaoren_here

PASSWORD, BOOK = "一条够长的口令 2024-06", "台账增量.xlsx"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("handout")
    town = Town.found(folder / "ws", "zhongshan", books=True)
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    assert town.night("2024-06-01").outcome.exit_code == 0
    (folder / "one.password").write_text(PASSWORD + "\nsecond line\n", encoding="utf-8")
    name_password(town, folder / "one.password")
    return town


def name_password(town: Town, path: Path | str) -> None:
    text = (town.workspace.root / FILE).read_text(encoding="utf-8").partition("\n[passwords]")[0]
    (town.workspace.root / FILE).write_text(f'{text}\n[passwords]\n"苍榆镇" = "{path}"\n', encoding="utf-8")


def opened(path: Path, password: str) -> bytes:
    with path.open("rb") as stream:
        book, plain = msoffcrypto.OfficeFile(stream), io.BytesIO()
        book.load_key(password=password, verify_password=True)
        book.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def test_the_sealed_bytes_come_back_by_the_password_alone(town: Town, tmp_path: Path) -> None:
    root, out = town.workspace.root, tmp_path / "a.xlsx"
    done = zhaoren_here("handout", root, "--to", "苍榆镇", "--book", BOOK, "--out", out, "--purpose", "核对")
    assert done.returncode == 0 and PASSWORD not in done.stdout + done.stderr
    sealed = town.workspace.runs / "000001" / "workbooks" / BOOK
    assert opened(out, PASSWORD) == sealed.read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(opened(out, PASSWORD))).sheetnames
    with pytest.raises(InvalidKeyError):
        opened(out, PASSWORD + "x")
    assert out.stat().st_mode & 0o077 == 0 and not out.read_bytes().startswith(b"PK")
    said = json.loads(town.workspace.access_log.read_text(encoding="utf-8").splitlines()[-1])
    assert (said["what"], said["subjects"], said["file_sha256"]) == ("handout", ["1", BOOK, "苍榆镇"], file_hash(out))
    assert (
        zhaoren_here("handout", root, "--to", "苍榆镇", "--book", BOOK, "--out", out).returncode == 2
    )  # it stands already


def test_two_copies_have_nothing_in_common_and_a_changed_one_does_not_open(tmp_path: Path) -> None:
    book = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.save(book)
    plain = book.getvalue()
    one, two = protected(plain, PASSWORD), protected(plain, PASSWORD)
    assert one != two
    package = olefile.OleFileIO(io.BytesIO(one)).openstream("EncryptedPackage").read()
    at = one.index(package[100:120])
    (tmp_path / "bad.xlsx").write_bytes(one[:at] + bytes([one[at] ^ 1]) + one[at + 1 :])
    with pytest.raises((DecryptionError, InvalidKeyError)):
        opened(tmp_path / "bad.xlsx", PASSWORD)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "别镇", "--book", BOOK), "没有「别镇」"),
        (("--to", "苍榆镇", "--book", "没有.xlsx"), "没有工作簿「没有.xlsx」；有："),
        (("--to", "苍榆镇", "--book", "../manifest.json"), "没有工作簿"),
        (("--to", "苍榆镇", "--book", BOOK, "--run", "7"), "没有第 7 次运行"),
    ],
    ids=["a stranger", "no such book", "no book at all", "no such run"],
)
def test_what_is_not_there_is_not_handed_out(town: Town, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = zhaoren_here("handout", town.workspace.root, *words, "--out", tmp_path / "a.xlsx")
    assert done.returncode == 2 and said in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "password", ["", "short", "x" * (LONGEST + 1)], ids=["none", "short", "longer than Excel takes"]
)
def test_a_password_that_is_no_lock_is_refused(town: Town, tmp_path: Path, password: str) -> None:
    (tmp_path / "p").write_text(password + "\n", encoding="utf-8")
    places = [tmp_path / "p", tmp_path / "away", town.workspace.root / FILE]
    try:
        for place in places:
            name_password(town, place)
            done = zhaoren_here(
                "handout", town.workspace.root, "--to", "苍榆镇", "--book", BOOK, "--out", tmp_path / "a.xlsx"
            )
            assert done.returncode == 2 and not (tmp_path / "a.xlsx").exists()
    finally:
        name_password(town, town.workspace.root.parent / "one.password")


def test_a_book_that_was_changed_is_not_handed_out(town: Town, tmp_path: Path) -> None:
    copy = town.copy(tmp_path)
    name_password(copy, town.workspace.root.parent / "one.password")
    (copy.workspace.runs / "000001" / "workbooks" / BOOK).write_bytes(b"PK other")
    done = zhaoren_here("handout", copy.workspace.root, "--to", "苍榆镇", "--book", BOOK, "--out", tmp_path / "a.xlsx")
    assert done.returncode == 1 and "与封存的不同" in done.stderr and not (tmp_path / "a.xlsx").exists()
