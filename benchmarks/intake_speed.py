"""How fast a large file is taken in, beside its floor in the same run: `python -m benchmarks.intake_speed`.

An invented stoppage list in GB18030 is decoded, parsed, typed, laid beside what stands and added; the next day the same
rows come with one more, so that all must be known again. The floor is DuckDB's bare read of the same rows in UTF-8 (it reads
no GB18030 without an extension, so the floor is lower than ours can be). A workbook is read beside calamine alone. Every
figure is of a whole process. On a machine with other work to do quote the ratio of processor seconds: it is of work done.
"""

import argparse
import json
import mmap
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import xlsxwriter

from benchmarks.__main__ import FLOOR, Measured, measure
from flows.files.recording import make_tables
from intake.prepare import prepare
from intake.read import Habits, read_cells
from intake.standing import DELIVERY_PLACE, Arrival, take_in
from intake.texts.delimited import read_delimited
from ledger.store import connect, spill_of
from schemas.extracts import LAYOUTS
from schemas.journal import Ended, Retold, Source
from schemas.modelling import create_table, describe
from schemas.rows import row_columns, standing_columns
from schemas.tables import Delivery

KIND = "insurance_stop"
PIECE = 8 << 20
PROCESSORS = 2
HAN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红玲辉建国梅鹏志文斌晓宇浩凯健俊帆雪琳晨阳欣颖佳"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
DRAW = "create temp macro draw(i, salt, n) as (hash(i, salt) % n)::bigint"
MAKE = """
copy (
    select
        $surnames[1 + draw(i, 0, 40)] || $han[1 + draw(i, 1, 50)] || if(draw(i, 2, 5) < 4, $han[1 + draw(i, 3, 50)], '') as 姓名,
        printf('442000%d%02d%02d%03d%d', 1960 + draw(i, 4, 45), 1 + draw(i, 5, 12), 1 + draw(i, 6, 28), draw(i, 7, 1000), draw(i, 8, 10)) as 证件号码,
        if(draw(i, 9, 2) = 0, '男', '女') as 性别,
        printf('13%09d', draw(i, 10, 1000000000)) as 联系电话,
        '某某市' || $han[1 + draw(i, 11, 50)] || $han[1 + draw(i, 12, 50)] || $han[1 + draw(i, 13, 50)] || '（某）制造有限公司' as 单位名称,
        ['养老', '失业', '医疗', '工伤', '生育'][1 + draw(i, 14, 5)] as 险种,
        ['合同期满', '单位解除', '协商解除', '个人辞职', '退休'][1 + draw(i, 15, 5)] as 停保原因,
        printf('%d%02d', 2015 + draw(i, 16, 10), 1 + draw(i, 17, 12)) as 最后缴费年月,
        printf('%d%02d%02d', 2015 + draw(i, 18, 10), 1 + draw(i, 19, 12), 1 + draw(i, 20, 28)) as 停保日期
    from range($rows) as t(i)
) to '{path}' (header true, delimiter ',')
"""


def make_files(folder: Path, rows: int) -> dict[str, Path]:
    """The same rows by encoding. Same number of rows, same bytes."""
    paths = {codec: folder / f"stoppages-{rows}.{codec}.csv" for codec in ("utf-8", "gb18030")}
    if all(p.exists() for p in paths.values()):
        return paths
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(DRAW)
        con.execute(MAKE.format(path=paths["utf-8"]), {"rows": rows, "han": list(HAN), "surnames": list(SURNAMES)})
    with paths["utf-8"].open(encoding="utf-8", newline="") as read, paths["gb18030"].open("wb") as write:
        while text := read.read(PIECE):
            write.write(text.encode("gb18030"))
    return paths


def make_next_day(path: Path) -> Path:
    """The same rows, with one more at their head."""
    later = path.with_suffix(".next.csv")
    if not later.exists():
        with path.open("rb") as read, later.open("wb") as write:
            head, first = read.readline(), read.readline()
            write.write(head + first.replace(b",", b"A,", 1) + first)
            shutil.copyfileobj(read, write, PIECE)
    return later


def make_book(folder: Path, rows: int) -> Path:
    """A workbook of eight columns, as Excel writes one."""
    path = folder / f"deaths-{rows}.xlsx"
    if path.exists():
        return path
    header = ["姓名", "证件号码", "性别", "联系电话", "镇街", "村居", "死亡日期", "数据来源"]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for i in range(rows):
            day, name = 1 + i % 28, f"{SURNAMES[i % 40]}{HAN[i % 50]}{HAN[i // 50 % 50]}"
            row = [
                name,
                f"442000196001{day:02d}{i % 10000:04d}",
                "男",
                f"13{i:09d}",
                f"第{i % 24}镇",
                f"第{i % 280}村",
                f"2024-01-{day:02d}",
                "民政",
            ]
            sheet.write_row(i + 1, 0, row)
    return path


def open_store(before: Path | None, spill: Path, kind: str = KIND) -> duckdb.DuckDBPyConnection:
    """A session in which rows of the kind stand as `before` holds them."""
    layout, con = LAYOUTS[kind], connect(scratch=spill)
    con.execute("create schema store")
    for model in (Delivery, Ended, Retold, Source):
        table = describe(model)
        con.execute(create_table(f"store.{table.name}", [(c.name, c.sql) for c in table.columns]))
    if before:
        con.execute(f"create view store.standing_{kind} as from read_parquet('{before}')")
    else:
        con.execute(create_table(f"store.standing_{kind}", standing_columns(layout)))
    con.execute(create_table(f"added_{kind}", (("rid", "BIGINT"), *row_columns(layout))))
    make_tables(con)
    con.execute(DELIVERY_PLACE)
    return con


def take_in_file(path: Path, before: Path | None, after: Path) -> dict[str, float]:
    """Rows, those of them that stood already, the processor seconds of reading and of the rest, and the wall seconds of
    both. What stands after a first night is written to `after`."""
    layout, con = LAYOUTS[KIND], open_store(before, after.parent / "spill")
    began, start = time.perf_counter(), time.process_time()
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        raw = read_delimited(data, layout, {}, aside=spill_of(con))
    read = time.process_time()
    con.execute(f"create temp view known_{KIND} as select office, record_id from store.standing_{KIND}")
    prepared = prepare(con, layout, raw, "", spill_of(con))
    arrival = Arrival(path.name, "", date(2024, 6, 30), False, 1, 1, prepared)
    (said,) = take_in(con, layout, [arrival], replaces=True, aside=spill_of(con))
    done, waited = time.process_time(), time.perf_counter() - began
    if before is None:
        con.execute(f"copy (select * exclude (rid) from added_{KIND} order by rid) to '{after}'")
    return {"rows": said.rows, "unchanged": said.unchanged, "read": read - start, "rest": done - read, "wall": waited}


def read_book(path: Path) -> dict[str, float]:
    (table,) = read_cells(path.read_bytes(), LAYOUTS["death"], Habits(), [])
    return {"rows": table.cells.num_rows}


CALAMINE = """
import sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
print(sum(1 for _ in book.get_sheet_by_index(0).iter_rows()), file=sys.stderr)
"""


def run(folder: Path, rows: int, book_rows: int) -> None:
    paths = make_files(folder, rows)
    stands = folder / f"stands-{rows}.parquet"
    floor = measure([sys.executable, "-c", FLOOR, "read", str(paths["utf-8"])])
    _show("floor: DuckDB reads it as UTF-8", floor, floor, rows)
    _own("first night", [str(paths["gb18030"])], stands, floor, rows)
    _own("next day, unchanged", [str(make_next_day(paths["gb18030"])), "--before", str(stands)], stands, floor, rows)
    again = measure([sys.executable, "-c", HASH, str(paths["gb18030"])])
    _show("next day, the same bytes", again, floor, rows)
    book = make_book(folder, book_rows)
    alone = measure([sys.executable, "-c", CALAMINE, str(book)])
    _show("floor: calamine alone", alone, alone, book_rows)
    _show("our reader", measure([sys.executable, "-m", __spec__.name, "--book", str(book)]), alone, book_rows)


HASH = """
import sys
from pathlib import Path
from intake.receive import hash_file
hash_file(Path(sys.argv[1]))
"""


def _own(name: str, asked: list[str], stands: Path, floor: Measured, rows: int) -> None:
    """One night of ours. Its processor seconds are those of reading and taking in, without starting Python and without
    writing what the next day needs."""
    out = stands.with_suffix(".json")
    spent = measure([sys.executable, "-m", __spec__.name, "--stands", str(stands), "--out", str(out), "--one", *asked])
    said = json.loads(out.read_text(encoding="utf-8"))
    _show(name, Measured(said["wall"], spent.peak_mb, said["read"] + said["rest"]), floor, rows)
    print(f"    {said['unchanged']} of {said['rows']} rows unchanged; processor: reading {said['read']:.1f} s, the rest {said['rest']:.1f} s, "
          f"x{1 + said['rest'] / said['read']:.2f} reading", flush=True)  # fmt: skip


def _show(name: str, spent: Measured, floor: Measured, rows: int) -> None:
    rate = rows / spent.processor * PROCESSORS / 1e6
    print(f"{name:30} {spent.seconds:7.1f} s wall {spent.processor:6.1f} s processor {rate:5.2f} M rows/s on two {spent.peak_mb:6.0f} MB  "
          f"x{spent.seconds / floor.seconds:5.2f} wall x{spent.processor / floor.processor:5.2f} processor", flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--book-rows", type=int, default=1_000_000)
    parser.add_argument(
        "--folder", type=Path, help="where the files are made and kept; else they are removed at the end"
    )
    for hidden in ("--one", "--before", "--stands", "--out", "--book"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        asked.out.write_text(json.dumps(take_in_file(asked.one, asked.before, asked.stands)), encoding="utf-8")
    elif asked.book:
        print(read_book(asked.book), file=sys.stderr)
    elif asked.folder:
        run(asked.folder, asked.rows, asked.book_rows)
    else:
        with tempfile.TemporaryDirectory(prefix="zhaoren-intake-") as made:
            run(Path(made), asked.rows, asked.book_rows)
