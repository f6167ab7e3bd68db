"""A person's lines that say unlike things give the same sheet and form in whatever order they lie."""

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from reports.towns import VISITS
from reports.xinyu_form import PEOPLE

LINE = """
select 'P1' as person_id, 'O03' as list, '甲镇' as file, '甲镇' as town, v.name, v.name as caution, v.number as id_number, v.phone, v.village,
       v.village as address, '走访' as title, '到期' as reason, 1 as run_no, v.seq, '1-' || v.seq as entry_id, '待办' as standing,
       date '2024-06-30' as due_date, v.village as owner, '新' as is_new, true as is_fresh, date '2024-06-01' as valid_from
from (values {}) as v(name, number, phone, village, seq)
"""
FORM_LINE = """
select 'P1' as person_id, 'O02' as list, 'xinyu' as pack, 'H' as track, true as is_new, '甲镇' as town, v.name, v.number as id_number, '男' as sex,
       v.phone, v.village, '4050' as basis, 1 as run_no, v.seq, '1-' || v.seq as entry_id
from (values {}) as v(name, number, phone, village, seq)
"""
SAID = ("('赵志远', '1', '13900000001', '东村', 1)", "('赵志选', '2', '13900000002', '西村', 2)", "('赵志还', '3', null, '南村', 3)")  # fmt: skip


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for macro in ("name", "id", "phone", "address"):
            opened.execute(f"create macro shown_{macro}(told) as told")
        opened.execute("create table report_town as select '甲镇' as town, '甲镇' as file")
        columns = "ethnicity education marital certificate_no hukou_address address wish".split()
        nothing = ", ".join(f"null::varchar as {c}" for c in columns)
        opened.execute(f"create table person_card as select 'P1' as person_id, null::date as job_lost_on, {nothing}")
        yield opened


def test_the_order_of_the_lines_changes_no_visit(con: duckdb.DuckDBPyConnection) -> None:
    def sheet(said: Sequence[str]) -> list[tuple[object, ...]]:
        con.execute(f"create or replace table report_line as {LINE.format(', '.join(said))}")
        return con.execute(VISITS.rows, {"list": "O03", "file": "甲镇"}).fetchall()

    assert len(sheet(SAID)) == 1
    assert sheet(SAID) == sheet(SAID[::-1])


def test_the_order_of_the_lines_changes_no_form(con: duckdb.DuckDBPyConnection) -> None:
    def form(said: Sequence[str]) -> list[tuple[object, ...]]:
        con.execute(f"create or replace table open_line as {FORM_LINE.format(', '.join(said))}")
        return con.execute(PEOPLE).fetchall()

    assert len(form(SAID)) == 1
    assert form(SAID) == form(SAID[::-1])
