"""People who only just miss a rule, or only just meet it: whoever is found by one, with one thing about them changed.

People made at random seldom fulfil many conditions at once, so that nobody shows what one of them is good for. Whoever
does is copied here with the family, and one day, word or row of theirs is another.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.oracle_facts import months_after
from tests.oracle_rows import LINKS, Person, Place, Row
from tests.strategies import KINDS, is_possible, likely, random_row, row_fields
from tests.town import Town

FIXED = ("record_id", "household_no", "entry_id")


def near_misses(town: Town, seed: int, holders: int, changes: int) -> Place:
    """Of each rule so many people whom it finds, each changed so many times, in families of their own."""
    rng = random.Random(seed)
    finds: dict[str, set[str]] = defaultdict(set)
    for who, finding in town.asked.found:
        if who in town.people:
            finds[finding.rule_id].add(who)
    book_of: dict[str, list[Person]] = defaultdict(list)
    for p in town.people.values():
        for line in p.households:
            book_of[line.household_no].append(p)
    people: dict[str, Person] = {}
    for rule_id in sorted(finds):
        found = sorted(finds[rule_id])
        for chosen in rng.sample(found, min(holders, len(found))):
            for n in range(changes):
                mark = f"{rule_id}-{n}-{chosen}:"
                for p in _changed_family(rng, town.day, town.people[chosen], book_of):
                    people[f"{mark}{p.person_id}"] = copied(p, mark)
    return replace(town.place, people=people, strangers=(), pushed=())


def _changed_family(
    rng: random.Random, day: date, person: Person, book_of: Mapping[str, Sequence[Person]]
) -> Iterator[Person]:
    """The person and whoever stands in the first of their household books; one of them, mostly the person, changed."""
    others = book_of[person.households[0].household_no] if person.households else []
    family = [person, *(p for p in others if p.person_id != person.person_id)]
    whose = 0 if rng.random() < 0.8 else rng.randrange(len(family))
    for n, p in enumerate(family):
        yield changed(rng, day, p) if n == whose else p


def changed(rng: random.Random, day: date, person: Person) -> Person:
    """With one thing about them another."""
    if rng.random() < 0.15:
        births = [person.birth_date + timedelta(days=n) for n in (-366, -1, 1, 366)] if person.birth_date else []
        return rng.choice([replace(person, birth_date=b) for b in births] + [replace(person, sex="女" if person.sex == "男" else "男")])  # fmt: skip
    kind = rng.choice([kind for kind in KINDS if getattr(person, kind)] or ["registrations"])
    rows = list(getattr(person, kind))
    choice = rng.random()
    if not rows or choice < 0.1:
        kind = rng.choice(list(KINDS))
        rows = [*getattr(person, kind), random_row(rng, day, kind, rng.choice(LINKS[:3]))]
    elif choice < 0.2:
        rows.pop(rng.randrange(len(rows)))
    else:
        place = rng.randrange(len(rows))
        rows[place] = _changed_row(rng, day, rows[place])
    more: dict[str, Any] = {kind: tuple(rows)}
    return replace(person, **more)


def _changed_row(rng: random.Random, day: date, row: Row) -> Row:
    fields = [f for f in row_fields(type(row)) if f not in FIXED]
    name = "link_grade" if rng.random() < 0.15 else rng.choice(fields)
    value = getattr(row, name)
    if name == "link_grade":
        other: Any = rng.choice(LINKS)
    elif isinstance(value, date) and rng.random() < 0.7:
        days = [value + timedelta(days=n) for n in (-1, 1)] if value.day != 1 else []
        other = rng.choice([*days, months_after(value, -1), months_after(value, 1)])
    else:
        other = rng.choice(likely(day)[type(row)].get(name, (value,)))
    told: dict[str, Any] = {name: other}
    new = replace(row, **told)
    return new if is_possible(new) else row


def copied(person: Person, mark: str) -> Person:
    """The same life, led by somebody else with rows and a household of their own."""
    rows: dict[str, Any] = {
        kind: tuple(replace(row, record_id=f"{mark}{row.record_id}") for row in getattr(person, kind)) for kind in KINDS
    }
    rows["households"] = tuple(replace(line, household_no=f"{mark}{line.household_no}") for line in rows["households"])
    return replace(person, person_id=f"{mark}{person.person_id}", **rows)
