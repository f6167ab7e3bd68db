"""What follows for whom: facts at the as-of date, rules, and the change against the ledger."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

import duckdb

from flows.kinds import kinds_of_tonight, standing_kinds
from flows.night.told_anew import find_told_anew
from ledger.conservation import conserve
from ledger.delta import draft_entries, find_failing, load_fold, take_decisions
from ledger.survivors import name_survivors
from matchers.fold_columns import names_folded
from policies.closing import describe_closings
from policies.deal import deal
from policies.evaluate import findings_stage
from policies.old_rules import Desk, describe_closed_questions, look_at_recognised, soften, stand_by, take_up_gone
from policies.pack import Pack, notices_of
from policies.versions import History
from policies.view import KIN, WIDE_PARTS, open_view
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.modelling import create_table
from schemas.rows import row_columns
from schemas.stages import LOCAL, Engine

NOW = """
create or replace temp table now_{kind} as
with standing as (
    select {columns}, if(c.is_changed, c.person_id, s.person_id) as person_id, if(c.is_changed, c.link_grade, s.link_grade) as link_grade
    from store.standing_{kind} as s
    left join (select *, true as is_changed from link_change where kind = '{kind}') as c using (office, record_id)
    union all by name
    select {added}, l.person_id, l.link_grade from added_{kind} as s inner join linked as l using (rid)
)
select * from standing where {who} and (office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
# Members of a household whom no roster made known, and what other offices say of exactly their numbers: whether a household
# has work, income or somebody away cannot be told from its known members alone.
BOOK_COLUMNS = ("office", "record_id", "household_no", "relation", "name", "sex", "birth_date")
BOOK = """
create or replace temp table household_book as
with standing as (
    select {columns}, s.id_key, if(c.is_changed, c.person_id, s.person_id) as person_id, if(c.is_changed, c.link_grade, s.link_grade) as link_grade
    from store.standing_household_register as s
    left join (select *, true as is_changed from link_change where kind = 'household_register') as c using (office, record_id)
    union all by name
    select {added}, l.id_key, l.person_id, l.link_grade from added_household_register as s inner join linked as l using (rid)
)
select * from standing where (office, record_id) not in (select (office, record_id) from ended where kind = 'household_register')
"""
# Of households with a known member only: nobody is asked about the others.
UNKNOWN_KIN = """
create or replace temp table unknown_kin as
select distinct id_key from household_book semi join (select office, household_no from household_book where person_id is not null) using (office, household_no)
where person_id is null and id_key is not null
"""
KIN_ROWS = """
create or replace temp table kin_{kind} as
with standing as (
    select {columns}, s.id_key from store.standing_{kind} as s where s.id_key in (select id_key from unknown_kin)
    union all by name
    select {added}, l.id_key from added_{kind} as s inner join linked as l using (rid) where l.id_key in (select id_key from unknown_kin)
)
select * from standing where (office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
# The same name written otherwise (吳 for 吴) takes the book's spelling, which the households are compared by.
KIN_NAMES = """
create or replace temp table kin_name as
with said as (select id_key, min(name) as name from household_book where person_id is null and id_key in (select id_key from unknown_kin) group by id_key),
heard as ({heard})
select h.id_key, h.name as heard, s.name as said from heard as h inner join said as s using (id_key) where h.name <> s.name
"""
SPELT_ALIKE = """
update kin_{kind} as k set name = n.said
from kin_name as n, fold as a, fold as b
where n.id_key = k.id_key and n.heard = k.name and a.name = n.heard and b.name = n.said and a.name_folded = b.name_folded
"""
# An employer's entry rests on the rows of its people; they stand as long as they are anybody's.
EMPLOYER_EVIDENCE = """
insert into standing_link
with told as (select 'E:' || basis as person_id, unnest(evidence) as record_id from ledger_entry where person_id is null)
select distinct t.person_id, t.record_id from told as t semi join standing_link as s using (record_id)
"""
# A post that was matched to somebody stands as long as the vacancy does, whoever else it fits by now.
MATCHED_EVIDENCE = """
insert into standing_link
with told as (select person_id, unnest(evidence) as record_id from ledger_entry where op = 'TASK' and regexp_matches(basis, '^(vacancy|public):'))
select distinct t.person_id, t.record_id from told as t semi join now_vacancy as v using (record_id)
"""
# Which posts were named to whom, on which night, and on which that ended; of people merged since, to the survivor.
PUSHED = """
create or replace temp table pushed_by as
with ended as (
    select e.supersedes as entry_id, min(r.as_of) as ended_on from store.ledger_entry as e inner join store.applied_run as r using (run_no)
    where e.supersedes is not null group by all
)
select coalesce(s.survivor, e.person_id) as person_id, e.pack, e.basis, min(e.valid_from) as pushed_on,
       if(bool_or(d.entry_id is null), null, max(d.ended_on)) as ended_on
from store.ledger_entry as e left join survivor as s on s.person_id = e.person_id left join ended as d on d.entry_id = e.entry_id
where e.track = 'T' and e.op = 'TASK' and regexp_matches(e.basis, '^(vacancy|public):') and e.person_id is not null
group by all;
create or replace temp table pushed as
select person_id, split_part(basis, ':', 1) as kind, substr(basis, instr(basis, ':') + 1) as vacancy_no, min(pushed_on) as pushed_on,
       if(bool_or(ended_on is null), null, max(ended_on)) as ended_on
from pushed_by group by all
"""
# A post is named to a person under one policy: under the one that did, else under the first that may.
PUSHED_ONCE = """
delete from finding where op = 'TASK' and regexp_matches(basis, '^(vacancy|public):') and (person_id, basis, pack) not in (
    select (f.person_id, f.basis, arg_min(f.pack, (b.pack is null or b.ended_on is not null, list_position($packs, f.pack))))
    from finding as f left join pushed_by as b using (person_id, basis, pack)
    where f.op = 'TASK' and (b.pack is not null and b.ended_on is null or not exists (from pushed_by as o where o.person_id = f.person_id and o.basis = f.basis))
    group by f.person_id, f.basis)
"""
DECIDED = """
create or replace temp table decided as
select d.entry_id, e.person_id, e.pack, e.clause, e.op, e.ground, d.decision, d.role, d.decided_date,
       coalesce(d.effective_date, d.decided_date) as from_date, d.record_id
from now_decision as d inner join store.ledger_entry as e on e.entry_id = trim(d.entry_id) where e.person_id is not null
"""
ROWS = "create or replace temp table ledger_row as select distinct person_id, pack, track from store.ledger_entry where person_id is not null"
# Since when somebody has been registered or recognised, by each row that says so, and whether they surely are.
SPELL = """
create or replace temp table spell as
with told as (
    select record_id, person_id, link_grade, 'R' as track, reg_date as since, cancel_date as left_on from now_unemployment_registration
    union all select record_id, person_id, link_grade, 'H', recognised_date, exit_date from now_hardship_recognition
)
select record_id, person_id, track, since, link_grade in ('exact', 'variant') and since <= $as_of and coalesce(left_on > $as_of, true) as is_sure from told
"""
KEY = ("id_key", "VARCHAR")
LINKED = (("person_id", "VARCHAR"), ("link_grade", "VARCHAR"))
NOBODY = "select null::varchar as person_id, null::varchar as kind where false"
# The source says that a row had never been so; else it ended, or merely did not come.
IS_TAKEN_BACK = "cause in ('withdrawn', 'vanished', 'corrected', 'recoded')"
ENDED_LOG = f"""
create or replace temp table ended_log as
select record_id, kind, cause, false as is_tonight, {IS_TAKEN_BACK} as is_taken_back from store.ended
union all select record_id, kind, cause, true, {IS_TAKEN_BACK} from ended
"""
TAKEN_BACK_KINDS = f"select distinct kind from ended where {IS_TAKEN_BACK}"
TAKEN_BACK = f"""
select s.person_id, e.kind from store.standing_{{kind}} as s inner join ended as e using (office, record_id)
where e.kind = '{{kind}}' and e.{IS_TAKEN_BACK} and s.person_id is not null
"""
FLAGS = """
create or replace temp table source_flag as
select exists (from store.source where kind = 'service_log' and (kind, office, coverage) not in (select (kind, office, coverage) from source_tonight))
       or exists (from source_tonight where kind = 'service_log' and snapshot_date is not null) as has_service_log
"""
# The newest full snapshot of each office that tells who is insured.
INSURANCE_SOURCE = """
create or replace temp table insurance_source as
select office, max(snapshot_date) as snapshot_date
from (from store.source union all by name from source_tonight) where kind = 'insurance_active' and coverage = 'full' group by office
"""


def state_facts(con: duckdb.DuckDBPyConnection, as_of: date, engine: Engine = LOCAL) -> None:
    """Make `now_<kind>` (every standing row that is about somebody known), the facts and the wide view."""
    present = {*standing_kinds(con), *kinds_of_tonight(con)}
    for kind, layout in LAYOUTS.items():
        who = "person_id is not null" if kind in PERSON_LAYOUTS else "true"
        if kind in present:
            con.execute(NOW.format(kind=kind, who=who, **_columns(kind)))
        else:
            con.execute(_empty(f"now_{kind}", (*row_columns(layout), *LINKED)))
    con.execute(FLAGS)
    con.execute(INSURANCE_SOURCE)
    _meet_households(con, present)
    con.execute(DECIDED)
    name_survivors(con, "person_now")
    con.execute(PUSHED)
    open_view(con, as_of, engine)


def _meet_households(con: duckdb.DuckDBPyConnection, present: Collection[str]) -> None:
    """Make `household_book` and `kin_<kind>`."""
    con.execute(BOOK.format(**_columns("household_register", BOOK_COLUMNS)))
    con.execute(UNKNOWN_KIN)
    for kind in KIN:
        if kind in present:
            con.execute(KIN_ROWS.format(kind=kind, **_columns(kind)))
        else:
            con.execute(_empty(f"kin_{kind}", (*row_columns(LAYOUTS[kind]), KEY)))
    _spell_alike(con, [kind for kind in KIN if kind in present])


def _spell_alike(con: duckdb.DuckDBPyConnection, kinds: Sequence[str]) -> None:
    if not kinds:
        return
    heard = " union ".join(f"select id_key, name from kin_{kind}" for kind in kinds)
    con.execute(KIN_NAMES.format(heard=heard))
    with names_folded(con, "select heard from kin_name union select said from kin_name") as folded:
        for kind in kinds if folded.num_rows else ():
            con.execute(SPELT_ALIKE.format(kind=kind))
    con.execute("drop table kin_name")


def _empty(name: str, columns: Iterable[tuple[str, str]]) -> str:
    return create_table(name, columns).replace("create table", "create or replace temp table", 1)


def _columns(kind: str, only: Collection[str] = ()) -> dict[str, str]:
    """A kind's columns, or `only` these, as they are selected from the standing rows `s` and from tonight's."""
    names = only or [name for name, _ in row_columns(LAYOUTS[kind])]
    listed = ", ".join(c if c in ("office", "record_id") else f"s.{c}" for c in names)
    return {"columns": listed, "added": ", ".join(f"s.{c}" for c in names)}


def decide(
    con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str], engine: Engine = LOCAL
) -> None:
    """Make `finding` and `rule_outcome`, and let go of what only they needed."""
    con.execute(ROWS)
    deal(con, packs, as_of, barred)
    engine.run(con, findings_stage(packs, as_of, barred))
    con.execute(PUSHED_ONCE, {"packs": [pack.code for pack in packs]})
    con.execute("insert into finding from employer_finding")
    for (name,) in con.execute(
        "select table_name from duckdb_tables() where regexp_matches(table_name, '^(fact|topic)_')"
    ).fetchall():
        con.execute(f"drop table {name}")


def let_go(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what nothing after a night's findings reads: it would be spilled to disk, and what follows with it."""
    for name in ("unknown_kin", *(f"kin_{kind}" for kind in KIN), *WIDE_PARTS):
        con.execute(f"drop table {name}")


def speak_for_older(desk: Desk) -> list[Pack]:
    """Make `failing`, after older rules have spoken for those whom they let in. Gives the rules that are gone."""
    gone = take_up_gone(desk)
    soften(desk)
    find_failing(desk.con)
    has_spoken = stand_by(desk)
    if look_at_recognised(desk) or has_spoken:
        find_failing(desk.con)
    return gone


def post(
    con: duckdb.DuckDBPyConnection,
    packs: Sequence[Pack],
    history: History,
    run_no: int,
    as_of: date,
    recorded_at: datetime,
    barred: frozenset[str],
) -> dict[str, int]:
    """Make `new_entry`: what changed against the fold. `history` is what packs said in earlier runs: whom they let in,
    they still speak for. Gives the people totals, which must add up."""
    con.execute("create or replace temp table ledger_entry as select * from store.ledger_entry")
    links = " union all ".join(f"select person_id, record_id from now_{kind}" for kind in LAYOUTS)
    con.execute(f"create or replace temp table standing_link as {links} union all from shared_evidence")
    con.execute(EMPLOYER_EVIDENCE)
    con.execute(MATCHED_EVIDENCE)
    con.execute(SPELL, {"as_of": as_of})
    con.execute(ENDED_LOG)
    kinds = set(standing_kinds(con)) & {kind for (kind,) in con.execute(TAKEN_BACK_KINDS).fetchall()}
    taken_back = " union ".join([NOBODY, *(TAKEN_BACK.format(kind=kind) for kind in sorted(kinds))])
    con.execute(f"create or replace temp table taken_back as {taken_back}")
    load_fold(con)
    desk = Desk(con, packs, as_of, history, barred)
    gone = speak_for_older(desk)
    take_decisions(con, run_no, as_of, recorded_at, notices_of(packs, as_of))
    find_told_anew(con)
    describe_closings(con, [*packs, *gone])
    describe_closed_questions(desk)
    draft_entries(con, run_no, as_of, recorded_at)
    con.execute("drop table standing_link")
    return conserve(con, run_no)
