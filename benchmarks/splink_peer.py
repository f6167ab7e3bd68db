"""Splink 5 on DuckDB, trained as its guide says, linking a slice of the world's rows to its people.

`python -m benchmarks.splink_peer --python /tmp/splink-venv/bin/python --world DIR` prints one JSON object per variant:
`shipped` (ready-made comparisons), `keys` (with simplified characters, pinyin and surname worked out beforehand) and
`keys_all` (the same with village and household too). Each runs in a process of its own, by an interpreter that has
splink, pypinyin and opencc; only the standard library and numpy of this project are needed there.
"""

import argparse
import json
import resource
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.splink_model import load, settings, train
from matchers.measures import best_f1, recall_at_precision, wilson

ROOT = Path(__file__).parent.parent
VARIANTS = ("shipped", "keys", "keys_all")
SLICES = {"hard": ["hard"], "residual": ["hard", "no_number"]}


def link(world: Path, variant: str, slices: list[str], seed: int, max_pairs: float) -> dict[str, Any]:
    """Load, train, predict, and compare with the truth. Seconds of wall clock for each step."""
    from splink import DuckDBAPI, Linker

    start = time.monotonic()
    con = load(world, slices, variant != "shipped")
    loaded = time.monotonic()
    db = DuckDBAPI(connection=con)
    linker = Linker([db.register("person", dataset_display_name="person"), db.register("delivered", dataset_display_name="delivered")],
                    settings(variant), log_level=None)  # fmt: skip
    train(linker, seed, max_pairs)
    trained, cpu = time.monotonic(), time.process_time()
    predicted = linker.inference.predict()
    done, cpu = time.monotonic(), time.process_time() - cpu
    table = predicted.physical_name
    seconds = {"load": loaded - start, "train": trained - loaded, "predict": done - trained, "predict_cpu": cpu}
    return {
        "variant": variant, "trained_on": slices, "seed": seed, "pairs": con.execute(f"select count(*) from {table}").fetchall()[0][0],
        "seconds": {k: round(v, 2) for k, v in seconds.items()}, **compare(con, table, world, slices),
        **({"hard_part": compare(con, table, world, ["hard"])} if slices != ["hard"] else {}),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


BEST = """
with pair as (
    select case when source_dataset_l = 'delivered' then unique_id_l else unique_id_r end as row_id,
        case when source_dataset_l = 'delivered' then unique_id_r else unique_id_l end as person_id, match_weight
    from {table}
)
select best.match_weight, best.match_weight - coalesce(best.weights[2], -1000) as gap, coalesce(best.person_id = r.truth_id, false) as is_true,
    coalesce(r.stranger_kind, '') as stranger_kind, coalesce(r.name_damage, 'none') as name_damage
from (select row_id, arg_max(person_id, (match_weight, -person_id)) as person_id, max(match_weight) as match_weight, max(match_weight, 2) as weights
    from pair group by row_id) as best
inner join read_parquet($rows) as r using (row_id) where list_contains($slices, r.slice) order by row_id
"""


def compare(con: Any, table: str, world: Path, slices: list[str]) -> dict[str, Any]:
    """Each row's best candidate against the truth, the threshold chosen on the same rows."""
    rows = str(world / "row.parquet")
    truth = "from read_parquet(?) where list_contains(?, slice)"
    count, known = con.execute(f"select count(*), count(truth_id) {truth}", [rows, slices]).fetchall()[0]
    best = con.execute(BEST.format(table=table), {"rows": rows, "slices": slices}).fetchnumpy()
    score, right = best["match_weight"], best["is_true"].astype(bool)
    strict = recall_at_precision(score, right, known, 0.999)
    value, at = best_f1(score, right, known)
    single = best["stranger_kind"] != "double"
    weak = np.minimum(score, best["gap"])  # our own score of a row: its weight, or its lead over the runner-up
    taken = score >= strict.threshold
    recall = wilson(round(strict.recall * known), known)
    totals = dict(
        con.execute(
            f"select coalesce(name_damage, 'none'), count(truth_id) {truth} group by all order by all", [rows, slices]
        ).fetchall()
    )
    return {
        "rows": count, "true_links": known, "best_is_true": round(float(right.sum() / known), 4),
        "recall_at_0.999": round(recall.value, 4), "interval": [round(recall.low, 4), round(recall.high, 4)],
        "by_weight": at_precisions(score, right, known, single), "by_weight_and_gap": at_precisions(weak, right, known, single),
        "threshold": strict.threshold, "false_links": int((taken & ~right).sum()),
        "f1": round(value, 4), "f1_precision": round(at.precision, 4), "f1_recall": round(at.recall, 4),
        "recall_by_damage": {k: round(float((taken & right & (best["name_damage"] == k)).sum() / n), 4) for k, n in totals.items() if n},
        "false_by_stranger_at_f1": {k: int(((score >= at.threshold) & ~right & (best["stranger_kind"] == k)).sum()) for k in sorted(set(best["stranger_kind"]))},
    }  # fmt: skip


def at_precisions(score: Any, right: Any, known: int, single: Any) -> dict[str, dict[str, float]]:
    """Recall at two precisions and the best F1: of all rows, and of the `single` ones, without the planted doubles."""
    return {
        part: {
            "recall_at_0.999": recall_at_precision(score[rows], right[rows], known, 0.999).recall,
            "recall_at_0.99": recall_at_precision(score[rows], right[rows], known, 0.99).recall,
            "f1": best_f1(score[rows], right[rows], known)[0],
        }
        for part, rows in (("all", np.ones(len(score), dtype=bool)), ("without_doubles", single))
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="interpreter that has splink")
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--slice", choices=tuple(SLICES), default="hard")
    parser.add_argument("--variant", choices=VARIANTS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-pairs", type=float, default=1e8, help="random pairs from which u is estimated")
    parser.add_argument("--out", type=Path, help="file for the last variant's JSON instead of printing it")
    asked = parser.parse_args()
    for chosen in asked.variant or VARIANTS:
        if asked.python:
            own = [asked.python, "-m", "benchmarks.splink_peer", "--world", str(asked.world.resolve()), "--slice", asked.slice,
                   "--variant", chosen, "--seed", str(asked.seed), "--max-pairs", str(asked.max_pairs)]  # fmt: skip
            subprocess.run(own, check=True, cwd=ROOT)
        else:
            figures = link(asked.world, chosen, SLICES[asked.slice], asked.seed, asked.max_pairs)
            text = json.dumps(figures, ensure_ascii=False)
            asked.out.write_text(text, encoding="utf-8") if asked.out else print(text, flush=True)
