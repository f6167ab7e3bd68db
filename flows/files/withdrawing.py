"""A whole file is taken back: by a manifest of its own that names the delivery."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from flows.files.kept_files import open_vault
from flows.files.recording import notice, record
from flows.files.reread import Kept, read_kept
from flows.settings.read import Settings
from flows.workspace import Workspace
from intake.receive import Incoming
from intake.withdrawal import Told, Withdrawal, take_back
from ledger.seal import standing_files
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

NOTHING_TO_WITHDRAW = "清单要撤回的文件不曾收下，或已经撤回；请核对 sha256 后重新投放。"
# Every accepted delivery that was not taken back before, with the night it came.
HISTORY = """
create or replace temp table history as
with sealed as (
    select *, regexp_extract(filename, '([0-9]+)/tables/[^/]+$', 1)::bigint as run_no
    from read_parquet($runs || '/*/tables/delivery.parquet', filename = true) where status = 'accepted'
),
taken_back as (select withdraws as sha, max(run_no) as run_no from sealed where withdraws is not null group by withdraws)
select s.* from sealed as s left join taken_back as t on t.sha in (s.delivery_id, s.file_sha256)
where s.withdraws is null and s.run_no > coalesce(t.run_no, 0)
"""
TARGET = """
select kind, office, max(snapshot_date), any_value(coverage), list(distinct delivery_id) from history
where $sha in (delivery_id, file_sha256) group by kind, office order by kind, office limit 1
"""
# From the last full snapshot before the file on; of one day the later night, of one night the full snapshot first.
TOLD = """
with placed as (
    select *, dense_rank() over (order by snapshot_date, run_no, coverage = 'delta', if(coverage = 'delta', file_name || delivery_id, '')) as n
    from history where kind = $kind and office = $office
),
start as (
    select coalesce(max(n), 0) as n from placed
    where coverage = 'full' and n < (select min(n) from placed where list_contains($gone, delivery_id))
)
select delivery_id, snapshot_date, n::integer, coverage = 'full', file_sha256, sheet, file_name from placed where n >= (select n from start) order by n, delivery_id
"""
# Where the newest is taken back the source is as new again as what it had sent before; with nothing before, it is as if it
# had never sent (no date).
SOURCE_BEFORE = """
insert into source_tonight
with before as (
    select snapshot_date, sum(rows)::bigint as rows from history
    where kind = $kind and office = $office and coverage = $coverage and not list_contains($gone, delivery_id)
    group by snapshot_date, run_no order by snapshot_date desc, run_no desc limit 1
)
select $kind, $office, $coverage, max(snapshot_date), coalesce(max(rows), 0), null from before
where not exists (from source_tonight where kind = $kind and office = $office and coverage = $coverage)
having coalesce(max(snapshot_date) <= $day, true)
"""
LOST = """
select count(distinct e.record_id) from store.ended as e
where e.kind = $kind and e.office = $office and list_contains($gone, e.delivery_id)
  and e.record_id in (select record_id from read_parquet($sealed) where office = $office and business_key is null)  -- destroyed
"""


def take_back_file(
    con: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    incoming: Incoming,
    run_no: int,
    place: int,
) -> None:
    """Take back every table of the named file, and record it. Raises: DeliveryRefused for a file that never was
    accepted, or was taken back already."""
    targets = []
    if any(workspace.runs.glob("*/tables/delivery.parquet")):
        con.execute(HISTORY, {"runs": str(workspace.runs)})
        targets = con.execute(TARGET, {"sha": incoming.withdraws}).fetchall()
    if not targets:
        raise DeliveryRefused(NOTHING_TO_WITHDRAW, code="nothing_to_withdraw")
    kind, office, day, coverage, gone = targets[0]
    told = replace(incoming, kind=kind, area=office, snapshot_date=day, coverage=coverage)
    sealed = [str(p) for p in standing_files(workspace.runs, kind)]
    ended = back = 0
    if sealed:
        what = Withdrawal(frozenset(gone), incoming.delivery_id, office, run_no, place, sealed)
        ended, back = take_back(con, LAYOUTS[kind], what, _history(con, workspace, settings, told, gone))
    con.execute(SOURCE_BEFORE, {"kind": kind, "office": office, "coverage": coverage, "gone": gone, "day": day})
    text = f"撤回 {day} 的文件：{ended} 行撤回，{back} 行恢复。" + _lost(con, kind, office, gone, sealed)
    record(con, told, "accepted", text, archived=incoming.delivery_id)
    notice(con, told.delivery_id, "整个文件", "withdrawn", ended + back, text)


def _lost(con: duckdb.DuckDBPyConnection, kind: str, office: str, gone: list[str], sealed: list[str]) -> str:
    """A sentence on rows that the file had ended and whose term was over since: they cannot stand again."""
    where = {"kind": kind, "office": office, "gone": gone, "sealed": sealed}
    lost = con.execute(LOST, where).fetchall()[0][0] if sealed else 0
    return f"另有 {lost} 行的内容已按保存期限销毁，不能恢复。" if lost else ""


def _history(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, settings: Settings, told: Incoming, gone: list[str]
) -> Iterator[Told]:
    """The source's files from the last full snapshot before the one taken back, read again."""
    kind, office = told.kind or "", told.office
    rows = con.execute(TOLD, {"kind": kind, "office": office, "gone": gone}).fetchall()
    habits, vault = settings.habits(kind, office), open_vault(workspace, settings)
    for delivery, day, number, is_full, *place in rows:
        kept = Kept(kind, office, *place)
        is_gone = (
            not is_full and not (workspace.archive / kept.file_sha256).exists()
        )  # what a delta told is known without it
        raw = None if is_gone else read_kept(workspace, vault, habits, kept)
        yield Told(delivery, day, number, is_full, raw)
