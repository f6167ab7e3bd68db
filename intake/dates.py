"""Days and months as offices write them, read cell by cell with what the whole column says of its numbers.

A bare number can be a spreadsheet's day number, a month, or a month that lost a digit, so `Habits` looks at all
distinct words of a column first. What has two readings is refused with the reason, never guessed.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schemas.columns import Column

FOREVER = {
    "长期",
    "长期有效",
    "永久",
    "永久有效",
    "999912",
    "9999-12",
    "9999.12",
    "9999/12",
    "9999年12月",
    "2999-12-31",
}
OPEN_END = date(9999, 12, 31)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
# What programs write for no date at all.
DEFAULTS = {"0001-01-01", "00010101", "0001/1/1", "0001/01/01", "1899-12-30", "1899-12-31", "1899/12/30", "1899/12/31"}
DEFAULT_DAY = EARLIEST  # in a column it says that nothing was entered
SERIAL_ZERO, SERIAL_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
FIRST_SERIAL, LAST_SERIAL = 20000, 60000  # 1954 to 2064 in the 1900 system
LAST_SHORT_MONTH = 21009  # up to here five digits may be a month without its zero: 20241
NO_LOST_DIGIT = 30000  # from here on five digits are no month since 2000 that lost one
PIVOT = 50  # two digits: 00 to 50 are 2000 to 2050, the others 1951 to 1999

TAIL = r"(?: ?(?:星期|周)[一二三四五六日天])?(?:[ T]?(?:[上下]午)? ?\d{1,2}[:时点].*)?$"
DAY = re.compile(r"^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)" + TAIL)
PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6}|\.0+|[ T]\d{1,2}:?\d{2}.*)?$")
MONTH = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月份?|(\d{2})(?:\.0+)?|-?M(\d{1,2}))$")
PACKED_MONTH = re.compile(r"^(?:19|20|21)\d\d(?:0[1-9]|1[0-2])(?:\.0+)?$")
SHORT_DAY = re.compile(r"^(\d{2})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)$")
SHORT_MONTH = re.compile(r"^(\d{2})(?:\.(\d{2})|年(\d{1,2})月份?)$")
YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + TAIL)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
DAY_NAME = re.compile(rf"^(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-/ ,]*(?P<m>{NAME})[-/ ,]*(?P<y>\d{{4}}){TAIL}", re.I)
NAME_DAY = re.compile(rf"^(?P<m>{NAME})[-/ ]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-/ ,]+(?P<y>\d{{4}}){TAIL}", re.I)
JAVA = re.compile(
    rf"^(?:mon|tue|wed|thu|fri|sat|sun) (?P<m>{NAME}) (?P<d>\d\d?) [\d:]+ (?:CST|GMT\+0?8:?00) (?P<y>\d{{4}})$", re.I
)
ORACLE = re.compile(r"^(?P<d>\d{1,2})-(?P<m>\d{1,2})月-(?P<y>\d{4})$")
SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
NOTHING = re.compile(r"^0[0\-/.年月日: ]*$|^1900(?:([-/.])0?1\1|年0?1月|01)00?日?(?: 0?0:00(?::00)?)?$")
ZONE = re.compile(r"[T ](\d{1,2}):?(\d{2})(?::?\d{2}(?:[.,]\d+)?)? ?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)$")
HERE = timedelta(hours=8)  # China has one civil time
KEPT_ZERO = re.compile(r"^\d{4}\.(?:10|0\d)$")
AMOUNT = re.compile(r"^\d{2}\.(?!0[1-9]|1[0-2])\d{2}$")  # 45.67 beside 24.01: numbers, not months
HAN_DIGITS = dict(zip("〇零○O一二两三四五六七八九", "00001223456789", strict=False))
HAN_NUMBER = re.compile(r"^([一二两三四五六七八九])?(?:(十)|(廿)|(卅))?([一二两三四五六七八九])?$")
HAN_DATE = re.compile(
    r"^([〇零○O一二三四五六七八九]{4}|\d{4})年([元一二三四五六七八九十\d]+)月(?:份|([一二三四五六七八九十廿卅\d]+)[日号])?$"
)


@dataclass(frozen=True)
class Habits:
    """How a column writes its dates. The defaults are for one cell alone, of which nothing more is known."""

    zero: date = SERIAL_ZERO
    has_months: bool = False
    has_old_serials: bool = True
    keeps_zeros: bool = False
    has_amounts: bool = False
    is_column: bool = False


def habits_of(words: Iterable[str], *, epoch_1904: bool = False, in_sheet: bool = False) -> Habits:
    """What the distinct words of one delivered column say together. In a sheet 2024.10 is stored as 2024.1."""
    plain = [plain_text(w) for w in words if len(w) <= 40]
    return Habits(
        zero=SERIAL_ZERO_1904 if epoch_1904 else SERIAL_ZERO,
        has_months=any(PACKED_MONTH.match(w) for w in plain),
        has_old_serials=any(_is_old(int(hit[1])) for w in plain if (hit := SERIAL.match(w))),
        keeps_zeros=not in_sheet and any(KEPT_ZERO.match(w) for w in plain),
        has_amounts=any(AMOUNT.match(w) for w in plain),
        is_column=True,
    )


def _is_old(number: int) -> bool:
    """A day number of 1954 to 1982 that is no month without its zero: then its column holds others of that time."""
    return FIRST_SERIAL <= number < NO_LOST_DIGIT and (number > LAST_SHORT_MONTH or number % 10 == 0)


def plain_text(text: str) -> str:
    """Half-width, without invisible marks, without space around Han and signs.

    >>> plain_text(" ２０２４ 年 1 月 31 日 "), plain_text("2024 - 01 - 31")
    ('2024年1月31日', '2024-01-31')
    """
    if text.isascii() and " " not in text:
        return text
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    signs = re.sub("[‐-―−]", "-", shown).replace("。", ".").strip()
    return re.sub(r"\s*([-/.年月日])\s*", r"\1", signs)


def han_number(text: str) -> int | None:
    """
    >>> [han_number(t) for t in ("十二", "三十一", "廿一", "两", "九十九", "百", "")]
    [12, 31, 21, 2, 99, None, None]
    """
    hit = HAN_NUMBER.match(text)
    if not hit or not text or (hit[1] and (hit[3] or hit[4] or (hit[5] and not hit[2]))):
        return None
    ones = int(HAN_DIGITS[hit[5]]) if hit[5] else 0
    if hit[2] or hit[3] or hit[4]:
        tens = 2 if hit[3] else 3 if hit[4] else int(HAN_DIGITS[hit[1]]) if hit[1] else 1
        return 10 * tens + ones
    return int(HAN_DIGITS[hit[1]]) if hit[1] else ones


def read_day(text: str, column: Column, habits: Habits) -> date | None:
    """The day, None for no date. A month stands for the day that the column says. Raises: ValueError(kind of problem).

    >>> from schemas.extracts import LAYOUTS
    >>> stop = LAYOUTS["insurance_stop"].column("stop_date")
    >>> [str(read_day(t, stop, Habits())) for t in ("20240131", "2024/1/31", "2024年1月", "45322", "二〇二四年一月")]
    ['2024-01-31', '2024-01-31', '2024-01-31', '2024-01-31', '2024-01-31']
    """
    plain = _in_digits(plain_text(text))
    if NOTHING.match(plain) or plain[:10] in DEFAULTS:
        return None
    if plain in FOREVER:
        return OPEN_END
    found = _day(plain, column, habits)
    if found is None:
        found = _day_of_month(*_month(plain, column, habits), column.month_means)
    return None if habits.is_column and found == DEFAULT_DAY else found


def read_month(text: str, column: Column, habits: Habits) -> date | None:
    """The month's first day, None for no month. Raises: ValueError(kind of problem)."""
    plain = _in_digits(plain_text(text))
    if NOTHING.match(plain) or plain[:10] in DEFAULTS:
        return None
    if plain in FOREVER:
        return OPEN_END.replace(day=1)
    try:
        found = _day(plain, column, habits) or _real_day(*_month(plain, column, habits), 1)
    except ValueError as problem:
        raise ValueError(str(problem).replace("not_a_date", "not_a_month", 1)) from None
    return None if habits.is_column and found == DEFAULT_DAY else found.replace(day=1)


def _in_digits(plain: str) -> str:
    """A date in Han numerals written in digits; any other text as it is."""
    if plain.isascii() or not (hit := HAN_DATE.match(plain)):
        return plain
    month, day = (_count(part) if part else None for part in (hit[2].replace("元", "一"), hit[3]))
    year = "".join(HAN_DIGITS.get(c, c) for c in hit[1])
    return f"{year}年{month}月" + (f"{day}日" if hit[3] else "")


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() else han_number(text)


def _day(plain: str, column: Column, habits: Habits) -> date | None:
    """The day of a text that names one, None where it does not. Raises: ValueError."""
    if hit := DAY.match(plain):
        return _in_china(_real_day(int(hit[1]), int(hit[3] or hit[5]), int(hit[4] or hit[6])), plain)
    if hit := PACKED.match(plain):
        return _in_china(_real_day(int(hit[1]), int(hit[2]), int(hit[3])), plain)
    if hit := SERIAL.match(plain):
        return _serial(int(hit[1]), habits)
    if hit := YEAR_LAST.match(plain):
        return _in_china(_year_last(int(hit[1]), int(hit[3]), int(hit[4])), plain)
    if hit := SHORT_DAY.match(plain):
        return _short_day(hit, column)
    if hit := DAY_NAME.match(plain) or NAME_DAY.match(plain) or JAVA.match(plain) or ORACLE.match(plain):
        month = int(hit["m"]) if hit["m"].isdecimal() else MONTHS.index(hit["m"][:3].lower()) + 1
        return _real_day(int(hit["y"]), month, int(hit["d"]))
    return None


def _month(plain: str, column: Column, habits: Habits) -> tuple[int, int]:
    """Year and month of a text that names a month. Raises: ValueError."""
    if hit := MONTH.match(plain):
        if hit[2] == "1" and plain[4] == "." and not habits.keeps_zeros:
            raise ValueError("not_a_date:lost_zero")
        return int(hit[1]), int(hit[2] or hit[3] or hit[4] or hit[5])
    if hit := SHORT_MONTH.match(plain):
        if hit[2] and (int(hit[1]) <= 12 or habits.has_amounts):
            raise ValueError("not_a_date:day_or_month")
        return _century(int(hit[1]), column), int(hit[2] or hit[3])
    raise ValueError("not_a_date")


def _serial(number: int, habits: Habits) -> date:
    """A spreadsheet's day number. Raises: ValueError where it may be a month that lost a digit."""
    found = habits.zero + timedelta(days=number)
    if not FIRST_SERIAL <= (found - SERIAL_ZERO).days <= LAST_SERIAL:
        raise ValueError("not_a_date")
    if (habits.has_months and number < NO_LOST_DIGIT) or (not habits.has_old_serials and number <= LAST_SHORT_MONTH):
        raise ValueError("not_a_date:short_number")
    return found


def _year_last(first: int, second: int, year: int) -> date:
    """Day and month in either order, where only one order is a date."""
    if first != second and first <= 12 and second <= 12:
        raise ValueError("not_a_date:day_or_month")
    return _real_day(year, second, first) if first > 12 else _real_day(year, first, second)


def _short_day(hit: re.Match[str], column: Column) -> date:
    """A year of two digits: 24年1月31日, 24.1.31 and 98-1-31, where the first two can be no day or month."""
    first, sign = int(hit[1]), hit[2]
    if sign and first <= (12 if sign == "." else 31):
        raise ValueError("not_a_date:day_or_month")
    return _real_day(_century(first, column), int(hit[3] or hit[5]), int(hit[4] or hit[6]))


def _century(year: int, column: Column) -> int:
    """The year of two digits, except of a birth, which may lie in either century. Raises: ValueError."""
    if "birth" in column.field:
        raise ValueError("not_a_date:century")
    return year + (2000 if year <= PIVOT else 1900)


def _in_china(day: date, plain: str) -> date:
    """The civil date in China of a moment with a time zone: 2024-01-30T16:00:00Z is the 31st."""
    hit = ZONE.search(plain)
    if not hit or day == OPEN_END:
        return day
    ahead = timedelta(hours=int(hit[4] or 0), minutes=int(hit[5] or 0)) * (-1 if hit[3] == "-" else 1)
    moment = datetime.combine(day, time()) + timedelta(hours=int(hit[1]), minutes=int(hit[2]))
    return (moment - ahead + HERE).date()


def _day_of_month(year: int, month: int, means: str | None) -> date:
    first = _real_day(year, month, 1)
    if means is None:
        raise ValueError("day_missing")
    return first if means == "start" else first.replace(day=calendar.monthrange(year, month)[1])


def _real_day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError("no_such_date") from None
    if found != OPEN_END and not EARLIEST <= found <= LATEST:
        raise ValueError("date_out_of_range")
    return found
