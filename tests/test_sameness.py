"""The same deliveries give the same ledger: again, elsewhere, in another order, encoding or kind of file, with more threads.

Every workspace here hears of the people of the identity scenarios, who bring every form of a number and a name.
"""

import csv
import hashlib
import io
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pytest

from flows.files import receiving
from flows.night import beginning
from intake.receive import Incoming, hash_file, read_inbox
from ledger import store
from ledger.seal import sealed_runs
from sample_data.numbers import identity_numbers
from tests.identity_town import CASES, JUN20, MAY31, tell_the_rest
from tests.nightshift import (
    AREA,
    FIRMS,
    SURNAMES,
    Night,
    Town,
    aid,
    benefit,
    brief,
    insured,
    pension,
    registered,
    stop,
)

PACKS = ("zhongshan", "neimenggu")
Rows = Sequence[Mapping[str, str]]
SAID = (
    "id_number", "name", "pack", "track", "op", "clause", "basis", "ground", "state_from", "state_to", "valid_from",
    "valid_to", "reason",
)  # fmt: skip
STRANGERS, KNOWN = 130_000, 600


# How an office may write the same rows


def cells_of(rows: Rows) -> list[list[str]]:
    headers = list(dict.fromkeys(header for row in rows for header in row))
    return [headers, *([row.get(header, "") for header in headers] for row in rows)]


def turned(cells: list[list[str]]) -> list[list[str]]:
    """Columns and data rows from the last to the first."""
    head, *body = [row[::-1] for row in cells]
    return [head, *body[::-1]]


def shuffled(cells: list[list[str]]) -> list[list[str]]:
    head, *body = cells
    rng = random.Random(7)
    order = rng.sample(range(len(head)), len(head))
    mixed = [[row[i] for i in order] for row in rng.sample(body, len(body))]
    return [[head[i] for i in order], *mixed]


def text(cells: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(cells)
    return out.getvalue()


def as_gb18030(cells: list[list[str]]) -> tuple[str, bytes]:
    return ".csv", text(turned(cells), end="\r\n").encode("gb18030")


def as_utf16(cells: list[list[str]]) -> tuple[str, bytes]:
    return ".txt", b"\xff\xfe" + text(shuffled(cells), "\t").encode("utf-16-le")


def as_tabs(cells: list[list[str]]) -> tuple[str, bytes]:
    return ".txt", text(turned(cells), "\t").encode("utf-8-sig")


def as_xlsx(cells: list[list[str]]) -> tuple[str, bytes]:
    book = openpyxl.Workbook()
    for row in shuffled(cells):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return ".xlsx", out.getvalue()


@dataclass
class OtherTown(Town):
    """A town whose offices write each file in the next of these ways; `parts`: cut into so many files."""

    ways: Sequence[Callable[[list[list[str]]], tuple[str, bytes]]] = (as_gb18030,)
    parts: int = 1
    dropped: int = 0

    def drop(self, file_name: str, rows: Rows) -> Path:
        head, *body = cells_of(rows)
        path = Path()
        for part in range(self.parts):
            ending, data = self.ways[self.dropped % len(self.ways)]([head, *body[part :: self.parts]])
            self.dropped += 1
            path = self.workspace.inbox / f"{Path(file_name).stem}_{part}{ending}"
            path.write_bytes(data)
        return path


def peopled(town: Town) -> Town:
    for case in CASES:
        case.play(town)
    tell_the_rest(town)
    rivals(town)
    return town


def rivals(town: Town) -> None:
    """People whose rows of one night say different things: only the rows themselves may decide between them."""

    def name(text: str) -> dict[str, str]:
        return {"姓名": text}

    some = [town.person(f"1978-08-{day:02d}") for day in range(1, 9)]
    jobs = [insured("2024-05", firm=firm, end=end) for firm in ("乙厂", "甲厂") for end in ("", "2024-07")]
    town.tell(
        some[0],
        registered("2024-03-10", 镇街="甲镇"),
        stop("2024-03", 镇街="乙镇"),
        stop("2024-03", firm="乙厂", 镇街="丙镇"),
    )
    town.tell(
        some[1],
        stop("2024-03", 镇街="乙镇", 村居="一村"),
        stop("2024-03", firm="乙厂", 镇街="丙镇", 联系电话="14200000001"),
    )
    town.tell(some[2], stop("2024-03", **name("王小明")), stop("2024-03", firm="乙厂", **name("王晓明")))
    town.tell(
        some[3],
        *(stop("2024-03", firm=f, **name(n)) for f, n in (("甲厂", "李大海"), ("乙厂", "李大河"), ("丙店", "李小河"))),
    )
    town.tell(
        some[4], stop("2024-03"), stop("2024-03"), pension("2024-05-01"), pension("2024-05-01", 待遇类别="居民养老")
    )
    town.tell(some[5], aid("2024-01"), aid("2024-01", 低保证号="DB002"), *jobs)
    town.tell(some[6], stop("2024-03", 镇街="甲镇"), stop("2024-03", JUN20, firm="乙厂", 镇街="丙镇"),
              stop("2024-03", JUN20, firm="丙店", 镇街="丁镇"), benefit("2024-05", "2024-12", JUN20, 镇街="戊镇"))  # fmt: skip
    town.tell(some[7], stop("2024-03", **name("斯琴·高娃")), stop("2024-03", firm="乙厂", **name("斯琴高娃")))


def backwards(*asked: Any) -> list[Incoming]:
    return read_inbox(*asked)[::-1]


# The workspaces


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two nights of UTF-8; a third with the same files again; a fourth with the same rows written otherwise."""
    town = peopled(Town.found(tmp_path_factory.mktemp("base") / "town", *PACKS))
    for day in (MAY31, JUN20):
        town.night(day)
    for path, name in files_of(town, JUN20):
        shutil.copyfile(path, town.workspace.inbox / name)
    town.nights["again"] = town.run(JUN20)
    other = OtherTown(town.workspace)
    for kind, rows in town.written.items():
        other.drop(f"{kind}_20240620_全量.csv", rows)
    town.nights["rewritten"] = town.run(JUN20)
    town.nights[JUN20] = Night(town.workspace.runs / "000002", town.nights[JUN20].outcome)
    return town


def files_of(town: Town, day: str) -> list[tuple[Path, str]]:
    """The archived files of a night and the names they came under."""
    files = town.nights[day].rows("delivery")
    return [(town.workspace.archive / d["delivery_id"], d["file_name"]) for d in files]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A fresh workspace for the same two nights: each file comes in two parts, order, columns, encodings and file kinds are
    others, and the files are taken in from the last to the first."""
    root = tmp_path_factory.mktemp("elsewhere") / "town"
    town = peopled(OtherTown.found(root, *PACKS))
    assert isinstance(town, OtherTown)
    town.ways, town.parts = (as_gb18030, as_utf16, as_tabs, as_xlsx), 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "read_inbox", backwards)
        for day in (MAY31, JUN20):
            town.night(day)
        yield town


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory, base: Town) -> Town:
    """Another workspace that gets the very same files on the first night."""
    town = Town.found(tmp_path_factory.mktemp("twin") / "other" / "place", *PACKS)
    for path, name in reversed(files_of(base, MAY31)):
        shutil.copyfile(path, town.workspace.inbox / name)
    town.run(MAY31)
    return town


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A register of more rows than one row group holds, and a roster of some of its people."""
    rng = np.random.default_rng(11)
    births = np.datetime64("1966-01-01") + rng.integers(0, 6000, STRANGERS)
    numbers = identity_numbers(np.full(STRANGERS, AREA - 100), births, rng.integers(1, 994, STRANGERS))
    names = [
        SURNAMES[i % len(SURNAMES)] + "甲乙丙丁戊己庚辛壬癸"[i // 31 % 10] + "子丑寅卯"[i // 310 % 4]
        for i in range(STRANGERS)
    ]
    firm, code = next(iter(FIRMS.items()))
    line = f"{firm},{code},养老"
    ends = ["202403", "202405", ""]
    insured = [
        f"{n},{c},{line},单位职工,202001,{ends[i % 3]}" for i, (n, c) in enumerate(zip(names, numbers, strict=True))
    ]
    picked = rng.permutation(STRANGERS)[:KNOWN]
    stops = [f"{names[i]},{numbers[i]},{line},合同期满,202403,2024-03-31" for i in picked]
    head = "姓名,证件号码,单位名称,统一社会信用代码,险种"
    return {
        "社保参保_20240531_全量.csv": "\n".join([f"{head},缴费主体,参保起始年月,参保终止年月", *insured, ""]).encode(),
        "社保停保_20240531_全量.csv": "\n".join([f"{head},停保原因,最后缴费年月,停保日期", *stops, ""]).encode(),
    }


def crowded(root: Path, crowd: dict[str, bytes], threads: int) -> Night:
    """One night on the crowd's files with so many DuckDB threads."""
    town = Town.found(root, "zhongshan")
    for name, data in crowd.items():
        (town.workspace.inbox / name).write_bytes(data)
    original, counted = store.connect, []

    def connect(*args: Any, **kwargs: Any) -> duckdb.DuckDBPyConnection:
        con = original(*args, **kwargs)
        con.execute(f"set threads = {threads}")
        counted.append(con)
        return con

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "connect", connect)
        patch.setattr(beginning, "connect", connect)
        night = town.run(MAY31)
    assert len(counted) > 2
    return night


# What is compared


def said(night: Night) -> list[tuple[Any, ...]]:
    return sorted((tuple(e[k] for k in SAID) for e in night.entries()), key=str)


def tables(night: Night) -> dict[str, str]:
    """Hash of every table file of a run."""
    folder = night.folder / "tables"
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*.parquet"))
    }


def without_clock(night: Night) -> list[dict[str, Any]]:
    return [{k: v for k, v in e.items() if k != "recorded_at"} for e in night.rows("ledger_entry")]


def ids(town: Town) -> list[tuple[str, str, str]]:
    return sorted((p["person_id"], p["id_number"], p["name"]) for p in town.ask("select * from person"))


def state_after(town: Town, runs: int) -> list[dict[str, Any]]:
    """The ledger's fold over the first runs, by the program's own macro in a store built from them alone."""
    scratch = town.workspace.root.parent / f"store-{runs}"
    kept = sealed_runs(town.workspace.runs)[:runs]
    store.build_store(scratch / "store.duckdb", town.workspace.runs, kept, scratch / "work")
    return read(scratch / "store.duckdb", "ledger_state") + read(scratch / "store.duckdb", "person")


def read(path: Path, table: str) -> list[dict[str, Any]]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        return list(con.sql(f"select * from {table} order by all").to_arrow_table().to_pylist())
    finally:
        con.close()


def differing(left: dict[str, str], right: dict[str, str]) -> list[str]:
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


# The same again


@pytest.mark.parametrize("night", ["again", "rewritten"])
def test_the_same_rows_again_post_nothing(base: Town, night: str) -> None:
    assert base.nights[JUN20].entries() != []
    assert [brief(e) for e in base.nights[night].entries()] == []
    for table in ("person", "match_log", "link", "ended", "person_hold"):
        if (night, table) != ("rewritten", "person_hold"):
            assert base.nights[night].rows(table) == [], table


def test_the_same_files_again_are_duplicates(base: Town) -> None:
    files = base.nights["again"].rows("delivery")
    assert {d["status"] for d in files} == {"duplicate"} and len(files) == len(base.nights[JUN20].rows("delivery"))
    assert base.nights["again"].outcome.exit_code == 0


def test_the_same_rows_written_otherwise_are_unchanged(base: Town) -> None:
    bad = {d["kind"]: d["quarantined"] for d in base.nights[JUN20].rows("delivery")}
    for file in base.nights["rewritten"].rows("delivery"):
        assert file["status"] == "accepted" and file["encoding"] == "gb18030"
        assert file["unchanged"] == file["accepted"] == file["rows"] - file["quarantined"]
        assert file["quarantined"] == bad.get(file["kind"], 0)


def test_ledger_and_people_stand_as_they_stood(base: Town) -> None:
    assert state_after(base, 2) == state_after(base, 3) == state_after(base, 4) != []


# The same written otherwise


@pytest.mark.parametrize("day", [MAY31, JUN20])
def test_order_encoding_and_file_kind_play_no_part_in_the_ledger(base: Town, elsewhere: Town, day: str) -> None:
    assert len(said(base.nights[day])) > 30
    assert said(elsewhere.nights[day]) == said(base.nights[day])


@pytest.mark.parametrize("day", [MAY31, JUN20])
def test_entries_have_the_same_numbers_and_evidence_in_any_order(base: Town, elsewhere: Town, day: str) -> None:
    assert without_clock(elsewhere.nights[day]) == without_clock(base.nights[day])


def test_people_get_the_same_ids_in_any_order(base: Town, elsewhere: Town) -> None:
    assert len(ids(base)) > 60 and ids(elsewhere) == ids(base)


@pytest.mark.parametrize("day", [MAY31, JUN20])
def test_person_and_hold_tables_are_the_same_in_any_order(base: Town, elsewhere: Town, day: str) -> None:
    for table in ("person", "person_hold", "rule_outcome", "ended"):
        left, right = (
            [{k: v for k, v in r.items() if k != "delivery_id"} for r in t.nights[day].rows(table)]
            for t in (base, elsewhere)
        )
        assert left == right, table


@pytest.mark.parametrize("day", [MAY31, JUN20])
def test_every_row_is_linked_alike_in_any_order(base: Town, elsewhere: Town, day: str) -> None:
    shown = ("kind", "record_id", "person_id", "match_status", "rule", "runner_up_person_id", "supersedes", "cause")
    left, right = (
        sorted((tuple(r[k] for k in shown) for r in t.nights[day].rows("match_log")), key=str)
        for t in (base, elsewhere)
    )
    assert left == right


@pytest.mark.parametrize("day", [MAY31, JUN20])
def test_the_files_were_indeed_others(base: Town, elsewhere: Town, day: str) -> None:
    own, other = ({d["delivery_id"] for d in t.nights[day].rows("delivery")} for t in (base, elsewhere))
    assert not own & other
    assert "utf-8" not in {d["encoding"] for d in elsewhere.nights[day].rows("delivery")}


# The same bytes


def test_the_same_files_elsewhere_give_the_same_bytes(base: Town, twin: Town) -> None:
    left, right = tables(base.nights[MAY31]), tables(twin.nights[MAY31])
    assert len(left) > 10
    assert differing(left, right) in ([], ["ledger_entry.parquet"])
    assert without_clock(base.nights[MAY31]) == without_clock(twin.nights[MAY31])


def test_the_number_of_threads_plays_no_part(tmp_path: Path, crowd: dict[str, bytes]) -> None:
    one, four = (crowded(tmp_path / str(n), crowd, n) for n in (1, 4))
    assert len(one.rows("ledger_entry")) > KNOWN // 2
    assert differing(tables(one), tables(four)) in ([], ["ledger_entry.parquet"])
    assert without_clock(one) == without_clock(four)


def test_blank_lines_do_not_decide_between_two_deltas_of_a_day(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "neimenggu")
    posted = []
    for label, is_first in (("one", True), ("two", False)):
        who = town.person("1990-06-01")
        stands = registered("2024-03-10").about(who)
        stays, goes = (
            town.deliver("失业登记", MAY31, "增量", [row], f"{label}{n}")
            for n, row in enumerate((stands, stands | {"注销日期": "2024-05-20"}), 1)
        )
        while (hash_file(goes) < hash_file(stays)) != is_first:
            goes.write_bytes(goes.read_bytes() + b"\n")
        posted.append(who)
    night = town.run(MAY31)
    left, right = ([brief(e) for e in night.entries(id_number=who.number)] for who in posted)
    assert left == right
