"""Reads text whose columns stand at fixed bytes of the file's own encoding, where a Han character of GBK takes two.

A line of another length than the others has lost or won a byte, and every column after that place is another's; so has
one where a column begins inside a character. Such a row is quarantined, never cut.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from intake.bind import Binding, find_header
from intake.raw import FOOTER, Finish, RawTable, as_it_is, drop_furniture, join_parts
from intake.texts.decode import BLOCK, Data, Source, damage, open_source, raw_blocks, trimmed_text
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

Field = tuple[str, int, int]
NO_WIDTH = 0  # of a row that cannot be cut


def read_fixed(
    data: Data,
    layout: Layout,
    aliases: Mapping[str, Sequence[str]],
    fields: Sequence[Field],
    *,
    finish: Finish = as_it_is,
    aside: Path | None = None,
) -> RawTable:
    """The file's data rows as text. `fields` names each column with its first and last byte, counted from 1. `finish` and
    `aside` as for a delimited file. Raises: DeliveryRefused when the columns, the bytes or the last line are broken."""
    _refuse_overlaps(fields)
    names = [name for name, _, _ in fields]
    _, binding = find_header([names], layout, aliases)
    source = open_source(data)
    if not source.data:
        raise DeliveryRefused("文件是空的（0 行）；请确认导出成功后重发。", code="empty_file")
    if not source.splits_raw:
        raise DeliveryRefused("定长文本须是 GBK 或 UTF-8 编码；请另存后重发。", code="undecodable")
    try:
        parts = map(finish, _parts(source, fields, binding, names))
        return join_parts(parts, source.label, aside if len(source.data) > BLOCK else None)
    except UnicodeDecodeError:
        raise damage(source) from None


def _refuse_overlaps(fields: Sequence[Field]) -> None:
    end = 0
    for name, first, last in sorted(fields, key=lambda field: field[1]):
        if not end < first <= last:
            raise DeliveryRefused(
                f"设置的定长列「{name}」起止字节颠倒或与别的列重叠；请改正 zhaoren.toml 的 fixed_width。",
                code="fixed_width",
            )
        end = last


def _parts(source: Source, fields: Sequence[Field], binding: Binding, names: list[str]) -> Iterator[RawTable]:
    """Each block's data rows, in file order."""
    size, cut = 0, _Cut(fields, source.codec)
    for block in raw_blocks(source):
        block.decode(source.codec)  # strictly, as every file
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = [line for line in block.split(b"\n") if line.strip()]
        size = size or _line_size(lines, max(last for _, _, last in fields))
        if lines and not block.endswith(b"\n"):
            _refuse_cut_line(lines[-1], size, source.codec)
        cells, is_whole = cut.rows(lines, size)
        width = None if is_whole.all() else pa.array(np.where(is_whole, binding.width, NO_WIDTH))
        yield drop_furniture(RawTable(cells, width, source.label, None, binding), names)


def _line_size(lines: Sequence[bytes], last: int) -> int:
    """The bytes of a line: as many as the columns take, or more where the commonest line has more."""
    common = Counter(map(len, lines)).most_common(1)
    return max(last, common[0][0] if common else 0)


def _refuse_cut_line(line: bytes, size: int, codec: str) -> None:
    if len(line) < size and not FOOTER.match(line.decode(codec)):
        raise DeliveryRefused("文件最后一行不完整，文件可能被截断；请重新发送完整文件。", code="truncated")


class _Cut:
    """Cuts lines into cells at fixed bytes; what lies between the columns is checked and left out."""

    def __init__(self, fields: Sequence[Field], codec: str) -> None:
        self.fields, self.codec = fields, codec
        self.edges = sorted({edge for _, first, last in fields for edge in (first - 1, last)})

    def rows(self, lines: Sequence[bytes], size: int) -> tuple[pa.Table, np.ndarray]:
        """Every line's cells, and which lines were whole."""
        is_whole = np.array([len(line) == size for line in lines], dtype=bool)
        try:
            whole = self._cells(b"".join(line for line in lines if len(line) == size), size)
        except ValueError:  # some column begins inside a character
            is_whole = np.array([len(line) == size and self._fits(line) for line in lines], dtype=bool)
            whole = self._cells(b"".join(line for line, fits in zip(lines, is_whole, strict=True) if fits), size)
        rest = self._rough([line for line, fits in zip(lines, is_whole, strict=True) if not fits])
        order = np.empty(len(lines), dtype=np.int64)
        order[np.concatenate([np.flatnonzero(is_whole), np.flatnonzero(~is_whole)])] = np.arange(len(lines))
        return pa.concat_tables([whole, rest]).take(pa.array(order)), is_whole

    def _cells(self, content: bytes, size: int) -> pa.Table:
        """Raises: ValueError where a piece of a line is no text."""
        matrix = np.frombuffer(content, dtype=np.uint8).reshape(-1, size)
        for start, end in zip([0, *self.edges], [*self.edges, size], strict=True):
            self._column(matrix[:, start:end])
        return pa.table(
            {f"c{i}": self._column(matrix[:, first - 1 : last]) for i, (_, first, last) in enumerate(self.fields)}
        )

    def _column(self, content: np.ndarray) -> pa.ChunkedArray:
        rows, width = content.shape
        ends = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
        held = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(content))]
        cells = pa.chunked_array([pa.Array.from_buffers(pa.binary(), rows, held)])
        return trimmed_text(cells.cast(pa.string()) if self.codec == "utf-8" else cells, self.codec)

    def _fits(self, line: bytes) -> bool:
        try:
            for start, end in zip([0, *self.edges], [*self.edges, len(line)], strict=True):
                line[start:end].decode(self.codec)
        except UnicodeDecodeError:
            return False
        return True

    def _rough(self, lines: Sequence[bytes]) -> pa.Table:
        """What stands about where each column should; enough to know a footer."""
        return pa.table(
            {
                f"c{i}": pa.array(
                    [line[first - 1 : last].decode(self.codec, "ignore").strip() for line in lines], pa.string()
                )
                for i, (_, first, last) in enumerate(self.fields)
            }
        )
