"""Open posts a second time: whom which post fits, what the month owes, and how places are dealt out, one pair after the other."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.oracle_care import holds_post, latest_words
from tests.oracle_facts import age, month_of
from tests.oracle_households import Everybody
from tests.oracle_life import Life, usable
from tests.oracle_rows import Pushed, Vacancy

SCHOOLS = {"小学": 1, "初中": 2, "高中": 3, "中专": 3, "大专": 4, "本科": 5, "不限": 0}
OWED = {False: 3, True: 1}  # a month, of ordinary and of public-welfare posts
PEOPLE_A_PLACE = 1
Pair = tuple[str, str]


@dataclass(frozen=True)
class Seeker:
    """One registered person and what is told of their wishes."""

    person_id: str = "P1"
    birth_date: date | None = date(1980, 7, 1)
    town: str | None = "平沙镇"
    job_need: str | None = "保洁员"
    skill: str | None = None
    education: str | None = "初中"
    wish: str | None = None
    pay_wish: int | None = None
    place_wish: str | None = None
    is_recognised: bool = False
    holds_post: bool = False
    waits_since: date = date(2024, 1, 1)

    @property
    def is_hardship(self) -> bool:
        return self.is_recognised and not self.holds_post


@cache
def level(told: str | None) -> int | None:
    return next((n for word, n in SCHOOLS.items() if told and word in told and n), None)


def worth(text: str | None, post: Vacancy) -> int:
    """How well the words fit what the post is called."""
    return worth_of(text, tuple(c for c in (post.post, post.trade) if c))


@cache
def worth_of(text: str | None, called: tuple[str, ...]) -> int:
    words = [w for w in re.split("[、，,；;/ ]+", text or "") if w and w[0] not in "不除非"]
    same = any(w == c for w in words for c in called)
    part = any(min(len(w), len(c)) > 1 and (w in c or c in w) for w in words for c in called)
    return 2 if same else 1 if part else 0


def score(seeker: Seeker, post: Vacancy, day: date) -> int | None:
    """The score of one pair, or nothing where a limit or the wish bars it."""
    if not (post.valid_from <= day <= (post.valid_to or date.min)) or "就业" not in (seeker.wish or "就业"):
        return None
    years = None if seeker.birth_date is None else age(seeker.birth_date, day)
    asked, has = level(post.education), level(seeker.education)
    if (post.max_age and years is not None and years > post.max_age) or (asked and has and has < asked):
        return None
    need, skill = worth(seeker.job_need, post), worth(seeker.skill, post)
    if not (seeker.is_hardship if post.public_welfare else need or (seeker.job_need is None and skill)):
        return None
    pay = next((p for p in (post.pay_to, post.pay_from) if p is not None), None)
    paid = 0
    if seeker.pay_wish is not None and pay is not None and pay >= seeker.pay_wish:
        paid = 2 if post.pay_from is not None and post.pay_from >= seeker.pay_wish else 1
    near = seeker.place_wish or seeker.town
    is_near = near is not None and near in (post.place or "")
    return sum((2 * need, skill, 2 * is_near, paid, int(bool(asked and has)), 2 * bool(post.public_welfare)))


def dealt(
    seekers: Iterable[Seeker], posts: Iterable[Vacancy], owed: Mapping[tuple[str, bool], int], filled: Counter[str], barred: set[Pair], day: date
) -> set[Pair]:  # fmt: skip
    """Who is named what: round by round, in each nobody more than one of a kind. `filled`: how many people each post is named
    to already; `barred`: who was named it before."""
    scored = [(s, p, fits) for s in seekers for p in posts if (fits := score(s, p, day)) is not None]
    scored.sort(key=lambda t: (-t[2], -t[1].valid_from.toordinal(), t[1].vacancy_no, not t[0].is_hardship, t[0].waits_since, t[0].person_id))  # fmt: skip
    named: set[Pair] = set()
    has: Counter[tuple[str, bool]] = Counter()
    places = Counter(filled)
    for turn in range(max(OWED.values())):
        for s, p, _ in scored:
            pair, kind = (s.person_id, p.vacancy_no), (s.person_id, bool(p.public_welfare))
            is_free = places[p.vacancy_no] < p.headcount * PEOPLE_A_PLACE and pair not in barred and pair not in named
            if is_free and has[kind] <= turn and has[kind] < owed.get(kind, OWED[kind[1]]):
                named.add(pair)
                has[kind] = turn + 1
                places[p.vacancy_no] += 1
    return named


def pushes(everybody: Everybody, may: Callable[[Life, Vacancy], bool]) -> Iterator[tuple[str, Vacancy]]:
    """Whom which open post is named to on the day: named before and still fitting, or dealt out today among those who `may` be
    named it under some policy."""
    day, posts = everybody.day, latest_words(everybody)
    seekers = {life.person.person_id: s for life in everybody.lives.values() if (s := seeker_of(life))}
    before = [p for p in everybody.place.pushed if p.ended_on is None]
    held = [p for p in everybody.place.pushed if p.ended_on is None or p.ended_on >= day]
    filled = Counter(number for _, number in {(p.person_id, p.vacancy_no) for p in held})
    told = {(p.person_id, p.vacancy_no) for p in everybody.place.pushed}
    told |= {(who, p.vacancy_no) for who in seekers for p in posts.values() if not may(everybody.lives[who], p)}
    pushed_to: dict[str, list[Pushed]] = defaultdict(list)
    for p in everybody.place.pushed:
        pushed_to[p.person_id].append(p)
    owed: dict[tuple[str, bool], int] = {}
    for who in seekers:
        served = everybody.lives[who].served
        told |= {(who, s.vacancy_no) for s in served if s.vacancy_no}
        since = month_of(day)
        kinds = {"岗位推荐": False, "公益性岗位信息": True}
        named = {(kinds[s.service_kind], s.vacancy_no or s.record_id) for s in served if s.service_kind in kinds and s.service_date >= since}  # fmt: skip
        named |= {(p.kind == "public", p.vacancy_no) for p in pushed_to[who] if p.pushed_on >= since}  # fmt: skip
        owed |= {(who, kind): most - len([k for k, _ in named if k is kind]) for kind, most in OWED.items()}
    fresh = dealt(seekers.values(), posts.values(), owed, filled, told, day)
    for who, number in fresh | {(p.person_id, p.vacancy_no) for p in before}:
        if who in seekers and number in posts and score(seekers[who], posts[number], day) is not None:
            yield who, posts[number]


def seeker_of(life: Life) -> Seeker | None:
    reg = life.reg
    if reg is None or not usable([reg]):
        return None

    def told(name: str) -> str | None:
        said = (getattr(row, name) for row in (reg, life.visit) if row)
        return next((value for value in said if value is not None), None)

    wish = {name: told(name) for name in ("job_need", "skill", "education", "place_wish")}
    pay = told("pay_wish")
    person, recognition = life.person, life.recognition
    return Seeker(
        person.person_id, person.birth_date, person.town, wish=reg.wish, pay_wish=int(pay) if pay is not None else None,
        is_recognised=recognition is not None and bool(usable([recognition])), holds_post=holds_post(life), waits_since=reg.reg_date, **wish,
    )  # fmt: skip
