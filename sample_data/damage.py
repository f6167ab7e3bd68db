"""What happens to numbers, names and cells on their way through offices: drawn per row, written down per row.

Rates are ours: no trustworthy public figure exists. Only the few damaged rows are looked at one by one. A slip that
cannot happen to a value (a lost X where there is none) gives way to the next one that can.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from sample_data import names
from sample_data.extracts import Extract
from sample_data.numbers import is_valid
from schemas.extracts import LAYOUTS

# How much more or less an office slips than the average: verified against the police, or typed by hand.
OFFICE_FACTOR = {"insurance_stop": 0.5, "insurance_active": 0.5, "unemployment_benefit": 0.5, "pension": 1.0,
                 "unemployment_registration": 1.0, "death": 1.5, "low_income": 2.0, "disability_certificate": 2.0,
                 "market_entity": 1.0, "service_log": 1.5, "household_register": 0.3, "marriage": 0.8, "education": 0.8,
                 "military": 1.0, "imprisonment": 2.0, "work_capacity": 1.0, "private_nonenterprise": 1.0, "poverty_list": 2.0,
                 "land_expropriation": 2.0, "mass_organisation_list": 3.5, "hardship_recognition": 1.0,
                 "employment_registration": 0.5, "household_visit": 2.5, "training": 1.5, "subsidy": 1.0, "public_post": 1.5,
                 "income": 1.0, "vacancy": 1.0, "employer": 0.5, "complaint": 1.0, "activity": 1.0}  # fmt: skip
NAME_FACTOR, CELL_FACTOR = 0.6, 0.4  # of the rate for numbers
FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789X"}
LOOKS_LIKE = {"0": "O", "1": "l", "5": "S", "8": "B"}
DOTS = ("•", "‧", "・", ".", "．", " ", "-", "。", "﹒", "∙", "･", "")
INVISIBLE = ("\u200b", "\ufeff", "\u00a0", "\u3000", "\t", "\u202a")
PLACEHOLDERS = ("111111111111111111", "123456789012345678", "000000000000000000", "无", "不详", "0", "-")
AGENT_PHONE = "14200000000"
Slip = Callable[[str, int], str]  # value and a drawn number to the damaged value; the same value: cannot happen here


def spaced(number: str, draw: int) -> str:
    return (f"{number[:6]} {number[6:14]} {number[14:]}", f" {number}", f"{number} ")[draw % 3]


def invisible(number: str, draw: int) -> str:
    return number + INVISIBLE[draw % len(INVISIBLE)]


def excel_float(number: str, draw: int) -> str:
    """What is left of a number that a spreadsheet took for a quantity: 15 digits and an exponent."""
    return f"{float(number):.14E}" if number.isdigit() else number


def float_tail(number: str, draw: int) -> str:
    return str(int(float(f"{float(number):.14e}"))) if number.isdigit() else number


def legacy_15(number: str, draw: int) -> str:
    return number[:6] + number[8:17] if number[6:8] == "19" else number


def one_digit(number: str, draw: int) -> str:
    """One digit of the area or the sequence wrong; the birth date stays a date."""
    at = (0, 2, 3, 4, 5, 14, 15, 16)[draw % 8]
    low = 1 if at == 0 else 0
    other = str((int(number[at]) - low + 1 + draw // 8 % 7) % (10 - 2 * low) + low)
    return number[:at] + other + number[at + 1 :]


def transposed(number: str, draw: int) -> str:
    at = (2, 3, 4, 14, 15)[draw % 5]
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def masked(number: str, draw: int) -> str:
    return (f"{number[:4]}**********{number[14:]}", f"{number[:6]}********{number[14:]}")[draw % 2]


def letters(number: str, draw: int) -> str:
    found = [c for c in LOOKS_LIKE if c in number[:17]]
    return number.replace(found[draw % len(found)], LOOKS_LIKE[found[draw % len(found)]], 1) if found else number


NUMBER_SLIPS: tuple[tuple[str, float, Slip], ...] = (
    ("spaced", 14, spaced),
    ("quoted", 6, lambda n, d: ("'", "`")[d % 2] + n),
    ("invisible", 5, invisible),
    ("excel_float", 12, excel_float),
    ("float_tail", 8, float_tail),
    ("lower_x", 6, lambda n, d: n.replace("X", "x")),
    ("full_width", 4, lambda n, d: n.translate(FULL_WIDTH)),
    ("legacy_15", 10, legacy_15),
    ("one_digit", 8, one_digit),
    ("transposed", 5, transposed),
    ("lost_x", 4, lambda n, d: n.removesuffix("X")),
    ("masked", 3, masked),
    ("placeholder", 2, lambda n, d: PLACEHOLDERS[d % len(PLACEHOLDERS)]),
    ("letters", 2, letters),
    ("empty", 4, lambda n, d: ""),
)


@cache
def partners(kind: str) -> dict[str, list[str]]:
    """Character to those it is taken for, for one kind of slip."""
    found: dict[str, list[str]] = {}
    for name, words in names.table("slips.tsv"):
        if name == kind:
            for group in words.split():
                for c in group:
                    found.setdefault(c, []).extend(o for o in group if o != c)
    return found


@cache
def spellings() -> dict[str, list[str]]:
    """Name part to its other spellings."""
    groups = (g[2] for people in names.name_groups().values() for g in people)
    return {part: [o for o in group if o != part] for group in groups for part in group}


def exchanged(kind: str, only_first: bool = False) -> Slip:
    """One character (of the given name, or the surname) exchanged for a partner."""

    def slip(name: str, draw: int) -> str:
        known = partners(kind)
        places = [0] if only_first else range(1, len(name))
        can = [i for i in places if known.get(name[i])]
        if not can:
            return name
        at = can[draw % len(can)]
        return name[:at] + known[name[at]][draw // 7 % len(known[name[at]])] + name[at + 1 :]

    return slip


def other_spelling(name: str, draw: int) -> str:
    known = [p for p in spellings() if p in name and spellings()[p]]
    return name.replace(known[draw % len(known)], spellings()[known[draw % len(known)]][0], 1) if known else name


def noted(name: str, draw: int) -> str:
    return name + ("（户主）", "(已故)", "2", "A", "（代领）")[draw % 5]


NAME_SLIPS: tuple[tuple[str, float, Slip], ...] = (
    ("dot", 20, lambda n, d: n.replace("·", DOTS[d % len(DOTS)])),
    ("other_spelling", 12, other_spelling),
    ("homophone", 14, exchanged("homophone")),
    ("inner_space", 14, lambda n, d: n[0] + ("　", " ")[d % 2] + n[1:] if len(n) == 2 else n),
    ("folk_surname", 8, exchanged("folk_surname", only_first=True)),
    ("lookalike", 6, exchanged("lookalike")),
    ("traditional", 5, exchanged("traditional")),
    ("truncated", 5, lambda n, d: n[:5] if len(n) > 6 else n),
    ("unreadable", 6, lambda n, d: n[:-1] + ("?", "□", "＊")[d % 3]),
    ("noted", 8, noted),
    ("padded", 8, lambda n, d: f" {n}" if d % 2 else f"{n}　"),
)


def damaged(part: Extract, rate: float, rng: np.random.Generator, *, spare: int) -> Extract:
    """The extract with slips. Rows whose truth is `spare` or more (planted people) stay as they are."""
    factor = rate * OFFICE_FACTOR[part.kind]
    can = part.truth < spare
    slip_rows(part, "id_number", NUMBER_SLIPS, np.flatnonzero((rng.random(len(part)) < factor) & can), rng)
    householders(part, np.flatnonzero((rng.random(len(part)) < 2 * factor) & can))
    slip_rows(part, "name", NAME_SLIPS, np.flatnonzero((rng.random(len(part)) < factor * NAME_FACTOR) & can), rng)
    cells(part, np.flatnonzero((rng.random(len(part)) < factor * CELL_FACTOR) & can), rng)
    return part


def note(part: Extract, row: int, field: str, kind: str, text: str) -> None:
    """Deliver `text` in this cell and write the kind of damage down."""
    part.overrides.setdefault(field, {})[row] = text
    part.damage[row] = "+".join(w for w in (part.damage[row], f"{field}:{kind}") if w)


def slip_rows(
    part: Extract, field: str, slips: tuple[tuple[str, float, Slip], ...], rows: np.ndarray, rng: np.random.Generator
) -> None:
    """One slip in each of the rows, where the kind has such a column."""
    if field not in part.rows.column_names:
        return
    shares = np.array([s[1] for s in slips])
    drawn = rng.choice(len(slips), len(rows), p=shares / shares.sum()).tolist()
    numbers = rng.integers(0, 2**31, len(rows)).tolist()
    values = part.rows.column(field).take(rows).to_pylist()
    for row, value, first, number in zip(rows.tolist(), values, drawn, numbers, strict=True):
        for k in range(len(slips)):
            kind, _, slip = slips[(first + k) % len(slips)]
            text = slip(value, number) if value else value
            if text != value and not (field == "id_number" and is_valid(text)):
                note(part, row, field, kind, text)
                break


def householders(part: Extract, rows: np.ndarray) -> None:
    """The householder's number written on a member's row, as aid lists do."""
    if part.kind != "low_income":
        return
    of_head, own = (part.rows.column(f).take(rows).to_pylist() for f in ("householder_id", "id_number"))
    for row, number, mine in zip(rows.tolist(), of_head, own, strict=True):
        if number and number != mine and row not in part.overrides.get("id_number", {}):
            note(part, row, "id_number", "householder", number)


def cells(part: Extract, rows: np.ndarray, rng: np.random.Generator) -> None:
    """Slips in other cells: dates in another style or that are no date, words for codes, gaps, an agent's phone."""
    layout = LAYOUTS[part.kind]
    columns = [layout.column(f) for f in part.rows.column_names if f not in ("id_number", "name")]
    draws = rng.integers(0, 2**31, len(rows)).tolist()
    for row, draw in zip(rows.tolist(), draws, strict=True):
        column = columns[draw % len(columns)]
        value, pick = part.rows.column(column.field)[row].as_py(), draw // 97
        if value is None:
            continue
        if column.type == "date" and pick % 6 == 0:
            note(part, row, column.field, "no_such_date", ("2024-02-30", "00000000", "19850732", "不详")[pick // 6 % 4])
        elif column.type == "date":
            note(part, row, column.field, "date_style", value.strftime(("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d")[pick % 3]))
        elif column.type == "month":
            note(part, row, column.field, "month_style", value.strftime(("%Y-%m", "%Y.%m", "%Y年%m月")[pick % 3]))
        elif column.field == "phone":
            note(part, row, "phone", "agent", AGENT_PHONE)
        elif column.type == "code" and (words := [w for w, c in column.words.items() if c == value]):
            note(part, row, column.field, "word", words[pick % len(words)])
        elif column.field in ("sex", "town", "village"):
            note(part, row, column.field, "gap", "")
