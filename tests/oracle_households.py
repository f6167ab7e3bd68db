"""Households as the police keep them: who counts, who works, who may be working, and what that leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tests.oracle_facts import age, has_only_paused_pension
from tests.oracle_life import USABLE, Life, birth_told_by, is_of_age
from tests.oracle_money import Earnings, earnings, home_place
from tests.oracle_rows import Household, Person, Place, Row, Stranger


@dataclass(frozen=True)
class Member:
    """One line of a household book on one day. `work_rank` says how surely somebody of this line works."""

    record_id: str
    is_of_age: bool | None
    age: int | None
    is_out: bool  # dead, drawing a pension, abroad
    is_away: bool  # at school, in the army, in custody, incapable
    is_registered: bool
    is_working: bool
    may_be_working: bool
    has_business: bool
    work_rank: int
    income: Earnings | None
    is_sure: bool = True
    may_have_left: bool = False  # by a doubtful row, a paused pension, or what is said of the number under another name

    @property
    def counts(self) -> bool:
        """Of working age, as far as is known, and still here."""
        return not self.is_out and self.is_of_age is not False


@dataclass(frozen=True)
class Family:
    """What the members of one book add up to."""

    working_age: int
    registered: int
    working: int
    away: int
    idle: int
    unsure: int  # without registration, and of an age, a name or a way out that is not sure
    businesses: int
    minors: int
    income_per_head: float | None
    is_income_checked: bool | None
    is_income_sure: bool
    work_rank: int | None


def known_member(life: Life, line: Household) -> Member:
    """Of a doubtful line in the book nobody knows for sure who it is: who works by it only may be working."""
    job, licence, employment = life.job, life.licence, life.employment
    sure = any(row is not None and row.is_firm for row in (job, licence, employment))
    work: Row | None = job or licence or employment
    ground = life.way_out[0] if life.way_out and life.way_out[1].is_firm and line.is_firm else ""
    income = earnings(life.person, life.day)
    return Member(
        line.record_id,
        is_of_age(life.person.birth_date, life.person.sex, life.day),
        life.age,
        ground in ("died", "pension", "abroad"),
        ground in ("school", "army", "custody", "incapable"),
        life.reg is not None and life.reg.rank <= USABLE,
        sure and line.is_firm,
        work is not None,
        line.is_firm
        and (
            any(row is not None and row.is_firm for row in (licence, life.doubtful_licence))
            or (income is not None and income.from_business and income.rank <= 1)
        ),
        max(line.rank, work.rank) if work else line.rank,
        income,
        line.is_firm,
        may_have_left=(life.gone is not None and not life.gone.is_firm)
        or has_only_paused_pension(life.person, life.day),
    )


def unknown_member(line: Stranger, number: int, day: date) -> Member:
    """Nobody made them known: what offices say of exactly the number. It is sure where the name is the same; what is said
    under another name only opens the question whether this member works, or left the labour market."""
    birth = line.birth_date or birth_told_by(line.id_key)
    sex = line.sex or (line.id_key and ("男" if int(line.id_key[16]) % 2 else "女")) or None
    life, other = (Life(p if line.id_key else Person(), day, {}) for p in (line.heard, line.heard_otherwise))
    income = earnings(life.person, day)
    works, may_work = (any((x.job, x.licence, x.employment)) for x in (life, other))
    grounds = {ground for ground, _, _ in life.ways_out}
    return Member(
        f"stranger-{number}",
        is_of_age(birth, sex, day),
        age(birth, day) if birth else None,
        bool(grounds & {"died", "pension"}),
        bool(grounds & {"school", "army", "custody", "incapable"}),
        is_registered=False,
        is_working=works,
        may_be_working=works or may_work,
        has_business=any((life.licence, life.doubtful_licence, income and income.from_business)),
        work_rank=0 if works or not may_work else 4,
        income=income,
        may_have_left=bool(other.ways_out) or any(has_only_paused_pension(x.person, day) for x in (life, other)),
    )


def family(members: Sequence[Member]) -> Family:
    counting = [m for m in members if m.counts]
    here = [m for m in members if not m.is_out]
    incomes = [m.income for m in members if m.income]
    without_work = [m for m in counting if not m.is_registered and not m.is_working]
    in_doubt = [m for m in without_work if m.is_of_age is None or not m.is_sure or (m.may_have_left and not m.is_away)]
    return Family(
        working_age=len([m for m in counting if m.is_of_age or m.is_registered]),
        registered=len([m for m in counting if m.is_registered and not m.is_working]),
        working=len([m for m in counting if m.is_working]),
        away=len([m for m in without_work if m.is_away]),
        idle=len([m for m in without_work if not m.is_away and m not in in_doubt]),
        unsure=len(in_doubt),
        businesses=len([m for m in here if m.has_business]),
        minors=len([m for m in here if m.age is not None and m.age < 18]),
        income_per_head=sum(i.whole for i in incomes) / len(here) if incomes and here else None,
        is_income_checked=all(i.is_checked for i in incomes) if incomes else None,
        is_income_sure=all(i.rank <= 1 for i in incomes),
        work_rank=min((m.work_rank for m in counting if m.may_be_working), default=None),
    )


class Everybody:
    """A place on one day: everybody's life, and what only shows when people are looked at together."""

    def __init__(self, place: Place, day: date) -> None:
        self.place, self.day = place, day
        self.lives: Mapping[str, Life] = {who: Life(person, day, place.values) for who, person in place.people.items()}

    @cached_property
    def here(self) -> str:
        return home_place(self.place.people.values())

    @property
    def keeps_log(self) -> bool:
        return self.place.has_service_log

    @cached_property
    def has_course_log(self) -> bool:
        return any(p.courses for p in self.place.people.values())

    @cached_property
    def families(self) -> Mapping[str, Family]:
        books: dict[str, list[Member]] = defaultdict(list)
        for life in self.lives.values():
            for line in life.person.households:
                books[line.household_no].append(known_member(life, line))
        for number, stranger in enumerate(self.place.strangers):
            books[stranger.household_no].append(unknown_member(stranger, number, self.day))
        return {book: family(members) for book, members in books.items()}

    def family_of(self, life: Life) -> Family | None:
        return self.families[life.home.household_no] if life.home else None
