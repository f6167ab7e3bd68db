"""How fast pairs are scored and numbers joined, each beside the same work done barely in the same process.

`python -m benchmarks.linkage_speed scoring|number --world DIR --out FILE` writes one JSON object; `benchmarks.linkage`
starts it.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.linkage_accuracy import THREADS, connect
from benchmarks.match_world import load_world
from benchmarks.world_people import People, id_numbers
from benchmarks.world_rows import damage_numbers
from matchers.agreements import agreement_levels
from matchers.fold_columns import fold_names, fold_number_column
from matchers.han import Levels
from matchers.ladder import link_by_number
from matchers.model import read_model
from matchers.records import gather
from matchers.resolve import resolve
from matchers.score import Scale, score_pairs
from matchers.scored import weigh_candidates

LEAST_PAIRS = 5_000_000
COPIES = 5  # of a world of a million: 5 M people, 3.5 M rows
REPEATS, MOST_REPEATS = 3, 20


class Spent(NamedTuple):
    """Of the wall clock, and of the processors: the second is the same however busy the machine is with others."""

    seconds: float
    cpu: float


def scoring(world: Path) -> dict[str, Any]:
    """Pairs a second through `score_pairs` alone, over the candidates of the rows without numbers, on two threads and on
    one, turn and turn about."""
    con = connect()
    load_world(con, world, ("hard", "no_number"))
    whole = _spent(lambda: _weigh_and_resolve(con))
    left, i, right, j = gather(con)
    told: Mapping[str, Levels] = {**agreement_levels(con), "id_number": np.zeros(len(i), dtype=np.int8)}
    scale, repeats = Scale(read_model()), min(MOST_REPEATS, -(-LEAST_PAIRS // len(i)))
    spent: dict[int, list[Spent]] = {THREADS: [], 1: []}
    for _ in range(repeats):
        for threads, times in spent.items():
            times.append(_spent(partial(score_pairs, scale, left, i, right, j, told, threads)))
    return {
        "pairs": len(i), "repeats": repeats, "whole": whole,
        "rates": {t: {"mean": repeats * len(i) / sum(one.seconds for one in times), "best": len(i) / min(one.seconds for one in times),
                      "cpu": repeats * len(i) / sum(one.cpu for one in times)} for t, times in spent.items()},
    }  # fmt: skip


def _weigh_and_resolve(con: duckdb.DuckDBPyConnection) -> None:
    model = read_model()
    found, _ = weigh_candidates(con, model, THREADS)
    resolve(found.left, found.right, found.scored.total, found.may_link, found.source, model.thresholds)


def _spent(work: Callable[[], object]) -> Spent:
    start, cpu = time.monotonic(), time.process_time()
    work()
    return Spent(time.monotonic() - start, time.process_time() - cpu)


def number(world: Path) -> dict[str, Any]:
    """The number stage over COPIES worlds, beside a bare join of the same two tables on the number as it stands."""
    con = connect()
    con.execute("set memory_limit = '3GiB'")
    _put_numbers(con, world)
    names = con.sql("select name from register union select name from delivered").to_arrow_table()
    naming = _spent(lambda: _put(con, "name_fold", fold_names(names.column(0).to_pylist())))
    con.execute(NAMED)
    spent: dict[str, list[Spent]] = {"bare": [], "fold": [], "key": [], "join": []}
    for _ in range(REPEATS):
        spent["bare"].append(_spent(lambda: con.execute(BARE)))
        spent["fold"].append(_spent(lambda: _fold(con)))
        spent["key"].append(_spent(lambda: _key(con)))
        spent["join"].append(_spent(lambda: link_by_number(con)))
    ours = zip(*(spent[part] for part in ("fold", "key", "join")), strict=True)
    whole = [Spent(sum(p.seconds for p in parts), sum(p.cpu for p in parts)) for parts in ours]
    count = {
        t: int(con.sql(f"select count(*) from {t}").fetchall()[0][0])
        for t in ("register", "delivered", "bare", "exact_link")
    }
    ratios = (np.array(whole) / np.array(spent["bare"])).T
    return {
        "rows": count,
        "spent": spent,
        "fold_names": naming.seconds,
        "ratios": dict(zip(Spent._fields, ratios.tolist(), strict=True)),
    }


BARE = """
create or replace temp table bare as
select d.rid, r.person_id from delivered as d inner join register as r using (id_number)
"""
NAMED = """
create or replace temp table register as from register left join name_fold using (name) order by person_id;
create or replace temp table delivered as from delivered left join name_fold using (name) order by rid;
create or replace temp table renamed (id_key varchar, name_folded varchar, other_folded varchar)
"""
KEYED = """
create or replace temp table everybody as
select r.person_id, k.id_key, r.name_folded, null::date as birth_date, null::varchar as sex, false as is_held from register as r positional join folded_register as k;
create or replace temp table claim as
select d.rid, k.id_class, k.id_key, k.id_part, d.name_folded, null::date as birth_date, null::varchar as sex, false as is_member
from delivered as d positional join folded_delivered as k
"""


def _fold(con: duckdb.DuckDBPyConnection) -> None:
    """Both sides' numbers folded."""
    for table in ("register", "delivered"):
        numbers = con.sql(f"select id_number from {table}").to_arrow_table()["id_number"]
        nothing = pa.chunked_array([pa.nulls(len(numbers), pa.string())])
        con.register(f"folded_{table}", fold_number_column(numbers, nothing))


def _key(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(KEYED)
    for table in ("register", "delivered"):
        con.unregister(f"folded_{table}")


def _put(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("made", table)
    con.execute(f"create or replace temp table {name} as select * from made")
    con.unregister("made")


def _put_numbers(con: duckdb.DuckDBPyConnection, world: Path) -> None:
    """`register` and `delivered`: the world several times over, everybody with a number of their own, the delivered
    numbers damaged as the world's are. Names recur in every copy, as they do in life."""
    person = pq.read_table(world / "person.parquet", columns=["name", "sex", "birth_date"])
    row = pq.read_table(world / "row.parquet", columns=["truth_id", "slice", "name"])
    strangers = row.filter(pc.is_null(row["truth_id"])).num_rows
    size, total = person.num_rows, COPIES * (person.num_rows + strangers)
    numbers = _fresh_numbers(person, total)
    _put(con, "register", pa.table({
        "person_id": pc.binary_join_element_wise("P", pa.array(range(1, COPIES * size + 1)).cast(pa.string()), ""),
        "name": pa.chunked_array([c for _ in range(COPIES) for c in person["name"].chunks]),
        "id_number": pa.array(numbers[: COPIES * size].tolist(), pa.string()),
    }))  # fmt: skip
    _put(con, "delivered", _delivered(row, numbers, size))


def _fresh_numbers(person: pa.Table, total: int) -> Any:
    """Numbers for births and sexes like the world's, all different."""
    at = np.arange(total) % person.num_rows
    birth = person["birth_date"].cast(pa.int32()).to_numpy().astype(np.int64)[at]
    sex = (person["sex"].to_numpy() == "男").astype(np.int64)[at]
    nothing = np.zeros(total, dtype=np.int64)
    return id_numbers(np.random.default_rng(1), People(birth, birth, sex, *[nothing] * 7))


def _delivered(row: pa.Table, numbers: Any, size: int) -> pa.Table:
    truth, part = row["truth_id"].fill_null(-1).to_numpy(), row["slice"].to_numpy(zero_copy_only=False)
    is_stranger, parts = truth < 0, []
    for copy in range(COPIES):
        stranger_at = COPIES * size + copy * is_stranger.sum() + np.cumsum(is_stranger) - 1
        told = numbers[np.where(is_stranger, stranger_at, truth + copy * size)].astype(object)
        damaged = part == "damaged"
        heads = np.roll(told[damaged], 1).tolist()
        told[damaged] = damage_numbers(Random(copy), told[damaged].tolist(), heads)[0]
        told[np.isin(part, ("hard", "no_number"))] = None
        parts.append(pa.array(told.tolist(), pa.string()))
    names = pa.chunked_array([c for _ in range(COPIES) for c in row["name"].chunks])
    return pa.table({"rid": np.arange(COPIES * row.num_rows), "name": names, "id_number": pa.chunked_array(parts)})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("scoring", "number"))
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.write_text(json.dumps({"scoring": scoring, "number": number}[asked.part](asked.world)), encoding="utf-8")
