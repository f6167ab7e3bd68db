"""Measures of a linkage against the truth, and how sure a sample lets us be of them. Pure numpy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """A share of a sample with its 95 % interval. `value` is NaN, the interval 0 to 1, where there was no trial."""

    value: float
    low: float
    high: float
    hits: int
    trials: int


@dataclass(frozen=True)
class Quality:
    precision: Share
    recall: Share
    f1: float


@dataclass(frozen=True)
class OperatingPoint:
    """What accepting every link with a score of at least `threshold` gives."""

    threshold: float
    precision: float
    recall: float
    accepted: int


NOTHING_ACCEPTED = OperatingPoint(float("inf"), float("nan"), 0.0, 0)


def wilson(hits: int, trials: int) -> Share:
    """A share with Wilson's 95 % interval, which stays inside 0 to 1 and is of use for shares near its ends."""
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials")
    if trials == 0:
        return Share(float("nan"), 0.0, 1.0, 0, 0)
    p, z2 = hits / trials, Z_95 * Z_95
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 / (1 + z2 / trials) * sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    low, high = 0.0 if hits == 0 else centre - half, 1.0 if hits == trials else centre + half
    return Share(p, max(0.0, low), min(1.0, high), hits, trials)


def f1(precision: float, recall: float) -> float:
    """Their harmonic mean; 0 where either is 0 or unknown."""
    return 2 * precision * recall / (precision + recall) if precision > 0 and recall > 0 else 0.0


def quality(true_links: int, links: int, total_true: int) -> Quality:
    """`true_links` of `links` made are right; `total_true` were there to be made."""
    precision, recall = wilson(true_links, links), wilson(true_links, total_true)
    return Quality(precision, recall, f1(precision.value, recall.value))


def operating_points(
    scores: npt.ArrayLike, is_true: npt.ArrayLike, total_true: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Thresholds, highest first, with right and all links accepted at each. Equal scores are accepted together."""
    score, right = np.asarray(scores, dtype=np.float64), np.asarray(is_true, dtype=bool)
    if score.shape != right.shape or score.ndim != 1:
        raise ValueError(f"{score.shape} scores and {right.shape} answers")
    if right.sum() > total_true:
        raise ValueError(f"{right.sum()} right links of {total_true}")
    if np.isnan(score).any():
        raise ValueError("a score is missing")
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(score[order]) != 0, True]) if len(score) else np.empty(0, dtype=np.int64)
    return score[order][last], np.cumsum(right[order])[last], last + 1


def recall_at_precision(
    scores: npt.ArrayLike, is_true: npt.ArrayLike, total_true: int, precision: float
) -> OperatingPoint:
    """The point of highest recall among those of at least this precision; `NOTHING_ACCEPTED` where there is none."""
    thresholds, right, accepted = operating_points(scores, is_true, total_true)
    good = np.flatnonzero((right >= precision * accepted - 1e-9) & (right > 0))
    if not len(good):
        return NOTHING_ACCEPTED
    best = good[np.argmax(right[good])]
    return _point(thresholds, right, accepted, int(best), total_true)


def best_f1(scores: npt.ArrayLike, is_true: npt.ArrayLike, total_true: int) -> tuple[float, OperatingPoint]:
    """The highest F1 of any threshold, and where it is reached."""
    thresholds, right, accepted = operating_points(scores, is_true, total_true)
    if not len(right) or right[-1] == 0:
        return 0.0, NOTHING_ACCEPTED
    values = 2 * right / (accepted + total_true)
    best = int(np.argmax(values))
    return float(values[best]), _point(thresholds, right, accepted, best, total_true)


def _point(
    thresholds: npt.NDArray[Any], right: npt.NDArray[Any], accepted: npt.NDArray[Any], at: int, total_true: int
) -> OperatingPoint:
    return OperatingPoint(
        float(thresholds[at]), float(right[at] / accepted[at]), float(right[at] / total_true), int(accepted[at])
    )


def _codes(labels: Sequence[Any] | npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.unique(np.asarray(labels), return_inverse=True)[1].ravel()


def _pairs(codes: npt.NDArray[Any]) -> int:
    counts = np.bincount(codes).astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def _cells(found: Sequence[Any] | npt.NDArray[Any], truth: Sequence[Any] | npt.NDArray[Any]) -> tuple[Any, Any, Any]:
    f, t = _codes(found), _codes(truth)
    if len(f) != len(t):
        raise ValueError(f"{len(f)} labels and {len(t)} truths")
    return f, t, _codes(f * (int(t.max(initial=0)) + 1) + t)


def pairwise(found: Sequence[Any] | npt.NDArray[Any], truth: Sequence[Any] | npt.NDArray[Any]) -> Quality:
    """Quality of a clustering over all pairs of rows. One cluster label and one true label per row."""
    f, t, both = _cells(found, truth)
    return quality(_pairs(both), _pairs(f), _pairs(t)) if len(f) else quality(0, 0, 0)


def b_cubed(
    found: Sequence[Any] | npt.NDArray[Any], truth: Sequence[Any] | npt.NDArray[Any]
) -> tuple[float, float, float]:
    """Precision, recall and F1 averaged over rows: each row's own cluster against its own person."""
    f, t, both = _cells(found, truth)
    if not len(f):
        return float("nan"), float("nan"), 0.0
    shared = np.bincount(both)[both]
    precision, recall = float((shared / np.bincount(f)[f]).mean()), float((shared / np.bincount(t)[t]).mean())
    return precision, recall, f1(precision, recall)


def upper_bound(events: int, trials: int, confidence: float = 0.95) -> float:
    """The rate that this few events or fewer would show with probability 1 - confidence (Clopper-Pearson, one-sided).

    >>> round(upper_bound(0, 3000), 6)  # the rule of three says 0.001
    0.000998
    """
    if not 0 <= events <= trials or not 0 < confidence < 1:
        raise ValueError(f"{events} events in {trials} trials at {confidence}")
    if events == trials:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-14 + 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(events, trials, middle) > 1 - confidence else (low, middle)
    return high


def _at_most(events: int, trials: int, rate: float) -> float:
    """Probability of at most this many events, summed in logarithms, so that many trials do not underflow."""
    if rate <= 0 or rate >= 1:
        return 1.0 if rate <= 0 else 0.0
    whole = lgamma(trials + 1)
    return sum(
        exp(whole - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(rate) + (trials - k) * log1p(-rate))
        for k in range(events + 1)
    )
