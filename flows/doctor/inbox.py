"""What a night would say to each file that lies in the inbox, and the settings lines that would mend it."""

import re
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from flows.files.gates import gate, refuse_future
from flows.files.recording import make_source_tonight
from flows.files.repeats import KNOWN_FILES
from flows.files.withdrawing import NOTHING_TO_WITHDRAW
from flows.looking.look import readable_store
from flows.settings.lines import quoted
from flows.settings.read import Settings
from flows.workspace import Workspace
from intake.archives.unpack import is_archive, unpack
from intake.naming import COVERAGE, Naming
from intake.prepare import type_new
from intake.raw import RawTable
from intake.read import open_file, read_delivery
from intake.receive import Incoming, read_files, read_inbox
from ledger.store import connect, spill_of
from ledger.temporary import own_folder
from schemas.errors import DeliveryRefused, without_numbers
from schemas.extracts import LAYOUTS
from schemas.modelling import create_table, describe
from schemas.tables import Delivery

Told = tuple[str, str, bool, str]
KNOWN = f"select 1 from ({KNOWN_FILES}) where delivery_id = $sha"


def examine_inbox(workspace: Workspace, settings: Settings, today: date) -> Iterator[Told]:
    """(where, what, stops, settings lines) of every file that a night of today would not take in as it is."""
    con = _history(workspace)
    try:
        for incoming in read_inbox(workspace.inbox, settings.patterns, settings.areas):
            with tempfile.TemporaryDirectory(dir=own_folder()) as scratch:
                for one in _opened(incoming, Path(scratch), settings):
                    for where, what, stops, lines in _file(con, one, settings, today):
                        yield without_numbers(where), what, stops, lines
    finally:
        con.close()


def _history(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    con = connect()
    make_source_tonight(con)
    if workspace.store.is_file():
        con.execute("attach '{}' as store (read_only)".format(str(readable_store(workspace)).replace("'", "''")))
    else:
        con.execute(create_table("delivery", [(c.name, c.sql) for c in describe(Delivery).columns]))
        con.execute("create schema store; create table store.source as from source_tonight")
        con.execute("create table store.delivery as from delivery")
    return con


def _opened(incoming: Incoming, scratch: Path, settings: Settings) -> list[Incoming]:
    try:
        with incoming.path.open("rb") as stream:
            if not is_archive(stream.read(4096), incoming.path):
                return [incoming]
        members = unpack(incoming.path, scratch)
    except DeliveryRefused as problem:
        return [Incoming(incoming.path, incoming.file_name, incoming.delivery_id, incoming.size, problem=problem)]
    return read_files(members, Naming(settings.patterns, settings.areas), incoming)


def _file(con: duckdb.DuckDBPyConnection, incoming: Incoming, settings: Settings, today: date) -> Iterator[Told]:
    if incoming.withdraws:
        if not con.execute(KNOWN, {"sha": incoming.withdraws}).fetchall():
            yield incoming.file_name, NOTHING_TO_WITHDRAW, True, ""
        return
    notes, aside = list[str](), spill_of(con)
    try:
        if not incoming.problem:
            refuse_future(incoming, today)
        layout = LAYOUTS.get(incoming.kind or "", next(iter(LAYOUTS.values())))
        habits = settings.habits(layout.kind, incoming.office)
        tables = read_delivery(incoming, open_file(incoming.path), layout, habits, notes, aside)
    except DeliveryRefused as problem:
        lines = problem.settings or _pattern_for(incoming, problem)
        yield incoming.file_name, problem.reason, True, lines
        return
    rows = sum(t.cells.num_rows for t in tables)
    if late := gate(con, settings.source(layout.kind, incoming.office), incoming, rows):
        yield incoming.file_name, late.reason, True, _band_lines(layout.kind, late)
    for note in notes:
        yield incoming.file_name, note, False, ""
    for table in tables:
        yield from _codes(incoming, table, aside)
    if settings.source(layout.kind, incoming.office).days is None:
        yield (
            incoming.file_name,
            "没有约定几天内应有新数据，迟报不会被发现",
            False,
            f"[sources.{layout.kind}]\n# days = 天数",
        )


def _band_lines(kind: str, problem: DeliveryRefused) -> str:
    setting = {"shrunken": "# shrink_share = 比例，如 0.8", "swollen": "# grow_times = 倍数"}.get(problem.code)
    return f"[sources.{kind}]\n{setting}  # 先向报送机构核实" if setting else ""


def _codes(incoming: Incoming, raw: RawTable, aside: Path) -> Iterator[Told]:
    """Code words that no list knows, with the lines to explain them; and how many rows would be put aside."""
    import numpy as np
    import pyarrow as pa

    layout = LAYOUTS[incoming.kind or ""]
    every = pa.table({"row_no": pa.array(np.arange(1, raw.cells.num_rows + 1))})
    typed = type_new(raw, layout, every, aside)
    for header, rows in typed.unknown_codes.items():
        column = next(c for c in layout.columns if c.header == header)
        words = typed.unknown_words.get(header, ())
        lines = "\n".join([
            f'[sources.{layout.kind}.codes."{header}"]  # 可用：' + "、".join(column.codes),
            *(f'# {quoted(w)} = "…"' for w in words),
        ])  # fmt: skip
        yield incoming.file_name, f"「{header}」有 {rows} 行不在代码表中", False, lines
    if typed.faults:
        share = f"{len(typed.faults)} 行将不被接收（共 {raw.cells.num_rows} 行），原因见运行后的《质量反馈》"
        yield incoming.file_name, share, False, ""


def _pattern_for(incoming: Incoming, problem: DeliveryRefused) -> str:
    """A file-name pattern, where the name holds all that is needed in another order; nothing is made up."""
    if problem.code not in ("unknown_kind", "no_snapshot_date", "no_coverage"):
        return ""
    stem = Path(incoming.file_name).stem
    label = max((x.label for x in LAYOUTS.values() if x.label in stem), key=len, default=None)
    day = re.search(r"(?<![0-9])(?:19|20)[0-9]{6}(?![0-9])", stem)
    word = next((w for w in COVERAGE if w in stem.lower()), None)
    if not label or not day or not word:
        return ""
    named = {label: "kind", day[0]: "date", word: "coverage"}
    cut = re.split("(" + "|".join(map(re.escape, sorted(named, key=len, reverse=True))) + ")", stem)
    shapes = {"kind": f"(?P<kind>{label})", "date": "(?P<date>[0-9]{8})", "coverage": f"(?P<coverage>{word})"}
    seen: set[str] = set()
    pattern = ""
    for part in cut:
        role = named.get(part)
        pattern += re.escape(part) if role is None or role in seen else shapes[role]
        seen |= {role} if role else set()
    return f"[files]\npatterns = [{quoted(f'^{pattern}$')}]"
