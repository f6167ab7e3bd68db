"""What a rule says on a date: its predicate with the values of that day in it. Two versions of a rule are the same when
they say the same, whatever became of titles, quotations and comments. So a pack that was changed and a pack that dates
its own change ahead are told apart from nothing but by when they say it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from policies.pack import Pack
from policies.rule import Rule, words_of

MEANT = (
    "track",
    "op",
    "basis",
    "ground",
    "field",
    "state",
    "state_from",
    "needs_row",
    "needs_basis",
    "list",
    "due_days",
)
SPOKEN = ("basis_from", "ground_from", "due")


@dataclass(frozen=True)
class Version:
    """A pack as a night used it: from run `since_run` on, whose as-of date was `as_of`."""

    since_run: int
    as_of: date
    pack: Pack

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """The days on which something in the pack begins or ends, ascending."""
        spans = [v for versions in self.pack.parameters.values() for v in versions]
        spans += [rule.in_force for rule in self.pack.all_rules]
        return tuple(sorted({day for span in spans for day in (span["from"], span.get("to")) if day}))

    def stretch(self, day: date) -> date:
        """A day that stands for all on which the pack says the same as on `day`: the last change day up to it."""
        return max((d for d in self.change_days if d <= day), default=date.min)


History = Mapping[str, Sequence[Version]]


def at_run(versions: Sequence[Version], run_no: int) -> Version:
    """The version that a run used; of a pack that came later, the first."""
    return next((v for v in reversed(versions) if v.since_run <= run_no), versions[0])


def on_day(versions: Sequence[Version], day: date) -> Version:
    """The version that the last run up to a day used; the first, for what lies before all runs."""
    return next((v for v in reversed(versions) if v.as_of <= day), versions[0])


def rule_at(versions: Sequence[Version], run_no: int, rule_id: str) -> tuple[Version, Rule] | None:
    """A rule as a run used it; of one that was gone by then, as it last stood."""
    for version in (v for v in reversed(versions) if v.since_run <= run_no):
        if rule := next((r for r in version.pack.all_rules if r.id == rule_id), None):
            return version, rule
    return None


@dataclass(frozen=True)
class Said:
    """A rule as it read on a day: `when` and the other expressions with the day's values in them."""

    rule: Rule
    when: str
    spoken: Mapping[str, str]
    used_values: Mapping[str, Any]

    @property
    def meaning(self) -> tuple[Any, ...]:
        """Equal where two versions find the same people with the same consequence."""
        return (self.when, *self._consequence, tuple(sorted(self.spoken.items())))

    @property
    def unbound(self) -> tuple[Any, ...]:
        """The same without the day's values: equal where only values differ."""
        return (self.rule.when, *self._consequence, *(self.rule.finds.get(k) for k in SPOKEN))

    @property
    def _consequence(self) -> tuple[Any, ...]:
        return (tuple(self.rule.finds.get(k) for k in MEANT), self.rule.proof, self.rule.proof_any, self.rule.beside)


def said_on(pack: Pack, day: date) -> dict[str, Said]:
    """Every rule in force on a day, by id."""
    values = values_of(pack, day)
    return {r.id: _said(r, values) for r in pack.all_rules if r.is_in_force(day)}


def _said(rule: Rule, values: Mapping[str, Any]) -> Said:
    spoken = {k: bound(str(rule.finds[k]), values) for k in SPOKEN if rule.finds.get(k)}
    words = words_of(rule.when)
    used = {n: v for n, v in values.items() if n in words}
    return Said(rule, bound(rule.when, values), spoken, used)


def values_of(pack: Pack, day: date) -> dict[str, Any]:
    """The parameters' values on a day; null where there is none: what needs it is undetermined."""
    found = {}
    for name, versions in pack.parameters.items():
        fitting = [v["is"] for v in versions if v["from"] <= day < v.get("to", date.max)]
        found[name] = fitting[0] if len(fitting) == 1 else None
    return found


def bound(expression: str, values: Mapping[str, Any]) -> str:
    """The expression with values in place of the parameters' names; what stands in quotation marks is left alone.

    >>> bound("age_years >= min_age and kind <> 'min_age'", {"min_age": 40})
    "age_years >= 40 and kind <> 'min_age'"
    """
    spoken = tuple(sorted(words_of(expression) & values.keys()))
    if not spoken:
        return expression
    pieces, names = re.split(r"('[^']*')", expression), _any_of(spoken)
    return "".join(p if i % 2 else names.sub(lambda m: literal(values[m.group(1)]), p) for i, p in enumerate(pieces))


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(map(re.escape, names)) + r")\b")


def literal(value: Any) -> str:
    """A parameter's value as it is written in SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]" if value else "[]::varchar[]"
    return "'" + str(value).replace("'", "''") + "'"
