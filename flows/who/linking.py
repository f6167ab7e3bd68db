"""Who tonight's rows are about: claims from what was added and from what still stands unlinked, then the ladder."""

from pathlib import Path

import duckdb

from flows.kinds import kinds_of_tonight, people_of, standing_kinds
from flows.who.asked_again import claims_still_open
from flows.who.judged_links import carry_on, hear_reviewers, honour, tell_apart
from flows.who.put_down import put_down
from flows.who.same_lines import remember_lines
from flows.who.standing_words import names_that_stood, what_stands
from matchers.blocking import BlockingCount
from matchers.claims import claim_select, fold_claim_names, fold_claim_numbers, fold_people
from matchers.ladder import climb
from matchers.model import Model
from matchers.numberless import meet_numberless
from matchers.other_numbers import find_replaced, follow_replaced, settle_on_known
from matchers.person_index import describe_newcomers, meet_newcomers
from schemas.extracts import PERSON_LAYOUTS
from schemas.rows import row_columns
from schemas.stages import LOCAL, Engine

FIRST_PERSON = "select coalesce(max(substr(person_id, 2)::bigint), 0) + 1 from store.person"
HOUSEHOLDS = "household_register"  # where the police tell of a number that they replaced
# A number of somebody born after the day that the file describes is nobody's.
UNBORN = """
update claim_number set id_class = 'date_bad', id_key = null, id_part = id_key
from incoming_claim as c inner join delivery as d using (delivery_id)
where c.rid = claim_number.rid and regexp_full_match(id_key, '[0-9]{17}[0-9X]') and substr(id_key, 7, 8) > strftime(d.snapshot_date, '%Y%m%d')
  and substr(id_key, 7, 8) > (select strftime(min(snapshot_date), '%Y%m%d') from delivery)
"""


def link(
    con: duckdb.DuckDBPyConnection,
    run_no: int,
    model: Model,
    runs: Path,
    threads: int = 2,
    *,
    is_new_model: bool = False,
    engine: Engine = LOCAL,
) -> list[BlockingCount]:
    """Make `linked` (by rid), `person`, `person_hold`, `everybody`, `link_change`, `match_log`. `is_new_model`: the last
    run had another, so what was presumed under that one is asked again."""
    con.execute(
        "create or replace temp table this_run as select $run_no::bigint as run_no, $is_new::boolean as is_new_model",
        {"run_no": run_no, "is_new": is_new_model},
    )
    con.execute("create or replace temp view person as select * from store.person")
    con.execute("create or replace temp view person_hold as select * from store.person_hold")
    fold_people(con)
    hear_reviewers(con, runs)
    carry_on(con)
    _claims_of_tonight(con)
    fold_claim_numbers(con)
    con.execute(UNBORN)
    is_told = HOUSEHOLDS in standing_kinds(con)
    find_replaced(con, f"store.standing_{HOUSEHOLDS}" if is_told else None)
    claims_still_open(con)
    follow_replaced(con)
    settle_on_known(con)
    fold_claim_names(con)
    remember_lines(con)
    names_that_stood(con)
    first = con.execute(FIRST_PERSON).fetchall()[0][0]
    meet_newcomers(con, first)
    describe_newcomers(con)
    what_stands(con)
    tell_apart(con)
    counts = climb(con, model, threads, engine)
    honour(con, model)
    meet_numberless(con, model, first + con.sql("select count(*) from newcomer").fetchall()[0][0], threads, engine)
    put_down(con, model)
    return counts


def _claims_of_tonight(con: duckdb.DuckDBPyConnection) -> None:
    selects = [
        "select rid, false as is_retry, null::varchar as prior_status, null::varchar as prior_person, null::varchar as prior_rule, c.* exclude (rid) from ("
        + claim_select(kind, f"added_{kind}", {name for name, _ in row_columns(layout)}, "rid")
        + ") as c"
        for kind, layout in people_of(kinds_of_tonight(con)) or [next(iter(PERSON_LAYOUTS.items()))]
    ]
    con.execute("create or replace temp table incoming_claim as " + " union all ".join(selects))
