"""The sealed runs: every change is noticed, the store is only their fold, and both clocks can be asked."""

import json
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.looking.look import moment, opened_store, rebuild_store
from flows.workspace import Workspace
from ledger.seal import file_hash, head, read_manifest, sealed_runs
from ledger.store import build_store, connect
from ledger.verify import verify
from tests.rough_files import (
    STOP,
    SampleTown,
    copy_of,
    csv_text,
    death_file,
    drop,
    entries,
    listed,
    new_workspace,
    night,
    stop_file,
    stop_row,
    table,
)

FIRST, SECOND, THIRD = "2024-06-29", "2024-06-30", "2024-07-01"


@pytest.fixture(scope="module")
def town(sample_town: SampleTown) -> Workspace:
    """Three sample nights. Not to be changed."""
    return sample_town(3)


def _faults(workspace: Workspace, expected_head: str | None = None) -> list[tuple[int | None, str]]:
    return [(f.run_no, f.message) for f in verify(workspace.runs, workspace.archive, expected_head)]


def _flip(path: Path, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 0x01
    path.write_bytes(data)


def test_an_untouched_chain_holds(town: Workspace) -> None:
    assert _faults(town, head(town.runs)) == []
    assert sealed_runs(town.runs) == [1, 2, 3]


def test_a_manifest_names_every_workbook_by_its_hash(town: Workspace) -> None:
    for number in sealed_runs(town.runs):
        folder = town.runs / f"{number:06d}" / "workbooks"
        books = {p.relative_to(folder).as_posix(): file_hash(p) for p in folder.rglob("*") if p.is_file()}
        assert books and read_manifest(town.runs, number)["workbooks"] == books


def test_one_changed_byte_in_any_table_workbook_or_archived_file_is_noticed(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    files = [p for p in workspace.runs.rglob("*") if p.is_file() and p.name != "manifest.json"]
    archived = {i["sha256"] for n in (1, 2, 3) for i in read_manifest(workspace.runs, n)["inputs"]}
    of_each_kind = {(p.suffix, p.parent.name): p for p in sorted(files)}
    assert len(of_each_kind) > 10
    for path in [*of_each_kind.values(), *[workspace.archive / sha for sha in sorted(archived)[::12]]]:
        _flip(path)
        found = _faults(workspace)
        assert found, path.name
        in_run = path.relative_to(workspace.runs).parts[0] if path.is_relative_to(workspace.runs) else None
        assert in_run is None or found[0][0] == int(in_run)
        _flip(path)
    assert _faults(workspace) == []


@pytest.mark.parametrize("run_no", [1, 2])
def test_any_change_to_a_manifest_that_another_follows_is_noticed(run_no: int, town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    path = workspace.runs / f"{run_no:06d}" / "manifest.json"
    size = path.stat().st_size
    for at in range(0, size, size // 12):
        _flip(path, at)
        assert _faults(workspace), at
        _flip(path, at)


@pytest.mark.parametrize("run_no", [1, 3])
def test_a_manifest_nested_without_end_is_named_and_ends_nothing(run_no: int, town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    (workspace.runs / f"{run_no:06d}" / "manifest.json").write_text("[" * 100_000, encoding="ascii")
    assert _faults(workspace)[0][0] == run_no


def test_any_change_to_the_newest_manifest_is_noticed_by_its_recorded_head(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    recorded = head(workspace.runs)
    path = workspace.runs / "000003" / "manifest.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"as_of": "2024-07-01"', '"as_of": "2024-07-02"'), encoding="utf-8"
    )
    assert _faults(workspace, recorded)


def test_any_change_to_the_newest_manifest_is_noticed_without_its_head(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    path = workspace.runs / "000003" / "manifest.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"as_of": "2024-07-01"', '"as_of": "2024-07-02"'), encoding="utf-8"
    )
    assert _faults(workspace)


def test_a_file_removed_from_a_run_or_the_archive_is_noticed(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    for path in (
        workspace.runs / "000002" / "tables" / "ledger_entry.parquet",
        workspace.archive / read_manifest(workspace.runs, 2)["inputs"][0]["sha256"],
    ):
        kept = path.read_bytes()
        path.unlink()
        assert [run for run, _ in _faults(workspace)] == [2]
        path.write_bytes(kept)


def test_a_file_added_to_a_run_is_noticed(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    (workspace.runs / "000002" / "tables" / "lists").mkdir(exist_ok=True)
    (workspace.runs / "000002" / "tables" / "lists" / "O99.parquet").write_bytes(b"x")
    assert _faults(workspace)[0][0] == 2 and "后加" in _faults(workspace)[0][1]


@pytest.mark.parametrize("run_no", [1, 2])
def test_a_removed_run_is_noticed(run_no: int, town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    shutil.rmtree(workspace.runs / f"{run_no:06d}")
    assert "不连续" in _faults(workspace)[0][1]


def test_the_newest_run_removed_is_noticed_by_its_recorded_head(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    recorded = head(workspace.runs)
    shutil.rmtree(workspace.runs / "000003")
    assert _faults(workspace, recorded)


def test_a_newest_run_without_its_manifest_is_noticed(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    (workspace.runs / "000003" / "manifest.json").unlink()
    assert _faults(workspace)


def test_a_wrong_head_is_noticed_and_the_right_one_may_be_in_capitals(town: Workspace) -> None:
    assert _faults(town, "0" * 64)
    assert _faults(town, head(town.runs).upper()) == []


def test_two_runs_swapped_are_noticed(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    runs = workspace.runs
    (runs / "000002").rename(runs / "x")
    (runs / "000003").rename(runs / "000002")
    (runs / "x").rename(runs / "000003")
    assert _faults(workspace)[0][0] == 2


# The store.


def _contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    con = connect(path, read_only=True)
    try:
        names = [n for (n,) in con.execute("select table_name from information_schema.tables order by 1").fetchall()]
        return {n: sorted(con.execute(f'select * from "{n}"').fetchall(), key=repr) for n in names}
    finally:
        con.close()


def test_a_rebuilt_store_holds_the_same_tables_and_views(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    with opened_store(workspace):  # a store knows where its runs lie; a moved one is brought up to date first
        pass
    before = _contents(workspace.store)
    assert rebuild_store(workspace) == 3
    assert _contents(workspace.store) == before
    assert before["ledger_entry"] and before["person"] and before["ledger_state"]


def test_a_run_of_an_older_version_with_fewer_tables_still_counts(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    folder = workspace.runs / "000001"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["tables"]["pack_in_force"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "tables" / "pack_in_force.parquet").unlink()
    build_store(tmp_path / "store.duckdb", workspace.runs, [1], tmp_path)
    contents = _contents(tmp_path / "store.duckdb")
    assert contents["ledger_entry"] and contents["pack_in_force"] == []


def test_the_same_files_again_change_no_table_but_number_and_time(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    for _ in range(2):
        drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2, 3))
        outcome = night(workspace, FIRST)
    assert outcome.entries == ()
    assert len(listed(workspace)) == 3
    assert [r["status"] for r in table(workspace, "delivery", 2)] == ["duplicate"]


def test_a_refused_file_ends_nothing_whether_or_not_a_good_one_of_its_kind_is_there(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))
    night(workspace, FIRST)
    for expected in (["REVIEW"], []):  # the same files twice; the good one is a duplicate then
        drop(workspace, "死亡_20240630_增量.csv", death_file(2))
        drop(workspace, "死亡_20240630.csv", death_file(9))
        run = night(workspace, SECOND).run_no
        assert [e["op"] for e in listed(workspace) if e["run_no"] == run] == expected
    drop(workspace, "死亡_20240701_增量.csv", b"")
    assert night(workspace, THIRD).entries == ()


def test_the_totals_of_every_run_add_up_and_follow_each_other(town: Workspace) -> None:
    closing: dict[str, int] = {}
    for number in sealed_runs(town.runs):
        totals = read_manifest(town.runs, number)["totals"]
        for name in {n.rsplit(".", 1)[0] for n in totals if n.endswith(".opening")}:
            parts = {p: totals[f"{name}.{p}"] for p in ("opening", "inflow", "outflow", "closing")}
            assert parts["opening"] + parts["inflow"] - parts["outflow"] == parts["closing"]
            assert parts["opening"] == closing.get(name, 0), (number, name)
            closing[name] = parts["closing"]
    with opened_store(town) as con:
        for name, people in closing.items():
            pack, track = name.split(".")
            state = con.execute(
                "select count(*) from ledger_state where pack = ? and track = ? and state not in ('L0', 'L6', 'H0', 'H6')",
                [pack, track],
            ).fetchall()
            assert state == [(people,)], name


def test_a_track_of_items_is_open_as_long_as_any_of_them_is(town: Workspace) -> None:
    with opened_store(town) as con:
        told = con.execute(
            "select state, (counters ->> '$.open')::integer > 0, count(*) from ledger_state where track = 'T' group by all"
        ).fetchall()
    shown = {(state == "open", is_open): people for state, is_open, people in told}
    assert (False, True) not in shown and (True, False) not in shown
    assert shown[True, True] > 100


def test_every_entry_names_evidence_that_was_delivered(town: Workspace) -> None:
    delivered = {
        r["record_id"] for p in (town.runs / "000001" / "tables" / "standing").iterdir()
        for n in (1, 2, 3) for r in table(town, f"standing/{p.stem}", n)
    }  # fmt: skip
    missing = [e["entry_id"] for e in entries(town) if not set(e["evidence"] or []) <= delivered]
    assert missing == []


def test_entry_numbers_run_without_a_gap_and_each_supersedes_an_older_one(town: Workspace) -> None:
    rows = entries(town)
    for number in sealed_runs(town.runs):
        seqs = [e["seq"] for e in rows if e["run_no"] == number]
        assert seqs == list(range(1, len(seqs) + 1))
    place = {e["entry_id"]: i for i, e in enumerate(rows)}
    assert all(place[e["supersedes"]] < i for i, e in enumerate(rows) if e["supersedes"])


# Two clocks.


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three people come in; on the second night the office takes back one stoppage."""
    workspace = new_workspace(tmp_path_factory.mktemp("withdrawn"))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2, 3))
    night(workspace, FIRST)
    while datetime.now(UTC) < _recorded(workspace, 1) + timedelta(seconds=1.1):
        time.sleep(0.05)
    taken_back = [[*stop_row(2), "是"]]
    drop(workspace, "社保停保_20240630_增量.csv", csv_text((*STOP, "撤销标志"), taken_back))
    night(workspace, SECOND)
    return workspace


def _recorded(workspace: Workspace, run_no: int) -> datetime:
    return datetime.fromisoformat(read_manifest(workspace.runs, run_no)["recorded_at"])


def _people_on(workspace: Workspace, day: str, known_at: datetime) -> list[str]:
    with opened_store(workspace) as con:
        rows = con.execute(
            "select person_id, state from ledger_state_on(?::date, ?::timestamptz) where track = 'L'",
            [date.fromisoformat(day), known_at],
        ).fetchall()
    return [p for p, state in rows if state not in ("L0", "L6")]


def test_an_entry_withdrawn_later_still_shows_as_known_then(withdrawn: Workspace) -> None:
    assert [e["op"] for e in listed(withdrawn)] == ["ADD", "ADD", "ADD", "WITHDRAW"]
    gone = listed(withdrawn)[-1]["person_id"]
    then, now = _recorded(withdrawn, 1), moment(None)
    assert gone in _people_on(withdrawn, SECOND, then)
    assert gone not in _people_on(withdrawn, SECOND, now)
    assert len(_people_on(withdrawn, SECOND, then)) == 3 and len(_people_on(withdrawn, SECOND, now)) == 2


def test_nothing_was_known_before_it_was_recorded_nor_true_before_it_began(withdrawn: Workspace) -> None:
    assert _people_on(withdrawn, SECOND, _recorded(withdrawn, 1) - timedelta(seconds=1)) == []
    assert _people_on(withdrawn, "2024-01-01", moment(None)) == []


def test_the_store_built_from_the_first_run_alone_is_what_was_known_then(withdrawn: Workspace, tmp_path: Path) -> None:
    build_store(tmp_path / "then.duckdb", withdrawn.runs, [1], tmp_path / "work")
    with duckdb.connect(str(tmp_path / "then.duckdb"), read_only=True) as con:
        then = {p for (p,) in con.execute("select person_id from ledger_state where track = 'L'").fetchall()}
    assert then == set(_people_on(withdrawn, SECOND, _recorded(withdrawn, 1)))


# The archive.


def test_a_file_is_read_as_delivered_also_where_its_archived_copy_is_damaged(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    delivered = stop_file(1, 2)
    (workspace.archive / sha256(delivered.encode()).hexdigest()).write_text(stop_file(5), encoding="utf-8")
    drop(workspace, "社保停保_20240629_全量.csv", delivered)
    night(workspace, FIRST)
    assert len(listed(workspace)) == 2
    assert _faults(workspace) == []
