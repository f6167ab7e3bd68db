"""Open posts dealt out: none is named to more people than it has places for, and nobody is named a second one while
somebody else who fits has none."""

import duckdb
import numpy as np
import pyarrow as pa

# The best fit first; of equals the newest post; then whoever is recognised, and whoever has been registered longest. A
# person asks for ordinary and for public-welfare posts apart.
QUEUE = """
create or replace temp table post_asker as
select person_id, is_public, row_number() over () - 1 as asker from (select distinct person_id, is_public from post_offer where not is_pushed);
create or replace temp table post_number as select vacancy_no, places, row_number() over () - 1 as post_no from post_room;
create or replace temp table post_queue as
select row_number() over (order by score desc, valid_from desc, vacancy_no, is_hardship desc, waits_since, person_id) - 1 as turn,
       asker::integer as asker, post_no::integer as post_no, owed::integer as owed, places::integer as places, person_id, vacancy_no
from post_offer inner join post_number using (vacancy_no) inner join post_asker using (person_id, is_public) where not is_pushed
"""
IN_TURN = "select asker, post_no, owed, places from post_queue order by turn"
NAMED = """
create or replace temp table post_dealt as select person_id, vacancy_no from post_queue inner join dealt using (turn);
drop table post_queue; drop table post_asker; drop table post_number
"""
AT_ONCE = 20_000


def deal(con: duckdb.DuckDBPyConnection) -> None:
    """Make `post_dealt` (person_id, vacancy_no) from `post_offer` and `post_room`, round by round: in each, everybody is named
    at most one post, the best that has a place left."""
    con.execute(QUEUE)
    queue = con.sql(IN_TURN).to_arrow_table()
    asker, post, owed, places = (column.to_numpy() for column in queue.columns)
    dealt = np.zeros(len(asker), bool)
    has, filled = np.zeros(asker.max(initial=0) + 1, int), np.zeros(post.max(initial=0) + 1, int)
    for _ in range(owed.max(initial=0)):
        waits = np.ones(len(has), bool)
        for first in range(0, len(asker), AT_ONCE):
            at = slice(first, first + AT_ONCE)
            may = waits[asker[at]] & (has[asker[at]] < owed[at]) & (filled[post[at]] < places[at]) & ~dealt[at]
            for turn in (first + np.flatnonzero(may)).tolist():
                if waits[asker[turn]] and filled[post[turn]] < places[turn]:
                    dealt[turn], waits[asker[turn]] = True, False
                    filled[post[turn]] += 1
        has += ~waits
    con.register("dealt", pa.table({"turn": np.flatnonzero(dealt)}))
    con.execute(NAMED)
    con.unregister("dealt")
