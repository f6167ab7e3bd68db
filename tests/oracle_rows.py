"""What the naive oracle knows of one person: rows as the offices told them, and what it answers with.

A row stands for what one office told about the person, with the grade of the link that says it is about this person.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

LINKS = ("exact", "variant", "probable", "held", "review")  # from certain to doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one office told about a person, and how surely it is this person."""

    record_id: str = "r"
    link_grade: str = "exact"

    @property
    def rank(self) -> int:
        return LINKS.index(self.link_grade)

    @property
    def is_firm(self) -> bool:
        """It rests on the exact number."""
        return self.rank <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Row):
    reg_date: date
    cancel_date: date | None = None
    last_verified: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Row):
    stop_date: date
    last_paid_month: date | None = None
    stop_reason: str | None = None
    insurance_kind: str | None = None
    employer_uscc: str | None = None
    employer_no: str | None = None
    employer_name: str | None = None
    withdrawn: bool | None = None

    @property
    def told_of(self) -> tuple[str | None, date, str | None]:
        """The stoppage that the row tells of: its key at the office, beside the person."""
        return self.insurance_kind, self.stop_date, self.employer_name

    @property
    def month(self) -> date:
        """The last month paid; untold, the month of the stoppage."""
        return self.last_paid_month or self.stop_date.replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured(Row):
    start_month: date
    payer_kind: str = "单位职工"
    last_paid_month: date | None = None
    end_month: date | None = None
    insurance_kind: str | None = None
    employer_uscc: str | None = None
    employer_no: str | None = None
    employer_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit(Row):
    start_month: date
    end_month: date
    stop_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aid(Row):
    start_month: date
    end_month: date | None = None
    aid_kind: str | None = "城市低保"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Row):
    status: str = "有效"
    issue_date: date | None = None
    valid_to: date | None = None
    cancel_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Row):
    founded_date: date
    entity_kind: str = "个体工商户"
    role: str = "经营者"
    status: str = "存续"
    cancelled_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pension(Row):
    start_date: date
    status: str | None = "正常"


@dataclass(frozen=True, slots=True, kw_only=True)
class Death(Row):
    death_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Row):
    service_date: date
    service_kind: str = "岗位推荐"
    means: str | None = None
    justified: bool | None = None
    vacancy_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One known person and every row linked to them. `is_held`: somebody else carries the same number."""

    person_id: str = "P1"
    birth_date: date | None = None
    sex: str | None = None
    is_held: bool = False
    registrations: tuple[Registration, ...] = ()
    stops: tuple[Stop, ...] = ()
    insured: tuple[Insured, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    aids: tuple[Aid, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    licences: tuple[Licence, ...] = ()
    pensions: tuple[Pension, ...] = ()
    deaths: tuple[Death, ...] = ()
    services: tuple[Service, ...] = ()


class Finding(NamedTuple):
    """What one rule says of one person on one day."""

    pack: str
    rule_id: str
    track: str
    op: str
    basis: str | None
    ground: str | None
