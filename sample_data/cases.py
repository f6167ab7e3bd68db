"""The planted cases themselves, in the numbering of the acceptance scenarios. One function per scenario."""

from datetime import date, timedelta
from typing import Any

from sample_data.calendar_days import Days, first_of, last_of, months_before, years_before
from sample_data.cases_jining import JINING
from sample_data.cases_shandong import SHANDONG
from sample_data.cases_xinyu import XINYU
from sample_data.planted import FIRM_A, FIRM_B, NM, ZS, Cast, Person
from sample_data.planted_families import FamilyCast

OPEN = (1, "ADD", "ZS-3.1.1a")


def turns_forty(cast: Cast, days: Days) -> None:
    """1, 2: forty on night 2, forty on night 3. No row arrives on those nights."""
    second = cast.person("1", "韩志远", "男", years_before(days.night(2), 40))
    cast.stop(second, days.paid).answer(
        ZS, "L", (1, "NONE", "ZS-3.1"), (2, "ADD", "ZS-3.1.1a"), (3, "NONE", "ZS-3.1.1a")
    )
    third = cast.person("2", "梁文斌", "男", years_before(days.night(3), 40))
    cast.stop(third, days.paid).answer(ZS, "L", (1, "NONE", "ZS-3.1"), (2, "NONE", "ZS-3.1"), (3, "ADD", "ZS-3.1.1a"))


def registered_at_sixty_four(cast: Cast, days: Days) -> None:
    """14: without a pension he stays; a resident pension told on night 2 ends it."""
    since = months_before(days.night(2), 3)
    stays = cast.registered(cast.aged("14", "孙福来", "男", 64), since)
    stays.answer(NM, "R", (1, "NONE", "NM-1.1a"), (2, "NONE", "NM-1.1a"), (3, "NONE", "NM-1.1a"))
    leaves = cast.registered(cast.aged("14", "曹金山", "男", 64), since)
    cast.pension(leaves, days.month, night=2, scheme="居民养老")
    leaves.answer(NM, "R", (1, "NONE", "NM-1.1a"), (2, "PROP_DEREG", "NM-3.2"), note="ground pension")


def permit_holder(cast: Cast, days: Days) -> None:
    """15: a Hong Kong residence permit is a number like any other."""
    one = cast.aged("15", "何嘉欣", "女", 30, area=810000)
    cast.registered(one, months_before(days.night(2), 2)).answer(NM, "L", (1, "UPD", "NM-2.1a"), note="tier mid")


def plain_job_change(cast: Cast, days: Days) -> None:
    """26: a new employer in the same or the next month leaves no whole month uninsured."""
    nothing = [(n, "NONE", "ZS-3.1.1a") for n in (1, 2, 3)]
    after = first_of(days.paid, 1)
    same = cast.stop(cast.aged("26", "高永强", "男", 45), after, stop_date=after.replace(day=10))
    cast.insured(same, after).answer(ZS, "L", *nothing)
    following = cast.stop(cast.aged("26", "罗玉梅", "女", 47), days.paid)
    cast.insured(following, after).answer(ZS, "L", *nothing)


def hired_again(cast: Cast, days: Days) -> None:
    """27: in the ledger on night 1, the new employer's row arrives on night 2."""
    one = cast.stop(cast.aged("27", "宋卫东", "男", 51), first_of(days.paid, -1))
    cast.insured(one, days.month, night=2).answer(ZS, "L", OPEN, (2, "FLAG_REEMP", "ZS-EXIT"), note="row kept")


def retired_or_died(cast: Cast, days: Days) -> None:
    """28: no ADD for such stoppages; whoever is in the ledger already comes to review."""
    nothing = [(n, "NONE", "ZS-3.1.1a") for n in (1, 2, 3)]
    retired = cast.stop(cast.aged("28", "唐建国", "男", 60), days.paid, reason="退休")
    cast.pension(retired, first_of(days.paid, 1)).answer(ZS, "L", *nothing)
    died = cast.stop(cast.aged("28", "许春生", "男", 58), days.paid, reason="死亡")
    died.told("death", 1, death_date=last_of(days.paid) - timedelta(days=3), source="民政").answer(ZS, "L", *nothing)
    listed = cast.stop(cast.aged("28", "邓志明", "男", 57), first_of(days.paid, -1))
    cast.pension(listed, days.month, night=2).answer(ZS, "L", OPEN, (2, "REVIEW", "ZS-EXIT"), note="pension")
    buried = cast.stop(cast.aged("28", "冯海涛", "男", 55), first_of(days.paid, -1))
    buried.told("death", 3, death_date=days.night(1) - timedelta(days=2), source="公安")
    buried.answer(ZS, "L", OPEN, (2, "NONE", "ZS-EXIT"), (3, "REVIEW", "ZS-EXIT"), note="death")


def stop_withdrawn(cast: Cast, days: Days) -> None:
    """29: the bureau takes the stoppage back on night 2."""
    one = cast.aged("29", "彭丽华", "女", 46)
    cast.stop(one, first_of(days.paid, -1), until=2)
    cast.stop(one, first_of(days.paid, -1), night=2, withdrawn=True)
    one.answer(ZS, "L", OPEN, (2, "WITHDRAW", "ZS-3.1.1a"), note="points at the first entry")


def benefit_only(cast: Cast, days: Days) -> None:
    """30, 31: drawing benefit; the second has a job at the same time."""
    cast.benefit(cast.aged("30", "曾淑芳", "女", 52)).answer(ZS, "L", (1, "ADD", "ZS-3.1.1b"))
    both = cast.insured(cast.benefit(cast.aged("31", "蔡国庆", "男", 49)), days.paid)
    both.answer(ZS, "L", (1, "REVIEW", "ZS-3.1.1b"), note="no ADD; also on list O15")


def flexible_payer(cast: Cast, days: Days) -> None:
    """33: pays for himself since the month after: unemployed all the same, flagged."""
    one = cast.stop(cast.aged("33", "潘红军", "男", 48), first_of(days.paid, -1))
    cast.insured(one, days.paid, payer="灵活就业").answer(ZS, "L", OPEN, (2, "NONE", "ZS-EXIT"), note="flag flexible")


def self_employed(cast: Cast, days: Days) -> None:
    """35, 36: a live business; one cancelled since, one cancelled before, one revoked."""
    since, founded = months_before(days.night(2), 5), months_before(days.night(2), 4) + timedelta(days=5)
    live = cast.registered(cast.aged("35", "田秀兰", "女", 44), since)
    cast.business(live, founded).answer(
        NM, "R", (1, "PROP_DEREG", "NM-3.2"), note="ground self-employed; NOTIFY only after decision"
    )
    closed = cast.registered(cast.aged("36", "董海龙", "男", 38), since)
    cast.business(closed, founded, status="注销", cancelled_date=months_before(days.night(2), 1) - timedelta(days=20))
    closed.answer(NM, "R", (1, "NONE", "NM-3.1a"), note="a note only")
    before = cast.registered(cast.aged("36", "袁晓燕", "女", 36), since)
    cast.business(before, years_before(since, 3), status="注销", cancelled_date=since - timedelta(days=40))
    before.answer(NM, "R", (1, "NONE", "NM-3.2"))
    revoked = cast.registered(cast.aged("36", "于建华", "男", 53), since)
    cast.business(revoked, years_before(since, 3), status="吊销未注销").answer(NM, "R", (1, "REVIEW", "NM-3.2"))


def weak_roles(cast: Cast, days: Days) -> None:
    """37: shareholder, supervisor, and an operator whose row carries no number."""
    since, founded = months_before(days.night(2), 3), years_before(days.night(2), 2)
    for name, sex, role in (("蒋文静", "女", "股东"), ("杜永刚", "男", "监事")):
        one = cast.registered(cast.aged("37", name, sex, 41), since)
        firm: dict[str, Any] = {"entity_name": FIRM_A, "entity_kind": "企业", "role": role}
        cast.business(one, founded, **firm).answer(NM, "R", (1, "REVIEW", "NM-3.2"), note=f"role {role}")
    one = cast.registered(cast.aged("37", "令狐秋月", "女", 43), since)
    cast.business(one, founded, id_number="", damage="id_number:empty")
    one.answer(NM, "R", (1, "REVIEW", "NM-3.2"), note="never PROP_DEREG: name, birth date and sex only")


def hired_while_registered(cast: Cast, days: Days) -> None:
    """39: insured by an employer from this month, told on night 2, and no employment registration."""
    one = cast.registered(cast.aged("39", "苏桂英", "女", 45), months_before(days.night(2), 4))
    cast.insured(one, days.month, night=2).answer(
        NM, "R", (1, "NONE", "NM-3.2"), (2, "PROP_DEREG", "NM-3.2"), note="ground hired"
    )
    one.answer(NM, "T", (2, "URGE", "NM-3.1b"), note=f"to {FIRM_B}")


def pension_begins(cast: Cast, days: Days) -> None:
    """42: a pension told on night 1 that begins on night 3."""
    one = cast.registered(cast.aged("42", "魏德胜", "男", 60), months_before(days.night(2), 3))
    cast.pension(one, days.night(3))
    one.answer(
        NM, "R", (1, "NONE", "NM-3.2"), (2, "NONE", "NM-3.2"), (3, "PROP_DEREG", "NM-3.2"), note="ground pension"
    )


def two_number_lengths(cast: Cast, days: Days) -> None:
    """72: one stoppage under 18 digits, one under the old 15, one person."""
    one = cast.stop(cast.aged("72", "程建设", "男", 50), first_of(days.paid, -1))
    old = one.number[:6] + one.number[8:17]
    cast.stop(one, first_of(days.paid, -1), insurance_kind="养老", id_number=old, damage="id_number:legacy_15")
    one.answer(ZS, "L", OPEN, note="one person, one entry")


def name_variants(cast: Cast, days: Days) -> None:
    """73: same number under two spellings; a dot written otherwise is the same name."""
    paid, since = first_of(days.paid, -1), months_before(days.night(2), 3)
    founded = months_before(days.night(2), 2)
    one = cast.stop(cast.aged("73", "王小明", "男", 42), paid)
    cast.stop(one, paid, insurance_kind="养老", name="王晓明", damage="name:homophone")
    one.answer(ZS, "L", OPEN, note="flag name variance")
    dotted = cast.registered(cast.aged("73", "斯琴·巴特尔", "男", 42), since)
    cast.business(dotted, founded, name="斯琴 . 巴特尔", damage="name:dot")
    dotted.answer(NM, "R", (1, "PROP_DEREG", "NM-3.2"), note="same name")
    varied = cast.registered(cast.aged("73", "李小红", "女", 42), since)
    cast.business(varied, founded, name="李晓红", damage="name:homophone")
    varied.answer(NM, "R", (1, "REVIEW", "NM-3.2"), note="not PROP_DEREG")


def broken_numbers(cast: Cast, days: Days) -> None:
    """74: a wrong check character; two people under one number."""
    paid = first_of(days.paid, -1)
    wrong = cast.aged("74", "吕树林", "男", 57)
    check = "0" if wrong.number[-1] != "0" else "1"
    cast.stop(wrong, paid, id_number=wrong.number[:-1] + check, damage="id_number:wrong_check")
    wrong.answer(ZS, "L", (1, "NONE", "ZS-3.1.1a"), note="row in quarantine or review, no ADD")
    first = cast.stop(cast.aged("74", "丁国栋", "男", 45), paid)
    second = cast.aged("74", "姚凤兰", "女", 61)
    cast.stop(second, paid, id_number=first.number, damage="id_number:another_person")
    for one in (first, second):
        one.answer(ZS, "L", (1, "HOLD", "ZS-3.1.1a"), note="two names share one number")


def waiting_time(cast: Cast, days: Days) -> None:
    """16, 17, 18: registered one or six months on night 2: the tier changes on night 3. 3: registered, aged 45."""
    month = cast.registered(cast.aged("16", "崔晶晶", "女", 28), months_before(days.night(2), 1))
    month.answer(
        NM, "L", (1, "UPD", "NM-2.1a"), (2, "NONE", "NM-2.1a"), (3, "UPD", "NM-2.1a"), note="tier short, then mid"
    )
    half_year = cast.registered(cast.aged("17", "谭丽萍", "女", 40), months_before(days.night(2), 6))
    half_year.answer(
        NM, "L", (1, "UPD", "NM-2.1a"), (2, "NONE", "NM-2.1a"), (3, "UPD", "NM-2.1a"), note="tier mid, then long"
    )
    verified = days.night(2) - timedelta(days=41)
    stale = cast.registered(
        cast.aged("18", "廖志刚", "男", 34), months_before(days.night(2), 6), last_verified=verified
    )
    stale.answer(NM, "T", (3, "TASK", "NM-3.4"), note="stale list")
    cast.registered(cast.aged("3", "范国平", "男", 45), months_before(days.night(2), 7)).answer(
        ZS, "L", (1, "ADD", "ZS-3.1")
    )


def many_sources(cast: Cast, days: Days) -> None:
    """34: stoppage and benefit on night 1, low-income aid on night 2: one row in the ledger."""
    one = cast.benefit(cast.stop(cast.aged("34", "汪秀珍", "女", 50), first_of(days.paid, -1)))
    book: dict[str, Any] = {
        "householder_name": one.name,
        "householder_id": one.number,
        "relation": "本人",
        "household_no": "DB90000034",
    }
    one.told("low_income", 2, aid_kind="城市低保", start_month=days.month, members=1, amount=650.0, **book)
    one.answer(ZS, "L", OPEN, (2, "UPD", "ZS-3.1.2"), note="one row, three sources")


def refusals(cast: Cast, days: Days) -> None:
    """48, 49: refusals and silence end nothing; a job found on the way does."""
    for case, name, sex in (("48", "石海波", "男"), ("49", "陆春梅", "女")):
        one = cast.registered(cast.aged(case, name, sex, 37), months_before(days.night(2), 10))
        for weeks in (32, 30, 28):
            one.told("service_log", 1, service_date=days.night(2) - timedelta(weeks=weeks), service_kind="拒绝服务",
                     means="电话", staff="王老师", reason="不愿说明", in_system=True)  # fmt: skip
        if case == "48":
            one.answer(NM, "R", *[(n, "NONE", "NM-3.3") for n in (1, 2, 3)]).answer(
                NM, "T", (1, "TASK", "NM-3.3"), note="visit"
            )
        else:
            cast.insured(one, first_of(days.month, -2)).answer(
                NM, "R", (1, "PROP_DEREG", "NM-3.2"), note="ground hired only"
            )


CASES = (
    turns_forty,
    registered_at_sixty_four,
    permit_holder,
    plain_job_change,
    hired_again,
    retired_or_died,
    stop_withdrawn,
    benefit_only,
    flexible_payer,
    self_employed,
    weak_roles,
    hired_while_registered,
    pension_begins,
    two_number_lengths,
    name_variants,
    broken_numbers,
    waiting_time,
    many_sources,
    refusals,
)


def planted_people(start: date) -> list[Person]:
    """Everybody planted, in a fixed order; an empty key stands for what is no person."""
    cast = FamilyCast(Days(start))
    for write in CASES:
        write(cast, cast.days)
    cast.is_late = True
    for write_later in (*SHANDONG, *XINYU, *JINING):
        write_later(cast, cast.days)
    return cast.people
