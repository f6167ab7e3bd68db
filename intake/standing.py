"""What of a delivered snapshot is new, what stands unchanged, and what stands no more.

Rows are compared by `record_id`, the hash of their cells in the layout's order: column order, encoding and file kind
play no part. The store's standing rows are read from schema `store`; tonight's additions go to `added_<kind>`, rows
that end go to `ended`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from intake.aside import batches_of
from intake.prepare import Prepared, numbered, put_doubled, rows_at, type_new
from intake.raw import RawTable
from intake.typed import Fault, Typed
from schemas.columns import Layout

ROW_BITS = 32  # a row's `rid` is its delivery's place and its row number
TONIGHT = 1 << (ROW_BITS - 1)  # more than a store will ever hold deliveries


@dataclass(frozen=True)
class Delivered:
    """One delivery of a kind; `place` is its number among tonight's."""

    delivery_id: str
    office: str
    snapshot_date: date
    is_delta: bool
    run_no: int
    place: int


@dataclass(frozen=True)
class Arrival(Delivered):
    """A readable delivery with its rows."""

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
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    arrivals: Sequence[Arrival],
    *,
    replaces: bool,
    aside: Path | None = None,
) -> list[Intake]:
    """Take in the files that make one snapshot of one office together. `replaces`: rows they lack stand no more, unless
    a newer delivery brought them or said them again. Needs DELIVERY_PLACE run once."""
    con.execute(
        "create or replace temp table snapshot (place integer, row_no uinteger, record_id varchar); "
        "create or replace temp table faulty (anchor varchar, id_number varchar); create or replace temp table back (record_id varchar)"
    )
    for arrival in arrivals:
        con.execute("insert into delivery_place values (?, ?)", [arrival.delivery_id, _place(arrivals)])
    taken = [_take_one(con, layout, arrival, aside) for arrival in arrivals]
    _end_superseded(con, layout, arrivals, is_full=replaces)
    if replaces:
        _end_absent(con, layout, arrivals)
    con.execute("drop view told; drop table snapshot")
    return taken


def _place(arrivals: Sequence[Arrival]) -> int:
    """Where tonight's snapshot stands among all deliveries, as DELIVERY_PLACE counts: after the stored ones of its day."""
    return ((arrivals[0].snapshot_date - date(1900, 1, 1)).days << ROW_BITS) + TONIGHT + arrivals[0].place


def _take_one(con: duckdb.DuckDBPyConnection, layout: Layout, arrival: Arrival, aside: Path | None) -> Intake:
    raw, prepared, where = arrival.prepared.raw, arrival.prepared, {"kind": layout.kind, "office": arrival.office}
    rows = raw.cells.num_rows
    _put_told(con, prepared, arrival.place)
    if arrival.is_delta:
        con.execute(RETOLD.format(kind=layout.kind), where | {"delivery": arrival.delivery_id})
    con.execute(REAPPEARED, where)
    con.execute(
        "delete from ended where kind = ? and office = ? and record_id in (from reappeared)",
        [layout.kind, arrival.office],
    )
    con.execute("insert into back from reappeared")
    new, typed = prepared.new, prepared.typed
    if con.execute(IS_ANY_ADDED.format(kind=layout.kind), {"office": arrival.office}).fetchall()[0][0]:
        new = _not_added(con, layout, arrival)
        if new.num_rows < prepared.new.num_rows:  # the others another file told tonight: not this one's to report
            typed = type_new(raw, layout, new, aside)
    add_rows(con, layout, arrival, typed.rows)
    faults = _repeat_faults(con, typed.faults)
    _note_faulty(con, raw, [f.row_no for f in typed.faults])
    unchanged = rows - new.num_rows - len(faults) + len(typed.faults)
    return Intake(arrival.delivery_id, rows, unchanged, prepared.repeated, faults, typed)


def _put_told(con: duckdb.DuckDBPyConnection, prepared: Prepared, place: int) -> None:
    """Put every row into `snapshot`, and let `told` be those of this file."""
    rows = prepared.record_id
    con.register("prepared", numbered(pa.table({"record_id": rows})))
    con.execute("insert into snapshot select $place, row_no, record_id from prepared", {"place": place})
    con.unregister("prepared")
    con.execute(f"create or replace temp view told as select row_no, record_id from snapshot where place = {place}")


def _not_added(con: duckdb.DuckDBPyConnection, layout: Layout, arrival: Arrival) -> pa.Table:
    """The new rows that no other file told tonight."""
    con.register(
        "new", pa.RecordBatchReader.from_batches(arrival.prepared.new.schema, batches_of(arrival.prepared.new))
    )
    new = con.sql(NOT_ADDED.format(kind=layout.kind), params={"office": arrival.office}).to_arrow_table()
    con.unregister("new")
    return new


def _repeat_faults(con: duckdb.DuckDBPyConnection, faults: list[Fault]) -> list[Fault]:
    """A bad row that stands several times in the file is bad each time."""
    if not faults:
        return faults
    con.register("bad", pa.table({"row_no": pa.array([f.row_no for f in faults], pa.int64())}))
    again = con.execute(SAME_ROWS).fetchall()
    con.unregister("bad")
    if not again:
        return faults
    by_row = {f.row_no: f for f in faults}
    more = [replace(by_row[first], row_no=row) for first, row in again]
    return sorted([*faults, *more], key=lambda fault: fault.row_no)


def _note_faulty(con: duckdb.DuckDBPyConnection, raw: RawTable, row_numbers: list[int]) -> None:
    """Who the quarantined rows speak of: a row that became unreadable has not gone, so nothing of theirs ends."""
    places = {"anchor": raw.binding.anchor_place, "id_number": raw.binding.fields.get("id_number")}
    for part, _ in rows_at(raw, pa.table({"row_no": pa.array(row_numbers, pa.int64())})):
        empty = pa.array([""] * part.cells.num_rows, pa.string())
        columns = {f: part.cells[f"c{place}"] if place is not None else empty for f, place in places.items()}
        con.register("faulty_rows", pa.table(columns))
        con.execute("insert into faulty select nullif(anchor, ''), nullif(id_number, '') from faulty_rows")
        con.unregister("faulty_rows")


def add_rows(con: duckdb.DuckDBPyConnection, layout: Layout, arrival: Delivered, rows: pa.Table) -> None:
    """Insert typed rows, each with its record_id. A row's key tells which row a correction corrects: its person and the
    layout's own fields. `rid` numbers tonight's rows over all kinds."""
    shared = MEMBER if {"relation", "householder_id"} <= set(layout.fields) else "false"
    parts = [WHO.format(shared=shared) if f == "@who" else f"coalesce({f}::varchar, '')" for f in layout.key]
    con.register("typed_rows", pa.RecordBatchReader.from_batches(rows.schema, batches_of(rows)))
    base = arrival.place << ROW_BITS
    where = {"office": arrival.office, "delivery": arrival.delivery_id, "run_no": arrival.run_no, "base": base}
    con.execute(ADD.format(kind=layout.kind, key=", ".join(parts), fields=", ".join(layout.fields)), where)
    con.unregister("typed_rows")


def _end_absent(con: duckdb.DuckDBPyConnection, layout: Layout, arrivals: Sequence[Arrival]) -> None:
    """Rows that the snapshot lacks stand no more; but for rows of whom one of its bad rows may speak."""
    first, base = arrivals[0], min(a.place for a in arrivals) << ROW_BITS
    where = {"office": first.office, "base": base}
    if con.execute(COUNT_CURRENT.format(kind=layout.kind), where).fetchall() == [(_still_told(arrivals),)]:
        return
    con.execute(ABSENT.format(kind=layout.kind), where)
    if con.execute("select exists (from faulty) and exists (from absent)").fetchall()[0][0]:
        number = "id_number" if "id_number" in layout.fields else "null"
        con.execute(SPARED.format(kind=layout.kind, anchor=layout.anchor, number=number), where)
    cause = "vanished" if layout.is_event else "absent"
    con.execute(
        END_ABSENT, {"kind": layout.kind, "office": first.office, "cause": cause, "delivery": first.delivery_id}
    )


def _still_told(arrivals: Sequence[Arrival]) -> int | None:
    """How many rows that stand the snapshot tells again, where one file says it all. Where no more stand, it lacks none."""
    (prepared, *more) = [a.prepared for a in arrivals]
    return None if more else prepared.raw.cells.num_rows - prepared.repeated - prepared.new.num_rows


def _end_superseded(
    con: duckdb.DuckDBPyConnection, layout: Layout, arrivals: Sequence[Arrival], *, is_full: bool
) -> None:
    """A corrected row ends the one it corrects; a row marked withdrawn ends every other one of its key. A row that comes
    after a newer one of its key ends at once: it is kept where it belongs, and changes nothing."""
    first, place = arrivals[0], {"place": _place(arrivals)}
    where = {"office": first.office, "kind": layout.kind}
    if con.execute(IS_ANY_LATER, place).fetchall()[0][0]:
        con.execute(NEWER.format(kind=layout.kind), where | place)
    else:  # as on nearly every night
        con.execute(NONE_NEWER)
    flag = "coalesce(withdrawn, false)" if "withdrawn" in layout.fields else "false"
    peers = {"office": first.office, "base": first.place << ROW_BITS}
    con.execute(ACTING.format(kind=layout.kind), peers)
    put_doubled(con, "select business_key as number from acting")
    con.execute(SHARED.format(kind=layout.kind), peers)
    con.execute("drop table acting")
    if not con.execute("select exists (from shared)").fetchall()[0][0]:
        return
    con.execute(PEERS.format(kind=layout.kind, flag=flag), peers)
    con.execute(RIVALS, where | place)
    if not con.execute("select exists (from rival)").fetchall()[0][0]:
        return
    con.execute(LATE, where)
    cause = "corrected" if layout.is_event else "replaced"
    con.execute(SUPERSEDED, where | {"is_full": is_full, "cause": cause, "delivery": first.delivery_id})
    if first.is_delta and (end := ENDS.get(layout.kind)):
        con.execute(
            ENDED_BESIDE.format(kind=layout.kind, end=end),
            where | peers | {"cause": cause, "delivery": first.delivery_id},
        )


# A number tells whose line it is where it is whole: behind what is damaged or hidden, and behind the householder's on a member's
# line, stands the name as well. Words for a number (不详, 同上) or one digit over and over are none: name and birth date stand for it.
NUMBER = "upper(replace(id_number, ' ', ''))"
WHO = f"""
case when regexp_full_match(id_number, '[0-9]{{{{17}}}}[0-9X]') and id_number <> repeat(left(id_number, 1), 18) and not {{shared}} then id_number
     when id_number is null or not regexp_matches(id_number, '[0-9]') or replace({NUMBER}, left({NUMBER}, 1), '') = '' then coalesce(local_no, concat_ws(chr(31), name, birth_date))
     when regexp_full_match({NUMBER}, '[A-Z]{{{{0,3}}}}[0-9]{{{{5,}}}}[0-9A-Z()]*') and not {{shared}} then {NUMBER}
     else coalesce(local_no, concat_ws(chr(31), {NUMBER}, name)) end"""
MEMBER = f"coalesce(relation not in ('', '户主', '本人') and upper(replace(householder_id, ' ', '')) = {NUMBER}, false)"
# What an earlier file of tonight ended and this one says again acts like a new row.
REAPPEARED = """
create or replace temp table reappeared as
select record_id from ended semi join told using (record_id) where kind = $kind and office = $office
"""
IS_ANY_ADDED = "select exists (from added_{kind} where office = $office)"
NOT_ADDED = """
with known as (select record_id from added_{kind} where office = $office)
select row_no, record_id from new anti join known using (record_id) order by row_no
"""
SAME_ROWS = """
select f.row_no, t.row_no from told as f inner join told as t using (record_id) where f.row_no in (from bad) and t.row_no <> f.row_no order by all
"""
# The upper half of md5_number is md5_number_lower, three times as fast.
ADD = """
insert into added_{kind}
select $base + row_no, $office, record_id, $delivery, row_no, (md5_number(concat_ws(chr(31), {key})) >> 64)::ubigint, $run_no, {fields}, extra
from typed_rows
"""
RETOLD = """
insert into retold
select distinct $kind, $office, record_id, $delivery from told
where record_id in (select record_id from store.standing_{kind} where office = $office)
   or record_id in (select record_id from added_{kind} where office = $office)
"""
IS_ANY_LATER = "select exists (from delivery_place where place > $place)"
NONE_NEWER = "create or replace temp table newer (record_id varchar, place bigint, delivery_id varchar)"
# The last place at which deliveries of later places brought a row, or said it again.
NEWER = """
create or replace temp table newer as
with later as (select * from delivery_place where place > $place),
said as (
    select record_id, delivery_id from store.standing_{kind} where office = $office and delivery_id in (select delivery_id from later)
    union all select record_id, delivery_id from added_{kind} where office = $office and delivery_id in (select delivery_id from later)
    union all select record_id, delivery_id from (from store.retold union all by name from retold)
    where kind = $kind and office = $office and delivery_id in (select delivery_id from later)
)
select record_id, max(place) as place, arg_max(delivery_id, place) as delivery_id
from said inner join later using (delivery_id) group by record_id
"""
# Keys of the rows that act on others: those that tonight's snapshot brings, or brings back.
ACTING = """
create or replace temp table acting as
select business_key from added_{kind} where office = $office and rid > $base
union all select business_key from store.standing_{kind} where office = $office and record_id in (from back)
union all select business_key from added_{kind} where office = $office and rid <= $base and record_id in (from back)
"""
# Of these keys the ones that another row shares.
SHARED = """
create or replace temp table shared as
with others as (
    select business_key from store.standing_{kind} where office = $office and record_id not in (from back)
    union all select business_key from added_{kind} where office = $office and rid <= $base and record_id not in (from back)
)
select number as business_key from doubled union select business_key from others semi join acting using (business_key)
"""
PEERS = """
create or replace temp table peer as
with standing as (
    select record_id, business_key, {flag} as is_withdrawal, false as is_new from store.standing_{kind} where office = $office
    union all select record_id, business_key, {flag}, rid > $base from added_{kind} where office = $office
)
select record_id, business_key, is_withdrawal, is_new or record_id in (from back) as acts from standing semi join shared using (business_key)
"""
# What stands under a key that something else acts on, and the place at which each was last said. Never every two of a key beside
# each other: an office may have put one number on half its lines.
RIVALS = """
create or replace temp table rival as
with standing as (
    select business_key, record_id, bool_or(is_withdrawal) as is_withdrawal, bool_or(acts) as acts from peer
    where record_id not in (select record_id from ended where kind = $kind and office = $office) group by all
)
select s.*, coalesce(n.place, $place) as place, n.delivery_id as newer from standing as s left join newer as n using (record_id)
where business_key in (select business_key from standing group by business_key having count(*) > 1 and bool_or(acts))
"""
LATE = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
with told as (
    select *, max(place) over of_key as last_place, arg_max(newer, (place, newer)) over of_key as last_delivery
    from rival window of_key as (partition by business_key)
)
select $kind, $office, record_id, 'late', last_delivery from told where acts and place < last_place
"""
# In a full snapshot only a row that the snapshot itself no longer holds can be superseded; in a delta any older one.
SUPERSEDED = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
with late as (select record_id from ended where kind = $kind and office = $office and cause = 'late'),
speaking as (select *, acts and record_id not in (from late) as speaks from rival),
told as (
    select *, max(place) filter (speaks) over others as said_at, max(place) filter (speaks and is_withdrawal) over others as withdrawn_at
    from speaking
    window others as (partition by business_key rows between unbounded preceding and unbounded following exclude current row)
)
select $kind, $office, record_id, if(withdrawn_at >= place, 'withdrawn', $cause), $delivery from told
where withdrawn_at >= place or (said_at >= place and not acts and (not $is_full or record_id not in (select record_id from snapshot semi join rival using (record_id))))
"""
# Where a line of somebody's spell says that it has ended, if it has.
ENDS = {
    "unemployment_registration": "cancel_date", "hardship_recognition": "exit_date", "unemployment_benefit": "stop_date", "low_income": "end_month",
    "public_post": "end_date", "insurance_active": "end_month", "employment_registration": "end_date", "market_entity": "cancelled_date",
    "private_nonenterprise": "cancelled_date", "military": "discharge_date", "imprisonment": "custody_end",
}  # fmt: skip
# A delta that says of one spell both that it goes on and that it has ended tells of two days: nobody ends before they begin. The
# name is asked as well as the key: an office may have put one number on half its lines.
ENDED_BESIDE = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
with line as (select record_id, business_key, name, {end} is not null as has_ended from added_{kind} where office = $office and rid > $base)
select $kind, $office, record_id, $cause, $delivery from line
where not has_ended and (business_key, name) in (select (business_key, name) from line where has_ended)
"""
ABSENT = """
create or replace temp table absent as
with current as (
    select record_id from store.standing_{kind} where office = $office
    union all select record_id from added_{kind} where office = $office and rid < $base
)
from current anti join snapshot using (record_id) anti join newer using (record_id)
"""
COUNT_CURRENT = """
select (select count(*) from store.standing_{kind} where office = $office)
     + (select count(*) from added_{kind} where office = $office and rid < $base)
"""
SPARED = """
delete from absent where record_id in (
    with current as (
        select record_id, {anchor} as anchor, {number} as id_number from store.standing_{kind} where office = $office
        union all select record_id, {anchor}, {number} from added_{kind} where office = $office and rid < $base
    )
    select record_id from current semi join absent using (record_id)
    where anchor in (select anchor from faulty) or id_number in (select id_number from faulty)
)
"""
END_ABSENT = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
select $kind, $office, record_id, $cause, $delivery from absent
"""
# Where each delivery that was not taken back stands among all: by its date, of one day by when it was taken in.
DELIVERY_PLACE = """
create or replace temp table delivery_place as
with taken_back as (select withdraws as delivery_id, max(rowid) as since from store.delivery where withdraws is not null group by withdraws)
select delivery_id, max(((snapshot_date - date '1900-01-01') << 32) + d.rowid) as place
from store.delivery as d left join taken_back as t using (delivery_id)
where snapshot_date is not null and withdraws is null and d.rowid > coalesce(t.since, -1) group by delivery_id
"""
