"""熔断待签.xlsx: which figures of a night are outside their band, where they come from, and a few masked lines of each."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

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


def figure_name(figure: Mapping[str, Any]) -> str:
    """A figure as it is spoken of: what, of which pack, where."""
    return "，".join(w for w in (FIGURE_WORDS[figure["figure"]], figure["pack"], figure["town"] or ALL_TOWNS) if w)


def write_held(
    con: duckdb.DuckDBPyConnection, hold: Mapping[str, Any], what_to_do: tuple[str, ...], path: Path
) -> None:
    """Write the workbook of a held night. `con` has `breaker_entry` and `delivery`; `hold` is what held.json says."""
    define_words(con)  # masked whatever the settings allow: nothing of this night is published yet
    con.execute(OUTSIDE)
    for place, figure in enumerate(hold["figures"], 1):
        con.execute(
            "insert into outside values (?, ?, ?, ?, ?)",
            [place, figure_name(figure), figure["figure"], figure["pack"], figure["town"]],
        )
    contents = {s.name: read_content(con, s, SAMPLE_ROWS * 100, path) for s in SHEETS}
    with open_book(path, date.fromisoformat(hold["as_of"])) as book:
        write_page(book, _front(hold, what_to_do), contents)
        for sheet in SHEETS:
            write_sheet(book, sheet, contents[sheet.name])


def _front(hold: Mapping[str, Any], what_to_do: tuple[str, ...]) -> Page:
    rows = tuple(
        (
            FIGURE_WORDS[f["figure"]], f["pack"] or "—", f["town"] or ALL_TOWNS, f["people"], f["limit"],
            f["standing"], "、".join(f"第{n}次 {count}" for n, count in f["nights"][:5]) or "无",
            "、".join(f"{name}（{count}）" for name, count in f["files"]) or "无（因时间推移）",
        ) for f in hold["figures"]
    )  # fmt: skip
    lines = tuple(f"{sentence}。" for text in what_to_do for sentence in text.split("。") if sentence)
    return Page(
        name="熔断", title="熔断待签", lines=lines, widths=(18, 14, 14, 10, 10, 10, 24, 40),
        blocks=(Block("超出幅度的数字", HEADER, rows), Block("签字所认的指纹", ("指纹",), ((hold["fingerprint"],),))),
    )  # fmt: skip
