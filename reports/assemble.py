"""One workbook from its sheets and pages: read every sheet, then write them in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from reports.catalogue import Words, as_said, said
from reports.detail import csv_path, read_content
from reports.readers import fit, may_open, read_as, reader_of
from reports.run_note import Night, Profile
from reports.sheet import Block, Content, Page, Sheet
from reports.workbook import open_book, write_page, write_sheet
from schemas.readers import Reader

Contents = Mapping[str, Content]
MakePage = Callable[[Contents], Page]
CSV_HINT = "CSV 为 UTF-8（带 BOM）。用 Excel 打开请经“数据—自文本”导入，并将证件号码列设为文本。"


@dataclass(frozen=True)
class Desk:
    """What every workbook is written from and where to; `reading` is whom the connection now shows its rows to."""

    con: duckdb.DuckDBPyConnection
    night: Night
    out: Path
    profile: Profile
    reading: dict[str, Reader] = field(default_factory=dict)

    def read_as(self, book: str) -> Reader:
        """Whom a book is for; what they see is put on the connection."""
        reader = reader_of(book, self.profile.readers)
        if self.reading.get("as") != reader:
            read_as(self.con, reader, self.reading.get("as"))
            self.reading["as"] = reader
        return reader

    def read(self, sheet: Sheet, workbook: Path) -> Content:
        """The rows of one fitted sheet; of a long one the CSV beside the workbook as well."""
        return read_content(self.con, sheet, self.profile.rows_per_sheet, workbook, self.say)

    @property
    def say(self) -> Words:
        """What the pages say, in the reader's language."""
        return Words(self.profile.language)


def write_book(
    desk: Desk,
    name: str,
    sheets: tuple[Sheet, ...],
    *,
    front: MakePage | None = None,
    back: MakePage | None = None,
    bannered: tuple[str, ...] = (),
    read: Callable[[Sheet, Path], Content] | None = None,
) -> list[Path]:
    """Write `name`.xlsx: front page, sheets, back page. `bannered` names the sheets that show what packs found, and
    with any of them so do the pages. What it holds is what its reader may see; `read` gives the rows of a fitted sheet where
    they were read before. The workbook and the CSVs beside it."""
    reader = desk.read_as(name)
    if not may_open(name, reader):
        return []
    sheets = tuple(fit(s, reader) for s in sheets)
    path = desk.out / f"{name}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    contents = {s.name: read(s, path) if read else desk.read(s, path) for s in sheets}
    banners = desk.night.banners
    with open_book(path, desk.night.as_of, desk.say) as book:
        if front:
            write_page(book, front(contents), contents, banners if bannered else ())
        for sheet in sheets:
            write_sheet(book, sheet, contents[sheet.name], banners if sheet.name in bannered else ())
        if back:
            write_page(book, back(contents), contents, banners if bannered else ())
    return [path, *(csv_path(path, s) for s in sheets if contents[s.name].detail)]


def guide(sheets: tuple[Sheet, ...], contents: Contents) -> Block:
    """What each sheet of the workbook holds and how many rows, with a line where one was cut short or goes on over further sheets."""
    rows = tuple((s.name, s.grain, contents[s.name].total, contents[s.name].remark) for s in sheets)
    return Block("本簿各表", ("工作表", "每行是", "行数", "备注"), rows)


def cut_lines(sheets: tuple[Sheet, ...], contents: Contents) -> tuple[str, ...]:
    """One line per sheet that was cut short, and how to open the CSV; none if all are whole."""
    cut = tuple(
        said("《{name}》{rest}", name=as_said(s.name), rest=contents[s.name].remainder)
        for s in sheets
        if contents[s.name].remainder
    )
    return (*cut, CSV_HINT) if cut else ()
