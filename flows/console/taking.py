"""What officers hand in is imported in a process of its own: it asks the whole ledger what is open."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.console.apart import answer, ask_child
from flows.opened import find_workspace
from flows.review.importing import import_answers
from flows.workspace import Workspace
from schemas.errors import say

Answers = Sequence[tuple[int, int, str, str]]
Take = Callable[[Workspace, Sequence[Path]], Answers]


def take(workspace: Workspace, files: Sequence[Path]) -> Answers:
    """What became of each answer: file, row, outcome and sentence. Raises: WorkspaceBusy, UsageError."""
    return import_answers(workspace, files).answers


def take_apart(workspace: Workspace, files: Sequence[Path]) -> Answers:
    """The same in a child. Raises: the same, with the child's sentence."""
    failed = say("没有提交成，答复都还在；请重试，仍不行请报告。", "Not handed in, the answers are kept; try again.")
    told = ask_child(__name__, [str(workspace.root), *map(str, files)], workspace.pages, failed)
    return [(file, row, outcome, sentence) for file, row, outcome, sentence in told]


def main(root: str, *files: str) -> int:
    """The child."""
    return answer(lambda: take(find_workspace(Path(root)), [Path(f) for f in files]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
