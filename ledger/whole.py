"""Files that are there whole or not at all: written beside, synced, renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def put_whole(out: Path) -> Iterator[Path]:
    """A file beside, for its owner alone, to be written to: `out` is the old one or the new one, whole and synced, and nothing
    stands beside it. Raises: OSError, with the place that said no."""
    beside = out.with_name(f".{out.name}.part")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield beside
        sync_file(beside)
        os.replace(beside, out)
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = error.filename or str(beside)
        beside.unlink(missing_ok=True)
        raise


def sync_file(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
