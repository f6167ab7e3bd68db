"""Somebody merged into one who was merged again since: what was said of the first speaks of the last."""

from datetime import date

import duckdb
import pytest

from flows.night.deciding import PUSHED
from flows.review.open_now import NOBODY, OPEN_LINK
from ledger.survivors import name_survivors
from schemas.modelling import create_table, describe
from schemas.tables import LedgerEntry, Person

FIRST, SECOND, LAST, OTHER = "P000000001", "P000000002", "P000000003", "P000000004"
CHAIN = {FIRST: SECOND, SECOND: LAST, LAST: None, OTHER: None}
LINK = "select 'low_income' as kind, '民政' as office, 'r1' as record_id, 'd1' as delivery_id, 1 as row_no, 'model' as rule, null::varchar as name, null::varchar as id_number, null::varchar as town, null::varchar as village"
LOG = f"select 'd1' as delivery_id, 1 as row_no, null::varchar as file_name, null::varchar as sheet, '{FIRST}' as person_id, '{OTHER}' as runner_up_person_id, 1.0 as match_weight, null::varchar as levels, null::varchar as cause, 'review' as match_status, '~' as place"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A store of four people, of whom three are one, and a post that was named to the first of them."""
    made = duckdb.connect()
    made.execute("create schema store; create table store.applied_run (run_no bigint, as_of date)")
    made.execute(create_table("person_now", [(c.name, c.sql) for c in describe(Person).columns]))
    made.execute(create_table("ledger_entry", [(c.name, c.sql) for c in describe(LedgerEntry).columns]).replace("ledger_entry", "store.ledger_entry", 1))  # fmt: skip
    made.executemany("insert into person_now (person_id, merged_into) values (?, ?)", list(CHAIN.items()))
    made.execute(
        "insert into store.ledger_entry (entry_id, run_no, seq, person_id, pack, track, op, basis, valid_from) values ('1-1', 1, 1, ?, 'jining', 'T', 'TASK', 'vacancy:V1', ?)",
        [FIRST, date(2024, 6, 1)],
    )
    name_survivors(made, "person_now")
    return made


def test_the_end_of_the_chain_is_named_for_each(con: duckdb.DuckDBPyConnection) -> None:
    assert dict(con.execute("from survivor").fetchall()) == {FIRST: LAST, SECOND: LAST}


def test_a_post_named_to_the_first_is_not_named_to_the_last_again(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(PUSHED)
    assert con.execute("select person_id, vacancy_no, ended_on from pushed").fetchall() == [(LAST, "V1", None)]


def test_a_question_about_the_first_asks_about_the_last(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(OPEN_LINK.format(rows=f"{NOBODY} union all {LINK}", log=LOG))
    shown = con.execute("select likely_id, other_id from open_link where record_id is not null").fetchall()
    assert shown == [(LAST, OTHER)]
