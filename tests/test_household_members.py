"""Members of a household whom no roster makes known: what other offices say of exactly their numbers counts for the family."""

from collections.abc import Mapping

import pytest

from tests.more_said import housed, income, jobless, own_pack
from tests.nightshift import Said, Someone, Town, licence, pension

DAY = "2024-06-30"
HOME = "江西省新余市"
SET = {"average_income": 20000}
ZERO, REVIEW, ADDED = "XY-1.2 ADD", "SD-2.2 REVIEW", "SD-2.2 ADD"
STUDENT = Said("学籍毕业生", {"学校": "某大学", "学历层次": "本科", "全日制": "是", "入学日期": "2023-09-01"})
SOLDIER = Said("兵役", {"入伍日期": "2023-09-01"})
PRISONER = Said("服刑", {"收监日期": "2023-09-01", "执行方式": "收监执行"})
ON_PROBATION = Said("服刑", {"收监日期": "2023-09-01", "执行方式": "缓刑"})
INCAPABLE = Said("劳动能力鉴定", {"鉴定结论": "完全丧失", "鉴定日期": "2023-09-01"})
WORKS = Said("就业登记", {"就业形式": "单位就业", "就业日期": "2024-06-30"})
WORKED = Said("就业登记", {"就业形式": "单位就业", "就业日期": "2024-01-01", "终止日期": "2024-06-29"})
RETIRED, PAUSED = pension("2023-09-01"), pension("2023-09-01", 发放状态="暂停")
SHOP = licence("2023-09-01")
DIVIDEND = Said("收入", {"年度": "2023", "收入类型": "投资", "金额": "300"})


def of_another_name(said: Said) -> Said:
    return Said(said.kind, dict(said.cells) | {"姓名": "慕容听雨"})


# The third member beside a couple of registered jobless: birthday, what is said of them, what the couple is told.
THIRD: Mapping[str, tuple[str, Said | None, set[str]]] = {
    "a child": ("2012-01-01", None, {ADDED, ZERO}),
    "without work or registration": ("2000-01-01", None, {ZERO}),
    "at university": ("2003-01-01", STUDENT, {REVIEW, ZERO}),
    "in the army": ("2003-01-02", SOLDIER, {REVIEW, ZERO}),
    "in custody": ("1990-01-03", PRISONER, {REVIEW, ZERO}),
    "on probation": ("1990-01-04", ON_PROBATION, {ZERO}),
    "unable to work": ("1990-01-05", INCAPABLE, {REVIEW, ZERO}),
    "registered as employed that day": ("1990-01-06", WORKS, set()),
    "registered as employed until the day before": ("1990-01-07", WORKED, {ZERO}),
    "past work, with a dividend": ("1950-01-08", DIVIDEND, {REVIEW, ZERO}),
    "retired": ("1985-01-10", RETIRED, {ADDED, ZERO}),
    "with a paused pension": ("1985-01-11", PAUSED, {ZERO}),
    "retired under another name": ("1985-01-12", of_another_name(RETIRED), {ZERO}),
    "at university under another name": ("2003-01-09", of_another_name(STUDENT), {ZERO}),
    "in business": ("1990-01-13", SHOP, {REVIEW}),
}  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    folder = tmp_path_factory.mktemp("members")
    town = Town.found(folder / "town", own_pack(folder / "packs", "shandong", SET), "xinyu")
    heads: dict[str, Someone] = {}

    def book(number: str, kind: str = "城镇") -> Said:
        return Said("户籍", dict(housed(HOME, kind=kind).cells) | {"户号": number})

    def family(label: str, birth: str, *said: Said, kind: str = "城镇", name: str = "") -> None:
        places = {"户籍性质": kind, "常住地类型": kind}
        number = f"H{len(heads)}"
        heads[label] = town.tell(town.person("1985-05-05"), jobless("2024-01-10", **places), book(number, kind))
        if kind == "城镇":
            town.tell(town.person("1986-06-06", "女"), jobless("2024-01-10", **places), book(number))
        town.tell(town.person(birth, name=name), book(number, kind), *said)

    for label, (birth, said, _) in THIRD.items():
        family(label, birth, *([said] if said else []))
    family(
        "a conscript spelt otherwise",
        "2003-01-14",
        Said(SOLDIER.kind, dict(SOLDIER.cells) | {"姓名": "張偉國"}),
        name="张伟国",
    )
    for label, amount in (("half the average", "20000"), ("a fen above", "20000.02")):
        family(label, "1986-01-01", income(2023, amount), kind="农村")
    town.night(DAY)
    return town, heads


def told(town: Town, who: Someone) -> set[str]:
    clauses = ("SD-2.2", "SD-2.8", "XY-1.2")
    return {f"{e['clause']} {e['op']}" for e in town.entries(who, DAY) if e["clause"] in clauses}


@pytest.mark.parametrize("label", THIRD)
def test_a_member_nobody_made_known_counts_for_the_family(played: tuple[Town, dict[str, Someone]], label: str) -> None:
    town, heads = played
    assert told(town, heads[label]) == THIRD[label][2]


def test_the_same_name_written_otherwise_is_the_same(played: tuple[Town, dict[str, Someone]]) -> None:
    town, heads = played
    assert told(town, heads["a conscript spelt otherwise"]) == {REVIEW, ZERO}


@pytest.mark.parametrize(("label", "expected"), [("half the average", {"SD-2.8 ADD"}), ("a fen above", set())])
def test_the_income_of_such_a_member_is_shared(
    played: tuple[Town, dict[str, Someone]], label: str, expected: set[str]
) -> None:
    town, heads = played
    assert told(town, heads[label]) == expected
