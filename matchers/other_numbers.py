"""Rows with more numbers than one: several in a cell, or the one that the police have replaced (原证件号码).

Such a row speaks of whoever is known by one of them and bears its name, or the one told beside it; where none bears it, of
whoever is known by the number that was replaced, for a person to look at. Two people who bear it are nobody for certain,
and the row stays as it is. Where the police tell both numbers, whoever is known by the old
one is known by the new one as well, in every row of that name. Source: identity.md 2 and 3.2; I13, old ID.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from matchers.claims import ROSTER_KEY
from matchers.id_numbers import fold_number
from matchers.names import NameLevel, fold_name, name_level

BEARS = (NameLevel.EQUAL, NameLevel.COMPATIBLE)
MOST_NAMES = 10  # under one number, as people write one name; of an office's own number, on half its lines, only the same name counts


def settle_on_known(con: duckdb.DuckDBPyConnection) -> None:
    """Where nobody known, nor tonight's rosters, carries a row's own number (`incoming_claim`, `claim_number`), and somebody
    of its name one of its others, `claim_number` has that one as the row's key."""
    rows = con.execute(OTHERS).fetchall()
    if not rows:
        return
    keys = {rid: _other_keys(number, document, old) for rid, _, _, number, document, old in rows}
    holders: dict[str, set[str]] = {}
    for key, name in con.execute(HOLDERS, {"keys": sorted(set().union(*keys.values()))}).fetchall():
        holders.setdefault(key, set()).add(fold_name(name))
    found = {rid: _whose({fold_name(name), fold_name(former)} - {""}, keys[rid] & holders.keys(), holders, bool(old))
             for rid, name, former, _, _, old in rows}  # fmt: skip
    con.register("settled", pa.table({
        "rid": pa.array(list(found), pa.int64()), "id_key": pa.array(list(found.values()), pa.string()),
    }))  # fmt: skip
    con.execute(SETTLED)
    con.unregister("settled")


def _whose(names: set[str], keys: set[str], holders: Mapping[str, set[str]], is_replaced: bool) -> str | None:
    """The one key whose holder bears one of the names; of a replaced number also the one that somebody has at all."""
    borne = {key for key in keys if _is_borne(names, holders[key])}
    left = borne or (keys if is_replaced else set())
    return next(iter(left)) if len(left) == 1 else None


def _is_borne(names: set[str], holders: set[str]) -> bool:
    """
    >>> _is_borne({"王晓明"}, {"王小明"}), _is_borne({"王晓明"}, {"王小明", *"赵钱孙李周吴郑冯陈褚"})
    (True, False)
    """
    if any(name_level(name, name) in BEARS for name in names & holders):
        return True
    return len(holders) <= MOST_NAMES and any(name_level(a, b) in BEARS for a in names for b in holders)


def find_replaced(con: duckdb.DuckDBPyConnection, standing: str | None) -> None:
    """Make `replaced` (name, new_key, old_key): who carries a number that nobody was known by in place of one that
    somebody was. From tonight's rows, and from `standing`, the view of household rows linked before."""
    rows = con.execute(TOLD_TONIGHT).fetchall()
    told = [(name, new, key) for name, new, kind, old in rows if (key := _old_key(old, kind)) and key != new]
    stood = con.execute(STANDING.format(view=standing)).fetchall() if standing else []
    since = [
        (name, new, old) for name, number, kind, old in stood if (new := fold_number(number, kind).key) and new != old
    ]
    for table, found in {"told_number": told, "stood_number": since}.items():
        con.register(table, pa.table({
            field: pa.array([row[n] for row in found], pa.string()) for n, field in enumerate(("name", "new_key", "old_key"))
        }))  # fmt: skip
    con.execute(REPLACED)
    for table in ("told_number", "stood_number"):
        con.unregister(table)


def follow_replaced(con: duckdb.DuckDBPyConnection) -> None:
    """A claim under the new number has the old one as its key, so that it is asked whose that is."""
    con.execute(FOLLOWED)
    con.execute(ROSTER_KEY)


def _other_keys(number: str, document: str | None, old: str | None) -> set[str]:
    """
    >>> sorted(_other_keys("150102198507043219/650101194910010138", None, "512301196002290147"))
    ['150102198507043219', '512301196002290147', '650101194910010138']
    """
    replaced = _old_key(old, document)
    return {*fold_number(number, document).aliases, *([replaced] if replaced else [])}


def _old_key(old: str | None, document: str | None) -> str | None:
    """The key of a number that was replaced: by its own form, or as one of the document that the row names.

    >>> _old_key("N1234567", "护照"), _old_key("USA442083030412", "外国人永久居留身份证"), _old_key("12345678", "居民身份证")
    ('PP:N1234567', 'PP:USA442083030412', None)
    """
    return fold_number(old).key or fold_number(old, document).key


OTHERS = """
with wanted as (
    select id_key from person_key union select id_key from roster_key
)
select c.rid, c.name, c.former_name, coalesce(c.id_number, ''), c.id_type, c.old_id
from incoming_claim as c inner join claim_number as n using (rid)
where (n.id_class = 'several' or c.old_id <> '') and (n.id_key is null or n.id_key not in (from wanted))
order by c.rid
"""
HOLDERS = """
select id_key, name from known where list_contains($keys, id_key)
union
select n.id_key, c.name from incoming_claim as c inner join claim_number as n using (rid)
where c.adds_people and list_contains($keys, n.id_key)
"""
SETTLED = """
update claim_number set id_key = s.id_key from settled as s where s.rid = claim_number.rid and s.id_key is not null
"""
# Tonight's rows that tell both numbers. The old one must be somebody's of that name, or of the name told beside it.
TOLD_TONIGHT = """
select c.name, n.id_key, c.id_type, c.old_id from incoming_claim as c inner join claim_number as n using (rid)
where c.old_id <> '' and n.id_key is not null and n.id_key not in (select id_key from person_key)
order by all
"""
STANDING = """
select name, id_number, id_type, id_key from {view}
where old_id <> '' and person_id is not null and link_grade in ('exact', 'variant') and id_number <> id_key order by all
"""
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
told as (from fresh union from stood_number where new_key in (select id_key from claim_number))
select name, new_key, min(old_key) as old_key from told
where new_key not in (select id_key from person_key) group by name, new_key having count(distinct old_key) = 1
"""
FOLLOWED = """
update claim_number set id_key = r.old_key
from incoming_claim as c inner join replaced as r on r.name = c.name
where c.rid = claim_number.rid and claim_number.id_key = r.new_key
"""
