"""What was found in a workbook beside the reader, and its place in the sheets that the reader gave."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.books.book import Sheet


@dataclass
class Marks:
    """Of one sheet: the text of each error cell by (row, column) from 0, and how many formulas have no value."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unvalued: int = 0


def put_marks(sheets: Sequence[Sheet], marks: Sequence[Marks]) -> tuple[Sheet, ...]:
    """The sheets with the text of their error values, which the reader gives as nothing. In the same order."""
    padded = [*marks, *[Marks()] * (len(sheets) - len(marks))]
    return tuple(_put(sheet, found) for sheet, found in zip(sheets, padded, strict=False))


def _put(sheet: Sheet, found: Marks) -> Sheet:
    columns: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (row, column), text in sorted(found.errors.items()):
        if row < sheet.cells.num_rows and column < sheet.cells.num_columns:
            columns[column].append((row, text))
    cells = sheet.cells
    for column, places in columns.items():
        mask = np.zeros(cells.num_rows, dtype=bool)
        mask[[row for row, _ in places]] = True
        texts = pa.array([text for _, text in places], pa.string())
        whole = cells[f"c{column}"].combine_chunks()
        cells = cells.set_column(column, f"c{column}", pc.replace_with_mask(whole, pa.array(mask), texts))
    return replace(sheet, cells=cells, unvalued=found.unvalued)
