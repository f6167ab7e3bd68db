"""Workbooks of every kind from rows and merged cells, by writers that know nothing of our readers."""

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

Rows = Sequence[Sequence[Any]]
Merges = Sequence[tuple[int, int, int, int]]
HTML = "<html><body>{}</body></html>"
XML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:'
    'spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">{}</Workbook>'
)


def by_openpyxl(*sheets: Rows, merges: Merges = (), epoch_1904: bool = False, formulas: bool = False) -> bytes:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904 if epoch_1904 else book.epoch
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        for cell in () if formulas else (c for row in sheet for c in row if c.data_type == "f"):
            cell.data_type = "s"
        for top, left, bottom, right in merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlwt(*sheets: Rows, merges: Merges = (), epoch_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = epoch_1904
    days = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, rows in enumerate(sheets):
        sheet = book.add_sheet(f"S{number}", cell_overwrite_ok=True)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None:
                    sheet.write(r, c, cell, days if isinstance(cell, date) else xlwt.Style.default_style)
        for top, left, bottom, right in merges:
            sheet.merge(top, bottom, left, right)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_html(*sheets: Rows, merges: Merges = ()) -> bytes:
    return HTML.format("".join(_html_table(rows, merges) for rows in sheets)).encode()


def _html_table(rows: Rows, merges: Merges) -> str:
    said = "<table>"
    for r, row in enumerate(rows):
        said += "<tr>"
        for c, cell in enumerate(row):
            span = next((m for m in merges if m[:2] == (r, c)), (r, c, r, c))
            if not any(t <= r <= b and le <= c <= ri and (r, c) != (t, le) for t, le, b, ri in merges):
                said += f"<td rowspan={span[2] - r + 1} colspan={span[3] - c + 1}>{'' if cell is None else cell}</td>"
        said += "</tr>"
    return said + "</table>"


def by_hand_2003(*sheets: Rows, merges: Merges = ()) -> bytes:
    return XML.format("".join(_xml_sheet(f"S{n}", rows, merges) for n, rows in enumerate(sheets))).encode()


def _xml_sheet(name: str, rows: Rows, merges: Merges) -> str:
    said = f'<Worksheet ss:Name="{name}"><Table>'
    for r, row in enumerate(rows):
        said += f'<Row ss:Index="{r + 1}">'
        for c, cell in enumerate(row):
            span = next((m for m in merges if m[:2] == (r, c)), (r, c, r, c))
            if cell is not None and cell != "":
                across = f'ss:MergeAcross="{span[3] - c}" ss:MergeDown="{span[2] - r}"'
                said += f'<Cell ss:Index="{c + 1}" {across}><Data ss:Type="String">{cell}</Data></Cell>'
        said += "</Row>"
    return said + "</Table></Worksheet>"


WRITERS: dict[str, Callable[..., bytes]] = {
    "xlsx": by_openpyxl, "xls": by_xlwt, "html": by_html, "xml": by_hand_2003,
}  # fmt: skip
