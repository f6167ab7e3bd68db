"""One delivered cell to one typed value, by the column's type. Pure; called once per distinct text.

Anything that cannot be read raises ValueError with the kind of problem; it is never guessed and never null.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.columns import Column

EMPTY = {"", "-", "--", "—", "/", "无", "空", "NULL", "null", "None", "N/A", "#N/A"}
EMPTY_DATES = {"0", "00000000", "0000-00-00", "00000000000000"}
FOREVER = {"长期", "长期有效", "永久", "99991231", "9999-12-31", "9999/12/31", "999912", "9999-12", "2999-12-31"}
OPEN_END = date(9999, 12, 31)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
FULL_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}[:时].*)?$")
PACKED_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
YEAR_MONTH = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))$")
SERIAL = re.compile(r"^[2-5]\d{4}(?:\.\d+)?$")  # 1954 to 2064 in the 1900 system
SERIAL_ZERO = date(1899, 12, 30)
YES = {"是", "1", "Y", "YES", "TRUE", "T", "有", "√", "对", "真"}
NO = {"否", "0", "N", "NO", "FALSE", "F", "无", "×", "没有", "假"}


def fold_code(text: str) -> str:
    """Letters, digits and Han only, upper case: 「存续（在营、开业）」 and 「存续(在营,开业)」 are one word."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).upper()


def convert(text: str, column: Column) -> Any:
    """The typed value, or None for an empty cell. Raises: ValueError(kind of problem)."""
    if text in EMPTY and not (column.type == "bool" and text == "无"):
        return None
    return _CONVERTERS[column.type](text, column)


def _text(text: str, column: Column) -> str:
    """Text, unwrapped from the anti-Excel forms ="..." and a leading apostrophe."""
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1]
    if text.startswith("'") and column.type in ("id", "text", "uscc", "phone"):
        text = text[1:]
    return text.strip()


def _code(text: str, column: Column) -> str:
    """A code of the list or a known spelling of one; any other word is kept as delivered and reported elsewhere."""
    folded = fold_code(text)
    by_word = {fold_code(k): v for k, v in column.words.items()} | {fold_code(c): c for c in column.codes}
    return by_word.get(folded, text)


def _uscc(text: str, column: Column) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", _text(text, column))).upper()


def _date(text: str, column: Column) -> date | None:
    """
    >>> from schemas.extracts import LAYOUTS
    >>> stop = LAYOUTS["insurance_stop"].column("stop_date")
    >>> [str(_date(t, stop)) for t in ("20240131", "2024/1/31", "2024年1月", "45322")]
    ['2024-01-31', '2024-01-31', '2024-01-31', '2024-01-31']
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in EMPTY_DATES:
        return None
    if plain in FOREVER:
        return OPEN_END
    if hit := FULL_DATE.match(plain) or PACKED_DATE.match(plain):
        return _plausible(int(hit[1]), int(hit[2]), int(hit[3]))
    if SERIAL.match(plain):
        return SERIAL_ZERO + timedelta(days=int(float(plain)))
    if hit := YEAR_MONTH.match(plain):
        return _day_of_month(int(hit[1]), int(hit[2] or hit[3]), column.month_means)
    raise ValueError("not_a_date")


def _day_of_month(year: int, month: int, means: str | None) -> date:
    first = _plausible(year, month, 1)
    if means is None:
        raise ValueError("day_missing")
    return first if means == "start" else first.replace(day=calendar.monthrange(year, month)[1])


def _plausible(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError("no_such_date") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError("date_out_of_range")
    return found


def _month(text: str, column: Column) -> date | None:
    """The month's first day."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if hit := YEAR_MONTH.match(plain):
        return OPEN_END.replace(day=1) if hit[1] == "9999" else _plausible(int(hit[1]), int(hit[2] or hit[3]), 1)
    try:
        found = _date(plain, column)
    except ValueError as problem:
        raise ValueError("not_a_month" if str(problem) == "not_a_date" else str(problem)) from None
    return found.replace(day=1) if found else None


def _int(text: str, column: Column) -> int:
    number = _decimal(text)
    if number != number.to_integral_value():
        raise ValueError("not_an_integer")
    return int(number)


def _money(text: str, column: Column) -> Decimal:
    return _decimal(re.sub(r"[¥￥元$]", "", text)).quantize(Decimal("0.01"))


def _decimal(text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", plain):
        raise ValueError("not_a_number")
    found = Decimal(plain)
    if found and found.adjusted() >= 15:
        raise ValueError("number_out_of_range")
    return found


def _bool(text: str, column: Column) -> bool:
    word = fold_code(text) or text
    if word in YES or text in YES:
        return True
    if word in NO or text in NO:
        return False
    raise ValueError("not_yes_or_no")


def value_kind(text: str) -> str:
    """What sort of text a refused cell held, without saying it.

    >>> value_kind("１２"), value_kind("张三"), value_kind("2024-13-01")
    ('digits', 'han', 'mixed')
    """
    if not text:
        return "empty"
    if len(text) > 2000:
        return "long"
    if text.isdigit():
        return "digits"
    if all("一" <= c <= "鿿" for c in text):
        return "han"
    return "letters" if text.isalpha() else "mixed"


_CONVERTERS: dict[str, Callable[[str, Column], Any]] = {
    "name": _text, "id": _text, "text": _text, "phone": _text, "code": _code, "uscc": _uscc,
    "date": _date, "month": _month, "int": _int, "money": _money, "bool": _bool,
}  # fmt: skip
