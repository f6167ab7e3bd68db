"""中山市: the oracle's reading of the plan for middle-aged people out of work. The pack's values stand here as numbers."""

from datetime import date

from tests.oracle_facts import (
    age,
    aids,
    benefits,
    best,
    certificates,
    deaths,
    ending,
    entry,
    is_closed_by_stop,
    jobs,
    last_day,
    last_stoppage,
    months_after,
    paid_pensions,
    pensions,
    registration,
    retirement,
    worst,
)
from tests.oracle_rows import Finding, Person, Row, Stop

NOT_UNEMPLOYED = ("退休", "死亡", "出国定居", "参军", "升学", "单位合并转移")
CLOSING = ("退休", "死亡")
MIDDLE_AGE = 40


def is_listable(person: Person, day: date) -> bool:
    """Forty, before retirement, not employed, no pension in payment, alive: only a firm link may deny it."""
    if person.birth_date is None or age(person.birth_date, day) < MIDDLE_AGE:
        return False
    if is_closed_by_stop(person, day):
        return False
    barring: list[Row] = [*jobs(person, day), *paid_pensions(person, day), *deaths(person, day)]
    return day < retirement(person.birth_date, person.sex) and not any(row.is_firm for row in barring)


def uninsured_stops(person: Person, day: date) -> list[Stop]:
    """The last stoppage, once a whole calendar month has passed, unless a row of it says why it lists nobody."""
    last = last_stoppage(person, day)
    if any(s.stop_reason in NOT_UNEMPLOYED or day < last_day(months_after(s.month, 1)) for s in last):
        return []
    return last


def zhongshan(person: Person, day: date) -> set[Finding]:
    found: set[Finding] = set()

    def find(rule_id: str, op: str, basis: str | None = None, ground: str | None = None) -> None:
        found.add(Finding("zhongshan", rule_id, "L", op, basis, ground))

    sources: tuple[tuple[str, str, Row | None], ...] = (
        ("ZS-3.1", "registration", registration(person, day)),
        ("ZS-3.1.1a", "stoppage", worst(uninsured_stops(person, day))),
        ("ZS-3.1.1b", "benefit", best(benefits(person, day))),
        ("ZS-3.1.2:low_income", "low_income", best(aids(person, day))),
        ("ZS-3.1.2:disability", "disability", best(certificates(person, day))),
    )
    for rule_id, basis, row in sources:
        if row and is_listable(person, day):
            find(rule_id, entry(person, "ADD", row), basis=basis)
    job = best(jobs(person, day))
    if job and benefits(person, day) and person.birth_date and age(person.birth_date, day) >= MIDDLE_AGE:
        find("ZS-3.1.1b:employed", "REVIEW", ground="benefit-and-job")
    if job:
        find("ZS-EXIT:reemployed", ending(person, "FLAG_REEMP", job), ground="hired")
    if pensions(person, day):
        find("ZS-EXIT:pension", "REVIEW", ground="pension")
    if deaths(person, day):
        find("ZS-EXIT:death", "REVIEW", ground="death")
    if any(s.stop_reason in CLOSING for s in last_stoppage(person, day)):
        find("ZS-EXIT:stop_reason", "REVIEW", ground="stop-reason")
    return found
