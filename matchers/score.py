"""Pairs of records weighed: levels by the comparisons, weights by the model, added up in whole thousandths of a bit.

Pure: the same pairs give the same weights in any order, in any chunks, on any number of threads.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchers.comparisons import Ints, birth_levels, phone_levels, place_levels, plain_levels
from matchers.han import CODES, Levels, code_of, spoken_by
from matchers.model import COMPARISONS, NAME_PARTS, Model, milli
from matchers.name_book import NameBook
from matchers.name_levels import Pairing, compare_names, pair_books

CHUNK = 1 << 17  # pairs at a time: their arrays stay within the processor's cache
Weights = NDArray[np.int32]
Rarities = Mapping[tuple[str, str], tuple[Weights, Weights]]


@dataclass(frozen=True)
class Records:
    """One side's columns, parallel. `name` points into `book`; dates are YYYYMMDD; 0 stands for a missing value.
    `holders`: how many known people the phone belongs to (asked of the right side only)."""

    book: NameBook
    name: Ints
    birth_date: Ints
    sex: Ints
    phone: Ints
    town: Ints
    village: Ints
    holders: Ints


@dataclass(frozen=True)
class Scored:
    """Parallel to the pairs: levels and weights by comparison, `total` with the prior included, and whether the weights
    are those against two of a family, not against strangers: those that say less."""

    levels: Mapping[str, Levels]
    weights: Mapping[str, Weights]
    total: Weights
    against_kin: NDArray[np.bool_]

    def take(self, at: Ints) -> "Scored":
        """The pairs at these places."""
        levels = {c: found[at] for c, found in self.levels.items()}
        return Scored(levels, {c: found[at] for c, found in self.weights.items()}, self.total[at], self.against_kin[at])


class Scale:
    """A model's weights as arrays: by level, and by character where rarity counts."""

    def __init__(self, model: Model) -> None:
        self.prior, self.kin_prior = model.prior, model.kin_prior
        told = {c: [model.levels[c][n] for n in names[1:]] for c, names in COMPARISONS.items()}
        self.by_level = {
            c: np.array([0, *(level.weight for level in levels)], dtype=np.int32) for c, levels in told.items()
        }
        self.by_kin = {
            c: np.array([0, *(level.kin_weight for level in levels)], dtype=np.int32) for c, levels in told.items()
        }
        self.itself = {part: by_character(model.frequency[part]) for part in NAME_PARTS[:3]}
        self.sound = {part: by_sound(model.frequency[part], part == "surname") for part in NAME_PARTS[:3]}
        self.references = {
            (part, n): (level.rarity, level.reference)
            for part in NAME_PARTS for n, name in enumerate(COMPARISONS[part]) if n and (level := model.levels[part][name]).rarity
        }  # fmt: skip
        self.long_names = {n: milli(1 / f) for n, f in model.frequency["long_name"].items()}

    def rarity(self, part: str, kind: str, book: NameBook) -> Weights:
        """Thousandths of a bit for each name of the book."""
        if part == "long_name":
            default = self.long_names[""]
            return np.array([self.long_names.get(n, default) for n in book.names], dtype=np.int32)
        return (self.itself if kind == "itself" else self.sound)[part][getattr(book, part)]

    def rarities(self, left: NameBook, right: NameBook) -> Rarities:
        """How rare each name's parts are, for every part and kind of rarity that the model asks about."""
        asked = {(part, kind) for (part, _), (kind, _) in self.references.items()}
        return {
            (part, kind): (self.rarity(part, kind, left), self.rarity(part, kind, right))
            for part, kind in sorted(asked)
        }


def by_character(frequency: Mapping[str, float]) -> Weights:
    rarity = np.full(CODES, milli(1 / frequency[""]), dtype=np.int32)
    for char, share in frequency.items():
        if char:
            rarity[code_of(char)] = milli(1 / share)
    return rarity


def by_sound(frequency: Mapping[str, float], surname: bool) -> Weights:
    """Of each character, the rarity of its commonest sound."""
    said, _ = spoken_by(surname=surname)
    share = np.zeros(int(said.max()) + 1)
    for char, part in frequency.items():
        if len(char) == 1:
            spoken = said[ord(char)]
            share[np.unique(spoken[spoken > 0])] += part
    share = np.maximum(share, frequency[""])
    share[0] = 0
    commonest = np.maximum(share[said].max(axis=1), frequency[""])
    for name, part in frequency.items():
        if len(name) > 1:  # a compound surname sounds like itself alone
            commonest[code_of(name)] = part
    return np.round(-1000 * np.log2(commonest)).astype(np.int32)


def score_pairs(
    scale: Scale, left: Records, i: Ints, right: Records, j: Ints, told: Mapping[str, Levels], threads: int = 1
) -> Scored:
    """Weigh the pairs (i, j). `told` brings levels found elsewhere (number, household …), parallel to the pairs."""
    rarities = scale.rarities(left.book, right.book)
    pairing = pair_books(left.book, right.book)
    cuts = [slice(at, at + CHUNK) for at in range(0, max(len(i), 1), CHUNK)]

    def one(cut: slice) -> Scored:
        levels = compare_records(left, i[cut], right, j[cut], pairing) | {
            name: found[cut] for name, found in told.items()
        }
        weights = weigh(scale, levels, (left.book, left.name[i[cut]]), (right.book, right.name[j[cut]]), rarities)
        return smaller(scale, levels, weights, scale.prior, scale.kin_prior)

    with ThreadPoolExecutor(threads) as pool:
        return _joined(list(pool.map(one, cuts)))


def weigh(
    scale: Scale,
    levels: Mapping[str, Levels],
    left: tuple[NameBook, Ints],
    right: tuple[NameBook, Ints],
    rarities: Rarities,
) -> dict[str, Weights]:
    """The weight of every level; `left` and `right` say which name each pair has."""
    weights = {c: scale.by_level[c][found] for c, found in levels.items()}
    for (part, level), (kind, reference) in scale.references.items():
        at = np.flatnonzero(levels[part] == level)
        a, b = rarities[part, kind]
        weights[part][at] += np.minimum(a[left[1][at]], b[right[1][at]]) - reference
    return weights


def smaller(
    scale: Scale, levels: Mapping[str, Levels], weights: Mapping[str, Weights], prior: int, kin_prior: int
) -> Scored:
    """Of the two sums, against strangers and against two of a family, the smaller, with its weights."""
    kin = {c: scale.by_kin[c][found] for c, found in levels.items()}
    size = len(next(iter(levels.values())))
    apart = sum(weights.values(), np.full(size, prior, dtype=np.int32))
    together = sum(kin.values(), np.full(size, kin_prior, dtype=np.int32))
    against_kin = together < apart
    shown = {c: np.where(against_kin, kin[c], weights[c]) for c in levels}
    return Scored(levels, shown, np.where(against_kin, together, apart), against_kin)


def compare_records(
    left: Records, i: Ints, right: Records, j: Ints, pairing: Pairing | None = None
) -> dict[str, Levels]:
    """Levels of the pairs (i, j) by comparison. `pairing` may be given where many chunks are compared."""
    names = compare_names(pairing or pair_books(left.book, right.book), left.name[i], right.name[j])
    return {
        "surname": names.surname, "given_first": names.given_first, "given_second": names.given_second,
        "long_name": names.long_name,
        "birth_date": birth_levels(left.birth_date[i], right.birth_date[j]),
        "sex": plain_levels(left.sex[i], right.sex[j]),
        "phone": phone_levels(left.phone[i], right.phone[j], right.holders[j]),
        "place": place_levels((left.town[i], right.town[j]), (left.village[i], right.village[j])),
    }  # fmt: skip


def _joined(parts: list[Scored]) -> Scored:
    first = parts[0]
    return Scored(
        {c: np.concatenate([p.levels[c] for p in parts]) for c in first.levels},
        {c: np.concatenate([p.weights[c] for p in parts]) for c in first.weights},
        np.concatenate([p.total for p in parts]),
        np.concatenate([p.against_kin for p in parts]),
    )
