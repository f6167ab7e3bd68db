"""Which pairs are worth comparing: several rules, each named by what must agree, each bounded and counted.

A key that too many share (a default date, one phone on fifty thousand rows) is narrowed by a further agreement, and
reported; what stays too common even then is left to the other rules, and reported too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchers.comparisons import digests
from matchers.han import spoken_by
from matchers.name_book import name_book
from matchers.transcription import skeleton
from schemas.stages import LOCAL, Engine, Stage

MOST_HOLDERS = 1_000  # known people under one key; a common full name in a city of a million has some 300
MOST_PAIRS = 200_000  # pairs that one key may bring
PAIRS_AT_ONCE = 1 << 20  # pairs told apart together: what finds the same twice must fit into memory whole


@dataclass(frozen=True)
class BlockingRule:
    """`agree` and `further` are columns of both sides; a missing value joins nothing. `without`: a column that the left
    record must not tell, for what narrower rules find where it does."""

    name: str
    agree: tuple[str, ...]
    further: tuple[str, ...] = ()
    without: str | None = None


RULES = (
    BlockingRule("same_birth_date_and_surname", ("birth_digits", "surname_sound"), ("first_sound",)),
    BlockingRule("same_birth_date_and_first", ("birth_digits", "first_sound"), ("surname_sound",)),
    BlockingRule("same_birth_date_and_second", ("birth_digits", "second_sound"), ("surname_sound",)),
    BlockingRule("same_birth_date_and_village", ("birth_digits", "village"), ("sex",)),
    BlockingRule("same_birth_date_and_town", ("birth_digits", "town"), ("sex",)),
    BlockingRule("same_birth_date_of_long_names", ("birth_digits", "is_long"), ("town",)),
    BlockingRule("same_name", ("name_folded",), ("birth_year",)),
    BlockingRule("same_sound_and_birth_year", ("name_sound", "birth_year"), ("month_day",)),
    BlockingRule("same_sound_and_month_day", ("name_sound", "month_day"), ("sex",)),
    BlockingRule("same_sound_and_town", ("name_sound", "town"), ("village",)),
    BlockingRule("same_start_and_birth_month", ("surname_sound", "first_sound", "birth_month"), ("sex",)),
    BlockingRule("same_start_and_month_day", ("surname_sound", "first_sound", "month_day"), ("sex",)),
    BlockingRule("same_given_and_birth_month", ("given_digest", "birth_month"), ("sex",)),
    BlockingRule("same_sound_and_village", ("name_sound", "village"), ("sex",)),
    BlockingRule("same_start_and_village", ("surname_sound", "first_sound", "village"), ("sex",)),
    BlockingRule("same_end_and_village", ("surname_sound", "second_sound", "village"), ("sex",)),
    BlockingRule("same_given_and_village", ("given_digest", "village"), ("sex",)),
    BlockingRule("same_start_and_town", ("surname_sound", "first_sound", "town"), ("sex",), without="birth_date"),
    BlockingRule("same_end_and_town", ("surname_sound", "second_sound", "town"), ("sex",), without="birth_date"),
    BlockingRule("same_given_and_town", ("given_digest", "town"), ("sex",), without="birth_date"),
    BlockingRule("same_phone", ("phone",), ("surname_sound",)),
)


@dataclass(frozen=True)
class BlockingCount:
    """What one rule brought: pairs, keys that had to be narrowed, and keys too common even then."""

    rule: str
    pairs: int
    narrowed: int
    too_common: int


def name_keys(names: Sequence[str]) -> pa.Table:
    """For distinct folded names: name_folded, name_sound, surname_sound, first_sound, second_sound (of a long name its first, second and last character's), given_digest (of both
    given characters in whatever order)."""
    book = name_book(names)
    _, alike = spoken_by(surname=False)
    start = np.where(book.is_long, book.begins, book.surname)
    parts = [alike[p, 0].astype(np.int64) for p in (start, book.given_first, book.given_second)]
    sound, long = parts[0] << 32 | parts[1] << 16 | parts[2], np.flatnonzero(book.is_long)
    for part, codes in zip(parts[1:], (book.follows, book.ends), strict=True):  # a character too many makes a name long
        part[long] = alike[codes[long], 0]
    sound[long] = digests([skeleton(names[n]) for n in long.tolist()])
    low, high = (pick(book.given_first, book.given_second).astype(np.int64) for pick in (np.minimum, np.maximum))
    given = np.where(low > 0, low << 32 | high, 0)
    return pa.table({
        "name_folded": pa.array(names, pa.string()), "name_sound": _or_null(sound, sound != 0),
        "surname_sound": _or_null(parts[0], parts[0] > 0), "first_sound": _or_null(parts[1], parts[1] > 0),
        "second_sound": _or_null(parts[2], parts[2] > 0), "given_digest": _or_null(given, given > 0),
        "is_long": _or_null(book.is_long.astype(np.int64), book.is_long),
    })  # fmt: skip


def _or_null(values: NDArray[np.int64], there: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, pa.int64(), mask=~there)


def block(
    con: duckdb.DuckDBPyConnection, rules: Sequence[BlockingRule] = RULES, engine: Engine = LOCAL
) -> list[BlockingCount]:
    """From `left_record` and `right_record` (n, and the columns the rules name) make `candidate` (l, r), each pair once."""
    for rule in rules:
        for side in ("left", "right"):
            con.execute(f"create or replace temp view {rule.name}_{side} as {_keyed(rule, side)}")
    engine.run(con, _stage(rules))
    counts = [BlockingCount(rule.name, *con.execute(f"from {rule.name}_count").fetchall()[0]) for rule in rules]
    _each_once(con, rules, sum(count.pairs for count in counts))
    for rule in rules:
        con.execute(f"drop table {rule.name}_pair; drop table {rule.name}_count")
    return counts


def _each_once(con: duckdb.DuckDBPyConnection, rules: Sequence[BlockingRule], pairs: int) -> None:
    """Make `candidate` from what all rules brought, a stretch of left records after the other."""
    proposed = " union all ".join(f"from {rule.name}_pair" for rule in rules)
    con.execute("create or replace temp table candidate (l bigint, r bigint)")
    records = con.execute("select coalesce(max(n), 0) + 1 from left_record").fetchall()[0][0]
    step = max(1, records * PAIRS_AT_ONCE // max(pairs, PAIRS_AT_ONCE))
    for first in range(0, records, step):
        stretch = {"first": first, "last": first + step - 1}
        con.execute(
            f"insert into candidate select distinct l, r from ({proposed}) where l between $first and $last order by l, r",
            stretch,
        )


def _keyed(rule: BlockingRule, side: str) -> str:
    """What a rule needs of the records that it can join at all."""
    columns = ", ".join(dict.fromkeys(("n", *rule.agree, *rule.further)))
    asked = [f"{c} is not null" for c in rule.agree]
    asked += [f"{rule.without} is null"] if rule.without and side == "left" else []
    return f"select {columns} from {side}_record where {' and '.join(asked)}"


def _stage(rules: Sequence[BlockingRule]) -> Stage:
    """All rules' pairs and counts. Everything a rule asks is asked of the rows of one key."""
    totals = "select sum(pairs)::bigint as pairs, sum(narrowed)::bigint as narrowed, sum(too_common)::bigint as too_common from {parts}"
    gives = {f"{rule.name}_pair": "from {parts}" for rule in rules} | {f"{rule.name}_count": totals for rule in rules}
    cut = {
        f"{rule.name}_{side}": f"select *, concat_ws(' ', {', '.join(rule.agree)}) as part_key from {rule.name}_{side}"
        for rule in rules
        for side in ("left", "right")
    }
    return Stage("block", partial(propose, rules=rules), gives, cut)


def propose(con: duckdb.DuckDBPyConnection, rules: Sequence[BlockingRule]) -> None:
    """For each rule, from `<rule>_left` and `<rule>_right` make `<rule>_pair` (l, r) and `<rule>_count` (pairs, narrowed,
    too_common)."""
    for rule in rules:
        _one_rule(con, rule)


def _one_rule(con: duckdb.DuckDBPyConnection, rule: BlockingRule) -> None:
    told = {
        "rule": rule.name, "key": "({})".format(", ".join(rule.agree)), "narrow": "({})".format(", ".join(rule.agree + rule.further)),
        "is_narrow": " and ".join(f"{c} is not null" for c in rule.further) or "false",
    }  # fmt: skip
    con.execute(KEYS.format(**told))
    con.execute(COMMON, {"holders": MOST_HOLDERS, "pairs": MOST_PAIRS})
    con.execute(STILL_COMMON, {"holders": MOST_HOLDERS, "pairs": MOST_PAIRS})
    con.execute(PROPOSED.format(rule=rule.name))


KEYS = """
create or replace temp table left_key as
select n, {key} as key, case when {is_narrow} then {narrow} end as narrow from {rule}_left;
create or replace temp table right_key as
select n, {key} as key, case when {is_narrow} then {narrow} end as narrow from {rule}_right where {key} in (select key from left_key)
"""
COMMON = """
create or replace temp table common_key as
with l as (select key, count(*) as n from left_key group by key), r as (select key, count(*) as n from right_key group by key)
select key from l inner join r using (key) where r.n > $holders or l.n * r.n > $pairs
"""
# Of a common key the rarest parts are kept, as many as its bound allows.
STILL_COMMON = """
create or replace temp table still_common as
with l as (select key, narrow, count(*) as n from left_key where key in (select key from common_key) and narrow is not null group by all),
     r as (select narrow, count(*) as n from right_key where key in (select key from common_key) group by narrow),
     part as (select key, narrow, l.n * r.n as pair_count, r.n > $holders as is_crowded from l inner join r using (narrow)),
     summed as (
         select *, sum(if(is_crowded, 0, pair_count)) over (partition by key order by is_crowded, pair_count, narrow) as so_far from part
     )
select narrow from summed where is_crowded or so_far > $pairs
"""
# Keys are thrown away before the join: a join first and a filter above it would make every pair of the common key.
PROPOSED = """
create or replace temp table plain_left as select l.n, l.key from left_key as l anti join common_key using (key);
create or replace temp table narrow_left as
select l.n, l.narrow from left_key as l semi join common_key using (key) anti join still_common using (narrow)
where narrow is not null;
create or replace temp table {rule}_pair as
select l.n as l, r.n as r from plain_left as l inner join right_key as r using (key)
union all
select l.n, r.n from narrow_left as l inner join right_key as r using (narrow);
create or replace temp table {rule}_count as
select (select count(*) from {rule}_pair) as pairs, (select count(*) from common_key) as narrowed, (select count(*) from still_common) as too_common
"""
