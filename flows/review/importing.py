"""`zhaoren review DIR import FILE`: answers become rows of the decision extract in the inbox, for the next night; what cannot
be used comes back with its reason.

One file a day of decision: a later answer replaces an earlier one by its day, by the same rules as any delivery. What was
taken in on some night, or lies in the inbox from an import before, is not written again.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.days import today_in_shanghai
from flows.review.checks import check_answers
from flows.review.export import review_desk
from flows.trust.access import taken_out
from flows.workspace import Workspace, locked
from intake.answers import LAYOUT, SCHEMA, read_answers
from ledger.whole import put_whole
from reports import open_questions, returned_answers
from reports.assemble import Desk
from schemas.errors import DeliveryRefused, UsageError, say

OWN_FILE = re.compile(r"^核查结果_([0-9]{8})_增量_核查簿-([0-9]{2,})\.csv$")
HEADERS = tuple(c.header for c in LAYOUT.columns)
SHOWN = 20  # reasons told on the terminal; all of them stand in the workbook
FIELDS = ", ".join(LAYOUT.fields)
ACCEPTED = f"""
select greatest(decided_date, (select coalesce(max(snapshot_date), date '0001-01-01') from source where kind = 'decision' and coverage = 'full')) as day,
       {FIELDS.replace("entry_id", "question as entry_id")}
from checked where outcome = 'accepted' order by day, question, role nulls first, officer, decided_date, decision, n
"""
COUNTS = "select outcome, count(*) from checked group by outcome"
ANSWERS = (
    "select file_no, row_no, outcome, coalesce(problem, warning, '') from checked order by file_no, sheet_no, row_no"
)
RETURNED = """
create or replace temp table returned as
select f.file_name, c.file_no, c.sheet_no, c.row_no, c.question, c.decision, if(c.outcome = 'accepted', '已导入，预计不执行', '退回') as outcome,
       coalesce(c.problem, c.warning) as problem
from checked as c inner join answer_file as f using (file_no) where c.problem is not null or c.warning is not null
"""


@dataclass(frozen=True)
class Imported:
    """What became of the answers: how many of each outcome, file, row, outcome and sentence (or "") of each answer, what to
    tell, and the exit code."""

    counts: dict[str, int]
    answers: tuple[tuple[int, int, str, str], ...]
    files: tuple[Path, ...]
    text: str
    exit_code: int


def import_answers(workspace: Workspace, files: Sequence[Path]) -> Imported:
    """Take in the answers of one workbook, or of the two of two reviewers. Raises: UsageError, DeliveryRefused."""
    answers, folder = _read(files), files[0].parent
    with taken_out(workspace, "review", [], folder) as apart, review_desk(workspace, apart) as desk, locked(workspace):
        desk.con.register("answers_read", answers)
        desk.con.register("pending_read", pending_answers(workspace.inbox))
        _name_files(desk.con, files)
        check_answers(desk.con, workspace, max(today_in_shanghai(), desk.night.as_of))
        desk.con.execute(RETURNED)
        made = _write_inbox(desk.con, workspace.inbox)
        beside = [folder / made_apart.name for made_apart in _write_beside(desk, files[0])]
        return _tell(desk.con, workspace, made, beside)


def _read(files: Sequence[Path]) -> pa.Table:
    tables = []
    for number, path in enumerate(files, 1):
        if not path.is_file():
            raise UsageError(say(f"没有文件 {path}。", f"No file {path}."))
        try:
            table = read_answers(path.read_bytes())
        except DeliveryRefused as problem:
            raise UsageError(f"{path}：{problem.reason}") from None
        tables.append(table.add_column(0, "file_no", pa.array([number] * table.num_rows, pa.int64())))
    return pa.concat_tables(tables)


def pending_answers(inbox: Path) -> pa.Table:
    """The rows that imports before left in the inbox for the next night."""
    rows: list[dict[str, Any]] = []
    for path in sorted(p for p in inbox.iterdir() if OWN_FILE.match(p.name)):
        with path.open(encoding="utf-8", newline="") as stream:
            rows += [dict(zip(LAYOUT.fields, line, strict=True)) for line in list(csv.reader(stream))[1:]]
    typed = [{f: _typed(f, row[f]) for f in LAYOUT.fields} for row in rows]
    return pa.Table.from_pylist(typed, schema=pa.schema([SCHEMA.field(f) for f in LAYOUT.fields]))


def _typed(field: str, text: str) -> Any:
    if not text:
        return None
    return date.fromisoformat(text) if field.endswith("_date") else text


def _name_files(con: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    con.execute("create or replace temp table answer_file (file_no bigint, file_name varchar)")
    for number, path in enumerate(files, 1):
        con.execute("insert into answer_file values (?, ?)", [number, path.name])


def _write_inbox(con: duckdb.DuckDBPyConnection, inbox: Path) -> list[Path]:
    """One file for each day of decision, each after what an import before left of that day."""
    made = []
    for day, rows in groupby(con.execute(ACCEPTED).fetchall(), lambda row: row[0]):
        taken = [int(hit[2]) for p in inbox.iterdir() if (hit := OWN_FILE.match(p.name)) and hit[1] == f"{day:%Y%m%d}"]
        path = inbox / f"核查结果_{day:%Y%m%d}_增量_核查簿-{max(taken, default=0) + 1:02d}.csv"
        _write_file(path, [row[1:] for row in rows])
        made.append(path)
    return made


def _write_file(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    """Every cell quoted: a note may hold anything. It appears in the inbox whole or not at all."""
    with put_whole(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(HEADERS)
        writer.writerows(["" if v is None else str(v) for v in row] for row in rows)


def _write_beside(desk: Desk, file: Path) -> list[Path]:
    """The reasons and, of two reviewers, the questions they disagree on: workbooks for beside the first file. What an import
    before left there under these names is no longer true and goes."""
    names = {"returned": f"{file.stem}-未收下", "conflict": f"{file.stem}-裁定"}
    made = []
    for table, name in names.items():
        if not desk.con.execute(f"select exists (from {table})").fetchall()[0][0]:
            (file.parent / f"{name}.xlsx").unlink(missing_ok=True)
        elif table == "returned":
            made += returned_answers.build(desk, name)
        else:
            made += open_questions.export_conflicts(desk, name)
    return made


def _tell(con: duckdb.DuckDBPyConnection, workspace: Workspace, made: list[Path], beside: list[Path]) -> Imported:
    """Counts, and the first reasons by sheet and row: no name, no number."""
    counts = {"accepted": 0, "known": 0, "returned": 0} | dict(con.execute(COUNTS).fetchall())
    lines = [
        say(
            f"答复 {sum(counts.values())} 条：导入 {counts['accepted']} 条，此前已收下 {counts['known']} 条，退回 {counts['returned']} 条。",
            f"{sum(counts.values())} answers: {counts['accepted']} taken in, {counts['known']} known already, {counts['returned']} returned.",
        )
    ]
    reasons = con.execute("select file_no, sheet_no, row_no, outcome, problem from returned order by all").fetchall()
    lines += [
        f"  第 {f} 个文件第 {s} 张表第 {r} 行：{outcome}——{problem}" for f, s, r, outcome, problem in reasons[:SHOWN]
    ]
    if len(reasons) > SHOWN:
        lines.append(
            say(f"  其余 {len(reasons) - SHOWN} 条见工作簿。", f"  The other {len(reasons) - SHOWN}: see the workbook.")
        )
    lines += [say(f"已写入 {path}", f"Written: {path}") for path in (*made, *beside)]
    if made:
        lines.append(say(f"结论在下一次 zhaoren run {workspace.root} 时生效。", f"They count from the next zhaoren run {workspace.root}."))  # fmt: skip
    answers = tuple(con.execute(ANSWERS).fetchall())
    return Imported(counts, answers, tuple(made), "\n".join(lines), 3 if counts["returned"] else 0)
