"""Where delivered rows lie and whom they are about: what the pages of people, rows, files and entries share."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from reports.console.masks import row_select
from reports.console.rows import plain_rows, rows
from reports.words import KIND_WORDS
from schemas.extracts import LAYOUTS

MOST_ROWS = 200
# A row as it came, whom it is linked to by now, and whether it stands. One struct: an arg_max passes over its own nulls.
NOW = """
link_now as (
    select kind, office, record_id, count(*) as changes, max(run_no) as link_run,
           arg_max(struct_pack(person_id := person_id, match_status := match_status, rule := rule, link_grade := link_grade), run_no) as said
    from link semi join found using (kind, office, record_id) group by kind, office, record_id
),
ended_now as (
    select f.kind, f.office, f.record_id, f.run_no, arg_max(e.cause, e.run_no) as cause, max(e.run_no) as end_run
    from found as f inner join ended as e on e.kind = f.kind and e.office = f.office and e.record_id = f.record_id and e.run_no >= f.run_no
    group by f.kind, f.office, f.record_id, f.run_no
),
shown as (
    select f.kind, f.office, f.record_id, f.delivery_id, f.row_no, f.run_no, f.person_id as first_person,
           if(l.link_run >= f.run_no, l.said.person_id, f.person_id) as person_id, if(l.link_run >= f.run_no, l.said.match_status, f.match_status) as match_status,
           if(l.link_run >= f.run_no, l.said.rule, f.rule) as rule, if(l.link_run >= f.run_no, l.said.link_grade, f.link_grade) as link_grade,
           coalesce(l.changes, 0) as changes, e.cause as ended_cause, e.end_run
    from found as f left join link_now as l using (kind, office, record_id) left join ended_now as e using (kind, office, record_id, run_no)
)"""
SHOWN = f"""{NOW}
select s.*, s.match_status as outcome, s.rule as rule_word, d.file_name, d.sheet, d.snapshot_date
from shown as s left join finder.file_seen as d on d.delivery_id = s.delivery_id and d.run_no = s.run_no
"""
OF_PERSON = f"""
with moved as (select distinct hash(record_id) as record_key from link where person_id = $person),
found as (  -- two looks, not one with "or": each is cut down by what is stored beside its column
    from finder.place where person_key = hash($person) and person_id = $person
    union from finder.place where record_key in (select record_key from moved)
),
{SHOWN} where s.person_id = $person or s.first_person = $person
order by d.snapshot_date desc nulls last, s.kind, s.delivery_id, s.row_no limit {MOST_ROWS}
"""
OF_RECORDS = f"""
with found as (
    select * from finder.place where record_key in (select hash(unnest($records::varchar[]))) and record_id in (select unnest($records::varchar[]))
    qualify row_number() over (partition by kind, office, record_id order by run_no desc) = 1
),
{SHOWN} order by s.kind, s.delivery_id, s.row_no limit {MOST_ROWS}
"""
OF_PLACE = f"""
with found as (from finder.place where delivery_key = hash($delivery) and delivery_id = $delivery and row_no between $first and $last),
{SHOWN} order by s.row_no
"""
# The number narrows the sealed file to one group of rows; the record tells which office's.
CELLS = "select {cells} from read_parquet($file) where row_no = $row and delivery_id = $delivery and record_id = $record limit 1"
ENDED_WORDS = {
    "withdrawn": "撤销", "vanished": "不再出现（视为撤销）", "corrected": "更正", "replaced": "被新的一行替换", "absent": "不再出现",
    "late": "迟到，已有更新的一行",
}  # fmt: skip
GRADE_WORDS = {"exact": "确定", "variant": "姓名有出入", "probable": "推定", "held": "暂缓", "review": "待核查", "none": "未归人"}  # fmt: skip


def of_person(con: duckdb.DuckDBPyConnection, person: str) -> list[dict[str, Any]]:
    """Every row that is this person's, or came as theirs and was moved; the newest first."""
    return _worded(rows(con, OF_PERSON, {"person": person}))


def of_records(con: duckdb.DuckDBPyConnection, records: Iterable[str]) -> list[dict[str, Any]]:
    """The rows that evidence names, each where it last came."""
    return _worded(rows(con, OF_RECORDS, {"records": list(records)}))


def of_file(con: duckdb.DuckDBPyConnection, delivery: str, first: int, last: int) -> list[dict[str, Any]]:
    """The rows of a delivery that were new or changed in it, by number."""
    return _worded(rows(con, OF_PLACE, {"delivery": delivery, "first": first, "last": last}))


def cells(
    con: duckdb.DuckDBPyConnection, runs: str, place: Mapping[str, Any], *, whole: bool
) -> tuple[tuple[str, str], ...]:
    """The row's cells as header and text, read from the one sealed file that holds it; empty ones are left out."""
    chosen, headers = row_select(LAYOUTS[place["kind"]], whole=whole)
    file = f"{runs}/{place['run_no']:06d}/tables/standing/{place['kind']}.parquet"
    where = {"file": file, "row": place["row_no"], "delivery": place["delivery_id"], "record": place["record_id"]}
    found = plain_rows(con, CELLS.format(cells=chosen), where)
    return tuple((h, str(v)) for h, v in zip(headers, found[0], strict=True) if v not in (None, "")) if found else ()


def _worded(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in found:
        row["kind_word"] = KIND_WORDS.get(row["kind"], row["kind"])
        row["grade_word"] = GRADE_WORDS.get(row["link_grade"] or "", row["link_grade"] or "")
        row["ended_word"] = ENDED_WORDS.get(row["ended_cause"] or "", row["ended_cause"] or "")
    return found
