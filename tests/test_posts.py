"""Which open posts are named to whom, and why: limits, points, what the month still owes. Scoring stands here a second time,
naive and per person; the nights of `tests/test_post_nights.py` take it through files and ledger."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

import policies
from ledger.store import connect

DAY = date(2024, 6, 30)
POLICIES = Path(policies.__file__).parent
SCHOOLS = {"小学": 1, "初中": 2, "高中": 3, "中专": 3, "大专": 4, "本科": 5, "不限": 0}


@dataclass(frozen=True)
class Seeker:
    """One registered person and what is told of their wishes."""

    person_id: str = "P1"
    birth_date: date | None = date(1980, 7, 1)
    town: str = "平沙镇"
    job_need: str | None = "保洁员"
    skill: str | None = None
    education: str | None = "初中"
    wish: str | None = None
    pay_wish: int | None = None
    place_wish: str | None = None
    is_recognised: bool = False
    holds_post: bool = False


@dataclass(frozen=True)
class Post:
    vacancy_no: str = "V1"
    post: str = "保洁员"
    trade: str | None = None
    max_age: int | None = None
    education: str | None = None
    place: str | None = None
    pay_from: int | None = None
    pay_to: int | None = None
    valid_from: date = date(2024, 6, 1)
    valid_to: date | None = DAY
    public_welfare: bool = False


Pushed = tuple[str, str, str, date, bool]
Served = tuple[str, str, str | None, date]
# What the parts before `posts.sql` leave to it.
GIVEN = """
create temp table today (as_of date);
create temp table everybody (person_id varchar, birth_date date, town varchar);
create temp table topic_registration (person_id varchar, registration_rank integer);
create temp table topic_told (person_id varchar, job_need varchar, skill varchar, education varchar, wish varchar, pay_wish decimal(18, 2), place_wish varchar);
create temp table topic_recognition (person_id varchar, recognition_rank integer);
create temp table topic_post_held (person_id varchar);
create temp table fact_served (person_id varchar, service_kind varchar, vacancy_no varchar, served_on date, record_id varchar);
create temp table pushed (person_id varchar, kind varchar, vacancy_no varchar, pushed_on date, is_open boolean);
create temp table now_vacancy (vacancy_no varchar, post varchar, trade varchar, max_age integer, education varchar, place varchar, pay_from decimal(18, 2),
    pay_to decimal(18, 2), valid_from date, valid_to date, public_welfare boolean, employer_uscc varchar, employer_name varchar, office varchar, record_id varchar);
create temp table national as select 3 as posts_a_month, 1 as public_posts_a_month;
create temp table shared_evidence (person_id varchar, record_id varchar);
create temp table wide (person_id varchar);
"""


def look(
    seekers: Sequence[Seeker], posts: Sequence[Post], pushed: Sequence[Pushed] = (), served: Sequence[Served] = (), day: date = DAY
) -> dict[tuple[str, str], tuple[int | None, str, bool, bool]]:  # fmt: skip
    """Of each pair that the matching names on a day: score, points, whether it fits, whether the post is over."""
    con = connect()
    con.execute((POLICIES / "macros.sql").read_text(encoding="utf-8"))
    con.execute(GIVEN)
    con.execute("insert into today values (?)", [day])
    told = ("person_id", "job_need", "skill", "education", "wish", "pay_wish", "place_wish")
    _rows(con, "everybody", [(s.person_id, s.birth_date, s.town) for s in seekers])
    _rows(con, "topic_registration", [(s.person_id, 0) for s in seekers])
    _rows(con, "topic_told", [tuple(getattr(s, n) for n in told) for s in seekers])
    _rows(con, "topic_recognition", [(s.person_id, 0) for s in seekers if s.is_recognised])
    _rows(con, "topic_post_held", [(s.person_id,) for s in seekers if s.holds_post])
    _rows(
        con, "now_vacancy", [(*(getattr(p, f.name) for f in fields(p)), None, "甲厂", "x", p.vacancy_no) for p in posts]
    )
    _rows(con, "fact_served", [(*row, f"s{n}") for n, row in enumerate(served)])
    _rows(con, "pushed", pushed)
    con.execute((POLICIES / "sql" / "posts.sql").read_text(encoding="utf-8"))
    rows = con.execute(
        "select person_id, match_no, match_score, match_points, match_fits, match_is_over from post_match"
    ).fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {(row[0], row[1]): row[2:] for row in rows}


def _rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", [list(row) for row in rows])


def only(seeker: Seeker, post: Post, day: date = DAY) -> tuple[Any, ...] | None:
    return look([seeker], [post], day=day).get((seeker.person_id, post.vacancy_no))


@pytest.mark.parametrize(
    ("seeker", "post", "points"),
    [
        pytest.param(Seeker(), Post(), "意向4＝4", id="the very word"),
        pytest.param(Seeker(job_need="门卫、保洁"), Post(), "意向2＝2", id="a word within the other"),
        pytest.param(Seeker(job_need="保洁员"), Post(post="环卫工", trade="保洁员"), "意向4＝4", id="by trade"),
        pytest.param(Seeker(job_need="电工"), Post(), None, id="another trade"),
        pytest.param(Seeker(job_need="不做保洁员"), Post(), None, id="what is refused is not asked for"),
        pytest.param(Seeker(job_need=None), Post(), None, id="nothing told, nothing named"),
        pytest.param(Seeker(job_need=None, skill="保洁员"), Post(), "技能2＝2", id="by skill where no wish is told"),
        pytest.param(Seeker(job_need="电工", skill="保洁员"), Post(), None, id="a skill does not go before a wish"),
        pytest.param(Seeker(wish="培训、创业"), Post(), None, id="wants training, not work"),
        pytest.param(Seeker(wish="就业、培训"), Post(), "意向4＝4", id="wants both"),
        pytest.param(Seeker(), Post(place="平沙镇，晨光路"), "意向4＋地点2＝6", id="in the own town"),
        pytest.param(Seeker(place_wish="三灶镇"), Post(place="平沙镇"), "意向4＝4", id="wants to work elsewhere"),
        pytest.param(Seeker(pay_wish=3000), Post(pay_from=3000), "意向4＋薪资2＝6", id="the pay that is wished"),
        pytest.param(Seeker(pay_wish=3000), Post(pay_from=2600, pay_to=3000), "意向4＋薪资1＝5", id="up to the pay"),
        pytest.param(Seeker(pay_wish=3001), Post(pay_from=2600, pay_to=3000), "意向4＝4；低于期望月薪", id="below it"),
        pytest.param(Seeker(), Post(education="初中及以上"), "意向4＋学历1＝5", id="schooled enough"),
        pytest.param(Seeker(), Post(education="高中"), None, id="not schooled enough"),
        pytest.param(Seeker(education="60"), Post(education="高中"), "意向4＋学历1＝5", id="schooling by code"),
        pytest.param(Seeker(education=None), Post(education="高中"), "意向4＝4；学历待核实", id="schooling not told"),
        pytest.param(Seeker(education="初中"), Post(education="不限"), "意向4＝4", id="no schooling asked"),
        pytest.param(Seeker(birth_date=None), Post(max_age=40), "意向4＝4；年龄待核实", id="age not known"),
        pytest.param(Seeker(), Post(public_welfare=True), None, id="a public-welfare post for anybody"),
        pytest.param(Seeker(is_recognised=True, job_need="电工"), Post(public_welfare=True), "公益岗2＝2", id="for the recognised, whatever the trade"),
        pytest.param(Seeker(is_recognised=True, holds_post=True), Post(public_welfare=True), None, id="holds one already"),
        pytest.param(Seeker(), Post(valid_to=None), None, id="no last day is told"),
    ],
)  # fmt: skip
def test_limits_and_points(seeker: Seeker, post: Post, points: str | None) -> None:
    found = only(seeker, post)
    assert (found and found[1]) == points


@pytest.mark.parametrize(
    ("day", "is_named"),
    [
        pytest.param(date(2024, 5, 31), False, id="day before it opens"),
        pytest.param(date(2024, 6, 1), True, id="day it opens"),
        pytest.param(date(2024, 6, 29), True, id="day before the last"),
        pytest.param(date(2024, 6, 30), True, id="last day"),
        pytest.param(date(2024, 7, 1), False, id="day after"),
    ],
)
def test_a_post_is_named_while_it_is_open(day: date, is_named: bool) -> None:
    assert bool(only(Seeker(), Post(), day)) is is_named


@pytest.mark.parametrize(
    ("day", "is_named"),
    [
        pytest.param(date(2024, 6, 30), True, id="day before turning 44"),
        pytest.param(date(2024, 7, 1), False, id="the birthday"),
        pytest.param(date(2024, 7, 2), False, id="day after"),
    ],
)
def test_the_age_limit_is_passed_on_the_birthday(day: date, is_named: bool) -> None:
    post = Post(max_age=43, valid_to=date(2024, 12, 31))
    assert bool(only(Seeker(), post, day)) is is_named


POSTS = tuple(Post(f"V{n}", valid_to=date(2024, 12, 31)) for n in range(1, 6))


def named(pushed: Sequence[Pushed] = (), served: Sequence[Served] = (), day: date = DAY) -> set[str]:
    return {number for _, number in look([Seeker()], POSTS, pushed, served, day)}


def test_the_best_three_a_month_and_of_equals_the_newest() -> None:
    assert named() == {"V1", "V2", "V3"}
    newer = [*POSTS[:4], Post("V9", valid_from=date(2024, 6, 2), valid_to=date(2024, 12, 31))]
    assert {number for _, number in look([Seeker()], newer)} == {"V9", "V1", "V2"}


@pytest.mark.parametrize(
    ("pushed_on", "expect"),
    [
        pytest.param(date(2024, 5, 31), {"V1", "V2", "V3", "V4"}, id="pushed on the last day of the month before"),
        pytest.param(date(2024, 6, 1), {"V1", "V2", "V3"}, id="pushed on the first day of this month"),
    ],
)
def test_what_was_pushed_this_month_counts_and_stands(pushed_on: date, expect: set[str]) -> None:
    assert named([("P1", "vacancy", "V1", pushed_on, True)]) == expect


def test_a_push_that_ended_is_not_made_again() -> None:
    assert named([("P1", "vacancy", "V1", date(2024, 5, 3), False)]) == {"V2", "V3", "V4"}


def test_what_staff_recommended_this_month_counts_and_is_not_pushed() -> None:
    assert named(served=[("P1", "岗位推荐", "V1", date(2024, 6, 3)), ("P1", "岗位推荐", None, date(2024, 6, 4))]) == {
        "V2"
    }
    assert named(served=[("P1", "岗位推荐", "V1", date(2024, 5, 31))]) == {"V2", "V3", "V4"}


def test_a_pushed_post_that_staff_carried_out_counts_once() -> None:
    pushed = [("P1", "vacancy", f"V{n}", date(2024, 6, 2), True) for n in (1, 2)]
    assert named(pushed, [("P1", "岗位推荐", "V1", date(2024, 6, 3))]) == {"V1", "V2", "V3"}


def test_public_posts_are_owed_apart_one_a_month() -> None:
    who = Seeker(is_recognised=True)
    posts = [*POSTS, *(Post(f"G{n}", "协管员", public_welfare=True, valid_to=date(2024, 12, 31)) for n in (1, 2))]
    assert {n for _, n in look([who], posts)} == {"V1", "V2", "V3", "G1"}
    told = [("P1", "公益性岗位信息", None, date(2024, 6, 4))]
    assert {n for _, n in look([who], posts, served=told)} == {"V1", "V2", "V3"}


def test_an_open_push_says_what_ended_it() -> None:
    mine = [("P1", "vacancy", "V1", date(2024, 6, 2), True)]
    (_, _, fits, is_over) = look([Seeker()], [Post(valid_to=date(2024, 6, 29))], mine)["P1", "V1"]
    assert (fits, is_over) == (False, True)
    (_, _, fits, is_over) = look([Seeker(job_need="电工")], [Post()], mine)["P1", "V1"]
    assert (fits, is_over) == (False, False)


def level(told: str | None) -> int | None:
    return next((n for word, n in SCHOOLS.items() if told and word in told and n), None)


def naive(seeker: Seeker, post: Post) -> int | None:
    """The score of one pair, or nothing where a limit or the wish bars it."""

    def worth(text: str | None) -> int:
        words = [w for w in re.split("[、，,；;/ ]+", text or "") if w and w[0] not in "不除非"]
        called = [c for c in (post.post, post.trade) if c]
        same = any(w == c for w in words for c in called)
        part = any(min(len(w), len(c)) > 1 and (w in c or c in w) for w in words for c in called)
        return 2 if same else 1 if part else 0

    age = None if seeker.birth_date is None else DAY.year - seeker.birth_date.year - ((DAY.month, DAY.day) < (seeker.birth_date.month, seeker.birth_date.day))  # fmt: skip
    asked, wanted = level(post.education), level(seeker.education)
    if not (post.valid_from <= DAY <= (post.valid_to or date.min)) or "就业" not in (seeker.wish or "就业"):
        return None
    if (post.max_age and age is not None and age > post.max_age) or (asked and wanted and wanted < asked):
        return None
    is_fit = (seeker.is_recognised and not seeker.holds_post) if post.public_welfare else worth(seeker.job_need) or (seeker.job_need is None and worth(seeker.skill))  # fmt: skip
    if not is_fit:
        return None
    pay = next((p for p in (post.pay_to, post.pay_from) if p is not None), None)
    paid = 0
    if seeker.pay_wish is not None and pay is not None and pay >= seeker.pay_wish:
        paid = 2 if post.pay_from is not None and post.pay_from >= seeker.pay_wish else 1
    near = seeker.place_wish or seeker.town
    return sum((2 * worth(seeker.job_need), worth(seeker.skill), 2 * (near in (post.place or "")), paid, int(bool(asked and wanted)), 2 * post.public_welfare))  # fmt: skip


def test_the_naive_score_agrees_on_a_thousand_people() -> None:
    rng = Random(7)
    jobs, towns = (
        ("保洁员", "保洁", "电工,保安", "车工；电工", "不做保安、保洁员", "家政服务", None),
        ("平沙镇", "三灶镇"),
    )
    seekers = [
        Seeker(f"P{n}", rng.choice((None, date(rng.randrange(1960, 2000), rng.randrange(1, 13), rng.randrange(1, 29)))), rng.choice(towns), rng.choice(jobs),
               rng.choice(("电工", "驾驶", None)), rng.choice((*SCHOOLS, None)), rng.choice((None, "就业", "培训")), rng.choice((None, 2600, 3000)),
               rng.choice((None, *towns)), rng.random() < 0.3, rng.random() < 0.1)
        for n in range(1000)
    ]  # fmt: skip
    posts = [
        Post(f"V{n:03}", (called := rng.choice((("保洁员", "保洁"), ("保安", None), ("电工", "电工"), ("家政服务员", "家政"))))[0], called[1], rng.choice((None, 35, 50)),
             rng.choice((None, "初中及以上", "高中", "大专", "不限")), rng.choice((None, "平沙镇，晨光路", "三灶镇")), rng.choice((None, 2600, 2800)),
             rng.choice((None, 2900, 3300)), date(2024, 6, rng.randrange(1, 29)), rng.choice((DAY, None, date(2024, 6, 29), date(2024, 8, 1))), n % 9 == 0)
        for n in range(60)
    ]  # fmt: skip
    expect: dict[tuple[str, str], int] = {}
    for seeker in seekers:
        for is_public, most in ((False, 3), (True, 1)):
            of_kind = [p for p in posts if p.public_welfare is is_public]
            scored = [(score, p) for p in of_kind if (score := naive(seeker, p)) is not None]
            best = sorted(scored, key=lambda s: (-s[0], -s[1].valid_from.toordinal(), s[1].vacancy_no))[:most]
            expect |= {(seeker.person_id, p.vacancy_no): score for score, p in best}
    found = {pair: score for pair, (score, *_) in look(seekers, posts).items()}
    assert found == expect and len(expect) > 1000


def test_points_add_up_to_the_score() -> None:
    rng = Random(11)
    posts = [Post(f"V{n}", place="平沙镇", education="初中", pay_from=2000 + 100 * n, pay_to=3300) for n in range(9)]
    seekers = [Seeker(f"P{n}", skill="保洁", pay_wish=rng.choice((2000, 2600, 3100))) for n in range(30)]
    for score, points, *_ in look(seekers, posts).values():
        parts, total = points.split("；")[0].split("＝")
        assert sum(int(number) for number in re.findall(r"\d+", parts)) == int(total) == score
