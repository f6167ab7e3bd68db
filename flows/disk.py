"""What to tell a person when the disk says no. A night that could not be written leaves what was published before it."""

import errno
import os
from collections.abc import Iterator

from schemas.errors import say

FULL = (errno.ENOSPC, errno.EDQUOT)
TROUBLES = {
    **dict.fromkeys(FULL, ("磁盘满了", "The disk is full", "腾出空间", "free some space")),
    errno.EROFS: ("磁盘只读", "The disk is read-only", "改为可写", "make it writable"),
    errno.EACCES: ("没有写入的权限", "Writing is not allowed", "改正权限", "mend the permissions"),
    errno.EPERM: ("没有写入的权限", "Writing is not allowed", "改正权限", "mend the permissions"),
    errno.EIO: ("磁盘读写出错", "The disk failed to read or write", "检查磁盘", "check the disk"),
}


def disk_trouble(error: BaseException) -> str | None:
    """The sentence for an error that the disk caused, whoever reports it; None for any other error."""
    code = next((c for e in _chain(error) if (c := _code(e)) is not None), None)
    if code is None:
        return None
    what, english, mend, english_mend = TROUBLES[code]
    return say(
        f"{what}，这次没有走完；此前发布的内容完好，收件箱里没有发布的文件还在。请{mend}后再运行一次（zhaoren status 可看到最近一次发布）。",
        f"{english}: this did not finish. What was published before is whole, and unpublished files are still in the inbox. Please {english_mend} and run again (zhaoren status shows the last publication).",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _code(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno if error.errno in TROUBLES else None
    # DuckDB and XlsxWriter pass the system's words on, in a class of their own.
    return next((code for code in TROUBLES if os.strerror(code) in str(error)), None)
