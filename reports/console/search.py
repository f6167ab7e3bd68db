"""查找: people by number or name, and files; each kind of answer a page at a time. What somebody typed stands in no address."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from reports.console.page import Page
from reports.console.rows import plain_rows, rows
from reports.words import DELIVERY_WORDS, KIND_WORDS
from schemas.errors import say, without_numbers

PER_PAGE = 50
MOST = 1_000  # found of one kind; more are only said to be more
MOST_ALIKE = 3_000  # names of one sound that are looked at
SHOWN = """
select p.person_id, p.name, shown_id(p.id_number) as id_number, p.sex, year(p.birth_date) || ' 年' as born, nullif(concat_ws(' ', p.town, p.village), '') as place,
       p.merged_into, f.said
from found as f inner join person as p using (person_id) order by f.rank, p.name, p.person_id limit {per_page} offset $offset
"""
BY_NUMBER = f"""
create or replace temp table found as
select person_id, 0 as rank, null::varchar as said from person
where person_id in (select person_id from finder.named where number_key = hash($number)) and id_number = $number limit {MOST}
"""
ROWS_BY_NUMBER = """
select p.delivery_id, p.row_no, p.kind, d.file_name, d.sheet, d.snapshot_date, p.person_id from finder.place as p
left join finder.file_seen as d on d.delivery_id = p.delivery_id and d.run_no = p.run_no
where p.number_key = hash($number) order by d.snapshot_date desc nulls last, p.delivery_id, p.row_no limit 100
"""
ALIKE = f"select distinct name_folded from finder.named where name_sound = $sound and name_folded <> $folded order by name_folded limit {MOST_ALIKE}"
# As it is written, then names that the matcher takes for the same, then names that contain it: looked for by hash, told apart by
# the name itself.
BY_NAME = f"""
create or replace temp table found as
with wanted as (
    select hash(unnest(list_prepend($folded, $alike::varchar[]))) as name_key
    union select name_key from finder.name_part where length($folded) > 1 and part_key = hash(left($folded, 2))
),
told as (
    select person_id, name, case when name_folded = $folded then 0 when list_contains($alike::varchar[], name_folded) then 1
                                 when length($folded) > 1 and contains(name_folded, $folded) then 2 end as rank
    from finder.named where name_key in (from wanted)
)
select person_id, min(rank) as rank, arg_min(t.name, rank) as said from told as t where rank is not null group by person_id order by rank, person_id limit {MOST}
"""
FILES = f"""
select f.delivery_id, f.file_name, f.sheet, f.kind, f.snapshot_date, f.status, f.rows, f.run_no from finder.file_seen as f
where contains(lower(f.file_name), lower($text)) or (length($text) >= 8 and (starts_with(f.delivery_id, lower($text)) or starts_with(f.file_sha256, lower($text))))
order by f.run_no desc, f.file_name, f.sheet, f.delivery_id limit {PER_PAGE} offset $offset
"""
CLAUSES = """
select pack, rule_id, shown from clause_text where starts_with(lower(rule_id), lower($text)) or contains(title, $text) order by pack, rule_id limit 50
"""


def form_page() -> Page:
    """The form alone."""
    return Page("search.html", say("查找", "Search"), {"text": "", "kind": "", "is_asked": False})


def people_by_number(con: duckdb.DuckDBPyConnection, text: str, number: str, page: int) -> tuple[Page, list[str]]:
    """Who carries the folded number, and the rows that do; and the ids of the people found."""
    plain_rows(con, BY_NUMBER, {"number": number})
    told = rows(con, ROWS_BY_NUMBER, {"number": number})
    for row in told:
        row["kind_word"] = KIND_WORDS.get(row["kind"], row["kind"])
    ids = [i for (i,) in plain_rows(con, "select person_id from found order by person_id")]
    return _people(con, text, page, {"rows": told, "by": "number"}), ids


def names_of_sound(con: duckdb.DuckDBPyConnection, sound: int | None, folded: str) -> list[str]:
    """Folded names that sound the same; none for a name without a sound."""
    return [] if sound is None else [n for (n,) in plain_rows(con, ALIKE, {"sound": sound, "folded": folded})]


def people_by_name(
    con: duckdb.DuckDBPyConnection, text: str, folded: str, alike: Sequence[str], page: int
) -> Page:  # fmt: skip
    """Whose folded name it is or was, or is taken for the same, or contains it."""
    plain_rows(con, BY_NAME, {"folded": folded, "alike": list(alike)})
    return _people(con, text, page, {"rows": (), "by": "name"})


def files(con: duckdb.DuckDBPyConnection, text: str, page: int) -> Page:
    """Deliveries whose name contains the text, or whose hash begins with it; and clauses that do."""
    found = rows(con, FILES, {"text": without_numbers(text), "offset": (page - 1) * PER_PAGE})
    for row in found:
        row["kind_word"], row["status_word"] = KIND_WORDS.get(row["kind"] or "", ""), DELIVERY_WORDS[row["status"]]
    clauses = rows(con, CLAUSES, {"text": text}) if page == 1 else []
    values = {"files": found, "clauses": clauses, "by": "file", "number": page, "has_more": len(found) == PER_PAGE}
    return _answer(text, "file", values)


def _people(con: duckdb.DuckDBPyConnection, text: str, page: int, further: Mapping[str, Any]) -> Page:
    total = plain_rows(con, "select count(*) from found")[0][0]
    last = max(1, -(-total // PER_PAGE))
    page = min(page, last)
    people = rows(con, SHOWN.format(per_page=PER_PAGE), {"offset": (page - 1) * PER_PAGE})
    values = {"people": people, "total": total, "most": MOST, "number": page, "has_more": page < last, **further}
    return _answer(text, "person", values)


def _answer(text: str, kind: str, values: Mapping[str, Any]) -> Page:
    return Page("search.html", say("查找", "Search"), {"text": text, "kind": kind, "is_asked": True, **values})
