"""A file read in many small batches is the same file read at once: its rows, what is put aside of them and why, and where it
is broken. What is large lies in files while it is worked on, and a file that is refused leaves none behind."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchmarks.intake_speed import open_store
from intake import aside as laying_aside
from intake import prepare as preparing
from intake import typed as typing_rows
from intake.aside import ROW_GROUP, batches_of, put_aside
from intake.prepare import prepare
from intake.raw import RawTable
from intake.read import Habits, read_cells
from intake.standing import Arrival, Intake, take_in
from intake.texts import decode as decoding
from intake.texts import delimited, fixed_width
from intake.texts.dialect import DELIMITERS
from intake.typed import type_parts, type_rows
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

KIND = "low_income"
LAYOUT = LAYOUTS[KIND]
HABITS = Habits(codes={"aid_kind": {"甲类": "城市低保"}})
HEADER = ["姓名", "证件号码", "与户主关系", "户主姓名", "低保证号", "救助类别", "起始保障年月", "地址", "", "备注"]
SIZES = (*range(120, 190, 3), 256, 400, 1000)  # so that the ends of batches fall everywhere
SHAPES = list(enumerate(product(("utf-8", "gb18030", "utf-16"), (",", "|", "||"), ("\n", "\r\n", "\r"))))
SWEEP = pytest.mark.parametrize(
    "is_sweep", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["a few sizes", "every size"]
)


def _household(number: int) -> list[list[str]]:
    """A householder and two members, for whom what the householder's row says is left empty."""
    own = f"44200019620101{number:04d}"
    return [
        [
            f"户主{number}",
            own,
            "户主",
            f"户主{number}",
            f"D{number}",
            "甲类",
            "202401",
            f"第{number}号\n二楼",
            "",
            "𠮷㐂",
        ],
        [f"𬭎员{number}", own[::-1], "子女", "", "", "城市低保", "2024-02", '说"好"，', "", ""],
        [
            f"成员{number}",
            f"44200019880{number:07d}",
            "配偶",
            "",
            "",
            "不明类别",
            "2024/3",
            "",
            "有字" * (number == 9),
            "",
        ],
    ]


def _lines() -> list[list[str]]:
    households = [row for number in range(12) for row in _household(number)]
    bad_month = ["坏月", "442000197001010011", "户主", "坏月", "D90", "特困", "2024年13月", "", "", ""]
    garbled = ["乱\ufffd", "442000197001010022", "户主", "", "", "特困", "202405", "", "", ""]
    too_many = ["多格", *garbled[1:], "多出"]
    rows = [*households[:7], HEADER, [], *households[7:20], bad_month, too_many, garbled, *households[3:6], bad_month]
    return [["低保名单"], HEADER, *rows, *households[20:], ["合计"], ["制表：某人", "", "", "", ""]]


def _text(by: str, end: str) -> str:
    if by == "||":  # knows no quotes, so no cell may hold a line end
        return "".join("||".join(c.replace("\n", " ") for c in row) + end for row in _lines())
    stream = io.StringIO(newline="")
    rows = [[cell.replace("\n", end) for cell in row] for row in _lines()]
    csv.writer(stream, delimiter=by, lineterminator=end).writerows(rows)
    return stream.getvalue()


@contextmanager
def _in_batches(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((decoding, "BLOCK"), (delimited, "BLOCK"), (fixed_width, "BLOCK"), (decoding, "PIECE")):
            patch.setattr(module, name, size)
        for module in (preparing, typing_rows):
            patch.setattr(module, "MANY_ROWS", 3)
        for module in (laying_aside, preparing):
            patch.setattr(module, "ROW_GROUP", 5)
        patch.setattr(typing_rows, "MOST_KNOWN", 2)
        yield


def _read(data: bytes, aside: Path | None = None, habits: Habits = HABITS) -> RawTable:
    (raw,) = read_cells(data, LAYOUT, habits, [], aside)
    return raw


def _said(raw: RawTable) -> dict[str, Any]:
    """All that a table says."""
    width = raw.width.to_pylist() if raw.width is not None else [raw.binding.width] * raw.cells.num_rows
    return {"cells": raw.cells.to_pylist(), "width": width, "trailer": raw.trailer, "binding": raw.binding, "label": raw.encoding}  # fmt: skip


def _taken(raw: RawTable, folder: Path, aside: Path | None) -> tuple[Intake, list[Any], list[Any]]:
    """What became of the rows, and those that were added and that ended, beside some that stood before."""
    con = open_store(None, folder / "spill", KIND)
    (first,) = read_cells(
        _text(",", "\n").replace("第3号", "别处").replace("成员11", "旧人").replace("乱", "旧").encode(),
        LAYOUT,
        HABITS,
        [],
    )
    con.execute(f"create temp view known_{KIND} as select office, record_id from added_{KIND}")
    taken: list[Intake] = []
    for number, (one, where) in enumerate(((first, None), (raw, aside)), 1):
        arrival = Arrival(
            str(number), "", date(2024, 6, number), False, number, number, prepare(con, LAYOUT, one, "", where)
        )
        taken += take_in(con, LAYOUT, [arrival], replaces=True, aside=where)
    added = con.execute(f"from added_{KIND} order by rid").fetchall()
    ended = con.execute("from ended order by all").fetchall()
    con.close()
    return taken[1], added, ended


def _sizes(turn: int, is_sweep: bool) -> Sequence[int]:
    """A few of the sizes for each file, others for the next, so that together they meet every size; all in a sweep."""
    return SIZES if is_sweep else SIZES[turn % 6 :: 6]


@SWEEP
@pytest.mark.parametrize(("turn", "shape"), SHAPES, ids=["-".join(shape) for _, shape in SHAPES])
def test_rows_read_in_many_batches_are_those_read_at_once(
    turn: int, shape: tuple[str, str, str], is_sweep: bool, tmp_path: Path
) -> None:
    codec, by, end = shape
    data = _text(by, end).replace("\ufffd", "㐂").encode(codec)
    at_once = _said(_read(data))
    assert len(at_once["cells"]) == 43 and at_once["cells"][1]["c3"] == "户主0"
    assert at_once["binding"].extra == {8: "第9列", 9: "备注"}
    for size in _sizes(turn, is_sweep):
        with _in_batches(size):
            assert _said(_read(data, tmp_path)) == at_once, size


@pytest.mark.parametrize("size", SIZES[::6])
def test_what_becomes_of_the_rows_does_not_depend_on_the_batches(size: int, tmp_path: Path) -> None:
    data = _text(",", "\r\n").encode()
    at_once, added, ended = _taken(_read(data), tmp_path, None)
    assert [f.check for f in at_once.faults] == ["no_such_date", "column_count", "no_such_date"]
    assert at_once.typed.unknown_words == {"救助类别": ("不明类别",)} and at_once.typed.garbled == {"姓名": 1}
    assert at_once.unchanged > 0 and at_once.repeated == 4 and added and ended
    with _in_batches(size):
        raw = _read(data, tmp_path / "aside")
        assert raw.cells.column(0).num_chunks > 4
        in_batches, added_too, ended_too = _taken(raw, tmp_path, tmp_path / "aside")
    assert (added_too, ended_too) == (added, ended)
    for name in ("rows", "unchanged", "repeated", "faults"):
        assert getattr(in_batches, name) == getattr(at_once, name)
    assert in_batches.typed.rows.to_pylist() == at_once.typed.rows.to_pylist()
    for name in ("faults", "unknown_codes", "unread", "unknown_words", "garbled"):
        assert getattr(in_batches.typed, name) == getattr(at_once.typed, name)


def _refusal(read: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(DeliveryRefused) as refused:
        read()
    return refused.value.code, refused.value.reason


def _damaged(data: bytes, at: int, by: bytes) -> bytes:
    return data[:at] + by + data[at + len(by) :]


GBK = _text(",", "\n").replace("\ufffd", "㐂").encode("gb18030")
UTF = _text(",", "\r\n").encode()
BROKEN = [
    pytest.param(0, _damaged(GBK, len(GBK) * 2 // 3, b"\xff\xff"), id="bytes that are no text, late in the file"),
    pytest.param(
        1, _damaged(GBK, GBK.rindex("𠮷".encode("gb18030")) + 2, b"\xff"), id="inside a character of four bytes"
    ),
    pytest.param(2, _damaged(UTF, UTF.rindex("配偶".encode()) + 1, b"\xff"), id="inside a character of three bytes"),
    pytest.param(3, _damaged(UTF, len(UTF) - 60, b"\x00"), id="a zero byte near the end"),
    pytest.param(4, UTF[: UTF.rindex(b"2024/3")], id="cut in the last row"),
    pytest.param(5, UTF + "合计 7 人".encode(), id="a total that is another"),
]


@SWEEP
@pytest.mark.parametrize(("turn", "data"), BROKEN)
def test_a_file_broken_late_is_refused_alike_and_leaves_nothing_behind(
    turn: int, data: bytes, is_sweep: bool, tmp_path: Path
) -> None:
    code, reason = _refusal(lambda: _counted(data, None))
    assert code in ("undecodable", "nul_byte", "truncated", "row_count")
    for size in _sizes(turn, is_sweep):
        with _in_batches(size):
            assert _refusal(lambda: _counted(data, tmp_path)) == (code, reason), size
    assert list(tmp_path.iterdir()) == []


def _counted(data: bytes, aside: Path | None) -> RawTable:
    raw = _read(data, aside)
    if raw.trailer is not None and raw.trailer != raw.cells.num_rows:
        raise DeliveryRefused("行数不符", code="row_count")
    return raw


@pytest.mark.parametrize("by", [d for d in DELIMITERS if d != "||"])
def test_a_file_in_batches_lies_in_a_file_without_a_name_and_not_in_memory(by: str, tmp_path: Path) -> None:
    rows = [["姓名", "证件号码", "救助类别", "起始保障年月"]] + [
        [f"某{n}", f"{n:018d}", "特困", "202401"] for n in range(40_000)
    ]
    data = "".join(by.join(row) + "\n" for row in rows).encode("gb18030")
    held: list[int] = []
    before = pa.total_allocated_bytes()
    with _in_batches(1 << 15):
        raw = _read(data, tmp_path)
        for _ in batches_of(raw.cells):
            held.append(pa.total_allocated_bytes() - before)
    assert raw.cells.nbytes > 1_500_000 and max(held) < 100_000
    assert list(tmp_path.iterdir()) == []


def test_rows_put_aside_come_as_many_at_a_time_as_the_database_takes_them(tmp_path: Path) -> None:
    parts = [pa.record_batch({"n": pa.array(range(start, start + 50_000))}) for start in range(0, 400_000, 50_000)]
    laid = put_aside(parts[0].schema, parts, tmp_path)
    assert [b.num_rows for b in laid.to_batches()] == [ROW_GROUP] * 3 + [400_000 - 3 * ROW_GROUP]
    assert laid["n"].to_pylist() == [*range(400_000)]


def test_wide_rows_come_fewer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laying_aside, "MOST_BYTES", 10_000)
    parts = [pa.record_batch({"text": pa.array(["长" * 100] * 20)}) for _ in range(100)]
    laid = put_aside(parts[0].schema, parts, tmp_path)
    assert laid.num_rows == 2000 and max(b.nbytes for b in laid.to_batches()) < 20_000


def test_columns_that_a_file_lacks_lie_in_no_file_and_once_in_memory(tmp_path: Path) -> None:
    text = "姓名,证件号码,死亡日期\n" + "某甲,1,20240101\n" * 1000
    (raw,) = read_cells(text.encode(), LAYOUTS["death"], Habits(), [])
    part = raw, pa.table({"row_no": pa.array(range(1, 1001))})
    typed = type_parts(raw, LAYOUTS["death"], lambda: iter([part]), aside=tmp_path)
    lacking = [c for c in typed.rows.columns if c.type == pa.string() and c.null_count == 1000]
    assert len(lacking) > 3 and len({c.chunk(0).buffers()[1].address for c in lacking}) == 1


def test_a_fixed_width_file_in_batches_is_the_same(tmp_path: Path) -> None:
    fields: Sequence[tuple[str, int, int]] = (
        ("姓名", 1, 8),
        ("证件号码", 9, 26),
        ("救助类别", 27, 34),
        ("起始保障年月", 35, 40),
    )
    lines = [
        f"某{n:02d}".encode("gbk").ljust(8) + f"{n:018d}".encode() + "特困".encode("gbk").ljust(8) + b"202401"
        for n in range(60)
    ]
    lines[40] += b"x"
    data, habits = b"\n".join(lines) + b"\n", Habits(fixed_width=fields)
    at_once = _said(_read(data, None, habits))
    assert [n for n, w in enumerate(at_once["width"]) if w == 0] == [40]
    for size in (100, 250, 1000):
        with _in_batches(size):
            assert _said(_read(data, tmp_path, habits)) == at_once


def test_a_mark_alone_is_an_empty_fixed_width_file() -> None:
    code, _ = _refusal(lambda: _read(b"\xef\xbb\xbf", None, Habits(fixed_width=(("姓名", 1, 8),))))
    assert code in ("empty_file", "missing_column", "no_header")


def test_what_is_told_of_a_bad_row_takes_few_bytes() -> None:
    """A file of millions of rows may be bad in each of them."""
    rows = 50_000
    text = "姓名,证件号码,死亡日期\n" + "".join(f"甲乙,{n},昨天\n" for n in range(rows))
    (raw,) = read_cells(text.encode(), LAYOUTS["death"], Habits(), [])
    tracemalloc.start()
    typed = type_rows(raw, LAYOUTS["death"], pa.array(range(1, rows + 1)))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(typed.faults) == rows and kept < 150 * rows
