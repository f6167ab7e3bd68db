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
    behind = rows_behind(con, sheet, cap + 1)
    if not behind:
        return Content(no_rows(sheet), 0)
    if behind <= cap:
        table = con.sql(f"{sheet.rows} limit $most", params={**sheet.binds, "most": cap + 1}).to_arrow_table()
        if table.num_rows <= cap:
            return Content(table, table.num_rows)
    return _read_long(con, sheet, cap, csv_path(workbook, sheet), say)


def _read_long(con: duckdb.DuckDBPyConnection, sheet: Sheet, cap: int, csv: Path, say: Words) -> Content:
    """As above of rows that are many: worked out once, for the count, the sheet and the CSV."""
    con.execute(f"create or replace temp table long_sheet as {sheet.rows}", dict(sheet.binds)).fetchall()
    total = con.execute("select count(*) from long_sheet").fetchall()[0][0]
    table = con.sql("from long_sheet limit $most", params={"most": cap}).to_arrow_table()
    if total > cap:
        statement = WRITE_CSV.format(columns=csv_columns(sheet, say), rows="from long_sheet")
        con.execute(statement, {"csv_file": str(csv)}).fetchall()
    con.execute("drop table long_sheet").fetchall()
    return Content(table, total, csv.name if total > cap else "")


def rows_behind(con: duckdb.DuckDBPyConnection, sheet: Sheet, most: int) -> int:
    """How many rows a sheet is made from, up to `most`; 1 where nobody can tell. Asked of one bare table: to plan a sheet's own
    select takes twenty times as long, and most sheets of a night are empty."""
    if not sheet.only_of:
        return 1
    binds = {name: value for name, value in sheet.binds.items() if f"${name}" in sheet.only_of}
    counted = f"select count(*) from (select 1 {sheet.only_of} limit {most})"
    return int(con.execute(counted, binds).fetchall()[0][0])


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
