"""What the parts of `benchmarks.linkage` share: its worlds, its processes, its tables."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.__main__ import Measured, measure

Row = Sequence[object]


@dataclass(frozen=True)
class Bench:
    """What one run works with."""

    people: int
    seeds: tuple[int, ...]
    peer: str | None
    worlds: Path
    done: dict[tuple[str, ...], tuple[dict[str, Any], Measured]]

    def world(self, seed: int, *more: str) -> Path:
        """The folder of a world, made if it is not there yet."""
        folder = self.worlds / f"{self.people}-{seed}{''.join(more)}"
        if not (folder / "row.parquet").exists():
            made = measure([sys.executable, "-m", "benchmarks.world", "--people", str(self.people), "--seed", str(seed),
                            "--out", str(folder), *more])  # fmt: skip
            print(f"World {folder.name} made in {made.seconds:.0f} s, {made.peak_mb:.0f} MB", flush=True)
        return folder

    def ask(self, *command: str, python: str = sys.executable) -> tuple[dict[str, Any], Measured]:
        """The JSON that a benchmark module writes in a process of its own; asked once."""
        if command not in self.done:
            out = self.worlds / "out.json"
            spent = measure([python, "-m", *command, "--out", str(out)])
            self.done[command] = json.loads(out.read_text(encoding="utf-8")), spent
        return self.done[command]

    def ask_splink(self, world: Path, part: str, variant: str, seed: int) -> tuple[dict[str, Any], Measured]:
        return self.ask("benchmarks.splink_peer", "--world", str(world), "--slice", part, "--variant", variant,
                        "--seed", str(seed), python=self.peer or sys.executable)  # fmt: skip


def show(title: str, header: str, rows: Iterable[Row]) -> None:
    """A Markdown table; shares with four digits, seconds and ratios with two, counts whole."""
    heads = header.split(" | ")
    load = " ".join(f"{n:.1f}" for n in os.getloadavg())
    print(f"\n### {title}\n\nLoad of the machine: {load}\n\n| {header} |\n|{'---|' * len(heads)}")
    for row in rows:
        print("| " + " | ".join(_cell(v) for v in row) + " |")
    sys.stdout.flush()


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.2e}" if 0 < value < 0.001 else f"{value:.4f}" if value <= 1 else f"{value:.2f}"
