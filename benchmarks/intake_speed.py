"""How fast a large GB18030 file is taken in: decoded, parsed and typed, beside DuckDB's bare read of it as UTF-8.

`python -m benchmarks.intake_speed --rows 10000000` writes an invented stoppage list twice, once in GB18030 and once in
UTF-8, and reads each in a process of its own. Every figure is of a whole process. DuckDB reads no GB18030 without an
extension, so its floor is lower than ours can be. Quote ratios, not seconds.
"""

import argparse
import json
import mmap
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.__main__ import FLOOR, Measured, measure
from intake.texts.delimited import read_delimited
from intake.typed import type_rows
from schemas.extracts import LAYOUTS

KIND = "insurance_stop"
PIECE = 8 << 20
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


def take_in(path: Path) -> dict[str, float]:
    """Rows, and seconds by stage, of one file in this process."""
    layout, start = LAYOUTS[KIND], time.perf_counter()
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        raw = read_delimited(data, layout, {})
        read = time.perf_counter()
        typed = type_rows(raw, layout, pa.array(np.arange(1, raw.cells.num_rows + 1)))
    done = time.perf_counter()
    cpu = time.process_time()
    return {"rows": typed.rows.num_rows, "read": read - start, "type": done - read, "cpu": cpu}


def run(folder: Path, rows: int, repeats: int) -> None:
    paths = make_files(folder, rows)
    for codec, path in paths.items():
        print(f"{codec}: {path.stat().st_size / 1e6:.0f} MB", flush=True)
    for _ in range(repeats):
        floor = measure([sys.executable, "-c", FLOOR, "read", str(paths["utf-8"])])
        _show("floor: DuckDB's bare read, UTF-8", floor, floor, rows)
        for codec, path in paths.items():
            out = folder / "spent.json"
            own = measure([sys.executable, "-m", "benchmarks.intake_speed", "--one", str(path), "--out", str(out)])
            _show(f"decode, parse and type, {codec}", own, floor, rows)
            spent = json.loads(out.read_text(encoding="utf-8"))
            print(f"    read {spent['read']:.2f} s, type {spent['type']:.2f} s, processors {spent['cpu']:.2f} s")


def _show(name: str, spent: Measured, floor: Measured, rows: int) -> None:
    rate = rows / spent.seconds / 1e6
    print(f"{name:36} {spent.seconds:7.2f} s  {rate:5.2f} M rows/s  {spent.peak_mb:6.0f} MB  x{spent.seconds / floor.seconds:5.2f} floor", flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, help="where the files are made and kept; else they are removed at the end"
    )
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        asked.out.write_text(json.dumps(take_in(asked.one)), encoding="utf-8")
    elif asked.folder:
        run(asked.folder, asked.rows, asked.repeats)
    else:
        with tempfile.TemporaryDirectory(prefix="zhaoren-intake-") as made:
            run(Path(made), asked.rows, asked.repeats)
