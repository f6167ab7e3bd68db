"""What a roster tells of somebody counts on the night that it comes: the same night leaves nothing for the night after. All
people are invented."""

from pathlib import Path

import pytest

from tests.nightshift import Town, death, registered, service
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"
PHONE = {"联系电话": "14212345678"}


@pytest.mark.parametrize("since", [MAY, JUNE], ids=["with the person", "later"])
@pytest.mark.parametrize("name", ["欧阳若兰", "欧阳若蓝"], ids=["the same name", "the name misspelt"])
def test_a_phone_told_tonight_finds_tonights_row(tmp_path: Path, since: str, name: str) -> None:
    town: Town = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    who = town.person("1975-04-18", "女", name="欧阳若兰")
    vague = {"证件号码": "", "出生日期": who.birth.isoformat(), "性别": "女"} | PHONE
    town.tell(who, registered("2024-05-01"), service("2024-05-20", "职业指导", since, 姓名=name, **PHONE), death("2024-05-25", since, **vague))  # fmt: skip
    for day in (MAY, JUNE, JULY):
        town.night(day)
    (row,) = [m for m in town.nights[since].rows("match_log") if m["kind"] == "death"]
    assert (row["match_status"], row["person_id"]) == ("linked", town.person_id(who))
    assert town.nights[JULY].rows("match_log") == []
