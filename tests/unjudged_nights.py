"""Nights that end when it is known who is who: files are taken in, rows linked, sealed and folded into the store as on any
night, and nobody is judged. A third of a night's time, for tests that ask about rows, people and links only."""

from dataclasses import dataclass
from datetime import date

from flows.night.beginning import begin
from flows.night.deciding import BOOK, BOOK_COLUMNS, _columns
from flows.night.in_order import finish
from flows.night.outcome import Outcome
from flows.night.steps import step_link, step_read, step_receive, step_refresh, step_seal, write_run
from flows.workspace import Workspace
from schemas.journal import Conservation, NightFigure, PackInForce, RuleOutcome
from schemas.modelling import create_table, describe
from schemas.tables import LedgerEntry, OutboundList
from tests.nightshift import Night, Town

# What judging leaves behind, of nobody.
JUDGED = {
    "new_entry": LedgerEntry, "rule_outcome": RuleOutcome, "figure": NightFigure, "conservation": Conservation,
    "pack_tonight": PackInForce,
}  # fmt: skip
# What an entry tells of the list that it stands on.
MORE = {"new_entry": {"list": "VARCHAR"} | {c.name: c.sql for c in describe(OutboundList).columns}}


def unjudged_night(workspace: Workspace, as_of: date) -> Outcome:
    """A night of that workspace without its steps from judging to workbooks."""
    night = begin(workspace, as_of)
    try:
        for step in (step_receive, step_read, step_link):
            step(night)
        night.con.execute(
            BOOK.format(**_columns("household_register", BOOK_COLUMNS))
        )  # asked before rows are destroyed
        for name, model in JUDGED.items():
            columns = {c.name: c.sql for c in describe(model).columns} | MORE.get(name, {})
            night.con.execute(create_table(name, columns.items()).replace("create table", "create temp table", 1))
        for step in (write_run, step_seal, step_refresh):
            step(night)
        return finish(night)
    finally:
        night.close()


@dataclass
class UnjudgedTown(Town):
    """A town whose nights end when it is known who is who. Its runs tell of no entries."""

    def run(self, day: str) -> Night:
        outcome = unjudged_night(self.workspace, date.fromisoformat(day))
        self.nights[day] = Night(outcome.folder, outcome)
        return self.nights[day]
