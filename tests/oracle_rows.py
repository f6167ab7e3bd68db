"""What the naive oracle knows of one person: rows as the offices told them, and what it answers with.

A row stands for what one office told about the person, with the grade of the link that says it is about this person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

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
    hukou_kind: str | None = None
    usual_place: str | None = None
    wish: str | None = None
    able: bool | None = None
    willing: bool | None = None
    owner: str | None = None
    reg_no: str | None = None
    basis: str | None = None
    education: str | None = None
    skill: str | None = None
    health: str | None = None
    training_wish: str | None = None
    job_need: str | None = None
    pay_wish: int | None = None
    place_wish: str | None = None


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
    pay_kind: str | None = None
    employer_months: int | None = None
    backpaid_months: int | None = None
    place: str | None = None
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
    staff: str | None = None
    in_system: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition(Row):
    recognised_date: date
    basis: str = "4050"
    exit_date: date | None = None
    owner: str | None = None
    agreement_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Household(Row):
    """The person's line in a household book. `residence_start` is told of those who came from elsewhere."""

    household_no: str
    hukou_kind: str = "城镇"
    hukou_area: str | None = "本市"
    residence_start: date | None = None
    move_abroad_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marriage(Row):
    event_date: date
    status: str = "离婚"
    child_birth: date | None = None
    child_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Row):
    from_date: date
    list_kind: str = "脱贫人口"
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLand(Row):
    lost_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Row):
    enrol_date: date | None = None
    leave_date: date | None = None
    level: str | None = "本科"
    full_time: bool | None = True
    internship_wish: bool | None = None
    special_hardship: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Row):
    """A part in a private non-enterprise unit."""

    founded_date: date
    role: str = "法定代表人"
    status: str = "正常"
    cancelled_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment(Row):
    start_date: date
    end_date: date | None = None
    job_kind: str = "单位就业"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Row):
    """A visit at home, or what the community reports."""

    visit_date: date
    able: bool | None = None
    willing: bool | None = None
    employed: bool | None = None
    education: str | None = None
    skill: str | None = None
    health: str | None = None
    training_wish: str | None = None
    job_need: str | None = None
    pay_wish: int | None = None
    place_wish: str | None = None
    no_income_household: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Military(Row):
    enlist_date: date
    discharge_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody(Row):
    custody_start: date
    custody_end: date | None = None
    custody_kind: str = "收监执行"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity(Row):
    found_date: date
    level: str = "完全丧失"


@dataclass(frozen=True, slots=True, kw_only=True)
class Income(Row):
    year: int
    amount: int
    kind: str = "劳动"
    declared: str | None = "民政核对"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Row):
    start_date: date
    free: bool = True
    pass_date: date | None = None
    certificate_date: date | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidy(Row):
    month_from: date
    month_to: date
    item: str = "灵活就业社保补贴"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Row):
    """What an officer said of an entry of this ledger. `role` is the step at which it was said."""

    decided_date: date
    clause: str = "XY-7.2"
    op: str = "ALERT"
    decision: str = "确认"
    role: str | None = None
    entry_id: str | None = None
    ground: str | None = None
    from_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnList(Row):
    """A line of a list that a mass organisation keeps."""

    list_date: date
    organisation: str = "工会"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Row):
    """A public-welfare post that the person holds."""

    start_date: date
    end_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One known person and every row linked to them. `is_held`: somebody else carries the same number."""

    person_id: str = "P1"
    birth_date: date | None = None
    sex: str | None = None
    phone: str | None = None
    town: str | None = None
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
    recognitions: tuple[Recognition, ...] = ()
    households: tuple[Household, ...] = ()
    marriages: tuple[Marriage, ...] = ()
    listings: tuple[Listed, ...] = ()
    lands: tuple[LostLand, ...] = ()
    studies: tuple[Study, ...] = ()
    units: tuple[Unit, ...] = ()
    employments: tuple[Employment, ...] = ()
    visits: tuple[Visit, ...] = ()
    enlistments: tuple[Military, ...] = ()
    sentences: tuple[Custody, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    incomes: tuple[Income, ...] = ()
    courses: tuple[Course, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    decisions: tuple[Decision, ...] = ()
    on_lists: tuple[OnList, ...] = ()
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A line of a household book about somebody whom no roster made known, and what others tell of exactly that number,
    under the same name and under another."""

    household_no: str
    name: str = "某甲"
    id_key: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    heard: Person = Person()
    heard_otherwise: Person = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    vacancy_no: str
    valid_from: date
    valid_to: date | None = None
    public_welfare: bool | None = None
    post: str = "保洁员"
    trade: str | None = None
    max_age: int | None = None
    education: str | None = None
    place: str | None = None
    pay_from: int | None = None
    pay_to: int | None = None
    headcount: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A post that was named to somebody on an earlier night; `kind` is vacancy or public."""

    person_id: str
    kind: str
    vacancy_no: str
    pushed_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Everything that was delivered. `headcounts` are told by the employer's code, `values` are what the office has set of
    the parameters that no document gives."""

    people: Mapping[str, Person] = field(default_factory=dict)
    strangers: tuple[Stranger, ...] = ()
    vacancies: tuple[Vacancy, ...] = ()
    pushed: tuple[Pushed, ...] = ()
    headcounts: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    has_service_log: bool = True


class Finding(NamedTuple):
    """What one rule says of one person on one day."""

    pack: str
    rule_id: str
    track: str
    op: str
    basis: str | None
    ground: str | None
