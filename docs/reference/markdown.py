"""Markdown that the pages in docs/ are made of."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by docs/make_reference.py. Do not edit: change the schema or the pack, then `{command}`. -->"
COMMAND = ".venv/bin/python docs/make_reference.py"


def cell(text: object) -> str:
    """Text fit for a table's cell: bars and line ends would break it."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a Markdown table, and an empty one after it."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return [*lines, *(f"| {' | '.join(cell(c) for c in row)} |" for row in rows), ""]


def code(text: object) -> str:
    return f"`{text}`" if text not in ("", None) else ""


def page(title: str, *parts: Iterable[str]) -> str:
    lines = [f"# {title}", "", MADE.format(command=COMMAND), ""]
    for part in parts:
        lines += part
    return "\n".join(lines).rstrip() + "\n"
