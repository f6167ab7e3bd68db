"""Parquet, as another system writes it out, often in several files: every value as the text that a delivered CSV would have.

Types are those of the writer and say nothing of ours: a date may come as a date, a number or a text. So all become text
here, and are typed like any other file's.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from intake.bind import find_header
from intake.raw import RawTable, drop_furniture, filled_unnamed, name_unnamed, trim
from intake.texts.decode import Data
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

MAGIC = b"PAR1"
MOST_BYTES = 16 << 30  # of rows unpacked: a register of some 50 M people; a small file that claims more is no register
MANY_ROWS = 1_000_000  # past these each row takes a byte of the file at least: people have numbers of their own
YES, NO = "是", "否"


def is_columnar(data: Data) -> bool:
    """Whether the content is that of a Parquet file."""
    return bytes(data[:4]) == MAGIC


def read_columnar(data: Data, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> RawTable:
    """The file's rows as text. Raises: DeliveryRefused for what is damaged, nested, or claims to unpack to too much."""
    try:
        file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(data)))
        _refuse_too_much(file.metadata, len(data))
        names = file.schema_arrow.names
        _, binding = find_header([names], layout, aliases)
        table = file.read()
    except (pa.ArrowException, OSError):
        raise DeliveryRefused("Parquet 文件已损坏或不完整；请重新导出。", code="damaged_parquet") from None
    cells = trim(pa.table({f"c{place}": _as_text(column) for place, column in enumerate(table.columns)}))
    raw = RawTable(cells, None, "parquet", None, name_unnamed(binding, filled_unnamed(binding, cells)))
    return drop_furniture(raw, names)


def _refuse_too_much(metadata: pq.FileMetaData, packed: int) -> None:
    """Sizes do not tell it all: a word that stands in every row is written once."""
    size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    if size > MOST_BYTES or metadata.num_rows > max(MANY_ROWS, packed):
        raise DeliveryRefused("Parquet 文件展开后过大；请分成几个文件发送。", code="too_large")


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each value as text; what is not told is empty."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        raise DeliveryRefused("Parquet 文件中有嵌套的列；请展开成一行一人的表后重发。", code="nested_column")
    if pa.types.is_boolean(kind):
        column = pc.if_else(column, YES, NO)
    elif pa.types.is_timestamp(kind):  # a day told as a moment; with a time of day it is kept as it stands
        moments = column.cast(pa.timestamp("us"))
        text = pc.strftime(moments, format="%Y-%m-%d %H:%M:%S")
        column = pc.replace_substring_regex(text, pattern=r" 00:00:00(\.0+)?$", replacement="")
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        column = column.cast(pa.large_binary()).cast(pa.large_string())
    return pc.fill_null(column.cast(pa.string()), "")
