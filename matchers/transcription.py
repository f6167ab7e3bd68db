"""Names that transcribe another language (Mongolian, Uyghur, Kazakh, Tibetan): one name, many spellings.

Such names are heard, not copied: offices agree on the consonants, less on vowels, and leave liquids out at will.
"""

import re
from functools import cache, lru_cache

from matchers.han import readings, table

LIQUIDS = frozenset("尔日勒力格合儿热里丽")
SOUNDS = re.compile(r"^(zh|z|j|ch|c|q|sh|s|x|l|r|n|h|k|b|p|d|t|g|m|f|w|y)?([aeiouv]+)(ng|n|r)?$")
SAME_SOUND = {
    "zh": "z",
    "j": "z",
    "ch": "c",
    "q": "c",
    "sh": "s",
    "x": "s",
    "r": "l",
    "n": "l",
    "p": "b",
    "t": "d",
    "k": "g",
    "f": "w",
    "h": "g",
}
GLIDE = re.compile("^[iuv](?=[aeiou])")
SAME_VOWEL = str.maketrans("ov", "uu")
HALF = 0.5  # a vowel heard otherwise, or a liquid left out; a whole slip is another syllable, or one that is missing


@cache
def spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all name parts that are spelt in several ways, and the usual spelling of each."""
    usual = {part: row[0].split()[0] for row in table("mongol_groups") for part in row[0].split() if len(part) > 1}
    return re.compile("|".join(sorted(usual, key=lambda p: (-len(p), p)))), usual


def usual_spelling(name: str) -> str:
    """The name with every known part in the spelling its group begins with."""
    pattern, usual = spellings()
    return pattern.sub(lambda part: usual[part[0]], name)


@cache
def _sound(char: str) -> tuple[str, str]:
    """Initial and rest of a character as transcriptions hear it, near sounds made one."""
    said = readings().get(char, (char,))[0]
    part = SOUNDS.match(said)
    if not part:
        return char, ""
    start = part[1] or "y" if said[0] in "iu" else part[1] or ""
    vowel = (GLIDE.sub("", part[2]) or part[2])[0].translate(SAME_VOWEL)
    return SAME_SOUND.get(start, start), vowel + ("n" if part[3] in ("n", "ng") else "")


@lru_cache(maxsize=400_000)
def skeleton(name: str) -> str:
    """A character a syllable: its initial, whether it is a vowel only; for a first, coarse look.

    >>> skeleton("娜仁高娃") == skeleton("那仁高瓦"), skeleton("乌云其木格") == skeleton("斯琴高娃")
    (True, False)
    """
    return "".join(_sound(char)[0] or "v" for char in usual_spelling(name))


def _substitution(a: str, b: str) -> float:
    if a in LIQUIDS and b in LIQUIDS:
        return HALF / 2
    (start, rest), (other, end) = _sound(a), _sound(b)
    if start == other:
        return 0.0 if rest == end else HALF / 2 if rest.rstrip("n") == end.rstrip("n") else HALF
    return 1.0 if rest != end or not rest else 1.0 - HALF / 2


@lru_cache(maxsize=100_000)
def slips(left: str, right: str) -> float:
    """How many syllables two transcribed names differ by, a vowel or a left-out liquid counting half. Symmetric.

    >>> slips("阿不都热西提", "阿卜杜热西提"), slips("娜仁高娃", "斯琴高娃") > 1
    (0.0, True)
    """
    a, b = usual_spelling(left), usual_spelling(right)
    row = [0.0]
    for char in b:
        row.append(row[-1] + _missing(char))
    for x in a:
        before, row = row, [row[0] + _missing(x)]
        for n, y in enumerate(b):
            row.append(
                min(
                    before[n] + (0.0 if x == y else _substitution(x, y)),
                    before[n + 1] + _missing(x),
                    row[n] + _missing(y),
                )
            )
    return row[-1]


def _missing(char: str) -> float:
    return HALF if char in LIQUIDS else 1.0
