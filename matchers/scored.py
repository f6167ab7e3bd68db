"""The rung for what numbers cannot settle: candidates from the blocking rules, weighed by the model, resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchers.agreements import agree, agreement_levels
from matchers.blocking import RULES, BlockingCount, BlockingRule, block
from matchers.comparisons import BIRTH_LEVELS, Ints
from matchers.han import Levels
from matchers.model import COMPARISONS, MILLI, Model
from matchers.name_levels import CHARACTER_LEVELS, LONG_LEVELS
from matchers.number_levels import LEVELS as NUMBER_LEVELS
from matchers.number_levels import number_levels
from matchers.records import gather, make_records
from matchers.resolve import NOBODY, NONE, resolve
from matchers.score import Scale, Scored, score_pairs
from schemas.stages import LOCAL, Engine, Stage

NUMBER_AGREES = tuple(
    NUMBER_LEVELS.index(n) for n in ("equal", "letters", "check_missing", "one_slip", "mask_fits", "leading_14")
)
NUMBER_DENIES = tuple(NUMBER_LEVELS.index(n) for n in ("two_valid", "unlike"))
BIRTH_AGREES = tuple(BIRTH_LEVELS.index(n) for n in ("equal", "day_month_swapped", "one_digit"))
BIRTH_DENIES = tuple(BIRTH_LEVELS.index(n) for n in ("same_day", "same_year", "unlike"))
GIVEN_AGREES = tuple(
    CHARACTER_LEVELS.index(n)
    for n in ("equal", "variant", "spelt", "sound", "near_sound", "shape", "near_shape", "swapped")
)
PAIR_BYTES = 400  # of each pair: its places, thirteen levels, weights twice over, and what chunks of them take
UNREADABLE, ABSENT = (CHARACTER_LEVELS.index(n) for n in ("unreadable", "absent"))
WRITTEN = tuple(CHARACTER_LEVELS.index(n) for n in ("equal", "variant"))
LONG_AGREES = tuple(LONG_LEVELS.index(n) for n in ("equal", "respelt", "near", "cut_short"))


@dataclass(frozen=True)
class Weighed:
    """The pairs of owners that candidates brought together, each once, with the best weight of their records.
    `left` and `right` are owners, `source` the left one's source."""

    left: Ints
    right: Ints
    source: Ints
    scored: Scored
    may_link: NDArray[np.bool_]


def weigh_candidates(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    threads: int = 1,
    rules: Sequence[BlockingRule] = RULES,
    engine: Engine = LOCAL,
) -> tuple[Weighed, list[BlockingCount]]:
    """Weigh every pair that a rule or an agreement brings together.

    `left_source` and `right_source`: id, owner (who it speaks of: several records, under former names, may have one),
    name_folded, birth_date, sex, phone, town, village; the left also source, id_class, id_part, id_key, the right
    id_number. `left_value` (id, field, value) and `known_value` (owner, field, value): see `agreements`.
    """
    make_records(con, "left_source", "left_record")
    make_records(con, "right_source", "right_record")
    counts = block(con, rules, engine)
    agree(con)
    engine.run(con, _scoring(model, threads))
    table = con.sql("from weighed_pair").to_arrow_table()
    con.execute("drop table weighed_pair")
    return _from_table(table), counts


def _scoring(model: Model, threads: int) -> Stage:
    """Of every two owners that came together, their best pair. Everything it asks is asked of one left owner's pairs."""
    return Stage(
        "score",
        partial(score_candidates, model=model, threads=threads),
        gives={"weighed_pair": "from {parts} order by l, r"},
        cut={name: query.format(pairs=PAIR_OF_OWNER) for name, query in SCORED_TABLES.items()},
        spread={name: query.format(pairs=PAIR_OF_OWNER) for name, query in SCORED_AGAINST.items()},
        whole=("left_record_phone", "right_record_phone"),
        holds={"candidate": PAIR_BYTES},
    )


def score_candidates(con: duckdb.DuckDBPyConnection, model: Model, threads: int) -> None:
    """From `candidate`, `agreement` and both sides' `_source`, `_record` and `_record_phone` make `weighed_pair`: of every
    two owners the heaviest pair, where it is worth asking about: l, r, source, may_link, total, against_kin, and of each
    comparison its level and weight. By l and r."""
    told = dict(agreement_levels(con)) | {"id_number": _number_levels(con)}
    left, i, right, j = gather(con)
    scored = score_pairs(Scale(model), left, i, right, j, told, threads)
    owners = con.sql(OWNERS).fetchnumpy()
    best = _best_of_owners(owners["l"], owners["r"], scored)
    best = best[_worth_asking({c: found[best] for c, found in scored.levels.items()})]
    kept = scored.take(best)
    con.register("scored", pa.table({
        **{name: owners[name][best] for name in ("l", "r", "source")},
        "may_link": _may_link(kept.levels), "total": kept.total, "against_kin": kept.against_kin,
        **{f"level_{c}": found for c, found in kept.levels.items()},
        **{f"weight_{c}": found for c, found in kept.weights.items()},
    }))  # fmt: skip
    con.execute("create or replace temp table weighed_pair as from scored")
    con.unregister("scored")


def _from_table(table: pa.Table) -> Weighed:
    columns = {name: table[name].to_numpy() for name in table.column_names}
    levels, weights = (
        {name.removeprefix(kind): found for name, found in columns.items() if name.startswith(kind)}
        for kind in ("level_", "weight_")
    )
    scored = Scored(levels, weights, columns["total"], columns["against_kin"])
    return Weighed(columns["l"], columns["r"], columns["source"], scored, columns["may_link"])


PAIR_OF_OWNER = """
select c.l, c.r, s.owner as part_key from candidate as c inner join left_record as x on x.n = c.l inner join left_source as s on s.id = x.id
"""
SCORED_TABLES = {
    "candidate": "{pairs}",
    "left_source": "select *, owner as part_key from left_source",
    "left_record": "select x.*, s.owner as part_key from left_record as x inner join left_source as s using (id)",
    "agreement": "select a.*, s.owner as part_key from agreement as a inner join left_record as x on x.n = a.l inner join left_source as s on s.id = x.id",
}
SCORED_AGAINST = {
    "right_record": "select y.*, p.part_key from right_record as y inner join ({pairs}) as p on p.r = y.n",
    "right_source": "select b.*, p.part_key from right_source as b inner join right_record as y using (id) inner join ({pairs}) as p on p.r = y.n",
}

OWNERS = """
select a.owner as l, b.owner as r, a.source::bigint as source
from candidate as c inner join left_record as x on x.n = c.l inner join left_source as a on a.id = x.id
inner join right_record as y on y.n = c.r inner join right_source as b on b.id = y.id
order by c.l, c.r
"""


def _best_of_owners(left: Ints, right: Ints, scored: Scored) -> Ints:
    """The heaviest pair of each two owners, in their order."""
    ascending = (np.diff(left) > 0) | ((np.diff(left) == 0) & (np.diff(right) > 0))
    if ascending.all():  # nobody has several records: the pairs are the owners'
        return np.arange(len(left))
    order = np.lexsort((-scored.total.astype(np.int64), right, left))
    first = np.r_[True, (np.diff(left[order]) != 0) | (np.diff(right[order]) != 0)][: len(order)]
    return order[first]


def _number_levels(con: duckdb.DuckDBPyConnection) -> Levels:
    """What is left of the delivered number, against the known one; missing for most pairs."""
    found = con.sql(NUMBERS).to_arrow_table()
    size = int(con.sql("select count(*) from candidate").fetchall()[0][0])
    levels = np.zeros(size, dtype=np.int8)
    if found.num_rows:
        classes = np.array(found["id_class"].to_pylist())
        levels[found["place"].to_numpy()] = number_levels(
            classes, found["id_part"].to_pylist(), found["id_number"].to_pylist()
        )
    return levels


NUMBERS = """
select c.place, s.id_class, coalesce(s.id_part, s.id_key) as id_part, p.id_number
from (select row_number() over (order by l, r) - 1 as place, l, r from candidate) as c
inner join left_record as lr on lr.n = c.l inner join left_source as s on s.id = lr.id
inner join right_record as rr on rr.n = c.r inner join right_source as p on p.id = rr.id
where coalesce(s.id_part, s.id_key) is not null and p.id_number is not null
order by c.place
"""


def _thirds(levels: Mapping[str, Levels]) -> NDArray[np.int64]:
    """How many agreements there are beside name, birth date and sex. A family shares phone, household and address: that
    is one."""
    number = np.isin(levels["id_number"], NUMBER_AGREES)
    family = np.isin(levels["phone"], (1, 2)) | (levels["household"] == 1) | (levels["address"] == 1)
    found = [number, family, np.isin(levels["place"], (1, 2)), levels["local_no"] == 1, levels["employer"] == 1]
    return np.sum(found, axis=0)


def _worth_asking(levels: Mapping[str, Levels]) -> NDArray[np.bool_]:
    """Another birth date and nothing but the name in common: a namesake, however rare the name."""
    return (_thirds(levels) > 0) | ~np.isin(levels["birth_date"], BIRTH_DENIES)


def _may_link(levels: Mapping[str, Levels]) -> NDArray[np.bool_]:
    """Whether a pair may be linked without a person's eye at all: something of the given name and the birth date agree,
    with a third agreement beside the sex (one more where no birth date is told, or only its year; one more where the sex
    is another, or behind the surname nothing can be read), and nothing contradicts."""
    other_sex, unread = levels["sex"] == 2, _unread(levels)
    enough = _thirds(levels) >= 1 + ~np.isin(levels["birth_date"], BIRTH_AGREES) + other_sex + unread
    named = np.isin(levels["long_name"], LONG_AGREES) | unread
    for part in ("given_first", "given_second"):
        named |= np.isin(levels[part], GIVEN_AGREES)
    denied = np.isin(levels["id_number"], NUMBER_DENIES) | np.isin(levels["birth_date"], BIRTH_DENIES)
    return named & enough & ~denied


def _unread(levels: Mapping[str, Levels]) -> NDArray[np.bool_]:
    """One character after the same surname on both sides, and on one side it cannot be read: it stands for any one."""
    alone = (levels["given_first"] == UNREADABLE) & (levels["given_second"] == ABSENT)
    return alone & np.isin(levels["surname"], WRITTEN)


def climb_by_weight(
    con: duckdb.DuckDBPyConnection, model: Model, threads: int = 1, engine: Engine = LOCAL
) -> list[BlockingCount]:
    """Weigh and resolve; make `weighed`, one row for every left owner that has a candidate worth asking about: owner,
    right_owner, runner_up, status, match_weight and runner_up_weight in bits, and the structs weights and levels (`against` whom the pair was weighed)."""
    weighed, counts = weigh_candidates(con, model, threads, engine=engine)
    total = weighed.scored.total
    decided = resolve(weighed.left, weighed.right, total, weighed.may_link, weighed.source, model.thresholds)
    asked = np.flatnonzero(decided.status != NONE)
    best, second = decided.best[asked], decided.runner_up[asked]
    shown = weighed.scored.take(best)
    weights = {"prior": np.where(shown.against_kin, model.kin_prior, model.prior)} | dict(shown.weights)
    against = {"against": np.where(shown.against_kin, "relative", "stranger")}
    con.register("decided", pa.table({
        "owner": decided.left[asked], "right_owner": weighed.right[best],
        "runner_up": pa.array(weighed.right[second], mask=second == NOBODY),
        "status": pa.array(decided.status[asked], pa.string()), "match_weight": total[best] / MILLI,
        "runner_up_weight": pa.array(total[second] / MILLI, mask=second == NOBODY),
        "weights": _struct({c: w / MILLI for c, w in weights.items()}),
        "levels": _struct(against | {c: np.array(COMPARISONS[c])[found] for c, found in shown.levels.items()}),
    }))  # fmt: skip
    con.execute("create or replace temp table weighed as select * from decided")
    con.unregister("decided")
    return counts


def _struct(columns: Mapping[str, NDArray[Any]]) -> pa.StructArray:
    names = [n for n in ("prior", "against", *COMPARISONS) if n in columns]
    return pa.StructArray.from_arrays([pa.array(columns[n]) for n in names], names=names)
