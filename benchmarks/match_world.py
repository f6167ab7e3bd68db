"""A benchmark world brought before the matcher: the tables that weighing asks for, and the model trained on them."""

from pathlib import Path

import duckdb
import pyarrow as pa

from matchers.fold_columns import fold_names
from matchers.model import Model
from matchers.records import make_records
from matchers.training import train

THRESHOLDS = {"link": 6_000, "margin": 4_000, "review": -4_000}


def load_world(con: duckdb.DuckDBPyConnection, folder: Path, slices: tuple[str, ...]) -> None:
    """Make `person`, `row`, `left_source`, `right_source`, `left_value`, `known_value` of a world's parquet files."""
    con.execute(
        "create or replace temp table person as select * from read_parquet(?)", [str(folder / "person.parquet")]
    )
    con.execute(
        "create or replace temp table row as select * from read_parquet($rows) where list_contains($slices, slice)",
        {"rows": str(folder / "row.parquet"), "slices": list(slices)},
    )
    names = con.sql("select name from person union select name from row").to_arrow_table().column(0).to_pylist()
    _put(con, "folded", fold_names(names))
    con.execute(SOURCES)


def _put(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("made", table)
    con.execute(f"create or replace temp table {name} as select * from made")
    con.unregister("made")


SOURCES = """
create or replace temp table right_source as
select truth_id as id, truth_id as owner, name_folded, birth_date, sex, phone, town, village, id_number
from person left join folded using (name);
create or replace temp table left_source as
select row_id as id, row_id as owner, name_folded, birth_date, sex, phone, town, village, null::varchar as id_class,
       null::varchar as id_part, null::varchar as id_key, 0 as source
from row left join folded using (name);
create or replace temp table left_value as
select row_id as id, 'household' as field, household_no as value from row where household_no is not null;
create or replace temp table known_value as
select truth_id as owner, 'household' as field, household_no as value from person
"""


def train_on_world(con: duckdb.DuckDBPyConnection, version: str) -> Model:
    """A model estimated on the loaded rows, without looking at the truth."""
    make_records(con, "left_source", "left_record")
    make_records(con, "right_source", "right_record")
    return train(con, THRESHOLDS, version)
