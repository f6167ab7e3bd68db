"""Reads xlsx and xls by python-calamine, every cell by its own type: text stays text, a number never loses digits
in silence.

Excel keeps 15 digits; a long number stored as a number is handed on in the form 1.50102198507043e+17, which the
identity fold knows as damaged. No formula is ever evaluated.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa

from intake.bind import find_header
from intake.raw import RawTable, drop_furniture, trim
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MAX_UNPACKED = 4 << 30  # a 1 M x 15 sheet unpacks to about 1 GB; past four it is not a delivery
LONG = 10**15  # the first integer that a spreadsheet number cannot hold with all its digits


def is_spreadsheet(data: bytes) -> bool:
    return data.startswith((ZIP_MAGIC, OLE_MAGIC))


def read_spreadsheet(data: bytes, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> RawTable:
    """The one sheet that holds data, as text. Raises: DeliveryRefused for damaged, locked or several-sheet books."""
    sheets = {n: rows for n, rows in _sheets(data).items() if any(any(r) for r in rows)}
    if not sheets:
        raise DeliveryRefused("工作簿是空的；请确认导出的内容后重发。", code="empty_file")
    if len(sheets) > 1:
        raise DeliveryRefused(
            f"工作簿有 {len(sheets)} 张有内容的工作表；请每张工作表另存为一个文件投放。", code="several_sheets"
        )
    name, rows = next(iter(sheets.items()))
    place, binding = find_header(rows, layout, aliases)
    body = rows[place + 1 :]
    columns = {f"c{i}": pa.array([_cell(r, i) for r in body], pa.string()) for i in range(binding.width)}
    return drop_furniture(RawTable(trim(pa.table(columns)), None, "xlsx", name, binding), rows[place])


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _sheets(data: bytes) -> dict[str, list[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _refuse_bomb(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {n: [[_text(c) for c in r] for r in _rows(book, n)] for n in book.sheet_names}
    except PasswordError:
        raise DeliveryRefused("工作簿加了密码；请去掉密码后重发。", code="locked") from None
    except (CalamineError, ValueError, OSError, zipfile.BadZipFile):
        raise DeliveryRefused("工作簿已损坏或被截断，打不开；请重新导出后发送。", code="truncated") from None


def _rows(book: object, name: str) -> list[list[object]]:
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[attr-defined]


def _refuse_bomb(data: bytes) -> None:
    if not data.startswith(ZIP_MAGIC):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names, size = archive.namelist(), sum(i.file_size for i in archive.infolist())
    except zipfile.BadZipFile:
        raise DeliveryRefused("工作簿已损坏或被截断，打不开；请重新导出后发送。", code="truncated") from None
    if "[Content_Types].xml" not in names:
        raise DeliveryRefused("这是压缩包，不是工作簿；请解压后把里面的文件投放。", code="zip")
    if size > MAX_UNPACKED:
        raise DeliveryRefused("工作簿解开后超过 4 GB，拒绝打开；请分成几个文件或改发 CSV。", code="too_large")


def _text(cell: object) -> str:
    """A cell as text, by its own type.

    >>> _text(1.0), _text(1.50102198507043e17), _text(True), _text(date(2024, 6, 30))
    ('1', '1.50102198507043e+17', '是', '2024-06-30')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _number(value: float) -> str:
    if abs(value) >= LONG:
        return f"{value:.14e}"
    return str(int(value)) if value.is_integer() else repr(value)
