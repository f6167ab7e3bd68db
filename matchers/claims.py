"""What every delivered row claims about who it speaks of, in one narrow table, whatever its kind."""

import duckdb
import pyarrow as pa

from matchers.fold_columns import fold_names, fold_number_column
from schemas.extracts import PERSON_LAYOUTS

OPTIONAL = {
    "employer": ("employer_name", "entity_name"),
    "household_no": ("household_no",),
    "householder_id": ("householder_id",),
    "relation": ("relation",),
    "certificate_no": ("certificate_no",),
    "former_name": ("former_name",),
    "old_id": ("old_id",),
    "local_no": ("local_no",),
    "address": ("address",),
}
AT_ONCE = 1 << 21  # claims whose numbers are folded together
OWN_NUMBERS = ("household_no", "local_no")  # each agency counts its own
OWN_NUMBER = "'{} ' || {}"
PERSON_FIELDS = ("name", "id_type", "id_number", "sex", "birth_date", "town", "village", "phone")
ADDS_WHERE = {"education": "leave_date is not null"}  # a pupil's row makes nobody known; a leaver's does
KIND_RANK = {kind: rank for rank, kind in enumerate(PERSON_LAYOUTS)}


def claim_select(kind: str, table: str, columns: set[str], rid: str) -> str:
    """The select that makes claims of one kind's typed rows in `table`; missing columns are null."""
    picked = [f if f in columns else f"null as {f}" for f in PERSON_FIELDS]
    for name, fields in OPTIONAL.items():
        found = next((f for f in fields if f in columns), None)
        use = OWN_NUMBER.format(PERSON_LAYOUTS[kind].agency, found) if found in OWN_NUMBERS else found
        use = use if found and (name != "certificate_no" or kind == "disability_certificate") else "null::varchar"
        picked.append(f"{use} as {name}")
    roster = ADDS_WHERE.get(kind, str(PERSON_LAYOUTS[kind].adds_people).lower())
    return (
        f"select {rid} as rid, '{kind}' as kind, {KIND_RANK[kind]} as kind_rank, office, record_id, delivery_id, row_no, "
        f"{roster} as adds_people, {PERSON_LAYOUTS[kind].is_once} as is_once, {', '.join(picked)} from {table}"
    )


def fold_claim_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """From `incoming_claim` make `claim_number` (rid, id_class, id_key, id_part) and `roster_key`, the exact numbers
    that tonight's rosters bring."""
    con.execute(CLAIM_NUMBER)
    _fold_numbers(con, NUMBERS, "insert into claim_number from folded_number")
    _fold_numbers(con, CERTIFICATES, BY_CERTIFICATE)
    con.execute(ROSTER_KEY)


def _fold_numbers(con: duckdb.DuckDBPyConnection, query: str, then: str) -> None:
    """Some claims at a time: of a province's registers all numbers would not fit beside DuckDB's memory."""
    claims = con.execute("select count(*) from incoming_claim").fetchall()[0][0]
    for first in range(0, max(claims, 1), AT_ONCE):
        numbers = con.sql(query, params={"first": first, "last": first + AT_ONCE - 1}).to_arrow_table()
        folded = fold_number_column(numbers["number"], numbers["id_type"])
        con.register("folded_number", pa.table({"rid": numbers["rid"], **{n: folded[n] for n in folded.column_names}}))
        con.execute(then)
        con.unregister("folded_number")


def fold_claim_names(con: duckdb.DuckDBPyConnection) -> None:
    """From `incoming_claim` and `claim_number` make `claim`, with name_folded, and `renamed` (id_key, name_folded,
    other_folded): the names that a row with the number gives its holder, either way round.

    Names are folded only where they can matter: on rosters, on rows without an exact number or with one that a
    spreadsheet may have made, and on rows whose number somebody known or delivered tonight carries. A stranger's name in a register stays as it came.
    """
    con.execute(NEEDED.format(like_a_float=LIKE_A_FLOAT))
    names = con.sql(
        "select name from needed union select former_name from needed where former_name <> ''"
    ).to_arrow_table()
    con.register("name_fold", fold_names(names["name"].to_pylist()))
    con.execute(CLAIM)
    con.execute(ROUNDED)
    con.execute(RENAMED)
    con.unregister("name_fold")
    con.execute("drop table needed; drop table claim_number; drop table incoming_claim")


CLAIM_NUMBER = """
create or replace temp table claim_number (rid bigint, id_class varchar, id_key varchar, id_part varchar)
"""
NUMBERS = """
select rid, coalesce(nullif(id_number, ''), certificate_no, '') as number, id_type from incoming_claim
where rowid between $first and $last
"""
# The number of a disability certificate begins with its holder's own. Source: identity.md 1.1.
CERTIFICATES = """
select rid, certificate_no as number, null::varchar as id_type from incoming_claim inner join claim_number using (rid)
where incoming_claim.rowid between $first and $last and id_key is null and id_number <> '' and certificate_no <> ''
"""
BY_CERTIFICATE = """
update claim_number set id_class = f.id_class, id_key = f.id_key, id_part = f.id_part
from folded_number as f where f.rid = claim_number.rid and f.id_key is not null
"""
ROSTER_KEY = """
create or replace temp table roster_key as
select distinct n.id_key from claim_number as n inner join incoming_claim as c using (rid)
where c.adds_people and n.id_key is not null
"""
NEEDED = """
create or replace temp table needed as
with wanted as (
    select id_key from person_key union select id_key from roster_key
)
select c.rid, c.name, c.former_name from incoming_claim as c inner join claim_number as n using (rid)
where c.adds_people or n.id_key is null or n.id_key in (select id_key from wanted) or ({like_a_float})
"""
# A whole number that is just what a spreadsheet makes of fifteen digits and zeros: one in a thousand is by chance, and one
# in eleven that a spreadsheet damaged holds by its check.
FIFTEEN = "((try_cast(id_key as bigint) + 500) // 1000 * 1000)"
FIFTEEN_LEFT = f"substr({FIFTEEN}::varchar, 1, 15)"
LIKE_A_FLOAT = (
    f"id_class = 'valid18' and (id_key like '%000' or {FIFTEEN}::double::bigint = try_cast(id_key as bigint))"
)
# A script that reads the number as one with a fraction leaves what such a number can hold: one in sixty or so is by chance.
MADE_UP = "({0} like '%000' or try_cast({0} as bigint)::double::bigint = try_cast({0} as bigint))"
SPREADSHEET = f"id_class = 'valid18' and {MADE_UP.format('id_key')}"
# was_of: whose the row was, or the line that it goes on (flows/who/same_lines.py). is_member: the number is the householder's, told on the row of another member of the household.
CLAIM = """
create or replace temp table claim as
select c.*, c.prior_person as was_of, n.id_class, n.id_key, n.id_part, f.name_folded, o.name_folded as former_folded,
       coalesce(relation, '') not in ('', '户主', '本人')
           and coalesce(upper(regexp_replace(householder_id, '\\s', '', 'g')) in (n.id_key, c.id_number, left(n.id_key, 6) || substr(n.id_key, 9, 9)), false)
           as is_member
from incoming_claim as c
inner join claim_number as n using (rid)
left join needed as w using (rid)
left join name_fold as f on f.name = w.name
left join name_fold as o on o.name = w.former_name
"""
# On a roster it would make a second person: beside the same name and the same fifteen digits, cut or rounded, in another number,
# known or delivered tonight, it is taken for damaged. In registers it makes nobody, and is damaged without that (ladder.py).
ROUNDED = f"""
update claim set id_class = 'truncated_float', id_part = {FIFTEEN_LEFT}, id_key = null
where adds_people and {SPREADSHEET} and id_key not in (select id_key from person_key)
  and (name_folded, {FIFTEEN_LEFT}) in (
    with whole as (
        select name_folded, id_key from known where id_key is not null
        union all select name_folded, id_key from claim where adds_people and id_class = 'valid18' and not ({SPREADSHEET})
    )
    select name_folded, substr(id_key, 1, 15) from whole
    union all select name_folded, (substr(id_key, 1, 15)::bigint + 1)::varchar from whole where regexp_full_match(substr(id_key, 1, 16), '[0-9]{{15}}[5-9]'))
"""
# Whoever delivers a former name says that both names are one holder's. Source: identity.md 3.2, 曾用名.
RENAMED = """
create or replace temp table renamed as
with told as (
    select id_key, name_folded, former_folded from claim where id_key is not null and former_folded <> name_folded
)
select id_key, name_folded, former_folded as other_folded from told union select id_key, former_folded, name_folded from told
"""


def fold_people(con: duckdb.DuckDBPyConnection) -> None:
    """From table `person` (everybody known) make `known` (with name_folded, is_held) and `person_key`."""
    names = con.sql("select distinct name from person where name is not null").to_arrow_table()
    con.register("name_fold", fold_names(names["name"].to_pylist()))
    con.execute(KNOWN)
    con.unregister("name_fold")
    con.execute(
        "create or replace temp table person_key as select id_key, person_id from known where id_key is not null"
    )


KNOWN = """
create or replace temp table known as
select p.person_id, p.name, p.id_number, p.sex, p.birth_date, p.town, p.village, p.phone, f.name_folded,
       h.person_id is not null as is_held, false as is_new,
       case when p.id_kind = '港澳居民来往内地通行证' then 'HM:' || p.id_number
            when p.id_kind = '台湾居民来往大陆通行证' then 'TW:' || p.id_number
            when p.id_kind = '护照或其他证件' then 'PP:' || p.id_number
            else p.id_number end as id_key
from person as p
left join name_fold as f using (name)
left join person_hold as h using (person_id)
where p.merged_into is null
"""
