"""One received file read and prepared: the part of taking in that files do not need each other for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from flows.files.gates import refuse_future
from flows.files.kept_files import kept_data
from intake.prepare import Prepared, prepare
from intake.read import Habits, read_delivery
from intake.receive import Incoming
from ledger.at_rest import Vault
from ledger.store import spill_of
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from schemas.stages import Engine


@dataclass(frozen=True)
class FileToRead:
    """A kept file whose kind is known, and how its office writes."""

    path: Path
    vault: Vault
    incoming: Incoming
    habits: Habits
    as_of: date


@dataclass(frozen=True)
class FileRead:
    """A file's tables and what was odd about it, or why it was refused: its status and the reason."""

    tables: tuple[Prepared, ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[str, str] | None = None


def read_files(con: duckdb.DuckDBPyConnection, files: Sequence[FileToRead], engine: Engine) -> Iterator[FileRead]:
    """Each file, in their order. On one machine a file is read when it is asked for: a night's memory is bounded by its
    largest file, not by their sum."""
    for kind in {f.incoming.kind for f in files}:
        con.execute(f"create or replace temp view known_{kind} as select office, record_id from store.standing_{kind}")
    return engine.each(con, read_file, files, known_of)


def known_of(file: FileToRead) -> Iterable[str]:
    """The tables that reading a file asks."""
    return (f"known_{file.incoming.kind}",)


def read_file(con: duckdb.DuckDBPyConnection, file: FileToRead) -> FileRead:
    """The file read, its rows compared with what stands, and the new ones typed."""
    incoming, notes, aside = file.incoming, list[str](), spill_of(con)
    try:
        refuse_future(incoming, file.as_of)
        layout = LAYOUTS[incoming.kind or ""]
        data = kept_data(file.vault, file.path, aside)
        tables = read_delivery(incoming, data, layout, file.habits, notes, aside)
    except DeliveryRefused as problem:
        return FileRead((), tuple(notes), status_of(problem))
    return FileRead(tuple(prepare(con, layout, raw, incoming.office, aside) for raw in tables), tuple(notes))


def status_of(problem: DeliveryRefused) -> tuple[str, str]:
    return "held" if problem.held else "refused", problem.reason
