"""docs/columns.md: what rules may speak of, by view, with what tells it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from docs.reference.markdown import code, page, table
from flows.night.few_rows import lighten
from ledger.store import connect
from policies.columns import column_notes
from policies.rule import OTHERS
from policies.trial import open_empty_view
from policies.view import wide_columns
from policies.wording import MONTH_COLUMNS


def column_page() -> str:
    """docs/columns.md: what rules may speak of, by view, with what tells it."""
    columns, notes = view_columns(), column_notes()
    about = [
        "One row per person at the as-of date, per employer that people left or joined, per vacancy, and per person and post. A",
        "rule may speak of these and of the pack's parameters: [rules](rules.md). `has_…`: such a fact stands, however well it is",
        "linked. `firm_…`: it stands on an exact number, with at most a slip in the name; only a firm fact bars help.",
        "",
        "Each fact in *told by* has two columns besides, not listed: `<fact>_rank`, its link (0 exact, 1 variant, 2 probable, 3 held,",
        "4 review; empty: no such fact), and `<fact>_records`, the rows that prove it. Which extract a fact comes from: [rules](rules.md#evidence).",
        "Empty means that nobody told: a rule that needs it is undetermined. What would end something is proposed only if it also",
        "holds while every column told by a doubtful row (rank 2 or more) is empty; *firm* columns stay.",
        "",
    ]
    views = [
        [f"## {title}", "", *_column_table([n for n in notes if _view_of(n) == view], columns)]
        for view, title in (("person", "Persons and their households"), ("employer", "Employers"), ("vacancy", "Vacancies"), ("match", "A person and a post"))
    ]  # fmt: skip
    return page("Columns", about, *views)


def _view_of(column: str) -> str:
    return next((about for about in OTHERS if column.startswith(f"{about}_")), "person")


def _column_table(names: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    notes = column_notes()
    rows = [
        (code(name), columns[name], _unit(name, columns[name]), ", ".join(map(code, notes[name].topics)) + (", firm" if notes[name].is_firm else ""),
         notes[name].means or ("it stands on an exact number" if notes[name].is_firm else "such a fact stands"))
        for name in names
    ]  # fmt: skip
    return table(("Column", "Type", "Unit", "Told by", "Means"), rows)


def _unit(name: str, kind: str) -> str:
    told = {"DATE": "month" if name in MONTH_COLUMNS else "day", "BOOLEAN": "yes or no"}
    return column_notes()[name].unit or told.get(kind, "text")


@cache
def view_columns() -> dict[str, str]:
    """Columns of the wide view, made over no people at all. Not to be changed: it is made once."""
    con = connect()
    lighten(con)
    open_empty_view(con, date(2024, 6, 30))
    found = wide_columns(con)
    con.close()
    return found
