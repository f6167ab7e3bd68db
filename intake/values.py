"""One delivered cell to one typed value, by the column's type. Pure; called once per distinct text.

Anything that cannot be read raises ValueError with the kind of problem; it is never guessed and never null. After a
colon the problem may say more, which only chooses the sentence.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from intake.dates import Habits, habits_of, han_number, plain_text, read_day, read_month
from schemas.columns import LONGEST_CELL, Column

EMPTY = {
    "", "-", "--", "—", "——", "/", "\\", "无", "空", "NULL", "null", "None", "N/A", "#N/A", "\\N", "(null)", "(NULL)", "NaN", "nan",
}  # fmt: skip
WRAPPED = re.compile(r'^="(.+)"$', re.DOTALL)  # what keeps Excel from taking a number's digits
PREFIXED = frozenset(
    {"id", "text", "uscc", "phone", "code", "date", "month", "int", "money"}
)  # a name may begin with '
SPLIT = re.compile(r"[、;；,，/\s]+")
CENT = Decimal("0.01")
GROUPED = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(\.\d*)?(?:[eE]([+-]?\d{1,2}))?$")
MONEY = re.compile(r"^(?:人民币|RMB|CNY|¥)?(.*?)(万元|万|元|圆)?$", re.IGNORECASE | re.DOTALL)
# A unit is taken off only where it is the one the column counts in: "3年" of months is no 3.
UNITS = {
    "月数": "个月|月",
    "人数": "人|名|位|口|个人",
    "年龄": "周岁|岁",
    "次数": "次|回",
    "年度": "年度|年",
    "天数": "天|日",
}
YES = {"是", "Y", "YES", "TRUE", "T", "有", "√", "✓", "✔", "☑", "对", "真", "已", "同意", "愿意", "具备", "能", "能够", "可以", "需要",
       "符合", "属于"}  # fmt: skip
NO = {"否", "N", "NO", "FALSE", "F", "无", "没有", "×", "✗", "✘", "☒", "假", "不是", "未", "不同意", "不愿意", "不具备", "不能", "不可以",
      "不需要", "不符合", "不属于"}  # fmt: skip
HAVING = {"有", "无", "没有"}

Reader = Callable[[str], Any]


def fold_code(text: str) -> str:
    """Letters, digits and Han only, upper case: 「存续（在营、开业）」 and 「存续(在营,开业)」 are one word."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).upper()


def convert(text: str, column: Column) -> Any:
    """The typed value of a cell alone, or None for an empty one. Raises: ValueError(kind of problem)."""
    return reader_of(column)(text)


def reader_of(
    column: Column,
    words: Collection[str] | None = None,
    *,
    codes: Mapping[str, str] | None = None,
    epoch_1904: bool = False,
    in_sheet: bool = False,
) -> Reader:
    """How the cells of one delivered column are read: by all its distinct `words`, and by the office's own `codes`.
    The reader raises ValueError(kind of problem)."""
    if column.type in ("date", "month"):
        known = Habits() if words is None else habits_of(words, epoch_1904=epoch_1904, in_sheet=in_sheet)
        read_date = read_day if column.type == "date" else read_month
        read: Reader = lambda text: read_date(text, column, known)  # noqa: E731
    elif column.codes or column.type == "code":
        read = _code_reader(column, codes or {})
    else:
        convert_one = _CONVERTERS[column.type]
        read = lambda text: convert_one(text, column)  # noqa: E731
    return lambda text: _read(text, column, read)


def _read(text: str, column: Column, read: Reader) -> Any:
    bare = unwrap(text, column.type)
    if bare in EMPTY and not (column.type == "bool" and bare == "无"):
        return None
    return read(bare)


def unwrap(text: str, kind: str) -> str:
    """Text without what keeps Excel from taking its digits: ="..." and a leading apostrophe.

    >>> unwrap('="150102"', "id"), unwrap("'150102", "id"), unwrap("'Aisha", "name")
    ('150102', '150102', "'Aisha")
    """
    if hit := WRAPPED.match(text):
        text = hit[1]
    if text.startswith("'") and kind in PREFIXED:
        text = text[1:]
    return text.strip()


def _text(text: str, column: Column) -> str:
    return text


def _uscc(text: str, column: Column) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def _code_reader(column: Column, own: Mapping[str, str]) -> Reader:
    """A code of the list or a known spelling of one, the office's own list first; any other word is kept as delivered
    and reported elsewhere. Where `many` may stand, each is read so, in the list's order."""
    known = {code_key(k): v for k, v in column.words.items()} | {code_key(c): c for c in column.codes}
    known |= {code_key(k): v for k, v in own.items()}
    order = {code: place for place, code in enumerate(column.codes)}

    def one(text: str) -> str:
        return known.get(code_key(text), text)

    def several(text: str) -> str:
        if code_key(text) in known or not SPLIT.search(text):
            return one(text)
        found = dict.fromkeys(one(part) for part in SPLIT.split(text) if part)
        return "、".join(sorted(found, key=lambda word: order.get(word, len(order)))) or text

    return several if getattr(column, "many", False) else one


def code_key(text: str) -> str:
    """The folded word; a number keeps its sign and point, so that 1.5 is not 15, and 1.0 is 1."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[+-]?[\d.]*\d[\d.]*", plain):
        return re.sub(r"\.0+$", "", plain)
    return fold_code(text)


def unknown_parts(value: str, column: Column) -> list[str]:
    """What of a read code is on no list."""
    parts = value.split("、") if getattr(column, "many", False) else [value]
    return [part for part in parts if part not in column.codes]


def _int(text: str, column: Column) -> int:
    plain = plain_text(text)
    unit = next((u for word, u in UNITS.items() if word in column.header), None)
    if unit:
        plain = re.sub(rf"\s*(?:{unit})$", "", plain)
    if (counted := han_number(plain)) is not None:
        return counted
    number = _decimal(plain)
    if number != number.to_integral_value():
        raise ValueError("not_an_integer")
    return int(number)


def _money(text: str, column: Column) -> Decimal:
    """Yuan, or another amount of two decimals. In brackets it is negative, as bookkeepers write."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    sign = -1 if (in_brackets := re.fullmatch(r"\((.*)\)", plain)) or plain.endswith("-") else 1
    plain = in_brackets[1] if in_brackets else plain.removesuffix("-")
    if column.field.endswith("_mu"):
        plain = plain.removesuffix("亩")
    hit = MONEY.match(plain.strip())
    amount = _decimal(hit[1].strip()) if hit else _decimal(plain)
    if hit and hit[2] in ("万元", "万"):
        amount *= 10_000
    if amount.adjusted() >= 15:
        raise ValueError("number_out_of_range")
    return (sign * amount).quantize(CENT, ROUND_HALF_UP)


def _decimal(text: str) -> Decimal:
    """Commas or spaces only between thousands. Scientific form only where it says a whole number of cents."""
    hit = GROUPED.match(unicodedata.normalize("NFKC", text).replace("−", "-").strip())
    if not hit:
        raise ValueError("not_a_number")
    found = Decimal(hit[1] + re.sub("[, ]", "", hit[2]) + (hit[3] or "")).scaleb(int(hit[4] or 0))
    if hit[4] and found != found.quantize(CENT):
        raise ValueError("not_a_number")
    if found and found.adjusted() >= 15:
        raise ValueError("number_out_of_range")
    return found


def _bool(text: str, column: Column) -> bool:
    plain = plain_text(text)
    if re.fullmatch(r"[01](?:\.0+)?", plain):
        return plain[0] == "1"
    word = (fold_code(plain) if not any(c.isdigit() for c in plain) else "") or plain
    bare = re.sub("^(?:是否|有|已)|标志$", "", column.header)
    if word in HAVING and "无" in column.header:  # under 家庭无收入 both words have two readings
        raise ValueError("not_yes_or_no")
    if word in YES or word in {bare, column.header, "有" + bare, "已" + bare}:
        return True
    if word in NO or word in {p + bare for p in ("无", "没有", "未", "不", "非")}:
        return False
    raise ValueError("not_yes_or_no")


def value_kind(text: str) -> str:
    """What sort of text a refused cell held, without saying it.

    >>> value_kind("１２"), value_kind("张三"), value_kind("2024-13-01")
    ('digits', 'han', 'mixed')
    """
    if not text:
        return "empty"
    if len(text) > LONGEST_CELL:
        return "long"
    if text.isdigit():
        return "digits"
    if all("一" <= c <= "鿿" for c in text):
        return "han"
    return "letters" if text.isalpha() else "mixed"


_CONVERTERS: dict[str, Callable[[str, Column], Any]] = {
    "name": _text, "id": _text, "text": _text, "phone": _text, "uscc": _uscc, "int": _int, "money": _money, "bool": _bool,
}  # fmt: skip
