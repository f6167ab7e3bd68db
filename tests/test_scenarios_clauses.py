"""Lists, tasks and further grounds of all five packs, from delivered files to ledger entries, the day before, the day and the
day after; and the acceptance scenarios that need them.

All cases of `CASES` live in one workspace under all five packs; a case looks at one clause.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.condition_cases import CONDITIONS
from tests.more_said import (
    NOTHING,
    capacity,
    course,
    ended,
    housed,
    in_system,
    jailed,
    jobless,
    listed,
    lost_land,
    own_pack,
    paid,
    recognised,
    served,
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
    registered,
    service,
    stop,
)

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
OWN: Mapping[str, Mapping[str, object]] = {
    "neimenggu": {"older_female_age": 45, "older_male_age": 55},
    "jining": {"benefit_months": 12},
    "shandong": {"silent_days": 4000, "job_choosing_months": 24},
    "xinyu": {"subsidy_cap_months": 36, "spot_check_per_mille": 1000, "survey_days": 30, "silent_days": 30},
}
SPRING = jobless("2024-04-10")
VALID = certificate("2014-01-01", "2034-01-01")
COUNSELLOR = "T GAP JN-6.1 startup-counsellor"
LOCAL = housed("山东省某市某区")
XINYU = housed("江西省新余市渝水区")
RURAL = {"户籍性质": "农村", "常住地类型": "农村"}
POSTS = (
    {"岗位编号": "GW1", "工种": "保洁员", "截止日期": "2024-06-30"},
    {"岗位编号": "GW2", "工种": "搬运工", "截止日期": "2024-12-31", "年龄上限": "45"},
    {"岗位编号": "GW3", "工种": "绿化工", "截止日期": "2024-06-30", "公益性岗位": "是"},
)


def group(name: str, day: str) -> Said:
    return Said("群团名单", {"群团组织": name, "人员类别": "困难职工", "列入日期": day})


def headed(day: str, **cells: str) -> Said:
    row = {
        "统一社会信用代码": FIRMS["甲厂"],
        "单位名称": "某园",
        "任职身份": "法定代表人",
        "登记状态": "正常",
        "成立日期": day,
    }
    return Said("民办非企业", row | cells)


def employed(day: str, since: str = "", **cells: str) -> Said:
    return Said("就业登记", {"就业形式": "单位就业", "单位名称": "甲厂", "就业日期": day} | cells, since)


def recommended(*days: str, **cells: str) -> tuple[Said, ...]:
    return tuple(service(day, "岗位推荐", 岗位编号=f"C{day}", **cells) for day in days)


def on(clause: str, case_id: str, birth: str, said: tuple[Said, ...], expect: Mapping[str, tuple[str, ...]], tracks: str = "T", sex: str = "男") -> Case:  # fmt: skip
    return Case(case_id, birth, said, expect, sex=sex, tracks=tracks, clause=clause)


def until(line: str, last: str, first: str = JUN29) -> dict[str, tuple[str, ...]]:
    """Found on the first night and ended on the last."""
    return {first: (line,), last: (ended(line),)}


SIX = {"文化程度": "初中", "技能": "焊工", "健康状况": "良好", "培训意愿": "有", "就业需求": "焊工"}
ZHONGSHAN = (
    on("ZS-3.1.2", "on the union's list that day", "1979-01-01", (group("工会", "2024-06-30"),), {JUN30: ("L ADD ZS-3.1.2 union",)}, "L"),
    on("ZS-3.1.2", "on the women's list", "1979-01-02", (group("妇联", "2024-06-01"),), {JUN29: ("L ADD ZS-3.1.2 women",)}, "L", "女"),
    on("ZS-3.1.2", "on the union's list and employed", "1979-01-03", (group("工会", "2024-06-01"), insured("2024-05")), NOTHING, "L"),
    on("ZS-3.1.2", "on the youth league's list", "1979-01-04", (group("共青团", "2024-06-01"),), NOTHING, "L"),
    on("ZS-3.1.4", "found without work by a visit that day", "1979-01-05", (visited("2024-06-30", 是否就业="否"),), {JUN30: ("L ADD ZS-3.1.4 community",)}, "L"),
    on("ZS-3.1.4", "found at work by a visit", "1979-01-06", (visited("2024-06-01", 是否就业="是"),), NOTHING, "L"),
    on("ZS-3.1.3", "six columns known and visited that day", "1979-01-07", (registered("2024-01-10", **SIX), visited("2024-06-30", JUN30)),
       until("T TASK ZS-3.1.3 survey", JUN30)),
    on("ZS-3.1.3", "visited and one column missing", "1979-01-08", (registered("2024-01-10", **(SIX | {"技能": ""})), visited("2024-06-01")), {JUN29: ("T TASK ZS-3.1.3 survey",)}),
    on("ZS-3.2", "may apply until recognised", "1979-01-09", (registered("2024-01-10", 有就业要求="否"), recognised("4050", "2024-06-30", JUN30)), until("T TASK ZS-3.2 may-apply", JUN30)),
    on("ZS-3.2.1", "registered on a pledge and hired in July", "1979-01-10", (registered("2024-01-10", 登记方式="承诺制"), insured("2024-07")),
       {JUL01: ("R REVIEW ZS-3.2.1 commitment",)}, "R"),
    on("ZS-3.2.1", "registered after a check and hired in July", "1979-01-11", (registered("2024-01-10", 登记方式="核验"), insured("2024-07")), NOTHING, "R"),
    on("ZS-3.2.4", "willing while a public-welfare post is open", "1979-01-12", (registered("2024-01-10"),), until("T TASK ZS-3.2.4 public-post", JUL01)),
    on("ZS-3.2.4", "unwilling", "1979-01-13", (registered("2024-01-10", 有就业要求="否"),), NOTHING),
    on("ZS-3.3", "wants training and a business", "1979-01-14", (registered("2024-06-30", 就业意愿="培训、创业"),), {JUN30: ("T TASK ZS-3.3 training", "T TASK ZS-3.3 startup")}),
    on("ZS-3.4", "registered six months that day", "1979-01-15", (registered("2023-12-30"),), {JUL01: ("T TASK ZS-3.4 graded-help",)}),
    on("ZS-3.4.1", "may register when the month has ended", "1979-01-16", (stop("2024-05"),), {JUN30: ("T NOTIFY ZS-3.4.1 may-register",)}),
    on("ZS-3.4.2", "a post of the trade is open until the end of June", "1979-01-17", (registered("2024-01-10", 就业需求="保洁员、收银员"),), until("T TASK ZS-3.4.2 vacancy:GW1", JUL01)),
    on("ZS-3.6.3", "guided that day", "1979-01-18", (registered("2024-01-10"), service("2024-06-30", "职业指导", JUN30)), until("T TASK ZS-3.6.3 guidance", JUN30)),
    on("ZS-2", "served for the first time that day", "1979-01-19", (registered("2024-01-10"), service("2024-06-30", "岗位推荐", JUN30)), until("T GAP ZS-2 unserved", JUN30)),
)  # fmt: skip
TOLD = {"联系电话": "13900000001", "就业意愿": "就业", "就业需求": "焊工"}
CALLED, CALLED_NEXT, MISSED = (
    "T TASK NM-4.1 contact:2024-06",
    "T TASK NM-4.1 contact:2024-07",
    "T ALERT NM-4.1 contact:2024-06",
)
SHORT, MID = "L UPD NM-2.1a short", "L UPD NM-2.1a mid"
NEIMENGGU = (
    on("NM-1.1a", "12 woman reaches fifty-five and stays registered", "1969-06-30", (SPRING,), NOTHING, "R", "女"),
    on("NM-1.1b", "registered at a second place that day", "1985-02-01",
       (registered("2024-04-10", 登记编号="A1", 登记地="甲镇"), registered("2024-06-30", until=JUL01, 登记编号="A2", 登记地="乙镇"),
        registered("2024-06-30", JUL01, 登记编号="A2", 登记地="乙镇", 注销日期="2024-07-01")),
       until("R REVIEW NM-1.1b twice", JUL01, JUN30), "R"),
    on("NM-1.1b", "the same registration told twice", "1985-02-02", (registered("2024-04-10", 登记编号="B1"), registered("2024-04-11", 登记编号="B1")), NOTHING, "R"),
    on("NM-1.2b", "skill told that day and need the day after", "1985-02-03",
       (jobless("2024-04-10", until=JUN30, 联系电话="13900000002"), jobless("2024-04-10", JUN30, JUL01, 联系电话="13900000002", 技能="焊工"),
        jobless("2024-04-10", JUL01, 联系电话="13900000002", 技能="焊工", 就业需求="焊工")),
       {JUN29: ("T GAP NM-1.2b four-clears",), JUN30: ("T GAP NM-1.2b four-clears",), JUL01: ("T UPD NM-1.2b four-clears ended",)}),
    on("NM-1.2b", "all four clear", "1985-02-04", (registered("2024-04-10", 技能="焊工", **TOLD),), NOTHING),
    on("NM-1.3a", "woman reaches the league's age", "1979-06-30", (SPRING,), {JUN30: ("H ADD NM-1.3a older",)}, "H", "女"),
    on("NM-1.3a", "on low income, and recognised that day", "1985-02-27", (SPRING, aid("2024-01"), recognised("低保", "2024-06-30", JUN30)),
       until("H ADD NM-1.3a low_income", JUN30), "H"),
    on("NM-1.3a", "certified and recognised to the end of June", "1985-02-28",
       (SPRING, VALID, recognised("残疾", "2024-01-10", until=JUL01), recognised("残疾", "2024-01-10", JUL01, 退出日期="2024-07-01")),
       {JUL01: ("H ADD NM-1.3a disability",)}, "H"),
    on("NM-2.1a", "19 registered again in June", "1985-02-05", (registered("2022-03-01", 注销日期="2024-03-01"), registered("2024-06-01")), {JUN29: (SHORT,), JUL02: (MID,)}, "L"),
    on("NM-2.1c", "18 long the day after six months, and to be looked at", "1985-02-06", (registered("2023-12-30", 最近核验日期="2024-05-20"),), {JUL01: ("T TASK NM-2.1c hardship-check",)}),
    on("NM-2.1c", "long and on low income", "1985-02-07", (registered("2023-12-30"), aid("2024-01")), {JUL01: ("L UPD NM-2.1c assistance",)}, "LT"),
    on("NM-2.2", "wants a job and a business", "1985-02-08", (jobless("2024-06-30", 就业意愿="就业、创业"),), {JUN30: ("T TASK NM-2.2 wish:job", "T TASK NM-2.2 wish:startup")}),
    on("NM-2.2", "wants training", "1985-02-09", (jobless("2024-06-30", 就业意愿="培训"),), {JUN30: ("T TASK NM-2.2 wish:training",)}),
    on("NM-2.2", "does not know", "1985-02-10", (jobless("2024-06-30", 就业意愿="不明确"),), {JUN30: ("T TASK NM-2.2 wish:unclear",)}),
    on("NM-2.2", "wants something else", "1985-02-11", (jobless("2024-06-30", 就业意愿="其他"),), {JUN30: ("T TASK NM-2.2 wish:other",)}),
    on("NM-2.2", "says nothing, which is no wish", "1985-02-12", (registered("2024-06-30"),), {JUN30: ("T TASK NM-2.2 wish:blank",)}),
    on("NM-2.2", "wants a job until hired", "1985-02-13", (jobless("2024-04-10"), insured("2024-07")), until("T TASK NM-2.2 wish:job", JUL01)),
    on("NM-2.2", "result of a post not asked for thirty days", "1985-02-14",
       (registered("2024-04-10", 就业意愿="培训"), *recommended("2024-05-31"), service("2024-07-01", "跟踪回访", JUL01)),
       {JUN29: ("T TASK NM-2.2 wish:training",), JUN30: ("T TASK NM-2.2 result-revisit",), JUL01: ("T UPD NM-2.2 result-revisit ended",)}),
    on("NM-2.3", "plan agreed that day", "1985-02-15", (SPRING, recognised("4050", "2024-01-10", until=JUN30), recognised("4050", "2024-01-10", JUN30, 援助协议日期="2024-06-30")),
       until("T GAP NM-2.3 plan", JUN30)),
    on("NM-2.3", "third post in vain that day", "1985-02-16", (SPRING, recognised("4050", "2024-01-10", 援助协议日期="2024-01-20"), *recommended("2024-05-01", "2024-05-02", "2024-06-30")),
       {JUN30: ("T TASK NM-2.3 public-post",)}),
    on("NM-3.2", "38 legal representative of a private non-enterprise unit", "1985-02-17",
       (SPRING, headed("2024-06-30")),
       {JUN30: ("R PROP_DEREG NM-3.2 founded-unit",)}, "R"),
    on("NM-3.2", "at university from that day", "1999-02-18", (SPRING, studied("2024-06-30")), {JUN30: ("R PROP_DEREG NM-3.2 school",)}, "R"),
    on("NM-3.2", "in the army from July", "1999-02-19", (SPRING, served("2024-07-01")), {JUL01: ("R PROP_DEREG NM-3.2 army",)}, "R"),
    on("NM-3.2", "in custody from July", "1985-02-20", (SPRING, jailed("2024-07-01")), {JUL01: ("R PROP_DEREG NM-3.2 custody",)}, "R"),
    on("NM-3.2", "suspended sentence", "1985-02-21", (SPRING, jailed("2024-06-01", kind="缓刑")), NOTHING, "R"),
    on("NM-3.2", "found fully incapable in July", "1985-02-22", (SPRING, capacity("完全丧失", "2024-07-01")), {JUL01: ("R PROP_DEREG NM-3.2 incapable",)}, "R"),
    on("NM-3.2", "moves abroad in July", "1985-02-23", (SPRING, housed("150102", 移居境外日期="2024-07-01")), {JUL01: ("R PROP_DEREG NM-3.2 abroad",)}, "R"),
    on("NM-3", "39 employer insurance since June", "1985-02-24", (SPRING, insured("2024-06")),
       {JUN29: ("R PROP_DEREG NM-3.2 hired", "T TASK NM-3.1a check-insured", f"T URGE NM-3.1b {FIRMS['乙厂']}")}, "RT"),
    on("NM-4.1", "68 last contact at the end of May", "1985-02-25", (SPRING, recognised("4050", "2023-01-10"), service("2024-05-31", "跟踪回访")),
       {JUN29: (CALLED,), JUL01: (ended(CALLED), CALLED_NEXT, MISSED)}),
    on("NM-4.1", "68 contacts at the end of May and on the first of June", "1985-02-26",
       (SPRING, recognised("4050", "2023-01-10"), service("2024-05-31", "跟踪回访"), service("2024-06-01", "跟踪回访")), {JUL01: (CALLED_NEXT,)}),
    on("NM-4.1", "68 employment registered that day", "1985-02-27", (SPRING, recognised("4050", "2023-01-10"), service("2024-05-31", "跟踪回访"), employed("2024-06-30", JUN30)), until(CALLED, JUN30)),
    on("NM-4.1", "only compared in June", "1985-02-28", (SPRING, recognised("4050", "2023-01-10"), service("2024-05-31", "跟踪回访"), service("2024-06-03", "跟踪回访", 服务方式="数据比对")),
       {JUN29: (CALLED,), JUL01: (ended(CALLED), CALLED_NEXT, MISSED)}),
    on("NM-4.1", "long only from July and not late for June", "1985-03-01", (registered("2023-12-30"), service("2024-05-31", "跟踪回访")), {JUL01: (CALLED_NEXT,)}),
)  # fmt: skip
FAMILY = housed("山东省某市某区", book="F1")
SHANDONG = (
    on("SD-3.1", "served for the first time that day", "1990-04-01", (SPRING, LOCAL, aid("2024-01"), service("2024-06-30", "职业指导", JUN30)), until("T GAP SD-3.1 unserved", JUN30)),
    on("SD-3.2.2", "wants a business and gets a mentor that day", "1990-04-02", (jobless("2024-04-10", 就业意愿="创业"), LOCAL, aid("2024-01"), service("2024-06-30", "创业服务", JUN30)),
       until("T GAP SD-3.2.2 startup-mentor", JUN30)),
    on("SD-3.3.1", "villager who lost land and is forty that day", "1984-06-30", (jobless("2024-04-10", **RURAL), housed("山东省某市某区", kind="农村"), lost_land("2021-05-01")),
       {JUN30: ("T TASK SD-3.3.1 rural-post",)}, "T", "女"),
    on("SD-5.4", "agreement signed that day", "1990-04-03", (SPRING, LOCAL, recognised("残疾", "2024-01-10", until=JUN30), recognised("残疾", "2024-01-10", JUN30, 援助协议日期="2024-06-30")),
       until("T GAP SD-5.4 agreement", JUN30)),
    on("SD-3.3.2", "family without work, first", "1990-04-04", (SPRING, FAMILY), until("T TASK SD-3.3.2 zero-family", JUL01)),
    on("SD-3.3.2", "family without work, second is hired in July", "1991-04-04", (SPRING, FAMILY, insured("2024-07")), until("T TASK SD-3.3.2 zero-family", JUL01), "T", "女"),
    on("SD-3.3.3", "low-income graduate two years out of school", "2000-04-05", (studied("2018-09-01", "2022-06-30"), aid("2024-01", 救助类别="低收入")),
       until("T NOTIFY SD-3.3.3 graduate-subsidy", JUL01)),
)  # fmt: skip
INSURED = insured("2022-01", end="2024-05", paid="2024-05", 单位缴费月数="12")
JINING = (
    on("JN-1.6", "let go that day and a year insured", "1990-05-01", (SPRING, INSURED, stop("2024-05", firm="乙厂", 停保日期="2024-06-30")), {JUN30: ("T NOTIFY JN-1.6 may-draw-benefit",)}),
    on("JN-1.6", "gave notice", "1990-05-02", (SPRING, INSURED, stop("2024-05", firm="乙厂", reason="个人辞职")), NOTHING),
    on("JN-1.6", "eleven months insured", "1990-05-03",
       (SPRING, insured("2022-01", end="2024-05", paid="2024-05", 单位缴费月数="11"), stop("2024-05", firm="乙厂")), NOTHING),
    on("JN-3.1", "passed on line that day and in class the day after", "1990-05-04",
       (SPRING, aid("2024-01"), course("2024-06-01", passed="2024-06-30", 培训方式="线上"), course("2024-07-01", JUL01, name="实操", 培训方式="线下")),
       until("T TASK JN-3.1 offline-course", JUL01, JUN30)),
    on("ZS-3.4.2", "too old for the post that day", "1978-06-30", (jobless("2024-04-10", 就业需求="搬运工"), aid("2024-01")), until("T TASK ZS-3.4.2 vacancy:GW2", JUN30)),
    on("JN-4.1", "of the trade, and too young for the other ledger", "1990-05-06", (jobless("2024-04-10", 就业需求="保洁员"), aid("2024-01")), until("T TASK JN-4.1 vacancy:GW1", JUL01)),
    on("JN-4.1", "nobody looks for that trade", "1990-05-05", (jobless("2024-04-10", 就业需求="会计"), aid("2024-01")), NOTHING),
    on("JN-4.4", "result of a post not asked for thirty days", "1990-05-06",
       (jobless("2024-04-10", 就业意愿="培训"), aid("2024-01"), *recommended("2024-05-31"), service("2024-07-01", "跟踪回访", JUL01)),
       until("T TASK JN-4.4 result-revisit", JUL01, JUN30)),
    on("JN-5.4", "poor from July", "1990-05-09", (SPRING, listed("脱贫人口", "2024-07-01")), {JUL01: ("T TASK JN-5.4 workshop",)}),
    on("JN-8.2", "recognised and hired in May", "1990-05-10", (recognised("4050", "2024-01-10"), insured("2024-05", firm="丙店")), {JUN29: (f"T NOTIFY JN-8.2 firm:{FIRMS['丙店']}",)}),
    on("JN-10.1", "66 half a year since the last of December", "1990-05-07", (jobless("2023-12-31"), aid("2024-01")), until("T TASK JN-10.1 half-year", JUL01)),
    on("JN-4.6", "62 a second post that day is still one short", "1990-05-08", (SPRING, recognised("4050", "2024-01-10"), *recommended("2024-06-03"), service("2024-06-30", "岗位推荐", JUN30, 岗位编号="Z")),
       {JUN29: ("T GAP JN-4.6a post:2024-06", "T GAP JN-4.6b public-info:2024-06"), JUN30: ("T GAP JN-4.6a post:2024-06",),
        JUL01: (ended("T GAP JN-4.6a post:2024-06"), ended("T GAP JN-4.6b public-info:2024-06"), "T GAP JN-4.6a post:2024-07", "T GAP JN-4.6b public-info:2024-07")}),
)  # fmt: skip
XY_CASES = (
    on("XY-5.3", "visited thirty days ago", "1970-06-06", (SPRING, XINYU, recognised("4050", "2024-01-10"), visited("2024-05-31")), {JUL01: ("T TASK XY-5.3 survey",)}),
    on("XY-5.3", "watched since that day and never visited", "1970-06-07", (listed("边缘易致贫", "2024-06-30"),), {JUN30: ("T TASK XY-5.3 survey",)}),
    on("XY-2.2", "woman who is forty that day is to be visited", "1984-06-30", (jobless("2024-04-10", **RURAL), XINYU), {JUN30: ("T TASK XY-2.2 first-review",)}, "T", "女"),
    on("XY-3.0", "drawn each month", "1970-06-01", (SPRING, XINYU, recognised("4050", "2024-01-10")),
       {JUN29: ("T TASK XY-3.0 spot-check:2024-06",), JUL01: (ended("T TASK XY-3.0 spot-check:2024-06"), "T TASK XY-3.0 spot-check:2024-07")}),
    on("XY-4.2", "third post in vain that day", "1970-06-02", (SPRING, XINYU, recognised("4050", "2024-01-10"), *recommended("2024-05-01", "2024-05-02", "2024-06-30")),
       {JUN30: ("T TASK XY-4.2 public-post",)}),
    on("XY-6.1", "nobody in charge and no plan", "1970-06-03", (jobless("2024-04-10", 帮扶责任人=""), XINYU, recognised("4050", "2024-06-30", 帮扶责任人="")),
       {JUN30: ("T GAP XY-6.1 owner", "T GAP XY-6.1 plan")}),
    on("XY-3.8", "52 thirty months used and six left", "1970-06-04", (SPRING, XINYU, recognised("4050", "2024-01-10"), paid("岗位补贴", "2020-01", "2022-06")), {JUN29: ("T TASK XY-3.8 months-left:6",)}),
    on("XY-3.8", "twenty-nine months used", "1970-06-05", (SPRING, XINYU, recognised("4050", "2024-01-10"), paid("岗位补贴", "2020-01", "2022-05")), NOTHING),
)  # fmt: skip
CANCELLED = (
    certificate("2014-01-01", "2034-01-01", until=JUN30),
    certificate("2014-01-01", "2034-01-01", JUN30, 证件状态="注销", 注销日期="2024-06-30"),
)
YEAR = tuple(in_system(said) for said in recommended("2023-09-10", "2024-01-10", "2024-05-10"))
MEMBER = housed("山东省某市某区", book="F2")
FOUNDER = {"主体类型": "企业", "任职身份": "法定代表人"}
ZERO = housed("江西省新余市渝水区", book="F3")
LEFT = ("T TASK XY-3.8 months-left:0", ended("T TASK XY-3.8 months-left:0"))


def subsidised(item: str) -> tuple[Said, ...]:
    """Three years of one item, and a month more from the second night on."""
    return (
        SPRING,
        XINYU,
        recognised("4050", "2024-01-10"),
        paid(item, "2020-01", "2022-12"),
        paid(item, "2024-05", "2024-05", JUN30),
    )


FURTHER = (
    on("JN-1.3", "a year registered that day and three services", "1990-07-01", (jobless("2023-06-30"), *YEAR), {JUN30: ("L ADD JN-1.3 sd-2.4",)}, "L"),
    on("JN-1.4a", "employment registered that day", "1990-07-02", (SPRING, employed("2024-06-30")), {JUN30: ("R PROP_DEREG JN-1.4a employment-registered",)}, "R"),
    on("JN-1.4a", "insured before registering and not paid since", "1990-07-03", (SPRING, insured("2024-03", paid="2024-04")), {JUN29: ("R REVIEW JN-1.4a hired",)}, "R"),
    on("JN-1.4a", "founds a firm in July", "1990-07-04", (SPRING, licence("2024-07-01", **FOUNDER)), {JUL01: ("R PROP_DEREG JN-1.4a founded-firm",)}, "R"),
    on("JN-3.1", "wants training from that day", "1990-07-05", (jobless("2024-06-30", 就业意愿="培训"), aid("2024-01")), {JUN30: ("T NOTIFY JN-3.1 training",)}),
    on("JN-8.2", "recognised and a flexible payer from July", "1990-07-06", (recognised("4050", "2024-01-10"), flexible("2024-07")), {JUL01: ("T NOTIFY JN-8.2 flexible",)}),
    on("SD-3.2.2", "recognised and trading from July", "1990-07-07", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), licence("2024-07-01")), {JUL01: ("T NOTIFY SD-3.2.2 startup",)}),
    on("XY-3.1", "recognised and a pension that is paused", "1970-08-08", (SPRING, XINYU, recognised("4050", "2024-01-10"), pension("2024-06-30", 发放状态="暂停")), {JUN30: ("H REVIEW XY-3.1 pension",)}, "H"),
    on("JN-1.4a", "registered and a pension that is paused", "1970-08-09", (SPRING, pension("2024-06-30", 发放状态="暂停")), {JUN30: ("R REVIEW JN-1.4a pension",)}, "R"),
    on("SD-5.5b", "recognised and a pension that is paused", "1970-08-10", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), pension("2024-06-30", 发放状态="暂停")), {JUN30: ("H REVIEW SD-5.5b pension",)}, "H"),
    on("SD-5.5b", "a candidate and a pension that is paused", "1970-08-11", (SPRING, LOCAL, aid("2024-01"), pension("2024-06-30", 发放状态="暂停")), {JUN30: ("L REVIEW SD-5.5b pension",)}, "L"),
    on("SD-3.2.2", "recognised, never a candidate here, and trading from July", "1990-08-07", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), licence("2024-07-01")), {JUL01: ("L FLAG_REEMP SD-3.2.2 licence",)}, "L"),
    on("SD-5.5b", "recognised, fits nothing and refuses without reason", "1990-07-08", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), service("2024-06-30", "拒绝服务", JUN30, 理由正当="否")),
       {JUN30: ("L PROP_EXIT SD-5.5b refusal-recognised",)}, "HL"),
    on("SD-5.5b", "recognised man of sixty in July", "1964-07-01", (SPRING, LOCAL, recognised("4050", "2024-01-10")), {JUL01: ("H PROP_EXIT SD-5.5b retirement-age",)}, "H"),
    on("SD-5.5b", "recognised on dibao to the end of June", "1990-07-09", (SPRING, LOCAL, recognised("低保", "2024-01-10"), aid("2024-01", "2024-06")), {JUL01: ("H PROP_EXIT SD-5.5b 2.5",)}, "H"),
    on("SD-5.5b", "the same with a certificate", "1990-07-10", (SPRING, LOCAL, recognised("低保", "2024-01-10"), aid("2024-01", "2024-06"), VALID), {JUL01: ("H REVIEW SD-5.5b other-basis",)}, "H"),
    on("SD-5.5b", "recognised on a certificate cancelled that day", "1990-07-11", (SPRING, LOCAL, recognised("残疾", "2024-01-10"), *CANCELLED), {JUN30: ("H PROP_EXIT SD-5.5b 2.6",)}, "H"),
    on("SD-5.5b", "family recognised, first", "1990-07-12", (SPRING, MEMBER, recognised("零就业家庭", "2024-01-10")), {JUL01: ("H PROP_EXIT SD-5.5b 2.2",)}, "H"),
    on("SD-5.5b", "family recognised, second is hired in July", "1991-07-12", (SPRING, MEMBER, recognised("零就业家庭", "2024-01-10"), insured("2024-07")), {JUL01: ("H PROP_EXIT SD-5.5b 2.2",)}, "H", "女"),
    *(on(clause, f"subsidy for the month after the pension began, {clause}", f"1964-08-{day:02d}", (pension("2024-06-30"), paid("灵活就业社保补贴", "2024-06", "2024-06"), paid("灵活就业社保补贴", "2024-07", "2024-07", JUL01)),
         {JUL01: (f"T ALERT {clause} subsidy-and-pension",)}) for day, clause in ((1, "SD-6.2"), (2, "XY-7.2"))),
    *(on(clause, f"post subsidy in the month of founding, {clause}", f"1990-08-{day:02d}", (licence("2024-06-30", JUN30), paid("公益性岗位补贴", "2024-06", "2024-06")),
         {JUN30: (f"T ALERT {clause} post-subsidy-and-licence",)}) for day, clause in ((1, "SD-6.2"), (2, "XY-7.2"))),
    on("SD-6.2", "post subsidy in the month before founding", "1990-08-03", (licence("2024-07-01"), paid("公益性岗位补贴", "2024-06", "2024-06")), NOTHING),
    on("SD-6.2", "subsidy for the month after the death", "1990-08-04", (death("2024-06-12"), paid("岗位补贴", "2024-06", "2024-06"), paid("岗位补贴", "2024-07", "2024-07", JUL01)),
       {JUL01: ("T ALERT SD-6.2 subsidy-after-death",)}),
    on("XY-3.2", "family recognised and a member's name in insurance that day", "1990-09-01", (jobless("2023-05-01"), ZERO, recognised("零就业家庭", "2024-01-10")),
       {JUN30: ("H REVIEW XY-3.2 family-working",)}, "H"),
    Case("the member of that name", "1991-09-01", (jobless("2023-05-01"), ZERO, insured("2024-06", JUN30, 证件号码="")), NOTHING, sex="女", tracks="H", clause="XY-3.2", name="司马听松"),
    on("XY-3.4", "recognised on dibao to the end of June and fifty-four", "1970-09-02", (SPRING, XINYU, recognised("城镇低保", "2023-01-10"), aid("2020-01", "2024-06")), {JUL01: ("H REVIEW XY-3.4 dibao",)}, "H"),
    *(on("XY-3.8", f"a month over the cap of {item}", f"1970-10-{day:02d}", subsidised(item), {JUN29: LEFT[:1], JUN30: (LEFT[1], f"T ALERT XY-3.8 cap:{code}")})
      for day, (item, code) in enumerate((("单位社保补贴", "firm"), ("灵活就业社保补贴", "flexible"), ("公益性岗位补贴", "public_post")), 1)),
    replace(on("JN-6.1", "wants a business, and a licence bears the name", "1990-10-01",
               (jobless("2024-04-10", 就业意愿="创业"), VALID, licence("2024-06-30", JUN30, 证件号码="")), {JUN29: (COUNSELLOR,)}), name="上官听竹"),
    replace(on("JN-6.1", "a licence that bears the name alone", "1990-10-02", (SPRING, VALID, licence("2024-05-01", 证件号码="")), NOTHING), name="诸葛听梅"),
    on("JN-6.1", "head of a unit of their own from that day", "1990-10-03", (SPRING, VALID, headed("2024-06-30")), {JUN30: (COUNSELLOR,)}),
    replace(on("JN-6.1", "a unit that bears the name alone", "1990-10-04", (SPRING, VALID, headed("2024-05-01", 证件号码="")), NOTHING), name="欧阳听兰"),
    on("XY-4.3", "guided that day and nothing else", "1970-09-03", (SPRING, XINYU, recognised("4050", "2024-01-10"), service("2024-06-30", "职业指导", JUN30)),
       {JUN29: ("T GAP XY-4.3 guidance", "T GAP XY-4.3 post", "T GAP XY-4.3 training"), JUN30: (ended("T GAP XY-4.3 guidance"),)}),
    on("XY-4.4", "recognised and trading from July", "1970-09-04", (SPRING, XINYU, recognised("4050", "2024-01-10"), licence("2024-07-01")), {JUL01: ("T NOTIFY XY-4.4 startup",)}),
    on("XY-4.4", "certified that day", "1970-09-05", (jobless("2024-04-10", 就业意愿="培训"), XINYU, recognised("4050", "2024-01-10"), course("2024-05-01", certified="2024-06-30")), until("T GAP XY-4.4 skill", JUN30)),
    on("XY-6.1", "reached thirty days ago", "1970-09-06", (SPRING, XINYU, recognised("4050", "2024-01-10", 援助协议日期="2024-01-20"), service("2024-05-31", "跟踪回访")), {JUL01: ("T TASK XY-6.1 silent",)}),
)  # fmt: skip
CASES = (*ZHONGSHAN, *NEIMENGGU, *SHANDONG, *JINING, *XY_CASES, *FURTHER, *CONDITIONS)


def packs(folder: Path) -> list[str]:
    return ["zhongshan", *(own_pack(folder, name, values) for name, values in OWN.items())]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("clauses")
    town = Town.found(folder / "town", *packs(folder / "packs"))
    cast = {(case.clause, case.id): case.play(town) for case in CASES}
    rows = [
        {"单位名称": "甲厂", "岗位名称": "工人", "招聘人数": "2", "发布日期": "2024-05-01"} | post for post in POSTS
    ]
    town.drop("岗位需求_20240629_全量.csv", rows)
    leaver = town.person("1970-07-01")  # one of ten, and recognised
    town.tell(leaver, recognised("4050", "2024-01-10"), stop("2024-06", firm="丁社", 停保日期="2024-06-30"))
    firm = {"统一社会信用代码": FIRMS["丁社"], "单位名称": "丁社", "职工人数": "10"}
    town.drop("用人单位_20240629_全量.csv", [firm])
    for number, (who, said) in enumerate(town.told):
        if said.kind == "户籍":
            town.told[number] = (
                who,
                Said(said.kind, {"户号": f"H{number}"} | dict(said.cells), said.since, said.until),
            )
    for day in NIGHTS:
        town.night(day)
    return Stage(town, {f"{clause} {case_id}": who for (clause, case_id), who in cast.items()})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause} {case.id}")
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    named = replace(case, id=f"{case.clause} {case.id}")
    assert played.posted(named) == dict(case.expect)


def test_62_a_gap_says_have_and_need_as_they_are_tonight(played: Stage) -> None:
    case_id, line = "JN-4.6 62 a second post that day is still one short", "T GAP JN-4.6a post:2024-06"
    first, second = played.entry(case_id, JUN29, line), played.entry(case_id, JUN30, line)
    assert "推荐岗位1个" in str(first["reason"]) and "推荐岗位2个，应不少于3个" in str(second["reason"])
    assert second["supersedes"] == first["entry_id"]
    end = played.entry(case_id, JUL01, ended(line))
    assert end["supersedes"] == second["entry_id"] and "所指的月份已过" in str(end["reason"])


def test_a_post_is_named_to_nobody_under_two_policies(played: Stage) -> None:
    named = [(e["person_id"], e["basis"]) for night in played.town.nights.values() for e in night.entries(op="TASK") if e["basis"] and e["basis"].startswith(("vacancy:", "public:"))]  # fmt: skip
    assert len(set(named)) == len(named) > 2


def test_a_month_has_its_day_on_the_list_of_contacts(played: Stage) -> None:
    due = {(r["clause"], str(r["due_date"])) for r in played.town.nights[JUL01].rows("lists/O10")}
    assert {("NM-4.1", "2024-07-31"), ("NM-4.1", "2024-06-30")} <= due


def test_two_places_stand_on_the_list_of_duplicates(played: Stage) -> None:
    entry = played.entry("NM-1.1b registered at a second place that day", JUN30, "R REVIEW NM-1.1b twice")
    assert "甲镇、乙镇" in str(entry["reason"]) or "乙镇、甲镇" in str(entry["reason"])
    assert entry["entry_id"] in {r["entry_id"] for r in played.town.nights[JUN30].rows("lists/O12")}


def test_a_night_without_news_posts_only_what_its_day_brings(played: Stage) -> None:
    brought = {(e["clause"], e["op"]) for e in played.town.nights[JUL02].entries()}
    turned = {("NM-2.1a", "UPD"), ("NM-2.1b", "UPD"), ("NM-2.1b", "GAP")}  # a tier that turns
    assert brought <= turned | {("XY-6.1", "TASK")}  # and one day more without a word


def test_a_firm_that_hires_from_the_key_groups_is_told_of_training(played: Stage) -> None:
    told = [e for e in played.town.nights[JUN29].entries(op="NOTIFY", basis=FIRMS["丙店"]) if e["person_id"] is None]
    assert [(e["clause"], e["ground"]) for e in told] == [
        ("JN-3.4", "pre-post-training"),
        ("JN-7.1", "hired-key-people"),
    ]


def test_a_small_firm_that_lets_a_recognised_person_go_is_watched(played: Stage) -> None:
    told = [[(e["op"], e["basis"]) for e in played.town.nights[day].entries(clause="XY-5.4")] for day in (JUN29, JUN30)]
    assert told == [[], [("ALERT", FIRMS["丁社"])]]
    assert FIRMS["丁社"] in {r["employer_uscc"] for r in played.town.nights[JUN30].rows("lists/O14")}


def test_a_proposal_to_help_no_more_leaves_the_row_and_the_recognition_to_a_person(played: Stage) -> None:
    listed = played.cast["SD-5.5b deregistered that day"]
    assert played.town.state(listed, "shandong", "L")["needs_decision"]
    posted = played.town.entries(listed, JUN30)
    assert not [e for e in posted if (e["op"], e["track"], e["pack"]) == ("UPD", "L", "shandong")]
    moved = played.town.entries(played.cast["XY-6.5 recognised and moved that day"], JUN30)
    assert not [e for e in moved if e["track"] == "H" and e["pack"] == "xinyu"]


def test_every_follow_up_written_back_leads_to_the_entry_that_asked_for_it(played: Stage) -> None:
    """To June's call; and of a month in which nobody was asked to call, to the person's place in the ledger."""
    told = {e["entry_id"]: e for night in played.town.nights.values() for e in night.entries(pack="neimenggu")}
    lines = [line for day in (JUN30, JUL01) for line in played.town.nights[day].rows("lists/O24")]
    assert all(line["clause"] == "NM-4.2" and line["person_id"] for line in lines)
    who = played.town.person_id(played.cast["NM-4.2 called in June"])
    called = [told[line["entry_id"]] for line in lines if line["person_id"] == who]
    assert [(e["clause"], e["basis"]) for e in called] == [("NM-4.1", "contact:2024-06"), ("NM-2.1a", "long")]


def test_a_night_run_again_posts_nothing(played: Stage) -> None:
    """The last one: whatever was said by then is known under every pack."""
    night = played.town.nights[JUL02]
    assert night.entries() and played.town.run(JUL02).entries() == []
    played.town.nights[JUL02] = night
