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
# First where the rows lie, by a hash stored beside each; then these few, by themselves: joins that know how few they are take half
# the memory.
FOUND = (
    "create or replace temp table found as select * from finder.place where rowid in (select unnest($found::bigint[]))"
)
WHERE_PERSON = """
select rowid from finder.place where person_key = hash($person)
union select rowid from finder.place where record_key in (select hash(record_id) from link where person_id = $person)
"""
OF_PERSON = f"""
with {SHOWN} where s.person_id = $person or s.first_person = $person
order by d.snapshot_date desc nulls last, s.kind, s.delivery_id, s.row_no limit {MOST_ROWS}
"""
WHERE_RECORDS = "select rowid from finder.place where record_key in (select hash(unnest($records::varchar[])))"
OF_RECORDS = f"""
with found as (
    from temp.found where list_contains($records::varchar[], record_id)
    qualify row_number() over (partition by kind, office, record_id order by run_no desc) = 1
),
{SHOWN} order by s.kind, s.delivery_id, s.row_no limit {MOST_ROWS}
"""
WHERE_PLACE = "select rowid from finder.place where delivery_key = hash($delivery) and row_no between $first and $last"
OF_PLACE = f"""
with found as (from temp.found where delivery_id = $delivery),
{SHOWN} order by s.row_no
"""
# The number narrows the sealed file to one group of rows, the record tells which office's; a group's columns are unpacked whole, so
# that few at a time take a third of the memory.
POSITION = """
select file_row_number from read_parquet($file, file_row_number = true) where row_no = $row and delivery_id = $delivery and record_id = $record limit 1
"""
CELLS = "select {cells} from read_parquet($file, file_row_number = true) where file_row_number = $position"
AT_ONCE = 8
ENDED_WORDS = {
    "withdrawn": "撤销", "vanished": "不再出现（视为撤销）", "corrected": "更正", "replaced": "被新的一行替换", "absent": "不再出现",
    "late": "迟到，已有更新的一行",
}  # fmt: skip
GRADE_WORDS = {"exact": "确定", "variant": "姓名有出入", "probable": "推定", "held": "暂缓", "review": "待核查", "none": "未归人"}  # fmt: skip


def of_person(con: duckdb.DuckDBPyConnection, person: str) -> list[dict[str, Any]]:
    """Every row that is this person's, or came as theirs and was moved; the newest first."""
    return _shown(con, OF_PERSON, WHERE_PERSON, {"person": person})


def of_records(con: duckdb.DuckDBPyConnection, records: Iterable[str]) -> list[dict[str, Any]]:
    """The rows that evidence names, each where it last came."""
    return _shown(con, OF_RECORDS, WHERE_RECORDS, {"records": list(records)})


def of_file(con: duckdb.DuckDBPyConnection, delivery: str, first: int, last: int) -> list[dict[str, Any]]:
    """The rows of a delivery that were new or changed in it, by number."""
    return _shown(con, OF_PLACE, WHERE_PLACE, {"delivery": delivery, "first": first, "last": last})


def cells(
    con: duckdb.DuckDBPyConnection, runs: str, place: Mapping[str, Any], *, whole: bool
) -> tuple[tuple[str, str], ...]:
    """The row's cells as header and text, read from the one sealed file that holds it; empty ones are left out."""
    file = f"{runs}/{place['run_no']:06d}/tables/standing/{place['kind']}.parquet"
    where = {"file": file, "row": place["row_no"], "delivery": place["delivery_id"], "record": place["record_id"]}
    chosen, found = row_select(LAYOUTS[place["kind"]], whole=whole), list[Any]()
    for (position,) in plain_rows(con, POSITION, where):
        for part in range(0, len(chosen), AT_ONCE):
            asked = CELLS.format(cells=", ".join(select for _, select in chosen[part : part + AT_ONCE]))
            found += plain_rows(con, asked, {"file": file, "position": position})[0]
    return tuple((header, str(v)) for (header, _), v in zip(chosen, found, strict=False) if v not in (None, ""))


def _shown(con: duckdb.DuckDBPyConnection, shown: str, where: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    plain_rows(con, FOUND, {"found": [row for (row,) in plain_rows(con, where, asked)]})
    worded = rows(con, shown, {name: value for name, value in asked.items() if f"${name}" in shown})
    for row in worded:
        row["kind_word"] = KIND_WORDS.get(row["kind"], row["kind"])
        row["grade_word"] = GRADE_WORDS.get(row["link_grade"] or "", row["link_grade"] or "")
        row["ended_word"] = ENDED_WORDS.get(row["ended_cause"] or "", row["ended_cause"] or "")
    return worded
