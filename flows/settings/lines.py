"""Proposed lines for zhaoren.toml, so put that writing them in makes a file that holds: each section once, each key once."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

ADD, INSTEAD = "# 加在已有的 {0} 一节中：", "# 加在已有的 {0} 一节中，代替原有的 {1}："


def quoted(text: str) -> str:
    """A text as TOML, whatever it holds; as it is where it can be.

    >>> quoted("停保日"), quoted('^a"b$'), quoted("\\\\d'")
    ('"停保日"', '\\'^a"b$\\'', '"\\\\\\\\d\\'"')
    """
    is_plain = text.isprintable() and "'" not in text and ("\\" in text or '"' in text)
    return f"'{text}'" if is_plain else json.dumps(text, ensure_ascii=False)


def by_section(proposed: Iterable[str], written: str) -> list[str]:
    """The lines under their section's head, which comes first in each text; `written` is the file as it is. A list that is told
    twice, or stands there already, is told once with all that it holds."""
    sections: dict[str, dict[str, None]] = {}
    lists: dict[str, dict[str, list[str]]] = {}
    for head, _, lines in sorted(text.partition("\n") for text in proposed):
        sections.setdefault(head, {})
        for line in lines.split("\n"):
            values = {} if line.startswith("#") or not line else tomllib.loads(line)
            if not any(isinstance(v, list) for v in values.values()):
                sections[head][line] = None
            for key, more in values.items():
                lists.setdefault(head, {}).setdefault(key, []).extend(more)
    heads = {line.partition("#")[0].strip() for line in written.splitlines()}
    return [
        _section(head, list(rest), lists.get(head, {}), _there(head, written) if _bare(head) in heads else None)
        for head, rest in sections.items()
    ]


def _section(head: str, rest: list[str], lists: Mapping[str, list[str]], there: Mapping[str, Any] | None) -> str:
    before = {key: list(there.get(key, [])) if there else [] for key in lists}
    whole = [f"{key} = [{', '.join(map(quoted, dict.fromkeys([*before[key], *new])))}]" for key, new in lists.items()]
    replaced = [key for key in lists if there and key in there]
    if there is not None:
        head = (INSTEAD if replaced else ADD).format(_bare(head), "、".join(replaced))
    return "\n".join([head, *whole, *rest])


def _bare(head: str) -> str:
    return head.partition("  #")[0].strip()


def _there(head: str, written: str) -> Mapping[str, Any]:
    """What stands in a section."""
    path, found = tomllib.loads(_bare(head)), tomllib.loads(written)
    while path:
        ((name, path),) = path.items()
        found = found.get(name, {})
    return found
