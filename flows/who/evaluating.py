"""How well rows were linked, against true answers: precision and recall with 95 % intervals, as a whole and by stratum.

A person's true id is that of most rows that made the person or carry the exact number (ties: the smallest). A linked
row is judged where that is known; it is right where its own true id is the same. Wanted are the rows whose true
person is known here. Shares of rows have Wilson's interval, that of false links a one-sided upper bound.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from flows.who.truth import lay_beside
from flows.workspace import Workspace
from ledger.seal import standing_by_run
from ledger.survivors import name_survivors
from matchers.fold_columns import fold_names
from matchers.han import COMPOUND_BASE, SYLLABLE_BASE
from matchers.measures import Share, b_cubed, pairwise, upper_bound, wilson
from matchers.name_book import LATIN, name_book
from schemas.extracts import PERSON_LAYOUTS

JUDGED = Path(__file__).parent / "judged.sql"
STRATA = {"source": "kind", "damage": "damage", "name": "shape", "age": "age"}
CLUSTER_MEASURES = ("pairwise_precision", "pairwise_recall", "b_cubed_precision", "b_cubed_recall")
VALUES = {  # in the order they are shown
    "source": tuple(PERSON_LAYOUTS),
    "name": ("two", "three", "compound", "long", "marked", "other"),
    "age": ("under_25", "25_39", "40_49", "50_59", "60_over", "unknown"),
}


@dataclass(frozen=True)
class Figure:
    """One measure of one stratum; `stratum` and `value` are `all` for the whole."""

    stratum: str
    value: str
    measure: str
    share: Share


def evaluate(con: duckdb.DuckDBPyConnection, workspace: Workspace, truth: Path) -> tuple[dict[str, int], list[Figure]]:
    """Counts of the truth's lines, and every figure in the order shown. Raises: UsageError."""
    lay_beside(con, workspace, truth)
    _shapes(con, workspace)
    name_survivors(con, "person")
    con.execute(JUDGED.read_text(encoding="utf-8"))
    counts = con.execute(COUNTS)
    names = [d[0] for d in counts.description or []]
    told = dict(zip(names, counts.fetchall()[0], strict=True))
    return told, _whole(con) + _clusters(con) + [f for stratum in STRATA for f in _stratum(con, stratum)]


def _shapes(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Make `name_shape` (delivery_id, row_no, shape) of the found rows; a row whose number broke has no name kept."""
    sealed = standing_by_run(workspace.runs)
    files = [str(f) for k in PERSON_LAYOUTS for f in sealed.get(k, {}).values()]
    con.execute(NAMED, {"files": files})
    names = fold_names(con.sql("select distinct name from named where name <> ''").to_arrow_table()[0].to_pylist())
    shapes = pa.array(name_shapes(names["name_folded"].to_pylist()), pa.string())
    con.register("shape_of", pa.table({"name": names["name"], "shape": shapes}))
    con.execute(
        "create or replace temp table name_shape as select delivery_id, row_no, shape from named inner join shape_of using (name)"
    )
    con.unregister("shape_of")


def name_shapes(folded: list[str | None]) -> list[str]:
    """
    >>> name_shapes(["王芳", "王小芳", "欧阳娜娜", "买买提·吐尔逊", "王?", "WANGFANG", ""])
    ['two', 'three', 'compound', 'long', 'marked', 'marked', 'other']
    """
    names = [n or "" for n in folded]
    book = name_book(names)
    compound = (book.surname >= COMPOUND_BASE) & (book.surname < SYLLABLE_BASE)
    plain = {2: "two", 3: "three"}
    return [
        "marked" if "?" in n or LATIN.search(n) else "long" if long else "compound" if double else plain.get(len(n), "other")
        for n, long, double in zip(names, book.is_long, compound, strict=True)
    ]  # fmt: skip


def _whole(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    right, judged, found, wanted, wrong, inexact, queued = con.execute(WHOLE).fetchall()[0]
    rate = wilson(wrong, inexact)
    bound = Share(rate.value, 0.0, upper_bound(wrong, inexact) if inexact else 1.0, wrong, inexact)
    shares = {"precision": wilson(right, judged), "recall": wilson(found, wanted), "false_links_not_exact": bound,
              "missed_in_review": wilson(queued, wanted - found)}  # fmt: skip
    return [Figure("all", "all", measure, share) for measure, share in shares.items()]


def _clusters(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Over all found rows with a true id, and over those about people known here: registers make nobody, so that rows
    about others stay apart by design. B-cubed averages over rows, which is no binomial: without an interval."""
    labels = con.execute(CLUSTERS).fetchnumpy()
    figures = []
    for ending, at in (("", labels["truth"] > 0), ("_known", labels["is_about_known"])):
        found, truth = labels["found"][at], labels["truth"][at]
        pairs, cubed = pairwise(found, truth), b_cubed(found, truth)[:2]
        averages = (Share(v, float("nan"), float("nan"), len(truth), len(truth)) for v in cubed)
        shares = (pairs.precision, pairs.recall, *averages)
        figures += [Figure("all", "all", m + ending, s) for m, s in zip(CLUSTER_MEASURES, shares, strict=True)]
    return figures


def _stratum(con: duckdb.DuckDBPyConnection, stratum: str) -> list[Figure]:
    rows = con.execute(BY_STRATUM.format(column=STRATA[stratum])).fetchall()
    place = {v: n for n, v in enumerate(VALUES.get(stratum, ()))}
    rows.sort(key=lambda r: (place.get(r[0], len(place)), r[0]))
    return [
        Figure(stratum, value, measure, wilson(*pair))
        for value, right, judged, found, wanted in rows
        if judged or wanted
        for measure, pair in (("precision", (right, judged)), ("recall", (found, wanted)))
    ]


NAMED = """
create or replace temp table named as
select s.delivery_id, s.row_no, s.name from read_parquet($files, union_by_name = true) as s
inner join found as f on f.delivery_id = s.delivery_id and f.row_no = s.row_no
"""
COUNTS = """
select (select count(*) from truth) as lines, count(*) as records, count(*) filter (is_linked) as linked,
       count(*) filter (is_linked and not is_judged) as not_judged, count(*) filter (match_status = 'review') as review,
       count(*) filter (match_status = 'quarantine') as broken, count(*) filter (is_wanted) as wanted,
       (select count(*) from truth where line not in (select line from line_found)) as lines_not_found from judged
"""
WHOLE = """
select count(*) filter (is_right), count(*) filter (is_judged), count(*) filter (is_wanted and is_right), count(*) filter (is_wanted),
       count(*) filter (is_judged and not is_founding and not is_right), count(*) filter (is_judged and not is_founding),
       count(*) filter (is_wanted and not is_right and match_status = 'review')
from judged
"""
CLUSTERS = """
select dense_rank() over (order by truth_id) as truth,
       dense_rank() over (order by if(is_linked, person_id, null), if(is_linked, null, line)) as found,
       is_wanted or is_linked as is_about_known
from judged where truth_id <> ''
"""
BY_STRATUM = """
select coalesce(nullif(value, ''), 'none') as value, count(*) filter (is_right), count(*) filter (is_judged),
       count(*) filter (is_wanted and is_right), count(*) filter (is_wanted)
from (select *, unnest(string_split({column}, '+')) as value from judged) group by 1 order by 1
"""
