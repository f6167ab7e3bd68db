"""Every outbound code has its sheet, its table and its line in the documents; towns see their own; books come when due."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.reference.workbooks import BOOKS, HELD_BY, REPORTS
from policies.pack import PACKS, read_rules
from reports import ledger_delta
from reports.calendar import BOOKS as PERIODIC
from reports.calendar import due_books
from reports.form import PAGE_POINTS
from reports.line_columns import MOST_TOWNS, TOWNS, list_sheet
from reports.night import Profile, build_workbooks
from reports.outbound import OUTBOUND, Outbound
from reports.town_names import meant_towns, name_towns
from reports.towns import OVERDUE_WORDS, TOLD, visit_form
from reports.words import LIST_WORDS
from reports.xinyu_form import application
from tests.more_said import housed, jobless, recognised
from tests.nightshift import Night, Town, registered, service
from tests.test_workbooks import NIGHT, empty_town, header_row, insert, rows_of

LISTED = tuple(o for o in OUTBOUND if any("list" in s.binds for _, sheets in o.homes for s in sheets))
RARE, LONG = "䶮㛃𬭎", "阿布都热西提·买买提艾力·吐尔逊江·阿布都克里木克"
PAGE = (Path(__file__).parent.parent / "docs" / "workbooks.md").read_text(encoding="utf-8")


def line(con: duckdb.DuckDBPyConnection, code: str, number: int = 1, **other: Any) -> None:
    told = {
        "list": code, "entry_id": f"7-{code}-{number}", "run_no": 7, "seq": number, "is_new": True, "person_id": f"P{number}", "name": f"人{number}",
        "id_number": "150102198507041234", "phone": "14300000001", "town": "东区街道", "village": "起湾社区", "pack": "xinyu", "track": "T",
        "op": "TASK", "basis": "post", "clause": "XX-1", "rule_id": "XX-1", "valid_from": NIGHT.as_of, "evidence": ["r1"], "parameters": "{}",
        "reason": "请办理。", "content": "内容；流程；渠道",
    }  # fmt: skip
    insert(con, "open_line", **(told | other))


def written(paths: list[Path], root: Path) -> dict[str, Path]:
    return {p.relative_to(root).with_suffix("").as_posix(): p for p in paths if p.suffix == ".xlsx"}


@cache
def opened(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


def texts(path: Path, sheet: str = "") -> list[str]:
    book = opened(path)
    sheets = [book[sheet]] if sheet else book.worksheets
    return [str(c.value) for s in sheets for row in s.iter_rows() for c in row if c.value is not None]


def test_every_code_has_a_home_a_name_and_a_line_in_the_documents() -> None:
    assert [o.code for o in OUTBOUND] == [f"O{n:02d}" for n in range(1, 25)] == sorted(LIST_WORDS)
    shown = {name: {s.name for s in sheets} for name, _, sheets in BOOKS}
    for outbound in OUTBOUND:
        assert f"| {outbound.code} | {outbound.name} |" in PAGE and outbound.homes
        for book, sheets in outbound.homes:
            assert book.endswith("-走访表") or {s.name for s in sheets} <= shown[book], (outbound.code, book)


def test_the_tests_that_hold_each_code_and_report_are_there() -> None:
    assert sorted(HELD_BY) == sorted(LIST_WORDS) and {held for *_, held in REPORTS} <= set(HELD_BY)
    for module, name in {tuple(t.split("::")) for tests in HELD_BY.values() for t in tests}:
        assert f"def {name}(" in (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"), name
    sheets = {f"{book}：{s.name}" for book, _, all_of in BOOKS for s in all_of}
    named = {
        f"{book}：{home.split('：')[1].split('（')[0]}"
        for *_, home, _ in REPORTS
        for book in home.split("：")[0].split("、")
    }
    told = {clause for _, clauses, *_ in REPORTS for clause in clauses.split(", ")}
    assert named <= sheets and {book.clause for book in PERIODIC if book.code != "O01"} <= told


def test_every_list_that_a_rule_feeds_is_an_outbound_code() -> None:
    fed = {
        str(r.finds["list"])
        for p in PACKS.glob("*/pack.toml")
        for r in read_rules(p.parent.name)[1].values()
        if "list" in r.finds
    }
    assert fed <= {o.code for o in LISTED}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A night with a line on every list, for a person, and on those that may name an employer for one too."""
    con, root = empty_town(), tmp_path_factory.mktemp("full")
    for o in LISTED:
        line(con, o.code)
        line(con, o.code, 2, basis="owner", town=None)
        line(con, o.code, 3, person_id=None, name=None, town=None, employer_name="甲厂", basis="hired-key-people")
    return written(build_workbooks(con, NIGHT, root, Profile()), root)


@pytest.mark.parametrize("outbound", LISTED, ids=lambda o: o.code)
def test_a_line_stands_in_every_sheet_of_its_code(outbound: Outbound, full: dict[str, Path]) -> None:
    for home, sheets in outbound.homes:
        if not any("list" in s.binds for s in sheets) or not home.startswith(("名单", "分镇街")):
            continue
        found = [f"7-{outbound.code}-{n}" in texts(full[home.replace("<镇街>", town)], s.name)
                 for s in sheets if "list" in s.binds for town in ("东区街道", "未写镇街") for n in (1, 2, 3)]  # fmt: skip
        assert any(found), home


def test_what_was_sent_on_another_night_stands_in_no_workbook_and_what_is_to_be_done_in_its_own(tmp_path: Path) -> None:
    con = empty_town()
    for o in LISTED:
        line(con, o.code, 4, is_new=False, basis="owner")
    books = written(build_workbooks(con, NIGHT, tmp_path, Profile()), tmp_path)
    lists = [path for name, path in books.items() if name.startswith(("名单/", "分镇街/"))]
    shown = {m for path in lists for text in texts(path) for m in re.findall(r"7-(O\d\d)-4", text)}
    assert shown == {o.code for o in LISTED} - {"O02", "O05", "O08", "O19", "O22"}


def test_an_employers_line_goes_to_the_employers_sheet_and_no_town(full: dict[str, Path]) -> None:
    assert "7-O09-3" in texts(full["名单/就业服务机构"], "应享未享单位")
    assert "7-O09-3" not in texts(full["名单/就业服务机构"], "应享未享人员")
    assert not [
        name for name, p in full.items() if name.startswith("分镇街") and any(t.endswith("-3") for t in texts(p))
    ]


def test_what_a_cover_counts_is_what_its_sheets_hold(full: dict[str, Path]) -> None:
    def held(book: str, sheet: str) -> int:
        return sum(1 for r in rows_of(opened(full[book])[sheet]) if r["流水号"])

    def cover(book: str) -> list[tuple[Any, ...]]:
        return list(opened(full[book])["封面"].iter_rows(values_only=True))

    for town in ("分镇街/东区街道", "分镇街/未写镇街"):
        told = {r[0]: r[5] for r in cover(town) if r[0] in OVERDUE_WORDS.values() and r[5]}
        counts = {name: held(town, name) for name in OVERDUE_WORDS.values()}
        assert told == {name: n for name, n in counts.items() if n}
    assert told["无责任人"] == 1
    (sent,) = [r[3] for r in cover("台账增量") if "今夜要发的" in str(r[0])]
    assert sent == sum(held("名单/就业服务机构", name) for name in ("决定告知", "政策推送", "岗位推送", "培训名单"))


def test_a_recipient_sees_no_list_of_another(full: dict[str, Path]) -> None:
    homes = {
        name: {o.code for o in LISTED for book, _ in o.homes if book == name}
        for name in full
        if name.startswith("名单/")
    }
    for name, codes in homes.items():
        seen = {m for t in texts(full[name]) for m in re.findall(r"7-(O\d\d)-", t)}
        assert seen <= codes, name


@pytest.fixture(scope="module")
def towns_night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    con, root = empty_town(), tmp_path_factory.mktemp("towns")
    for n, (name, town) in enumerate(
        (
            (LONG, "北塬镇"),
            (RARE, "北塬"),
            ("=1+1", "南/街:道"),
            ("甲", "东区"),
            ("乙", "东区镇"),
            ("丙", "东区街道"),
            ("丁", None),
        )
    ):
        for code in ("O03", "O11"):
            line(con, code, n, name=name, town=town, due_date=NIGHT.as_of - timedelta(days=1))
    insert(con, "person_card", person_id="P0", address="苍榆市北塬镇很长很长的路" * 6, skill=RARE, owner=LONG)
    return written(build_workbooks(con, NIGHT, root, Profile()), root)


def test_a_town_sees_its_own_people_and_no_others(towns_night: dict[str, Path]) -> None:
    names = {file: {row["姓名"] for row in rows_of(opened(p)["走访任务"])} for file, p in towns_night.items()
             if file.startswith("分镇街") and not file.endswith("走访表")}  # fmt: skip
    assert names == {
        "分镇街/北塬镇": {LONG, RARE}, "分镇街/南_街_道": {"=1+1"}, "分镇街/东区": {"甲"}, "分镇街/东区镇": {"乙"}, "分镇街/东区街道": {"丙"},
        "分镇街/未写镇街": {"丁"},
    }  # fmt: skip


TOWNS_AS_WRITTEN = {
    "东区": "东区街道", "东区街道": "东区街道", "东区街道办事处": "东区街道", "柳渡": "柳渡", "柳渡镇": "柳渡镇", "柳渡乡": "柳渡乡", "柳渡民族乡": "柳渡乡",
    "沙窝": "沙窝", "镇": "镇",
}  # fmt: skip


def test_a_town_has_one_name_however_it_is_written() -> None:
    """Unless two towns have the short one in common, or nobody ever wrote it whole."""
    con = empty_town()
    for n, town in enumerate(TOWNS_AS_WRITTEN):
        line(con, "O11", n, town=town)
    name_towns(con)
    assert meant_towns(con) == TOWNS_AS_WRITTEN


def test_a_town_is_one_line_of_the_conservation() -> None:
    """Who is told of by the short name and then by the whole one has not moved."""
    night = replace(NIGHT, conservation=(
        ("xinyu", "H", "东区", 2, 0, 0, -2, 0, 0, 0), ("xinyu", "H", "东区街道", 1, 3, 0, 2, 1, 0, 5), ("xinyu", "H", "", 1, 0, 0, 0, 0, 0, 1),
    ))  # fmt: skip
    told = [row[2:] for row in ledger_delta.town_rows(night, TOWNS_AS_WRITTEN)]
    assert told == [("未填镇街", "相符", 1, 0, 0, 0, 0, 0, 1), ("东区街道", "相符", 3, 3, 0, 0, 1, 0, 5)]


def test_somebody_is_visited_once_for_every_reason(tmp_path: Path) -> None:
    """Two documents that ask for the same with the same words are one reason, and the earliest due date counts."""
    con = empty_town()
    soon, late = NIGHT.as_of + timedelta(days=3), NIGHT.as_of - timedelta(days=1)
    for n, (reason, due) in enumerate((("联系不上。", soon), ("联系不上。", None), ("意愿不明。", late)), 1):
        line(con, "O03", n, person_id="P1", name="甲", reason=reason, due_date=due)
    line(con, "O03", 4, person_id="P2", name="乙")
    sheet = opened(written(build_workbooks(con, NIGHT, tmp_path, Profile()), tmp_path)["分镇街/东区街道"])
    (first, second) = rows_of(sheet["走访任务"])
    assert (first["姓名"], first["走访事由"], first["到期情况"]) == ("甲", "XX-1：联系不上。\nXX-1：意愿不明。", "逾期")
    assert (first["流水号"], first["期限"].date()) == ("7-O03-1、7-O03-2、7-O03-3", late) and second["姓名"] == "乙"
    told = [[c.value for c in row if c.value is not None] for row in sheet["封面"].iter_rows()]
    assert ["走访任务", 2, 1, 0, 2, 2] in told


EXIT = '{"certificate_ended_on": "2024-06-12", "child_adult_on": "2030-06-30", "registered_from": "2023-01-01", "certificate_end": "cancelled"}'
LAYOFF, OVER = (
    '{"employer_stops": 20, "employer_headcount": 160}',
    '{"flexible_subsidy_months": 37, "overlap_job_from": "2024-05-01"}',
)


def test_lists_show_what_their_reader_asks_for_in_columns_of_its_own(tmp_path: Path) -> None:
    """When it happened (not what is still to come), how many of how many, of how many months, and who are one family."""
    con = empty_town()
    line(con, "O04", parameters=EXIT)
    line(con, "O14", person_id=None, name=None, employer_name="甲厂", parameters=LAYOFF)
    line(con, "O15", employer_name="甲厂", parameters=OVER)
    line(con, "O22", person_id=None, name=None, employer_name="甲厂")
    for n in (1, 2, 3):
        line(con, "O13", n)
        insert(con, "person_card", person_id=f"P{n}", household_no=f"110105194912310{n % 2}")
    told = written(build_workbooks(con, NIGHT, tmp_path, Profile()), tmp_path)

    def rows(book: str, sheet: str) -> list[dict[str, Any]]:
        return rows_of(opened(told[f"名单/{book}"])[sheet])

    (exit_,) = rows("就业服务机构", "退出与注销建议")
    assert (exit_["事件日期"].date(), exit_["证据记录号"]) == (date(2024, 6, 12), "r1")
    (layoff,), (suspect,), (course,) = (
        rows("失业监测", "裁员预警"),
        rows("基金监督", "疑点核查"),
        rows("就业服务机构", "培训名单"),
    )
    assert (layoff["停保人数"], layoff["职工人数"], layoff["占比"]) == (20, 160, 0.125)
    assert (suspect["用人单位"], suspect["涉及年月"], suspect["月数"]) == ("甲厂", "2024-05", 37)
    assert (course["用人单位"], course["信息缺项"]) == ("甲厂", None)
    families = [(r["流水号"], r["同户序号"]) for r in rows("就业服务机构", "零就业家庭限期")]
    assert families == [("7-O13-2", 1), ("7-O13-1", 2), ("7-O13-3", 2)]
    assert not any("19491231" in t for t in texts(told["名单/就业服务机构"]))


def test_visit_forms_hold_a_page_for_everybody_new_and_no_formula(towns_night: dict[str, Path]) -> None:
    book = opened(towns_night["分镇街/北塬镇-走访表"])
    sheet = book["走访表"]
    shown = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert [c.value for c in shown].count("入户走访表") == 2 and len(sheet.row_breaks.brk) == 1
    assert {LONG, RARE, f"系统记载：{RARE}"} <= {c.value for c in shown} and {c.data_type for c in shown} == {"s"}
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) in ((9, "portrait"), ("9", "portrait"))
    assert "150102********1234" in {c.value for c in shown}


def test_a_form_stays_on_its_page_whatever_the_names() -> None:
    told = {"name": LONG, "owner": LONG, "address": "江西省新余市渝水区" * 9, "reasons": "上门核对就业情况。" * 20, "clauses": "XY-5.3", "entries": "1-1",
            "education": "大学专科和职业学院", "certificate_no": "3605" * 8, "basis": ["4050", "land"], "wish": "就业,创业"}  # fmt: skip
    person = dict.fromkeys((*TOLD, "last_contact", "due_date", "ethnicity", "marital", "job_lost_on", "paper")) | told
    for form in (visit_form(person, ""), application(person)):
        assert sum(height for height, _ in form.rows) <= PAGE_POINTS
        assert {sum(box.across for box in boxes) for _, boxes in form.rows} == {len(form.widths)}
    assert "☑ 失地人员" in str(application(person)) and "☑ 残疾失业人员" not in str(application(person))


def test_a_column_full_of_towns_does_not_become_thousands_of_workbooks() -> None:
    con = empty_town()
    for n in range(MOST_TOWNS + 5):
        line(con, "O11", n, town=f"第{n:03d}村")
    name_towns(con)
    con.execute(TOWNS)
    files = {file for (file,) in con.execute("select file from report_town").fetchall()}
    assert len(files) == MOST_TOWNS + 1 and "其他镇街" in files


def test_lists_print_on_landscape_with_headings_repeated(full: dict[str, Path]) -> None:
    for sheet in opened(full["名单/就业服务机构"]).worksheets[1:]:
        assert sheet.page_setup.orientation == "landscape" and sheet.oddFooter.right.text and sheet.print_title_rows
        assert header_row(sheet) > 0


def test_a_list_sheet_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError):
        list_sheet("O02", "x", "y", "name no_such_column")


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.dates(date(2023, 1, 1), date(2024, 12, 31)))
def test_each_book_comes_once_a_period_on_the_first_night_after_its_ready_day(steps: list[int], first: date) -> None:
    nights = [first]
    for step in steps:
        nights.append(nights[-1] + timedelta(days=step))
    for book in PERIODIC:
        came = [(night, d.period) for before, night in zip([None, *nights], nights, strict=False)
                for d in due_books((book.pack,), first, before, night) if d.book == book]  # fmt: skip
        assert len({period for _, period in came}) == len(came)
        wanted: dict[str, date] = {}
        for night in nights:
            start = night.replace(month=1, day=1) if book.is_yearly else night.replace(day=1)
            told = night if book.tells_of_own_month else start - timedelta(days=1)
            if night >= start.replace(day=book.ready_day) and told >= first:
                wanted.setdefault(f"{told:%Y}" if book.is_yearly else f"{told:%Y-%m}", night)
        assert dict((p, n) for n, p in came) == wanted


JUN03, JUN25, JUL05, JUL06 = "2024-06-03", "2024-06-25", "2024-07-05", "2024-07-06"
PACKS_IN_USE = ("jining", "xinyu", "neimenggu")
POSTS = (("G1", "2024-06-29"), ("G2", ""), ("G3", "2024-05-31"), ("G4", "2024-12-31"))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Four nights: people come in, one is decided on and one deregistered, the monthly books fall due, a day later."""
    town = Town.found(tmp_path_factory.mktemp("books") / "ws", *PACKS_IN_USE, books=True)
    place = {"镇街": "北塬镇", "村居": "前湾村", "联系电话": "14300000007"}
    town.tell(
        town.person("1990-01-01", name="甲某某"),
        jobless("2024-04-10", **place),
        recognised("残疾", "2024-04-20"),
        service("2024-06-20", "岗位推荐", JUL05),
    )
    town.tell(town.person("1991-01-01", name="乙某某"), jobless("2024-04-11", until=JUN25, **place), recognised("残疾", "2024-04-20"),
              registered("2024-04-11", JUN25, 注销日期="2024-06-12", **place))  # fmt: skip
    town.tell(
        town.person("1970-01-01", name="丙某某"),
        jobless("2024-05-20", **place),
        housed("江西省新余市渝水区", book="H1"),
    )
    town.drop("岗位需求_20240603_全量.csv", [
        {"岗位编号": n, "单位名称": "甲厂", "岗位名称": "包装工", "招聘人数": "2", "发布日期": "2024-05-01", "截止日期": end} for n, end in POSTS
    ])  # fmt: skip
    town.night(JUN03)
    (asked,) = [e for e in town.nights[JUN03].entries(op="ADD", track="H", pack="xinyu")]
    town.deliver("核查结果", JUN25, "增量", [{"台账流水号": asked["entry_id"], "核查结论": "确认", "核查人": "张三", "审核环节": "审核", "核查日期": "2024-06-24"}])  # fmt: skip
    for day in (JUN25, JUL05, JUL06):
        town.night(day)
    return town


def books_of(night: Night) -> dict[str, Path]:
    root = night.folder / "workbooks"
    return {p.relative_to(root).with_suffix("").as_posix(): p for p in sorted(root.rglob("*.xlsx"))}


def test_monthly_books_come_on_the_first_night_after_the_fourth_and_never_again(town: Town) -> None:
    monthly = {day: [n for n in books_of(night) if n.startswith("月报/")] for day, night in town.nights.items()}
    assert monthly[JUL05] == sorted([
        "月报/企业岗位需求台账 2024-06", "月报/新余援助台账 2024-06", "月报/登记失业人员服务台账 2024-06", "月报/资金调度 2024-06",
        "月报/重点群体就业需求台账 2024-06", "月报/镇街记分牌 2024-06",
    ])  # fmt: skip
    assert (monthly[JUN03], monthly[JUN25], monthly[JUL06]) == ([], [], [])


def test_who_was_deregistered_stays_in_the_needs_ledger_with_a_note(town: Town) -> None:
    sheet = opened(books_of(town.nights[JUL05])["月报/重点群体就业需求台账 2024-06"])["需求台账"]
    rows = {r["姓名"]: r for r in rows_of(sheet)}
    assert set(rows) == {"甲某某", "乙某某"}
    assert "2024-06-12注销" in rows["乙某某"]["备注"] and rows["甲某某"]["备注"] is None
    assert (rows["甲某某"]["就业需求"], rows["甲某某"]["本月推荐岗位"], rows["甲某某"]["包保责任人"]) == (
        "有",
        1,
        "李站长",
    )
    lines = town.nights[JUL05].rows("lists/O16")
    assert {str(r["due_date"]) for r in lines} == {JUL05} and {r["clause"] for r in lines} == {"JN-1.3", "JN-2.3"}
    entries = {e["entry_id"] for night in town.nights.values() for e in night.entries(pack="jining", track="L")}
    assert {r["entry_id"] for r in lines if r["clause"] == "JN-1.3"} <= entries


def test_the_job_ledger_keeps_what_ran_out_in_its_month_with_a_remark(town: Town) -> None:
    sheet = opened(books_of(town.nights[JUL05])["月报/企业岗位需求台账 2024-06"])["岗位台账"]
    remarks = {r["岗位编号"]: r["备注"] for r in rows_of(sheet)}
    assert remarks == {"G1": "已过期", "G2": "没有截止日期，待核实", "G4": None}


def test_a_candidate_has_a_form_and_a_decision_is_told_and_written_back(town: Town) -> None:
    form = books_of(town.nights[JUN03])["认定申请表/北塬镇"]
    assert opened(form).sheetnames == ["目录", "1"]
    shown = texts(form, "1")
    assert {"丙某某", "☑ 城镇“4050”人员　☑ 零就业家庭成员　□ 残疾失业人员\n□ 城乡脱贫劳动力　□ 失地人员"} <= set(shown)
    assert [len(town.nights[d].rows("lists/O23")) for d in (JUN03, JUN25, JUL05)] == [1, 0, 0]
    back = books_of(town.nights[JUN25])["回写"]
    assert "丙某某" in texts(back, "认定退出与注销") and "回写" not in books_of(town.nights[JUN03])
    assert [r["clause"] for r in town.nights[JUN25].rows("lists/O24")] == ["XY-1.1"]
    assert "丙某某" in texts(books_of(town.nights[JUN25])["名单/就业服务机构"], "决定告知")
    assert "丙某某" not in texts(books_of(town.nights[JUL05])["名单/就业服务机构"], "决定告知")


def town_rows(town: Town, day: str, sheet: str) -> list[dict[str, Any]]:
    return rows_of(opened(books_of(town.nights[day])["分镇街/北塬镇"])[sheet])


def test_what_must_be_done_stands_until_it_is_done_and_what_is_sent_is_sent_once(town: Town) -> None:
    posts = {
        day: {r["流水号"]: (r["已提供"], r["应提供"], r["今夜新列"]) for r in town_rows(town, day, "服务缺口")
              if r["姓名"] == "甲某某" and r["服务"] == "岗位推荐：中短期失业"} for day in (JUL05, JUL06)
    }  # fmt: skip
    assert [list(posts[day].values()) for day in (JUL05, JUL06)] == [[(1, 3, "新")], [(1, 3, None)]]
    assert set(posts[JUL05]) == set(posts[JUL06])
    assert "甲某某" in {r["姓名"] for r in town_rows(town, JUN03, "候选人员")}
    later = {
        sheet: {r["姓名"] for r in town_rows(town, JUN25, sheet)} for sheet in ("候选人员", "走访任务", "回访任务")
    }
    # Candidates are told of once; the visit of the first review stands until the county's yes, and who was deregistered has no
    # half-year to be followed.
    assert {r["姓名"] for r in town_rows(town, JUN03, "走访任务")} >= {"丙某某"}
    assert later == {"候选人员": {"今夜没有新的"}, "走访任务": {"目前没有"}, "回访任务": {"甲某某"}}
    assert {r["服务"] for r in town_rows(town, JUN25, "服务缺口")} == {"四清信息", "援助计划或协议"}
    assert "甲某某" not in {r["姓名"] for r in town_rows(town, JUL06, "候选人员")}


def test_the_recognised_are_in_the_ledger_of_xinyu_though_nothing_was_found_of_them(town: Town) -> None:
    sheet = opened(books_of(town.nights[JUL05])["月报/新余援助台账 2024-06"])["援助台账"]
    assert {r["姓名"]: r["状态"] for r in rows_of(sheet)} == {n: "已认定 H4" for n in ("甲某某", "乙某某", "丙某某")}


def test_an_update_says_what_was_and_what_is(town: Town) -> None:
    rows = rows_of(opened(books_of(town.nights[JUN25])["台账增量"])["更新 UPD"])
    tiers = {r["姓名"]: r["变化"] for r in rows if (r["变化"] or "").startswith("分级")}
    assert tiers == {"丙某某": "分级：短期失业 → 中短期失业", "乙某某": "分级：中短期失业 → 无"}
    assert {"乙某某": "依据：去掉 就业困难人员"}.items() <= {
        r["姓名"]: r["变化"] for r in rows if r["条款"].startswith("JN-1.3")
    }.items()
    assert {r["人员编号"] for r in rows} == {
        town.ask("select person_id from person where name = ?", n)[0]["person_id"] for n in tiers
    }


def test_no_birth_date_is_shown_and_no_cell_is_a_formula(town: Town) -> None:
    for night in town.nights.values():
        for path in books_of(night).values():
            cells = [c for s in opened(path) for row in s.iter_rows() for c in row if c.value is not None]
            assert not [
                c.coordinate for c in cells if c.data_type == "f" or re.search("19(90|91|70)0101", str(c.value))
            ]
