"""月报/: the periodic books, each on the one night when it is due, and their lines for the sealed lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from reports import calendar, jining_books, jining_progress, place_ledgers, scoreboards
from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.book_base import gather_ledger
from reports.calendar import DueBook
from reports.catalogue import said
from reports.sheet import Block, Page, Sheet
from reports.town_names import name_towns


@dataclass(frozen=True)
class Making:
    """How a book is made: what gathers its rows, its sheets, the tables they read, and what its cover explains."""

    gather: Callable[[duckdb.DuckDBPyConnection, DueBook], None]
    sheets: tuple[Sheet, ...]
    tables: tuple[str, ...]
    blocks: tuple[Block, ...] = ()
    lines: tuple[str, ...] = ()


SINCE_LEFT = "已注销登记、再就业和关闭的人员仍在表中，并在备注中注明。"
MAKINGS = {
    calendar.NEEDS: Making(
        jining_books.gather_needs, (jining_books.NEEDS_SHEET,), ("book_needs",),
        lines=(SINCE_LEFT, "文件没有写明年龄和期限的群体类别，借用山东某市通知的分类。"),
    ),
    calendar.VACANCIES: Making(
        jining_books.gather_vacancies, (jining_books.VACANCY_SHEET,), ("book_vacancies",),
        lines=("截止日有效的岗位，和当月过期的岗位；过期的在备注中注明。",),
    ),
    calendar.PROGRESS: Making(
        jining_progress.gather, (jining_progress.SHEET,), ("book_progress",),
        lines=("“本月”指截止日所在的月份；待办类数字截至本次运行。没有数据的各项请填写。",),
    ),
    calendar.FUNDS: Making(
        jining_books.gather_funds, (jining_books.FUND_SHEET,), ("book_funds",),
        lines=("月调度；季末月份另有本季合计，供季通报。各文件都没有预算数，请填写后计算进度。",),
    ),
    calendar.SERVICE_LEDGER: Making(place_ledgers.gather, (place_ledgers.SERVICE_LEDGER,), ("book_zhongshan",), lines=(SINCE_LEFT,)),
    calendar.SD_LEDGER: Making(place_ledgers.gather, (place_ledgers.SD_LEDGER,), ("book_shandong",), lines=(SINCE_LEFT,)),
    calendar.XY_LEDGER: Making(place_ledgers.gather, (place_ledgers.XY_LEDGER,), ("book_xinyu",), lines=(SINCE_LEFT,)),
    calendar.NM_LEDGER: Making(place_ledgers.gather, (place_ledgers.NM_LEDGER,), ("book_neimenggu",), lines=(SINCE_LEFT,)),
    calendar.TOWN_SCORES: Making(
        scoreboards.gather_towns, (scoreboards.TOWN_SHEET, scoreboards.SATISFACTION_SHEET), ("book_towns", "book_satisfaction"),
        blocks=(scoreboards.READINGS,),
    ),
    calendar.COUNTY_SCORES: Making(
        scoreboards.gather_counties, (scoreboards.COUNTY_SHEET, scoreboards.SATISFACTION_SHEET), ("book_counties", "book_satisfaction"),
        blocks=(scoreboards.READINGS,),
    ),
}  # fmt: skip
KEYS = ("person_id", "employer_uscc", "employer_name", "area", "entry_id")
LINES = """
create or replace temp table book_line (
    list varchar, book varchar, period varchar, row_no bigint, person_id varchar, employer_uscc varchar, employer_name varchar, area varchar,
    clause varchar, due_date date, entry_id varchar, content varchar)
"""


def gather_books(con: duckdb.DuckDBPyConnection, books: tuple[DueBook, ...]) -> None:
    """Make the tables of every book that is due, and `book_line` of those that are an outbound list of their own. Needs
    `ledger_entry` with every entry, `open_line`, `person_card`, `wide` and `now_<kind>`."""
    con.execute(LINES).fetchall()
    if books:
        name_towns(con)
    gathered: date | None = None
    for due in books:
        if due.cutoff != gathered:  # books that look back to the same day are made from the same ledger
            gather_ledger(con, due)
            gathered = due.cutoff
        making = MAKINGS[due.book]
        making.gather(con, due)
        if due.book.code != "O01":  # the ledger's own table is `ledger_entry`
            for table in making.tables:
                _put_lines(con, due, table)


def _put_lines(con: duckdb.DuckDBPyConnection, due: DueBook, table: str) -> None:
    present = {r[0] for r in con.execute(f"describe {table}").fetchall()}
    keys = ", ".join(k if k in present else f"null as {k}" for k in KEYS)
    told = sorted(present - {*KEYS, "row_no"})
    content = ", ".join(f"'{c}', {c}" for c in told)
    name = due.stem if len(MAKINGS[due.book].tables) == 1 else f"{due.stem} {table}"
    con.execute(
        f"insert into book_line by name select $list as list, $book as book, $period as period, $clause as clause, $due::date as due_date, "
        f"row_no, {keys}, json_object({content})::varchar as content from {table}",
        {"list": due.book.code, "book": name, "period": due.period, "clause": due.book.clause, "due": due.due_on},
    ).fetchall()


def build(desk: Desk) -> list[Path]:
    """The workbooks of the books that are due tonight; on most nights none."""
    return [path for due in desk.night.books for path in _book(desk, due)]


def _book(desk: Desk, due: DueBook) -> list[Path]:
    making = MAKINGS[due.book]
    sheets = making.sheets

    def front(contents: Contents) -> Page:
        by = said("，应于 {day} 前报送", day=due.due_on) if due.due_on else said("（文件没有写明报送日期）")
        told = said(
            "{period} 的{book}，截至 {day}{by}。条款 {clause}",
            period=due.period, book=said(due.book.name), day=due.cutoff, by=by, clause=due.book.clause,
        )  # fmt: skip
        lines = (desk.night.title, told, *making.lines, *cut_lines(sheets, contents))
        blocks = (
            *making.blocks,
            guide(sheets, contents),
            Block("签章", ("填报单位（盖章）", "填报人", "审核人", "日期"), (("", "", "", ""),)),
        )
        return Page(name="封面", title=due.book.name, lines=lines, blocks=blocks, widths=(24, 52, 16, 40))

    drafts = {p.code for p in desk.night.packs if p.is_draft}
    bannered = tuple(s.name for s in sheets) if due.book.pack in {"", *drafts} else ()
    return write_book(desk, f"月报/{due.stem}", sheets, front=front, bannered=bannered)
