"""The wide view: one row per known person, with all that stands about them on one date.

People are independent of each other but for households, and employers are counted after all people: so the view is made
in three steps, of the city, of the people (in parts, if need be), and of the employers.
"""

from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from policies.pack import read_national, values_on
from policies.rule import OTHERS, VIEWS
from policies.versions import literal
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.modelling import create_table
from schemas.rows import row_columns, standing_columns
from schemas.stages import LOCAL, Engine, Stage

HERE = Path(__file__).parent
# What is found of the people, in this order: the first two packs' facts, then what came with the others. A script may ask
# what an earlier one made; households and leavers are counted from the parts, so they come late.
PEOPLE = (
    "facts.sql", "wide.sql", "sql/left.sql", "sql/standing.sql", "sql/help.sql", "sql/money.sql",
    "sql/households.sql", "sql/parts.sql", "sql/care.sql", "sql/leavers.sql", "sql/posts.sql",
)  # fmt: skip
MOST_KEPT = 200_000  # people, of three kilobytes each
# Those with whom every so many people begin.
FIRST_OF_MANY = """
select person_id from everybody qualify (row_number() over (order by person_id) - 1) % $many = 0 order by person_id
"""
VIEW_SCRIPTS = ("begun.sql", "sql/wider.sql")
KIN = (
    "insurance_active", "market_entity", "employment_registration", "pension", "death", "education", "military",
    "imprisonment", "work_capacity", "income",
)  # fmt: skip
DECIDED = (
    ("entry_id", "VARCHAR"), ("person_id", "VARCHAR"), ("pack", "VARCHAR"), ("clause", "VARCHAR"), ("op", "VARCHAR"),
    ("ground", "VARCHAR"), ("decision", "VARCHAR"), ("role", "VARCHAR"), ("decided_date", "DATE"), ("from_date", "DATE"), ("record_id", "VARCHAR"),
)  # fmt: skip
# Posts that were named to people, on which night, and on which that ended: none while it stands.
PUSHED = (
    ("person_id", "VARCHAR"),
    ("kind", "VARCHAR"),
    ("vacancy_no", "VARCHAR"),
    ("pushed_on", "DATE"),
    ("ended_on", "DATE"),
)


def open_view(con: duckdb.DuckDBPyConnection, as_of: date, engine: Engine = LOCAL) -> None:
    """From `everybody`, `source_flag` and the `now_<kind>` tables make `wide` and the views of employers and vacancies, for
    one date."""
    open_day(con, as_of)
    _forget_wide(con)
    _make_missing(con)
    run_script(con, "sql/city.sql")
    run_script(con, "sql/vacancies.sql")
    engine.run(con, people_stage(as_of))
    show_wide(con)
    run_script(con, "sql/offers.sql")
    run_script(con, "sql/matched.sql")
    run_script(con, "sql/matches.sql")
    run_script(con, "sql/employers.sql")


def open_day(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """The date, its national values and the macros: what every script speaks of."""
    con.execute("create or replace temp table today as select $as_of::date as as_of", {"as_of": as_of})
    one_row(con, "national", values_on(read_national(), as_of, "national"))
    run_script(con, "macros.sql")


def state_people(con: duckdb.DuckDBPyConnection) -> None:
    """Make the parts of the wide view, `fact_left` and `fact_joined`, and `shared_evidence`."""
    for script in PEOPLE:
        run_script(con, script)


def show_wide(con: duckdb.DuckDBPyConnection) -> None:
    """Make `wide` over its parts, as a view or kept as a table."""
    for script in VIEW_SCRIPTS:
        run_script(con, script)
    _keep_wide(con)


def open_wide(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """The same on a connection that has the parts of the view, and nothing else yet."""
    open_day(con, as_of)
    show_wide(con)
    run_script(con, "sql/matches.sql")


def _keep_wide(con: duckdb.DuckDBPyConnection) -> None:
    """Make the view a table where that fits into memory: every pack asks it three times, and to bind four hundred columns
    takes longer than to read tens of thousands of people (docs/decisions/0034)."""
    people = con.execute("select count(*) from everybody").fetchall()[0][0]
    if people <= MOST_KEPT:
        con.execute("create temp table widened as from wide; drop view wide; alter table widened rename to wide")
    else:
        _keep_on_disk(con)


def _forget_wide(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what was kept of another day."""
    con.execute("detach database if exists beside")
    if con.execute("select 1 from duckdb_tables() where database_name = 'temp' and table_name = 'wide'").fetchall():
        con.execute("drop table temp.wide")


def _keep_on_disk(con: duckdb.DuckDBPyConnection) -> None:
    """Make the view a table in a file of the session's scratch folder, where its columns lie compressed: 150 bytes a person, for
    three kilobytes in memory; as many people at a time as fit there. The file has no name once it is written, so it is gone with the session, however that ends."""
    folder = Path(con.execute("select current_setting('temp_directory')").fetchall()[0][0])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"wide-{uuid4().hex}.db"
    con.execute(f"attach {literal(str(path))} as beside; create table beside.wide as from wide limit 0")
    firsts = [person for (person,) in con.execute(FIRST_OF_MANY, {"many": MOST_KEPT}).fetchall()]
    for first, after in zip_longest(firsts, firsts[1:]):
        until = f" and person_id < {literal(after)}" if after else ""
        con.execute(f"insert into beside.wide from wide where person_id >= {literal(first)}{until}")
    con.execute("checkpoint beside; drop view wide; create temp view wide as from beside.wide")
    path.unlink()


def run_script(con: duckdb.DuckDBPyConnection, script: str) -> None:
    con.execute((HERE / script).read_text(encoding="utf-8"))


def _make_missing(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables for kinds that nobody delivered to this connection, for members of a household whom nobody made
    known, and for decisions."""
    known = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    wanted = {f"now_{kind}": (*standing_columns(layout), ("link_grade", "VARCHAR")) for kind, layout in LAYOUTS.items()}
    wanted |= {f"kin_{kind}": (*row_columns(LAYOUTS[kind]), ("id_key", "VARCHAR")) for kind in KIN}
    wanted["household_book"] = (*standing_columns(LAYOUTS["household_register"]), ("link_grade", "VARCHAR"))
    wanted["decided"] = DECIDED
    wanted["pushed"] = PUSHED
    wanted["insurance_source"] = (("office", "VARCHAR"), ("snapshot_date", "DATE"))
    for name in sorted(set(wanted) - known):
        made = create_table(name, dict(wanted[name]).items())
        con.execute(made.replace("create table", "create temp table"))


def wide_columns(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Column names and types of `wide`, and of the views of employers and vacancies, whose own columns begin so."""
    found: dict[str, str] = {}
    for about, view in VIEWS.items():
        told = columns_of(con, view)
        found |= {n: kind for n, kind in told.items() if about not in OTHERS or n.startswith(f"{about}_")}
    return found


def columns_of(con: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe {view}").fetchall()}


def one_row(con: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any]) -> None:
    empty = pa.list_(pa.string())  # of an empty list nobody can tell the type
    con.register("one_row", pa.table({k: pa.array([v], empty if v == [] else None) for k, v in values.items()}))
    con.execute(f"create or replace temp table {name} as select * from one_row")
    con.unregister("one_row")


def people_stage(as_of: date) -> Stage:
    """`state_people` in parts. Nobody is told apart from whoever shares a household with them, or a line of insurance that
    was withdrawn: what a member of a household lives on is asked of the others."""
    cut = {
        name: OF_PERSON.format(table=name)
        for name in ("everybody", "decided", "pushed", *(f"now_{k}" for k in PERSON_LAYOUTS))
    }
    return Stage(
        "people",
        state_people,
        gives=dict.fromkeys(
            (*WIDE_PARTS, "post_seeker", "post_told", "fact_left", "fact_joined", "shared_evidence"), "from {parts}"
        ),
        cut=cut | {"household_book": OF_HOUSEHOLD},
        spread={f"kin_{kind}": OF_KIN.format(kind=kind) for kind in KIN},
        whole=("source_flag", "insurance_source", "here_place", *OF_CITY),
        binds=bind_people,
        opens=partial(open_day, as_of=as_of),
    )


def bind_people(con: duckdb.DuckDBPyConnection) -> None:
    """Make `person_head` (person_id, head), the first of all who must stay together, for whoever has a bond to anybody,
    and `household_head` (office, household_no, head)."""
    con.execute(BONDS)
    while con.execute(NEARER).fetchall()[0][0]:
        con.execute("update person_head set head = n.head from nearer as n where n.person_id = person_head.person_id")
    con.execute(HOUSEHOLD_HEAD)


WIDE_PARTS = (
    "part_registered", "part_insured", "part_supported", "part_licensed", "part_left", "part_standing", "part_listed", "part_helped",
    "part_paid", "part_home", "part_care",
)  # fmt: skip
OF_CITY = ("places_told", "open_public", "course_log")
OF_PERSON = """
select t.*, coalesce(h.head, t.person_id) as part_key from {table} as t left join person_head as h using (person_id)
"""
OF_HOUSEHOLD = "select b.*, h.head as part_key from household_book as b inner join household_head as h using (office, household_no)"
OF_KIN = """
select k.*, m.head as part_key from kin_{kind} as k
inner join (select distinct b.id_key, h.head from household_book as b inner join household_head as h using (office, household_no)
            where b.person_id is null) as m using (id_key)
"""
# A bond is a household, or a line of insurance of which some row is withdrawn.
BONDS = """
create or replace temp table bond as
with told as (
    select distinct person_id, concat_ws(' ', 'household', office, household_no) as bond from household_book
    where person_id is not null and household_no is not null
    union
    select distinct person_id, concat_ws(' ', 'withdrawn', office, business_key) from now_insurance_stop
    where (office, business_key) in (select (office, business_key) from now_insurance_stop where withdrawn)
)
select * from told semi join (select bond from told group by bond having count(*) > 1) using (bond);
create or replace temp table person_head as select distinct person_id, person_id as head from bond
"""
NEARER = """
create or replace temp table nearer as
with of_bond as (select bond, min(head) as head from bond inner join person_head using (person_id) group by bond)
select person_id, min(o.head) as head from bond inner join of_bond as o using (bond) inner join person_head as p using (person_id)
group by person_id having min(o.head) < any_value(p.head);
select count(*) from nearer
"""
HOUSEHOLD_HEAD = """
create or replace temp table household_head as
select office, household_no, min(coalesce(h.head, b.person_id)) as head from household_book as b left join person_head as h using (person_id)
where b.person_id is not null and household_no is not null group by office, household_no
"""
