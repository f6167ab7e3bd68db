"""`make bench`: two nights of an invented city, each beside the floor measured in the same run.

The floor is DuckDB reading the same files and joining them once on the number. Every figure is of a whole process:
wall seconds and peak resident memory, as the operating system counts them. Quote ratios, not seconds.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from schemas.extracts import LAYOUTS

ROOT = Path(__file__).parent.parent
KINDS = ("insurance_active", "insurance_stop", "unemployment_registration", "low_income", "disability_certificate")
FIRST = date(2024, 6, 29)


@dataclass(frozen=True)
class Measured:
    """A whole process: wall seconds, peak resident MB, and the seconds of all processors it used with its children."""

    seconds: float
    peak_mb: float
    processor: float


def measure(command: Sequence[str], accepted: tuple[int, ...] = (0,)) -> Measured:
    """Run a command to its end. Raises: RuntimeError where it fails."""
    start = time.monotonic()
    pid = os.posix_spawn(command[0], list(command), {**os.environ, "PYTHONPATH": str(ROOT)})
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in accepted:
        raise RuntimeError(f"{command[:3]} ended with {os.waitstatus_to_exitcode(status)}")
    return Measured(time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def make_city(folder: Path, people: int) -> list[Path]:
    """Two nights of deliveries, the kinds this benchmark takes, whole snapshots both nights."""
    subprocess.run(
        [sys.executable, "-m", "sample_data", "--out", str(folder), "--people", str(people), "--nights", "2",
         "--formats", "plain", "--later", "full", "--damage-rate", "0.02"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    labels = tuple(LAYOUTS[k].label for k in KINDS) + KINDS
    nights = sorted(folder.glob("night-*"))
    for night in nights:
        for file in night.iterdir():
            if not file.name.startswith(labels):
                file.unlink()
    return nights


FLOOR = """
import sys, duckdb
con = duckdb.connect()
con.execute("set enable_progress_bar = false")
join = sys.argv[1] == "join"
for n, path in enumerate(sys.argv[2:]):
    con.execute(f"create table t{n} as from read_csv(?, all_varchar=true, header=true)", [path])
if join:
    big = max(range(len(sys.argv) - 2), key=lambda n: con.execute(f"select count(*) from t{n}").fetchall()[0][0])
    name = lambda n: next(c[0] for c in con.execute(f"describe t{n}").fetchall() if "证" in c[0] and "号" in c[0] or c[0] in ("社会保障号码", "AAC002", "AAC147", "公民身份号码"))
    rest = " union all ".join(f'select "{name(n)}" as id from t{n}' for n in range(len(sys.argv) - 2) if n != big)
    con.execute(f'select count(*) from t{big} as b inner join (select distinct id from ({rest})) as r on b."{name(big)}" = r.id').fetchall()
"""
READ = """
import sys
from pathlib import Path
from intake.read import Habits, read_delivery
from intake.receive import read_inbox
from schemas.extracts import LAYOUTS
for i in read_inbox(Path(sys.argv[1])):
    read_delivery(i, i.path.read_bytes(), LAYOUTS[i.kind], Habits(), [])
"""


def run(people: int, repeats: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="zhaoren-bench-"))
    try:
        nights = make_city(folder / "city", people)
        print(f"{people} people; night 1: {_rows(nights[0])} rows; night 2: {_rows(nights[1])} rows", flush=True)
        for attempt in range(repeats):
            _once(folder, nights, attempt)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rows(night: Path) -> str:
    return ", ".join(f"{p.name.split('_')[0]} {sum(1 for _ in p.open('rb')) - 1}" for p in sorted(night.iterdir()))


def _once(folder: Path, nights: list[Path], attempt: int) -> None:
    space = folder / f"workspace-{attempt}"
    zhaoren = str(Path(sys.executable).parent / "zhaoren")
    subprocess.run(
        [zhaoren, "init", str(space), "--pack", "zhongshan,neimenggu"], check=True, stdout=subprocess.DEVNULL
    )
    settings = space / "zhaoren.toml"  # a whole second night must be timed, however much the invented city moves
    settings.write_text(
        re.sub(r"minimum = \d+", "minimum = 1000000000", settings.read_text(encoding="utf-8")), encoding="utf-8"
    )
    for number, night in enumerate(nights):
        files = [str(p) for p in sorted(night.iterdir())]
        floor = measure([sys.executable, "-c", FLOOR, "join", *files])
        bare = measure([sys.executable, "-c", FLOOR, "read", *files])
        own = measure([sys.executable, "-c", READ, str(night)])
        for file in night.iterdir():
            shutil.copyfile(file, space / "inbox" / file.name)
        whole = measure([zhaoren, "run", str(space), "--as-of", str(FIRST + timedelta(days=number))])
        for name, m in (
            ("floor: DuckDB reads and joins", floor),
            ("DuckDB reads alone", bare),
            ("our reader alone", own),
            ("zhaoren run", whole),
        ):
            print(f"night {number + 1}  {name:32} {m.seconds:7.2f} s  {m.peak_mb:7.0f} MB  "
                  f"x{m.seconds / floor.seconds:5.2f} floor  x{m.seconds / own.seconds:5.2f} our reading", flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_250_000)
    parser.add_argument("--repeats", type=int, default=1)
    asked = parser.parse_args()
    run(asked.people, asked.repeats)
