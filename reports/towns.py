"""分镇街/: for each town what it has to do, about its own people only, and a visit form for everybody newly to be visited."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.catalogue import CHINESE, said
from reports.detail import no_rows, rows_behind
from reports.form import room_left, tall, write_forms
from reports.line_columns import BY_FAMILY, BY_URGENCY, PARTS, STANDS_EMPTY, list_sheet
from reports.readers import HOLDS, MACRO, fit
from reports.sheet import Block, Box, Column, Content, Form, Page, Sheet
from reports.workbook import open_book
from schemas.readers import Reader

MOST_FORMS = 200  # what a clerk prints in one go
HERE = "file = $file"
EVERYWHERE = "file is not null"
FILE = Column("file", "镇街", form="General")  # names a workbook, and is no cell of it
FILES = "select distinct file from report_line where file is not null order by file"
PERSON = "name caution id_number phone village"


def _sheet(code: str, name: str, grain: str, parts: str, also: str = "", order: str = BY_URGENCY) -> Sheet:
    return list_sheet(code, name, grain, parts, also=f"{HERE}{also}", order=order, binds={"file": ""})


# A person's lines in a town, with the first of those that give the same reason marked.
ONCE = """(
    select *, coalesce(person_id, entry_id) as who, row_number() over (partition by file, who, title, reason order by run_no, seq) = 1 as is_first
    from report_line where {where}
)"""
# Somebody is visited once for all reasons, each said once however many documents ask for it.
REASONS = "string_agg(title || '：' || reason, chr(10) order by run_no, seq) filter (is_first)"
VISITS = Sheet(
    name="走访任务", grain="一名要走访的人，事由合在一起",
    rows=f"""
select max(name) as name, max(caution) as caution, max(id_number) as id_number, max(phone) as phone, max(village) as village,
    max(address) as address, {REASONS} as reason, arg_min(standing, coalesce(due_date, date '9999-12-31')) as standing, min(due_date) as due_date,
    max(owner) as owner, max(is_new) as is_new, min(valid_from) as valid_from, string_agg(entry_id, '、' order by run_no, seq) as entry_id
from {ONCE.format(where=f"list = $list and {HERE}")} group by file, who order by min(due_date) nulls last, bool_or(is_fresh) desc, max(town) nulls last, max(village) nulls last, min(run_no), min(seq)
""",
    columns=(
        *(PARTS[part][0] for part in PERSON.split()), PARTS["address"][0], Column("reason", "走访事由", 66, wrap=True),
        *(PARTS[part][0] for part in ("standing", "due_date", "owner", "is_new", "valid_from")), Column("entry_id", "流水号", 14, wrap=True),
    ),
    binds={"list": "O03", "file": ""}, fixed_columns=2, empty=STANDS_EMPTY, only_of="from every_line where list = $list",
)  # fmt: skip
FOLLOW_UPS = _sheet(
    "O10",
    "回访任务",
    "一次到期或逾期的回访",
    f"{PERSON} standing due_date last_contact last_means reason owner is_new entry_id",
)
GAPS = _sheet(
    "O11", "服务缺口", "一人欠缺的一种服务", f"{PERSON} service have need standing due_date reason owner is_new entry_id",
    also=" and not is_owner_gap",
)  # fmt: skip
FAMILIES = _sheet(
    "O13",
    "零就业家庭限期",
    "一名零就业家庭成员",
    f"{PERSON} address family household standing days_left due_date reason owner is_new entry_id",
    order=BY_FAMILY,
)
NO_OWNER = _sheet(
    "O11",
    "无责任人",
    "一名没有写明责任人的人员",
    f"{PERSON} reason valid_from is_new entry_id",
    also=" and is_owner_gap",
)
STALE = _sheet("O12", "待更新信息", "一名信息须更新的人员", f"{PERSON} title reason owner is_new valid_from entry_id")
CANDIDATES = _sheet(
    "O02", "候选人员", "一名今夜新列、待核实的候选人员", f"{PERSON} basis paper unknown reason entry_id"
)
SHEETS = (VISITS, FOLLOW_UPS, GAPS, FAMILIES, NO_OWNER, STALE, CANDIDATES)
URGENT = f"""
select file, kind, count(distinct person_id), count(distinct one) filter (standing = word_mark('逾期')),
    count(distinct one) filter (standing = word_mark('今日到期')), count(distinct one) filter (is_fresh), count(distinct one)
from (select *, if(list = 'O11' and is_owner_gap, 'owner', list) as kind, if(list = 'O03', coalesce(person_id, entry_id), entry_id) as one from report_line where list in ('O03', 'O10', 'O11', 'O13') and {EVERYWHERE})
group by file, kind order by file, kind
"""
TOLD = (
    "name",
    "caution",
    "id_number",
    "sex",
    "phone",
    "town",
    "village",
    "address",
    "owner",
    "education",
    "skill",
    "health",
    "training_wish",
    "job_need",
)
SHOWN = {column: f"{MACRO[HOLDS[column]]}({column})" for column in TOLD if column in HOLDS}
FORMS = f"""
select file, person_id, {", ".join(f"max({SHOWN.get(column, column)}) as {column}" for column in TOLD)}, max(last_contact)::varchar as last_contact,
    shown_text({REASONS}) as reasons,
    string_agg(distinct clause, '、' order by clause) as clauses, string_agg(entry_id, '、' order by run_no, seq) as entries,
    min(due_date)::varchar as due_date
from {ONCE.format(where=f"list = 'O03' and person_id is not null and {EVERYWHERE}")}
group by file, person_id having bool_or(is_fresh)
qualify row_number() over (partition by file order by min(due_date) nulls last, max(village) nulls last, person_id) <= {MOST_FORMS + 1}
order by file, min(due_date) nulls last, max(village) nulls last, person_id
"""
OVERDUE_WORDS = {"O03": "走访任务", "O10": "回访任务", "O11": "服务缺口", "O13": "零就业家庭限期", "owner": "无责任人"}


def build(desk: Desk) -> list[Path]:
    """One workbook per town that has anything to do, and one of forms where somebody is newly to be visited. Every list is read
    once for all towns: a prefecture has three hundred."""
    reader = desk.read_as("分镇街/")
    files = [f for (f,) in desk.con.execute(FILES).fetchall()]
    rows = {s.name: _by_town(desk, s, reader) for s in SHEETS}
    urgent = {f: [line[1:] for line in lines] for f, lines in groupby(desk.con.execute(URGENT).fetchall(), itemgetter(0))}  # fmt: skip
    people = desk.con.sql(FORMS).to_arrow_table().to_pylist()
    forms = {f: list(told) for f, told in groupby(people, itemgetter("file"))}
    return [
        path
        for file in files
        for path in (*_work(desk, file, rows, urgent.get(file, [])), *_forms(desk, file, forms.get(file, [])))
    ]


def _by_town(desk: Desk, sheet: Sheet, reader: Reader) -> dict[str, pa.Table]:
    """The rows of a sheet for each town that has any, in the sheet's order; under "" none, with the same columns."""
    everywhere = sheet.rows.replace("select ", "select file, ", 1).replace(HERE, EVERYWHERE)
    fitted = fit(replace(sheet, rows=everywhere, columns=(FILE, *sheet.columns)), reader)
    if not rows_behind(desk.con, sheet, 1):
        return {"": no_rows(fitted).drop_columns(["file"])}
    table = desk.con.sql(fitted.rows, params={"list": sheet.binds["list"]}).to_arrow_table()
    names, files = np.unique(table["file"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    told = table.drop_columns(["file"]).take(np.argsort(files, kind="stable"))
    ends = np.cumsum(np.bincount(files, minlength=len(names))).tolist()
    starts = [0, *ends][: len(names)]
    parts = {str(n): told.slice(start, end - start) for n, start, end in zip(names, starts, ends, strict=True)}
    return {"": told.slice(0, 0)} | parts


def _work(
    desk: Desk, file: str, rows: Mapping[str, Mapping[str, pa.Table]], urgent: Sequence[tuple[Any, ...]]
) -> list[Path]:
    sheets = tuple(replace(s, binds={**s.binds, "file": file}) for s in SHEETS)

    def read(sheet: Sheet, path: Path) -> Content:
        table = rows[sheet.name].get(file, rows[sheet.name][""])
        return Content(table, table.num_rows) if table.num_rows <= desk.profile.rows_per_sheet else desk.read(sheet, path)  # fmt: skip

    def front(contents: Contents) -> Page:
        told = tuple((OVERDUE_WORDS[code], *counts) for code, *counts in urgent)
        return Page(
            name="封面", title=said("分镇街工作：{name}", name=file),
            lines=(desk.night.title, "只列本镇街的人员；走访新列人员的打印表在同名的《走访表》。", *cut_lines(sheets, contents)),
            blocks=(
                Block("先看这里", ("事项", "人数", "已逾期", "今日到期", "今夜新列", "共计"), told, STANDS_EMPTY),
                guide(sheets, contents),
            ),
            widths=(22, 36, 14, 14, 14, 14),
        )  # fmt: skip

    return write_book(desk, f"分镇街/{file}", sheets, front=front, bannered=tuple(s.name for s in sheets), read=read)


def _forms(desk: Desk, file: str, people: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    if not people:
        return
    path = desk.out / "分镇街" / f"{file}-走访表.xlsx"
    left_out = len(people) > MOST_FORMS
    line = desk.night.title + (f"　本簿只印前 {MOST_FORMS} 人，其余见《{file}》的走访任务" if left_out else "")
    with open_book(path, desk.night.as_of, CHINESE) as book:
        write_forms(book, "走访表", [visit_form(p, line) for p in people[:MOST_FORMS]])
    yield path


CHECKS = (
    ("是否就业", "□ 是　□ 否"),
    ("有劳动能力", "□ 有　□ 无"),
    ("有就业要求", "□ 有　□ 无"),
    ("家庭无收入", "□ 是　□ 否"),
)
WISHES = (
    ("学历", "education"),
    ("技能", "skill"),
    ("身体状况", "health"),
    ("培训意愿", "training_wish"),
    ("就业需求", "job_need"),
)


def visit_form(person: Mapping[str, Any], line: str) -> Form:
    """The page that somebody takes along: who, where, why, and what to find out. Its words are the headings of the visit
    extract, so that it can be typed in as it is."""
    told = {k: "" if v is None else str(v) for k, v in person.items()}
    origin = f"条款 {told['clauses']}　台账流水号 {told['entries']}"
    rows = [
        (tall(26, (told["name"], 35.5)), (Box("姓名", look="label"), Box(told["name"], 3), Box("性别", look="label"), Box(told["sex"]))),
        _two("证件号码", told["id_number"], "联系电话", told["phone"]),
        _two("镇街", told["town"], "村居", told["village"]),
        _wide("地址", told["address"], 32),
        *([_wide("先核", told["caution"], 20)] if told["caution"] else []),
        _wide("走访事由", told["reasons"], 60),
        _two("责任人", told["owner"], "期限", told["due_date"] or "尽快"),
        _two("最近联系", told["last_contact"] or "没有记录", "走访日期", ""),
        *(_two(a, x, b, y) for (a, x), (b, y) in zip(CHECKS[::2], CHECKS[1::2], strict=True)),
        (20.0, (Box("以下如与实际不符或为空，请填写；填好后交责任人录入“入户走访”数据，随下一批报送", 6, "quiet"),)),
        *(_two(word, f"系统记载：{told[key] or '无'}", "核实为", "") for word, key in WISHES),
    ]  # fmt: skip
    last = [
        _wide("走访结果", "□ 见到本人　□ 不在家　□ 已搬迁　□ 已去世　□ 本次拒绝服务", 24),
        _two("走访人签名", "", "本人签名", "", 34),
        (tall(18, (origin, 78)), (Box(origin, 6, "quiet"),)),
    ]
    rows.append(_wide("备注", "期望月薪：　　　　　元　　期望工作地点：　　　　　", room_left([*rows, *last], 90, 30)))
    return Form("入户走访表", line, (*rows, *last))


def _two(first: str, text: str, second: str, other: str, least: float = 26) -> tuple[float, tuple[Box, ...]]:
    boxes = (Box(first, look="label"), Box(text, 2), Box(second, look="label"), Box(other, 2))
    return tall(least, (text, 23), (other, 23)), boxes


def _wide(word: str, text: str, least: float) -> tuple[float, tuple[Box, ...]]:
    return tall(least, (text, 58.5)), (Box(word, look="label"), Box(text, 5))
