"""What an office's habits are: `[sources.<kind>]` of the settings, or `[sources."<kind>@<area>"]` for one of several
offices that send the same kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from schemas.columns import Layout
from schemas.extracts import LAYOUTS

Widths = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Source:
    """`days`: within how many days a new snapshot is due (None: never late). `shrink_share` and `shrink_rows`: a full
    snapshot that lost more than both is held; `grow_times`: one that grew beyond so many times the last is held.
    `codes`: by field, delivered word to our code. `delimiter` and `fixed_width` (header, first and last byte)
    say how text files are cut where they do not say so themselves."""

    days: int | None = None
    shrink_share: float = 0.5
    shrink_rows: int = 3
    grow_times: float = 5.0
    grow_rows: int = 1000
    delimiter: str | None = None
    fixed_width: Widths = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_sources(data: Mapping[str, Any], base: Source) -> dict[str, Source]:
    """Every source the settings name. Raises: ValueError in an officer's words."""
    return {name: _source(name, _habits(name, data), base) for name in data}


def _habits(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """An area's own habits, and its kind's where it says nothing."""
    kind = name.partition("@")[0]
    if kind not in LAYOUTS:
        raise ValueError(f"sources 中没有 {kind} 这个类别")
    both: dict[str, Any] = dict(data.get(kind, {}))
    own = data[name]
    codes = {**both.get("codes", {}), **own.get("codes", {})}
    return both | own | ({"codes": codes} if codes else {})


def _source(name: str, habits: Mapping[str, Any], base: Source) -> Source:
    known = {f.name for f in fields(Source)}
    if strange := set(habits) - known:
        raise ValueError(f"sources.{name} 不认识 {'、'.join(sorted(strange))}")
    layout = LAYOUTS[name.partition("@")[0]]
    given: dict[str, Any] = {
        key: band(f"sources.{name}", key, value)
        for key, value in habits.items()
        if key not in ("codes", "fixed_width", "delimiter")
    }
    given["codes"] = {field_of(layout, f): _words(name, f, words) for f, words in habits.get("codes", {}).items()}
    given["fixed_width"] = tuple(_width(name, w) for w in habits.get("fixed_width", ()))
    given["delimiter"] = habits.get("delimiter")
    if given["delimiter"] is not None and (not isinstance(given["delimiter"], str) or not given["delimiter"]):
        raise ValueError(f'sources.{name}.delimiter 应是分隔符，如 "||"')
    return replace(base, **given)


def band(where: str, key: str, value: Any) -> Any:
    """One of the numbers of a `Source`. Raises: ValueError, also where it would hold every file or none."""
    told = number(f"{where}.{key}", value, whole=key in ("days", "shrink_rows", "grow_rows"))
    if key == "shrink_share" and told > 1:
        raise ValueError(f"{where}.shrink_share 是比例，应在 0 与 1 之间")
    if key == "grow_times" and told < 1:
        raise ValueError(f"{where}.grow_times 是倍数，应不小于 1")
    return told


def number(where: str, value: Any, *, whole: bool) -> Any:
    """A number that is not negative. Raises: ValueError."""
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or value < 0:
        raise ValueError(f"{where} 应是{'不小于 0 的整数' if whole else '不小于 0 的数'}")
    return value


def field_of(layout: Layout, name: str) -> str:
    """A column by its field or its header. Raises: ValueError."""
    for column in layout.columns:
        if name in (column.field, column.header, *column.alias):
            return column.field
    raise ValueError(f"{layout.kind} 没有「{name}」这一列")


def _words(source: str, name: str, words: Any) -> dict[str, str]:
    if not isinstance(words, Mapping) or not all(isinstance(w, str) for w in words.values()):
        raise ValueError(f'sources.{source}.codes.{name} 应逐行写成 "来文代码" = "我方代码"')
    column = LAYOUTS[source.partition("@")[0]].column(field_of(LAYOUTS[source.partition("@")[0]], name))
    strange = sorted({w for w in words.values() if w not in column.codes})
    if column.codes and strange:
        raise ValueError(
            f"sources.{source}.codes.{name}：{'、'.join(strange)} 不在代码表中；可用 {'、'.join(column.codes)}"
        )
    return {str(k): v for k, v in words.items()}


def _width(source: str, width: Any) -> tuple[str, int, int]:
    good = isinstance(width, list) and len(width) == 3 and isinstance(width[0], str)
    if not good or not all(isinstance(n, int) for n in width[1:]) or not 1 <= width[1] <= width[2]:
        raise ValueError(f'sources.{source}.fixed_width 每项应写成 ["列名", 起始字节, 结束字节]')
    return (width[0], width[1], width[2])
