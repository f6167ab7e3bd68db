"""Splink 5 beside our weights: the same model, stated as Splink states it, gives every pair the same bits.

The names use characters that are equal, unlike or missing to each other: how alike two characters are is ours alone.
Levels are stated a second time, as SQL over texts and dates.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker

from matchers.model import COMPARISONS, MILLI, NAME_PARTS, Level, Model, level_of, milli
from matchers.records import gather, make_records
from matchers.score import Scale, Scored, score_pairs

SIZE, SEED, PRIOR = 200, 7, -13_250
ROUNDING = 0.0005  # bits; every weight is kept in thousandths
NEVER = Level(1, 1, 1, 99_000_000, 99_000_000)  # of levels that these records cannot reach
SURNAMES, RAREST, RARE = "王李张刘陈赵黄周吴徐胡朱", 3e-4, "胡朱"
GIVEN = "伟芳娜敏静磊军洋勇杰娟涛秀霞"
FREQUENCY = {s: round(0.08 / n, 4) for n, s in enumerate(SURNAMES, 1) if s not in RARE}
OFFICE, COUPLE = "13800000001", "13800000002"  # phones that more than ten known people share, and a few
# Splink's condition of each level, asked in this order, with m and u; ours is the same but for the condition.
ONE_SIDED = "(second_l is null and first_l = second_r) or (second_r is null and first_r = second_l)"
SWAPPED = "first_l = second_r and second_l = first_r and first_l <> first_r"
DEFAULT = "(strftime(born_l, '%m%d') = '0101' or strftime(born_r, '%m%d') = '0101')"
YEAR_OFF = (
    f"(abs(year(born_l) - year(born_r)) = 1 and strftime(born_l, '%m%d') = strftime(born_r, '%m%d') and not {DEFAULT})"
)
LEVELS: dict[str, dict[str, tuple[str, float, float]]] = {
    "surname": {
        "missing": ("surname_l is null or surname_r is null", 0, 0),
        "equal": ("surname_l = surname_r", 0.95, 0.045), "unlike": ("else", 0.05, 0.955),
    },
    "given_first": {
        "missing": ("first_l is null or first_r is null", 0, 0),
        "swapped": (SWAPPED, 0.02, 3e-5), "dropped": (f"first_l <> first_r and ({ONE_SIDED})", 0.01, 0.004),
        "equal": ("first_l = first_r", 0.89, 0.012), "unlike": ("else", 0.08, 0.98),
    },
    "given_second": {
        "missing": ("first_l is null or first_r is null", 0, 0), "absent": ("second_l is null and second_r is null", 0.2, 0.05),
        "swapped": (SWAPPED, 0.03, 2e-5), "equal": (f"second_l = second_r or (first_l <> first_r and ({ONE_SIDED}))", 0.88, 0.013),
        "dropped": ("(second_l is null or second_r is null) and first_l = first_r", 0.03, 0.006), "unlike": ("else", 0.06, 0.97),
    },
    "birth_date": {
        "missing": ("born_l is null or born_r is null", 0, 0),
        "equal_default": (f"born_l = born_r and {DEFAULT}", 0.004, 6e-5), "equal": ("born_l = born_r", 0.93, 4e-5),
        "year_default": (f"year(born_l) = year(born_r) and {DEFAULT}", 0.006, 1e-4),
        "day_month_swapped": ("year(born_l) = year(born_r) and month(born_l) = day(born_r) and day(born_l) = month(born_r)", 0.005, 2e-5),
        "one_digit": (f"damerau_levenshtein(strftime(born_l, '%Y%m%d'), strftime(born_r, '%Y%m%d')) = 1 or {YEAR_OFF}", 0.03, 0.0013),
        "same_month": ("date_trunc('month', born_l) = date_trunc('month', born_r)", 0.004, 8e-4),
        "same_day": (f"strftime(born_l, '%m%d') = strftime(born_r, '%m%d') and not {DEFAULT}", 0.002, 0.0021),
        "same_year": ("year(born_l) = year(born_r)", 0.015, 0.09), "unlike": ("else", 0.01, 0.9),
    },
    "sex": {
        "missing": ("sex_l is null or sex_r is null", 0, 0), "equal": ("sex_l = sex_r", 0.99, 0.5), "unlike": ("else", 0.01, 0.5),
    },
    "phone": {
        "missing": ("phone_l is null or phone_r is null", 0, 0),
        "equal_own": ("phone_l = phone_r and holders_r <= 2", 0.7, 2e-6), "equal_shared": ("phone_l = phone_r and holders_r <= 10", 0.06, 1e-5),
        "equal_mass": ("phone_l = phone_r", 0.001, 0.003), "one_slip": ("hamming(phone_l, phone_r) = 1", 0.02, 9e-6),
        "unlike": ("else", 0.2, 0.99),
    },
    "place": {
        "missing": ("(town_l is null or town_r is null) and coalesce(village_l <> village_r, true)", 0, 0),
        "village": ("town_l = town_r and village_l = village_r", 0.6, 0.002),
        "town": ("town_l = town_r or (village_l = village_r and (town_l is null or town_r is null))", 0.3, 0.06),
        "unlike": ("else", 0.1, 0.94),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """All pairs, parallel: ours, and Splink's columns."""

    ours: Scored
    splink: dict[str, NDArray[Any]]


def hand_made_model() -> Model:
    """Nothing is ever nearer to kin than to strangers, so that `total` is the sum against strangers."""
    levels = {c: dict.fromkeys(names[1:], NEVER) for c, names in COMPARISONS.items()}
    for comparison, told in LEVELS.items():
        levels[comparison] |= {n: level_of(m, u, 1e-9) for n, (_, m, u) in told.items() if m}
    _, m, u = LEVELS["surname"]["equal"]
    levels["surname"]["equal"] = level_of(m, u, 1e-9, "itself", milli(1 / u))
    frequency = {part: {"": RAREST} for part in NAME_PARTS} | {"surname": {"": RAREST, **FREQUENCY}}
    return Model("oracle", PRIOR, 1_000_000, levels, frequency, {})


def invented(rng: random.Random, number: int) -> dict[str, Any]:
    name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))
    return {
        "id": number, "name_folded": name, "born": date(rng.randint(1968, 1979), rng.randint(1, 12), rng.randint(1, 28)),
        "sex": rng.choice("男女"), "phone": f"139{rng.randrange(10**8):08}", "town": rng.choice("甲乙丙丁"), "village": rng.choice("子丑寅卯辰"),
    }  # fmt: skip


def damaged(rng: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    """The same person as another office has them: three fields spoilt."""
    name, born, phone = row["name_folded"], row["born"], row["phone"]
    year = rng.randint(1968, 1979)
    names = [name[:-1], name[0] + name[:0:-1], name[0] + name[-1], rng.choice(SURNAMES) + name[1:], ""]
    births = [born.replace(day=min(born.month, 28), month=min(born.day, 12)), born.replace(year=year), born.replace(day=rng.randint(1, 28)),
              born.replace(month=rng.randint(1, 12)), born.replace(month=1, day=1), None]  # fmt: skip
    phones = [phone[:-3] + str(rng.randrange(10)) + phone[-2:], OFFICE, COUPLE, None]
    fields = {
        "name_folded": names,
        "born": births,
        "phone": phones,
        "sex": ["男", "女", None],
        "town": ["甲", None],
        "village": ["子", None],
    }
    return row | {field: rng.choice(fields[field]) for field in rng.sample(sorted(fields), 3)}


def two_sides() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rng = random.Random(SEED)
    right = [invented(rng, n) for n in range(SIZE)]
    for n, row in enumerate(right):
        row["phone"] = OFFICE if n < 12 else COUPLE if n < 15 else row["phone"]
        row["born"] = row["born"].replace(month=1, day=1) if n % 10 == 0 else row["born"]
    return [damaged(rng, row) for row in right], [
        damaged(rng, row) if n % 5 == 0 else row for n, row in enumerate(right)
    ]


def weighed_by_us(con: duckdb.DuckDBPyConnection) -> Scored:
    for side in ("left", "right"):
        make_records(con, f"{side}_source", f"{side}_record")
    con.execute(
        "create temp table candidate as select l.n as l, r.n as r from left_record as l cross join right_record as r"
    )
    left, i, right, j = gather(con)
    return score_pairs(Scale(hand_made_model()), left, i, right, j, {})


RECORDS = """
create table {side}_splink as
select id as unique_id, nullif(name_folded[1], '') as surname, nullif(name_folded[2], '') as first, nullif(name_folded[3], '') as second,
       birth_date as born, sex, phone, town, village, count(*) over (partition by phone) as holders
from {side}_source
"""


def splink_settings() -> dict[str, Any]:
    return {
        "link_type": "link_only", "blocking_rules_to_generate_predictions": ["1 = 1"], "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True, "probability_two_random_records_match": probability(PRIOR / MILLI),
        "comparisons": [
            {"output_column_name": c, "comparison_levels": [splink_level(c, n, *level) for n, level in told.items()]} for c, told in LEVELS.items()
        ],
    }  # fmt: skip


def splink_level(comparison: str, name: str, condition: str, m: float, u: float) -> dict[str, Any]:
    if name == "missing":
        return {"sql_condition": condition, "is_null_level": True}
    told = {"sql_condition": condition, "label_for_charts": name, "m_probability": m, "u_probability": u}
    return told | ({"tf_adjustment_column": "surname"} if (comparison, name) == ("surname", "equal") else {})


def probability(bits: float) -> float:
    return 1 / (1 + 2**-bits)


def weighed_by_splink(con: duckdb.DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    for side in ("left", "right"):
        con.execute(RECORDS.format(side=side))
    api = DuckDBAPI(connection=con)
    sides = [api.register(f"{side}_splink", dataset_display_name=side) for side in ("left", "right")]
    linker = Linker(sides, splink_settings(), log_level=None)
    shares = pa.table({"surname": list(SURNAMES), "tf_surname": [FREQUENCY.get(s, RAREST) for s in SURNAMES]})
    linker.table_management.register_term_frequency_lookup(api.register(shares), "surname")
    found = linker.inference.predict().physical_name
    assert con.execute(f"select distinct source_dataset_l from {found}").fetchall() == [("left",)]
    return con.execute(f"select * from {found} order by unique_id_l, unique_id_r").fetchnumpy()


@pytest.fixture(scope="module")
def compared() -> Iterator[Compared]:
    with duckdb.connect(config={"threads": 2, "python_enable_replacements": False}) as con:
        for side, rows in zip(("left", "right"), two_sides(), strict=True):
            con.register("rows", pa.Table.from_pylist(rows))
            con.execute(f"create table {side}_source as select * exclude (born), born as birth_date from rows")
            con.unregister("rows")
        yield Compared(weighed_by_us(con), weighed_by_splink(con))


@pytest.mark.parametrize("comparison", LEVELS)
def test_the_records_reach_every_level_and_no_other(compared: Compared, comparison: str) -> None:
    found = np.unique(compared.ours.levels[comparison])
    assert {COMPARISONS[comparison][n] for n in found} == set(LEVELS[comparison])


@pytest.mark.parametrize("comparison", LEVELS)
def test_splink_gives_a_comparison_the_same_bits(compared: Compared, comparison: str) -> None:
    theirs = compared.splink[f"mw_{comparison}"] + compared.splink.get(f"mw_tf_adj_{comparison}", 0)
    terms = 3 if comparison == "surname" else 1  # a name's rarity is added and its reference taken off, each rounded
    gap = np.abs(compared.ours.weights[comparison] / MILLI - theirs)
    assert gap.max() <= terms * ROUNDING + 1e-9


@pytest.mark.parametrize("comparison", LEVELS)
def test_a_missing_value_is_worth_exactly_nothing(compared: Compared, comparison: str) -> None:
    missing = compared.ours.levels[comparison] == 0
    assert not compared.ours.weights[comparison][missing].any()
    assert not compared.splink[f"mw_{comparison}"][missing].any()


def test_splink_gives_every_pair_the_same_match_weight(compared: Compared) -> None:
    assert not compared.ours.against_kin.any()
    gap = np.abs(compared.ours.total / MILLI - compared.splink["match_weight"])
    assert len(gap) == SIZE**2
    assert gap.max() <= (len(LEVELS) + 2) * ROUNDING + 1e-9


def test_splink_gives_every_pair_the_same_match_probability(compared: Compared) -> None:
    """By the formula of the match log, within what rounding can do to it: a quarter of the gap in nats."""
    ours = 1 / (1 + 2.0 ** -(compared.ours.total / MILLI))
    gap = np.abs(ours - compared.splink["match_probability"])
    assert gap.max() <= (len(LEVELS) + 2) * ROUNDING * np.log(2) / 4 + 1e-9
