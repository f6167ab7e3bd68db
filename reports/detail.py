"""The rows of a sheet, and the CSV beside the workbook that holds all of them when the sheet cannot."""

from pathlib import Path

import duckdb
import pyarrow as pa

from reports.catalogue import Words
from reports.sheet import TEXT, Column, Content, Sheet

BOM = "\ufeff"  # Excel reads a CSV as UTF-8 only if it begins with this
WRITE_CSV = "copy (select {columns} from ({rows})) to $csv_file (format csv, header true)"


def read_content(con: duckdb.DuckDBPyConnection, sheet: Sheet, cap: int, workbook: Path, say: Words) -> Content:
    """The first `cap` rows of a sheet. If there are more, all of them are also in a CSV beside `workbook`, headed in the reader's language."""
    if not may_hold_any(con, sheet):
        return Content(no_rows(sheet), 0)
    table = con.sql(f"{sheet.rows} limit $most", params={**sheet.binds, "most": cap + 1}).to_arrow_table()
    if table.num_rows <= cap:
        return Content(table, table.num_rows)
    total = con.execute(f"select count(*) from ({sheet.rows})", dict(sheet.binds)).fetchall()[0][0]
    csv = csv_path(workbook, sheet)
    statement = WRITE_CSV.format(columns=csv_columns(sheet, say), rows=sheet.rows)
    con.execute(statement, {**sheet.binds, "csv_file": str(csv)}).fetchall()
    return Content(table.slice(0, cap), total, csv.name)


def may_hold_any(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> bool:
    """Asked of one bare table: to plan a sheet's own select takes twenty times as long, and most sheets of a night are empty."""
    if not sheet.only_of:
        return True
    binds = {name: value for name, value in sheet.binds.items() if f"${name}" in sheet.only_of}
    return bool(con.execute(f"select exists ({sheet.only_of})", binds).fetchall()[0][0])


def no_rows(sheet: Sheet) -> pa.Table:
    """The sheet's columns without a row."""
    return pa.table({c.field: pa.nulls(0) for c in sheet.delivered})


def csv_path(workbook: Path, sheet: Sheet) -> Path:
    return workbook.with_name(f"{workbook.stem}-{sheet.name.replace(' ', '')}.csv")


def csv_columns(sheet: Sheet, say: Words) -> str:
    """Select list with the sheet's headers; the byte-order mark is part of the first, which is never quoted."""
    marks = (BOM, *("" for _ in sheet.columns[1:]))
    return ", ".join(f'{_csv_cell(c)} as "{mark}{say(c.header)}"' for c, mark in zip(sheet.columns, marks, strict=True))


def _csv_cell(column: Column) -> str:
    if column.answer:
        return "null"
    return f'csv_safe("{column.field}")' if column.form == TEXT else f'"{column.field}"'
