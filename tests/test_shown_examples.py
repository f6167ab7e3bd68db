"""What a docstring shows is what the function gives."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("benchmarks", "flows", "intake", "ledger", "matchers", "policies", "reports", "sample_data", "schemas")
SHOWING = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ROOMS for path in (ROOT / room).rglob("*.py")
    if "    >>> " in path.read_text(encoding="utf-8")
)  # fmt: skip


def test_there_are_examples() -> None:
    assert len(SHOWING) > 30


@pytest.mark.parametrize("module", SHOWING)
def test_the_examples_of_a_module_hold(module: str) -> None:
    told = doctest.testmod(importlib.import_module(module))
    assert told.attempted and not told.failed
