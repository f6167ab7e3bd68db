"""Invented people: a surname by its share, and a given name of one generation."""

import random
from dataclasses import dataclass, replace
from functools import cache

from benchmarks.name_parts import read_rows

# Of the people an employment office meets: the share of each generation, of names with two characters (registration
# statistics of 2020: 6 % of all, 28 % of those born in the nineties), and of names from the list of the commonest.
ERAS = {"1950": 0.25, "1975": 0.4, "1995": 0.25, "2015": 0.1}
SINGLE_SHARE = {"1950": 0.08, "1975": 0.15, "1995": 0.25, "2015": 0.08}
COMMON_SHARE = 0.3
COMPOUND_PERCENT = 0.3
TAIL_PERCENT = 15.0

Weighed = tuple[list[str], list[float]]


@dataclass(frozen=True)
class Name:
    surname: str
    given: str

    def __str__(self) -> str:
        return self.surname + self.given

    def with_given(self, place: int, character: str) -> "Name":
        return replace(self, given=self.given[:place] + character + self.given[place + 1 :])


@cache
def surname_shares() -> dict[str, float]:
    """Every surname with its share in percent."""
    rows = [(kind, tokens.split()) for kind, tokens in read_rows("surnames")]
    tail = [token for kind, tokens in rows if kind == "tail" for token in tokens]
    shares = {surname: TAIL_PERCENT / len(tail) for surname in tail}
    for kind, tokens in rows:
        if kind != "tail":
            percent = [float(token) for token in tokens[1::2]]
            scale = 1.0 if kind == "top" else COMPOUND_PERCENT / sum(percent)
            shares |= dict(zip(tokens[::2], (value * scale for value in percent), strict=True))
    return shares


@cache
def given_weights(era: str, sex: str, place: str) -> Weighed:
    """Characters with their weights; place is first, second or single."""
    weights: dict[str, float] = {}
    for row_era, row_sex, row_place, weight, characters in read_rows("given_chars"):
        if row_era in (era, "*") and row_sex in (sex, "*") and row_place == place:
            for character in characters:
                weights[character] = max(weights.get(character, 0.0), float(weight))
    return list(weights), list(weights.values())


@cache
def character_weights() -> dict[str, float]:
    """How common each given character is, all generations together."""
    weights: dict[str, float] = {}
    for _, _, _, weight, characters in read_rows("given_chars"):
        for character in characters:
            weights[character] = weights.get(character, 0.0) + float(weight)
    return weights


@cache
def common_names(era: str, sex: str) -> list[str]:
    (names,) = [row[2].split() for row in read_rows("given_names") if row[:2] == [era, sex]]
    return names


def pick(rng: random.Random, weighed: Weighed) -> str:
    return rng.choices(weighed[0], weighed[1])[0]


@cache
def _surname_weights(only_compound: bool) -> Weighed:
    shares = {surname: share for surname, share in surname_shares().items() if len(surname) == 2 or not only_compound}
    return list(shares), list(shares.values())


def draw_surname(rng: random.Random) -> str:
    return pick(rng, _surname_weights(False))


def draw_compound(rng: random.Random) -> str:
    return pick(rng, _surname_weights(True))


def draw_given(rng: random.Random, length: int | None = None) -> str:
    """A given name of one generation; a length of None leaves it to that generation."""
    era, sex = pick(rng, (list(ERAS), list(ERAS.values()))), rng.choice("fm")
    if length is None:
        length = 1 if rng.random() < SINGLE_SHARE[era] else 2
    if length == 1:
        return pick(rng, given_weights(era, sex, "single"))
    if rng.random() < COMMON_SHARE:
        names = common_names(era, sex)
        return rng.choices(names, [1 / (rank + 5) for rank in range(len(names))])[0]
    return pick(rng, given_weights(era, sex, "first")) + pick(rng, given_weights(era, sex, "second"))


def draw(rng: random.Random, length: int | None = None) -> Name:
    return Name(draw_surname(rng), draw_given(rng, length))
