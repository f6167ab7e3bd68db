"""Tonight's files: read, and laid beside what stands. One bad delivery never stops the night, and no row is lost."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count, groupby

import duckdb

from flows.files.gates import gate, late_sources
from flows.files.kept_files import open_vault
from flows.files.reading import FileRead, FileToRead, read_files, status_of
from flows.files.receiving import deliveries
from flows.files.recoding import recode_standing
from flows.files.recording import make_tables, notice, record
from flows.files.repeats import SAME_TONIGHT, STILL_SO, Repeats
from flows.files.withdrawing import take_back_file
from flows.settings.read import Settings
from flows.workspace import Workspace
from intake.drift import note_drift
from intake.prepare import Prepared
from intake.raw import RawTable
from intake.receive import Incoming
from intake.standing import DELIVERY_PLACE, Arrival, take_in
from ledger.at_rest import Vault
from ledger.store import spill_of
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from schemas.modelling import create_table
from schemas.rows import row_columns
from schemas.stages import LOCAL, Engine

SAME_PERIOD = """
select count(*) from store.delivery where kind = ? and office = ? and coverage = ? and snapshot_date = ? and withdraws is null
"""
CHANGES = """
with ended_by as (
    select s.business_key from ended as e inner join store.standing_{kind} as s using (office, record_id)
    where e.kind = '{kind}' and list_contains($ids, e.delivery_id)
)
select count(*) filter (business_key not in (from ended_by)) as fresh, count(*) filter (business_key in (from ended_by)) as corrected,
       (select count(*) from ended_by where business_key not in (select business_key from added_{kind} where list_contains($ids, delivery_id))) as gone
from added_{kind} where list_contains($ids, delivery_id)
"""


@dataclass
class Received:
    """One file of tonight and what was decided about it. `archived` is the kept file it came in."""

    incoming: Incoming
    archived: str
    status: str = "accepted"
    reason: str | None = None
    prepared: Prepared | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def raw(self) -> RawTable | None:
        return self.prepared.raw if self.prepared else None


def take_in_all(
    con: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    found: Iterable[Incoming],
    as_of: date,
    run_no: int,
    engine: Engine = LOCAL,
) -> tuple[list[Received], frozenset[str]]:
    """Read every file, fill `added_<kind>`, `ended`, `delivery`, `quarantine` and `notice`. Gives the files with what was
    decided, and the kinds that are barred tonight: nothing of theirs could be taken in, or a source of theirs is late."""
    make_tables(con)
    con.execute(DELIVERY_PLACE)
    for layout in LAYOUTS.values():
        con.execute(create_table(f"added_{layout.kind}", ((("rid", "BIGINT"), *row_columns(layout)))))
    delivered = list(deliveries(found))
    received = _once_each(delivered, Repeats(con, delivered, as_of))
    desk = Desk(con, workspace, settings, as_of, run_no, received, open_vault(workspace, settings))
    coming = {r.archived for r in received if r.status == "accepted"}
    recode_standing(con, workspace, settings, coming, run_no, desk.places)
    for one in received:
        if one.incoming.withdraws and one.status == "accepted":
            _take_back(desk, one)
    readable = sorted((r for r in received if r.status == "accepted" and not r.incoming.withdraws), key=_group)
    files = read_files(con, [_to_read(desk, one) for one in readable], engine)
    for _, group in groupby(readable, key=_group):
        desk.received += _take_in_group(desk, list(group), files)
    con.execute("update ended set run_no = ?", [run_no])
    for one in received:
        if one.status != "accepted":
            record(con, one.incoming, one.status, one.reason, archived=one.archived, notes=tuple(one.notes))
    taken = {r.incoming.kind for r in received if r.status == "accepted"}
    barred = {r.incoming.kind for r in received if r.status in ("refused", "held")} - taken - {None}
    return received, frozenset(k for k in barred if k) | {kind for kind, _ in late_sources(con, settings, as_of)}


@dataclass
class Desk:
    """What taking in one file needs of the night. `places` numbers whatever brings rows."""

    con: duckdb.DuckDBPyConnection
    workspace: Workspace
    settings: Settings
    as_of: date
    run_no: int
    received: list[Received]
    vault: Vault
    places: Iterator[int] = field(default_factory=lambda: count(1))


def _take_back(desk: Desk, one: Received) -> None:
    try:
        take_back_file(desk.con, desk.workspace, desk.settings, one.incoming, desk.run_no, next(desk.places))
    except DeliveryRefused as problem:
        one.status, one.reason = status_of(problem)


def _group(one: Received) -> tuple[date, str, str, bool, str, str]:
    """Full files of a day make one snapshot; deltas follow one by one, by name (`_1` before `_2`): content must not
    decide which of two corrections is the later."""
    i = one.incoming
    delta = i.coverage == "delta"
    own = (i.file_name, i.delivery_id) if delta else ("", "")
    return (i.snapshot_date or date.max, i.kind or "", i.office, delta, *own)


def _once_each(found: Sequence[Incoming], repeats: Repeats) -> list[Received]:
    """Tell repeated content apart, of tonight and of before."""
    seen: set[tuple[str, str | None]] = set()
    received = []
    for incoming in found:
        key = (incoming.delivery_id, incoming.kind)
        one = Received(incoming, incoming.delivery_id)
        if key in seen:
            one.status, one.reason = "duplicate", SAME_TONIGHT
        elif said := repeats.what_of(incoming):
            one.status, one.reason = "duplicate", "与以前的运行收到的内容完全相同，不再处理。"
            if said == STILL_SO:
                repeats.confirm(incoming)
                one.reason = f"与上次全量的内容完全相同，视为到 {incoming.snapshot_date} 没有变化，不再处理。"
        elif incoming.problem:
            one.status, one.reason = status_of(incoming.problem)
        received.append(one)
        seen.add(key)
    return received


def _to_read(desk: Desk, one: Received) -> FileToRead:
    kind, office = one.incoming.kind or "", one.incoming.office
    path, habits = desk.workspace.archive / one.archived, desk.settings.habits(kind, office)
    return FileToRead(path, desk.vault, one.incoming, habits, desk.as_of)


def _parts_of(one: Received, file: FileRead) -> list[Received]:
    """The file's tables, each as one received; the first keeps the file's own id. A refused file gives none."""
    one.notes += file.notes
    if file.refused:
        one.status, one.reason = file.refused
        return []
    one.prepared = file.tables[0]
    return [one] + [
        Received(replace(one.incoming, delivery_id=part_id(one.archived, number)), one.archived, prepared=table)
        for number, table in enumerate(file.tables[1:], 2)
    ]


def part_id(file_sha256: str, number: int) -> str:
    """The delivery_id of a file's second or later table."""
    return hashlib.sha256(f"{file_sha256}#{number}".encode()).hexdigest()


def _take_in_group(desk: Desk, group: list[Received], files: Iterator[FileRead]) -> list[Received]:
    """One snapshot of one office: its full files together, or one delta. Gives the parts beyond the files themselves."""
    con, first = desk.con, group[0].incoming
    layout, habits = LAYOUTS[first.kind or ""], desk.settings.source(first.kind or "", first.office)
    parts = [part for one, file in zip(group, files, strict=False) for part in _parts_of(one, file)]
    rows = sum(p.raw.cells.num_rows for p in parts if p.raw)
    if not parts:
        return []
    if problem := gate(con, habits, first, rows):
        for one in group:
            one.prepared = None
            if one.status == "accepted":
                one.status, one.reason = status_of(problem)
        return []
    broken = any(_may_belong(r, first) for r in desk.received if r.status in ("refused", "held"))
    arrivals = [
        Arrival(p.incoming.delivery_id, first.office, first.snapshot_date or desk.as_of, first.coverage == "delta", desk.run_no, next(desk.places), p.prepared)
        for p in parts if p.prepared
    ]  # fmt: skip
    resent = con.execute(SAME_PERIOD, [first.kind, first.office, first.coverage, first.snapshot_date]).fetchall()[0][0]
    for part in parts:
        part.notes += note_drift(con, part.incoming, part.raw) if part.raw else []
    taken = take_in(con, layout, arrivals, replaces=first.coverage == "full" and not broken, aside=spill_of(con))
    for part, intake in zip(parts, taken, strict=True):
        record(con, part.incoming, part.status, part.reason, archived=part.archived, raw=part.raw, intake=intake,
               notes=tuple(part.notes))  # fmt: skip
    if resent:
        _tell_difference(con, layout.kind, parts[0].incoming, [p.incoming.delivery_id for p in parts])
    _note_source(con, parts, rows)
    for part in parts:
        part.prepared = None  # a night's memory is bounded by its largest file, not by their sum
    return [p for p in parts if p not in group]


def _may_belong(broken: Received, first: Incoming) -> bool:
    """Whether a file that was not taken in may be part of this snapshot: then rows missing here may be in there."""
    other = broken.incoming
    dated = other.snapshot_date in (None, first.snapshot_date)
    return other.kind == first.kind and dated and other.coverage != "delta"


def _tell_difference(con: duckdb.DuckDBPyConnection, kind: str, incoming: Incoming, ids: list[str]) -> None:
    """What a file sent again for the same period changed."""
    fresh, corrected, gone = con.execute(CHANGES.format(kind=kind), {"ids": ids}).fetchall()[0]
    text = f"同一期的数据重新报送，以本次为准：新增 {fresh} 行，更正 {corrected} 行，撤去 {gone} 行。"
    notice(con, incoming.delivery_id, "整个文件", "resent", fresh + corrected + gone, text)


def _note_source(con: duckdb.DuckDBPyConnection, parts: list[Received], rows: int) -> None:
    first, raw = parts[0].incoming, parts[0].raw
    assert raw is not None
    con.execute(
        "delete from source_tonight where kind = ? and office = ? and coverage = ?",
        [first.kind, first.office, first.coverage],
    )
    con.execute(
        "insert into source_tonight values (?, ?, ?, ?, ?, ?)",
        [first.kind, first.office, first.coverage, first.snapshot_date, rows, list(raw.binding.headers)],
    )
