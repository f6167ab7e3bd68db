"""Night by night, the files that the offices drop: whole tables first, then what is new, with the truth beside them."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from sample_data import writers
from sample_data.calendar_days import Days
from sample_data.extracts import Array, Extract
from sample_data.numbers import AREAS
from sample_data.offices import Office
from sample_data.planted import Person
from schemas.extracts import LAYOUTS

WORKBOOK_ROWS = 200_000  # an office with more rows than this sends text instead of a workbook
SHRINK_NIGHT, SHRINK_KIND, SHRINK_TO = 4, "market_entity", 0.3
UNDATED_NIGHT, UNDATED_KIND = 2, "low_income"
FATES = {"": ("accepted", ""), "undated": ("refused", "no snapshot date in the name"), "shrunken": ("held", "case 75")}


@dataclass(frozen=True)
class Plan:
    """One file to write: which rows of which extract, under which name."""

    night: int
    office: Office
    chosen: Array
    name: str
    damage: str = ""


def plans(
    extracts: dict[str, Extract], offices: dict[str, Office], days: Days, nights: int, held_back: Array, *, mixed: bool,
    later_full: bool,
) -> Iterator[Plan]:  # fmt: skip
    """Every file of every night, in writing order. Rows `held_back` come only in the file without a date."""
    for night in range(1, nights + 1):
        for kind, part in extracts.items():
            office = offices[kind]
            is_shrunken = mixed and night == SHRINK_NIGHT and kind == SHRINK_KIND
            is_full = night == 1 or later_full or office.full_nightly or is_shrunken
            chosen = np.flatnonzero((part.night <= night) & (part.until > night) if is_full else part.night == night)
            if kind == UNDATED_KIND:
                chosen = np.setdiff1d(chosen, held_back)
            if is_shrunken:
                chosen = chosen[: int(len(chosen) * SHRINK_TO)]
            if office.suffix == "xlsx" and len(chosen) > WORKBOOK_ROWS:
                office = replace(office, suffix="csv", title=False, footer=False)
            if len(chosen):
                name = office.file_name(f"{days.night(night):%Y%m%d}", is_full)
                yield Plan(night, office, chosen, name, "shrunken" if is_shrunken else "")
        if night == UNDATED_NIGHT and len(held_back):
            yield Plan(night, Office(UNDATED_KIND), held_back, f"{LAYOUTS[UNDATED_KIND].label}_补充名单.csv", "undated")


def undated_rows(part: Extract, truth_ids: Array) -> Array:
    """Rows of one household, none of it planted, that only ever come in the file without a date."""
    books = np.array(part.rows.column("household_no").to_pylist(), dtype=object)
    is_drawn = ~np.strings.startswith(truth_ids[part.truth], "C")
    return np.flatnonzero((books == books[is_drawn][-1]) & is_drawn) if is_drawn.any() else np.array([], dtype=int)


def deliver(
    extracts: dict[str, Extract], offices: dict[str, Office], out: Path, start: date, nights: int, truth_ids: Array,
    *, mixed: bool, later_full: bool = False,
) -> dict[str, int]:  # fmt: skip
    """Write all files, `truth/rows.csv` and `truth/files.csv`. Returns rows by file, the file relative to `out`."""
    days = Days(start)
    counts: dict[str, int] = {}
    fates: list[tuple[object, ...]] = []
    connection = duckdb.connect(config={"threads": "2", "python_enable_replacements": "false"})
    written: list[pa.Table] = []
    has_undated = mixed and nights >= UNDATED_NIGHT
    held_back = undated_rows(extracts[UNDATED_KIND], truth_ids) if has_undated else np.array([], dtype=int)
    for plan in plans(extracts, offices, days, nights, held_back, mixed=mixed, later_full=later_full):
        part = extracts[plan.office.kind]
        path = out / f"night-{plan.night}" / plan.name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = writers.table_of(part, plan.chosen, plan.office)
        if plan.office.suffix == "xlsx":
            writers.write_workbook(table, path, plan.office, days.night(plan.night))
        else:
            writers.write_text(table, path, plan.office, days.night(plan.night), connection)
        if plan.office.manifest:
            write_manifest(path, table.num_rows, days.night(plan.night))
        file = f"night-{plan.night}/{plan.name}"
        counts[file] = table.num_rows
        fates.append((file, table.num_rows, *FATES[plan.damage]))
        written.append(truth_rows(part, plan, file, truth_ids))
    connection.register("truth", pa.concat_tables(written))
    (out / "truth").mkdir(parents=True, exist_ok=True)
    writers.copy_out(connection, "truth", out / "truth" / "rows.csv")
    connection.close()
    write_lines(out / "truth" / "files.csv", [("file", "rows", "expected", "why"), *fates])
    return counts


def truth_rows(part: Extract, plan: Plan, file: str, truth_ids: Array) -> pa.Table:
    """Who each row is about. `row_no` counts data rows from 1."""
    who = part.truth[plan.chosen]
    ids = np.where(who >= 0, truth_ids[who], "")
    damage = part.damage[plan.chosen]
    if plan.damage:
        damage = np.array(["+".join(w for w in (f"file:{plan.damage}", d) if w) for d in damage], dtype=object)
    blank = [pa.array(v, pa.string(), mask=v == "") for v in (ids.astype(object), damage)]
    row_no = pa.array(np.arange(1, len(who) + 1))
    return pa.table({"file": pa.repeat(file, len(who)), "row_no": row_no, "truth_id": blank[0], "damage": blank[1]})


def write_manifest(path: Path, rows: int, day: date) -> None:
    """A sidecar with what the office says it sent."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    said = {"rows": rows, "sha256": digest, "period": f"{day:%Y%m%d}", "area": str(AREAS[0])}
    path.with_name(path.name + ".manifest.json").write_text(
        json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def write_people(path: Path, ids: Array, name: Array, number: Array, is_male: Array, birth: Array) -> None:
    """`truth/people.csv`: everybody of the town, planted people last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sex = np.where(is_male, "男", "女")
    columns = {"truth_id": ids, "name": name, "id_number": number, "sex": sex, "birth_date": birth}
    table = pa.table({k: pa.array(v) for k, v in columns.items()})
    with duckdb.connect(config={"threads": "2", "python_enable_replacements": "false"}) as connection:
        connection.register("people", table)
        writers.copy_out(connection, "people", path)


def write_planted(path: Path, people: list[Person], nights: int) -> None:
    """`truth/planted.csv`: one line per expected answer."""
    lines: list[tuple[object, ...]] = [("case", "truth_id", "night", "pack", "track", "op", "clause", "note")]
    for one in people:
        told = [a for a in one.answers if a.night <= nights]
        lines += [(one.case, one.key, a.night, a.pack, a.track, a.op, a.clause, a.note) for a in told]
    write_lines(path, lines)


def write_lines(path: Path, lines: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(lines)
