"""That a store was read through and found whole: a note beside it, good until the system says that anything of it was written.

A question about one person reads a few blocks, each with DuckDB's own checksum; to read three years of entries through before
it took longer than the answer. A night reads all of it, each time."""

import os
from contextlib import suppress
from pathlib import Path


def state_of(store: Path, gathered: Path) -> str:
    """What the system says of the store's files: which they are, how long, when they were last written or replaced."""
    files = [store, *(sorted(gathered.iterdir()) if gathered.is_dir() else ())]
    return "\n".join(f"{s.st_ino} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns}" for s in map(os.stat, files))


def was_seen(store: Path, state: str) -> bool:
    """Whether the store was found whole as it is."""
    try:
        return _note(store).read_text(encoding="ascii") == state
    except (OSError, ValueError):
        return False


def note_seen(store: Path, state: str) -> None:
    """Remember it, where the disk takes notes."""
    with suppress(OSError):
        _note(store).write_text(state, encoding="ascii")


def forget_seen(store: Path) -> None:
    _note(store).unlink(missing_ok=True)


def _note(store: Path) -> Path:
    return store.with_suffix(".seen")
