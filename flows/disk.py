"""What to tell a person when the machine says no: disk, memory, open files. A night that could not be written leaves what was
published before it."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import say

FULL = (errno.ENOSPC, errno.EDQUOT)
MEMORY = errno.ENOMEM
HANDLES = ("打开的文件太多", "Too many files are open", "调高本账号可打开的文件数（ulimit -n）", "raise the limit of open files (ulimit -n)")  # fmt: skip
TROUBLES = {
    **dict.fromkeys(FULL, ("磁盘满了", "The disk is full", "腾出空间", "free some space")),
    errno.EROFS: ("磁盘只读", "The disk is read-only", "改为可写", "make it writable"),
    errno.EACCES: ("没有读写的权限", "Reading or writing is not allowed", "改正权限", "mend the permissions"),
    errno.EPERM: ("没有读写的权限", "Reading or writing is not allowed", "改正权限", "mend the permissions"),
    errno.EIO: ("磁盘读写出错", "The disk failed to read or write", "检查磁盘", "check the disk"),
    errno.EFBIG: ("文件大于这里允许的大小", "A file is larger than is allowed here", "调高本账号文件大小的上限（ulimit -f）", "raise the limit of file sizes (ulimit -f)"),
    errno.EMFILE: HANDLES,
    errno.ENFILE: HANDLES,
    MEMORY: ("内存不够", "There is not enough memory", "关掉别的程序，或调高本账号的内存上限（ulimit -v）、在 [machine] 改 memory", "close other programs, or raise the limit of memory (ulimit -v) or mend [machine] memory"),
}  # fmt: skip
NO_MEMORY = (
    "Out of Memory Error",
    "failed to map segment",
    "std::bad_alloc",
    "can't start new thread",
    "malloc of size",
)
QUOTED = re.compile(r'"(/[^"]+)"')


def disk_trouble(error: BaseException) -> str | None:
    """The sentence for an error that the machine caused, whoever reports it, with the folder where it is known; None for any other
    error."""
    found = next(((c, e) for e in _chain(error) if (c := _code(e)) is not None), None)
    if found is None:
        return None
    what, english, mend, english_mend = TROUBLES[found[0]]
    folder = _folder(found[1])
    return say(
        f"{what}{folder and f'（{folder}）'}，这次没有走完；此前发布的内容完好，收件箱里没有发布的文件还在。请{mend}后再运行一次（zhaoren status 可看到最近一次发布）。",
        f"{english}{folder and f' ({folder})'}: this did not finish. What was published before is whole, and unpublished files are still in the inbox. Please {english_mend} and run again (zhaoren status shows the last publication).",
    )


def machine_said(error: BaseException) -> str:
    """The system's own words in an error of a library's, such as "No space left on device"; "" where it has none."""
    code = next((c for e in _chain(error) if (c := _code(e)) is not None), None)
    return os.strerror(code) if code is not None else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _code(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno if error.errno in TROUBLES else None
    if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
        return MEMORY
    # DuckDB and XlsxWriter pass the system's words on, in a class of their own.
    return next((code for code in TROUBLES if os.strerror(code) in str(error)), None)


def _folder(error: BaseException) -> str:
    """Which disk it was: the folder alone, as a file's name may be an office's own."""
    said = (
        error.filename2 or error.filename
        if isinstance(error, OSError)
        else next(iter(QUOTED.findall(str(error))), None)
    )
    return str(Path(os.fsdecode(said)).parent) if isinstance(said, (str, bytes)) else ""
