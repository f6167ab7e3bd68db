"""Writes variant_weak.tsv: forms of one character as people write them, for weak equality and never for folding.

From Unihan (kSemanticVariant, kZVariant; Unicode licence) and variant_weak_hand.txt. Build-only: see unihan.py.
A Unihan pair is kept when both forms share a syllable, lie in the main block, are plausible in a name, and the
general standard table does not list both as separate common characters (level 1 or 2 of 3).
"""

from collections.abc import Iterator

from matchers.tables.unihan import HERE, UNLIKELY_IN_NAMES, folding, radicals, read_pairs, read_unihan, standard_levels

FIRST, LAST = "\u4e00", "\u9fff"
# Number words, surnames that surname_folk.tsv knows, and components that are no characters of a name.
NOT_IN_NAMES = (
    "一壹弌二弍贰三叁弎七柒八捌九玖亏于人亻亼冫冰勹包厶某心忄手扌水氵火灬爪爫牛牜示礻衣衤钅饣阝艹巛川乚刂辶丶亠"
)


def unihan_pairs() -> Iterator[tuple[str, str]]:
    for field in ("kSemanticVariant", "kZVariant"):
        for character, value in read_unihan("Variants", field).items():
            for other in value.split():
                yield character, chr(int(other.split("<")[0][2:], 16))


def hand_pairs() -> Iterator[tuple[str, str]]:
    for line in (HERE / "variant_weak_hand.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield from ((pair[0], pair[1]) for pair in line.split())


def plausible() -> set[str]:
    """Characters of the main block outside the radicals that names avoid, and outside the number words."""
    known = radicals()
    return {c for c, r in known.items() if FIRST <= c <= LAST and r not in UNLIKELY_IN_NAMES and c not in NOT_IN_NAMES}


def likely_pairs() -> Iterator[tuple[str, str]]:
    sounds = {c: set(syllables.split()) for c, syllables in read_pairs("readings.tsv")}
    levels, named, plain = standard_levels(), plausible(), folding()
    for pair in unihan_pairs():
        left, right = (plain.get(c, c) for c in pair)
        standing = sorted(levels.get(c, 4) for c in (left, right))
        sound = sounds.get(left, set()) & sounds.get(right, set())
        if sound and {left, right} <= named and standing[0] <= 2 < standing[1]:
            yield left, right


def variants() -> list[str]:
    """Each pair once, lower code first, both as fold_name leaves them; none that folding already joins."""
    plain = folding()
    folded = ({plain.get(c, c) for c in pair} for pair in (*likely_pairs(), *hand_pairs()))
    return sorted({"\t".join(sorted(pair)) + "\n" for pair in folded if len(pair) == 2})


def main() -> None:
    (HERE / "variant_weak.tsv").write_text("".join(variants()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
