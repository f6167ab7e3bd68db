"""An office takes a whole file back: what stands is then what the other files say, told in the order of their dates.

Both histories, with the file and without it, are folded anew from the archived files (from what is sealed of them, where a delta's is destroyed); their difference is what changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from intake.prepare import hash_rows, type_new
from intake.raw import RawTable
from intake.standing import ROW_BITS, Delivered, add_rows
from schemas.columns import Layout
from schemas.rows import row_columns


@dataclass(frozen=True)
class Told:
    """One delivery of a source's history, in its place. Full deliveries of the same `snapshot` number are one. `raw` is None
    for a delta whose file is destroyed: which rows it told is sealed, and said in `retold`."""

    delivery_id: str
    day: date
    snapshot: int
    is_full: bool
    raw: RawTable | None


@dataclass(frozen=True)
class Withdrawal:
    """A file's deliveries taken back. `by` is the delivery that says so, `place` its number among tonight's; `sealed`
    are the files that hold the kind's rows as they were sealed."""

    gone: frozenset[str]
    by: str
    office: str
    run_no: int
    place: int
    sealed: Sequence[str]


def take_back(
    con: duckdb.DuckDBPyConnection, layout: Layout, what: Withdrawal, history: Iterable[Told]
) -> tuple[int, int]:
    """End and bring back rows as the history without the deliveries demands; gives how many of each."""
    flag = "coalesce(withdrawn, false)" if "withdrawn" in layout.fields else "false"
    con.execute(KEYS.format(flag=flag, kind=layout.kind), {"sealed": list(what.sealed), "office": what.office})
    con.execute(f"create or replace temp table read_anew as from added_{layout.kind} limit 0")
    con.execute(
        "create or replace temp table tells (n integer, delivery_id varchar, is_full boolean, record_id varchar)"
    )
    order: dict[int, bool] = {}
    for told in history:
        where_told = {"n": told.snapshot, "delivery": told.delivery_id, "is_full": told.is_full}
        if told.raw is None:
            con.execute(
                SEALED_ROWS, where_told | {"sealed": list(what.sealed), "kind": layout.kind, "office": what.office}
            )
        else:
            hash_rows(con, layout, told.raw)
            _read_anew(con, layout, what, told, told.raw)
            con.execute("insert into tells select distinct $n, $delivery, $is_full, record_id from hashed", where_told)
        order[told.snapshot] = told.is_full
    _fold(con, "with_it", order, frozenset())
    _fold(con, "without_it", order, what.gone)
    where = {"kind": layout.kind, "office": what.office}
    ended = con.execute(ENDS.format(kind=layout.kind), where | {"by": what.by}).fetchall()
    columns = ", ".join(f"r.{c}" for c, _ in row_columns(layout) if c != "run_no")
    back = con.execute(RETURNS.format(kind=layout.kind, columns=columns), {
        "office": what.office, "sealed": list(what.sealed), "run_no": what.run_no, "base": what.place << ROW_BITS,
    }).fetchall()  # fmt: skip
    return len(ended), len(back)


def _read_anew(con: duckdb.DuckDBPyConnection, layout: Layout, what: Withdrawal, told: Told, raw: RawTable) -> None:
    """Put those of the hashed rows that were never sealed as they read today into `read_anew` and `key_of`: rows that had
    ended when the settings explained their code words."""
    fresh = con.sql(UNKNOWN).to_arrow_table()
    if not fresh.num_rows:
        return
    source = Delivered(told.delivery_id, what.office, told.day, not told.is_full, what.run_no, what.place)
    add_rows(con, layout, source, type_new(raw, layout, fresh).rows)
    flag = "coalesce(withdrawn, false)" if "withdrawn" in layout.fields else "false"
    for statement in ASIDE:
        con.execute(statement.format(kind=layout.kind, flag=flag), {"base": what.place << ROW_BITS})


def _fold(con: duckdb.DuckDBPyConnection, name: str, order: dict[int, bool], gone: frozenset[str]) -> None:
    """Make the table `name` (record_id, business_key): what stands after every delivery but those of `gone`."""
    con.execute(f"create or replace temp table {name} (record_id varchar, business_key ubigint)")
    for number, is_full in order.items():
        con.execute(SAID, {"n": number, "gone": sorted(gone)})
        if not con.execute("select 1 from tells where n = ? and not list_contains(?, delivery_id) limit 1",
                           [number, sorted(gone)]).fetchall():  # fmt: skip
            continue
        if is_full:
            con.execute(f"delete from {name} where record_id not in (select record_id from said)")
        con.execute(f"delete from said where record_id in (select record_id from {name})")
        con.execute(f"delete from {name} where business_key in (select business_key from said)")
        con.execute(
            "delete from said where not is_withdrawal and business_key in (select business_key from said where is_withdrawal)"
        )
        con.execute(f"insert into {name} select record_id, business_key from said")


KEYS = """
create or replace temp table key_of as
with told as (  -- rows of tonight are those that a new code table lets read otherwise
    select record_id, office, business_key, {flag} as is_withdrawal from read_parquet($sealed)
    union all select record_id, office, business_key, {flag} from added_{kind}
)
select record_id, any_value(business_key) as business_key, bool_or(is_withdrawal) as is_withdrawal
from told where office = $office group by record_id
"""
SEALED_ROWS = """
insert into tells
select distinct $n, $delivery, $is_full, record_id from (
    select office, record_id, delivery_id from read_parquet($sealed)
    union all select office, record_id, delivery_id from store.retold where kind = $kind)
where office = $office and delivery_id = $delivery
"""
UNKNOWN = """
select min(row_no) as row_no, record_id from hashed anti join key_of using (record_id) group by record_id order by row_no
"""
ASIDE = (
    "insert into read_anew by name select * from added_{kind} where rid > $base",
    "insert into key_of select record_id, business_key, {flag} from added_{kind} where rid > $base",
    "delete from added_{kind} where rid > $base",
)
SAID = """
create or replace temp table said as
select distinct t.record_id, k.business_key, k.is_withdrawal from tells as t inner join key_of as k using (record_id)
where t.n = $n and not list_contains($gone, t.delivery_id)
"""
ENDS = """
insert or ignore into ended (kind, office, record_id, cause, delivery_id)
select $kind, $office, record_id, 'withdrawn', $by
from (select office, record_id from store.standing_{kind} union all select office, record_id from added_{kind})
where office = $office and record_id in (select record_id from with_it) and record_id not in (select record_id from without_it)
returning record_id
"""
RETURNS = """
insert into added_{kind} by name
with back as (
    select record_id from without_it where record_id not in (select record_id from with_it)
      and record_id not in (select record_id from store.standing_{kind} where office = $office)
      and record_id not in (select record_id from added_{kind} where office = $office)
),
old as (
    select * from read_parquet($sealed) as r  -- a destroyed row has no key
    where r.office = $office and r.record_id in (select record_id from back) and r.business_key is not null
    qualify row_number() over (partition by r.record_id order by r.run_no desc) = 1
    union all by name select * exclude (rid) from read_anew where record_id in (select record_id from back)
)
select $base + row_number() over (order by r.delivery_id, r.row_no) as rid, {columns}, $run_no as run_no from old as r
returning record_id
"""
