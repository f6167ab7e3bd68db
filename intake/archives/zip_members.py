"""The members of a zip, after every trick of the format was looked for: nothing is unpacked before it.

Python's zipfile reads the directory; unpacking is done here, because zipfile stops at the declared size and so never
sees that a member holds more than it declares.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from intake.reader_words import refusal

PIECE = 1 << 20
TAIL = 65_535 + 22 + 20  # the longest comment, the end record, and the locator of the 64-bit one
END, LOCATOR, END_64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
ENTRY_BYTES = 1024  # of the directory for one member: 46 and its name, more only where somebody stuffs it
ENCRYPTED, UTF8 = 0x1 | 0x40 | 0x2000, 0x800
RATIO, RATIO_FROM = 150, 20 << 20  # dull real sheets pack to a fiftieth
UNSAFE = re.compile(r"(^|/)\.\.(/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f]")


@dataclass(frozen=True)
class Caps:
    """What a zip may hold. `what` is what the sentences call it."""

    what: str
    members: int
    unpacked: int


def _own_name(member: zipfile.ZipInfo) -> str:
    return member.orig_filename


def read_directory(
    stream: BinaryIO, caps: Caps, name_of: Callable[[zipfile.ZipInfo], str] = _own_name
) -> list[zipfile.ZipInfo]:
    """Every member, folders too, in the directory's order, under names that `name_of` gives. Raises: DeliveryRefused,
    also for what only looks wrong."""
    if directory_size(stream) > caps.members * ENTRY_BYTES:
        raise refusal("zip_members", what=caps.what, most=caps.members)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
        if any(m.header_offset < 0 for m in members):
            raise ValueError("a member before the beginning")
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, struct.error):
        raise refusal("truncated", what=caps.what) from None
    _refuse_tricks(members, [name_of(m) for m in members], caps)
    _refuse_bombs(members, caps)
    return members


def directory_size(stream: BinaryIO) -> int:
    """How many bytes the directory claims, so that one of a million members is not even read."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - TAIL))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        return 0
    if at >= 20 and tail[at - 20 : at - 16] == LOCATOR:
        stream.seek(max(0, size - len(tail) + at - 76))
        record = stream.read(56)
        if record.startswith(END_64) and len(record) == 56:
            return int(struct.unpack_from("<Q", record, 40)[0])
    return int(struct.unpack_from("<I", tail, at + 12)[0])


def _refuse_tricks(members: list[zipfile.ZipInfo], names: list[str], caps: Caps) -> None:
    if len(members) > caps.members:
        raise refusal("zip_members", what=caps.what, most=caps.members)
    for number, (name, member) in enumerate(zip(names, members, strict=True), 1):
        if member.flag_bits & ENCRYPTED:
            raise refusal("locked", what=caps.what)
        if UNSAFE.search(name) or stat.S_ISLNK(member.external_attr >> 16):
            raise refusal("zip_path", what=caps.what, number=number)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refusal("zip_method", what=caps.what, number=number)
    if len({name.casefold() for name in names}) < len(names):
        raise refusal("zip_duplicate", what=caps.what)
    placed = sorted(members, key=lambda m: m.header_offset)
    if placed and placed[0].header_offset:  # another archive in front of it, or what no program would unpack
        raise refusal("zip_hidden", what=caps.what)
    ends = [m.header_offset + 30 + m.compress_size for m in placed]
    if any(end > after.header_offset for end, after in zip(ends, placed[1:], strict=False)):
        raise refusal("zip_overlap", what=caps.what)


def _refuse_bombs(members: list[zipfile.ZipInfo], caps: Caps) -> None:
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > caps.unpacked:
        raise refusal("zip_unpacked", what=caps.what, most=caps.unpacked >> 30)
    if unpacked > RATIO_FROM and unpacked > RATIO * packed:
        raise refusal("zip_bomb", what=caps.what)


def inflate(stream: BinaryIO, member: zipfile.ZipInfo, caps: Caps) -> Iterator[bytes]:
    """A member's bytes in pieces, checked against its declared size and its checksum. Raises: DeliveryRefused."""
    left, crc = member.file_size, 0
    for piece in _pieces(stream, member, caps):
        left, crc = left - len(piece), zlib.crc32(piece, crc)
        if left < 0:
            raise refusal("zip_size", what=caps.what)
        yield piece
    if left:
        raise refusal("truncated", what=caps.what)
    if crc != member.CRC:
        raise refusal("zip_crc", what=caps.what)


def _pieces(stream: BinaryIO, member: zipfile.ZipInfo, caps: Caps) -> Iterator[bytes]:
    left = _seek_data(stream, member, caps)
    machine = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    try:
        while left > 0 and (packed := stream.read(min(PIECE, left))):
            left -= len(packed)
            if machine is None:
                yield packed
                continue
            while not machine.eof:
                piece, packed = machine.decompress(packed, PIECE), machine.unconsumed_tail
                if not piece and not packed:
                    break
                yield piece
    except zlib.error:
        raise refusal("truncated", what=caps.what) from None
    if left or (machine is not None and not machine.eof):
        raise refusal("truncated", what=caps.what)


def _seek_data(stream: BinaryIO, member: zipfile.ZipInfo, caps: Caps) -> int:
    """Places the stream at the member's packed bytes, after its own header was held against the directory's."""
    stream.seek(member.header_offset)
    header = stream.read(30)
    if len(header) == 30 and header.startswith(b"PK\x03\x04"):
        name, extra = struct.unpack_from("<HH", header, 26)
        own = stream.read(name)
        said = member.orig_filename.encode("utf-8" if member.flag_bits & UTF8 else "cp437")
        if own == said and len(stream.read(extra)) == extra:
            return member.compress_size
    raise refusal("truncated", what=caps.what)
