"""Who looked at people's data or took it out: each time a line is kept at once, in a log that only its owner reads; the
next night seals it as table `access`.
"""

import fcntl
import json
import os
import pwd
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.workspace import Workspace
from ledger.seal import file_hash, run_folder, sealed_runs
from ledger.standalone_verifier import sha256
from ledger.temporary import own_folder
from ledger.whole import put_whole
from schemas.errors import UsageError, say
from schemas.journal import ACCESSES, Access
from schemas.modelling import create_table, describe

LONG_NUMBER = re.compile(r"\d{6,}[Xx]?")
PURPOSE_LENGTH = 200


def os_user() -> str:
    """The account that asks, by its number: what the environment says can be set by anybody."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def record_access(
    workspace: Workspace,
    what: str,
    subjects: Iterable[str] = (),
    *,
    file: Path | None = None,
    purpose: str | None = None,
    account: str | None = None,
) -> None:
    """Keep one line before anything is shown: `what` is one of `ACCESSES`, `subjects` are ids of people or entries or a
    day, `file` what was written, `account` who asks in the console. Raises: UsageError where it cannot be kept; then nothing must be shown."""
    if what not in ACCESSES:
        raise ValueError(what)
    said = {
        "accessed_at": datetime.now(UTC).isoformat(), "os_user": f"console:{account}" if account else os_user(), "what": what, "subjects": list(subjects),
        "file_sha256": file_hash(file) if file else None, "nonce": os.urandom(8).hex(),
        "purpose": LONG_NUMBER.sub("…", purpose)[:PURPOSE_LENGTH] if purpose else None,
    }  # fmt: skip
    try:
        with _alone(workspace):
            handle = os.open(workspace.access_log, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with open(handle, "ab+") as stream:
                size = stream.seek(0, os.SEEK_END)
                torn = bool(size) and os.pread(handle, 1, size - 1) != b"\n"  # a line that a power cut left
                stream.write(b"\n" * torn + json.dumps(said, sort_keys=True).encode() + b"\n")
                stream.flush()
                os.fsync(handle)
    except OSError as error:
        raise UsageError(
            say(f"不能记录这次查看或导出（{type(error).__name__}），因此没有给出内容；请用对工作区有写权限的账号；盘是只读的，先把工作区复制到可写的盘。",
                f"This access cannot be recorded ({type(error).__name__}), so nothing is shown.")
        ) from None  # fmt: skip


@contextmanager
def attempts_on_record(workspace: Workspace, what: str) -> Iterator[None]:
    """Keep a line of what is refused inside, before it is."""
    try:
        yield
    except UsageError:
        record_access(workspace, "refused", [what])
        raise


@contextmanager
def taken_out(
    workspace: Workspace, what: str, subjects: Sequence[str], folder: Path, purpose: str | None = None
) -> Iterator[Path]:
    """A folder of this process's own, in which to write what somebody takes out, with all its scratch. Each file in it is put
    on record with its hash and only then stands in `folder`, whole and for its owner alone. Raises: UsageError where it cannot
    be kept on record; then, as wherever the writing fails, what stood in `folder` stands there still, and nothing beside it."""
    with TemporaryDirectory(dir=own_folder()) as scratch:
        yield Path(scratch)
        for made in sorted(Path(scratch).iterdir()):
            beside = folder / f".{made.name}.part"
            try:
                _copy(made, beside)
                record_access(workspace, what, subjects, file=beside, purpose=purpose)
                os.replace(beside, folder / made.name)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise


def _copy(made: Path, beside: Path) -> None:
    """Raises: OSError, with the place that said no."""
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with made.open("rb") as source, open(handle, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(handle)
    except OSError as error:
        error.filename = error.filename or str(beside)
        raise


def show_access(con: duckdb.DuckDBPyConnection, workspace: Workspace, recorded_at: datetime) -> None:
    """Make `access_tonight`: every kept line that is not sealed yet. A line that cannot be read is a row that says so."""
    table = describe(Access)
    con.execute("drop table if exists access_tonight")
    con.execute(create_table("access_tonight", [(c.name, c.sql) for c in table.columns]))
    sealed = _sealed_ids(workspace)
    rows = [_row(line, recorded_at) for line in dict.fromkeys(_lines(workspace)) if sha256(line.encode()) not in sealed]
    if rows:
        types = {"accessed_at": pa.timestamp("us", "UTC"), "subjects": pa.list_(pa.string())}
        columns = {n: pa.array([r[n] for r in rows], types.get(n, pa.string())) for n in table.names}
        con.register("access_lines", pa.table(columns))
        con.execute("insert into access_tonight by name from access_lines")
        con.unregister("access_lines")


def clear_access(workspace: Workspace) -> None:
    """Take out of the log what the newest run sealed; what came in meanwhile stays."""
    sealed = _sealed_ids(workspace)
    with _alone(workspace):
        lines = _lines(workspace)
        kept = [line for line in lines if sha256(line.encode()) not in sealed]
        if kept == lines:
            return
        with put_whole(workspace.access_log) as beside:
            beside.write_text("".join(line + "\n" for line in kept), encoding="utf-8")


def _row(line: str, recorded_at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"accessed_at": recorded_at, "access_id": sha256(line.encode()), "os_user": None,
                           "what": "unreadable", "subjects": [], "file_sha256": None, "purpose": None}  # fmt: skip
    try:
        said = json.loads(line)
        read = {"accessed_at": datetime.fromisoformat(said["accessed_at"]).astimezone(UTC), "what": said["what"],
                "subjects": [str(s) for s in said["subjects"]]}  # fmt: skip
        read |= {n: said[n] if said[n] is None else str(said[n]) for n in ("os_user", "file_sha256", "purpose")}
        json.dumps(read, ensure_ascii=False, default=str).encode()  # half a character pair is no text
        return row | read if said["what"] in ACCESSES else row
    except (ValueError, KeyError, TypeError, OverflowError):
        return row


def _sealed_ids(workspace: Workspace) -> set[str]:
    """Lines that the newest run holds: killed just after its seal, a night leaves them in the log."""
    if not (numbers := sealed_runs(workspace.runs)):
        return set()
    table = run_folder(workspace.runs, numbers[-1]) / "tables" / "access.parquet"
    return set(pq.read_table(table, columns=["access_id"])["access_id"].to_pylist())


def _lines(workspace: Workspace) -> list[str]:
    if not workspace.access_log.exists():
        return []
    text = workspace.access_log.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.split("\n") if line.strip()]


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Apart from the night's lock, so that people can look while a night runs."""
    handle = os.open(workspace.root / ".access.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
