"""The pandera models judge what the program makes: what it seals validates under them as it lies, and reading refuses the same
cells that they refuse, so that nothing of a declaration is words only."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.workspace import Workspace
from intake.read import Habits, read_cells
from intake.typed import type_rows
from schemas.columns import MUST, Column, layout_of
from schemas.declaring import Model
from schemas.dtypes import sql_of
from schemas.extracts import LAYOUTS, MODELS
from schemas.journal import INTERNAL
from schemas.modelling import describe
from schemas.tables import PUBLISHED, BookLine, OutboundList
from tests.kind_rows import table
from tests.rough_files import SampleTown
from tests.test_every_kind import WRITERS

BY_KIND = {layout_of(model).kind: model for model in MODELS}
# A cell at the border that the model draws, and one past it.
LONGEST = {"name": ("长" * 50, "长" * 51), "text": ("长" * 2000, "长" * 2001), "phone": ("1" * 2000, "1" * 2001)}
LEAST = {"int": ("0", "-1"), "money": ("0.00", "-0.01")}


@pytest.fixture(scope="module")
def town(sample_town: SampleTown) -> Workspace:
    return sample_town(2)


def holds(model: type[Model], rows: pa.Table) -> bool:
    """Whether the model accepts these rows, of all its columns or of some."""
    try:
        model.to_schema().select_columns(rows.column_names).validate(rows.to_pandas(types_mapper=pd.ArrowDtype))
    except pandera.errors.SchemaError:
        return False
    return True


@pytest.mark.parametrize("kind", BY_KIND)
def test_columns_are_stored_as_their_model_declares_them(kind: str) -> None:
    declared = {name: spec.dtype.type.pyarrow_dtype for name, spec in BY_KIND[kind].to_schema().columns.items()}
    assert declared == {c.field: c.arrow_type for c in LAYOUTS[kind].columns}


@pytest.mark.parametrize("model", [*PUBLISHED, *INTERNAL, OutboundList, BookLine], ids=lambda m: describe(m).name)
def test_a_table_is_stored_as_its_schema_says(model: type[Model]) -> None:
    columns = model.to_schema().columns.items()
    assert [(c.name, c.sql, c.nullable) for c in describe(model).columns] == [
        (name, sql_of(column.dtype.type.pyarrow_dtype), column.nullable) for name, column in columns
    ]


def test_every_sealed_table_validates_under_its_model(town: Workspace) -> None:
    seen = 0
    for model in (*PUBLISHED, *INTERNAL):
        for path in sorted(town.runs.glob(f"*/tables/{describe(model).name}.parquet")):
            rows = pq.read_table(path)
            assert tuple(rows.column_names) == describe(model).names
            assert holds(model, rows), path.stem
            seen += rows.num_rows > 0
    assert seen > 15


def test_every_sealed_row_validates_under_the_model_of_its_kind(town: Workspace) -> None:
    seen = 0
    for kind, model in BY_KIND.items():
        for path in sorted(town.runs.glob(f"*/tables/standing/{kind}.parquet")):
            rows = pq.read_table(path, columns=list(LAYOUTS[kind].fields))
            assert holds(model, rows), kind
            seen += rows.num_rows > 0
    assert seen > 30


@pytest.mark.parametrize("table", [t for t in (*PUBLISHED, *INTERNAL) if any(c.codes for c in describe(t).columns)])
def test_a_word_outside_a_list_of_codes_is_no_row_of_a_table(table: type[Model]) -> None:
    first = {c.name: c.codes[0] for c in describe(table).columns if c.codes}
    assert holds(table, pa.table({name: [code] for name, code in first.items()}))
    for name in first:
        assert not holds(table, pa.table({name: ["别的"]}))


def read(kind: str, place: int, word: str | None = None) -> pa.Table:
    """What is read of a file of one row in order, in which one column says `word`; no row where reading refuses it."""
    (header, row, *_), _ = table(LAYOUTS[kind], 0)
    cells = [*row[:place], word, *row[place + 1 :]] if word is not None else row
    written = WRITERS["tabs utf-16"]([header, [str(cell) for cell in cells]])
    (raw,) = read_cells(written, LAYOUTS[kind], Habits(), [])
    return type_rows(raw, LAYOUTS[kind], pa.array([1])).rows.select(list(LAYOUTS[kind].fields))


def tries(column: Column) -> Iterator[tuple[str, Any]]:
    """Words at and past each border, and what they mean."""
    for word in LONGEST.get(column.type, ()):
        yield word, word
    for word in LEAST.get(column.type, ()):
        yield word, int(word) if column.type == "int" else Decimal(word)
    if column.need == MUST:
        yield "", None


@pytest.mark.parametrize("kind", BY_KIND)
def test_reading_refuses_the_cells_that_the_model_refuses(kind: str) -> None:
    (header, *_), _ = table(LAYOUTS[kind], 0)
    whole, answers = read(kind, 0), set()
    assert holds(BY_KIND[kind], whole)
    for column in LAYOUTS[kind].columns:
        place = next(n for n, name in enumerate(header) if name in (column.header, column.field, *column.alias))
        at = whole.column_names.index(column.field)
        for word, means in tries(column):
            said = pa.table({column.field: pa.array([means], whole.schema.field(at).type)})
            answers.add(is_held := holds(BY_KIND[kind], said))
            assert is_held == (read(kind, place, word).num_rows > 0), (column.field, len(word))
    assert answers == {True, False}
