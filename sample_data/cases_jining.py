"""The planted cases of the Jining pack, and two of Inner Mongolia's that need the further extracts."""

from datetime import date, timedelta

import numpy as np

from sample_data import numbers
from sample_data.calendar_days import Days, first_of, months_before, years_before
from sample_data.people import CITY
from sample_data.planted import FIRM_A, FIRM_B, JN, NM, USCC_A, USCC_B
from sample_data.planted_families import FamilyCast, day_before


def counted_services(cast: FamilyCast, days: Days) -> None:
    """41, 62: a live business without a counsellor; two posts and no public one in the month of night 1."""
    owner = cast.business(cast.helped("41", "俞国良", "男", 53), months_before(days.night(2), 3))
    owner.answer(JN, "T", (1, "GAP", "JN-6.1"), note="no counsellor")
    one = cast.helped("62", "岑玉芬", "女", 45)
    for day, staff in ((first_of(days.night(1)), "王老师"), (days.night(1), "李站长")):
        cast.service(one, day, "岗位推荐", staff=staff)
    one.answer(JN, "T", (1, "GAP", "JN-4.6a"), note="2 of 3 posts").answer(
        JN, "T", (1, "GAP", "JN-4.6b"), note="0 of 1 public post"
    )


def ledgers(cast: FamilyCast, days: Days) -> None:
    """63, 64: deregistered and kept with a note; a post whose last day was night 1."""
    one = cast.settled(cast.aged("63", "车明亮", "男", 41), months_before(days.night(2), 5), until=2)
    cast.certificate(one, months_before(days.night(2), -20))
    told = one.rows[0].fields | {"cancel_date": days.night(2) - timedelta(days=18), "cancel_ground": "已就业"}
    one.told("unemployment_registration", 2, **told).answer(JN, "L", (2, "UPD", "JN-1.4a"), note="row kept with a note")
    post = cast.thing("64").told(
        "vacancy", 1, vacancy_no="GW9000064", employer_name=FIRM_A, employer_uscc=USCC_A, post="保洁员", headcount=2, pay_from=2600.0,
        pay_to=3000.0, place="柳渡镇", valid_from=days.night(1) - timedelta(days=40), valid_to=days.night(1), public_welfare=False,
    )  # fmt: skip
    post.answer(JN, "T", (2, "UPD", "JN-2.4"), note="vacancy GW9000064: remark expired, kept, not pushed")


def schooled(cast: FamilyCast, days: Days) -> None:
    """65, 66: two years after school on night 2; a fourth free course; a certificate two months late on night 3."""
    left = months_before(days.night(2), 24)
    graduate = cast.settled(cast.aged("65", "尚思远", "男", 24), months_before(days.night(2), 4))
    graduate.told(
        "education",
        1,
        school="云陵大学",
        level="本科",
        full_time=True,
        enrol_date=date(left.year - 4, 9, 1),
        leave_date=left,
        internship_wish=True,
    )
    graduate.answer(
        JN,
        "T",
        (1, "GAP", "JN-5.3"),
        (2, "NONE", "JN-5.3"),
        (3, "UPD", "JN-5.3"),
        note="no internship offered; then out of the group",
    )
    pupil = cast.helped("65", "路秀敏", "女", 44, skill="")
    new_year = date(days.night(2).year, 1, 1)
    span = max((days.night(1) - new_year).days, 0)
    for turn in range(4):
        day = days.night(2) if turn == 3 else new_year + timedelta(days=span * turn // 4)
        pupil.told("training", 2 if turn == 3 else 1, provider=f"{CITY}职业技术学校", course=("保育员", "中式面点", "养老护理员", "家政服务员")[turn],
                   free=True, start_date=day, mode="线下")  # fmt: skip
    pupil.answer(JN, "T", (1, "GAP", "JN-3.3"), note="no skill yet").answer(
        JN, "T", (2, "ALERT", "JN-3.3"), note="fourth free course in the year"
    )
    passed = day_before(months_before(days.night(3), 2))
    waits = cast.helped("66", "盛桂芳", "女", 46)
    waits.told(
        "training",
        1,
        provider=f"{CITY}职业技术学校",
        course="养老护理员",
        free=True,
        start_date=passed - timedelta(days=30),
        pass_date=passed,
        mode="线下",
    )
    waits.answer(JN, "T", (2, "NONE", "JN-3.7"), (3, "ALERT", "JN-3.7"), note="certificate overdue")


def unclaimed(cast: FamilyCast, days: Days) -> None:
    """67: a firm hired two recognised people last month and claimed nothing."""
    for name, sex in (("游志强", "男"), ("阮金凤", "女")):
        one = cast.insured(cast.helped("67", name, sex, 53 if sex == "男" else 45), first_of(days.month, -1))
        one.answer(JN, "T", (1, "NOTIFY", "JN-8.2"), note="with the firm on O09, no application asked")
    firms = cast.thing("67")
    for name, code, heads in ((FIRM_A, USCC_A, 60), (FIRM_B, USCC_B, 45)):
        firms.told(
            "employer",
            1,
            employer_uscc=code,
            employer_name=name,
            headcount=heads,
            key_enterprise=False,
            industry="机械",
        )


def registered_elsewhere(cast: FamilyCast, days: Days) -> None:
    """38, 46: legal representative of a live private unit; full-time enrolment dated night 3."""
    since = months_before(days.night(2), 4)
    unit = str(numbers.credit_codes(np.array([2_900_038]), np.array([52]))[0])
    head = cast.registered(cast.aged("38", "乌仁图雅", "女", 45), since)
    head.told(
        "private_nonenterprise",
        1,
        unit_uscc=unit,
        unit_name=f"{CITY}柳渡养老服务中心",
        role="法定代表人",
        status="正常",
        founded_date=years_before(since, 2),
    )
    head.answer(NM, "R", (1, "PROP_DEREG", "NM-3.2"), note="private non-enterprise unit")
    student = cast.registered(cast.aged("46", "包文杰", "男", 20), since)
    student.told("education", 1, school="平沙工程职业学院", level="大专", full_time=True, enrol_date=days.night(3))
    student.answer(
        NM, "R", (1, "NONE", "NM-3.2"), (2, "NONE", "NM-3.2"), (3, "PROP_DEREG", "NM-3.2"), note="ground school"
    )


JINING = (counted_services, ledgers, schooled, unclaimed, registered_elsewhere)
