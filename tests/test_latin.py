"""Latin comparison levels: literal tables, and what must not depend on the order of a pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.latin import (
    COMPARISONS,
    NUMBER_LEVELS,
    TEXT_LEVELS,
    compare,
    fold_latin,
    number_levels,
    rarities,
    text_levels,
    texts,
)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        pytest.param("smith", "", "missing", id="a missing name says nothing"),
        pytest.param("", "", "missing", id="two missing names are not equal"),
        pytest.param("smith", "smith", "equal", id="the same"),
        pytest.param("smith", "smiht", "one_edit", id="two neighbours turned"),
        pytest.param("matthias", "mattyhias", "one_edit", id="a letter too many"),
        pytest.param("mikhayla", "mikhvyl", "near", id="two slips in a long name"),
        pytest.param("christiane", "christa", "near", id="a short form"),
        pytest.param("schmidt", "schulte", "alike", id="a shared beginning"),
        pytest.param("m", "michaela", "initial", id="an initial"),
        pytest.param("a", "michaela", "unlike", id="another's initial"),
        pytest.param("green", "neumann", "unlike", id="nothing shared"),
    ],
)
def test_names_are_placed_on_the_level_of_their_edits(left: str, right: str, level: str) -> None:
    assert TEXT_LEVELS[text_levels([left], [right])[0]] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        pytest.param("5304218", "", "missing", id="a missing number says nothing"),
        pytest.param("5304218", "5304218", "equal", id="the same"),
        pytest.param("5304218", "5304281", "two_swapped", id="two neighbours turned"),
        pytest.param("5304218", "8304215", "two_swapped", id="two far digits exchanged"),
        pytest.param("5304218", "5304219", "one_edit", id="a wrong digit"),
        pytest.param("5304218", "530418", "one_edit", id="a digit lost"),
        pytest.param("5304218", "5304227", "unlike", id="two wrong digits"),
        pytest.param("nsw", "nws", "two_swapped", id="a state is read as a code"),
    ],
)
def test_numbers_are_placed_on_the_level_of_their_edits(left: str, right: str, level: str) -> None:
    assert NUMBER_LEVELS[number_levels([left], [right])[0]] == level


def rows(*values: tuple[str, ...]) -> dict[str, list[str]]:
    columns = ("given_name", "surname", "address_1", "address_2", "postcode", "birth_date")
    return {c: list(v) for c, v in zip(columns, zip(*values, strict=True), strict=True)}


def named_levels(*values: tuple[str, ...]) -> dict[str, str]:
    """Of the first row against the second."""
    names = {one.column: one.level_names for one in COMPARISONS}
    return {c: names[c][found[0]] for c, found in compare(texts(rows(*values)), np.array([0]), np.array([1])).items()}


def test_fields_filled_in_the_other_way_round_are_told_once() -> None:
    found = named_levels(
        ("mikhayla", "hannagan", "rupplace", "brentwoodvlge", "2257", "19770501"),
        ("hannagan", "mikhayla", "brentwodvlge", "rupplace", "2257", "19770105"),
    )
    assert found == {"given_name": "swapped", "surname": "missing", "address_1": "swapped", "address_2": "missing",
                     "postcode": "equal", "birth_date": "day_month_swapped"}  # fmt: skip


def test_equal_fields_are_never_called_swapped() -> None:
    same = ("thomas", "thomas", "hillstreet", "hillstreet", "2257", "19770501")
    assert set(named_levels(same, same).values()) == {"equal"}


def test_a_date_and_a_name_not_told_say_nothing() -> None:
    found = named_levels(("", "lund", "a", "b", "1", ""), ("lund", "", "a", "b", "1", "19770501"))
    assert [found[c] for c in ("given_name", "surname", "birth_date")] == ["missing"] * 3


def test_agreeing_on_a_rare_name_is_worth_more() -> None:
    own, usual = rarities(np.array([1] * 6 + [2] + [0] * 3), 3)
    assert own[2] > usual > own[1]
    assert own[2] - own[1] == round(1000 * np.log2(6))


def test_folding_leaves_small_letters_and_digits() -> None:
    assert fold_latin(" Lillie-Hinrichs ") == "lilliehinrichs"
    assert fold_latin("Ken Hunter's 2nd Lodge, Ære") == "kenhunters2ndlodgeære"


few = st.text("ab1", max_size=4)
row = st.tuples(few, few, few, few, few, st.sampled_from(("", "19770501", "19770105", "19780501")))


@given(row, row)
@settings(max_examples=100, deadline=None)
def test_levels_ignore_the_order_of_the_pair(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    assert named_levels(left, right) == named_levels(right, left)


@given(row)
@settings(max_examples=50, deadline=None)
def test_a_row_agrees_with_itself_wherever_it_says_something(one: tuple[str, ...]) -> None:
    assert set(named_levels(one, one).values()) <= {"equal", "missing"}
