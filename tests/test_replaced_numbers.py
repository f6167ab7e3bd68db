"""A number that the police replaced (原证件号码) and the one in its place are one person's, in every office's rows."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.nightshift import Said, Someone, Town, brief, death, registered

MAY31, JUN20, JUL01 = "2024-05-31", "2024-06-20", "2024-07-01"
NEW_NAME = "欧阳若水"


def book(label: str, old: Someone, since: str, **cells: str) -> Said:
    row = {"户号": label, "与户主关系": "户主", "户籍性质": "城镇", "户籍区划": "442000", "原证件号码": old.number}
    return Said("户籍", row | cells, since)


class Played:
    """Known by the old number in May; the police tell of the new one, and others go on with it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        labels = ("later", "same night", "renamed as well", "reported dead", "first night", "another's")
        self.old = {label: town.person(f"197{n}-03-04") for n, label in enumerate(labels)}
        self.new = {
            label: replace(who, number=town.person(who.birth.isoformat(), area=442001).number)
            for label, who in self.old.items()
        }
        self.new["renamed as well"] = replace(self.new["renamed as well"], name=NEW_NAME)
        self.new["another's"] = replace(self.new["another's"], name="司徒若木")
        for label in labels:
            until = JUN20 if label in ("same night", "renamed as well") else JUL01 if label == "later" else "9999"
            town.tell(self.old[label], registered("2024-05-01", until=until))
        for label, since in (("later", JUN20), ("same night", JUN20), ("reported dead", JUN20), ("first night", MAY31), ("another's", JUN20)):  # fmt: skip
            town.tell(self.new[label], book(label, self.old[label], since))
        town.tell(self.new["renamed as well"], book("renamed", self.old["renamed as well"], JUN20, 曾用名=self.old["renamed as well"].name))  # fmt: skip
        for label, since in (("later", JUL01), ("same night", JUN20), ("renamed as well", JUN20), ("first night", MAY31), ("another's", JUN20)):  # fmt: skip
            town.tell(self.new[label], registered("2024-05-01", since))
        town.tell(self.new["reported dead"], death("2024-06-25", JUL01))
        for day in (MAY31, JUN20, JUL01):
            town.night(day)

    def people(self, label: str) -> list[str]:
        """Names of those who have either number."""
        numbers = (self.old[label].number, self.new[label].number)
        found = self.town.ask("select name from person where id_number in (?, ?) order by person_id", *numbers)
        return [r["name"] for r in found]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    yield Played(Town.found(tmp_path_factory.mktemp("replaced"), "neimenggu"))


@pytest.mark.parametrize("label", ["later", "same night", "renamed as well", "first night"])
def test_a_row_under_the_new_number_makes_no_second_person(played: Played, label: str) -> None:
    assert played.people(label) == [played.old[label].name]
    number = played.new[label].number
    (row,) = played.town.ask(
        "select match_status, rule, person_id from standing_unemployment_registration where id_number = ?", number
    )
    assert row == {
        "match_status": "new_person" if label == "first night" else "linked",
        "rule": "id_and_name",
        "person_id": played.town.person_id(played.old[label]),
    }


@pytest.mark.parametrize("label", ["later", "same night"])
def test_the_ledger_goes_on_as_if_nothing_had_changed(played: Played, label: str) -> None:
    days = (JUN20, JUL01)
    told = [brief(e) for day in days for e in played.town.entries(played.old[label], day) if e["track"] == "L"]
    assert all("NM-2.1a" in line for line in told) and not any("may-register" in line for line in told)
    state = played.town.state(played.old[label], "neimenggu", "L")
    assert (state["state"], state["tier"]) == ("L3", "mid")


def test_a_death_under_the_new_number_is_the_persons(played: Played) -> None:
    told = [e for e in played.town.entries(played.old["reported dead"], JUL01) if e["track"] == "R"]
    assert [(e["op"], e["ground"]) for e in told] == [("PROP_DEREG", "died")]


def test_a_number_replaced_on_a_row_of_another_name_joins_nobody(played: Played) -> None:
    assert played.people("another's") == [played.old["another's"].name, played.new["another's"].name]
    for who in (played.old["another's"], played.new["another's"]):
        assert all(e["op"] != "HOLD" for day in (MAY31, JUN20, JUL01) for e in played.town.entries(who, day))
