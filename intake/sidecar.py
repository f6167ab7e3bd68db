"""The manifest beside a delivered file: what it says of the file, and whether it takes an earlier delivery back."""

import calendar
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from schemas.errors import DeliveryRefused

SUFFIX = ".manifest.json"
LARGEST = 1 << 20


@dataclass(frozen=True)
class Sidecar:
    """What is said must hold for the file. `period` is the first and last day that it covers; `withdraws` the sha256 of
    the delivery taken back."""

    kind: str = ""
    period: tuple[date, date] | None = None
    coverage: str = ""
    area: str = ""
    rows: int | None = None
    sha256: str = ""
    withdraws: str = ""


def read_sidecar(path: Path) -> Sidecar:
    """Raises: DeliveryRefused, where it is not the JSON object it should be or a value is of the wrong kind."""
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig")) if path.stat().st_size <= LARGEST else None
    except (ValueError, OSError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _bad("不是有效的 JSON")
    return Sidecar(
        kind=_text(said, "kind"), period=_period(said), coverage=_text(said, "coverage"),
        area=_text(said, "area"), rows=_rows(said), sha256=_sha(said, "sha256"), withdraws=_sha(said, "withdraws"),
    )  # fmt: skip


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    if value is not None and not isinstance(value, str):
        raise _bad(f"中的 {key} 应是文字")
    return (value or "").strip()


def _rows(said: dict[str, Any]) -> int | None:
    rows = said.get("rows")
    if rows is None or (isinstance(rows, int) and not isinstance(rows, bool) and rows >= 0):
        return rows
    raise _bad("中的 rows 不是整数")


def _sha(said: dict[str, Any], key: str) -> str:
    text = _text(said, key).lower()
    if text and not re.fullmatch("[0-9a-f]{64}", text):
        raise _bad(f"中的 {key} 应是 64 位十六进制的 sha256")
    return text


def _period(said: dict[str, Any]) -> tuple[date, date] | None:
    """`snapshot_date` names a day; `period` a day, a month, or two days with `/`, `~` or 至 between them."""
    for key in ("snapshot_date", "period"):
        text = str(said.get(key) or "").strip()
        if not text:
            continue
        ends = [_days(part) for part in re.split(r"\s*[/~至]\s*", text)]
        if len(ends) > 2 or None in ends:
            raise _bad(f"中的 {key} 应是 2024-06-30 或 2024-06 样式的日期")
        days = [day for end in ends if end for day in end]
        return min(days), max(days)
    return None


def _days(text: str) -> tuple[date, date] | None:
    """The first and last day of what the text names.

    >>> _days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    digits = text.replace("-", "")
    try:
        if re.fullmatch("[0-9]{8}", digits):
            day = datetime.strptime(digits, "%Y%m%d").date()
            return day, day
        if re.fullmatch("[0-9]{6}", digits):
            first = datetime.strptime(digits, "%Y%m").date()
            return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    except ValueError:
        pass
    return None


def _bad(what: str) -> DeliveryRefused:
    return DeliveryRefused(f"清单{what}；请改正清单后重新投放。", code="manifest_bad")
