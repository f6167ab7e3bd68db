"""Tonight's files: received, archived, read, and laid beside what stands. One bad delivery never stops the night."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.settings import Settings
from flows.workspace import Workspace
from intake.raw import RawTable
from intake.read import read_delivery
from intake.receive import Incoming, hash_file, read_inbox
from intake.standing import Arrival, Intake, take_in
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from schemas.tables import create_table, row_columns

KNOWN_FILES = """
select d.delivery_id, d.kind, max(d.snapshot_date), any_value(n.newest)
from store.delivery as d
left join (select kind, max(snapshot_date) as newest from store.delivery where coverage = 'full' group by kind) as n using (kind)
group by d.delivery_id, d.kind
"""
TABLES = """
create or replace table ended (kind varchar, office varchar, record_id varchar, cause varchar, delivery_id varchar, run_no bigint,
                    primary key (kind, office, record_id));
create or replace table delivery (delivery_id varchar primary key, file_name varchar, sheet varchar, kind varchar, snapshot_date date,
    coverage varchar, encoding varchar, rows bigint, accepted bigint, quarantined bigint, unchanged bigint, linked bigint,
    new_person bigint, not_linked bigint, review bigint, status varchar, reason varchar, office varchar);
create or replace table quarantine (delivery_id varchar, row_no bigint, "column" varchar, "check" varchar, value_kind varchar,
    message varchar, file_name varchar, sheet varchar);
create or replace table notice (delivery_id varchar, "column" varchar, "check" varchar, rows bigint, message varchar)
"""


@dataclass
class Received:
    """One file of tonight and what was decided about it."""

    incoming: Incoming
    status: str = "accepted"
    reason: str | None = None
    raw: RawTable | None = None
    notes: list[str] = field(default_factory=list)


def receive(workspace: Workspace, settings: Settings) -> list[Incoming]:
    """Everything in the inbox, and a copy of each file and its manifest in the archive."""
    found = []
    for incoming in read_inbox(workspace.inbox, settings.patterns, settings.areas):
        if archive(incoming.path, incoming.delivery_id, workspace):
            found.append(incoming)
        if incoming.manifest:
            archive(incoming.manifest, hash_file(incoming.manifest), workspace)
    return found


def archive(path: Path, sha256: str, workspace: Workspace) -> bool:
    """Keep a file by its hash; a copy that no longer has that hash is made anew. False for a file that is still being
    written: it is left for the next night."""
    target = workspace.archive / sha256
    if target.exists() and hash_file(target) == sha256:
        return True
    beside = workspace.work / f"archive-{sha256}"
    shutil.copyfile(path, beside)
    if hash_file(beside) != sha256:
        return False
    with beside.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(beside, target)
    return True


def take_in_all(
    con: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    found: Iterable[Incoming],
    as_of: date,
    run_no: int,
) -> tuple[list[Received], frozenset[str]]:
    """Read every file, fill `added_<kind>`, `ended`, `delivery`, `quarantine` and `notice`. Gives the files with what was
    decided, and the kinds that are barred tonight because nothing of theirs could be taken in."""
    con.execute(TABLES)
    for layout in LAYOUTS.values():
        con.execute(create_table(f"added_{layout.kind}", ((("rid", "BIGINT"), *row_columns(layout)))))
    received = _once_each(found, con.execute(KNOWN_FILES).fetchall())
    for one in received:
        if one.status == "accepted":
            _read(one, workspace, settings, as_of)
    for _, group in groupby(sorted((r for r in received if r.status == "accepted"), key=_group), key=_group):
        _take_in_group(con, settings, list(group), received, as_of, run_no)
    con.execute("update ended set run_no = ?", [run_no])
    for one in received:
        if one.status != "accepted":
            _record(con, one, None)
    taken = {r.incoming.kind for r in received if r.status == "accepted"}
    barred = {r.incoming.kind for r in received if r.status in ("refused", "held")} - taken - {None}
    return received, frozenset(k for k in barred if k)


def _group(one: Received) -> tuple[date, str, str, bool, str, str]:
    """Full files of a day make one snapshot; deltas follow one by one, by name (`_1` before `_2`): content must not
    decide which of two corrections is the later."""
    i = one.incoming
    delta = i.coverage == "delta"
    return (
        i.snapshot_date or date.max,
        i.kind or "",
        i.office,
        delta,
        *((i.file_name, i.delivery_id) if delta else ("", "")),
    )


def _once_each(found: Iterable[Incoming], known: list[tuple[str, str, date, date]]) -> list[Received]:
    """Tell repeated content apart. Known content is taken in again only as a newer full snapshot that goes back to how
    things stood before another one (`known`: hash, kind, its newest date, the kind's newest full date)."""
    before = {(sha, kind): (day, newest) for sha, kind, day, newest in known}
    seen: set[tuple[str, str | None]] = set()
    received = []
    for incoming in found:
        key = (incoming.delivery_id, incoming.kind)
        if key in seen:
            received.append(Received(incoming, "duplicate", "与本次另一个文件的内容完全相同，不再处理。"))
        elif key in before and not _goes_back(incoming, *before[key]):
            received.append(Received(incoming, "duplicate", "与以前的运行收到的内容完全相同，不再处理。"))
        else:
            received.append(Received(incoming))
        seen.add(key)
    return received


def _goes_back(incoming: Incoming, last_day: date, newest: date | None) -> bool:
    day = incoming.snapshot_date
    return bool(incoming.coverage == "full" and day and newest and day > newest > last_day)


def _read(one: Received, workspace: Workspace, settings: Settings, as_of: date) -> None:
    incoming = one.incoming
    try:
        if incoming.problem:
            raise incoming.problem
        layout = LAYOUTS[incoming.kind or ""]
        data = (workspace.archive / incoming.delivery_id).read_bytes()
        one.raw = read_delivery(incoming, data, layout, settings.aliases.get(layout.kind, {}))
    except DeliveryRefused as problem:
        one.status, one.reason = "held" if problem.held else "refused", problem.reason
        return
    if incoming.snapshot_date and incoming.snapshot_date > as_of:
        one.notes.append("文件名的数据日期晚于业务日期，按业务日期收下，请核对")
    _note_drift(one)


def _note_drift(one: Received) -> None:
    raw = one.raw
    assert raw is not None
    if raw.binding.extra:
        one.notes.append(f"多出 {len(raw.binding.extra)} 列，随行保存")
    if raw.binding.absent:
        one.notes.append(f"缺少应有的列：{'、'.join(raw.binding.absent)}")
    if raw.binding.moved:
        one.notes.append("列的顺序与约定不同，已按列名对应")
    if raw.cells.num_rows == 0:
        one.notes.append("只有表头，没有数据行")
    if (raw.encoding == "xlsx") is not one.incoming.file_name.lower().endswith((".xlsx", ".xls", ".et")):
        one.notes.append("扩展名与内容不符，已按内容读取")


def _take_in_group(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    group: list[Received],
    everything: list[Received],
    as_of: date,
    run_no: int,
) -> None:
    """One snapshot of one office: its full files together, or one delta."""
    first = group[0].incoming
    layout = LAYOUTS[first.kind or ""]
    rows = sum(r.raw.cells.num_rows for r in group if r.raw)
    if problem := _gate(con, settings, first, rows):
        for one in group:
            one.status, one.reason, one.raw = "held" if problem.held else "refused", problem.reason, None
        return
    broken = any(
        r.status != "accepted" and r.status != "duplicate" and r.incoming.kind == first.kind for r in everything
    )
    arrivals = [
        Arrival(r.incoming.delivery_id, first.office, run_no, everything.index(r) + 1, r.raw) for r in group if r.raw
    ]
    taken = take_in(con, layout, arrivals, replaces=first.coverage == "full" and not broken)
    for one, intake in zip(group, taken, strict=True):
        _record(con, one, intake)
        one.raw = None  # a night's memory is bounded by its largest file, not by their sum
    # A mistyped future date must not make every right file after it look old.
    day = min(first.snapshot_date or as_of, as_of)
    con.execute(
        "delete from source_tonight where kind = ? and office = ? and coverage = ?",
        [layout.kind, first.office, first.coverage],
    )
    con.execute(
        "insert into source_tonight values (?, ?, ?, ?, ?)",
        [layout.kind, first.office, first.coverage, day, rows],
    )


def _gate(con: duckdb.DuckDBPyConnection, settings: Settings, incoming: Incoming, rows: int) -> DeliveryRefused | None:
    """An older snapshot than what stands is refused; a full one shrunken past its band is held."""
    last = con.execute(
        "select snapshot_date, rows from (from source_tonight union all from store.source) "
        "where kind = ? and office = ? and coverage = 'full' order by snapshot_date desc limit 1",
        [incoming.kind, incoming.office],
    ).fetchall()
    if not last:
        return None
    newest, before = last[0]
    if incoming.snapshot_date and incoming.snapshot_date < newest:
        return DeliveryRefused(
            f"数据日期早于已接收的全量（{newest}），不能覆盖较新的数据；如确需更正，请以新日期重发。",
            code="older_snapshot",
        )
    lost = before - rows
    if incoming.coverage == "full" and lost >= settings.shrink_rows and lost > before * settings.shrink_share:
        return DeliveryRefused(
            f"全量只有 {rows} 行，上次为 {before} 行，减少超过 {settings.shrink_share:.0%}，疑似不完整，本次扣下不用；"
            "请向报送机构核实，确属正常时调整 zhaoren.toml 的 [bands]。", code="shrunken", held=True,
        )  # fmt: skip
    return None


def _record(con: duckdb.DuckDBPyConnection, one: Received, intake: Intake | None) -> None:
    incoming, raw = one.incoming, one.raw
    reason = "；".join([one.reason or "", *one.notes]).strip("；") or None
    rows, bad = (intake.rows, len(intake.faults)) if intake else (0, 0)
    unchanged = intake.unchanged if intake else 0
    con.execute(
        "insert or ignore into delivery values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?, ?)",
        [incoming.delivery_id, incoming.file_name, raw.sheet if raw else None, incoming.kind, incoming.snapshot_date,
         incoming.coverage, raw.encoding if raw else None, rows, rows - bad, bad, unchanged, one.status, reason, incoming.office],
    )  # fmt: skip
    for number, note in enumerate(one.notes, 1):
        con.execute(
            "insert into notice values (?, '整个文件', ?, 0, ?)", [incoming.delivery_id, f"drift_{number}", note]
        )
    if intake:
        _record_faults(con, incoming, raw.sheet if raw else None, intake)


def _record_faults(con: duckdb.DuckDBPyConnection, incoming: Incoming, sheet: str | None, intake: Intake) -> None:
    faults: dict[str, list[Any]] = {
        "row_no": [f.row_no for f in intake.faults], "column": [f.column for f in intake.faults],
        "check": [f.check for f in intake.faults], "value_kind": [f.value_kind for f in intake.faults],
        "message": [f.message for f in intake.faults],
    }  # fmt: skip
    types = [pa.int64(), *[pa.string()] * 4]
    con.register("fault", pa.table({k: pa.array(v, t) for (k, v), t in zip(faults.items(), types, strict=True)}))
    con.execute(
        "insert into quarantine select ?, f.*, ?, ? from fault as f", [incoming.delivery_id, incoming.file_name, sheet]
    )
    con.unregister("fault")
    notes = [
        (h, "unknown_code", n, f"「{h}」有 {n} 行不在代码表中，原样保留，不参与判断。")
        for h, n in intake.typed.unknown_codes.items()
    ]
    notes += [
        (h, "unread", n, f"「{h}」有 {n} 行读不懂，未采用，其余内容照用。") for h, n in intake.typed.unread.items()
    ]
    for column, check, rows, message in notes:
        con.execute("insert into notice values (?, ?, ?, ?, ?)", [incoming.delivery_id, column, check, rows, message])


def empty_inbox(workspace: Workspace, found: Iterable[Incoming]) -> None:
    """Remove what was archived, after the run is sealed. A file that changed meanwhile is left for the next night."""
    for incoming in found:
        if incoming.manifest:  # first: a manifest left alone would be refused the next night
            incoming.manifest.unlink(missing_ok=True)
        if incoming.path.exists() and hash_file(incoming.path) == incoming.delivery_id:
            incoming.path.unlink()
