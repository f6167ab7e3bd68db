"""What a page reads of a large file is read also where that takes more memory than pages usually have."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.console import children, making, reading, rereading, taking
from flows.console.finder import made_finder
from flows.console.handing_in import COLUMNS, _write
from flows.console.reading import Readings
from flows.looking.look import opened_store
from flows.night.in_order import run_night
from flows.workspace import Workspace, locked
from ledger.seal import write_parquet
from ledger.store import connect
from reports.console import queue
from reports.console import rows as console_rows
from reports.console.rows import plain_rows, rows
from schemas.errors import UsageError, WorkspaceBusy
from schemas.review import CODE
from tests import asked_town
from tests.rough_files import STOP, csv_text, drop, new_workspace, someone

USUAL = 16 << 20
ONE = "select * from read_parquet($file) where row_no = $row"


@pytest.mark.parametrize("read", [rows, plain_rows])
def test_a_row_of_a_wide_file_is_read_and_the_limit_stands_again(tmp_path: Path, read) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "wide.parquet"
    texts = ", ".join(f"repeat(hash(i * {n})::varchar, 6) as c{n}" for n in range(12))
    write_parquet(connect(), f"select i as row_no, {texts} from range(60000) as t(i) order by row_no", file)
    con = connect(scratch=tmp_path / "spill", memory=USUAL)
    before = con.execute("select current_setting('memory_limit')").fetchall()
    where = {"file": str(file), "row": 50_000}
    with pytest.raises(duckdb.OutOfMemoryException):
        con.execute(ONE, where).fetchall()
    assert len(read(con, ONE, where)) == 1
    assert con.execute("select current_setting('memory_limit')").fetchall() == before
    con.close()


def test_whoever_serves_pages_holds_no_library_that_pages_do_not_take() -> None:
    """Each costs tens of megabytes. A process of its own: this one holds them all."""
    asked = "from flows.console.lean import hold_little; hold_little(); import flows.console.serving, sys; print(*filter(sys.modules.get, sys.modules))"
    held = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert "flows.console.search" in held
    assert {"prefect", "openpyxl", "pyspark", "splink"} & set(held) == set()


def test_a_page_waits_for_memory_that_others_hold_and_leaves_the_limit_as_it_was(tmp_path: Path) -> None:
    """One holds all there is for a moment; what the other reads needs more than usual, and changing the limit some as well."""
    file = tmp_path / "wide.parquet"
    write_parquet(
        connect(),
        "select i as row_no, repeat(hash(i)::varchar, 60) as c from range(60000) as t(i) order by row_no",
        file,
    )
    con = connect(scratch=tmp_path / "spill", memory=USUAL)
    con.execute("set threads = 1")
    before = con.execute("select current_setting('memory_limit')").fetchall()
    holder = con.cursor().execute("select list(i) from range(400000) as t(i)")
    threading.Timer(0.5, holder.close).start()
    other = con.cursor()
    assert len(rows(other, ONE, {"file": str(file), "row": 50_000})) == 1
    assert con.execute("select current_setting('memory_limit')").fetchall() == before


def test_a_page_that_finds_too_little_waits_for_the_others_before_it_takes_more(tmp_path: Path) -> None:
    """Each of two pages fits where it is alone: together they take no more than one of them, and the limit is never lifted."""
    con = connect(scratch=tmp_path / "spill", memory=USUAL)
    con.execute("set threads = 1")
    usual = con.execute(LIMIT).fetchall()
    limits, is_over = [usual], threading.Event()

    def watch() -> None:
        look = con.cursor()
        while not is_over.wait(0.002):
            with suppress(duckdb.OutOfMemoryException):
                limits.append(look.execute(LIMIT).fetchall())

    def read() -> None:
        found.append(rows(con.cursor(), HELD, {}))

    found: list[list[dict[str, int]]] = []
    watcher, pages = threading.Thread(target=watch), [threading.Thread(target=read) for _ in range(4)]
    for thread in (watcher, *pages):
        thread.start()
    for page in pages:
        page.join()
    is_over.set()
    watcher.join()
    assert found == [[{"n": 400_000}]] * 4
    assert max(limits) == min(limits) == usual


LIMIT = "select current_setting('memory_limit')"
# A list is not spilled: eight bytes each, and as much again while it grows.
HELD = "select len(list(hash(repeat(i::varchar, 80)))) as n from range(400000) as t(i)"


def test_no_page_of_a_long_queue_takes_more_memory_than_pages_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(console_rows, "MORE", ())
    workspace = asked_town.found(tmp_path / "w", entries=50_000, links=0)
    reading = Readings(workspace).current()
    assert reading is not None
    none = queue.Settled(frozenset(), frozenset())
    with reading.look() as con:
        asked = [place for (place,) in con.execute("select question from entry_queue order by place").fetchall()]
        con.execute(f"set memory_limit = '{USUAL >> 20}MiB'")
        for number in (1, 400, 1000):
            page = queue.list_page(con, queue.Filter(), none, reading.as_of, number, is_blind=False, around={})
            assert [row["question"] for row in page.values["rows"]] == asked[(number - 1) * 50 : number * 50]


@pytest.mark.parametrize("is_made", [True, False], ids=["a new one", "none after all"])
def test_while_there_are_two_readings_the_older_one_holds_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_made: bool) -> None:  # fmt: skip
    readings = Readings(asked_town.found(tmp_path / "w", entries=3, links=0))
    before, opened, held = readings.current(), reading._open, []
    assert before is not None
    usual = before.base.execute(LIMIT).fetchall()

    def watched(*given: Any) -> reading.Reading | None:
        held.append(before.base.execute(LIMIT).fetchall())
        return opened(*given) if is_made else None

    monkeypatch.setattr(reading, "_open", watched)
    readings._now = replace(before, run_no=0)
    readings.refresh()
    assert held == [[(f"{reading.LITTLE / (1 << 20)} MiB",)]]
    now = readings.current()
    assert now is not None
    assert now.run_no == int(is_made)
    assert now.base.execute(LIMIT).fetchall() == usual


def test_a_reading_gives_way_also_while_somebody_holds_more_of_it_than_little(tmp_path: Path) -> None:
    readings = Readings(asked_town.found(tmp_path / "w", entries=3, links=0))
    before = readings.current()
    assert before is not None
    holder = before.base.cursor().execute("select list(i) from range(1000000) as t(i)")
    readings._now = replace(before, run_no=0)
    readings.refresh()
    now = readings.current()
    assert now is not None
    assert now.run_no == 1
    holder.close()


GROWN = """
from flows.console.lean import hold_little; hold_little()
import flows.console.serving, pandas, re  # pyarrow asks for it with the first list that it is given
from flows.console.search import read_tables
own = lambda: int(re.search(r"Private_Dirty: +([0-9]+)", open("/proc/self/smaps_rollup").read())[1])
before = own(); read_tables()
from matchers.names import fold_name, place_names
place_names([fold_name("买买提江")], [fold_name("买买提姜")])
print(own() - before)
"""


def test_what_finding_names_takes_is_held_once_and_small() -> None:
    """39 MB were held of tables of 2 MB; 16 are."""
    told = subprocess.run([sys.executable, "-c", GROWN], capture_output=True, text=True, check=True).stdout
    assert int(told) < 24 << 10


def test_a_child_of_the_console_is_the_module_it_was_asked_to_be(tmp_path: Path) -> None:
    child = children.start("flows.console.making", [str(tmp_path), "1", "x", ""], tmp_path, says=subprocess.PIPE)
    said, _ = child.communicate()
    assert child.returncode == 1
    assert "zhaoren init" in said


def test_what_is_handed_in_is_taken_by_a_child_as_it_is_here(tmp_path: Path) -> None:
    """The same answers, once; while a night holds the workspace the child says so, and a broken one that drafts stay."""
    workspace = asked_town.found(tmp_path / "w", entries=3, links=0)
    row = {
        **dict.fromkeys(COLUMNS, ""),
        "台账流水号": "1-1",
        "核查结论": "暂缓",
        "核查人": "李四",
        "核查日期": "2024-06-30",
    }
    with Readings(workspace).current().look() as con:  # type: ignore[union-attr]
        row[CODE] = str(con.execute("select code from entry_queue where question = '1-1'").fetchall()[0][0])
    file = _write(tmp_path / "answers.csv", [row])
    with locked(workspace), pytest.raises(WorkspaceBusy):
        taking.take_apart(workspace, [file])
    assert [outcome for _, _, outcome, _ in taking.take_apart(workspace, [file])] == ["accepted"]
    assert [outcome for _, _, outcome, _ in taking.take(workspace, [file])] == ["known"]
    with pytest.raises(UsageError, match="没有文件"):
        taking.take_apart(workspace, [tmp_path / "none.csv"])


def test_a_kept_file_is_read_again_by_a_child_as_it_is_here(tmp_path: Path) -> None:
    """The same row; of a file that was destroyed the child's own sentence."""
    workspace = new_workspace(tmp_path / "ws", ("zhongshan",))
    drop(workspace, "社保停保_20240627_增量.csv", csv_text(STOP, [(*someone(n), "男", "", "甲厂", "养老", "合同期满", "2024-04", "2024-04-30") for n in (1, 2)]))  # fmt: skip
    run_night(workspace, date(2024, 6, 30))
    Readings(workspace)  # as any console, it makes the folder of its pages
    with opened_store(workspace) as con:
        delivery, file = con.execute("select delivery_id, file_sha256 from delivery").fetchall()[0]
    found = [rereading.record_of_apart(workspace, delivery, row) for row in (1, 2)]
    assert found == [rereading.record_of(workspace, delivery, row) for row in (1, 2)]
    assert found[0] != found[1]
    (workspace.archive / file).unlink()
    with pytest.raises(UsageError, match="不见了"):
        rereading.record_of_apart(workspace, delivery, 1)


def test_what_pages_need_is_made_also_where_it_takes_more_memory_than_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    workspace = asked_town.found(tmp_path / "w", entries=3000, links=5)
    with opened_store(workspace):
        pass
    monkeypatch.setattr(making, "MEMORY", USUAL // 8)
    with pytest.raises(duckdb.OutOfMemoryException):
        making._made(workspace, 1, tmp_path / "reading", making.MEMORY)
    assert making.make(workspace, 1, tmp_path / "reading", mend=False)
    con = connect(tmp_path / "reading", read_only=True)
    assert con.execute("select count(*) from entry_queue").fetchall() == [(3000,)]
    con.close()


def test_the_finder_of_a_larger_city_is_made_with_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, given = asked_town.found(tmp_path / "w", entries=3, links=0), list[int]()
    with opened_store(workspace):
        pass

    def made(workspace: Workspace, numbers: Sequence[int], memory: int) -> Path:
        given.append(memory)
        if memory < making.ROOM:
            raise duckdb.OutOfMemoryException("a first night of 850 000 rows takes more than 128 MiB")
        return made_finder(workspace, numbers, memory)

    monkeypatch.setattr(making, "made_finder", made)
    assert making.make(workspace, 1, tmp_path / "reading", mend=False)
    assert given == [making.MEMORY, making.ROOM]
