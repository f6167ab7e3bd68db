"""A header of two rows made into one: 保障人数 over 重点 and 残疾, as merged cells leave it in a workbook or a CSV; of more
rows, where merged cells show that they belong together.

Pure. A row that is a header's second one holds labels only under cells that reach across several columns.
"""

import re
from collections.abc import Callable, Sequence

Merges = Sequence[tuple[int, int, int, int]]
FieldOf = Callable[[str], str | None]
DATA = re.compile(r"\d{4}|\d[-/.年]\d")  # a label holds no number, year or date
TOTALS = {"合计", "总计", "小计", "共计", "计", "总数", "总人数", "人数"}


def merge_header(
    rows: Sequence[Sequence[str]], place: int, merges: Merges = (), field_of: FieldOf | None = None
) -> tuple[list[str], int]:
    """The header at `place` as one row, and where the data begin. A label below another is taken alone where `field_of`
    knows it, else the upper one, else both together; and only where the two rows say more than the lower one does, so
    that a title stays one. `merges` are as in intake.books.book; a CSV has none.

    >>> merge_header([["姓名", "保障人数", "", "备注"], ["", "重点", "残疾", ""], ["张三", "1", "0", ""]], 0)
    (['姓名', '保障人数重点', '保障人数残疾', '备注'], 2)
    >>> merge_header([["姓名", "证件号码", ""], ["张三", "1", ""]], 0)
    (['姓名', '证件号码', ''], 1)
    """
    upper = [text.strip() for text in rows[place]]
    lower, start = _below(rows, place + 1, merges, field_of)
    lower = [text.strip() for text in lower] + [""] * (len(upper) - len(lower))
    groups = _merged_groups(place, merges) if merges else _blank_groups(upper, lower)
    groups = [(a, min(b, len(upper) - 1)) for a, b in groups if a < len(upper)]
    if not _is_second_row(upper, lower, groups):
        return list(rows[place]), place + 1
    above = list(upper)
    for first, last in groups:
        above[first : last + 1] = [upper[first]] * (last + 1 - first)
    header = _choose(above, lower, field_of or _nothing)
    if field_of and len(_known(header, field_of)) <= len(_known(lower, field_of)):
        return list(rows[place]), place + 1
    return header, start


def _below(
    rows: Sequence[Sequence[str]], place: int, merges: Merges, field_of: FieldOf | None
) -> tuple[list[str], int]:
    """The header's lower row; where merged cells show it, itself made of several."""
    if place >= len(rows):
        return [], place
    return merge_header(rows, place, merges, field_of) if merges else (list(rows[place]), place + 1)


def _nothing(_: str) -> str | None:
    return None


def _known(labels: Sequence[str], field_of: FieldOf) -> set[str]:
    return {field for text in labels if (field := field_of(text))}


def _merged_groups(place: int, merges: Merges) -> list[tuple[int, int]]:
    """First and last column of each cell that reaches across in this row and in no other."""
    return [(a, b) for top, a, bottom, b in merges if top == bottom == place and b > a]


def _blank_groups(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[int, int]]:
    """The same where only the blank cells right of a label show how far it reached."""
    found: list[tuple[int, int]] = []
    for place, text in enumerate(upper):
        if text:
            found.append((place, place))
        elif found and lower[place] and found[-1][1] == place - 1 and lower[found[-1][0]]:
            found[-1] = (found[-1][0], place)
    return [(a, b) for a, b in found if b > a]


def _is_second_row(upper: Sequence[str], lower: Sequence[str], groups: Sequence[tuple[int, int]]) -> bool:
    """Labels stand under the groups or under nothing; and the upper row is no title over the whole table."""
    under = {c for a, b in groups for c in range(a, b + 1)}
    filled = {c for c, text in enumerate(lower) if text}
    if len(lower) > len(upper) or not filled & under or any(DATA.search(text) for text in lower):
        return False
    return sum(map(bool, upper)) > 1 and all(c in under or not upper[c] for c in filled)


def _choose(above: Sequence[str], below: Sequence[str], field_of: FieldOf) -> list[str]:
    chosen = [_first_known(a, b, field_of) for a, b in zip(above, below, strict=True)]
    for field in _known(chosen, field_of):
        rivals = [c for c, text in enumerate(chosen) if field_of(text) == field]
        for column in rivals if len(rivals) > 1 else ():
            both = above[column] + below[column]
            only_upper = below[column] and chosen[column] == above[column] and below[column] not in TOTALS
            if only_upper or field_of(both) not in (field, None):
                chosen[column] = both
    return chosen


def _first_known(upper: str, lower: str, field_of: FieldOf) -> str:
    if not upper or not lower or upper == lower:
        return lower or upper
    return next((text for text in (lower, upper, upper + lower) if field_of(text)), upper + lower)
