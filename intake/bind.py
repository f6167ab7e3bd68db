"""Which column of a delivered header is which field. By header name only, never by position or by content."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from intake.books.cell_frames import LAST_COLUMN
from schemas.columns import MUST, Column, Layout
from schemas.errors import DeliveryRefused

NEAR = 60.0  # per cent of characters in common; 低保号 and 低保证号 have 86
HEADER_SEARCH = 30  # title rows above the header; offices put at most a handful
OPENED, CLOSED = re.compile(r"[(（\[【]"), re.compile(r"[)）\]】]")


@dataclass(frozen=True)
class Binding:
    """Columns of a delivery: `fields` maps a field to its 0-based position, `extra` holds the unbound headers;
    `anchor` is the field without which a line is no row; `headers` are all of them as delivered."""

    fields: Mapping[str, int]
    extra: Mapping[int, str]
    width: int
    moved: bool
    absent: tuple[str, ...] = field(default=())
    anchor: str = "name"
    headers: tuple[str, ...] = ()

    @property
    def anchor_place(self) -> int:
        return self.fields[self.anchor]


def fold_header(text: str) -> str:
    """
    >>> fold_header(" 企业（机构）名称* "), fold_header("姓 名")
    ('企业机构名称', '姓名')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).upper()


def header_names(layout: Layout, aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for column in layout.columns[::-1]:  # a kind's own headers before the person's: declared later, win here first
        for name in (column.field, column.header, *column.alias):
            names.setdefault(fold_header(name), column.field)
    own = {fold_header(n): c.field for c in layout.columns for n in (c.header,)}
    said = {fold_header(n): f for f, many in aliases.items() for n in many}
    return names | own | said


def field_of(header: str, names: Mapping[str, str]) -> str | None:
    return names.get(fold_header(header)) or names.get(fold_header(_without_brackets(header)))


def _without_brackets(text: str) -> str:
    """Each bracket that is closed goes with what it holds. One pass: a cell may be a hundred thousand brackets.

    >>> _without_brackets("姓名（必填）[文本]（")
    '姓名（'
    """
    kept, at = [], 0
    while (first := OPENED.search(text, at)) and (last := CLOSED.search(text, first.end())):
        kept.append(text[at : first.start()])
        at = last.end()
    return "".join([*kept, text[at:]])


def find_header(
    rows: Sequence[Sequence[str]], layout: Layout, aliases: Mapping[str, Sequence[str]]
) -> tuple[int, Binding]:
    """The header's 0-based place among the first rows and its binding. Raises: DeliveryRefused, naming what is missing."""
    names = header_names(layout, aliases)
    if any(len(row) > LAST_COLUMN for row in rows[:HEADER_SEARCH]):
        raise DeliveryRefused(
            f"前 {HEADER_SEARCH} 行内有一行超过 {LAST_COLUMN} 列，不是名单；请核对分隔符后重新导出。", code="wide_table"
        )
    hits = [len({f for c in row if (f := field_of(c, names))}) for row in rows[:HEADER_SEARCH]]
    if not hits or max(hits) < 2:
        raise DeliveryRefused(
            f"前 {HEADER_SEARCH} 行内找不到「{layout.label}」的表头；请确认文件类别，并保留含「姓名」等列名的表头行。",
            code="no_header",
        )
    place = hits.index(max(hits))
    return place, bind_header(rows[place], layout, names)


def bind_header(header: Sequence[str], layout: Layout, names: Mapping[str, str]) -> Binding:
    """Bind one header row. Raises: DeliveryRefused on a repeated field or a missing `must` column."""
    fields: dict[str, int] = {}
    extra: dict[int, str] = {}
    for place, text in enumerate(header):
        found = field_of(text, names)
        if found is None:
            extra |= {place: text.strip()} if text.strip() else {}
        elif found in fields:
            said = layout.column(found).header
            raise DeliveryRefused(
                f"第 {fields[found] + 1} 列和第 {place + 1} 列都是「{said}」；请删去一列，"
                f"或在 zhaoren.toml 的 [aliases.{layout.kind}] 写明各列含义。", code="duplicate_header",
            )  # fmt: skip
        else:
            fields[found] = place
    if missing := [c for c in layout.columns if c.need == MUST and c.field not in fields]:
        raise _without(layout, missing, extra)
    order = [fields[f] for f in layout.fields if f in fields]
    absent = tuple(c.header for c in layout.columns if c.need == "should" and c.field not in fields)
    return Binding(
        fields, extra, len(header), order != sorted(order), absent, layout.anchor, tuple(t.strip() for t in header)
    )


def _without(layout: Layout, missing: Sequence[Column], unbound: Mapping[int, str]) -> DeliveryRefused:
    """The refusal for columns that are not there, with the unbound ones that look like them."""
    likely = [(c, near) for c in missing if (near := nearest_header(c, list(unbound.values())))]
    place = {header: place + 1 for place, header in unbound.items()}  # a damaged header may hold a person's name
    maybe = "".join(f"；第 {place[near]} 列看起来像「{c.header}」" for c, near in likely)
    lines = "\n".join(
        [f"[aliases.{layout.kind}]", *(f"{c.field} = [{json.dumps(near, ensure_ascii=False)}]" for c, near in likely)]
    )
    return DeliveryRefused(
        f"缺少必需的列：{'、'.join(c.header for c in missing)}{maybe}；请补上该列后重发，"
        f"或在 zhaoren.toml 的 [aliases.{layout.kind}] 写明对应列名。",
        code="missing_column", settings=lines if likely else "",
    )  # fmt: skip


def nearest_header(column: Column, unbound: Sequence[str]) -> str | None:
    """The unbound header that looks most like one of the column's names; None where none looks like it."""
    names = [fold_header(n) for n in (column.header, *column.alias)]
    scored = [(max(fuzz.ratio(fold_header(h), n) for n in names), h) for h in unbound]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= NEAR else None
