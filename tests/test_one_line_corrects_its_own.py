"""A line of a delta corrects the line of the same person, never another's that carries the same words for a number, the same
hidden digits or the same householder's number. All people are invented."""

from collections.abc import Mapping
from datetime import date

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import Town
from tests.unjudged_nights import UnjudgedTown

DAYS = ("2024-06-01", "2024-06-02")
AID = {"救助类别": "城市低保", "起始保障年月": "2024-01", "低保证号": "D1"}
DEATH, PENSION = {"死亡日期": "2024-05-20", "数据来源": "民政"}, {"待遇类别": "居民养老", "待遇开始日期": "2024-01-01"}
HOUSE = {"户主姓名": "欧阳大山", "户主身份证号": identity_number(442099, date(1960, 1, 1), 1), "与户主关系": "子"}
# What the lines of two people share, by kind; each comes on a night of its own.
SHARED: Mapping[str, tuple[str, dict[str, str]]] = {
    "a word": ("死亡", DEATH | {"证件号码": "不详"}),
    "another word": ("养老待遇", PENSION | {"证件号码": "同上"}),
    "one digit over and over": ("养老待遇", PENSION | {"证件号码": "111111111111111111"}),
    "hidden digits": ("死亡", DEATH | {"证件号码": "******19700305****"}),
    "a float's digits": ("养老待遇", PENSION | {"证件号码": "4.40102197003050E+17"}),
    "the householder's number": ("低保低收入", AID | HOUSE | {"证件号码": HOUSE["户主身份证号"]}),
}  # fmt: skip
BORN_APART = {"甘": "1970-03-05", "艾": "1971-04-06"}
VIEWS = {"死亡": "death", "养老待遇": "pension", "低保低收入": "low_income"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    place = UnjudgedTown.found(tmp_path_factory.mktemp("lines") / "town", "zhongshan")
    for day, surname in zip(DAYS, "甘艾", strict=True):
        for n, (kind, cells) in enumerate(SHARED.values()):
            row = {"姓名": f"{surname}{'一二三四五六'[n]}"} | cells
            place.deliver(kind, day, "增量", [row], note=str(n))
        place.deliver("养老待遇", day, "增量", [PENSION | {"姓名": "殷改正", "证件号码": "不详", "发放状态": {"甘": "正常", "艾": "终止"}[surname]}], note="same")  # fmt: skip
        place.deliver("死亡", day, "增量", [DEATH | {"姓名": "殷同名", "出生日期": BORN_APART[surname]}], note="born")
        place.run(day)
    return place


@pytest.mark.parametrize("label", SHARED)
def test_both_lines_stand(town: Town, label: str) -> None:
    kind, _ = SHARED[label]
    n = "一二三四五六"[list(SHARED).index(label)]
    rows = town.ask(f"select name from standing_{VIEWS[kind]} where name in (?, ?) order by 1", f"甘{n}", f"艾{n}")
    assert [r["name"] for r in rows] == [f"甘{n}", f"艾{n}"]


def test_a_line_of_the_same_name_is_corrected(town: Town) -> None:
    assert town.ask("select status from standing_pension where name = '殷改正'") == [{"status": "终止"}]


def test_two_of_one_name_born_apart_both_stand(town: Town) -> None:
    rows = town.ask("select birth_date from standing_death where name = '殷同名' order by 1")
    assert [str(r["birth_date"]) for r in rows] == sorted(BORN_APART.values())
