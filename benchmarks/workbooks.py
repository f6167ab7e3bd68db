"""`make bench-workbooks`: a first night with about a hundred thousand ledger entries, every workbook whole, beside the bare
library writing the same cells. Quote ratios, not seconds; the targets are a minute and a gigabyte on two cores.

    python -m benchmarks.workbooks [--people 130000] [--keep FOLDER]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.__main__ import ROOT, measure

PACKS = ("zhongshan", "shandong", "jining", "xinyu", "neimenggu")
DAY = "2024-06-29"
MOST = 900_000  # rows of a sheet: nothing is cut


def make_workspace(folder: Path, people: int) -> Path:
    """A workspace with one invented night in its inbox."""
    from flows.workspace import init_workspace

    subprocess.run(
        [sys.executable, "-m", "sample_data", "--out", str(folder / "city"), "--people", str(people), "--nights", "1", "--formats", "plain"],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    workspace = init_workspace(folder / "town", PACKS)
    settings = workspace.root / "zhaoren.toml"
    text = settings.read_text(encoding="utf-8").replace("rows_per_sheet = 5000", f"rows_per_sheet = {MOST}")
    settings.write_text(text.replace("capacity = 2000", f"capacity = {MOST}"), encoding="utf-8")
    (night,) = (folder / "city").glob("night-*")
    for file in night.iterdir():
        file.rename(workspace.inbox / file.name)
    return workspace.root


def run(root: Path, out: Path) -> None:
    """In a process of its own: the night, with what each kind of workbook took."""
    from datetime import date

    from flows.night import run_night
    from flows.workspace import Workspace
    from reports import night as books

    took: dict[str, tuple[float, float]] = {}

    def timed(name: str, build: Any) -> Any:
        def measured(*given: Any) -> Any:
            start = time.monotonic(), time.process_time()
            try:
                return build(*given)
            finally:
                took[name] = (round(time.monotonic() - start[0], 2), round(time.process_time() - start[1], 2))

        return measured

    for module in books.WORKBOOKS:
        setattr(module, "build", timed(module.__name__.split(".")[-1], module.build))  # noqa: B010
    books.build_workbooks = timed("all", books.build_workbooks)
    outcome = run_night(Workspace(root), date.fromisoformat(DAY))
    entries = sum(n for _, n in outcome.entries)
    out.write_text(json.dumps({"entries": entries, "folder": str(outcome.folder), "took": took}), encoding="utf-8")


def bare(folder: Path, out: Path) -> None:
    """In a process of its own: every cell of these workbooks, read back and written anew by the library alone."""
    from python_calamine import CalamineWorkbook

    seconds, cpu, cells = 0.0, 0.0, 0
    for number, path in enumerate(sorted((folder / "workbooks").rglob("*.xlsx"))):
        read = CalamineWorkbook.from_path(str(path))
        sheets = [read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names]
        start = time.monotonic(), time.process_time()
        book = xlsxwriter.Workbook(str(out.parent / f"bare-{number}.xlsx"), {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False})  # fmt: skip
        for rows in sheets:
            paper = book.add_worksheet()
            for at, row in enumerate(rows):
                for place, value in enumerate(row):
                    if value != "":
                        paper.write(at, place, value if isinstance(value, str | int | float) else str(value))
                        cells += 1
        book.close()
        seconds += time.monotonic() - start[0]
        cpu += time.process_time() - start[1]
    out.write_text(json.dumps({"seconds": seconds, "cpu": cpu, "cells": cells}), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=130_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, place, out = given.child
        {"run": run, "bare": bare}[what](Path(place), Path(out))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        compare(folder, make_workspace(folder, given.people))


def compare(folder: Path, root: Path) -> None:
    child = [sys.executable, "-m", "benchmarks.workbooks", "--child"]
    night = measure([*child, "run", str(root), str(folder / "night.json")], accepted=(0,))
    told = json.loads((folder / "night.json").read_text(encoding="utf-8"))
    measure([*child, "bare", told["folder"], str(folder / "bare.json")])
    floor = json.loads((folder / "bare.json").read_text(encoding="utf-8"))
    books = told["took"].pop("all")
    print(f"{told['entries']:,} entries, {floor['cells']:,} cells")
    wall, cpu = books
    print(f"all workbooks {wall:.1f} s ({cpu:.1f} CPU); the library alone on the same cells {floor['seconds']:.1f} s ({floor['cpu']:.1f} CPU); ratio {cpu / floor['cpu']:.2f}")  # fmt: skip
    print(f"whole night {night.seconds:.1f} s, peak {night.peak_mb:,.0f} MB")
    for name, (wall, cpu) in sorted(told["took"].items(), key=lambda t: -t[1][1]):
        print(f"  {name:<18} {wall:6.2f} s  {cpu:6.2f} CPU")


if __name__ == "__main__":
    main()
