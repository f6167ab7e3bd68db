"""The measures against literal examples, naive counts and known properties."""

from itertools import combinations
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.measures import (
    NOTHING_ACCEPTED,
    b_cubed,
    best_f1,
    f1,
    pairwise,
    quality,
    recall_at_precision,
    upper_bound,
    wilson,
)

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12)
SCORED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="no hit"),
        pytest.param(10, 10, 0.7225, 1.0, id="all hits"),
        pytest.param(5, 10, 0.2366, 0.7634, id="half"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998, table I"),
    ],
)
def test_wilson_interval_as_published(hits: int, trials: int, low: float, high: float) -> None:
    share = wilson(hits, trials)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("events", "trials", "bound"),
    [
        pytest.param(0, 10, 0.2589, id="no event: 1 - 0.05 ** (1 / 10)"),
        pytest.param(1, 10, 0.3942, id="one event"),
        pytest.param(2, 20, 0.2826, id="two events"),
        pytest.param(10, 10, 1.0, id="nothing but events"),
    ],
)
def test_upper_bound_as_published(events: int, trials: int, bound: float) -> None:
    assert round(upper_bound(events, trials), 4) == bound


@given(st.integers(1, 2_000_000))
def test_upper_bound_without_events_has_a_closed_form(trials: int) -> None:
    assert upper_bound(0, trials) == pytest.approx(-np.expm1(np.log(0.05) / trials), rel=1e-6)


@given(st.integers(0, 30), st.integers(1, 500))
def test_upper_bound_rises_with_events_and_falls_with_trials(events: int, more: int) -> None:
    trials = events + more
    assert events / trials < upper_bound(events, trials) <= upper_bound(min(events + 1, trials), trials)
    assert upper_bound(events, trials + 100) < upper_bound(events, trials)


@given(st.integers(0, 400), st.integers(0, 400))
def test_wilson_holds_the_share_and_mirrors(hits: int, misses: int) -> None:
    share, other = wilson(hits, hits + misses), wilson(misses, hits + misses)
    assert 0 <= share.low <= share.high <= 1
    assert share.low == pytest.approx(1 - other.high, abs=1e-12)
    assert isnan(share.value) or share.low <= share.value <= share.high


def test_wrong_counts_are_refused() -> None:
    for wrong in (lambda: wilson(3, 2), lambda: upper_bound(-1, 5), lambda: quality(5, 9, 4)):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(ValueError):
        recall_at_precision([1, 2], [True], 5, 0.9)
    with pytest.raises(ValueError):
        recall_at_precision([1, float("nan")], [True, True], 5, 0.9)
    with pytest.raises(ValueError):
        recall_at_precision([1, 2], [True, True], 1, 0.9)


def test_recall_at_precision_by_hand() -> None:
    scores = [9, 8, 7, 6, 5, 4]
    is_true = [True, True, False, True, True, False]
    point = recall_at_precision(scores, is_true, 8, 0.8)
    assert (point.threshold, point.precision, point.recall, point.accepted) == (5.0, 0.8, 0.5, 5)
    assert recall_at_precision(scores, is_true, 8, 1.0).recall == 0.25
    assert recall_at_precision([3, 2], [False, False], 8, 0.5) == NOTHING_ACCEPTED
    assert recall_at_precision([], [], 8, 0.5) == NOTHING_ACCEPTED
    assert recall_at_precision([5, 5, 5, 1], [True, True, False, True], 3, 0.9) == NOTHING_ACCEPTED


@settings(max_examples=50)
@given(SCORED, st.sampled_from([0.5, 0.75, 0.9, 1.0]), st.randoms())
def test_recall_at_precision_is_the_best_of_all_thresholds(scored, precision, random) -> None:  # type: ignore[no-untyped-def]
    total = sum(t for _, t in scored) + 2
    naive = 0.0
    for threshold in {s for s, _ in scored}:
        taken = [t for s, t in scored if s >= threshold]
        if sum(taken) >= precision * len(taken):
            naive = max(naive, sum(taken) / total)
    random.shuffle(scored)
    point = recall_at_precision([s for s, _ in scored], [t for _, t in scored], total, precision)
    assert point.recall == pytest.approx(naive)
    assert point.accepted == 0 or point.precision >= precision


@settings(max_examples=50)
@given(SCORED)
def test_best_f1_is_the_best_of_all_thresholds(scored: list[tuple[int, bool]]) -> None:
    total = sum(t for _, t in scored) + 1
    each = [[t for s, t in scored if s >= threshold] for threshold in {s for s, _ in scored}]
    naive = max(f1(sum(taken) / len(taken), sum(taken) / total) for taken in each)
    value, point = best_f1([s for s, _ in scored], [t for _, t in scored], total)
    assert value == pytest.approx(naive)
    assert f1(point.precision, point.recall) == pytest.approx(value)


def test_clusters_by_hand() -> None:
    found, truth = ["a", "a", "a", "b", "b", "c"], [1, 1, 2, 2, 2, 3]
    q = pairwise(found, truth)
    assert (q.precision.hits, q.precision.trials, q.recall.trials) == (2, 4, 4)
    assert b_cubed(found, truth) == pytest.approx((7 / 9, 7 / 9, 7 / 9))
    assert isnan(pairwise([1, 2], [1, 2]).precision.value)
    assert isnan(b_cubed([], [])[0])


@settings(max_examples=50)
@given(LABELS)
def test_clusters_agree_with_counting_one_by_one(rows: list[tuple[int, int]]) -> None:
    found, truth = [f for f, _ in rows], [t for _, t in rows]
    made = [(a, b) for a, b in combinations(range(len(rows)), 2) if found[a] == found[b]]
    there = [(a, b) for a, b in combinations(range(len(rows)), 2) if truth[a] == truth[b]]
    q = pairwise(found, truth)
    assert (q.precision.hits, q.precision.trials, q.recall.trials) == (len({*made} & {*there}), len(made), len(there))
    precision, recall, _ = b_cubed(found, truth)
    own = [[truth[b] == t for b in range(len(rows)) if found[b] == f] for f, t in rows]
    assert precision == pytest.approx(sum(sum(o) / len(o) for o in own) / len(rows))
    mirrored, _, _ = b_cubed(truth, found)
    assert recall == pytest.approx(mirrored)


@given(LABELS)
def test_a_perfect_clustering_is_perfect_whatever_the_labels(rows: list[tuple[int, int]]) -> None:
    truth = [t for _, t in rows]
    assert b_cubed([f"P{t}" for t in truth], truth) == (1.0, 1.0, 1.0)
    assert pairwise([f"P{t}" for t in truth], truth).f1 in (0.0, 1.0)
