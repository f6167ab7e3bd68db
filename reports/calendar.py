"""Which periodic books are due tonight. Told by the dates of this night and the one before alone: a book is written on
the first night on or after its ready day, and by no other night of that period."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Book:
    """One periodic book. It is ready on `ready_day` of every month, or of January where `is_yearly`, and due on `due_day`, 0
    where no document names a day. It tells of the month (or year) before, or of its own up to tonight."""

    code: str
    name: str
    pack: str
    clause: str
    ready_day: int
    due_day: int = 0
    is_yearly: bool = False
    tells_of_own_month: bool = False


@dataclass(frozen=True)
class DueBook:
    """A book to be written tonight, the period it tells of, and the last day that it looks at."""

    book: Book
    period: str
    cutoff: date
    due_on: date | None

    @property
    def stem(self) -> str:
        return f"{self.book.name} {self.period}"


NEEDS = Book("O16", "重点群体就业需求台账", "jining", "JN-1.3", 4, 5)
VACANCIES = Book("O16", "企业岗位需求台账", "jining", "JN-2.3", 4, 5)
PROGRESS = Book("O17", "工作落实情况", "jining", "JN-0", 26, 27, tells_of_own_month=True)
FUNDS = Book("O21", "资金调度", "jining", "JN-7.2", 4)
SERVICE_LEDGER = Book("O01", "中年失业群体服务台帐", "zhongshan", "ZS-3.1", 4)
SD_LEDGER = Book("O01", "山东援助台账", "shandong", "SD-3.1", 4)
XY_LEDGER = Book("O01", "新余援助台账", "xinyu", "XY-5.1", 4)
NM_LEDGER = Book("O01", "登记失业人员服务台账", "neimenggu", "NM-2.0", 4)
TOWN_SCORES = Book("O18", "镇街记分牌", "", "ZS-4.2", 4)
COUNTY_SCORES = Book("O18", "县区年度记分牌", "", "JN-10.1", 4, is_yearly=True)
BOOKS = (
    NEEDS, VACANCIES, PROGRESS, FUNDS, SERVICE_LEDGER, SD_LEDGER, XY_LEDGER, NM_LEDGER, TOWN_SCORES, COUNTY_SCORES,
)  # fmt: skip


def due_books(packs: tuple[str, ...], first: date, before: date | None, as_of: date) -> tuple[DueBook, ...]:
    """The books of tonight. `first` and `before` are the business dates of the first run and of the last one; the first
    run of all has no `before`. Of a month that ended before the first run nothing is known, so it has no book.

    >>> names = lambda *days: [d.stem for d in due_books(("jining",), *map(date.fromisoformat, days)) if d.book.pack]
    >>> names("2024-06-29", "2024-07-03", "2024-07-04")
    ['重点群体就业需求台账 2024-06', '企业岗位需求台账 2024-06', '资金调度 2024-06']
    >>> names("2024-06-29", "2024-07-04", "2024-07-05")
    []
    >>> names("2024-06-29", "2024-07-25", "2024-07-29")
    ['工作落实情况 2024-07']
    >>> names("2024-07-01", "2024-07-03", "2024-07-04")
    []
    """
    found = (_due(book, as_of) for book in BOOKS if book.pack in ("", *packs))
    return tuple(
        due for ready, due in found if ready <= as_of and (before is None or before < ready) and first <= due.cutoff
    )


def _due(book: Book, as_of: date) -> tuple[date, DueBook]:
    """The day on which the book of the current month or year is ready, and that book."""
    start = as_of.replace(month=1 if book.is_yearly else as_of.month, day=1)
    cutoff = as_of if book.tells_of_own_month else start - timedelta(days=1)
    period = f"{cutoff:%Y}" if book.is_yearly else f"{cutoff:%Y-%m}"
    due_on = start.replace(day=book.due_day) if book.due_day else None
    return start.replace(day=book.ready_day), DueBook(book, period, cutoff, due_on)
