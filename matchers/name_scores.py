"""The weight of two delivered names alone, for measuring the comparison of names by itself."""

from collections.abc import Sequence

import numpy as np

from matchers.model import COMPARISONS, NAME_PARTS, Model, read_model
from matchers.name_book import name_book
from matchers.name_levels import compare_names, pair_books
from matchers.names import fold_name
from matchers.score import Weights

CONFLICT = -13_000  # by itself a plain conflict says two people; in a link other evidence may outweigh it
CONFLICTS = {"unlike", "heard"}


def name_weights(left: Sequence[str], right: Sequence[str], model: Model | None = None) -> Weights:
    """Thousandths of a bit that the pairs of names (as delivered) speak for one person: the model's levels, without
    what the rarity of a value adds, and with conflicts as CONFLICT. Symmetric."""
    folded = [fold_name(n) for n in (*left, *right)]
    places = {n: k for k, n in enumerate(sorted(set(folded)))}
    book = name_book(list(places))
    i = np.array([places[n] for n in folded[: len(left)]], dtype=np.int64)
    j = np.array([places[n] for n in folded[len(left) :]], dtype=np.int64)
    names = compare_names(pair_books(book, book), i, j)
    return sum(
        (_by_level(model or read_model(), part)[getattr(names, part)] for part in NAME_PARTS),
        np.zeros(len(i), dtype=np.int32),
    )


def _by_level(model: Model, part: str) -> Weights:
    told = (CONFLICT if name in CONFLICTS else model.levels[part][name].weight for name in COMPARISONS[part][1:])
    return np.array([0, *told], dtype=np.int32)
