"""The record of processing: what came in, what was looked at or taken out, what was destroyed, night by night. It holds no
personal value, and rests on manifests, `delivery` and `access` alone, which no receipt of destruction may name."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.workspace import Workspace
from ledger.seal import read_manifest, run_folder, sealed_runs
from ledger.store import connect
from ledger.whole import put_whole
from schemas.extracts import LAYOUTS

HEADERS = ("运行", "业务日期", "记录时间", "处理", "数据类别", "来源", "结果或用途", "文件数", "行数")
RECEIVED = """
select kind, office, status, count(*), sum(rows)::bigint from read_parquet($file) group by all order by all
"""
LOOKED = """
select what, purpose, count(*), count(file_sha256) from read_parquet($file) group by all order by all
"""
DESTROYED_WORDS = {"archive": "原始文件", "workbook": "工作簿"}


def write_record(workspace: Workspace, out: Path) -> int:
    """Write it as CSV with a byte order mark, one line per night and kind of act. Gives how many lines.
    Raises: OSError where it cannot be written."""
    with put_whole(out) as beside, beside.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(HEADERS)
        rows = list(_lines(workspace.runs))
        writer.writerows(rows)
    return len(rows)


def _lines(runs: Path) -> Iterator[tuple[Any, ...]]:
    con = connect()
    try:
        for number in sealed_runs(runs):
            manifest, tables = read_manifest(runs, number), run_folder(runs, number) / "tables"
            night = (number, manifest["as_of"], manifest["recorded_at"])
            for kind, office, status, files, rows in con.execute(
                RECEIVED, {"file": str(tables / "delivery.parquet")}
            ).fetchall():
                yield (
                    *night,
                    "接收",
                    LAYOUTS[kind].label if kind in LAYOUTS else "未识别",
                    office,
                    status,
                    files,
                    rows,
                )
            for what, purpose, count, files in con.execute(LOOKED, {"file": str(tables / "access.parquet")}).fetchall():
                yield (*night, "查看或导出", what, "", purpose or "", files, count)
            gone = Counter((g["data_class"], g["kind"] or "") for g in manifest.get("destroyed", ()))
            rows_gone = Counter[tuple[str, str]]()
            for g in manifest.get("destroyed", ()):
                rows_gone[(g["data_class"], g["kind"] or "")] += g["rows"]
            for (data_class, kind), files in sorted(gone.items()):
                label = f"登记行：{LAYOUTS[kind].label}" if kind else DESTROYED_WORDS[data_class]
                yield (*night, "销毁", label, "", "保存期限届满", files, rows_gone[data_class, kind] or "")
    finally:
        con.close()
