"""One received file to its raw tables, whatever its kind, with the gates that concern the whole file.

A workbook may hold several tables, one a sheet; any other file holds one.
"""

import mmap
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from intake.books.spreadsheet import is_spreadsheet, read_tables
from intake.foreign import refuse_foreign
from intake.raw import Finish, RawTable
from intake.receive import Incoming
from intake.texts.columnar import is_columnar, read_columnar
from intake.texts.decode import Data
from intake.texts.delimited import read_delimited
from intake.texts.fixed_width import read_fixed
from intake.values import code_key
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

# A member's row is often left empty where the householder's row above it already says so.
SAID_ABOVE = ("householder_name", "householder_id", "household_no")
OWN = ("", "户主", "本人", "户主本人")


@dataclass(frozen=True)
class Habits:
    """How one office writes its files: other headers by field, its own code words by field, and how text is cut."""

    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delimiter: str | None = None
    fixed_width: Sequence[tuple[str, int, int]] = ()


def open_file(path: Path) -> Data:
    """A file's bytes, of which only what is being read lies in memory."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b""


def read_delivery(
    incoming: Incoming, data: Data, layout: Layout, habits: Habits, notes: list[str], aside: Path | None = None
) -> list[RawTable]:
    """The file's data rows as text, by content and never by extension; what is odd is added to `notes`. The rows of a large
    text lie in the folder `aside`, where one is given. Raises: DeliveryRefused."""
    if incoming.problem:
        raise incoming.problem
    if not bytes(data[:4096]).strip() and not bytes(data).strip():
        raise DeliveryRefused("文件是空的（0 行）；请确认导出成功后重发。", code="empty_file")
    tables = read_cells(data, layout, habits, notes, aside)
    _refuse_wrong_count(tables, incoming)
    return tables


def read_cells(
    data: Data, layout: Layout, habits: Habits, notes: list[str], aside: Path | None = None
) -> list[RawTable]:
    """A file's tables as text, whatever its name says. Raises: DeliveryRefused."""
    refuse_foreign(data)
    finish = _finishing(habits.codes)
    if is_columnar(data):
        return [finish(read_columnar(data, layout, habits.aliases))]
    if is_spreadsheet(data):
        return [_finishing(habits.codes)(raw) for raw in read_tables(data, layout, habits.aliases, notes)]
    if habits.fixed_width:
        return [read_fixed(data, layout, habits.aliases, habits.fixed_width, finish=finish, aside=aside)]
    return [read_delimited(data, layout, habits.aliases, habits.delimiter, finish=finish, aside=aside)]


def _finishing(codes: Mapping[str, Mapping[str, str]]) -> Finish:
    """What is done to a table part by part, in their order: what stands only above is filled in, the office's own words are
    translated."""
    above: dict[int, str] = {}
    return lambda part: translate(_fill_down(part, above), codes)


def _refuse_wrong_count(tables: Sequence[RawTable], incoming: Incoming) -> None:
    rows = sum(raw.cells.num_rows for raw in tables)
    said = [(incoming.expected_rows, rows, "清单")]
    said += [(raw.trailer, raw.cells.num_rows, "表尾合计") for raw in tables]
    for count, found, where in said:
        if count is not None and count != found:
            raise DeliveryRefused(
                f"{where}写明 {count} 行，实际读到 {found} 行，文件可能不完整；请核对后重新发送。", code="row_count"
            )


def _fill_down(raw: RawTable, above: dict[int, str]) -> RawTable:
    """A household's numbers and householder told once stand for the members below, where `relation` says that the row is
    another member's and none of these cells is filled. `above`: by place, what the row before says; it is kept up to date."""
    places = [raw.binding.fields[f] for f in SAID_ABOVE if f in raw.binding.fields]
    relation = raw.binding.fields.get("relation")
    if not places or relation is None or raw.cells.num_rows == 0:
        return raw
    member = pc.invert(pc.is_in(raw.cells[f"c{relation}"], value_set=pa.array(OWN)))
    for place in places:
        member = pc.and_(member, pc.equal(raw.cells[f"c{place}"], ""))
    cells = raw.cells
    for place in places:
        column = cells[f"c{place}"]
        if pc.any(member).as_py():
            own = pc.if_else(member.combine_chunks(), pa.scalar(None, pa.string()), column.combine_chunks())
            column = pa.chunked_array([pc.coalesce(pc.fill_null_forward(own), above.get(place, ""))])
            cells = cells.set_column(place, f"c{place}", column)
        above[place] = column[-1].as_py()
    return replace(raw, cells=cells)


def translate(raw: RawTable, codes: Mapping[str, Mapping[str, str]]) -> RawTable:
    """The office's own code words in ours, by field. Done before anything is compared, so that a word explained later makes the
    rows that use it new ones."""
    cells = raw.cells
    for name, words in codes.items():
        place = raw.binding.fields.get(name)
        if place is None:
            continue
        meant = {code_key(k): v for k, v in words.items()}
        coded = pc.dictionary_encode(cells[f"c{place}"]).combine_chunks()
        said = pa.array([meant.get(code_key(w), w) for w in coded.dictionary.to_pylist()], pa.string())
        cells = cells.set_column(place, f"c{place}", said.take(coded.indices))
    return replace(raw, cells=cells)
