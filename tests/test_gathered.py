"""Rows of older nights lie gathered in few files beside the store: the same rows, whatever was gathered when, and nothing of a
sealed file that is gone."""

import json
import os
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import duckdb
import pyarrow.parquet as pq
import pytest

from ledger import gathered
from ledger import store as ledger_store
from ledger.seal import sealed_runs, standing_files, write_parquet
from ledger.store import build_store, connect, ensure_store, gathered_beside, held_runs
from schemas.extracts import LAYOUTS
from tests.rough_files import SampleTown, copy_of, night

NIGHTS = 4


@pytest.fixture(scope="module")
def runs(sample_town: SampleTown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sealed nights, on the last of which nothing came. Not to be changed."""
    town = copy_of(sample_town(3).root, tmp_path_factory.mktemp("gathered"))
    night(town, "2024-07-02")
    return town.runs


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "BLOCKS", (4, 2))


def _standing(store: Path) -> dict[str, list[Any]]:
    con = connect(store, read_only=True)
    try:
        return {kind: sorted(con.execute(f"from standing_{kind}").fetchall(), key=repr) for kind in LAYOUTS}
    finally:
        con.close()


def _names(store: Path) -> set[str]:
    folder = gathered_beside(store)
    return {p.name for p in folder.iterdir()} if folder.is_dir() else set()


def _used(store: Path) -> set[str]:
    con = connect(store, read_only=True)
    try:
        return {name for (name,) in con.execute("select file from gathered").fetchall()}
    finally:
        con.close()


def _columns_read(plan: dict[str, Any]) -> set[str]:
    """The columns that a plan, or what it rests on, takes from sealed files."""
    told = plan.get("extra_info", {})
    own = set(told.get("Projections", [])) if told.get("Function") == "READ_PARQUET" else set()
    return own.union(*map(_columns_read, plan.get("children", [])))


def _grow(store: Path, runs: Path, last: int) -> None:
    ensure_store(store, runs, range(1, last + 1), store.parent / "work")


def test_gathered_rows_are_the_sealed_rows_in_their_order(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_store(tmp_path / "made" / "store.duckdb", runs, range(1, NIGHTS + 1), tmp_path / "made")
    monkeypatch.setattr(gathered, "BLOCKS", ())
    build_store(tmp_path / "plain.duckdb", runs, range(1, NIGHTS + 1), tmp_path / "work")
    assert _names(tmp_path / "made" / "store.duckdb") and not _names(tmp_path / "plain.duckdb")
    assert _standing(tmp_path / "made" / "store.duckdb") == _standing(tmp_path / "plain.duckdb")
    for path in gathered_beside(tmp_path / "made" / "store.duckdb").iterdir():
        sealed = standing_files(runs, path.name.split("-")[0])
        assert pq.read_table(path).to_pylist() == [row for p in sealed for row in pq.read_table(p).to_pylist()]


def test_night_by_night_and_at_once_the_same_files_are_read(runs: Path, tmp_path: Path) -> None:
    grown, made = tmp_path / "grown.duckdb", tmp_path / "made.duckdb"
    for last in range(1, NIGHTS + 1):
        _grow(grown, runs, last)
    build_store(made, runs, range(1, NIGHTS + 1), tmp_path / "work")
    assert _used(grown) == _used(made) == _names(made)
    assert {name.split("-")[2] for name in _used(made)} == {f"{NIGHTS:06d}"}
    assert _standing(grown) == _standing(made)


def test_who_still_reads_the_store_of_before_finds_its_files(runs: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    _grow(store, runs, 3)
    before, rows = Path(shutil.copyfile(store, tmp_path / "before.duckdb")), _standing(store)
    _grow(store, runs, NIGHTS)
    assert _used(before) - _used(store)
    assert _standing(before) == rows
    (gathered_beside(store) / "death-000001-000002.new").write_bytes(b"cut off")
    build_store(store, runs, range(1, NIGHTS + 1), tmp_path / "work")
    assert _names(store) == _used(store)


def test_a_file_that_rots_or_goes_is_gathered_anew(runs: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    _grow(store, runs, NIGHTS)
    rows, files = _standing(store), sorted(gathered_beside(store).iterdir())
    data = bytearray(files[0].read_bytes())
    data[len(data) // 2] ^= 1
    files[0].write_bytes(data)
    assert held_runs(store, runs) is None
    _grow(store, runs, NIGHTS)
    assert _standing(store) == rows
    files[-1].unlink()
    assert held_runs(store, runs) is None
    _grow(store, runs, NIGHTS)
    assert held_runs(store, runs) == sealed_runs(runs) and _standing(store) == rows


def test_nothing_of_a_sealed_file_that_is_gone_stays_gathered(runs: Path, tmp_path: Path) -> None:
    own, store = Path(shutil.copytree(runs, tmp_path / "runs")), tmp_path / "store.duckdb"
    _grow(store, own, 3)
    before, kind = _used(store), _about_people(store)
    first = own / "000001" / "tables" / "standing" / f"{kind}.parquet"
    rest = f"select * replace ('destroyed' as rule, null::varchar as name) from read_parquet('{first}')"
    _write(rest, own / "000004" / "tables" / "retained" / "000001" / f"{kind}.parquet")
    gone = {row["record_id"] for row in pq.read_table(first).to_pylist()}
    _grow(store, own, NIGHTS)
    left = before & _names(store)
    assert left and not {name for name in left if name.startswith(f"{kind}-")}
    assert gone and not gone & _record_ids(store, kind)


def test_another_chain_in_the_same_place_is_not_taken_for_this_one(runs: Path, tmp_path: Path) -> None:
    own, store = Path(shutil.copytree(runs, tmp_path / "runs")), tmp_path / "store.duckdb"
    _grow(store, own, 2)
    kind = _about_people(store)
    path = own / "000002" / "tables" / "standing" / f"{kind}.parquet"
    told = [row["record_id"] for row in pq.read_table(path).to_pylist()]
    _write(f"from read_parquet('{path}') where record_id = '{told[0]}'", tmp_path / "other.parquet")
    (tmp_path / "other.parquet").replace(path)
    _grow(store, own, 3)
    assert told[0] in _record_ids(store, kind) and not set(told[1:]) & _record_ids(store, kind)


def _about_people(store: Path) -> str:
    """A kind with people's rows that was gathered of two nights."""
    return next(kind for kind in sorted(n.split("-")[0] for n in _used(store)) if LAYOUTS[kind].who == "person")


def _record_ids(store: Path, kind: str) -> set[str]:
    con = connect(store, read_only=True)
    try:
        return {record for (record,) in con.execute(f"select record_id from standing_{kind}").fetchall()}
    finally:
        con.close()


def _write(query: str, path: Path) -> None:
    with duckdb.connect() as con:
        write_parquet(con, query, path)


def test_a_store_seen_whole_is_read_again_once_anybody_wrote_to_it(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store.duckdb"
    _grow(store, runs, NIGHTS)
    through = Mock(wraps=ledger_store._read_through)
    monkeypatch.setattr(ledger_store, "_read_through", through)
    for in_full, times in ((True, 1), (False, 2), (False, 2), (True, 3), (False, 3)):
        assert held_runs(store, runs, in_full=in_full) == sealed_runs(runs)
        assert through.call_count == times
    file = sorted(gathered_beside(store).iterdir())[0]
    data, told = bytearray(file.read_bytes()), file.stat()
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert held_runs(store, runs, in_full=False) is None


def test_whether_any_row_stands_is_asked_without_reading_what_it_says(runs: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    build_store(store, runs, sealed_runs(runs), tmp_path / "work")
    con = connect(store, read_only=True)
    kinds = {path.stem for path in runs.glob("*/tables/standing/*.parquet")}
    assert kinds
    for kind in kinds:
        asked = f"explain (format json) select exists (from standing_{kind})"
        ((_, plan),) = con.execute(asked).fetchall()
        read = set().union(*map(_columns_read, json.loads(plan)))
        assert {"record_id"} <= read <= {"office", "record_id", "run_no", "rule"}, kind
