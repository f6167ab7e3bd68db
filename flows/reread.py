"""A delivery's table read once more from the archive, as it was read the night it came."""

from dataclasses import dataclass

import duckdb

from flows.settings import read_settings
from flows.workspace import Workspace
from intake.raw import RawTable
from intake.read import Habits, open_file, read_cells
from schemas.extracts import LAYOUTS

KEPT = """
select kind, office, file_sha256, sheet, file_name from read_parquet($deliveries, union_by_name = true)
where delivery_id = $delivery and status = 'accepted' order by all limit 1
"""


@dataclass(frozen=True)
class Kept:
    """Where a delivery's rows lie."""

    kind: str
    office: str
    file_sha256: str
    sheet: str | None
    file_name: str


def read_again(con: duckdb.DuckDBPyConnection, workspace: Workspace, delivery: str) -> tuple[Kept, RawTable]:
    """An accepted delivery's kind and its rows as text. The settings of today are used: a code word explained since
    then is read in its new meaning."""
    kept = find_kept(con, workspace, delivery)
    return kept, read_kept(workspace, read_settings(workspace.root).habits(kept.kind, kept.office), kept)


def find_kept(con: duckdb.DuckDBPyConnection, workspace: Workspace, delivery: str) -> Kept:
    """Where an accepted delivery lies."""
    deliveries = str(workspace.runs / "*" / "tables" / "delivery.parquet")
    return Kept(*con.execute(KEPT, {"deliveries": deliveries, "delivery": delivery}).fetchall()[0])


def read_kept(workspace: Workspace, habits: Habits, kept: Kept) -> RawTable:
    """The delivery's table, out of the kept file that may hold several."""
    tables = read_cells(open_file(workspace.archive / kept.file_sha256), LAYOUTS[kept.kind], habits, [])
    return next((t for t in tables if t.sheet == kept.sheet), tables[0])
