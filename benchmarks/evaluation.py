"""How fast a whole city is tested against all five packs, beside the floor measured in the same run.

`python -m benchmarks.evaluation --people 1000000` seals the standing rows of an invented city (30 kinds, everybody known)
as if they had come on a night before, and runs two nights on them in which nothing arrives: in the first everything is
found and posted, in the second nearly nothing. The floor is DuckDB reading the same rows and joining each kind once to
the people. Every figure is of a whole process, on `--threads` threads. Quote ratios, not seconds.
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.__main__ import measure
from benchmarks.nights import let_move
from flows.night.beginning import Night, begin
from flows.night.steps import STEPS as NIGHT
from flows.night.steps import step_refresh, step_seal, write_run
from flows.settings.read import FILE
from flows.workspace import Workspace, init_workspace
from ledger.entries import commit_entries
from ledger.seal import seal, write_parquet, write_table
from ledger.standalone_verifier import SETTINGS
from ledger.store import connect
from sample_data.extracts import SEXES, Extract
from sample_data.further import further_extracts
from sample_data.lives import live
from sample_data.people import Town, make_town
from sample_data.services import all_extracts
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.journal import INTERNAL
from schemas.modelling import create_table, describe
from schemas.rows import standing_columns
from schemas.tables import PUBLISHED

PACKS = ("zhongshan", "neimenggu", "shandong", "jining", "xinyu")
FIRST = date(2024, 6, 29)
SEED = 20240629
# One row in fifty is linked to somebody whose name differs, one in 77 by what a damaged number leaves.
STANDING = """
insert into standing by name
select 'city' as office, left(md5('{kind} ' || row_no), 24) as record_id, '{kind}' as delivery_id, row_no, row_no::ubigint as business_key,
       1 as run_no, * exclude (row_no, truth), if(truth < 0, null, format('P{{:09d}}', truth + 1)) as person_id,
       if(truth < 0, 'not_linked', 'linked') as match_status, if(truth < 0, null, 'id_and_name') as rule,
       case when truth < 0 then 'none' when row_no % 50 = 0 then 'variant' when row_no % 77 = 0 then 'probable' else 'exact' end as link_grade
from told
"""
DELIVERED = """
insert into delivery by name
select $kind as delivery_id, $kind as file_name, $kind as kind, $day as snapshot_date, 'full' as coverage, $rows as rows, $rows as accepted, 0 as quarantined,
       0 as unchanged, 0 as linked, 0 as new_person, 0 as not_linked, 0 as review, 'accepted' as status, $kind as file_sha256, 'city' as office
"""
FLOOR = """
import sys, duckdb
from pathlib import Path
con = duckdb.connect()
con.execute(f"set enable_progress_bar = false; set threads = {sys.argv[2]}")
tables = Path(sys.argv[1])
con.execute("create table joined as select person_id from read_parquet(?)", [str(tables / "person.parquet")])
for path in sorted((tables / "standing").glob("*.parquet")):
    con.execute("create table rows as from read_parquet(?)", [str(path)])
    con.execute("create table last as select person_id, max(row_no) as row_no from rows where person_id is not null group by person_id")
    con.execute("create table latest as select r.* from rows as r semi join last as l on l.person_id = r.person_id and l.row_no = r.row_no")
    con.execute("select count(*), count(l.record_id) from joined as j left join latest as l using (person_id)").fetchall()
    con.execute("drop table rows; drop table last; drop table latest")
"""


def make_city(root: Path, people: int) -> Workspace:
    """A workspace whose run 1 holds the city's people and rows, linked. Same number of people, same rows."""
    workspace = init_workspace(root, PACKS)
    let_move(workspace.root)
    lives = live(make_town(people, SEED, FIRST), 1, SEED)
    extracts = all_extracts(lives)
    extracts |= further_extracts(lives, extracts)
    tables = workspace.staging / "tables"
    tables.mkdir(parents=True)
    with connect(scratch=workspace.work / "spill") as con:
        for model in (*PUBLISHED, *INTERNAL):
            con.execute(create_table(describe(model).name, [(c.name, c.sql) for c in describe(model).columns]))
        _fill_people(con, lives.town)
        for kind, part in extracts.items():
            _write_standing(con, kind, part, tables)
            con.execute("insert into source values (?, 'city', 'full', ?, ?, [])", [kind, FIRST, len(part)])
            con.execute(DELIVERED, {"kind": kind, "day": FIRST, "rows": len(part)})
        for model in (*PUBLISHED, *INTERNAL):
            write_table(con, model, describe(model).name, tables)
    (workspace.staging / SETTINGS).write_bytes((workspace.root / FILE).read_bytes())
    facts = {
        "run_no": 1,
        "as_of": FIRST.isoformat(),
        "recorded_at": f"{FIRST}T00:00:00+00:00",
        "model_version": "",
        "inputs": [],
    }
    facts |= {"packs": [], "signing": None, "entries": commit_entries(workspace.staging)}
    seal(workspace.staging, workspace.runs, 1, facts)
    return workspace


def _fill_people(con: duckdb.DuckDBPyConnection, town: Town) -> None:
    own = slice(0, town.own)
    people = {"truth": np.arange(town.own), "name": town.name[own], "id_number": town.number[own],
              "sex": SEXES[town.is_male[own].astype(int)], "birth_date": town.birth[own]}  # fmt: skip
    con.register("told", pa.table({name: pa.array(values) for name, values in people.items()}))
    con.execute("""
        insert into person by name
        select format('P{:09d}', truth + 1) as person_id, * exclude (truth), '居民身份证' as id_kind, 1 as first_run, 1 as last_run from told
    """)
    con.unregister("told")


def _write_standing(con: duckdb.DuckDBPyConnection, kind: str, part: Extract, tables: Path) -> None:
    con.execute(create_table("standing", standing_columns(LAYOUTS[kind])))
    told = part.rows.append_column("truth", pa.array(part.truth))
    told = told.append_column("row_no", pa.array(np.arange(1, len(part) + 1)))
    if kind in PERSON_LAYOUTS:
        told = told.append_column("id_key", told.column("id_number"))
    con.register("told", told)
    con.execute(STANDING.format(kind=kind))
    con.unregister("told")
    write_parquet(con, "from standing order by row_no", tables / "standing" / f"{kind}.parquet")
    con.execute("drop table standing")


def run_quiet_night(root: Path, number: int, threads: int) -> dict[str, float]:
    """Seconds by step of a night in which nothing arrives, and how many entries it posted. Workbooks are left out."""
    night = begin(Workspace(root), FIRST + timedelta(days=number))
    night.con.execute(f"set threads = {threads}")
    seconds, at, cpu = {}, time.perf_counter(), time.process_time()
    for name, step in STEPS.items():
        step(night)
        seconds[name], at = time.perf_counter() - at, time.perf_counter()
    seconds["cpu"] = time.process_time() - cpu
    seconds["entries"] = night.con.execute("select count(*) from new_entry").fetchall()[0][0]
    step_seal(night)
    step_refresh(night)
    night.con.close()
    return seconds


def _write(night: Night) -> None:
    write_run(night)
    (night.workspace.staging / "workbooks").mkdir()


# A night's own steps; its tables are written, its workbooks are not.
STEPS = {name: _write if name == "publish" else step for name, _, step in NIGHT if name not in ("seal", "refresh")}


def run(folder: Path, people: int, threads: int, nights: int) -> None:
    root = folder / f"city-{people}"
    if not root.exists():
        measure([sys.executable, "-m", "benchmarks.evaluation", "--make", str(root), "--people", str(people)])
    tables = root / "runs" / "000001" / "tables"
    rows = sum(pq.read_metadata(p).num_rows for p in (tables / "standing").glob("*.parquet"))
    print(f"{people} people, {rows} standing rows, {threads} threads", flush=True)
    for number in range(nights):
        floor = measure([sys.executable, "-c", FLOOR, str(tables), str(threads)])
        out = folder / "spent.json"
        own = measure(
            [sys.executable, "-m", "benchmarks.evaluation", "--night", str(root), "--number", str(number), "--threads", str(threads), "--out", str(out)]
        )  # fmt: skip
        spent = json.loads(out.read_text(encoding="utf-8"))
        judged = sum(spent[name] for name in ("evaluate", "post"))
        told = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items() if name != "entries")
        print(f"night {number + 1}: {spent['entries']} entries; {told}", flush=True)
        print(f"   floor: DuckDB reads and joins  {floor.seconds:7.2f} s  {floor.peak_mb:6.0f} MB", flush=True)
        print(f"   evaluate and post              {judged:7.2f} s  {own.peak_mb:6.0f} MB  x{judged / floor.seconds:5.2f} floor", flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--nights", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the city is made and kept; else it is removed at the end")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--night", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make_city(asked.make, asked.people)
    elif asked.night:
        asked.out.write_text(json.dumps(run_quiet_night(asked.night, asked.number, asked.threads)), encoding="utf-8")
    elif asked.folder:
        run(asked.folder, asked.people, asked.threads, asked.nights)
    else:
        with tempfile.TemporaryDirectory(prefix="zhaoren-evaluation-") as made:
            run(Path(made), asked.people, asked.threads, asked.nights)
