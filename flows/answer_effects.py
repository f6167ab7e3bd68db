"""What an answer to an open entry would do, told before it is given: from the same table by which decisions are carried out."""

from typing import Any

import duckdb
import pyarrow as pa

from ledger.decisions import legal_decisions, roles
from schemas.review import ASKED_AS

COLUMNS = {"if_confirmed": "确认", "if_rejected": "驳回"}
STEP = pa.list_(pa.struct([("roles", pa.string()), ("becomes", pa.string())]))
SCHEMA = pa.schema(
    [("track", pa.string()), ("op_class", pa.string()), ("state_now", pa.string()), ("is_again", pa.bool_())]
    + [(column, STEP) for column in COLUMNS]
)
ASKED = f"create or replace temp view entry_asked as select e.*, {ASKED_AS} from open_entry as e"
CASES = "select distinct track, op_class, coalesce(state_now, '') as state_now, is_again from entry_asked order by all"
WITH_EFFECT = """
create or replace temp table open_entry as
select e.*, x.if_confirmed, x.if_rejected
from entry_asked as e left join effects as x
    on x.track = e.track and x.op_class = e.op_class and x.state_now = coalesce(e.state_now, '') and x.is_again = e.is_again
"""


def add_effects(con: duckdb.DuckDBPyConnection) -> None:
    """Give `open_entry` the columns `op_class`, `is_again`, `if_confirmed` and `if_rejected`: what the state becomes (a state, or `=`, `before`, `out`,
    `released` of `ledger/decisions.toml`) by the steps at which that is so; no steps where any step does."""
    con.execute(ASKED)
    names = ("track", "op_class", "state_now", "is_again")
    cases = [dict(zip(names, case, strict=True)) for case in con.execute(CASES).fetchall()]
    rows = [case | {column: becomes(case, decision) for column, decision in COLUMNS.items()} for case in cases]
    con.register("effects", pa.Table.from_pylist(rows, schema=SCHEMA))
    con.execute(WITH_EFFECT)
    con.execute("drop view entry_asked")
    con.unregister("effects")


def becomes(case: dict[str, Any], decision: str) -> list[dict[str, str]]:
    """
    >>> first = {"track": "H", "op_class": "IN", "state_now": "H1", "is_again": False}
    >>> becomes(first, "确认")
    [{'roles': '初审', 'becomes': 'H3'}, {'roles': '审核、终审', 'becomes': 'H4'}]
    >>> becomes({"track": "T", "op_class": "TASK", "state_now": "open", "is_again": False}, "驳回")
    [{'roles': '', 'becomes': 'dropped'}]
    """
    asked = (case["track"], case["op_class"], case["state_now"], decision)
    found: dict[str, list[str]] = {}
    every = roles()
    for role in every:
        legal = next((row for row in legal_decisions() if row.fits(*asked, role, case["is_again"])), None)
        if legal:
            found.setdefault(legal.to, []).append(role)
    return [{"roles": "" if len(at) == len(every) else "、".join(at), "becomes": to} for to, at in found.items()]
