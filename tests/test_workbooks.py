"""The workbooks of a night, read back. All people here are invented."""

import csv
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from flows.who.clerical_sample import PRECISION
from reports.catalogue import CHINESE
from reports.lists import RECIPIENTS
from reports.night import Night, PackNote, Profile, build_workbooks
from reports.periodic import gather_books
from reports.row_stream import CUT, LONGEST, as_xml
from reports.sheet import TEXT, Column
from reports.to_do import in_short
from reports.workbook import clean
from reports.write_back import gather_write_back
from schemas.extracts import LAYOUTS
from schemas.journal import Notice, Scorecard
from schemas.modelling import create_table, describe
from schemas.readers import READERS, Reader
from schemas.rows import OPEN_LINE, PERSON_CARD, row_columns
from schemas.tables import COMPARISONS, Delivery, LedgerEntry, MatchLog, OutboundList, Person, Quarantine

NUMBER, MASKED = "150102198507041234", "150102********1234"
NUMBER_X, MASKED_X = "44200119790312002X", "442001********002X"
NAMES = (
    "=1+2", "欧阳明月", "+乌云其木格", "阿依古丽·买买提", "-李伟", "@王芳", "扎西顿珠", "𠮷野\x07家", "<r>张三</r>",
    "赵_x0041_六",
)  # fmt: skip
NIGHT = Night(
    run_no=7,
    as_of=date(2024, 6, 30),
    recorded_at=datetime(2024, 6, 30, 15, 4, 5, tzinfo=UTC),
    packs=(
        PackNote("zhongshan", "中山市中年失业群体服务", "2024.1", "in_force"),
        PackNote("neimenggu", "内蒙古失业登记与帮扶", "2024.0", "draft"),
    ),
    previous="ab" * 32,
    table_hashes={"ledger_entry": (12, "cd" * 32), "delivery": (5, "ef" * 32)},
    totals={
        "zhongshan.L.opening": 100, "zhongshan.L.inflow": 7, "zhongshan.L.outflow": 2, "zhongshan.L.closing": 105,
        "neimenggu.R.opening": 50, "neimenggu.R.inflow": 3, "neimenggu.R.outflow": 1, "neimenggu.R.closing": 51,
        "people": 4000,
    },
    barred=("pension",),
    steps=(("接收与读取", 1.25), ("比对", 0.5), ("评定", 0.75)),
)  # fmt: skip
ENTRIES = (
    ("zhongshan", "L", "ADD", "ZS-3.1.1a", "stoppage", None, "L0", "L1", False),
    ("zhongshan", "L", "ADD", "ZS-3.1.2", "low_income", None, "L0", "L1", False),
    ("zhongshan", "L", "FLAG_REEMP", "ZS-EXIT", None, "hired", "L1", "L4", False),
    ("zhongshan", "L", "REVIEW", "ZS-3.1.1b", "benefit", None, "L1", None, True),
    ("neimenggu", "R", "PROP_DEREG", "NM-3.2", None, "pension", "R1", "R2", True),
    ("neimenggu", "H", "ADD", "NM-1.3a", "disability", None, "H0", "H1", True),
    ("neimenggu", "L", "UPD", "NM-2.1a", "mid", "mid", "L3 short", "L3 mid", False),
    ("neimenggu", "T", "GAP", "NM-2.1b", "post:mid", None, None, "open", False),
)
RULES = tuple(
    {(e[0], e[3]): (e[0], e[3], e[3], f"{e[3]}的名称", "一段原文", "某某通知 三(一)") for e in ENTRIES}.values()
)
MODELS = {
    "delivery": Delivery, "quarantine": Quarantine, "match_log": MatchLog, "person_now": Person,
    "ledger_entry": LedgerEntry, "notice": Notice, "outbound": OutboundList, "scorecard": Scorecard, "scorecard_before": Scorecard,
}  # fmt: skip


PAST_FIGURES = ("added", "reemployed", "decided", "asked", "open_after", "rows", "quarantined", "standing_rows", "valid_numbers", "sources", "late_sources")  # fmt: skip


def empty_town() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for name, model in MODELS.items():
        columns = ", ".join(f'"{c.name}" {c.sql}' for c in describe(model).columns)
        con.execute(f"create table {name} ({columns})")
    con.execute(
        "create table open_entry as select *, null::varchar as answer, null::varchar as rule_id, null::varchar as state_now, null::varchar as code, null::struct(roles varchar, becomes varchar, notice integer)[] as if_confirmed, null::struct(roles varchar, becomes varchar, notice integer)[] as if_rejected from ledger_entry"
    )
    con.execute(
        "create table open_link as select delivery_id, row_no, file_name, sheet, kind, rule, cause, match_weight, levels, '' as question, '' as name, '' as id_number, '' as town, '' as village, '' as likely_id, '' as other_id, '' as code from match_log"
    )
    for name, given in (("open_line", OPEN_LINE), ("person_card", PERSON_CARD)):
        con.execute(create_table(name, given))
    for kind, layout in LAYOUTS.items():
        con.execute(create_table(f"now_{kind}", (*row_columns(layout), ("person_id", "VARCHAR"))))
    con.execute("create table new_entry as from ledger_entry")
    con.execute("create table tier_before (person_id varchar, pack varchar, tier varchar)")
    con.execute(
        "create table night_past as select 7::bigint as run_no, date '2024-06-30' as as_of, 0::bigint as entries, "
        + ", ".join(f"0::bigint as {c}" for c in PAST_FIGURES)
    )
    con.execute("create table report_tells (pack varchar, rule_id varchar, hardship boolean, disability boolean)")
    con.execute("create table question_age (what varchar, days bigint)")
    con.execute(
        "create table link_sample (month varchar, rule varchar, frame_count bigint, draw bigint, question varchar, file_name varchar, sheet varchar, row_no bigint, kind varchar, record_id varchar, person_id varchar, match_weight double, is_same boolean)"
    )
    con.execute(PRECISION)
    gather_books(con, ())
    gather_write_back(con, NIGHT.run_no, NIGHT.as_of.isoformat())
    con.execute("alter table outbound add column list varchar")
    con.execute(
        "create table rule (pack varchar, rule_id varchar, clause varchar, title varchar, quote varchar, document varchar)"
    )
    return con


def insert(con: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    con.execute(f"insert into {table} ({columns}) values ({', '.join('?' * len(values))})", list(values.values()))


def entry(con: duckdb.DuckDBPyConnection, seq: int) -> None:
    pack, track, op, clause, basis, ground, state_from, state_to, open_question = ENTRIES[seq % len(ENTRIES)]
    insert(
        con, "ledger_entry", entry_id=f"7-{seq}", run_no=7, seq=seq, recorded_at=NIGHT.recorded_at,
        person_id=f"P{seq}", name=NAMES[seq % len(NAMES)], id_number=(NUMBER, NUMBER_X)[seq % 2], town="=东区街道",
        village="起湾社区", pack=pack, track=track, op=op, basis=basis, clause=clause, ground=ground,
        state_from=state_from, state_to=state_to, valid_from=NIGHT.as_of, needs_decision=open_question,
        evidence=["r1", "r2"], parameters=json.dumps({"min_age": 40}),
        reason=f"号码为 {NUMBER} 的人自 2024-05 起停保，满 40 周岁，且其后未再由单位参保，依条款应予处理。",
    )  # fmt: skip


def town() -> duckdb.DuckDBPyConnection:
    """A small night with something in every table."""
    con = empty_town()
    con.executemany("insert into rule values (?, ?, ?, ?, ?, ?)", RULES)
    for seq in range(12):
        entry(con, seq)
        person = {"person_id": f"P{seq}", "name": NAMES[seq % len(NAMES)], "town": "东区街道", "village": "起湾社区"}
        insert(con, "person_now", **person, id_number=(NUMBER, NUMBER_X)[seq % 2], first_run=1, last_run=7)
    deliver(con)
    for row, (status, rule, found, other) in enumerate(
        (("linked", "id_and_name", "P1", None), ("linked", "id_damaged_and_name", "P2", None),
         ("review", "name_birth_sex", None, "P3"), ("review", "model", "P4", "P5"), ("new_person", None, "P6", None)),
        start=1,
    ):  # fmt: skip
        insert(
            con, "match_log", delivery_id="d1", row_no=row, record_id=f"rec{row}", kind="insurance_stop",
            file_name="停保_20240630.csv", person_id=found, runner_up_person_id=other, match_status=status, rule=rule,
            match_weight=12.5,
            weights=dict.fromkeys(COMPARISONS, 0.0) | {"prior": -20.5, "surname": 3.25, "birth_date": 9.25, "sex": 0.5},
            levels=dict.fromkeys(COMPARISONS, "missing") | {"against": "stranger", "surname": "sound", "birth_date": "equal", "sex": "equal"},
        )  # fmt: skip
    con.execute("insert into open_entry by name select *, md5(entry_id) as code from ledger_entry where needs_decision")
    con.execute("""
        insert into open_link by name
        select delivery_id, row_no, file_name, sheet, kind, rule, cause, match_weight, levels, delivery_id || ':' || row_no as question,
               '欧阳月' as name, '150102198507051235' as id_number, '东区街道' as town, '起湾村' as village,
               coalesce(person_id, runner_up_person_id) as likely_id, if(person_id is not null, runner_up_person_id, null) as other_id,
               md5(record_id) as code
        from match_log where match_status = 'review'
    """)
    quarantined = {"row_no": 3, "column": "停保日期", "check": "date", "value_kind": "text", "message": "日期无法识别"}
    insert(con, "quarantine", delivery_id="d1", file_name="停保_20240630.csv", **quarantined)
    insert(con, "notice", delivery_id="d1", column="停保原因", check="unknown_code", rows=4, message="4 行代码不明")
    insert(con, "outbound", person_id="P7", clause="NM-2.1b", entry_id="7-7", content="岗位推荐 2/3", list="O11")
    return con


def deliver(con: duckdb.DuckDBPyConnection) -> None:
    counts = ("rows", "accepted", "quarantined", "unchanged", "linked", "new_person", "not_linked", "review")
    for number, (kind, status, reason, figures) in enumerate(
        (
            ("insurance_stop", "accepted", None, (1060, 1050, 10, 900, 90, 40, 0, 20)),
            ("insurance_active", "accepted", None, (52000, 52000, 0, 50000, 1200, 0, 780, 20)),
            ("low_income", "accepted", None, (300, 295, 5, 0, 150, 130, 0, 15)),
            ("pension", "held", "行数比上次少 60%，超出允许范围，已暂停处理", (0,) * 8),
            (None, "refused", "无法识别文件类别：请按约定命名，或在设置中登记", (0,) * 8),
        ),
        start=1,
    ):
        insert(
            con, "delivery", delivery_id=f"d{number}", file_name=f"{kind or '=附件'}_20240630.csv", kind=kind,
            snapshot_date=NIGHT.as_of, coverage="full", encoding="gb18030", status=status, reason=reason,
            **dict(zip(counts, figures, strict=True)),
        )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of the small night as they are made without any setting."""
    return build_workbooks(town(), NIGHT, tmp_path_factory.mktemp("run"), Profile())


@pytest.fixture(scope="module")
def books(made: list[Path]) -> dict[str, openpyxl.Workbook]:
    return read_back(made)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A session in which an empty night's workbooks were made, so that it knows how their cells are shown."""
    con = empty_town()
    build_workbooks(con, NIGHT, tmp_path_factory.mktemp("empty"), Profile())
    return con


def read_back(paths: list[Path]) -> dict[str, openpyxl.Workbook]:
    """By file name; the lists for other offices by folder and name, since some bear the name of an office that sends."""
    written = [path for path in paths if path.suffix == ".xlsx"]
    return {f"名单/{p.stem}" if p.parent.name == "名单" else p.stem: openpyxl.load_workbook(p) for p in written}


def header_row(sheet: Worksheet) -> int:
    """The frozen header: the last row above the pane."""
    assert sheet.freeze_panes, sheet.title
    return int(re.sub("[A-Z]", "", sheet.freeze_panes)) - 1


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    top = header_row(sheet)
    headers = [cell.value for cell in sheet[top]]
    return [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=top + 1, values_only=True)]


def tables(books: dict[str, openpyxl.Workbook]) -> list[Worksheet]:
    pages = ("封面", "概况", "填写说明", "核对", "运行情况")
    return [sheet for book in books.values() for sheet in book.worksheets if sheet.title not in pages]


def test_every_workbook_is_made_and_every_agency_has_its_own(books: dict[str, openpyxl.Workbook]) -> None:
    own = {"台账增量", "待核查", "运行报告", "比对日志", "社会保险经办机构", "民政部门", "未识别来源"}
    assert set(books) == own | {f"名单/{recipient}" for recipient, _, _ in RECIPIENTS}


def test_no_cell_is_a_formula_and_text_keeps_its_first_character(books: dict[str, openpyxl.Workbook]) -> None:
    cells = [cell for book in books.values() for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {"=1+2", "+乌云其木格", "-李伟", "@王芳"} <= {cell.value for cell in cells}


def test_identity_numbers_are_text_and_hide_the_birth_date(books: dict[str, openpyxl.Workbook]) -> None:
    entries = rows_of(books["台账增量"]["新增 ADD"])
    assert {row["证件号码"] for row in entries} == {MASKED, MASKED_X}
    cell = books["台账增量"]["新增 ADD"].cell(header_row(books["台账增量"]["新增 ADD"]) + 1, 5)
    assert (cell.data_type, cell.number_format) == ("s", TEXT)
    everything = [str(c.value) for b in books.values() for s in b for row in s.iter_rows() for c in row]
    assert not [text for text in everything if "19850704" in text or "19790312" in text]


def test_a_profile_may_show_the_whole_number(tmp_path: Path) -> None:
    shown = read_back(
        build_workbooks(town(), NIGHT, tmp_path, Profile(readers={**READERS, "centre": Reader(id_number="full")}))
    )
    assert {row["证件号码"] for row in rows_of(shown["台账增量"]["新增 ADD"])} == {NUMBER, NUMBER_X}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        pytest.param(NUMBER, MASKED, id="18 digits"),
        pytest.param("44200119790312002x", "442001********002x", id="small x"),
        pytest.param("150102850704123", "15******23", id="15 digits"),
        pytest.param("15010219850704123", "15******23", id="a digit lost"),
        pytest.param("H12345678", "H1******78", id="home-return permit"),
        pytest.param("123456", "******", id="too short to show any"),
        pytest.param(None, None, id="none"),
    ],
)
def test_masking(number: str | None, shown: str | None, asked: duckdb.DuckDBPyConnection) -> None:
    assert asked.execute("select shown_id(?::varchar)", [number]).fetchall() == [(shown,)]


def test_a_column_may_be_empty_throughout(tmp_path: Path) -> None:
    con = town()
    for table, model in MODELS.items():  # made anew, so that DuckDB knows the columns to hold nothing but NULL
        empty = ", ".join(f'null::{c.sql} as "{c.name}"' for c in describe(model).columns if c.nullable)
        con.execute(f"create or replace table {table} as select * {f'replace ({empty})' if empty else ''} from {table}")
    books = read_back(build_workbooks(con, NIGHT, tmp_path, Profile(rows_per_sheet=2)))
    assert {row["依据"] for row in rows_of(books["台账增量"]["更新 UPD"])} == {None}


def test_codes_are_shown_in_words(books: dict[str, openpyxl.Workbook]) -> None:
    proposal = rows_of(books["台账增量"]["建议注销登记 PROP_DEREG"])[0]
    assert (proposal["台账"], proposal["原状态"], proposal["新状态"]) == ("失业登记 R", "已登记 R1", "拟注销 R2")
    assert (proposal["需人工决定"], proposal["依据"], proposal["证据数"]) == ("是", "养老待遇", 2)
    quota = rows_of(books["台账增量"]["服务缺口 GAP"])[0]
    assert (quota["依据"], quota["原状态"], quota["新状态"]) == ("岗位推荐：中短期失业", None, "待办")
    assert proposal["条款"] == "NM-3.2 NM-3.2的名称（征求意见稿）"
    assert isinstance(proposal["生效日"], datetime)


def test_every_table_is_frozen_filtered_and_wide_enough(books: dict[str, openpyxl.Workbook]) -> None:
    for sheet in tables(books):
        top = header_row(sheet)
        assert sheet.auto_filter.ref.startswith(f"A{top}:"), sheet.title
        widths = {i: d.width for d in sheet.column_dimensions.values() for i in range(d.min, d.max + 1)}
        headers = {cell.column: Column("", str(cell.value)).shown_width - 1 for cell in sheet[top] if cell.value}
        assert all(widths[column] >= needed - 2 for column, needed in headers.items()), sheet.title


def test_a_draft_pack_puts_a_banner_on_the_sheets_of_results_only(books: dict[str, openpyxl.Workbook]) -> None:
    for name in ("台账增量", "运行报告"):
        for sheet in books[name].worksheets:
            top = [str(sheet.cell(row, 1).value) for row in (1, 2)]
            assert any(line.startswith("「征求意见稿」内蒙古") for line in top), sheet.title
    assert books["待核查"]["台账待核查"]["A1"].value.startswith("「征求意见稿」")
    assert books["待核查"]["身份待核查"]["A1"].value == "台账流水号"


def test_the_cover_adds_up(books: dict[str, openpyxl.Workbook]) -> None:
    rows = [tuple(v for v in row if v is not None) for row in books["台账增量"]["封面"].iter_rows(values_only=True)]
    assert ("zhongshan", "台账 L", "相符", 100, 7, 2, 105) in rows
    assert ("neimenggu", "失业登记 R", "不符，差 1", 50, 3, 1, 51) in rows
    assert ("新增 ADD", 0, 1, 4, 0, 5) in rows
    assert ("合计", 1, 1, 9, 1, 12) in rows
    assert ("台账分录", 12, "cd" * 32) in rows
    assert any("2024-06-30 23:04:05（北京时间）" in str(row) for row in rows)


def test_a_duty_that_ends_changes_nobody() -> None:
    block = in_short({("UPD", "T"): 342, ("UPD", "L"): 37, ("TASK", "T"): 119}, 0, [])
    assert [CHINESE(text) for _, text in block.rows[:2]] == ["更新 37", "更新 342、任务 119"]


def test_open_questions_can_be_answered_and_sent_back(books: dict[str, openpyxl.Workbook]) -> None:
    for name, choices in (("台账待核查", "确认,驳回,暂缓"), ("身份待核查", "同一人,非同一人,暂缓")):
        sheet = books["待核查"][name]
        top = header_row(sheet)
        headers = {cell.value: cell for cell in sheet[top]}
        assert {"台账流水号", "核查结论", "生效日期", "核查人", "审核环节", "核查日期", "说明"} <= set(headers)
        first = sheet.cell(top + 1, headers["核查结论"].column)
        offered = {v.formula1: str(v.sqref) for v in sheet.data_validations.dataValidation if v.type == "list"}
        assert offered[f'"{choices}"'].startswith(first.coordinate)
        assert sheet.protection.sheet and not first.protection.locked
        assert sheet.cell(top + 1, 1).protection.locked
    assert len(rows_of(books["待核查"]["台账待核查"])) == 4


def test_an_open_link_names_the_row_and_its_candidates(books: dict[str, openpyxl.Workbook]) -> None:
    one, two = rows_of(books["待核查"]["身份待核查"])
    assert (one["台账流水号"], one["来源文件"], one["行号"]) == ("d1:3", "停保_20240630.csv", 3)
    assert (one["比对规则"], one["候选人编号"], one["另一候选编号"]) == ("姓名、出生日期、性别一致", "P3", None)
    assert (two["候选人编号"], two["另一候选编号"], two["另一候选证件号码"]) == ("P4", "P5", MASKED_X)


def test_an_open_link_shows_side_by_side_what_is_unlike(tmp_path: Path) -> None:
    con = town()
    con.execute("update person_now set name = '欧阳明月', village = '起湾社区', id_number = ?", [NUMBER])
    build_workbooks(con, NIGHT, tmp_path, Profile())
    sheet = openpyxl.load_workbook(tmp_path / "待核查.xlsx", rich_text=True)["身份待核查"]
    places = {cell.value: cell.column_letter for cell in sheet[1]}

    def marked(header: str) -> list[str]:
        cell = sheet[f"{places[header]}2"].value
        return [part.text for part in cell if isinstance(part, TextBlock)] if isinstance(cell, CellRichText) else []

    assert [marked(h) for h in ("报送姓名", "候选人姓名", "报送证件号码", "报送镇街村居")] == [
        [],
        ["明"],
        ["5"],
        ["村"],
    ]
    assert sheet[f"{places['号码异同']}2"].value == "第 14、18 位不同"
    assert sheet.column_dimensions[places["核对码"]].hidden and sheet[f"{places['核对码']}2"].protection.locked
    (bars,) = [rule for area in sheet.conditional_formatting for rule in area.rules]
    assert bars.type == "dataBar"


def test_the_likeliest_link_stands_first(tmp_path: Path) -> None:
    con = town()
    con.execute(
        "insert into open_link by name select * replace (row_no + 10 as row_no, question || '0' as question, 20 as match_weight) from open_link where rule = 'model'"
    )
    con.execute(
        "insert into open_link by name select * replace (row_no + 20 as row_no, question || '1' as question, null as likely_id, null as other_id) from open_link"
    )
    build_workbooks(con, NIGHT, tmp_path, Profile())
    rows = rows_of(openpyxl.load_workbook(tmp_path / "待核查.xlsx")["身份待核查"])
    order = [(row["比对规则"], row["比对权重"], row["候选人编号"] is None) for row in rows]
    assert order[:3] == [("姓名、出生日期、性别一致", 12.5, False), ("模型评分", 20, False), ("模型评分", 12.5, False)]
    assert [none for _, _, none in order[3:]] == [True] * 3


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("150102198507041234", "150102198507041234", None),
        ("15010219850704123x", "15010219850704123X", None),
        ("150102198507041234", "150102198507141234", "第 13 位不同"),
        ("150102850704123", "150102198507041234", "位数不同：15 位与 18 位"),
        (None, "150102198507041234", None),
    ],
    ids=["equal", "small x", "one digit", "length", "none"],
)
def test_where_two_numbers_differ_is_said_without_a_digit_of_them(
    one: str | None, other: str, said: str | None, asked: duckdb.DuckDBPyConnection
) -> None:
    assert asked.execute("select number_gap(?::varchar, ?::varchar)", [one, other]).fetchall() == [(said,)]


def test_the_match_log_lists_what_is_not_exact(books: dict[str, openpyxl.Workbook]) -> None:
    rows = rows_of(books["比对日志"]["非精确比对"])
    assert [row["行号"] for row in rows] == [2, 3, 4]
    assert rows[0]["各项权重"] == "先验 -20.5；姓同音 3.25；出生日期相同 9.25；性别相同 0.5"
    assert {row["结果"] for row in rows_of(books["比对日志"]["拒收与暂停"])} == {"已拒收", "暂停处理"}
    assert len(rows_of(books["比对日志"]["隔离行"])) == 1


def test_feedback_goes_to_the_office_that_sent_it(books: dict[str, openpyxl.Workbook]) -> None:
    social = books["社会保险经办机构"]
    assert [row["结果"] for row in rows_of(social["退回文件"])] == ["暂停处理"]
    assert [row["列"] for row in rows_of(social["未接收的行"])] == ["停保日期"]
    assert [row["行数"] for row in rows_of(social["提示"])] == [4]
    assert rows_of(books["未识别来源"]["退回文件"])[0]["文件"] == "=附件_20240630.csv"
    assert rows_of(books["民政部门"]["退回文件"])[0]["文件"] == "今夜无变化"


def test_the_run_report_has_two_charts_over_its_own_cells(made: list[Path]) -> None:
    with ZipFile(next(path for path in made if path.name == "运行报告.xlsx")) as file:
        charts = [file.read(name).decode() for name in sorted(file.namelist()) if name.startswith("xl/charts/chart")]
    assert [chart.count("<c:ser>") for chart in charts] == [4, 2]
    assert "比对结果!$I$3:$I$5" in charts[0] and "措施合计!$B$3:$B$8" in charts[1]


def test_a_sheet_cut_short_says_so_and_the_csv_holds_the_rest(tmp_path: Path) -> None:
    made = build_workbooks(town(), NIGHT, tmp_path, Profile(rows_per_sheet=2))
    path = tmp_path / "台账增量-新增ADD.csv"
    assert path in made and path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 5
    assert {line["姓名"] for line in lines} >= {"'=1+2", "'<r>张三</r>"[1:]}
    assert {line["证件号码"] for line in lines} == {MASKED, MASKED_X}
    assert {line["镇街"] for line in lines} == {"'=东区街道"}
    book = openpyxl.load_workbook(tmp_path / "台账增量.xlsx")
    last = [cell.value for cell in book["新增 ADD"]["A"]][-1]
    assert last.startswith("注：以下从略，共 5 行，本表只列前 2 行") and path.name in last
    assert any("共 5 行" in str(cell.value) for cell in book["封面"]["A"])
    assert book["新增 ADD"].auto_filter.ref == "A2:R4"


def test_more_rows_than_a_sheet_takes_go_on_over_further_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, books: dict[str, openpyxl.Workbook]
) -> None:
    whole = books["台账增量"]
    monkeypatch.setattr("reports.sheet.MOST_ROWS", 2)
    for cap, shown in ((20_000, [2, 2, 1]), (3, [2, 1])):
        build_workbooks(town(), NIGHT, tmp_path / str(cap), Profile(rows_per_sheet=cap))
        book = openpyxl.load_workbook(tmp_path / str(cap) / "台账增量.xlsx")
        names = ["新增 ADD", "新增 ADD 2", "新增 ADD 3"][: len(shown)]
        assert [n for n in book.sheetnames if n.startswith("新增")] == names
        assert all(book[n].cell(header_row(book[n]), 1).value == whole["新增 ADD"].cell(2, 1).value for n in names)
        rows = [[r for r in rows_of(book[n]) if r["姓名"]] for n in names]
        assert [len(r) for r in rows] == shown
        assert [r for part in rows for r in part] == rows_of(whole["新增 ADD"])[: sum(shown)]
        told = " ".join(str(c.value) for row in book["封面"].iter_rows() for c in row)
        assert ("共 5 行，依次列在 3 张工作表上" in told) == (cap > 3) and ("本表只列前 3 行" in told) == (cap == 3)


def test_an_empty_night_is_tidy(tmp_path: Path) -> None:
    quiet = Night(**{**NIGHT.__dict__, "packs": (), "totals": {}, "barred": (), "steps": (), "table_hashes": {}})
    books = read_back(build_workbooks(empty_town(), quiet, tmp_path, Profile()))
    assert {name for name in books if "/" not in name} == {"台账增量", "待核查", "运行报告", "比对日志"}
    for sheet in tables(books):
        assert sheet.cell(header_row(sheet) + 1, 1).value in ("今夜无变化", "目前没有", "今夜没有新的"), sheet.title
    for sheet in (books["台账增量"]["封面"], books["运行报告"]["概况"]):
        assert "今夜无变化" in [cell.value for cell in sheet["A"]]


def test_the_same_night_gives_the_same_bytes(tmp_path: Path) -> None:
    one = build_workbooks(town(), NIGHT, tmp_path / "one", Profile(rows_per_sheet=3))
    two = build_workbooks(town(), NIGHT, tmp_path / "two", Profile(rows_per_sheet=3))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    assert all(p.suffix in (".xlsx", ".csv", ".html") for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("甲\x00乙\x1f", "甲乙", id="control characters"),
        pytest.param("𠮷\ud800", "𠮷", id="half a surrogate pair"),
        pytest.param("<r>张三</r>", " <r>张三</r>", id="the writer's own markup"),
        pytest.param("=1+2", "=1+2", id="looks like a formula"),
        pytest.param("长" * 40_000, "长" * (LONGEST - len(CUT)) + CUT, id="longer than a cell"),
    ],
)
def test_text_is_made_fit_for_a_cell(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize(
    ("given", "written"),
    [
        pytest.param("赵&<钱>", "赵&amp;&lt;钱&gt;", id="markup"),
        pytest.param("赵_x0041_六", "赵_x005F_x0041_六", id="Excel's own escape"),
        pytest.param("=甲\x07乙", "=甲乙", id="control characters"),
        pytest.param("𠮷" * 20_000, "𠮷" * ((LONGEST - len(CUT)) // 2) + CUT, id="long, two units a character"),
    ],
)
def test_text_is_escaped_in_a_row(given: str, written: str) -> None:
    assert as_xml(given) == written


def test_a_column_is_as_wide_as_its_header() -> None:
    assert Column("a", "另一候选证件号码", 5).shown_width == 19
