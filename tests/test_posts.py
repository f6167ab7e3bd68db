"""Which open posts are named to whom, and why: limits, points, what the month still owes. Scoring and dealing stand a
second time in `tests/oracle_posts.py`; the nights of `tests/test_post_nights.py` take it through files and ledger."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

import policies
from ledger.store import connect
from policies import deal
from policies.pack import Pack
from policies.rule import Rule
from tests.oracle_posts import SCHOOLS, Seeker, dealt, score
from tests.oracle_rows import Vacancy

DAY = date(2024, 6, 30)
POLICIES = Path(policies.__file__).parent


def Post(vacancy_no: str = "V1", post: str = "保洁员", *, valid_from: date = date(2024, 6, 1), valid_to: date | None = DAY, **cells: Any) -> Vacancy:  # fmt: skip
    """One of which there are more than anybody asks for."""
    plain = Vacancy(vacancy_no=vacancy_no, post=post, valid_from=valid_from, valid_to=valid_to, headcount=10_000)
    return replace(plain, **cells)


Pushed = tuple[str, str, str, date, date | None]  # the last: the night it ended on
Served = tuple[str, str, str | None, date]
TOLD = (
    "vacancy_no",
    "post",
    "trade",
    "max_age",
    "education",
    "place",
    "pay_from",
    "pay_to",
    "valid_from",
    "valid_to",
    "public_welfare",
    "headcount",
)
# What the parts before `posts.sql` leave to it.
GIVEN = """
create temp table today (as_of date);
create temp table everybody (person_id varchar, birth_date date, town varchar);
create temp table topic_registration (person_id varchar, registration_rank integer, registered_from date);
create temp table topic_told (person_id varchar, job_need varchar, skill varchar, education varchar, wish varchar, pay_wish decimal(18, 2), place_wish varchar);
create temp table topic_recognition (person_id varchar, recognition_rank integer);
create temp table topic_post_held (person_id varchar, post_held_rank integer);
create temp table fact_served (person_id varchar, service_kind varchar, vacancy_no varchar, served_on date, record_id varchar);
create temp table pushed (person_id varchar, kind varchar, vacancy_no varchar, pushed_on date, ended_on date);
create temp table now_vacancy (vacancy_no varchar, post varchar, trade varchar, max_age integer, education varchar, place varchar, pay_from decimal(18, 2),
    pay_to decimal(18, 2), valid_from date, valid_to date, public_welfare boolean, headcount integer, employer_uscc varchar, employer_name varchar, office varchar, record_id varchar);
create temp table national as select 3 as posts_a_month, 1 as public_posts_a_month, 1 as people_a_place;
create temp table shared_evidence (person_id varchar, record_id varchar);
create temp table wide (person_id varchar, is_held boolean);
"""


def pack(when: str) -> Pack:
    """A policy that names posts to whomever the predicate lets it."""
    rule = Rule("X-1", "", "", when, {"track": "T", "op": "TASK"}, ("match",), (), (), "", None, {"from": date(1949, 10, 1)}, when, "match")  # fmt: skip
    return Pack("x", "", "", "", "", (rule,), {})


def look(
    seekers: Sequence[Seeker], posts: Sequence[Vacancy], pushed: Sequence[Pushed] = (), served: Sequence[Served] = (), day: date = DAY,
    when: str = "match_fits",
) -> dict[tuple[str, str], tuple[int | None, str, bool, bool]]:  # fmt: skip
    """Of each pair that the matching names on a day: score, points, whether it fits, whether the post is over."""
    con = connect()
    con.execute((POLICIES / "macros.sql").read_text(encoding="utf-8"))
    con.execute(GIVEN)
    con.execute("insert into today values (?)", [day])
    told = ("person_id", "job_need", "skill", "education", "wish", "pay_wish", "place_wish")
    _rows(con, "everybody", [(s.person_id, s.birth_date, s.town) for s in seekers])
    _rows(con, "wide", [(s.person_id, False) for s in seekers])
    _rows(con, "topic_registration", [(s.person_id, 0, s.waits_since) for s in seekers])
    _rows(con, "topic_told", [tuple(getattr(s, n) for n in told) for s in seekers])
    _rows(con, "topic_recognition", [(s.person_id, 0) for s in seekers if s.is_recognised])
    _rows(con, "topic_post_held", [(s.person_id, 0) for s in seekers if s.holds_post])
    _rows(con, "now_vacancy", [(*(getattr(p, n) for n in TOLD), None, "甲厂", "x", p.vacancy_no) for p in posts])
    _rows(con, "fact_served", [(*row, f"s{n}") for n, row in enumerate(served)])
    _rows(con, "pushed", pushed)
    for script in ("vacancies", "posts", "offers", "matched", "matches"):
        con.execute((POLICIES / "sql" / f"{script}.sql").read_text(encoding="utf-8"))
    deal.deal(con, [pack(when)], day, frozenset())
    rows = con.execute(
        "select person_id, match_no, match_score, match_points, match_fits, match_is_over from post_match"
    ).fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {(row[0], row[1]): row[2:] for row in rows}


def _rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", [list(row) for row in rows])


def only(seeker: Seeker, post: Vacancy, day: date = DAY) -> tuple[Any, ...] | None:
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
def test_limits_and_points(seeker: Seeker, post: Vacancy, points: str | None) -> None:
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
    assert named([("P1", "vacancy", "V1", pushed_on, None)]) == expect


def test_a_push_that_ended_is_not_made_again() -> None:
    assert named([("P1", "vacancy", "V1", date(2024, 5, 3), date(2024, 5, 20))]) == {"V2", "V3", "V4"}


def test_what_staff_recommended_this_month_counts_and_is_not_pushed() -> None:
    assert named(served=[("P1", "岗位推荐", "V1", date(2024, 6, 3)), ("P1", "岗位推荐", None, date(2024, 6, 4))]) == {
        "V2"
    }
    assert named(served=[("P1", "岗位推荐", "V1", date(2024, 5, 31))]) == {"V2", "V3", "V4"}


def test_a_pushed_post_that_staff_carried_out_counts_once() -> None:
    pushed = [("P1", "vacancy", f"V{n}", date(2024, 6, 2), None) for n in (1, 2)]
    assert named(pushed, [("P1", "岗位推荐", "V1", date(2024, 6, 3))]) == {"V1", "V2", "V3"}


def test_public_posts_are_owed_apart_one_a_month() -> None:
    who = Seeker(is_recognised=True)
    posts = [*POSTS, *(Post(f"G{n}", "协管员", public_welfare=True, valid_to=date(2024, 12, 31)) for n in (1, 2))]
    assert {n for _, n in look([who], posts)} == {"V1", "V2", "V3", "G1"}
    told = [("P1", "公益性岗位信息", None, date(2024, 6, 4))]
    assert {n for _, n in look([who], posts, served=told)} == {"V1", "V2", "V3"}


def whom(seekers: Sequence[Seeker], places: int, pushed: Sequence[Pushed] = ()) -> set[str]:
    """Who is named a single post."""
    return {who for who, _ in look(seekers, [Post(headcount=places)], pushed)}


FITTING = [Seeker("P1", waits_since=date(2024, 3, 1)), Seeker("P2"), Seeker("P3", is_recognised=True, waits_since=DAY)]


@pytest.mark.parametrize(("places", "who"), [(0, set()), (1, {"P3"}), (2, {"P2", "P3"}), (3, {"P1", "P2", "P3"}), (4, {"P1", "P2", "P3"})])  # fmt: skip
def test_a_post_is_named_to_no_more_than_it_seeks(places: int, who: set[str]) -> None:
    """Of those who fit alike the recognised first, then who waits longest."""
    assert whom(FITTING, places) == who


def test_the_best_fit_comes_before_the_recognised() -> None:
    found = look([*FITTING, Seeker("P4", skill="保洁员")], [Post(headcount=2)])
    assert {who for who, _ in found} == {"P3", "P4"}


def test_whom_no_policy_names_a_post_takes_no_place() -> None:
    found = look(FITTING, [Post(headcount=1)], when="match_fits and person_id <> 'P3'")
    assert {who for who, _ in found} == {"P2"}


@pytest.mark.parametrize(
    ("when", "who"),
    [
        pytest.param("match_fits and match_score >= 5", {"P3"}, id="by its score"),
        pytest.param("match_fits and match_place is null", set(), id="by what the post says"),
        pytest.param("match_fits and match_kind = 'vacancy'", {"P1", "P2", "P3"}, id="by its kind"),
        pytest.param("match_kind = 'public'", set(), id="by another kind"),
    ],
)
def test_a_policy_may_ask_what_the_post_is(when: str, who: set[str]) -> None:
    seekers = [*FITTING[:2], replace(FITTING[2], skill="保洁")]
    assert {w for w, _ in look(seekers, [Post(place="三灶镇")], when=when)} == who


def test_places_that_are_named_already_are_taken_until_that_ends() -> None:
    elsewhere = [("P9", "vacancy", "V1", DAY, None), ("P8", "vacancy", "V1", DAY, DAY - timedelta(days=1))]
    assert whom([Seeker("P1"), Seeker("P2")], 2, elsewhere) == {"P1", "P9"}
    assert whom([Seeker("P1"), Seeker("P2")], 3, elsewhere) == {"P1", "P2", "P9"}


def test_a_place_whose_push_ended_tonight_is_free_the_day_after() -> None:
    """A second run of the same night finds what the first one found."""
    ended: list[Pushed] = [("P8", "vacancy", "V1", DAY - timedelta(days=3), DAY)]
    assert whom([Seeker("P1")], 1, ended) == set()
    assert set(
        look([Seeker("P1")], [Post(headcount=1, valid_to=date(2024, 12, 31))], ended, day=DAY + timedelta(days=1))
    ) == {("P1", "V1")}


def test_a_push_beyond_the_places_stands() -> None:
    """The employer seeks fewer than it did."""
    before: list[Pushed] = [(who, "vacancy", "V1", DAY, None) for who in ("P1", "P2")]
    assert whom([Seeker("P1"), Seeker("P2"), Seeker("P3")], 1, before) == {"P1", "P2"}


def test_nobody_is_named_a_second_post_while_somebody_has_none() -> None:
    posts = [Post(f"V{n}", headcount=1) for n in (1, 2, 3)]
    best = Seeker("P1", skill="保洁员")  # fits all three better
    assert look([best, Seeker("P2")], posts).keys() == {("P1", "V1"), ("P2", "V2"), ("P1", "V3")}
    assert look([best, Seeker("P2"), Seeker("P3")], posts).keys() == {("P1", "V1"), ("P2", "V2"), ("P3", "V3")}


def test_the_order_of_rows_deals_nothing_otherwise() -> None:
    rng = Random(5)
    seekers = [
        Seeker(f"P{n}", skill=rng.choice(("保洁", None)), waits_since=date(2024, 1, 1 + n % 3)) for n in range(40)
    ]
    posts = [Post(f"V{n}", headcount=rng.randrange(4), place=rng.choice(("平沙镇", None))) for n in range(30)]
    found = look(seekers, posts)
    told = Counter(number for _, number in found)
    assert all(told[p.vacancy_no] <= p.headcount for p in posts) and sum(told.values()) == min(
        120, sum(p.headcount for p in posts)
    )
    for _ in range(3):
        rng.shuffle(seekers)
        rng.shuffle(posts)
        assert look(seekers, posts) == found


def test_an_open_push_says_what_ended_it() -> None:
    mine = [("P1", "vacancy", "V1", date(2024, 6, 2), None)]
    (_, _, fits, is_over) = look([Seeker()], [Post(valid_to=date(2024, 6, 29))], mine)["P1", "V1"]
    assert (fits, is_over) == (False, True)
    (_, _, fits, is_over) = look([Seeker(job_need="电工")], [Post()], mine)["P1", "V1"]
    assert (fits, is_over) == (False, False)


@pytest.mark.parametrize(
    ("pairs", "when"),
    [
        pytest.param(deal.MOST_PAIRS, "match_fits", id="all posts at once"),
        pytest.param(997, "match_fits", id="some posts at a time"),
        pytest.param(997, "match_fits and match_score >= 0", id="asked of each pair"),
    ],
)
def test_the_naive_score_agrees_on_a_thousand_people(pairs: int, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deal, "MOST_PAIRS", pairs)
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
    called = (("保洁员", "保洁"), ("保安", None), ("电工", "电工"), ("家政服务员", "家政"))
    posts = [
        replace(
            Post(f"V{n:03}", *rng.choice(called)[:1], valid_from=date(2024, 6, rng.randrange(1, 29)), valid_to=rng.choice((DAY, None, date(2024, 6, 29), date(2024, 8, 1)))),
            trade=rng.choice((None, "保洁", "电工")), max_age=rng.choice((None, 35, 50)), education=rng.choice((None, "初中及以上", "高中", "大专", "不限")),
            place=rng.choice((None, "平沙镇，晨光路", "三灶镇")), pay_from=rng.choice((None, 2600, 2800)), pay_to=rng.choice((None, 2900, 3300)),
            public_welfare=n % 9 == 0, headcount=rng.choice((0, 1, 7, 60, 10_000)),
        )
        for n in range(60)
    ]  # fmt: skip
    named = dealt(seekers, posts, {}, Counter(), set(), DAY)
    by_id, by_no = {s.person_id: s for s in seekers}, {p.vacancy_no: p for p in posts}
    found = {pair: points for pair, (points, *_) in look(seekers, posts, when=when).items()}
    assert found == {(who, number): score(by_id[who], by_no[number], DAY) for who, number in named} and len(found) > 700


def test_points_add_up_to_the_score() -> None:
    rng = Random(11)
    posts = [Post(f"V{n}", place="平沙镇", education="初中", pay_from=2000 + 100 * n, pay_to=3300) for n in range(9)]
    seekers = [Seeker(f"P{n}", skill="保洁", pay_wish=rng.choice((2000, 2600, 3100))) for n in range(30)]
    for found, points, *_ in look(seekers, posts).values():
        parts, total = points.split("；")[0].split("＝")
        assert sum(int(number) for number in re.findall(r"\d+", parts)) == int(total) == found
