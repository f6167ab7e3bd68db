"""Open posts dealt out: none is named to more people than it has places for, and nobody is named a second one while
somebody else who fits has none."""

from collections import Counter
from collections.abc import Iterator

import duckdb
import pyarrow as pa

DEALT = pa.schema([("asker", pa.int64()), ("post_no", pa.int64())])
# The best fit first; of equals the newest post; then whoever is recognised, and whoever has been registered longest. A
# person asks for ordinary and for public-welfare posts apart.
QUEUE = """
create or replace temp table post_queue as
select row_number() over (order by score desc, valid_from desc, vacancy_no, is_hardship desc, waits_since, person_id) as turn,
       dense_rank() over (order by person_id, is_public) as asker, dense_rank() over (order by vacancy_no) as post_no, person_id, vacancy_no, owed, places
from post_offer inner join post_room using (vacancy_no) where not is_pushed
"""
IN_TURN = "select asker, post_no, owed, places from post_queue order by turn"
NAMED = """
create or replace temp table post_dealt as
select q.person_id, q.vacancy_no from post_queue as q inner join dealt using (asker, post_no);
drop table post_queue
"""
AT_ONCE = 100_000


def deal(con: duckdb.DuckDBPyConnection) -> None:
    """Make `post_dealt` (person_id, vacancy_no) from `post_offer` and `post_room`, round by round: in each, everybody is named
    at most one post, the best that has a place left."""
    con.execute(QUEUE)
    dealt: set[tuple[int, int]] = set()
    has, filled = Counter[int](), Counter[int]()
    rounds = con.execute("select coalesce(max(owed), 0) from post_queue").fetchall()[0][0]
    for _ in range(rounds):
        named: set[int] = set()
        for asker, post, owed, places in _in_turn(con):
            if asker not in named and has[asker] < owed and filled[post] < places and (asker, post) not in dealt:
                named.add(asker)
                dealt.add((asker, post))
                has[asker] += 1
                filled[post] += 1
    askers, posts = zip(*sorted(dealt), strict=True) if dealt else ((), ())
    con.register("dealt", pa.table([pa.array(askers, pa.int64()), pa.array(posts, pa.int64())], schema=DEALT))
    con.execute(NAMED)
    con.unregister("dealt")


def _in_turn(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int, int, int]]:
    for batch in con.sql(IN_TURN).to_arrow_reader(AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
