"""Writes readings.tsv, simplified.tsv and pua.tsv beside this file. Run by hand when a source package changes.

readings.tsv    character, all its toneless syllables, the commonest first (pypinyin, MIT)
simplified.tsv  traditional character, simplified form (OpenCC t2s, Apache-2.0), but for the two that names keep
pua.tsv         private-use code of old GBK systems in hex, the character it stood for (GB 18030, by CPython's codec)

The dev extra is enough here. variant_weak.tsv, decomposed.tsv and lookalike.tsv need build-only packages and have
their own entries: make_variants, make_decomposed, make_lookalike. The other tables are typed by hand; docs/matching-tables.md.
"""

import re
import unicodedata
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = 0x3400, 0x9FFF
KEPT = "乾於"  # 乾 is a given-name character of its own, 於 a surname; folding them merges different people
HAN = ((0x3007, 0x3007), (0x3400, 0x9FFF), (0x20000, 0x323AF))  # by range: unicodedata knows more with each Python
SURNAME_READINGS = {"黑": "he"}  # the one surname reading pypinyin's table of single characters lacks
# FE50-FEA0 without FE7F, in the order of U+E815-E864. CPython leaves these fourteen where GB 18030-2000 had them;
# the Unicode characters are those of GB 18030-2022.
PUA_FIRST, PUA_TRAILS = 0xE815, [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
PUA_LATER = {0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
             0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
             0xE855: 0x241FE, 0xE864: 0x9FBB}  # fmt: skip


def toneless(reading: str) -> str:
    """
    >>> toneless("lǚ"), toneless("lüè"), toneless("nù"), toneless("ế")
    ('lv', 'lve', 'nu', 'e')
    """
    apart = re.sub("u([\u0300-\u036f]*)\u0308", "v", unicodedata.normalize("NFD", reading))
    return re.sub(r"[^a-z]", "", apart)


def readings() -> list[str]:
    from pypinyin.pinyin_dict import pinyin_dict

    lines = []
    for point, known in sorted(pinyin_dict.items()):
        if any(first <= point <= last for first, last in HAN):
            spoken = [toneless(reading) for reading in known.split(",")] + [SURNAME_READINGS.get(chr(point), "")]
            lines.append(f"{chr(point)}\t{' '.join(dict.fromkeys(filter(None, spoken)))}\n")
    return lines


def simplified() -> list[str]:
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    pairs = ((c, simplify(c)) for c in map(chr, range(FIRST, LAST + 1)) if c not in KEPT)
    return [f"{character}\t{simple}\n" for character, simple in pairs if simple != character]


def private_use() -> list[str]:
    lines = []
    for point, trail in enumerate(PUA_TRAILS, start=PUA_FIRST):
        character = chr(PUA_LATER[point]) if point in PUA_LATER else bytes([0xFE, trail]).decode("gb18030")
        lines.append(f"{point:04X}\t{character}\n")
    return lines


def main() -> None:
    for name, lines in (("readings", readings()), ("simplified", simplified()), ("pua", private_use())):
        (HERE / f"{name}.tsv").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
