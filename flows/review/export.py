"""`zhaoren review DIR export`: everything that is open now, as the officer's workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import duckdb

from flows.looking.look import opened_store
from flows.night.publishing import show_rules
from flows.review.open_now import gather_from_store
from flows.settings.read import read_settings
from flows.trust.access import taken_out
from flows.workspace import Workspace
from ledger.seal import read_manifest, sealed_runs
from policies.pack import read_head, read_rules
from reports import open_questions
from reports.assemble import Desk
from reports.macros import define
from reports.run_note import Night, PackNote, Profile
from schemas.errors import UsageError, say
from schemas.review import REVIEWERS

COUNTS = "select (select count(*) from open_entry), (select count(*) from open_link)"


def export_review(workspace: Workspace, out: Path | None, *, blind: bool) -> str:
    """Write the workbook, or two for two reviewers who answer apart; what to tell. Raises: UsageError."""
    path = out or workspace.room / f"{open_questions.NAME}.xlsx"
    if path.suffix.lower() != ".xlsx":
        raise UsageError(say("--out 应是 .xlsx 文件。", "--out must end in .xlsx."))
    made: list[Path] = []
    with taken_out(workspace, "review", [], path.parent) as folder, review_desk(workspace, folder) as desk:
        entries, links = desk.con.execute(COUNTS).fetchall()[0]
        for reviewer in REVIEWERS if blind else ("",):
            name = f"{path.stem}-{reviewer}" if reviewer else path.stem
            made += open_questions.export(desk, name, reviewer=reviewer)
    names = "、".join(str(path.parent / p.name) for p in made)
    return say(
        f"未决事项：台账 {entries} 条，身份 {links} 行；已写入 {names}。填好后：zhaoren review {workspace.root} import 文件。",
        f"Open: {entries} entries, {links} rows; written to {names}. When filled in: zhaoren review {workspace.root} import FILE.",
    )


@contextmanager
def review_desk(workspace: Workspace, folder: Path) -> Iterator[Desk]:
    """What the workbooks of open questions are written from, as the store stands."""
    with opened_store(workspace) as con:
        yield open_desk(con, workspace, sealed_runs(workspace.runs)[-1], folder)


def open_desk(con: duckdb.DuckDBPyConnection, workspace: Workspace, run_no: int, folder: Path) -> Desk:
    """What is open now, on a connection that looks at the store of run `run_no`."""
    settings = read_settings(workspace.root)
    gather_from_store(con, workspace.runs)
    heads = [read_head(name) for name in settings.packs]
    documents = {h["code"]: h["document"] for h in heads}
    rules = (read_rules(name) for name in settings.packs)
    show_rules(con, ((code, documents[code], rule) for code, found in rules for rule in found.values()))
    night = _last_night(workspace, run_no, heads)
    profile = Profile(settings.rows_per_sheet, settings.review_capacity, settings.language, settings.readers)
    define(con, night, profile)
    return Desk(con, night, folder, profile)


def _last_night(workspace: Workspace, number: int, heads: list[dict[str, str]]) -> Night:
    manifest = read_manifest(workspace.runs, number)
    return Night(
        run_no=number, as_of=date.fromisoformat(manifest["as_of"]), recorded_at=datetime.fromisoformat(manifest["recorded_at"]),
        packs=tuple(PackNote(h["code"], h["title"], h["version"], h["status"]) for h in heads), previous="", table_hashes={},
        totals={}, barred=(), steps=(),
    )  # fmt: skip
