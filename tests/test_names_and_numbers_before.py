"""Who had another name or number before: 曾用名 beside a number, 原证件号码, and two numbers in one cell."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.nightshift import Said, Town, death, registered, stop

MAY31, JUN20, JUL01 = "2024-05-31", "2024-06-20", "2024-07-01"
LISTED = {"群团组织": "工会", "列入日期": "2024-06-01"}
AT_HOME = {"户号": "H1", "与户主关系": "户主", "户籍性质": "城镇", "户籍区划": "442000"}


class Played:
    """One town: some are known at the end of May, told of anew in June, and once more in July."""

    def __init__(self, town: Town) -> None:
        self.town = town
        known = {label: town.person(f"197{n}-03-04") for n, label in enumerate(("renamed", "unsaid", "recoded", "two", "late"))}  # fmt: skip
        other = town.person("1980-01-01")
        self.known = known
        self.now = {
            "renamed": replace(known["renamed"], name="欧阳若水"),
            "unsaid": replace(known["unsaid"], name="司徒若木"),
            "recoded": replace(known["recoded"], number=town.person("1972-03-04", area=442001).number),
            "late": replace(known["late"], number=town.person("1974-03-04", area=442001).number),
        }
        for label in ("renamed", "unsaid", "recoded", "two"):
            town.tell(known[label], stop("2024-04"), registered("2024-05-01"))
        town.tell(known["late"], registered("2024-05-01", JUL01))
        town.tell(self.now["renamed"], Said("群团名单", LISTED | {"曾用名": known["renamed"].name}, JUN20))
        town.tell(self.now["unsaid"], Said("群团名单", LISTED, JUN20))
        for label in ("recoded", "late"):
            town.tell(
                self.now[label], Said("户籍", AT_HOME | {"原证件号码": known[label].number, "户号": label}, MAY31)
            )
        both = f"{known['two'].number}、{other.number}"
        self.both = both
        town.tell(replace(known["two"], number=both), Said("群团名单", LISTED, JUN20))
        town.tell(self.now["renamed"], death("2024-06-30", JUL01))
        for day in (MAY31, JUN20, JUL01):
            town.night(day)

    def owner(self, kind: str, number: str) -> tuple[str, str]:
        """Status of the link and person of the standing row that came with this number."""
        query = f"select match_status, person_id from standing_{kind} where id_number = ?"
        (found,) = self.town.ask(query, number)
        return str(found["match_status"]), str(found["person_id"])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    yield Played(Town.found(tmp_path_factory.mktemp("before"), "zhongshan", "neimenggu"))


def test_a_former_name_beside_the_number_makes_no_second_person(played: Played) -> None:
    who = played.known["renamed"]
    assert played.town.ask("select name from person where id_number = ?", who.number) == [{"name": who.name}]
    assert {e["op"] for e in played.town.entries(who, JUN20)}.isdisjoint({"HOLD"})


def test_another_name_without_a_word_of_the_former_puts_both_on_hold(played: Played) -> None:
    who = played.known["unsaid"]
    assert len(played.town.ask("select name from person where id_number = ?", who.number)) == 2
    assert "HOLD" in {e["op"] for e in played.town.entries(who, JUN20)}


def test_the_new_name_is_known_the_next_night_and_ends_nothing(played: Played) -> None:
    (entry,) = (e for e in played.town.entries(played.known["renamed"], JUL01) if e["track"] == "R")
    assert (entry["op"], entry["person_id"]) == ("REVIEW", played.town.person_id(played.known["renamed"]))


@pytest.mark.parametrize("label", ["recoded", "late"])
def test_a_household_row_is_found_by_the_number_that_was_replaced(played: Played, label: str) -> None:
    """Also where the person becomes known only after the row came."""
    link = played.owner("household_register", played.now[label].number)
    assert link == ("linked", played.town.person_id(played.known[label]))


def test_one_known_number_of_two_in_a_cell_is_the_persons(played: Played) -> None:
    link = played.owner("mass_organisation_list", played.both)
    assert link == ("linked", played.town.person_id(played.known["two"]))
