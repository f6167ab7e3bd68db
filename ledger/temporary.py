"""A folder for what a process writes for a while: spilled rows, a store looked at beside. For its owner alone, and gone when
the process ends; what a killed one left is wiped when the next one starts."""

import atexit
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.errors import UsageError, say

LOCK = ".lock"  # the kernel frees it when its process dies, however it dies


@dataclass
class Base:
    """In which folder the processes of this account have theirs (None: where the system says)."""

    folder: Path | None = None


BASE = Base()  # one for the process: set from the settings, before anything is written


def own_folder() -> Path:
    """This process's folder. Raises: UsageError where somebody else has put something in its place."""
    base = BASE.folder or Path(tempfile.gettempdir())
    folder = _folder_of(os.getpid(), base)  # a forked process has one of its own
    if not folder.is_dir():  # what was open was closed meanwhile
        _folder_of.cache_clear()
        folder = _folder_of(os.getpid(), base)
    return folder


def require_own(folder: Path) -> None:
    """Make a folder, or take it as it is where it is this account's, for its owner alone. Raises: UsageError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UsageError(
            say(f"{folder} 不是本账号的文件夹，不能在其中放临时文件；请查明是谁放的，或把 TMPDIR、open_at 指向别处。",
                f"{folder} is not this account's folder; find out who put it there, or point TMPDIR or open_at elsewhere.")
        )  # fmt: skip
    folder.chmod(0o700)


@cache
def _folder_of(pid: int, base: Path) -> Path:
    root = base / f"zhaoren-{os.getuid()}"
    require_own(root)
    with _locked(root):
        for left in root.iterdir():
            if left.is_dir() and not _is_in_use(left):
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=root))
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
    atexit.register(_leave, pid, folder)
    return folder


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Only one process at a time looks through the folders."""
    handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_in_use(folder: Path) -> bool:
    try:
        handle = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _leave(pid: int, folder: Path) -> None:
    if os.getpid() == pid:  # a forked process leaves its parent's folder alone
        shutil.rmtree(folder, ignore_errors=True)
