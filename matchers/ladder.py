"""The ladder: number and name first, then damaged numbers, then name with birth date and sex, then weighed evidence,
then what a person must look at.

K1 id_and_name           exact number, compatible name             linked (exact; variant where the name differs, or is
                                                                   the one that a row gives beside it as 曾用名)
K2 id_name_conflict      exact number, another name                review, unless K5 finds whose row it is
K3 id_damaged_and_name   damaged number, compatible name, one to one, nothing contradicts   linked (probable)
K4 name_birth_sex        no number, name, full birth date and sex, one to one; a third agreement: linked (probable),
                         without it: review
K5 model                 candidates weighed by the model: linked (probable) where the weight, its margin and a third
                         agreement allow, else review; in place of K4's question where the model has an answer
K6 name_and_phone, name_only   no number, one person only           review
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa

from matchers.agreements import values_of
from matchers.blocking import BlockingCount
from matchers.claims import FIFTEEN_LEFT, LIKE_A_FLOAT
from matchers.comparisons import OFFICE
from matchers.id_numbers import BROKEN
from matchers.model import Model
from matchers.names import NameLevel, place_names
from matchers.number_levels import LEVELS as NUMBER_LEVELS
from matchers.number_levels import number_levels
from matchers.phones import phone_key
from matchers.scored import climb_by_weight
from schemas.stages import LOCAL, Engine, Stage
from schemas.tables import LEVELS, WEIGHTS

COMPATIBLE = (NameLevel.EQUAL.value, NameLevel.COMPATIBLE.value)
AT_ONCE = 1 << 17  # candidates for damaged numbers compared together
FITTING = ("equal", "letters", "check_missing", "one_slip", "mask_fits")


def climb(
    con: duckdb.DuckDBPyConnection, model: Model, threads: int = 1, engine: Engine = LOCAL
) -> list[BlockingCount]:
    """From `claim`, `known`, `new_known`, `standing_value`, `standing_name` and, where there is one, `told_apart` (rid, person_id: no
    candidate of that claim by name or by a damaged number) make `linked`: one row per claim (rid, person_id,
    match_status, rule, link_grade, runner_up and both weights), and `link_weight` (rid, weights, levels) of the weighed. Broken numbers on rosters that lead nowhere get
    match_status 'quarantine'. Returns what the blocking rules brought, empty when nothing was left to weigh."""
    con.execute(EVERYBODY)
    con.execute("create temp table if not exists told_apart (rid bigint, person_id varchar)")
    engine.run(con, NUMBER_STAGE)
    con.execute(TOLD_TONIGHT)
    con.execute(UNSETTLED)
    for stage in DAMAGED_STAGES:
        engine.run(con, stage)
    con.execute(NEAR_NUMBER)
    con.execute(OFFICE_PHONE, {"most": OFFICE})
    engine.run(con, NAME_STAGE)
    counts = _by_weight(con, model, threads, engine)
    con.execute(LINKED, {"broken": sorted(BROKEN)})
    con.execute(LINK_WEIGHT)
    return counts


def _by_weight(con: duckdb.DuckDBPyConnection, model: Model, threads: int, engine: Engine) -> list[BlockingCount]:
    """Weigh what no number settled. Rows of one source that say the same are one claimant."""
    con.execute(CLAIMANTS)
    con.execute(LEFT)
    con.execute(RIGHT)
    counts: list[BlockingCount] = []
    if con.sql("select count(*) from left_source").fetchall()[0][0]:
        counts = climb_by_weight(con, model, threads, engine)
    else:
        con.execute(NOTHING_WEIGHED)
    con.execute(BY_WEIGHT)
    return counts


@contextmanager
def _levelled(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[None]:
    """While open, `met` has what a query with left_name and right_name finds, and the view `levelled` the same with
    the pair's name_level. Each distinct pair of unequal names is compared once."""
    con.execute(f"create or replace temp table met as {query}")
    pairs = con.execute(
        "select distinct left_name, right_name from met where left_name <> right_name order by all"
    ).fetchall()
    con.register("pair_level", pa.table({
        "left_name": pa.array([a for a, _ in pairs], pa.string()),
        "right_name": pa.array([b for _, b in pairs], pa.string()),
        "name_level": pa.array([level.value for level in place_names([a for a, _ in pairs], [b for _, b in pairs])], pa.string()),
    }))  # fmt: skip
    con.execute(LEVELLED)
    yield
    con.execute("drop view levelled; drop table met")
    con.unregister("pair_level")


def link_by_number(con: duckdb.DuckDBPyConnection) -> None:
    """From `claim`, `everybody` and `renamed` make `exact_link`."""
    with _levelled(con, BY_NUMBER):
        con.execute(EXACT_LINKS)


def link_by_name(con: duckdb.DuckDBPyConnection) -> None:
    """From `unsettled`, `everybody`, `near_number` and `office_phone` make `by_name`."""
    con.execute(BY_NAME)


def fit_damaged(con: duckdb.DuckDBPyConnection, query: str, target: str) -> None:
    """The candidates for damaged numbers that `query` finds, and of them the ones that the number fits (rid, person_id)."""
    with _levelled(con, query):
        near = [
            (row, person)
            for batch in con.sql(NAMES_AGREE, params={"levels": list(COMPATIBLE)}).to_arrow_reader(AT_ONCE)
            for row, person in _fitting(*(column.to_pylist() for column in batch.columns))
        ]
    con.register("fits", pa.table({
        "rid": pa.array([r for r, _ in near], pa.int64()),
        "person_id": pa.array([p for _, p in near], pa.string()),
    }))  # fmt: skip
    con.execute(f"create or replace temp table {target} as from fits order by all")
    con.unregister("fits")


def _fitting(
    rids: list[int], people: list[str], classes: list[str], parts: list[str | None], numbers: list[str]
) -> Iterator[tuple[int, str]]:
    levels = number_levels(np.array(classes), parts, numbers)
    for row, person, id_class, level in zip(rids, people, classes, levels, strict=True):
        if _fits(id_class, int(level)):
            yield row, person


def _fits(id_class: str, level: int) -> bool:
    """Whether what is left of the number can be the known one: place and birth date alone only where a spreadsheet
    took the rest.

    >>> _fits("checksum_bad", NUMBER_LEVELS.index("one_slip")), _fits("checksum_bad", NUMBER_LEVELS.index("leading_14"))
    (True, False)
    """
    return NUMBER_LEVELS[level] in FITTING or (id_class == "truncated_float" and NUMBER_LEVELS[level] == "leading_14")


LEVELLED = """
create or replace temp view levelled as
select m.*, case when m.left_name = m.right_name then 'equal' else coalesce(l.name_level, 'missing') end as name_level
from met as m left join pair_level as l using (left_name, right_name)
"""
NAMES_AGREE = (
    "select rid, person_id, id_class, id_part, id_number from levelled where name_level in (select unnest($levels))"
)
EVERYBODY = """
create or replace temp table everybody as
select person_id, id_key, id_number, name, name_folded, sex, birth_date, town, village, phone, is_held or person_id in (select person_id from held_known) as is_held, is_new from known where id_key is not null
union all
select person_id, id_key, id_number, name, name_folded, sex, birth_date, town, village, phone, is_held, is_new from new_known
"""
# A name that only resembles the holder's, or that a row says was once theirs, is not enough on a householder's number, nor against birth date or sex.
BY_NUMBER = """
select c.rid, p.person_id, c.name_folded as left_name, p.name_folded as right_name, p.is_held,
       c.is_member or coalesce(c.birth_date <> p.birth_date, false) or coalesce(c.sex <> p.sex, false) as is_doubtful,
       r.id_key is not null as is_renamed
from claim as c inner join everybody as p using (id_key)
left join renamed as r on r.id_key = c.id_key and r.name_folded = c.name_folded and r.other_folded = p.name_folded
"""
# Most rows meet one person only, and need no reckoning who of several it is.
EXACT_LINKS = """
create or replace temp table exact_link as
with several as (select rid from met group by rid having count(*) > 1),
ranked as (
    select *, case when name_level = 'equal' then 0 when (name_level = 'compatible' or is_renamed) and not is_doubtful then 1 else 2 end as rank
    from levelled
),
best as (select rid, min(rank) as rank from ranked semi join several using (rid) group by rid),
chosen as (
    select rid, person_id, 1 as tie_count, null as other_id, rank, is_held from ranked anti join several using (rid)
    union all
    select r.rid, min(r.person_id) as person_id, count(*) as tie_count, max(r.person_id) as other_id,
           any_value(r.rank) as rank, bool_or(r.is_held) as is_held
    from ranked as r inner join best as b on b.rid = r.rid and b.rank = r.rank
    group by r.rid
)
select rid, person_id, if(tie_count > 1, other_id, null) as runner_up,
       if(rank < 2 and tie_count = 1, 'linked', 'review') as match_status,
       case when rank = 2 then 'id_name_conflict' when tie_count > 1 then 'id_shared' else 'id_and_name' end as rule,
       case when rank = 2 or tie_count > 1 then 'review' when is_held then 'held' when rank = 1 then 'variant'
            else 'exact' end as link_grade
from chosen
"""
# What tonight's rosters tell of people by their numbers counts tonight. A newcomer's own rows have been asked already.
TOLD_TONIGHT = """
create or replace temp table told_tonight as
with said as (
    select e.person_id, k.is_new, c.town, c.village, c.phone, (c.kind_rank, c.office, c.record_id) as place
    from exact_link as e inner join claim as c using (rid) inner join everybody as k on k.person_id = e.person_id
    where c.adds_people and not c.is_retry and e.rule = 'id_and_name' and e.match_status = 'linked' and (not k.is_new or c.name_folded <> k.name_folded)
)
select person_id, is_new, arg_min(town, place) filter (town is not null) as town, arg_min(village, place) filter (village is not null) as village,
       arg_min(phone, place) filter (phone is not null) as phone
from said group by person_id, is_new;
update everybody set town = if(t.is_new, coalesce(everybody.town, t.town), coalesce(t.town, everybody.town)),
       village = if(t.is_new, coalesce(everybody.village, t.village), coalesce(t.village, everybody.village)),
       phone = if(t.is_new, coalesce(everybody.phone, t.phone), coalesce(t.phone, everybody.phone))
from told_tonight as t where t.person_id = everybody.person_id
"""
# A register's whole number that nobody has may be what a spreadsheet left of another: then it is taken for damaged.
UNSETTLED = f"""
create or replace temp table unsettled as
with unlinked as (select * from claim anti join exact_link using (rid))
select * from unlinked
where id_key is null or (adds_people and id_key not in (select id_key from everybody where id_key is not null))
union all by name
select * replace ('truncated_float' as id_class, {FIFTEEN_LEFT} as id_part, null as id_key) from unlinked
where not adds_people and {LIKE_A_FLOAT}
"""
# Same leading digits, or the same name with one slip in the number.
SAME_START = """
select c.rid, p.person_id, c.id_class, c.id_part, p.id_number, c.name_folded as left_name, p.name_folded as right_name
from unsettled as c inner join everybody as p on substr(c.id_part, 1, 14) = substr(p.id_number, 1, 14)
where c.id_part is not null and c.id_class <> 'masked'
"""
SAME_NAME = """
select c.rid, p.person_id, c.id_class, c.id_part, p.id_number, c.name_folded as left_name, p.name_folded as right_name
from unsettled as c inner join everybody as p using (name_folded)
where c.id_part is not null and (c.id_class in ('masked', 'checksum_bad', 'date_bad', 'short', 'long')
                                 or (c.id_class = 'truncated_float' and length(c.id_part) = 18))
"""
NEAR_NUMBER = """
create or replace temp table near_number as
with fits as (from fits_by_start union from fits_by_name),
fitting as (
    select c.rid, c.kind, c.office, c.is_once, c.id_part, c.name_folded, f.person_id,
           coalesce(c.birth_date <> p.birth_date, false) or coalesce(c.sex <> p.sex, false) as contradicts,
           p.is_held
    from fits as f inner join unsettled as c using (rid) inner join everybody as p using (person_id) anti join told_apart using (rid, person_id)
),
counted as (
    select *, count(*) over (partition by rid) as person_count,
           if(is_once, count(distinct (id_part, name_folded)) over (partition by person_id, kind, office), 1) as row_count
    from fitting
)
select rid, min(person_id) as person_id, if(count(*) > 1, max(person_id), null) as runner_up,
       if(bool_and(person_count = 1 and row_count = 1 and not contradicts and not is_held), 'linked', 'review') as match_status,
       bool_and(person_count = 1 and row_count = 1) as is_single
from counted group by rid
"""
# An agent's or a cadre's, under whom half a village is registered, agrees with nobody.
OFFICE_PHONE = f"""
create or replace temp table office_phone as
select {phone_key("phone")} as phone from everybody
where {phone_key("phone")} in (select {phone_key("phone")} from unsettled) group by all having count(*) > $most
"""
BY_NAME = f"""
create or replace temp table by_name as
with pair as (
    select c.rid, p.person_id, c.kind, c.office, c.is_once, c.row_no, c.delivery_id, c.id_class,
           coalesce(c.birth_date = p.birth_date and c.sex = p.sex, false) as is_full,
           coalesce({phone_key("c.phone")} = {phone_key("p.phone")}, false) as same_phone,
           coalesce((same_phone and {phone_key("c.phone")} not in (from office_phone)) or c.town = p.town or (c.village = p.village and c.town is null), false) as is_supported
    from unsettled as c inner join everybody as p using (name_folded) anti join told_apart as t on t.rid = c.rid and t.person_id = p.person_id
    where c.rid not in (select rid from near_number) and c.name_folded not like '%?%'
      and c.id_class in ('empty', 'placeholder', 'several', 'truncated_float', 'masked', 'check_missing', 'letters',
                         'checksum_bad', 'date_bad', 'short', 'long', 'noted', 'two_readings', 'other_number')
      and not coalesce(c.birth_date <> p.birth_date, false) and not coalesce(c.sex <> p.sex, false)
),
graded as (
    select *, case when is_full then 0 when same_phone then 1 else 2 end as rank from pair
),
best as (select rid, min(rank) as rank from graded group by rid),
chosen as (
    select g.* from graded as g inner join best as b on b.rid = g.rid and b.rank = g.rank
),
counted as (
    select *, count(*) over (partition by rid) as person_count,
           if(is_once, count(*) over (partition by person_id, kind, office), 1) as row_count
    from chosen
)
select rid, if(max(person_count) = 1, min(person_id), null) as person_id,
       if(max(person_count) > 1, min(person_id), null) as runner_up,
       if(bool_and(rank = 0 and person_count = 1 and row_count = 1 and is_supported and id_class in ('empty', 'placeholder')),
          'linked', 'review') as match_status,
       case min(rank) when 0 then 'name_birth_sex' when 1 then 'name_and_phone' else 'name_only' end as rule
from counted group by rid
"""
# A number that belongs to somebody of another name (the householder's, a relative's) says nothing of the row's own
# person but whose household it is: such rows are weighed without it, and stay open questions where that leads to nobody
# for certain.
CLAIMANTS = """
create or replace temp table claimant as
select row_number() over (order by kind, office, name_folded, former_folded, birth_date, sex, phone, town, village, id_class, id_part,
       id_key, household_no, local_no, employer, address) as owner, * from (
    select kind, office, is_once, name_folded, nullif(former_folded, name_folded) as former_folded, birth_date, sex, phone, town, village,
           id_class, id_part, id_key, household_no, local_no, employer, address, list(rid order by rid) as rids
    from (
        select * from unsettled union all by name
        select c.* replace (null as id_class, null as id_part, null as id_key) from claim as c
        inner join exact_link as e using (rid) where e.rule = 'id_name_conflict'
    ) where name_folded <> '' group by all
)
"""
LEFT = f"""
create or replace temp table left_source as
with named as (
    select owner, name_folded from claimant union all select owner, former_folded from claimant where former_folded <> ''
)
select row_number() over (order by n.owner, n.name_folded) as id, n.owner, n.name_folded, c.birth_date, c.sex, c.phone, c.town, c.village,
       c.id_class, c.id_part, c.id_key, if(c.is_once, dense_rank() over (order by c.kind, c.office), 0) as source
from named as n inner join claimant as c using (owner);
create or replace temp table tonight_value as
with told as (unpivot (
    select e.person_id, {values_of()} from claim as c inner join exact_link as e using (rid) where e.link_grade = 'exact'
) on household, local_no, employer, address into name field value value)
select person_id, field, value from told;
create or replace temp view told_value as from tonight_value union all select person_id, field, value from standing_value;
create or replace temp table left_value as
with told as (unpivot (
    select s.id, {values_of()} from left_source as s inner join claimant as c using (owner)
) on household, local_no, employer, address into name field value value),
holder as (
    select distinct c.owner, e.person_id from (select owner, unnest(rids) as rid from claimant) as c inner join exact_link as e using (rid)
    where e.rule = 'id_name_conflict'
)
select id, field, value from told
union
select s.id, v.field, v.value from left_source as s inner join holder as h using (owner) inner join told_value as v using (person_id)
where v.field in ('household', 'address')
"""
RIGHT = """
create or replace temp table known_value as
select distinct substr(person_id, 2)::bigint as owner, field, value from told_value where (field, value) in (select (field, value) from left_value);
create or replace temp table person_owner as
select substr(person_id, 2)::bigint as owner, * from everybody;
create or replace temp table right_source as
with named as (
    select owner, name_folded from person_owner
    union select p.owner, f.name_folded from person_owner as p inner join (
        select person_id, name_folded from standing_name union
        select e.person_id, c.former_folded from claim as c inner join exact_link as e using (rid) where c.former_folded <> ''
    ) as f using (person_id)
)
select row_number() over (order by n.owner, n.name_folded) as id, n.owner, n.name_folded, p.birth_date, p.sex, p.phone, p.town, p.village,
       p.id_number
from named as n inner join person_owner as p using (owner);
"""
NOTHING_WEIGHED = f"""
create or replace temp table weighed as
select null::bigint as owner, null::bigint as right_owner, null::bigint as runner_up, null::varchar as status, null::double as match_weight,
       null::double as runner_up_weight, null::{WEIGHTS} as weights, null::{LEVELS} as levels where false
"""
BY_WEIGHT = """
create or replace temp table by_weight as
select unnest(c.rids) as rid, p.person_id, q.person_id as runner_up,
       if(w.status = 'linked' and not p.is_held, 'linked', 'review') as match_status,
       w.match_weight, w.runner_up_weight, w.weights, w.levels
from weighed as w inner join claimant as c using (owner) inner join person_owner as p on p.owner = w.right_owner
left join person_owner as q on q.owner = w.runner_up
"""
# Where a damaged number fits one person only and birth date or sex speaks against it, the weights may settle it.
LINKED = """
create or replace temp table linked as
with open_number as (
    select * from near_number
    where match_status = 'linked' or not is_single or rid not in (select rid from by_weight where match_status = 'linked')
),
settled as (
    select rid, person_id, runner_up, match_status, rule, link_grade from exact_link
    where rule <> 'id_name_conflict' or rid not in (select rid from by_weight where match_status = 'linked')
    union all
    select rid, if(match_status = 'linked' or runner_up is null, person_id, null), runner_up, match_status,
           'id_damaged_and_name', if(match_status = 'linked', 'probable', 'review')
    from open_number
    union all
    select n.rid, n.person_id, n.runner_up, n.match_status, n.rule, if(n.match_status = 'linked', 'probable', 'review')
    from by_name as n left join by_weight as w using (rid) where n.match_status = 'linked' or w.match_status is distinct from 'linked'
    union all
    select rid, person_id, runner_up, match_status, 'model', if(match_status = 'linked', 'probable', 'review') from by_weight as w
    where rid not in (select rid from open_number) and rid not in (select rid from by_name where match_status = 'linked')
      and (match_status = 'linked' or rid not in (select rid from by_name union select rid from exact_link))
),
first_row as (
    select s.person_id, arg_min(c.rid, (c.kind_rank, c.office, c.record_id)) filter (not c.is_retry) as rid
    from settled as s inner join claim as c using (rid) inner join new_known as n on n.person_id = s.person_id
    where s.match_status = 'linked' and c.adds_people and s.rule = 'id_and_name'
    group by s.person_id
)
select c.rid, c.kind, c.office, c.record_id, c.delivery_id, c.row_no, s.person_id, s.runner_up,
       case when f.rid is not null then 'new_person'
            when s.rid is not null then s.match_status
            when not c.adds_people then 'not_linked'
            when list_contains($broken, c.id_class) then 'quarantine'
            else 'review' end as match_status,
       case when s.rid is not null then s.rule when not c.adds_people then null
            when c.id_key is not null then 'id_shared' else 'no_usable_number' end as rule,
       coalesce(s.link_grade, 'none') as link_grade, c.id_class, c.id_key, c.id_part, w.match_weight, w.runner_up_weight
from claim as c
left join settled as s using (rid)
left join by_weight as w on w.rid = s.rid and w.person_id = s.person_id
left join first_row as f on f.rid = c.rid
"""
# Apart from `linked`, where nearly no row has any: DuckDB 2.0 does not spill what a temp table holds of structs, and two of
# every row of fourteen million would fill its memory.
LINK_WEIGHT = """
create or replace temp table link_weight as
select w.rid, w.weights, w.levels from by_weight as w inner join linked as l on l.rid = w.rid and l.person_id = w.person_id
"""
# Each rung joins on one key and asks nothing of rows with another: cut by it, the parts together find what the whole does.
NUMBER_STAGE = Stage(
    "number",
    link_by_number,
    gives={"exact_link": "from {parts}"},
    cut={
        table: f"select *, id_key as part_key from {table} where id_key is not null"
        for table in ("claim", "everybody", "renamed")
    },
)
NAME_KEYS = {
    table: f"select *, name_folded as part_key from {table} where name_folded is not null"
    for table in ("unsettled", "everybody")
}
START_KEYS = {
    "unsettled": "select *, substr(id_part, 1, 14) as part_key from unsettled where id_part is not null",
    "everybody": "select *, substr(id_number, 1, 14) as part_key from everybody where id_number is not null",
}
DAMAGED_STAGES = tuple(
    Stage(
        f"fits_{how}",
        partial(fit_damaged, query=query, target=f"fits_{how}"),
        gives={f"fits_{how}": "from {parts}"},
        cut=cut,
    )
    for how, query, cut in (("by_start", SAME_START, START_KEYS), ("by_name", SAME_NAME, NAME_KEYS))
)
NAME_STAGE = Stage(
    "name",
    link_by_name,
    gives={"by_name": "from {parts}"},
    cut=NAME_KEYS,
    whole=("near_number", "told_apart", "office_phone"),
)
