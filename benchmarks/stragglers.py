"""How long a stage takes on a cluster, against its ideal, when keys are skewed and some machines are slow: a simulation.

`python -m benchmarks.stragglers --rows 50000000 --slots 64` draws households into parts by hash, gives one key a share of all
rows, slows a share of the slots down, and lets Spark's own rule place the parts: the next free slot takes the next part.
With speculation a part that takes longer than the others is begun a second time elsewhere. The figures are ratios to the
work divided by the slots; nothing is measured but the seconds by row and by part that it is given.
"""

import argparse
import heapq

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOUSEHOLD = (0.25, 0.30, 0.24, 0.13, 0.08)  # of one to five members; the country's mean is near 2.6
LATE = 1.5  # Spark's spark.speculation.multiplier: so many times the median is late
SEED = 8


def part_rows(rng: np.random.Generator, rows: int, parts: int, hot: float) -> Floats:
    """How many rows each part has: households by hash, and one key with a share of all."""
    mean = float(np.dot(HOUSEHOLD, range(1, 6)))
    households = rng.multinomial(int(rows * (1 - hot) / mean), np.full(parts, 1 / parts))
    sizes = np.array([rng.multinomial(n, HOUSEHOLD) @ np.arange(1, 6) for n in households], dtype=np.float64)
    sizes[rng.integers(parts)] += rows * hot
    return sizes


def makespan(costs: Floats, speeds: Floats, speculate: bool) -> float:
    """Seconds until the last part is done, each on the slot that is free first."""
    free = [(0.0, slot) for slot in range(len(speeds))]
    heapq.heapify(free)
    ends = np.zeros(len(costs))
    for part, cost in enumerate(costs):
        at, slot = heapq.heappop(free)
        ends[part] = at + cost / speeds[slot]
        if speculate and cost / speeds[slot] > (late := LATE * float(np.median(costs))):
            ends[part] = min(ends[part], max(at + late, free[0][0] if free else at) + cost / float(speeds.max()))
        heapq.heappush(free, (ends[part], slot))
    return float(ends.max())


def ratio(asked: argparse.Namespace, parts: int, hot: float, slow: float, speculate: bool) -> float:
    """The mean of some draws, over what the work would take if it could be shared out evenly."""
    rng, found = np.random.default_rng(SEED), []
    for _ in range(asked.draws):
        costs = asked.per_part + part_rows(rng, asked.rows, parts, hot) * asked.per_row
        speeds = np.where(rng.random(asked.slots) < slow, 1 / asked.slowness, 1.0)
        ideal = asked.rows * asked.per_row / asked.slots
        found.append(makespan(costs, speeds, speculate) / ideal)
    return float(np.mean(found))


def run(asked: argparse.Namespace) -> None:
    cases = [("even", 0.0, 0.0), ("one key holds 0.1 %", 0.001, 0.0), ("one key holds 1 %", 0.01, 0.0), ("one key holds 10 %", 0.1, 0.0),
             (f"5 % of slots {asked.slowness:g} x slower", 0.0, 0.05), ("both: 0.1 % and slow slots", 0.001, 0.05)]  # fmt: skip
    times = (1, 2, 4, 8, 16)
    print(f"{asked.rows:,} rows, {asked.slots} slots; columns: parts for each slot, then the same with speculation")
    print("| case | " + " | ".join(f"{t}" for t in times) + " | " + " | ".join(f"{t} sp." for t in times) + " |")
    print("|---" * (1 + 2 * len(times)) + "|")
    for name, hot, slow in cases:
        told = [f"{ratio(asked, t * asked.slots, hot, slow, sp):.2f}" for sp in (False, True) for t in times]
        print(f"| {name} | " + " | ".join(told) + " |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--per-row", type=float, default=20e-6, help="seconds that one row takes on one slot")
    parser.add_argument("--per-part", type=float, default=1.5, help="seconds that a part takes before its first row")
    parser.add_argument("--slowness", type=float, default=3.0)
    parser.add_argument("--draws", type=int, default=5)
    run(parser.parse_args())
