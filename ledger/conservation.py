"""Nobody is lost between two nights: what stood, what came and went, and what stands, by pack, track and town.

Posted entries count from the night they are posted, also a decision that takes effect later. Counted by the night before
anything is published, and a second time by `verify`, from the sealed entries alone.
"""

from pathlib import Path

import duckdb

from ledger.standalone_verifier import Fault
from schemas.errors import IntegrityError
from schemas.modelling import create_table, describe
from schemas.tables import LedgerEntry

FOLD = Path(__file__).parent / "fold.sql"
SQL = FOLD.with_name("conservation.sql").read_text(encoding="utf-8")
STATES = (
    "select person_id, pack, track, state from ledger_state_on(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')"
)
UNBALANCED = "from conservation where opening + came + returned + moved - departed + corrected <> closing order by pack, track, town"
TOTALS = """
with flow as (
    select pack, track, count(*) filter (comes) as inflow, count(*) filter (not comes) as outflow from crossing group by pack, track
)
select c.pack, c.track, sum(c.opening)::bigint, coalesce(any_value(f.inflow), 0), coalesce(any_value(f.outflow), 0), sum(c.closing)::bigint
from conservation as c left join flow as f using (pack, track) where c.track in ('L', 'H') group by c.pack, c.track order by c.pack, c.track
"""
TONIGHT = f"""
insert into ledger_entry by name select * exclude (list, employer_uscc, employer_name, due_date, content) from new_entry;
create or replace temp view entry_tonight as from new_entry;
create or replace temp view state_before as from prior_state;
create or replace temp table state_after as {STATES};
create or replace temp view town_before as from store.person;
create or replace temp view town_after as from person_now
"""
# What the sealed runs said so far, and of it only what tonight touches: the fold of a person needs no other's entries.
RECOUNT = f"""
create or replace temp table entry_tonight as from read_parquet($tables || '/ledger_entry.parquet');
insert into told_entry by name from entry_tonight;
create or replace temp view ledger_entry as from told_entry as t semi join entry_tonight as e using (person_id, pack, track);
create or replace temp table state_after as
select person_id, pack, track, state from state_before as s anti join entry_tonight as e using (person_id, pack, track)
union all {STATES};
create or replace temp table town_after as
with told as (select person_id, town from read_parquet($tables || '/person.parquet'))
select * from town_before as b anti join told as t using (person_id) union all from told
"""
TURN = """
create or replace temp table state_before as from state_after;
create or replace temp table town_before as from town_after
"""
DIFFERENT = """
select count(*) from (
    (from conservation except from read_parquet($tables || '/conservation.parquet'))
    union all (from read_parquet($tables || '/conservation.parquet') except from conservation))
"""


def conserve(con: duckdb.DuckDBPyConnection, run_no: int) -> dict[str, int]:
    """Make `conservation`, put `new_entry` into `ledger_entry`, and give the totals by pack and track. Raises:
    IntegrityError where they do not add up to the person."""
    _run(con, TONIGHT)
    _run(con, SQL, run_no=run_no)
    if broken := con.execute(UNBALANCED).fetchall():
        pack, track, town, opening, came, returned, moved, departed, corrected, closing = broken[0]
        raise IntegrityError(
            f"{pack} {track} {town} 人数不守恒：期初 {opening} + 新进 {came} + 回到 {returned} + 迁移 {moved} − 退出 {departed} + 更正 {corrected} ≠ 期末 {closing}"
            f"（共 {len(broken)} 处）；本次运行未发布，请保留现场并报告。"
        )
    totals: dict[str, int] = {}
    for pack, track, opening, inflow, outflow, closing in con.execute(TOTALS).fetchall():
        flows = {"opening": opening, "inflow": inflow, "outflow": outflow, "closing": closing}
        totals |= {f"{pack}.{track}.{name}": count for name, count in flows.items()}
    return totals


class Recount:
    """The conservation of run after run, counted anew from their sealed entries and persons. Give the runs in order."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        for model, name in ((LedgerEntry, "told_entry"), (LedgerEntry, "ledger_entry")):
            con.execute(create_table(name, [(c.name, c.sql) for c in describe(model).columns]))
        con.execute(FOLD.read_text(encoding="utf-8"))
        con.execute("drop table ledger_entry; create table state_before (person_id varchar, pack varchar, track varchar, state varchar)")  # fmt: skip
        con.execute("create table town_before (person_id varchar, town varchar)")

    def faults(self, tables: Path, run_no: int) -> list[Fault]:
        """What does not add up in this run."""
        _run(self.con, RECOUNT, tables=str(tables))
        _run(self.con, SQL, run_no=run_no)
        if not (tables / "conservation.parquet").is_file():  # sealed before there was such a table
            _run(self.con, TURN)
            return []
        broken = self.con.execute(UNBALANCED).fetchall()
        other = self.con.execute(DIFFERENT, {"tables": str(tables)}).fetchall()[0][0]
        _run(self.con, TURN)
        faults = (
            [Fault(run_no, "由分录重新计算，人数不守恒。", "counted anew from the entries, people are lost.")]
            if broken
            else []
        )
        return faults + (
            [Fault(run_no, "守恒表与由分录重新计算的不符。", "the table of conservation is not what the entries give.")]
            if other
            else []
        )


def _run(con: duckdb.DuckDBPyConnection, script: str, **binds: object) -> None:
    for statement in script.split(";\n"):
        con.execute(statement, {name: value for name, value in binds.items() if f"${name}" in statement})
