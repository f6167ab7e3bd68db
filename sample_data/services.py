"""Registrations and services of the employment office, and roles in businesses. The second half of `lives`."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Array, Extract, amended, extract, joined
from sample_data.lives import (
    BACK,
    EMPLOYEE,
    OWNER,
    PENSIONER,
    RESIDENT,
    STOPPED,
    Lives,
    choice,
    death,
    disability_certificate,
    employer_columns,
    insurance_active,
    insurance_stop,
    low_income,
    night_share,
    pension,
    unemployment_benefit,
)
from sample_data.people import CITY, TOWNS

NO_DAY = np.datetime64("NaT", "D")
WISHES = ("就业", "培训", "创业", "不明确", "就业、培训", "就业;创业", "其他")
NEEDS = ("保洁员", "保安,门卫", "家政服务", "车工,钳工", "超市收银", "货车司机", "", "")


def registered(lives: Lives) -> Array:
    """Who is registered: half of those who lost a job, some re-hired, some who were never insured, and a few who
    work, own a business or draw a pension all the same."""
    share = np.zeros(8)
    share[[STOPPED, BACK, RESIDENT, OWNER, EMPLOYEE, PENSIONER]] = 0.5, 0.35, 0.05, 0.03, 0.003, 0.002
    drawn = lives.rng("registered").random(len(lives.state)) < share[lives.state]
    return np.flatnonzero(drawn & lives.town.is_own & (lives.town.age >= 16))


def unemployment_registration(lives: Lives) -> Extract:
    """One row per spell; each later night a few of the standing ones are cancelled, which is a corrected row."""
    rng, town = lives.rng("unemployment_registration"), lives.town
    who = registered(lives)
    count = len(who)
    night = np.where(np.isnat(lives.stop_date[who]), lives.told_on(rng, count), lives.stop_night[who])
    today = lives.snapshot(night)
    lost = lives.stop_date[who]
    free = today - np.where(night > 1, 0, rng.integers(5, 500, count)).astype("timedelta64[D]")
    after = lost + rng.integers(1, 60, count).astype("timedelta64[D]")
    date = np.where(np.isnat(lost), free, np.minimum(after, today))
    has_ended = (night == 1) & (rng.random(count) < np.where(lives.state[who] == BACK, 0.7, 0.05))
    ended = np.where(has_ended, np.minimum(date + np.timedelta64(60, "D"), today), NO_DAY)
    ground = np.where(has_ended, choice(rng, ("已就业", "已就业", "灵活就业", "其他"), count), "")
    verified = np.where(rng.random(count) < 0.8, today - rng.integers(0, 90, count).astype("timedelta64[D]"), NO_DAY)
    part = extract(
        "unemployment_registration",
        town,
        who,
        ("name", "id_type", "id_number", "sex", "birth_date", "ethnicity", "phone", "town", "village", "address"),
        night,
        reg_no=numbers.serials("SY", who, 8),
        reg_date=date,
        job_loss_date=np.where(np.isnat(lost), date, lost),
        cancel_date=ended,
        cancel_ground=ground,
        basis=choice(rng, ("核验", "承诺制"), count, (0.8, 0.2)),
        hukou_kind=choice(rng, ("城镇", "农村"), count, (0.6, 0.4)),
        place=np.strings.add(np.array(TOWNS)[rng.integers(0, len(TOWNS), count)], "公共就业服务站"),
        wish=choice(rng, WISHES, count, (0.5, 0.15, 0.08, 0.1, 0.1, 0.04, 0.03)),
        able=np.where(rng.random(count) < 0.97, True, False),
        willing=np.where(rng.random(count) < 0.95, True, False),
        education=choice(
            rng, ("小学", "初中", "高中", "中专", "大专", "本科"), count, (0.08, 0.37, 0.2, 0.12, 0.13, 0.1)
        ),
        skill=choice(rng, ("", "初级工", "中级工", "电工", "驾驶"), count),
        health=choice(rng, ("健康", "一般", "较差"), count, (0.8, 0.16, 0.04)),
        job_need=choice(rng, NEEDS, count),
        last_verified=np.maximum(verified, date),
        **wished(lives, "registration", count),
    )
    return with_cancellations(part, ended, lives)


def wished(lives: Lives, asked_at: str, count: int) -> dict[str, Array]:
    """The pay that is hoped for, of three in five, and the town to work in, of two in five: most of them their own city's."""
    rng = lives.rng(f"wished at {asked_at}")
    pay = np.ma.MaskedArray(rng.integers(22, 60, count) * 100.0, mask=rng.random(count) >= 0.6)
    return {"pay_wish": pay, "place_wish": np.where(rng.random(count) < 0.4, choice(rng, (*TOWNS, CITY), count), "")}


def with_cancellations(part: Extract, ended: Array, lives: Lives) -> Extract:
    """On each later night, a small share of the standing registrations end."""
    rng = lives.rng("cancellations")
    is_open = (part.night == 1) & np.isnat(ended) & (lives.state[part.truth] == STOPPED)
    night = np.where(
        rng.random(len(part)) < 2 * night_share(lives.town.own) * (lives.nights - 1),
        rng.integers(2, lives.nights + 2, len(part)),
        0,
    )
    which = np.flatnonzero(is_open & (night > 1) & (night <= lives.nights))
    told = night[which]
    return amended(
        part, which, told, cancel_date=lives.snapshot(told), cancel_ground=np.full(len(which), "已就业")
    )  # fmt: skip


def market_entity(lives: Lives) -> Extract:
    """Owners with their business, and shareholders, supervisors and strangers with a role in a firm."""
    rng, town = lives.rng("market_entity"), lives.town
    owner = np.flatnonzero((lives.state == OWNER) | ((lives.state == RESIDENT) & (rng.random(len(town.name)) < 0.05)))
    adult = np.flatnonzero((town.age >= 20) & (rng.random(len(town.name)) < np.where(town.is_own, 0.012, 0.25)))
    return joined([businesses(lives, owner), firm_roles(lives, adult)])


def entity_status(lives: Lives, founded: Array, count: int) -> dict[str, Array]:
    rng = lives.rng(f"entity_status {count}")
    status = choice(rng, ("存续", "注销", "吊销未注销", "迁出"), count, (0.84, 0.11, 0.04, 0.01))
    ago = np.minimum(rng.integers(5, 900, count), (lives.town.start - founded).astype(np.int64) - 1)
    closed = np.where(status == "注销", lives.town.start - np.maximum(ago, 0).astype("timedelta64[D]"), NO_DAY)
    return {"founded_date": founded, "status": status, "cancelled_date": closed}


PERSON = ("name", "id_number", "sex", "birth_date", "phone")


def businesses(lives: Lives, who: Array) -> Extract:
    """Individual businesses; the older ones have a register number and no credit code."""
    rng, town, count = lives.rng("businesses"), lives.town, len(who)
    serial = np.arange(count)
    has_code = rng.random(count) < 0.75
    trade = choice(rng, ("小吃店", "便利店", "理发店", "服装店", "修理部", "水果店", "五金店", "棋牌室"), count)
    name = np.strings.add(np.strings.add(f"{CITY}", town.name[who]), trade)
    night = lives.told_on(rng, count)
    founded = lives.snapshot(night) - np.where(
        night > 1, rng.integers(0, 9, count), rng.integers(20, 4000, count)
    ).astype("timedelta64[D]")
    return extract(
        "market_entity", town, who, PERSON, night,
        uscc=np.where(has_code, numbers.credit_codes(1_000_000 + serial, np.full(count, 92)), ""),
        reg_no=np.where(has_code, "", numbers.register_numbers(serial)), entity_name=name, entity_kind="个体工商户",
        role="经营者", **entity_status(lives, np.minimum(founded, lives.town.start), count), industry=trade,
    )  # fmt: skip


def firm_roles(lives: Lives, who: Array) -> Extract:
    """Roles in firms and co-operatives. A newly told role is of an old firm."""
    rng, count = lives.rng("firm_roles"), len(who)
    serial = rng.integers(0, max(6, len(lives.town.name) // 45), count)
    firm = employer_columns(serial)
    founded = lives.town.start - (200 + (serial * 37) % 5000).astype("timedelta64[D]")
    return extract(
        "market_entity", lives.town, who, PERSON, lives.told_on(rng, count), uscc=firm["employer_uscc"], reg_no=None,
        entity_name=firm["employer_name"], entity_kind="企业",
        role=choice(rng, ("法定代表人", "股东", "监事", "董事", "负责人"), count, (0.35, 0.35, 0.18, 0.07, 0.05)),
        **entity_status(lives, founded, count), industry=None,
    )  # fmt: skip


def service_log(lives: Lives, registration: Extract) -> Extract:
    """Contacts with three in ten of the registered people, one or two each."""
    rng, town = lives.rng("service_log"), lives.town
    people = np.unique(registration.truth)
    who = np.repeat(people, rng.choice(3, len(people), p=(0.7, 0.2, 0.1)))
    count = len(who)
    night = lives.told_on(rng, count)
    ago = np.where(night > 1, 0, rng.integers(0, 150, count)).astype("timedelta64[D]")
    kind = choice(rng, ("职业指导", "岗位推荐", "技能培训", "培训机会", "跟踪回访", "入户走访", "拒绝服务"), count,
                  (0.2, 0.35, 0.05, 0.12, 0.18, 0.07, 0.03))  # fmt: skip
    return extract(
        "service_log",
        town,
        who,
        ("name", "id_number", "phone", "town"),
        night,
        service_date=lives.snapshot(night) - ago,
        service_kind=kind,
        means=choice(rng, ("上门", "电话", "短信", "现场"), count),
        staff=choice(rng, ("王老师", "乌云老师", "李站长", "网格员"), count),
        in_system=np.full(count, True),
        result=choice(rng, ("已告知", "有意向,待回访", "未接通", "同意参加"), count),
    )


def all_extracts(lives: Lives) -> dict[str, Extract]:
    """Every kind, in one order."""
    registration = unemployment_registration(lives)
    parts = [
        insurance_stop(lives), insurance_active(lives), unemployment_benefit(lives), pension(lives), registration,
        low_income(lives), death(lives), disability_certificate(lives), market_entity(lives),
        service_log(lives, registration),
    ]  # fmt: skip
    return {part.kind: part for part in parts}
