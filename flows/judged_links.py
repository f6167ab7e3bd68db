"""What reviewers said about rows: the same person as the candidate, or not. Their word stands every night, until the
decision row is taken back.

A question is named `delivery:row`, as the workbook of open questions writes it; its candidate is the one that the row had
before the word came in, by the machine's own lights. Of a linked row that is the person it was linked to: 非同一人 then
splits the row off, and a roster's row becomes a person of its own (matchers/numberless.py).
"""

from pathlib import Path

import duckdb

from flows.not_people import QUESTION

SAME, APART = "同一人", "非同一人"


def hear_reviewers(con: duckdb.DuckDBPyConnection, runs: Path) -> None:
    """Make `judged` (kind, office, record_id, person_id, is_same, was_linked, decision_record): the last word on each row
    and candidate."""
    con.execute(
        "create or replace temp table judged (kind varchar, office varchar, record_id varchar, person_id varchar, is_same boolean, was_linked boolean, decision_record varchar)"
    )
    con.execute(SAID, {"verdicts": [SAME, APART]})
    if con.sql("select count(*) from reviewer_said").fetchall()[0][0] and any(runs.glob("*/tables/match_log.parquet")):
        con.execute(JUDGED, {"log": str(runs / "*" / "tables" / "match_log.parquet"), "same": SAME})


def honour(con: duckdb.DuckDBPyConnection) -> None:
    """Put the reviewers' word into `linked`, and make `split_row` (rid, person_id): rows of rosters that were taken from
    that person and are to be a person of their own. A row that number and name tie to somebody else stays there."""
    con.execute(TOGETHER)
    con.execute(SPLIT)
    con.execute(KEPT_APART)


SAID = f"""
create or replace temp table reviewer_said as
with standing as (
    select entry_id, decision, decided_date, record_id, run_no from store.standing_decision
    where (office, record_id) not in (select (office, record_id) from ended where kind = 'decision')
    union all
    select entry_id, decision, decided_date, record_id, run_no from added_decision
    where (office, record_id) not in (select (office, record_id) from ended where kind = 'decision')
)
select decision, decided_date, record_id, run_no, regexp_extract(entry_id, '{QUESTION}', ['delivery', 'row']) as place
from standing where list_contains($verdicts, decision) and regexp_matches(entry_id, '{QUESTION}')
"""
# A candidate that was merged since stands for the one it was merged into. What a reviewer's word made of the row (cause
# person) is no candidate: who changes their mind speaks of the same two as before.
JUDGED = """
insert into judged
with named as (  -- few deliveries, many rows: a name cut short is looked up once
    select n.text, d.delivery_id from (select distinct place.delivery as text from reviewer_said) as n
    inner join (select distinct delivery_id from store.delivery) as d on starts_with(d.delivery_id, lower(n.text))
),
asked as (
    select s.decision, s.decided_date, s.record_id as decision_record, m.kind, m.delivery_id, m.record_id,
           coalesce(m.person_id, m.runner_up_person_id) as person_id, m.match_status <> 'review' as was_linked
    from reviewer_said as s inner join named as n on n.text = s.place.delivery
    inner join read_parquet($log, filename = true) as m on m.delivery_id = n.delivery_id and m.row_no = try_cast(s.place.row as bigint)
    where m.match_status in ('review', 'linked', 'new_person') and coalesce(m.person_id, m.runner_up_person_id) is not null
      and m.cause is distinct from 'person' and regexp_extract(m.filename, '([0-9]+)/tables/[^/]+$', 1)::bigint < s.run_no
    qualify row_number() over (partition by s.record_id order by m.filename desc) = 1
)
select a.kind, d.office, a.record_id, coalesce(p.merged_into, a.person_id), a.decision = $same, a.was_linked, a.decision_record
from asked as a inner join (select delivery_id, any_value(office) as office from store.delivery group by delivery_id) as d using (delivery_id)
left join store.person as p on p.person_id = a.person_id
qualify row_number() over (partition by a.kind, d.office, a.record_id, coalesce(p.merged_into, a.person_id)
                           order by a.decided_date desc, a.decision_record desc) = 1
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
# Without that candidate nobody is known for the row: a roster's may then make its own person.
KEPT_APART = """
update linked set person_id = null, runner_up = null, link_grade = 'none', match_weight = null, runner_up_weight = null, weights = null, levels = null,
       match_status = if(c.adds_people, 'review', 'not_linked'),
       rule = case when not c.adds_people then null when linked.id_key is null then 'no_usable_number' else linked.rule end
from judged as j, claim as c
where not j.is_same and c.rid = linked.rid and linked.kind = j.kind and linked.office = j.office and linked.record_id = j.record_id
  and coalesce(linked.person_id, linked.runner_up) = j.person_id
  and not exists (select 1 from judged as s where s.is_same and s.kind = j.kind and s.office = j.office and s.record_id = j.record_id)
"""
