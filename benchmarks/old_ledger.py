"""`make bench-ledger`: a ledger of three years of nights asked, verified and made anew, beside bare reading in the same run.

    python -m benchmarks.old_ledger [--people 1000000] [--nights 1095] [--into FOLDER]

The city is that of `benchmarks.console`: each night brings its part of the people, with three entries and a delivered row each.
Every figure is of a whole process. Quote ratios to the floor, not seconds.
"""

import argparse
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.__main__ import ROOT, Measured, measure
from benchmarks.console import FIRST, make_city
from benchmarks.linkage_bench import show

READ_ENTRIES = """
import sys, duckdb
con = duckdb.connect()
con.sql("from read_parquet($files)", params={"files": sys.argv[1] + "/runs/*/tables/ledger_entry.parquet"}).to_arrow_table()
"""
HASH_FILES = """
import hashlib, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1], "runs").rglob("*")):
    path.is_file() and hashlib.sha256(path.read_bytes())
"""


def commands(root: Path, people: int, nights: int) -> dict[str, list[str]]:
    """What is asked, by what it shows."""
    zhaoren = str(Path(sys.executable).parent / "zhaoren")
    middle, then = (FIRST + timedelta(days=nights * part // 4) for part in (2, 1))
    someone, out = f"P{people // 3:09d}", str(root / "ledger.parquet")
    return {
        "floor: every entry read": [sys.executable, "-c", READ_ENTRIES, str(root)],
        "floor: every file hashed": [sys.executable, "-c", HASH_FILES, str(root)],
        "rebuild": [zhaoren, "rebuild", str(root)],
        "asof, one person": [zhaoren, "asof", str(root), f"{middle}", "--person", someone],
        "asof, one person, as known before": [zhaoren, "asof", str(root), f"{middle}", "--person", someone, "--known-at", f"{middle}"],
        "explain, one person": [zhaoren, "explain", str(root), "--person", someone],
        "asof, whole ledger": [zhaoren, "asof", str(root), f"{middle}", "--out", out],
        "asof, whole ledger, as known before": [zhaoren, "asof", str(root), f"{middle}", "--known-at", f"{then}", "--out", out],
        "verify": [zhaoren, "verify", str(root)],
        "stand-alone verifier": [sys.executable, str(ROOT / "ledger" / "standalone_verifier.py"), str(root)],
    }  # fmt: skip


def bench(root: Path, people: int, nights: int) -> None:
    start = time.monotonic()
    if not (root / "runs").is_dir():
        make_city(root, people, nights)
        print(f"{people} people, {nights} nights made in {time.monotonic() - start:.0f} s", flush=True)
    spent: dict[str, Measured] = {}
    for what, command in commands(root, people, nights).items():
        spent[what] = measure(command)
        Path(root / "ledger.parquet").unlink(missing_ok=True)
    show(f"A ledger of {3 * people} entries in {nights} runs", "what | s | processor s | peak MB",
         [(what, m.seconds, m.processor, round(m.peak_mb)) for what, m in spent.items()])  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--nights", type=int, default=1095)
    parser.add_argument("--into", type=Path, help="folder in which the city is kept from run to run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhaoren-ledger-") as made:
        bench(asked.into or Path(made) / "city", asked.people, asked.nights)
