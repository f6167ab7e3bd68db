"""Two differently written lines of one extract that fit one person: both are linked where one may have several, and one waits
where the extract has a person on one line. A night without a delivery changes neither. All people are invented."""

from pathlib import Path

import pytest

from tests.nightshift import Town, registered
from tests.unjudged_nights import UnjudgedTown

NIGHTS = ("2024-05-31", "2024-06-20", "2024-07-01")
KINDS = {
    "群团名单": ({"群团组织": "工会", "列入日期": "2024-05-20"}, ["linked", "review"]),
    "服务记录": ({"服务日期": "2024-05-20", "服务类型": "职业指导"}, ["linked", "linked"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_that_another_outdoes_waits_where_each_has_one(kind: str, tmp_path: Path) -> None:
    told, expected = KINDS[kind]
    town: Town = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    who = town.person("1968-12-22", "女", name="赵庆东")
    home = {"联系电话": "14212345678", "镇街": "东区", "村居": "乙村", "性别": "女", "出生日期": "1968-12-22"}
    town.tell(who, registered("2024-05-01", **home))
    slipped = who.number[:7] + "3" + who.number[8:]  # born in 1368
    rows = [
        {"姓名": who.name, "证件号码": slipped, "出生日期": home["出生日期"], "镇街": home["镇街"]},
        {"姓名": "赵?东", "证件号码": ""} | home | {"村居": ""},
    ]
    town.deliver(kind, NIGHTS[0], "全量", [row | told for row in rows])
    first, *later = [town.night(day) for day in NIGHTS]
    found = [m["match_status"] for m in first.rows("match_log") if m["kind"] != "unemployment_registration"]
    assert found == expected
    assert [night.rows("match_log") for night in later] == [[], []]
