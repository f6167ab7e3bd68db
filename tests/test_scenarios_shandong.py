"""The Shandong city, from delivered files to ledger entries: the acceptance scenarios and the boundaries of its rules.

All cases live in one workspace and share its nights. Parameters that the office must set are set in a copy of the pack.
A case covers the recognition and ledger tracks unless it says otherwise.
"""

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from docs.reference.columns import view_columns
from flows.settings.packs import questions, read_packs, read_parameters, template
from schemas.errors import PolicyError
from tests.more_said import (
    NOTHING,
    course,
    ended,
    further,
    housed,
    in_system,
    income,
    jobless,
    listed,
    lost_land,
    marital,
    own_pack,
    paid,
    recognised,
    studied,
    visited,
)
from tests.nightshift import (
    FIRMS,
    Case,
    Said,
    Stage,
    Town,
    aid,
    certificate,
    death,
    flexible,
    insured,
    licence,
    pension,
    service,
    stage,
    stop,
)

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
HERE, AWAY = "山东省某市某区", "河南省某市"
LOCAL = housed(HERE)
VILLAGER = housed(HERE, kind="农村")
RURAL = {"户籍性质": "农村", "常住地类型": "农村"}
SET = {"average_income": 20000, "urban_dibao": 800, "edge_factor": 1.5, "silent_days": 30, "job_choosing_months": 24}
CLOCK, UNKNOWN = "L REVIEW SD-2.1 clock", "L REVIEW SD-2.0 lead-unknown"
HIRED = "L FLAG_REEMP SD-3.2.1 hired"


def add(basis: str) -> str:
    return f"L ADD SD-{basis} {basis}"


def leaves(basis: str, track: str = "L") -> str:
    return f"{track} PROP_EXIT SD-5.5b {basis}"


def may_fit(basis: str) -> str:
    return f"L REVIEW SD-5.5b {basis}"


def shared(count: int, *days: str, how: str = "是") -> tuple[Said, ...]:
    return tuple(in_system(service(day, "岗位推荐", 岗位编号=f"S{count}{day}"), how) for day in days)


SPRING, YEAR = jobless("2024-04-01"), jobless("2023-06-30")
SCENARIOS = (
    Case("3 man of 45 registered seven months", "1979-02-10", (jobless("2023-11-30"), LOCAL), NOTHING),
    Case("4 woman forty that day and registered six months that day", "1984-06-30", (jobless("2023-12-30"), LOCAL), {JUN30: (add("2.1"),)}, sex="女"),
    Case("5 registered on the last of December", "1984-06-30", (jobless("2023-12-31"), LOCAL), {JUN30: (add("2.1"),)}, sex="女"),
    Case("5 registered on New Year", "1984-06-30", (jobless("2024-01-01"), LOCAL), {JUL01: (add("2.1"),)}, sex="女"),
    Case("6 stopped in November and registered in April", "1983-01-05", (stop("2023-11"), SPRING, LOCAL), {JUN29: (CLOCK,)}, sex="女"),
    Case("8 hukou elsewhere, resident and insured", "1974-06-01",
         (jobless("2023-11-30"), housed(AWAY, from_="2020-01-10"), insured("2020-02", end="2023-05", paid="2023-05", 单位缴费月数="40")), {JUN29: (add("2.1"),)}),
    Case("9 six months of which one was paid in arrears", "1974-06-02",
         (jobless("2023-11-30"), housed(AWAY, from_="2023-12-30"), insured("2023-01", end="2023-06", paid="2023-06", 单位缴费月数="6", 其中补缴月数="1")), NOTHING),
    Case("9 six months as a flexible payer", "1974-06-03",
         (jobless("2023-11-30"), housed(AWAY, from_="2023-12-30"), insured("2023-01", payer="灵活就业", firm="", end="2023-06", paid="2023-06")), NOTHING),
    Case("9 six whole months and half a year of residence that day", "1974-06-04",
         (jobless("2023-11-30"), housed(AWAY, from_="2023-12-30"), insured("2023-01", end="2023-06", paid="2023-06")), {JUN30: (add("2.1"),)}),
    Case("10 local and never insured, on dibao", "1990-01-06", (SPRING, LOCAL, aid("2024-01")), {JUN29: (add("2.5"),)}),
    Case("17 registered six months that day", "1984-06-01", (jobless("2023-12-30"), LOCAL), {JUN30: (add("2.1"),)}, sex="女"),
    Case("22 certificate expired in May", "1990-01-07", (SPRING, LOCAL, certificate("2014-06-01", "2024-05-31")), {JUN29: ("L REVIEW SD-2.6 certificate-expired",)}),
    Case("23 certificate row without an identity number", "1990-01-08", (SPRING, LOCAL, certificate("2014-06-01", "2034-05-31", 证件号码="")), {JUN29: (add("2.6"),)}),
    Case("25 dibao only", "1990-01-09", (SPRING, LOCAL, aid("2024-01", 救助类别="农村低保")), {JUN29: (add("2.5"),)}),
    Case("50 one refusal that nobody marked", "1990-01-10", (SPRING, LOCAL, aid("2024-01"), service("2024-06-30", "拒绝服务", JUN30)), {JUN29: (add("2.5"),)}),
    Case("50 one refusal that staff found unjustified", "1990-01-11",
         (SPRING, LOCAL, aid("2024-01"), service("2024-06-30", "拒绝服务", JUN30, 理由正当="否")), {JUN29: (add("2.5"),), JUN30: (leaves("refusal"),)}),
    Case("55 one-adult household", "1990-01-12", (SPRING, LOCAL), NOTHING),
    Case("57 child turns eighteen tomorrow", "1980-01-13", (SPRING, LOCAL, marital("离婚", "2015-05-01", child="2006-07-01")),
         {JUN29: (add("2.3"),), JUL01: (leaves("2.3"),)}, sex="女"),
    Case("57 recognised as a single parent", "1980-01-14",
         (SPRING, LOCAL, recognised("单亲家庭", "2023-01-10"), marital("离婚", "2015-05-01", child="2006-07-01")),
         {JUN29: (add("2.3"),), JUL01: (leaves("2.3", "H"), leaves("2.3"))}, sex="女"),
    Case("58 a second child of twelve", "1980-01-15",
         (SPRING, LOCAL, marital("离婚", "2015-05-01", child="2006-07-01"), marital("离婚", "2015-05-02", child="2012-03-01")), {JUN29: (add("2.3"),)}, sex="女"),
    Case("58 marries again", "1980-01-16", (SPRING, LOCAL, marital("离婚", "2015-05-01", child="2012-03-01"), marital("已婚", "2024-06-30", JUN30)),
         {JUN29: (add("2.3"),), JUN30: (leaves("2.3"),)}, sex="女"),
    Case("58 marries again, in the country and with no income told", "1980-01-31",
         (jobless("2024-04-01", **RURAL), VILLAGER, marital("离婚", "2015-05-01", child="2012-03-01"), marital("已婚", "2024-06-30", JUN30)),
         {JUN29: (add("2.3"),), JUN30: (may_fit("2.3"),)}, sex="女"),
    Case("58 the same with an income above half the average", "1980-02-01",
         (jobless("2024-04-01", **RURAL), VILLAGER, income(2023, "10000.01"), marital("离婚", "2015-05-01", child="2012-03-01"),
          marital("已婚", "2024-06-30", JUN30)), {JUN29: (add("2.3"),), JUN30: (leaves("2.3"),)}, sex="女"),
    Case("child of eighteen, in the country and with no income told", "1980-02-02",
         (jobless("2024-04-01", **RURAL), VILLAGER, marital("离婚", "2015-05-01", child="2006-07-01")),
         {JUN29: (add("2.3"),), JUL01: (may_fit("2.3"),)}, sex="女"),
    Case("dibao to the end of June, in the country and with no income told", "1990-02-03",
         (jobless("2024-04-01", **RURAL), VILLAGER, aid("2024-01", "2024-06")), {JUN29: (add("2.5"),), JUL01: (may_fit("2.5"),)}),
    Case("59 a year registered and three services in the system", "1990-01-17",
         (YEAR, LOCAL, *shared(1, "2023-09-10", "2024-01-10", "2024-05-10")), {JUN30: (add("2.4"),)}, tracks="RHLT", clause="SD-2"),
    Case("60 one of them on paper only", "1990-01-18",
         (YEAR, LOCAL, *shared(2, "2023-09-10", "2024-01-10"), *shared(3, "2024-05-10", how="否")), {JUN30: ("T GAP SD-2.4 services",)}, tracks="RHLT", clause="SD-2"),
    Case("60 registered again in January", "1990-01-19",
         (jobless("2023-06-30", 注销日期="2023-12-01"), jobless("2024-01-10"), LOCAL, *shared(4, "2023-09-10", "2024-01-10", "2024-05-10")), NOTHING, tracks="RHLT", clause="SD-2"),
    Case("61 family income of exactly half the average", "1990-01-20",
         (jobless("2024-04-01", **RURAL), VILLAGER, income(2023, "10000")), {JUN29: (add("2.8"),)}),
    Case("61 family income above half the average", "1990-01-21", (jobless("2024-04-01", **RURAL), VILLAGER, income(2023, "10000.01")), NOTHING),
    Case("61 income of exactly the dibao line", "1990-01-22", (SPRING, LOCAL, listed("脱贫人口", "2020-12-01"), income(2024, "9600")), NOTHING),
    Case("61 income a cent below the line", "1990-01-23", (SPRING, LOCAL, listed("脱贫人口", "2020-12-01"), income(2024, "9599.99")), {JUN29: (add("2.10"),)}),
)  # fmt: skip
BOUNDARIES = (
    Case("hukou unknown asks", "1984-03-01", (jobless("2023-11-01"),), {JUN29: (UNKNOWN,)}, sex="女"),
    Case("ability undeclared asks", "1984-03-02", (jobless("2023-11-01", 有劳动能力=""), LOCAL), {JUN29: (UNKNOWN,)}, sex="女"),
    Case("ability undeclared and found by a visit", "1984-03-03", (jobless("2023-11-01", 有劳动能力=""), LOCAL, visited("2024-02-01", 有劳动能力="是")),
         {JUN29: (add("2.1"),)}, sex="女"),
    Case("unwilling", "1984-03-04", (jobless("2023-11-01", 有就业要求="否"), LOCAL), NOTHING, sex="女"),
    Case("woman between her two retirement ages asks", "1973-03-05", (jobless("2023-11-01"), LOCAL), {JUN29: (UNKNOWN,)}, sex="女"),
    Case("woman fifty tomorrow", "1974-07-01", (jobless("2023-11-01"), LOCAL), {JUN29: (add("2.1"),), JUL01: (ended(add("2.1")), UNKNOWN)}, sex="女"),
    Case("man fifty that day", "1974-06-30", (jobless("2023-11-01"), LOCAL), {JUN30: (add("2.1"),)}),
    Case("man sixty tomorrow", "1964-07-01", (jobless("2023-11-01"), LOCAL), {JUN29: (add("2.1"),), JUL01: (leaves("retirement-age"),)}),
    Case("villager of the same age", "1974-06-05", (jobless("2023-11-01", **RURAL), VILLAGER), NOTHING),
    Case("residence of half a year tomorrow", "1974-06-06",
         (jobless("2023-11-30"), housed(AWAY, from_="2024-01-01"), insured("2023-01", end="2023-06", paid="2023-06")), {JUL01: (add("2.1"),)}),
    Case("dibao from July", "1990-03-06", (SPRING, LOCAL, aid("2024-07")), {JUL01: (add("2.5"),)}),
    Case("dibao to the end of June", "1990-03-07", (SPRING, LOCAL, aid("2024-01", "2024-06")), {JUN29: (add("2.5"),), JUL01: (leaves("2.5"),)}),
    Case("dibao ends and a certificate stays", "1990-03-08", (SPRING, LOCAL, aid("2024-01", "2024-06"), certificate("2014-01-01", "长期")),
         {JUN29: (add("2.5"), further(add("2.6"))), JUL01: (ended(further(add("2.5"))),)}),
    Case("edge of dibao is not dibao", "1990-03-09", (SPRING, LOCAL, aid("2024-01", 救助类别="低保边缘")), NOTHING),
    Case("certificate cancelled that day", "1990-03-10",
         (SPRING, LOCAL, certificate("2014-01-01", "2034-01-01", until=JUN30), certificate("2014-01-01", "2034-01-01", JUN30, 证件状态="注销", 注销日期="2024-06-30")),
         {JUN29: (add("2.6"),), JUN30: (leaves("2.6"),)}),
    Case("certificate on its last day", "1990-03-11", (SPRING, LOCAL, certificate("2014-07-01", "2024-06-30")),
         {JUN29: (add("2.6"),), JUL01: (ended(add("2.6")), "L REVIEW SD-2.6 certificate-expired")}),
    Case("recognised as disabled and expired", "1990-03-12", (SPRING, LOCAL, recognised("残疾", "2022-01-01"), certificate("2014-07-01", "2024-06-30")),
         {JUN29: (add("2.6"),), JUL01: ("H REVIEW SD-5.5b certificate-expired", ended(add("2.6")), "L REVIEW SD-2.6 certificate-expired")}),
    Case("villager who lost land", "1984-06-30", (jobless("2024-06-01", **RURAL), VILLAGER, lost_land("2021-05-01")), {JUN30: (add("2.7"),)}, sex="女"),
    Case("villager insured elsewhere for six months", "1974-03-13",
         (jobless("2024-06-01", **RURAL), VILLAGER, insured("2023-01", end="2023-06", paid="2023-06", 参保地="上海市")), {JUN29: (add("2.7"),)}),
    Case("villager insured elsewhere for five months", "1974-03-14",
         (jobless("2024-06-01", **RURAL), VILLAGER, insured("2023-01", end="2023-05", paid="2023-05", 参保地="上海市")), NOTHING),
    Case("villager insured in town asks", "1974-03-15", (jobless("2024-06-01", **RURAL), VILLAGER, insured("2023-01", end="2023-06", paid="2023-06")),
         {JUN29: ("L REVIEW SD-2.7 worked-elsewhere",)}),
    Case("income only declared", "1990-03-16", (jobless("2024-04-01", **RURAL), VILLAGER, income(2023, "9000", told="本人申报")),
         {JUN29: ("L REVIEW SD-2.8 income-declared",)}),
    Case("edge of the dibao line", "1990-03-17", (SPRING, LOCAL, listed("边缘易致贫", "2023-12-01"), income(2024, "14399")), {JUN29: (add("2.10"),)}),
    Case("at one and a half times the line", "1990-03-18", (SPRING, LOCAL, listed("边缘易致贫", "2023-12-01"), income(2024, "14400")), NOTHING),
    Case("poor and working", "1990-03-19", (SPRING, LOCAL, listed("脱贫人口", "2020-12-01"), income(2024, "9000"), insured("2024-05")),
         {JUN29: ("L REVIEW SD-2.10 working-poor",)}),
    Case("graduate of a dibao family", "2001-03-20", (SPRING, LOCAL, aid("2024-01"), studied("2019-09-01", "2023-06-30")),
         {JUN29: (add("2.5"), further(add("2.9")))}),
    Case("school leaver of a dibao family", "2005-03-21", (SPRING, LOCAL, aid("2024-01"), studied("2020-09-01", "2023-06-30", level="高中")), {JUN29: (add("2.5"),)}),
    Case("child in the book and custody unknown", "1985-03-22", (SPRING, housed(HERE, book="K1"), marital("离婚", "2020-01-01")), {JUN29: ("L REVIEW SD-2.3 child-custody",)}),
    Case("child of nine in that book", "2015-03-23", (housed(HERE, book="K1", 与户主关系="子"),), NOTHING),
    Case("services of which nobody says whether they are in the system", "1990-03-24",
         (YEAR, LOCAL, *shared(5, "2023-09-10", "2024-01-10"), service("2024-05-10", "岗位推荐")), {JUN30: ("L REVIEW SD-2.4 services-unrecorded",)}),
    Case("a course that is on the list of courses only", "1990-03-23", (YEAR, LOCAL, *shared(6, "2023-09-10", "2024-01-10"), course("2024-05-10")),
         {JUN30: ("L REVIEW SD-2.4 services-unrecorded",)}),
    Case("a course that is in the log as well", "1990-03-26", (YEAR, LOCAL, course("2024-01-10", passed="2024-03-10"), in_system(service("2024-01-12", "技能培训")), *shared(7, "2024-05-10")), NOTHING),
    Case("hired for June only", "1990-03-24", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), insured("2024-06", JUN29, end="2024-06")),
         {JUN29: (HIRED,), JUL01: ("L UPD SD-3.2.1 hired ended",)}),
    Case("hired in July", "1990-03-25", (SPRING, LOCAL, aid("2024-01"), insured("2024-07")), {JUN29: (add("2.5"),), JUL01: (HIRED,)}),
    Case("pension from July", "1966-03-26", (jobless("2023-11-01"), LOCAL, pension("2024-07-01")), {JUN29: (add("2.1"),), JUL01: (leaves("pension"),)}),
    Case("died in June", "1990-03-27", (SPRING, LOCAL, aid("2024-01"), death("2024-06-12", JUN30)), {JUN29: (add("2.5"),), JUN30: (leaves("died"),)}),
    # The mark puts them on the ledger, and the exit speaks of that row: that same night, not on the next.
    Case("recognised, of sixty and at work on the first night", "1964-06-01", (SPRING, LOCAL, recognised("4050", "2022-01-01"), insured("2024-05")),
         {JUN29: (HIRED, "L PROP_EXIT SD-5.5b retirement-age")}, tracks="L"),
    Case("recognised and dead", "1990-03-28", (SPRING, LOCAL, recognised("残疾", "2022-01-01"), death("2024-06-12", JUN30)), {JUN30: (leaves("died", "H"),)}),
    Case("death row of a name without a number only asks", "1990-03-29",
         (SPRING, LOCAL, aid("2024-01"), Said("死亡", {"死亡日期": "2024-06-12", "证件号码": "", "姓名": "欧阳听雪"}, JUN30)),
         {JUN29: (add("2.5"),), JUN30: ("L REVIEW SD-5.5b died",)}, name="欧阳听雪"),
)  # fmt: skip
FAMILY = (
    Case("56 two registered adults with a third employed, first", "1985-05-01", (SPRING, housed(HERE, book="F1")), NOTHING),
    Case("56 two registered adults with a third employed, second", "1986-05-02", (SPRING, housed(HERE, book="F1")), NOTHING, sex="女"),
    Case("56 the third one, whom nobody made known", "1964-12-03", (housed(HERE, book="F1"), insured("2022-01")), NOTHING),
    Case("56 one member has a live shop, first", "1985-05-04", (SPRING, housed(HERE, book="F2")), {JUN29: ("L REVIEW SD-2.2 family-income",)}),
    Case("56 one member has a live shop, second", "1986-05-05", (SPRING, housed(HERE, book="F2"), licence("2020-01-01")), {JUN29: ("L REVIEW SD-2.2 family-income",)}, sex="女"),
    Case("two registered adults, first", "1985-05-06", (SPRING, housed(HERE, book="F3")), {JUN29: (add("2.2"),), JUL01: (leaves("2.2"),)}),
    Case("two registered adults, second hired in July", "1986-05-07", (SPRING, housed(HERE, book="F3"), insured("2024-07")),
         {JUN29: (add("2.2"),), JUL01: (HIRED, leaves("2.2"))}, sex="女"),
    Case("two registered adults and a student, first", "1975-05-08", (SPRING, housed(HERE, book="F4")), {JUN29: ("L REVIEW SD-2.2 family-income",)}),
    Case("two registered adults and a student, second", "1976-05-09", (SPRING, housed(HERE, book="F4")), {JUN29: ("L REVIEW SD-2.2 family-income",)}, sex="女"),
    Case("the student", "2003-05-10", (housed(HERE, book="F4"), studied("2022-09-01"), aid("2020-01", "2020-06")), NOTHING),
    Case("two registered adults and one who is not, first", "1975-05-11", (SPRING, housed(HERE, book="F5")), NOTHING),
    Case("two registered adults and one who is not, second", "1976-05-12", (SPRING, housed(HERE, book="F5")), NOTHING, sex="女"),
    Case("the one who is not", "1999-05-13", (housed(HERE, book="F5"),), NOTHING),
)  # fmt: skip
TASKS = (
    Case("recognised and hired after it may claim", "1990-06-01", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), insured("2024-06")),
         {JUN29: (HIRED, f"T NOTIFY SD-3.2.1 firm:{FIRMS['乙厂']}")}, tracks="HLT", clause="SD-3.2.1"),
    Case("recognised, hired and subsidised", "1990-06-02",
         (SPRING, LOCAL, recognised("残疾", "2024-01-10"), insured("2024-06"), paid("单位社保补贴", "2024-06", "2024-06", firm="乙厂")), {JUN29: (HIRED,)},
         tracks="HLT", clause="SD-3.2.1"),
    Case("recognised and paying as a flexible payer", "1990-06-03", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), flexible("2024-06")),
         {JUN29: ("T NOTIFY SD-3.2.1 flexible",)}, tracks="HLT", clause="SD-3.2.1"),
    Case("recognised and reached thirty days ago", "1990-06-04", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), service("2024-05-31", "跟踪回访")),
         {JUL01: ("T TASK SD-5.1 silent",)}, tracks="T", clause="SD-5.1"),
    Case("nobody in charge", "1990-06-05", (jobless("2024-04-01", 帮扶责任人=""), LOCAL, aid("2024-01")), {JUN29: ("T GAP SD-5.3 owner",)}, tracks="T", clause="SD-5.3"),
    Case("wants training and holds no certificate", "1990-06-06", (jobless("2024-04-01", 就业意愿="就业、培训"), LOCAL, aid("2024-01"), course("2024-05-01")),
         {JUN29: ("T GAP SD-3.2.3 skill",)}, tracks="T", clause="SD-3.2.3"),
    Case("flexible subsidy while employed", "1990-06-07", (SPRING, LOCAL, insured("2024-05", paid="2024-05"), paid("灵活就业社保补贴", "2024-05", "2024-05")),
         {JUN29: ("T ALERT SD-6.2 flexible-subsidy-and-job",)}, tracks="T", clause="SD-6.2"),
    Case("flexible subsidy before the job", "1990-06-08", (SPRING, LOCAL, insured("2024-06", paid="2024-06"), paid("灵活就业社保补贴", "2024-05", "2024-05")),
         NOTHING, tracks="T", clause="SD-6.2"),
    Case("found among the aided", "1990-06-09", (SPRING, LOCAL, aid("2024-01", 救助类别="低收入")), {JUN29: ("T TASK SD-5.2 found-by-aid",)}, tracks="T", clause="SD-5.2"),
)  # fmt: skip
CASES = (*SCENARIOS, *BOUNDARIES, *FAMILY, *TASKS)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("shandong")
    cases = [with_own_book(case, number) for number, case in enumerate(CASES)]
    return stage(folder / "town", [own_pack(folder / "packs", "shandong", SET)], NIGHTS, cases)


def with_own_book(case: Case, number: int) -> Case:
    """Whoever shares no household lives alone."""
    said = tuple(
        replace(one, cells={"户号": f"H{number}"} | dict(one.cells)) if one.kind == "户籍" else one for one in case.said
    )
    return replace(case, said=said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    assert played.posted(case) == dict(case.expect)


def test_what_ended_is_told_and_nothing_that_never_was(played: Stage) -> None:
    end = played.entry("hired for June only", JUL01, "L UPD SD-3.2.1 hired ended")
    assert "单位参保已结束" in end["reason"] and "就业登记" not in end["reason"]


def test_an_unchanged_night_posts_nothing(played: Stage) -> None:
    assert played.town.nights[JUL02].entries() == played.town.nights[JUL02].entries(
        clause="SD-5.1"
    )  # one day more without a word


# Parameters that no document gives


def test_what_the_office_must_set_is_asked_in_chinese_and_is_no_answer_until_then() -> None:
    pack, *_ = read_packs(["shandong"], view_columns())
    asked = {name: sentence for name, sentence in zip(pack.asks, questions([pack]), strict=True)}
    assert set(asked) == set(SET)
    assert all(f"[parameters.shandong] 中写 {name} = " in sentence for name, sentence in asked.items())
    assert {pack.parameter_values(date(2024, 6, 30))[name] for name in SET} == {None}
    assert all(f"# {name} = " in template(["shandong"]) for name in SET)


def test_what_the_office_sets_is_used_from_its_day() -> None:
    written = tomllib.loads(
        "[parameters.shandong]\nsilent_days = 30\nurban_dibao = [{from = 2024-01-01, to = 2024-07-01, is = 800}, {from = 2024-07-01, is = 850}]"
    )
    (pack,) = read_packs(["shandong"], view_columns(), read_parameters(written["parameters"]))
    found = [pack.parameter_values(date(2024, m, 1)) for m in (6, 7)]
    assert [(v["silent_days"], v["urban_dibao"], v["edge_factor"]) for v in found] == [(30, 800, None), (30, 850, None)]
    assert len(questions([pack])) == len(SET) - 2


@pytest.mark.parametrize(
    "wrong", [{"shandong": {"no_such": 1}}, {"shandong": {"silent_days": [{"from": 3, "is": 1}]}}, {"silent_days": 3}]
)
def test_a_wrong_setting_is_refused_with_its_place(wrong: dict[str, Any]) -> None:
    with pytest.raises((PolicyError, ValueError), match="parameters"):
        read_packs(["shandong"], view_columns(), read_parameters(wrong))


# Employers

HEADS = {"搬厂": ("甲厂", 300, 60), "大厂": ("乙厂", 300, 20), "近厂": ("丙店", 300, 19), "小厂": ("丁社", 150, 15)}


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Four employers that let people go, and one poor woman, under the packs as they ship."""
    town = Town.found(tmp_path_factory.mktemp("firms") / "town", "shandong", "neimenggu")
    for name, (firm, heads, leavers) in HEADS.items():
        for number in range(leavers):
            who = town.person(f"1985-{1 + number % 12:02d}-{1 + number % 28:02d}")
            town.tell(who, stop("2024-06", firm=firm, 停保日期="2024-06-10"))
            if name == "搬厂":
                town.tell(who, insured("2024-06", firm="乙厂"))
        town.drop(
            f"用人单位_20240630_增量_{name}.csv",
            [{"统一社会信用代码": FIRMS[firm], "单位名称": firm, "职工人数": str(heads)}],
        )
    home = Said("户籍", dict(LOCAL.cells) | {"户号": "H1"})
    town.tell(town.person("1990-01-23"), SPRING, home, listed("脱贫人口", "2020-12-01"), income(2024, "9000"))
    for day in (JUN30, "2024-07-10"):
        town.night(day)
    return town


def test_an_unset_parameter_makes_its_rules_undetermined_and_not_false(firms: Town) -> None:
    outcomes = {(r["rule_id"], r["outcome"]): r["missing"] for r in firms.nights[JUN30].rows("rule_outcome")}
    assert "urban_dibao" in outcomes["SD-2.10", "undetermined"].split(",")
    assert ("SD-2.10", "holds") not in outcomes


def test_70_mass_stoppages_are_told_of_employers_and_mergers_are_not(firms: Town) -> None:
    alerts = firms.nights[JUN30].entries(op="ALERT")
    told = {(e["clause"], e["basis"]) for e in alerts}
    assert told == {(clause, FIRMS[firm]) for clause in ("SD-3.4", "NM-5.4a") for firm in ("乙厂", "丁社")}
    assert {e["person_id"] for e in alerts} == {None}
    listed_firms = {r["employer_name"] for r in firms.nights[JUN30].rows("lists/O14")}
    assert listed_firms == {"乙厂", "丁社"}
    over = firms.nights["2024-07-10"].entries(clause="SD-3.4")  # the thirtieth day after
    assert [(e["op"], e["person_id"], e["valid_to"]) for e in over] == [("UPD", None, date(2024, 7, 10))] * 2
