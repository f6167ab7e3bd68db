"""`store.duckdb`: what stands now, folded from the sealed runs. Always rebuildable; never the truth itself.

Applying a run is one function for the nightly refresh and for a rebuild from nothing, so both give the same tables. A
refreshed store is written beside and renamed: a reader sees the old one or the new one.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ledger.gathered import Gathered, are_whole, file_list
from ledger.seal import read_manifest, sealed_runs, standing_by_run
from ledger.seen import forget_seen, note_seen, state_of, was_seen
from ledger.temporary import own_folder
from ledger.whole import sync_file
from schemas.errors import IntegrityError, say
from schemas.extracts import LAYOUTS
from schemas.journal import INTERNAL
from schemas.modelling import create_table, describe
from schemas.rows import standing_columns
from schemas.tables import PERIODIC_LISTS, PUBLISHED, OutboundList

FOLD = Path(__file__).parent / "fold.sql"
# As it stands on the last as-of date: what takes effect later does not show before its day.
STATE_VIEW = """
create or replace view ledger_state as
select * from ledger_state_on((select max(as_of) from applied_run), timestamptz '9999-12-31 00:00:00+00')
"""
KEPT = (
    "delivery", "ledger_entry", "person", "ended", "retold", "link", "source", "person_hold", "scorecard", "pack_in_force", "figure",
)  # fmt: skip
# Deliveries in the order in which the night took them in: of one day the last one has the last word.
APPLY = """
insert into delivery by name select * from read_parquet($tables || '/delivery.parquet') where status = 'accepted'
order by coverage = 'delta', file_name, delivery_id;
insert into ledger_entry by name select * from read_parquet($tables || '/ledger_entry.parquet');
insert into scorecard by name select * from read_parquet($tables || '/scorecard.parquet');
insert into pack_in_force by name select * from read_parquet($tables || '/pack_in_force.parquet');
insert into retold by name select * from read_parquet($tables || '/retold.parquet');
insert into ended by name select * from read_parquet($tables || '/ended.parquet');
insert into link by name select * from read_parquet($tables || '/link.parquet');
delete from person where person_id in (select person_id from read_parquet($tables || '/person.parquet'));
insert into person by name select * from read_parquet($tables || '/person.parquet');
delete from person_hold where person_id in (select person_id from read_parquet($tables || '/person_hold.parquet'));
insert into person_hold by name select * from read_parquet($tables || '/person_hold.parquet');
delete from source where (kind, office, coverage) in (select (kind, office, coverage) from read_parquet($tables || '/source.parquet'));
insert into source by name select * from read_parquet($tables || '/source.parquet') where snapshot_date is not null;
insert into figure by name select * from read_parquet($tables || '/figure.parquet')
"""
# The lines of every outbound list that speaks of ledger entries; the periodic books say what stands elsewhere.
LISTS = create_table("outbound", (("list", "VARCHAR"), *((c.name, c.sql) for c in describe(OutboundList).columns)))
APPLY_LIST = "insert into outbound by name select $list as list, * from read_parquet($file)"
TABLE_OF = re.compile(r"/(\w+)\.parquet")  # a run of an older version sealed fewer tables: its manifest says which
# Standing rows are read where they were sealed, those of older nights where they were gathered, less those that ended since, linked as last found.
# One struct, not four arg_max: each would pass over its own nulls, and a link that was taken away would keep its person.
STANDING_VIEW = """
create or replace view sealed_{kind} as select {names} from read_parquet({files});
create or replace view standing_{kind} as
with link_now as (
    select office, record_id, max(run_no) as link_run,
           arg_max(struct_pack(person_id := person_id, match_status := match_status, rule := rule, link_grade := link_grade), run_no) as said
    from link where kind = '{kind}' group by office, record_id
),
ended_now as (select office, record_id, max(run_no) as ended_run from ended where kind = '{kind}' group by office, record_id)
select {columns}, if(l.link_run >= r.run_no, l.said.person_id, r.person_id) as person_id,
       if(l.link_run >= r.run_no, l.said.match_status, r.match_status) as match_status,
       if(l.link_run >= r.run_no, l.said.rule, r.rule) as rule, if(l.link_run >= r.run_no, l.said.link_grade, r.link_grade) as link_grade
from sealed_{kind} as r left join link_now as l on l.office = r.office and l.record_id = r.record_id
left join ended_now as e on e.office = r.office and e.record_id = r.record_id
where r.rule is distinct from 'destroyed' and coalesce(e.ended_run < r.run_no, true)
"""
MADE = "select table_name from duckdb_tables() where database_name = current_database()"


def connect(
    path: Path | str = ":memory:", *, read_only: bool = False, scratch: Path | None = None, memory: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB session with everything set that must not depend on the desk: no progress bar on stdout, no network, and rows
    that do not fit into memory spilled where only the owner sees them. `memory`: bytes that it may hold before it does so."""
    con = duckdb.connect(str(path), read_only=read_only)
    con.execute(
        "set enable_progress_bar = false; set autoinstall_known_extensions = false; set autoload_known_extensions = false"
    )
    con.execute("set TimeZone = 'UTC'; set python_enable_replacements = false; set preserve_insertion_order = true")
    if scratch:
        scratch.mkdir(parents=True, exist_ok=True)
    spill = str(scratch or own_folder() / "spill").replace("'", "''")  # DuckDB's own choice is the folder one stands in
    con.execute(f"set temp_directory = '{spill}'")
    if LIMITS.spill:
        con.execute(f"set max_temp_directory_size = '{LIMITS.spill >> 20}MiB'")
    con.execute(f"set memory_limit = '{(memory or session_memory()) >> 20}MiB'")
    return con


def spill_of(con: duckdb.DuckDBPyConnection) -> Path:
    """Where the session spills what does not fit into its memory."""
    return Path(con.execute("select current_setting('temp_directory')").fetchall()[0][0])


@dataclass
class Limits:
    """What any session of this process may take, in bytes: memory, and space for what it spills (None: DuckDB's own)."""

    memory: int | None = None
    spill: int | None = None


LIMITS = Limits()  # one for the process, as its memory is: set once from the settings, before any session


def session_memory() -> int:
    """Bytes that a session of this process may hold."""
    return LIMITS.memory or usual_memory()


def usual_memory() -> int:
    """Bytes for a session where no setting says: half the machine's, from 1 GiB to 2 GiB."""
    return min(max(physical_memory() // 2, 1 << 30), 2 << 30)


def physical_memory() -> int:
    """Bytes of this machine; eight GiB where it does not tell."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 << 30


def ensure_store(path: Path, runs: Path, run_numbers: Iterable[int], scratch: Path) -> None:
    """Make the store hold exactly the sealed runs: apply those it lacks, or build it anew when it is damaged, ahead, or
    was made elsewhere (its views name the runs' place)."""
    numbers = list(run_numbers)
    held = held_runs(path, runs)
    if held is None or held != numbers[: len(held)]:
        build_store(path, runs, numbers, scratch)
    elif held != numbers:
        _refresh(path, runs, numbers[len(held) :], numbers, scratch, start_from=path)


def add_newest(path: Path, runs: Path, run_numbers: Iterable[int], scratch: Path) -> None:
    """Apply the newest run to a store that `ensure_store` found or made whole under the same lock: it need not be read
    through again."""
    numbers = list(run_numbers)
    _refresh(path, runs, numbers[-1:], numbers, scratch, start_from=path)


def build_store(path: Path, runs: Path, run_numbers: Iterable[int], scratch: Path) -> None:
    """Make the store anew from the sealed runs alone."""
    numbers = list(run_numbers)
    _refresh(path, runs, numbers, numbers, scratch, start_from=None)


def held_runs(path: Path, runs: Path, *, in_full: bool = True) -> list[int] | None:
    """The runs a store holds, or None where it cannot be read, was made by another version, or speaks of another place.
    `in_full` reads all of it even where nobody wrote to it since it was last found whole."""
    if not path.is_file():
        return None
    try:
        state = state_of(path, gathered_beside(path))
        con = connect(path, read_only=True)
        try:
            rows = con.execute("select run_no, runs_folder from applied_run order by run_no").fetchall()
            if con.execute("select fingerprint from made_by").fetchall() != [(fingerprint(),)]:
                return None
            is_seen = not in_full and was_seen(path, state)
            if not is_seen and not _read_through(con, path):
                return None
        finally:
            con.close()
    except (duckdb.Error, OSError):
        return None
    if not (in_full or is_seen):
        note_seen(path, state)
    return [number for number, _ in rows] if all(folder == str(runs.resolve()) for _, folder in rows) else None


def require_all_runs(path: Path, runs: Path) -> None:
    """Raises: IntegrityError where the store knows later runs of this place than there are: their disk is away, or an older state was
    put back. A store that cannot be read knows nothing."""
    if not path.is_file():
        return
    try:
        con = connect(path, read_only=True)
        try:
            (known,) = con.execute("select coalesce(max(run_no), 0) from applied_run where runs_folder = ?", [str(runs.resolve())]).fetchall()[0]  # fmt: skip
        finally:
            con.close()
    except (duckdb.Error, OSError):
        return
    newest = max(sealed_runs(runs), default=0)  # after the store was asked: a night may end meanwhile
    if known > newest:
        raise IntegrityError(
            say(f"{path.name} 记得 {known} 次运行，而 {runs} 里只有 {newest} 次：那块盘可能没有接上，或运行文件夹被移走。请接上，或从备份恢复；如果是有意恢复到较早的状态，请先运行 zhaoren rebuild。",
                f"{path.name} knows {known} runs, and {runs} holds {newest}: its disk may be away, or runs were taken out. Mount it, or restore them from a backup; where an earlier state was put back on purpose, zhaoren rebuild first.")
        )  # fmt: skip


def _read_through(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether every block of the store and every gathered file can be read. Raises: duckdb.Error, OSError."""
    for table in (*KEPT, "outbound"):  # a spoilt block is only noticed when it is read
        con.execute(f"select bit_xor(hash(t)) from {table} as t").fetchall()
    return are_whole(gathered_beside(path), con.execute("from gathered").fetchall())


def fingerprint() -> str:
    """What the store is made of: its tables and its fold. Another one means that it must be made anew."""
    tables = [(t.name, t.columns) for t in map(describe, (*PUBLISHED, *INTERNAL)) if t.name in KEPT]
    kinds = [(kind, standing_columns(layout)) for kind, layout in LAYOUTS.items()]
    said = repr((tables, kinds, STANDING_VIEW, STATE_VIEW, LISTS)) + FOLD.read_text(encoding="utf-8")
    return hashlib.sha256(said.encode()).hexdigest()


def _refresh(
    path: Path, runs: Path, fresh: list[int], everything: list[int], scratch: Path, start_from: Path | None
) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    beside = scratch / "store.new"
    for stale in (beside, beside.with_suffix(".new.wal")):
        stale.unlink(missing_ok=True)
    if start_from:
        shutil.copyfile(start_from, beside)
        con = connect(beside, scratch=scratch / "spill")
    else:
        shutil.rmtree(gathered_beside(path), ignore_errors=True)  # anew, too: what was found damaged may be one of them
        con = connect(scratch=scratch / "spill")
        con.execute(f"attach '{str(beside).replace(chr(39), chr(39) * 2)}' as made (storage_version 'v1.5.0')")
        con.execute("use made")
        _create(con)
    sealed, before = standing_by_run(runs.resolve(), everything), dict(con.execute("from gathered").fetchall())
    gathered = Gathered(gathered_beside(path), sealed, before)
    try:
        for number in fresh:
            _apply(con, runs, number)
        _show_standing(con, gathered, max(everything, default=0))
        con.execute("checkpoint")
    finally:
        con.close()
    sync_file(beside)
    os.replace(beside, path)
    gathered.tidy()


def gathered_beside(path: Path) -> Path:
    """The folder of rows that the store at `path` reads gathered."""
    return path.with_suffix(".gathered")


def drop_store(path: Path) -> None:
    """Take a store away, with all that was made for it."""
    path.unlink(missing_ok=True)
    forget_seen(path)
    shutil.rmtree(gathered_beside(path), ignore_errors=True)


def _create(con: duckdb.DuckDBPyConnection) -> None:
    for model in (*PUBLISHED, *INTERNAL):
        table = describe(model)
        if table.name in KEPT:
            con.execute(create_table(table.name, ((c.name, c.sql) for c in table.columns)))
    con.execute(LISTS)
    con.execute("create table applied_run (run_no bigint, runs_folder varchar, as_of date)")
    con.execute("create table gathered (file varchar, sha256 varchar)")
    con.execute("create table made_by as select $1::varchar as fingerprint", [fingerprint()])
    con.execute(FOLD.read_text(encoding="utf-8"))
    con.execute(STATE_VIEW)


# What the machine denies may be whole.
NOT_DAMAGE = (
    *map(os.strerror, (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES)), "failed to map segment", "std::bad_alloc",
)  # fmt: skip


def _apply(con: duckdb.DuckDBPyConnection, runs: Path, number: int) -> None:
    where = {"tables": str(runs / f"{number:06d}" / "tables")}
    try:
        sealed = read_manifest(runs, number)["tables"]
        con.execute("begin")
        for statement in APPLY.split(";\n"):
            if set(TABLE_OF.findall(statement)) <= set(sealed):
                con.execute(statement, where)
        for file in sorted((runs / f"{number:06d}" / "tables" / "lists").glob("O*.parquet")):
            if file.stem not in PERIODIC_LISTS:
                con.execute(APPLY_LIST, {"list": file.stem, "file": str(file)})
        day = read_manifest(runs, number)["as_of"]
        con.execute("insert into applied_run values (?, ?, ?)", [number, str(runs.resolve()), day])
        con.execute("commit")
    except (duckdb.OutOfMemoryException, MemoryError):
        raise
    except (duckdb.Error, ValueError, KeyError, OSError) as error:
        if any(words in str(error) for words in NOT_DAMAGE):
            raise
        raise IntegrityError(
            f"第 {number} 次运行的数据表读不出（{type(error).__name__}）；请先运行 zhaoren verify 查明损坏处。"
        ) from None


def _show_standing(con: duckdb.DuckDBPyConnection, gathered: Gathered, last: int) -> None:
    """One view per kind over the sealed rows, those of older nights gathered; a kind that never came is an empty table of the
    same columns."""
    relinked = {"person_id", "match_status", "rule", "link_grade"}
    made = {name for (name,) in con.execute(MADE).fetchall()}
    for kind, layout in LAYOUTS.items():
        names = [name for name, _ in standing_columns(layout)]
        if files := gathered.gather(con, kind, names, last):
            if f"standing_{kind}" in made:
                con.execute(f"drop table standing_{kind}")
            columns = ", ".join(f"r.{name}" for name in names if name not in relinked)
            con.execute(
                STANDING_VIEW.format(kind=kind, names=", ".join(names), columns=columns, files=file_list(files))
            )
        elif f"standing_{kind}" not in made:
            con.execute(create_table(f"standing_{kind}", standing_columns(layout)))
    con.execute("delete from gathered")
    if hashes := gathered.hashes():
        con.executemany("insert into gathered values (?, ?)", hashes)
