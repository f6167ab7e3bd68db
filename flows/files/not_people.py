"""Rows that are not about a person: posts, employers, complaints and job fairs stand as they came; a decision belongs to
the ledger entry, or to the open question of a delivered row, that it names."""

import duckdb

from flows.kinds import kinds_of_tonight
from flows.who.asked_again import STANDING
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS

OTHERS = tuple(kind for kind in LAYOUTS if kind not in PERSON_LAYOUTS)
ROW_GONE = "有的答复所指的数据行已被更正、撤回或不再报送，答复没有起作用；请按最新的《待核查》重新答复。"
NO_SUCH_ENTRY = "「台账流水号」在台账和身份待核查中都找不到；请照工作簿原样填写该号后重报。"


def settle_not_people(con: duckdb.DuckDBPyConnection) -> None:
    """Add these rows to `linked`; decisions on nothing we know go to quarantine."""
    con.execute(QUESTIONS)
    con.execute(ORPHANS)
    con.execute(PUT_ASIDE, {"message": NO_SUCH_ENTRY})
    con.execute("delete from added_decision where rid in (select rid from orphan)")
    _note_gone(con)
    con.execute(ASKED_PERSON)
    for kind in (k for k in kinds_of_tonight(con) if k in OTHERS):
        con.execute(NOT_PEOPLE.format(kind=kind, person=DECIDED if kind == "decision" else NOBODY))


def _note_gone(con: duckdb.DuckDBPyConnection) -> None:
    """An answer about a row that stands no more at its place changes nothing: whoever sent it is told."""
    kinds = [kind for (kind,) in con.execute(ASKED_KINDS).fetchall()]
    if kinds:
        con.execute(
            GONE.format(standing=" union all ".join(STANDS.format(kind=kind) for kind in kinds)), {"message": ROW_GONE}
        )


NOBODY = "null::varchar as person_id, 'not_linked' as match_status, null::varchar as rule, 'none' as link_grade"
DECIDED = "p.person_id, if(p.person_id is null, 'not_linked', 'linked') as match_status, 'entry' as rule, 'none' as link_grade"
NOT_PEOPLE = """
insert into linked by name
select a.rid, '{kind}' as kind, a.office, a.record_id, a.delivery_id, a.row_no, {person}
from added_{kind} as a left join asked_person as p using (rid)
"""
# A question about a row is named `delivery:row`, as the workbook of open questions writes it.
QUESTION = r"^\s*([0-9a-fA-F]{8,64})[:：]([0-9]+)\s*$"
QUESTIONS = f"""
create or replace temp table decision_target as
select d.rid, trim(d.entry_id) as entry_id, regexp_extract(d.entry_id, '{QUESTION}', ['delivery', 'row']) as place
from added_decision as d
"""
ORPHANS = """
create or replace temp table orphan as
select rid from decision_target as t
where entry_id not in (select entry_id from store.ledger_entry)
  and not exists (select 1 from store.delivery as d where t.place.delivery <> '' and starts_with(d.delivery_id, lower(t.place.delivery))
                  and try_cast(t.place.row as bigint) between 1 and d.rows);
update delivery set accepted = accepted - n.row_count, quarantined = quarantined + n.row_count
from (select a.delivery_id, count(*) as row_count from added_decision as a inner join orphan using (rid) group by a.delivery_id) as n
where n.delivery_id = delivery.delivery_id
"""
PUT_ASIDE = """
insert into quarantine
select a.delivery_id, a.row_no, '台账流水号', 'no_such_entry', 'mixed', $message, d.file_name, d.sheet
from added_decision as a inner join orphan using (rid) inner join delivery as d using (delivery_id)
"""
ASKED_PERSON = """
create or replace temp table asked_person as
select t.rid, e.person_id from decision_target as t inner join store.ledger_entry as e using (entry_id)
"""
# Of whom the rows are that tonight's answers speak of.
ASKED_KINDS = """
select distinct d.kind from decision_target as t inner join store.delivery as d
on t.place.delivery <> '' and starts_with(d.delivery_id, lower(t.place.delivery)) order by d.kind
"""
STANDS = f"select delivery_id, row_no from store.standing_{{kind}} where {STANDING}"
GONE = """
insert into notice
with standing as ({standing})
select a.delivery_id, '台账流水号', 'row_gone', count(*), $message
from decision_target as t inner join added_decision as a using (rid)
where t.place.delivery <> '' and not exists (
    select 1 from standing as s where starts_with(s.delivery_id, lower(t.place.delivery)) and s.row_no = try_cast(t.place.row as bigint))
group by a.delivery_id
"""
