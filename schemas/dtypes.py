"""What a column of a frame holds, in Arrow's own types: a number that is missing stays a number, and a day is a day. A frame
as `pyarrow.parquet.read_table(file).to_pandas(types_mapper=pandas.ArrowDtype)` gives it validates under its model as it is."""

from typing import Annotated, Any

import pyarrow as pa

Text = Annotated[Any, pa.string()]
Number = Annotated[Any, pa.int64()]
Real = Annotated[Any, pa.float64()]
Money = Annotated[Any, pa.decimal128(18, 2)]
Truth = Annotated[Any, pa.bool_()]
Day = Annotated[Any, pa.date32()]
Moment = Annotated[Any, pa.timestamp("us", tz="UTC")]
Texts = Annotated[Any, pa.list_(pa.string())]

PLAIN = {
    pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.decimal128(18, 2): "DECIMAL(18,2)",
    pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
ARROW_TYPES = {sql: type for type, sql in PLAIN.items()}


def sql_of(type: pa.DataType) -> str:
    """The name DuckDB stores an Arrow type under.

    >>> sql_of(pa.list_(pa.string())), sql_of(pa.struct([("prior", pa.float64())]))
    ('VARCHAR[]', 'STRUCT(prior DOUBLE)')
    """
    if pa.types.is_list(type):
        return f"{sql_of(type.value_type)}[]"
    if pa.types.is_struct(type):
        return "STRUCT({})".format(", ".join(f"{part.name} {sql_of(part.type)}" for part in type))
    return PLAIN[type]
