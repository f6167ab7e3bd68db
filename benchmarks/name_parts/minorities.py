"""Names of people whose names are not Han: put together from parts, each with several spellings in Chinese characters."""

import random
from dataclasses import dataclass
from functools import cache

from benchmarks.name_parts import read_marks, read_rows
from benchmarks.name_parts.slips import Pair

DOT = "·"
PEOPLES = ("uyghur", "kazakh", "mongolian", "tibetan", "yi")
SHARES = (6, 3, 5, 4, 1)
# How a name of that people is usually joined: always with a dot, never, or either.
DOTTED_SHARE = {"uyghur": 1.0, "kazakh": 1.0, "mongolian": 0.15, "tibetan": 0.05, "yi": 0.7}


@dataclass(frozen=True)
class Spoken:
    """A name as spoken: two parts, each a group of spellings."""

    parts: tuple[tuple[str, ...], ...]
    joint: str


@cache
def groups(people: str, places: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(row[2].split()) for row in read_rows("minority") if row[0] == people and row[1] in places]


def draw_parts(rng: random.Random, people: str) -> list[tuple[str, ...]]:
    """The two parts of a name, different from each other."""
    heads = groups(people, ("any", "own", "first"))
    tails = groups(people, ("any", "last"))
    first = rng.choice(heads)
    return [first, rng.choice([part for part in tails if part != first])]


def draw_spoken(rng: random.Random) -> tuple[str, Spoken]:
    people = rng.choices(PEOPLES, SHARES)[0]
    parts = draw_parts(rng, people)
    return people, Spoken(tuple(parts), DOT if rng.random() < DOTTED_SHARE[people] else "")


def usual(rng: random.Random, spoken: Spoken) -> list[str]:
    """One spelling of each part, the first of a group more often."""
    return [rng.choice((part[0], rng.choice(part))) for part in spoken.parts]


def respelt(rng: random.Random, spoken: Spoken, spelling: list[str]) -> list[str]:
    """The same name spelt differently in one part or in both."""
    changed = set(rng.choice(((0,), (1,), (0, 1))))
    return [
        rng.choice([other for other in part if other != now]) if place in changed else now
        for place, (part, now) in enumerate(zip(spoken.parts, spelling, strict=True))
    ]


def any_joint(rng: random.Random, joint: str) -> str:
    """The dot as another system writes it: the same half of the time, else another one or none."""
    if not joint or rng.random() < 0.5:
        return joint
    return rng.choice(["", "", *read_marks("dot")])


def transcription(rng: random.Random) -> Pair:
    _, spoken = draw_spoken(rng)
    spelling = usual(rng, spoken)
    left = spoken.joint.join(spelling)
    return left, any_joint(rng, spoken.joint).join(respelt(rng, spoken, spelling))


def cut(rng: random.Random, name: str) -> str:
    """What a field of 5 to 10 characters keeps; one time in ten the cut went through the middle of a character."""
    kept = name[: rng.randrange(5, min(11, len(name)))]
    return kept + rng.choice("?\ufffd") if rng.random() < 0.1 else kept


def dots_and_truncation(rng: random.Random) -> Pair:
    """The same spelling with another dot or none, with spaces about the dot, or cut off."""
    _, spoken = draw_spoken(rng)
    spelling = usual(rng, spoken)
    left = DOT.join(spelling)
    stored = rng.choice((DOT, "")).join(spelling)
    if len(stored) > 5 and rng.random() < 0.4:
        return left, cut(rng, stored)
    return left, rng.choice(["", "", *read_marks("dot"), " ", f" {DOT} ", "\u3000"]).join(spelling)


def strangers(rng: random.Random) -> Pair:
    """Two people of one people with one part of the name in common, each part spelt in any way."""
    people, spoken = draw_spoken(rng)
    kept = rng.randrange(2)
    parts = draw_parts(rng, people)
    if parts[1 - kept] in spoken.parts:
        return None
    parts[kept] = spoken.parts[kept]
    if parts[0] == parts[1]:
        return None
    other = Spoken(tuple(parts), spoken.joint)
    return spoken.joint.join(usual(rng, spoken)), any_joint(rng, spoken.joint).join(usual(rng, other))


def cut_stranger(rng: random.Random) -> Pair:
    """Two names that begin differently, one of them cut off: what is left still tells them apart."""
    people, spoken = draw_spoken(rng)
    parts = draw_parts(rng, people)
    parts[1] = spoken.parts[1]
    whole = DOT.join(usual(rng, Spoken(tuple(parts), DOT)))
    if parts[0] in spoken.parts or parts[0] == parts[1] or len(whole) <= 5:
        return None
    return DOT.join(usual(rng, spoken)), cut(rng, whole)
