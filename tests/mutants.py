"""Packs made wrong on purpose, one small slip at a time, and whether anybody among invented people would show it.

A slip: a comparison that takes its bound in or leaves it out, `and` for `or`, a condition left out, `not` forgotten, a
value one off, a day early or late, a code not meant. They are planted in every rule and every named condition.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from policies.evaluate import ROW_KEYS, op_of, proof_of
from policies.pack import Pack, find_pack
from policies.rule import VIEWS, Rule
from tests.town import Town

OTHER_SIGN = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "<>", "<>": "="}
# What may bar somebody from help, and then only by a firm link.
BARS, OTHER_BAR = ("job", "licence", "pension", "death", "employment", "gone"), {"firm": "has", "has": "firm"}
TOKEN = re.compile(r"'[^']*'|>=|<=|<>|[<>=]|\b\d+(?:\.\d+)?\b|\b\w+\b")
AT_ONCE = 40


@dataclass(frozen=True)
class Mutant:
    """One slip in one text of a pack: `where` is a rule's id or a condition's name."""

    pack: str
    where: str
    wrong: str
    slip: str

    def __str__(self) -> str:
        return f"{self.pack} {self.where}: {self.slip}"


class SameSlip(NamedTuple):
    """A slip that changes nothing that anybody could find, and why. `slip` is part of what a mutant tells of itself."""

    pack: str
    where: str
    slip: str
    why: str


@cache
def same_slips() -> tuple[SameSlip, ...]:
    groups = tomllib.loads((Path(__file__).parent / "same_slips.toml").read_text(encoding="utf-8"))["group"]
    told = [(*line.split(" | "), group["why"]) for group in groups for line in group["slips"]]
    return tuple(SameSlip(pack, where, slip, why) for pack, where, slip, why in told)


def is_same(mutant: Mutant) -> bool:
    """Listed as the same in other words."""
    return any(is_meant(same, mutant) for same in same_slips())


def is_meant(same: SameSlip, mutant: Mutant) -> bool:
    return same.pack == mutant.pack and same.where == mutant.where and same.slip in mutant.slip


def slips(text: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every text that differs by one slip, and what slipped. `values` are the parameters that are numbers."""
    named, seen = set(values), {text}
    for start, end, wrong in (*_token_slips(text, named), *_left_out(text)):
        changed = text[:start] + wrong + text[end:]
        if changed not in seen:
            seen.add(changed)
            told = f"…{text[max(0, start - 20) : start]}[{text[start:end]} → {wrong}]{text[end : end + 20]}…"
            yield changed, told


def _token_slips(text: str, named: set[str]) -> Iterator[tuple[int, int, str]]:
    for token in TOKEN.finditer(text):
        word, start, end = token.group(), token.start(), token.end()
        before = text[:start]
        if word in OTHER_SIGN:
            yield start, end, OTHER_SIGN[word]
        elif word in ("and", "or"):
            yield start, end, {"and": "or", "or": "and"}[word]
        elif (word.startswith("firm_") or word.startswith("has_")) and word.split("_", 1)[1] in BARS:
            yield start, end, f"{OTHER_BAR[word.split('_')[0]]}_{word.split('_', 1)[1]}"
        elif word == "not" and not before.endswith("is "):
            yield start, end + 1, ""
        elif word in ("true", "false") and not before.endswith("from "):
            yield start, end, {"true": "false", "false": "true"}[word]
        elif word == "distinct":
            yield start - 3, end + 5, "="
        elif word in named or word.isdigit() or word == "as_of":
            yield start, end, f"({word} + 1)"
            yield start, end, f"({word} - 1)"
        elif word.startswith("'") and not before.endswith("date_trunc("):
            yield start, end, "'无此代码'"


def _left_out(text: str) -> Iterator[tuple[int, int, str]]:
    """Each member of each chain of `and` or `or`, in brackets or not, taken out with its word."""
    for begin, end in _groups(text):
        for part_begin, part_end in _split(text, begin, end, ","):
            for word in (" or ", " and "):
                members = list(_split(text, part_begin, part_end, word))
                if word == " and ":
                    ors = list(_split(text, part_begin, part_end, " or "))
                    chains = [list(_split(text, b, e, " and ")) for b, e in ors]
                else:
                    chains = [members]
                for chain in chains:
                    for n, (b, e) in enumerate(chain if len(chain) > 1 else ()):
                        yield (b, e + len(word), "") if n + 1 < len(chain) else (b - len(word), e, "")


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """The whole, and the inside of every pair of brackets."""
    yield 0, len(text)
    opened: list[int] = []
    for at, sign in enumerate(text):
        if sign == "(":
            opened.append(at + 1)
        elif sign == ")":
            yield opened.pop(), at


def _split(text: str, begin: int, end: int, by: str) -> Iterator[tuple[int, int]]:
    depth, start, at = 0, begin, begin
    while at < end:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0 and text.startswith(by, at) and at + len(by) <= end:
            yield start, at
            at = start = at + len(by)
        else:
            at += 1
    yield start, end


def mutants(pack: Pack) -> Iterator[tuple[Mutant, dict[str, str]]]:
    """Every slip of a pack, and the rules that it changes, with their wrong predicates."""
    data: Mapping[str, Any] = tomllib.loads(find_pack(pack.code).read_text(encoding="utf-8"))
    conditions, rules = data.get("condition", {}), data["rule"]
    numbers = [n for n, versions in pack.parameters.items() if all(type(v["is"]) in (int, float) for v in versions)]
    right = {rule_id: expand(rule["when"], conditions) for rule_id, rule in rules.items()}
    named = {rule_id: names_in(rule["when"], conditions) for rule_id, rule in rules.items()}
    for rule_id, rule in rules.items():
        for wrong, slip in slips(rule["when"], numbers):
            yield Mutant(pack.code, rule_id, wrong, slip), {rule_id: expand(wrong, conditions)}
    for name, text in conditions.items():
        for wrong, slip in slips(text, numbers):
            changed = {i: expand(rules[i]["when"], conditions | {name: wrong}) for i in rules if name in named[i]}
            if moved := {i: w for i, w in changed.items() if w != right[i]}:
                yield Mutant(pack.code, name, wrong, slip), moved


def expand(when: str, conditions: Mapping[str, str]) -> str:
    """A predicate in full; a named condition may use those that stand after it."""
    for name, text in conditions.items():
        if name in when:  # most are not, and to look takes less than to put in
            when = re.sub(rf"\b{name}\b", f"({text})", when)
    return when


def names_in(when: str, conditions: Mapping[str, str]) -> set[str]:
    """The named conditions that a predicate rests on, also by way of another."""
    found = set()
    for name, text in conditions.items():
        if name in when:
            found.add(name)
            when += f" {text}"
    return found


def unnoticed(town: Town, pack: Pack, planted: Sequence[tuple[Mutant, dict[str, str]]], *, asks: bool) -> list[Mutant]:
    """The mutants that change no finding about anybody in the town, nor, where the oracle `asks`, for whom a rule is
    undetermined."""
    rules = {rule.id: rule for rule in pack.all_rules if rule.is_in_force(town.day)}
    _right_answers(town.con, town, pack)
    # Of the rules that a mutant changes the shortest first: most are noticed by the first one asked.
    asked = [
        (n, rules[i], wrong)
        for n, (_, changed) in enumerate(planted)
        for i, wrong in sorted(changed.items(), key=lambda c: len(c[1]))
        if i in rules
    ]
    asked = [a for _, a in sorted(_in_turns(asked), key=lambda t: t[0])]
    noticed: set[int] = set()
    for view in VIEWS.values():
        these = [a for a in asked if a[1].view == view]
        for first in range(0, len(these), AT_ONCE):
            batch = [a for a in these[first : first + AT_ONCE] if a[0] not in noticed]
            noticed |= _noticed(town.con, view, batch, list(rules), asks)
    return [mutant for n, (mutant, _) in enumerate(planted) if n not in noticed]


def _in_turns(asked: Sequence[tuple[int, Rule, str]]) -> Iterator[tuple[int, tuple[int, Rule, str]]]:
    """Each with how many of the same mutant stand before it."""
    turn: Counter[int] = Counter()
    for a in asked:
        yield turn[a[0]], a
        turn[a[0]] += 1


def _right_answers(con: duckdb.DuckDBPyConnection, town: Town, pack: Pack) -> None:
    """`right_<view>`: for each person and rule the answer, and whether a yes would be told of."""
    town.by_sql([pack])  # leaves the pack's values in parameter_now
    for view in VIEWS.values():
        rules = [(n, r) for n, r in enumerate(pack.all_rules) if r.view == view and r.is_in_force(town.day)]
        told = ", ".join(f"({r.when}) as t{n}, {_is_told(r)} as v{n}" for n, r in rules)  # fmt: skip
        con.execute(f"create or replace temp table right_{view} as select {key_of(view)} as key{', ' + told if told else ''} from {view} cross join parameter_now")  # fmt: skip


def _is_told(rule: Rule) -> str:
    """Whether a yes would be told of; what is adverse always is, in one form or another."""
    return "true" if rule.is_adverse else f"{op_of(rule).replace('worst', f'({proof_of(rule)[0]})')} is not null"


def key_of(view: str) -> str:
    """What tells its rows apart."""
    return ROW_KEYS.get(view, "person_id")


def _noticed(
    con: duckdb.DuckDBPyConnection, view: str, batch: Sequence[tuple[int, Rule, str]], order: Sequence[str], asks: bool
) -> set[int]:
    if not batch:
        return set()
    parts = []
    for m, (_, rule, _) in enumerate(batch):
        n = order.index(rule.id)
        differs = f"(v{n} and (m{m} is not distinct from true) <> (t{n} is not distinct from true))"
        if asks:
            differs += f" or ((m{m} is null) <> (t{n} is null))"
        parts.append(f"coalesce(bool_or({differs}), false)")
    told = ", ".join(f"({wrong}) as m{m}" for m, (_, _, wrong) in enumerate(batch))
    answers = con.execute(
        f"select {', '.join(parts)} from (select {key_of(view)} as key, {told} from {view} cross join parameter_now)"
        f" inner join right_{view} using (key)"
    ).fetchone()
    return {number for (number, _, _), is_seen in zip(batch, answers or (), strict=True) if is_seen}
