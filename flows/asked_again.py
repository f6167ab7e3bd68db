"""Standing rows that are asked again tonight: who they speak of may have become another."""

import duckdb

from flows.kinds import people_of, standing_kinds
from matchers.claims import claim_select
from matchers.fold_columns import names_folded
from matchers.phones import phone_key
from schemas.rows import row_columns

STANDING = "(office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')"
# What a reviewer has spoken of is looked at every night, and so is what one had linked whose word is gone.
JUDGED = "((office, record_id) in (select (office, record_id) from judged where kind = '{kind}') or rule = 'reviewer')"
# A presumed link is asked again when tonight's rosters bring somebody of that birth date, name or phone.
NEW_TONIGHT = """
create or replace temp table new_tonight as
with fresh as (
    select c.name, c.phone, coalesce(if(regexp_full_match(n.id_key, '[0-9]{17}[0-9X]'), try_strptime(substr(n.id_key, 7, 8), '%Y%m%d')::date, null),
                                     c.birth_date) as birth_date
    from incoming_claim as c inner join claim_number as n using (rid)
    where c.adds_people and n.id_key is not null and n.id_key not in (select id_key from person_key)
)
select unnest(['name', 'phone', 'birth_date']) as field, unnest([name, phone, birth_date::varchar]) as value from fresh
"""
PRESUMED = """
select office, record_id, name, phone, birth_date from store.standing_{kind}
where (link_grade = 'probable' or rule = 'id_name_conflict') and exists (from new_tonight)"""
TOUCHED = f"""
create or replace temp table touched as
with newcomers as (select field, value from new_tonight where value is not null),
alike as (
    select p.name from fold as p inner join fold as n using (name_folded) inner join newcomers as c on c.field = 'name' and c.value = n.name
)
select office, record_id from presumed
where name in (select name from alike) or {phone_key("phone")} in (select {phone_key("value")} from newcomers where field = 'phone')
   or birth_date::varchar in (select value from newcomers where field = 'birth_date')
"""


# What outdid a row in review for one and the same person is asked beside it again: else the row would have no rival tonight.
RIVALS = """
insert into touched
with told as (
    select office, record_id, person_id, match_status = 'review' as is_open from store.standing_{kind}
    where person_id is not null and (match_status = 'review' or link_grade = 'probable')
)
select office, record_id from told where not is_open and (office, person_id) in (select (office, person_id) from told where is_open)
"""


def claims_still_open(con: duckdb.DuckDBPyConnection) -> None:
    """Standing rows that may speak of somebody else than we think: those of nobody (without an exact number, whose
    number is new tonight, or with a number from before), those of people without a number, and presumed ones that a newcomer may fit as well,
    that stand against one in review, or that were presumed under another model."""
    con.execute(NEW_TONIGHT)
    con.execute(
        "create or replace temp sequence retry_rid start with 4611686018427387904"
    )  # above every row of tonight
    for kind, layout in people_of(standing_kinds(con)):
        columns = {name for name, _ in row_columns(layout)}
        replaced = "old_id <> ''" if "old_id" in columns else "false"
        _touched_tonight(con, kind)
        con.execute(f"""
            create or replace temp table retry as
            select * from store.standing_{kind} where {STANDING.format(kind=kind)}
              and ((match_status in ('not_linked', 'review') and (id_key is null or id_key in (select id_key from roster_key)
                        or id_key in (select new_key from replaced) or {replaced}))
                   or rule = 'no_number' or (link_grade = 'probable' and (select is_new_model from this_run))
                   or (office, record_id) in (from touched) or {JUDGED.format(kind=kind)})
        """)
        if not con.execute("select exists (from retry)").fetchall()[0][0]:
            continue
        con.execute(f"""
            insert into incoming_claim
            select nextval('retry_rid'), true, if(r.match_status = 'new_person', 'linked', r.match_status), r.person_id, r.rule, c.* exclude (rid)
            from ({claim_select(kind, "retry", columns, "0")}) as c inner join retry as r using (office, record_id)
        """)
        con.execute("""
            insert into claim_number select i.rid, r.id_class, r.id_key, r.id_part
            from incoming_claim as i inner join retry as r using (office, record_id) where i.is_retry and i.kind = ?
        """, [kind])  # fmt: skip


def _touched_tonight(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `touched` (office, record_id): the presumed rows of a kind that a newcomer may fit as well, names and phones compared
    as everywhere, whatever way they were written, and those that stand against a row in review."""
    con.execute(f"create or replace temp table presumed as {PRESUMED.format(kind=kind)}")
    with names_folded(con, "select name from presumed union select value from new_tonight where field = 'name'"):
        con.execute(TOUCHED)
    con.execute(RIVALS.format(kind=kind))
    con.execute("drop table presumed")
