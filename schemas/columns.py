"""How one column of an extract is declared, once, and how a model is read back as a layout.

A column's field carries its header, type, need, aliases and code words in `metadata`; reading, binding,
checking, the stored types and the documentation all derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow

from schemas.declaring import Field, Model, declared, fields_of
from schemas.dtypes import ARROW_TYPES

MUST, SHOULD, MAY = "must", "should", "may"
LONGEST_NAME, LONGEST_CELL = 50, 2000  # characters

SQL_TYPES = {
    "name": "VARCHAR",
    "id": "VARCHAR",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "phone": "VARCHAR",
    "uscc": "VARCHAR",
    "date": "DATE",
    "month": "DATE",
    "int": "BIGINT",
    "money": "DECIMAL(18,2)",
    "bool": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of an extract. `words` maps folded delivered words to codes; `month_means` says which day a
    date that names only a month stands for (None: such a date is quarantined); of a `many` column several codes may
    stand in one cell."""

    field: str
    header: str
    type: str
    need: str
    alias: tuple[str, ...]
    codes: tuple[str, ...]
    words: Mapping[str, str]
    month_means: str | None
    lenient: bool
    many: bool

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def arrow_type(self) -> pyarrow.DataType:
        return ARROW_TYPES[self.sql_type]


@dataclass(frozen=True)
class Layout:
    """One extract kind: its columns and how its rows are told apart. `who` is what a row is about: person, employer,
    entry (of the ledger) or area, and `anchor` the `must` field without which a line is no row. `key` names the fields
    that stay the same when an office corrects a row; `adds_people` is true for rosters; of an `is_event` kind a row
    that vanishes from a full snapshot was taken back, of the others it has merely ended; of an `is_once` kind two lines
    are two people's."""

    kind: str
    label: str
    icode: str
    agency: str
    adds_people: bool
    is_event: bool
    is_once: bool
    grain: str
    who: str
    anchor: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        return next(c for c in self.columns if c.field == field)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(c.field for c in self.columns)


def column(
    header: str,
    type: str,
    need: str = MAY,
    *,
    alias: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    words: Mapping[str, str] | None = None,
    month_means: str | None = None,
    lenient: bool = False,
    many: bool = False,
) -> Any:
    """A field with its delivery metadata. A code outside `codes` is kept and reported, never folded away."""
    checks: dict[str, Any] = {}
    if type == "name":
        checks["str_length"] = {"min_value": 1, "max_value": LONGEST_NAME}
    elif type in ("text", "code", "id", "phone"):
        checks["str_length"] = {"min_value": 0, "max_value": LONGEST_CELL}
    elif type in ("int", "money"):
        checks["ge"] = {"min_value": 0}
    meta = {
        "header": header,
        "type": type,
        "need": need,
        "alias": alias,
        "codes": codes,
        "words": dict(words or {}),
        "month_means": month_means,
        "lenient": lenient,
        "many": many,
    }
    return Field(need != MUST, checks, meta)


def layout_of(model: type[Model]) -> Layout:
    """The layout a model declares. Columns in declared order, the person's first."""
    columns = tuple(Column(field=name, **spec.metadata) for name, _, spec in fields_of(model))
    return Layout(columns=columns, **declared(model)["zhaoren"])
