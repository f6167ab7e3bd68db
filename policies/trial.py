"""A pack tried on nobody: every expression of every rule, with the values of every stretch of time, on empty views. What
would stop a night (a number compared with a text) is found before one."""

from collections.abc import Iterator
from datetime import date

import duckdb

from policies.pack import Pack
from policies.versions import Said, bound, said_on, values_of
from policies.view import open_view
from policies.windows import days_of_change, spans_of
from schemas.extracts import LAYOUTS
from schemas.modelling import create_table
from schemas.rows import row_columns

PEOPLE = """
create temp table everybody (person_id varchar, name varchar, id_kind varchar, id_number varchar, sex varchar,
    birth_date date, town varchar, village varchar, phone varchar, held_for varchar, is_held boolean);
create temp table source_flag (has_service_log boolean)
"""


def open_empty_view(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """The views that rules speak of, over no people at all."""
    con.execute(PEOPLE)
    for kind, layout in LAYOUTS.items():
        linked = (*row_columns(layout), ("person_id", "VARCHAR"), ("link_grade", "VARCHAR"))
        con.execute(create_table(f"now_{kind}", linked).replace("create table", "create temp table", 1))
    open_view(con, day)


def faults_in_expressions(con: duckdb.DuckDBPyConnection, pack: Pack) -> list[str]:
    """Rules that could not be asked on some day, one sentence each, on the first such day. Needs `open_empty_view`."""
    found: dict[str, str] = {}
    for day in days_of_change(spans_of(pack)):
        for rule_id, fault in _faults_on(con, pack, day):
            found.setdefault(rule_id, fault)
    return list(found.values())


def _faults_on(con: duckdb.DuckDBPyConnection, pack: Pack, day: date) -> Iterator[tuple[str, str]]:
    values = values_of(pack, day)
    for rule_id, said in said_on(pack, day).items():
        closed = said.rule.finds.get("closed_state")
        told = [("when", f"({said.when})::boolean"), *said.spoken.items()]
        told += [("closed_state", bound(str(closed), values))] if closed else []
        for what, expression in told:
            if problem := _problem(con, said, expression):
                yield rule_id, f"规则 {rule_id} 的 {what} 在 {day} 无法计算：{problem}；请对照内置政策包改正"


def _problem(con: duckdb.DuckDBPyConnection, said: Said, expression: str) -> str:
    try:
        con.execute(f"select {expression} from {said.rule.view} limit 0")
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return ""
