"""How a table is declared: one class, one annotated field a column. Reading a declaration takes no pandas, which a process that only
shows pages need not hold; `to_schema` gives the same as a pandera schema, for whoever checks a frame by it."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args

if TYPE_CHECKING:
    import pandera.pandas as pa

Value = TypeVar("Value")
Day = date


class Series(Generic[Value]):
    """A column of values of one type: what an annotation says."""


@dataclass(frozen=True)
class Field:
    """One column as declared. `checks` are pandera's, by name: isin, str_length, ge."""

    nullable: bool
    metadata: dict[str, Any]
    checks: dict[str, Any] = field(default_factory=dict)


class Declared(type):
    """The class of a declaration: one that can be a key."""


class Model(metaclass=Declared):
    """The base of all declarations. A model has the columns of the models it extends, theirs first."""

    class Config:
        metadata: ClassVar[dict[str, Any]] = {}

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """Every column by name, in declared order."""
        return {name: getattr(cls, name) for name in cls._types()}

    @classmethod
    def to_schema(cls) -> "pa.DataFrameSchema":
        """The same as pandera has it: strict, nothing coerced."""
        import pandas as pd
        import pandera.pandas as pa

        types = {date: pd.Timestamp}
        columns = {
            name: pa.Column(
                types.get(kind, kind), [getattr(pa.Check, check)(**_named(check, limit)) for check, limit in spec.checks.items()],
                nullable=spec.nullable, metadata=spec.metadata,
            )
            for (name, kind), spec in zip(cls._types().items(), cls.fields().values(), strict=True)
        }  # fmt: skip
        return pa.DataFrameSchema(columns, name=cls.__name__, strict=True, metadata=cls.Config.metadata)

    @classmethod
    def _types(cls) -> dict[str, Any]:
        annotated = {n: a for base in reversed(cls.__mro__) for n, a in vars(base).get("__annotations__", {}).items()}
        return {name: get_args(annotation)[0] for name, annotation in annotated.items()}


def _named(check: str, limit: Any) -> dict[str, Any]:
    if check == "str_length":
        return dict(limit)
    return {"isin": {"allowed_values": limit}, "ge": {"min_value": limit}}[check]
