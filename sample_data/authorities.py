"""Sentences, findings on the capacity to work, roles in private non-enterprise units, and incomes."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Array, Extract, extract, joined
from sample_data.families import household_numbers
from sample_data.lives import EMPLOYEE, IDLE, OWNER, RESIDENT, STOPPED, choice
from sample_data.people import CITY
from sample_data.standing import DAY, NO_DAY, Standing, count_of, days_ago, some

SENTENCES = ("收监执行", "缓刑", "暂予监外执行")
GRADES = ("一级", "二级", "三级", "四级")
LEVELS = ("完全丧失", "大部分丧失", "部分丧失", "未丧失")
LEVEL_SHARES = np.array([(0.75, 0.2, 0.05, 0), (0.2, 0.6, 0.15, 0.05), (0.02, 0.28, 0.6, 0.1), (0, 0.05, 0.45, 0.5)])
UNITS = ("幼儿园", "养老服务中心", "职业培训学校", "社会工作服务中心", "康复中心", "文化艺术培训学校")


def imprisonment(standing: Standing) -> Extract:
    """People without work who serve a sentence or served one lately; a few of them are registered as unemployed. One row
    in twenty comes without a number."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("imprisonment")
    adult = town.is_own & (town.age >= 18) & (town.age < 70) & ~lives.is_dead
    free = some(
        rng,
        adult & ((lives.state == IDLE) | (lives.state == STOPPED)) & ~standing.is_registered,
        count_of(lives, 1200, 4),
    )
    who = np.concatenate([free, some(rng, adult & standing.is_registered, count_of(lives, 150, 2))])
    night = lives.told_on(rng, len(who))
    start = days_ago(rng, lives, night, 5, 2500)
    until = start + rng.integers(180, 2600, len(who)) * DAY
    lost = rng.random(len(who)) < 0.05
    part = extract(
        "imprisonment", town, who, ("name", "sex", "birth_date"), night, id_number=np.where(lost, "", town.number[who]), custody_start=start,
        custody_end=np.where(rng.random(len(who)) < 0.9, until, NO_DAY), custody_kind=choice(rng, SENTENCES, len(who), (0.68, 0.27, 0.05)),
    )  # fmt: skip
    part.damage[lost] = "id_number:empty"
    return part


def work_capacity(standing: Standing) -> Extract:
    """Findings on a tenth of those with a certificate, after its grade, and on a few others."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("work_capacity")
    certificates = standing.extracts["disability_certificate"]
    grade = np.full(len(town.name), 2)
    said = certificates.rows.column("grade").to_numpy(zero_copy_only=False)
    grade[certificates.truth] = np.argmax(said[:, None] == np.array(GRADES), axis=1)
    adult = town.is_own & (town.age >= 18) & (town.age < 60)
    disabled = np.flatnonzero(adult & standing.named_in("disability_certificate") & (rng.random(len(grade)) < 0.1))
    others = some(rng, adult & ~standing.named_in("disability_certificate"), count_of(lives, 600, 3))
    who = np.concatenate([disabled, others])
    level = (rng.random(len(who))[:, None] > LEVEL_SHARES[grade[who]].cumsum(axis=1)).sum(axis=1)
    night = lives.told_on(rng, len(who))
    return extract(
        "work_capacity", town, who, ("name", "id_number", "sex", "birth_date"), night,
        level=np.array(LEVELS)[np.minimum(level, 3)], found_date=days_ago(rng, lives, night, 10, 2000),
    )  # fmt: skip


def private_nonenterprise(standing: Standing) -> Extract:
    """Two or three people for each unit; a few who are registered as unemployed represent one."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("private_nonenterprise")
    adult = town.is_own & (town.age >= 25) & (town.age < 70) & ~lives.is_dead
    who = some(rng, adult & np.isin(lives.state, (EMPLOYEE, OWNER, IDLE, RESIDENT)), count_of(lives, 900, 6))
    who = rng.permutation(np.concatenate([who, some(rng, adult & standing.is_registered, count_of(lives, 100, 2))]))
    unit = np.arange(len(who)) * 2 // 5
    names = np.strings.add(
        np.array([f"{CITY}{w}" for w in ("同心", "晨光", "青禾", "榆柳", "远航")])[unit % 5],
        np.array(UNITS)[unit // 5 % 6],
    )
    status = np.where(unit % 9 == 4, "注销", "正常")
    night = lives.told_on(rng, len(who))
    founded = town.start - (400 + unit * 211 % 5000) * DAY
    return extract(
        "private_nonenterprise", town, who, ("name", "id_number", "sex", "birth_date", "phone"), night,
        unit_uscc=numbers.credit_codes(2_000_000 + unit, np.full(len(unit), 52)), unit_name=names,
        role=np.where(np.arange(len(who)) * 2 % 5 < 2, "法定代表人", choice(rng, ("举办者", "理事"), len(who))), status=status,
        founded_date=founded, cancelled_date=np.where(status == "注销", founded + 300 * DAY, NO_DAY),
    )  # fmt: skip


def income(standing: Standing) -> Extract:
    """Last year's incomes: of aided and listed households as civil affairs checked them, of owners from the tax office."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("income")
    homes = standing.any_of_household(standing.named_in("low_income") | standing.named_in("poverty_list"))
    grown = town.is_own & (town.age >= 16) & ~lives.is_dead
    checked = np.flatnonzero(grown & homes[town.household])
    owners = np.flatnonzero(grown & (lives.state == OWNER) & (rng.random(len(grown)) < 0.25))
    holders = some(rng, grown & standing.is_registered, count_of(lives, 400, 3))
    parts = [
        incomes(standing, rng, checked, np.where(standing.works[checked], "劳动", np.where(town.age[checked] >= 60, "转移", "劳动")), 400, 16000,
                choice(rng, ("民政核对", "本人申报"), len(checked), (0.7, 0.3))),
        incomes(standing, rng, owners, np.full(len(owners), "经营"), 8000, 120_000, np.full(len(owners), "税务")),
        incomes(standing, rng, holders, np.full(len(holders), "投资"), 500, 30_000, np.full(len(holders), "税务")),
    ]  # fmt: skip
    return joined(parts)


def incomes(
    standing: Standing, rng: np.random.Generator, who: Array, kind: Array, low: int, high: int, declared: Array
) -> Extract:
    """One row each, in whole tens; one in seven without the household's number."""
    count = len(who)
    book = household_numbers(standing.town.household[who])
    return extract(
        "income", standing.town, who, ("name", "id_number"), standing.lives.told_on(rng, count),
        year=np.full(count, int(str(standing.town.start)[:4]) - 1), kind=kind, amount=rng.integers(low // 10, high // 10, count) * 10.0,
        household_no=np.where(rng.random(count) < 0.15, "", book), declared=declared,
    )  # fmt: skip
