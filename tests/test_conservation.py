"""Nobody is lost between two nights: opening, what came and went, closing, by pack, track and town."""

import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.workspace import Workspace
from ledger.conservation import SQL, UNBALANCED, Recount
from ledger.seal import sealed_runs
from ledger.store import connect
from tests.rough_files import SampleTown, table

COLUMNS = ("opening", "came", "returned", "moved", "departed", "corrected", "closing")
# person, state before, town before, state after, town after, tonight's entries (op, state_from, state_to), been in before
MOVES: dict[str, tuple[tuple[object, ...], dict[str, tuple[int, ...]]]] = {
    "stays": (("L1", "东", "L1", "东", [], False), {"东": (1, 0, 0, 0, 0, 0, 1)}),
    "changes state inside": (("L1", "东", "L4", "东", [("FLAG_REEMP", "L1", "L4")], False), {"东": (1, 0, 0, 0, 0, 0, 1)}),
    "comes for the first time": ((None, "东", "L1", "东", [("ADD", "L0", "L1")], False), {"东": (0, 1, 0, 0, 0, 0, 1)}),
    "comes back": (("L6", "东", "L1", "东", [("ADD", "L6", "L1")], True), {"东": (0, 0, 1, 0, 0, 0, 1)}),
    "comes back to another town": (("L0", "东", "L1", "西", [("ADD", "L0", "L1")], True), {"西": (0, 0, 1, 0, 0, 0, 1)}),
    "leaves": (("L4", "东", "L6", "东", [("DECIDED", "L4", "L6")], False), {"东": (1, 0, 0, 0, 1, 0, 0)}),
    "leaves and moves": (("L4", "东", "L6", "西", [("DECIDED", "L4", "L6")], False), {"东": (1, 0, 0, 0, 1, 0, 0)}),
    "is taken back": (("L1", "东", "L0", "东", [("WITHDRAW", "L1", "L0")], False), {"东": (1, 0, 0, 0, 0, -1, 0)}),
    "an exit is taken back": (("L6", "东", "L4", "东", [("WITHDRAW", "L6", "L4")], True), {"东": (0, 0, 0, 0, 0, 1, 1)}),
    "moves": (("L1", "东", "L1", "西", [], False), {"东": (1, 0, 0, -1, 0, 0, 0), "西": (0, 0, 0, 1, 0, 0, 1)}),
    "leaves and comes in one night": (("L1", "东", "L1", "东", [("WITHDRAW", "L1", "L0"), ("ADD", "L0", "L1")], True), {"东": (1, 0, 0, 0, 0, 0, 1)}),
    "has no town": ((None, None, "L1", None, [("ADD", "L0", "L1")], False), {"": (0, 1, 0, 0, 0, 0, 1)}),
}  # fmt: skip


def counted(move: tuple[object, ...], after: object = "as told") -> duckdb.DuckDBPyConnection:
    before, town, state, new_town, told, has_been = move
    con = duckdb.connect()
    for name, value in (("before", before), ("after", state if after == "as told" else after)):
        con.execute(f"create table state_{name} (person_id varchar, pack varchar, track varchar, state varchar)")
        if value:
            con.execute(f"insert into state_{name} values ('P', 'a', 'L', ?)", [value])
    for name, value in (("before", town), ("after", new_town)):
        con.execute(f"create table town_{name} as select 'P' as person_id, ?::varchar as town", [value])
    con.execute("create table entry_tonight (seq int, person_id varchar, pack varchar, track varchar, op varchar, state_from varchar, state_to varchar)")  # fmt: skip
    for seq, entry in enumerate(told, 1):  # type: ignore[arg-type, var-annotated]
        con.execute("insert into entry_tonight values (?, 'P', 'a', 'L', ?, ?, ?)", [seq, *entry])
    con.execute("create table ledger_entry as select 1 as run_no, '1-1' as entry_id, 'P' as person_id, 'a' as pack, 'L' as track, 'ADD' as op, 'L1' as state_to, null as supersedes where ?", [has_been])  # fmt: skip
    for statement in SQL.split(";\n"):
        con.execute(statement, {"run_no": 2} if "$run_no" in statement else {})
    return con


@pytest.mark.parametrize("move", MOVES)
def test_each_move_is_counted_where_it_belongs(move: str) -> None:
    con = counted(MOVES[move][0])
    found = {town: rest for _, _, town, *rest in con.execute("from conservation").fetchall()}
    assert found == {town: list(row) for town, row in MOVES[move][1].items()}
    assert con.execute(UNBALANCED).fetchall() == []


@pytest.mark.parametrize(("move", "after"), [("stays", None), ("leaves", "L4"), ("comes for the first time", None), ("is taken back", "L1")])  # fmt: skip
def test_a_fold_that_says_otherwise_than_the_entries_is_noticed(move: str, after: str | None) -> None:
    assert counted(MOVES[move][0], after).execute(UNBALANCED).fetchall() != []


@pytest.fixture(scope="module")
def town(sample_town: SampleTown) -> Workspace:
    """Three sample nights. Not to be changed."""
    return sample_town(3)


def test_each_night_opens_as_the_last_one_closed(town: Workspace) -> None:
    closing: dict[tuple[str, str, str], int] = {}
    for number in sealed_runs(town.runs):
        rows = table(town, "conservation", number)
        opening = {(r["pack"], r["track"], r["town"]): r["opening"] for r in rows if r["opening"]}
        assert opening == {place: people for place, people in closing.items() if people}
        closing = {(r["pack"], r["track"], r["town"]): r["closing"] for r in rows}
    assert all(sum(abs(r[c]) for r in table(town, "conservation")) for c in COLUMNS if c != "returned")


def test_moves_between_towns_cancel_out(town: Workspace) -> None:
    for number in sealed_runs(town.runs):
        moved: dict[tuple[str, str], int] = {}
        for r in table(town, "conservation", number):
            moved[r["pack"], r["track"]] = moved.get((r["pack"], r["track"]), 0) + r["moved"]
        assert not any(moved.values())


def recounted(runs: Path) -> dict[int, list[str]]:
    con = connect()
    try:
        recount = Recount(con)
        return {n: [f.chinese for f in recount.faults(runs / f"{n:06d}" / "tables", n)] for n in sealed_runs(runs)}
    finally:
        con.close()


@pytest.mark.parametrize("what", ["conservation", "ledger_entry", "person", "without one"])
def test_the_sealed_entries_give_the_same_numbers_and_no_others(what: str, town: Workspace, tmp_path: Path) -> None:
    runs = Path(shutil.copytree(town.runs, tmp_path / "runs"))
    assert recounted(runs) == {1: [], 2: [], 3: []}
    path = runs / "000002" / "tables" / f"{'conservation' if what == 'without one' else what}.parquet"
    if what == "without one":  # sealed by a version that had none
        path.unlink()
        assert recounted(runs)[2] == []
        return
    whole = pq.read_table(path)
    if what == "ledger_entry":  # a whole entry left out, everything else as it was
        ops = whole.column("op").to_pylist()
        whole = whole.filter([op != "WITHDRAW" for op in ops])
        pq.write_table(whole, path)
    else:
        pq.write_table(whole.slice(1, 0 if what == "person" else None), path)
    assert recounted(runs)[2]
