"""Nights that only take files in and fold what stands: no linking, no rules, no workbooks. A tenth of a second each."""

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from flows.files.receiving import empty_inbox, receive
from flows.files.taking_in import take_in_all
from flows.settings.read import FILE, read_settings
from flows.workspace import Workspace, clear_scratch
from ledger.seal import write_parquet
from ledger.standalone_verifier import MANIFEST, SETTINGS
from ledger.store import connect
from schemas.extracts import LAYOUTS
from schemas.journal import Ended, Retold, Source
from schemas.modelling import create_table, describe
from schemas.rows import standing_columns
from schemas.tables import Delivery
from tests.nightshift import Town


@dataclass
class Nights:
    """A store in memory, fed by the real intake. `con` holds tonight's tables, and what stands in schema `store`."""

    workspace: Workspace
    run_no: int = 0

    def __post_init__(self) -> None:
        self.con = connect()
        self.con.execute("create schema store")
        for model in (Delivery, Ended, Retold, Source):
            table = describe(model)
            self.con.execute(create_table(f"store.{table.name}", [(c.name, c.sql) for c in table.columns]))
        for kind, layout in LAYOUTS.items():
            self.con.execute(create_table(f"store.standing_{kind}", standing_columns(layout)))

    def run(self, as_of: date) -> list[tuple[str, str, str | None]]:
        """File name, status and reason of everything in the inbox."""
        self.run_no += 1
        clear_scratch(self.workspace)
        for kind in LAYOUTS:
            self.con.execute(f"drop table if exists added_{kind}")
        self.con.execute("create or replace table source_tonight as from store.source limit 0")
        settings = read_settings(self.workspace.root)
        found = receive(self.workspace, settings)
        received, _ = take_in_all(self.con, self.workspace, settings, found, as_of, self.run_no)
        self._seal()
        empty_inbox(found)
        return [(r.incoming.file_name, r.status, r.reason) for r in received]

    def _seal(self) -> None:
        tables = self.workspace.runs / f"{self.run_no:06d}" / "tables"
        (tables / "standing").mkdir(parents=True)
        write_parquet(self.con, "from delivery", tables / "delivery.parquet")
        (tables.parent / SETTINGS).write_bytes((self.workspace.root / FILE).read_bytes())
        (tables.parent / MANIFEST).touch()
        self.con.execute("""
            insert into store.delivery by name select * from delivery where status = 'accepted';
            insert into store.ended by name select * from ended; insert into store.retold by name select * from retold;
            delete from store.source where (kind, office, coverage) in (select (kind, office, coverage) from source_tonight);
            insert into store.source by name select * from source_tonight
        """)
        for kind in LAYOUTS:
            if self.con.execute(f"select exists (from added_{kind})").fetchall()[0][0]:
                write_parquet(
                    self.con, f"select * exclude (rid) from added_{kind}", tables / "standing" / f"{kind}.parquet"
                )
                self.con.execute(f"insert into store.standing_{kind} by name select * exclude (rid) from added_{kind}")
            self.con.execute(
                f"delete from store.standing_{kind} where (office, record_id) in (select (office, record_id) from ended where kind = '{kind}')"
            )


class LightTown(Town):
    """A town whose nights end when the files are in."""

    def run(self, day: str) -> Any:
        if not hasattr(self, "intake"):
            self.intake = Nights(self.workspace)
        states = self.intake.run(date.fromisoformat(day))
        rows = {
            t: self.intake.con.sql(f"from {t}").to_arrow_table().to_pylist()
            for t in ("delivery", "quarantine", "notice", "ended")
        }
        code = 3 if any(state in ("refused", "held") for _, state, _ in states) else 0
        return SimpleNamespace(rows=lambda table: rows[table], outcome=SimpleNamespace(exit_code=code))

    def ask(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of what stands, as dictionaries."""
        query = query.replace("from ", "from store.")
        return list(self.intake.con.sql(query, params=list(values)).to_arrow_table().to_pylist())
