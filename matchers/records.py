"""Records of two sides made ready for blocking (tables) and for weighing (arrays)."""

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchers.blocking import name_keys
from matchers.comparisons import TOWN_ENDS, VILLAGE_ENDS, Ints, digests, fold_place
from matchers.name_book import NameBook, name_book
from matchers.phones import phone_key
from matchers.score import Records

COLUMNS = ("birth_date", "sex", "phone", "town", "village")


def make_records(con: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """From `source` (id, name_folded, birth_date, sex, phone, town, village) make `target`: the same with n from 0 by
    id, every value as a number (null: not told), and the columns that the blocking rules name; and `<target>_phone`: the phones
    that several have (phone, holders)."""
    _register(con, "name_key", name_keys(_distinct(con, source, "name_folded")))
    for column, ends in (("town", TOWN_ENDS), ("village", VILLAGE_ENDS)):
        texts = _distinct(con, source, column)
        codes = digests([fold_place(t, ends) for t in texts])
        _register(con, f"{column}_key", pa.table({column: pa.array(texts, pa.string()), "code": codes}))
    con.execute(f"create or replace temp table {target} as " + RECORD.format(source=source, phone=phone_key("phone")))
    con.execute(SHARED_PHONE.format(table=target))
    for name in ("name_key", "town_key", "village_key"):
        con.execute(f"drop table {name}")


def _distinct(con: duckdb.DuckDBPyConnection, source: str, column: str) -> list[str]:
    found = con.sql(f"select distinct {column} from {source} where {column} <> '' order by 1").to_arrow_table()
    return list(found.column(0).to_pylist())


def _register(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("made", table)
    con.execute(f"create or replace temp table {name} as select * from made")
    con.unregister("made")


RECORD = """
with told as (
    select id, name_folded, year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date) as birth_date,
           case sex when '男' then 1 when '女' then 2 end as sex,
           try_cast({phone} as bigint) as phone, town, village
    from {source}
)
select row_number() over (order by id) - 1 as n, id, name_folded, k.name_sound, k.surname_sound, k.first_sound, k.second_sound, k.given_digest, k.is_long,
       birth_date, birth_date // 10000 as birth_year, birth_date // 100 as birth_month, birth_date % 10000 as month_day,
       birth_date // 10000 * 10000 + least(birth_date // 100 % 100, birth_date % 100) * 100 + greatest(birth_date // 100 % 100, birth_date % 100)
           as birth_digits,
       sex, nullif(phone, 0) as phone, t.code as town, v.code as village
from told
left join name_key as k using (name_folded)
left join town_key as t on t.town = told.town
left join village_key as v on v.village = told.village
order by n
"""


SHARED_PHONE = """
create or replace temp table {table}_phone as
select phone, count(*) as holders from {table} where phone is not null group by phone having count(*) > 1
"""


def gather(con: duckdb.DuckDBPyConnection, left: str = "left_record") -> tuple[Records, Ints, Records, Ints]:
    """The records that stand in `candidate`, as arrays, and the pairs as places in them, in the order of `candidate`."""
    pairs = con.sql("select l, r from candidate order by l, r").fetchnumpy()
    one, i = _side(con, left, pairs["l"])
    other, j = _side(con, "right_record", pairs["r"])
    return one, i, other, j


def _side(con: duckdb.DuckDBPyConnection, table: str, wanted: NDArray[np.int64]) -> tuple[Records, Ints]:
    used, places = np.unique(wanted, return_inverse=True)
    _register(con, "used", pa.table({"n": used}))
    found = con.sql(f"""
        select r.n, name_folded, birth_date, sex, phone, town, village, coalesce(h.holders, 1) as holders
        from {table} as r inner join used using (n) left join {table}_phone as h using (phone)
        order by r.n
    """).to_arrow_table()
    con.execute("drop table used")
    book, name = _book(found["name_folded"])
    numbers = {c: _filled(found[c]) for c in (*COLUMNS, "holders")}
    return Records(book, name, **numbers), places.astype(np.int64)


def _book(names: pa.ChunkedArray) -> tuple[NameBook, Ints]:
    coded = names.combine_chunks().fill_null("").dictionary_encode()
    return name_book(coded.dictionary.to_pylist()), coded.indices.to_numpy().astype(np.int64)


def _filled(column: pa.ChunkedArray) -> Ints:
    return column.fill_null(0).to_numpy().astype(np.int64)
