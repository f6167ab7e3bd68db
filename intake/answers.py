"""A workbook of questions that came back with answers, whatever became of it on the way: sorted, filtered, columns moved,
added or hidden, sheets added, saved by another program. A sheet is read where its header names question and verdict; a row
is an answer where its verdict is filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.bind import HEADER_SEARCH, Binding, field_of, fold_header, header_names
from intake.books.spreadsheet import is_spreadsheet, read_sheets
from intake.raw import RawTable, trim
from intake.read import Habits, read_cells
from intake.typed import type_rows
from schemas.columns import Layout
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from schemas.review import ENGLISH_ANSWERS, ENGLISH_HEADERS, EXTRA_HEADERS

LAYOUT = LAYOUTS["decision"]
NEEDED = {"entry_id", "decision"}
ALIASES = {field: (ENGLISH_HEADERS[field],) for field in LAYOUT.fields if field in ENGLISH_HEADERS}
ANSWERS = {f: {word.casefold(): meant for word, meant in words.items()} for f, words in ENGLISH_ANSWERS.items()}
LONGEST_SHOWN = 80  # of a question as it came; what is longer is none of ours
PLACE = (("sheet_no", pa.int64()), ("row_no", pa.int64()))
EXTRA = tuple((name, pa.string()) for name in EXTRA_HEADERS)
TYPES = {"effective_date": pa.date32(), "decided_date": pa.date32()}
FIELDS = tuple((f, TYPES.get(f, pa.string())) for f in LAYOUT.fields)
SCHEMA = pa.schema([*PLACE, *FIELDS, *EXTRA, ("problem", pa.string())])


@dataclass(frozen=True)
class _Found:
    """The rows of one sheet below its header, `first` being the number of the first of them."""

    number: int
    first: int
    raw: RawTable
    extra: dict[str, int]


def read_answers(data: bytes) -> pa.Table:
    """Every answer, in the order of sheets and rows (numbers as the sheet shows them): the fields of the decision extract,
    the workbook's own columns, and `problem`, the sentence that says why a row cannot be read. Raises: DeliveryRefused."""
    found = _sheets(data) if is_spreadsheet(data) else _text(data)
    if not found:
        raise DeliveryRefused(
            "没有一张工作表有「台账流水号」和「核查结论」两列；请确认是《待核查》，并保留表头。", code="no_header"
        )
    return pa.concat_tables([_answers(sheet) for sheet in found])


def _sheets(data: bytes) -> list[_Found]:
    book = read_sheets(data)
    names = header_names(LAYOUT, ALIASES)
    found = []
    for number, sheet in enumerate(book.sheets, 1):
        cells = trim(sheet.cells)
        head = [[text.strip() for text in row] for row in sheet.head[:HEADER_SEARCH]]
        place = next((n for n, row in enumerate(head) if {field_of(c, names) for c in row} >= NEEDED), None)
        if place is None:
            continue
        raw = RawTable(cells.slice(place + 1), None, book.encoding, sheet.name, _bind(head[place], LAYOUT), epoch_1904=book.epoch_1904)  # fmt: skip
        found.append(_Found(number, place + 2, raw, _extra(head[place])))
    return found


def _text(data: bytes) -> list[_Found]:
    """The CSV beside a workbook that was cut short, filled in."""
    (raw,) = read_cells(data, LAYOUT, Habits(ALIASES), [])
    return [_Found(1, 2, raw, _extra(raw.binding.headers))]


def _bind(header: Sequence[str], layout: Layout) -> Binding:
    """The first column of each name counts: what an officer adds stands to its right."""
    names = header_names(layout, ALIASES)
    fields: dict[str, int] = {}
    for place, text in enumerate(header):
        if (field := field_of(text, names)) and field not in fields:
            fields[field] = place
    return Binding(fields, {}, len(header), moved=False, anchor=layout.anchor, headers=tuple(header))


def _extra(header: Sequence[str]) -> dict[str, int]:
    wanted = {fold_header(text): name for name, own in EXTRA_HEADERS.items() for text in (own, ENGLISH_HEADERS[name])}
    return {wanted[key]: place for place, text in enumerate(header) if (key := fold_header(text)) in wanted}


def _answers(sheet: _Found) -> pa.Table:
    """One sheet's answers as SCHEMA says. A repeated header is none."""
    cells, fields = sheet.raw.cells, sheet.raw.binding.fields
    said = cells[f"c{fields['decision']}"]
    label = sheet.raw.binding.headers[fields["decision"]]
    is_answer = pc.and_(pc.not_equal(said, ""), pc.not_equal(said, label))
    numbers = pa.array(np.arange(cells.num_rows) + sheet.first).filter(is_answer.combine_chunks())
    kept = _in_chinese(cells.filter(is_answer), fields)
    raw = RawTable(kept, None, sheet.raw.encoding, sheet.raw.sheet, sheet.raw.binding, epoch_1904=sheet.raw.epoch_1904)
    typed = type_rows(raw, LAYOUT, numbers)
    rows = typed.rows.join(_texts(kept, sheet.extra, numbers), "row_no").sort_by("row_no")
    good = {name: rows[name].cast(kind) for name, kind in (*FIELDS, *EXTRA)}
    good |= {"row_no": rows["row_no"], "problem": pa.nulls(rows.num_rows, pa.string())}
    shown = dict(zip(numbers.to_pylist(), pc.utf8_slice_codeunits(kept[f"c{fields['entry_id']}"], 0, LONGEST_SHOWN).to_pylist(), strict=True))  # fmt: skip
    bad = [
        {"row_no": f.row_no, "entry_id": shown[f.row_no], "problem": f.message.replace("重报", "重新导入")}
        for f in typed.faults
    ]
    tables = (_table(good, rows.num_rows), pa.Table.from_pylist(bad, schema=SCHEMA))
    both = pa.concat_tables(tables).sort_by("row_no")
    return both.set_column(0, SCHEMA.field("sheet_no"), pa.array([sheet.number] * both.num_rows, pa.int64()))


def _in_chinese(cells: pa.Table, fields: Mapping[str, int]) -> pa.Table:
    """The same with the English words for answers as the extract has them."""
    for name in ANSWERS.keys() & fields.keys():
        place = f"c{fields[name]}"
        said = [ANSWERS[name].get(text.strip().casefold(), text) for text in cells[place].to_pylist()]
        cells = cells.set_column(
            cells.schema.get_field_index(place), place, pa.array(said, cells.schema.field(place).type)
        )
    return cells


def _texts(cells: pa.Table, places: dict[str, int], numbers: pa.Array) -> pa.Table:
    """The workbook's own columns by row; empty where the sheet does not have them."""
    empty = pa.array([""] * cells.num_rows, pa.string())
    return pa.table({"row_no": numbers} | {n: cells[f"c{places[n]}"] if n in places else empty for n, _ in EXTRA})


def _table(columns: dict[str, pa.Array], rows: int) -> pa.Table:
    return pa.table({f.name: columns.get(f.name, pa.nulls(rows, f.type)) for f in SCHEMA}, schema=SCHEMA)
