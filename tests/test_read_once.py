"""A query that was read before, as tests keep it, answers as one that is read anew."""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pytest

from tests.read_once import EXECUTE

ASKED: dict[str, tuple[str, Sequence[Any]]] = {
    "nothing": ("-- only a comment", ((),)),
    "one statement": ("select 1 as a, null as b", ((),)),
    "several": ("create table t as select 1 as a; insert into t values (2); select * from t order by a", ((),)),
    "a value bound anew": ("select $1 + 1, typeof($1)", ([1], [2.5], [None])),
    "values by name": ("create table if not exists s (a int); select $a, $b", ({"a": 1, "b": "甲"}, {"a": 2, "b": "乙"})),
    "a table that changes between": ("create table if not exists u (a int); insert into u values (1); from u", ((), ())),
    "a table made anew with other columns": ("create or replace temp table v as select * from w; from v", ((), ())),
    "no such table": ("select a from nowhere", ((), ())),
    "no statement": ("selec 1", ((), ())),
    "a value that is missing": ("select ? + ?", ([1],)),
}  # fmt: skip


def _answers(execute: Callable[..., Any], query: str, calls: Sequence[Any]) -> list[Any]:
    told = []
    with duckdb.connect() as con:
        for number, values in enumerate(calls):
            EXECUTE(con, f"create or replace table w as select {number} as a{number}")
            try:
                done = execute(con, query, values) if values else execute(con, query)
                told.append(done and ([d[0] for d in done.description], done.fetchall()))
            except duckdb.Error as error:
                told.append((type(error), str(error)))
    return told


@pytest.mark.parametrize("case", ASKED)
def test_a_query_read_before_answers_as_one_read_anew(case: str) -> None:
    assert duckdb.DuckDBPyConnection.execute is not EXECUTE
    anew = _answers(EXECUTE, *ASKED[case])
    for _ in range(2):
        assert _answers(duckdb.DuckDBPyConnection.execute, *ASKED[case]) == anew
