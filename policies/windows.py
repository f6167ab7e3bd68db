"""Whether what a pack says holds together in time: looked at on every day on which something in it begins or ends, and the
day before, from 2019 to 2045. A fault names the rule or parameter, the day, and what to do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the loader looks here before it gives a pack out
    from policies.pack import Pack
from policies.rule import Rule

FIRST, LAST = date(2019, 1, 1), date(2045, 12, 31)
Span = Mapping[str, Any]
SAME_VERSIONED = ("track", "op", "basis", "basis_from", "ground", "ground_from", "field")


def days_of_change(spans: Iterable[Span]) -> tuple[date, ...]:
    """The first and the last day looked at, every day on which a span begins or has ended, and the days before these."""
    marks = {day for span in spans for day in (span["from"], span.get("to")) if day}
    days = {FIRST, LAST, *marks, *(day - timedelta(days=1) for day in marks if day > date.min)}
    return tuple(sorted(day for day in days if FIRST <= day <= LAST))


def spans_of(pack: Pack) -> list[Span]:
    """Every span of time that the pack speaks of."""
    return [*(v for versions in pack.parameters.values() for v in versions), *(r.in_force for r in pack.all_rules)]


def faults_in_time(pack: Pack) -> list[str]:
    """What does not hold together, one Chinese sentence each; none for a sound pack."""
    broken = [*_spans(pack)]
    return broken or [*_values(pack), *_versions(pack)]


def value_faults(parameters: Mapping[str, Sequence[Span]]) -> list[str]:
    """Parameters that on some day have no value between two, or several."""
    return [fault for name, versions in parameters.items() for fault in _between(name, versions)]


def _spans(pack: Pack) -> Iterator[str]:
    valued = [(n, v) for n, versions in pack.parameters.items() for v in versions]
    yield from (f"参数 {n} 的一个值没有写 is" for n, v in valued if "is" not in v)
    named = [(f"参数 {n}", v) for n, v in valued]
    named += [(f"规则 {r.id}", r.in_force) for r in pack.all_rules]
    for what, span in named:
        days = [span.get("from"), span.get("to", LAST)]
        if not all(isinstance(day, date) for day in days):
            yield f"{what} 的 from、to 应写成日期，如 2024-07-01，不加引号"
        elif "to" in span and span["to"] <= span["from"]:
            yield f"{what} 的 to（{span['to']}）不晚于 from（{span['from']}）；to 是不再有效的第一天"


def _values(pack: Pack) -> Iterator[str]:
    yield from value_faults(pack.parameters)
    days = days_of_change(spans_of(pack))
    for name, rules in _users(pack).items():
        versions = pack.parameters[name]
        if versions or name not in pack.asks:
            lacking = [
                (d, r) for d in days for r in rules if r.is_in_force(d) and not any(_holds(v, d) for v in versions)
            ]
            if lacking:
                day, rule = lacking[0]
                yield f"规则 {rule.id} 在 {day} 有效，要用的参数 {name} 那天没有值；请补上那天的值，或改规则的 in_force，或用 ask 写明由本单位设定"


def _users(pack: Pack) -> dict[str, list[Rule]]:
    """The parameters that rules use, each with these rules."""
    users = defaultdict(list)
    for rule in pack.all_rules:
        spoken = " ".join([rule.when, rule.sentence, *rule.shows, *map(str, rule.finds.values())])
        for name in sorted(set(re.findall(r"[A-Za-z_]\w*", spoken)) & set(pack.parameters)):
            users[name].append(rule)
    return users


def _holds(span: Span, day: date) -> bool:
    return bool(span["from"] <= day < span.get("to", date.max))


def _between(name: str, versions: Sequence[Span]) -> Iterator[str]:
    ordered = sorted(versions, key=lambda v: v["from"])
    for earlier, later in pairwise(ordered):
        end = earlier.get("to")
        if end is None or end > later["from"]:
            yield f"参数 {name} 自 {later['from']} 起有两个有效值；请给前一个值写上 to = {later['from']}"
        elif end < later["from"]:
            yield f"参数 {name} 自 {end} 至 {later['from']} 没有值；请把两个值的日期接上"
    kinds = {_kind(v["is"]) for v in versions}
    if len(kinds) > 1:
        yield f"参数 {name} 的几个值不是同一种（{'、'.join(sorted(kinds))}）；请写成同一种"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "是否"
    return {int: "数", float: "数", str: "文字", date: "日期", list: "列表"}.get(type(value), type(value).__name__)


def _versions(pack: Pack) -> Iterator[str]:
    """Rules of one clause that find the same are its versions, as soon as one of them has dates of its own."""
    groups: dict[tuple[Any, ...], list[Rule]] = defaultdict(list)
    for rule in pack.all_rules:
        groups[(rule.clause, rule.about, *(rule.finds.get(k) for k in SAME_VERSIONED))].append(rule)
    for rules in groups.values():
        if any(r.in_force != pack.in_force for r in rules):
            yield from _pairs(sorted(rules, key=lambda r: (r.in_force["from"], r.id)))


def _pairs(rules: Sequence[Rule]) -> Iterator[str]:
    for place, later in enumerate(rules[1:], 1):
        start = later.in_force["from"]
        reach = max(r.in_force.get("to", date.max) for r in rules[:place])
        same = next((r for r in rules[:place] if r.is_in_force(start)), None)
        if same and "beside" not in later.in_force:
            yield f'规则 {same.id} 与 {later.id} 是同一条款、同一依据，自 {start} 起同时有效；请给前者的 in_force 写上 to = {start}，确应并存的在后者的 in_force 中写 beside = "理由"'
        elif reach < start and "gap" not in later.in_force:
            yield f'规则 {rules[place - 1].id} 于 {reach} 结束，{later.id} 到 {start} 才开始，其间这一条款无规定；请把日期接上，确无规定的在后者的 in_force 中写 gap = "理由"'
