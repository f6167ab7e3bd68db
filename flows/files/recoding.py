"""A code word that the settings explain since the last run is read in its new meaning in every row that stands, not only
in the files to come."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import replace

import duckdb

from flows.files.kept_files import open_vault
from flows.files.recording import notice
from flows.files.reread import find_kept, read_kept
from flows.settings.read import Settings
from flows.settings.sources import read_sources
from flows.workspace import Workspace
from intake.recoding import read_anew
from intake.standing import Delivered
from ledger.seal import run_folder, sealed_runs
from ledger.standalone_verifier import SETTINGS
from schemas.errors import DeliveryRefused, IntegrityError
from schemas.extracts import LAYOUTS

SOURCES = "select distinct kind, office from store.source order by all"
DELIVERIES = """
select delivery_id, any_value(snapshot_date), any_value(coverage) = 'delta' from store.delivery
where delivery_id in (select delivery_id from store.standing_{kind} where office = $office) and snapshot_date is not null
group by delivery_id order by 2, 1
"""


def recode_standing(
    con: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    coming: Collection[str],
    run_no: int,
    places: Iterator[int],
) -> None:
    """Read the standing rows anew of each source whose code table is not that of the last run; a notice tells of each
    file. What lies in a file of `coming` (hashes), which tonight takes in again, is read with it."""
    then, vault = _settings_then(workspace, settings), open_vault(workspace, settings)
    for kind, office in con.execute(SOURCES).fetchall():
        old, new = then.habits(kind, office), settings.habits(kind, office)
        if old.codes == new.codes:
            continue
        for delivery, day, is_delta in con.execute(DELIVERIES.format(kind=kind), {"office": office}).fetchall():
            kept = find_kept(con, workspace, delivery)
            if kept.file_sha256 in coming:
                continue
            try:
                raw = read_kept(workspace, vault, replace(old, codes={}), kept)
            except (DeliveryRefused, IntegrityError):
                text = f"{kept.file_name}：代码表已改，但原文件读不出来，其中的行仍按原来的含义；请重报一期全量。"
                notice(con, delivery, "整个文件", "not_recoded", 0, text)
                continue
            told = Delivered(delivery, office, day, is_delta, run_no, next(places))
            if rows := read_anew(con, LAYOUTS[kind], told, raw, old.codes, new.codes):
                text = f"{kept.file_name}：代码表已改，其中 {rows} 行在库数据已按新的含义重读。"
                notice(con, delivery, "整个文件", "recoded", rows, text)


def _settings_then(workspace: Workspace, settings: Settings) -> Settings:
    """Today's settings with the sources of the last run; of a first run, today's."""
    runs = sealed_runs(workspace.runs)
    if not runs:
        return settings
    path = run_folder(workspace.runs, runs[-1]) / SETTINGS
    said = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("sources", {})
    known = {name: habits for name, habits in said.items() if name.partition("@")[0] in LAYOUTS}
    return replace(settings, sources=read_sources(known, settings.bands))
