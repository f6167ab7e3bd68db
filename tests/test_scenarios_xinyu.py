"""Xinyu, from delivered files to ledger entries: the acceptance scenarios and the boundaries of its rules.

All cases live in one workspace and share its nights; three scenarios that need a night of their own have one. A case
covers the recognition and ledger tracks unless it says otherwise.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.more_said import (
    NOTHING,
    capacity,
    ended,
    further,
    housed,
    jailed,
    jobless,
    listed,
    lost_land,
    own_pack,
    paid,
    recognised,
    served,
    studied,
)
from tests.nightshift import (
    FIRMS,
    Case,
    Said,
    Someone,
    Stage,
    Town,
    aid,
    brief,
    certificate,
    death,
    flexible,
    insured,
    pension,
    service,
    stage,
)

JUN29, JUN30, JUL01, JUL10, JUL11 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-10", "2024-07-11")
LOCAL, AWAY = housed("江西省新余市渝水区"), housed("江西省南昌市", from_="2020-01-01")
SET = {"subsidy_cap_months": 36, "silent_days": 400, "survey_days": 4000}
OLDER, ZERO, DISABLED = "H ADD XY-1.1 4050", "H ADD XY-1.2 zero_family", "H ADD XY-1.3 disabled"
POOR, LAND, UNKNOWN = "H ADD XY-1.4 poverty_exit", "H ADD XY-1.5 land", "H REVIEW XY-1.0 lead-unknown"
HIRED, LOCKED, SAME = "L FLAG_REEMP XY-4.4 hired", "H HOLD XY-3.7 locked", "H REVIEW XY-3.7 no-change"
RURAL = {"常住地类型": "农村"}  # whose household is no family without work in town
SPRING = jobless("2024-04-01")
VALID = certificate("2014-01-01", "2034-01-01")


def leaves(clause: str, basis: str) -> str:
    return f"H PROP_EXIT XY-{clause} {basis}"


def refusals(*days: str) -> tuple[Said, ...]:
    return tuple(service(day, "拒绝服务", 岗位编号=f"R{day}") for day in days)


def held(basis: str, day: str = "2023-01-10", **cells: str) -> tuple[Said, ...]:
    """Recognised, registered and local."""
    return jobless("2022-12-01"), LOCAL, recognised(basis, day, **cells)


CANCELLED = (
    certificate("2014-01-01", "2034-01-01", until=JUN30),
    certificate("2014-01-01", "2034-01-01", JUN30, 证件状态="注销", 注销日期="2024-06-12"),
)
SCENARIOS = (
    Case("3 man of 45 registered seven months", "1979-02-10", (jobless("2023-11-30", **RURAL), LOCAL), NOTHING),
    Case("7 woman forty that day, registered yesterday", "1984-06-30", (jobless("2024-06-29", **RURAL), LOCAL), {JUN30: (OLDER,)}, sex="女"),
    Case("8 hukou elsewhere", "1974-06-01", (jobless("2023-11-30"), AWAY), NOTHING),
    Case("12 woman reaches fifty-five", "1969-06-30", held("4050"), {JUN30: (leaves("3.1", "retirement-age"),)}, sex="女"),
    Case("20 certificate on its last day", "1979-01-01", (*held("残疾人"), certificate("2014-07-01", "2024-06-30")), {JUL01: (leaves("3.4", "disabled"),)}),
    Case("20 certificate cancelled", "1979-01-02", (*held("残疾人"), *CANCELLED), {JUN30: (leaves("3.4", "disabled"),)}),
    Case("21 the same and a woman of forty-two", "1982-01-03", (*held("残疾人"), certificate("2014-07-01", "2024-06-30")),
         {JUL01: ("H REVIEW XY-3.4 disabled",)}, sex="女"),
    Case("25 dibao only", "1990-01-04", (jobless("2024-04-01", **RURAL), LOCAL, aid("2024-01")), NOTHING),
    Case("25 recognised on dibao, which ended in May", "1990-01-05", (*held("城镇低保"), aid("2020-01", "2024-05")), {JUN29: (leaves("3.4", "dibao"),)}),
    Case("40 recognised, hired and insured", "1970-01-06", (*held("4050"), insured("2024-06", JUN30)), {JUN30: (HIRED,)}),
    Case("42 pension from July", "1966-01-07", (*held("4050"), pension("2024-07-01")), {JUL01: (leaves("3.1", "pension"),)}),
    Case("43 died and the row arrives later", "1970-01-08", (*held("4050"), death("2024-06-12", JUN30)), {JUN30: (leaves("3.1", "died"),)}),
    Case("45 suspended sentence", "1970-01-09", (*held("4050"), jailed("2024-06-15", kind="缓刑")), NOTHING),
    Case("45 in custody", "1970-01-10", (*held("4050"), jailed("2024-06-15", JUN30)), {JUN30: (leaves("3.1", "custody"),)}),
    Case("47 third refusal six months after the first to the day", "1970-01-11", (*held("4050"), *refusals("2024-01-10", "2024-04-02", "2024-07-10")),
         {JUL10: (leaves("3.3", "refusals"),)}),
    Case("47 third refusal a day later", "1970-01-12", (*held("4050"), *refusals("2024-01-10", "2024-04-02", "2024-07-11")), NOTHING),
    Case("47 third refusal justified", "1970-01-13",
         (*held("4050"), *refusals("2024-01-10", "2024-04-02"), service("2024-07-10", "拒绝服务", 理由正当="是")), NOTHING),
    Case("51 locked to the day with a new certificate", "1990-01-14",
         (jobless("2022-12-01", **RURAL), LOCAL, recognised("4050", "2023-01-10", left="2024-03-31"), certificate("2024-05-01", "2034-01-01")),
         {JUN29: (LOCKED,), JUN30: (ended(LOCKED), DISABLED)}),
    Case("51 unlocked and nothing changed", "1970-01-15", (jobless("2022-12-01"), LOCAL, recognised("4050", "2023-01-10", left="2024-03-31")),
         {JUN29: (LOCKED,), JUN30: (ended(LOCKED), SAME)}),
    Case("54 zero family, the one who was hired", "1988-01-16",
         (jobless("2023-05-01"), housed("360502", book="Z1"), recognised("零就业家庭", "2024-05-31"), insured("2024-06", JUN30)),
         {JUN30: (leaves("3.2", "zero_family"), HIRED)}),
    Case("54 zero family, another member", "1990-01-17", (jobless("2023-05-01"), housed("360502", book="Z1"), recognised("零就业家庭", "2024-05-31")),
         {JUN30: (leaves("3.2", "zero_family"),)}, sex="女"),
    Case("54 zero family, a man of fifty-one", "1973-01-18", (jobless("2023-05-01"), housed("360502", book="Z1"), recognised("零就业家庭", "2024-05-31")),
         {JUN30: ("H REVIEW XY-3.2 zero_family",)}),
    Case("55 one-adult household in town", "1990-01-19", (SPRING, LOCAL), {JUN29: (ZERO,)}),
    Case("71 flexible subsidy while employed", "1970-01-20",
         (*held("4050", "2024-01-10"), insured("2024-05", paid="2024-05"), paid("灵活就业社保补贴", "2024-05", "2024-05", JUN30)), {JUN29: (HIRED,)}),
)  # fmt: skip
BOUNDARIES = (
    Case("man fifty tomorrow", "1974-07-01", (SPRING, LOCAL, insured("2010-01", end="2012-01")), {JUN29: (ZERO,), JUL01: (further(OLDER),)}),
    Case("older by age without a household row", "1970-03-01", (SPRING,), {JUN29: (UNKNOWN,)}),
    Case("holder of a certificate", "1990-03-02", (SPRING, housed("360502", kind="农村"), VALID), {JUN29: (ZERO, further(DISABLED))}),
    Case("lifted out of poverty", "1990-03-03", (jobless("2024-04-01", **RURAL), LOCAL, listed("脱贫人口", "2020-01-01")), {JUN29: (POOR,)}),
    Case("only watched", "1990-03-04", (jobless("2024-04-01", **RURAL), LOCAL, listed("边缘易致贫", "2020-01-01")), NOTHING),
    Case("poverty list from July", "1990-03-05", (jobless("2024-04-01", **RURAL), LOCAL, listed("脱贫人口", "2024-07-01")), {JUL01: (POOR,)}),
    Case("lost land in July", "1990-03-06", (jobless("2024-04-01", **RURAL), LOCAL, lost_land("2024-07-01")), {JUL01: (LAND,)}),
    Case("candidate who is then recognised", "1970-03-07", (jobless("2024-04-01", **RURAL), LOCAL, recognised("4050", "2024-06-30", JUN30)),
         {JUN29: (OLDER,), JUN30: (ended(OLDER),)}),
    Case("recognised and at university", "1984-03-08", (*held("残疾人"), VALID, studied("2024-07-01")), {JUL01: (leaves("3.1", "school"),)}, sex="女"),
    Case("recognised and in the army", "1999-03-09", (*held("脱贫劳动力"), served("2024-07-01")), {JUL01: (leaves("3.1", "army"),)}),
    Case("recognised and found incapable", "1970-03-10", (*held("4050"), capacity("完全丧失", "2024-07-01")), {JUL01: (leaves("3.1", "incapable"),)}),
    Case("recognised and partly incapable", "1970-03-11", (*held("4050"), capacity("部分丧失", "2024-06-01")), NOTHING),
    Case("man reaches sixty", "1964-07-01", held("4050"), {JUL01: (leaves("3.1", "retirement-age"),)}),
    Case("woman of fifty-two whose category nobody knows", "1972-03-12", held("4050"), NOTHING, sex="女"),
    Case("asks to leave", "1970-03-13", (*held("4050"), service("2024-06-30", "主动退出", JUN30)), {JUN30: (leaves("3.3", "request"),)}),
    Case("exit is entered by the county", "1966-03-14",
         (jobless("2022-12-01"), LOCAL, recognised("4050", "2023-01-10", until=JUL01), recognised("4050", "2023-01-10", JUL01, left="2024-07-01"), pension("2024-06-01")),
         {JUN29: (leaves("3.1", "pension"),), JUL01: (ended(leaves("3.1", "pension")),)}),
    Case("exit by an unsigned refusal", "1970-03-15", (*held("4050"), *(replace(r, cells=dict(r.cells) | {"服务人员": ""}) for r in refusals("2024-05-01", "2024-05-02", "2024-05-03"))), NOTHING),
    Case("unjustified refusal ends help, not recognition", "1970-03-16", (*held("4050"), service("2024-06-30", "拒绝服务", JUN30, 理由正当="否")),
         {JUN30: ("L PROP_EXIT XY-6.5 refusal",)}),
    Case("unjustified refusal on the day of the recognition", "1970-03-31", (*held("4050"), service("2023-01-10", "拒绝服务", 理由正当="否")),
         {JUN29: ("L PROP_EXIT XY-6.5 refusal",)}),
    Case("unjustified refusal the day before the recognition", "1970-03-30", (*held("4050"), service("2023-01-09", "拒绝服务", 理由正当="否")), NOTHING),
    Case("employed when recognised", "1970-03-17", (jobless("2022-12-01"), LOCAL, recognised("4050", "2024-02-10"), insured("2023-01", paid="2024-05", end="2024-05")),
         {JUN29: ("H REVIEW XY-3.5 false-data",)}),
    Case("exit in November and registered since", "1970-03-18",
         (jobless("2024-01-10"), LOCAL, recognised("4050", "2023-01-10", left="2023-11-30")), {JUN29: (OLDER,)}, clause="XY-1.1"),
)  # fmt: skip
TASKS = (
    Case("20 is warned before", "1979-05-01", (*held("残疾人"), certificate("2014-07-01", "2024-06-30")),
         {JUN29: ("T TASK XY-3.4 certificate-expiring",), JUL01: ("T UPD XY-3.4 certificate-expiring ended",)}, tracks="T", clause="XY-3.4"),
    Case("certificate that ends in sixty-one days, then sixty", "1979-05-02", (*held("残疾人"), certificate("2014-07-01", "2024-08-29")),
         {JUN30: ("T TASK XY-3.4 certificate-expiring",)}, tracks="T", clause="XY-3.4"),
    Case("certificate that ends in fifty-nine days", "1979-05-12", (*held("残疾人"), certificate("2014-07-01", "2024-08-27")),
         {JUN29: ("T TASK XY-3.4 certificate-expiring",)}, tracks="T", clause="XY-3.4"),
    Case("40 may claim", "1970-05-03", (*held("4050"), insured("2024-06")), {JUN29: (f"T NOTIFY XY-4.4 firm:{FIRMS['乙厂']}",)}, tracks="T", clause="XY-4.4"),
    Case("flexible and may claim", "1970-05-04", (*held("4050"), flexible("2024-06")), {JUN29: ("T NOTIFY XY-4.4 flexible",)}, tracks="T", clause="XY-4.4"),
    Case("43 is told nothing, and a payment for July is a suspicion", "1970-05-05",
         (*held("4050"), flexible("2024-01"), paid("灵活就业社保补贴", "2024-01", "2024-06"), death("2024-06-12"), paid("灵活就业社保补贴", "2024-07", "2024-07", JUL10)),
         {JUL10: ("T ALERT XY-7.2 subsidy-after-death",)}, tracks="T"),
    Case("51 may apply again", "1990-05-06",
         (jobless("2022-12-01"), LOCAL, recognised("4050", "2023-01-10", left="2024-03-31"), certificate("2024-05-01", "2034-01-01")),
         {JUN30: ("T TASK XY-3.7 may-reapply",)}, tracks="T", clause="XY-3.7"),
    Case("52 thirty months used and seven claimed", "1970-05-07",
         (*held("4050"), paid("岗位补贴", "2020-01", "2022-06"), paid("岗位补贴", "2024-01", "2024-06"), paid("岗位补贴", "2024-07", "2024-07", JUL01)),
         {JUN29: ("T TASK XY-3.8 months-left:0",), JUL01: ("T UPD XY-3.8 months-left:0 ended", "T ALERT XY-3.8 cap:post")}, tracks="T", clause="XY-3.8"),
    Case("53 zero family recognised at the end of May", "1990-05-08",
         (jobless("2024-05-01"), LOCAL, recognised("零就业家庭", "2024-05-31")),
         {JUN29: ("T TASK XY-4.5 zero-family",), JUL01: ("T UPD XY-4.5 zero-family ended", "T ALERT XY-4.5 zero-family-overdue")}, tracks="T", clause="XY-4.5"),
    Case("54 solved in time", "1990-05-09", (jobless("2024-05-01"), LOCAL, recognised("零就业家庭", "2024-05-31"), insured("2024-06", JUN30)),
         {JUN29: ("T TASK XY-4.5 zero-family",), JUN30: ("T UPD XY-4.5 zero-family ended",)}, tracks="T", clause="XY-4.5"),
    Case("one guidance, three posts and a training", "1970-05-10",
         (*held("4050"), service("2024-01-05", "职业指导"), service("2024-01-06", "技能培训"), service("2024-01-07", "岗位推荐", 岗位编号="A"),
          service("2024-01-08", "岗位推荐", 岗位编号="B"), service("2024-06-30", "岗位推荐", JUN30, 岗位编号="C")),
         {JUN29: ("T GAP XY-4.3 post",), JUN30: ("T UPD XY-4.3 post ended",)}, tracks="T", clause="XY-4.3"),
    Case("a training offered is no training", "1970-05-11",
         (*held("4050"), service("2024-01-05", "职业指导"), service("2024-01-06", "培训机会"), *(service(f"2024-01-0{n}", "岗位推荐", 岗位编号=f"P{n}") for n in (1, 2, 3))),
         {JUN29: ("T GAP XY-4.3 training",)}, tracks="T", clause="XY-4.3"),
    Case("71 is a suspicion", "1970-05-12",
         (*held("4050"), insured("2024-05", paid="2024-05"), paid("灵活就业社保补贴", "2024-05", "2024-05", JUN30)),
         {JUN30: ("T ALERT XY-7.2 flexible-subsidy-and-job",)}, tracks="T", clause="XY-7.2"),
)  # fmt: skip
CASES = (*SCENARIOS, *BOUNDARIES, *TASKS)


def with_own_book(case: Case, number: int) -> Case:
    """Whoever shares no household lives alone."""
    said = tuple(
        replace(one, cells={"户号": f"H{number}"} | dict(one.cells)) if one.kind == "户籍" else one for one in case.said
    )
    return replace(case, said=said)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("xinyu")
    cases = [with_own_book(case, number) for number, case in enumerate(CASES)]
    return stage(folder / "town", [own_pack(folder / "packs", "xinyu", SET)], NIGHTS, cases)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    assert played.posted(case) == dict(case.expect)


def test_an_unchanged_night_posts_nothing(played: Stage) -> None:
    assert played.town.nights[JUL11].rows("ledger_entry") == []


# Nights of their own: a refused source, a new pack, a leap day


SIX_MONTHS = """
[parameter.jobless_months]
unit = "months"
values = [{from = 2019-01-01, is = 6, source = "test: a newer measure", checked = 2026-11-22}]

[rule."XY-1.1:six_months"]
title = "4050人员（新办法）"
quote = "test: a newer measure"
when = "may_enter and older and as_of >= months_after(registered_from, jobless_months)"
finds = {track = "H", op = "ADD", basis = "4050", state = "H1", needs_decision = true, list = "O02"}
proof = ["registration", "household"]
sentence = "登记失业满六个月，可申请认定。"
in_force = {from = 2024-07-01}

[rule."XY-9"]
title = "按旧办法认定、不合新办法"
quote = "「如遇相关政策调整,以最新政策要求为准」，文末"
when = "is_recognised and is_recognised_older and as_of < months_after(registered_from, jobless_months)"
finds = {track = "H", op = "REVIEW", ground = "old-measure", state_from = "H4", needs_decision = true}
proof = ["recognition", "registration"]
sentence = "按旧办法认定，不合新办法，身份不变，请核实。"
in_force = {from = 2024-07-01}
"""


def newer_pack(folder: Path) -> str:
    """Xinyu with a measure from 1 July 2024 that asks for six months of unemployment."""
    path = Path(own_pack(folder, "xinyu", SET)) / "pack.toml"
    text = path.read_text(encoding="utf-8")
    head, old, tail = text.partition('[rule."XY-1.1"]\n')
    text = head + old + "in_force = {from = 2023-01-01, to = 2024-07-01}\n" + tail
    path.write_text(text + SIX_MONTHS, encoding="utf-8")
    return str(path.parent)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    folder = tmp_path_factory.mktemp("apart")
    town = Town.found(folder / "town", newer_pack(folder / "packs"))
    cast: dict[str, Someone] = {}

    def tell(who: str, birth: str, *said: Said, sex: str = "男") -> None:
        home = Said("户籍", dict(LOCAL.cells) | {"户号": f"A{len(cast)}"})
        cast[who] = town.tell(town.person(birth, sex), home, *said)

    tell("24", "1979-01-01", jobless("2022-12-01"), recognised("残疾人", "2023-01-10"), certificate("2014-07-01", "2024-06-30"))  # fmt: skip
    tell("44", "1970-01-01", jobless("2022-12-01"), recognised("4050", "2023-01-10"))
    tell("76 candidate", "1970-01-02", jobless("2024-05-01", **RURAL))
    tell("76 recognised", "1970-01-03", jobless("2024-05-01"), recognised("4050", "2024-06-01"))
    tell(
        "76 recognised, of no known class",
        "1970-01-06",
        jobless("2024-05-01", **RURAL),
        recognised("其他", "2024-06-01"),
    )
    tell("76 new, five months", "1970-01-04", jobless("2024-02-01", JUL01, **RURAL))
    tell("76 new, six months", "1970-01-05", jobless("2024-01-01", JUL01, **RURAL))
    tell("11", "1976-02-29", jobless("2025-01-01", "2025-01-01", **RURAL))
    number = cast["44"].number
    digit = str((int(number[9]) + 1) % 10)
    town.tell(cast["44"], Said("死亡", {"死亡日期": "2024-06-12", "证件号码": number[:9] + digit + number[10:]}, JUL01))
    town.night(JUN30)
    path = town.workspace.inbox / f"残疾人证_{JUL01.replace('-', '')}_全量.csv"
    path.write_text("姓名,证件号码\n某人,不全", encoding="utf-8")  # without the columns that it must have
    for day in (JUL01, "2026-02-28"):
        town.night(day)
    return town, cast


def said_of(apart: tuple[Town, dict[str, Someone]], who: str, day: str, track: str = "H") -> list[str]:
    town, cast = apart
    return [brief(e) for e in town.entries(cast[who], day) if e["track"] == track]


def test_24_a_refused_source_ends_nothing_and_the_run_says_so(apart: tuple[Town, dict[str, Someone]]) -> None:
    town, _ = apart
    night = town.nights[JUL01]
    assert said_of(apart, "24", JUL01) == [] and night.outcome.exit_code == 3
    outcomes = {r["rule_id"]: r["outcome"] for r in night.rows("rule_outcome") if r["rule_id"].startswith("XY-3.4")}
    assert outcomes["XY-3.4"] == "source_barred" and "disability_certificate" in night.manifest["barred"]
    assert said_of(apart, "24", "2026-02-28") == [
        leaves("3.4", "disabled")
    ]  # the night after, the rows are as they were


def test_44_a_death_under_another_number_only_asks(apart: tuple[Town, dict[str, Someone]]) -> None:
    assert said_of(apart, "44", JUL01) == ["H REVIEW XY-3.1 died"]
    town, _ = apart
    assert not [e for n in town.nights.values() for e in n.entries(op="PROP_EXIT", basis="died")]


def test_76_a_new_measure_judges_new_cases_and_only_asks_about_old_ones(apart: tuple[Town, dict[str, Someone]]) -> None:
    assert said_of(apart, "76 candidate", JUN30) == [OLDER]
    assert said_of(apart, "76 candidate", JUL01) == ["H REVIEW XY-1.1 4050"]  # let in by the rule that ended
    assert said_of(apart, "76 recognised", JUL01) == ["H REVIEW XY-9 old-measure"]
    assert said_of(apart, "76 recognised, of no known class", JUL01) == ["H REVIEW XY-1.1 policy"]
    assert said_of(apart, "76 recognised, of no known class", "2026-02-28") == ["H UPD XY-1.1 policy ended"]
    assert said_of(apart, "76 new, five months", JUL01) == [] and said_of(apart, "76 new, six months", JUL01) == [OLDER]


def test_11_born_on_29_february_is_fifty_on_the_28th(apart: tuple[Town, dict[str, Someone]]) -> None:
    assert said_of(apart, "11", "2026-02-28") == [OLDER]


def test_43_the_proposed_day_is_told_and_the_real_one_left_to_the_county(played: Stage) -> None:
    entry = played.entry("43 died and the row arrives later", JUN30, leaves("3.1", "died"))
    assert (entry["needs_decision"], entry["state_from"], entry["state_to"]) == (True, "H4", "H5")
    assert "2024-06-12" in entry["reason"] and "县区审核认定" in entry["reason"] and len(entry["evidence"]) == 2


def test_51_the_lock_is_kept_as_a_state(played: Stage) -> None:
    who = played.cast["51 unlocked and nothing changed"]
    assert played.town.state(who, "xinyu", "H")["state"] == "H6"
    again = played.cast["51 locked to the day with a new certificate"]
    assert played.town.state(again, "xinyu", "H")["state"] == "H1"


def test_53_the_promise_stands_on_the_list_with_its_day(played: Stage) -> None:
    rows = played.town.nights[JUN29].rows("lists/O13")
    assert rows and {r["clause"] for r in rows} == {"XY-4.5"}
    assert {r["due_date"].isoformat() for r in rows} >= {JUN30}


def test_53_what_ended_the_promise_is_not_the_recognition_it_rests_on(played: Stage) -> None:
    end = played.entry("53 zero family recognised at the end of May", JUL01, "T UPD XY-4.5 zero-family ended")
    assert "已认定为就业困难人员" not in end["reason"]


def test_a_recognised_candidate_is_no_open_question(played: Stage) -> None:
    who = played.cast["candidate who is then recognised"]
    state = played.town.state(who, "xinyu", "H")
    assert (state["state"], state["needs_decision"]) == ("H4", False)
    end = played.entry("candidate who is then recognised", JUN30, "H UPD XY-1.1 4050 ended")
    assert "已认定为就业困难人员" in end["reason"] and "条件不再满足" not in end["reason"]
