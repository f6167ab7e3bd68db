"""What a workbook is made of, as values: sheets of rows, pages of short blocks, charts over sheets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from reports.catalogue import Said, said

TEXT, WHOLE, DECIMAL, DAY, SHARE = "@", "#,##0", "#,##0.00", "yyyy-mm-dd", "0.0%"
NOTHING = "今夜无变化"


@dataclass(frozen=True)
class Column:
    """One column. An `answer` column is left empty and unlocked for the reader; it is not among the sheet's rows. Characters
    that differ from the text in field `unlike` are marked; a `bar` shows how large a number is beside the others."""

    field: str
    header: str
    width: float = 10
    form: str = TEXT
    wrap: bool = False
    answer: bool = False
    unlike: str = ""
    bar: bool = False
    hidden: bool = False
    choices: tuple[str, ...] = ()

    @property
    def shown_width(self) -> float:
        """Wide enough for the header and its filter arrow. A Han character takes two digits' room."""
        return max(self.width, sum(2 if ord(c) > 0x2E7F else 1 for c in self.header) + 3)


@dataclass(frozen=True)
class Sheet:
    """Rows under one header. `rows` is one ordered select whose columns are the fields that are not answers. Where `only_of`
    finds nothing there is no row either, and nobody need ask for them."""

    name: str
    grain: str
    rows: str
    columns: tuple[Column, ...]
    binds: Mapping[str, str] = field(default_factory=dict)
    fixed_columns: int = 1
    empty: str = NOTHING
    only_of: str = ""

    @property
    def delivered(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if not c.answer)

    @property
    def has_answers(self) -> bool:
        return any(c.answer for c in self.columns)


MOST_ROWS = 100_000  # of one sheet of a workbook


@dataclass(frozen=True)
class Content:
    """The rows a sheet shows, how many there are in all, and the name of the CSV that holds them if it was cut. More than
    `MOST_ROWS` go on over further sheets."""

    table: pa.Table
    total: int
    detail: str = ""

    @property
    def parts(self) -> list[pa.Table]:
        """The rows of each sheet, one at least."""
        return [self.table.slice(n, MOST_ROWS) for n in range(0, max(1, self.table.num_rows), MOST_ROWS)]

    @property
    def remark(self) -> str:
        """What the guide says of the rows: cut short, or on several sheets; empty for what lies on one and is whole."""
        if self.remainder or len(self.parts) == 1:
            return self.remainder
        return said("共 {total} 行，依次列在 {count} 张工作表上。", total=f"{self.total:,}", count=len(self.parts))

    @property
    def remainder(self) -> str:
        """The sentence that says a sheet was cut short; empty if it was not."""
        if not self.detail:
            return ""
        return said(
            "共 {total} 行，本表只列前 {shown} 行；全部明细见同一文件夹的《{file}》。",
            total=f"{self.total:,}", shown=f"{self.table.num_rows:,}", file=self.detail,
        )  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A cell of a form over `across` columns: a printed label, a value that is filled in, or room to write."""

    text: str = ""
    across: int = 1
    look: str = "value"


@dataclass(frozen=True)
class Form:
    """One printed page: a title, a line under it, and rows of boxes with the height of each in points. The widths add up
    to what A4 upright holds at 100 %, whatever the font."""

    title: str
    line: str
    rows: tuple[tuple[float, tuple[Box, ...]], ...]
    widths: tuple[float, ...] = (10.5, 12.5, 10.5, 12.5, 10.5, 12.5)


class Alarm(Said):
    """A text on a page that must catch the eye."""


@dataclass(frozen=True)
class Block:
    """A short table on a page, with its own small header; or the line `empty`. The last column is not wrapped. One that is
    `on_new_page` begins a new sheet of paper where the page takes several."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    empty: str = NOTHING
    on_new_page: bool = False


@dataclass(frozen=True)
class Series:
    field: str
    colour: str


@dataclass(frozen=True)
class Chart:
    """Horizontal bars over the rows of a sheet of the same workbook, drawn on a page."""

    title: str
    sheet: Sheet
    category: str
    series: tuple[Series, ...]
    axis: str
    stacking: str = "stacked"
    labels: bool = False
    at: str = "F2"


@dataclass(frozen=True)
class Page:
    """A page of lines and blocks for reading, not for filtering."""

    name: str
    title: str
    lines: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    widths: tuple[float, ...] = (18, 18, 18, 18, 18)
    charts: tuple[Chart, ...] = ()
