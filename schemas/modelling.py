"""What a table's pandera model declares beyond pandera: its name, its key and the stored form of its columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import pandera.pandas as pa
import pyarrow

from schemas.columns import declared, fields_of
from schemas.dtypes import sql_of


def cell(*, null: bool = True, codes: tuple[str, ...] = ()) -> Any:
    checks: dict[str, Any] = {"isin": codes} if codes else {}
    return pa.Field(nullable=null, **checks)


def table_of(name: str, *key: str) -> dict[str, Any]:
    return {"table": {"name": name, "key": key}}


@dataclass(frozen=True)
class TableColumn:
    name: str
    sql: str
    nullable: bool
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What a published table is made of; `key` is also its order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    doc: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


@cache
def describe(model: type[pa.DataFrameModel]) -> Table:
    """The stored form a model declares. Read from the fields themselves, as layouts are."""
    facts = declared(model)["table"]
    columns = tuple(
        TableColumn(name, sql_of(_arrow_type(model, name)), bool(spec.nullable), _codes(spec.checks))
        for name, spec in fields_of(model)
    )
    return Table(facts["name"], tuple(facts["key"]), columns, (model.__doc__ or "").strip())


def _arrow_type(model: type[pa.DataFrameModel], name: str) -> pyarrow.DataType:
    (annotated,) = get_args(model.__annotations__[name])
    return annotated.__metadata__[0]


def _codes(checks: list[pa.Check]) -> tuple[str, ...]:
    allowed = [tuple((c.statistics or {})["allowed_values"]) for c in checks if c.name == "isin"]
    return allowed[0] if allowed else ()


def create_table(name: str, columns: Iterable[tuple[str, str]]) -> str:
    """The statement that makes an empty table."""
    listed = ", ".join(f'"{column}" {sql}' for column, sql in columns)
    return f"create table {name} ({listed})"
