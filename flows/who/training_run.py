"""The workspace's own match model, estimated without labels from its standing rows against its people.

Rows without an exact number come first: they are what the model will weigh. A row that made a person is left out, for
it would be compared with itself. Of long names only those that many share are kept: the model names nobody.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from flows.workspace import Workspace, locked
from ledger.seal import sealed_runs
from ledger.store import connect, ensure_store
from ledger.whole import put_whole
from matchers.fold_columns import fold_names
from matchers.model import DEFAULT, Model, read_model, write_model
from matchers.records import make_records
from matchers.training import RAREST, train
from reports.words import COMPARISON_WORDS
from schemas.errors import UsageError, say
from schemas.extracts import PERSON_LAYOUTS
from schemas.rows import row_columns

FEWEST, MOST_ROWS = 1_000, 50_000  # below, shares of the rarer levels are noise; above, they hardly move
SHARED_BY = 20  # people; a long name that fewer share could tell who they are
# Of rows about one person at most this share may be `unlike` in what tells people apart; the shipped model has 0.04 at
# most. Above it the pairs were mostly strangers who happened to agree, and the weights would link them.
MOST_UNLIKE, TELLING = 0.1, ("surname", "given_first", "birth_date")
FIELDS = ("birth_date", "sex", "phone", "town", "village")


def train_own(workspace: Workspace) -> Model:
    """The model, written to the workspace. Raises: UsageError for too little to learn from; WorkspaceBusy."""
    shipped = read_model(DEFAULT)
    with locked(workspace), _session(workspace) as con:
        _both_sides(con)
        learnt = train(con, shipped.thresholds, "")
        _require_sense(learnt)
        model = _named(replace(learnt, frequency=_without_persons(con, learnt.frequency)))
    _put(model, workspace.model)
    return model


@contextmanager
def _session(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A work session with the store attached as `store`."""
    numbers = sealed_runs(workspace.runs)
    if not numbers:
        raise UsageError(
            say("这个工作区还没有运行过；请先 zhaoren run。", "Nothing has run here yet; zhaoren run first.")
        )
    ensure_store(workspace.store, workspace.runs, numbers, workspace.work)
    con = connect(scratch=workspace.work / "spill")
    try:
        con.execute("attach '{}' as store (read_only)".format(str(workspace.store).replace("'", "''")))
        yield con
    finally:
        con.close()


def _both_sides(con: duckdb.DuckDBPyConnection) -> None:
    """Make `left_record` and `right_record` as `train` asks for them."""
    con.execute("create temp table chosen as " + CHOSEN.format(rows=" union all ".join(map(_rows_of, PERSON_LAYOUTS))))
    names = con.sql("select name from chosen union select name from store.person where name <> ''").to_arrow_table()
    con.register("folded", fold_names(names["name"].to_pylist()))
    con.execute(LEFT)
    con.execute(RIGHT)
    con.unregister("folded")
    rows, people = (con.sql(f"select count(*) from {t}").fetchall()[0][0] for t in ("left_source", "right_source"))
    if rows < FEWEST or people < FEWEST:
        raise UsageError(
            say(f"数据太少，不足以学习：有 {rows} 行可用的记录、{people} 人，各需至少 {FEWEST}；继续使用自带的比对模型。",
                f"Too little to learn from: {rows} usable rows and {people} people, {FEWEST} of each are needed; the shipped model stays.")
        )  # fmt: skip
    make_records(con, "left_source", "left_record")
    make_records(con, "right_source", "right_record")


def _rows_of(kind: str) -> str:
    columns = {name for name, _ in row_columns(PERSON_LAYOUTS[kind])}
    told = ", ".join(f if f in columns else f"null as {f}" for f in FIELDS)
    return (
        f"select '{kind}' as kind, office, record_id, id_key is not null as is_exact, name, {told} "
        f"from store.standing_{kind} where name <> '' and match_status <> 'new_person'"
    )


def _require_sense(model: Model) -> None:
    for comparison in TELLING:
        unlike = model.levels[comparison]["unlike"].m
        if unlike > MOST_UNLIKE:
            what = f"{100 * unlike:.0f}%"
            raise UsageError(
                say(f"学到的权重不可信，没有写下：同一人的记录中「{COMPARISON_WORDS[comparison]}」竟有 {what} 不同，多半是同名的生人太多、可比的内容太少；继续使用现有的比对模型。",
                    f"What was learnt makes no sense and was not written: {comparison} unlike in {what} of one person's rows; the present model stays.")
            )  # fmt: skip


def _without_persons(
    con: duckdb.DuckDBPyConnection, frequency: Mapping[str, Mapping[str, float]]
) -> dict[str, Mapping[str, float]]:
    """The shares without the long names that few people have. These count, like every unknown one, as rare as they are
    on average: weighed by people, so that the chance that two strangers agree stays what it was."""
    names = con.execute(SHARED, {"people": SHARED_BY}).fetchall()
    shared, every = {name for (name,) in names}, frequency["long_name"]
    left_out = [share for name, share in every.items() if name and name not in shared]
    usual = round(sum(s * s for s in left_out) / sum(left_out), 7) if left_out else 0.0
    kept = {name: share for name, share in every.items() if name in shared}
    return {**frequency, "long_name": {"": max(RAREST, usual)} | kept}


def _named(model: Model) -> Model:
    """The same content has the same version."""
    content = {k: v for k, v in asdict(model).items() if k != "version"}
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return replace(model, version=f"own-{digest[:8]}")


def _put(model: Model, path: Path) -> None:
    """Written beside and renamed: a night reads the old model or the new one."""
    with put_whole(path) as beside:
        write_model(model, beside)
        read_model(beside)


CHOSEN = """
select * from ({rows}) order by is_exact, record_id, kind, office limit {most}
""".replace("{most}", str(MOST_ROWS))
LEFT = """
create temp table left_source as
select row_number() over (order by c.record_id, c.kind, c.office) as id, f.name_folded, c.birth_date::date as birth_date, c.sex, c.phone, c.town, c.village
from chosen as c inner join folded as f using (name) where f.name_folded <> ''
"""
RIGHT = """
create temp table right_source as
select substr(p.person_id, 2)::bigint as id, f.name_folded, p.birth_date, p.sex, p.phone, p.town, p.village
from store.person as p inner join folded as f using (name) where p.merged_into is null and f.name_folded <> ''
"""
SHARED = """
select name_folded from right_record group by name_folded having count(*) >= $people
"""
