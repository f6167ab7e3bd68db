"""`store.duckdb`: what stands now, folded from the sealed runs. Always rebuildable; never the truth itself.

Applying a run is one function for the nightly refresh and for a rebuild from nothing, so both give the same tables. A
refreshed store is written beside and renamed: a reader sees the old one or the new one.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from schemas.errors import IntegrityError
from schemas.extracts import LAYOUTS
from schemas.tables import INTERNAL, PUBLISHED, create_table, describe, standing_columns

FOLD = Path(__file__).parent / "fold.sql"
STATE_VIEW = """
create or replace view ledger_state as
select * from ledger_state_on(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')
"""
KEPT = ("delivery", "ledger_entry", "person", "ended", "source", "person_hold")
APPLY = """
insert into delivery by name select * from read_parquet($tables || '/delivery.parquet') where status = 'accepted';
insert into ledger_entry by name select * from read_parquet($tables || '/ledger_entry.parquet');
insert into ended by name select * from read_parquet($tables || '/ended.parquet');
delete from person where person_id in (select person_id from read_parquet($tables || '/person.parquet'));
insert into person by name select * from read_parquet($tables || '/person.parquet');
delete from person_hold where person_id in (select person_id from read_parquet($tables || '/person_hold.parquet'));
insert into person_hold by name select * from read_parquet($tables || '/person_hold.parquet');
delete from source where (kind, office, coverage) in (select (kind, office, coverage) from read_parquet($tables || '/source.parquet'));
insert into source by name select * from read_parquet($tables || '/source.parquet')
"""
APPLY_KIND = """
insert into standing_{kind} by name select * from read_parquet($tables || '/standing/{kind}.parquet')
"""
APPLY_LINKS = """
update standing_{kind} as s set person_id = l.person_id, match_status = l.match_status, rule = l.rule, link_grade = l.link_grade
from read_parquet($tables || '/link.parquet') as l
where l.kind = '{kind}' and l.office = s.office and l.record_id = s.record_id
"""
APPLY_ENDED = """
delete from standing_{kind} as s using read_parquet($tables || '/ended.parquet') as e
where e.kind = '{kind}' and e.office = s.office and e.record_id = s.record_id
"""


def connect(
    path: Path | str = ":memory:", *, read_only: bool = False, scratch: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB session with everything set that must not depend on the desk: no progress bar on stdout, no network."""
    con = duckdb.connect(str(path), read_only=read_only)
    con.execute(
        "set enable_progress_bar = false; set autoinstall_known_extensions = false; set autoload_known_extensions = false"
    )
    con.execute("set TimeZone = 'UTC'; set python_enable_replacements = false; set preserve_insertion_order = true")
    if scratch:
        scratch.mkdir(parents=True, exist_ok=True)
        con.execute("set temp_directory = '{}'".format(str(scratch).replace("'", "''")))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 << 30
    con.execute(f"set memory_limit = '{max(memory // 2, 1 << 30) >> 20}MiB'")
    return con


def ensure_store(path: Path, runs: Path, run_numbers: Iterable[int], scratch: Path) -> None:
    """Make the store hold exactly the sealed runs: apply those it lacks, or build it anew when it is damaged or ahead."""
    numbers = list(run_numbers)
    held = held_runs(path)
    if held is None or held != numbers[: len(held)]:
        build_store(path, runs, numbers, scratch)
    elif held != numbers:
        _refresh(path, runs, numbers[len(held) :], scratch, start_from=path)


def build_store(path: Path, runs: Path, run_numbers: Iterable[int], scratch: Path) -> None:
    """Make the store anew from the sealed runs alone."""
    _refresh(path, runs, list(run_numbers), scratch, start_from=None)


def held_runs(path: Path) -> list[int] | None:
    if not path.is_file():
        return None
    try:
        con = connect(path, read_only=True)
        try:
            return [r for (r,) in con.execute("select run_no from applied_run order by run_no").fetchall()]
        finally:
            con.close()
    except duckdb.Error:
        return None


def _refresh(path: Path, runs: Path, numbers: list[int], scratch: Path, start_from: Path | None) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    beside = scratch / "store.new"
    for stale in (beside, beside.with_suffix(".new.wal")):
        stale.unlink(missing_ok=True)
    if start_from:
        shutil.copyfile(start_from, beside)
        con = connect(beside, scratch=scratch / "spill")
    else:
        con = connect(scratch=scratch / "spill")
        con.execute(f"attach '{str(beside).replace(chr(39), chr(39) * 2)}' as made (storage_version 'v1.5.0')")
        con.execute("use made")
        _create(con)
    try:
        for number in numbers:
            _apply(con, runs / f"{number:06d}" / "tables", number)
        con.execute("checkpoint")
    finally:
        con.close()
    with beside.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(beside, path)


def _create(con: duckdb.DuckDBPyConnection) -> None:
    for model in (*PUBLISHED, *INTERNAL):
        table = describe(model)
        if table.name in KEPT:
            con.execute(create_table(table.name, ((c.name, c.sql) for c in table.columns)))
    for layout in LAYOUTS.values():
        con.execute(create_table(f"standing_{layout.kind}", standing_columns(layout)))
    con.execute("create table applied_run (run_no bigint)")
    con.execute(FOLD.read_text(encoding="utf-8"))
    con.execute(STATE_VIEW)


def _apply(con: duckdb.DuckDBPyConnection, tables: Path, number: int) -> None:
    where = {"tables": str(tables)}
    try:
        con.execute("begin")
        for statement in APPLY.split(";\n"):
            con.execute(statement, where)
        for kind in LAYOUTS:
            if (tables / "standing" / f"{kind}.parquet").is_file():
                con.execute(APPLY_KIND.format(kind=kind), where)
            con.execute(APPLY_LINKS.format(kind=kind), where)
            con.execute(APPLY_ENDED.format(kind=kind), where)
        con.execute("insert into applied_run values (?)", [number])
        con.execute("commit")
    except duckdb.IOException as error:
        raise IntegrityError(
            f"第 {number} 次运行的数据表读不出（{type(error).__name__}）；请先运行 zhaoren verify 查明损坏处。"
        ) from None
