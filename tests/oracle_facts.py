"""What stands for one person on one day, and what a link is worth: the part of the oracle that no policy owns.

Written from the documents and decisions 0005 and 0010, not from the SQL. Where rows differ in how surely they are this
person's, the surest speak, and the doubtful ones neither add to them nor take from them.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from tests.oracle_rows import (
    LINKS,
    Aid,
    Benefit,
    Certificate,
    Death,
    Insured,
    Licence,
    Pension,
    Person,
    Registration,
    Row,
    Service,
    Stop,
)

AIDS = ("城市低保", "农村低保", "特困", "低保边缘", "刚性支出困难", "低收入")
EMPLOYED = ("单位职工", "公益性岗位")
CANCELLED = ("注销", "撤销", "吊销已注销")
IN_CHARGE = ("经营者", "法定代表人")
MEN, WOMEN, RISE_FROM, RISE_EVERY, RISE_AT_MOST = 60 * 12, 55 * 12, date(2025, 1, 1), 4, 36

AnyRow = TypeVar("AnyRow", bound=Row)


# Days and months


@lru_cache(maxsize=100_000)
def months_after(day: date, months: int) -> date:
    """The same day so many months on, or that month's last day where there is none.

    >>> months_after(date(2024, 1, 31), 1), months_after(date(2024, 3, 31), -1)
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 29))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(day: date) -> date:
    return day.replace(day=1)


def last_day(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


@lru_cache(maxsize=100_000)
def age(birth: date, day: date) -> int:
    """Whole years; attained on the birthday, on 28 February in common years by those born on the 29th."""
    years = day.year - birth.year
    return years if months_after(birth, years * 12) <= day else years - 1


def retirement(birth: date, sex: str | None) -> date:
    """The statutory day, by the later of a woman's two ages: so many months of age, counted once from birth."""
    base = WOMEN if sex == "女" else MEN
    reached = months_after(birth, base)
    rise = 0
    if reached >= RISE_FROM:
        late = (reached.year - RISE_FROM.year) * 12 + reached.month - RISE_FROM.month
        rise = min(RISE_AT_MOST, late // RISE_EVERY + 1)
    return months_after(birth, base + rise)


def best(rows: Iterable[AnyRow]) -> AnyRow | None:
    return min(rows, key=lambda row: row.rank, default=None)


def worst(rows: Iterable[AnyRow]) -> AnyRow | None:
    return max(rows, key=lambda row: row.rank, default=None)


# What stands on the day


def lasts(day: date, start: date, end_month: date | None) -> bool:
    """From `start` to the last day of `end_month`, both included."""
    return start <= day and (end_month is None or day <= last_day(end_month))


def registration(person: Person, day: date) -> Registration | None:
    """The current registration: of those not cancelled and not merely suspected to be this person's the surest, of the
    equally sure the latest."""
    standing = [
        r
        for r in person.registrations
        if r.reg_date <= day and (r.cancel_date is None or day < r.cancel_date) and r.link_grade != "review"
    ]
    return min(standing, key=lambda r: (certainty(r), -r.reg_date.toordinal(), r.rank, r.record_id), default=None)


def told_stops(person: Person, day: date) -> list[Stop]:
    """Those not withdrawn, neither by their own mark nor by another row that takes the same stoppage back."""
    taken_back = {s.told_of for s in person.stops if s.withdrawn}
    return [s for s in person.stops if s.told_of not in taken_back and s.stop_date <= day]


def certainty(row: Row) -> int:
    """Firm links count alike; each weaker grade is a class of its own."""
    return max(1, row.rank)


def last_stoppage(person: Person, day: date) -> list[Stop]:
    """Of the surest links, every row of the latest month paid: a doubtful row neither adds to a sure one nor takes from it."""
    told = told_stops(person, day)
    surest = [s for s in told if certainty(s) == min(certainty(other) for other in told)]
    return [s for s in surest if s.month == max(other.month for other in surest)]


def is_closed_by_stop(person: Person, day: date) -> bool:
    """The last stoppage itself says, on a sure link, that they retired or died; and nobody registered them since."""
    last, reg = last_stoppage(person, day), registration(person, day)
    says_so = bool(last) and all(s.is_firm for s in last) and any(s.stop_reason in ("退休", "死亡") for s in last)
    return says_so and not (reg and reg.reg_date > max(s.stop_date for s in last))


def ended_by(line: Insured, stop: Stop) -> bool:
    """The stoppage is about this line, which has merely not been taken off the books yet."""
    if line.insurance_kind and stop.insurance_kind and line.insurance_kind != stop.insurance_kind:
        return False
    if line.start_month > stop.month or (line.last_paid_month and line.last_paid_month > stop.month):
        return False
    for mine, theirs in (
        (line.employer_uscc, stop.employer_uscc),
        (line.employer_no, stop.employer_no),
        (line.employer_name, stop.employer_name),
    ):
        if mine and theirs:
            return mine == theirs
    return True


def jobs(person: Person, day: date) -> list[Insured]:
    """Insured by an employer on the day."""
    on = [i for i in person.insured if i.payer_kind in EMPLOYED and lasts(day, i.start_month, i.end_month)]
    return [line for line in on if not is_closed(person, line, day)]


def is_closed(person: Person, line: Insured, day: date) -> bool:
    """A stoppage ends a line on its own day, not before; a doubtful one no sure line."""
    stops = [s for s in told_stops(person, day) if s.link_grade != "review"]
    return any(ended_by(line, stop) and certainty(stop) <= certainty(line) for stop in stops)


def surest_jobs(lines: Sequence[Insured]) -> list[Insured]:
    return [line for line in lines if line.rank == min(other.rank for other in lines)]


def main_job(lines: Sequence[Insured]) -> Insured:
    """The one employer to be urged: surest link, employee before public-welfare post, longest paid, begun last."""

    def paid_until(line: Insured) -> date:
        return max(line.start_month, line.last_paid_month or line.start_month)

    surest = surest_jobs(lines)
    hired = [line for line in surest if line.payer_kind == "单位职工"] or surest
    kept = [line for line in hired if paid_until(line) == max(paid_until(other) for other in hired)]
    newest = [line for line in kept if line.start_month == max(other.start_month for other in kept)]
    return min(newest, key=lambda line: line.record_id)


def is_hired_since(line: Insured, reg: Registration) -> bool:
    """Begun with or after the registration, or paid for a month after it; a public-welfare post is help, not a hire."""
    begun = line.start_month >= month_of(reg.reg_date)
    paid = line.last_paid_month is not None and line.last_paid_month > month_of(reg.reg_date)
    return line.payer_kind == "单位职工" and (begun or paid)


def flexible(person: Person, day: date) -> list[Insured]:
    return [i for i in person.insured if i.payer_kind == "灵活就业" and lasts(day, i.start_month, i.end_month)]


def is_stopped(benefit: Benefit, day: date) -> bool:
    return day > last_day(benefit.end_month) or (benefit.stop_date is not None and benefit.stop_date <= day)


def benefits(person: Person, day: date) -> list[Benefit]:
    return [b for b in person.benefits if b.start_month <= day and not is_stopped(b, day)]


def ended_benefits(person: Person, day: date) -> list[Benefit]:
    return [b for b in person.benefits if is_stopped(b, day)]


def aids(person: Person, day: date) -> list[Aid]:
    """An unknown kind of aid proves nothing."""
    return [a for a in person.aids if a.aid_kind in AIDS and lasts(day, a.start_month, a.end_month)]


def certificates(person: Person, day: date) -> list[Certificate]:
    return [
        c
        for c in person.certificates
        if c.status == "有效"
        and (c.issue_date is None or c.issue_date <= day)
        and (c.valid_to is None or day <= c.valid_to)
        and (c.cancel_date is None or day < c.cancel_date)
    ]


def ended_on(licence: Licence) -> date | None:
    """Cancelled without a date: nobody knows when, so not later than it began."""
    if licence.status in CANCELLED:
        return licence.cancelled_date or licence.founded_date
    return licence.cancelled_date


def has_ended(licence: Licence, day: date) -> bool:
    end = ended_on(licence)
    return end is not None and end <= day


def live_licences(person: Person, day: date) -> list[Licence]:
    return [
        x
        for x in person.licences
        if x.status == "存续" and x.role in IN_CHARGE and x.founded_date <= day and not has_ended(x, day)
    ]


def has_only_paused_pension(person: Person, day: date) -> bool:
    """None in payment, as far as is sure. Beside a sure one a doubtful one does not speak."""
    drawn = pensions(person, day)
    sure = [p for p in drawn if p.is_firm]
    return bool(drawn) and not [p for p in paid_pensions(person, day) if p in sure or not sure]


def is_employment_registered(person: Person, day: date) -> bool:
    """By a row that is surely theirs; the last day is still one."""
    return any(
        e.is_firm and e.start_date <= day and (e.end_date is None or day <= e.end_date) for e in person.employments
    )


def doubtful_licences(person: Person, day: date) -> list[Licence]:
    """Shareholder, supervisor and the like; revoked but not cancelled; moved away."""
    return [
        x
        for x in person.licences
        if x.founded_date <= day
        and x.status not in CANCELLED
        and not (x.status == "存续" and x.role in IN_CHARGE)
        and (x.status == "吊销未注销" or not has_ended(x, day))
    ]


def ended_licences(person: Person, day: date) -> list[Licence]:
    return [x for x in person.licences if x.status != "吊销未注销" and x.role in IN_CHARGE and has_ended(x, day)]


def pensions(person: Person, day: date) -> list[Pension]:
    return [p for p in person.pensions if p.start_date <= day and p.status != "终止"]


def paid_pensions(person: Person, day: date) -> list[Pension]:
    """Untold, a pension is paid; paused or in a state that nobody knows, it is in doubt."""
    return [p for p in pensions(person, day) if p.status in (None, "正常")]


def deaths(person: Person, day: date) -> list[Death]:
    return [d for d in person.deaths if d.death_date <= day]


def tier(reg: Registration, day: date) -> str:
    """Exactly one month is still short, exactly six still mid."""
    if day <= months_after(reg.reg_date, 1):
        return "short"
    return "mid" if day <= months_after(reg.reg_date, 6) else "long"


def services(person: Person, reg: Registration, day: date) -> list[Service]:
    """What was done for the person in this registration, on links good enough to count."""
    return [s for s in person.services if reg.reg_date <= s.service_date <= day and s.rank <= 2]


def refusals_in_row(served: Sequence[Service]) -> int:
    """Refusals without a good reason since a service was last taken; who compared data offered nothing to take."""
    taken = [s.service_date for s in served if s.service_kind != "拒绝服务" and s.means != "数据比对"]
    since = max(taken, default=date.min)
    return len([s for s in served if s.service_kind == "拒绝服务" and not s.justified and s.service_date > since])


def last_contact(served: Sequence[Service], reg: Registration) -> date:
    """Who refuses has been reached, and who registers too; comparing data reaches nobody."""
    return max((s.service_date for s in served if s.means != "数据比对"), default=reg.reg_date)


# The form a finding takes: fuzzy never ends anything, and a shared number holds everything


def entry(person: Person, op: str, *proof: Row) -> str:
    weakest = max((row.rank for row in proof), default=0)
    if person.is_held or weakest == 3:
        return "HOLD"
    return "REVIEW" if weakest == 4 else op


def ending(person: Person, op: str, *proof: Row) -> str:
    return op if not person.is_held and all(row.link_grade == "exact" for row in proof) else "REVIEW"


def may_act(person: Person, *proof: Row, weakest: str = "probable") -> bool:
    """Lists, tasks and letters go out only for people who are not on hold, on links that are good enough."""
    return not person.is_held and all(row.rank <= LINKS.index(weakest) for row in proof)
