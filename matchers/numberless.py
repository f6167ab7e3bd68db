"""People whom a roster names without a usable number: found among each other, made known, and on hold.

They are owed help like anybody. Their rows are asked again every night: as soon as one fits a person with a number it
goes there, and a person whose rows have all gone to one other is merged into that one. So neither the order of files
nor that of nights decides who is who; only ids, once given, stay, also where an office corrects the line (was_of). Of
rows that nothing ties together any more the first cluster keeps the id.

A row that an officer split off from a person is a person of its own, each such row alone, and is not on hold: somebody
has looked. Its number, if it has one, stays with whom it was split from.
"""

import duckdb
import numpy as np
import pyarrow as pa

from matchers.agreements import values_of
from matchers.model import Model
from matchers.resolve import clusters
from matchers.scored import weigh_candidates
from schemas.stages import LOCAL, Engine


def meet_numberless(
    con: duckdb.DuckDBPyConnection, model: Model, first_number: int, threads: int = 1, engine: Engine = LOCAL
) -> None:
    """From `linked`, `claim` and `split_row` make `numberless` (new people) and `merged` (person_id, merged_into), and give
    the rows that are theirs to them in `linked`: rule no_number, grade held; of split rows rule reviewer, grade probable.
    Any other row needs a readable name, full birth date, sex, and a phone or place; less than that makes nobody."""
    con.execute(LONELY)
    heads = {
        owner: owner for (owner,) in con.execute("select owner from lonely where split_from is not null").fetchall()
    }
    if con.sql("select count(*) from lonely where split_from is null").fetchall()[0][0]:
        heads |= _clusters(con, model, threads, engine)
    con.register("head", pa.table({
        "owner": pa.array(list(heads), pa.int64()), "head": pa.array(list(heads.values()), pa.int64()),
    }))  # fmt: skip
    con.execute(GROUPED)
    con.unregister("head")
    con.execute(NAMED, {"first": first_number})
    con.execute(NUMBERLESS)
    con.execute(GIVEN)
    con.execute(MERGED)


def _clusters(con: duckdb.DuckDBPyConnection, model: Model, threads: int, engine: Engine) -> dict[int, int]:
    """Every owner with the first of its cluster: pairs that may be linked, heaviest first."""
    for statement in (LEFT, RIGHT, VALUES):
        con.execute(statement)
    weighed, _ = weigh_candidates(con, model, threads, engine=engine)
    total = weighed.scored.total
    sure = np.flatnonzero((weighed.left < weighed.right) & weighed.may_link & (total >= model.thresholds["link"]))
    order = sure[np.lexsort((weighed.right[sure], weighed.left[sure], -total[sure].astype(np.int64)))]
    found = clusters(zip(weighed.left[order].tolist(), weighed.right[order].tolist(), strict=True))
    owners = con.sql("select owner from lonely where split_from is null order by owner").fetchnumpy()["owner"].tolist()
    return {owner: found.get(owner, owner) for owner in owners}


LONELY = """
create or replace temp table lonely as
select row_number() over (order by kind_rank, office, name_folded, former_folded, birth_date, sex, phone, town, village, household_no,
                          local_no, address, id_class, id_part, split_from, record_id) as owner, * from (
    select c.kind_rank, c.office, c.name_folded, c.former_folded, c.birth_date, c.sex, c.phone, c.town, c.village, c.household_no,
           c.local_no, c.address, c.id_class, c.id_part, s.person_id as split_from,
           min(c.record_id) as record_id,
           min(nullif(c.was_of, s.person_id)) as prior_person, list(c.rid order by c.rid) as rids
    from linked as l inner join claim as c using (rid) left join split_row as s using (rid)
    where s.rid is not null or (c.adds_people and l.match_status = 'review' and l.rule = 'no_usable_number' and c.id_key is null
      and length(c.name_folded) > 1 and c.name_folded not like '%?%' and c.birth_date is not null and c.sex is not null
      and coalesce(c.phone, c.village, c.town, c.address) is not null)
    group by c.kind_rank, c.office, c.name_folded, c.former_folded, c.birth_date, c.sex, c.phone, c.town, c.village, c.household_no,
             c.local_no, c.address, c.id_class, c.id_part, s.person_id, s.rid
)
"""
LEFT = """
create or replace temp table left_source as
select owner as id, owner, name_folded, birth_date, sex, phone, town, village, 0 as source, id_class, id_part, null::varchar as id_key
from lonely where split_from is null
"""
RIGHT = """
create or replace temp table right_source as
select owner as id, owner, name_folded, birth_date, sex, phone, town, village, null::varchar as id_number from lonely
where split_from is null
"""
VALUES = f"""
create or replace temp table known_value as
select owner, field, value from (unpivot (
    select owner, {values_of(("household", "local_no", "address"))} from lonely
) on household, local_no, address into name field value value);
create or replace temp table left_value as select owner as id, field, value from known_value
"""
GROUPED = """
create or replace temp table gathered as
select h.head, l.owner, l.prior_person, l.split_from is not null as is_split, unnest(l.rids) as rid from lonely as l inner join head as h using (owner)
"""
# A cluster keeps the smallest id that its rows, and no cluster's before it, had as a person without a number; else it gets a new one.
NAMED = """
create or replace temp table named as
with prior as (
    select g.head, p.person_id, row_number() over (partition by p.person_id order by g.head) = 1 as is_first from gathered as g
    left join person as p on p.person_id = g.prior_person and p.id_number is null and p.merged_into is null
),
had as (select head, min(person_id) filter (is_first) as person_id from prior group by head)
select head, person_id is null as is_new,
       coalesce(person_id, format('P{:09d}', $first + row_number() over (partition by person_id is null order by head) - 1)) as person_id
from had
"""
# A split row may carry a number that is not recorded as theirs; what it says of birth and sex is what the row says.
NUMBERLESS = """
create or replace temp table first_lonely as
select g.head, arg_min(g.rid, (c.kind_rank, c.office, c.record_id)) as rid from gathered as g inner join claim as c using (rid) group by g.head;
create or replace temp table numberless as
select n.person_id, c.name, coalesce(c.sex, case when c.id_key similar to '[0-9]{17}[0-9X]' then if(substr(c.id_key, 17, 1)::integer % 2 = 1, '男', '女') end) as sex,
       coalesce(c.birth_date, case when c.id_key similar to '[0-9]{17}[0-9X]' then strptime(substr(c.id_key, 7, 8), '%Y%m%d')::date end) as birth_date,
       c.town, c.village, c.phone
from named as n inner join first_lonely as f using (head) inner join claim as c using (rid) where n.is_new order by n.person_id
"""
GIVEN = """
update linked set person_id = g.person_id, rule = if(g.is_split, 'reviewer', 'no_number'), link_grade = if(g.is_split, 'probable', 'held'),
       match_status = if(g.is_first and g.is_new and not g.is_retry, 'new_person', 'linked')
from (select a.rid, n.person_id, n.is_new, a.is_split, c.is_retry, a.rid = f.rid as is_first
      from gathered as a inner join named as n using (head) inner join first_lonely as f using (head) inner join claim as c on c.rid = a.rid) as g
where g.rid = linked.rid
"""
MERGED = """
create or replace temp table merged as
with gone as (
    select c.was_of as person_id, min(l.person_id) as merged_into
    from claim as c inner join linked as l using (rid) inner join person as p on p.person_id = c.was_of
    where p.id_number is null and p.merged_into is null
    group by c.was_of
    having bool_and(l.match_status in ('linked', 'new_person')) and min(l.person_id) = max(l.person_id) and min(l.person_id) <> c.was_of
)
select person_id, merged_into from gone where person_id not in (select person_id from named)
"""
