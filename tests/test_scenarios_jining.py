"""Jining, from delivered files to ledger entries: the acceptance scenarios and the boundaries of its rules.

All cases live in one workspace and share its nights. A case covers the registration and ledger tracks unless it says
otherwise.
"""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from policies.pack import PACKS, read_rules
from tests.more_said import (
    NOTHING,
    course,
    ended,
    further,
    housed,
    jobless,
    listed,
    lost_land,
    marital,
    paid,
    recognised,
    served,
    studied,
)
from tests.nightshift import (
    FIRMS,
    Case,
    Said,
    Stage,
    Town,
    aid,
    benefit,
    certificate,
    death,
    flexible,
    insured,
    licence,
    pension,
    service,
)

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
SPRING = jobless("2024-04-10")
VALID = certificate("2014-01-01", "2034-01-01")
LOCAL = housed("370811")
HARD, DISABLED, POOR, GRADUATE = (f"L ADD JN-1.3 {b}" for b in ("hardship", "disabled", "poor", "graduate"))
HIRED, TRADING = "L FLAG_REEMP JN-1.4a hired", "L FLAG_REEMP JN-1.4a licence"
CALLED = ("T GAP JN-4.6a post:2024-06", "T GAP JN-4.6a post:2024-07")


def borrowed(clause: str) -> str:
    return f"L ADD JN-1.3 sd-{clause}"


def dereg(ground: str) -> str:
    return f"R PROP_DEREG JN-1.4a {ground}"


def posts(*days: str) -> tuple[Said, ...]:
    return tuple(service(day, "岗位推荐", 岗位编号=f"J{day}") for day in days)


CASES = (
    Case("key group: recognised", "1990-01-01", (SPRING, recognised("4050", "2024-01-10")), {JUN29: (HARD,)}),
    Case("key group: certificate", "1990-01-02", (SPRING, VALID), {JUN29: (DISABLED,)}),
    Case("key group: certificate without a registration", "1990-01-03", (VALID,), NOTHING),
    Case("key group: poor and disabled", "1990-01-04", (SPRING, VALID, listed("脱贫人口", "2020-01-01")), {JUN29: (DISABLED, further(POOR))}),
    Case("key group: left university two years ago that day", "2000-01-05", (SPRING, studied("2018-09-01", "2022-06-30")),
         {JUN29: (GRADUATE,), JUL01: (ended(GRADUATE),)}),
    Case("borrowed: older in town, six months that day", "1974-06-01", (jobless("2023-12-30"),), {JUN30: (borrowed("2.1"),)}),
    Case("borrowed: single parent until the child is of age", "1985-01-06", (SPRING, marital("离婚", "2015-01-01", child="2006-07-01")),
         {JUN29: (borrowed("2.3"),), JUL01: (ended(borrowed("2.3")),)}),
    Case("borrowed: dibao", "1990-01-07", (SPRING, aid("2024-01")), {JUN29: (borrowed("2.5"),)}),
    Case("borrowed: older villager who lost land", "1974-01-08", (jobless("2024-06-01", 常住地类型="农村"), lost_land("2020-01-01")), {JUN29: (borrowed("2.7"),)}),
    Case("borrowed: family without work, first", "1985-01-09", (SPRING, housed("370811", book="B1")), {JUN29: (borrowed("2.2"),)}),
    Case("borrowed: family without work, second", "1986-01-09", (SPRING, housed("370811", book="B1")), {JUN29: (borrowed("2.2"),)}, sex="女"),
    Case("in no key group", "1990-01-10", (SPRING, LOCAL), NOTHING),
    Case("41 live licence", "1990-01-11", (SPRING, VALID, licence("2024-05-01")),
         {JUN29: (DISABLED, TRADING, dereg("self-employed"), "T GAP JN-6.1 startup-counsellor", "T TASK JN-10.1 half-year")}, tracks="RHLT", clause="JN-"),
    Case("41 counsellor named", "1990-01-12", (SPRING, VALID, licence("2024-05-01"), service("2024-05-10", "创业服务")), NOTHING, tracks="T", clause="JN-6.1"),
    Case("62 two posts and no public-welfare post in June", "1990-01-13", (SPRING, recognised("4050", "2024-01-10"), *posts("2024-06-03", "2024-06-10")),
         {JUN29: ("T GAP JN-4.6a post:2024-06", "T GAP JN-4.6b public-info:2024-06"),
          JUL01: ("T UPD JN-4.6a post:2024-06 ended", "T UPD JN-4.6b public-info:2024-06 ended", "T GAP JN-4.6a post:2024-07", "T GAP JN-4.6b public-info:2024-07")},
         tracks="T", clause="JN-4.6"),
    Case("third post on the last day of June", "1990-01-14", (SPRING, VALID, *posts("2024-06-03", "2024-06-10", "2024-06-30")),
         {JUN29: ("T GAP JN-4.6a post:2024-06",), JUN30: ("T UPD JN-4.6a post:2024-06 ended",), JUL01: ("T GAP JN-4.6a post:2024-07",)},
         tracks="T", clause="JN-4.6"),
    Case("one post three times is one post", "1990-01-15", (SPRING, VALID, *(service(f"2024-06-0{n}", "岗位推荐", 岗位编号="JX") for n in (1, 2, 3))),
         {JUN29: ("T GAP JN-4.6a post:2024-06",), JUL01: ("T UPD JN-4.6a post:2024-06 ended", "T GAP JN-4.6a post:2024-07")}, tracks="T", clause="JN-4.6"),
    Case("63 deregistered and the row is kept with its note", "1990-01-16",
         (jobless("2024-04-10", until=JUL01), jobless("2024-04-10", JUL01, 注销日期="2024-06-30"), VALID), {JUN29: (DISABLED,), JUL01: (ended(DISABLED), "L UPD JN-1.4a deregistered")}),
    Case("65 willing and no internship offered", "2000-01-17", (studied("2018-09-01", "2022-06-30", 见习意愿="是"),),
         {JUN29: ("T GAP JN-5.3 internship",), JUL01: ("T UPD JN-5.3 internship ended",)}, tracks="T", clause="JN-5.3"),
    Case("65 fourth free course of the year", "1990-01-18",
         (SPRING, VALID, *(course(f"2024-0{n}-10", name=f"课{n}") for n in (1, 2, 3)), course("2024-06-30", JUN30, name="课4")),
         {JUN29: ("T GAP JN-3.3 skill",), JUN30: ("T ALERT JN-3.3 free-courses",)}, tracks="T", clause="JN-3.3"),
    Case("66 passed two months ago that day", "1990-01-19", (SPRING, VALID, course("2024-03-01", passed="2024-04-30")),
         {JUL01: ("T ALERT JN-3.7 certificate-overdue",)}, tracks="T", clause="JN-3.7"),
    Case("66 certified in time", "1990-01-20", (SPRING, VALID, course("2024-03-01", passed="2024-04-30", certified="2024-06-30")), NOTHING, tracks="T", clause="JN-3.7"),
    Case("67 hired in May, first", "1990-01-21", (VALID, insured("2024-05", firm="丁社")), {JUN29: (f"T NOTIFY JN-8.2 firm:{FIRMS['丁社']}",)}, tracks="T", clause="JN-8"),
    Case("67 hired in May, second", "1990-01-22", (VALID, insured("2024-05", firm="丁社")), {JUN29: (f"T NOTIFY JN-8.2 firm:{FIRMS['丁社']}",)}, tracks="T", clause="JN-8"),
    Case("hired in May and claimed for", "1990-01-23", (VALID, insured("2024-05", firm="丙店"), paid("岗位补贴", "2024-05", "2024-06", firm="丙店")), NOTHING, tracks="T", clause="JN-8"),
    Case("flexible, not registered as such", "1990-01-24", (VALID, flexible("2024-05")), {JUN29: ("T TASK JN-5.5 register-flexible",)}, tracks="T", clause="JN-5.5"),
    Case("wants a job, and guidance is short", "1990-01-25", (SPRING, VALID, *(service(f"2024-06-1{n}", "职业指导") for n in (1, 2)), service("2024-06-30", "职业指导", JUN30)),
         {JUN29: ("T GAP JN-4.4 guidance",), JUN30: ("T UPD JN-4.4 guidance ended",)}, tracks="T", clause="JN-4.4"),
    Case("wants training, and no provider was named", "1990-01-26", (jobless("2024-04-10", 就业意愿="培训"), VALID), {JUN29: ("T GAP JN-3.2 provider",)}, tracks="T", clause="JN-3.2"),
    Case("nobody in charge", "1990-01-27", (jobless("2024-04-10", 帮扶责任人=""), VALID), {JUN29: ("T GAP JN-1.5 owner",)}, tracks="T", clause="JN-1.5"),
    Case("draws benefit and is not registered", "1990-01-28", (benefit("2024-05", "2024-12"),), {JUN29: ("T NOTIFY JN-1.6 benefit-not-registered",)}, tracks="T", clause="JN-1.6"),
    Case("on a list and not registered", "1990-01-29", (VALID,), {JUN29: ("T NOTIFY JN-1.2 may-register",)}, tracks="T", clause="JN-1.2"),
    Case("pension from July", "1966-02-01", (SPRING, pension("2024-07-01")), {JUL01: (dereg("pension"),)}),
    Case("reaching retirement age is no ground", "1964-07-01", (SPRING,), NOTHING),
    Case("hired in July", "1990-02-02", (SPRING, VALID, insured("2024-07")), {JUN29: (DISABLED,), JUL01: (HIRED, dereg("hired"))}),
    Case("died in June", "1990-02-03", (SPRING, VALID, death("2024-06-12", JUN30)), {JUN29: (DISABLED,), JUN30: (ended(DISABLED), dereg("died"))}),
    Case("in the army from July", "2000-02-04", (SPRING, served("2024-07-01")), {JUL01: (dereg("army"),)}),
    Case("shareholder only", "1990-02-05", (SPRING, licence("2024-05-01", 主体类型="企业", 任职身份="股东")), {JUN29: ("R REVIEW JN-1.4a licence",)}),
    Case("legal representative of a private non-enterprise unit", "1990-02-06",
         (SPRING, Said("民办非企业", {"统一社会信用代码": FIRMS["甲厂"], "单位名称": "某园", "任职身份": "法定代表人", "登记状态": "正常", "成立日期": "2024-07-01"})),
         {JUL01: (dereg("founded-unit"),)}),
)  # fmt: skip


POSTS = {"GW1": "2024-06-29", "GW2": "2024-06-30", "GW3": "2024-12-31", "GW4": ""}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    cases = [with_own_book(case, number) for number, case in enumerate(CASES)]
    town = Town.found(tmp_path_factory.mktemp("jining") / "town", "jining")
    cast = {case.id: case.play(town) for case in cases}
    rows = [{"岗位编号": no, "单位名称": "甲厂", "岗位名称": "保洁员", "招聘人数": "2", "发布日期": "2024-05-01", "截止日期": end} for no, end in POSTS.items()]  # fmt: skip
    town.drop("岗位需求_20240629_全量.csv", rows)
    for day in NIGHTS:
        town.night(day)
    return Stage(town, cast)


def with_own_book(case: Case, number: int) -> Case:
    """Whoever shares no household lives alone."""
    said = tuple(
        replace(one, cells={"户号": f"H{number}"} | dict(one.cells)) if one.kind == "户籍" else one for one in case.said
    )
    return replace(case, said=said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    assert played.posted(case) == dict(case.expect)


def test_an_unchanged_night_posts_nothing(played: Stage) -> None:
    assert played.town.nights[JUL02].rows("ledger_entry") == []


def test_67_the_firm_is_on_the_list_without_an_application(played: Stage) -> None:
    (entry,) = [e for e in played.town.nights[JUN29].entries(clause="JN-7.1") if e["basis"] == FIRMS["丁社"]]
    assert (entry["track"], entry["op"], entry["person_id"], len(entry["evidence"])) == ("T", "NOTIFY", None, 2)
    (row,) = [r for r in played.town.nights[JUN29].rows("lists/O09") if r["entry_id"] == entry["entry_id"]]
    assert (row["employer_uscc"], row["employer_name"], row["person_id"]) == (FIRMS["丁社"], "丁社", None)


def test_a_deregistered_person_stays_in_the_ledger_as_closed(played: Stage) -> None:
    who = played.cast["63 deregistered and the row is kept with its note"]
    assert played.town.state(who, "jining", "L")["state"] == "L6"


def test_the_borrowed_classes_are_those_of_shandong_and_say_so() -> None:
    def conditions(pack: str) -> dict[str, str]:
        return dict(tomllib.loads(Path(PACKS / pack / "pack.toml").read_text(encoding="utf-8"))["condition"])

    ours, theirs = conditions("jining"), conditions("shandong")
    borrowed_words = [name for name in ours if name.startswith("class_")]
    assert borrowed_words and all(ours[name] == theirs[name] for name in (*borrowed_words, "older", "is_single"))
    rules = [rule for rule in read_rules("jining")[1].values() if ":SD-" in rule.id]
    assert rules and all("借用山东某市通知" in rule.sentence for rule in rules)


def test_64_a_vacancy_past_its_last_day_is_remarked_and_kept(played: Stage) -> None:
    said = [[(e["op"], e["basis"]) for e in played.town.nights[d].entries() if e["clause"] == "JN-2.4"] for d in NIGHTS]
    assert said == [[("REVIEW", "GW4")], [("UPD", "GW1")], [("UPD", "GW2")], []]
    (entry,) = played.town.nights[JUN30].entries(clause="JN-2.4")
    assert (entry["person_id"], entry["track"], entry["valid_to"]) == (None, "T", None) and "2024-06-29" in entry[
        "reason"
    ]
