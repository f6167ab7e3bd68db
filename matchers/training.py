"""Weights estimated without labels: u from random pairs, m by expectation maximisation over blocked pairs.

A comparison that the blocking held fixed cannot be learnt from those pairs, so two passes are made: pairs that share a
birth date teach names, pairs that share a name teach birth dates, and both teach the rest. Source: Winkler 1988;
the same procedure as Splink's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import duckdb
import numpy as np
from numpy.typing import NDArray

from matchers.blocking import BlockingRule, block
from matchers.han import MISSING, SYLLABLE_BASE, UNLIKE, Levels, code_of, compounds
from matchers.model import COMPARISONS, MILLI, NAME_PARTS, RARITY, Level, Model, level_of, milli
from matchers.name_book import NameBook, name_book
from matchers.name_levels import ABSENT, DROPPED, pair_books
from matchers.records import gather
from matchers.score import by_character, by_sound, compare_records

RANDOM_PAIRS, SEED = 2_000_000, 1
BY_BIRTH = BlockingRule("same_birth_date", ("birth_date",))
BY_NAME = BlockingRule("same_name", ("name_folded",), ("birth_year",))
OTHERS = ("sex", "phone", "place")
# People of one name are nearly always of one sex: sex is learnt from pairs of one birth date only.
BIRTHS = ("birth_date", "phone", "place")
RAREST = 2e-5  # a character's share of all names below which it counts as this rare
# Where EM starts from: how often the levels hold for the same person, in their order after `missing`; and what random
# pairs cannot teach. Guesses, but for the order of size; the pairs move the first.
START: dict[str, tuple[float, ...]] = {
    "surname": (0.93, 0.01, 0.01, 0.01, 0.005, 0.005, 0.003, 0.002, 0.005, 0.01, 0.005, 0.005, 0.005, 0.0),
    "given_first": (0.84, 0.02, 0.01, 0.05, 0.02, 0.01, 0.005, 0.005, 0.01, 0.02, 0.01, 0.01, 0.0, 0.0),
    "given_second": (0.67, 0.02, 0.01, 0.05, 0.02, 0.01, 0.005, 0.005, 0.01, 0.02, 0.01, 0.03, 0.0, 0.15),
    "long_name": (0.6, 0.2, 0.1, 0.03, 0.03, 0.01, 0.03),
    "birth_date": (0.935, 0.01, 0.005, 0.005, 0.02, 0.005, 0.005, 0.005, 0.01),
    "sex": (0.99, 0.01),
    "phone": (0.5, 0.1, 0.02, 0.03, 0.35),
    "place": (0.6, 0.3, 0.1),
}
# (m, u, kin) given the same birth date, which is compared apart; people of a family often have numbers of one area.
FIXED: dict[str, tuple[tuple[float, float, float], ...]] = {
    "id_number": ((0.9, 1e-6, 1e-4), (0.9, 1e-6, 1e-4), (0.9, 1e-6, 1e-4), (0.5, 1e-5, 1e-3), (0.05, 1e-4, 1e-2), (0.5, 1e-3, 1e-2),
                  (0.5, 0.1, 0.5), (0.05, 0.5, 0.3), (0.001, 0.5, 0.5), (0.05, 0.5, 0.5)),
    "household": ((0.5, 1e-4, 0.5),), "local_no": ((0.9, 1e-6, 1e-4),), "employer": ((0.5, 2e-3, 0.02),), "address": ((0.4, 2e-4, 0.4),),
}  # fmt: skip
# Two of a family: how often the strongest levels agree (guesses; twins, generation characters, one home, one phone).
# The other levels share what is left as they do between strangers.
KIN: dict[str, tuple[float, ...]] = {
    "surname": (0.6,), "given_first": (0.15,), "given_second": (0.04,), "long_name": (0.02,), "birth_date": (0.01,), "sex": (0.5,),
    "phone": (0.3, 0.1), "place": (0.85, 0.07),
}  # fmt: skip
# From better to worse where that is clear: no level weighs more than a better one, whatever the pairs seemed to teach.
CHARACTER_ORDERS = (
    "equal variant unlike", "equal spelt unlike", "equal sound near_sound unlike", "equal shape near_shape unlike", "equal swapped unlike",
    "equal dropped unlike", "equal same_part unlike", "equal unreadable",
)  # fmt: skip
ORDERS: dict[str, tuple[str, ...]] = {
    "surname": CHARACTER_ORDERS, "given_first": CHARACTER_ORDERS, "given_second": CHARACTER_ORDERS,
    "long_name": ("equal respelt near unlike", "equal cut_short unlike", "equal part unlike", "equal one_off unlike"),
    "birth_date": ("equal equal_default year_default same_year unlike", "equal day_month_swapped same_year unlike", "equal one_digit unlike",
                   "equal same_month same_year unlike", "equal same_day unlike"),
    "sex": ("equal unlike",), "phone": ("equal_own equal_shared equal_mass unlike", "equal_own one_slip unlike"),
    "place": ("village town unlike",),
}  # fmt: skip
KIN_PRIOR = 2_000  # a record that looks like a known person is four times likelier theirs than a relative's

GIVEN_PARTS = (("given_first", "given_second"), ("given_second", "given_first"))
ROUNDS, STILL = 200, 1e-6  # EM stops when no probability moves more than this
START_PAIRS = 5  # believed matches in the start's proportions: no level is impossible, few rows make no wild weights
SMOOTHING = 0.5  # pairs added to every level, so that none is impossible
Shares = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Estimate:
    """m by comparison and level number, the share of matches among the pairs, and how many rounds it took."""

    m: Shares
    matched: float
    rounds: int


def level_shares(
    levels: Mapping[str, Levels], sizes: Mapping[str, int], weights: NDArray[np.float64] | None = None
) -> Shares:
    """Share of each level among the pairs that have a value; level 0, missing, is left out (0)."""
    shares = {}
    for name, found in levels.items():
        counts = np.bincount(found, weights=weights, minlength=sizes[name]).astype(float) + SMOOTHING
        counts[0] = 0
        shares[name] = counts / counts.sum()
    return shares


def patterns(levels: Mapping[str, Levels], sizes: Mapping[str, int]) -> tuple[dict[str, Levels], NDArray[np.float64]]:
    """Distinct comparison vectors and how many pairs have each."""
    key = np.zeros(len(next(iter(levels.values()))), dtype=np.int64)
    for name, found in levels.items():
        key = key * sizes[name] + found
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    return {name: found[first] for name, found in levels.items()}, counts.astype(float)


def _towards(start: NDArray[np.float64], found: Levels, belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the levels among the believed matches, with some pairs of the start among them."""
    counts = np.bincount(found, weights=belief, minlength=len(start)) + START_PAIRS * start
    counts[0] = 0
    return counts / counts.sum()


def expectation_maximisation(
    levels: Mapping[str, Levels], u: Shares, start: Shares, learn: Sequence[str], matched: float = 0.05
) -> Estimate:
    """m of the comparisons in `learn`; the others, and u, stay as given. Pairs: one array of levels a comparison."""
    sizes = {name: len(u[name]) for name in levels}
    vectors, counts = patterns({name: levels[name] for name in learn}, sizes)
    m = {name: start[name].copy() for name in learn}
    moved, rounds = 1.0, 0
    while moved >= STILL and rounds < ROUNDS:
        rounds += 1
        log_odds = np.full(len(counts), np.log(matched / (1 - matched)))
        for name, found in vectors.items():
            bits = np.log(np.maximum(m[name], 1e-12) / np.maximum(u[name], 1e-12))
            bits[0] = 0.0
            log_odds += bits[found]
        belief = counts / (1 + np.exp(-log_odds))
        newer = {name: _towards(start[name], vectors[name], belief) for name in learn}
        moved = max(float(np.abs(newer[name] - m[name]).max()) for name in learn)
        m, matched = newer, float(np.clip(belief.sum() / counts.sum(), 1e-9, 1 - 1e-9))
    return Estimate(m, matched, rounds)


def train(con: duckdb.DuckDBPyConnection, thresholds: Mapping[str, int], version: str) -> Model:
    """A model for `left_record` against `right_record`."""
    random_pairs = _random_pairs(con)
    u = level_shares(random_pairs, level_sizes())
    kin = {c: _of_kin(u[c], KIN[c]) for c in START}
    kin["given_second"][ABSENT] = np.sqrt(u["given_second"][ABSENT])  # a family's names are of one length
    for part, other in GIVEN_PARTS:
        u[part][DROPPED] = kin[part][DROPPED] = _dropped_beside_alike(random_pairs[part], random_pairs[other])
    start = {name: np.array([0.0, *shares]) / sum(shares) for name, shares in START.items()}
    names = (*NAME_PARTS, *OTHERS)
    by_birth = expectation_maximisation(_blocked(con, BY_BIRTH), u, start, names)
    by_name = expectation_maximisation(_with_birth_date(_blocked(con, BY_NAME)), u, start, BIRTHS)
    m = by_birth.m | {"birth_date": by_name.m["birth_date"]}
    frequency = frequencies(con)
    levels = {c: _levels(c, m[c], u[c], kin[c], frequency.get(c, {})) for c in START} | {
        c: {n: level_of(*pair) for n, pair in zip(COMPARISONS[c][1:], pairs, strict=True)} for c, pairs in FIXED.items()
    }  # fmt: skip
    left, right = (con.execute(f"select count(*) from {t}").fetchall()[0][0] for t in ("left_record", "right_record"))
    facts = {"records": left, "people": right, "rounds": [by_birth.rounds, by_name.rounds],
             "matched": [round(by_birth.matched, 6), round(by_name.matched, 6)]}  # fmt: skip
    prior = -milli(max(right, 1 << 20))
    return Model(version, prior, KIN_PRIOR, levels, frequency, thresholds, facts)


def _levels(
    comparison: str,
    m: NDArray[np.float64],
    u: NDArray[np.float64],
    kin: NDArray[np.float64],
    frequency: Mapping[str, float],
) -> dict[str, Level]:
    """Levels with their weights, in order. `heard` is worth what `unlike` is."""
    rarity = RARITY if frequency else {}
    expected = {kind: _expected_rarity(comparison, kind, frequency) for kind in sorted(set(rarity.values()))}
    found = {
        name: level_of(float(m[n]), float(u[n]), float(kin[n]), rarity.get(name), expected.get(rarity.get(name, ""), 0))
        for n, name in enumerate(COMPARISONS[comparison]) if n
    }  # fmt: skip
    _put_in_order(found, ORDERS[comparison])
    return found | {"heard": found["unlike"]} if "heard" in found else found


def _put_in_order(levels: dict[str, Level], orders: tuple[str, ...]) -> None:
    """Lower every level to the next better one, rarity apart."""
    for order in orders:
        for better, worse in pairwise(order.split()):
            most = levels[better].weight - levels[better].reference + levels[worse].reference
            if levels[better].rarity and not levels[worse].rarity:
                most = levels[better].weight  # of a value of usual rarity
            lowered = min(levels[worse].weight, most), min(levels[worse].kin_weight, levels[better].kin_weight)
            levels[worse] = replace(levels[worse], weight=lowered[0], kin_weight=lowered[1])


def _expected_rarity(part: str, kind: str, frequency: Mapping[str, float]) -> int:
    """The rarity at which two strangers agree: one over the chance that they do."""
    if part == "long_name":
        return milli(1 / (sum(share**2 for share in frequency.values()) + frequency[""]))
    by_code = by_character(frequency) if kind == "itself" else by_sound(frequency, part == "surname")
    known = [(share, int(by_code[code_of(char)])) for char, share in frequency.items() if char]
    return milli(1 / sum(share * 2 ** (-bits / MILLI) for share, bits in known))


def _dropped_beside_alike(part: Levels, other: Levels) -> float:
    """Of strangers whose other given character is alike, how many have none here. Only beside such a character is one
    `dropped`: its share of all pairs would count the character that is alike a second time."""
    alike = part[~np.isin(other, (MISSING, UNLIKE, DROPPED, ABSENT))]
    return float((np.sum(alike == DROPPED) + SMOOTHING) / (len(alike) + 1))


def _random_pairs(con: duckdb.DuckDBPyConnection) -> dict[str, Levels]:
    left, right = (con.execute(f"select count(*) from {t}").fetchall()[0][0] for t in ("left_record", "right_record"))
    drawn = np.random.default_rng(SEED)
    con.register("drawn", {"l": drawn.integers(left, size=RANDOM_PAIRS), "r": drawn.integers(right, size=RANDOM_PAIRS)})
    con.execute("create or replace temp table candidate as select l, r from drawn")
    con.unregister("drawn")
    return _compared(con)


def _of_kin(u: NDArray[np.float64], strongest: tuple[float, ...]) -> NDArray[np.float64]:
    """Shares of the levels between two of a family."""
    rest = u.copy()
    rest[: 1 + len(strongest)] = 0
    kin = rest / rest.sum() * (1 - sum(strongest))
    kin[1 : 1 + len(strongest)] = strongest
    return kin


def _with_birth_date(levels: dict[str, Levels]) -> dict[str, Levels]:
    """Pairs without one say nothing of birth dates, and where they are most they lead EM astray."""
    told = levels["birth_date"] > 0
    return {name: found[told] for name, found in levels.items()}


def _blocked(con: duckdb.DuckDBPyConnection, rule: BlockingRule) -> dict[str, Levels]:
    block(con, (rule,))
    return _compared(con)


def _compared(con: duckdb.DuckDBPyConnection) -> dict[str, Levels]:
    left, i, right, j = gather(con)
    return compare_records(left, i, right, j, pair_books(left.book, right.book, asks_for_copied=False))


def frequencies(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, float]]:
    """Shares of surnames, given characters and long names among the people; `""` is the share of what is rarer."""
    counted = con.execute(
        "select name_folded, count(*) as n from right_record where name_folded <> '' group by 1 order by 1"
    ).fetchnumpy()
    book, sizes = name_book(counted["name_folded"].tolist()), counted["n"].astype(float)
    return {part: _shares(_values(book, part), sizes) for part in NAME_PARTS}


def _values(book: NameBook, part: str) -> list[str]:
    if part == "long_name":
        return [n if long else "" for n, long in zip(book.names, book.is_long, strict=True)]
    text = {code: name for name, code in compounds().items()}
    return [text.get(int(c), chr(int(c))) if c and c < SYLLABLE_BASE else "" for c in getattr(book, part)]


def _shares(values: list[str], sizes: NDArray[np.float64]) -> dict[str, float]:
    total: dict[str, float] = {}
    for value, size in zip(values, sizes, strict=True):
        total[value] = total.get(value, 0.0) + float(size)
    whole = sum(size for value, size in total.items() if value) or 1.0
    return {"": RAREST} | {v: round(n / whole, 7) for v, n in sorted(total.items()) if v and n / whole > RAREST}


def level_sizes() -> dict[str, int]:
    return {name: len(names) for name, names in COMPARISONS.items()}
