"""What a reviewer said of a line holds for the line that the office tells in its place, as long as it names the same person by
the same number. All people are invented."""

from typing import Any

import pytest

from tests.nightshift import Someone, benefit, death, stop
from tests.unjudged_nights import UnjudgedTown

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-05")
HOME = {"镇街": "东区街道", "电话": "13800000001"}
KINDS = {"a roster's": "unemployment_benefit", "a register's": "death", "the same": "death", "another name": "death"}
NAMES = ("欧阳若兰", "司马青云", "上官婉清", "诸葛明月")
SAID = {"a roster's": "非同一人", "a register's": "非同一人", "the same": "同一人", "another name": "同一人"}


class Played:
    """Each has a line of another list: linked by number, linked by name and birth date, and two that only fit by name. Night 1:
    links and questions. Night 2: an officer's word. Nights 3 and 4: the office tells the lines anew, with another cell. A quiet night."""

    def __init__(self, town: UnjudgedTown) -> None:
        self.town = town
        self.cast = {label: town.person(f"1970-03-{n:02d}", "女", name=name) for n, (label, name) in enumerate(zip(SAID, NAMES, strict=True), 5)}  # fmt: skip
        for label, who in self.cast.items():
            town.tell(who, stop("2024-03", **HOME))
            town.tell(who, *(self.line(label, who, n) for n in range(3)))
        self.nights = [town.night(DAYS[0])]
        self.ids = {label: town.person_id(who) for label, who in self.cast.items()}
        self.first = {label: self.standing(label) for label in SAID}
        town.deliver("核查结果", DAYS[1], "增量", [self.word(label, verdict) for label, verdict in SAID.items()])
        self.stood = []
        for day in DAYS[1:]:
            self.nights.append(town.night(day))
            self.stood.append({label: self.standing(label) for label in SAID})

    def line(self, label: str, who: Someone, telling: int) -> Any:
        since, until = (
            ("", DAYS[2]) if telling == 0 else (DAYS[telling + 1], DAYS[telling + 2] if telling == 1 else "9999")
        )
        if label == "a roster's":
            return benefit("202405", f"20241{telling}", since, until)
        told = {"证件号码": "", "性别": "女", "出生日期": who.birth.isoformat(), "备注": str(telling)}
        told |= HOME if label == "a register's" else {}
        told |= {"姓名": "慕容秋水"} if label == "another name" and telling else {}
        return death("2024-05-2" + str(telling), since, until, **told)

    def standing(self, label: str) -> dict[str, Any]:
        names = [self.cast[label].name, *(["慕容秋水"] if label == "another name" else [])]
        rows = self.town.ask(f"select * from standing_{KINDS[label]} where list_contains(?, name)", names)
        assert len(rows) == 1
        return rows[0]

    def word(self, label: str, verdict: str) -> dict[str, str]:
        row = self.first[label]
        told = {"台账流水号": f"{row['delivery_id']}:{row['row_no']}", "核查结论": verdict, "核查人": "张三"}
        return told | {"审核环节": "审核", "核查日期": DAYS[1]}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    town = UnjudgedTown.found(tmp_path_factory.mktemp("anew") / "town", "zhongshan")
    return Played(town)  # type: ignore[arg-type]


def test_lines_are_links_and_questions_first(played: Played) -> None:
    assert [played.first[label]["match_status"] for label in SAID] == ["linked", "linked", "review", "review"]
    assert len({night["a roster's"]["record_id"] for night in played.stood}) == 3


def test_a_roster_line_that_was_split_off_stays_the_person_of_its_own(played: Played) -> None:
    people = {night["a roster's"]["person_id"] for night in played.stood}
    assert len(people) == 1 and played.ids["a roster's"] not in people
    assert {night["a roster's"]["rule"] for night in played.stood} == {"reviewer"}


def test_a_register_line_that_was_split_off_stays_nobodys(played: Played) -> None:
    assert [night["a register's"]["match_status"] for night in played.stood] == ["not_linked"] * 4


def test_a_line_that_was_said_to_be_somebodys_stays_theirs(played: Played) -> None:
    found = [(night["the same"]["person_id"], night["the same"]["rule"]) for night in played.stood]
    assert found == [(played.ids["the same"], "reviewer")] * 4


def test_a_line_that_names_somebody_else_is_asked_anew(played: Played) -> None:
    assert [night["another name"]["rule"] == "reviewer" for night in played.stood] == [True, False, False, False]


def test_a_quiet_night_changes_nothing(played: Played) -> None:
    assert played.nights[-1].rows("match_log") == []
