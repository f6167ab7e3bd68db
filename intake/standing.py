"""What of a delivered snapshot is new, what stands unchanged, and what stands no more.

Rows are compared by `record_id`, the hash of their cells in the layout's order: column order, encoding and file kind
play no part. The store's standing rows are read from schema `store`; tonight's additions go to `added_<kind>`, rows
that end go to `ended`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pyarrow as pa

from intake.prepare import Prepared, type_places
from intake.raw import RawTable
from intake.typed import Fault, Typed
from schemas.columns import Layout

ROW_BITS = 32  # a row's `rid` is its delivery's place and its row number


@dataclass(frozen=True)
class Arrival:
    """One readable delivery of a kind; `place` is its number among tonight's."""

    delivery_id: str
    office: str
    snapshot_date: date
    is_delta: bool
    run_no: int
    place: int
    prepared: Prepared


@dataclass(frozen=True)
class Intake:
    """What became of one delivery's rows: all of them, those that were known already, those that say again what another
    row of the file says, and those that broke a check."""

    delivery_id: str
    rows: int
    unchanged: int
    repeated: int
    faults: list[Fault]
    typed: Typed


def take_in(
    con: duckdb.DuckDBPyConnection, layout: Layout, arrivals: Sequence[Arrival], *, replaces: bool
) -> list[Intake]:
    """Take in the files that make one snapshot of one office together. `replaces`: rows they lack stand no more, unless
    a newer delivery brought them or said them again. Needs DELIVERY_DATE run once."""
    con.execute(
        "create or replace temp table snapshot (record_id varchar); create or replace temp table faulty (anchor varchar, id_number varchar); "
        "create or replace temp table acting (record_id varchar)"
    )
    for arrival in arrivals:
        con.execute("insert into delivery_date values (?, ?)", [arrival.delivery_id, arrival.snapshot_date])
    taken = [_take_one(con, layout, arrival) for arrival in arrivals]
    office = arrivals[0].office
    _end_superseded(con, layout, arrivals, is_full=replaces)
    if replaces:
        con.execute(_absent(layout), {"office": office, "cause": "vanished" if layout.is_event else "absent",
                                                     "kind": layout.kind, "delivery": arrivals[0].delivery_id})  # fmt: skip
    con.execute("drop table snapshot")
    return taken


def _take_one(con: duckdb.DuckDBPyConnection, layout: Layout, arrival: Arrival) -> Intake:
    raw, prepared = arrival.prepared.raw, arrival.prepared
    rows = raw.cells.num_rows
    _put_hashed(con, prepared)
    con.execute("insert into snapshot select record_id from hashed")
    if arrival.is_delta:
        con.execute(
            RETOLD.format(kind=layout.kind),
            {"office": arrival.office, "delivery": arrival.delivery_id, "kind": layout.kind},
        )
    con.execute(REAPPEARED, {"kind": layout.kind, "office": arrival.office})
    con.execute(
        "delete from ended where kind = ? and office = ? and record_id in (from reappeared)",
        [layout.kind, arrival.office],
    )
    con.execute(FRESH.format(kind=layout.kind), {"office": arrival.office, "base": arrival.place << ROW_BITS})
    con.execute("insert into acting select record_id from fresh union select record_id from reappeared")
    places = con.sql("select row_no from fresh order by row_no").to_arrow_table()["row_no"].combine_chunks()
    told_tonight = len(places) < len(prepared.places)  # by another file: those rows are not this one's to report
    typed = type_places(raw, layout, places) if told_tonight else prepared.typed
    con.register("typed_rows", typed.rows)
    con.execute(_add(layout), {"office": arrival.office, "delivery": arrival.delivery_id, "run_no": arrival.run_no})
    con.unregister("typed_rows")
    faults = _repeat_faults(con, typed.faults)
    _note_faulty(con, raw, [f.row_no for f in typed.faults])
    repeated = con.sql("select count(*) - count(distinct record_id) from hashed").fetchall()[0][0]
    unchanged = rows - len(places) - len(faults) + len(typed.faults)
    return Intake(arrival.delivery_id, rows, unchanged, repeated, faults, typed)


def _put_hashed(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> None:
    """Make `hashed` (row_no, record_id) of every row, and `unknown` (row_no) of those that do not stand."""
    rows = pa.array(range(1, len(prepared.record_id) + 1), pa.int64())
    con.register("prepared", pa.table({"row_no": rows, "record_id": prepared.record_id}))
    con.register("places", pa.table({"row_no": prepared.places}))
    con.execute(
        "create or replace temp table hashed as from prepared; create or replace temp table unknown as from places"
    )
    con.unregister("prepared")
    con.unregister("places")


def _repeat_faults(con: duckdb.DuckDBPyConnection, faults: list[Fault]) -> list[Fault]:
    """A bad row that stands several times in the file is bad each time."""
    if not faults:
        return faults
    same = con.execute(
        "select f.row_no, h.row_no from fresh as f inner join hashed as h using (record_id) where list_contains($bad, f.row_no) order by all",
        {"bad": [f.row_no for f in faults]},
    ).fetchall()
    by_row = {f.row_no: f for f in faults}
    return [replace(by_row[first], row_no=row) for first, row in sorted(same, key=lambda pair: pair[1])]


def _note_faulty(con: duckdb.DuckDBPyConnection, raw: RawTable, row_numbers: list[int]) -> None:
    """Who the quarantined rows speak of: a row that became unreadable has not gone, so nothing of theirs ends."""
    rows = raw.cells.take(pa.array([n - 1 for n in row_numbers], pa.int64()))
    empty = pa.array([""] * len(row_numbers), pa.string())
    places = {"anchor": raw.binding.anchor_place, "id_number": raw.binding.fields.get("id_number")}
    columns = {f: rows[f"c{place}"] if place is not None else empty for f, place in places.items()}
    con.register("faulty_rows", pa.table(columns))
    con.execute("insert into faulty select nullif(anchor, ''), nullif(id_number, '') from faulty_rows")
    con.unregister("faulty_rows")


def _add(layout: Layout) -> str:
    """Insert the fresh typed rows. A row's key tells which row a correction corrects: its person and the layout's own
    fields. `rid` numbers tonight's rows over all kinds."""
    who = "coalesce(upper(replace(id_number, ' ', '')), local_no, name)"
    parts = [who if f == "@who" else f"coalesce({f}::varchar, '')" for f in layout.key]
    fields = ", ".join(f"t.{f}" for f in layout.fields)
    return f"""
        insert into added_{layout.kind}
        select f.rid, $office, f.record_id, $delivery, t.row_no, md5_number_lower(concat_ws(chr(31), {", ".join(parts)})), $run_no, {fields}, t.extra
        from typed_rows as t inner join fresh as f using (row_no)
    """


def _absent(layout: Layout) -> str:
    number = "id_number" if "id_number" in layout.fields else "null"
    return ABSENT.format(kind=layout.kind, anchor=layout.anchor, number=number)


def _end_superseded(
    con: duckdb.DuckDBPyConnection, layout: Layout, arrivals: Sequence[Arrival], *, is_full: bool
) -> None:
    """A corrected row ends the one it corrects; a row marked withdrawn ends every other one of its key. A row that comes
    after a newer one of its key ends at once: it is kept where it belongs, and changes nothing."""
    first = arrivals[0]
    where = {"office": first.office, "kind": layout.kind}
    flag = "coalesce(withdrawn, false)" if "withdrawn" in layout.fields else "false"
    con.execute(NEWER.format(kind=layout.kind), where | {"day": first.snapshot_date})
    con.execute(STANDS.format(kind=layout.kind, flag=flag), where | {"day": first.snapshot_date})
    con.execute(LATE, where)
    cause = "corrected" if layout.is_event else "replaced"
    con.execute(SUPERSEDED, where | {"is_full": is_full, "cause": cause, "delivery": first.delivery_id})


# What an earlier file of tonight ended and this one says again acts like a new row.
REAPPEARED = """
create or replace temp table reappeared as
select record_id from ended where kind = $kind and office = $office and record_id in (select record_id from hashed)
"""
FRESH = """
create or replace temp table fresh as
select row_no, record_id, $base + row_no as rid from hashed semi join unknown using (row_no)
where record_id not in (select record_id from added_{kind} where office = $office)
"""
RETOLD = """
insert into retold
select distinct $kind, $office, record_id, $delivery from hashed
where record_id in (select record_id from store.standing_{kind} where office = $office)
   or record_id in (select record_id from added_{kind} where office = $office)
"""
# The last day on which deliveries of later days brought a row, or said it again.
NEWER = """
create or replace temp table newer as
with later as (select * from delivery_date where snapshot_date > $day),
told as (
    select record_id, delivery_id from store.standing_{kind} where office = $office and delivery_id in (select delivery_id from later)
    union all select record_id, delivery_id from added_{kind} where office = $office and delivery_id in (select delivery_id from later)
    union all select record_id, delivery_id from (from store.retold union all by name from retold)
    where kind = $kind and office = $office and delivery_id in (select delivery_id from later)
)
select record_id, max(snapshot_date) as day, arg_max(delivery_id, (snapshot_date, delivery_id)) as delivery_id
from told inner join later using (delivery_id) group by record_id
"""
STANDS = """
create or replace temp table stands as
select s.record_id, s.business_key, {flag} as is_withdrawal, s.record_id in (from acting) as is_acting, coalesce(n.day, $day) as day, n.delivery_id as newer
from (select * from store.standing_{kind} union all by name select * exclude (rid) from added_{kind}) as s left join newer as n using (record_id)
where office = $office and record_id not in (select record_id from ended where kind = $kind and office = $office)
  and business_key in (select business_key from store.standing_{kind} where record_id in (from acting)
                       union all select business_key from added_{kind} where record_id in (from acting))
"""
LATE = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
select $kind, $office, t.record_id, 'late', arg_max(s.newer, (s.day, s.newer))
from stands as t inner join stands as s on s.business_key = t.business_key and s.record_id <> t.record_id and s.day > t.day
where t.is_acting group by t.record_id
"""
# In a full snapshot only a row that the snapshot itself no longer holds can be superseded; in a delta any older one.
SUPERSEDED = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
with late as (select record_id from ended where kind = $kind and office = $office and cause = 'late')
select $kind, $office, o.record_id, if(bool_or(t.is_withdrawal), 'withdrawn', $cause), min($delivery)
from stands as o inner join stands as t on t.business_key = o.business_key and t.record_id <> o.record_id and o.day <= t.day
where t.is_acting and t.record_id not in (from late) and (t.is_withdrawal
   or (not o.is_acting and (not $is_full or o.record_id not in (select record_id from snapshot))))
group by o.record_id
"""
ABSENT = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
with current as (
    select record_id, delivery_id, {anchor} as anchor, {number} as id_number from store.standing_{kind} where office = $office
    union all select record_id, delivery_id, {anchor}, {number} from added_{kind} where office = $office
)
select $kind, $office, record_id, $cause, $delivery from current
where record_id not in (select record_id from snapshot)
  and record_id not in (select record_id from newer)
  and not exists (select 1 from faulty as f where f.anchor = current.anchor or f.id_number = current.id_number)
"""
DELIVERY_DATE = """
create or replace temp table delivery_date as
with taken_back as (select withdraws as delivery_id, count(*) as times from store.delivery where withdraws is not null group by withdraws)
select delivery_id, max(snapshot_date) as snapshot_date from store.delivery left join taken_back using (delivery_id)
where snapshot_date is not null and withdraws is null group by delivery_id having count(*) > coalesce(max(times), 0)
"""
