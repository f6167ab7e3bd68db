"""Months insured, income, and subsidies beside what bars them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.oracle_facts import CANCELLED, IN_CHARGE, certainty, last_day, month_of, months_after
from tests.oracle_life import Life, usable
from tests.oracle_rows import Income, Insured, Licence, Person, Row, Subsidy

HERE = ("本市", "本地")
ONCE = ("一次性创业补贴", "求职创业补贴")


def home_place(people: Iterable[Person]) -> str:
    """Where most insurance lines are; a line without a place is from here too."""
    told = Counter(i.place or "" for p in people for i in p.insured)
    return min(told, key=lambda place: (-told[place], place), default="")


def months_of(first: date, last: date) -> set[date]:
    """Every month from one to the other, both included."""
    if last < first:
        return set()
    count = (last.year - first.year) * 12 + last.month - first.month
    return {months_after(month_of(first), n) for n in range(count + 1)}


def insurance_lines(life: Life) -> list[Insured]:
    """Only asked of people who are registered."""
    return [i for i in usable(life.person.insured) if i.start_month <= life.day] if life.reg else []


def insured_months(life: Life, here: str) -> tuple[int, int] | None:
    """Months paid by an employer here and elsewhere; none known without any line. What the office adds up itself holds
    before the lines; paid in arrears does not count."""
    lines = insurance_lines(life)
    if not lines:
        return None
    outside = [i for i in lines if i.place is not None and i.place not in (*HERE, here)]
    return _employer_months([i for i in lines if i not in outside], life.day), _employer_months(outside, life.day)


def _employer_months(lines: list[Insured], day: date) -> int:
    paid = [i for i in lines if i.payer_kind == "单位职工" and i.pay_kind != "补缴"]
    told = [i.employer_months - (i.backpaid_months or 0) for i in paid if i.employer_months is not None]
    counted: set[date] = set()
    for i in paid:
        if i.employer_months is None:
            counted |= months_of(i.start_month, min(i.last_paid_month or i.end_month or i.start_month, month_of(day)))
    return max([len(counted), *told])


@dataclass(frozen=True)
class Earnings:
    """One person's income of the last year of which it is known."""

    earned: int
    whole: int
    is_checked: bool
    from_business: bool
    rank: int


def earnings(person: Person, day: date) -> Earnings | None:
    """This year's, else the last one's. Of one kind told twice, what civil affairs or the tax office checked holds; doubtful
    amounts speak only where there is no sure one."""
    told_of = [i for i in usable(person.incomes) if day.year - 1 <= i.year <= day.year]
    known = [i for i in told_of if certainty(i) == min(certainty(other) for other in told_of)]
    if not known:
        return None
    year = max(i.year for i in known)
    by_kind: dict[str, Income] = {}
    order = {"民政核对": 0, "税务": 1}
    for i in sorted(known, key=lambda i: (order.get(i.declared or "", 2), i.record_id)):
        if i.year == year:
            by_kind.setdefault(i.kind, i)
    told = by_kind.values()
    return Earnings(
        sum(i.amount for i in told if i.kind in ("劳动", "经营")),
        sum(i.amount for i in told),
        all(i.declared in order for i in told),
        any(i.kind in ("经营", "投资") and i.amount > 0 for i in told),
        max(i.rank for i in told),
    )


def subsidy_months(life: Life, item: str) -> int:
    """Different months, over all recognitions."""
    months: set[date] = set()
    for s in life.subsidies:
        if s.item == item:
            months |= months_of(s.month_from, s.month_to)
    return len(months)


Pair = tuple[Row, Row]


def surest_pair(pairs: Iterable[Pair]) -> Pair | None:
    return min(pairs, key=lambda two: max(r.rank for r in two), default=None)


def paid_while_employed(life: Life) -> Pair | None:
    def meets(s: Subsidy, i: Insured) -> bool:
        last = [d for d in (i.end_month, i.last_paid_month) if d]
        return i.payer_kind == "单位职工" and i.start_month <= s.month_to and all(d >= s.month_from for d in last)

    own = [s for s in life.subsidies if s.item == "灵活就业社保补贴"]
    return surest_pair((s, i) for s in own for i in life.person.insured if meets(s, i))


def paid_after_death(life: Life) -> Pair | None:
    return surest_pair(
        (s, d) for s in life.subsidies for d in life.person.deaths if s.month_to > last_day(d.death_date)
    )


def paid_beside_pension(life: Life) -> Pair | None:
    own = [s for s in life.subsidies if s.item not in ONCE]
    drawn = [p for p in life.person.pensions if p.status != "终止"]
    return surest_pair((s, p) for s in own for p in drawn if s.month_to > last_day(p.start_date))


def post_paid_while_trading(life: Life) -> Pair | None:
    def meets(s: Subsidy, x: Licence) -> bool:
        end = (x.cancelled_date or x.founded_date) if x.status in CANCELLED else x.cancelled_date
        return x.founded_date <= last_day(s.month_to) and (end is None or end > s.month_from)

    own = [s for s in life.subsidies if s.item == "公益性岗位补贴"]
    run = [x for x in life.person.licences if x.role in IN_CHARGE and x.status != "吊销未注销"]
    return surest_pair((s, x) for s in own for x in run if meets(s, x))
