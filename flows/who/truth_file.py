"""A CSV of true answers: whom a delivered row is really about."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from intake.texts.decode import decode
from schemas.errors import DeliveryRefused, UsageError, say, without_numbers

HEADERS = {"文件": "file", "交付": "delivery", "行号": "row_no", "真实编号": "truth_id", "损坏": "damage"}
NO_CLASS = re.compile(r"\d{5}|.{41}")  # of a damage class that may hold a number or a whole remark
COLUMNS = pa.schema([("line", pa.int64()), ("place", pa.string()), ("row_no", pa.int64()), ("truth_id", pa.string()), ("damage", pa.string())])  # fmt: skip


def read_truth(path: Path) -> pa.Table:
    """One line of the file each; `place` is a file name or the beginning of a delivery's sha256. Raises: UsageError."""
    try:
        return pa.Table.from_pylist(list(_lines(path)), COLUMNS)
    except csv.Error:
        raise wrong_truth("不是可读的 CSV", "it is no readable CSV") from None


def wrong_truth(chinese: str, english: str) -> UsageError:
    return UsageError(say(f"真实对照文件：{chinese}。", f"The truth file: {english}."))


def _lines(path: Path) -> Iterator[dict[str, str | int]]:
    """The file's lines, counted from its header as 1."""
    try:
        text = decode(path.read_bytes())[0].decode("utf-8")
    except (OSError, DeliveryRefused):
        raise wrong_truth(
            f"{path.name} 读不出，须是 UTF-8 或 GB18030 的 CSV", f"{path.name} cannot be read as CSV"
        ) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    rows.fieldnames = [HEADERS.get(h.strip(), h.strip()) for h in rows.fieldnames or ()]
    lacking = [c for c in ("row_no", "truth_id") if c not in rows.fieldnames]
    lacking += [] if {"file", "delivery"} & {*rows.fieldnames} else ["file"]
    if lacking:
        raise wrong_truth(f"缺少列 {'、'.join(lacking)}；须有 file（或 delivery）、row_no、truth_id（文件、交付、行号、真实编号）",
                     f"no column {', '.join(lacking)}; needed: file (or delivery), row_no, truth_id")  # fmt: skip
    for row in rows:
        cells = {c: (row.get(c) or "").strip() for c in HEADERS.values()}
        if not cells["row_no"].isdecimal():
            raise wrong_truth(f"第 {rows.line_num} 行的行号不是整数", f"line {rows.line_num} has no whole row number")
        yield {"line": rows.line_num, "place": cells["delivery"].lower() or without_numbers(cells["file"]),
               "row_no": int(cells["row_no"]), "truth_id": cells["truth_id"], "damage": _damage(cells)}  # fmt: skip


def _damage(cells: Mapping[str, str]) -> str:
    return "other" if NO_CLASS.search(cells["damage"]) else cells["damage"]
