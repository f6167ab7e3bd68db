"""The planted cases of the Shandong pack, some of them with an answer of Xinyu's beside it. One function per subject."""

from datetime import date, timedelta
from typing import Any

from sample_data.calendar_days import Days, first_of, last_of, months_before, years_before
from sample_data.planted import NM, SD, XY, ZS, Person, never
from sample_data.planted_families import FamilyCast, day_before
from sample_data.recognition import AIDED, SINGLE_PARENT

ELSEWHERE = "云陵市"


def months_unemployed(cast: FamilyCast, days: Days) -> None:
    """3, 4, 5, 6, 17: age and six months, to the day; from the registration, not from the stoppage."""
    second, third = days.night(2), days.night(3)
    cast.settled(cast.aged("3", "任志刚", "男", 45), months_before(second, 7)).answer(
        SD, "L", *never("SD-2.1")).answer(XY, "H", *never("XY-1.1")).answer(ZS, "L", (1, "ADD", "ZS-3.1"))  # fmt: skip
    on_second = ((1, "NONE", "SD-2.1"), (2, "ADD", "SD-2.1"), (3, "NONE", "SD-2.1"))
    cast.settled(cast.person("4", "姜玉兰", "女", years_before(second, 40)), months_before(second, 6)).answer(
        SD, "L", *on_second
    )
    month_end = cast.person("5", "金凤霞", "女", years_before(second, 40))
    cast.settled(month_end, day_before(months_before(third, 6))).answer(SD, "L", *on_second, note="month end rule")
    later = cast.settled(cast.person("5", "史秀琴", "女", years_before(second, 40)), months_before(third, 6))
    later.answer(SD, "L", (1, "NONE", "SD-2.1"), (2, "NONE", "SD-2.1"), (3, "ADD", "SD-2.1"))
    two_clocks = cast.settled(cast.aged("6", "黎桂花", "女", 41), months_before(third, 3))
    cast.stop(two_clocks, first_of(days.month, -7))
    two_clocks.answer(
        SD,
        "L",
        (1, "REVIEW", "SD-2.1"),
        (2, "NONE", "SD-2.1"),
        (3, "NONE", "SD-2.1"),
        note="stoppage clock six months, registration clock three",
    )
    urban = cast.settled(cast.aged("17", "贾春燕", "女", 40), months_before(second, 6))
    urban.answer(SD, "L", *on_second).answer(
        NM, "L", (1, "UPD", "NM-2.1a"), (2, "NONE", "NM-2.1a"), (3, "UPD", "NM-2.1a"), note="tier mid, then long"
    )


def from_elsewhere(cast: FamilyCast, days: Days) -> None:
    """8, 9: hukou elsewhere: six months here and six months with an employer, back-payments and own payments left out."""
    second, month = days.night(2), days.month
    away: dict[str, Any] = {"hukou_area": ELSEWHERE, "residence_start": years_before(second, 4)}
    one = cast.local(cast.registered(cast.aged("8", "侯振华", "男", 50), months_before(second, 7)), **away)
    cast.earner(one, **away)
    worked: dict[str, Any] = {"end_month": first_of(month, -8), "last_paid_month": first_of(month, -8)}
    cast.insured(one, first_of(month, -47), employer_months=40, **worked)
    one.answer(XY, "H", *never("XY-1.0"), note="hukou").answer(SD, "L", (1, "ADD", "SD-2.1"))
    away["residence_start"] = months_before(second, 6)
    worked = {"end_month": first_of(month, -1), "last_paid_month": first_of(month, -1)}
    paid: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("邵建军", "单位职工", {"employer_months": 6, "backpaid_months": 1}), ("万永平", "灵活就业", {}),
    )  # fmt: skip
    for name, payer, counted in paid:
        one = cast.local(cast.registered(cast.aged("9", name, "男", 35), second - timedelta(days=15)), **away)
        cast.certificate(one, months_before(second, -30))
        cast.insured(one, first_of(month, -6), payer=payer, **worked, **counted)
        one.answer(SD, "L", *never("SD-2.0"), note="5 of 6 months" if counted else "0 of 6 months")


def papers(cast: FamilyCast, days: Days) -> None:
    """10, 22, 23, 25: dibao, and certificates that stand, are over, or carry the only number."""
    since, valid = months_before(days.night(2), 3), months_before(days.night(2), -40)
    cast.aid(cast.settled(cast.aged("10", "钱海生", "男", 38), since)).answer(
        SD, "L", (1, "ADD", "SD-2.5"), note="never insured"
    )
    over = cast.settled(cast.aged("22", "段志勇", "男", 36), since)
    cast.certificate(over, last_of(first_of(days.month, -1)), status="过期")
    over.answer(
        SD,
        "L",
        (1, "REVIEW", "SD-2.6"),
        (2, "NONE", "SD-2.6"),
        (3, "NONE", "SD-2.6"),
        note="expired certificate: no ADD",
    )
    inside = cast.settled(cast.aged("23", "雷国庆", "男", 39), since)
    cast.certificate(inside, valid, id_number="", damage="id_number:only_in_certificate")
    inside.answer(SD, "L", (1, "ADD", "SD-2.6"), note="exact by the first 18 digits of the certificate's number")
    new = cast.aid(cast.settled(cast.aged("25", "秦雪梅", "女", 35), since))
    new.answer(XY, "H", *never("XY-1")).answer(SD, "L", (1, "ADD", "SD-2.5"))
    old = cast.helped("25", "汤德全", "男", 45, AIDED)
    cast.aid(old, end_month=first_of(days.month, -1)).answer(XY, "H", (1, "PROP_EXIT", "XY-3.4"), note="dibao over")


def one_refusal(cast: FamilyCast, days: Days) -> None:
    """50: one refusal ends nothing until staff find it unjustified."""
    refused = days.night(2) - timedelta(days=3)
    for name, said, op in (("文淑华", {}, "NONE"), ("庄美玲", {"justified": False}, "PROP_EXIT")):
        one = cast.settled(cast.aged("50", name, "女", 43), months_before(days.night(2), 7))
        cast.service(one, refused, "拒绝服务", 2, reason="不愿说明", **said)
        one.answer(SD, "L", (1, "ADD", "SD-2.1"), (2, op, "SD-5.5b"), (3, "NONE", "SD-5.5b"))


def households(cast: FamilyCast, days: Days) -> None:
    """55, 56: families without work: one person alone, a third who earns, a live shop, and two without anything."""
    since, adult = months_before(days.night(2), 3), years_before(days.night(2), 33)
    alone = cast.local(cast.registered(cast.aged("55", "严立新", "男", 30), since))
    alone.answer(XY, "H", (1, "ADD", "XY-1.2")).answer(SD, "L", *never("SD-2.2"), note="fewer than two members")
    for name, what in (("柴永胜", "third"), ("武春生", "shop"), ("齐红兵", "plain")):
        man = cast.local(cast.registered(cast.aged("56", name, "男", 36), since))
        wife = cast.registered(cast.kin(man, "配偶", "女", adult), since)
        if what == "third":
            cast.insured(cast.kin(man, "弟", "男", years_before(days.night(2), 29)), first_of(days.month, -20))
        elif what == "shop":
            cast.business(wife, years_before(days.night(2), 2))
        posts = {"third": never("SD-2.2"), "shop": [(1, "REVIEW", "SD-2.2")], "plain": [(1, "ADD", "SD-2.2")]}[what]
        for one in (man, wife):
            one.answer(
                SD,
                "L",
                *posts,
                note={"third": "a third member works", "shop": "live shop", "plain": "nobody works"}[what],
            )


def divorced_mother(cast: FamilyCast, days: Days, case: str, name: str, *births: date) -> Person:
    """Registered, recognised as a single parent, with the children in her book and on the divorce."""
    one = cast.local(cast.registered(cast.aged(case, name, "女", 38), months_before(days.night(2), 5)))
    since = years_before(days.night(2), 6)
    for turn, birth in enumerate(births):
        child = cast.kin(one, "子", "男", birth)
        one.told(
            "marriage",
            1,
            status="离婚",
            event_date=since + timedelta(days=turn),
            child_id=child.number,
            child_birth=birth,
        )
    return cast.recognised(one, SINGLE_PARENT, months_before(days.night(2), 4)).answer(SD, "L", (1, "ADD", "SD-2.3"))


def single_parents(cast: FamilyCast, days: Days) -> None:
    """57, 58: the child's eighteenth birthday on night 3; a second child; a wedding told on night 2."""
    grown, young = years_before(days.night(3), 18), years_before(days.night(2), 12)
    ends = ((1, "NONE", "SD-5.5b"), (2, "NONE", "SD-5.5b"), (3, "PROP_EXIT", "SD-5.5b"))
    divorced_mother(cast, days, "57", "洪丽萍", grown).answer(SD, "H", *ends, note="child turns 18")
    divorced_mother(cast, days, "58", "尹晓红", grown, young).answer(
        SD, "H", *never("SD-5.5b"), note="second child of 12"
    )
    again = divorced_mother(cast, days, "58", "邱玉珍", young)
    again.told("marriage", 2, status="已婚", event_date=days.night(2) - timedelta(days=12))
    again.answer(SD, "H", (1, "NONE", "SD-5.5b"), (2, "PROP_EXIT", "SD-5.5b"), (3, "NONE", "SD-5.5b"), note="remarried")


def long_served(cast: FamilyCast, days: Days) -> None:
    """59, 60: a year registered on night 2 and three services; one on paper only; registered anew in between."""
    second = days.night(2)
    since = months_before(second, 12)
    steps = (
        (months_before(second, 9), "技能培训"),
        (months_before(second, 5), "岗位推荐"),
        (months_before(second, 1), "岗位推荐"),
    )
    for case, name in (("59", "龙秀芝"), ("60", "贺小兰"), ("60", "段彩云")):
        one = cast.settled(cast.aged(case, name, "女", 35), since)
        for day, kind in steps:
            on_paper = name == "贺小兰" and day == steps[2][0]
            cast.service(one, day, kind, means="现场", in_system=not on_paper)
        if name == "龙秀芝":
            one.answer(SD, "L", (1, "NONE", "SD-2.4"), (2, "ADD", "SD-2.4"), (3, "NONE", "SD-2.4"))
        elif name == "贺小兰":
            one.answer(SD, "L", *never("SD-2.4")).answer(SD, "T", (2, "GAP", "SD-2.4"), note="services 2 of 3")
        else:
            one.rows[0].fields.update(cancel_date=months_before(second, 7), cancel_ground="已就业")
            cast.registered(one, months_before(second, 6) + timedelta(days=11))
            one.answer(SD, "L", *never("SD-2.4"), note="the clock starts anew")


def incomes(cast: FamilyCast, days: Days) -> None:
    """61: exactly half of the average income of 20 000 a head; exactly the dibao line of 700 a month."""
    year, since = days.night(2).year, months_before(days.night(2), 4)
    rural: dict[str, Any] = {"hukou_kind": "农村"}
    man = cast.local(cast.registered(cast.aged("61", "白志宏", "男", 44), since, **rural), kind="农村")
    wife = cast.registered(cast.kin(man, "配偶", "女", years_before(days.night(2), 37), kind="农村"), since, **rural)
    for one, amount in ((man, 12000.0), (wife, 8000.0)):
        one.told(
            "income",
            1,
            year=year - 1,
            kind="转移",
            amount=amount,
            declared="民政核对",
            household_no=man.rows[1].fields["household_no"],
        )
        one.answer(SD, "L", (1, "ADD", "SD-2.8"), note="with an average income of 20000")
    listed = cast.settled(cast.aged("61", "赖根生", "男", 42), since, **rural)
    listed.told("poverty_list", 1, household_no="TP9000061", list_kind="脱贫人口", from_date=date(2016, 12, 31))
    for told in (year - 1, year):
        listed.told("income", 1, year=told, kind="劳动", amount=8400.0, declared="民政核对")
    listed.answer(SD, "L", *never("SD-2.10"), note="with a dibao line of 700 a month: not below it")


SHANDONG = (months_unemployed, from_elsewhere, papers, one_refusal, households, single_parents, long_served, incomes)
