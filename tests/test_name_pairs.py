"""The labelled name pairs are what their script makes, and our name comparison reaches its targets on them."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import name_pairs
from benchmarks.name_parts import COLUMNS, NAME_PAIRS, SEED
from matchers.name_scores import name_weights


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return name_pairs.read_name_pairs()


def test_the_committed_pairs_are_what_the_script_makes() -> None:
    pytest.importorskip("pypinyin")
    pytest.importorskip("opencc")
    from benchmarks.make_name_pairs import as_tsv

    assert as_tsv(SEED) == NAME_PAIRS.read_bytes()


def test_there_are_enough_pairs_in_enough_classes(frame: pd.DataFrame) -> None:
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) >= 24_000
    assert frame.loc[frame["same"], "class"].nunique() >= 14
    assert frame.loc[~frame["same"], "class"].nunique() >= 7
    assert frame["class"].value_counts().min() >= 900


def test_no_pair_stands_twice_nor_under_both_labels(frame: pd.DataFrame) -> None:
    pairs = [frozenset(pair) for pair in zip(frame["left"], frame["right"], strict=True)]
    assert len(set(pairs)) == len(pairs)
    assert (frame["left"] != frame["right"]).all()
    assert (frame["left"] != "").all() and (frame["right"] != "").all()
    assert (frame.groupby("class")["same"].nunique() == 1).all()


def test_auc_counts_ties_half() -> None:
    positive, negative = np.array([3, 2, 2]), np.array([2, 1])
    by_hand = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative) / 6
    assert name_pairs.auc(positive, negative).value == pytest.approx(by_hand)


def test_our_comparison_reaches_its_targets(frame: pd.DataFrame) -> None:
    rows = list(name_pairs.measure(frame, {"ours": name_weights}))
    assert name_pairs.missed(rows) == []
