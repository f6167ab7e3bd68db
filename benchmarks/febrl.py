"""`python -m benchmarks.febrl`: FEBRL3, FEBRL4 and RLdata10000 linked by the engine that links our registers.

Blocking, training, weights in thousandths of a bit and resolving are those of `matchers`; only the comparisons are Latin
(`benchmarks/latin.py`). Nothing is learnt from the answers, but for the threshold of the first figure, as is customary
for these sets; the second has the threshold that nobody chose, even odds. A peer's weights are resolved as ours are.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.febrl_sets import BY_BIRTH, BY_NAME, RULES, Dataset, blocking_keys, febrl3, febrl4, rldata, write_rows
from benchmarks.latin import COMPARISONS, Texts, Weights, compare, rarities
from matchers.blocking import BlockingRule, block
from matchers.comparisons import Ints
from matchers.measures import Quality, pairwise, quality
from matchers.model import MILLI, level_of, milli
from matchers.resolve import LINKED, clusters, resolve
from matchers.training import Shares, expectation_maximisation, level_shares

ROOT = Path(__file__).parent.parent
RANDOM_PAIRS, SEED = 500_000, 1
EVEN_ODDS = 0
THRESHOLDS = range(-12_000, 30_001, 500)  # half bits; what the first figure may choose from
ROUNDS = 100  # the prior stands still after some ten


@dataclass(frozen=True)
class Weighed:
    """Candidate pairs of rows by (left, right), in thousandths of a bit with the prior, and the seconds they took."""

    left: Ints
    right: Ints
    total: Weights
    seconds: float


def weigh_pairs(data: Dataset) -> Weighed:
    """Every candidate pair, by a model learnt from the rows alone."""
    start = time.monotonic()
    con = duckdb.connect()
    rules = put_records(con, data)
    weights = learn(con, data)
    left, right = candidates(con, data, rules)
    total = np.zeros(len(left), dtype=np.int32)
    for column, levels in compare(data.table, left, right).items():
        total += weights[column][levels]
    total += rarity(data.table, left, right)
    total += np.int32(prior_of(total, data.pairs_count))
    return Weighed(left, right, total, time.monotonic() - start)


def put_records(con: duckdb.DuckDBPyConnection, data: Dataset) -> tuple[BlockingRule, ...]:
    """Make `left_record` and `right_record`; the rules that they have the columns for."""
    keys = blocking_keys(data.table)
    made = pa.table({"n": np.arange(len(data.person))} | {c: pa.array(v, mask=v == 0) for c, v in keys.items()})
    con.register("made", made)
    for side, sign in (("left", "<"), ("right", ">=")):
        rows = f"n {sign} {data.split}" if data.split else "true"
        con.execute(f"create or replace temp table {side}_record as select * from made where {rows}")
    con.unregister("made")
    return tuple(rule for rule in RULES if keys.keys() >= {*rule.agree, *rule.further})


def candidates(con: duckdb.DuckDBPyConnection, data: Dataset, rules: Sequence[BlockingRule]) -> tuple[Ints, Ints]:
    block(con, rules)
    once = "true" if data.split else "l < r"
    found = con.execute(f"select l, r from candidate where {once} order by l, r").fetchnumpy()
    return found["l"], found["r"]


def learn(con: duckdb.DuckDBPyConnection, data: Dataset) -> dict[str, Weights]:
    """Weights by column and level: u from random pairs, m by expectation maximisation under two blockings."""
    known = [one for one in COMPARISONS if one.column in data.table.columns]
    sizes = {one.column: len(one.level_names) for one in known}
    start = {one.column: np.array([0.0, *one.start]) / sum(one.start) for one in known}
    drawn = np.random.default_rng(SEED)
    one = drawn.integers(data.split or len(data.person), size=RANDOM_PAIRS)
    other = drawn.integers(data.split, len(data.person), size=RANDOM_PAIRS)
    u = level_shares(compare(data.table, one[one != other], other[one != other]), sizes)
    m: Shares = {}
    for rule, columns in ((BY_BIRTH, [c for c in sizes if c != "birth_date"]), (BY_NAME, ["birth_date"])):
        levels = compare(data.table, *candidates(con, data, (rule,)))
        m |= expectation_maximisation(levels, u, start, columns).m
    return {c: np.array([0, *map(_weight, m[c][1:], u[c][1:])], dtype=np.int32) for c in sizes}


def _weight(m: float, u: float) -> int:
    """Against strangers only: these sets know no families."""
    return level_of(m, u, u).weight


def rarity(table: Texts, left: Ints, right: Ints) -> Weights:
    """What agreeing on this very name adds to agreeing on a name."""
    added = np.zeros(len(left), dtype=np.int32)
    for codes in [table.columns[one.column] for one in COMPARISONS if one.is_named and one.column in table.columns]:
        own, usual = rarities(codes, len(table.words))
        same = (codes[left] == codes[right]) & (codes[left] > 0)
        added += np.where(same, own[codes[left]] - usual, 0).astype(np.int32)
    return added


def prior_of(total: Weights, pairs_count: int) -> int:
    """Expected matches among all pairs, by expectation maximisation over the candidates; thousandths of a bit."""
    share = pairs_count**-0.5  # one match a row
    for _ in range(ROUNDS):
        odds = np.exp2(total / MILLI) * share / (1 - share)
        share = float((odds / (1 + odds)).sum() / pairs_count)
    return milli(share / (1 - share))


def judge(data: Dataset, found: Weighed, threshold: int) -> Quality:
    """Links one to one, or clusters by all pairs of rows, against the truth."""
    truth, everyone = data.truth, np.ones(len(found.left), dtype=np.int64)
    if data.split:
        asked = {"link": threshold, "margin": 0, "review": threshold}
        made = resolve(found.left, found.right, found.total, everyone.astype(bool), everyone, asked)
        links = made.best[made.status == LINKED]
        right = int((truth[found.left[links]] == truth[found.right[links]]).sum())
        return quality(right, len(links), int(np.isin(truth[: data.split], truth[data.split :]).sum()))
    at = np.flatnonzero(found.total >= threshold)
    at = at[np.lexsort((found.right[at], found.left[at], -found.total[at].astype(np.int64)))]
    heads = clusters(zip(found.left[at].tolist(), found.right[at].tolist(), strict=True))
    return pairwise([heads.get(n, n) for n in range(len(truth))], truth)


def ask_peer(data: Dataset, python: Path) -> Weighed:
    """Splink's weights of the pairs that the same rules bring, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="zhaoren-peer-") as made:
        folder = Path(made)
        write_rows(data, folder)
        start = time.monotonic()
        subprocess.run([python, "-m", "benchmarks.febrl_peer", folder], check=True, cwd=ROOT, capture_output=True)
        seconds = time.monotonic() - start
        pairs = pq.read_table(folder / "pairs.parquet")
    left, right, bits = (pairs[c].to_numpy() for c in ("l", "r", "match_weight"))
    return Weighed(left, right, np.round(np.clip(bits, -1000, 1000) * MILLI).astype(np.int32), seconds)


def show(data: Dataset, who: str, found: Weighed) -> None:
    truth: NDArray[np.int64] = data.truth
    reached = int((truth[found.left] == truth[found.right]).sum())
    print(
        f"{data.name}, {who}: {len(found.left)} pairs compared of {data.pairs_count}, {reached} true; {found.seconds:.1f} s"
    )
    best = max(THRESHOLDS, key=lambda t: (judge(data, found, t).f1, -abs(t)))
    for name, threshold in (("chosen", best), ("even odds", EVEN_ODDS)):
        q = judge(data, found, threshold)
        print(
            f"  {name:9} {threshold / MILLI:6.1f} bits   precision {q.precision.value:.4f}  recall {q.recall.value:.4f}  F1 {q.f1:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peer", type=Path, default=Path("/tmp/splink-venv/bin/python"), help="interpreter that has splink"
    )
    peer = parser.parse_args().peer
    for whole in (febrl4(), febrl3(), rldata()):
        for part in [whole] + [whole.without("soc_sec_id")] * ("soc_sec_id" in whole.table.columns):
            show(part, "ours", weigh_pairs(part))
            if peer.exists():
                show(part, "splink", ask_peer(part, peer))
    if not peer.exists():
        print(f"No peer: {peer} is not there.")
