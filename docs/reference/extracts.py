"""docs/extracts.md: each kind, its columns, and the headers it is known by."""

from collections.abc import Iterable

from docs.reference.markdown import code, page, table
from schemas.columns import Column, Layout, layout_of
from schemas.declaring import fields_of
from schemas.extracts import LAYOUTS, MODELS
from schemas.kinds.common import PersonExtract

TYPES = (
    ("name", "a person's name, 1 to 50 characters"),
    ("id", "an identity document number, kept as delivered; folded apart for comparing"),
    ("text", "free text, up to 2000 characters"),
    ("code", "one word of a list; another word is kept as it came and reported"),
    ("phone", "a phone number, as text"),
    ("uscc", "the 18 characters of a unified social credit code"),
    ("date", "a civil date: 2024-06-30, 20240630, 2024/6/30, 2024年6月30日, or a spreadsheet's day number"),
    ("month", "a month: 202406, 2024-06, 2024年6月, or a date in it; stored as its first day"),
    ("int", "a whole number, not negative"),
    ("money", "an amount with two decimals, not negative"),
    ("bool", "是 or 否 (also 1/0, Y/N, 有/无, √/×)"),
)


def extracts() -> str:
    """docs/extracts.md: each kind, its columns, and the headers it is known by."""
    person = {name for name, *_ in fields_of(PersonExtract)}
    shared = [c for c in layout_of(MODELS[0]).columns if c.field in person]
    intro = [
        "What offices deliver. A column is found by its header, never by its place; a header is compared without spaces,",
        "signs and what stands in brackets, and any of the other headers below serves as well. More can be added per kind",
        "in `zhaoren.toml`, `[aliases.<kind>]`. Columns nobody asked for are kept beside the row.",
        "",
        "**Need**: *must*: without the column the file is refused, without the value the row is put aside; *should*: its",
        "absence is noted; *may*: welcome. A **roster** makes people known; a **register** only speaks of people known; of",
        "`education` only rows with a leaving date make people known. Five kinds are not about people.",
        "An **event** kind tells what happened: a row that vanishes from a full snapshot was taken back. Of the other",
        "kinds a vanished row is merely absent, and somebody is asked.",
        "",
        "File names: `<kind or label>_YYYYMMDD_<全量|增量|full|delta>[_anything].<csv|txt|tsv|xlsx|xls>`.",
        "",
        *table(("Type", "Reads"), [(code(n), t) for n, t in TYPES]),
    ]
    kinds = [
        "## The kinds",
        "",
        *table(
            ("Kind", "Label", "Number", "From", "Role", "One row is"),
            [(f"[`{x.kind}`](#{x.kind})", x.label, x.icode, x.agency, _role(x), x.grain) for x in LAYOUTS.values()],
        ),
        "## Columns of every kind about people",
        "",
        *_columns(shared),
    ]
    each: list[str] = []
    for layout in LAYOUTS.values():
        each += [f"## {layout.kind}", "", f"{layout.label} ({layout.icode}), from {layout.agency}: {layout.grain}; {_role(layout)}.",
                 f"A correction corrects the row with the same {_key(layout)}.", "",
                 *_columns([c for c in layout.columns if layout.who != "person" or c.field not in person])]  # fmt: skip
    return page("Extracts", intro, kinds, each)


def _role(layout: Layout) -> str:
    about = ("roster" if layout.adds_people else "register") if layout.who == "person" else f"about an {layout.who}"
    return about + ", event" * layout.is_event + ", one line a person" * layout.is_once


def _key(layout: Layout) -> str:
    return ", ".join(
        "person (whole number, else local number, else what is left of the number with the name, else name and birth date)"
        if k == "@who"
        else code(k)
        for k in layout.key
    )


def _columns(columns: Iterable[Column]) -> list[str]:
    header = ("Header", "Field", "Type", "Need", "Other headers", "Codes (and other spellings of them)")
    return table(header, [(c.header, code(c.field), _type(c), c.need, "、".join(c.alias), _codes(c)) for c in columns])


def _type(column: Column) -> str:
    if column.lenient:
        return f"{column.type}; unreadable: left out, the row stays"
    if column.type == "date" and column.month_means:
        return f"date; a mere month means its {'first' if column.month_means == 'start' else 'last'} day"
    return column.type


def _codes(column: Column) -> str:
    spelt: dict[str, list[str]] = {}
    for word, meaning in column.words.items():
        spelt.setdefault(meaning, []).append(word)
    return "、".join(c + (f"（{'、'.join(spelt[c])}）" if c in spelt else "") for c in column.codes)
