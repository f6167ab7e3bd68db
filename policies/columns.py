"""What tells each column that a rule may speak of: `columns.toml`, and how a column looks to whoever trusts firm links only."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMED = Path(__file__).parent / "columns.toml"
FIRM = 1  # the rank of a link by the exact number, with at most a slip in the name


@dataclass(frozen=True)
class ColumnNote:
    """`topics` tell it; `is_firm`: by exact numbers alone. Without a meaning of its own it says whether such a fact stands."""

    topics: tuple[str, ...] = ()
    is_firm: bool = False
    unit: str = ""
    means: str = ""


@cache
def column_notes() -> Mapping[str, ColumnNote]:
    """Every column by name, but for ranks and records."""
    lines = tomllib.loads(NAMED.read_text(encoding="utf-8"))
    return {name: _note(line) for name, line in lines.items()}


def _note(line: Mapping[str, str | list[str]]) -> ColumnNote:
    told_by = line.get("of", line.get("firm", ()))
    topics = (told_by,) if isinstance(told_by, str) else tuple(told_by)
    return ColumnNote(topics, "firm" in line, str(line.get("unit", "")), str(line.get("means", "")))


def ranks_behind(column: str) -> list[str]:
    """The ranks that say how surely it is told."""
    note = column_notes().get(column, ColumnNote())
    return [] if note.is_firm else [f"{topic}_rank" for topic in note.topics]


def as_if_sure(column: str) -> str:
    """The column as SQL, empty where a doubtful row (probable, held, in review) tells it, or helps to."""
    if not (ranks := ranks_behind(column)):
        return column
    return f"if({' or '.join(f'{rank} > {FIRM}' for rank in ranks)}, null, {column}) as {column}"
