"""What standing rows say of people beside their number and name, as far as a row of tonight asks."""

import duckdb

from flows.kinds import people_of, standing_kinds
from matchers.agreements import values_of
from matchers.fold_columns import names_folded
from schemas.rows import row_columns

# The column that a kind must have for each field, and the one that names an employer.
ASKS_FOR = {"household": "household_no", "local_no": "local_no", "employer": "employer_name", "address": "address"}
NO_VALUE = "select null::varchar as person_id, null::varchar as field, null::varchar as value where false"
ASKED = f"""
create or replace temp table asked as
with told as (select {values_of()} from claim where id_key is null)
select distinct value from (unpivot told on household, local_no, employer, address into name field value value)
"""
STANDING_VALUE = """
select person_id, field, value from (unpivot (
    select person_id, {values} from store.standing_{kind} where person_id is not null and link_grade = 'exact'
) on {fields} into name field value value) where value in (select value from asked)"""
STANDING_NAME = """
select person_id, former_name from store.standing_{kind} where person_id is not null and link_grade = 'exact' and former_name <> ''"""
FORMERLY = """
select id_key, name, former_name from store.standing_{kind}
where former_name <> '' and id_key in (select id_key from claim where id_key is not null)"""
ALSO_RENAMED = """
insert into renamed
with told as (
    select t.id_key, n.name_folded, f.name_folded as other_folded
    from formerly as t inner join fold as n on n.name = t.name inner join fold as f on f.name = t.former_name
    where n.name_folded <> f.name_folded
)
from told union select id_key, other_folded, name_folded from told
except from renamed
"""


def what_stands(con: duckdb.DuckDBPyConnection) -> None:
    """What standing rows with an exact link say of known people: `standing_value` and `standing_name`, former names
    folded. Only values that a row without an exact number asks about tonight."""
    con.execute(ASKED)
    values, names = [NO_VALUE], ["select null::varchar as person_id, null::varchar as former_name where false"]
    is_asked = con.execute("select exists (from claim)").fetchall()[0][0]
    for kind, layout in people_of(standing_kinds(con)) if is_asked else ():
        columns = {name for name, _ in row_columns(layout)}
        told = tuple(field for field, column in ASKS_FOR.items() if column in columns)
        said = values_of(told, "employer_name", layout.agency)
        values.append(STANDING_VALUE.format(kind=kind, fields=", ".join(told), values=said))
        if "former_name" in columns:
            names.append(STANDING_NAME.format(kind=kind))
    con.execute("create or replace temp table standing_value as " + " union ".join(values))
    con.execute("create or replace temp table told_name as " + " union ".join(names))
    with names_folded(con, "select distinct former_name from told_name"):
        con.execute(
            "create or replace temp table standing_name as "
            "select person_id, name_folded from told_name inner join fold on fold.name = told_name.former_name"
        )
    con.execute("drop table told_name; drop table asked")


def names_that_stood(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `renamed` what standing rows say of the numbers that tonight's rows carry."""
    told = " union ".join(FORMERLY.format(kind=kind) for kind, _ in people_of(standing_kinds(con)))
    if not told:
        return
    con.execute(f"create or replace temp table formerly as {told}")
    with names_folded(con, "select name from formerly union select former_name from formerly"):
        con.execute(ALSO_RENAMED)
    con.execute("drop table formerly")
