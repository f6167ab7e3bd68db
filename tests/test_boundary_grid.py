"""From 2019 to 2045, of people whose dates lie at the bounds: of rules that share a question exactly one answers.

None: a gap that nobody is told of. Two: an overlap. Whoever cannot be judged is named as undetermined, never passed over.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import pytest

from policies.windows import FIRST, LAST
from tests.oracle_facts import months_after
from tests.oracle_rows import Aid, Certificate, Household, Person, Place, Recognition, Registration
from tests.strategies import OWN_VALUES, around, turning_births
from tests.town import Town, settle

# The first and last day, a year's end and a 29 February among them; and the days around the rise of the retirement age.
GRID = tuple(
    d for year in range(FIRST.year, LAST.year + 1) for d in (date(year, 1, 1), months_after(date(year, 1, 31), 1))
)
GRID = (*GRID, date(2024, 12, 31), date(2039, 12, 31), LAST)
SOME = (date(2024, 12, 31), date(2025, 1, 1))


class Question(NamedTuple):
    """Who is asked, as a condition over the wide view, and the rules of which exactly one holds, or at least one is undetermined."""

    asked: str
    rules: tuple[str, ...]


QUESTIONS = {
    "a tier for everybody registered": Question("is_registered", ("NM-2.1a",)),
    "older people without work: in, or asked about": Question(
        "is_registered and age_years between 16 and 70 and as_of < retirement_date_late and has_dibao", ("SD-2.5", "SD-2.0:unknown")
    ),
    "the same, from the later retirement day on: out": Question("is_registered and as_of >= retirement_date_late", ("SD-5.5b:retired",)),
    "forty and fifty in Xinyu, until retirement": Question(
        "is_registered and not is_recognised and not was_recognised and as_of < retirement_date_late"
        " and age_years >= if(sex = '女', 40, 50)", ("XY-1.1", "XY-1.0:unknown"),
    ),
    "recognised and past retirement": Question("is_recognised and as_of >= retirement_date_late", ("XY-3.1:retired",)),
    "a certificate that lapsed": Question("is_recognised and is_recognised_disabled and had_certificate", ("XY-3.4", "XY-3.4:other_basis")),
    "a certificate that was cancelled": Question(
        "is_recognised and is_recognised_disabled and had_certificate and certificate_end = 'cancelled'",
        ("SD-5.5b:recognised_certificate", "SD-5.5b:other_basis"),
    ),
    "a certificate that expired": Question(
        "is_recognised and is_recognised_disabled and had_certificate and certificate_end = 'expired'", ("SD-5.5b:recognised_expired",)
    ),
    "one that has not, sixty days before": Question(
        "is_recognised and is_recognised_disabled and has_certificate and certificate_to - as_of between 0 and 60", ("XY-3.4:warning",)
    ),
    "left before: too early, unchanged, or changed": Question(
        "was_recognised and not is_recognised and is_registered and has_certificate and is_working_age",
        ("XY-3.7:locked", "XY-3.7:no_change", "XY-3.7"),
    ),
    "a family without work: in time or late": Question("is_recognised and is_recognised_zero_family", ("XY-4.5:due", "XY-4.5:overdue")),
    "half a year since registering": Question("is_registered and has_dibao and as_of <= months_after(registered_from, 6)", ("JN-10.1",)),
}  # fmt: skip


def at_the_bounds(day: date) -> Iterator[Person]:
    """Registered people of each turning age; and, of one age, each turning day of registration, certificate and recognition."""
    turning = (*turning_births(day), date(day.year - 66, 1, 1))  # who is past every retirement age, too
    births = [(b, day - timedelta(days=400)) for b in turning]
    begun = [
        (date(day.year - 45, 1, 1), d)
        for n in (0, 1, 2, 3, 6, 7, 12)
        for d in around(months_after(day, -n))
        if d <= day
    ]
    for number, ((birth, since), sex) in enumerate(product((*births, *begun), "男女")):
        yield _registered(f"R{number}", birth, sex, since)
    for number, (birth, sex) in enumerate(product(turning, "男女")):
        yield _registered(
            f"M{number}",
            birth,
            sex,
            day - timedelta(days=400),
            recognitions=(_recognised(f"M{number}", "4050", day, 300),),
        )
    ends = [d for n in (-3, -1, 0, 2) for d in around(months_after(day, n))] + list(around(day + timedelta(days=60)))
    for number, (end, is_taken, birth) in enumerate(
        product(ends, (True, False), (date(day.year - 30, 1, 1), date(day.year - 51, 1, 1)))
    ):
        held = Certificate(record_id=f"C{number}-4", issue_date=day - timedelta(days=900))
        card = replace(held, cancel_date=end) if is_taken else replace(held, valid_to=end)
        yield _registered(
            f"C{number}",
            birth,
            "男",
            day - timedelta(days=400),
            certificates=(card,),
            recognitions=(_recognised(f"C{number}", "残疾人", day, 300),),
        )
    for number, (gone, sex) in enumerate(
        product([d for n in (1, 2, 3, 4) for d in around(months_after(day, -n))], "男女")
    ):
        card = Certificate(record_id=f"E{number}-4", issue_date=gone + timedelta(days=1 if sex == "女" else -1))
        before = _recognised(f"E{number}", "残疾人", day, 800, exit_date=gone)
        yield _registered(
            f"E{number}",
            date(day.year - 30, 1, 1),
            sex,
            day - timedelta(days=700),
            certificates=(card,),
            recognitions=(before,),
        )
    for number, days in enumerate((0, 1, 27, 28, 29, 30, 31, 32)):
        yield _registered(
            f"Z{number}",
            date(day.year - 30, 1, 1),
            "男",
            day - timedelta(days=400),
            recognitions=(_recognised(f"Z{number}", "零就业家庭", day, days),),
        )


def _registered(who: str, birth: date, sex: str, since: date, **more: Any) -> Person:
    return Person(
        person_id=who, birth_date=birth, sex=sex, registrations=(Registration(record_id=f"{who}-1", reg_date=since, able=True, willing=True, hukou_kind="城镇"),),
        households=(Household(record_id=f"{who}-2", household_no=who, hukou_kind="城镇", hukou_area="360502"),),
        aids=(Aid(record_id=f"{who}-3", start_month=date(2018, 1, 1), aid_kind="城市低保"),), **more,
    )  # fmt: skip


def _recognised(who: str, basis: str, day: date, days: int, **more: Any) -> Recognition:
    return Recognition(record_id=f"{who}-5", recognised_date=day - timedelta(days=days), basis=basis, **more)


def unanswered(town: Town) -> list[tuple[str, str, int]]:
    """The question, whom it was asked about, and how many rules answered, where that is not one: nor none while one of them is
    undetermined. What is not in force on the day is not asked."""
    answers = Counter((who, f.rule_id) for who, f in town.asked.found)
    in_force = {rule.id for pack in town.packs() for rule in pack.rules if rule.is_in_force(town.day)}
    wrong = []
    for name, question in QUESTIONS.items():
        if not in_force.issuperset(question.rules):
            continue
        asked = town.con.execute(f"select person_id from wide where {question.asked} order by person_id").fetchall()
        counts = [(who, sum(answers[who, rule] for rule in question.rules)) for (who,) in asked]
        open_ = {who for who, rule_id in town.asked.unsure if rule_id in question.rules}
        wrong += [(name, who, n) for who, n in counts if n > 1 or (n == 0 and who not in open_)]
        assert counts, f"nobody is asked: {name}"
    return wrong


@pytest.mark.parametrize(
    "day", [pytest.param(d, marks=[] if d in SOME else pytest.mark.slow, id=f"{d}") for d in sorted({*GRID, *SOME})]
)
def test_of_rules_that_share_a_question_exactly_one_answers(day: date) -> None:
    town = settle(Place(people={p.person_id: p for p in at_the_bounds(day)}, values=OWN_VALUES), day)
    wrong = unanswered(town)
    shown = [(*w, town.people[w[1]]) for w in wrong[:3]]
    town.con.close()
    assert not wrong, f"{len(wrong)}: {Counter(w[0] for w in wrong)} {shown}"
