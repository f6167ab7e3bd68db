"""A delivery's cells as text, before typing: the shape that every reader gives."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.aside import put_aside
from intake.bind import Binding

FOOTER = re.compile(
    r"^\s*(合\s*计|总\s*计|小\s*计|共\s*计|制\s*表|填\s*表|审\s*核|复\s*核|经\s*办|单位负责人|负责人签|打印|导出|填报|备注[:：]|注[:：]|说明[:：]|共\s*\d+)"
)
FOOTER_STARTS = "合总小共制填审复经单负打导备注说"
TOTALS = re.compile(r"^\s*(合\s*计|总\s*计|小\s*计|共\s*计|共\s*\d+)")
COUNT = re.compile(r"^\d[\d,.]*\s*(?:人次|人|户|条|行|名)?$")  # beside a total, how many there are; nobody's name
ROWS_AT_ONCE = 1 << 15  # as Python's own texts, of which each takes some sixty bytes beside its letters
NOTE_CELLS = 3  # a signature line fills few cells; a person's row without a name fills more
TRAILER_COUNT = re.compile(r"^\s*(?:合\s*计|总\s*计|共\s*计|共)\s*[:：]?\s*(\d+)\s*(?:条|行|人次|人)\s*$")


@dataclass(frozen=True)
class RawTable:
    """Cells of the data rows as trimmed text: columns c0..cn by position, and `width`, how many cells each row had
    (None where every row has as many as the header). `trailer` is the row count a footer claims, if one does;
    `epoch_1904`: plain numbers in date columns count from 1904, as in workbooks made on old Macs."""

    cells: pa.Table
    width: pa.Array | pa.ChunkedArray | None
    encoding: str
    sheet: str | None
    binding: Binding
    trailer: int | None = None
    epoch_1904: bool = False


def trim(table: pa.Table) -> pa.Table:
    """Every cell without white space at its ends."""
    return pa.table({n: pc.utf8_trim_whitespace(table[n]) for n in table.column_names})


Finish = Callable[[RawTable], RawTable]


def as_it_is(raw: RawTable) -> RawTable:
    """Nothing is done to the part of a file that was read."""
    return raw


def join_parts(parts: Iterator[RawTable], label: str, aside: Path | None) -> RawTable:
    """The parts of one file, in their order, as one table; with a folder, put aside there as they come."""
    first = next(parts)
    together = _Together(first.binding)
    cells = put_aside(first.cells.schema, together.batches(chain([first], parts)), aside)
    binding = name_unnamed(first.binding, together.filled)
    return RawTable(cells, together.width(), label, None, binding, together.trailer)


@dataclass
class _Together:
    """What the parts of a file say together: how many cells each row had, the last trailer, and which nameless columns are
    filled."""

    binding: Binding
    trailer: int | None = None
    filled: set[int] = field(default_factory=set)
    _widths: list[tuple[int, pa.Array | None]] = field(default_factory=list)

    def batches(self, parts: Iterable[RawTable]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            self._widths.append((part.cells.num_rows, part.width))
            self.trailer = self.trailer if part.trailer is None else part.trailer
            self.filled |= filled_unnamed(self.binding, part.cells)
            yield from part.cells.to_batches()

    def width(self) -> pa.ChunkedArray | None:
        if all(width is None for _, width in self._widths):
            return None
        own = pa.scalar(self.binding.width, pa.int64())
        return pa.chunked_array([pa.repeat(own, n) if w is None else w for n, w in self._widths], pa.int64())


def filled_unnamed(binding: Binding, cells: pa.Table) -> set[int]:
    """The places of columns without a header in which something stands."""
    nameless = set(range(binding.width)) - set(binding.extra) - set(binding.fields.values())
    return {place for place in nameless if pc.any(pc.not_equal(cells[f"c{place}"], "")).as_py()}


def name_unnamed(binding: Binding, filled: Iterable[int]) -> Binding:
    """The binding with names for what has none of its own: `filled` columns without a header, and repeated ones."""
    extra = dict(binding.extra) | {place: f"第{place + 1}列" for place in filled}
    seen: dict[str, int] = {}
    for place in sorted(extra):
        seen[extra[place]] = seen.get(extra[place], 0) + 1
        if seen[extra[place]] > 1:
            extra[place] = f"{extra[place]}#{seen[extra[place]]}"
    return replace(binding, extra=extra)


def drop_furniture(raw: RawTable, header: Sequence[str]) -> RawTable:
    """Without blank rows, repeated headers, totals and signatures: what is left are data rows, in file order.

    A footer is known by its first words and by carrying no identity number; it is never a person's row.
    """
    cells = raw.cells
    if cells.num_rows == 0:
        return raw
    anchor, first, labels = cells[f"c{raw.binding.anchor_place}"], cells["c0"], [h.strip() for h in header]
    blank = pc.equal(first, "")
    bare = pc.and_(pc.equal(anchor, ""), blank)
    odd = pc.and_(blank, pc.not_equal(raw.width, raw.binding.width)) if raw.width is not None else bare
    suspect = pc.or_(pc.or_(_matches(first), _matches(anchor)), pc.equal(anchor, labels[raw.binding.anchor_place]))
    empty = _all_empty(cells, bare)
    doubtful = pc.indices_nonzero(pc.and_not(pc.or_(pc.or_(suspect, bare), odd), empty))
    drop, trailer = np.asarray(empty).copy(), raw.trailer
    for place, row in zip(doubtful.to_pylist(), _rows(cells.take(doubtful)), strict=True):
        text = next((c for c in row if c), "")
        if row == labels or _is_footer(row, text, raw.binding):
            drop[place] = True
            claimed = TRAILER_COUNT.match(text)
            trailer = int(claimed[1]) if claimed else trailer
    if not drop.any():
        return raw
    keep = pa.array(np.flatnonzero(~drop))
    width = raw.width.take(keep) if raw.width is not None else None
    return replace(raw, cells=cells.take(keep), width=width, trailer=trailer)


def _all_empty(cells: pa.Table, among: pa.ChunkedArray) -> pa.ChunkedArray:
    """Of the rows in question, those in which no cell says anything."""
    for name in cells.column_names if pc.any(among).as_py() else ():
        among = pc.and_(among, pc.equal(cells[name], ""))
    return among


def _rows(cells: pa.Table) -> Iterator[list[str]]:
    for batch in cells.to_batches(ROWS_AT_ONCE):
        yield from map(list, zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _is_footer(row: Sequence[str], text: str, binding: Binding) -> bool:
    """A total or a signature: it begins so, its anchor is empty or counts, and it carries no number. A row that names
    somebody never is."""
    number, name = binding.fields.get("id_number"), row[binding.anchor_place]
    is_counted = bool(TOTALS.match(text)) and bool(COUNT.match(name))
    if not FOOTER.match(text) or (name and not is_counted and not FOOTER.match(name)):
        return False
    if number is not None and sum(c.isdigit() for c in row[number]) >= 6:
        return False
    return bool(TOTALS.match(text)) or sum(bool(c) for c in row) <= NOTE_CELLS


def _matches(column: pa.ChunkedArray) -> pa.Array:
    """Whether a cell begins as a footer does. The pattern is only tried where the first character may begin one."""
    first = pc.is_in(pc.utf8_slice_codeunits(column, 0, 1), value_set=pa.array(list(FOOTER_STARTS), pa.string()))
    places = pc.indices_nonzero(first)
    hits = places.filter(pc.match_substring_regex(column.take(places), FOOTER.pattern))
    mask = np.zeros(len(column), dtype=bool)
    mask[hits.to_numpy()] = True
    return pa.array(mask)
