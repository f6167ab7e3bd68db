"""Posts through files, nights and ledger: the day before one ends, the day after, the turn of the month, a post taken down."""

import openpyxl
import pytest

from tests.more_said import ended, jobless, recognised
from tests.nightshift import Case, Stage, Town, aid, service

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")


def post(number: str, trade: str, until: str = "2024-12-31", **cells: str) -> dict[str, str]:
    return {"岗位编号": number, "单位名称": "甲厂", "岗位名称": trade, "招聘人数": "2", "发布日期": "2024-05-01", "截止日期": until} | cells  # fmt: skip


CLEANING = [post("A1", "保洁员", "2024-06-30"), *(post(f"A{n}", "保洁员") for n in range(2, 6))]
POSTS = [
    *CLEANING,
    post("B1", "搬运工", 年龄上限="45"),
    post("C1", "绿化工", 公益性岗位="是"),
    post("D1", "厨师"),
    post("E1", "仓管员", 招聘人数="1"),
]


def pushed(*numbers: str, kind: str = "vacancy") -> tuple[str, ...]:
    return tuple(f"T TASK JN-4.1 {kind}:{number}" for number in numbers)


def over(*numbers: str) -> tuple[str, ...]:
    return tuple(ended(line) for line in pushed(*numbers))


def seeker(case_id: str, birth: str, need: str, expect: dict[str, tuple[str, ...]], *more: object, **cells: str) -> Case:  # fmt: skip
    said = (jobless("2024-04-10", 就业需求=need, **cells), aid("2024-01"), *more)
    return Case(case_id, birth, said, expect, tracks="T", clause="JN-4.1")  # type: ignore[arg-type]


STORE = {"就业需求": "仓管员", "技能": "仓管员"}
FIRST = pushed("A1", "A2", "A3")
CASES = (
    seeker("one post ends with June, July owes three more", "1990-03-01", "保洁员", {JUN29: FIRST, JUL01: (*over("A1"), *pushed("A4", "A5"))}),
    seeker("staff recommended two in June", "1990-03-02", "保洁员", {JUN29: pushed("A1"), JUL01: (*over("A1"), *pushed("A2", "A3", "A4"))},
           service("2024-06-03", "岗位推荐", 岗位编号="X1"), service("2024-06-04", "岗位推荐", 岗位编号="X2")),
    seeker("turns 46 on the last of June", "1978-06-30", "搬运工", {JUN29: pushed("B1"), JUN30: over("B1")}),
    seeker("recognised on the last of June", "1990-03-04", "电工", {JUN30: pushed("C1", kind="public")}, recognised("4050", "2024-06-30", JUN30)),
    seeker("the post is taken down", "1990-03-05", "厨师", {JUN29: pushed("D1"), JUL02: over("D1")}),
    seeker("wants a course, not work", "1990-03-06", "保洁员", {}, 就业意愿="培训"),
    Case("one place, for the better fit, who then wants a course", "1990-03-07",
         (jobless("2024-04-10", until=JUN30, **STORE), jobless("2024-04-10", JUN30, 就业意愿="培训", **STORE), aid("2024-01")),
         {JUN29: pushed("E1"), JUN30: over("E1")}, tracks="T", clause="JN-4.1"),
    Case("fits as well and is registered longer, and stands on no ledger", "1990-03-09", (jobless("2024-01-01", **STORE),), {}, tracks="T", clause="JN-4.1"),
    seeker("one place, which is free the night after", "1990-03-08", "仓管员", {JUL01: pushed("E1")}),
)  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    town = Town.found(tmp_path_factory.mktemp("posts") / "town", "jining")
    cast = {case.id: case.play(town) for case in CASES}
    for day in NIGHTS:
        if day in (JUN29, JUL02):
            rows = [p for p in POSTS if day == JUN29 or p["岗位编号"] != "D1"]
            town.drop(f"岗位需求_{day.replace('-', '')}_全量.csv", rows)
        town.books = day == JUN29
        town.night(day)
    return Stage(town, cast)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_pushes_what_the_month_still_owes(played: Stage, case: Case) -> None:
    assert {day: tuple(sorted(lines)) for day, lines in played.posted(case).items()} == {day: tuple(sorted(lines)) for day, lines in case.expect.items()}  # fmt: skip


def test_the_ledger_says_what_ended_a_push(played: Stage) -> None:
    first = CASES[0].id
    assert "岗位已过期" in played.entry(first, JUL01, over("A1")[0])["reason"]
    assert "岗位已撤下" in played.entry("the post is taken down", JUL02, over("D1")[0])["reason"]
    assert "不再符合岗位要求" in played.entry("turns 46 on the last of June", JUN30, over("B1")[0])["reason"]


def test_the_list_has_a_line_for_each_post_and_the_sheet_explains_it(played: Stage) -> None:
    night = played.town.nights[JUN29]
    lines = [r for r in night.rows("lists/O19") if r["clause"] == "JN-4.1"]
    assert len({(r["person_id"], r["entry_id"]) for r in lines}) == len(lines) == 7
    sheet = openpyxl.load_workbook(night.folder / "workbooks" / "名单" / "就业服务机构.xlsx")["岗位推送"]
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    header = next(n for n, row in enumerate(rows) if "得分说明" in row)
    shown = [dict(zip(rows[header], row, strict=True)) for row in rows[header + 1 :] if row[0]]
    kitchen = next(r for r in shown if r["岗位"] == "厨师")
    assert (kitchen["得分"], kitchen["得分说明"], kitchen["月薪（元）"]) == (4, "意向4＝4", "面议")
