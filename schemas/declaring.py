"""What every declared table is: a class of annotated fields, from which pandera's schema is made where somebody asks for it.

A declaration is nothing but names, types and limits, so that a command which reads three rows need not wait for pandas and
pandera, two thirds of its start (docs/decisions/0049)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow

if TYPE_CHECKING:
    import pandera.pandas as pandera

Checks = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Field:
    """One column: whether a row may lack it, pandera's checks by their names there, and what else is said of it."""

    nullable: bool
    checks: Checks = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Model:
    """A table: its fields in order, those that it inherits first, and in `Config.metadata` what holds of it as a whole."""

    @classmethod
    def to_schema(cls) -> "pandera.DataFrameSchema":
        """Pandera's schema of the table: validates a frame of Arrow's types (`types_mapper=pandas.ArrowDtype`)."""
        import pandas
        import pandera.pandas as pandera

        columns = {
            name: pandera.Column(
                pandas.ArrowDtype(arrow_type),
                [getattr(pandera.Check, check)(**limits) for check, limits in spec.checks.items()],
                nullable=spec.nullable,
            )
            for name, arrow_type, spec in fields_of(cls)
        }
        return pandera.DataFrameSchema(columns, name=cls.__name__, metadata=declared(cls))


def declared(model: type[Model]) -> dict[str, Any]:
    """The `metadata` of a model's Config."""
    return dict(getattr(getattr(model, "Config", None), "metadata", {}))


def fields_of(model: type[Model]) -> list[tuple[str, pyarrow.DataType, Field]]:
    """Name, type and declaration of each field, in order, those that the model inherits first."""
    return [
        (name, base.__annotations__[name].__metadata__[0], spec)
        for base in reversed(model.__mro__)
        for name, spec in vars(base).items()
        if isinstance(spec, Field)
    ]
