"""The planted cases of the Xinyu pack: recognitions and what ends them. One function per subject."""

from datetime import date, timedelta

from sample_data.calendar_days import Days, first_of, last_of, months_before, years_before
from sample_data.planted import NM, XY, Person, never
from sample_data.planted_families import FamilyCast, day_before
from sample_data.recognition import DISABLED, JOBLESS_HOME, OLDER

Posts = tuple[tuple[int, str, str], ...]


def on_night(night: int, op: str, clause: str) -> Posts:
    """One post that night, nothing on the others."""
    return tuple((n, op if n == night else "NONE", clause) for n in (1, 2, 3))


def ages(cast: FamilyCast, days: Days) -> None:
    """7, 12: forty on night 2, registered the day before; sixty on night 2 without a pension."""
    seven = cast.settled(cast.person("7", "施月英", "女", years_before(days.night(2), 40)), days.night(1))
    seven.answer(XY, "H", *on_night(2, "ADD", "XY-1.1"), note="no duration asked")
    old = cast.settled(
        cast.person("12", "顾长林", "男", years_before(days.night(2), 60)), months_before(days.night(2), 9)
    )
    cast.recognised(old).answer(
        XY, "H", *on_night(2, "PROP_EXIT", "XY-3.1"), note="retirement date by the table before 2025"
    )
    old.answer(NM, "R", *never("NM-1.1a"))


def certificates(cast: FamilyCast, days: Days) -> None:
    """20, 21: a certificate's last day is night 2; one is cancelled; a woman of 42 has another basis."""
    second = days.night(2)
    ends = cast.helped("20", "孟广田", "男", 45, DISABLED)
    cast.certificate(ends, second).answer(XY, "H", *on_night(3, "PROP_EXIT", "XY-3.4"), note="warned before")
    valid = months_before(second, -25)
    gone = cast.certificate(cast.helped("20", "熊保国", "男", 46, DISABLED), valid, until=2)
    cast.certificate(gone, valid, 2, status="注销", cancel_date=second - timedelta(days=18))
    gone.answer(XY, "H", *on_night(2, "PROP_EXIT", "XY-3.4"), note="proposed date is the day of the cancellation")
    woman = cast.certificate(cast.helped("21", "薛金花", "女", 42, DISABLED), second)
    woman.answer(XY, "H", (2, "NONE", "XY-3.4"), (3, "REVIEW", "XY-3.4"), note="exit, or change of basis to 4050")


def hired(cast: FamilyCast, days: Days) -> None:
    """40, 71: being hired ends no recognition; a flexible subsidy for a month with an employer is suspected."""
    one = cast.insured(cast.helped("40", "阎大勇", "男", 52), days.month, night=2)
    one.answer(XY, "H", *never("XY-3.1")).answer(XY, "L", (2, "FLAG_REEMP", "XY-4.4")).answer(
        XY, "T", (2, "NOTIFY", "XY-4.4")
    )
    both = cast.insured(cast.helped("71", "孔令军", "男", 52), first_of(days.month, -2))
    paid(both, first_of(days.month, -1), first_of(days.month, -1), 1)
    both.answer(XY, "T", (1, "ALERT", "XY-7.2")).answer(XY, "H", *never("XY-3.6"), note="until a finding")


def paid(
    one: Person, month_from: date, month_to: date, night: int, amount: float = 620.0, paid_date: date | None = None
) -> Person:
    item = "灵活就业社保补贴"
    return one.told(
        "subsidy", night, item=item, month_from=month_from, month_to=month_to, amount=amount, paid_date=paid_date
    )


def left_the_market(cast: FamilyCast, days: Days) -> None:
    """42 to 45: pension from night 3; a death told on night 2; a death row one digit off; custody and suspended sentence."""
    second, told = days.night(2), days.night(2) - timedelta(days=18)
    retired = cast.pension(cast.helped("42", "葛有才", "男", 59), days.night(3))
    retired.answer(XY, "H", *on_night(3, "PROP_EXIT", "XY-3.1")).answer(NM, "R", *on_night(3, "PROP_DEREG", "NM-3.2"))
    dead = cast.helped("43", "毛春山", "男", 53).told("death", 2, death_date=told, source="民政")
    paid(dead, first_of(told, 1), first_of(told, 1), 3, paid_date=days.night(3))
    dead.answer(XY, "H", *on_night(2, "PROP_EXIT", "XY-3.1"), note="no message to the person")
    dead.answer(XY, "T", (3, "ALERT", "XY-7.2"), note="paid for a month after the death")
    near = cast.helped("44", "祁宝山", "男", 54)
    digit = "1" if near.number[15] == "0" else "0"
    near.told(
        "death",
        2,
        "id_number:one_digit",
        death_date=told,
        source="公安",
        id_number=near.number[:15] + digit + near.number[16:],
    )
    near.answer(XY, "H", *on_night(2, "REVIEW", "XY-3.1"), note="services go on")
    start = second - timedelta(days=15)
    outside = cast.helped("45", "柯晓东", "男", 51).told("imprisonment", 1, custody_start=start, custody_kind="缓刑")
    outside.answer(XY, "H", *never("XY-3.1"), note="suspended sentence")
    inside = cast.helped("45", "甘立军", "男", 51).told("imprisonment", 2, custody_start=start, custody_kind="收监执行")
    inside.answer(XY, "H", *on_night(2, "PROP_EXIT", "XY-3.1"))


def three_refusals(cast: FamilyCast, days: Days) -> None:
    """47: the third on the last day of the half year, a day later, and with good reason."""
    second, third = days.night(2), days.night(3)
    for name, day, night, op in (
        ("鲍玉堂", second, 2, "PROP_EXIT"),
        ("卓文涛", third, 3, "NONE"),
        ("柳长河", second, 2, "NONE"),
    ):
        one = cast.helped("47", name, "男", 52)
        for earlier in (months_before(second, 6), months_before(second, 3)):
            cast.service(one, earlier, "拒绝服务", reason="不愿说明")
        reason = {"reason": "住院治疗", "justified": True} if name == "柳长河" else {"reason": "不愿说明"}
        cast.service(one, day, "拒绝服务", night, **reason)
        one.answer(XY, "H", *on_night(night, op, "XY-3.3"), note="justified" if "justified" in reason else "")


def second_spell(cast: FamilyCast, days: Days) -> None:
    """51, 52: three months after the exit, with a changed fact or without; months of subsidy over both spells."""
    second, exit_day = days.night(2), day_before(months_before(days.night(3), 3))
    out = (
        ("翟永贵", 44, DISABLED, exit_day),
        ("康进财", 55, OLDER, exit_day),
        ("解双喜", 44, DISABLED, last_of(first_of(days.month, -7))),
    )
    people = []
    for name, years, basis, day in out:
        one = cast.settled(cast.aged("51", name, "男", years), months_before(second, 9))
        cast.recognised(
            one,
            basis,
            years_before(day, 1),
            exit_date=day,
            exit_ground="残疾人证失效" if basis == DISABLED else "拒绝公共就业服务",
        )
        if basis == DISABLED:
            issued = days.night(1) - timedelta(days=10)
            cast.certificate(one, months_before(issued, -120), issue_date=issued)
        people.append(one)
    changed, same, earlier = people
    changed.answer(XY, "H", (1, "HOLD", "XY-3.7"), note="locked until night 2").answer(
        XY, "T", (2, "TASK", "XY-3.7"), note="may apply again"
    )
    same.answer(XY, "H", (1, "HOLD", "XY-3.7"), (2, "REVIEW", "XY-3.7"), note="nothing changed")
    earlier.answer(XY, "T", (1, "TASK", "XY-3.7"), note="lock ended three months after the exit")
    month = days.month
    one = cast.settled(cast.aged("52", "温长顺", "男", 55), months_before(second, 9))
    cast.recognised(
        one, OLDER, months_before(second, 44), exit_date=months_before(second, 12), exit_ground="已实现就业"
    )
    cast.recognised(one, OLDER, months_before(second, 8), spell=2)
    paid(one, first_of(month, -42), first_of(month, -13), 1, amount=18600.0)
    paid(one, first_of(month, -7), first_of(month, -1), 2, amount=4340.0)
    one.answer(XY, "T", (2, "ALERT", "XY-3.8"), note="with a cap of 36 months: 6 left, 7 claimed")


def zero_employment_family(cast: FamilyCast, days: Days) -> None:
    """53, 54: recognised a month before night 2; nobody hired; one hired this month."""
    since, day = months_before(days.night(2), 4), day_before(months_before(days.night(3), 1))

    def member(one: Person) -> Person:
        return cast.recognised(cast.registered(one, since), JOBLESS_HOME, day)

    waits = member(cast.local(cast.aged("53", "莫庆余", "男", 45)))
    member(cast.kin(waits, "配偶", "女", years_before(days.night(2), 38)))
    waits.answer(
        XY,
        "T",
        (1, "TASK", "XY-4.5"),
        (2, "NONE", "XY-4.5"),
        (3, "ALERT", "XY-4.5"),
        note="due on night 2; one household",
    )
    found = member(cast.local(cast.aged("54", "纪红梅", "女", 38)))
    husband = member(cast.kin(found, "配偶", "男", years_before(days.night(2), 51)))
    son = member(cast.kin(found, "子", "男", years_before(days.night(2), 19)))
    cast.insured(found, days.month, night=2)
    for one in (found, son):
        one.answer(XY, "H", (2, "PROP_EXIT", "XY-3.2"))
    husband.answer(XY, "H", (2, "REVIEW", "XY-3.2"), note="change of basis to 4050")


XINYU = (ages, certificates, hired, left_the_market, three_refusals, second_spell, zero_employment_family)
