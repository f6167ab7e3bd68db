"""内蒙古: the oracle's reading of the notice on help for people hard to employ. The pack's values stand here as numbers."""

from collections.abc import Callable
from datetime import date

from tests.oracle_facts import (
    age,
    best,
    deaths,
    doubtful_licences,
    ended_licences,
    ended_on,
    ending,
    entry,
    flexible,
    is_employment_registered,
    is_hired_since,
    jobs,
    last_contact,
    live_licences,
    main_job,
    may_act,
    months_after,
    paid_pensions,
    pensions,
    refusals_in_row,
    registration,
    services,
    surest_jobs,
    tier,
)
from tests.oracle_rows import Finding, Person, Registration, Row

WORKING_AGE = 16
POSTS, GUIDANCE, TRAINING, REFUSALS, SILENT_MONTHS, VERIFIED_WITHIN_MONTHS = 3, 1, 1, 3, 6, 1
Find = Callable[..., None]


def neimenggu(person: Person, day: date, has_service_log: bool) -> set[Finding]:
    found: set[Finding] = set()

    def find(rule_id: str, track: str, op: str, basis: str | None = None, ground: str | None = None) -> None:
        found.add(Finding("neimenggu", rule_id, track, op, basis, ground))

    reg = registration(person, day)
    if reg is None:
        return found
    if person.birth_date and age(person.birth_date, day) < WORKING_AGE:
        find("NM-1.1a:underage", "R", "REVIEW", ground="underage")
    find("NM-2.1a", "L", entry(person, "UPD", reg), basis=tier(reg, day))
    if has_service_log and may_act(person, reg):
        _quotas(person, reg, day, find)
    _compare(person, reg, day, find)
    _deregister(person, reg, day, find)
    is_stale = reg.last_verified is None or reg.last_verified < months_after(day, -VERIFIED_WITHIN_MONTHS)
    if tier(reg, day) == "long" and is_stale and may_act(person, reg):
        find("NM-3.4", "T", "TASK", basis="stale")
    return found


def provided_for(person: Person, day: date) -> list[Row]:
    """What says that somebody works, runs a business, draws a pension or is dead."""
    return [*jobs(person, day), *live_licences(person, day), *paid_pensions(person, day), *deaths(person, day)]


def _quotas(person: Person, reg: Registration, day: date, find: Find) -> None:
    served, now = services(person, reg, day), tier(reg, day)
    inside = [s for s in served if tier(reg, s.service_date) == now]
    posts = [s for s in inside if s.service_kind == "岗位推荐"]  # times: the same vacancy twice counts twice
    guidance = [s for s in inside if s.service_kind == "职业指导"]
    training = [s for s in inside if s.service_kind in ("技能培训", "培训机会")]
    if len(posts) < POSTS:
        find("NM-2.1b:post", "T", "GAP", basis=f"post:{now}")
    if now != "short" and len(guidance) < GUIDANCE:
        find("NM-2.1b:guidance", "T", "GAP", basis=f"guidance:{now}")
    if now == "long" and len(training) < TRAINING:
        find("NM-2.1b:training", "T", "GAP", basis=f"training:{now}")
    silent_since = months_after(last_contact(served, reg), SILENT_MONTHS)
    if refusals_in_row(served) >= REFUSALS or day >= silent_since:
        find("NM-3.3", "T", "TASK", basis="door-visit")


def _compare(person: Person, reg: Registration, day: date, find: Find) -> None:
    employed, live = jobs(person, day), best(live_licences(person, day))
    if employed:
        job = main_job(employed)
        if may_act(person, reg, job):
            find("NM-3.1a:insured", "T", "TASK", basis="check-insured")
        if may_act(person, reg, job, weakest="variant") and not is_employment_registered(person, day):
            find("NM-3.1b", "T", "URGE", basis=job.employer_uscc or job.employer_name or "")
    if live and may_act(person, reg, live):
        find("NM-3.1a:licence", "T", "TASK", basis="check-licence")
    ended = best(x for x in ended_licences(person, day) if x.rank <= 2 and (ended_on(x) or date.min) >= reg.reg_date)
    if ended and not (live and live.is_firm):
        find("NM-3.1a:licence_ended", "L", entry(person, "UPD", reg, ended), ground="licence-ended")


def _deregister(person: Person, reg: Registration, day: date, find: Find) -> None:
    """Each lawful ground by itself. Refusing services or being out of reach is none."""

    def propose(rule_id: str, ground: str, row: Row) -> None:
        find(rule_id, "R", ending(person, "PROP_DEREG", reg, row), ground=ground)

    drawn, employed = pensions(person, day), jobs(person, day)
    sure = [p for p in drawn if p.is_firm]  # beside these a doubtful one does not speak
    paid = best(p for p in paid_pensions(person, day) if p in sure or not sure)
    if paid:
        propose("NM-3.2:pension", "pension", paid)
    elif drawn:
        find("NM-3.2:pension_paused", "R", "REVIEW", ground="pension")
    hired = best(line for line in surest_jobs(employed) if is_hired_since(line, reg))
    if hired:
        propose("NM-3.2:hired", "hired", hired)
    elif employed:
        find("NM-3.2:hired_weak", "R", "REVIEW", ground="hired")
    elif flexible(person, day):
        find("NM-3.2:flexible", "R", "REVIEW", ground="flexible")
    live = live_licences(person, day)
    shop = best(x for x in live if x.entity_kind == "个体工商户")
    firm = best(x for x in live if x.entity_kind != "个体工商户")
    if shop:
        propose("NM-3.2:self_employed", "self-employed", shop)
    if firm:
        propose("NM-3.2:founded_firm", "founded-firm", firm)
    if doubtful_licences(person, day) and not live:
        find("NM-3.2:licence_weak", "R", "REVIEW", ground="licence")
    dead = best(deaths(person, day))
    if dead:
        propose("NM-3.2:died", "died", dead)
