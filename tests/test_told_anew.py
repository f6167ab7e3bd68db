"""Numbers, names and birth dates that are told anew: who had another name or number before (曾用名, 原证件号码, two numbers in
one cell), a number that a spreadsheet rounded and that holds all the same (one in eleven), and a document that does not tell
when somebody was born. All live in one town."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from matchers.id_numbers import fold_number
from tests.nightshift import Said, Someone, Town, brief, death, registered, stop

MAY31, JUN20, JUN28, JUL01 = NIGHTS = ("2024-05-31", "2024-06-20", "2024-06-28", "2024-07-01")
LISTED = {"群团组织": "工会", "列入日期": "2024-06-01"}
AT_HOME = {"与户主关系": "户主", "户籍性质": "城镇", "户籍区划": "442000"}


# A name or number that somebody had before.


class Before:
    """Some are known at the end of May, told of anew in June, and once more in July."""

    def __init__(self, town: Town) -> None:
        self.town = town
        known = {label: town.person(f"197{n}-03-04") for n, label in enumerate(("renamed", "unsaid", "recoded", "two", "late"))}  # fmt: skip
        other = town.person("1980-01-01")
        self.known = known
        self.now = {
            "renamed": replace(known["renamed"], name="欧阳若云"),
            "unsaid": replace(known["unsaid"], name="司徒若林"),
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

    def owner(self, kind: str, number: str) -> tuple[str, str]:
        """Status of the link and person of the standing row that came with this number."""
        query = f"select match_status, person_id from standing_{kind} where id_number = ?"
        (found,) = self.town.ask(query, number)
        return str(found["match_status"]), str(found["person_id"])


# A number that the police replaced, and the one in its place, are one person's, in every office's rows.


def book(label: str, old: Someone, since: str, **cells: str) -> Said:
    return Said("户籍", AT_HOME | {"户号": f"after {label}", "原证件号码": old.number} | cells, since)


class Replaced:
    """Known by the old number in May; the police tell of the new one, and others go on with it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        labels = ("later", "same night", "renamed as well", "reported dead", "first night", "another's")
        self.old = {label: town.person(f"197{n}-03-04") for n, label in enumerate(labels)}
        self.new = {
            label: replace(who, number=town.person(who.birth.isoformat(), area=442001).number)
            for label, who in self.old.items()
        }
        self.new["renamed as well"] = replace(self.new["renamed as well"], name="欧阳若水")
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

    def people(self, label: str) -> list[str]:
        """Names of those who have either number."""
        numbers = (self.old[label].number, self.new[label].number)
        found = self.town.ask("select name from person where id_number in (?, ?) order by person_id", *numbers)
        return [r["name"] for r in found]


# A number that a spreadsheet rounded.


def rounded(who: Someone) -> str:
    return who.number[:15] + "000"


def as_float(who: Someone) -> str:
    return str(int(float(who.number[:17] + "0")))


def holding(town: Town, since: date, damage: Callable[[Someone], str]) -> Someone:
    """Somebody born on or after that day whose number holds after the damage."""
    for days in range(400):
        who = town.person((since + timedelta(days=days)).isoformat())
        if damage(who) != who.number and fold_number(damage(who)).id_class == "valid18":
            return who
    raise AssertionError("one in eleven holds")


def rounded_people(town: Town) -> dict[str, Someone]:
    listed = Said("群团名单", LISTED, JUN20)
    cast = {
        "rounded": holding(town, date(1970, 1, 1), rounded),
        "as a float": holding(town, date(1972, 1, 1), as_float),
        "one night": holding(town, date(1974, 1, 1), rounded),
        "a stranger": holding(town, date(1976, 1, 1), rounded),
    }
    for label, who in cast.items():
        town.tell(who, registered("2024-05-01", JUN20 if label == "one night" else ""))
        number = as_float(who) if label == "as a float" else rounded(who)
        name = "司徒若森" if label == "a stranger" else who.name
        town.tell(replace(who, number=number, name=name), listed)
    return cast


# Whose document does not tell birth date and sex has them from the rosters: what these say last holds.

OF_40, OF_39 = {"出生日期": "1984-05-05", "性别": "男"}, {"出生日期": "1985-05-05", "性别": "男"}
IN, OUT = "L ADD ZS-3.1.1a stoppage", "L WITHDRAW ZS-3.1.1a stoppage"


def born_otherwise(town: Town) -> Someone:
    """Two with passports, whose birth dates the rosters tell and correct; and one whose number says it, given back."""
    papers = {"证件类型": "护照"}
    for n, rows in enumerate(
        (
            [stop("2024-03", until=JUN20, **OF_40, **papers), stop("2024-03", JUN20, JUN28, **OF_39, **papers), stop("2024-03", JUN28, **OF_40, **papers)],
            [stop("2024-03", until=JUN20, **papers), stop("2024-03", JUN20, **OF_40, **papers)],
        )
    ):  # fmt: skip
        town.tell(replace(town.person("1984-05-05"), number=f"E1234567{n}"), *rows)
    return town.tell(town.person("1984-05-05"), stop("2024-03", until=JUN20), stop("2024-03", JUN20, **OF_39))


@dataclass(frozen=True)
class Told:
    """The town after its last night, and who is asked about."""

    town: Town
    replaced: Replaced
    before: Before
    rounded: dict[str, Someone]
    citizen: Someone


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    town = Town.found(tmp_path_factory.mktemp("anew") / "town", "zhongshan", "neimenggu")
    # In this order: which of two rows of one night makes a person hangs on their numbers.
    told = Told(town, Replaced(town), Before(town), rounded_people(town), born_otherwise(town))
    for day in NIGHTS:
        town.night(day)
    return told


@pytest.fixture(scope="module")
def before(told: Told) -> Before:
    return told.before


@pytest.fixture(scope="module")
def replaced(told: Told) -> Replaced:
    return told.replaced


def test_a_former_name_beside_the_number_makes_no_second_person(before: Before) -> None:
    who = before.known["renamed"]
    assert before.town.ask("select name from person where id_number = ?", who.number) == [{"name": who.name}]
    assert {e["op"] for e in before.town.entries(who, JUN20)}.isdisjoint({"HOLD"})


def test_another_name_without_a_word_of_the_former_puts_both_on_hold(before: Before) -> None:
    who = before.known["unsaid"]
    assert len(before.town.ask("select name from person where id_number = ?", who.number)) == 2
    assert "HOLD" in {e["op"] for e in before.town.entries(who, JUN20)}


def test_the_new_name_is_known_the_next_night_and_ends_nothing(before: Before) -> None:
    (entry,) = (e for e in before.town.entries(before.known["renamed"], JUL01) if e["track"] == "R")
    assert (entry["op"], entry["person_id"]) == ("REVIEW", before.town.person_id(before.known["renamed"]))


@pytest.mark.parametrize("label", ["recoded", "late"])
def test_a_household_row_is_found_by_the_number_that_was_replaced(before: Before, label: str) -> None:
    """Also where the person becomes known only after the row came."""
    link = before.owner("household_register", before.now[label].number)
    assert link == ("linked", before.town.person_id(before.known[label]))


def test_one_known_number_of_two_in_a_cell_is_the_persons(before: Before) -> None:
    link = before.owner("mass_organisation_list", before.both)
    assert link == ("linked", before.town.person_id(before.known["two"]))


@pytest.mark.parametrize("label", ["later", "same night", "renamed as well", "first night"])
def test_a_row_under_the_new_number_makes_no_second_person(replaced: Replaced, label: str) -> None:
    assert replaced.people(label) == [replaced.old[label].name]
    number = replaced.new[label].number
    (row,) = replaced.town.ask(
        "select match_status, rule, person_id from standing_unemployment_registration where id_number = ?", number
    )
    assert row == {
        "match_status": "new_person" if label == "first night" else "linked",
        "rule": "id_and_name",
        "person_id": replaced.town.person_id(replaced.old[label]),
    }


@pytest.mark.parametrize("label", ["later", "same night"])
def test_the_ledger_goes_on_as_if_nothing_had_changed(replaced: Replaced, label: str) -> None:
    days = (JUN20, JUL01)
    told = [brief(e) for day in days for e in replaced.town.entries(replaced.old[label], day) if e["track"] == "L"]
    assert all("NM-2.1a" in line for line in told) and not any("may-register" in line for line in told)
    state = replaced.town.state(replaced.old[label], "neimenggu", "L")
    assert (state["state"], state["tier"]) == ("L3", "mid")


def test_a_death_under_the_new_number_is_the_persons(replaced: Replaced) -> None:
    told = [e for e in replaced.town.entries(replaced.old["reported dead"], JUL01) if e["track"] == "R"]
    assert [(e["op"], e["ground"]) for e in told] == [("PROP_DEREG", "died")]


def test_a_number_replaced_on_a_row_of_another_name_joins_nobody(replaced: Replaced) -> None:
    assert replaced.people("another's") == [replaced.old["another's"].name, replaced.new["another's"].name]
    for who in (replaced.old["another's"], replaced.new["another's"]):
        assert all(e["op"] != "HOLD" for day in (MAY31, JUN20, JUL01) for e in replaced.town.entries(who, day))


@pytest.mark.parametrize("label", ["rounded", "as a float", "one night"])
def test_the_rounded_number_is_the_known_persons(told: Told, label: str) -> None:
    town, cast = told.town, told.rounded
    found = town.ask("select id_number from person where name = ?", cast[label].name)
    assert [r["id_number"] for r in found] == [cast[label].number]
    listed = [e for e in town.entries(cast[label], JUN20) if "ZS-3.1.2" in brief(e)]
    assert [e["op"] for e in listed] in (["UPD"], ["ADD"])


def test_another_name_under_such_a_number_is_a_person(told: Told) -> None:
    town, cast = told.town, told.rounded
    assert len(town.ask("select 1 from person where id_number = ?", rounded(cast["a stranger"]))) == 1


def posted(town: Town, number: str) -> dict[str, list[str]]:
    return {
        day: [brief(e) for e in night.entries(id_number=number) if e["track"] == "L"]
        for day, night in town.nights.items()
    }


def test_a_corrected_birth_date_moves_the_age(told: Told) -> None:
    assert [lines[:1] for lines in posted(told.town, "E12345670").values()] == [[IN], [OUT], [IN], []]
    (who,) = told.town.ask("select birth_date::varchar as birth from person where id_number = 'E12345670'")
    assert who["birth"] == "1984-05-05"


def test_a_birth_date_told_later_counts_from_then(told: Told) -> None:
    lines = posted(told.town, "E12345671")
    assert (lines[MAY31], lines[JUN20]) == ([], [IN])


def test_the_number_of_a_citizen_says_more_than_a_column(told: Told) -> None:
    (who,) = told.town.ask(
        "select birth_date::varchar as birth, id_number from person where id_number = ?", told.citizen.number
    )
    assert who["birth"] == "1984-05-05"
    assert [len(lines) for lines in posted(told.town, who["id_number"]).values()][:1] == [1]
