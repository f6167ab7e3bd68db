"""内蒙古: what the notice wants done for people registered and people in hardship, by tier, by wish and by month."""

from datetime import date, timedelta

from tests.oracle_answers import Answers, surest
from tests.oracle_care import (
    holds_post,
    is_clear,
    is_employed_since,
    is_met,
    is_registered_twice,
    is_result_due,
)
from tests.oracle_facts import (
    aids,
    benefits,
    best,
    certificates,
    ended_benefits,
    flexible,
    is_closed_by_stop,
    last_stoppage,
    month_of,
    pensions,
    tier,
    worst,
)
from tests.oracle_households import Everybody
from tests.oracle_life import USABLE, Life, usable
from tests.oracle_rows import Row
from tests.oracle_shandong import NO_LOSS_OF_WORK
from tests.oracle_truth import Answer, all_of, any_of, told

WISHES = (("job", "就业"), ("training", "培训"), ("startup", "创业"), ("unclear", "不明确"), ("other", "其他"))
MARKET_POSTS = 3
ELSEWHERE = ("school", "army", "abroad", "incapable", "custody")


def neimenggu_lists(everybody: Everybody, life: Life) -> Answers:
    say = Answers("neimenggu", life.person)
    say.ask("NM-1.1b", is_registered_twice(life), "R", "REVIEW", (), ground="twice")
    if not life.is_surely_registered:
        say.ask("NM-1.1a", may_register(life), "T", "NOTIFY", (surest(*signs_of_need(life)),), "may-register")
    if life.reg:
        _ends(say, life)
        _refer(say, everybody, life)
        fits: tuple[tuple[str, Answer, Row | None], ...] = (
            ("older", is_older(life), None),
            ("low_income", life.aid is not None, life.aid),
            ("disability", life.certificate is not None, life.certificate),
        )
        for basis, fit, proof in fits:
            holds = all_of(life.is_jobless, not life.is_surely_recognised, fit)
            say.ask(f"NM-1.3a:{basis}", holds, "H", "ADD", (life.reg, proof), basis)
    if life.reg and life.is_jobless:
        _by_wish(say, life)
        _if_long(say, life, life.reg)
    _recognised(say, everybody, life)
    if everybody.keeps_log:
        _each_month(say, life)
    return say


def signs_of_need(life: Life) -> list[Row]:
    """What says that somebody is out of work or in need; a stoppage only if its reason says neither something else nor that
    they went to another employer."""
    person, day = life.person, life.day
    stops = last_stoppage(person, day)
    if any(s.stop_reason in NO_LOSS_OF_WORK for s in stops):
        stops = []
    told = [worst(stops), *benefits(person, day), *ended_benefits(person, day), *aids(person, day), *certificates(person, day)]  # fmt: skip
    return usable(row for row in told if row is not None)


def may_register(life: Life) -> bool:
    """Of age, out of work and able as far as anything sure says, and with some sign of need."""
    visit = life.visit
    says_no = visit is not None and visit.is_firm and (visit.able is False or visit.willing is False)
    of_age = life.age is not None and life.age >= 16
    barred = says_no or is_closed_by_stop(life.person, life.day)
    return of_age and life.is_jobless and not barred and bool(signs_of_need(life))


def _refer(say: Answers, everybody: Everybody, life: Life) -> None:
    """Their benefit has ended, or the last visit found no income, and nothing sure says what they or their family live on."""
    person, day = life.person, life.day
    live_on: list[Row] = [*pensions(person, day), *flexible(person, day), *benefits(person, day), *aids(person, day)]
    family = everybody.family_of(life)
    poor = life.is_jobless and not any(row.is_firm for row in live_on) and not (family and family.working)
    ended = best(usable(ended_benefits(person, day)))
    say.ask("NM-1.3b", poor and ended is not None, "T", "REFER", (life.reg, ended), "benefit-ended")
    found = ended is None and life.visit is not None and life.visit.no_income_household is True
    say.ask("NM-1.3b:visit", poor and found, "T", "REFER", (life.reg, life.visit), "no-income")


def is_older(life: Life) -> Answer:
    """The league says from which age on; the notice does not."""

    def aged(sex: str, name: str) -> Answer:
        return all_of(life.sex_is(sex), told(name, life.values.get(name), lambda _: True)) if (
            life.values.get(name) is None
        ) else all_of(life.sex_is(sex), life.aged(life.values[name]))  # fmt: skip

    return any_of(aged("女", "older_female_age"), aged("男", "older_male_age"))


def _ends(say: Answers, life: Life) -> None:
    """Pension, business and death have their own rules."""
    reg, unit = life.reg, life.unit
    say.ask("NM-3.2:founded_unit", unit is not None, "R", "PROP_DEREG", (reg, unit), ground="founded-unit")
    is_weak = life.doubtful_unit is not None and unit is None
    say.ask("NM-3.2:unit_weak", is_weak, "R", "REVIEW", (), ground="founded-unit")
    ground, row = life.way_out or ("", None)
    say.ask("NM-3.2:left", ground in ELSEWHERE, "R", "PROP_DEREG", (reg, row), ground, ground)


def _by_wish(say: Answers, life: Life) -> None:
    for word, wish in WISHES:
        say.ask(f"NM-2.2:{word}", bool(life.wants(wish)), "T", "TASK", (life.reg,), f"wish:{word}")
    blank = life.reg is not None and life.reg.wish is None
    say.ask("NM-2.2:blank", blank, "T", "TASK", (life.reg,), "wish:blank")
    say.ask("NM-2.2:revisit", is_result_due(life), "T", "TASK", (life.reg,), "result-revisit")
    say.ask("NM-1.2b", not is_clear(life), "T", "GAP", (life.reg,), "four-clears")


def _if_long(say: Answers, life: Life, reg: Row) -> None:
    """Those in hardship are taken into help, the others are looked at."""
    if life.reg is None or tier(life.reg, life.day) != "long":
        return
    told = (life.recognition, best(aids(life.person, life.day)), best(certificates(life.person, life.day)))
    reason, older = surest(*usable(row for row in told if row)), is_older(life) is True
    say.ask("NM-2.1c", reason is not None, "L", "UPD", (reg, reason), "assistance")
    say.ask("NM-2.1c:older", older and reason is None, "L", "UPD", (reg,), "assistance")
    say.ask("NM-2.1c:check", not older and reason is None, "T", "TASK", (reg,), "hardship-check")


def _recognised(say: Answers, everybody: Everybody, life: Life) -> None:
    """Of those registered, the people in hardship: a plan of their own, and a post where the market gave none."""
    rec, reg = life.recognition, life.reg
    if rec is None or reg is None or not life.is_jobless:
        return
    say.ask("NM-2.3:plan", rec.agreement_date is None, "T", "GAP", (rec,), "plan")
    tried = everybody.keeps_log and life.times("岗位推荐", since=rec.recognised_date) >= MARKET_POSTS
    say.ask("NM-2.3:post", tried and not holds_post(life), "T", "TASK", (rec, reg), "public-post")


def _each_month(say: Answers, life: Life) -> None:
    """Whoever has not found work is spoken to once in each calendar month, and late from the first day of the next."""
    first = month_of(life.day)
    before = first - timedelta(1)
    reason = followed_by(life, life.day)
    if reason is None:
        return
    if not is_met(life, first, life.day):
        say.ask("NM-4.1", True, "T", "TASK", (reason,), f"contact:{first:%Y-%m}")
    if followed_by(life, before) and not is_met(life, month_of(before), before):
        say.ask("NM-4.1:overdue", True, "T", "ALERT", (reason,), f"contact:{before:%Y-%m}")


def followed_by(life: Life, on: date) -> Row | None:
    """The row by which somebody was to be spoken to on that day, by the recognition and the registration of today: in
    hardship, or long unemployed; on a link good enough to act on."""
    reg, rec = life.reg, life.recognition
    then = Life(life.person, on, life.values)
    begun = (life.registered_on if life.reg and life.reg.rank <= USABLE else None) or life.recognised_on
    if begun is None or then.has_left or is_employed_since(then, begun):
        return None
    if reg and reg.rank <= USABLE and begun > on and then.is_work_confirmed_since(life.recognised_on or date.min):
        return None  # at work then, by an officer's word, and registered anew only since
    long = reg if reg and tier(reg, on) == "long" else None
    reason = surest(rec if rec and rec.recognised_date <= on else None, long)
    return reason if reason and reason.rank <= 2 else None
