"""The OLE container of an xls: its directory and its streams, with every chain of sectors followed to its end.

A chain that is circular, leaves the file, or ends before its stream does is damage, and the whole file is refused: a
reader that stops there would give fewer rows and not say so.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.reader_words import refusal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA  # from here on numbers are marks, not sectors
HEADER_FAT = 109
ENTRY = struct.Struct("<64sHBB12s36sIQ")
STORAGE, STREAM, ROOT = 1, 2, 5


@dataclass(frozen=True)
class Compound:
    """Names of all storages and streams in lower case, and each stream's bytes by name (the first of that name)."""

    storages: frozenset[str]
    streams: Mapping[str, bytes]


def read_compound(data: bytes, wanted: Sequence[str]) -> Compound:
    """The directory, and the content of the `wanted` streams; the others are empty. Raises: DeliveryRefused."""
    try:
        return _Reader(data).read(wanted)
    except (struct.error, IndexError, ValueError):
        raise refusal("truncated") from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if not data.startswith(MAGIC) or shift not in (9, 12) or mini_shift != 6:
            raise refusal("truncated")
        self.size = 1 << shift
        self.first_dir, self.cutoff, self.first_mini = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
        self.fat = self._fat()

    def read(self, wanted: Sequence[str]) -> Compound:
        entries = list(self._entries())
        root = next((e for e in entries if e[1] == ROOT), None)
        if root is None:
            raise refusal("truncated")
        streams: dict[str, bytes] = {}
        for name, kind, start, size in entries:
            if kind == STREAM and name not in streams:
                streams[name] = self._stream(start, size, root) if name in wanted else b""
        return Compound(frozenset(n for n, kind, _, _ in entries if kind == STORAGE), streams)

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _fat(self) -> Sequence[int]:
        """Which sector follows which, from the sectors that the header and its continuations name."""
        places = list(struct.unpack_from(f"<{HEADER_FAT}I", self.data, 76))
        more, seen = struct.unpack_from("<I", self.data, 68)[0], set[int]()
        while more < LAST_SECTOR:
            if more in seen:
                raise refusal("truncated")
            seen.add(more)
            *numbers, more = self._numbers(self._sector(more))
            places += numbers
        return self._numbers(b"".join(self._sector(p) for p in places if p < LAST_SECTOR))

    @staticmethod
    def _numbers(raw: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])

    def _entries(self) -> Iterator[tuple[str, int, int, int]]:
        """Name, kind, first sector and size of everything in the directory."""
        folder = self._follow(self.first_dir, None)
        for at in range(0, len(folder) - ENTRY.size + 1, ENTRY.size):
            wide, length, kind, _, _, _, start, size = ENTRY.unpack_from(folder, at)
            if kind in (STORAGE, STREAM, ROOT):
                name = wide[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace").lower()
                yield name, kind, start, size & 0xFFFFFFFF if self.size == 512 else size

    def _stream(self, start: int, size: int, root: tuple[str, int, int, int]) -> bytes:
        if size >= self.cutoff:
            return self._follow(start, size)
        fat = self._numbers(self._follow(self.first_mini, None)) if self.first_mini < LAST_SECTOR else ()
        return _chain(self._follow(root[2], root[3]), fat, start, size, 64, 0)

    def _follow(self, start: int, size: int | None) -> bytes:
        return _chain(self.data, self.fat, start, size, self.size, self.size)


def _chain(data: bytes, fat: Sequence[int], start: int, size: int | None, sector: int, offset: int) -> bytes:
    """The sectors from `start` on, up to `size` bytes or to the end of the chain."""
    parts: list[bytes] = []
    have, number, seen = 0, start, set[int]()
    while (size is None or have < size) and number < LAST_SECTOR:
        part = data[offset + number * sector : offset + (number + 1) * sector]
        parts.append(part)
        have += len(part)
        if not part or number >= len(fat) or number in seen:
            raise refusal("truncated")
        seen.add(number)
        number = fat[number]
    if size is not None and have < size:
        raise refusal("truncated")
    return b"".join(parts)[:size]
