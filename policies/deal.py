"""Open posts dealt out: none is named to more people than it has places for, and nobody is named a second one while
somebody else who fits has none.

The pairs of a large city do not fit into memory: they are made of some posts at a time, and kept as an array of who asks
in which turn for which post (docs/decisions/0052).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from policies.evaluate import ROW_KEYS, op_of, proof_of
from policies.pack import Pack
from policies.rule import VIEWS, Rule, words_of
from policies.view import columns_of, one_row, run_script

MATCH = VIEWS["match"]
MOST_PAIRS = 2_000_000  # at a time, of some thirty bytes each in DuckDB and four in the array
# What a rule may ask of a match without looking at the post: these are the same of every post that fits.
OF_ANY_POST = frozenset({"match_kind", "match_fits", "match_is_over", "match_is_gone", "match_rank", "person_id"})
ASKED_ONCE = """
create or replace temp view wide_fitting as
select w.*, k.match_kind, true as match_fits, false as match_is_over, false as match_is_gone, 0 as match_rank, w.person_id || ' ' || k.match_kind as match_key
from wide as w semi join post_seeker using (person_id) cross join (values ('vacancy'), ('public')) as k (match_kind)
"""
# Those who are still owed a post of the kind and whom some rule lets have one, by `who`.
ASKERS = """
create or replace temp table post_asking as
select asker, false as is_public, posts as owed, words, job_need is null as asks_nothing from post_asker where posts > 0 and {ordinary}
union all
select asker, true, public_posts, words, null from post_asker where public_posts > 0 and is_hardship and {public}
"""
MAY = "person_id || ' {kind}' in (from post_allowed)"
# An ordinary post is one that was asked for, or that suits the skill of somebody who asked for nothing. A public-welfare
# post is for the recognised who hold none, whatever its trade.
PAIRS = """
insert into post_pair
with block as (select post_no, is_public from post_number where post_no >= $first and post_no < $after and places > 0),
pairs as (
    select s.asker, u.post_no, u.asked, u.skilled
    from block as b inner join post_suited as u using (post_no) inner join post_asking as s on s.words = u.words and s.is_public = b.is_public
    where not b.is_public and (u.asked > 0 or s.asks_nothing)
    union all
    select s.asker, b.post_no, coalesce(u.asked, 0), coalesce(u.skilled, 0)
    from block as b inner join post_asking as s on s.is_public and b.is_public left join post_suited as u on u.words = s.words and u.post_no = b.post_no
)
select * from pairs anti join (
    select a.asker, n.post_no from (select person_id, vacancy_no from pushed union select * from post_told) inner join post_asker as a using (person_id) inner join post_number as n using (vacancy_no)
) using (asker, post_no)
"""
PAIRS_OF_POSTS = """
with waiting as (select words, is_public, count(*) as people from post_asking group by all)
select p.post_no, coalesce(sum(w.people), 0)::bigint from post_number as p
left join (select u.post_no, w.* from post_suited as u inner join waiting as w using (words) where not w.is_public
           union all by name select p.post_no, w.* from post_number as p inner join waiting as w on w.is_public and p.is_public) as w using (post_no, is_public)
group by p.post_no order by p.post_no
"""
OFFERS = (
    "create or replace temp table post_offer as select *, is_public as was_public, false as is_pushed from post_fitting"
)
QUEUE = "select asker::integer, post_no::integer, score::integer from post_fitting where {who} order by score desc, post_no, asker"
ALLOWED = "person_id || ' ' || vacancy_no in (from post_allowed)"
NAMED = """
create or replace temp table post_named as
from post_named where is_pushed union all by name
select a.person_id, p.vacancy_no, p.is_public as was_public, false as is_pushed
from dealt inner join post_asker as a using (asker) inner join post_number as p using (post_no)
"""
SHARED = """
insert into shared_evidence
select person_id, unnest(match_records) from post_match except select person_id, record_id from shared_evidence
"""
PLACES = "select places, is_public::integer from post_number order by post_no"
OWED = "select asker, is_public::integer, owed from post_asking"
Numbers = npt.NDArray[np.int64]
Turn = tuple[int, npt.NDArray[np.int32]]  # a post, and who fits it equally well, in the order in which they are asked


def deal(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str]) -> None:
    """Make `post_offer` and `post_match` of what was named and stands, and of the posts named tonight to those whom a rule of
    these packs names one: round by round, in each everybody at most one of a kind, the best that has a place left. Needs `open_view`."""
    rules = [
        (p, r) for p in packs for r in p.all_rules if r.view == MATCH and r.is_in_force(as_of) and not barred & r.kinds
    ]
    looks = columns_of(con, MATCH).keys() - columns_of(con, "wide").keys() - OF_ANY_POST
    by_pair = [] if all(words_of(f"{r.when} {_op(r)}").isdisjoint(looks) for _, r in rules) else rules
    con.execute(ASKED_ONCE)
    _allow(con, [] if by_pair else rules, "wide_fitting", as_of)
    kinds = {"ordinary": "vacancy", "public": "public"}
    con.execute(ASKERS.format(**{name: "true" if by_pair else MAY.format(kind=kind) for name, kind in kinds.items()}))
    queue = _queue(con, by_pair, as_of)
    places, public = _columns(con, PLACES)
    asker, kind, most = _columns(con, OWED)
    owed = np.zeros((2, asker.max(initial=-1) + 1), np.int64)
    owed[kind, asker] = most
    con.register("dealt", pa.table(_deal_out(queue, places, public, owed), ["asker", "post_no"]))
    con.execute(NAMED)
    con.unregister("dealt")
    run_script(con, "sql/matched.sql")
    con.execute(SHARED)


def _op(rule: Rule) -> str:
    """The op it takes by what it rests on, as an expression over the view."""
    return op_of(rule).replace("worst", f"({proof_of(rule)[0]})")


def _allow(con: duckdb.DuckDBPyConnection, rules: Sequence[tuple[Pack, Rule]], view: str, as_of: date) -> None:
    """Make `post_allowed`: what a rule would find in the view if there were places enough."""
    con.execute("create or replace temp table post_allowed (match_key varchar)")
    for pack, rule in rules:
        one_row(con, "parameter_now", pack.parameter_values(as_of) or {"none": None})
        con.execute(
            f"insert into post_allowed select {ROW_KEYS[MATCH]} from {view} cross join parameter_now where ({rule.when}) and ({_op(rule)}) is not null"
        )


def _queue(con: duckdb.DuckDBPyConnection, by_pair: Sequence[tuple[Pack, Rule]], as_of: date) -> list[Turn]:
    """Every pair, the best fit first, and of equals by post. The rules of `by_pair` are asked about each."""
    turns: dict[int, list[Turn]] = {}
    for first, after in _blocks(con):
        con.execute("truncate post_pair")
        con.execute(PAIRS, {"first": first, "after": after})
        if by_pair:
            con.execute(OFFERS)
            _allow(con, by_pair, MATCH, as_of)
        asked = con.sql(QUEUE.format(who=ALLOWED if by_pair else "true")).to_arrow_table()
        asker, post, score = (column.to_numpy() for column in asked.columns)
        starts = np.flatnonzero((np.diff(post) != 0) | (np.diff(score) != 0)) + 1
        for start, who in zip([0, *starts], np.split(asker, starts), strict=True):
            if len(who):
                turns.setdefault(int(score[start]), []).append((int(post[start]), who))
    con.execute("truncate post_pair")
    return [turn for score in sorted(turns, reverse=True) for turn in turns[score]]


def _blocks(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    """The posts, some at a time: the first number, and the first after."""
    pairs = np.array([n for _, n in con.execute(PAIRS_OF_POSTS).fetchall()], int)
    block = np.cumsum(pairs) // MOST_PAIRS
    starts = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(pairs)]
    yield from pairwise(starts)


def _columns(con: duckdb.DuckDBPyConnection, query: str) -> list[Numbers]:
    return [column.to_numpy().astype(np.int64) for column in con.sql(query).to_arrow_table().columns]


def _deal_out(queue: list[Turn], places: Numbers, public: Numbers, owed: Numbers) -> tuple[Numbers, Numbers]:
    """Who gets which post: askers and posts. `places` by post, which are used up; `owed` by kind and asker."""
    has, gets, posts = np.zeros_like(owed), [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for _ in range(owed.max(initial=0)):
        waits = has < owed
        for n, (post, who) in enumerate(queue):
            if places[post] > 0 and len(best := who[waits[public[post], who]][: places[post]]):
                waits[public[post], best] = False
                has[public[post], best] += 1
                places[post] -= len(best)
                queue[n] = post, np.delete(who, np.searchsorted(who, best))
                gets.append(best)
                posts.append(np.full(len(best), post))
    return np.concatenate(gets), np.concatenate(posts)
