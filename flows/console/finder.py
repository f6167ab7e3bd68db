"""Where each row, file and name lies among the sealed runs, in `console/finder.duckdb`: what the pages look up instead of
reading every run. Made from sealed tables alone, a run at a time, so it may be thrown away; never the truth itself."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from flows.workspace import Workspace
from ledger.seal import file_hash, read_manifest, run_folder
from ledger.standalone_verifier import MANIFEST
from ledger.store import connect
from matchers.blocking import name_keys
from matchers.fold_columns import names_folded
from schemas.extracts import LAYOUTS
from schemas.modelling import create_table, describe
from schemas.tables import Delivery

FINDER = "finder.duckdb"
VERSION = f"3 {duckdb.__version__}"  # another DuckDB may hash otherwise
MEMORY = 128 << 20  # bytes; what does not fit is spilled
# Equal keys are found by their hash: eight bytes a row are looked through in a fraction of the time that texts take.
TABLES = """
create table run_known (run_no bigint, head varchar, as_of date, recorded_at timestamp with time zone, version varchar);
create table place (
    run_no bigint, kind varchar, office varchar, record_id varchar, record_key ubigint, delivery_id varchar, delivery_key ubigint,
    row_no bigint, person_id varchar, person_key ubigint, number_key ubigint, match_status varchar, rule varchar, link_grade varchar);
create table spoken (run_no bigint, pack varchar, rule_id varchar, op varchar, entry_count bigint);
create table rests_on (record_key ubigint, run_no bigint, seq bigint);
create table named (person_id varchar, name varchar, name_folded varchar, name_key ubigint, name_sound bigint, number_key ubigint, run_no bigint);
create table name_part (part_key ubigint, name_key ubigint);
"""
PLACED = """
select {run} as run_no, '{kind}' as kind, office, record_id, hash(record_id), delivery_id, hash(delivery_id), row_no, person_id, hash(person_id),
       hash(regexp_replace(id_key, '^(HM|TW|PP):', '')), match_status, rule, link_grade
from read_parquet('{file}')"""
RESTS_ON = "insert into rests_on select hash(unnest(evidence)), run_no, seq from read_parquet($file)"
SPOKEN = """
insert into spoken select run_no, pack, coalesce(json_extract_string(parameters, '$.rule'), clause), op, count(*) from read_parquet($file) group by all order by all
"""
NAMES = "select distinct name from read_parquet($file) where name is not null"
NAMED = """
insert into named
select p.person_id, p.name, k.name_folded, hash(k.name_folded), k.name_sound, hash(p.id_number), p.last_run
from read_parquet($file) as p left join fold as f on f.name = p.name left join fold_key as k on k.name_folded = f.name_folded
"""
# Each two characters that follow one another in a name: what contains a part is among those that have its first two.
NAME_PARTS = """
insert into name_part
select distinct hash(substr(name_folded, place, 2)) as part_key, hash(name_folded) as name_key
from (select name_folded, unnest(range(1, length(name_folded))) as place from fold_key) order by part_key, name_key
"""


def made_finder(workspace: Workspace, numbers: Sequence[int], memory: int = MEMORY) -> Path:
    """The finder of exactly these sealed runs: what it lacks is added beside and renamed over it. Raises: duckdb.OutOfMemoryException
    where `memory` is too little even to spill, as for the first night of a city."""
    path = workspace.pages / FINDER
    known = _known(path)
    heads = {n: file_hash(run_folder(workspace.runs, n) / MANIFEST) for n in numbers}
    if known == heads:
        return path
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    if known and known == {n: h for n, h in heads.items() if n in known}:
        shutil.copyfile(path, beside)
    else:
        known = {}
    con = connect(beside, scratch=workspace.pages / "spill", memory=memory)
    beside.chmod(0o600)
    try:
        if not known:
            _create(con)
        for number in sorted(set(heads) - set(known or ())):
            _add(con, workspace, number, heads[number])
        con.execute("checkpoint")
    finally:
        con.close()
    os.replace(beside, path)
    return path


def _known(path: Path) -> dict[int, str] | None:
    """Run and head of what the finder holds; None where it cannot be read or is another version's."""
    if not path.is_file():
        return None
    try:
        con = connect(path, read_only=True)
        try:
            rows = con.execute("select run_no, head, version from run_known").fetchall()
        finally:
            con.close()
    except duckdb.Error:
        return None
    return {n: head for n, head, _ in rows} if all(version == VERSION for _, _, version in rows) else None


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(TABLES)
    columns = [(c.name, c.sql) for c in describe(Delivery).columns]
    con.execute(create_table("file_seen", [("run_no", "BIGINT"), *columns]))


def _add(con: duckdb.DuckDBPyConnection, workspace: Workspace, number: int, head: str) -> None:
    """One run, whole or not at all."""
    manifest, tables = read_manifest(workspace.runs, number), run_folder(workspace.runs, number) / "tables"
    con.execute("begin")
    kinds = [(k, tables / "standing" / f"{k}.parquet") for k in LAYOUTS]
    selects = [PLACED.format(run=number, kind=k, file=str(f).replace("'", "''")) for k, f in kinds if f.is_file()]
    if selects:
        con.execute(f"insert into place from ({' union all '.join(selects)}) order by person_id, record_id")
    for statement in (RESTS_ON, SPOKEN):
        _with(con, tables / "ledger_entry.parquet", statement)
    _with(con, tables / "delivery.parquet", f"insert into file_seen by name select {number} as run_no, * from read_parquet($file)")  # fmt: skip
    if (people := tables / "person.parquet").is_file():
        _add_names(con, people)
    con.execute(
        "insert into run_known values (?, ?, ?, ?, ?)", [number, head, manifest["as_of"], manifest["recorded_at"], VERSION]
    )  # fmt: skip
    con.execute("commit")


def _with(con: duckdb.DuckDBPyConnection, file: Path, statement: str) -> None:
    if file.is_file():
        con.execute(statement, {"file": str(file)})


def _add_names(con: duckdb.DuckDBPyConnection, people: Path) -> None:
    with names_folded(con, NAMES, {"file": str(people)}) as folded:
        con.register("fold_key", name_keys(sorted({n for n in folded.column("name_folded").to_pylist() if n})))
        con.execute(NAMED, {"file": str(people)})
        con.execute(NAME_PARTS)
        con.unregister("fold_key")
