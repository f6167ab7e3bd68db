"""Writes docs/extracts.md, tables.md, rules.md, columns.md and workbooks.md from schemas, packs and sheets.

    python docs/make_reference.py           write them
    python docs/make_reference.py --check   say which are stale, and end with 1 if any is

Nothing is fetched and nothing is guessed: what these pages say is what the program reads. A test holds them fresh.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from docs.reference.columns import column_page  # noqa: E402
from docs.reference.extracts import extracts  # noqa: E402
from docs.reference.markdown import COMMAND  # noqa: E402
from docs.reference.rules import rules  # noqa: E402
from docs.reference.tables import tables  # noqa: E402
from docs.reference.workbooks import workbooks  # noqa: E402

Pages = Mapping[str, Callable[[], str]]
PAGES: Pages = {
    "extracts.md": extracts,
    "tables.md": tables,
    "rules.md": rules,
    "columns.md": column_page,
    "workbooks.md": workbooks,
}


def stale(pages: Pages = PAGES) -> list[str]:
    """Names of the pages that do not say what the program says now."""
    found = {name: (DOCS / name).read_text(encoding="utf-8") if (DOCS / name).exists() else "" for name in pages}
    return [name for name, make in pages.items() if make() != found[name]]


def main(arguments: Sequence[str], pages: Pages = PAGES, command: str = COMMAND) -> int:
    """Write the pages, or with --check only say which are stale."""
    if "--check" in arguments:
        old = stale(pages)
        for name in old:
            print(f"docs/{name} is stale; run {command}", file=sys.stderr)
        return 1 if old else 0
    for name, make in pages.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
