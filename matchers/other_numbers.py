"""Rows with more numbers than one: several in a cell, or the one that the police have replaced (原证件号码).

Such a row speaks of whoever somebody knows by one of them; its name is asked like any other's. Two people known by its
numbers are nobody for certain, and the row stays as it is. Source: identity.md 2; I13, old ID.
"""

import duckdb
import pyarrow as pa

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
