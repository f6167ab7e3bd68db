"""Invented names and what happens to them on paper: the parts benchmarks/make_name_pairs.py puts together.

The lists beside this file were typed in for the benchmark alone, and the matcher's own tables were not looked at.
"""

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
NAME_PAIRS = HERE.parent / "name_pairs.tsv"
COLUMNS = ("left", "right", "same", "class")
SEED = 20260401


@cache
def read_rows(stem: str) -> list[list[str]]:
    """The rows of one list, without its comment lines."""
    lines = (HERE / f"{stem}.tsv").read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def read_pairs(stem: str, kind: str) -> list[tuple[str, str]]:
    """The pairs of characters of one kind, each as typed."""
    tokens = [token for row in read_rows(stem) if row[0] == kind for token in row[1].split()]
    return [(token[0], token[1]) for token in tokens]


@cache
def read_marks(kind: str) -> list[str]:
    """One line of notes.tsv; U+XXXX is written out as the character it names."""
    (tokens,) = [row[1].split() for row in read_rows("notes") if row[0] == kind]
    return [chr(int(token[2:], 16)) if token.startswith("U+") else token for token in tokens]


def partners(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """What each character may be taken for, in both directions."""
    found: dict[str, list[str]] = {}
    for left, right in pairs:
        found.setdefault(left, []).append(right)
        found.setdefault(right, []).append(left)
    return found
