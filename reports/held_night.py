"""熔断待签.xlsx: which figures of a night are outside their band, where they come from, and a few masked lines of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from reports.catalogue import Said, Words, listed, said
from reports.detail import read_content
from reports.macros import define_words
from reports.sheet import WHOLE, Block, Column, Page, Sheet
from reports.words import FIGURE_WORDS
from reports.workbook import open_book, write_page, write_sheet

SAMPLE_ROWS = 20
ALL_TOWNS = "全部镇街"
OUTSIDE = (
    "create or replace temp table outside (place bigint, shown varchar, figure varchar, pack varchar, town varchar)"
)
SAMPLE = Sheet(
    name="样例",
    grain="超出幅度的数字中的一条，每项至多二十条",
    rows=f"""
with chosen as (
    select o.place, o.shown, e.*, row_number() over (partition by o.place order by e.seq) as n
    from outside as o inner join breaker_entry as e on e.figure = o.figure and e.pack = o.pack and (o.town is null or o.town = e.town)
)
select shown, town, coalesce(left(name, 1), '') || '**' as name, shown_id(id_number) as id_number, word_track(track) as track, word_op(op) as op,
       clause, concat_ws('；', word_basis(basis), word_basis(nullif(ground, basis))) as basis
from chosen where n <= {SAMPLE_ROWS} order by place, n
""",
    columns=(
        Column("shown", "项目", 40, wrap=True), Column("town", "镇街", 14), Column("name", "姓名（遮蔽）", 14),
        Column("id_number", "证件号码（遮蔽）", 22), Column("track", "台账", 16), Column("op", "措施", 22),
        Column("clause", "条款", 14), Column("basis", "依据", 24, wrap=True),
    ),
)  # fmt: skip
DELIVERIES = Sheet(
    name="今夜文件",
    grain="一份文件",
    rows="""
select file_name, word_kind(kind) as kind, word_delivery(status) as status, rows, linked, new_person, review
from delivery order by file_name, delivery_id
""",
    columns=(
        Column("file_name", "文件", 44, wrap=True), Column("kind", "类别", 20), Column("status", "结果", 12),
        Column("rows", "行数", 10, WHOLE), Column("linked", "已关联", 10, WHOLE), Column("new_person", "新增人员", 10, WHOLE),
        Column("review", "待核查", 10, WHOLE),
    ),
)  # fmt: skip
SHEETS = (SAMPLE, DELIVERIES)
HEADER = ("项目", "政策包", "镇街", "今夜人数", "上限", "原有人数", "前几夜（人数）", "来自的文件（条数）")


def figure_name(figure: Mapping[str, Any]) -> Said:
    """A figure as it is spoken of: what, of which pack, where."""
    what, where = said(FIGURE_WORDS[figure["figure"]]), figure["town"] or said(ALL_TOWNS)
    if not figure["pack"]:
        return said("{what}，{where}", what=what, where=where)
    return said("{what}，{pack}，{where}", what=what, pack=figure["pack"], where=where)


def figure_line(figure: Mapping[str, Any]) -> Said:
    """One figure: what, how many, the band, what it was, and which files it comes from."""
    nights = "、".join(str(people) for _, people in figure["nights"][:5])
    return said(
        "{name}：{people} 人，上限 {limit} 人（原有 {standing} 人{before}）；{where}",
        name=figure_name(figure), people=figure["people"], limit=figure["limit"], standing=figure["standing"],
        before=said("，前几夜 {nights} 人", nights=nights) if nights else "", where=_sources(figure["files"][:5]),
    )  # fmt: skip


def _sources(files: Sequence[tuple[str, int]]) -> Said:
    if not files:
        return said("不来自今夜的文件，因时间推移")
    return said("来自 {files}", files=listed(said("{name}（{count} 条）", name=n, count=c) for n, c in files))


def what_is_held(hold: Mapping[str, Any]) -> tuple[Said, ...]:
    """That the night is held and how much is outside."""
    whole = said(
        "第 {run} 次运行（业务日期 {day}）已算完，但有 {figures} 项数字超出平常幅度，被熔断扣住，没有发布任何内容；收件箱原样未动。",
        run=hold["run_no"], day=hold["as_of"], figures=len(hold["figures"]),
    )  # fmt: skip
    other = said("此前的放行签的是另外的数字，对这一夜无效。")
    return (whole, other) if hold["another_was_released"] else (whole,)


def what_to_do(hold: Mapping[str, Any], root: Path, inbox: Path, book: Path) -> tuple[Said, ...]:
    """What an officer does about it, a sentence each."""
    return (
        said("请先看 {book}。", book=book),
        said("文件有误：把有误的文件从 {inbox} 取走，再运行 zhaoren run {root}。", inbox=inbox, root=root),
        said(
            "确属真实：由负责人运行 zhaoren release {root} --officer 姓名 --note 理由，再运行 zhaoren run {root} --as-of {day}。",
            root=root, day=hold["as_of"],
        ),
    )  # fmt: skip


def write_held(
    con: duckdb.DuckDBPyConnection, hold: Mapping[str, Any], lines: tuple[Said, ...], path: Path, say: Words
) -> None:
    """Write the workbook of a held night. `con` has `breaker_entry` and `delivery`; `hold` is what held.json says,
    `lines` what the first page says of it."""
    define_words(con, say=say)  # masked whatever the settings allow: nothing of this night is published yet
    con.execute(OUTSIDE)
    for place, figure in enumerate(hold["figures"], 1):
        con.execute(
            "insert into outside values (?, ?, ?, ?, ?)",
            [place, say(figure_name(figure)), figure["figure"], figure["pack"], figure["town"]],
        )
    contents = {s.name: read_content(con, s, SAMPLE_ROWS * 100, path, say) for s in SHEETS}
    with open_book(path, date.fromisoformat(hold["as_of"]), say) as book:
        write_page(book, _front(hold, lines), contents)
        for sheet in SHEETS:
            write_sheet(book, sheet, contents[sheet.name])


def _front(hold: Mapping[str, Any], lines: tuple[Said, ...]) -> Page:
    rows = tuple(
        (
            FIGURE_WORDS[f["figure"]], f["pack"] or "—", f["town"] or ALL_TOWNS, f["people"], f["limit"],
            f["standing"], listed(said("第 {n} 次 {count}", n=n, count=count) for n, count in f["nights"][:5]) or "无",
            listed(said("{name}（{count} 条）", name=name, count=count) for name, count in f["files"]) or "无（因时间推移）",
        ) for f in hold["figures"]
    )  # fmt: skip
    return Page(
        name="熔断", title="熔断待签", lines=lines, widths=(18, 14, 14, 10, 10, 10, 24, 40),
        blocks=(Block("超出幅度的数字", HEADER, rows), Block("签字所认的指纹", ("指纹",), ((hold["fingerprint"],),))),
    )  # fmt: skip
