"""The SQL macros with which every sheet shows codes, identity numbers, texts and clauses."""

from collections.abc import Mapping

import duckdb

from reports.catalogue import CHINESE, Words
from reports.readers import MASKED_ID, read_as
from reports.run_note import Night, Profile
from reports.words import (
    AGENCIES,
    BASIS_WORDS,
    BECOMES_WORDS,
    COMPARISON_WORDS,
    COVERAGE_WORDS,
    DELIVERY_WORDS,
    KIND_WORDS,
    LEVEL_WORDS,
    LIST_WORDS,
    MARK_WORDS,
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
    when length(a) <> length(b) then format('{lengths}', length(a), length(b))
    else format('{places}', array_to_string(list_filter(range(1, length(a) + 1), lambda i: upper(substr(a, i, 1)) <> upper(substr(b, i, 1))), '、')) end"""
# What a spreadsheet program would run or swallow when it opens a CSV, in both widths.
CSV_SAFE = r"case when regexp_matches(x, '^[=+\-@\t\r\n＝＋－＠]') then '''' || x else x end"
CLAUSES = """create or replace temp table report_clause as
    select pack, rule_id, clause || coalesce(' ' || title, '') || coalesce(draft, '') as shown, title, quote, document
    from rule left join (select code as pack, case when is_draft then $draft end as draft from report_pack)
        using (pack)"""
# Which rule an entry comes from; one clause may be several rules.
RULE_OF_ENTRY = """create or replace temp view every_entry as
    select *, coalesce(json_extract_string(parameters, '$.rule'), clause) as rule_id from ledger_entry"""


# One row with a map for each set of words: a name looked up costs next to nothing to plan, where a `case` of all the words
# written out in every column that shows one took a tenth of a small night.
BOOKS: dict[str, Mapping[str, str]] = {
    "track": TRACK_WORDS, "op": OP_WORDS, "state": STATE_WORDS, "task": TASK_WORDS, "part": BASIS_WORDS,
    "match": MATCH_WORDS, "rule": RULE_WORDS, "becomes": BECOMES_WORDS, "comparison": COMPARISON_WORDS, "level": LEVEL_WORDS, "delivery": DELIVERY_WORDS, "coverage": COVERAGE_WORDS,
    "kind": KIND_WORDS, "list": LIST_WORDS, "mark": {word: word for word in MARK_WORDS}, "agency": {agency: agency for agency in sorted({*AGENCIES.values(), UNKNOWN_AGENCY})},
}  # fmt: skip
AGENCY_OF = "agency_of_kind"
WORD_BOOK = "create or replace {scope} table word_book as select " + ", ".join(
    f"map(${name}[1], ${name}[2]) as {name}" for name in (*BOOKS, AGENCY_OF)
)


def define_words(con: duckdb.DuckDBPyConnection, *, say: Words = CHINESE, scope: str = "temp") -> None:
    """Put the macros on the connection; numbers are masked. An unknown code is shown
    as it came. Only what is chosen from (`agency_of`) is the same in every language. With an empty `scope` every connection
    to the same database has them."""
    books = {name: [[*words], [say(word) for word in words.values()]] for name, words in BOOKS.items()}
    books[AGENCY_OF] = [[*AGENCIES], [*AGENCIES.values()]]
    con.execute(WORD_BOOK.format(scope=scope), books).fetchall()
    looked_up = {name: f"(select {name} from word_book)[x]" for name in BOOKS}
    bodies = {f"word_{name}": f"coalesce({word}, x)" for name, word in looked_up.items()}
    bodies |= {f"word_{name}": f"coalesce({looked_up[name]} || ' ' || x, x)" for name in ("track", "op", "list")}
    bodies |= {
        "word_state": f"coalesce({looked_up['task']}, (select state from word_book)[left(x, 2)] || ' ' || x, x)",
        "word_basis": _parts("(select part from word_book)"),
        # No subquery may stand in a lambda, so the map comes in beside the list.
        "words_of_bases": f"(select array_to_string(list_transform(bases, lambda x: {_parts('part')}), '、') from word_book, (select x as bases))",
        "agency_of": f"coalesce((select {AGENCY_OF} from word_book)[x], '{UNKNOWN_AGENCY}')",
        "shown_id": MASKED,
        "shown_text": MASKED_IN_TEXT,
        "csv_safe": CSV_SAFE,
        "yes_no": f"case when x then '{say('是')}' else '{say('否')}' end",
    }
    lengths, places = say("位数不同：{a} 位与 {b} 位", a="{}", b="{}"), say("第 {places} 位不同", places="{}")
    for name, body in bodies.items():
        con.execute(f"create or replace {scope} macro {name}(x) as {body}").fetchall()
    con.execute(
        f"create or replace {scope} macro number_gap(a, b) as {NUMBER_GAP.format(lengths=lengths, places=places)}"
    ).fetchall()


def level_said(levels: str, name: str) -> str:
    """SQL: a comparison and its level in words, of the struct `levels`, beside `word_book as words`: looked up in columns
    that stand there, as one macro for each comparison would be a dozen subqueries to plan."""
    return f"words.comparison['{name}'] || coalesce(words.level[{levels}.{name}], {levels}.{name})"


def becomes_said(steps: str) -> str:
    """SQL: what an answer would make of the state, by the steps at which it would, beside `word_book as words`."""
    said = "if(s.roles = '', '', s.roles || '：') || coalesce(words.becomes[s.becomes], s.becomes) || if(s.notice > 0, format(words.becomes['notice'], s.notice), '')"
    return (
        f"coalesce(nullif(array_to_string(list_transform({steps}, lambda s: {said}), '；'), ''), word_mark('不适用'))"
    )


def _parts(words: str) -> str:
    """`post:mid` is two words, `post:2024-06` a word and a month, `firm:…` a word and a firm; where no word of ours stands
    before the colon the text is left alone."""

    def word(x: str) -> str:
        return f"coalesce({words}[{x}], {x})"

    before, after = "regexp_extract(x, '^[a-z-]+')", "substr(x, strpos(x, ':') + 1)"
    return f"""case when {word("x")} = x and regexp_matches(x, '^[a-z-]+:.') and {word(before)} <> {before}
        then {word(before)} || '：' || {word(after)} else {word("x")} end"""


def define(con: duckdb.DuckDBPyConnection, night: Night, profile: Profile) -> None:
    """Put the macros and the two small tables (`report_pack`, `report_clause`) on the connection, as officers read."""
    define_words(con, say=Words(profile.language))
    con.execute("create or replace temp table report_pack (code varchar, title varchar, is_draft boolean)").fetchall()
    for pack in night.packs:
        con.execute("insert into report_pack values (?, ?, ?)", [pack.code, pack.title, pack.is_draft]).fetchall()
    con.execute("create or replace temp table report_day as select $1::date as as_of", [night.as_of]).fetchall()
    con.execute(CLAUSES, {"draft": Words(profile.language)("（征求意见稿）")}).fetchall()
    con.execute(RULE_OF_ENTRY).fetchall()
    read_as(con, profile.readers["officer"])
