"""Open posts dealt out: none is named to more people than it has places for, and nobody is named a second one while
somebody else who fits has none."""

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from policies.evaluate import ROW_KEYS, op_of, proof_of
from policies.pack import Pack
from policies.rule import VIEWS
from policies.view import one_row

MATCH = VIEWS["match"]
EVERY = """
create or replace temp table post_named as select person_id, vacancy_no from post_offer;
create or replace temp table post_allowed (match_key varchar)
"""
# The best fit first; of equals the newest post; then whoever is recognised, and whoever has been registered longest. A
# person asks for ordinary and for public-welfare posts apart.
QUEUE = """
create or replace temp table post_asker as
select person_id, is_public, row_number() over () - 1 as asker from (select distinct person_id, is_public from post_offer where not is_pushed);
create or replace temp table post_number as select vacancy_no, places, row_number() over () - 1 as post_no from post_room;
create or replace temp table post_queue as
select row_number() over (order by score desc, valid_from desc, vacancy_no, is_hardship desc, waits_since, person_id) - 1 as turn,
       asker::integer as asker, post_no::integer as post_no, owed::integer as owed, places::integer as places, person_id, vacancy_no
from post_offer inner join post_number using (vacancy_no) inner join post_asker using (person_id, is_public)
where not is_pushed and person_id || ' ' || vacancy_no in (from post_allowed)
"""
IN_TURN = "select asker, post_no, owed, places from post_queue order by turn"
NAMED = """
create or replace temp table post_named as
select person_id, vacancy_no from post_queue inner join dealt using (turn) union select person_id, vacancy_no from post_offer where is_pushed;
drop table post_queue; drop table post_asker; drop table post_number; drop table post_allowed;
insert into shared_evidence
select person_id, unnest(match_records) from post_match except select person_id, record_id from shared_evidence
"""
AT_ONCE = 20_000


def deal(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str]) -> None:
    """Make `post_named` (person_id, vacancy_no) from `post_offer` and `post_room` among those whom a rule of these packs would
    name a post: round by round, in each everybody at most one, the best that has a place left."""
    con.execute(EVERY)
    for pack in packs:
        _allow(con, pack, as_of, barred)
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


def _allow(con: duckdb.DuckDBPyConnection, pack: Pack, as_of: date, barred: frozenset[str]) -> None:
    """Put into `post_allowed` what a rule of the pack would find if there were places enough."""
    one_row(con, "parameter_now", pack.parameter_values(as_of) or {"none": None})
    for rule in pack.all_rules:
        if rule.view == MATCH and rule.is_in_force(as_of) and not barred & rule.kinds:
            op = op_of(rule).replace("worst", f"({proof_of(rule)[0]})")
            con.execute(
                f"insert into post_allowed select {ROW_KEYS[MATCH]} from {MATCH} cross join parameter_now where ({rule.when}) and ({op}) is not null"
            )
