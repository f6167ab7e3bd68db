"""From an extract's rows to the bytes of one file: cells as text, titles and footers around, encoded; or a workbook."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from sample_data.extracts import Array, Extract
from sample_data.offices import Office
from sample_data.people import CITY
from schemas.extracts import LAYOUTS

CREATED = datetime(2024, 1, 1)  # a workbook carries its making date: fixed, so that same rows give same bytes
EXPONENT = re.compile(r"\d\.\d+E\+17")
REMARKS = ("", "", "", "电话核实,本人在家", "家庭困难,有就业意愿", "外出,未联系上")
SERIAL, REMARK = "序号", "备注"


def as_text(column: pa.ChunkedArray, style: str) -> pa.Array:
    """A column as it will be written. Null stays null. Each distinct date is written once: there are few."""
    array = column.combine_chunks()
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_boolean(array.type):
        return pa.array(["否", "是"]).take(array.cast(pa.int8()))
    if pa.types.is_floating(array.type):
        return pa.array([None if v is None else f"{v:.2f}" for v in array.to_pylist()], pa.string())
    if not pa.types.is_date(array.type):
        return array.cast(pa.string())
    coded = array.dictionary_encode()
    return pc.strftime(coded.dictionary, format=style).take(coded.indices)


def table_of(part: Extract, chosen: Array, office: Office) -> pa.Table:
    """The chosen rows under the office's headers, all text, damage put in."""
    rows = part.rows.take(pa.array(chosen))
    touched = np.flatnonzero(np.isin(chosen, [row for texts in part.overrides.values() for row in texts]))
    place = dict(zip(chosen[touched].tolist(), touched.tolist(), strict=True))
    columns: dict[str, pa.Array] = {}
    if office.serial:
        columns[SERIAL] = pa.array(np.arange(1, len(chosen) + 1)).cast(pa.string())
    for column in LAYOUTS[part.kind].columns:
        if column.field not in rows.column_names or column.field in office.without:
            continue
        style = office.month_style if column.type == "month" else office.date_style
        text = as_text(rows.column(column.field), style)
        said = part.overrides.get(column.field, {})
        here = sorted((place[r], t or None) for r, t in said.items() if r in place)
        if here:
            is_said = np.zeros(len(chosen), dtype=bool)
            is_said[[at for at, _ in here]] = True
            text = pc.replace_with_mask(text, is_said, pa.array([t for _, t in here], pa.string()))
        columns[office.header(column.field)] = text
    if office.remark:
        turn = int(np.count_nonzero(chosen < len(part) - part.late))
        columns[REMARK] = pa.array(
            [REMARKS[(7 * k + turn) % len(REMARKS)] or None for k in chosen.tolist()], pa.string()
        )
    return pa.table(columns)


def title_lines(office: Office, day: date) -> list[list[str]]:
    label = LAYOUTS[office.kind].label
    return [[f"{CITY}{label}名单"], [f"填报单位：{CITY}{LAYOUTS[office.kind].agency}", f"统计日期：{day.isoformat()}"]]


def footer_lines(count: int) -> list[list[str]]:
    return [["合计", str(count)], ["制表人：张三", "审核人：李四"]]


def copy_out(connection: duckdb.DuckDBPyConnection, table: str, path: Path, separator: str = ",") -> None:
    """Write a registered table as UTF-8; cells are quoted only where they must be."""
    target = str(path).replace("'", "''")
    connection.execute(f"copy {table} to '{target}' (format csv, header, delimiter '{separator}')")


def write_text(table: pa.Table, path: Path, office: Office, day: date, connection: duckdb.DuckDBPyConnection) -> None:
    """One delimited file. A plain UTF-8 file is written by DuckDB alone; any other goes once through memory."""
    connection.register("delivered", table)
    copy_out(connection, "delivered", path, office.separator)
    connection.unregister("delivered")
    if office.encoding == "utf-8" and office.newline == "\n" and not office.title:
        return
    text = path.read_bytes().decode("utf-8")
    if office.title:
        text = around(text, office, day, table.num_rows, len(table.column_names))
    if office.newline != "\n":
        text = text.replace("\n", office.newline)
    path.write_bytes(
        b"\xff\xfe" + text.encode("utf-16-le") if office.encoding == "utf-16" else text.encode(office.encoding)
    )


def around(text: str, office: Office, day: date, count: int, width: int) -> str:
    """Title lines before and footer lines after, filled up with empty cells as a spreadsheet exports them."""

    def line(words: Sequence[str]) -> str:
        return office.separator.join([*words, *[""] * (width - len(words))]) + "\n"

    footer = "".join(line(words) for words in footer_lines(count)) if office.footer else ""
    return "".join(line(words) for words in title_lines(office, day)) + text + footer


def write_workbook(table: pa.Table, path: Path, office: Office, day: date) -> None:
    """One sheet, every cell text; a number ruined by a spreadsheet is what it was there: a numeric cell."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    book.set_properties({"title": LAYOUTS[office.kind].label, "created": CREATED})
    sheet = book.add_worksheet("名单")
    lines: list[Sequence[str | None]] = [*title_lines(office, day)] if office.title else []
    lines.append(table.column_names)
    lines += zip(*(table.column(c).to_pylist() for c in table.column_names), strict=True)
    if office.footer:
        lines += [[], *footer_lines(table.num_rows)]
    for at, words in enumerate(lines):
        for across, word in enumerate(words):
            if word and EXPONENT.fullmatch(word):
                sheet.write_number(at, across, float(word))
            elif word:
                sheet.write_string(at, across, word)
    book.close()
