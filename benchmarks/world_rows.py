"""Delivered rows about known people and strangers: what each source leaves out, and what it gets wrong."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from benchmarks.world_names import Array

SOURCES = ("insurance", "unemployment", "low_income", "disability", "union", "household_survey")
EPOCH = date(1970, 1, 1)
# Share of all rows, and of each slice the share about people who are not in the register.
SLICES = {"exact": (0.90, 0.02), "damaged": (0.04, 0.02), "no_number": (0.03, 0.30), "hard": (0.03, 0.30)}
# Per field: how often it is there, and how often it is then wrong. Rows without a number come from worse files.
GOOD = {"birth_date": (0.97, 0.005), "sex": (0.98, 0.003), "town": (0.92, 0.04), "village": (0.65, 0.0), "phone": (0.60, 0.12), "household_no": (0.15, 0.0)}  # fmt: skip
POOR = {"birth_date": (0.92, 0.03), "sex": (0.95, 0.01), "town": (0.85, 0.06), "village": (0.60, 0.0), "phone": (0.55, 0.15), "household_no": (0.25, 0.0)}  # fmt: skip
PHONE_KNOWN = 0.85
CADRE_SHARE = 0.002
BIRTH_CLASSES = {"digit": 0.35, "day_month_swapped": 0.25, "year_off_by_one": 0.20, "default_day": 0.20}
# identity.md section 2, after "Error frequencies"
NUMBER_CLASSES = {
    "whitespace": 0.25, "float": 0.20, "full_width_or_x": 0.10, "fifteen": 0.10, "householder": 0.10, "one_digit": 0.08,
    "transposed": 0.07, "missing_digit": 0.05, "masked": 0.03, "placeholder": 0.02,
}  # fmt: skip


def damage_births(rng: random.Random, births: list[int]) -> tuple[list[int], list[str]]:
    """Days since 1970, each changed by a named class."""
    days, kinds = [], []
    for birth in births:
        was = EPOCH + timedelta(days=birth)
        now = was
        while now == was:
            kind = rng.choices(list(BIRTH_CLASSES), list(BIRTH_CLASSES.values()))[0]
            now = _other_birth(rng, was, kind)
        days.append((now - EPOCH).days)
        kinds.append(kind)
    return days, kinds


def _other_birth(rng: random.Random, was: date, kind: str) -> date:
    year, month, day = was.year, was.month, was.day
    if kind == "day_month_swapped":
        month, day = day, month
    elif kind == "year_off_by_one":
        year += rng.choice((-1, 1))
    elif kind == "default_day":
        month, day = rng.choice(((1, 1), (month, 1)))
    else:
        text = f"{year}{month:02}{day:02}"
        place = rng.choice((2, 3, 4, 5, 6, 7, 7, 5, 3))
        text = text[:place] + rng.choice("0123456789") + text[place + 1 :]
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    try:
        return date(year, month, day)
    except ValueError:
        return was


def damage_numbers(rng: random.Random, numbers: list[str], heads: list[str]) -> tuple[list[str], list[str]]:
    """Every number damaged by a named class. `heads`: the householder's number, the own one for a householder."""
    texts, kinds = [], []
    for number, head in zip(numbers, heads, strict=True):
        text = number
        while text == number:
            kind = rng.choices(list(NUMBER_CLASSES), list(NUMBER_CLASSES.values()))[0]
            text = head if kind == "householder" else NUMBER_WAYS[kind](rng, number)
        texts.append(text)
        kinds.append(kind)
    return texts, kinds


def _float(rng: random.Random, number: str) -> str:
    if number.endswith("X"):
        return number  # a spreadsheet leaves it alone
    fifteen = float(number[:15] + "000")
    return f"{fifteen:.14E}" if rng.random() < 0.5 else str(int(fifteen))


def _one_digit(rng: random.Random, number: str) -> str:
    place = rng.randrange(17)
    return number[:place] + rng.choice("0123456789") + number[place + 1 :]


def _transposed(rng: random.Random, number: str) -> str:
    place = rng.randrange(16)
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


NUMBER_WAYS: dict[str, Callable[[random.Random, str], str]] = {
    "whitespace": lambda rng, n: rng.choice(
        (" " + n, n + "\t", "'" + n, n[:6] + " " + n[6:14] + " " + n[14:], n + "\u200b")
    ),
    "float": _float,
    "full_width_or_x": lambda rng, n: (
        n.lower() if n[-1] == "X" else n.translate({48 + d: 0xFF10 + d for d in range(10)})
    ),
    "fifteen": lambda rng, n: n[:6] + n[8:17] if n[6:8] == "19" else n,
    "one_digit": _one_digit,
    "transposed": _transposed,
    "missing_digit": lambda rng, n: n[:-1] if rng.random() < 0.6 else n[: (k := rng.randrange(6, 17))] + n[k + 1 :],
    "masked": lambda rng, n: rng.choice((n[:4] + "*" * 10 + n[14:], "*" * 6 + n[6:14] + "*" * 4)),
    "placeholder": lambda rng, n: rng.choice(
        ("111111111111111111", "123456789012345678", "000000000000000000", "无", "不详")
    ),
}


def leave_out_and_err(
    rng: np.random.Generator, slow: random.Random, row: dict[str, Any], is_poor: Array, others: dict[str, Array]
) -> None:
    """Change the rows' fields in place, with a `<field>_damage` label each.

    `others`: `phone`, a number nobody has for each row; `cadre`, the phone of the cadre of each row's village.
    """
    count = len(is_poor)
    wrong = {}
    for field in GOOD:
        present, error = (np.where(is_poor, POOR[field][k], GOOD[field][k]) for k in (0, 1))
        present = present / PHONE_KNOWN if field == "phone" else present
        row[f"{field}_missing"] = rng.random(count) >= present
        wrong[field] = (rng.random(count) < error) & ~row[f"{field}_missing"]
        row[f"{field}_damage"] = np.where(wrong[field], "wrong", "")
    rows = np.flatnonzero(wrong["birth_date"])
    if len(rows):
        days, kinds = damage_births(slow, row["birth_date"][rows].tolist())
        row["birth_date_damage"] = row["birth_date_damage"].astype("<U20")
        row["birth_date"][rows], row["birth_date_damage"][rows] = days, kinds
    row["sex"] = np.where(wrong["sex"], 1 - row["sex"], row["sex"])
    elsewhere = (row["home"] // 15 + rng.integers(1, 25, count)) % 25 * 15 + rng.integers(0, 15, count)
    row["home"] = np.where(wrong["town"], elsewhere, row["home"])
    changed = wrong["phone"] & (row["phone"] != "")
    row["phone"] = np.where(changed, others["phone"], row["phone"])
    by_cadre = rng.random(count) < CADRE_SHARE
    row["phone"] = np.where(by_cadre, others["cadre"], row["phone"])
    row["phone_missing"] &= ~by_cadre
    row["phone_damage"] = np.where(by_cadre, "cadre", np.where(changed, "changed", ""))
    row["town_damage"] = np.where(wrong["town"], "moved", "")
