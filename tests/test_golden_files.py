"""Files that other programs wrote, kept as they are: what is read of them is what a person reads there."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from intake.read import Habits, read_cells
from intake.typed import type_rows
from schemas.extracts import LAYOUTS

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(p for p in GOLDEN.glob("*/*") if p.name != "expected.csv")


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name} {p.name}")
def test_a_file_of_another_program_is_read_as_it_reads(path: Path) -> None:
    with path.with_name("expected.csv").open(encoding="utf-8", newline="") as stream:
        expected = list(csv.DictReader(stream))
    layout = LAYOUTS[path.parent.name]
    (raw,) = read_cells(path.read_bytes(), layout, Habits(), [])
    typed = type_rows(raw, layout, pa.array(range(1, raw.cells.num_rows + 1)))
    assert typed.faults == [] and typed.unknown_codes == {}
    assert [{f: str(row[f]) for f in expected[0]} for row in typed.rows.to_pylist()] == expected


def test_the_golden_files_are_there() -> None:
    assert len(FILES) >= 9
