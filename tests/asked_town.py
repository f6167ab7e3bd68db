"""A workspace whose one sealed run asks as many questions as are wanted, made without a night; and workbooks filled in, as
an officer's program saves them. All people are invented."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from flows.settings.read import FILE
from flows.workspace import Workspace, init_workspace
from ledger.entries import commit_entries
from ledger.seal import seal, write_parquet, write_table
from ledger.standalone_verifier import SETTINGS
from ledger.store import connect
from schemas.extracts import LAYOUTS
from schemas.journal import INTERNAL
from schemas.modelling import create_table, describe
from schemas.rows import standing_columns
from schemas.tables import PUBLISHED

DELIVERY = "d" * 64
FACTS = {
    "run_no": 1, "as_of": "2024-06-30", "recorded_at": "2024-06-30T12:00:00+00:00", "packs": ["zhongshan"], "pack_versions": {},
    "code_version": "0", "model_version": "0", "totals": {}, "unset": [], "barred": [], "inputs": [], "blocking": [],
}  # fmt: skip
# Every seventh entry asks to recognise somebody (track H), the others to list them.
ENTRIES = """
insert into ledger_entry by name
select '1-' || i as entry_id, 1 as run_no, i as seq, timestamptz '2024-06-30 12:00:00+00' as recorded_at, 'P' || lpad(i::varchar, 9, '0') as person_id,
       '王' || chr((20000 + i % 5000)::integer) as name, '440100198001' || lpad((i % 1000000)::varchar, 6, '0') as id_number, '东区街道' as town,
       'zhongshan' as pack, if(i % 7 = 0, 'H', 'L') as track, 'ADD' as op, 'stoppage' as basis, 'ZS-3.1.1a' as clause, if(i % 7 = 0, 'H0', 'L0') as state_from,
       if(i % 7 = 0, 'H1', 'L1') as state_to, date '2024-06-30' as valid_from, true as needs_decision, ['r' || i] as evidence,
       json_object('rule', 'ZS-3.1.1a') as parameters, '停保，列入台账。' as reason from range(1, $n + 1) as t(i)
"""
PEOPLE = """
insert into person by name
select 'P' || lpad(i::varchar, 9, '0') as person_id, '李' || chr((20000 + i % 5000)::integer) as name, '440100198001' || lpad((i % 1000000)::varchar, 6, '0') as id_number,
       '东区街道' as town, 1 as first_run, 1 as last_run from range(1, $n + 1) as t(i)
"""
LOG = f"""
insert into match_log by name
select '{DELIVERY}' as delivery_id, i as row_no, 'rec' || i as record_id, 'death' as kind, '死亡_20240630_增量.csv' as file_name,
       'P' || lpad(i::varchar, 9, '0') as person_id, 'review' as match_status, 'model' as rule, 20.0 - i % 17 as match_weight from range(1, $n + 1) as t(i)
"""
ROWS = f"""
insert into standing_death by name
select '' as office, 'rec' || i as record_id, '{DELIVERY}' as delivery_id, i as row_no, i as business_key, 1 as run_no, '季' || chr((20000 + i % 5000)::integer) as name,
       '440100198002' || lpad((i % 1000000)::varchar, 6, '0') as id_number, 'review' as match_status, 'model' as rule, 'none' as link_grade from range(1, $n + 1) as t(i)
"""
DELIVERED = f"""
insert into delivery by name
select '{DELIVERY}' as delivery_id, '死亡_20240630_增量.csv' as file_name, 'death' as kind, date '2024-06-30' as snapshot_date, 'delta' as coverage, $n as rows, $n as accepted,
       0 as quarantined, 0 as unchanged, 0 as linked, 0 as new_person, 0 as not_linked, $n as review, 'accepted' as status, '{DELIVERY}' as file_sha256, '' as office
"""


def found(root: Path, *, entries: int, links: int) -> Workspace:
    """A workspace with so many open entries and rows in review."""
    workspace = init_workspace(root, ["zhongshan"])
    con, tables = connect(), workspace.root / ".work" / "staging" / "tables"
    for model in (*PUBLISHED, *INTERNAL):
        table = describe(model)
        con.execute(create_table(table.name, ((c.name, c.sql) for c in table.columns)))
    con.execute(create_table("standing_death", standing_columns(LAYOUTS["death"])))
    con.execute(ENTRIES, {"n": entries})
    for statement in (PEOPLE, LOG, ROWS, DELIVERED):
        con.execute(statement, {"n": links})
    for model in (*PUBLISHED, *INTERNAL):
        write_table(con, model, describe(model).name, tables)
    write_parquet(con, "from standing_death order by row_no", tables / "standing" / "death.parquet")
    con.close()
    (tables.parent / SETTINGS).write_bytes((workspace.root / FILE).read_bytes())
    seal(tables.parent, workspace.runs, 1, FACTS | {"entries": commit_entries(tables.parent), "signing": None})
    return workspace


Fill = Callable[[str, int, str], dict[str, Any]]


def filled(path: Path, out: Path, fill: Fill) -> dict[str, dict[str, Any]]:
    """`path` saved anew by openpyxl, values alone, with the answers that `fill` gives for sheet, place and question. What
    was answered, by question."""
    source, made = openpyxl.load_workbook(path, read_only=True), openpyxl.Workbook(write_only=True)
    said: dict[str, dict[str, Any]] = {}
    for sheet in source.worksheets:
        header: list[Any] = []
        paper, place = made.create_sheet(sheet.title), 0
        for row in sheet.iter_rows(values_only=True):
            cells = list(row)
            if header and cells[0] is not None and "台账流水号" in header and sheet.title != "改判已关联的行":
                question = str(cells[header.index("台账流水号")])
                answer = fill(sheet.title, place, question)
                place += 1
                for name, value in answer.items():
                    cells[header.index(name)] = value
                if answer:
                    said[question] = answer
            elif "台账流水号" in cells:
                header = cells
            paper.append([_text_cell(paper, c) for c in cells])
    made.save(out)
    return said


def _text_cell(paper: Any, value: Any) -> Any:
    """Text stays text, also where it begins like a formula."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    cell = WriteOnlyCell(paper, value)
    cell.data_type = "s"
    return cell


def save_sheet(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], *, title: Sequence[str] = ()) -> Path:
    """A workbook of one sheet that an officer's program might have made."""
    book = openpyxl.Workbook(write_only=True)
    paper = book.create_sheet("表")
    for row in ([list(title)] if title else []) + [list(header), *map(list, rows)]:
        paper.append(row)
    book.save(path)
    return path
