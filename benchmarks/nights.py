"""What a night costs by step, beside the same work done barely by DuckDB, and how it grows with what changed.

`python -m benchmarks.nights --people 100000` makes an invented city, takes it in on a first night, and then for each share
of `--changed` a night after it in which so many rows of every file say something else. Every night and every floor is a
process of its own. CPU seconds are the same however busy the machine is; quote ratios and slopes, not seconds.
"""

import argparse
import csv
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.__main__ import ROOT, measure
from flows.night.beginning import begin
from flows.night.in_order import finish, steps
from flows.settings.read import FILE
from flows.workspace import Workspace, init_workspace, locked

PACKS = ("zhongshan", "neimenggu", "shandong", "jining", "xinyu")
FIRST = date(2024, 6, 29)
SEED = 8
# Of each step of a night: what DuckDB takes for reading the files, joining each on the number with all others, laying each
# beside the people once, and writing the rows.
FLOOR = """
import json, sys, time, duckdb
con = duckdb.connect()
con.execute("set enable_progress_bar = false; set threads = 2")
spent, files = {}, sys.argv[2:]
def step(name, work):
    cpu = time.process_time(); work(); spent[name] = time.process_time() - cpu
def read():
    for n, path in enumerate(files):
        con.execute(f"create table t{n} as from read_csv(?, all_varchar = true, header = true)", [path])
def number(n):
    named = [c[0] for c in con.execute(f"describe t{n}").fetchall()]
    return next((c for c in named if "证件号" in c or c in ("社会保障号码", "AAC002", "AAC147", "公民身份号码")), None)
def join():
    keyed = {n: number(n) for n in range(len(files)) if number(n)}
    con.execute("create table people as select distinct id from (" + " union all ".join(f'select "{c}" as id from t{n}' for n, c in keyed.items()) + ")")
    for n, c in keyed.items():
        con.execute(f'create table j{n} as select t.* from t{n} as t inner join people as p on p.id = t."{c}"')
    spent["keyed"] = len(keyed)
def lay():
    for n in range(len(files)):
        if c := number(n):
            con.execute(f'create table l{n} as select distinct on ("{c}") * from j{n} order by "{c}"')
            con.execute(f'select count(*), count(l."{c}") from people as p left join l{n} as l on l."{c}" = p.id').fetchall()
def write():
    for n in range(len(files)):
        con.execute(f"copy t{n} to '{sys.argv[1]}/t{n}.parquet'")
for name, work in (("read", read), ("link", join), ("evaluate", lay), ("publish", write)):
    step(name, work)
print(json.dumps(spent))
"""


@dataclass(frozen=True)
class Step:
    """One step's wall clock and processor seconds, and the most memory that the process held in it."""

    seconds: float
    cpu: float
    peak_mb: float


def make_city(folder: Path, people: int) -> Path:
    """A night's deliveries: all kinds, whole snapshots, plain text."""
    subprocess.run(
        [sys.executable, "-m", "sample_data", "--out", str(folder), "--people", str(people), "--nights", "1", "--formats", "plain",
         "--damage-rate", "0.02"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return next(folder.glob("night-*"))


def let_move(root: Path) -> None:
    """No breaker holds what moves: a night is to be timed, however much the invented city changes."""
    settings = root / FILE
    told = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"minimum = \d+", "minimum = 1000000000", told), encoding="utf-8")


def change(night: Path, folder: Path, share: float, day: date) -> Path:
    """The same files of a later day, in which this share of the rows names another phone or village."""
    folder.mkdir()
    rng = random.Random(SEED)
    for file in sorted(night.glob("*.*sv")):
        with file.open(encoding="utf-8-sig", newline="") as read:
            head, *rows = csv.reader(read)
        places = [n for n, title in enumerate(head) if title in ("联系电话", "手机号码", "村居", "AAE005")] or [
            len(head) - 1
        ]
        for row in rows:
            if rng.random() < share and len(row) == len(head):
                row[places[0]] = f"1{rng.randrange(3 * 10**9, 10**10)}"
        name = re.sub(r"\d{8}", f"{day:%Y%m%d}", file.name)
        with (folder / name).open("w", encoding="utf-8", newline="") as write:
            csv.writer(write).writerows([head, *rows])
    return folder


def run_night(root: Path, day: date) -> dict[str, Step]:
    """A night in this process, by step."""
    workspace, spent = Workspace(root), {}
    with locked(workspace):
        night = begin(workspace, day)
        for name, _, step in steps(night):
            Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak is this step's own from here
            start, cpu = time.monotonic(), time.process_time()
            step(night)
            peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
            spent[name] = Step(
                time.monotonic() - start, time.process_time() - cpu, int(peak[1]) / 1024 if peak else 0.0
            )
        finish(night)
    return spent


def rows_of(night: Path) -> int:
    return sum(sum(1 for _ in file.open("rb")) - 1 for file in night.glob("*.*sv"))


def measured_night(root: Path, night: Path, day: date, out: Path) -> dict[str, Step]:
    for file in night.glob("*.*sv"):
        shutil.copyfile(file, root / "inbox" / file.name)
    measure(
        [sys.executable, "-m", "benchmarks.nights", "--night", str(root), "--day", day.isoformat(), "--out", str(out)]
    )
    return {name: Step(**told) for name, told in json.loads(out.read_text(encoding="utf-8")).items()}


def floor_of(night: Path, folder: Path) -> dict[str, float]:
    folder.mkdir(exist_ok=True)
    told = subprocess.run(
        [sys.executable, "-c", FLOOR, str(folder), *map(str, sorted(night.glob("*.*sv")))],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(json.loads(told.stdout))


def tell(title: str, rows: int, spent: dict[str, Step], floor: dict[str, float]) -> None:
    parts = spent.values()
    total = Step(sum(p.seconds for p in parts), sum(p.cpu for p in parts), max(p.peak_mb for p in parts))
    print(
        f"\n{title}: {rows} rows; floor {sum(floor[n] for n in ('read', 'link', 'evaluate', 'publish')):.1f} CPU s",
        flush=True,
    )
    print("| step | s | CPU s | rows/CPU s | peak MB | floor CPU s | x floor |\n|---|---|---|---|---|---|---|")
    for name, step in {**spent, "night": total}.items():
        bare = (
            sum(floor[n] for n in ("read", "link", "evaluate", "publish")) if name == "night" else floor.get(name, 0.0)
        )
        ratio = f"{step.cpu / bare:.1f}" if bare else ""
        print(
            f"| {name} | {step.seconds:.1f} | {step.cpu:.1f} | {rows / max(step.cpu, 0.01):,.0f} | {step.peak_mb:.0f} | {bare:.1f} | {ratio} |",
            flush=True,
        )


def run(folder: Path, people: int, shares: list[float]) -> None:
    night = make_city(folder / "city", people)
    floor, rows = floor_of(night, folder / "floor"), rows_of(night)
    first = init_workspace(folder / "first", PACKS).root
    let_move(first)
    tell(f"{people} people, first night", rows, measured_night(first, night, FIRST, folder / "spent.json"), floor)
    for share in shares:
        day = FIRST + timedelta(days=1)
        later = change(night, folder / f"changed-{share}", share, day)
        root = folder / "later"
        shutil.copytree(first, root)
        tell(
            f"{people} people, {share:.0%} changed",
            rows,
            measured_night(root, later, day, folder / "spent.json"),
            floor,
        )
        shutil.rmtree(root)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--changed", type=float, nargs="*", default=[0.01, 0.05, 0.2])
    parser.add_argument("--night", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--day", type=date.fromisoformat, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.night:
        spent = run_night(asked.night, asked.day)
        asked.out.write_text(json.dumps({name: asdict(step) for name, step in spent.items()}), encoding="utf-8")
    else:
        with tempfile.TemporaryDirectory(prefix="zhaoren-nights-") as made:
            run(Path(made), asked.people, asked.changed)
