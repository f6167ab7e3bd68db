"""`python -m benchmarks.linkage`: how well and how fast we link, each figure beside its peer or its floor in the same run.

Parts: `hard` (rows without a number and with a damaged name), `ladder` (all rows by the shipped model), `speed` (scoring,
and a whole linking against Splink's prediction alone), `number` (5 M people, 3.5 M rows), and with `--skew` a world with
keys that far too many share. Every measured piece is a process of its own: wall seconds and peak resident memory as the
operating system counts them. Quote ratios, not seconds; the peer needs an interpreter that has splink.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.linkage_bench import Bench, Row, show

PARTS = ("hard", "ladder", "speed", "number")
VARIANTS = ("shipped", "keys")
SCORES = ("recall_at_0.999", "recall_at_0.99", "f1")
OWN = {"by_weight_and_gap": "ours", "guarded": "ours, automatic only", "by_weight": "ours, weight alone"}
PEER = {"by_weight": "", "by_weight_and_gap": ", min(weight, gap)"}


def hard(bench: Bench) -> None:
    """Recall of the hard slice at two precisions and the best F1, with and without the planted doubles."""
    rows: list[tuple[Any, ...]] = []
    for seed in bench.seeds:
        world = bench.world(seed)
        found, spent = bench.ask("benchmarks.linkage_accuracy", "hard", "--world", str(world))
        seconds = found["seconds"]["train"], found["seconds"]["weigh and resolve"]
        rows += [(seed, who, *_scores(found[score]), *seconds, round(spent.peak_mb)) for score, who in OWN.items()]
        for variant in VARIANTS if bench.peer else ():
            found, spent = bench.ask_splink(world, "hard", variant, seed)
            seconds = found["seconds"]["train"], found["seconds"]["predict"]
            rows += [
                (seed, f"splink {variant}{more}", *_scores(found[s]), *seconds, round(spent.peak_mb))
                for s, more in PEER.items()
            ]
    whos = list(dict.fromkeys(row[1] for row in rows))
    rows += [("mean", who, *(mean(r[k] for r in rows if r[1] == who) for k in range(2, 10)), "") for who in whos]
    show("Hard slice: no number, damaged name",
         "seed | matcher | R@P.999 | R@P.99 | F1 | no doubles: R@P.999 | R@P.99 | F1 | train s | link s | peak MB", rows)  # fmt: skip


def _scores(found: dict[str, dict[str, float]]) -> list[float]:
    return [found[part][score] for part in ("all", "without_doubles") for score in SCORES]


COUNTED = ("rows", "linkable", "automatic", "false_links", "false_doubles", "right_links")


def ladder(bench: Bench) -> None:
    """All rows by the shipped model, beside a bare join on the delivered number."""
    for seed in bench.seeds:
        _one_ladder(bench, f"seed {seed}", str(bench.world(seed)))


def _one_ladder(bench: Bench, title: str, world: str) -> None:
    found, spent = bench.ask("benchmarks.linkage_accuracy", "ladder", "--world", world)
    whole, floor = found["whole"][0], found["floor"]
    parts = [*found["whole"], *found["without_number"], *found["slices"]]
    rows: list[Row] = [(p["part"], *(p[c] for c in COUNTED), _share(p["false_links"], p["automatic"]), p["upper_bound"],
                        _share(p["right_links"], p["linkable"]), _share(p["missed_in_review"], p["missed"]),
                        p["review"], p["review_names_true"]) for p in parts]  # fmt: skip
    rows.append(("floor: join on the number", whole["rows"], whole["linkable"], *(floor[c] for c in ("automatic", "false_links")), "",
                 floor["right_links"], _share(floor["false_links"], floor["automatic"]), floor["upper_bound"],
                 _share(floor["right_links"], whole["linkable"]), 0.0, 0, 0))  # fmt: skip
    show(f"Ladder, {title}: by slice", "rows of | rows | linkable | automatic | false | of which doubles | right | false rate | upper 95 % | "
         "recall | missed: in review | in review | naming the true person", rows)  # fmt: skip
    show(f"Ladder, {title}: automatic links by rule", "rule | grade | links | false | of which doubles | upper 95 %",
         [(p["part"], p["grade"], *(p[c] for c in COUNTED[2:5]), p["upper_bound"]) for p in found["rules"]])  # fmt: skip
    seconds = "; ".join(f"{stage} {s:.2f} s" for stage, s in found["seconds"].items())
    print(f"\nAutomatic links without a number and without a third agreement: {whole['linked_bare']}, "
          f"of planted doubles {whole['linked_doubles_bare']} (of {whole['linked_doubles']} linked). "
          f"Candidates: {found['candidates']}. {seconds}; peak {spent.peak_mb:.0f} MB, whole process {spent.seconds:.1f} s.")  # fmt: skip


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def speed(bench: Bench) -> None:
    """Candidate pairs a second, and a whole linking beside the peer's prediction of the rows without numbers alone."""
    seed, world = bench.seeds[0], bench.world(bench.seeds[0])
    found, spent = bench.ask("benchmarks.linkage_speed", "scoring", "--world", str(world))
    rates = (
        (t, *(round(found["rates"][t][r]) for r in ("mean", "best", "cpu")), round(spent.peak_mb)) for t in ("2", "1")
    )
    show(f"Scoring, seed {seed}: {found['pairs']} pairs, {found['repeats']} times",
         "threads | pairs/s | best pairs/s | pairs per processor second | peak MB", rows=rates)  # fmt: skip
    few = found["whole"]
    found, spent = bench.ask("benchmarks.linkage_accuracy", "ladder", "--world", str(world))
    every = sum(s for stage, s in found["seconds"].items() if stage != "load"), found["cpu_seconds"]
    rows: list[Row] = [("ours: all rows, all rungs", *every, *[""] * 4, round(spent.peak_mb)),
                       ("ours: rows without numbers, blocked, weighed, resolved", *few, *[""] * 5)]  # fmt: skip
    for variant in VARIANTS if bench.peer else ():
        peer, cost = bench.ask_splink(world, "residual", variant, seed)
        took = peer["seconds"]["predict"], peer["seconds"]["predict_cpu"]
        ratios = (took[0] / every[0], took[1] / every[1], took[0] / few[0], took[1] / few[1])
        rows.append((f"splink {variant}: prediction, rows without numbers", *took, *ratios, round(cost.peak_mb)))
    show(f"Whole linking, seed {seed}",
         "what | s | processor s | x ours, all | in processor s | x ours, without numbers | in processor s | peak MB", rows)  # fmt: skip


def number(bench: Bench) -> None:
    """The number stage beside a bare join of the same two tables."""
    found, spent = bench.ask("benchmarks.linkage_speed", "number", "--world", str(bench.world(bench.seeds[0])))
    rows: list[Row] = [(what, *(f"{s:.2f} ({cpu:.2f})" for s, cpu in times)) for what, times in found["spent"].items()]
    rows += [(f"ours / bare, {what}", *map(float, ratios)) for what, ratios in found["ratios"].items()]
    show(
        f"Number stage: {found['rows']['register']} people, {found['rows']['delivered']} rows",
        "s (processor s) | 1 | 2 | 3",
        rows,
    )
    print(f"\nOurs: fold, key and join. Names folded apart: {found['fold_names']:.1f} s. Rows that the bare join finds "
          f"{found['rows']['bare']}, that we decide {found['rows']['exact_link']}. Peak {spent.peak_mb:.0f} MB.")  # fmt: skip


def skewed(bench: Bench) -> None:
    """A surname of 10 %, default birth dates, one phone on 50 000 rows, within the same memory."""
    world = str(bench.world(bench.seeds[0], "--skew"))
    _one_ladder(bench, f"skewed, seed {bench.seeds[0]}", world)
    found, _ = bench.ask("benchmarks.linkage_accuracy", "ladder", "--world", world)
    show(
        "Skewed world: blocking",
        "rule | pairs | keys narrowed | still too common",
        [tuple(c.values()) for c in found["blocking"]],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--peer", help="interpreter that has splink")
    parser.add_argument("--skew", action="store_true")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--worlds", type=Path, help="folder in which worlds are kept from run to run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhaoren-linkage-") as made:
        asked.worlds and asked.worlds.mkdir(parents=True, exist_ok=True)
        bench = Bench(asked.people, tuple(asked.seeds), asked.peer, asked.worlds or Path(made), {})
        for part, work in {"hard": hard, "ladder": ladder, "speed": speed, "number": number}.items():
            if part in asked.parts:
                work(bench)
        if asked.skew:
            skewed(bench)
