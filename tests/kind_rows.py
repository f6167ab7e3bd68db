"""Rows of any kind of extract, as an office might write them, and what they mean. The values are invented."""

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.columns import Column, Layout
from tests.rough_files import someone

ROWS = 5


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
