"""The one door to a workspace: where its sealed runs lie encrypted they are opened where the key holder points, and every
reader gets its paths from what is found here."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.files.kept_files import open_vault
from flows.settings.read import Settings, read_settings
from flows.workspace import Workspace, locked, require_shapes
from ledger import temporary
from ledger.at_rest import Vault
from ledger.opening import BOOKS, Kept, are_locked, expected, open_files, open_runs
from ledger.seal import run_folder, sealed_runs
from ledger.store import drop_store
from schemas.errors import UsageError, say


def find_workspace(root: Path) -> Workspace:
    """The workspace with its runs to be read. Raises: UsageError where they lie encrypted and the settings do not say where to
    open them, or that place will not do; Unreadable, IntegrityError for a run that does not open."""
    workspace = unopened(root)
    if workspace.opened is None:
        if are_locked(workspace.sealed):
            raise UsageError(
                say("runs 里的表是加密的，而设置没有写明在哪里打开；请在 [at_rest] 写 open_at。",
                    "The tables in runs/ are encrypted and no setting says where to open them; set [at_rest] open_at.")
            )  # fmt: skip
        return workspace
    vault = open_vault(workspace, read_settings(workspace.root))
    if not vault.keys:
        raise UsageError(
            say("设置了 open_at 而没有存放密钥；请在 [at_rest] 写明 key，或去掉 open_at。",
                "open_at is set and there is no at-rest key; name it in [at_rest] key, or take open_at out.")
        )  # fmt: skip
    with _alone(workspace):
        _open(workspace, vault)
    return workspace


def unopened(root: Path) -> Workspace:
    """The workspace for those who look at what is kept: the open place is there, whatever is in it. Scratch of this process
    lies there from now on. Raises: UsageError."""
    root = root.resolve()
    settings = read_settings(root)
    require_shapes(root)
    workspace = Workspace(root, opening_place(root, settings) if settings.at_rest.open_at else None)
    if workspace.opened:
        temporary.require_own(workspace.opened)
    temporary.BASE.folder = workspace.opened
    return workspace


def opening_place(root: Path, settings: Settings) -> Path:
    """The folder in `open_at` that is this workspace's own. Raises: UsageError where `open_at` is none, or is inside."""
    said = Workspace(root).named(settings.at_rest.open_at).resolve()
    if said.is_relative_to(root):
        raise UsageError(
            say("open_at 不能在工作区里，否则打开的表又回到要保护的盘上；请指向内存盘（如 /dev/shm）或加密的卷。",
                "open_at must not lie in the workspace that it is to guard; name a tmpfs such as /dev/shm, or an encrypted volume.")
        )  # fmt: skip
    if not said.is_dir():
        raise UsageError(
            say(f"open_at 所写的 {said} 不是文件夹；请接上那个卷，或改正 [at_rest]。",
                f"{said}, named by open_at, is no folder; mount its volume or mend [at_rest].")
        )  # fmt: skip
    return said / f"zhaoren-open-{os.getuid()}-{hashlib.sha256(str(root).encode()).hexdigest()[:16]}"


def kept(workspace: Workspace, settings: Settings) -> Kept | None:
    """How tonight's run is kept; None where it lies as it is read."""
    if workspace.opened is None:
        return None
    return Kept(workspace.sealed, open_vault(workspace, settings), workspace.beside)


def open_books(workspace: Workspace, run_no: int) -> Path:
    """The workbooks of one run, to be read. Raises: UsageError where there is no such run."""
    if run_no not in sealed_runs(workspace.runs):
        raise UsageError(say(f"没有第 {run_no} 次运行。", f"There is no run {run_no}."))
    folder = run_folder(workspace.runs, run_no)
    if workspace.opened:
        vault, sealed = open_vault(workspace, read_settings(workspace.root)), run_folder(workspace.sealed, run_no)
        with _alone(workspace):
            lacking = (n for n in expected(sealed) if n.startswith(BOOKS) and not (folder / n).is_file())
            open_files(sealed, folder, vault, lacking)
    return folder / BOOKS


def closed_books(workspace: Workspace, run_no: int) -> int:
    """How many workbooks of a run cannot be read where they are opened: destroyed in their time, or under a key that is lost."""
    books = (n for n in expected(run_folder(workspace.sealed, run_no)) if n.startswith(BOOKS))
    return sum(not (run_folder(workspace.runs, run_no) / name).is_file() for name in books)


def close_workspace(root: Path) -> bool:
    """Wipe what is open. True if there was something. Raises: UsageError, WorkspaceBusy while a night runs."""
    workspace = unopened(root)
    if workspace.opened is None:
        return False
    with locked(workspace):
        was_open = any(workspace.opened.iterdir())
        shutil.rmtree(workspace.opened, ignore_errors=True)
    temporary.BASE.folder = None
    return was_open


def _open(workspace: Workspace, vault: Vault) -> None:
    for folder in (workspace.pages, workspace.work):
        folder.mkdir(mode=0o700, exist_ok=True)
    if open_runs(workspace.sealed, workspace.runs, vault):  # another chain than was open, such as a restored one
        drop_store(workspace.store)
    drop_plain(workspace)


def drop_plain(workspace: Workspace) -> None:
    """Take away what was made of plain tables before they were encrypted, and is made anew in the open place."""
    if workspace.opened:
        plain = Workspace(workspace.root)
        drop_store(plain.store)
        for made in (plain.pages / "finder.duckdb", *plain.pages.glob(".reading-*")):
            made.unlink(missing_ok=True)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """One process opens at a time, also while a night holds the workspace."""
    handle = os.open(workspace.room / ".opening.lock", os.O_RDWR | os.O_CREAT, 0o600)
    before = os.umask(0o077)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.umask(before)
        os.close(handle)
