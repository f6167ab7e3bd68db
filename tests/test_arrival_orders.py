"""Whose a row without a usable number is does not hang on the night on which it came, nor on who came before: people of one
name or beginning of a number, and lines of one list that fit one person. All people are invented."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from sample_data.numbers import identity_number
from tests.nightshift import AREA, Said, Someone, death, registered
from tests.unjudged_nights import UnjudgedTown

NIGHTS = ("2024-05-21", "2024-05-22", "2024-05-23")
# On which night each step comes: all on one, and one after the other.
ORDERS = ((0, 0, 0), (0, 1, 2), (0, 2, 1), (2, 1, 0))
TONIGHT = tuple("".join("abc"[night] for night in order) for order in ORDERS)
HOME = {"镇街": "东一镇", "联系电话": "14200000101"}
Told = tuple[Someone, Said]


@dataclass(frozen=True)
class Case:
    """Rows that come step by step, and what is right of the lines among them that have no usable number: the 15th to 17th
    digit of whom they are linked to, or None where they are a question."""

    steps: Sequence[Sequence[Told]]
    linked: str | None = None


def one(name: str, day: int, sequence: int, month: int = 3) -> Someone:
    born = date(1971, month, day)
    return Someone(name, identity_number(AREA, born, sequence), "男" if sequence % 2 else "女", born)


def known(who: Someone, **cells: str) -> Told:
    return who, registered("2024-05-01", 登记编号=who.name + who.number, **cells)


def dead(who: Someone, number: str, **cells: str) -> Told:
    return who, death("2024-05-20", 证件号码=number, **cells)


def slipped(number: str, place: int) -> str:
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def cut(number: str) -> str:
    return f"{number[0]}.{number[1:15]}E+17"


def vague(who: Someone, **cells: str) -> dict[str, str]:
    return {"number": "", "性别": who.sex, "出生日期": who.birth.isoformat()} | cells


def a_twin() -> Case:
    who = one("张玮", 1, 471)
    return Case(([known(who)], [dead(who, cut(who.number))], [known(one("张伟", 1, 473))]))


def a_namesake_under_anothers_number() -> Case:
    who, other = one("甘露明", 2, 471), one("霍去远", 2, 475)
    found = {
        "群团组织": "工会",
        "列入日期": "2024-05-01",
        "证件号码": "",
        "性别": "男",
        "出生日期": who.birth.isoformat(),
    }
    line = who, Said("群团名单", found | {"镇街": HOME["镇街"]})
    return Case(
        ([known(who, **HOME), known(other)], [line], [known(replace(who, number=other.number), 镇街=HOME["镇街"])])
    )


def what_a_spreadsheet_made() -> Case:
    """A number of fifteen digits and three zeros that holds by its check."""
    days = (one("凌霄汉", day, 471, month) for month in (4, 5) for day in range(1, 29))
    who = next(who for who in days if identity_number(AREA, who.birth, 400).endswith("000"))
    return Case(([known(who)], [dead(who, who.number[:15] + "000")], []), who.number[14:17])


def two_slips() -> Case:
    who = one("石敢当", 9, 471)
    return Case(([known(who)], [dead(who, slipped(who.number, 15))], [dead(who, slipped(who.number, 16))]))


def two_phones() -> Case:
    who = one("颜如玉", 10, 472)
    lines = [dead(who, **vague(who, **HOME | {"联系电话": phone})) for phone in (HOME["联系电话"], "14200000103")]
    return Case(([known(who, **HOME)], lines[:1], lines[1:]))


def one_number_under_two_names() -> Case:
    who = one("白乐天", 11, 471)
    wrong = slipped(who.number, 15)
    return Case(([known(who)], [dead(who, wrong)], [dead(replace(who, name="白乐田"), wrong)]))


def two_names_alike() -> Case:
    who = one("陆小凤", 12, 472)
    lines = [dead(replace(who, name=name), **vague(who, **HOME)) for name in ("陆晓凤", "陆晓风")]
    return Case(([known(who, **HOME)], lines[:1], lines[1:]))


CASES = {
    "a twin comes later": a_twin(),
    "somebody of the name comes under another's number": a_namesake_under_anothers_number(),
    "a spreadsheet's number that holds by its check": what_a_spreadsheet_made(),
    "two numbers with a slip": two_slips(),
    "two lines that differ in the phone": two_phones(),
    "one damaged number under two spellings": one_number_under_two_names(),
    "two names that are like the known one": two_names_alike(),
}
LINES = "select name, id_number, phone, match_status, person_id from standing_death union all select name, id_number, phone, match_status, person_id from standing_mass_organisation_list"  # fmt: skip
WHOSE = (
    f"select l.name, l.match_status, p.id_number as whose from ({LINES}) as l left join person as p using (person_id)"
)


@pytest.fixture(scope="module", params=ORDERS, ids=TONIGHT)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> UnjudgedTown:
    town: UnjudgedTown = UnjudgedTown.found(tmp_path_factory.mktemp("orders") / "town", "zhongshan")  # type: ignore[assignment]
    for case in CASES.values():
        for step, night in zip(case.steps, request.param, strict=True):
            for who, said in step:
                town.tell(who, replace(said, since=NIGHTS[night]))
    for day in NIGHTS[: max(request.param) + 1]:
        town.night(day)
    return town


@pytest.mark.parametrize("label", CASES)
def test_every_order_of_nights_says_the_same(town: UnjudgedTown, label: str) -> None:
    case = CASES[label]
    lines = [said.about(who) for step in case.steps for who, said in step if said.kind != "失业登记"]
    names = {line["姓名"] for line in lines}
    found = [r for r in town.ask(WHOSE) if r["name"] in names]
    assert len(found) == len(lines)
    linked = {r["whose"][14:17] if r["match_status"] == "linked" else None for r in found}
    assert linked == {case.linked}


def test_what_was_presumed_and_is_a_question_now_says_that_data_did_it(town: UnjudgedTown) -> None:
    lost = [m for night in town.nights.values() for m in night.rows("match_log") if m["supersedes"] and m["match_status"] == "review"]  # fmt: skip
    assert {m["cause"] for m in lost} == ({"data"} if len(town.nights) > 1 else set())
