"""The ledger on a day, one row per person, pack and track: as a workbook in words, or as CSV in the codes of the tables.
Numbers are masked."""

from datetime import date
from pathlib import Path

import duckdb

from reports.catalogue import Words
from reports.detail import WRITE_CSV, csv_columns
from reports.macros import define_words
from reports.sheet import WHOLE, Column, Content, Sheet
from reports.workbook import open_book, write_sheet

ROWS = """
select person_id, name, shown_id(id_number) as id_number, town, village, pack, {track} as track, {state} as state,
       {basis} as basis, {tier} as tier, since::varchar as since, yes_no(needs_decision) as needs_decision,
       {sources} as sources, case_no, case_since::varchar as case_since
from answer order by person_id, pack, answer.track
"""
IN_WORDS = ROWS.format(
    track="word_track(track)", state="word_state(state)", tier="word_basis(tier)",
    basis="words_of_bases(basis)", sources="words_of_bases(sources)",
)  # fmt: skip
IN_CODES = ROWS.format(
    track="track",
    state="state",
    tier="tier",
    basis="array_to_string(basis, '、')",
    sources="array_to_string(sources, '、')",
)
LEDGER = Sheet(
    name="台账",
    grain="一人在一个政策包的一条线上",
    rows=IN_WORDS,
    columns=(
        Column("person_id", "人员编号", 14),
        Column("name", "姓名", 14),
        Column("id_number", "证件号码", 22),
        Column("town", "镇街", 14),
        Column("village", "村居", 14),
        Column("pack", "政策包", 12),
        Column("track", "台账", 16, wrap=True),
        Column("state", "状态", 16, wrap=True),
        Column("basis", "依据", 24, wrap=True),
        Column("tier", "分级", 12),
        Column("since", "自何日起", 12),
        Column("needs_decision", "需人工决定", 12),
        Column("sources", "来源", 24, wrap=True),
        Column("case_no", "第几案", 8, WHOLE),
        Column("case_since", "本案自何日起", 14),
    ),
    fixed_columns=2,
)


def write_ledger(con: duckdb.DuckDBPyConnection, out: Path, day: date, say: Words) -> None:
    """Write table `answer` (the state columns with name, id_number, town, village) to `out`, .xlsx or .csv."""
    define_words(con, say=say)
    if out.suffix.lower() == ".csv":
        con.execute(WRITE_CSV.format(columns=csv_columns(LEDGER, say), rows=IN_CODES), {"csv_file": str(out)})
        return
    table = con.sql(LEDGER.rows).to_arrow_table()
    with open_book(out, day, say) as book:
        write_sheet(book, LEDGER, Content(table, table.num_rows))
