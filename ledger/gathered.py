"""Standing rows of many nights in few files: what sealed runs hold of a kind, gathered beside the store.

A view over three years of nights would open a thousand small files for every question. So each sixteen nights, and each 256,
become one file of the same rows in the same order. Nothing is true because it stands here: who loses it gathers anew. A file's name
says of which nights and files it was made, so that it is never taken for what it is not.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ledger.seal import file_hash, write_parquet
from ledger.whole import put_whole

BLOCKS = (256, 16)  # nights


@dataclass
class Gathered:
    """The files that a store reads in place of sealed ones. `sealed`: each kind's, by night; `before`: name and sha256 of the files
    that the store read until now."""

    folder: Path
    sealed: Mapping[str, Mapping[int, Path]]
    before: Mapping[str, str]
    used: list[Path] = field(default_factory=list)

    def gather(self, con: duckdb.DuckDBPyConnection, kind: str, columns: Sequence[str], last: int) -> list[Path]:
        """What to read of a kind, in the order of the nights up to `last`. Writes what is not there yet."""
        files = []
        for nights in blocks(last):
            of_block = self._sealed(kind, nights)
            if len(of_block) < 2:
                files += of_block
                continue
            path = self.folder / _name(kind, nights, of_block)
            if not path.is_file():
                _write(con, of_block, columns, path)
            self.used.append(path)
            files.append(path)
        return files

    def hashes(self) -> list[tuple[str, str]]:
        """Name and sha256 of each file in use; one that was in use before must still be what it was."""
        return [(path.name, self.before.get(path.name) or file_hash(path)) for path in self.used]

    def tidy(self) -> None:
        """Take away every other file, but for those that somebody may be reading who still has the store of before: unless what
        they were made of is gone, since they hold it."""
        if not self.folder.is_dir():
            return
        for path in set(self.folder.iterdir()) - set(self.used):
            if path.name not in self.before or not self._is_right(path):
                path.unlink()

    def _is_right(self, path: Path) -> bool:
        kind, first, last, _ = path.stem.split("-")
        nights = range(int(first), int(last) + 1)
        return path.name == _name(kind, nights, self._sealed(kind, nights))

    def _sealed(self, kind: str, nights: range) -> list[Path]:
        of_kind = self.sealed.get(kind, {})
        return [of_kind[n] for n in nights if n in of_kind]


def blocks(last: int) -> Iterator[range]:
    """Nights 1 to `last` in as few blocks as there are: whole ones of the largest size first, then single nights.

    >>> [(b.start, len(b)) for b in blocks(290)][:4]
    [(1, 256), (257, 16), (273, 16), (289, 1)]
    """
    start = 1
    for size in (*BLOCKS, 1):
        while start + size - 1 <= last:
            yield range(start, start + size)
            start += size


def file_list(files: Iterable[Path]) -> str:
    """The files as SQL names them to `read_parquet`.

    >>> file_list([Path("a.parquet"), Path("it's.parquet")])
    "['a.parquet', 'it''s.parquet']"
    """
    return "[" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "]"


def are_whole(folder: Path, hashes: Iterable[tuple[str, str]]) -> bool:
    """Whether the files of a store are there as they were written."""
    return all((folder / name).is_file() and file_hash(folder / name) == sha256 for name, sha256 in hashes)


def _name(kind: str, nights: range, files: Sequence[Path]) -> str:
    """Of the same files the same name. A sealed file is never written again; its time tells one chain's from another's."""
    made_of = "\n".join(f"{p.parts[-5:]} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in files)
    return f"{kind}-{nights[0]:06d}-{nights[-1]:06d}-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.parquet"


def _write(con: duckdb.DuckDBPyConnection, files: Sequence[Path], columns: Sequence[str], path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with put_whole(path) as beside:
        write_parquet(con, f"select {', '.join(columns)} from read_parquet({file_list(files)})", beside)
        beside.chmod(0o600)
