"""How a finding reads: its sentence, the notes that its evidence calls for, and the values that it used, as expressions of SQL."""

import re
from functools import cache

from policies.rule import TOPIC_KIND, Rule, words_of
from policies.versions import literal
from schemas.extracts import LAYOUTS

MONTH_COLUMNS = frozenset(
    {"hired_from", "benefit_from", "aid_from", "flexible_from", "stop_last_paid_month", "hired_last_paid_month"}
)


def stale_note(rule: Rule, barred: frozenset[str]) -> str:
    """What to add where a rule also looks at a source that could not be taken in tonight."""
    if not barred:
        return ""
    looked_at = {
        kind for word in words_of(rule.when) for topic, kind in TOPIC_KIND.items() if word in _words_about(topic)
    }
    stale = sorted(LAYOUTS[kind].label for kind in looked_at & barred)
    return f"（{'、'.join(stale)}今夜未能收下，按此前的数据判断）" if stale else ""


@cache
def _words_about(topic: str) -> set[str]:
    name = {"hired": "job"}.get(topic, topic)
    return {f"{prefix}_{name}" for prefix in ("has", "firm", "had", "usable")} | {f"{topic}_from", f"{topic}_status"}


def grade_note() -> str:
    """What to add where the person, or a record, is not sure."""
    return (
        "case when worst = 3 and id_number is null then '（没有可用的证件号码，请核实身份，暂缓）'"
        " when held_for = 'another_number' then '（姓名、出生日期、性别和电话或村居与另一人相同，证件号码不同，请核实是否同一人，暂缓）'"
        " when is_held or worst = 3 then '（证件号码与他人相同，暂缓）' when worst = 1 then '（证件号码一致，姓名有出入）'"
        " when worst = 2 then '（证件号码不完整，按姓名和出生日期推定）' when worst = 4 then '（身份未能确认）'"
        " when not is_sure then '（另有身份推定的记录影响结论）' else '' end"
    )


def _shown(column: str, columns: dict[str, str]) -> str:
    kind = columns.get(column, "VARCHAR")
    if kind == "BOOLEAN":
        return f"if({column}, '是', '否')"
    if column in MONTH_COLUMNS:
        return f"strftime({column}, '%Y-%m')"
    return f"{column}::varchar"


def sentence(template: str, columns: dict[str, str]) -> str:
    """A rule's sentence with the values of the row; 不详 for one that is missing."""
    parts = re.split(r"{(\w+)}", template)
    pieces = [literal(p) if i % 2 == 0 else f"coalesce({_shown(p, columns)}, '不详')" for i, p in enumerate(parts)]
    return " || ".join(p for p in pieces if p != "''")


def values_used(rule: Rule, columns: dict[str, str], parameters: set[str]) -> str:
    """The dated values a finding used, as JSON text, and the rule they belong to."""
    used = sorted((words_of(rule.when) & parameters) | set(rule.shows))
    pairs = ["'rule'", literal(rule.id)]
    if field := rule.finds.get("field"):
        pairs += ["'field'", literal(field)]
    for name in used:
        pairs += [literal(name), f"{name}::varchar" if columns.get(name) == "DATE" else name]
    return f"json_object({', '.join(pairs)})::varchar"
