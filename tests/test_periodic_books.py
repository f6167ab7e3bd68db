"""What the periodic books say, each on the night when it is due: progress and funds of Jining, the ledgers of the places, the
scores of towns and counties. All people are invented."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.jining_progress import MEASURES
from tests.more_said import housed, jobless, marital, paid, recognised, visited
from tests.nightshift import Town, service, stop
from tests.test_workbooks import rows_of

JUN26, JUL04, JAN04 = "2024-06-26", "2024-07-04", "2025-01-04"
PLACE = {"镇街": "北塬镇", "村居": "前湾村"}
ASKED_OF_ALL = {"学历": "初中", "技能": "电工", "身体状况": "健康", "培训意愿": "愿意", "就业需求": "保洁员"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A woman of 49, divorced with a child, who lost her job and is known to every place, and a recognised man of no
    household, whose town is written short; a public post of three places, one that ran out, and three answers about
    satisfaction."""
    town = Town.found(
        tmp_path_factory.mktemp("ws") / "ws", "zhongshan", "shandong", "jining", "xinyu", "neimenggu", books=True
    )
    town.tell(
        town.person("1975-01-01", "女", name="甲某某"), stop("2023-11", **PLACE), jobless("2023-12-01", **PLACE, **ASKED_OF_ALL),
        service("2024-06-20", "岗位推荐", 联系方式="电话"), visited("2024-06-21"),
        housed("山东省甲市", book="H1"), marital("离婚", "2020-03-02", child="2012-05-01"),
        paid("社会保险补贴", "2024-05", "2024-06", 发放日期="2024-06-10"),
    )  # fmt: skip
    town.tell(
        town.person("1970-01-01", name="乙某某"), jobless("2024-04-10", **PLACE | {"镇街": "北塬"}), recognised("残疾", "2024-04-20"),
        paid("社会保险补贴", "2024-02", "2024-03", 发放日期="2024-04-10"),
    )  # fmt: skip
    posts = (("G1", "2024-12-31", "是"), ("G2", "2024-05-31", "是"), ("G3", "2024-12-31", "否"))
    town.drop("岗位需求_20240626_全量.csv", [
        {"岗位编号": n, "单位名称": "甲厂", "岗位名称": "保洁员", "招聘人数": "3", "发布日期": "2024-05-01", "截止日期": end, "公益性岗位": public}
        for n, end, public in posts
    ])  # fmt: skip
    town.drop("投诉与满意度_20240626_全量.csv", [
        {"日期": f"2024-06-1{n}", "类型": "满意度", "区域": "北塬镇", "结果": said} for n, said in enumerate(("满意", "基本满意", "不满意"))
    ])  # fmt: skip
    for day in (JUN26, JUL04, JAN04):
        town.night(day)
    return town


def sheet(town: Town, day: str, book: str, name: str) -> list[dict[str, Any]]:
    return rows_of(openpyxl.load_workbook(Path(town.nights[day].folder) / "workbooks" / "月报" / f"{book}.xlsx")[name])


def test_the_progress_table_has_a_row_for_each_measure_and_a_figure_where_one_is_known(town: Town) -> None:
    rows = sheet(town, JUN26, "工作落实情况 2024-06", "工作落实情况")
    told = {r["条目"]: r["工作落实情况"] for r in rows}
    assert [(r["条目"], r["具体推进措施"]) for r in rows] == [(m.number, m.measure) for m in MEASURES]
    assert (
        told["5（1）"] == "在招和储备 3 个；在岗 0 人"
        and told["2（3）"] == "本月发布岗位 0 个"
        and told["10"] == "本月收到 3 份"
    )
    assert {r["备注"] for r in rows if r["工作落实情况"] is None} == {"本系统没有此项数据，请填写"}
    assert {str(r["due_date"]) for r in town.nights[JUN26].rows("lists/O17")} == {"2024-06-27"}


def test_the_funds_sheet_adds_up_months_quarter_and_year(town: Town) -> None:
    (row,) = sheet(town, JUL04, "资金调度 2024-06", "资金")
    sums = ("本月支出（元）", "本月人数", "本季支出（元）", "本年累计（元）", "本年人数", "本年预算（元，请填）")
    assert tuple(row[name] for name in sums) == (500, 1, 1000, 1000, 2, None)


def test_a_town_is_one_row_of_the_scores_however_it_is_written(town: Town) -> None:
    (row,) = sheet(town, JUL04, "镇街记分牌 2024-06", "镇街")
    told = ("镇街", "台账人数", "信息齐全", "再就业待确认", "当月已联系")
    assert tuple(row[name] for name in told) == ("北塬镇", 2, 0.5, 0, 1)
    assert sheet(town, JUL04, "镇街记分牌 2024-06", "满意度") == [
        {"区域": "北塬镇", "本年答卷": 3, "满意": 2, "不满意": 1, "其他回答": 0, "满意率": pytest.approx(2 / 3)}
    ]


def test_counties_are_scored_once_a_year(town: Town) -> None:
    (row,) = sheet(town, JAN04, "县区年度记分牌 2024", "县区")
    assert (row["台账人数"], row["接受过服务"], row["再就业已确认"], row["登记满半年"]) == (2, 1, 0, 2)


@pytest.mark.parametrize(
    ("book", "name", "who", "shown"),
    [
        (
            "中年失业群体服务台帐",
            "服务台帐",
            {"甲某某", "乙某某"},
            {"停保原因": "合同期满", "就业需求": "保洁员", "停保日期": datetime(2023, 11, 30)},
        ),
        (
            "山东援助台账",
            "援助台账",
            {"甲某某"},
            {
                "类别": "城镇大龄失业、单亲抚养未成年子女",
                "户籍性质": "城镇",
                "失业登记日期": datetime(2023, 12, 1),
                "状态": "候选 L1",
                "列入日": datetime(2024, 6, 26),
                "服务次数": 1,
                "最近服务": datetime(2024, 6, 20),
                "援助协议日期": None,
                "最小子女满十八岁": datetime(2030, 5, 1),
                "责任人": "王站长",
                "备注": "离婚（2020-03-02），抚养未成年子女，最小子女2030-05-01满18周岁，列入援助台账。",
            },
        ),
        ("新余援助台账", "援助台账", {"乙某某"}, {}),
        ("登记失业人员服务台账", "服务台账", {"甲某某", "乙某某"}, {"分级": "长期失业"}),
    ],
)
def test_the_ledger_of_each_place(town: Town, book: str, name: str, who: set[str], shown: dict[str, Any]) -> None:
    rows = {r["姓名"]: r for r in sheet(town, JUL04, f"{book} 2024-06", name)}
    assert set(rows) == who
    assert {k: rows["甲某某"][k] for k in shown} == shown
