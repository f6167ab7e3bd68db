"""Writes readings.tsv and simplified.tsv beside this file. Run by hand when a source package changes.

readings.tsv    character, all its toneless syllables (pypinyin, MIT)
simplified.tsv  traditional character, simplified form (OpenCC t2s, Apache-2.0), but for the two that names keep
"""

import re
import unicodedata
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = 0x3400, 0x9FFF
KEPT = "乾於"  # 乾 is a given-name character of its own, 於 a surname; folding them merges different people


def toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    return re.sub(r"[^a-z]", "", plain)


def main() -> None:
    from opencc import OpenCC
    from pypinyin.pinyin_dict import pinyin_dict

    simplify = OpenCC("t2s").convert
    readings, simplified = [], []
    for point in range(FIRST, LAST + 1):
        character = chr(point)
        if point in pinyin_dict:
            syllables = sorted({toneless(r) for r in pinyin_dict[point].split(",")} - {""})
            readings.append(f"{character}\t{' '.join(syllables)}\n")
        if (simple := simplify(character)) != character and character not in KEPT:
            simplified.append(f"{character}\t{simple}\n")
    (HERE / "readings.tsv").write_text("".join(readings), encoding="utf-8")
    (HERE / "simplified.tsv").write_text("".join(simplified), encoding="utf-8")


if __name__ == "__main__":
    main()
