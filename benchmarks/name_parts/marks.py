"""One person's name, carried badly: spaces, notes, characters that a system does not have, and pinyin."""

import random
from dataclasses import replace

from benchmarks.name_parts import read_marks, read_rows
from benchmarks.name_parts.people import Name, draw, draw_given
from benchmarks.name_parts.slips import Pair
from benchmarks.name_parts.sounds import surname_sound, syllable


def _space(rng: random.Random, name: Name) -> str:
    """Between surname and given name, or between all characters; two-character names were padded to three."""
    gap = rng.choice(read_marks("space")) * rng.choice((1, 1, 2))
    return gap.join(str(name)) if rng.random() < 0.3 else name.surname + gap + name.given


def _invisible(rng: random.Random, name: Name) -> str:
    place = rng.randrange(len(str(name)) + 1)
    return str(name)[:place] + rng.choice(read_marks("invisible")) + str(name)[place:]


def _note(rng: random.Random, name: Name) -> str:
    """A note in brackets; one in twelve was cut off before it closed."""
    bracket = rng.choice(read_marks("bracket"))
    gap = rng.choice(("", "", "", " ", "\u3000"))
    return str(name) + gap + bracket[0] + rng.choice(read_marks("note")) + ("" if rng.random() < 1 / 12 else bracket[1])


def _around(rng: random.Random, name: Name) -> str:
    """Something before or behind the name: an apostrophe, a number, a letter that tells namesakes apart, spaces."""
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(read_marks("head")) + str(name)
    if kind < 0.4:
        return rng.choice(read_marks("space")) + str(name) + rng.choice(["", *read_marks("space")])
    return str(name) + rng.choice(read_marks("tail"))


def dress(rng: random.Random, name: Name) -> str:
    """The name with spaces, invisible characters or notes; one in six with two of these."""
    makers = [_space, _space, _invisible, _note, _note, _around]
    dressed = rng.choice(makers)(rng, name)
    if rng.random() < 1 / 6:
        dressed = rng.choice([_invisible, _note, _around])(rng, Name("", dressed))
    return dressed


def spaces_and_dots(rng: random.Random) -> Pair:
    name = draw(rng)
    return str(name), dress(rng, name)


def draw_rare(rng: random.Random) -> tuple[Name, int, list[str]]:
    """A name with a rare given character, its place, and its row in rare.tsv."""
    row = rng.choice(read_rows("rare"))
    name = draw(rng)
    place = rng.randrange(len(name.given))
    return name.with_given(place, row[0]), place, row


def masked(rng: random.Random, character: str) -> str:
    """What a system without the character shows; two marks for a character of two UTF-16 units, one time in three."""
    if rng.random() < 0.2:
        return chr(rng.randrange(0xE000, 0xF8FF))
    if ord(character) > 0xFFFF and rng.random() < 1 / 3:
        return "??"
    return rng.choice(read_marks("mask"))


def rare_character(rng: random.Random) -> Pair:
    """A mark, the pinyin, or the parts of the character in brackets."""
    name, place, (character, sound, parts) = draw_rare(rng)
    kind = rng.random()
    if kind < 0.5:
        stand_in = masked(rng, character)
    elif kind < 0.75 or not parts:
        stand_in = rng.choice((sound.upper(), sound.upper(), sound, f" {sound.upper()} ", sound.title()))
    else:
        opening, closing = rng.choice(("（）", "()", "（）", "[]", "【】"))
        stand_in = opening + rng.choice(parts.split("/")) + closing
    return str(name), str(name.with_given(place, stand_in)).strip()


def romanise(rng: random.Random, name: Name) -> str:
    """The whole name in pinyin, mostly upper case, the space where clerks and machines put it or not at all."""
    style = rng.choice(("v", "yu", "u"))
    surname = surname_sound(name.surname).replace(" ", "").replace("v", style)
    given = [syllable(character).replace("v", style) for character in name.given]
    form = rng.choices(("split", "joined", "spaced", "title", "comma", "turned"), (6, 5, 3, 2, 1, 1))[0]
    whole = {
        "split": f"{surname} {''.join(given)}".upper(),
        "joined": f"{surname}{''.join(given)}".upper(),
        "spaced": " ".join([surname, *given]).upper(),
        "title": f"{surname.title()} {''.join(given).title()}",
        "comma": f"{surname.upper()}, {''.join(given).upper()}",
        "turned": f"{''.join(given).title()} {surname.title()}",
    }
    return whole[form]


def pinyin(rng: random.Random) -> Pair:
    name = draw(rng)
    return str(name), romanise(rng, name)


def with_other_given(rng: random.Random, name: Name, kept: int | None) -> Name:
    """A relative's name: as long, and with the character at `kept` the same."""
    given = draw_given(rng, len(name.given))
    other = replace(name, given=given)
    return other if kept is None else other.with_given(kept, name.given[kept])
