"""Lines that say unlike things of one person or employer give the same sheet, form and alert in whatever order they lie."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

import policies
from reports.towns import VISITS
from reports.xinyu_form import PEOPLE

LEAVERS = (Path(policies.__file__).parent / "sql" / "leavers.sql").read_text(encoding="utf-8")
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
        columns = ["ethnicity", "education", "marital", "certificate_no", "hukou_address", "address", "wish"]
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


def test_the_order_of_the_lines_changes_no_employers_name(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table today as select date '2024-06-30' as as_of")
    con.execute("create table national as select 30 as layoff_window_days")
    con.execute("create table fact_insured (person_id varchar, payer_kind varchar, rank int, valid_from date, employer_uscc varchar, employer_name varchar)")  # fmt: skip

    def left(names: Sequence[str]) -> list[tuple[object, ...]]:
        said = ", ".join(f"('U1', '{name}', 'r{name}')" for name in names)
        con.execute(
            "create or replace table fact_stop as select 'P1' as person_id, *, date '2024-06-20' as valid_from, '合同期满' as stop_reason, 0 as rank"
            f" from (values {said}) as v(employer_uscc, employer_name, record_id)"
        )
        con.execute(LEAVERS.split(";\n")[0]).fetchall()
        return con.sql("from fact_left").fetchall()

    names = ("甲厂", "甲厂有限公司", "甲厂（原乙厂）")
    assert len(left(names)) == 1
    assert left(names) == left(names[::-1])
