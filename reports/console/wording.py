"""Codes as words, for templates: the same words as the macros of `reports.macros` give, without making a query plan for them."""

import re

from reports.console.facts import fact_word
from reports.words import BASIS_WORDS, MATCH_WORDS, OP_WORDS, RULE_WORDS, STATE_WORDS, TASK_WORDS, TRACK_WORDS

IN_PARTS = re.compile(r"([a-z-]+):(.+)", re.DOTALL)


def op_word(code: str | None) -> str:
    """
    >>> op_word("ADD"), op_word("NEW")
    ('新增 ADD', 'NEW')
    """
    return _with_code(OP_WORDS, code)


def track_word(code: str | None) -> str:
    return _with_code(TRACK_WORDS, code)


def state_word(code: str | None) -> str:
    """A task's word, or the word of a state, which its first two characters tell."""
    if not code:
        return ""
    if code in TASK_WORDS:
        return TASK_WORDS[code]
    word = STATE_WORDS.get(code[:2])
    return f"{word} {code}" if word else code


def basis_word(code: str | None) -> str:
    """
    >>> basis_word("post"), basis_word("post:mid"), basis_word("post:甲:厂"), basis_word("甲厂")
    ('岗位推荐', '岗位推荐：中短期失业', '岗位推荐：甲:厂', '甲厂')
    >>> basis_word("abc:mid"), basis_word("post:")
    ('abc:mid', 'post:')
    """
    if not code:
        return ""
    if code not in BASIS_WORDS and (parts := IN_PARTS.fullmatch(code)) and parts[1] in BASIS_WORDS:
        return f"{BASIS_WORDS[parts[1]]}：{BASIS_WORDS.get(parts[2], parts[2])}"
    return BASIS_WORDS.get(code, code)


def match_word(code: str | None) -> str:
    return MATCH_WORDS.get(code or "", code or "")


def rule_word(code: str | None) -> str:
    return RULE_WORDS.get(code or "", code or "")


def _with_code(words: dict[str, str], code: str | None) -> str:
    return f"{words[code]} {code}" if code in words else code or ""


FILTERS = {"op": op_word, "track": track_word, "state": state_word, "basis": basis_word, "match": match_word, "rule": rule_word, "fact": fact_word}  # fmt: skip
