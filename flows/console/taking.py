"""What officers hand in is imported in a process of its own: it asks the whole ledger what is open, which takes a city's gigabyte
for a moment, and gives it back."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.console import children
from flows.opened import find_workspace
from flows.review_import import import_answers
from flows.workspace import Workspace
from ledger.store import LIMITS
from schemas.errors import UsageError, WorkspaceBusy, ZhaorenError, say

Answers = Sequence[tuple[int, int, str, str]]
Take = Callable[[Workspace, Sequence[Path]], Answers]
MEMORY = 1 << 30  # bytes that DuckDB may hold in the child; what does not fit is spilled


def take(workspace: Workspace, files: Sequence[Path]) -> Answers:
    """What became of each answer: file, row, outcome and sentence. Raises: WorkspaceBusy, UsageError."""
    return import_answers(workspace, files).answers


def take_apart(workspace: Workspace, files: Sequence[Path]) -> Answers:
    """The same in a child. Raises: the same, with the child's sentence."""
    asked = [str(workspace.root), *map(str, files)]
    child = children.start(__name__, asked, workspace.pages, says=subprocess.PIPE)
    try:
        said, _ = child.communicate()
    finally:
        child.kill()
    if child.returncode == WorkspaceBusy.exit_code:
        raise WorkspaceBusy(said)
    if child.returncode != 0:
        raise UsageError(said or say("没有提交成，答复都还在；请重试，仍不行请报告。", "Not handed in, the answers are kept; try again."))  # fmt: skip
    return [(file, row, outcome, sentence) for file, row, outcome, sentence in json.loads(said)]


def main(root: str, *files: str) -> int:
    """The child. Only our own sentences are said: what else an error says may hold anything."""
    LIMITS.memory = MEMORY
    try:
        sys.stdout.write(json.dumps(take(find_workspace(Path(root)), [Path(f) for f in files])))
        return 0
    except ZhaorenError as problem:
        sys.stdout.write(str(problem))
        return problem.exit_code
    except Exception as error:
        sys.stdout.write(say(f"程序故障（{type(error).__name__}）。", f"Program failure ({type(error).__name__})."))
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
