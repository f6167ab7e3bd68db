"""One person's name, delivered differently: each function makes one pair, or None when the name does not lend itself."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from opencc import OpenCC

from benchmarks.name_parts import read_rows
from benchmarks.name_parts.people import Name, Weighed, draw, draw_compound, draw_given, pick
from benchmarks.name_parts.sounds import (
    homophones,
    lookalikes,
    near_homophones,
    surnames_sounding,
    variants,
)

Pair = tuple[str, str] | None


def as_pair(name: Name, other: Name | None) -> Pair:
    return None if other is None else (str(name), str(other))


def slip_given(rng: random.Random, name: Name, others: Callable[[str], Weighed]) -> Name | None:
    """One given character replaced by one of `others`."""
    place = rng.randrange(len(name.given))
    found = others(name.given[place])
    return name.with_given(place, pick(rng, found)) if found[0] else None


def homophone(rng: random.Random) -> Pair:
    name = draw(rng)
    return as_pair(name, slip_given(rng, name, homophones))


def homophone_mix(rng: random.Random) -> Pair:
    """Heard, not read: the surname, the surname and one of two given characters, or both given characters."""
    name = draw(rng)
    kind = rng.choice("sgb") if len(name.given) == 2 else "s"
    other: Name | None = name
    if kind in "sg":
        same = surnames_sounding(name.surname, near=False)
        other = replace(name, surname=pick(rng, same)) if same[0] else None
    if kind == "g" and other:
        other = slip_given(rng, other, homophones)
    if kind == "b":
        groups = [homophones(character) for character in name.given]
        other = replace(name, given="".join(pick(rng, g) for g in groups)) if all(g[0] for g in groups) else None
    return as_pair(name, other)


def near_sound(rng: random.Random) -> Pair:
    """Dialect: a given character (or, one time in ten, the surname) one slip of the tongue away."""
    name = draw(rng)
    if rng.random() < 0.1:
        near = surnames_sounding(name.surname, near=True)
        return (str(name), str(replace(name, surname=pick(rng, near)))) if near[0] else None
    return as_pair(name, slip_given(rng, name, near_homophones))


def _exchange(rng: random.Random, kinds: dict[str, list[str]], surnames: dict[str, list[str]]) -> Pair:
    """Replace one character found in the lists; a name without one is given one, half of the time."""
    name = draw(rng)
    if rng.random() < 0.5:
        name = name.with_given(rng.randrange(len(name.given)), rng.choice(list(kinds)))
    places = [(place, c) for place, c in enumerate(name.given) if c in kinds]
    if name.surname in surnames and (not places or rng.random() < 0.3):
        return str(name), rng.choice(surnames[name.surname]) + name.given
    if not places:
        return None
    place, character = rng.choice(places)
    return str(name), str(name.with_given(place, rng.choice(kinds[character])))


def lookalike(rng: random.Random) -> Pair:
    return _exchange(rng, lookalikes(), lookalikes())


def variant(rng: random.Random) -> Pair:
    return _exchange(rng, variants("given"), variants("surname"))


@cache
def converter(config: str) -> OpenCC:
    return OpenCC(config)


def traditional(rng: random.Random) -> Pair:
    """Mainland, Taiwan or Hong Kong forms; one time in four only one character of the name."""
    name = str(draw(rng))
    config = rng.choice(("s2t", "s2t", "s2tw", "s2hk"))
    whole: str = converter(config).convert(name)
    places = [place for place, (a, b) in enumerate(zip(name, whole, strict=True)) if a != b]
    if not places:
        return None
    if rng.random() < 0.25:
        place = rng.choice(places)
        whole = name[:place] + whole[place] + name[place + 1 :]
    return name, whole


def dropped_or_added(rng: random.Random) -> Pair:
    """One of two given characters left out; or one of one: said twice, or with 小 or another before it."""
    name = draw(rng)
    if len(name.given) == 2:
        return str(name), name.surname + rng.choice(name.given)
    first = rng.choice((name.given, name.given, "小", "晓", draw_given(rng, 2)[0]))
    return str(name), name.surname + rng.choice((first + name.given, name.given + draw_given(rng, 2)[1]))


def swapped(rng: random.Random) -> Pair:
    """The given characters change places; or the first two; or the given name comes first."""
    name = draw(rng)
    if len(name.given) == 1:
        other = name.given + name.surname
    else:
        first, second = name.given[0], name.given[1]
        turned = [name.surname + second + first] * 6 + [first + name.surname + second] * 2 + [name.given + name.surname]
        other = rng.choice(turned)
    return None if other == str(name) else (str(name), other)


@cache
def compound_slips() -> dict[str, list[str]]:
    return {surname: slips.split() for surname, slips in read_rows("compound_slips")}


def compound_surname(rng: random.Random) -> Pair:
    """The surname cut to one character or misspelt, or a given character damaged."""
    name = Name(draw_compound(rng), draw_given(rng))
    kind = rng.random()
    if kind < 0.3:
        return str(name), name.surname[rng.random() < 0.2] + name.given
    if kind < 0.6:
        return str(name), rng.choice(compound_slips()[name.surname]) + name.given
    if kind < 0.8:
        return as_pair(name, slip_given(rng, name, homophones))
    place = rng.randrange(len(name.given))
    looks = lookalikes().get(name.given[place])
    return (str(name), str(name.with_given(place, rng.choice(looks)))) if looks else None
