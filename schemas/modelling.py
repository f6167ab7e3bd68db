"""What a table's model declares beside its fields: its name, its key and the stored form of its columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas.declaring import Field, Model, declared, fields_of
from schemas.dtypes import sql_of


def cell(*, null: bool = True, codes: tuple[str, ...] = ()) -> Any:
    return Field(null, {"isin": {"allowed_values": codes}} if codes else {})


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


def describe(model: type[Model]) -> Table:
    """The stored form a model declares."""
    facts = declared(model)["table"]
    columns = tuple(
        TableColumn(name, sql_of(type), spec.nullable, spec.checks.get("isin", {}).get("allowed_values", ()))
        for name, type, spec in fields_of(model)
    )
    return Table(facts["name"], tuple(facts["key"]), columns, (model.__doc__ or "").strip())


def create_table(name: str, columns: Iterable[tuple[str, str]]) -> str:
    """The statement that makes an empty table."""
    listed = ", ".join(f'"{column}" {sql}' for column, sql in columns)
    return f"create table {name} ({listed})"
