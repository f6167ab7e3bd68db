"""What changed between two versions of a pack, in sentences."""

from collections.abc import Iterator
from datetime import date

from policies.pack import Pack
from policies.versions import Said, said_on, values_of


def changes(was: Pack, was_on: date, now: Pack, now_on: date) -> list[str]:
    """What reads otherwise: the version, values in force, rules that came, went, or find others. Empty where nothing does,
    also where only words changed that decide nothing."""
    return [
        *_version(was, now),
        *_values(was, was_on, now, now_on),
        *_rules(said_on(was, was_on), said_on(now, now_on)),
    ]


def changed_rules(was: Pack, was_on: date, now: Pack, now_on: date) -> dict[str, tuple[Said | None, Said | None]]:
    """The rules whose finding may differ, as they read before and as they read now; None where it was not in force."""
    before, after = said_on(was, was_on), said_on(now, now_on)
    pairs = {i: (before.get(i), after.get(i)) for i in (*before, *(i for i in after if i not in before))}
    return {i: p for i, p in pairs.items() if p[0] is None or p[1] is None or p[0].meaning != p[1].meaning}


def _version(was: Pack, now: Pack) -> Iterator[str]:
    if was.version != now.version:
        yield f"版本由 {was.version} 改为 {now.version}"


def _values(was: Pack, was_on: date, now: Pack, now_on: date) -> Iterator[str]:
    before, after = values_of(was, was_on), values_of(now, now_on)
    for name in sorted({*before, *after}):
        old, new = _shown(before.get(name)), _shown(after.get(name))
        if old != new:
            yield f"参数 {name} 由 {old} 改为 {new}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value)) or "（空）"
    return "（未定）" if value is None else str(value)


def _rules(before: dict[str, Said], after: dict[str, Said]) -> Iterator[str]:
    for rule_id, said in before.items():
        if rule_id not in after:
            yield f"规则 {rule_id}（{said.rule.title}）不再有效"
        elif after[rule_id].unbound != said.unbound:
            yield f"规则 {rule_id}（{said.rule.title}）的条件或后果改变"
    for rule_id, said in after.items():
        if rule_id not in before:
            yield f"规则 {rule_id}（{said.rule.title}）开始有效"
