"""Which characters sound, look or count alike. The sounds come from pypinyin, the rest from the typed lists."""

from functools import cache

from pypinyin import lazy_pinyin

from benchmarks.name_parts import partners, read_pairs, read_rows
from benchmarks.name_parts.people import Weighed, character_weights, surname_shares

# Readings of surnames that differ from the everyday reading of the character.
SURNAME_READINGS = {
    "曾": "zeng", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "仇": "qiu", "覃": "qin", "盖": "ge", "员": "yun",
    "缪": "miao", "冼": "xian", "尉迟": "yu chi", "长孙": "zhang sun", "令狐": "ling hu", "翟": "zhai", "乐": "yue",
}  # fmt: skip
# Sounds that southern and north-western speech does not keep apart.
NEAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
NEAR_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))


@cache
def syllable(character: str) -> str:
    """The toneless everyday syllable, ü as v; empty for what pypinyin does not know."""
    sound = lazy_pinyin(character, errors="ignore", v_to_u=False)
    rare = {row[0]: row[1] for row in read_rows("rare")}
    return sound[0] if sound else rare.get(character, "")


@cache
def surname_sound(surname: str) -> str:
    return SURNAME_READINGS.get(surname) or " ".join(map(syllable, surname))


@cache
def near_syllables(sound: str) -> frozenset[str]:
    """The syllables one slip of the tongue away."""
    near = set()
    for long, short in NEAR_INITIALS:
        if sound.startswith(long):
            near.add(short + sound[len(long) :])
        elif sound.startswith(short) and sound[1:2] != "h":
            near.add(long + sound[len(short) :])
    for long, short in NEAR_FINALS:
        if sound.endswith(long):
            near.add(sound[: -len(long)] + short)
        elif sound.endswith(short):
            near.add(sound[: -len(short)] + long)
    return frozenset(near)


@cache
def by_syllable() -> dict[str, dict[str, float]]:
    """Given characters by sound, with their weights; the level one characters of GB 2312 weigh little."""
    table: dict[str, dict[str, float]] = {}
    level_one = bytes(b for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    for character in level_one.decode("gb2312", errors="ignore"):
        table.setdefault(syllable(character), {})[character] = 0.05
    for character, weight in character_weights().items():
        table.setdefault(syllable(character), {})[character] = weight
    return table


@cache
def homophones(character: str) -> Weighed:
    same = {other: w for other, w in by_syllable().get(syllable(character), {}).items() if other != character}
    return list(same), list(same.values())


@cache
def near_homophones(character: str) -> Weighed:
    """Name characters one slip of the tongue away."""
    near = [by_syllable().get(sound, {}) for sound in sorted(near_syllables(syllable(character)) - {"weng"})]
    found = {other: w for group in near for other, w in group.items() if other in character_weights()}
    return list(found), list(found.values())


@cache
def surnames_sounding(surname: str, near: bool) -> Weighed:
    """Other surnames of the same sound, or one slip of the tongue away."""
    sound = surname_sound(surname)
    sounds = near_syllables(sound) if near else {sound}
    found = {s: w for s, w in surname_shares().items() if s != surname and surname_sound(s) in sounds}
    return list(found), list(found.values())


@cache
def lookalikes() -> dict[str, list[str]]:
    return partners(read_pairs("lookalike", "eye"))


@cache
def variants(kind: str) -> dict[str, list[str]]:
    return partners(read_pairs("variants", kind))


def alike(left: str, right: str) -> bool:
    """One given character could have been written for the other."""
    sound = syllable(left)
    return (
        left == right
        or sound == syllable(right)
        or syllable(right) in near_syllables(sound)
        or right in lookalikes().get(left, ())
        or right in variants("given").get(left, ())
    )


def surnames_alike(left: str, right: str) -> bool:
    """One surname could have been written for the other."""
    sound, other = surname_sound(left), surname_sound(right)
    return (
        sound == other
        or other in near_syllables(sound)
        or any(a == b or b in lookalikes().get(a, ()) for a, b in zip(left, right, strict=False))
        or right in variants("surname").get(left, ())
    )
