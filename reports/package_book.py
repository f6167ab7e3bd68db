"""The entries of a package as a workbook: one row per entry, as the receiver will hold them."""

from datetime import date
from pathlib import Path

import duckdb

from reports.catalogue import Words
from reports.detail import WRITE_CSV, csv_columns, csv_path, read_content
from reports.macros import define_words
from reports.sheet import DAY, Column, Sheet
from reports.workbook import open_book, write_sheet

ENTRIES = Sheet(
    name="台账分录",
    grain="一条台账分录",
    rows="""
select entry_id, person_id, name, id_number, town, village, pack, track, op, basis, clause, ground, state_from, state_to,
       valid_from, valid_to, yes_no(needs_decision) as needs_decision, supersedes, reason
from outgoing_entry order by run_no, seq
""",
    columns=(
        Column("entry_id", "流水号", 14),
        Column("person_id", "人员编号", 14),
        Column("name", "姓名", 14),
        Column("id_number", "证件号码", 22),
        Column("town", "镇街", 14),
        Column("village", "村居", 14),
        Column("pack", "政策包", 12),
        Column("track", "台账", 8),
        Column("op", "措施", 12),
        Column("basis", "依据", 16),
        Column("clause", "条款", 14),
        Column("ground", "理由", 16),
        Column("state_from", "原状态", 10),
        Column("state_to", "新状态", 10),
        Column("valid_from", "生效日", 12, DAY),
        Column("valid_to", "止于", 12, DAY),
        Column("needs_decision", "需人工决定", 10),
        Column("supersedes", "取代", 14),
        Column("reason", "原因", 60, wrap=True),
    ),
    fixed_columns=3,
)


def write_entries(
    con: duckdb.DuckDBPyConnection, folder: Path, day: date, rows_per_sheet: int, say: Words
) -> dict[str, Path]:
    """Write table `outgoing_entry` (the columns of `ledger_entry`) into `folder` as 台账增量.xlsx, and all of it as CSV."""
    define_words(con, say=say)
    book = folder / "台账增量.xlsx"
    csv = csv_path(book, ENTRIES)
    content = read_content(con, ENTRIES, rows_per_sheet, book, say)
    if not csv.exists():
        con.execute(
            WRITE_CSV.format(columns=csv_columns(ENTRIES, say), rows=ENTRIES.rows), {"csv_file": str(csv)}
        ).fetchall()
    with open_book(book, day, say) as opened:
        write_sheet(opened, ENTRIES, content)
    return {csv.name: csv, book.name: book}
