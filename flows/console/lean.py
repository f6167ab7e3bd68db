"""What makes a process of the console small. pyarrow imports pandas, where it is installed, as soon as it makes an array of a list, and
nothing here takes it: some 40 MB. The C library keeps a pool of memory for each thread, and pyarrow one of its own: another 40 MB
that nobody uses again."""

import ctypes
import os
import runpy
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# mallopt(3) of glibc: how many pools; from what size on a piece is given back as soon as it is free, and so is the pool's end.
ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1
PIECE = 128 << 10


class _NoPandas(MetaPathFinder):
    """Says that pandas is not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("the console works without pandas", name=name)
        return None


def hold_little() -> None:
    """From here on, in this process. Call it before anything imports pyarrow."""
    sys.meta_path.insert(0, _NoPandas())
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    with suppress(AttributeError, OSError):  # another C library
        tune = ctypes.CDLL(None).mallopt
        for option, value in ((ARENA_MAX, 1), (MMAP_THRESHOLD, PIECE), (TRIM_THRESHOLD, PIECE)):
            tune(option, value)


if __name__ == "__main__":  # what `children` starts: another module, with its arguments
    hold_little()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
