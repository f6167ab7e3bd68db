"""What an entry rests on, as an officer reads it."""

import json
from typing import Any

from reports.fact_words import FACT_WORDS, UNSAID, VALUE_WORDS
from schemas.errors import say


def with_facts(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the values it rests on as name and text."""
    return entry | {"facts": facts(entry["parameters"])}


def facts(parameters: str | None) -> list[tuple[str, str]]:
    """The dated values of an entry, by name."""
    given = json.loads(parameters or "{}")
    return [(n, fact_text(v)) for n, v in given.items() if n not in UNSAID]


def fact_word(name: str) -> str:
    """
    >>> fact_word("registered_from"), fact_word("somebody's own")
    ('失业登记日期', "somebody's own")
    """
    return say(FACT_WORDS.get(name, name), name)


def fact_text(value: Any) -> str:
    """A value as an officer reads it.

    >>> [fact_text(v) for v in ("2024-02", 6, None, True, ["东区", "西区"], [], "custody")]
    ['2024-02', '6', '不详', '是', '东区、西区', '无', '收监执行']
    >>> fact_text({"min_age": 40})
    '最低年龄 40'
    """
    if value is None:
        return say("不详", "unknown")
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list):
        return "、".join(fact_text(v) for v in value) or say("无", "none")
    if isinstance(value, dict):
        return "、".join(f"{fact_word(n)} {fact_text(v)}" for n, v in value.items()) or say("无", "none")
    if isinstance(value, str):
        return say(VALUE_WORDS.get(value, value), value)
    return json.dumps(value)
