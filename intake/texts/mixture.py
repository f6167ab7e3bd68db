"""Text of two encodings in one file, as when files of two systems are joined: UTF-8 among GB18030.

GB18030 gives almost every byte a meaning, so that 王某 in UTF-8 reads as 鐜嬫煇, somebody who does not exist. UTF-8 shows itself
by bytes that GB18030 needs for rare characters only, and by whole lines that are UTF-8.
"""

import re
from collections.abc import Iterator

import numpy as np

FIRST_RARE, MANY_RARE = 0x80, 0x21  # the bytes from 80 to A0: half of all that UTF-8 puts behind the first of a Han
LINES = 1000  # that are looked at from either end of a block: what was joined begins or ends there
CONVINCING = (
    6  # Han in lines on end; two names. Three GB18030 characters are one time in some millions two Han of UTF-8
)
HAN = re.compile("[\u3400-\u9fff]")


def utf8_among(block: bytes) -> int | None:
    """Where lines begin in a block of GB18030 that are UTF-8, None where there are none.

    >>> utf8_among("赵甲,1\\n".encode("gb18030") + "王某甲,1\\n王某乙,2\\n".encode())
    7
    >>> utf8_among("赵甲,1\\n张㛃,2\\n丁䶮,3\\n".encode("gb18030"))
    """
    found, start = 0, 0
    for place, line in _suspects(block):
        try:
            han = len(HAN.findall(line.decode()))
        except UnicodeDecodeError:
            found = 0
            continue
        start, found = (start, found + han) if found else (place, han)
        if found >= CONVINCING:
            return start
    return None


def _suspects(block: bytes) -> Iterator[tuple[int, bytes]]:
    """The first and the last lines with rare bytes, and where they begin."""
    rare = np.flatnonzero(np.frombuffer(block, np.uint8) - np.uint8(FIRST_RARE) < MANY_RARE)
    end, left = -1, LINES
    while left and (at := int(np.searchsorted(rare, end + 1))) < len(rare):
        start = block.rfind(b"\n", 0, rare[at]) + 1
        end = _end_of_line(block, int(rare[at]))
        left -= 1
        yield start, block[start:end]
    for start in _last_lines(block, rare, end):
        yield start, block[start : _end_of_line(block, start)]


def _last_lines(block: bytes, rare: np.ndarray, after: int) -> list[int]:
    """Where the last lines with rare bytes begin that lie behind a place, in their order."""
    starts: list[int] = []
    start = len(block)
    while len(starts) < LINES and (at := int(np.searchsorted(rare, start)) - 1) >= 0 and rare[at] > after:
        start = block.rfind(b"\n", 0, rare[at]) + 1
        starts.append(start)
    return starts[::-1]


def _end_of_line(block: bytes, at: int) -> int:
    end = block.find(b"\n", at)
    return len(block) if end < 0 else end
