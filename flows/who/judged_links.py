"""What reviewers said about rows: the same person as the candidate, or not. Their word stands every night, until the
decision row is taken back.

A question is named `delivery:row`, as the workbook of open questions writes it; its candidate is the one that the row had
before the word came in, by the machine's own lights. Of a linked row that is the person it was linked to: 非同一人 then
splits the row off, and a roster's row becomes a person of its own (matchers/numberless.py). A row may be asked about again
with another candidate: a word on the one leaves what was said of the other. Of words on the same two on one day the higher
step's counts; where there they contradict each other, none of them does. A line that the office tells in place of one holds what was
said of that one, as long as it has the same key, name and number.
"""

from pathlib import Path

import duckdb

from flows.files.not_people import QUESTION
from ledger.survivors import name_survivors
from matchers.model import MILLI, Model

SAME, APART, OFF = "同一人", "非同一人", "暂缓"


def hear_reviewers(con: duckdb.DuckDBPyConnection, runs: Path) -> None:
    """Make `judged` (kind, office, record_id, person_id, is_same, was_linked, decision_record, decided_date): the last word on
    each row and candidate."""
    con.execute(
        "create or replace temp table judged (kind varchar, office varchar, record_id varchar, person_id varchar, is_same boolean, was_linked boolean, decision_record varchar, decided_date date)"
    )
    replaced = con.execute(REPLACED).fetchall()[0][0]
    before = {"rows": str(runs / "*" / "tables" / "standing" / "decision.parquet")} if replaced else {}
    con.execute(SAID + (SAID_BEFORE if replaced else "") + WORDS, {"verdicts": [SAME, APART, OFF]} | before)
    if con.sql("select count(*) from reviewer_said").fetchall()[0][0] and any(runs.glob("*/tables/match_log.parquet")):
        name_survivors(con, "store.person")
        con.execute(JUDGED, {"log": str(runs / "*" / "tables" / "match_log.parquet"), "same": SAME, "off": OFF})


def carry_on(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `judged` the lines that stand, or came tonight, in place of one that was spoken of and stands no more."""
    for (kind,) in con.execute(TOLD_ANEW).fetchall():
        con.execute(CARRIED.format(kind=kind), {"kind": kind})


def tell_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Make `told_apart` (rid, person_id): the candidates that a claim has by a person's word no more."""
    con.execute(TOLD_APART)


def honour(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Put the reviewers' word into `linked`, and make `split_row` (rid, person_id): rows of rosters that were taken from
    that person and are to be a person of their own. A row that number and name tie to somebody else stays there."""
    con.execute(TOGETHER)
    con.execute(SPLIT)
    con.execute(KEPT_APART, {"worth_asking": model.thresholds["review"] / MILLI})
    con.execute(ASKED_OTHERWISE)


# What a later answer of the same officer replaced still stands for another candidate.
ANSWERED_AGAIN = "select office, record_id from {} where kind = 'decision' and cause in ('replaced', 'corrected')"
REPLACED = f"select exists ({ANSWERED_AGAIN.format('store.ended')} union all {ANSWERED_AGAIN.format('ended')})"
TOLD = "select entry_id, decision, decided_date, office, officer, role, record_id, run_no from"
STANDS = "where (office, record_id) not in (select (office, record_id) from ended where kind = 'decision')"
SAID = f"""
create or replace temp table reviewer_said as
with told as (
    {TOLD} store.standing_decision {STANDS} union all {TOLD} added_decision {STANDS}"""
SAID_BEFORE = f"""
    union {TOLD} read_parquet($rows, union_by_name = true)
    where (office, record_id) in ({ANSWERED_AGAIN.format("store.ended")} union all {ANSWERED_AGAIN.format("ended")})"""
WORDS = f"""
)
select decision, decided_date, record_id, run_no, md5(concat_ws(chr(31), office, officer, role)) as said_by, coalesce(role, '') as role,
       regexp_extract(entry_id, '{QUESTION}', ['delivery', 'row']) as place
from told where list_contains($verdicts, decision) and regexp_matches(entry_id, '{QUESTION}')
"""
# A candidate that was merged since stands for the one it was merged into. What a reviewer's word made of the row is no
# candidate: who changes their mind speaks of the same two as before.
JUDGED = """
insert into judged
with named as (  -- few deliveries, many rows: a name cut short is looked up once
    select n.text, d.delivery_id from (select distinct place.delivery as text from reviewer_said) as n
    inner join (select distinct delivery_id from store.delivery) as d on starts_with(d.delivery_id, lower(n.text))
),
asked as (
    select s.decision, s.decided_date, s.record_id as decision_record, s.run_no, s.said_by, m.kind, m.delivery_id, m.record_id,
           list_position(['走访', '初审', '审核', '终审'], s.role) as step,
           coalesce(m.person_id, m.runner_up_person_id) as person_id, m.match_status <> 'review' as was_linked
    from reviewer_said as s inner join named as n on n.text = s.place.delivery
    inner join read_parquet($log, filename = true) as m on m.delivery_id = n.delivery_id and m.row_no = try_cast(s.place.row as bigint)
    where m.match_status in ('review', 'linked', 'new_person') and coalesce(m.person_id, m.runner_up_person_id) is not null
      and m.rule is distinct from 'reviewer' and (m.cause is distinct from 'person' or m.rule is distinct from 'no_number')
      and regexp_extract(m.filename, '([0-9]+)/tables/[^/]+$', 1)::bigint < s.run_no
    qualify row_number() over (partition by s.record_id, s.said_by order by m.filename desc) = 1
),
last_words as (
    select a.*, d.office, coalesce(p.survivor, a.person_id) as about
    from asked as a inner join (select delivery_id, any_value(office) as office from store.delivery group by delivery_id) as d using (delivery_id)
    left join survivor as p on p.person_id = a.person_id
    qualify row_number() over (partition by a.said_by, a.kind, office, a.record_id, about order by a.decided_date desc, a.run_no desc, a.decision_record desc) = 1
),
agreed as (  -- of one day, those of the highest step where they say the same
    select kind, office, record_id, about, decided_date, any_value(decision) as decision, bool_or(was_linked) as was_linked,
           max(decision_record) as decision_record
    from (select * from last_words where decision <> $off
          qualify coalesce(step, 0) = max(coalesce(step, 0)) over (partition by kind, office, record_id, about, decided_date))
    group by all having count(distinct decision) = 1
)
select kind, office, record_id, about, decision = $same, was_linked, decision_record, decided_date from agreed
qualify row_number() over (partition by kind, office, record_id, about order by decided_date desc) = 1
"""
TOLD_ANEW = """
select distinct kind from judged
where (kind, office, record_id) in (select (kind, office, record_id) from ended union all select (kind, office, record_id) from store.ended)
order by kind
"""
# Of a line's own word and one from before, or of two from before, the last holds.
CARRIED = """
insert into judged
with now as (
    select office, record_id, business_key, name, id_number from store.standing_{kind}
    union all select office, record_id, business_key, name, id_number from added_{kind}
),
stands as (select * from now where (office, record_id) not in (select (office, record_id) from ended where kind = $kind)),
spoken as (
    select j.*, w.business_key, w.name, w.id_number from judged as j inner join store.sealed_{kind} as w using (office, record_id)
    where j.kind = $kind and (j.office, j.record_id) not in (select (office, record_id) from stands)
)
select $kind, s.office, s.record_id, p.person_id, p.is_same, p.was_linked, p.decision_record, p.decided_date
from stands as s inner join spoken as p on p.office = s.office and p.business_key = s.business_key and p.name = s.name
    and p.id_number is not distinct from s.id_number
where (s.office, s.record_id, p.person_id) not in (select (office, record_id, person_id) from judged where kind = $kind)
qualify row_number() over (partition by s.office, s.record_id, p.person_id order by p.decided_date desc, p.decision_record desc) = 1
"""
TOLD_APART = """
create or replace temp table told_apart as
select c.rid, j.person_id from judged as j inner join claim as c using (kind, office, record_id)
where not j.is_same
"""
TOGETHER = """
update linked set person_id = j.person_id, match_status = 'linked', rule = 'reviewer', link_grade = 'probable', runner_up = null
from judged as j
where j.is_same and linked.kind = j.kind and linked.office = j.office and linked.record_id = j.record_id
  and linked.rule is distinct from 'id_and_name' and not (j.was_linked and linked.person_id is not distinct from j.person_id)
"""
SPLIT = """
create or replace temp table split_row as
select distinct on (l.rid) l.rid, j.person_id
from judged as j inner join linked as l on l.kind = j.kind and l.office = j.office and l.record_id = j.record_id
inner join claim as c using (rid)
where not j.is_same and j.was_linked and c.adds_people and (l.match_status <> 'linked' or l.person_id = j.person_id)
  and not exists (select 1 from judged as s where s.is_same and s.kind = j.kind and s.office = j.office and s.record_id = j.record_id)
order by l.rid, j.person_id
"""
# Without that candidate the row is asked about with the other one, where that is worth asking; without either nobody is known
# for it: a roster's may then make its own person.
KEPT_APART = """
create or replace temp table kept_apart as
select l.rid, c.adds_people, case when l.person_id is not null and l.rule <> 'reviewer' and coalesce(l.runner_up_weight >= $worth_asking, true)
                                   and (l.rid, l.runner_up) not in (select (rid, person_id) from told_apart) then l.runner_up end as other
from linked as l inner join claim as c using (rid) inner join told_apart as t on t.rid = l.rid and t.person_id = coalesce(l.person_id, l.runner_up)
where not exists (select 1 from judged as s where s.is_same and s.kind = l.kind and s.office = l.office and s.record_id = l.record_id)
"""
ASKED_OTHERWISE = """
update linked set person_id = k.other, runner_up = null, link_grade = if(k.other is null, 'none', 'review'),
       match_weight = if(k.other is null, null, runner_up_weight), runner_up_weight = null,
       match_status = if(k.adds_people or k.other is not null, 'review', 'not_linked'),
       rule = case when k.other is not null then linked.rule when not k.adds_people then null when linked.id_key is null then 'no_usable_number' else linked.rule end
from kept_apart as k where k.rid = linked.rid;
delete from link_weight where rid in (select rid from kept_apart)
"""
