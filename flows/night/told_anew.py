"""What was refused and is found again on rows that only tell the same anew: their key is that of a row which the person who
answered saw, and what the finding says is what it said."""

import duckdb

from flows.kinds import kinds_of_tonight, standing_kinds

# Findings that say word for word what was answered, though on other records; and the records, the answered ones (`seen`) and these.
SAID_AGAIN = """
create or replace temp table said_again_on as
select o.entry_id, o.evidence as seen, f.evidence from finding as f
inner join open_item as o on o.person_id = f.person_id and o.pack = f.pack and o.rule_id = f.rule_id and o.op_class = f.op_class
     and o.basis is not distinct from f.basis
where o.is_decided_away and o.parameters = f.parameters and o.ground is not distinct from f.ground and not list_has_all(o.evidence, f.evidence);
create or replace temp table row_key (kind varchar, office varchar, business_key ubigint, record_id varchar)
"""
KINDS = "select distinct kind from ended_log where record_id in (select unnest(seen) from said_again_on)"
KEYS = """
insert into row_key
with told as (select unnest(list_concat(seen, evidence)) as record_id from said_again_on)
select distinct '{kind}', office, business_key, record_id from {rows} where record_id in (from told)
"""
# A row that stands no more, and the one that says it now.
TOLD_ANEW = """
create or replace temp table told_anew as
with fresh as (select entry_id, unnest(list_filter(evidence, lambda r: not list_contains(seen, r))) as record_id from said_again_on),
gone as (select entry_id, unnest(list_filter(seen, lambda r: not list_contains(evidence, r))) as record_id from said_again_on),
followed as (
    select f.entry_id, f.record_id from fresh as f inner join row_key as n using (record_id)
    inner join row_key as b on (b.kind, b.office, b.business_key) = (n.kind, n.office, n.business_key)
    inner join gone as g on g.entry_id = f.entry_id and g.record_id = b.record_id
    where g.record_id in (select record_id from ended_log)
)
select entry_id from fresh group by entry_id having bool_and((entry_id, record_id) in (select (entry_id, record_id) from followed))
"""


def find_told_anew(con: duckdb.DuckDBPyConnection) -> None:
    """Make `told_anew` (entry_id): what was decided away, and is found tonight on nothing but such rows. Needs `finding`, `open_item`
    and `ended_log`."""
    for statement in SAID_AGAIN.split(";\n"):
        con.execute(statement)
    before, tonight = set(standing_kinds(con)), set(kinds_of_tonight(con))
    for (kind,) in con.execute(KINDS).fetchall():
        if kind in before:
            con.execute(KEYS.format(kind=kind, rows=f"store.sealed_{kind}"))
        if kind in tonight:
            con.execute(KEYS.format(kind=kind, rows=f"added_{kind}"))
    con.execute(TOLD_ANEW)
