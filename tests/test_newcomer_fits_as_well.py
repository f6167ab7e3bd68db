"""A presumed link is asked again when somebody comes who fits as well, however name and phone are written."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import AREA, Said, Someone, registered
from tests.unjudged_nights import UnjudgedTown

MAY31, JUN20 = "2024-05-31", "2024-06-20"
LIST = {"群团组织": "工会", "列入日期": "2024-05-01"}


def after_a_newcomer(root: Path, first: Someone, row: Said, newcomer: Someone, **cells: str) -> list[str | None]:
    """The persons' numbers to whom the row is linked after each night; None: an open question."""
    town = UnjudgedTown.found(root, "zhongshan")
    town.tell(first, registered("2024-05-01", **cells | {"联系电话": "14200000001"}))
    town.tell(first, row)
    town.tell(newcomer, registered("2024-06-01", JUN20, **cells))
    found = []
    for day in (MAY31, JUN20):
        town.night(day)
        links = "select p.id_number from standing_mass_organisation_list as s left join person as p using (person_id) where s.match_status = 'linked'"
        found.append(next((str(r["id_number"]) for r in town.ask(links)), None))
    return found


def numbered_alike(number: str) -> Someone:
    """Somebody of another birth date whose number has the same first and last four digits."""
    for days in range(400):
        born = date(1980, 1, 1) + timedelta(days=days)
        other = identity_number(AREA, born, 471)
        if other[14:] == number[14:]:
            return Someone("阿依古丽·买买提", other, "男", born)
    raise AssertionError("one in eleven is alike")


@pytest.mark.parametrize(
    "name", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽 买买提"], ids=["dot", "bullet", "blank"]
)
def test_a_newcomer_of_the_same_name_is_seen(tmp_path: Path, name: str) -> None:
    first = Someone("阿依古丽·买买提", identity_number(AREA, date(1971, 3, 9), 471), "男", date(1971, 3, 9))
    row = Said("群团名单", LIST | {"证件号码": f"{first.number[:4]}**********{first.number[14:]}"})
    newcomer = replace(numbered_alike(first.number), name=name)
    assert after_a_newcomer(tmp_path, first, row, newcomer) == [first.number, None]


@pytest.mark.parametrize(
    "phone", ["14200000001", "+86 142-0000-0001", "142 0000 0001（本人）"], ids=["plain", "dashes", "a note"]
)
def test_a_newcomer_with_the_same_phone_is_seen(tmp_path: Path, phone: str) -> None:
    born = date(1975, 8, 4)
    first = Someone("谭晓红", identity_number(AREA, born, 472), "女", born)
    row = Said("群团名单", LIST | {"证件号码": "", "性别": "女", "出生日期": "1975-04-08", "联系电话": "14200000001"})
    newcomer = Someone("谭小红", identity_number(AREA, born, 474), "女", born)
    assert after_a_newcomer(tmp_path, first, row, newcomer, 联系电话=phone) == [first.number, None]
