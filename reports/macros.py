"""The SQL macros with which every sheet shows codes, identity numbers, texts and clauses."""

import duckdb

from reports.run_note import Night, Profile
from reports.words import (
    AGENCIES,
    BASIS_WORDS,
    COVERAGE_WORDS,
    DELIVERY_WORDS,
    KIND_WORDS,
    LEVEL_WORDS,
    LIST_WORDS,
    MATCH_WORDS,
    OP_WORDS,
    RULE_WORDS,
    STATE_WORDS,
    TASK_WORDS,
    TRACK_WORDS,
    UNKNOWN_AGENCY,
)

# A whole number keeps its area and its tail. Anything else keeps two characters at each end: a number that lost or
# gained a digit has its birth date elsewhere than at 7-14.
MASKED = """case when x is null then null
    when regexp_full_match(x, '[0-9]{17}[0-9Xx]') then left(x, 6) || '********' || right(x, 4)
    when length(x) < 7 then repeat('*', length(x)) else left(x, 2) || '******' || right(x, 2) end"""
MASKED_IN_TEXT = r"regexp_replace(x, '([0-9]{6})[0-9]{8}([0-9]{3}[0-9Xx])', '\1********\2', 'g')"
# Where two numbers differ, never what stands there.
NUMBER_GAP = """case when a is null or b is null or upper(a) = upper(b) then null
    when length(a) <> length(b) then '位数不同：' || length(a) || ' 位与 ' || length(b) || ' 位'
    else '第 ' || array_to_string(list_filter(range(1, length(a) + 1), lambda i: upper(substr(a, i, 1)) <> upper(substr(b, i, 1))), '、') || ' 位不同' end"""
# `post:mid` is two words, `post:2024-06` a word and a month; anything that is not a code of ours (an employer's name) is
# left alone. Not `split_part`:
# DuckDB 2.0.0 fails on `case when x = … then split_part(x, …) = … end` if the whole column is NULL.
PARTS = """case when word_part(x) = x and regexp_full_match(x, '[a-z-]+:[a-z0-9-]+')
    then word_part(regexp_extract(x, '^[a-z-]+')) || '：' || word_part(regexp_extract(x, '[a-z0-9-]+$'))
    else word_part(x) end"""
WORD_AND_CODE = "word || ' ' || x"
# What a spreadsheet program would run or swallow when it opens a CSV, in both widths.
CSV_SAFE = r"case when regexp_matches(x, '^[=+\-@\t\r\n＝＋－＠]') then '''' || x else x end"
CLAUSES = """create or replace temp table report_clause as
    select pack, rule_id, clause || coalesce(' ' || title, '') || coalesce(draft, '') as shown, title, quote, document
    from rule left join (select code as pack, case when is_draft then '（征求意见稿）' end as draft from report_pack)
        using (pack)"""
# Which rule an entry comes from; one clause may be several rules.
RULE_OF_ENTRY = """create or replace temp view report_entry as
    select *, coalesce(json_extract_string(parameters, '$.rule'), clause) as rule_id from ledger_entry"""


def define_words(con: duckdb.DuckDBPyConnection, *, full_id_number: bool = False, scope: str = "temp") -> None:
    """Put the macros on the connection; numbers are masked unless the reader may see them whole. With an empty `scope`
    every connection to the same database has them."""
    bodies = {
        "word_track": _words(TRACK_WORDS, WORD_AND_CODE),
        "word_op": _words(OP_WORDS, WORD_AND_CODE),
        "word_state": _words(TASK_WORDS, other=f"({_words(STATE_WORDS, WORD_AND_CODE, key='left(x, 2)')})"),
        "word_part": _words(BASIS_WORDS),
        "word_basis": PARTS,
        "word_match": _words(MATCH_WORDS),
        "word_rule": _words(RULE_WORDS),
        "word_level": _words(LEVEL_WORDS),
        "word_delivery": _words(DELIVERY_WORDS),
        "word_coverage": _words(COVERAGE_WORDS),
        "word_kind": _words(KIND_WORDS),
        "word_list": _words(LIST_WORDS, WORD_AND_CODE),
        "agency_of": f"coalesce({_words(AGENCIES, other='null')}, '{UNKNOWN_AGENCY}')",
        "shown_id": "x" if full_id_number else MASKED,
        "shown_text": "x" if full_id_number else MASKED_IN_TEXT,
        "csv_safe": CSV_SAFE,
        "yes_no": "case when x then '是' else '否' end",
    }
    for name, body in bodies.items():
        con.execute(f"create or replace {scope} macro {name}(x) as {body}").fetchall()
    con.execute(f"create or replace {scope} macro number_gap(a, b) as {NUMBER_GAP}").fetchall()


def define(con: duckdb.DuckDBPyConnection, night: Night, profile: Profile) -> None:
    """Put the macros and the two small tables (`report_pack`, `report_clause`) on the connection, for this profile."""
    define_words(con, full_id_number=profile.full_id_number)
    con.execute("create or replace temp table report_pack (code varchar, title varchar, is_draft boolean)").fetchall()
    for pack in night.packs:
        con.execute("insert into report_pack values (?, ?, ?)", [pack.code, pack.title, pack.is_draft]).fetchall()
    con.execute("create or replace temp table report_day as select $1::date as as_of", [night.as_of]).fetchall()
    con.execute(CLAUSES).fetchall()
    con.execute(RULE_OF_ENTRY).fetchall()


def _words(words: dict[str, str], shown: str = "word", *, key: str = "x", other: str = "x") -> str:
    """A SQL case from code to word; an unknown code is shown as it came."""
    cases = " ".join(f"when '{code}' then {shown.replace('word', repr(word))}" for code, word in words.items())
    return f"case {key} {cases} else {other} end"
