"""Processes that the console starts beside itself: each a module of ours, behind everybody else, that can be ended."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).parents[2]
LEAN = "flows.console.lean"


def start(
    module: str, arguments: Sequence[str], folder: Path, *, keeps: Sequence[int] = (), says: int | IO[Any] = subprocess.DEVNULL
) -> "subprocess.Popen[str]":  # fmt: skip
    """Run a module in a folder. `keeps` are open files that the child is given, `says` where its words go."""
    paths = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", LEAN, module, *arguments], stdin=subprocess.DEVNULL, stdout=says, stderr=subprocess.DEVNULL, cwd=folder,
        env=os.environ | {"PYTHONPATH": paths}, pass_fds=list(keeps), text=True, encoding="utf-8",
    )  # fmt: skip


def step_back() -> None:
    """In the child: whoever clicks, and a night, go first."""
    with suppress(OSError):
        os.nice(10)
