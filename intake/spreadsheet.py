"""Reads xlsx and xls by python-calamine, every cell by its own type: text stays text, a number never loses digits
in silence.

No formula is ever evaluated. The workbook is opened in a child process: see spreadsheet_child.
"""

import io
import marshal
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from intake.bind import find_header
from intake.raw import RawTable, drop_furniture, name_unnamed, trim
from intake.spreadsheet_child import LOCKED
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MAX_UNPACKED = 4 << 30  # a 1 M x 15 sheet unpacks to about 1 GB; past four it is not a delivery
LOCKED_MARK = "EncryptedPackage".encode("utf-16-le")
CHILD, PATIENCE = Path(__file__).parent / "spreadsheet_child.py", 900


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
    cells = trim(pa.table(columns))
    return drop_furniture(RawTable(cells, None, "xlsx", name, name_unnamed(binding, cells)), rows[place])


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _sheets(data: bytes) -> dict[str, list[list[str]]]:
    """Every sheet's cells, read in a child process under limits (see spreadsheet_child)."""
    _refuse_bomb(data)
    if LOCKED_MARK in data[: 1 << 20] and data.startswith(OLE_MAGIC):
        raise _locked()
    try:
        done = subprocess.run([sys.executable, "-I", str(CHILD)], input=data, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise DeliveryRefused("工作簿打开超时，内容异常庞大；请改发 CSV 或分成几个文件。", code="too_large") from None
    if done.returncode == LOCKED:
        raise _locked()
    if done.returncode != 0:
        raise _broken()
    return dict(marshal.loads(done.stdout))


def _locked() -> DeliveryRefused:
    return DeliveryRefused("工作簿加了密码；请去掉密码后重发。", code="locked")


def _broken() -> DeliveryRefused:
    return DeliveryRefused("工作簿已损坏、被截断或内容异常，打不开；请重新导出后发送。", code="truncated")


def _refuse_bomb(data: bytes) -> None:
    if not data.startswith(ZIP_MAGIC):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names, size = archive.namelist(), sum(i.file_size for i in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError):
        raise _broken() from None
    if "[Content_Types].xml" not in names:
        raise DeliveryRefused("这是压缩包，不是工作簿；请解压后把里面的文件投放。", code="zip")
    if size > MAX_UNPACKED:
        raise DeliveryRefused("工作簿解开后超过 4 GB，拒绝打开；请分成几个文件或改发 CSV。", code="too_large")
