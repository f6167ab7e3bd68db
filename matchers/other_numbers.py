"""Rows with more numbers than one: several in a cell, or the one that the police have replaced (原证件号码).

Such a row speaks of whoever somebody knows by one of them; its name is asked like any other's. Two people known by its
numbers are nobody for certain, and the row stays as it is. Where the police tell both numbers, whoever is known by the old
one is known by the new one as well, in every row of that name. Source: identity.md 2 and 3.2; I13, old ID.
"""

import duckdb
import pyarrow as pa

from matchers.claims import ROSTER_KEY
from matchers.id_numbers import fold_number


def settle_on_known(con: duckdb.DuckDBPyConnection) -> None:
    """Where nobody known, nor tonight's rosters, carries a row's own number (`incoming_claim`, `claim_number`), and somebody
    one of its others, `claim_number` has that one as the row's key."""
    rows = con.execute(OTHERS).fetchall()
    if not rows:
        return
    told = [(rid, key) for rid, number, document, old in rows for key in _other_keys(number, document, old)]
    con.register("other_key", pa.table({
        "rid": pa.array([rid for rid, _ in told], pa.int64()),
        "id_key": pa.array([key for _, key in told], pa.string()),
    }))  # fmt: skip
    con.execute(SETTLED)
    con.unregister("other_key")


def find_replaced(con: duckdb.DuckDBPyConnection, standing: str | None) -> None:
    """Make `replaced` (name, new_key, old_key): who carries a number that nobody was known by in place of one that
    somebody was. From tonight's rows, and from `standing`, the view of household rows linked before."""
    rows = con.execute(TOLD_TONIGHT).fetchall()
    told = [(name, new, key) for name, new, old in rows if (key := fold_number(old).key) and key != new]
    con.register("told_number", pa.table({
        field: pa.array([row[n] for row in told], pa.string()) for n, field in enumerate(("name", "new_key", "old_key"))
    }))  # fmt: skip
    con.execute(REPLACED.format(standing=STANDING.format(view=standing) if standing else NOTHING))
    con.unregister("told_number")


def follow_replaced(con: duckdb.DuckDBPyConnection) -> None:
    """A claim under the new number has the old one as its key, so that it is asked whose that is."""
    con.execute(FOLLOWED)
    con.execute(ROSTER_KEY)


def _other_keys(number: str, document: str | None, old: str | None) -> set[str]:
    """
    >>> sorted(_other_keys("150102198507043219/650101194910010138", None, "512301196002290147"))
    ['150102198507043219', '512301196002290147', '650101194910010138']
    """
    replaced = fold_number(old).key
    return {*fold_number(number, document).aliases, *([replaced] if replaced else [])}


OTHERS = """
with wanted as (
    select id_key from person_key union select id_key from roster_key
)
select c.rid, coalesce(c.id_number, ''), c.id_type, c.old_id from incoming_claim as c inner join claim_number as n using (rid)
where (n.id_class = 'several' or c.old_id <> '') and (n.id_key is null or n.id_key not in (from wanted))
order by c.rid
"""
SETTLED = """
update claim_number set id_key = s.id_key
from (
    select rid, min(id_key) as id_key from other_key
    where id_key in (select id_key from person_key union select id_key from roster_key)
    group by rid having count(distinct id_key) = 1
) as s where s.rid = claim_number.rid
"""
# Tonight's rows that tell both numbers. The old one must be somebody's of that name, or of the name told beside it.
TOLD_TONIGHT = """
select c.name, n.id_key, c.old_id from incoming_claim as c inner join claim_number as n using (rid)
where c.old_id <> '' and n.id_key is not null and n.id_key not in (select id_key from person_key)
order by all
"""
STANDING = """
select name, id_number as new_key, id_key as old_key from {view}
where old_id <> '' and person_id is not null and link_grade in ('exact', 'variant') and id_number <> id_key
  and id_number in (select id_key from claim_number)"""
NOTHING = "select null::varchar as name, null::varchar as new_key, null::varchar as old_key where false"
REPLACED = """
create or replace temp table replaced as
with holder as (
    select id_key, name from known where id_key is not null
    union select n.id_key, c.name from incoming_claim as c inner join claim_number as n using (rid) where c.adds_people and n.id_key is not null
),
fresh as (
    select t.name, t.new_key, t.old_key from told_number as t
    where exists (select 1 from holder as h where h.id_key = t.old_key and (h.name = t.name or exists (
        select 1 from incoming_claim as c where c.name = t.name and c.former_name = h.name and c.old_id <> '')))
),
told as (from fresh union {standing})
select name, new_key, min(old_key) as old_key from told
where new_key not in (select id_key from person_key) group by name, new_key having count(distinct old_key) = 1
"""
FOLLOWED = """
update claim_number set id_key = r.old_key
from incoming_claim as c inner join replaced as r on r.name = c.name
where c.rid = claim_number.rid and claim_number.id_key = r.new_key
"""
