"""What the console keeps for itself, in `DIR/console/console.sqlite`: accounts, sessions, what happened to
them, and answers that are not handed in yet. Only its owner may read it; no run does."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.workspace import is_read_only
from schemas.errors import UsageError, say

TABLES = """
create table if not exists account (name text primary key, role text not null, hash text not null, is_shut integer not null default 0, must_change integer not null default 0);
create table if not exists session (
    key text primary key, account text not null references account on delete cascade, form_key text not null,
    begun_at real not null, seen_at real not null, is_blind integer not null default 0);
create table if not exists attempt (account text not null, at real not null);
create table if not exists draft (
    account text not null references account on delete cascade, sheet text not null, question text not null, mode text not null,
    code text not null, decision text not null, effective_date text not null, role text not null, note text not null,
    said_at real not null, problem text not null default '', primary key (account, question));
create table if not exists unsent (
    account text not null references account on delete cascade, sheet text not null, question text not null, mode text not null,
    code text not null, decision text not null, effective_date text not null, role text not null, note text not null,
    said_at real not null, problem text not null, primary key (account, question));
create table if not exists event (at real not null, account text not null, what text not null);
create table if not exists answered (account text not null, at real not null);
create table if not exists conflict (
    question text primary key, sheet text not null, first_decision text not null, first_officer text not null,
    second_decision text not null, second_officer text not null);
"""
WAIT_SECONDS = 10.0
ADDED = ("account", "must_change", "integer not null default 0")  # a column that older consoles did not have


class State:
    """The console's own tables. Every use is one short transaction on a connection of its own. On a disk that takes nothing they can
    be read where they stand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "console.sqlite"
        self.only_read = is_read_only(folder.parent)
        if self.only_read:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.path.chmod(0o600)
        with self.open() as db:
            db.executescript(TABLES)
            table, column, kind = ADDED
            if column not in {row["name"] for row in db.execute(f"pragma table_info({table})")}:
                db.execute(f"alter table {table} add column {column} {kind}")

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing. Raises: UsageError where the file is not ours."""
        db = self._connected()
        db.row_factory = sqlite3.Row
        try:
            db.execute("pragma foreign_keys = on")
            with db:
                yield db
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise
            raise UsageError(
                say(f"核查台的 {self.path} 读写不了（{type(error).__name__}）；请检查磁盘和权限，或从备份恢复。",
                    f"{self.path} cannot be used ({type(error).__name__}); check disk and rights, or restore it.")
            ) from None  # fmt: skip
        finally:
            db.close()

    def _connected(self) -> sqlite3.Connection:
        if not self.only_read:
            return sqlite3.connect(self.path, timeout=WAIT_SECONDS)
        if self.path.exists():
            return sqlite3.connect(self.path.absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
        nothing = sqlite3.connect(":memory:")
        nothing.executescript(TABLES)
        return nothing
