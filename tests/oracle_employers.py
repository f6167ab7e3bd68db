"""Employers and vacancies: mass stoppages, subsidies not claimed, posts past their day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from tests.oracle_facts import is_closed, month_of, months_after, told_stops
from tests.oracle_households import Everybody
from tests.oracle_jining import Jining
from tests.oracle_life import Life
from tests.oracle_rows import Finding, Insured, Stop
from tests.oracle_shandong import FIRM_SUBSIDIES

NO_LAYOFF = ("退休", "死亡", "参军", "升学", "出国定居", "判刑", "单位合并转移", "重复参保")
WINDOW, PEOPLE, SHARE = timedelta(days=30), 20, 0.1
Told = tuple[str, Finding]


def is_another_employer(line: Insured, stop: Stop) -> bool:
    for mine, theirs in ((line.employer_uscc, stop.employer_uscc), (line.employer_name, stop.employer_name)):
        if mine and theirs:
            return mine != theirs
    return True


def went_on(life: Life, stop: Stop) -> bool:
    """Another employer insures from the same or the next month: a merger or a plain change of jobs."""
    first = month_of(stop.stop_date)
    return any(
        i.payer_kind == "单位职工" and i.rank <= 2 and first <= i.start_month <= months_after(first, 1)
        and i.start_month <= life.day and is_another_employer(i, stop) and not is_closed(life.person, i, life.day)
        for i in life.person.insured
    )  # fmt: skip


def left_lately(life: Life) -> set[tuple[str, str | None]]:
    """Employers, by code or else by name, that this person left within thirty days, net of who merely moved."""
    return {
        (s.employer_uscc or s.employer_name or "", s.employer_uscc)
        for s in told_stops(life.person, life.day)
        if s.rank <= 2 and not s.withdrawn and s.stop_date > life.day - WINDOW and s.stop_reason not in NO_LAYOFF
        and (s.employer_uscc or s.employer_name) and not went_on(life, s)
    }  # fmt: skip


def hired_by(everybody: Everybody, life: Life, *subsidies: str) -> str | None:
    """Who hired this person of a key group within a year, and has been paid none of these for it."""
    job, roster = life.job, Jining(everybody, life).on_a_roster
    if job is None or roster is None or not job.is_firm or job.payer_kind != "单位职工" or life.person.is_held:
        return None
    lately = job.start_month > months_after(life.day, -12)
    paid = life.is_subsidised(job.start_month, *subsidies)
    return (job.employer_uscc or job.employer_name) if lately and not paid else None


def employers(everybody: Everybody) -> set[Told]:
    stops: dict[str, int] = defaultdict(int)
    in_hardship: dict[str, int] = defaultdict(int)
    codes: dict[str, str | None] = {}
    found: set[Told] = set()
    for life in everybody.lives.values():
        for key, code in left_lately(life):
            stops[key] += 1
            in_hardship[key] += life.recognition is not None
            codes[key] = code
        for rule_id, ground, subsidies in (
            ("JN-7.1", "hired-key-people", FIRM_SUBSIDIES),
            ("JN-3.4", "pre-post-training", ("培训补贴",)),
        ):
            if hirer := hired_by(everybody, life, *subsidies):
                found.add(("E:" + hirer, Finding("jining", rule_id, "T", "NOTIFY", hirer, ground)))
    for key, people in stops.items():
        headcount = everybody.place.headcounts.get(codes[key] or "")
        for pack, rule_id, count in (
            ("shandong", "SD-3.4", people),
            ("neimenggu", "NM-5.4a", people),
            ("xinyu", "XY-5.4", in_hardship[key]),
        ):
            if count >= PEOPLE or (count and headcount and count >= SHARE * headcount):
                found.add(("E:" + key, Finding(pack, rule_id, "T", "ALERT", key, "layoff")))
    return found | set(vacancies(everybody))


def vacancies(everybody: Everybody) -> Iterator[Told]:
    for number in {v.vacancy_no for v in everybody.place.vacancies}:
        told = [v for v in everybody.place.vacancies if v.vacancy_no == number and v.valid_from <= everybody.day]
        last = max(told, key=lambda v: v.valid_from, default=None)
        if last and last.valid_to is None:
            yield "E:" + number, Finding("jining", "JN-2.4:no_end", "T", "REVIEW", number, "no-end")
        elif last and last.valid_to and last.valid_to < everybody.day:
            yield "E:" + number, Finding("jining", "JN-2.4", "T", "UPD", number, "expired")
