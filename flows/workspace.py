"""The workspace on disk: its folders, its one lock, and what a killed run left behind."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.engines.settings import TEMPLATE as ENGINE_TEMPLATE
from flows.settings.breaker import breaker_template
from flows.settings.packs import require_distinct, template
from flows.settings.read import FILE, TEMPLATE
from policies.pack import PACKS, read_asks
from schemas.errors import UsageError, WorkspaceBusy, not_written, say

OTHERS = 0o077  # what group and others may do


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace. `opened`: the folder of the key holder's in which what lies encrypted is read (`flows/opened.py`);
    None: it lies plain, and is read where it is kept. `work` is scratch: whatever lies there may be thrown away between runs."""

    root: Path
    opened: Path | None = None

    def named(self, said: str) -> Path:
        """A path that the settings name: of this workspace where it is relative."""
        return self.root / Path(said).expanduser()

    @property
    def room(self) -> Path:
        """Where plain tables may lie, with the store and everything else that is made of them."""
        return self.opened or self.root

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def runs(self) -> Path:
        """The sealed runs as they are read, plain."""
        return self.room / "runs"

    @property
    def sealed(self) -> Path:
        """The sealed runs as they are kept: the truth, encrypted where a key says so."""
        return self.root / "runs"

    @property
    def store(self) -> Path:
        return self.room / "store.duckdb"

    @property
    def model(self) -> Path:
        """The match model that `zhaoren train` made of this workspace's own records; absent: the one that ships."""
        return self.root / "model.json"

    @property
    def held(self) -> Path:
        """A night that the circuit breaker holds, and its release once an officer signed it."""
        return self.root / "held"

    @property
    def held_books(self) -> Path:
        """Where the workbook of a held night lies."""
        return self.room / "held"

    @property
    def access_log(self) -> Path:
        """What was looked at or taken out since the last run; the next one seals it."""
        return self.root / "access.jsonl"

    @property
    def key_change(self) -> Path:
        """The change of the signing key that the next run puts into the chain."""
        return self.root / "key-change.json"

    @property
    def console(self) -> Path:
        """The console's own: accounts, sessions, drafts. Owner-only; no run reads it."""
        return self.root / "console"

    @property
    def pages(self) -> Path:
        """What the console's pages are made from; may be thrown away."""
        return self.room / "console"

    @property
    def work(self) -> Path:
        return self.room / ".work"

    @property
    def beside(self) -> Path:
        """Scratch on the disk of what is kept, for files that are renamed into their place. Holds nothing plain of an opened
        workspace."""
        return self.root / ".work"

    @property
    def staging(self) -> Path:
        return self.work / "staging"

    @property
    def journal(self) -> Path:
        return self.work / "journal.jsonl"


def init_workspace(root: Path, packs: Sequence[str]) -> Workspace:
    """A new, private workspace. Raises: UsageError where something stands already or no pack is named; PolicyError for an
    unknown pack."""
    if not packs:
        raise UsageError(say("--pack 应列出至少一个政策包。", "--pack must name at least one pack."))
    require_distinct(read_asks(pack)[0] for pack in packs)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise not_written(root, error) from None
    if any(root.iterdir()):
        raise UsageError(
            say(
                f"{root} 已有内容，不在其中新建工作区；请换一个空目录。",
                f"{root} is not empty; choose an empty folder.",
            )
        )
    root.chmod(0o700)
    workspace = Workspace(root)
    for folder in (workspace.inbox, workspace.archive, workspace.runs):
        folder.mkdir(mode=0o700)
    listed = ", ".join('"' + (p if (PACKS / p).exists() else str(Path(p).resolve())) + '"' for p in packs)
    told = TEMPLATE.format(packs=listed) + ENGINE_TEMPLATE + breaker_template() + template(packs)
    (root / FILE).write_text(told, encoding="utf-8")
    (root / FILE).chmod(0o600)
    return workspace


FILES = (
    FILE,
    ".lock",
    ".access.lock",
    "access.jsonl",
    "key-change.json",
    "model.json",
    "store.duckdb",
    "held/held.json",
    "held/release.json",
)
FOLDERS = ("inbox", "archive", "runs", "held", "console", ".work")


def require_shapes(root: Path, files: Sequence[str] = FILES, folders: Sequence[str] = FOLDERS) -> None:
    """Raises: UsageError where a folder stands in the place of one of our files, or a file in that of a folder, or a link that
    leads nowhere in that of either."""
    for path in (root / name for name in (*files, *folders)):
        if path.is_symlink() and not path.exists():
            raise UsageError(
                say(f"{path} 是一个链接，所指的地方（{os.readlink(path)}）不存在；如在另一块盘上，请先接上那块盘，否则请删去这个链接，再运行一次。",
                    f"{path} is a link to {os.readlink(path)}, which is not there; mount its disk or take the link away, then try again.")
            )  # fmt: skip
    file, folder = ("文件", "file"), ("文件夹", "folder")
    wrong = [(root / name, file, folder) for name in files if (root / name).is_dir()]
    wrong += [(root / name, folder, file) for name in folders if (root / name).is_file()]
    for path, due, found in wrong:
        raise UsageError(
            say(f"{path} 应是{due[0]}，却是一个{found[0]}；请把它移到别处，再运行一次。",
                f"{path} should be a {due[1]} and is a {found[1]}; move it away and try again.")
        )  # fmt: skip


def is_read_only(folder: Path) -> bool:
    """True where the disk takes nothing, whoever asks."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def locked(workspace: Workspace) -> AbstractContextManager[None]:
    """Hold the workspace alone. Raises: WorkspaceBusy."""
    return hold(workspace.root)


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a folder alone; what is written meanwhile is for its owner only. The kernel frees the lock when the process dies,
    however it dies. Raises: WorkspaceBusy."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    before = os.umask(OTHERS)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkspaceBusy(
                say(
                    f"{folder} 正有另一个运行在进行；请等它结束后再试。",
                    f"Another run holds {folder}; wait for it.",
                )
            ) from None
        yield
    finally:
        os.umask(before)
        os.close(handle)


def clear_scratch(workspace: Workspace) -> bool:
    """Throw away what a killed run left. True if there was an unfinished one."""
    unfinished = workspace.staging.exists()
    for scratch in {workspace.work, workspace.beside}:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
    for folder in (workspace.inbox, workspace.archive, workspace.runs, workspace.sealed):
        folder.mkdir(exist_ok=True, mode=0o700)
    return unfinished


def open_to_others(workspace: Workspace) -> int:
    """How many files and folders that the program wrote somebody else may open, by their own modes. What others drop into
    the inbox has the modes they give it."""
    count = 0
    for folder, folders, files in os.walk(workspace.root):
        if Path(folder) == workspace.root:
            folders[:] = [f for f in folders if f != workspace.inbox.name]
            files = [f for f in files if f != FILE]
        found = (Path(folder, name) for name in (*folders, *files))
        count += sum(bool(path.lstat().st_mode & OTHERS) for path in found if not path.is_symlink())
    return count
