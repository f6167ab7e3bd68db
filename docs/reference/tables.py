"""docs/tables.md: what a sealed run holds, and what the store shows."""

from docs.reference.markdown import code, page, table
from schemas.declaring import Model
from schemas.extracts import LAYOUTS
from schemas.journal import INTERNAL
from schemas.modelling import describe
from schemas.rows import ROW_LINK, ROW_PLACE
from schemas.tables import PUBLISHED, BookLine, OutboundList


def tables() -> str:
    """docs/tables.md: what a sealed run holds, and what the store shows."""
    intro = [
        "Every sealed run holds these as `runs/NNNNNN/tables/<name>.parquet`, in the order of their key. A run holds what",
        "tonight added, never a copy of what stood before. What stands now is in `store.duckdb`: the kept tables below,",
        "and views over the sealed files. Words: [glossary](glossary.md).",
        "",
        "## Published tables",
        "",
        "Their names and columns are fixed.",
        "",
    ]
    outbound = [
        "### lists/Oxx",
        "",
        "One file per outbound list that has lines tonight, such as `lists/O06.parquet`.",
        "",
    ]
    own = ["## The journal's own tables", "", "They make a rebuild and an audit possible. They may change with a version.", ""]  # fmt: skip
    return page(
        "Tables",
        intro,
        *(_model(m) for m in PUBLISHED),
        [*outbound, *_model(OutboundList)[2:]],
        _model(BookLine),
        own,
        *(_model(m) for m in INTERNAL),
        _standing(),
        _store(),
    )


def _model(model: type[Model]) -> list[str]:
    t = describe(model)
    rows = [(code(c.name), c.sql, "yes" if c.nullable else "no", ", ".join(c.codes)) for c in t.columns]
    about = " ".join(t.doc.split())
    return [f"### {t.name}", "", about, f"Key: {', '.join(code(k) for k in t.key)}.", "",
            *table(("Column", "Type", "May be empty", "Codes"), rows)]  # fmt: skip


def _standing() -> list[str]:
    rows = [(code(n), t, "where it lies") for n, t in ROW_PLACE]
    rows += [
        ("the kind's fields", "", "see [extracts](extracts.md)"),
        (code("extra"), "VARCHAR", "unbound columns, as JSON"),
    ]
    rows += [(code(n), t, "whom it was linked to when it came") for n, t in ROW_LINK]
    kinds = ", ".join(code(f"standing/{k}") for k in LAYOUTS)
    return ["### standing/KIND", "", f"New and changed rows of tonight, one file per kind: {kinds}.", "",
            *table(("Column", "Type", "Is"), rows)]  # fmt: skip


def _store() -> list[str]:
    return [
        "## Views in store.duckdb",
        "",
        "| View | Is |",
        "|---|---|",
        "| `ledger_state` | the fold of all entries on the last as-of date: (person_id, pack, track), state (of track T `open` while any item is), basis, tier, since, needs_decision, sources, counters |",
        "| `ledger_state_on(as_of, known_at)` | the same on a date, as known at a time; `zhaoren asof` asks it |",
        "| `ledger_effective(as_of, known_at)` | the entries in effect then |",
        "| `ledger_cases_on(as_of, known_at, gap_days)` | spells of a person in a track, those up to gap_days apart as one case |",
        "| `standing_KIND` | rows that stand, linked as last found; read from the sealed files, of older nights [gathered](decisions/0048-older-nights-lie-gathered.md) |",
        "",
    ]
