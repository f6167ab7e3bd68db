"""Every kind of extract in every kind of file: what independent writers write is read back cell for cell, under any of
its headers, in any order of columns, below title rows. The values are invented."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from intake.read import Habits, read_cells
from intake.texts.decode import BOMS
from intake.typed import type_rows
from schemas.columns import Column, Layout
from schemas.extracts import LAYOUTS
from tests.book_writers import by_hand_2003, by_html, by_openpyxl, by_xlwt
from tests.rough_files import someone

Table = Sequence[Sequence[str]]
ROWS = 5


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


@dataclass(frozen=True)
class Value:
    """A cell as an office might write it, and what it means."""

    written: str
    means: Any


def values(column: Column, chance: random.Random, row: int) -> Value:
    day = date(2000 + chance.randrange(24), chance.randrange(1, 13), chance.randrange(1, 28))
    if column.type == "name":
        return same(someone(chance.randrange(1000))[0])
    if column.type == "id":
        return same(someone(chance.randrange(1000))[1])
    if column.type == "date":
        return Value(f"{day.year}/{day.month}/{day.day}" if row % 2 else f"{day:%Y%m%d}", day)
    if column.type == "month":
        return Value(f"{day:%Y年}{day.month}月" if row % 2 else f"{day:%Y%m}", day.replace(day=1))
    if column.type == "int":
        return Value(str(2000 + row), 2000 + row)
    if column.type == "money":
        return Value("1,234.50" if row % 2 else "88", Decimal("1234.50") if row % 2 else Decimal("88.00"))
    if column.type == "bool":
        return Value("是" if row % 2 else "否", bool(row % 2))
    if column.codes:
        return same(column.codes[row % len(column.codes)])
    return same({"phone": f"139{row:08d}", "uscc": f"91440{row:012d}A"}.get(column.type, f"甲乙{row}"))


def same(text: str) -> Value:
    return Value(text, text)


def table(layout: Layout, seed: int) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """A file's cells, and its rows as they should be read."""
    chance = random.Random(f"{layout.kind}{seed}")
    columns = list(layout.columns)
    chance.shuffle(columns)
    taken = {c.header for c in columns}
    headers = [
        chance.choice([c.header, c.field, *(a for a in c.alias if a not in taken)][: 1 + seed % 4]) for c in columns
    ]
    cells = [[values(c, chance, row) for c in columns] for row in range(ROWS)]
    titles = [[f"某市{layout.label}名单"], ["填报单位：某局"]] if seed % 2 else []
    written = [*titles, headers, *([v.written for v in row] for row in cells)]
    return written, [{c.field: v.means for c, v in zip(columns, row, strict=True)} for row in cells]


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
