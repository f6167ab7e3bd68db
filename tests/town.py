"""Invented people in the tables that a night leaves behind, asked by the packs' SQL and by the naive oracle."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from flows.night.few_rows import FEW, lighten
from ledger.store import connect
from policies.deal import deal
from policies.evaluate import evaluate
from policies.pack import Pack, read_pack
from policies.view import DECIDED, PUSHED, open_view, wide_columns
from schemas.extracts import LAYOUTS
from schemas.modelling import create_table
from schemas.rows import row_columns, standing_columns
from tests.oracle_answers import Unsure
from tests.oracle_rows import Finding, Person, Place, Row, Vacancy
from tests.oracles import everything
from tests.strategies import HEARD_OF_KIN, KINDS, row_fields

PACKS = ("zhongshan", "neimenggu", "shandong", "jining", "xinyu")
OFFICE = "某局"
EVERYBODY = "create or replace temp table everybody (person_id varchar, name varchar, id_number varchar, sex varchar, birth_date date, town varchar, village varchar, phone varchar, held_for varchar, is_held boolean)"
Told = tuple[str, Finding]


class Asked(NamedTuple):
    """What the packs find, for whom which of their rules about people is undetermined, and how often what is missing."""

    found: set[Told]
    unsure: set[tuple[str, str]]
    missing: Counter[tuple[str, str]]


@dataclass(frozen=True)
class Town:
    """Invented people before a connection that holds their rows and the wide view of the day."""

    con: duckdb.DuckDBPyConnection
    day: date
    place: Place

    @property
    def people(self) -> Mapping[str, Person]:
        return self.place.people

    def packs(self) -> list[Pack]:
        """Every pack, with what the office has set of the parameters that no document gives."""
        columns = wide_columns(self.con)
        packs = [read_pack(name, columns) for name in PACKS]
        return [p.with_values({n: v for n, v in self.place.values.items() if n in p.parameters}) for p in packs]

    def by_sql(self, packs: Sequence[Pack]) -> set[Told]:
        evaluate(self.con, packs, self.day, frozenset())
        return self._found("finding") | self._found("employer_finding")

    @cached_property
    def asked(self) -> Asked:
        """Every pack. The rules about employers first and apart, as the last ones asked leave their truths."""
        packs = self.packs()
        told = Asked(self.by_sql([replace(p, rules=()) for p in packs]), set(), Counter())
        for pack in packs:
            told.found.update(self.by_sql([replace(pack, other_rules=())]))
            told.unsure.update(self._undetermined(pack))
            outcomes = "select rule_id, missing, people from rule_outcome where outcome = 'undetermined'"
            for rule_id, missing, people in self.con.execute(outcomes).fetchall():
                told.missing.update({(rule_id, name): people for name in missing.split(",")})
        return told

    def _found(self, table: str) -> set[Told]:
        rows = self.con.execute(f"select person_id, pack, rule_id, track, op, basis, ground from {table}").fetchall()
        return {(row[0], Finding(*row[1:])) for row in rows}

    def _undetermined(self, pack: Pack) -> set[tuple[str, str]]:
        told = self.con.sql("select * from tested").to_arrow_table()
        who = told["person_id"].to_pylist()
        ids = {f"t{number}": rule.id for number, rule in enumerate(pack.rules)}
        return {
            (who[row], ids[name])
            for name in told.column_names
            if name != "person_id" and told[name].null_count
            for row in np.flatnonzero(told[name].is_null().to_numpy())
        }

    def apart(self) -> set[tuple[str, str]]:
        """Who is told of a rule, or of what it finds, by one and not by the other. The first two packs' oracle says only
        what is found; the later ones' also what cannot be decided."""
        open_ = {(who, rule_id) for who, rule_id in self.asked.unsure if not rule_id.startswith(("ZS-", "NM-"))}
        differs = open_ ^ {(who, u.rule_id) for who, u in self.told[1]}
        return {
            (who, f"{f.rule_id} {f.op} {f.basis} {f.ground}") for who, f in self.asked.found ^ self.by_oracle()
        } | differs

    def by_oracle(self) -> set[Told]:
        return self.told[0]

    @cached_property
    def told(self) -> tuple[set[Told], set[tuple[str, Unsure]]]:
        """What the oracle finds, and what it leaves undecided."""
        return everything(self.place, self.day)


def settle(place: Place, day: date) -> Town:
    """A town asked as a night of so many people asks: lightly where they are few."""
    con = connect()
    fill(con, place)
    if len(place.people) <= FEW:
        lighten(con)
    open_view(con, day)
    town = Town(con, day, place)
    deal(con, town.packs(), day, frozenset())
    return town


def neighbours(everybody: Iterable[Person]) -> Place:
    return Place(people={p.person_id: p for p in everybody})


def fill(con: duckdb.DuckDBPyConnection, place: Place) -> None:
    """The tables that the nightly run leaves before the policies are asked."""
    everybody = list(place.people.values())
    con.execute(EVERYBODY)
    columns = ("person_id", "birth_date", "sex", "phone", "town", "is_held")
    _insert(con, "everybody", {name: [getattr(p, name) for p in everybody] for name in columns})
    con.execute(
        "create or replace temp table source_flag as select $log as has_service_log",
        {"log": place.has_service_log},
    )
    for field, (kind, row, _) in KINDS.items():
        told = [(p.person_id, r) for p in everybody for r in getattr(p, field)]
        values = {name: [getattr(r, name) for _, r in told] for name in row_fields(row)}
        values |= {"person_id": [who for who, _ in told]}
        if kind == "decision":
            _make(con, "decided", DECIDED)
            del values["link_grade"]
            values["entry_id"] = [f"{r.entry_id}-{who}" for who, r in told]
            _insert(con, "decided", values)
            continue
        _make(con, f"now_{kind}", standing_columns(LAYOUTS[kind]))
        values |= {"business_key": _keys(LAYOUTS[kind].key, told), "office": [OFFICE] * len(told)}
        _insert(con, f"now_{kind}", values)
    _fill_households(con, place)
    _fill_others(con, place)


def _fill_households(con: duckdb.DuckDBPyConnection, place: Place) -> None:
    """The household books, with those whom nobody made known, and what others tell of their numbers."""
    _make(con, "household_book", standing_columns(LAYOUTS["household_register"]))
    con.execute("insert into household_book by name select * from now_household_register")
    strangers: dict[str, list[Any]] = {n: [getattr(s, n) for s in place.strangers] for n in ("household_no", "name", "id_key", "birth_date", "sex")}  # fmt: skip
    numbers = range(len(place.strangers))
    _insert(con, "household_book", strangers | {"record_id": [f"stranger-{n}" for n in numbers], "office": [OFFICE for _ in numbers]})  # fmt: skip
    for kind, field in HEARD_OF_KIN.items():
        row = KINDS[field][1]
        _make(con, f"kin_{kind}", (*row_columns(LAYOUTS[kind]), ("id_key", "VARCHAR")))
        said = [
            (s.id_key, name, p) for s in place.strangers for name, p in ((s.name, s.heard), ("某人", s.heard_otherwise))
        ]
        heard = [(key, name, r) for key, name, person in said for r in getattr(person, field)]
        values: dict[str, list[Any]] = {
            n: [getattr(r, n) for _, _, r in heard] for n in row_fields(row) if n != "link_grade"
        }
        _insert(con, f"kin_{kind}", values | {"id_key": [h[0] for h in heard], "name": [h[1] for h in heard]})


def _fill_others(con: duckdb.DuckDBPyConnection, place: Place) -> None:
    for kind in ("vacancy", "employer"):
        _make(con, f"now_{kind}", standing_columns(LAYOUTS[kind]))
    told: dict[str, list[Any]] = {n: [getattr(v, n) for v in place.vacancies] for n in Vacancy.__dataclass_fields__}
    _insert(con, "now_vacancy", told | {"record_id": [f"vacancy-{n}" for n in range(len(place.vacancies))]})
    _make(con, "pushed", PUSHED)
    _insert(con, "pushed", {n: [getattr(p, n) for p in place.pushed] for n, _ in PUSHED})
    heads: dict[str, list[Any]] = {
        "employer_uscc": list(place.headcounts),
        "headcount": list(place.headcounts.values()),
    }
    _insert(con, "now_employer", heads | {"record_id": list(place.headcounts)})


def _make(con: duckdb.DuckDBPyConnection, name: str, columns: Iterable[tuple[str, str]]) -> None:
    con.execute(create_table(name, columns).replace("create table", "create or replace temp table"))


def _keys(names: Sequence[str], told: Sequence[tuple[str, Row]]) -> list[int]:
    """The same number for rows of one person that tell of the same thing."""
    numbers: dict[tuple[Any, ...], int] = {}
    what = [(who, *(getattr(row, name, None) for name in names)) for who, row in told]
    return [numbers.setdefault(key, len(numbers)) for key in what]


def _insert(con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, list[Any]]) -> None:
    if not any(len(values) for values in columns.values()):
        return
    con.register("told", pa.table(dict(columns)))
    con.execute(f"insert into {table} by name select * from told")
    con.unregister("told")


def shown(place: Town, apart: set[tuple[str, str]]) -> str:
    """A few of the people on whom both differ, those with the fewest rows first."""
    who = sorted(
        {w for w, _ in apart if w in place.people},
        key=lambda w: (sum(len(getattr(place.people[w], k)) for k in KINDS), w),
    )
    told = [f"{outline(place.people[w])}\n  on {place.day}: {sorted(f for x, f in apart if x == w)}" for w in who[:3]]
    others = sorted(a for a in apart if a[0] not in place.people)
    return f"{len(who)} people differ\n" + "\n".join(told) + (f"\n{others[:10]}" if others else "")


def outline(person: Person) -> str:
    """The person's rows without what is empty."""
    rows = [r for kind in KINDS for r in getattr(person, kind)]
    told = [
        (type(r).__name__, *(f"{n}={getattr(r, n)}" for n in row_fields(type(r)) if getattr(r, n) is not None))
        for r in rows
    ]
    return "\n  ".join([f"{person.birth_date} {person.sex} held={person.is_held}", *(" ".join(t) for t in told)])
