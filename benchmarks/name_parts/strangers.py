"""Two people: each function makes one pair of names that look related, or None when the draw will not do."""

import random
from dataclasses import replace

from benchmarks.name_parts import minorities
from benchmarks.name_parts.marks import draw_rare, dress, masked, romanise, with_other_given
from benchmarks.name_parts.people import Name, draw, draw_compound, draw_given, draw_surname, pick
from benchmarks.name_parts.slips import Pair, converter
from benchmarks.name_parts.sounds import alike, homophones, lookalikes, surnames_alike, surnames_sounding, variants

# Compound surnames are one in three hundred people; among relatives and namesakes they are tried more often.
COMPOUND_SHARE = 0.03


def _someone(rng: random.Random, length: int | None = None) -> Name:
    name = draw(rng, length)
    return replace(name, surname=draw_compound(rng)) if rng.random() < COMPOUND_SHARE else name


def same_surname(rng: random.Random) -> Pair:
    """As people come: now and then two such names sound or look alike, and they stay in."""
    name = _someone(rng)
    return str(name), name.surname + draw_given(rng)


def _siblings(rng: random.Random) -> tuple[Name, Name] | None:
    """The generation character in common (for one pair in six the last character), the other one not alike."""
    name = _someone(rng, 2)
    kept = int(rng.random() < 1 / 6)
    other = with_other_given(rng, name, kept)
    return None if alike(name.given[1 - kept], other.given[1 - kept]) else (name, other)


def siblings(rng: random.Random) -> Pair:
    pair = _siblings(rng)
    return pair and (str(pair[0]), str(pair[1]))


def same_pinyin(rng: random.Random) -> Pair:
    """Equal in pinyin, and no character written the same, the surname included and no folk spelling of the other."""
    name = draw(rng)
    surnames = surnames_sounding(name.surname, near=False)
    groups = [homophones(character) for character in name.given]
    if not surnames[0] or not all(group[0] for group in groups):
        return None
    surname = pick(rng, surnames)
    given = [pick(rng, group) for group in groups]
    taken_for = [*variants("surname").get(name.surname, ()), *lookalikes().get(name.surname, ())]
    pairs = list(zip(name.given, given, strict=True))
    if surname in taken_for or any(b in lookalikes().get(a, ()) or b in variants("given").get(a, ()) for a, b in pairs):
        return None
    return str(name), surname + "".join(given)


def random_strangers(rng: random.Random) -> Pair:
    return str(draw(rng)), str(draw(rng))


def same_given(rng: random.Random) -> Pair:
    """A popular given name with two surnames that nobody takes for each other."""
    name, surname = draw(rng), draw_surname(rng)
    return None if surnames_alike(name.surname, surname) else (str(name), surname + name.given)


def one_in_common(rng: random.Random) -> Pair:
    """One given character in common, anywhere in names of any length; different surnames."""
    name, other = draw(rng), draw(rng)
    if surnames_alike(name.surname, other.surname):
        return None
    kept = rng.choice(name.given)
    other = other.with_given(rng.randrange(len(other.given)), kept)
    return None if other.given == name.given else (str(name), str(other))


def pinyin_strangers(rng: random.Random) -> Pair:
    """One of two relatives, or of two people with one surname, delivered in pinyin."""
    pair = _siblings(rng)
    if rng.random() < 0.5:
        name = _someone(rng)
        other = replace(name, given=draw_given(rng))
        apart = len(name.given) != len(other.given) or not any(map(alike, name.given, other.given))
        pair = (name, other) if apart else None
    return pair and (str(pair[0]), romanise(rng, pair[1]))


def _masked_stranger(rng: random.Random) -> Pair:
    """A rare character unreadable; the given character that can be read is another person's."""
    name, place, row = draw_rare(rng)
    if len(name.given) == 1:
        return None
    other = name.with_given(1 - place, draw_given(rng, 2)[1 - place])
    if alike(name.given[1 - place], other.given[1 - place]):
        return None
    return str(name), str(other.with_given(place, masked(rng, row[0])))


def badly_carried(rng: random.Random) -> Pair:
    """Strangers whose names came with the same notes, marks, script or cut as in the positive classes."""
    kind = rng.random()
    if kind < 0.25:
        return minorities.cut_stranger(rng)
    if kind < 0.5:
        return _masked_stranger(rng)
    pair = _siblings(rng)
    if pair is None:
        return None
    if kind < 0.8:
        return str(pair[0]), dress(rng, pair[1])
    whole: str = converter(rng.choice(("s2t", "s2tw", "s2hk"))).convert(str(pair[1]))
    return (str(pair[0]), whole) if whole != str(pair[1]) else None
