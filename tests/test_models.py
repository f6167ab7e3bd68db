"""Every declaration is a pandera schema too, and what a night seals holds by it."""

import inspect
from pathlib import Path

import pandas as pd
import pandera.errors
import pyarrow.parquet as pq
import pytest

from schemas import tables
from schemas.columns import MUST, layout_of
from schemas.extracts import MODELS
from schemas.model import Model
from schemas.tables import INTERNAL, PUBLISHED, describe
from tests import asked_town

TABLES = [m for m in vars(tables).values() if inspect.isclass(m) and issubclass(m, Model) and m is not Model]


@pytest.mark.parametrize("model", TABLES)
def test_a_table_and_its_pandera_schema_say_the_same(model: type[Model]) -> None:
    said = [(c.name, c.nullable, c.codes) for c in describe(model).columns]
    schema = model.to_schema()
    allowed = {n: [c.statistics["allowed_values"] for c in col.checks if c.name == "isin"] for n, col in schema.columns.items()}  # fmt: skip
    assert [(n, c.nullable, tuple(*allowed[n])) for n, c in schema.columns.items()] == said


@pytest.mark.parametrize("model", MODELS)
def test_an_extract_and_its_pandera_schema_say_the_same(model: type[Model]) -> None:
    columns = model.to_schema().columns
    assert tuple(columns) == layout_of(model).fields
    assert {c.field for c in layout_of(model).columns if c.need == MUST} == {
        n for n, c in columns.items() if not c.nullable
    }


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asked_town.found(tmp_path_factory.mktemp("models") / "w", entries=30, links=5).runs / "000001" / "tables"


@pytest.mark.parametrize("model", [*PUBLISHED, *INTERNAL], ids=lambda m: m.__name__)
def test_a_sealed_table_holds_by_its_pandera_schema(sealed: Path, model: type[Model]) -> None:
    file = sealed / f"{describe(model).name}.parquet"
    if not file.is_file():
        pytest.skip("this town's night sealed none")
    schema, frame = model.to_schema(), pq.read_table(file).to_pandas()
    loose = [
        n for n, c in schema.columns.items() if str(c.dtype) == "object"
    ]  # pandas guesses them, of an empty one anything
    schema.validate(frame.astype(dict.fromkeys(loose, object)), lazy=True)


def test_a_frame_that_breaks_its_declaration_is_told() -> None:
    frame = pd.DataFrame({c.name: [None] for c in describe(tables.Quarantine).columns})
    with pytest.raises(pandera.errors.SchemaErrors):
        tables.Quarantine.to_schema().validate(frame, lazy=True)
