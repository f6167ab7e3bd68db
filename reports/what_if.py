"""What other packs would change: counts by clause, and who. For the terminal without anything personal, for a workbook or
CSV with masked numbers."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from reports.catalogue import Words, listed, said
from reports.detail import WRITE_CSV, csv_columns
from reports.macros import define_words
from reports.sheet import WHOLE, Block, Column, Content, Page, Sheet
from reports.words import KIND_WORDS
from reports.workbook import open_book, write_page, write_sheet
from schemas.errors import reader_language, say

GAIN, LOSE, CHANGE = "新增", "失去", "改变"
PAIRS = """
create or replace temp table pair as
with paired as (
    select person_id, pack, clause, track, about, b.op as op_before, a.op as op_after, b.reason as reason_before, a.reason as reason_after,
           coalesce(a.basis, b.basis, a.ground, b.ground) as basis, coalesce(a.employer_name, b.employer_name) as employer_name,
           b.due_date as due_before, a.due_date as due_after, b.needs_decision as asks_before, a.needs_decision as asks_after
    from meant_before as b full join meant_after as a using (person_id, pack, clause, track, about)
)
select *, case when op_before is null then '新增' when op_after is null then '失去'
               when op_before is distinct from op_after or reason_before is distinct from reason_after or due_before is distinct from due_after
                    or asks_before is distinct from asks_after then '改变' end as change
from paired
"""
COUNTS = Sheet(
    name="分条款人数",
    grain="一个条款、台账与措施",
    rows="""
with told as (
    select pack, clause, track, unnest(string_split(op_before, ' ')) as op, person_id, 'before' as side, change from pair where op_before is not null
    union all select pack, clause, track, unnest(string_split(op_after, ' ')), person_id, 'after', change from pair where op_after is not null
)
select pack, clause, word_track(track) as track, word_op(op) as op, count(distinct person_id) filter (side = 'before') as before,
       count(distinct person_id) filter (side = 'after') as after, after - before as difference,
       count(distinct person_id) filter (change = '新增') as gained, count(distinct person_id) filter (change = '失去') as lost,
       count(distinct person_id) filter (change = '改变') as changed
from told group by pack, clause, told.track, op having gained + lost + changed > 0 order by told.track = 'T', pack, clause, told.track, before desc, op
""",
    columns=(
        Column("pack", "政策包", 14),
        Column("clause", "条款", 16),
        Column("track", "台账", 18),
        Column("op", "措施", 24),
        Column("before", "现行", 10, WHOLE),
        Column("after", "改后", 10, WHOLE),
        Column("difference", "增减", 10, WHOLE),
        Column("gained", GAIN, 10, WHOLE),
        Column("lost", LOSE, 10, WHOLE),
        Column("changed", CHANGE, 10, WHOLE),
    ),
    fixed_columns=2,
)
WHO = Sheet(
    name="逐人变化",
    grain="一人（或一单位）在一个条款下的变化",
    rows="""
with posted as (
    select person_id, pack, clause, track, string_agg(word, '；' order by word) as posts
    from (select distinct person_id, pack, clause, track, word_op(op) as word
          from (select person_id, pack, clause, track, op, basis, ground, supersedes from posted_after
                except select person_id, pack, clause, track, op, basis, ground, supersedes from posted_before)) group by all
)
select word_mark(p.change) as change, if(starts_with(p.person_id, 'E:'), null, p.person_id) as person_id, coalesce(e.name, p.employer_name) as name,
       shown_id(e.id_number) as id_number, e.town, e.village, p.pack, p.clause, word_track(p.track) as track, word_basis(p.basis) as basis,
       word_op(p.op_before) as op_before, word_op(p.op_after) as op_after, posted.posts,
       shown_text(p.reason_before) as reason_before, shown_text(p.reason_after) as reason_after
from pair as p left join everybody as e using (person_id)
left join posted on posted.person_id = p.person_id and posted.pack = p.pack and posted.clause = p.clause and posted.track = p.track
where p.change is not null order by p.track = 'T', p.pack, p.clause, p.track, p.change, p.person_id, p.about
""",
    columns=(
        Column("change", "变化", 8),
        Column("person_id", "人员编号", 14),
        Column("name", "姓名（或单位）", 16),
        Column("id_number", "证件号码", 22),
        Column("town", "镇街", 12),
        Column("village", "村居", 12),
        Column("pack", "政策包", 12),
        Column("clause", "条款", 14),
        Column("track", "台账", 14),
        Column("basis", "依据", 14),
        Column("op_before", "现行措施", 16),
        Column("op_after", "改后措施", 16),
        Column("posts", "当夜将记", 18),
        Column("reason_before", "现行理由", 44, wrap=True),
        Column("reason_after", "改后理由", 44, wrap=True),
    ),
    fixed_columns=3,
)
SHEETS = (COUNTS, WHO)
TOTALS = """
select count(distinct person_id) filter (change = '新增') as gained, count(distinct person_id) filter (change = '失去') as lost,
       count(distinct person_id) filter (change = '改变') as changed, count(*) filter (change is not null) as lines from pair
"""
BRIEF = """
select change, person_id, pack, clause, coalesce(op_before, '—') as op_before, coalesce(op_after, '—') as op_after from pair
where change is not null and not starts_with(person_id, 'E:') order by track = 'T', pack, clause, track, change, person_id, about limit $most
"""


@dataclass(frozen=True)
class Comparison:
    """What was compared: the day, the last run (whose packs are the ones in force), what reads otherwise by pack, and
    sources that are late that day."""

    day: date
    last_run: int
    changes: tuple[tuple[str, str], ...]
    barred: tuple[str, ...]


def write_comparison(con: duckdb.DuckDBPyConnection, told: Comparison, out: Path, say: Words) -> None:
    """Counts and names as .xlsx, or the names alone as .csv."""
    define_words(con, say=say)
    con.execute(PAIRS)
    if out.suffix.lower() == ".csv":
        con.execute(WRITE_CSV.format(columns=csv_columns(WHO, say), rows=WHO.rows), {"csv_file": str(out)})
        return
    tables = {s.name: con.sql(s.rows).to_arrow_table() for s in SHEETS}
    contents = {name: Content(table, table.num_rows) for name, table in tables.items()}
    with open_book(out, told.day, say) as book:
        write_page(book, _front(con, told), contents)
        for sheet in SHEETS:
            write_sheet(book, sheet, contents[sheet.name])


def _front(con: duckdb.DuckDBPyConnection, told: Comparison) -> Page:
    gained, lost, changed, lines = con.execute(TOTALS).fetchall()[0]
    people = [(said("{word}（人）", word=said(w)), n) for w, n in ((GAIN, gained), (LOSE, lost), (CHANGE, changed))]
    barred = listed(KIND_WORDS.get(kind, kind) for kind in told.barred)
    return Page(
        name="概况",
        title="政策改变的影响（试算）",
        lines=(said("业务日期 {day}；现行的政策包取自第 {run} 次运行。", day=told.day, run=told.last_run),
               "只是试算：台账没有改变，收件箱里的文件也没有算在内。",
               *((said("当日逾期、不据此增减的来源：{barred}", barred=barred),) if barred else ())),
        blocks=(
            Block("改变了什么", ("政策包", "改变"), told.changes, "与现行的相同"),
            Block("影响", ("变化", "数量"), (*people, ("逐人变化（行）", lines))),
        ),
        widths=(18, 80),
    )  # fmt: skip


def summary(con: duckdb.DuckDBPyConnection, told: Comparison, most: int, out: Path | None) -> str:
    """For the terminal: clauses and ops with counts, and the first people by their ids alone."""
    con.execute(PAIRS)
    gained, lost, changed, lines = con.execute(TOTALS).fetchall()[0]
    text = [
        say(f"试算：业务日期 {told.day}，现行的政策包取自第 {told.last_run} 次运行；没有改变任何内容，收件箱不算在内。",
            f"What if, as of {told.day}, against the packs of run {told.last_run}; nothing was changed, the inbox is left out.")
    ]  # fmt: skip
    text += [say(f"  {code}：{what}", f"  {code}: {what}") for code, what in told.changes]
    if not told.changes:
        text.append(say("  与现行的政策包相同。", "  The same as the packs in force."))
    text.append(say(f"新增 {gained} 人，失去 {lost} 人，改变 {changed} 人。", f"{gained} gain, {lost} lose, {changed} change."))  # fmt: skip
    text += _counted(con)
    here = Words(reader_language())
    brief = con.execute(BRIEF, {"most": most}).fetchall()
    text += [f"  {here(change)} {person} {pack} {clause} {before} → {after}" for change, person, pack, clause, before, after in brief]  # fmt: skip
    if lines > len(brief) or (out is None and lines):
        text.append(say(f"共 {lines} 行变化；姓名、遮蔽的号码和理由在 --out 文件里（.xlsx 或 .csv）。",
                        f"{lines} changed lines; names, masked numbers and sentences go to --out (.xlsx or .csv)."))  # fmt: skip
    if out:
        text.append(say(f"已写入 {out}。", f"Written to {out}."))
    return "\n".join(text)


def _counted(con: duckdb.DuckDBPyConnection) -> list[str]:
    define_words(con)
    rows: list[tuple[Any, ...]] = con.execute(COUNTS.rows).fetchall()
    head = say(
        "  政策包 条款 台账 措施：现行 → 改后（新增/失去/改变）",
        "  pack clause track op: before → after (gain/lose/change)",
    )
    lines = [f"  {pack} {clause} {track.split()[-1]} {op.split()[-1]}：{before} → {after}（+{gained}/−{lost}/~{changed}）"
             for pack, clause, track, op, before, after, _, gained, lost, changed in rows]  # fmt: skip
    return [head, *lines] if lines else []
