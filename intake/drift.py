"""What of a delivery's shape differs from what was agreed, and from what the same source sent last time."""

import duckdb

from intake.raw import RawTable
from intake.receive import Incoming

LAST_HEADERS = "select headers from store.source where kind = ? and office = ? order by snapshot_date desc limit 1"
LONGEST_SHOWN, DIGITS_SHOWN = 12, 5
SPREADSHEETS = {"xlsx", "xls", "html", "xml"}


def note_drift(con: duckdb.DuckDBPyConnection, incoming: Incoming, raw: RawTable) -> list[str]:
    """Sentences for the run report and for the office."""
    binding, notes = raw.binding, []
    if binding.extra:
        notes.append(f"多出 {len(binding.extra)} 列，随行保存")
    if binding.absent:
        notes.append(f"缺少应有的列：{'、'.join(binding.absent)}")
    if binding.moved:
        notes.append("列的顺序与约定不同，已按列名对应")
    notes += _since_last(con, incoming, raw)
    if raw.cells.num_rows == 0:
        notes.append("只有表头，没有数据行")
    sheet_name = incoming.file_name.lower().endswith((".xlsx", ".xls", ".et", ".xlsm", ".xlsb"))
    if (raw.encoding in SPREADSHEETS) is not sheet_name:
        notes.append("扩展名与内容不符，已按内容读取")
    return notes


def _since_last(con: duckdb.DuckDBPyConnection, incoming: Incoming, raw: RawTable) -> list[str]:
    last = con.execute(LAST_HEADERS, [incoming.kind, incoming.office]).fetchall()
    before, now = (last[0][0] or []) if last else [], list(raw.binding.headers)
    if not before or before == now:
        return []
    gone, new = [h for h in before if h not in now], [h for h in now if h not in before]
    if not gone and not new:
        return ["与上次相比，列的顺序变了"]
    told = [f"少了 {_named(gone)}"] if gone else []
    told += [f"多了 {_named(new)}"] if new else []
    return [f"与上次相比，{'，'.join(told)}"]


def _named(headers: list[str]) -> str:
    """Headers by name; what is too long for one, or full of digits, may be somebody's data and is only counted."""
    plain = [h for h in headers if len(h) <= LONGEST_SHOWN and sum(c.isdigit() for c in h) < DIGITS_SHOWN]
    odd = len(headers) - len(plain)
    return "、".join([*plain, *([f"{odd} 个不像列名的列"] if odd else [])])
