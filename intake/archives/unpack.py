"""Opens a zip of deliveries: each member under its readable name, unpacked with limits, or the whole archive refused.

Only zip: the others need programs that no machine here is sure to have. What is unpacked lies under names of our own,
readable to nobody else; after a refusal nothing is left.
"""

import os
import re
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from intake.archives.zip_members import ENTRY_BYTES, UTF8, Caps, directory_size, inflate, read_directory
from intake.reader_words import refusal
from schemas.errors import DeliveryRefused

MOST_FILES = 500
CAPS = Caps("压缩包", members=4 * MOST_FILES, unpacked=8 << 30)  # folders and what Macs add beside each file count too
ZIP, EMPTY_ZIP, SPLIT_ZIP = b"PK\x03\x04", b"PK\x05\x06", (b"PK\x07\x08", b"PK00PK")
OTHERS = {
    "rar": b"Rar!\x1a\x07", "7z": b"7z\xbc\xaf\x27\x1c", "gz": b"\x1f\x8b", "xz": b"\xfd7zXZ\x00", "bz2": b"BZh",
    "zst": b"\x28\xb5\x2f\xfd", "cab": b"MSCF\x00\x00\x00\x00",
}  # fmt: skip
BZIP_BLOCK = b"1AY&SY"
HEAD = 4096
TAR_PLACE, TAR = 257, b"ustar"
JUNK = re.compile(r"(^|/)(__MACOSX/|\._|~\$)|(^|/)(\.DS_Store|Thumbs\.db|desktop\.ini)$", re.IGNORECASE)
WORKBOOK_STARTS = ("[content_types].xml", "_rels/", "xl/", "docprops/", "mimetype")
UNICODE_PATH = 0x7075
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}$")


def is_archive(head: bytes, path: Path) -> bool:
    """Whether a file is a zip but no workbook; `head` are its first bytes. Raises: DeliveryRefused, where it is an
    archive of another kind."""
    kind = next((k for k, magic in OTHERS.items() if head.startswith(magic)), None)
    if kind == "bz2" and head[4:10] != BZIP_BLOCK:
        kind = None
    if head[TAR_PLACE : TAR_PLACE + len(TAR)] == TAR:
        kind = "tar"
    if head.startswith(SPLIT_ZIP):
        kind = "分卷 zip"
    if kind:
        raise refusal("archive_kind", kind=kind)
    if not head.startswith((ZIP, EMPTY_ZIP)):
        return False
    with path.open("rb") as stream:
        folded = {n.casefold() for n in _listed(stream)}
    if not folded:  # cut off, or a bomb: its first member tells what it was to be
        return not _first_name(head).casefold().startswith(WORKBOOK_STARTS)
    return "[content_types].xml" not in folded and not {"mimetype", "content.xml"} <= folded


def unpack(path: Path, into: Path) -> list[tuple[str, Path]]:
    """Each member's readable name, with its folders, and where it lies now; in name order. Raises: DeliveryRefused."""
    is_new = not into.exists()
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    made: list[tuple[str, Path]] = []
    try:
        with path.open("rb") as stream:
            for name, number, member in _members(stream):
                file = into / f"{number:04d}{_suffix(name)}"
                made.append((name, file))
                _write(stream, member, file)
                _refuse_nested(file, number)
    except BaseException:
        for _, file in made:
            file.unlink(missing_ok=True)
        if is_new:
            into.rmdir()
        raise
    return made


def _members(stream: BinaryIO) -> list[tuple[str, int, zipfile.ZipInfo]]:
    """The files that somebody put in, by readable name, each with its place in the archive."""
    found = [(readable_member(m), n, m) for n, m in enumerate(read_directory(stream, CAPS, readable_member), 1)]
    files = [(name, n, m) for name, n, m in found if not name.endswith("/") and not JUNK.search(name)]
    if len(files) > MOST_FILES:
        raise refusal("zip_members", what=CAPS.what, most=MOST_FILES)
    return sorted(files, key=lambda f: f[:2])


def readable_member(member: zipfile.ZipInfo) -> str:
    """A member's name as its sender read it: UTF-8 where the zip says so or the bytes are, else GBK, as Windows in
    China writes it. A backslash is taken for the separator that old programs mean by it."""
    name = member.orig_filename
    if not member.flag_bits & UTF8:
        raw = name.encode("cp437")
        name = _unicode_path(member.extra, raw) or _text(raw)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name that some programs put beside the other, if it still belongs to it."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == UNICODE_PATH and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            return body[5:].decode("utf-8", errors="replace")
    return None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _suffix(name: str) -> str:
    """Of a sender's name only its last letters go to the disk."""
    found = SUFFIX.search(name.lower())
    return found[0] if found else ""


def _write(stream: BinaryIO, member: zipfile.ZipInfo, file: Path) -> None:
    file.unlink(missing_ok=True)  # left by a night that was killed
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "wb") as out:
        out.writelines(inflate(stream, member, CAPS))


def _refuse_nested(file: Path, number: int) -> None:
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    try:
        nested = is_archive(head, file)
    except DeliveryRefused:
        nested = True
    if nested:
        raise refusal("archive_nested", number=number)


def _listed(stream: BinaryIO) -> list[str]:
    """The names of a zip that can be listed; of one with an absurd directory none, unpacking will say so."""
    if directory_size(stream) > CAPS.members * ENTRY_BYTES:
        return []
    try:
        with zipfile.ZipFile(stream) as archive:
            return [m.orig_filename for m in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, struct.error):
        return []


def _first_name(head: bytes) -> str:
    size = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + size].decode("cp437")
