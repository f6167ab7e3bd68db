"""The review queue: everything that waits for a person, in the order of 待核查.xlsx, a page at a time.

`make` writes it once a run, from the very selects of the workbook, so that both show the same questions, words, masks and
codes; the pages then only cut pieces out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import duckdb

from reports.console import fold, places
from reports.console.page import Page
from reports.console.rows import plain_rows, rows
from reports.open_questions import OPEN_ENTRIES, OPEN_LINKS, SAME_PERSON, VERDICTS
from reports.words import RULE_WORDS
from schemas.errors import say

ENTRY, ROW = SHEETS = ("entry", "row")
TABLES = {ENTRY: "entry_queue", ROW: "row_queue"}
ANSWERS = {ENTRY: VERDICTS, ROW: SAME_PERSON}
PER_PAGE = 50
AGES = (7, 30, 90)
# `asked_on` is the as-of day of the run that asked.
SHOWN = "create or replace temp table {name}_shown as {rows}"  # a table keeps the order of its select
ENTRY_QUEUE = """
create table reading.entry_queue as
select shown.rowid + 1 as place, shown.*, e.entry_id as question, e.person_id, e.pack, e.track as track_code, e.op as op_code, e.clause as clause_code,
       e.state_now, e.supersedes, e.run_no, e.evidence,
       e.op_class, e.is_again,
       r.as_of as asked_on, md5(e.entry_id) as blind_place
from entry_shown as shown inner join open_entry as e using (entry_id) inner join applied_run as r using (run_no) order by place
"""
LOGGED = """
create or replace temp table row_log as
with logged as (
    select delivery_id, row_no, match_weight, runner_up_weight, weights, levels, model_version, regexp_extract(filename, '([0-9]+)/tables', 1)::bigint as run_no
    from read_parquet($log, filename = true) where (delivery_id, row_no) in (select (delivery_id, row_no) from open_link)
)
select *, min(run_no) over (partition by delivery_id, row_no) as first_run from logged
qualify row_number() over (partition by delivery_id, row_no order by run_no desc) = 1
"""
NO_LOG = """
create or replace temp table row_log as
select delivery_id, row_no, null::double as match_weight, null::double as runner_up_weight, null::struct(prior double) as weights,
       null::struct(against varchar) as levels, null::varchar as model_version, null::bigint as first_run from open_link where false
"""
ROW_QUEUE = """
create table reading.row_queue as
select shown.rowid + 1 as place, shown.*, q.delivery_id, q.record_id, q.office, q.kind as kind_code, q.rule as clause_code, coalesce(q.town, p.town) as town,
       l.runner_up_weight, l.weights, l.levels as level_codes, l.model_version, coalesce(r.as_of, d.snapshot_date) as asked_on,
       md5(q.question) as blind_place
from row_shown as shown inner join open_link as q using (question) left join row_log as l on l.delivery_id = q.delivery_id and l.row_no = q.row_no
left join applied_run as r on r.run_no = l.first_run
left join (select delivery_id, max(snapshot_date) as snapshot_date from delivery group by delivery_id) as d on d.delivery_id = q.delivery_id
left join person_now as p on p.person_id = shown.likely_id
order by place
"""
# Where the rows behind the questions were sealed, and whose they are now: the pages read one file for one row, not all of them.
EVIDENCE = f"""
create table reading.evidence_row as
with record_wanted as (select distinct unnest(evidence) as record_id from entry_queue union select record_id from row_queue),
found as (
    from finder.place where record_key in (select hash(record_id) from record_wanted) and record_id in (from record_wanted)
),
{places.NOW}
select kind, office, record_id, delivery_id, row_no, run_no, person_id, match_status, rule, link_grade from shown
where ended_cause is null order by record_id, office, run_no
"""
ANSWERED = """
create table reading.answer_taken as
select trim(entry_id) as question, decision, role, officer, decided_date, note from standing_decision order by question, decided_date, officer
"""
# Who lives with whom, as two registers say it, of the people the queue speaks of.
HOUSEHOLD = """
create table reading.household as
with told as (
    select '户籍' as source, household_no, person_id, name, relation from standing_household_register where household_no is not null
    union all select '低保低收入', household_no, person_id, name, null from standing_low_income where household_no is not null
),
asked as (
    select person_id from entry_queue union select likely_id from row_queue union select other_id from row_queue
),
homes as (select distinct source, household_no, person_id as of_person from told semi join asked using (person_id))
select distinct of_person, source, person_id, name, relation from homes inner join told using (source, household_no)
where person_id is distinct from of_person order by of_person, source, name, person_id
"""
PEOPLE = "person_id in (select person_id from entry_queue union select likely_id from row_queue)"
# Whom an open question can be about at all: the fold takes the need of a decision away, and never adds one.
ASKED = "person_id is null or person_id in (select person_id from store.ledger_entry where needs_decision)"
STATES = """
create table reading.state_now as
select person_id, pack, track, state, since
from ledger_state_on((select max(as_of) from applied_run), timestamptz '9999-12-31 00:00:00+00') order by person_id, pack, track
"""
INDEXES = """
create index entry_at on reading.entry_queue (question);
create index row_at on reading.row_queue (question);
create index evidence_at on reading.evidence_row (record_id);
create index state_at on reading.state_now (person_id);
create index home_at on reading.household (of_person)
"""
CLAUSES = "create table reading.clause_text as select pack, rule_id, shown, title, quote, document from report_clause"


def make(con: duckdb.DuckDBPyConnection, log: str, run_no: int) -> None:
    """Make the tables of the queue in the database `reading`, from `open_entry` and `open_link` on a connection that looks at
    the store and the finder. `log` is the glob of the sealed match logs, "" where there is none."""
    binds = {"run": str(run_no), "mode": ""}
    con.execute(SHOWN.format(name=ENTRY, rows=OPEN_ENTRIES.rows), binds)
    con.execute(SHOWN.format(name=ROW, rows=OPEN_LINKS.rows), binds)
    con.execute(ENTRY_QUEUE)
    con.execute(LOGGED if log else NO_LOG, {"log": log} if log else {})
    con.execute(ROW_QUEUE)
    for statement in (EVIDENCE, ANSWERED, HOUSEHOLD):
        con.execute(statement)
    fold.narrow(con, PEOPLE, {})
    con.execute(STATES)
    fold.widen(con)
    con.execute(CLAUSES)
    con.execute(INDEXES)


@dataclass(frozen=True)
class Filter:
    """What a page of the queue is cut to. An empty text is no wish; `age` is the least number of days waited."""

    sheet: str = ENTRY
    town: str = ""
    clause: str = ""
    age: int = 0

    @property
    def query(self) -> str:
        """As it stands in an address: codes and places, never a person."""
        wishes = {"sheet": self.sheet, "town": self.town, "clause": self.clause, "age": self.age or ""}
        return urlencode({k: v for k, v in wishes.items() if v})


def read_filter(given: Mapping[str, str]) -> Filter:
    """From an address; what is not understood is no wish."""
    sheet, age = given.get("sheet", ENTRY), given.get("age", "")[:4]
    days = int(age) if age.isdecimal() and int(age) in AGES else 0
    return Filter(sheet if sheet in SHEETS else ENTRY, given.get("town", "")[:40], given.get("clause", "")[:40], days)


WHERE = """
where ($town = '' or town = $town) and ($clause = '' or clause_code = $clause) and ($age = 0 or asked_on <= $day::date - $age::integer)
"""
# Only the places of those before the page are held while it is looked for, not their texts.
PAGE = f"select rowid from {{table}} {WHERE} order by {{order}} limit {PER_PAGE} offset $before"


@dataclass(frozen=True)
class Settled:
    """What need not be asked again: questions with an answer of one's own that is not handed in yet, and those whose answer
    waits in the inbox for the night."""

    mine: frozenset[str]
    waiting: frozenset[str]

    @property
    def both(self) -> list[str]:
        return sorted(self.mine | self.waiting)


ASKED_ABOUT = """
with wanted as (select unnest($wanted::varchar[]) as question)
select question, name, concat_ws(' · ', op, clause) from entry_queue semi join wanted using (question)
union all select question, came_name, concat_ws(' · ', kind, rule) from row_queue semi join wanted using (question)
"""


def asked_about(con: duckdb.DuckDBPyConnection, questions: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Whose each question is, and what it asks; one that is asked no more has none."""
    found = plain_rows(con, ASKED_ABOUT, {"wanted": sorted(questions)})
    return {question: (name or "", what or "") for question, name, what in found}


def count_left(con: duckdb.DuckDBPyConnection, wish: Filter, settled: Settled, day: Any) -> tuple[int, int]:
    """How many questions the filter leaves, and how many of them are settled."""
    asked, done = plain_rows(
        con, f"select count(*), count(*) filter (question in (select unnest($done::varchar[]))) from {TABLES[wish.sheet]} {WHERE}",
        _binds(wish, day) | {"done": settled.both},
    )[0]  # fmt: skip
    return asked, done


def next_question(
    con: duckdb.DuckDBPyConnection, wish: Filter, settled: Settled, day: Any, *, after: str = "", is_blind: bool = False
) -> str | None:
    """The question to ask next, behind `after` and then from the front; None where all are settled."""
    order = "blind_place" if is_blind else "place"
    found = plain_rows(
        con,
        f"""
        with here as (select {order} as reached from {TABLES[wish.sheet]} where question = $after)
        select question from {TABLES[wish.sheet]} {WHERE} and question <> $after and question not in (select unnest($done::varchar[]))
        order by coalesce({order} <= (select reached from here), false), {order} limit 1
        """,
        _binds(wish, day) | {"done": settled.both, "after": after},
    )
    return str(found[0][0]) if found else None


def _binds(wish: Filter, day: Any) -> dict[str, Any]:
    return {"town": wish.town, "clause": wish.clause, "age": wish.age, "day": day}


LISTED = {
    ENTRY: "question, name, id_number, town, op, clause, state_from, state_to, reason, evidence_count as score, asked_on, clause_code",
    ROW: "question, came_name as name, came_number as id_number, town, kind as op, rule as clause, likely_name as state_from, likely_number as state_to, "
    "levels as reason, match_weight as score, asked_on, clause_code",
}  # fmt: skip


def list_page(
    con: duckdb.DuckDBPyConnection,
    wish: Filter,
    settled: Settled,
    day: Any,
    number: int,
    *,
    is_blind: bool,
    around: Mapping[str, Any],
) -> Page:
    """One page of the queue (numbered from 1) with its filters and counts. `around` is what the routes add: `may_answer`, and
    the `conflicts` that the reader may decide."""
    table = TABLES[wish.sheet]
    total, done = count_left(con, wish, settled, day)
    last = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), last)
    order = "blind_place" if is_blind else "place"
    listed = rows(
        con,
        f"select {LISTED[wish.sheet]} from {table} where rowid in ({PAGE.format(table=table, order=order)}) order by {order}",
        _binds(wish, day) | {"before": (number - 1) * PER_PAGE},
    )
    counts = {sheet: plain_rows(con, f"select count(*) from {name}")[0][0] for sheet, name in TABLES.items()}
    towns, codes = (
        plain_rows(con, f"select {by}, count(*) from {table} where {by} is not null group by {by} order by {by}")
        for by in ("town", "clause_code")
    )
    values = {
        "rows": listed, "wish": wish, "total": total, "done": done, "number": number, "last": last, "counts": counts,
        "towns": towns, "clauses": [(c, RULE_WORDS.get(c, c), n) for c, n in codes], "ages": AGES, "is_blind": is_blind,
        "mine": settled.mine, "waiting": settled.waiting, "day": day,
        "first": next_question(con, wish, settled, day, is_blind=is_blind),
    }  # fmt: skip
    return Page("queue.html", say("核查", "Review"), {**values, **around})
