"""What an answer to an open entry would do, told before it is given: from the same table by which decisions are carried out."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from ledger.legal import Legal, legal_decisions, roles
from schemas.review import ASKED_AS

COLUMNS = {"if_confirmed": "确认", "if_rejected": "驳回"}
STEP = pa.list_(pa.struct([("roles", pa.string()), ("becomes", pa.string()), ("notice", pa.int32())]))
SCHEMA = pa.schema(
    [(c, pa.string()) for c in ("pack", "track", "op_class", "state_now", "about")]
    + [("is_again", pa.bool_())]
    + [(column, STEP) for column in COLUMNS]
)
ABOUT = "coalesce(e.ground, e.basis, '')"
ASKED = f"create or replace temp view entry_asked as select e.*, {ASKED_AS} from open_entry as e"
CASES = f"select distinct pack, track, op_class, coalesce(state_now, '') as state_now, {ABOUT} as about, is_again from entry_asked as e order by all"
WITH_EFFECT = f"""
create or replace temp table open_entry as
select e.*, x.if_confirmed, x.if_rejected
from entry_asked as e left join effects as x
    on x.pack = e.pack and x.about = {ABOUT} and x.track = e.track and x.op_class = e.op_class and x.state_now = coalesce(e.state_now, '') and x.is_again = e.is_again
"""


def add_effects(con: duckdb.DuckDBPyConnection, notices: Mapping[str, int]) -> None:
    """Give `open_entry` the columns `op_class`, `is_again`, `if_confirmed` and `if_rejected`: what the state becomes (a state, or `=`, `before`, `out`,
    `released` of `ledger/decisions.toml`) by the steps at which that is so, and after how many days of `notices` (by pack); no steps where any step does."""
    con.execute(ASKED)
    names = ("pack", "track", "op_class", "state_now", "about", "is_again")
    cases = [dict(zip(names, case, strict=True)) for case in con.execute(CASES).fetchall()]
    rows = [case | {c: becomes(case, d, notices.get(case["pack"], 0)) for c, d in COLUMNS.items()} for case in cases]
    con.register("effects", pa.Table.from_pylist(rows, schema=SCHEMA))
    con.execute(WITH_EFFECT)
    con.execute("drop view entry_asked")
    con.unregister("effects")


def becomes(case: dict[str, Any], decision: str, notice: int) -> list[dict[str, Any]]:
    """
    >>> first = {"track": "H", "op_class": "IN", "state_now": "H1", "is_again": False, "about": "4050"}
    >>> becomes(first, "确认", 10)
    [{'roles': '初审', 'becomes': 'H3', 'notice': 0}, {'roles': '审核、终审', 'becomes': 'H4', 'notice': 0}]
    >>> becomes({"track": "R", "op_class": "PROP_DEREG", "state_now": "R2", "is_again": False, "about": "hired"}, "确认", 10)
    [{'roles': '', 'becomes': 'R3', 'notice': 10}]
    """
    asked = (case["track"], case["op_class"], case["state_now"], decision)
    found: dict[tuple[str, int], list[str]] = {}
    every = roles()
    for role in every:
        legal = _legal(*asked, role, case["is_again"])
        if legal:
            found.setdefault((legal.to, legal.notice(notice, case["about"])), []).append(role)
    return [
        {"roles": "" if len(at) == len(every) else "、".join(at), "becomes": to, "notice": days}
        for (to, days), at in found.items()
    ]


@cache  # a night asks of a few hundred, each for a thousand grounds
def _legal(track: str, op: str, state: str, decision: str, role: str, is_again: bool) -> Legal | None:
    return next((row for row in legal_decisions() if row.fits(track, op, state, decision, role, is_again)), None)
