"""Standing rows whose code words are read otherwise since the settings changed: read anew, as of the file they came in."""

from collections.abc import Mapping

import duckdb

from intake.prepare import hash_rows, type_new
from intake.raw import RawTable
from intake.read import translate
from intake.standing import Delivered, add_rows
from schemas.columns import Layout

Codes = Mapping[str, Mapping[str, str]]


def read_anew(
    con: duckdb.DuckDBPyConnection, layout: Layout, told: Delivered, kept: RawTable, then: Codes, now: Codes
) -> int:
    """Of a delivery, `kept` as it is read without any code table: its standing rows that read otherwise under `now` than under `then` end
    with the cause `recoded`, and stand as they read now, told by the same file. Gives how many."""
    hash_rows(con, layout, translate(kept, then))
    con.execute("create or replace temp table read_then as from hashed")
    raw = translate(kept, now)
    hash_rows(con, layout, raw)
    where = {"kind": layout.kind, "office": told.office, "delivery": told.delivery_id}
    con.execute(RECODED.format(kind=layout.kind), where)
    fresh = con.sql(FRESH.format(kind=layout.kind), params={"office": told.office}).to_arrow_table()
    add_rows(con, layout, told, type_new(raw, layout, fresh).rows)
    con.execute(RETOLD, {"kind": layout.kind, "office": told.office})
    return len(con.execute(ENDS.format(kind=layout.kind), where).fetchall())


RECODED = """
create or replace temp table recoded as
select s.record_id as old, min(h.row_no) as row_no, min(h.record_id) as record_id
from store.standing_{kind} as s
inner join read_then as t using (record_id) inner join hashed as h on h.row_no = t.row_no and h.record_id <> t.record_id
where s.office = $office and s.delivery_id = $delivery
  and s.record_id not in (select record_id from ended where kind = $kind and office = $office)
group by s.record_id
"""
FRESH = """
with known as (
    select record_id from store.standing_{kind} where office = $office
    union all select record_id from added_{kind} where office = $office
)
select min(row_no) as row_no, record_id from recoded anti join known using (record_id) group by record_id order by row_no
"""
RETOLD = """
insert into retold
select distinct $kind, $office, c.record_id, r.delivery_id from store.retold as r inner join recoded as c on c.old = r.record_id
where r.kind = $kind and r.office = $office
"""
# A row that cannot be read any more under the new words stays as it was.
ENDS = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
select $kind, $office, old, 'recoded', $delivery from recoded
where record_id in (select record_id from store.standing_{kind} where office = $office)
   or record_id in (select record_id from added_{kind} where office = $office)
returning record_id
"""
