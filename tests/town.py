"""Invented people in the tables that a night leaves behind, asked by the packs' SQL and by the naive oracle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from ledger.store import connect
from policies.evaluate import evaluate, open_view, wide_columns
from policies.pack import Pack, read_pack
from schemas.extracts import LAYOUTS
from schemas.tables import create_table, standing_columns
from tests.oracle_rows import Finding, Person, Row
from tests.oracles import ONCE, findings
from tests.strategies import KINDS, row_fields

PACKS = ("zhongshan", "neimenggu")
OFFICE = "某局"
EVERYBODY = "create or replace temp table everybody (person_id varchar, name varchar, id_number varchar, sex varchar, birth_date date, town varchar, village varchar, phone varchar, is_held boolean)"
Told = tuple[str, Finding]


@dataclass(frozen=True)
class Town:
    """Invented people before a connection that holds their rows and the wide view of the day."""

    con: duckdb.DuckDBPyConnection
    day: date
    people: Mapping[str, Person]
    has_service_log: bool = True

    def packs(self) -> list[Pack]:
        columns = wide_columns(self.con)
        packs = (read_pack(name, columns) for name in PACKS)
        return [replace(p, rules=tuple(r for r in p.rules if r.id not in ONCE)) for p in packs]

    def by_sql(self, packs: Sequence[Pack]) -> set[Told]:
        evaluate(self.con, packs, self.day, frozenset())
        rows = self.con.execute("select person_id, pack, rule_id, track, op, basis, ground from finding").fetchall()
        return {(row[0], Finding(*row[1:])) for row in rows}

    def by_oracle(self) -> set[Told]:
        return {(p.person_id, f) for p in self.people.values() for f in findings(p, self.day, self.has_service_log)}


def settle(
    everybody: Sequence[Person],
    day: date,
    has_service_log: bool = True,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Town:
    """On a connection used before, the new people take the old ones' place."""
    con = con or connect()
    fill(con, everybody, has_service_log)
    open_view(con, day)
    return Town(con, day, {p.person_id: p for p in everybody}, has_service_log)


def fill(con: duckdb.DuckDBPyConnection, everybody: Sequence[Person], has_service_log: bool) -> None:
    """The tables that the nightly run leaves before the policies are asked."""
    con.execute(EVERYBODY)
    columns = ("person_id", "birth_date", "sex", "is_held")
    _insert(con, "everybody", {name: [getattr(p, name) for p in everybody] for name in columns})
    con.execute(
        "create or replace temp table source_flag as select $log as has_service_log",
        {"log": has_service_log},
    )
    for field, (kind, row, _) in KINDS.items():
        made = create_table(f"now_{kind}", standing_columns(LAYOUTS[kind]))
        con.execute(made.replace("create table", "create or replace temp table"))
        told = [(p.person_id, r) for p in everybody for r in getattr(p, field)]
        values = {name: [getattr(r, name) for _, r in told] for name in row_fields(row)}
        values |= {"person_id": [who for who, _ in told], "business_key": _keys(LAYOUTS[kind].key, told)}
        _insert(con, f"now_{kind}", values | {"office": [OFFICE] * len(told)})


def _keys(names: Sequence[str], told: Sequence[tuple[str, Row]]) -> list[int]:
    """The same number for rows of one person that tell of the same thing."""
    numbers: dict[tuple[Any, ...], int] = {}
    what = [(who, *(getattr(row, name, None) for name in names)) for who, row in told]
    return [numbers.setdefault(key, len(numbers)) for key in what]


def _insert(con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, list[Any]]) -> None:
    con.register("told", pa.table(dict(columns)))
    con.execute(f"insert into {table} by name select * from told")
    con.unregister("told")


def shown(place: Town, apart: set[Told]) -> str:
    """A few of the people on whom both differ, those with the fewest rows first."""
    who = sorted({w for w, _ in apart}, key=lambda w: (sum(len(getattr(place.people[w], k)) for k in KINDS), w))
    told = [f"{outline(place.people[w])}\n  on {place.day}: {[f[1:4] for x, f in apart if x == w]}" for w in who[:3]]
    return f"{len(who)} people differ\n" + "\n".join(told)


def outline(person: Person) -> str:
    """The person's rows without what is empty."""
    rows = [r for kind in KINDS for r in getattr(person, kind)]
    told = [
        (type(r).__name__, *(f"{n}={getattr(r, n)}" for n in row_fields(type(r)) if getattr(r, n) is not None))
        for r in rows
    ]
    return "\n  ".join([f"{person.birth_date} {person.sex} held={person.is_held}", *(" ".join(t) for t in told)])
