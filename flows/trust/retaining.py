"""Retention in the night and by command: a dry run, the destruction after the seal, and the same in backups."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from flows.looking.look import opened_store
from flows.settings.read import Settings, read_settings
from flows.settings.retention import CLASSES, Retention
from flows.workspace import Workspace
from ledger.retention import Gone, Place, Terms, destroy, plan, still_there
from ledger.seal import file_hash, run_folder, sealed_runs
from ledger.standalone_verifier import MANIFEST
from ledger.store import connect
from schemas.errors import UsageError, say

SHANGHAI = timedelta(hours=8)
WORDS = {"archive": "原始文件", "workbook": "工作簿", "rows": "登记行"}
ENGLISH = {"archive": "files as they came", "workbook": "workbooks", "rows": "rows of registers"}
TERM_WORDS = {
    "archive_days": "原始文件（用途：核对来源、撤回）", "workbook_days": "工作簿（用途：办理）",
    "ended_days": "已失效的行（用途：说明依据）", "stranger_days": "与名册无关的人的行（用途：等其本人登记时比对）",
}  # fmt: skip
TERM_ENGLISH = {
    "archive_days": "files as they came (to check and take back)", "workbook_days": "workbooks (to act on)",
    "ended_days": "rows that ended (to explain what rests on them)",
    "stranger_days": "rows about nobody we know (to meet them when they register)",
}  # fmt: skip
# What a plan asks of the store, without a night: nothing comes, no link changes.
BEFORE = """
create or replace temp view told_tonight as from store.delivery limit 0;
create or replace temp view link_known as from store.link;
create or replace temp view retold_known as from store.retold;
create or replace temp view book as select office, household_no, person_id, id_key from store.standing_household_register
"""
# And within one: who became known tonight, and what was told again tonight, does not go tonight.
TONIGHT = """
create or replace temp view told_tonight as from delivery;
create or replace temp view link_known as from store.link union all by name from link_tonight;
create or replace temp view retold_known as from store.retold union all by name from retold;
create or replace temp view book as select office, household_no, person_id, id_key from household_book
"""


def dry_run(workspace: Workspace, as_of: date) -> list[Gone]:
    """What a night on that day would take away; changes nothing."""
    retention = read_settings(workspace.root).retention
    with opened_store(workspace):
        run_no = sealed_runs(workspace.runs)[-1] + 1
    con = connect()
    try:
        con.execute("attach '{}' as store (read_only)".format(str(workspace.store).replace("'", "''")))
        con.execute(BEFORE)
        return plan(con, Place(workspace.root, workspace.runs, run_no, as_of), retention.terms)
    finally:
        con.close()


def plan_tonight(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, terms: Terms, run_no: int, as_of: date, recorded_at: datetime, arrived: Iterable[str]
) -> list[Gone]:  # fmt: skip
    """What tonight takes away, with what is left of it written into the staging folder. A business date ahead of the clock
    destroys nothing before its day."""
    if terms == Terms():
        return []
    con.execute(TONIGHT)
    day = min(as_of, (recorded_at + SHANGHAI).date())
    return plan(con, Place(workspace.root, workspace.runs, run_no, day, frozenset(arrived), workspace.staging), terms)


def backups(workspace: Workspace, settings: Settings) -> tuple[Path, ...]:
    return tuple(workspace.named(b) for b in settings.retention.backups)


def destroy_everywhere(workspace: Workspace, settings: Settings) -> None:
    """After a seal: here, and in every backup of the settings that is there and is a copy. One that cannot be written is left
    for another night (`backup_warnings`): what was published is done."""
    destroy_here(workspace)
    for backup in backups(workspace, settings):
        if not _strangeness(workspace, backup):
            with suppress(OSError):
                destroy(backup)


def backup_warnings(workspace: Workspace, settings: Settings) -> list[tuple[str, str]]:
    """Backups of the settings in which the terms do not hold: the place, and what to do."""
    found = []
    for backup in backups(workspace, settings) if settings.retention else ():
        if what := _strangeness(workspace, backup) or _left_in(backup):
            found.append((str(backup), what))
    return found


def _left_in(backup: Path) -> str:
    if not (count := len(still_there(backup))):
        return ""
    return say(
        f"里有 {count} 个应按期限销毁的文件没能删去；请改为可写，下一次运行会删去，或运行 zhaoren retention 工作区 --backup {backup}。",
        f": {count} files that are over could not be removed; make it writable, the next run removes them.",
    )


def destroy_here(workspace: Workspace) -> None:
    """What is kept, and what is open of it."""
    for place in dict.fromkeys((workspace.root, workspace.room)):
        destroy(place)


def prune_backup(workspace: Workspace, backup: Path) -> int:
    """Take away from a copy of the workspace what the receipts in that copy say is destroyed; gives how many files.
    Raises: UsageError where it is no copy."""
    if strange := _strangeness(workspace, backup):
        raise UsageError(f"{backup}{strange}")
    return destroy(backup)


def _strangeness(workspace: Workspace, backup: Path) -> str:
    """Why a folder is no copy of the workspace; "" where it is one, whole or behind."""
    if backup.resolve() == workspace.root.resolve():
        return say("就是工作区本身。", " is the workspace itself.")
    try:
        numbers = sealed_runs(backup / "runs")
        other = [n for n in numbers if not _is_same_manifest(workspace.runs, backup / "runs", n)]
    except OSError:
        numbers = []
    if not numbers:
        return say("读不到，或不是工作区的备份（没有 runs）。", " cannot be reached, or is no backup of a workspace.")
    if other:
        return say(
            f"不是这个工作区的备份，或没有拷完（第 {other[0]} 次运行的清单不同）。",
            f" is no backup of this workspace, or was broken off (the manifest of run {other[0]} differs).",
        )
    return ""


def _is_same_manifest(runs: Path, other: Path, number: int) -> bool:
    mine = run_folder(runs, number) / MANIFEST
    return mine.is_file() and file_hash(mine) == file_hash(run_folder(other, number) / MANIFEST)


def plan_text(gone: list[Gone], workspace: Workspace, settings: Settings) -> str:
    """The terms, the plan in figures by class, and how each backup stands. No personal value."""
    retention = settings.retention
    if not retention:
        return say(
            "设置里没有 [retention]，什么都不会销毁。", "No [retention] in the settings: nothing is ever destroyed."
        )
    files, rows = Counter(g.data_class for g in gone), sum(g.rows for g in gone)
    lines = [say("保存期限：", "Kept for:"), *_term_lines(retention)]
    lines.append(
        say("下一次运行将销毁（封存后执行，清单中留有凭证）：", "The next run destroys, after sealing the receipt:")
    )
    for name in WORDS:
        inside = say(f"中的 {rows} 行", f", {rows} rows in them") if name == "rows" else ""
        lines.append(
            say(f"  {WORDS[name]}：{files[name]} 个文件{inside}", f"  {ENGLISH[name]}: {files[name]} files{inside}")
        )
    return "\n".join([*lines, *(_backup_line(workspace, b) for b in backups(workspace, settings))])


def _term_lines(retention: Retention) -> list[str]:
    lines = []
    for name in CLASSES:
        own = [
            f"{kind} {days}"
            for kind, of in sorted(retention.terms.kinds.items())
            if (days := getattr(of, name)) is not None
        ]
        days = getattr(retention.terms, name)
        zh, en = (f"{days} 天", f"{days} days") if days is not None else ("没有期限，一直保存", "no term, for ever")
        lines.append(
            say(
                f"  {TERM_WORDS[name]}：{'，另有 '.join([zh, *own])}",
                f"  {TERM_ENGLISH[name]}: {', but '.join([en, *own])}",
            )
        )
    terms = retention.terms
    if terms.archive_days is None and (terms.stranger_days is not None or terms.ended_days is not None):
        lines.append(say("  注意：原始文件没有期限，行中销毁的值在其中仍可读到。",
                         "  Note: files as they came have no term; the values that rows lose can still be read in them."))  # fmt: skip
    return lines


def _backup_line(workspace: Workspace, backup: Path) -> str:
    if strange := _strangeness(workspace, backup):
        return say(f"备份 {backup}{strange}", f"Backup {backup}{strange}")
    behind = sealed_runs(workspace.runs)[-1] - sealed_runs(backup / "runs")[-1]
    late = (
        say(
            f"，还缺最近 {behind} 次运行，其中的凭证到了备份里才执行",
            f", lacks the last {behind} runs and their receipts",
        )
        if behind
        else ""
    )
    count = len(still_there(backup))
    return say(
        f"备份 {backup}：应销毁而还在的 {count} 个文件{late}。",
        f"Backup {backup}: {count} files still there that should be gone{late}.",
    )
