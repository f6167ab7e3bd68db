"""What `zhaoren doctor` says of personal values that stand where none should: the journal, Prefect's own files, names of
waiting files, and numbers in workbooks whose readers may not see them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from flows.settings.read import Settings
from flows.trust.privacy import scan_text
from flows.trust.privacy_files import UNREAD, Seen, scan_file, scan_folder
from flows.workspace import Workspace
from ledger.seal import run_folder, sealed_runs
from ledger.store import connect

Told = tuple[str, str, bool, str]
NUMBERS = ("身份证号码", "十五位身份证号码")


def examine_privacy(workspace: Workspace, settings: Settings) -> Iterator[Told]:
    """Where, what and how to mend it; never the value. Nothing of this stops a night."""
    names = _known_names(workspace)
    if workspace.journal.is_file():
        yield from _told(scan_file(workspace.journal, names), "请删去该文件，并把此事报告给程序维护者")
    prefect = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    if prefect.is_dir():
        yield from _told(scan_folder(prefect, names), "请停下 Prefect 后删去这些文件，并把此事报告给程序维护者")
    waiting = (p for p in workspace.inbox.glob("*") if p.is_file())
    named = (Seen("inbox 中一个文件的名称", 0, kind) for p in waiting for _, kind in scan_text(p.name, names))
    yield from _told(named, "文件名会写进日志和报告，请改名后再放入")
    if numbers := sealed_runs(workspace.runs):
        books = run_folder(workspace.runs, numbers[-1]) / "workbooks"
        if all(reader.id_number != "full" for reader in settings.readers.values()):
            whole = (s for s in scan_folder(books) if s.kind in NUMBERS)
            yield from _told(whole, "工作簿不应出现完整号码，请勿外发，并把此事报告给程序维护者")


def _told(found: Iterable[Seen], mend: str) -> Iterator[Told]:
    counts = Counter((s.where.partition("!")[0], s.kind) for s in found)
    for (where, kind), count in sorted(counts.items()):
        if kind == UNREAD:
            yield where, "打不开，没有查看其中有没有个人信息；请核对权限，或自行查看。", False, ""
            continue
        yield where, f"出现{kind} {count} 处；{mend}。", False, ""


def _known_names(workspace: Workspace) -> frozenset[str]:
    if not workspace.store.is_file():
        return frozenset()
    try:
        con = connect(workspace.store, read_only=True)
    except duckdb.Error:
        return frozenset()
    try:
        rows = con.execute("select distinct name from person where length(name) > 2").fetchall()
    except duckdb.Error:  # a store of another version is made anew by the next night
        return frozenset()
    finally:
        con.close()
    return frozenset(name for (name,) in rows)
