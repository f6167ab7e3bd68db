"""All rows of a benchmark world brought through the product's own ladder: numbers first, then damage, then weights."""

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from matchers.blocking import BlockingCount
from matchers.claims import fold_claim_names, fold_claim_numbers, fold_people
from matchers.ladder import climb
from matchers.model import Model
from matchers.person_index import describe_newcomers, meet_newcomers

# A register's rows: they speak of known people and make nobody known, and are drawn one by one, so that no source has a person on one
# line only. The household number is that of the town.
LOADED = """
create or replace temp table person as
select format('P{:09d}', truth_id + 1) as person_id, name, '居民身份证' as id_kind, id_number, sex, birth_date, town, village, phone,
       null::varchar as merged_into
from read_parquet($people);
create or replace temp table person_hold (person_id varchar);
create or replace temp table standing_value as
select format('P{:09d}', truth_id + 1) as person_id, 'household' as field, 'town ' || household_no as value from read_parquet($people)
where household_no is not null;
create or replace temp table standing_name (person_id varchar, name_folded varchar);
create or replace temp table truth as
select row_id as rid, format('P{:09d}', truth_id + 1) as person_id, slice, name_damage, id_number_damage, stranger_kind from read_parquet($rows);
create or replace temp table incoming_claim as
select row_id as rid, false as is_retry, null::varchar as prior_status, null::varchar as prior_person, source as kind, 0 as kind_rank,
       'town' as office, format('{:09d}', row_id) as record_id, 'd' as delivery_id, row_id + 1 as row_no, false as adds_people, false as is_once,
       name, null::varchar as id_type, id_number, sex, birth_date, town, village, phone, null::varchar as employer, household_no,
       null::varchar as householder_id, null::varchar as relation, null::varchar as certificate_no, null::varchar as former_name,
       null::varchar as local_no, null::varchar as address
from read_parquet($rows)
"""


@dataclass(frozen=True)
class Climbed:
    """Seconds by stage, the processor's seconds but for loading, and what blocking brought. The links stand in `linked`, the truth in `truth`."""

    seconds: dict[str, float]
    cpu_seconds: float
    counts: list[BlockingCount]


def climb_world(con: duckdb.DuckDBPyConnection, folder: Path, model: Model, threads: int) -> Climbed:
    """Load the world and link every row; the connection keeps `linked` and `truth`."""
    paths = {"people": str(folder / "person.parquet"), "rows": str(folder / "row.parquet")}
    seconds, at = {}, time.monotonic()
    for statement in filter(str.strip, LOADED.split(";")):
        used = {name: path for name, path in paths.items() if f"${name}" in statement}
        con.execute(statement, used) if used else con.execute(statement)
    seconds["load"], at = time.monotonic() - at, time.monotonic()
    cpu = time.process_time()
    for stage, step in (
        ("fold people", fold_people),
        ("fold numbers", fold_claim_numbers),
        ("fold names", fold_claim_names),
    ):
        step(con)
        seconds[stage], at = time.monotonic() - at, time.monotonic()
    meet_newcomers(con, 1 << 30)
    describe_newcomers(con)
    counts = climb(con, model, threads)
    seconds["climb"] = time.monotonic() - at
    return Climbed(seconds, time.process_time() - cpu, counts)


def as_table(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Every row with whom it was linked to and who it is: rid, status, rule, grade, person_id, true_id, slice, damage."""
    return con.sql("""
        select l.rid, l.match_status as status, l.rule, l.link_grade as grade, l.person_id, l.runner_up, l.match_weight, t.person_id as true_id,
               t.slice, t.name_damage, t.id_number_damage, t.stranger_kind
        from linked as l inner join truth as t using (rid) order by l.rid
    """).to_arrow_table()
