"""How well a world is linked: its hard slice by a model of its own, and all its rows by the product's ladder.

`python -m benchmarks.linkage_accuracy hard|ladder --world DIR --out FILE` writes one JSON object; `benchmarks.linkage`
starts it, so that seconds and memory are those of one process.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.match_world import load_world, train_on_world
from benchmarks.splink_peer import at_precisions
from benchmarks.whole_ladder import climb_world
from matchers.measures import upper_bound
from matchers.model import read_model
from matchers.resolve import NOBODY, resolve
from matchers.scored import Weighed, weigh_candidates

THREADS, MEMORY = 2, "2GiB"
LOWEST = -(10**9)  # of a pair that may not be linked without a person's eye


def connect() -> duckdb.DuckDBPyConnection:
    """Two threads, and the memory that a whole linking must do with."""
    con = duckdb.connect(
        config={"threads": str(THREADS), "memory_limit": MEMORY, "python_enable_replacements": "false"}
    )
    con.execute("set enable_progress_bar = false")
    return con


def hard(world: Path) -> dict[str, Any]:
    """A model trained without labels on the rows without numbers, then the hard slice weighed and resolved by it."""
    con = connect()
    load_world(con, world, ("hard", "no_number"))
    start = time.monotonic()
    model = train_on_world(con, "benchmark")
    trained = time.monotonic()
    con.execute("delete from left_source where id not in (select row_id from row where slice = 'hard')")
    weighed, _ = weigh_candidates(con, model, THREADS)
    decided = resolve(
        weighed.left, weighed.right, weighed.scored.total, weighed.may_link, weighed.source, model.thresholds
    )
    seconds = {"train": trained - start, "weigh and resolve": time.monotonic() - trained}
    return {"seconds": seconds, "pairs": len(weighed.left)} | judge(
        con, weighed, decided.left, decided.best, decided.runner_up
    )


def judge(con: duckdb.DuckDBPyConnection, weighed: Weighed, left: Any, best: Any, second: Any) -> dict[str, Any]:
    """A row's score is its weight, or its lead over the runner-up where that is less."""
    truth = con.sql("select row_id, coalesce(truth_id, -1) as truth_id, coalesce(stranger_kind, '') as kind from row where slice = 'hard' order by 1").fetchnumpy()  # fmt: skip
    place = np.searchsorted(truth["row_id"], left)
    total = weighed.scored.total.astype(np.int64)
    score = np.minimum(total[best], np.where(second == NOBODY, 1 << 40, total[best] - total[second]))
    right = weighed.right[best] == truth["truth_id"][place]
    known, single = int((truth["truth_id"] >= 0).sum()), truth["kind"][place] != "double"
    guarded = np.where(weighed.may_link[best], score, LOWEST)
    return {
        "rows": len(truth["row_id"]), "true_links": known, "best_is_true": float(right.sum() / known),
        "by_weight": at_precisions(total[best], right, known, single),
        "by_weight_and_gap": at_precisions(score, right, known, single),
        "guarded": at_precisions(guarded, right, known, single),
    }  # fmt: skip


# What a link of two records that have no number in common can rest on, beside name, sex and birth date.
JUDGED = """
create or replace temp table judged as
select l.rid, l.match_status as status, l.rule, l.link_grade as grade, t.slice, coalesce(t.stranger_kind, '') as kind,
       l.person_id, l.runner_up, t.person_id as true_id,
       coalesce(r.town = p.town, false) or coalesce(r.phone = p.phone, false) or coalesce(r.household_no = p.household_no, false)
           or coalesce(r.village = p.village and coalesce(r.town = p.town, true), false) as has_third
from linked as l inner join truth as t using (rid) inner join read_parquet($rows) as r on r.row_id = l.rid
left join read_parquet($people) as p on p.truth_id = substr(l.person_id, 2)::bigint - 1
"""
# `is not distinct from` would call a stranger who was left alone a right link.
COUNTED = """
select {by}, count(*) as "rows", count(true_id) as linkable, count(*) filter (status = 'linked') as automatic,
       count(*) filter (status = 'linked' and person_id is distinct from true_id) as false_links,
       count(*) filter (status = 'linked' and person_id is distinct from true_id and kind = 'double') as false_doubles,
       count(*) filter (status = 'linked' and person_id = true_id) as right_links,
       count(*) filter (true_id is not null and not coalesce(status = 'linked' and person_id = true_id, false)) as missed,
       count(*) filter (true_id is not null and status = 'review') as missed_in_review,
       count(*) filter (true_id is not null and status = 'review' and (person_id = true_id or runner_up = true_id)) as review_names_true,
       count(*) filter (status = 'review') as review, count(*) filter (status = 'linked' and kind = 'double') as linked_doubles,
       count(*) filter (status = 'linked' and kind = 'double' and not has_third) as linked_doubles_bare,
       count(*) filter (status = 'linked' and slice in ('hard', 'no_number') and not has_third) as linked_bare
from judged where {which} group by all order by all
"""
# The floor: the delivered number equals the known one, as it stands.
FLOOR = """
select count(*) as automatic, count(*) filter (p.truth_id is distinct from r.truth_id) as false_links,
       count(*) filter (p.truth_id = r.truth_id) as right_links
from read_parquet($rows) as r inner join read_parquet($people) as p using (id_number)
"""


def ladder(world: Path) -> dict[str, Any]:
    """Every row through the ladder, by the model that ships."""
    con = connect()
    climbed = climb_world(con, world, read_model(), THREADS)
    paths = {"people": str(world / "person.parquet"), "rows": str(world / "row.parquet")}
    con.execute(JUDGED, paths)
    floor = _rows(con, FLOOR, paths)[0]
    return {
        "seconds": climbed.seconds, "cpu_seconds": climbed.cpu_seconds, "blocking": [vars(c) for c in climbed.counts],
        "candidates": int(con.sql("select count(*) from candidate").fetchall()[0][0]),
        "whole": _counted(con, "'all rows' as part"), "slices": _counted(con, "slice as part"),
        "rules": _counted(con, "rule as part, grade", "status = 'linked'"),
        "without_number": _counted(con, "'without a number' as part", "slice in ('hard', 'no_number')"),
        "floor": floor | {"upper_bound": upper_bound(floor["false_links"], floor["automatic"])},
    }  # fmt: skip


def _counted(con: duckdb.DuckDBPyConnection, by: str, which: str = "true") -> list[dict[str, Any]]:
    found = _rows(con, COUNTED.format(by=by, which=which))
    return [f | {"upper_bound": upper_bound(f["false_links"], f["automatic"])} for f in found]


def _rows(con: duckdb.DuckDBPyConnection, query: str, told: dict[str, str] | None = None) -> list[dict[str, Any]]:
    made = con.execute(query, told or {})
    names = [d[0] for d in made.description or ()]
    return [dict(zip(names, row, strict=True)) for row in made.fetchall()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("hard", "ladder"))
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.write_text(json.dumps({"hard": hard, "ladder": ladder}[asked.part](asked.world)), encoding="utf-8")
