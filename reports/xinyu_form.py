"""认定申请表/: Xinyu's application form for each new candidate, filled in as far as we know, ready to print, sign and stamp."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from reports.assemble import Desk
from reports.form import room_left, tall, write_forms
from reports.line_columns import PAPER
from reports.readers import may_open
from reports.sheet import WHOLE, Box, Column, Content, Form, Sheet
from reports.workbook import open_book, write_sheet

MOST_FORMS = 200
CLASSES = (
    ("4050", "城镇“4050”人员"), ("zero_family", "零就业家庭成员"), ("disabled", "残疾失业人员"), ("poverty_exit", "城乡脱贫劳动力"),
    ("land", "失地人员"),
)  # fmt: skip
PAPERS = (
    "本人身份证和户口本", "“零就业家庭”证明", "《残疾人证》", "城乡脱贫劳动力（原城乡贫困劳动力）证明材料", "承包土地被征用证明材料",
)  # fmt: skip
WISHES = (
    ("就业", "就业推荐"), ("培训", "就业（创业）培训"), ("创业", "创业服务"), ("", "公益性岗位安置"), ("", "灵活就业（社会保险补贴）"), ("", "其他"),
)  # fmt: skip
WIDTHS = (11.5, 10.5, 8.0, 9.5, 8.0, 9.5, 12.0)
PEOPLE = f"""
select l.person_id, coalesce(t.file, '未写镇街') as file, max(shown_name(l.name)) as name, max(shown_id(l.id_number)) as id_number,
    max(l.sex) as sex, max(shown_phone(l.phone)) as phone, max(l.village) as village, max(c.ethnicity) as ethnicity,
    max(c.education) as education, max(c.marital) as marital, max(c.certificate_no) as certificate_no,
    max(c.job_lost_on)::varchar as job_lost_on, max(shown_address(coalesce(c.hukou_address, c.address))) as address, max(c.wish) as wish,
    list_sort(list_distinct(list(l.basis))) as basis, string_agg(distinct {PAPER}, '、' order by {PAPER}) as paper, string_agg(l.entry_id, '、' order by l.seq) as entries
from open_line as l left join person_card as c using (person_id) left join report_town as t on t.town = coalesce(l.town, '')
where l.list = 'O02' and l.pack = 'xinyu' and l.track = 'H' and l.is_new
group by l.person_id, t.file order by file, village nulls last, l.person_id
"""
LINES = """
insert into book_line by name
select 'O23' as list, '认定申请表' as book, $day as period, row_number() over (order by min(run_no), min(seq)) as row_no, person_id, 'XY-2.1' as clause,
    arg_min(entry_id, (run_no, seq)) as entry_id, to_json(list(basis order by seq))::varchar as content
from open_line where list = 'O02' and pack = 'xinyu' and track = 'H' and is_new group by person_id
"""
INDEX = Sheet(
    name="目录", grain="一名候选人员的申请表", rows="",
    columns=(
        Column("sheet", "表号", 8, WHOLE), Column("name", "姓名", 16, wrap=True), Column("id_number", "证件号码", 22),
        Column("village", "村居", 18, wrap=True), Column("classes", "申报类别", 30, wrap=True), Column("paper", "须带证明", 36, wrap=True),
        Column("entries", "流水号", 16, wrap=True),
    ),
    fixed_columns=2,
)  # fmt: skip


def gather_forms(con: duckdb.DuckDBPyConnection, day: str) -> None:
    """Put a line for each form of tonight into `book_line`."""
    con.execute(LINES, {"day": day}).fetchall()


def build(desk: Desk) -> list[Path]:
    """One workbook per town with a sheet per person, and an index before them. Reads `report_town`."""
    if not may_open("认定申请表/", desk.read_as("认定申请表/")):
        return []
    people = desk.con.sql(PEOPLE).to_arrow_table().to_pylist()
    return [_book(desk, file, list(rows)) for file, rows in groupby(people, lambda p: str(p["file"]))]


def _book(desk: Desk, file: str, people: list[dict[str, Any]]) -> Path:
    import pyarrow as pa

    path = desk.out / "认定申请表" / f"{file}.xlsx"
    rows = [
        {
            "sheet": number if number <= MOST_FORMS else None, "name": p["name"], "id_number": p["id_number"], "village": p["village"],
            "classes": "、".join(word for code, word in CLASSES if code in p["basis"]), "paper": p["paper"], "entries": p["entries"],
        } for number, p in enumerate(people, 1)
    ]  # fmt: skip
    types = [(c.field, pa.int64() if c.form == WHOLE else pa.string()) for c in INDEX.columns]
    with open_book(path, desk.night.as_of, desk.say) as book:
        write_sheet(
            book, INDEX, Content(pa.Table.from_pylist(rows, schema=pa.schema(types)), len(rows)), desk.night.banners
        )
        for number, person in enumerate(people[:MOST_FORMS], 1):
            write_forms(book, str(number), [application(person)])
    return path


def application(person: Mapping[str, Any]) -> Form:
    """The form's page. What nobody told us stays empty; a masked number is completed by hand."""
    told = {k: "" if v is None else str(v) for k, v in person.items()}
    wish = told["wish"]
    rows = (
        (tall(30, (told["name"], 10.5)), (*_pair("姓名", told["name"]), *_pair("性别", told["sex"]), *_pair("民族", told["ethnicity"]), Box("照", look="photo_top"))),
        (tall(30, (told["education"], 9.5), (told["marital"], 9.5)), (*_pair("政治面貌", ""), *_pair("文化程度", told["education"]), *_pair("婚否", told["marital"]), Box("片", look="photo"))),
        (30.0, (*_pair("身份证号码", told["id_number"], 5), Box(look="photo"))),
        (tall(30, (told["certificate_no"], 18.5)), (*_pair("就业创业证号", told["certificate_no"], 2), *_pair("失业时间", told["job_lost_on"], 2), Box(look="photo_end"))),
        (tall(34, (told["address"], 28)), (*_pair("户籍地址", told["address"], 3), Box("联系电话", look="label"), Box(told["phone"], 2))),
        (56.0, _pair("申报困难\n人员类别", _ticks([(word, code in person["basis"]) for code, word in CLASSES], 3), 6)),
        (72.0, _pair("所提供资料", "　".join(f"□ {p}" for p in PAPERS), 6)),
        (56.0, _pair("就业创业\n意愿", _ticks([(word, bool(key) and key in wish) for key, word in WISHES], 3), 6)),
    )  # fmt: skip
    height = room_left(rows, 240, 150) / 2
    opinions = tuple(
        (height, _pair(office, "（盖章）　　　　\n\n年　　月　　日　", 6, "stamp"))
        for office in ("街道（乡镇）人力资源社会保障事务站所或社区初审意见", "县（区）公共就业服务机构认定意见")
    )
    return Form("新余市就业困难人员认定申请表", "填表时间：　　　年　　月　　日", (*rows, *opinions), WIDTHS)


def _pair(word: str, text: str, across: int = 1, look: str = "value") -> tuple[Box, ...]:
    return Box(word, look="label"), Box(text, across, look)


def _ticks(choices: list[tuple[str, bool]], a_line: int) -> str:
    """Boxes before words, so many on a line; the ones that hold are ticked."""
    words = [f"{'☑' if holds else '□'} {word}" for word, holds in choices]
    return "\n".join("　".join(words[i : i + a_line]) for i in range(0, len(words), a_line))
