"""What makes a process of the console small: the C library keeps a pool of memory for each thread, and pyarrow one of its own,
some 40 MB that nobody uses again."""

import ctypes
import os
import runpy
import sys
from contextlib import suppress

# mallopt(3) of glibc: how many pools; from what size on a piece is given back as soon as it is free, and so is the pool's end.
ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1
PIECE = 128 << 10


def hold_little() -> None:
    """From here on, in this process. Call it before anything imports pyarrow."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    with suppress(AttributeError, OSError):  # another C library
        tune = ctypes.CDLL(None).mallopt
        for option, value in ((ARENA_MAX, 1), (MMAP_THRESHOLD, PIECE), (TRIM_THRESHOLD, PIECE)):
            tune(option, value)


if __name__ == "__main__":  # what `children` starts: another module, with its arguments
    hold_little()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
