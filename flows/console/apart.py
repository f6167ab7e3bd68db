"""Work that takes a large file's or a city's memory for a moment: done by a child, which gives it back. A child says one value as
JSON, or one of our own sentences."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread

from flows.console import children
from ledger.store import LIMITS
from schemas.errors import UsageError, WorkspaceBusy, ZhaorenError, say

MEMORY = 1 << 30  # bytes that DuckDB may hold in the child; what does not fit is spilled
WAITING = CapacityLimiter(4)  # requests that wait for a child: pages need not wait for them


async def beside(answer: Callable[..., Any], *given: Any) -> Any:
    """What a route answers that waits for a child, apart from the pages."""
    return await to_thread.run_sync(answer, *given, limiter=WAITING)


def ask_child(module: str, arguments: Sequence[str], folder: Path, failed: str) -> Any:
    """What a module's child, started in a folder, says. Raises: WorkspaceBusy or UsageError with the child's sentence, or with
    `failed` where it ended without one."""
    child = children.start(module, arguments, folder, says=subprocess.PIPE)
    try:
        said, _ = child.communicate()
    finally:
        child.kill()
    if child.returncode == WorkspaceBusy.exit_code:
        raise WorkspaceBusy(said)
    if child.returncode != 0:
        raise UsageError(said or failed)
    return json.loads(said)


def answer(work: Callable[[], Any]) -> int:
    """In the child: say what the work gives. Of errors only our own sentences are said: what else an error says may hold anything."""
    LIMITS.memory = MEMORY
    try:
        sys.stdout.write(json.dumps(work()))
        return 0
    except ZhaorenError as problem:
        sys.stdout.write(str(problem))
        return problem.exit_code
    except Exception as error:
        sys.stdout.write(say(f"程序故障（{type(error).__name__}）。", f"Program failure ({type(error).__name__})."))
        return 1
