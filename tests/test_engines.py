"""A night in parts gives the bytes of the same night at once: nothing that a stage says is asked across its cut. So does a
night that plans its statements lightly."""

import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.machinery import ModuleSpec
from pathlib import Path

import duckdb
import pytest

from flows.engines.parts import InParts
from flows.engines.spark import require_spark
from flows.night import few_rows, publishing
from flows.night.beginning import begin
from flows.night.steps import STEPS
from flows.trust.access import show_access
from flows.workspace import init_workspace
from ledger.store import connect
from policies import view
from policies.view import bind_people
from schemas.errors import UsageError
from schemas.stages import LOCAL, Engine, Stage

SAMPLE = Path(__file__).parent.parent / "sample_data" / "small" / "night-1"
PACKS = ("zhongshan", "shandong", "jining", "xinyu", "neimenggu")
COMPUTED = ("receive", "read", "link", "evaluate", "post", "breaker")
THEN = datetime(2024, 7, 1, tzinfo=UTC)
# Of temp tables DuckDB does not spill structs: only what is short beside a night may have any (docs/decisions/0051).
WITH_STRUCTS = "select distinct table_name from duckdb_columns() where database_name = 'temp' and data_type like '%STRUCT%' and not internal"
SHORT = {
    "weighed", "by_weight", "link_weight", "link_change", "decision_target", "reviewer_said", "figure_count",
    "match_log", "outgoing",  # views
}  # fmt: skip


def tables_of(root: Path, engine: Engine) -> dict[str, bytes]:
    """Every table that a first night of the sample would seal."""
    workspace = init_workspace(root, PACKS)
    for file in sorted(p for p in SAMPLE.rglob("*") if p.is_file()):
        shutil.copyfile(file, workspace.inbox / file.name)
    night = begin(workspace, date(2024, 6, 29))
    night.engine, night.recorded_at = engine, THEN
    for name, _, step in STEPS:
        if name in COMPUTED:
            step(night)
            assert {table for (table,) in night.con.execute(WITH_STRUCTS).fetchall()} <= SHORT
    show_access(night.con, workspace, THEN)
    publishing.write_tables(night.con, workspace.staging / "tables")
    night.close()
    folder = workspace.staging / "tables"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}


def test_a_night_in_parts_and_one_planned_lightly_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = tables_of(tmp_path / "one", LOCAL)  # few enough rows to be planned lightly
    monkeypatch.setattr(few_rows, "FEW", -1)
    monkeypatch.setattr(view, "MOST_KEPT", 50)  # as for a city whose wide view does not fit into memory
    in_parts = tables_of(tmp_path / "two", InParts(2, 1 << 30))
    assert len(at_once) > 20
    assert not list(tmp_path.rglob("wide-*"))
    assert [name for name in at_once | in_parts if at_once.get(name) != in_parts.get(name)] == []


def test_no_command_waits_for_what_it_does_not_ask() -> None:
    """Tables are declared without pandas and pandera, which took two thirds of a command's start, and pyspark with them where it is
    installed; `status` and what looks into the ledger need neither these nor Prefect."""
    asked = "import flows.cli, flows.looking.look, flows.looking.explain, schemas.tables, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "duckdb" in done.stdout.split()
    assert not {"pandas", "pandera", "pyspark", "prefect"} & set(done.stdout.split())


def test_a_folder_that_an_uninstalled_pyspark_left_is_no_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: ModuleSpec(name, None))
    with pytest.raises(UsageError, match="pyspark"):
        require_spark()


BOOKS = """
create table household_book as
select * from (values ('p1', 'police', 'h1'), ('p2', 'police', 'h1'), ('p2', 'police', 'h2'), ('p3', 'police', 'h2'),
                      (null, 'police', 'h2'), ('p4', 'police', 'h3'), (null, 'police', 'h4')) as t(person_id, office, household_no);
create table now_insurance_stop as
select * from (values ('p3', 'bureau', 7::ubigint, true), ('p5', 'bureau', 7::ubigint, null), ('p6', 'bureau', 8::ubigint, true),
                      ('p7', 'bureau', 9::ubigint, null), ('p8', 'bureau', 9::ubigint, null)) as t(person_id, office, business_key, withdrawn)
"""


def test_a_chain_of_households_and_a_withdrawn_line_stay_together() -> None:
    with connect() as con:
        con.execute(BOOKS)
        bind_people(con)
        heads = dict(con.execute("select person_id, head from person_head").fetchall())
        homes = con.execute("select household_no, head from household_head order by all").fetchall()
    assert heads == dict.fromkeys(("p1", "p2", "p3", "p5"), "p1")
    assert homes == [("h1", "p1"), ("h2", "p1"), ("h3", "p4")]


def test_while_parts_work_the_nights_own_session_makes_room_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.LIMITS.memory", 800 << 20)
    with connect() as con:

        def limit() -> str:
            return str(con.execute("select current_setting('memory_limit')").fetchall()[0][0])

        seen: list[str] = []

        def work(own: duckdb.DuckDBPyConnection) -> None:
            seen.append(limit())
            own.execute("create table told as from asked")

        con.execute("create temp table asked as select i, i as part_key from range(10) as t(i)")
        stage = Stage("any", work, gives={"told": "from {parts} order by i"}, cut={"asked": "from asked"})
        InParts(2, 300 << 20).run(con, stage)
        assert seen == ["500.0 MiB"] * 2
        InParts(2, 700 << 20).run(con, stage)
        assert seen[2:] == ["400.0 MiB"] * 2
        assert limit() == "800.0 MiB"
        assert con.execute("from told").fetchall() == [(n,) for n in range(10)]
