"""`make bench-workbooks`: a night with a hundred thousand ledger entries, every workbook whole, beside the bare library writing
the same cells. Quote ratios, not seconds; the targets are a minute and a gigabyte on two cores.

    python -m benchmarks.workbooks [--entries 100000] [--towns 40]
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.__main__ import measure

MOST = 900_000  # rows of a sheet: nothing is cut
# Invented entries of five ops and nine lists in so many towns; one in three waits for a decision.
ENTRIES = """
insert into ledger_entry by name
select '7-' || (1000 + i) as entry_id, 7 as run_no, 1000 + i as seq, timestamptz '2024-06-30 00:00:00+00' as recorded_at, 'Q' || i as person_id,
       '欧阳明' || i % 97 as name, '1501021985' || lpad((i % 10000)::varchar, 4, '0') || '1234' as id_number, '东区' || i % $towns || '街道' as town,
       '起湾社区' as village, 'zhongshan' as pack, 'T' as track, ['ADD', 'UPD', 'TASK', 'GAP', 'ALERT'][1 + i % 5] as op, 'stoppage' as basis,
       'ZS-3.1.1a' as clause, 'hired' as ground, 'L0' as state_from, 'L1' as state_to, date '2024-06-30' as valid_from, i % 3 = 0 as needs_decision,
       ['r1', 'r2'] as evidence, '{"have": 1}' as parameters,
       '自 2024-05 起停保，满 40 周岁，且其后未再由单位参保，依条款应予处理，第' || i || '条。' as reason
from range($entries) as t(i)
"""
LINES = """
insert into open_line by name
select ['O03', 'O10', 'O11', 'O12', 'O13', 'O02', 'O08', 'O09', 'O19'][1 + seq % 9] as list, entry_id, run_no, seq, person_id, name, id_number, town, village, pack,
       track, op, basis, ground, clause, valid_from, needs_decision, evidence, parameters, reason, '14300000000' as phone, true as is_new, clause as rule_id
from ledger_entry where seq >= 1000
"""
OPEN = "insert into open_entry by name select *, md5(entry_id) as code from ledger_entry where needs_decision and seq >= 1000"


def run(folder: Path, out: Path, entries: int, towns: int) -> None:
    """In a process of its own: all workbooks, with what each kind took."""
    from reports import night as books
    from tests.test_workbooks import NIGHT, town

    con = town()
    con.execute(ENTRIES, {"entries": entries, "towns": towns})
    con.execute(LINES)
    con.execute(OPEN)
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
    profile = books.Profile(rows_per_sheet=MOST, review_capacity=MOST)
    timed("all", books.build_workbooks)(con, NIGHT, folder / "workbooks", profile)
    out.write_text(json.dumps(took), encoding="utf-8")


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
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--towns", type=int, default=40)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, folder, out = given.child[0], Path(given.child[1]), Path(given.child[2])
        if what == "run":
            run(folder, out, given.entries, given.towns)
        else:
            bare(folder, out)
        return
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), given.entries, given.towns)


def compare(folder: Path, entries: int, towns: int) -> None:
    child = [sys.executable, "-m", "benchmarks.workbooks", "--entries", str(entries), "--towns", str(towns), "--child"]
    ours = measure([*child, "run", str(folder), str(folder / "ours.json")])
    took = json.loads((folder / "ours.json").read_text(encoding="utf-8"))
    measure([*child, "bare", str(folder), str(folder / "bare.json")])
    floor = json.loads((folder / "bare.json").read_text(encoding="utf-8"))
    wall, cpu = took.pop("all")
    print(f"{entries:,} entries in {towns} towns, {floor['cells']:,} cells")
    print(f"all workbooks        {wall:6.1f} s  {cpu:6.1f} CPU  peak {ours.peak_mb:,.0f} MB")
    print(f"the library alone    {floor['seconds']:6.1f} s  {floor['cpu']:6.1f} CPU  ratio {cpu / floor['cpu']:.2f}")
    for name, (seconds, own) in sorted(took.items(), key=lambda t: -t[1][1]):
        print(f"  {name:<18} {seconds:6.2f} s  {own:6.2f} CPU")


if __name__ == "__main__":
    main()
