"""Zips as no honest program makes them: sizes, names, checksums and flags that lie, members that share their bytes."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The zip with its members changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {i.filename: archive.read(i) for i in archive.infolist()}
    change(parts)
    return zipped(parts, method)


def declaring(name: str, size: int, data: bytes) -> bytes:
    """The zip, one of whose members declares another unpacked size, in both of its headers."""
    hurt = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
        at = archive.start_dir
    struct.pack_into("<I", hurt, info.header_offset + 22, size)
    struct.pack_into("<I", hurt, _entry(hurt, name, at) + 24, size)
    return bytes(hurt)


def _entry(data: bytearray, name: str, at: int) -> int:
    while data[at + 46 : at + 46 + len(name.encode())] != name.encode():
        at = data.index(b"PK\x01\x02", at + 4)
    return at


def marked(name: str, offset: int, value: int, data: bytes) -> bytes:
    """The zip with another 16-bit value in one member's directory entry."""
    hurt = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.start_dir
    struct.pack_into("<H", hurt, _entry(hurt, name, at) + offset, value)
    return bytes(hurt)


def wrong_crc(name: str, data: bytes) -> bytes:
    """The zip, one of whose members has other bytes than its checksum says. Stored, so that nothing else is wrong."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    at = info.header_offset + 30 + len(name.encode()) + info.file_size // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def renamed(old: str, new: str, data: bytes) -> bytes:
    """The zip with a member's name changed in both headers; names of one length."""
    assert len(old) == len(new)
    return data.replace(old.encode(), new.encode())


def overlapping(count: int = 200) -> bytes:
    """A zip whose members all share the packed bytes of one (as in Fifield's bomb)."""
    packed = zlib.compress(bytes(1 << 20), 9)[2:-4]
    crc = zlib.crc32(bytes(1 << 20))
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(packed), 1 << 20, 5, 0)
    body = head + b"a.csv" + packed
    entries = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(packed), 1 << 20, 5, 0, 0, 0, 0, 0, 0)
        + f"{n:05d}".encode()
        for n in range(count)
    )  # fmt: skip
    return body + entries + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entries), len(body), 0)


def with_link() -> bytes:
    """A zip whose member is a link to a file of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()
