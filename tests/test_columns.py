"""Every column that a rule may speak of says what tells it and what it means."""

import duckdb

from policies.columns import as_if_sure, column_notes
from policies.rule import TOPIC_KIND
from policies.view import wide_columns

MARKS = ("_rank", "_records")
NUMBERS = ("BIGINT", "INTEGER", "DOUBLE", "DECIMAL(38,2)")
FLAGS = ("has_", "firm_", "had_", "was_")


def test_every_column_is_named_and_no_other(view: duckdb.DuckDBPyConnection) -> None:
    assert set(column_notes()) == {c for c in wide_columns(view) if not c.endswith(MARKS)}


def test_whatever_is_a_number_has_a_unit_and_whatever_is_no_flag_a_meaning(view: duckdb.DuckDBPyConnection) -> None:
    kinds, notes = wide_columns(view), column_notes()
    assert [c for c, note in notes.items() if kinds[c] in NUMBERS and not note.unit] == []
    assert [c for c, note in notes.items() if not note.means and not c.startswith(FLAGS)] == []


def test_what_tells_a_column_is_a_fact_with_a_rank(view: duckdb.DuckDBPyConnection) -> None:
    known = wide_columns(view)
    strange = [(c, t) for c, note in column_notes().items() for t in note.topics if t not in TOPIC_KIND or f"{t}_rank" not in known]  # fmt: skip
    assert strange == []


def test_a_column_stands_under_the_fact_whose_table_holds_it(view: duckdb.DuckDBPyConnection) -> None:
    """What several facts tell together, and what is put together from a fact, may have a table of another name."""
    tables = [t for (t,) in view.execute("select table_name from duckdb_tables()").fetchall() if t.startswith("topic_")]
    held = {t.removeprefix("topic_"): [c for c, *_ in view.execute(f"describe {t}").fetchall()] for t in tables}
    own = [(topic, c) for topic, columns in held.items() if topic in TOPIC_KIND for c in columns if c in column_notes()]
    assert len(own) > 130
    assert [(t, c) for t, c in own if c not in ("person_id", "vacancy_no") and t not in column_notes()[c].topics] == []


def test_a_doubtful_row_tells_nothing_to_the_careful_and_a_firm_column_stays() -> None:
    assert as_if_sure("local_months") == "if(insured_months_rank > 1, null, local_months) as local_months"
    assert as_if_sure("is_able") == "if(registration_rank > 1 or visit_rank > 1, null, is_able) as is_able"
    assert as_if_sure("firm_job") == "firm_job"
    assert as_if_sure("registration_rank") == "registration_rank"
