"""The SQL macros with which every sheet shows codes, identity numbers, texts and clauses."""

import duckdb

from reports.catalogue import CHINESE, Words
from reports.readers import MASKED_ID, read_as
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

MASKED = MASKED_ID
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
RULE_OF_ENTRY = """create or replace temp view every_entry as
    select *, coalesce(json_extract_string(parameters, '$.rule'), clause) as rule_id from ledger_entry"""


def define_words(con: duckdb.DuckDBPyConnection, *, say: Words = CHINESE) -> None:
    """Put the macros on the connection; numbers are masked. Only what is chosen from
    (`agency_of`) is the same in every language."""

    def words(of: dict[str, str], shown: str = "word", *, key: str = "x", other: str = "x") -> str:
        return _words({code: say(word) for code, word in of.items()}, shown, key=key, other=other)

    bodies = {
        "word_track": words(TRACK_WORDS, WORD_AND_CODE),
        "word_op": words(OP_WORDS, WORD_AND_CODE),
        "word_state": words(TASK_WORDS, other=f"({words(STATE_WORDS, WORD_AND_CODE, key='left(x, 2)')})"),
        "word_part": words(BASIS_WORDS),
        "word_basis": PARTS,
        "word_match": words(MATCH_WORDS),
        "word_rule": words(RULE_WORDS),
        "word_level": words(LEVEL_WORDS),
        "word_delivery": words(DELIVERY_WORDS),
        "word_coverage": words(COVERAGE_WORDS),
        "word_kind": words(KIND_WORDS),
        "word_list": words(LIST_WORDS, WORD_AND_CODE),
        "word_agency": words({agency: agency for agency in sorted({*AGENCIES.values(), UNKNOWN_AGENCY})}),
        "agency_of": f"coalesce({_words(AGENCIES, other='null')}, '{UNKNOWN_AGENCY}')",
        "shown_id": MASKED,
        "shown_text": MASKED_IN_TEXT,
        "csv_safe": CSV_SAFE,
        "yes_no": f"case when x then '{say('是')}' else '{say('否')}' end",
    }
    for name, body in bodies.items():
        con.execute(f"create or replace temp macro {name}(x) as {body}").fetchall()
    con.execute(f"create or replace temp macro number_gap(a, b) as {NUMBER_GAP}").fetchall()


def define(con: duckdb.DuckDBPyConnection, night: Night, profile: Profile) -> None:
    """Put the macros and the two small tables (`report_pack`, `report_clause`) on the connection, as officers read."""
    define_words(con, say=Words(profile.language))
    con.execute("create or replace temp table report_pack (code varchar, title varchar, is_draft boolean)").fetchall()
    for pack in night.packs:
        con.execute("insert into report_pack values (?, ?, ?)", [pack.code, pack.title, pack.is_draft]).fetchall()
    con.execute("create or replace temp table report_day as select $1::date as as_of", [night.as_of]).fetchall()
    con.execute(CLAUSES).fetchall()
    con.execute(RULE_OF_ENTRY).fetchall()
    read_as(con, profile.readers["officer"])


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _words(words: dict[str, str], shown: str = "word", *, key: str = "x", other: str = "x") -> str:
    """A SQL case from code to word; an unknown code is shown as it came."""
    cases = " ".join(f"when '{code}' then {shown.replace('word', _text(word))}" for code, word in words.items())
    return f"case {key} {cases} else {other} end"
