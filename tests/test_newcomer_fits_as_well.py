"""A presumed link is asked again when somebody comes who fits as well, however name and phone are written."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import AREA, Said, Someone, registered
from tests.unjudged_nights import UnjudgedTown

MAY31, JUN20 = "2024-05-31", "2024-06-20"
LIST = {"群团组织": "工会", "列入日期": "2024-05-01"}
LINKS = """
select s.name, p.id_number from standing_mass_organisation_list as s left join person as p using (person_id)
where s.match_status = 'linked'
"""


@dataclass(frozen=True)
class Case:
    """Who is known, a row that fits them alone on the first night, and who else it fits from the second on."""

    first: Someone
    row: Said
    newcomer: Someone
    cells: dict[str, str]


def numbered_alike(first: Someone) -> Someone:
    """Somebody of another birth date whose number has the same first and last four digits."""
    for days in range(400):
        born = date(1980, 1, 1) + timedelta(days=days)
        other = identity_number(AREA, born, int(first.number[14:17]))
        if other[14:] == first.number[14:]:
            return replace(first, number=other, birth=born)
    raise AssertionError("one in eleven is alike")


def of_a_name(serial: int, name: str, again: str) -> Case:
    born = date(1971, 3, serial % 28)
    first = Someone(name, identity_number(AREA, born, serial), "男", born)
    row = Said("群团名单", LIST | {"证件号码": f"{first.number[:4]}**********{first.number[14:]}"})
    return Case(first, row, replace(numbered_alike(first), name=again), {})


def of_a_phone(serial: int, name: str, again: str, phone: str, said: str) -> Case:
    born = date(1975, 8, serial % 28)
    first = Someone(name, identity_number(AREA, born, serial), "女", born)
    cells = {"性别": "女", "出生日期": f"1975-{serial % 28:02d}-08", "联系电话": phone}
    newcomer = Someone(again, identity_number(AREA, born, serial + 2), "女", born)
    return Case(first, Said("群团名单", LIST | {"证件号码": ""} | cells), newcomer, {"联系电话": said})


NAMES = {
    "dot": of_a_name(471, "阿依古丽·买买提", "阿依古丽·买买提"),
    "bullet": of_a_name(573, "古丽娜尔·吐尔逊", "古丽娜尔•吐尔逊"),
    "blank": of_a_name(675, "斯琴高娃·巴特尔", "斯琴高娃 巴特尔"),
}
PHONES = {
    "plain": of_a_phone(312, "谭晓红", "谭小红", "14200000001", "14200000001"),
    "dashes": of_a_phone(314, "乔春燕", "乔春艳", "14200000002", "+86 142-0000-0002"),
    "a note": of_a_phone(318, "莫文英", "莫文瑛", "14200000003", "142 0000 0003（本人）"),
}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """After each of two nights of one town: the numbers to which the rows are linked, by the rows' names."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("newcomers") / "town", "zhongshan")
    for n, case in enumerate((NAMES | PHONES).values(), 11):
        own = case.cells or {"联系电话": f"142000000{n}"}
        town.tell(case.first, registered("2024-05-01", **own), case.row)
        town.tell(case.newcomer, registered("2024-06-01", JUN20, **case.cells))
    found = []
    for day in (MAY31, JUN20):
        town.night(day)
        found.append({r["name"]: r["id_number"] for r in town.ask(LINKS)})
    return found


@pytest.mark.parametrize("how", NAMES)
def test_a_newcomer_of_the_same_name_is_seen(linked: list[dict[str, str]], how: str) -> None:
    first = NAMES[how].first
    assert [night.get(first.name) for night in linked] == [first.number, None]


@pytest.mark.parametrize("how", PHONES)
def test_a_newcomer_with_the_same_phone_is_seen(linked: list[dict[str, str]], how: str) -> None:
    first = PHONES[how].first
    assert [night.get(first.name) for night in linked] == [first.number, None]
