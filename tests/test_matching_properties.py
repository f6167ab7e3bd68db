"""What must hold of every name, every pair and every order of rows, whatever the model learnt."""

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matchers import score
from matchers.blocking import name_keys
from matchers.comparisons import Ints
from matchers.han import Levels
from matchers.id_numbers import EXACT, fold_number
from matchers.model import COMPARISONS, MILLI, NAME_PARTS, Model, read_model
from matchers.name_book import name_book
from matchers.name_levels import compare_names, pair_books
from matchers.names import fold_name
from matchers.resolve import NOBODY, Decisions, clusters, resolve
from matchers.score import Records, Scale, Scored, score_pairs, smaller, weigh
from matchers.scored import _may_link
from matchers.training import expectation_maximisation
from tests.strategies import HAN, NAMES, delivered_names, delivered_numbers, folded_names

# Names and numbers


def levels_of(left: list[str], right: list[str]) -> dict[str, Levels]:
    """Of all pairs, by row of `left`."""
    i, j = np.repeat(np.arange(len(left)), len(right)), np.tile(np.arange(len(right)), len(left))
    found = compare_names(pair_books(name_book(left), name_book(right)), i, j)
    return {part: getattr(found, part).reshape(len(left), len(right)) for part in NAME_PARTS}


@settings(max_examples=150, deadline=None)
@given(st.lists(folded_names(), min_size=1, max_size=8), st.lists(folded_names(), min_size=1, max_size=8))
def test_names_compare_the_same_both_ways(left: list[str], right: list[str]) -> None:
    there, back = levels_of(left, right), levels_of(right, left)
    for part in NAME_PARTS:
        np.testing.assert_array_equal(there[part], back[part].T)


@settings(max_examples=100, deadline=None)
@given(st.lists(folded_names(), min_size=1, max_size=6), st.lists(folded_names(), max_size=6))
def test_names_compare_the_same_whoever_else_is_compared(names: list[str], others: list[str]) -> None:
    alone, among = levels_of(names, names), levels_of([*others, *names], [*names, *others])
    for part in NAME_PARTS:
        np.testing.assert_array_equal(alone[part], among[part][len(others) :, : len(names)])


@settings(max_examples=200, deadline=None)
@given(folded_names().filter(lambda n: "?" not in n and n))
def test_a_readable_name_equals_itself_in_every_part(name: str) -> None:
    found = {part: COMPARISONS[part][int(levels[0, 0])] for part, levels in levels_of([name], [name]).items()}
    assert set(found.values()) <= {"equal", "absent", "missing"} and "equal" in found.values()
    assert (found["long_name"] == "equal") != (found["surname"] == "equal")


@settings(max_examples=300, deadline=None)
@given(delivered_names())
@example("0)0?")
def test_folding_a_folded_name_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


@settings(max_examples=500, deadline=None)
@given(delivered_numbers(), st.sampled_from((None, "护照", "台胞证", "回乡证", "身份证")))
def test_the_key_of_a_number_is_its_own_key(text: str, document: str | None) -> None:
    folded = fold_number(text, document)
    again = [fold_number(key).key for key in (folded.key, *folded.aliases) if key]
    assert again == [key for key in (folded.key, *folded.aliases) if key]
    assert (folded.key is not None) == (folded.id_class in EXACT)


# Weights

# Which level plainly says more, from left to right; where it is not plain, levels stand in different lines.
CHARACTER_ORDERS = (
    "equal variant unlike", "equal spelt unlike", "equal sound near_sound unlike", "equal shape near_shape unlike", "equal swapped unlike",
    "equal unreadable", "equal same_part unlike",
)  # fmt: skip
ORDERS: dict[str, tuple[str, ...]] = {
    "surname": (*CHARACTER_ORDERS, "equal heard unlike"), "given_first": (*CHARACTER_ORDERS, "equal dropped unlike"),
    "given_second": (*CHARACTER_ORDERS, "equal dropped unlike"),
    "long_name": ("equal respelt near unlike", "equal cut_short unlike", "equal part unlike", "equal one_off unlike"),
    "birth_date": (
        "equal equal_default year_default same_year unlike", "equal day_month_swapped same_year unlike", "equal one_digit unlike",
        "equal same_month same_year unlike", "equal same_day unlike",
    ),
    "sex": ("equal unlike",), "phone": ("equal_own equal_shared equal_mass unlike", "equal_own one_slip unlike"),
    "place": ("village town unlike",),
    "id_number": ("equal letters check_missing one_slip two_slips unlike two_valid", "equal mask_fits leading_14 unlike"),
}  # fmt: skip
BETTER = sorted({
    (c, better, worse) for c, lines in ORDERS.items() for line in lines for n, worse in enumerate(line.split()) for better in line.split()[:n]
})  # fmt: skip


AROUND = {"surname": "{}伟", "given_first": "王{}", "given_second": "王伟{}"}  # what makes a name of a part of it


@cache
def committed() -> Model:
    return read_model()


@cache
def scale() -> Scale:
    return Scale(committed())


def weights_of(comparison: str, level: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of a level, for each character or long name known to the model: its weight against strangers, and against kin."""
    n = COMPARISONS[comparison].index(level)
    values = [
        v for v in sorted(committed().frequency.get(comparison, {})) if len(v) == 1 or comparison == "long_name"
    ] or [""]
    book = name_book([AROUND.get(comparison, "{}").format(v) for v in values])
    levels = {comparison: np.full(len(values), n, dtype=np.int8)}
    own = {key: ref for key, ref in scale().references.items() if key[0] == comparison}
    weights = scale().by_level[comparison][levels[comparison]].astype(np.int64)
    for (_, asked), (kind, reference) in own.items():
        weights += (scale().rarity(comparison, kind, book).astype(np.int64) - reference) * (asked == n)
    return weights, scale().by_kin[comparison][levels[comparison]].astype(np.int64)


@pytest.mark.parametrize(("comparison", "better", "worse"), BETTER)
def test_a_better_level_of_the_committed_model_never_weighs_less(comparison: str, better: str, worse: str) -> None:
    """For every character and long name that the model knows, the rarest and the commonest."""
    for more, less in zip(weights_of(comparison, better), weights_of(comparison, worse), strict=True):
        assert (less - more).max() / MILLI <= 0.001


def invented(seed: int, size: int) -> Records:
    """Records that agree now and then, some values missing."""
    drawn = np.random.default_rng(seed)
    names = sorted({*NAMES, *("".join(drawn.choice(list(HAN), size=drawn.integers(2, 5))) for _ in range(60))})
    sometimes = drawn.random((6, size)) < 0.9
    fields = [
        drawn.integers(low, high, size)
        for low, high in ((1, 9), (1, 3), (13_900_000_000, 13_900_000_030), (1, 4), (1, 5), (0, 20))
    ]
    fields[0] = 19_700_100 + fields[0] * 10_000 + fields[0]
    return Records(
        name_book(names), drawn.integers(0, len(names), size), *(f * s for f, s in zip(fields, sometimes, strict=True))
    )


LEFT, RIGHT = 60, 80
PAIRS = np.array([(a, b) for a in range(LEFT) for b in range(RIGHT)])


def scored(left: Records, right: Records, pairs: NDArray[np.int64], threads: int = 1) -> Scored:
    told = {"household": ((pairs[:, 0] % 3 == 0) & (pairs[:, 1] % 2 == 0)).astype(np.int8)}
    return score_pairs(scale(), left, pairs[:, 0], right, pairs[:, 1], told, threads)


def assert_same(one: Scored, other: Scored) -> None:
    np.testing.assert_array_equal(one.total, other.total)
    np.testing.assert_array_equal(one.against_kin, other.against_kin)
    for comparison in one.levels:
        np.testing.assert_array_equal(one.levels[comparison], other.levels[comparison])
        np.testing.assert_array_equal(one.weights[comparison], other.weights[comparison])


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("chunk", [1, 257, 1 << 17])
def test_threads_and_chunks_change_no_weight(monkeypatch: pytest.MonkeyPatch, threads: int, chunk: int) -> None:
    left, right = invented(1, LEFT), invented(2, RIGHT)
    pairs = PAIRS[:200] if chunk == 1 else PAIRS
    expected = scored(left, right, pairs)
    monkeypatch.setattr(score, "CHUNK", chunk)
    assert_same(scored(left, right, pairs, threads), expected)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_no_weight(rng: random.Random) -> None:
    left, right = invented(1, LEFT), invented(2, RIGHT)
    order = np.array(rng.sample(range(len(PAIRS)), 500))
    assert_same(scored(left, right, PAIRS[order]), scored(left, right, PAIRS).take(order))


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_records_and_names_changes_no_weight(rng: random.Random) -> None:
    left, right = invented(1, LEFT), invented(2, RIGHT)
    rows, names = (np.array(rng.sample(range(n), n)) for n in (LEFT, len(left.book.names)))
    turned = {c: getattr(left, c)[rows] for c in ("birth_date", "sex", "phone", "town", "village", "holders")}
    again = Records(name_book([left.book.names[n] for n in names]), np.argsort(names)[left.name[rows]], **turned)
    pairs = np.stack([np.argsort(rows)[PAIRS[:, 0]], PAIRS[:, 1]], axis=1)
    plain = score_pairs(scale(), left, PAIRS[:, 0], right, PAIRS[:, 1], {})
    assert_same(score_pairs(scale(), again, pairs[:, 0], right, pairs[:, 1], {}), plain)


@st.composite
def level_vectors(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, int]]:
    """A level for every comparison, and the same with one better."""
    comparison, better, worse = draw(st.sampled_from(BETTER))
    # Mostly missing: where all is told, one of the two sums hides the other.
    vector = {c: draw(st.integers(0, len(n) - 1)) if draw(st.booleans()) else 0 for c, n in COMPARISONS.items()}
    levels = COMPARISONS[comparison]
    return vector | {comparison: levels.index(worse)}, vector | {comparison: levels.index(better)}


SURNAMES = "王李张刘欧邱"  # common, rare, and one that the model may not know


@settings(max_examples=300, deadline=None)
@given(level_vectors(), st.sampled_from(SURNAMES), st.text(HAN, min_size=1, max_size=2))
def test_more_agreement_never_lowers_the_total(
    vectors: tuple[dict[str, int], dict[str, int]], surname: str, given: str
) -> None:
    """Of two pairs of the same names, the smaller of both sums included."""
    book, nought = name_book([surname + given]), np.zeros(2, dtype=np.int64)
    levels = {c: np.array([vectors[0][c], vectors[1][c]], dtype=np.int8) for c in COMPARISONS}
    weights = weigh(scale(), levels, (book, nought), (book, nought), scale().rarities(book, book))
    total = smaller(scale(), levels, weights, scale().prior, scale().kin_prior).total
    assert total[1] >= total[0] - 1


def test_a_name_in_another_order_never_outweighs_the_name_itself() -> None:
    names = ["王小明", "王明小", "小明王", "张伟", "伟张", "欧阳娜娜", "娜娜欧阳"]
    for a, b in ((0, 1), (0, 2), (3, 4), (5, 6)):
        size = np.zeros(2, dtype=np.int64)
        side = Records(name_book(names), np.array([a, b]), *(size + v for v in (19_800_203, 1, 0, 0, 0, 0)))
        total = score_pairs(scale(), side, size, side, np.array([0, 1]), {}).total
        assert total[0] >= total[1], names[b]


@pytest.mark.parametrize(("thirds", "allowed"), [(0, False), (1, False), (2, True)])
def test_a_name_of_which_only_the_surname_can_be_read_needs_one_agreement_more(thirds: int, allowed: bool) -> None:
    told = {"phone": thirds > 0, "place": thirds > 1, "birth_date": True, "sex": True}
    levels = levels_of(["熊?"], ["熊娥"]) | {
        c: np.array([[int(told.get(c, False))]]) for c in COMPARISONS if c not in NAME_PARTS
    }
    assert bool(_may_link(levels)[0, 0]) is allowed


def test_a_name_with_a_character_too_many_shares_the_keys_of_its_beginning_and_end() -> None:
    short, long = (name_keys([name]).to_pylist()[0] for name in ("魏红燕", "魏红班燕"))
    assert {key for key in short if short[key] == long[key] and key.endswith("sound")} == {
        "surname_sound",
        "first_sound",
        "second_sound",
    }


# Decisions

THRESHOLDS = {"link": 5, "margin": 2, "review": -3}
Pairs = tuple[Ints, Ints, NDArray[np.int32], NDArray[np.bool_], Ints]


@st.composite
def weighed_pairs(draw: st.DrawFn) -> Pairs:
    """Distinct pairs with weights that often tie; the source is the left record's."""
    found = sorted(draw(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=24)))
    source = draw(st.lists(st.integers(0, 2), min_size=8, max_size=8))
    total = draw(st.lists(st.integers(-6, 12), min_size=len(found), max_size=len(found)))
    may_link = draw(st.lists(st.sampled_from((True, True, False)), min_size=len(found), max_size=len(found)))
    left, right = np.array(found).T
    return left, right, np.array(total, dtype=np.int32), np.array(may_link), np.array(source)[left]


def said(pairs: Pairs, decided: Decisions) -> dict[int, tuple[int, int, str]]:
    """By left record: the right records of the best candidate and the runner-up, and what follows."""
    right = pairs[1]
    return {
        int(a): (int(right[b]), NOBODY if r == NOBODY else int(right[r]), str(s))
        for a, b, r, s in zip(decided.left, decided.best, decided.runner_up, decided.status, strict=True)
    }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(weighed_pairs(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_no_decision(pairs: Pairs, rng: random.Random) -> None:
    order = np.array(rng.sample(range(len(pairs[0])), len(pairs[0])))
    mixed: Pairs = (pairs[0][order], pairs[1][order], pairs[2][order], pairs[3][order], pairs[4][order])
    assert said(mixed, resolve(*mixed, THRESHOLDS)) == said(pairs, resolve(*pairs, THRESHOLDS))


@settings(max_examples=200, deadline=None)
@given(weighed_pairs(), st.integers(-6, 12), st.booleans(), st.integers(0, 2), st.sampled_from((-1, 99)))
def test_an_unrelated_record_changes_no_decision(
    pairs: Pairs, total: int, may_link: bool, source: int, at: int
) -> None:
    left, right, weights, allowed, sources = pairs
    more: Pairs = (
        np.append(left, at), np.append(right, at), np.append(weights, np.int32(total)), np.append(allowed, may_link), np.append(sources, source)
    )  # fmt: skip
    found = said(more, resolve(*more, THRESHOLDS))
    assert found.pop(at)[0] == at
    assert found == said(pairs, resolve(*pairs, THRESHOLDS))


@settings(max_examples=200, deadline=None)
@given(weighed_pairs())
def test_decisions_keep_what_they_promise(pairs: Pairs) -> None:
    """The same, naively, record by record."""
    left, right, total, may_link, source = (column.tolist() for column in pairs)
    found = said(pairs, resolve(*pairs, THRESHOLDS))
    ranked = {
        a: sorted((n for n in range(len(left)) if left[n] == a), key=lambda n: (-total[n], right[n])) for a in set(left)
    }
    alone = [
        own[0] for own in ranked.values()
        if may_link[own[0]] and total[own[0]] >= 5 and all(total[own[0]] - total[n] >= 2 for n in own[1:2])
    ]  # fmt: skip
    sure = {
        n for n in alone
        if not source[n] or all(total[n] - total[o] >= 2 for o in alone if o != n and (source[o], right[o]) == (source[n], right[n]))
    }  # fmt: skip
    for a, own in ranked.items():
        status = "linked" if own[0] in sure else "review" if total[own[0]] >= -3 else "none"
        assert found[a] == (right[own[0]], right[own[1]] if len(own) > 1 else NOBODY, status)


Links = list[tuple[int, int]]
LINKS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1]), max_size=20)


@settings(max_examples=300, deadline=None)
@given(LINKS, LINKS)
def test_clusters_part_whom_a_reviewer_told_apart_and_nobody_else(pairs: Links, apart: Links) -> None:
    head = clusters(pairs, apart)
    members = {h: {one for one, its in head.items() if its == h} for h in head.values()}
    assert set(head) == {one for pair in pairs for one in pair}
    assert all(h == min(own) for h, own in members.items())
    assert not any(a in head and b in head and head[a] == head[b] for a, b in apart)
    for a, b in pairs:  # a pair passed over would have brought together two who are told apart
        both = members[head[a]] | members[head[b]]
        assert head[a] == head[b] or any(x in both and y in both for x, y in apart)
    if not apart:
        assert clusters(reversed(pairs)) == head


# Training


def drawn_levels(drawn: np.random.Generator, shares: NDArray[np.float64], size: int) -> Levels:
    """Levels in these shares; one in ten is missing."""
    found = drawn.choice(len(shares), size=size, p=shares).astype(np.int8)
    return np.where(drawn.random(size) < 0.1, 0, found).astype(np.int8)


@pytest.mark.parametrize("matched", [0.02, 0.05, 0.3])
def test_expectation_maximisation_finds_the_m_that_the_pairs_were_drawn_with(matched: float) -> None:
    """m within 0.02, in 20 000 pairs; at two in a hundred matched, 400 pairs teach: within 0.05."""
    drawn, size = np.random.default_rng(5), 20_000
    true = {"place": [0, 0.7, 0.2, 0.1], "phone": [0, 0.5, 0.1, 0.05, 0.05, 0.3], "sex": [0, 0.97, 0.03],
            "birth_date": [0, 0.8, 0.02, 0.02, 0.06, 0.03, 0.03, 0.02, 0.02]}  # fmt: skip
    u = {"place": [0, 0.01, 0.09, 0.9], "phone": [0, 0.001, 0.001, 0.003, 0.005, 0.99], "sex": [0, 0.5, 0.5],
         "birth_date": [0, 0.001, 0.001, 0.001, 0.002, 0.005, 0.02, 0.07, 0.9]}  # fmt: skip
    known, strangers = ({c: np.array(s) for c, s in shares.items()} for shares in (true, u))
    is_match = drawn.random(size) < matched
    levels = {
        c: np.where(is_match, drawn_levels(drawn, known[c], size), drawn_levels(drawn, strangers[c], size))
        for c in true
    }
    start = {c: np.array([0, *[3.0] + [1.0] * (len(s) - 2)]) / (len(s) + 1) for c, s in true.items()}
    found = expectation_maximisation(levels, strangers, start, tuple(true))
    assert found.matched == pytest.approx(is_match.mean(), abs=0.005)
    for comparison, shares in known.items():
        np.testing.assert_allclose(found.m[comparison], shares, atol=0.02 if matched > 0.02 else 0.05)
