"""A row of a kept file is read again in a process of its own: reading takes as much memory as the file."""

import sys
from collections.abc import Callable
from pathlib import Path

from flows.console.apart import answer, ask_child
from flows.files.reread import read_again
from flows.opened import find_workspace
from flows.workspace import Workspace
from intake.prepare import record_id_of
from ledger.store import connect
from schemas.errors import say
from schemas.extracts import LAYOUTS

Reread = Callable[[Workspace, str, int], str]


def record_of(workspace: Workspace, delivery: str, row_no: int) -> str:
    """The record_id of a row of an accepted delivery. Raises: DeliveryRefused where its file was destroyed or cannot be opened."""
    con = connect()
    try:
        kept, raw = read_again(con, workspace, delivery)
        return record_id_of(con, LAYOUTS[kept.kind], raw, row_no)
    finally:
        con.close()


def record_of_apart(workspace: Workspace, delivery: str, row_no: int) -> str:
    """The same in a child. Raises: UsageError with the child's sentence."""
    failed = say(
        "没有找到，原始文件读不了；请重试，仍不行请报告。", "Not found, the kept file cannot be read; try again."
    )
    return str(ask_child(__name__, [str(workspace.root), delivery, str(row_no)], workspace.pages, failed))


def main(root: str, delivery: str, row_no: str) -> int:
    """The child."""
    return answer(lambda: record_of(find_workspace(Path(root)), delivery, int(row_no)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
