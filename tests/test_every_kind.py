"""Every kind of extract in every kind of file: what independent writers write is read back cell for cell, under any of
its headers, in any order of columns, below title rows. The values are invented."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest

from intake.read import Habits, read_cells
from intake.texts.decode import BOMS
from intake.typed import type_rows
from schemas.extracts import LAYOUTS
from tests.book_writers import by_hand_2003, by_html, by_openpyxl, by_xlwt
from tests.kind_rows import ROWS, table

Table = Sequence[Sequence[str]]


def text(separator: str, codec: str, newline: str = "\n") -> Callable[[Table], bytes]:
    def write(rows: Table) -> bytes:
        return "".join(separator.join(row) + newline for row in rows).encode(codec)

    return write


def quoted(rows: Table) -> bytes:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows).encode("gb18030")


# Pairwise over separators, encodings, line ends and spreadsheet kinds.
WRITERS: dict[str, Callable[[Table], bytes]] = {
    "csv utf-8": text(",", "utf-8"),
    "csv quoted gb18030": quoted,
    "csv utf-8 with mark": text(",", "utf-8-sig", "\r\n"),
    "tabs utf-16": text("\t", "utf-16"),
    "tabs utf-16 without mark": text("\t", "utf-16-be"),
    "tabs gb18030": text("\t", "gb18030", "\r\n"),
    "bar utf-8": text("|", "utf-8", "\r\n"),
    "two bars gb18030": text("||", "gb18030"),
    "caret gb18030": text("^", "gb18030"),
    "semicolon utf-16": text(";", "utf-16", "\r\n"),
    "old Mac's line ends": text("\t", "utf-8", "\r"),
    "xlsx": lambda rows: by_openpyxl([list(r) for r in rows]),
    "xls": lambda rows: by_xlwt([list(r) for r in rows]),
    "html": lambda rows: by_html([list(r) for r in rows]),
    "xml of 2003": lambda rows: by_hand_2003([list(r) for r in rows]),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", LAYOUTS)
def test_what_is_written_is_read_cell_for_cell(kind: str, writer: str) -> None:
    layout, seed = LAYOUTS[kind], list(WRITERS).index(writer)
    separator_inside = writer.startswith(("csv utf-8",)) and any(c.type == "money" for c in layout.columns)
    written, means = table(layout, seed)
    if separator_inside:
        written = [[cell.replace("1,234", "1234") for cell in row] for row in written]
    width = max(map(len, written))
    (raw,) = read_cells(WRITERS[writer]([[*row, *[""] * (width - len(row))] for row in written]), layout, Habits(), [])
    typed = type_rows(raw, layout, pa.array(range(1, ROWS + 1)))
    assert not typed.faults and not typed.unknown_codes and not typed.unread
    found = typed.rows.select(list(layout.fields)).to_pylist()
    assert [{f: row[f] for f in layout.fields} for row in found] == [
        {f: row[f] for f in layout.fields} for row in means
    ]


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
@pytest.mark.parametrize("kind", LAYOUTS)
def test_columns_at_fixed_bytes_are_read_cell_for_cell(kind: str, codec: str) -> None:
    layout = LAYOUTS[kind]
    (header, *rows), means = table(layout, 0)
    sizes = [max(len(row[place].encode(codec)) for row in rows) + place % 2 for place in range(len(header))]
    starts = [1 + sum(sizes[:place]) for place in range(len(header))]
    fields = [(name, first, first + size - 1) for name, first, size in zip(header, starts, sizes, strict=True)]
    lines = [b"".join(c.encode(codec).ljust(s) for c, s in zip(row, sizes, strict=True)) + b"\r\n" for row in rows]
    (raw,) = read_cells(b"".join(lines), layout, Habits(fixed_width=fields), [])
    found = type_rows(raw, layout, pa.array(range(1, ROWS + 1))).rows.select(list(layout.fields)).to_pylist()
    assert found == [{f: row[f] for f in layout.fields} for row in means]


def test_every_mark_of_order_is_written_by_some_writer() -> None:
    """The matrix would not notice an encoding that it never writes."""
    heads = {name: WRITERS[name]([["姓名", "死亡日期"]])[:4] for name in WRITERS}
    assert sum(any(head.startswith(mark) for mark, *_ in BOMS) for head in heads.values()) >= 2
