"""Standing rows that are asked again tonight: who they speak of may have become another."""

import duckdb

from flows.kinds import people_of, standing_kinds
from matchers.claims import LIKE_A_FLOAT, claim_select
from matchers.fold_columns import names_folded
from matchers.phones import phone_key
from schemas.rows import row_columns

STANDING = "(office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')"
# What a reviewer has spoken of is looked at every night, and so is what one had linked whose word is gone.
JUDGED = "((office, record_id) in (select (office, record_id) from judged where kind = '{kind}') or rule = 'reviewer')"
FIELDS = "['name', 'phone', 'birth_date', 'birth_date', 'start']"


def _values(name: str, phone: str, birth_date: str, number: str) -> str:
    """What two lines may have in common, parallel to FIELDS: a number, whole or damaged, tells a birth date and where it begins."""
    born = f"try_strptime(substr({number}, 7, 8), '%Y%m%d')::date::varchar"
    return (
        f"[{name}, {phone}, {birth_date}::varchar, {born}, if(length({number}) >= 14, substr({number}, 1, 14), null)]"
    )


# What tonight tells of who may come into a standing question: people whom a roster tells anew, by number and name (kind null:
# into every list's), and rows that no number settles (into those of their own list). A number that nobody has settles as much
# as one that somebody has, unless a spreadsheet may have made it.
TOLD_ANEW = f"""
create or replace temp table told_anew as
select if(c.adds_people and id_key is not null, null, c.kind) as kind, if(c.adds_people and id_key is not null, null, c.office) as office,
       c.name, c.phone, c.birth_date, coalesce(id_key, id_part) as number
from incoming_claim as c inner join claim_number using (rid)
where (id_key is null or c.adds_people or id_key in (select id_key from person_key) or ({LIKE_A_FLOAT}))
  and (id_key is null or (id_key, c.name) not in (select (id_key, name) from known where id_key is not null))
"""
NEW_TONIGHT = f"""
create or replace temp table new_tonight as
with told as (
    select kind, office, unnest({FIELDS}) as field, unnest({_values("name_folded", phone_key("phone"), "birth_date", "number")}) as value
    from told_anew left join fold using (name)
)
select distinct * from told where value is not null
"""
ANY_TONIGHT = "select exists (from new_tonight where kind is null or kind = $kind)"
# A register's number that a spreadsheet may have made waits for whom it was made of.
PRESUMED = """
create or replace temp table presumed as
with open as (
    select office, record_id, person_id, name, phone, birth_date, coalesce(id_part, id_key) as number from store.standing_{kind}
    where link_grade = 'probable' or rule = 'id_name_conflict' or ({is_register} and match_status in ('not_linked', 'review') and {like_a_float})
)
select o.*, k.name as known_name, k.phone as known_phone, k.birth_date as known_birth_date, k.id_number as known_number
from open as o left join known as k using (person_id)
"""
# A presumed link is asked again when somebody comes who has its row's name, phone, birth date, or number's beginning, or a row of
# its list with those or its person's.
TOUCHED = f"""
insert into touched
with said as (
    select office, record_id, unnest({FIELDS}) as field, false as is_persons,
           unnest({_values("name_folded", phone_key("phone"), "birth_date", "number")}) as value
    from presumed left join fold using (name)
    union all
    select office, record_id, unnest({FIELDS}), true,
           unnest({_values("name_folded", phone_key("known_phone"), "known_birth_date", "known_number")})
    from presumed inner join fold on fold.name = known_name
)
select distinct office, record_id from said
where (not is_persons and (field, value) in (select (field, value) from new_tonight where kind is null))
   or (office, field, value) in (select (office, field, value) from new_tonight where kind = $kind)
"""
NAMES = "select name from presumed union select known_name from presumed"
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
    kinds = people_of(standing_kinds(con))
    if not kinds:
        return
    con.execute(TOLD_ANEW)
    with names_folded(con, "select name from told_anew"):
        con.execute(NEW_TONIGHT)
    con.execute(
        "drop table told_anew; create or replace temp sequence retry_rid start with 4611686018427387904"
    )  # above every row of tonight
    for kind, layout in kinds:
        columns = {name for name, _ in row_columns(layout)}
        replaced = "old_id <> ''" if "old_id" in columns else "false"
        _touched_tonight(con, kind, is_register=not layout.adds_people)
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


def _touched_tonight(con: duckdb.DuckDBPyConnection, kind: str, *, is_register: bool) -> None:
    """Make `touched` (office, record_id): the presumed rows of a kind that a newcomer or another row of their list may fit as
    well, names and phones compared as everywhere, whatever way they were written, and those that stand against a row in review."""
    con.execute("create or replace temp table touched (office varchar, record_id varchar)")
    if con.execute(ANY_TONIGHT, {"kind": kind}).fetchall()[0][0]:
        con.execute(PRESUMED.format(kind=kind, is_register=is_register, like_a_float=LIKE_A_FLOAT))
        with names_folded(con, NAMES):
            con.execute(TOUCHED, {"kind": kind})
        con.execute("drop table presumed")
    con.execute(RIVALS.format(kind=kind))
