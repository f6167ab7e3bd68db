"""From weighed pairs to decisions: the best candidate with a margin, one to one where the extract promises it.

Thresholds come from the model, in thousandths of a bit above even odds. The pair's own guard (`may_link`) is asked
first: what agrees in name and birth date alone is never linked without a third agreement, however rare the name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchers.comparisons import Ints
from matchers.score import Weights

NOBODY = -1
LINKED, REVIEW, NONE = "linked", "review", "none"


@dataclass(frozen=True)
class Decisions:
    """Parallel to `left` (distinct, sorted): the pair (its place among the weighed pairs) of the best candidate and of
    the runner-up (NOBODY if there is none), and what follows."""

    left: Ints
    best: Ints
    runner_up: Ints
    status: NDArray[np.object_]


def resolve(
    left: Ints, right: Ints, total: Weights, may_link: NDArray[np.bool_], source: Ints, thresholds: Mapping[str, int]
) -> Decisions:
    """Decide every left record. `source` is parallel to the pairs: a number for the source whose rows are one to one
    with people, 0 where the extract promises nothing; rows of one source that say the same carry the same left."""
    order = np.lexsort((right, -total.astype(np.int64), left))
    starts = np.flatnonzero(np.r_[True, np.diff(left[order]) != 0]) if len(order) else order
    best = order[starts]
    after = np.minimum(starts + 1, len(order) - 1)
    has_second = (starts + 1 < len(order)) & (left[order[after]] == left[best])
    runner_up = np.where(has_second, order[after], NOBODY)
    gap = total[best].astype(np.int64) - np.where(has_second, total[order[after]], -(1 << 40))
    sure = may_link[best] & (total[best] >= thresholds["link"]) & (gap >= thresholds["margin"])
    sure &= ~_outdone(best, right, total, source, sure, thresholds["margin"])
    asks = total[best] >= thresholds["review"]
    status = np.where(sure, LINKED, np.where(asks, REVIEW, NONE)).astype(object)
    return Decisions(left[best], best, runner_up, status)


def _outdone(
    best: Ints, right: Ints, total: Weights, source: Ints, sure: NDArray[np.bool_], margin: int
) -> NDArray[np.bool_]:
    """Where another row of the same one-to-one source wants the same person as much, or more."""
    asked = np.flatnonzero(sure & (source[best] > 0))
    rivals = best[asked]
    order = np.lexsort((rivals, -total[rivals].astype(np.int64), right[rivals], source[rivals]))
    place = rivals[order]
    same = (
        np.r_[False, (np.diff(right[place]) == 0) & (np.diff(source[place]) == 0)] if len(place) else np.zeros(0, bool)
    )
    group = np.cumsum(~same) - 1
    top = total[place][~same].astype(np.int64)
    second = np.full(len(top), -(1 << 40))
    runners = np.flatnonzero(same & ~np.r_[False, same[:-1]]) if len(place) else np.zeros(0, np.int64)
    second[group[runners]] = total[place[runners]]
    wins = ~same & (top[group] - second[group] >= margin) if len(place) else same
    outdone = np.zeros(len(best), dtype=bool)
    outdone[asked[order[~wins]]] = True
    return outdone


def clusters(pairs: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]] = ()) -> dict[int, int]:
    """Every member with the smallest member of its cluster. Pairs come strongest first; a pair that would bring
    two together whom a reviewer told apart is passed over, also where others stand between them.

    >>> clusters([(1, 2), (2, 3)], apart=[(1, 3)])
    {1: 1, 2: 1, 3: 3}
    """
    told_apart = {frozenset(p) for p in apart}
    members: dict[int, set[int]] = {}
    head: dict[int, int] = {}
    for a, b in pairs:
        for one in (a, b):
            members.setdefault(head.setdefault(one, one), {one})
        x, y = sorted((head[a], head[b]))
        if x == y or any(frozenset((m, n)) in told_apart for m in members[x] for n in members[y]):
            continue
        for one in members[y]:
            head[one] = x
        members[x] |= members.pop(y)
    return {one: min(members[head[one]]) for one in sorted(head)}
