"""What a delivered file's name says: kind, snapshot date, coverage and area; by our convention or the settings' patterns."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from schemas.errors import without_numbers
from schemas.extracts import LAYOUTS

COVERAGE = {"全量": "full", "full": "full", "增量": "delta", "delta": "delta"}
NAME = re.compile(
    r"^(?P<kind>.+?)_(?P<date>\d{8})(?:_(?P<coverage>全量|增量|full|delta))?(?:_(?P<rest>.+))?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Naming:
    """How an office names its files, from the settings: patterns with named groups, and the areas that report apart."""

    patterns: Sequence[str] = ()
    areas: Sequence[str] = ()


def describe_name(name: str, naming: Naming) -> dict[str, Any]:
    """What a file's name says of it: kind, snapshot_date, coverage, area; only what it says."""
    stem = unicodedata.normalize("NFKC", Path(name).stem)
    parts: Mapping[str, str] = {}
    for pattern in (*map(re.compile, naming.patterns), NAME):
        if hit := pattern.search(stem):
            parts = {k: v for k, v in hit.groupdict().items() if v}
            break
    said = {
        "kind": kind_in(parts.get("kind", "")) or kind_in(stem), "snapshot_date": _day(parts.get("date", "")),
        "coverage": COVERAGE.get(parts.get("coverage", "").lower()),
        "area": parts.get("area") or next((a for a in naming.areas if a in parts.get("rest", "")), None),
    }  # fmt: skip
    return {k: v for k, v in said.items() if v}


def kept_names(names: Iterable[str]) -> dict[str, str]:
    """Each name as it is kept for ever: a person's number masked, and no two of them alike.

    >>> kept_names(["低保_13900000000.csv", "低保_13911110000.csv", "低保_20240630.csv"])
    {'低保_13900000000.csv': '低保_139****0000.csv', '低保_13911110000.csv': '低保_139****0000_2.csv', '低保_20240630.csv': '低保_20240630.csv'}
    """
    kept: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        masked = without_numbers(name)
        stem, dot, end = masked.rpartition(".") if "." in masked else (masked, "", "")
        alike = (f"{stem}_{n}{dot}{end}" for n in count(2))
        kept[name] = next(said for said in chain([masked], alike) if said not in taken)
        taken.add(kept[name])
    return kept


def kind_in(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    for layout in LAYOUTS.values():
        if folded in (layout.kind, layout.label) or folded.startswith((layout.kind + "_", layout.label + "_")):
            return layout.kind
    return None


def _day(text: str) -> date | None:
    digits = text.replace("-", "")
    try:
        return datetime.strptime(digits, "%Y%m%d").date() if re.fullmatch("[0-9]{8}", digits) else None
    except ValueError:
        return None
