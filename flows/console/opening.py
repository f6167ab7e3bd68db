"""A session that looks at the store as one run left it, whatever is renamed over it since."""

import os
import shutil
import threading
from pathlib import Path

import duckdb

from flows.workspace import Workspace
from ledger.store import connect, fingerprint
from reports.macros import define_words

HELD = "select (select max(run_no) from store.applied_run), (select fingerprint from store.made_by)"


def opened(workspace: Workspace, run_no: int, memory: int) -> duckdb.DuckDBPyConnection | None:
    """The words and masks of `reports.macros`, and the store as `store`; None while it does not hold the run. One thread: a page is
    short, others click meanwhile, and a night wants the rest of the machine."""
    con = connect(scratch=workspace.pages / "spill", memory=memory)
    con.execute("set threads = 1")
    define_words(con, scope="")
    attach(con, workspace.pages, workspace.store, "store")
    if con.execute(HELD).fetchall()[0] == (run_no, fingerprint()):
        return con
    con.close()
    return None


def attach(con: duckdb.DuckDBPyConnection, folder: Path, file: Path, name: str) -> None:
    """A database under a file name of its own, which goes at once: DuckDB shares what has one name, and the next night's
    will have this one's."""
    own = folder / f".{name}-{os.getpid()}-{threading.get_ident()}"
    own.unlink(missing_ok=True)
    try:
        os.link(file, own)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, own)
    try:
        con.execute("attach '{}' as {} (read_only)".format(str(own).replace("'", "''"), name))
    finally:
        own.unlink(missing_ok=True)
