"""A delivery's table read once more from the archive, as it was read the night it came."""

from dataclasses import dataclass

import duckdb

from flows.files.kept_files import kept_data, open_vault
from flows.settings.read import read_settings
from flows.workspace import Workspace
from intake.raw import RawTable
from intake.read import Habits, read_cells
from ledger.at_rest import Unreadable, Vault
from ledger.retention import receipts
from ledger.temporary import own_folder
from schemas.errors import DeliveryRefused, IntegrityError, ZhaorenError, say
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
    settings = read_settings(workspace.root)
    return kept, read_kept(workspace, open_vault(workspace, settings), settings.habits(kept.kind, kept.office), kept)


def find_kept(con: duckdb.DuckDBPyConnection, workspace: Workspace, delivery: str) -> Kept:
    """Where an accepted delivery lies."""
    deliveries = str(workspace.runs / "*" / "tables" / "delivery.parquet")
    return Kept(*con.execute(KEPT, {"deliveries": deliveries, "delivery": delivery}).fetchall()[0])


def read_kept(workspace: Workspace, vault: Vault, habits: Habits, kept: Kept) -> RawTable:
    """The delivery's table, out of the kept file that may hold several. Raises: DeliveryRefused where its term is over, or
    no key opens it."""
    file = workspace.archive / kept.file_sha256
    if not file.is_file():
        raise why_gone(workspace, kept.file_sha256)
    aside = own_folder() / "spill"
    try:
        data = kept_data(vault, file, aside)
    except Unreadable as problem:
        raise DeliveryRefused(f"原始文件不能再读：{problem}", code="unreadable") from None
    tables = read_cells(data, LAYOUTS[kept.kind], habits, [], aside)
    return next((t for t in tables if t.sheet == kept.sheet), tables[0])


def why_gone(workspace: Workspace, sha256: str) -> ZhaorenError:
    """Of a kept file that is not there: destroyed when its term was over, or missing."""
    if run := receipts(workspace.runs).get(f"archive/{sha256}"):
        return DeliveryRefused(f"原始文件已按保存期限销毁（凭证在第 {run} 次运行的清单），不能再读。", code="destroyed")
    return IntegrityError(
        say(f"archive/{sha256[:12]}… 不见了；请运行 zhaoren verify 查明，并从备份恢复。",
            f"archive/{sha256[:12]}… is gone; run zhaoren verify, and restore it.")
    )  # fmt: skip
