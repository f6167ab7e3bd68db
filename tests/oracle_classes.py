"""The classes of the Shandong city's notice (二1 to 二10), which Jining's table borrows in part.

The documents' numbers stand here: forty and fifty years, six and twelve months, three services, two members, one half.
"""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any, Self

from tests.oracle_facts import months_after
from tests.oracle_households import Everybody, Family
from tests.oracle_life import Life
from tests.oracle_money import Earnings, earnings, insurance_lines, insured_months
from tests.oracle_rows import Course
from tests.oracle_truth import DOUBT, Answer, all_of, any_of, no, told


class Classes:
    """Which classes one person belongs to on one day."""

    def __init__(self, everybody: Everybody, life: Life) -> None:
        self.everybody, self.life, self.day = everybody, life, life.day
        self.values = life.values

    @cached_property
    def carefully(self) -> Self:
        """The same person, of whom a doubtful row tells nothing."""
        return type(self)(self.everybody, self.life.carefully)

    @cached_property
    def family(self) -> Family | None:
        return self.everybody.family_of(self.life)

    def in_family(self, name: str, test: Callable[[Any], bool]) -> Answer:
        if self.life.is_open(self.life.home):
            return DOUBT
        return told(f"household_{name}", getattr(self.family, name) if self.family else None, test)

    def all_are_known(self) -> Answer:
        """Somebody who may be of age leaves the answer open; a doubtful row about work takes nothing from a family."""
        return DOUBT if self.family and self.family.unsure else True

    def since_registered(self, months: int) -> Answer:
        since = None if self.life.is_open(self.life.reg) else self.life.registered_on
        return told("registered_from", since, lambda d: self.day >= months_after(d, months))

    @cached_property
    def months(self) -> tuple[int, int] | None:
        """Paid by an employer: here, elsewhere."""
        if self.life.is_open(*insurance_lines(self.life)):
            return None
        return insured_months(self.life, self.everybody.here)

    @cached_property
    def older(self) -> Answer:
        """Women of forty, men of fifty."""
        life = self.life
        return any_of(all_of(life.sex_is("女"), life.aged(40)), all_of(life.sex_is("男"), life.aged(50)))

    @cached_property
    def older_in_town(self) -> Answer:
        """二1: and registered for six months, that day included."""
        return all_of(self.life.is_urban, self.older, self.since_registered(6))

    @cached_property
    def family_without_work(self) -> Answer:
        """二2: two or more of working age, every one registered, none with a business."""
        return all_of(
            self.life.is_urban, self.in_family("working_age", lambda n: n >= 2),
            *(self.in_family(name, lambda n: n == 0) for name in ("working", "idle", "away", "businesses")),
            self.all_are_known(),
        )  # fmt: skip

    @cached_property
    def single_parent(self) -> Answer:
        """二3: until the day on which the youngest child turns eighteen."""
        adult = self.life.child_adult_on
        is_young = DOUBT if self.life.is_open(*self.life.child_rows) else adult is not None and self.day < adult
        return adult is not None and all_of(self.life.is_single, is_young)

    @cached_property
    def services_in_year(self) -> int:
        """Trainings and introductions of the last twelve months that are marked as entered in the system."""
        return self._services(lambda recorded: recorded is True)

    @cached_property
    def services_possible(self) -> int:
        return self._services(lambda recorded: recorded is not False) + len(self._courses_not_logged())

    def _courses_not_logged(self) -> list[Course]:
        trained = [s.service_date for s in self.life.served if s.service_kind == "技能培训"]
        taken = [c for c in self.life.courses if c.start_date >= months_after(self.day, -12)]
        return [c for c in taken if not any(c.start_date <= day <= (c.pass_date or c.start_date) for day in trained)]

    def _services(self, counts: Callable[[bool | None], bool]) -> int:
        since = months_after(self.day, -12)
        kinds = ("岗位推荐", "技能培训")
        return len(
            [s for s in self.life.served if s.service_kind in kinds and s.service_date >= since and counts(s.in_system)]
        )

    @cached_property
    def long_unemployed(self) -> Answer:
        """二4: a year since the last registration, and three services."""
        is_often = DOUBT if self.life.is_open(*self.life.served) else self.services_in_year >= 3
        return all_of(self.since_registered(12), is_often)

    @cached_property
    def older_villager(self) -> Answer:
        """二7"""
        return any_of(self.came_back, self.lost_land)

    @cached_property
    def came_back(self) -> Answer:
        """From six months' insured work elsewhere."""
        return all_of(no(self.life.is_urban), self.older, self.months is not None and self.months[1] >= 6)

    @cached_property
    def lost_land(self) -> Answer:
        return all_of(no(self.life.is_urban), self.older, self.life.stands(self.life.land))

    @cached_property
    def poor_village_family(self) -> Answer:
        """二8: nobody of working age works, and the income a head is no more than half the local average."""
        home = None if self.life.is_open(self.life.home) else self.life.home
        average = told("average_income", self.values.get("average_income"), lambda _: True)
        per_head = self.in_family("income_per_head", lambda _: True)
        if self.family and self.family.income_per_head is not None and average is True:
            is_little: Answer = self.family.income_per_head <= 0.5 * self.values["average_income"]
            if home is not None:
                per_head = is_little or (False if self.family.is_income_sure else DOUBT)
        return all_of(
            told("hukou_kind", home and home.hukou_kind, lambda k: k == "农村"),
            self.in_family("working", lambda n: n == 0), per_head, average,
        )  # fmt: skip

    @cached_property
    def earnings(self) -> Earnings | None:
        return earnings(self.life.person, self.day)

    def earns_less_than(self, *factors: str) -> Answer:
        """Than the urban dibao line of a year, times what else the office sets."""
        income = self.earnings
        answers = [told(name, self.values.get(name), lambda _: True) for name in factors]
        answers.append(told("earned_income", income and True))
        if income and all(a is True for a in answers):
            line = 12.0
            for name in factors:
                line *= self.values[name]
            if income.rank > 1 and self.life.is_careful:
                return DOUBT
            return income.earned < line or (False if income.rank <= 1 else DOUBT)
        return all_of(*answers)

    @cached_property
    def poor_and_earning_little(self) -> Answer:
        """二10"""
        return all_of(self.life.stands(self.life.poverty), self.earns_less_than("urban_dibao"))

    @cached_property
    def watched_and_at_the_edge(self) -> Answer:
        """二10, the edge: how many times the line, the notice does not say."""
        return all_of(self.life.stands(self.life.watched), self.earns_less_than("edge_factor", "urban_dibao"))

    def graduate_of(self, *families: Answer) -> Answer:
        """二9: left a college, of one of these families."""
        return all_of(self.life.stands(self.life.graduate), self.life.is_college, any_of(*families))

    def is_recent_graduate(self) -> Answer:
        """Left a college within two years, the day itself included (Jining, 1(1))."""
        left: date | None = self.life.graduate.leave_date if self.life.graduate else None
        within = left is not None and self.day <= months_after(left, 24)
        return all_of(self.life.graduate is not None, self.life.is_college, within)
