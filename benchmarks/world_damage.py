"""What clerks, keyboards, scanners and spreadsheets do to a name and to a number; one named class each.

Characters that sound alike come from pypinyin's readings over GB 2312, look-alikes and variants from lists typed in for
this benchmark. None of it reads the matcher's tables.
"""

import random
from collections.abc import Callable
from functools import cache

from pypinyin import lazy_pinyin, pinyin
from pypinyin.constants import Style

from benchmarks.world_names import given, minority_groups, read_parts, surnames

# Shares of the damaged names of people with no usable number. The transcribed names are what the other classes leave.
NAME_CLASSES = {
    "homophone": 0.30, "look_alike": 0.15, "variant": 0.12, "replaced": 0.10, "near_sound": 0.08, "dropped_or_added": 0.08,
    "unreadable": 0.06, "swapped": 0.05, "pinyin": 0.02, "truncated": 0.02, "respelled": 0.02,
}  # fmt: skip
# Only names that hold a listed character, or are transcribed, can be damaged so: these classes choose their rows first.
CHOOSY = ("respelled", "variant", "look_alike")
NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("l", "n"), ("r", "l"), ("l", "r"), ("f", "h"), ("h", "f"),
        ("z", "zh"), ("c", "ch"), ("s", "sh"))  # fmt: skip
NEAR_ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("an", "ang"), ("en", "eng"), ("in", "ing"))
ILLEGIBLE = "??□■*＊〓_\ufffd\ue81e\ue0a3x"


@cache
def _sounds() -> tuple[dict[str, str], dict[str, tuple[list[str], list[float]]]]:
    """Each character's usual toneless syllable, and for each syllable the characters typed with it and their weights."""
    common = {
        chr(p) for era in range(5) for sex in (0, 1) for pos in ("first", "second") for p in given(era, sex, pos)[0]
    }
    level = [bytes((h, k)).decode("gb2312", "ignore") for h in range(0xB0, 0xF8) for k in range(0xA1, 0xFF)]
    universe = list(dict.fromkeys([c for c in level if c] + sorted(common) + [c for s in surnames()[0] for c in s]))
    usual: dict[str, str] = {}
    typed: dict[str, tuple[list[str], list[float]]] = {}
    for n, character in enumerate(universe):
        readings = list(dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0]))
        usual[character] = readings[0]
        weight = 8.0 if character in common else 2.0 if n < 3755 else 0.7
        for reading in readings:
            characters, weights = typed.setdefault(reading, ([], []))
            characters.append(character)
            weights.append(weight if reading == readings[0] else weight * 0.15)
    return usual, typed


@cache
def _pairs() -> tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]:
    """Look-alikes, traditional forms, variants and surname forms: each character and those it may turn into."""
    alike: dict[str, str] = {}
    for line in read_parts("world_lookalikes.tsv"):
        for pair in line[0].split():
            a, b = pair[0], pair[1]
            alike[a], alike[b] = alike.get(a, "") + b, alike.get(b, "") + a
    forms: dict[str, dict[str, str]] = {"traditional": {}, "variant": {}, "surname": {}}
    for kind, text in read_parts("world_variants.tsv"):
        for pair in text.split():
            a, b = pair[0], pair[1]
            forms[kind][a] = forms[kind].get(a, "") + b
            if kind != "traditional":
                forms[kind][b] = forms[kind].get(b, "") + a
    return alike, forms["traditional"], forms["variant"], forms["surname"]


def applies(kind: str, name: str) -> bool:
    """Whether a name can be damaged in this way."""
    alike, traditional, variant, surname = _pairs()
    if kind == "look_alike":
        return any(c in alike for c in name)
    if kind == "variant":
        return name[0] in surname or any(c in traditional or c in variant for c in name)
    if kind == "truncated":
        return len(name) > 2
    return kind != "respelled" or any(s in name for s in _spellings())


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Each spelling of a name part and the other spellings, longest first."""
    groups = [g[1] for p in ("mongol", "uyghur", "tibet") for g in minority_groups(p)]
    other = {s: tuple(o for o in spellings if o != s) for spellings in groups for s in spellings if len(s) > 1}
    return dict(sorted(other.items(), key=lambda item: (-len(item[0]), item[0])))


def _place(rng: random.Random, name: str) -> int:
    """A position: in a Han name mostly one of the given name."""
    return 0 if rng.random() < 0.2 or len(name) == 1 else rng.randrange(1, len(name))


def _put(name: str, place: int, text: str) -> str:
    return name[:place] + text + name[place + 1 :]


def _alike_sounding(rng: random.Random, name: str, syllable: Callable[[str], str]) -> str:
    place = _place(rng, name)
    usual, typed = _sounds()
    sound = syllable(usual.get(name[place], ""))
    if place == 0 and rng.random() < 0.7:  # whoever types a surname looks for a surname
        same = [
            (s, w) for s, w in zip(*surnames(), strict=True) if len(s) == 1 and usual.get(s) == sound and s != name[0]
        ]
        if same:
            return _put(name, 0, rng.choices([s for s, _ in same], [float(w) for _, w in same])[0])
    return _put(name, place, rng.choices(*typed[sound])[0]) if sound in typed else name


def _near(rng: random.Random, syllable: str) -> str:
    ways = [
        new + syllable[len(old) :]
        for old, new in NEAR
        if syllable.startswith(old) and syllable[len(old) : len(old) + 1] != "h"
    ]
    ways += [syllable[: -len(old)] + new for old, new in NEAR_ENDS if syllable.endswith(old)]
    ways = [w for w in ways if w in _sounds()[1] and w != syllable]
    return rng.choice(ways) if ways else ""


def _dropped_or_added(rng: random.Random, name: str) -> str:
    place = rng.randrange(1, len(name))
    if len(name) > 2 and rng.random() < 0.55:
        return _put(name, place, "")
    added = name[place] if rng.random() < 0.4 else _some_given(rng)
    return name[: place + 1] + added + name[place + 1 :]


def _some_given(rng: random.Random) -> str:
    points, shares = given(rng.randrange(5), rng.randrange(2), rng.choice(("first", "second")))
    return chr(int(rng.choices(points.tolist(), shares.tolist())[0]))


def _swapped(rng: random.Random, name: str) -> str:
    place = rng.randrange(1, len(name) - 1) if len(name) > 2 and rng.random() < 0.9 else 0
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _variant(rng: random.Random, name: str) -> str:
    _, traditional, variant, surname = _pairs()
    if name[0] in surname and rng.random() < 0.5:
        return rng.choice(surname[name[0]]) + name[1:]
    if rng.random() < 0.3:  # the whole name from a system that writes traditional characters
        return "".join(traditional.get(c, c) for c in name)
    either = [n for n, c in enumerate(name) if c in traditional or c in variant]
    if not either:
        return name
    place = rng.choice(either)
    return _put(name, place, rng.choice(traditional.get(name[place], "") + variant.get(name[place], "")))


def _look_alike(rng: random.Random, name: str) -> str:
    alike = _pairs()[0]
    found = [n for n, c in enumerate(name) if c in alike]
    place = rng.choice([n for n in found if n > 0 or rng.random() < 0.3] or found)  # surnames are read with more care
    return _put(name, place, rng.choice(alike[name[place]]))


def _respelled(rng: random.Random, name: str) -> str:
    found = [s for s in _spellings() if s in name]
    longest = [s for s in found if not any(s != o and s in o for o in found)]
    part = rng.choice(longest)
    return name.replace(part, rng.choice(_spellings()[part]), 1)


def _pinyin(rng: random.Random, name: str) -> str:
    if rng.random() < 0.4:
        place = _place(rng, name)
        return _put(name, place, "".join(lazy_pinyin(name[place])).upper())
    syllables = lazy_pinyin(name.replace("·", ""))
    head, tail = syllables[0], "".join(syllables[1:])
    return rng.choice(
        (f"{head} {tail}".upper(), head + tail, f"{head.title()} {tail.title()}", f"{tail} {head}".title())
    )


def _truncated(rng: random.Random, name: str) -> str:
    return name[: max(rng.randrange(3, 6), len(name) // 2)] if len(name) > 5 else name[:-1]


WAYS: dict[str, Callable[[random.Random, str], str]] = {
    "homophone": lambda rng, name: _alike_sounding(rng, name, lambda s: s),
    "near_sound": lambda rng, name: _alike_sounding(rng, name, lambda s: _near(rng, s)),
    "look_alike": _look_alike,
    "variant": _variant,
    "replaced": lambda rng, name: _put(name, rng.randrange(1, len(name)), _some_given(rng)),
    "dropped_or_added": _dropped_or_added,
    "unreadable": lambda rng, name: _put(name, _place(rng, name), rng.choice(ILLEGIBLE)),
    "swapped": _swapped,
    "pinyin": _pinyin,
    "truncated": _truncated,
    "respelled": _respelled,
}


def damage_names(rng: random.Random, names: list[str]) -> tuple[list[str], list[str]]:
    """Every name damaged, and the class of each. The shares of the classes hold where enough names allow them."""
    waiting = list(range(len(names)))
    rng.shuffle(waiting)
    damaged, kinds = list(names), [""] * len(names)
    for kind in (*CHOOSY, *(k for k in NAME_CLASSES if k not in CHOOSY)):
        left, quota = [], round(NAME_CLASSES[kind] * len(names))
        for row in waiting:
            if quota and (new := _try(rng, kind, names[row])):
                damaged[row], kinds[row], quota = new, kind, quota - 1
            else:
                left.append(row)
        waiting = left
    for row in waiting:
        kinds[row] = "homophone" if (new := _try(rng, "homophone", names[row])) else "replaced"
        damaged[row] = new or _try(rng, "replaced", names[row])
    return damaged, kinds


def _try(rng: random.Random, kind: str, name: str) -> str:
    """The damaged name, or "" where this way leaves it as it was."""
    if not applies(kind, name):
        return ""
    return next((new for _ in range(6) if (new := WAYS[kind](rng, name)) != name and new), "")
