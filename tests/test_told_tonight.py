"""What a roster tells of somebody counts on the night that it comes: the same night leaves nothing for the night after. All
people are invented."""

from collections.abc import Iterator

import pytest

from tests.nightshift import Someone, Town, death, registered, service
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"
# Their name, how the roster with their phone writes it, and since when it does.
TOLD = {
    "the same name, with the person": ("欧阳若兰", "欧阳若兰", MAY),
    "the same name, later": ("司徒青山", "司徒青山", JUNE),
    "the name misspelt, with the person": ("上官文秀", "上官文绣", MAY),
    "the name misspelt, later": ("诸葛明芳", "诸葛明方", JUNE),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, dict[str, Someone]]]:
    town = UnjudgedTown.found(tmp_path_factory.mktemp("tonight") / "town", "zhongshan")
    cast = {}
    for number, (case, (name, written, since)) in enumerate(TOLD.items(), start=1):
        who = cast[case] = town.person(f"1975-0{number}-18", "女", name=name)
        phone = {"联系电话": f"1421234567{number}"}
        vague = {"证件号码": "", "出生日期": who.birth.isoformat(), "性别": "女"} | phone
        town.tell(who, registered("2024-05-01"), service("2024-05-20", "职业指导", since, 姓名=written, **phone), death("2024-05-25", since, **vague))  # fmt: skip
    for day in (MAY, JUNE, JULY):
        town.night(day)
    yield town, cast


@pytest.mark.parametrize("case", TOLD)
def test_a_phone_told_tonight_finds_tonights_row(played: tuple[Town, dict[str, Someone]], case: str) -> None:
    town, cast = played
    (row,) = town.held("standing_death", birth_date=cast[case].birth)
    (found,) = [m for m in town.nights[TOLD[case][2]].rows("match_log") if m["record_id"] == row["record_id"]]
    assert (found["match_status"], found["person_id"]) == ("linked", town.person_id(cast[case]))


def test_nothing_is_left_for_the_night_after(played: tuple[Town, dict[str, Someone]]) -> None:
    assert played[0].nights[JULY].rows("match_log") == []
