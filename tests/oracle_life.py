"""One person on one day, as the later packs look at them: what the offices' rows add up to.

Each property is one fact, and says by whose rows. Where rows differ in how surely they are this person's, the surest
speak; where they are equally sure, the latest does. A doubtful row bars nobody from help.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Any, TypeVar

from tests.oracle_facts import (
    age,
    aids,
    benefits,
    certainty,
    certificates,
    deaths,
    doubtful_licences,
    flexible,
    jobs,
    last_day,
    last_stoppage,
    lasts,
    live_licences,
    main_job,
    month_of,
    months_after,
    paid_pensions,
    registration,
    retirement,
)
from tests.oracle_rows import (
    LINKS,
    Aid,
    Certificate,
    Course,
    Employment,
    Household,
    Insured,
    Licence,
    Listed,
    LostLand,
    Marriage,
    Person,
    Recognition,
    Registration,
    Row,
    Service,
    Study,
    Subsidy,
    Unit,
    Visit,
)
from tests.oracle_truth import DOUBT, Answer, Missing, told

DIBAO = ("城市低保", "农村低保")
POOR = ("脱贫人口", "脱贫不稳定")
WATCHED = ("脱贫不稳定", "边缘易致贫", "突发严重困难")
COLLEGE = re.compile("大专|专科|高职|本科|大学|硕士|博士|研究生")
# Whoever left the labour market: if several grounds are equally sure, the first of these is named.
GROUNDS = ("died", "pension", "custody", "army", "school", "abroad", "incapable")
AT_WORK = ("hired", "self-employed", "founded-firm", "founded-unit", "employment-registered")
EARLY, EARLY_EVERY, EARLY_AT_MOST = 50 * 12, 2, 60
USABLE = 2
TOLD_AT_REGISTRATION = ("last_verified", "wish", "owner", "education", "skill", "health", "training_wish", "job_need", "pay_wish", "place_wish")  # fmt: skip
AnyRow = TypeVar("AnyRow", bound=Row)
When = Callable[[Any], date | None]


def latest(when: date | None) -> int:
    """Sorts the latest day first and no day last."""
    return -(when.toordinal() if when else 0)


def speaks(rows: Iterable[AnyRow], when: When) -> AnyRow | None:
    """The surest row; of the equally sure the latest."""
    return min(rows, key=lambda r: (r.rank, latest(when(r)), r.record_id), default=None)


def last_of_good(rows: Iterable[AnyRow], when: When) -> AnyRow | None:
    """The latest row on a link good enough to count; only without any, the latest of the doubtful ones."""
    return min(rows, key=lambda r: (r.rank > USABLE, latest(when(r)), r.rank, r.record_id), default=None)


def usable(rows: Iterable[AnyRow]) -> list[AnyRow]:
    return [r for r in rows if r.rank <= USABLE]


def doubt_of_all(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The weakest of several records that count together."""
    weakest = max(rows, key=lambda r: r.rank, default=None)
    return (weakest,) if weakest else ()


def early_retirement(birth: date, sex: str) -> date:
    """The earlier of a woman's two days, from 50 on; a man has one."""
    if sex != "女":
        return retirement(birth, sex)
    reached = months_after(birth, EARLY)
    late = (reached.year - 2025) * 12 + reached.month - 1
    return months_after(birth, EARLY + (min(EARLY_AT_MOST, late // EARLY_EVERY + 1) if late >= 0 else 0))


def birth_told_by(number: str | None) -> date | None:
    if number is None or not re.fullmatch(r"\d{17}[\dX]", number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_of_age(birth: date | None, sex: str | None, day: date) -> bool | None:
    """Sixteen and not yet at the statutory day. Between a woman's two days nobody can say."""
    if birth is None or sex is None:
        return None
    if age(birth, day) < 16 or day >= retirement(birth, sex):
        return False
    return True if day < early_retirement(birth, sex) else None


class Life:
    """What stands for one person on one day."""

    def __init__(self, person: Person, day: date, values: Mapping[str, Any], is_careful: bool = False) -> None:
        self.person, self.day, self.values, self.is_careful = person, day, values, is_careful

    # Nothing is ended but by sure rows. Asked carefully, whatever a doubtful row tells counts as untold.

    @cached_property
    def carefully(self) -> "Life":
        return Life(self.person, self.day, self.values, is_careful=True)

    def is_open(self, *rows: Row | None) -> bool:
        return self.is_careful and any(row is not None and not row.is_firm for row in rows)

    def stands(self, row: Row | None) -> Answer:
        """Whether there is such a row."""
        return DOUBT if self.is_open(row) else row is not None

    # The person

    @cached_property
    def age(self) -> int | None:
        return age(self.person.birth_date, self.day) if self.person.birth_date else None

    @property
    def sex_is(self) -> Callable[[str], Answer]:
        return lambda sex: told("sex", self.person.sex, lambda s: s == sex)

    def aged(self, years: int) -> Answer:
        return told("age_years", self.age, lambda a: a >= years)

    @cached_property
    def is_working_age(self) -> Answer:
        return told("is_working_age", is_of_age(self.person.birth_date, self.person.sex, self.day))

    @cached_property
    def is_of_retirement_age(self) -> Answer:
        birth, sex = self.person.birth_date, self.person.sex
        if birth is None or sex is None:
            return Missing({"is_of_retirement_age"})
        if self.day >= retirement(birth, sex):
            return True
        return False if self.day < early_retirement(birth, sex) else Missing({"is_of_retirement_age"})

    # Registration, recognition, household

    @cached_property
    def reg(self) -> Registration | None:
        """What a doubtful one tells of wishes and care does not count."""
        reg = registration(self.person, self.day)
        untold: dict[str, Any] = dict.fromkeys(TOLD_AT_REGISTRATION)
        return reg if reg is None or reg.rank <= USABLE else replace(reg, **untold)

    @property
    def registered_on(self) -> date | None:
        return self.reg.reg_date if self.reg else None

    @property
    def recognised_on(self) -> date | None:
        return self.recognition.recognised_date if self.recognition else None

    @cached_property
    def ended_registration(self) -> Registration | None:
        """Was registered, and is no more."""
        ended = [
            r
            for r in self.person.registrations
            if r.cancel_date and r.cancel_date <= self.day and not (self.reg and certainty(self.reg) <= certainty(r))
        ]
        return min(ended, key=lambda r: (certainty(r), latest(r.cancel_date), r.rank, r.record_id), default=None)

    @cached_property
    def recognition(self) -> Recognition | None:
        """The surest current one, unless it is merely suspected to be this person's. Who looks after them is not told by a
        doubtful one."""
        standing = [
            r
            for r in self.person.recognitions
            if r.recognised_date <= self.day and (r.exit_date is None or self.day < r.exit_date) and r.rank <= 3
        ]
        rec = min(standing, key=lambda r: (certainty(r), latest(r.recognised_date), r.rank, r.record_id), default=None)
        return rec if rec is None or rec.rank <= USABLE else replace(rec, owner=None)

    @property
    def is_surely_registered(self) -> bool:
        return self.reg is not None and self.reg.is_firm

    @property
    def is_surely_recognised(self) -> bool:
        return self.recognition is not None and self.recognition.is_firm

    @cached_property
    def exited(self) -> Recognition | None:
        left = [r for r in self.person.recognitions if r.exit_date and r.exit_date <= self.day]
        return min(usable(left), key=lambda r: (latest(r.exit_date), r.rank, r.record_id), default=None)

    def is_recognised_as(self, *words: str) -> bool:
        return self.recognition is not None and any(w in self.recognition.basis for w in words)

    @cached_property
    def home(self) -> Household | None:
        return speaks(self.person.households, lambda r: r.residence_start)

    @cached_property
    def is_urban(self) -> Answer:
        """By usual residence; untold, by the hukou's kind."""
        reg, home = self.reg, self.home
        kind = (reg and (reg.usual_place or reg.hukou_kind)) or (home and home.hukou_kind)
        kind = None if self.is_open(reg, home) else kind
        return told("is_urban", kind, lambda k: k == "城镇")

    @cached_property
    def visit(self) -> Visit | None:
        seen = [v for v in usable(self.person.visits) if v.visit_date <= self.day]
        return min(seen, key=lambda v: (latest(v.visit_date), v.rank, v.record_id), default=None)

    @cached_property
    def is_able(self) -> Answer:
        """As declared; undeclared, or declared by a doubtful row, as the last visit found."""
        return told("is_able", self._declared("able"))

    @cached_property
    def is_willing(self) -> Answer:
        return told("is_willing", self._declared("willing"))

    def _declared(self, what: str) -> bool | None:
        if self.is_open(self.reg, self.visit):
            return None
        said: list[bool | None] = [getattr(row, what) for row in (self.reg, self.visit) if row]
        if self.reg and self.reg.rank > USABLE:
            said.reverse()
        return next((answer for answer in said if answer is not None), None)

    def wants(self, what: str) -> bool | None:
        return what in self.reg.wish if self.reg and self.reg.wish is not None else None

    # Work and business

    @cached_property
    def jobs(self) -> list[Insured]:
        return jobs(self.person, self.day)

    @cached_property
    def job(self) -> Insured | None:
        return main_job(self.jobs) if self.jobs else None

    @cached_property
    def flexible(self) -> Insured | None:
        return speaks(flexible(self.person, self.day), lambda r: r.start_month)

    @cached_property
    def licence(self) -> Licence | None:
        return speaks(live_licences(self.person, self.day), lambda r: r.founded_date)

    @cached_property
    def shop(self) -> Licence | None:
        mine = [x for x in live_licences(self.person, self.day) if x.entity_kind == "个体工商户"]
        return speaks(mine, lambda r: r.founded_date)

    @cached_property
    def firm(self) -> Licence | None:
        mine = [x for x in live_licences(self.person, self.day) if x.entity_kind != "个体工商户"]
        return speaks(mine, lambda r: r.founded_date)

    @cached_property
    def doubtful_licence(self) -> Licence | None:
        return speaks(doubtful_licences(self.person, self.day), lambda r: r.founded_date)

    @cached_property
    def unit(self) -> Unit | None:
        mine = [
            u
            for u in self.person.units
            if u.role == "法定代表人"
            and u.founded_date <= self.day
            and (u.cancelled_date is None or self.day < u.cancelled_date)
            and not any(end in u.status for end in ("注销", "撤销", "吊销"))
        ]
        return speaks(mine, lambda r: r.founded_date)

    @cached_property
    def doubtful_unit(self) -> Unit | None:
        """Founder, director; or of one revoked but not cancelled."""

        def stands(u: Unit) -> bool:
            if u.status in ("吊销", "吊销未注销"):
                return True
            is_over = u.cancelled_date is not None and u.cancelled_date <= self.day
            return u.role != "法定代表人" and not is_over and "注销" not in u.status and "撤销" not in u.status

        return speaks(
            [u for u in self.person.units if u.founded_date <= self.day and stands(u)], lambda r: r.founded_date
        )

    @cached_property
    def employment(self) -> Employment | None:
        """Registered as employed; the last day is still one."""
        on = [
            e
            for e in self.person.employments
            if e.start_date <= self.day and (e.end_date is None or self.day <= e.end_date)
        ]
        return speaks(on, lambda r: r.start_date)

    @cached_property
    def is_jobless(self) -> bool:
        """Nothing sure says that they work, trade or have left the labour market."""
        barring = (self.job, self.licence, self.employment, self.gone)
        return not any(row is not None and row.is_firm for row in barring)

    @cached_property
    def stopped_on(self) -> date | None:
        return max((s.stop_date for s in last_stoppage(self.person, self.day)), default=None)

    # Left the labour market

    @cached_property
    def ways_out(self) -> list[tuple[str, Row, date]]:
        p, day = self.person, self.day
        ways: list[tuple[str, Row, date]] = [("died", d, d.death_date) for d in deaths(p, day)]
        ways += [("pension", x, x.start_date) for x in paid_pensions(p, day)]
        ways += [
            ("custody", s, s.custody_start) for s in p.sentences
            if s.custody_kind == "收监执行" and s.custody_start <= day and (s.custody_end is None or day < s.custody_end)
        ]  # fmt: skip
        ways += [
            ("army", m, m.enlist_date) for m in p.enlistments
            if m.enlist_date <= day and (m.discharge_date is None or day < m.discharge_date)
        ]  # fmt: skip
        ways += [("school", s, s.enrol_date) for s in self.enrolled if s.full_time and s.enrol_date]
        ways += [
            ("abroad", h, h.move_abroad_date) for h in p.households if h.move_abroad_date and h.move_abroad_date <= day
        ]
        finding = speaks((c for c in p.capacities if c.found_date <= day), lambda r: r.found_date)
        if finding and finding.level == "完全丧失":
            ways.append(("incapable", finding, finding.found_date))
        return ways

    @cached_property
    def way_out(self) -> tuple[str, Row] | None:
        """The ground that is named, and its row."""
        first = min(
            self.ways_out,
            key=lambda w: (w[1].rank, GROUNDS.index(w[0]), latest(w[2]), w[1].record_id),
            default=None,
        )
        return first and (first[0], first[1])

    @property
    def gone(self) -> Row | None:
        return self.way_out[1] if self.way_out else None

    @property
    def has_left(self) -> bool:
        """For sure: a doubtful row bars nobody from help."""
        return self.gone is not None and self.gone.is_firm

    @cached_property
    def enrolled(self) -> list[Study]:
        return [
            s
            for s in self.person.studies
            if s.enrol_date and s.enrol_date <= self.day and (s.leave_date is None or self.day < s.leave_date)
        ]

    @cached_property
    def graduate(self) -> Study | None:
        """Left a school, and nothing sure says that they went to another."""
        left = [s for s in self.person.studies if s.leave_date and s.leave_date <= self.day]
        return None if any(s.is_firm for s in self.enrolled) else last_of_good(left, lambda r: r.leave_date)

    @cached_property
    def is_college(self) -> Answer:
        level = self.graduate.level if self.graduate and not self.is_open(self.graduate) else None
        return told("is_college", level, lambda v: bool(COLLEGE.search(v)))

    # Aid, certificates, lists, land, family

    @cached_property
    def aid(self) -> Aid | None:
        return speaks(aids(self.person, self.day), lambda r: r.start_month)

    @cached_property
    def dibao(self) -> Aid | None:
        on = [a for a in aids(self.person, self.day) if a.aid_kind in DIBAO]
        return speaks(on, lambda r: r.start_month)

    @cached_property
    def ended_dibao(self) -> Aid | None:
        """Once nothing on a good link says that it goes on."""
        over = [a for a in self.person.aids if a.aid_kind in DIBAO and a.end_month and self.day > last_day(a.end_month)]
        return None if self.dibao and self.dibao.rank <= USABLE else speaks(over, lambda r: r.end_month)

    @cached_property
    def certificate(self) -> Certificate | None:
        return speaks(certificates(self.person, self.day), lambda r: r.issue_date)

    @cached_property
    def ended_certificate(self) -> tuple[str, Certificate] | None:
        """Cancelled or expired, of somebody who holds no other on a good link."""
        over = []
        for c in self.person.certificates:
            if c.status == "注销" or (c.cancel_date and c.cancel_date <= self.day):
                over.append(("cancelled", c, c.cancel_date))
            elif c.status == "过期" or (c.status == "有效" and c.valid_to and c.valid_to < self.day):
                over.append(("expired", c, c.valid_to))
        first = min(over, key=lambda o: (o[1].rank, latest(o[2]), o[1].record_id), default=None)
        holds_another = self.certificate is not None and self.certificate.rank <= USABLE
        return None if holds_another or first is None else (first[0], first[1])

    def _listed(self, kinds: tuple[str, ...]) -> Listed | None:
        on = [
            x
            for x in self.person.listings
            if x.list_kind in kinds and x.from_date <= self.day and (x.to_date is None or self.day < x.to_date)
        ]
        return speaks(on, lambda r: r.from_date)

    @cached_property
    def poverty(self) -> Listed | None:
        return self._listed(POOR)

    @cached_property
    def watched(self) -> Listed | None:
        return self._listed(WATCHED)

    @cached_property
    def land(self) -> LostLand | None:
        return speaks((x for x in self.person.lands if x.lost_date <= self.day), lambda r: r.lost_date)

    @cached_property
    def marriage(self) -> Marriage | None:
        return last_of_good((m for m in self.person.marriages if m.event_date <= self.day), lambda r: r.event_date)

    @cached_property
    def is_single(self) -> Answer:
        status = self.marriage.status if self.marriage and not self.is_open(self.marriage) else None
        return told("marital_status", status, lambda s: s in ("离婚", "丧偶", "未婚"))

    @cached_property
    def is_married(self) -> Answer:
        return told("marital_status", self.marriage and self.marriage.status, lambda s: s == "已婚")

    @cached_property
    def child_rows(self) -> list[Marriage]:
        """Children in the person's care, as civil affairs name them."""
        return [
            m
            for m in usable(self.person.marriages)
            if m.event_date <= self.day and (born := m.child_birth or birth_told_by(m.child_id)) and born <= self.day
        ]

    @cached_property
    def child_adult_on(self) -> date | None:
        """The youngest child's eighteenth birthday."""
        births = [b for m in self.child_rows if (b := m.child_birth or birth_told_by(m.child_id))]
        return months_after(max(births), 18 * 12) if births else None

    # Services, courses, money

    @cached_property
    def served(self) -> list[Service]:
        return [s for s in usable(self.person.services) if s.service_date <= self.day]

    def times(self, *kinds: str, since: date | None) -> int:
        return len([s for s in self.served if s.service_kind in kinds and since and s.service_date >= since])

    @cached_property
    def reached_on(self) -> date | None:
        """Comparing data reaches nobody."""
        return max((s.service_date for s in self.served if s.means != "数据比对"), default=None)

    @cached_property
    def refusal(self) -> Service | None:
        """One that staff found to be without good reason, in the current registration or recognition: no surer than the
        surer of these two in which it falls."""
        begun = [
            (row, on)
            for row, on in ((self.reg, self.registered_on), (self.recognition, self.recognised_on))
            if row and on
        ]
        bad = []
        for s in self.served:
            within = [row.rank for row, on in begun if s.service_date >= on]
            if s.service_kind == "拒绝服务" and s.justified is False and within:
                bad.append(replace(s, link_grade=LINKS[max(s.rank, min(within))]))
        return speaks(bad, lambda r: r.service_date)

    @cached_property
    def three_refusals(self) -> Row | None:
        """Any three since the recognition, signed and not found justified, the last within six months of the first; of
        several such threes the surest, and of that its weakest record."""
        if self.recognition is None:
            return None
        since = self.recognition.recognised_date
        bad = [
            s
            for s in self.served
            if s.service_kind == "拒绝服务" and not s.justified and s.staff and s.service_date >= since
        ]
        threes = [
            three
            for three in combinations(sorted(bad, key=lambda s: s.service_date), 3)
            if three[2].service_date <= months_after(three[0].service_date, 6)
        ]
        return min((max(three, key=lambda s: s.rank) for three in threes), key=lambda s: s.rank, default=None)

    @cached_property
    def request_to_leave(self) -> Service | None:
        if self.recognition is None:
            return None
        since = self.recognition.recognised_date
        asked = [s for s in self.served if s.service_kind == "主动退出" and s.service_date >= since]
        return speaks(asked, lambda r: r.service_date)

    @cached_property
    def courses(self) -> list[Course]:
        return [c for c in usable(self.person.courses) if c.start_date <= self.day]

    @cached_property
    def skills(self) -> int:
        return len([c for c in self.courses if c.certificate_date and c.certificate_date <= self.day])

    @cached_property
    def subsidies(self) -> list[Subsidy]:
        return usable(self.person.subsidies)

    def is_subsidised(self, since: date, *items: str) -> bool:
        """To the month of that day at least."""
        return any(s.item in items and s.month_to >= month_of(since) for s in self.subsidies)

    def confirmed(self, op: str, *clauses: str) -> bool:
        """An officer confirmed what this ledger had raised, since the current recognition."""
        return self.recognition is not None and any(
            d.decision == "确认" and d.op == op and (not clauses or d.clause in clauses)
            and self.recognition.recognised_date <= d.decided_date <= self.day
            for d in self.person.decisions
        )  # fmt: skip

    def is_work_confirmed_since(self, begun: date) -> bool:
        """An officer confirmed a job that this ledger had marked, or for which it had proposed to cancel a registration."""
        return any(
            d.decision == "确认" and begun <= d.decided_date <= self.day
            and (d.op == "FLAG_REEMP" or (d.op == "PROP_DEREG" and d.ground in AT_WORK))
            for d in self.person.decisions
        )  # fmt: skip

    @cached_property
    def benefit(self) -> Row | None:
        return speaks(benefits(self.person, self.day), lambda r: r.start_month)

    @cached_property
    def job_when_recognised(self) -> bool:
        """Insured by an employer before, on and after the day of the recognition."""
        if self.recognition is None:
            return False
        on = self.recognition.recognised_date
        return any(
            i.payer_kind == "单位职工" and last_day(i.start_month) < on and lasts(on, i.start_month, i.end_month)
            and i.last_paid_month is not None and i.last_paid_month > on
            for i in self.person.insured
        )  # fmt: skip
