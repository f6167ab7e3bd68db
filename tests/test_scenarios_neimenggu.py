"""Inner Mongolia, from delivered files to ledger entries: the acceptance scenarios and every boundary of every rule.

All cases live in one workspace and share its nights. A case covers the registration, recognition and ledger tracks
unless it says otherwise; tasks, gaps and lists have cases of their own.
"""

from datetime import date

import pytest

from tests.nightshift import (
    FIRMS,
    Case,
    Said,
    Stage,
    aid,
    benefit,
    certificate,
    death,
    flexible,
    insured,
    licence,
    pension,
    registered,
    service,
    stage,
    stop,
)

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
SHORT, MID, LONG = "L UPD NM-2.1a short", "L UPD NM-2.1a mid", "L UPD NM-2.1a long"
PENSION, HIRED, DIED = "R PROP_DEREG NM-3.2 pension", "R PROP_DEREG NM-3.2 hired", "R PROP_DEREG NM-3.2 died"
SELF, FIRM = "R PROP_DEREG NM-3.2 self-employed", "R PROP_DEREG NM-3.2 founded-firm"
LOOK_LICENCE, LOOK_HIRED, LOOK_FLEXIBLE = "R REVIEW NM-3.2 licence", "R REVIEW NM-3.2 hired", "R REVIEW NM-3.2 flexible"
POOR, DISABLED = "H ADD NM-1.3a low_income", "H ADD NM-1.3a disability"
NOTE, YOUNG = "L UPD NM-3.1a licence-ended", "R REVIEW NM-1.1a underage"
VISIT, STALE, REFER = "T TASK NM-3.3 door-visit", "T TASK NM-3.4 stale", "T REFER NM-1.3b benefit-ended"
URGE = f"T URGE NM-3.1b {FIRMS['乙厂']}"
LEADS_UNIT, LOOK_UNIT = "R PROP_DEREG NM-3.2 founded-unit", "R REVIEW NM-3.2 founded-unit"
MAY_REGISTER = "T NOTIFY NM-1.1a may-register"
NOTHING: dict[str, tuple[str, ...]] = {}
SPRING = registered("2024-04-10")  # mid tier on every night


def ended(line: str) -> str:
    """The entry that only ends an earlier one."""
    track, _, rest = line.split(" ", 2)
    return f"{track} UPD {rest} ended"


def refusals(*days: str) -> tuple[Said, ...]:
    return tuple(service(day, "拒绝服务", 岗位编号=f"GW{day}") for day in days)


def posts(*days: str) -> tuple[Said, ...]:
    return tuple(service(day, "岗位推荐", 岗位编号=f"GW{day}") for day in days)


def unit(role: str, status: str, **cells: str) -> Said:
    """A part in a private non-enterprise unit since before the registration."""
    told = {
        "统一社会信用代码": FIRMS["甲厂"],
        "单位名称": "某园",
        "任职身份": role,
        "登记状态": status,
        "成立日期": "2020-01-01",
    }
    return Said("民办非企业", told | cells)


def employed(begun: str, over: str = "") -> Said:
    return Said("就业登记", {"就业形式": "单位就业", "就业日期": begun, "终止日期": over, "单位名称": "乙厂"})


def without_number(said: Said, **cells: str) -> Said:
    return Said(said.kind, dict(said.cells) | {"证件号码": ""} | cells, said.since, said.until)


SCENARIOS = (
    Case("13 sixteen that day may register", "2008-06-30", (certificate("2020-01-01", "2030-01-01"),),
         {JUN30: (MAY_REGISTER,)}, tracks="RHLT"),
    Case("13 sixteen a day later may not yet", "2008-07-01", (certificate("2020-01-01", "2030-01-01"),),
         {JUL01: (MAY_REGISTER,)}, tracks="RHLT"),
    Case("14 sixty-four without a pension stays registered", "1960-01-05", (SPRING,), {JUN29: (MID,)}),
    Case("14 sixty-four with a resident pension", "1960-01-06", (SPRING, pension("2024-06-01", 待遇类别="居民养老")),
         {JUN29: (MID, PENSION)}),
    Case("15 holder of a Hong Kong residence permit", "1990-01-07", (SPRING, pension("2024-06-30", 证件类型="港澳台居民居住证")),
         {JUN29: (MID,), JUN30: (PENSION,)}, area=810000),
    Case("16 exactly one month registered is short, a day more is mid", "1990-01-08", (registered("2024-05-30"),),
         {JUN29: (SHORT,), JUL01: (MID,)}),
    Case("17 exactly six months registered is mid, a day more is long", "1984-01-09", (registered("2023-12-30"),),
         {JUN29: (MID,), JUL01: (LONG,)}, sex="女"),
    Case("35 runs a live individual business", "1990-01-10", (registered("2024-01-10"), licence("2024-03-05")), {JUN29: (MID, SELF)}),
    Case("36 business cancelled during the registration is only noted", "1990-01-11",
         (registered("2024-01-10"), licence("2024-03-05", 登记状态="注销", 注销日期="2024-05-10")), {JUN29: (MID, NOTE)}),
    Case("36 business cancelled before the registration", "1990-01-12",
         (registered("2024-01-10"), licence("2023-03-05", 登记状态="注销", 注销日期="2023-12-10")), {JUN29: (MID,)}),
    Case("36 business revoked and not cancelled", "1990-01-13",
         (registered("2024-01-10"), licence("2024-03-05", 登记状态="吊销未注销")), {JUN29: (MID, LOOK_LICENCE)}),
    Case("37 shareholder only", "1990-01-14", (SPRING, licence("2024-03-05", 任职身份="股东", 主体类型="企业")), {JUN29: (MID, LOOK_LICENCE)}),
    Case("37 supervisor only", "1990-01-15", (SPRING, licence("2024-03-05", 任职身份="监事", 主体类型="企业")), {JUN29: (MID, LOOK_LICENCE)}),
    Case("37 registry row with a name and no number", "1990-01-16", (SPRING, without_number(licence("2024-03-05"))),
         {JUN29: (MID, "R REVIEW NM-3.2 self-employed")}, name="慕容听雨"),
    Case("39 employer insurance since June", "1990-01-17", (SPRING, insured("2024-06")), {JUN29: (MID, HIRED)}),
    Case("42 pension starts in July", "1962-01-18", (SPRING, pension("2024-07-01")), {JUN29: (MID,), JUL01: (PENSION,)}),
    Case("48 three refusals in a row and six months out of reach", "1990-01-19",
         (registered("2023-11-10"), service("2023-12-01", "职业指导"), *refusals("2024-04-01", "2024-05-01", "2024-06-01")),
         {JUN29: (LONG,)}),
    Case("49 the same and employed since April", "1990-01-20",
         (registered("2023-11-10"), service("2023-12-01", "职业指导"), *refusals("2024-04-01", "2024-05-01", "2024-06-02"),
          insured("2024-04")), {JUN29: (LONG, HIRED)}),
    Case("69 benefit has ended and no aid", "1990-01-21", (SPRING, benefit("2023-06", "2024-04")), {JUN29: (REFER,)},
         tracks="T", clause="NM-1.3b"),
    Case("69 benefit has ended and on the low-income list", "1990-01-22", (SPRING, benefit("2023-06", "2024-04"), aid("2024-05")),
         NOTHING, tracks="T", clause="NM-1.3b"),
)  # fmt: skip
BOUNDARIES = (
    Case("registered at fifteen", "2008-07-01", (SPRING,), {JUN29: (MID, YOUNG), JUL01: (ended(YOUNG),)}),
    Case("registered on the sixteenth birthday", "2008-06-29", (SPRING,), {JUN29: (MID,)}),
    Case("registration counts from its own day", "1990-02-01", (registered("2024-06-30"),), {JUN30: (SHORT,)}),
    Case("short tier from the last of a long month ends with the month", "1990-02-02", (registered("2024-05-31"),),
         {JUN29: (SHORT,), JUL01: (MID,)}),
    Case("short tier of one registered on the first", "1990-02-03", (registered("2024-06-01"),), {JUN29: (SHORT,), JUL02: (MID,)}),
    Case("mid tier from the last of December ends with June", "1990-02-04", (registered("2023-12-31"),),
         {JUN29: (MID,), JUL01: (LONG,)}),
    Case("mid tier of one registered on New Year", "1990-02-05", (registered("2024-01-01"),), {JUN29: (MID,), JUL02: (LONG,)}),
    Case("registration cancelled that day leaves the ledger", "1990-02-06",
         (registered("2024-04-10", until=JUN30), registered("2024-04-10", JUN30, 注销日期="2024-06-30")),
         {JUN29: (MID,), JUN30: (ended(MID),)}),
    Case("registration cancelled from tomorrow", "1990-02-07",
         (registered("2024-04-10", until=JUN30), registered("2024-04-10", JUN30, 注销日期="2024-07-01")),
         {JUN29: (MID,), JUL01: (ended(MID),)}),
    Case("registered again after a cancellation starts the clock anew", "1990-02-08",
         (registered("2022-03-01", 注销日期="2024-03-01"), registered("2024-06-01")), {JUN29: (SHORT,), JUL02: (MID,)}),
    Case("proposal stands until the registration is cancelled", "1962-02-09",
         (registered("2024-04-10", until=JUL01), registered("2024-04-10", JUL01, 注销日期="2024-07-01"), pension("2024-06-30")),
         {JUN29: (MID,), JUN30: (PENSION,), JUL01: (ended(MID), ended(PENSION))}),
    Case("pension counts from its first day", "1962-02-10", (SPRING, pension("2024-06-30")), {JUN29: (MID,), JUN30: (PENSION,)}),
    Case("pension that is paused", "1962-02-11", (SPRING, pension("2024-06-01", 发放状态="暂停")), {JUN29: (MID, "R REVIEW NM-3.2 pension")}),
    Case("pension that was ended for good", "1962-02-12", (SPRING, pension("2024-06-01", 发放状态="终止")), {JUN29: (MID,)}),
    Case("licence counts from the day of founding", "1990-02-13", (SPRING, licence("2024-06-30")), {JUN29: (MID,), JUN30: (SELF,)}),
    Case("licence is over on the day of its cancelling", "1990-02-14",
         (SPRING, licence("2024-03-05", until=JUL01), licence("2024-03-05", JUL01, 登记状态="注销", 注销日期="2024-07-01")),
         {JUN29: (MID, SELF), JUL01: (NOTE, ended(SELF))}),
    Case("licence cancelled on the day of registering is noted", "1990-02-15",
         (registered("2024-04-10"), licence("2024-03-05", 登记状态="注销", 注销日期="2024-04-10")), {JUN29: (MID, NOTE)}),
    Case("licence cancelled on the day before registering", "1990-02-16",
         (registered("2024-04-10"), licence("2024-03-05", 登记状态="注销", 注销日期="2024-04-09")), {JUN29: (MID,)}),
    Case("legal representative of a live firm", "1990-02-17", (SPRING, licence("2024-03-05", 主体类型="企业", 任职身份="法定代表人")),
         {JUN29: (MID, FIRM)}),
    Case("director only", "1990-02-18", (SPRING, licence("2024-03-05", 主体类型="企业", 任职身份="董事")), {JUN29: (MID, LOOK_LICENCE)}),
    Case("leads a live unit", "1990-03-10", (SPRING, unit("法定代表人", "正常")), {JUN29: (MID, LEADS_UNIT)}),
    Case("founder of a live unit", "1990-03-11", (SPRING, unit("举办者", "正常")), {JUN29: (MID, LOOK_UNIT)}),
    Case("director of a live unit", "1990-03-12", (SPRING, unit("理事", "正常", 注销日期="2024-07-01")),
         {JUN29: (MID, LOOK_UNIT), JUL01: (ended(LOOK_UNIT),)}),
    Case("leads a unit that is revoked and not cancelled", "1990-03-13",
         (SPRING, unit("法定代表人", "吊销未注销", 注销日期="2024-05-01")), {JUN29: (MID, LOOK_UNIT)}),
    Case("led a unit that is revoked and cancelled", "1990-03-14",
         (SPRING, unit("法定代表人", "吊销已注销", 注销日期="2024-05-01")), {JUN29: (MID,)}),
    Case("founder of a unit that is cancelled", "1990-03-15", (SPRING, unit("举办者", "已注销")), {JUN29: (MID,)}),
    Case("founder of a unit and leader of another", "1990-03-16",
         (SPRING, unit("举办者", "正常"), unit("法定代表人", "正常", 单位名称="另一园", 统一社会信用代码=FIRMS["乙厂"])), {JUN29: (MID, LEADS_UNIT)}),
    Case("hired counts from the first of its first month", "1990-02-19", (SPRING, insured("2024-07")), {JUN29: (MID,), JUL01: (HIRED,)}),
    Case("hired counts to the last day of its last month", "1990-02-20", (SPRING, insured("2024-05", end="2024-06")),
         {JUN29: (MID, HIRED), JUL01: (ended(HIRED),)}),
    Case("hired in the month of registering", "1990-02-21", (SPRING, insured("2024-04")), {JUN29: (MID, HIRED)}),
    Case("insured before registering and not paid since", "1990-02-22", (SPRING, insured("2024-03", paid="2024-04")),
         {JUN29: (MID, LOOK_HIRED)}),
    Case("insured before registering and paid since", "1990-02-23", (SPRING, insured("2024-03", paid="2024-05")), {JUN29: (MID, HIRED)}),
    Case("holding a public-welfare post", "1990-02-24", (SPRING, insured("2024-05", payer="公益性岗位")), {JUN29: (MID, LOOK_HIRED)}),
    Case("flexible payment alone", "1990-02-25", (SPRING, flexible("2024-05")), {JUN29: (MID, LOOK_FLEXIBLE)}),
    Case("flexible payment that starts in July", "1990-02-26", (SPRING, flexible("2024-07")), {JUN29: (MID,), JUL01: (LOOK_FLEXIBLE,)}),
    Case("insured as a resident only", "1990-02-27", (SPRING, insured("2024-05", payer="城乡居民", firm="")), {JUN29: (MID,)}),
    Case("death counts from its day", "1990-02-28", (SPRING, death("2024-06-30")), {JUN29: (MID,), JUN30: (DIED,)}),
    Case("two grounds are two proposals", "1962-03-01", (SPRING, pension("2024-06-01"), insured("2024-05")),
         {JUN29: (MID, PENSION, HIRED)}),
    Case("low income counts from the first of its first month", "1990-03-02", (SPRING, aid("2024-07")), {JUN29: (MID,), JUL01: (POOR,)}),
    Case("low income counts to the last day of its last month", "1990-03-03", (SPRING, aid("2024-01", "2024-06")),
         {JUN29: (POOR, MID), JUL01: (ended(POOR),)}),
    Case("certificate counts from the day of issue", "1990-03-04", (SPRING, certificate("2024-06-30", "2034-01-01")),
         {JUN29: (MID,), JUN30: (DISABLED,)}),
    Case("certificate counts on its last valid day", "1990-03-05", (SPRING, certificate("2014-07-01", "2024-06-30")),
         {JUN29: (DISABLED, MID), JUL01: (ended(DISABLED),)}),
    Case("low income and a certificate are one recognition with two bases", "1990-03-06",
         (SPRING, aid("2024-01"), certificate("2014-07-01", "长期")),
         {JUN29: (POOR, "H UPD NM-1.3a disability", MID)}),
    Case("of two bases one ends", "1990-03-09", (SPRING, aid("2024-01"), certificate("2014-07-01", "2024-06-30")),
         {JUN29: (POOR, "H UPD NM-1.3a disability", MID), JUL01: ("H UPD NM-1.3a disability ended",)}),
    Case("low income without a registration", "1990-03-07", (aid("2024-01"),), NOTHING),
    Case("low income and a job", "1990-03-08", (SPRING, aid("2024-01"), insured("2024-05")), {JUN29: (MID, HIRED)}),
)  # fmt: skip
TASKS = (
    Case("benefit ended with June", "1990-04-01", (SPRING, benefit("2023-06", "2024-06")), {JUL01: (REFER,)}, tracks="T", clause="NM-1.3b"),
    Case("benefit ended and then on the low-income list", "1990-04-02", (SPRING, benefit("2023-06", "2024-04"), aid("2024-07")),
         {JUN29: (REFER,), JUL01: (ended(REFER),)}, tracks="T", clause="NM-1.3b"),
    Case("verified a month ago to the day", "1990-04-03", (registered("2023-11-10", 最近核验日期="2024-05-30"),),
         {JUL01: (STALE,)}, tracks="T", clause="NM-3.4"),
    Case("18 long and verified in May", "1990-04-04", (registered("2023-12-30", 最近核验日期="2024-05-20"),),
         {JUL01: (STALE,)}, tracks="T", clause="NM-3.4"),
    Case("verified on the first of June", "1990-04-05", (registered("2023-11-10", 最近核验日期="2024-06-01"),),
         {JUL02: (STALE,)}, tracks="T", clause="NM-3.4"),
    Case("never verified", "1990-04-06", (registered("2023-11-10"),), {JUN29: (STALE,)}, tracks="T", clause="NM-3.4"),
    Case("never verified but still mid", "1990-04-07", (registered("2023-12-30"),), {JUL01: (STALE,)}, tracks="T", clause="NM-3.4"),
    Case("out of reach for six months that day", "1990-04-08", (registered("2023-11-10"), service("2023-12-30", "跟踪回访")),
         {JUN30: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("out of reach since New Year", "1990-04-09", (registered("2023-11-10"), service("2024-01-01", "跟踪回访")),
         {JUL01: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("never reached since registering", "1990-04-10", (registered("2023-12-30"),), {JUN30: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("reached only by comparing data", "1990-04-11",
         (registered("2023-12-01"), service("2024-06-01", "跟踪回访", 服务方式="数据比对")), {JUN29: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("third refusal in a row that day", "1990-04-12", (SPRING, *refusals("2024-05-01", "2024-05-20", "2024-06-30")),
         {JUN30: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("refusals with a service taken between them", "1990-04-13",
         (SPRING, *refusals("2024-05-01", "2024-05-20"), service("2024-05-25", "职业指导"), *refusals("2024-06-10")),
         NOTHING, tracks="T", clause="NM-3.3"),
    Case("48 gets a visit and nothing else", "1990-04-14",
         (registered("2023-11-10"), service("2023-12-01", "职业指导"), *refusals("2024-04-01", "2024-05-01", "2024-06-01")),
         {JUN29: (VISIT,)}, tracks="T", clause="NM-3.3"),
    Case("visited at last", "1990-04-15", (registered("2023-11-10"), service("2024-06-30", "入户走访", JUN30, 服务方式="上门")),
         {JUN29: (VISIT,), JUN30: (ended(VISIT),)}, tracks="T", clause="NM-3.3"),
    Case("16 two of three posts in the short tier", "1990-04-16", (registered("2024-05-30"), *posts("2024-06-03", "2024-06-10")),
         {JUN29: ("T GAP NM-2.1b post:short",),
          JUL01: ("T UPD NM-2.1b post:short ended", "T GAP NM-2.1b post:mid", "T GAP NM-2.1b guidance:mid")},
         tracks="T", clause="NM-2.1b"),
    Case("third post on the last day of the short tier", "1990-04-17",
         (registered("2024-05-30"), *posts("2024-06-03", "2024-06-10", "2024-06-30")),
         {JUN29: ("T GAP NM-2.1b post:short",), JUN30: ("T UPD NM-2.1b post:short ended",),
          JUL01: ("T GAP NM-2.1b post:mid", "T GAP NM-2.1b guidance:mid")}, tracks="T", clause="NM-2.1b"),
    Case("quota of the mid tier met", "1990-04-18",
         (registered("2024-03-10"), *posts("2024-05-01", "2024-05-02", "2024-05-03"), service("2024-05-04", "职业指导")),
         NOTHING, tracks="T", clause="NM-2.1b"),
    Case("one post recommended three times", "1990-04-19",
         (registered("2024-06-10"), *(service(d, "岗位推荐", 岗位编号="GW1") for d in ("2024-06-11", "2024-06-12", "2024-06-13"))),
         {}, tracks="T", clause="NM-2.1b"),  # the clause counts times, not posts
    Case("18 long tier asks for a training chance", "1990-04-20",
         (registered("2023-11-10"), *posts("2024-06-01", "2024-06-02", "2024-06-03"), service("2024-06-04", "职业指导")),
         {JUN29: ("T GAP NM-2.1b training:long",)}, tracks="T", clause="NM-2.1b"),
    Case("long tier with a training chance offered that day", "1990-04-21",
         (registered("2023-11-10"), *posts("2024-06-01", "2024-06-02", "2024-06-03"), service("2024-06-04", "职业指导"),
          service("2024-06-30", "培训机会")),
         {JUN29: ("T GAP NM-2.1b training:long",), JUN30: ("T UPD NM-2.1b training:long ended",)}, tracks="T", clause="NM-2.1b"),
    Case("hired without employment registration", "1990-04-22", (SPRING, insured("2024-06")),
         {JUN29: (URGE,)}, tracks="T", clause="NM-3.1b"),
    Case("urged until the employment registration begins", "1990-04-27", (SPRING, insured("2024-06"), employed("2024-06-30")),
         {JUN29: (URGE,), JUN30: (ended(URGE),)}, tracks="T", clause="NM-3.1b"),
    Case("urged again when the employment registration is over", "1990-04-28",
         (SPRING, insured("2024-06"), employed("2024-05-01", over="2024-06-30")),
         {JUL01: (URGE,)}, tracks="T", clause="NM-3.1b"),
    Case("insured and registered is checked", "1990-04-23", (SPRING, insured("2024-07")),
         {JUL01: ("T TASK NM-3.1a check-insured",)}, tracks="T", clause="NM-3.1a"),
    Case("licensed and registered is checked", "1990-04-24", (SPRING, licence("2024-06-30")),
         {JUN30: ("T TASK NM-3.1a check-licence",)}, tracks="T", clause="NM-3.1a"),
    Case("may register until employed", "1990-04-25", (stop("2024-05"), insured("2024-07")),
         {JUN29: (MAY_REGISTER,), JUL01: (ended(MAY_REGISTER),)}, tracks="T", clause="NM-1.1a"),
    Case("may register until registered", "1990-04-26", (stop("2024-05"), registered("2024-06-30")),
         {JUN29: (MAY_REGISTER,), JUN30: (ended(MAY_REGISTER),)}, tracks="T", clause="NM-1.1a"),
    Case("may not register with a pension", "1962-04-27", (stop("2024-05"), pension("2024-07-01")),
         {JUN29: (MAY_REGISTER,), JUL01: (ended(MAY_REGISTER),)}, tracks="T", clause="NM-1.1a"),
)  # fmt: skip
CASES = (*SCENARIOS, *BOUNDARIES, *TASKS)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage(tmp_path_factory.mktemp("neimenggu") / "town", ["neimenggu"], NIGHTS, CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    assert played.posted(case) == dict(case.expect)


def test_nobody_is_told_of_a_deregistration_before_a_decision(played: Stage) -> None:
    proposed = {e["person_id"] for n in played.town.nights.values() for e in n.entries(op="PROP_DEREG")}
    told = {e["person_id"] for n in played.town.nights.values() for e in n.entries(op="NOTIFY")}
    assert proposed and not proposed & told


@pytest.mark.parametrize(
    ("table", "op"), [("O04", "PROP_DEREG"), ("O06", "URGE"), ("O07", "REFER"), ("O08", "ADD"), ("O12", "TASK")]
)
def test_every_list_row_names_an_entry_of_tonight(played: Stage, table: str, op: str) -> None:
    night = played.town.nights[JUL01]
    entries = {e["entry_id"]: e for e in night.entries()}
    listed = night.rows(f"lists/{table}")
    assert listed
    for row in listed:
        entry = entries[row["entry_id"]]
        assert (row["person_id"], row["clause"]) == (entry["person_id"], entry["clause"])
        assert entry["op"] == op or (table, entry["op"]) in {("O04", "REVIEW"), ("O08", "UPD")}


def test_the_urge_list_names_the_employer(played: Stage) -> None:
    case_id = "hired without employment registration"
    entry = played.entry(case_id, JUN29, f"T URGE NM-3.1b {FIRMS['乙厂']}")
    (row,) = [r for r in played.town.nights[JUN29].rows("lists/O06") if r["entry_id"] == entry["entry_id"]]
    assert (row["employer_uscc"], row["employer_name"]) == (FIRMS["乙厂"], "乙厂")


def test_the_push_list_says_what_how_and_where(played: Stage) -> None:
    content = [r["content"] for r in played.town.nights[JUN29].rows("lists/O08")]
    assert content and all("政策内容" in c and "申请流程" in c and "经办渠道" in c for c in content)


def test_a_proposal_keeps_the_registration_until_it_is_decided(played: Stage) -> None:
    entry = played.entry("39 employer insurance since June", JUN29, HIRED)
    assert (entry["needs_decision"], entry["state_from"], entry["state_to"]) == (True, "R1", "R2")
    assert len(entry["evidence"]) == 2
    state = played.town.state(played.cast["39 employer insurance since June"], "neimenggu", "R")
    assert (state["state"], state["needs_decision"]) == ("R2", True)


def test_a_tier_change_supersedes_the_tier_before(played: Stage) -> None:
    case_id = "16 exactly one month registered is short, a day more is mid"
    first, second = played.entry(case_id, JUN29, SHORT), played.entry(case_id, JUL01, MID)
    assert second["supersedes"] == first["entry_id"] and second["valid_from"] == date(2024, 7, 1)
    state = played.town.state(played.cast[case_id], "neimenggu", "L")
    assert (state["state"], state["tier"], state["basis"]) == ("L3", "mid", [])


def test_a_basis_that_ends_leaves_the_row_to_the_one_that_stands(played: Stage) -> None:
    state = played.town.state(played.cast["of two bases one ends"], "neimenggu", "H")
    assert (state["state"], state["basis"]) == ("H1", ["low_income"])
    last = played.town.state(played.cast["certificate counts on its last valid day"], "neimenggu", "H")
    assert (last["state"], last["basis"]) == ("H0", [])


@pytest.mark.parametrize(
    ("case_id", "registration", "ledger"),
    [
        ("registration cancelled that day leaves the ledger", None, "L6"),
        ("proposal stands until the registration is cancelled", "R3", "L6"),
        ("licence is over on the day of its cancelling", "R1", "L3"),
        ("two grounds are two proposals", "R2", "L3"),
    ],
)
def test_states_after_the_last_night(played: Stage, case_id: str, registration: str | None, ledger: str) -> None:
    who = played.cast[case_id]
    states = [played.town.state(who, "neimenggu", track).get("state") for track in "RL"]
    assert states == [registration, ledger]
