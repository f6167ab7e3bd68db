"""Tonight's tables and workbooks, written into the staging folder that the seal turns into a run."""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path

import duckdb

from flows.kinds import kinds_of_tonight
from flows.night.open_work import gather_cards, gather_open_lines
from flows.night.so_far import count_nights
from ledger.seal import write_parquet, write_table
from policies.old_rules import POLICY
from policies.pack import Pack
from policies.rule import Rule
from policies.telling import tells
from reports.calendar import DueBook
from schemas.extracts import LAYOUTS
from schemas.journal import (
    Access,
    Conservation,
    Ended,
    Link,
    NightFigure,
    Notice,
    PackInForce,
    PersonHold,
    Retold,
    RuleOutcome,
    Scorecard,
    Source,
)
from schemas.rows import ROW_LINK, row_columns
from schemas.tables import BookLine, Delivery, LedgerEntry, MatchLog, OutboundList, Person, Quarantine

LINK_TONIGHT = "create or replace temp view link_tonight as select kind, office, record_id, person_id, match_status, rule, link_grade, run_no from link_change"
OUTBOUND = """
create or replace temp table outbound as
select list, person_id, employer_uscc, employer_name, clause, due_date, entry_id, content, seq
from new_entry where list is not null order by seq
"""
LINK_DEFAULT = {
    "match_status": "coalesce(l.match_status, 'not_linked') as match_status",
    "link_grade": "coalesce(l.link_grade, 'none') as link_grade",
}
# A row that came and ended in the same night has no link; it is kept, for the auditor.
ADDED = """
select {columns}
from added_{kind} as a left join linked as l using (rid) order by a.rid
"""
# Whose tier changed tonight, and what it was.
TIER_BEFORE = """
create or replace temp table tier_before as
select person_id, pack, arg_max(basis, (valid_from, run_no, seq)) as tier from store.ledger_entry
where op = 'UPD' and json_extract_string(parameters, '$.field') = 'tier'
  and (person_id, pack) in (select (person_id, pack) from new_entry where op = 'UPD' and json_extract_string(parameters, '$.field') = 'tier')
group by all
"""
SCORES_BEFORE = """
create or replace temp table scorecard_before as
select * from store.scorecard qualify row_number() over (partition by kind, office order by run_no desc) = 1
"""
RULE_TABLE = "create or replace temp table rule (pack varchar, rule_id varchar, clause varchar, title varchar, quote varchar, document varchar)"

TOLD = itemgetter("hardship", "disability")
TELLS_TABLE = (
    "create or replace temp table report_tells (pack varchar, rule_id varchar, hardship boolean, disability boolean)"
)
POLICY_TELLS = f"insert into report_tells select pack, rule_id || '{POLICY}', hardship, disability from report_tells"

# What is asked because a rule changed is shown under that rule's clause.
POLICY_RULES = f"insert into rule select pack, rule_id || '{POLICY}', clause, title || '（政策变动核查）', quote, document from rule"


def write_log(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write `match_log`, and read it from there from then on: as a table it would not fit into memory."""
    write_table(con, MatchLog, "match_log", folder)
    written = str(folder / "match_log.parquet").replace("'", "''")
    con.execute(f"create or replace temp view match_log as from read_parquet('{written}')")
    con.execute("drop table link_weight; drop table retried; drop table logged_file")
    for column in ("match_weight", "runner_up_weight"):  # which only the log tells
        con.execute(f"alter table linked drop column {column}")


def write_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Every table of the run but its log, in key order. The order and bytes depend on the rows alone."""
    con.execute(LINK_TONIGHT)
    con.execute(OUTBOUND)
    for model, name in (
        (Delivery, "delivery"), (Quarantine, "quarantine"), (Person, "person_tonight"),
        (LedgerEntry, "new_entry"), (Link, "link_tonight"), (Ended, "ended"), (Retold, "retold"), (Notice, "notice"), (Source, "source_tonight"),
        (PersonHold, "hold_tonight"), (RuleOutcome, "rule_outcome"), (Scorecard, "scorecard"),
        (Access, "access_tonight"), (PackInForce, "pack_tonight"),
        (NightFigure, "figure"), (Conservation, "conservation"),
    ):  # fmt: skip
        write_table(con, model, name, folder)
    for (name,) in con.execute("select distinct list from outbound order by list").fetchall():
        write_table(con, OutboundList, f"(select * from outbound where list = '{name}')", folder, f"lists/{name}")
    for kind in kinds_of_tonight(con):
        layout = LAYOUTS[kind]
        columns = ", ".join(f"a.{c}" for c, _ in row_columns(layout)) + "".join(
            f", {LINK_DEFAULT.get(c, 'l.' + c)}" for c, _ in ROW_LINK
        )
        if con.execute(f"select count(*) from added_{kind}").fetchall()[0][0]:
            write_parquet(con, ADDED.format(kind=kind, columns=columns), folder / "standing" / f"{kind}.parquet")


def gather_work(
    con: duckdb.DuckDBPyConnection, books: tuple[DueBook, ...], run_no: int, as_of: date, folder: Path
) -> None:
    """Make what the workbooks read besides tonight's tables: open lines, a card for everybody on them, and the rows of the
    periodic books that are due, of forms and of what is written back; those that are lists are written into `folder`."""
    from reports.periodic import gather_books
    from reports.write_back import gather_write_back
    from reports.xinyu_form import gather_forms

    gather_open_lines(con)
    everyone = " union all select person_id from ledger_entry" if books else ""
    gather_cards(con, f"select person_id from open_line{everyone}")
    gather_books(con, books)
    gather_forms(con, as_of.isoformat())
    gather_write_back(con, run_no, as_of.isoformat())
    for (code,) in con.execute("select distinct list from book_line order by list").fetchall():
        write_table(con, BookLine, f"(select * from book_line where list = '{code}')", folder, f"lists/{code}")


def show_rules(con: duckdb.DuckDBPyConnection, rules: Iterable[tuple[str, str, Rule]]) -> None:
    """Make `rule` of each rule with its pack's code and document, and `report_tells` of what each gives away."""
    con.execute(RULE_TABLE)
    con.execute(TELLS_TABLE)
    told = [
        (code, rule.id, rule.clause, rule.title, rule.quote, document, *TOLD(tells(rule)))
        for code, document, rule in rules
    ]
    columns = [list(column) for column in zip(*told, strict=True)]
    con.execute(f"insert into rule select {', '.join(f'unnest(${n})' for n in range(1, 7))}", columns[:6])
    con.execute(
        "insert into report_tells select unnest($1), unnest($2), unnest($3), unnest($4)", [*columns[:2], *columns[6:]]
    )
    con.execute(POLICY_RULES)
    con.execute(POLICY_TELLS)


def show_tonight(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], run_no: int, as_of: date) -> None:
    """Make the tables and views that the workbooks of a night read."""
    count_nights(con, run_no, as_of)
    show_rules(con, ((pack.code, pack.document, rule) for pack in packs for rule in pack.all_rules))
    con.execute(SCORES_BEFORE)
    con.execute(TIER_BEFORE)
    con.execute("drop table ledger_entry; create temp view ledger_entry as from new_entry")
