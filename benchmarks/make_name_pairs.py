"""Make benchmarks/name_pairs.tsv: labelled pairs of invented Chinese names. `python -m benchmarks.make_name_pairs`.

A pair is positive when one person's name was delivered in two ways, and negative when two people bear the two names.
"Different" needs a rule, since two people may well be called 张伟 and 张玮:

- In the made-up negative classes a pair differs in something no slip of the positive classes explains: siblings in a
  character that neither sounds nor looks like the other's nor is a variant of it; namesakes in a surname nobody takes for the other.
- same_pinyin_strangers sound the same throughout, but *no* character is written the same and the surname is no folk
  spelling of the other. The positive classes never go that far: whoever mishears the surname still writes one given
  character right. A comparison can tell these apart, if it weighs how much was written differently.
- What cannot be told apart is left out: a masked character beside an otherwise equal name, a name cut off before the
  part in which two cousins differ, one homophone between two people of one surname.
- same_surname and random_strangers are as people come. A few are alike by chance, and they stay negative.

Each class draws from a generator of its own, seeded by seed and class: to change one class leaves the others as they are,
but for pairs both would have made: a pair (in either order) stands in the file once, in the class that made it first.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.name_parts import COLUMNS, NAME_PAIRS, SEED, marks, minorities, slips, strangers
from benchmarks.name_parts.slips import Pair

Maker = Callable[[random.Random], Pair]

POSITIVE: dict[str, Maker] = {
    "homophone": slips.homophone,
    "homophone_surname_given": slips.homophone_mix,
    "near_sound": slips.near_sound,
    "lookalike": slips.lookalike,
    "traditional": slips.traditional,
    "variant": slips.variant,
    "dropped_or_added": slips.dropped_or_added,
    "swapped": slips.swapped,
    "spaces_and_dots": marks.spaces_and_dots,
    "rare_character": marks.rare_character,
    "pinyin": marks.pinyin,
    "compound_surname": slips.compound_surname,
    "minority_dots_and_truncation": minorities.dots_and_truncation,
    "transcription": minorities.transcription,
}
POSITIVE_COUNT = 1000
NEGATIVE: dict[str, tuple[Maker, int]] = {
    "same_surname": (strangers.same_surname, 2500),
    "siblings": (strangers.siblings, 2500),
    "same_pinyin_strangers": (strangers.same_pinyin, 1000),
    "random_strangers": (strangers.random_strangers, 1500),
    "same_given_other_surname": (strangers.same_given, 1500),
    "one_character_in_common": (strangers.one_in_common, 1500),
    "minority_strangers": (minorities.strangers, 1500),
    "pinyin_strangers": (strangers.pinyin_strangers, 1000),
    "badly_carried_strangers": (strangers.badly_carried, 1000),
}


def fill(label: str, make: Maker, count: int, seed: int, seen: set[frozenset[str]]) -> Iterator[tuple[str, str]]:
    """`count` pairs that were not seen before, in a random order of the two names."""
    rng = random.Random(f"{seed}:{label}")
    made = 0
    while made < count:
        pair = make(rng)
        if pair is None or pair[0] == pair[1] or "" in pair or frozenset(pair) in seen:
            continue
        seen.add(frozenset(pair))
        made += 1
        yield pair if rng.random() < 0.5 else (pair[1], pair[0])


def name_pairs(seed: int) -> Iterator[tuple[str, str, int, str]]:
    """All rows, by class in the order above."""
    seen: set[frozenset[str]] = set()
    for label, make in POSITIVE.items():
        for left, right in fill(label, make, POSITIVE_COUNT, seed, seen):
            yield left, right, 1, label
    for label, (make, count) in NEGATIVE.items():
        for left, right in fill(label, make, count, seed, seen):
            yield left, right, 0, label


def as_tsv(seed: int) -> bytes:
    lines = ["\t".join(COLUMNS), *("\t".join(map(str, row)) for row in name_pairs(seed))]
    return ("\n".join(lines) + "\n").encode("utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the labelled name pairs anew.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=NAME_PAIRS)
    chosen = parser.parse_args()
    chosen.out.write_bytes(as_tsv(chosen.seed))
