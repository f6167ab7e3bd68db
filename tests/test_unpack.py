"""An archive's members come out under the names that their sender gave them, or nothing comes out at all."""

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

import intake.archives.unpack
from intake.archives.unpack import is_archive, unpack
from intake.archives.zip_members import Caps
from schemas.errors import DeliveryRefused
from tests.hostile_files import good_csv, good_xls, good_xlsx, good_zip
from tests.zip_tricks import overlapping, zipped

TOWN = "镇区甲/低保低收入_20240601_全量.csv"


class RawName(zipfile.ZipInfo):
    """A member whose name is written in the bytes that some program wrote it in, without saying which."""

    raw: bytes

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, self.flag_bits & ~0x800


def archive(path: Path, *members: tuple[bytes, bytes]) -> Path:
    """A zip of members by raw name and extra field; each holds its place's number."""
    with zipfile.ZipFile(path, "w") as target:
        for number, (raw, extra) in enumerate(members):
            info = RawName(f"m{number}")
            info.raw, info.extra = raw, extra
            target.writestr(info, str(number))
    return path


def written(folder: Path, data: bytes) -> Path:
    path = folder / "a.zip"
    path.write_bytes(data)
    return path


def names(path: Path, folder: Path) -> dict[str, str]:
    return {name: file.read_text() for name, file in unpack(path, folder / "out")}


def unicode_path(raw: bytes, name: str) -> bytes:
    body = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


@pytest.mark.parametrize(
    ("raw", "extra", "name"),
    [
        pytest.param(TOWN.encode("gbk"), b"", TOWN, id="GBK"),
        pytest.param(TOWN.encode(), b"", TOWN, id="UTF-8 that does not say so"),
        pytest.param("死亡榎乗.csv".encode("gbk"), b"", "死亡榎乗.csv", id="GBK with a backslash inside a character"),
        pytest.param("𬭎.csv".encode("gb18030"), b"", "𬭎.csv", id="GB18030"),
        pytest.param(b"???.csv", unicode_path(b"???.csv", TOWN), TOWN, id="a Unicode path beside it"),
        pytest.param(b"b.csv", unicode_path(b"other", TOWN), "b.csv", id="a Unicode path of another name"),
        pytest.param("镇区甲\\死亡.csv".encode(), b"", "镇区甲/死亡.csv", id="a backslash for a folder"),
        pytest.param("é.csv".encode(), b"", "é.csv", id="an accent on its own"),
    ],
)  # fmt: skip
def test_a_member_is_called_what_its_sender_called_it(raw: bytes, extra: bytes, name: str, tmp_path: Path) -> None:
    assert names(archive(tmp_path / "a.zip", (raw, extra)), tmp_path) == {name: "0"}


def test_members_come_in_the_order_of_their_names_without_folders_and_what_programs_left(tmp_path: Path) -> None:
    junk = ("__MACOSX/._a.csv", "甲/.DS_Store", "Thumbs.db", "desktop.ini", "~$a.xlsx", "甲/")
    kept = ("甲/a.csv", "a.csv", "a.csv.manifest.json", "乙/a.csv")
    path = written(tmp_path, zipped({name: name.encode() for name in (*junk, *kept)}))
    found = unpack(path, tmp_path / "out")
    assert [name for name, _ in found] == sorted(kept)
    assert [file.read_text() for _, file in found] == sorted(kept)


def test_what_is_unpacked_lies_under_names_of_ours_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"张三 的;名单`$(x).csv": b"x", "长" * 80 + ".XLSX": b"y", "无": b"z"}))
    found = unpack(path, tmp_path / "deep" / "out")
    assert sorted(file.name for _, file in found) == ["0001.csv", "0002.xlsx", "0003"]
    assert {stat.S_IMODE(file.stat().st_mode) for _, file in found} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "out").stat().st_mode) == 0o700


@pytest.mark.parametrize("last", [b"PK\x03\x04" + bytes(60), zipped({"x": b"y"})], ids=["a stump", "a zip"])
def test_after_a_refusal_nothing_is_left(last: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"a.csv": b"x" * 1000, "b.csv": last}))
    (tmp_path / "kept").mkdir()
    for into in (tmp_path / "out", tmp_path / "kept"):
        with pytest.raises(DeliveryRefused, match="第 2 个文件还是压缩包"):
            unpack(path, into)
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "kept"] and os.listdir(tmp_path / "kept") == []


def test_what_a_killed_night_left_is_written_anew(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"a.csv": b"whole"}))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "0001.csv").write_text("half of it, and longer")
    assert names(path, tmp_path) == {"a.csv": "whole"}


def test_a_member_larger_than_a_piece_comes_out_whole(tmp_path: Path) -> None:
    data = os.urandom(3 << 20) + bytes(5 << 20)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        ((_, file),) = unpack(written(tmp_path, zipped({"a.bin": data}, method)), tmp_path / "out")
        assert file.read_bytes() == data


def test_more_than_the_cap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake.archives.unpack, "CAPS", Caps("压缩包", members=2000, unpacked=2 << 30))
    hurt = bytearray(zipped({"a.csv": b"x", "b.csv": b"y"}, zipfile.ZIP_STORED))
    for at in (hurt.index(b"PK\x01\x02"), hurt.rindex(b"PK\x01\x02")):
        struct.pack_into("<I", hurt, at + 24, (3 << 30) // 2)
    with pytest.raises(DeliveryRefused, match="超过 2 GB"):
        unpack(written(tmp_path, bytes(hurt)), tmp_path / "out")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (good_zip(), True), (good_xlsx(), False), (good_xlsx()[:3000], False), (good_zip()[:300], True),
        (good_xls(), False), (good_csv(), False), (b"", False), (b"BZh,1,2", False), (overlapping(5000), True),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), False),
        (b"PK\x05\x06" + bytes(18), True),
    ],
    ids=["zip", "xlsx", "cut xlsx", "cut zip", "xls", "csv", "nothing", "csv like bz2", "bomb", "ods", "empty zip"],
)  # fmt: skip
def test_an_archive_is_a_zip_that_is_no_workbook(data: bytes, expected: bool, tmp_path: Path) -> None:
    assert is_archive(data[:4096], written(tmp_path, data)) is expected


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"Rar!\x1a\x07\x01\x00", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b\x08", "gz"), (b"BZh91AY&SY", "bz2"),
        (b"\xfd7zXZ\x00", "xz"), (b"x".ljust(257, b"\x00") + b"ustar", "tar"), (b"PK\x07\x08PK\x03\x04", "分卷 zip"),
    ],
)  # fmt: skip
def test_other_archives_are_refused_by_their_kind(head: bytes, kind: str, tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match=f"{kind} 压缩包.*请改用 zip 或直接放入文件。") as problem:
        is_archive(head, tmp_path / "none")
    assert problem.value.code == "archive_kind"
