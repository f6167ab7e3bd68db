"""Who is at school, who left it these last years, and who serves or served as a soldier."""

import numpy as np

from sample_data.extracts import Array, Extract, amended, extract, joined
from sample_data.lives import IDLE, PENSIONER, Mask, choice
from sample_data.people import CITY
from sample_data.standing import DAY, NO_DAY, Standing, count_of, nullable, some

SCHOOLS = {
    "小学": tuple(f"{CITY}第{k}小学" for k in "一二三四五"), "初中": tuple(f"{CITY}第{k}中学" for k in "一二三"),
    "高中": (f"{CITY}第一高级中学", f"{CITY}第二高级中学"), "中专": (f"{CITY}职业技术学校",),
    "大专": ("海澜职业技术学院", "平沙工程职业学院"), "本科": ("云陵大学", "北塬工业大学", "苍榆师范学院"), "硕士": ("云陵大学",),
}  # fmt: skip
BEGINS = {"小学": 6, "初中": 12, "高中": 15, "中专": 15, "大专": 18, "本科": 18, "硕士": 22}  # years after the cohort's
LEAVES = {"中专": 18, "大专": 21, "本科": 22, "硕士": 25}
PERSON = ("name", "id_number", "sex", "birth_date", "phone")


def cohort(standing: Standing) -> Array:
    """The school year a person belongs to: those born from September on belong to the next one."""
    birth = standing.town.birth
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    month = birth.astype("datetime64[M]").astype(np.int64) % 12
    return year + (month >= 8)


def dates(year: Array, month: int, day: Array | int) -> Array:
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + np.timedelta64(month - 1, "M")
    return np.asarray(first.astype("datetime64[D]") + (np.asarray(day) - 1) * DAY)


def school_year(standing: Standing) -> int:
    """The year in which the school year of the first night began."""
    month = standing.town.start.astype("datetime64[M]").astype(int)
    return int(1970 + month // 12 - (month % 12 < 8))


def pupils(standing: Standing) -> tuple[Mask, Array]:
    """Who is enrolled, and at which level."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("pupils")
    years = school_year(standing) - cohort(standing)
    draw, idle = rng.random(len(years)), lives.state == IDLE
    enrolled = (years >= 6) & (years < 15) | (years >= 15) & (years < 18) & idle
    enrolled |= idle & (years >= 18) & (draw < np.select([years < 22, years < 25], [0.8, 0.3], 0.0))
    level = np.select(
        [years < 12, years < 15, years < 18, years < 22], ["小学", "初中", np.where(draw < 0.6, "高中", "中专"), np.where(draw < 0.45, "本科", "大专")],
        "硕士",
    )  # fmt: skip
    return enrolled & town.is_own & ~lives.is_dead, level


def education(standing: Standing) -> Extract:
    """Pupils and students without a leaving date, graduates of the last three years with one. Who leaves on a later
    night stands as a student until then."""
    lives, rng = standing.lives, standing.lives.rng("education")
    enrolled, level = pupils(standing)
    at_school = np.flatnonzero(enrolled)
    parts = [enrolments(standing, rng, at_school, level[at_school], np.full(len(at_school), NO_DAY))]
    pool = standing.town.is_own & ~enrolled & (lives.state != PENSIONER)
    who = np.flatnonzero(pool & (rng.random(len(pool)) < 0.85))
    kind = rng.choice(len(LEAVES), len(who), p=(0.2, 0.36, 0.4, 0.04))
    degree, year = np.array(tuple(LEAVES))[kind], cohort(standing)[who] + np.array(tuple(LEAVES.values()))[kind]
    left = dates(year, 6, 21 + rng.integers(0, 10, len(who)))
    recent = (left > standing.town.start - 3 * 365 * DAY) & (left <= lives.snapshot(lives.nights))
    who, degree, left = who[recent], degree[recent], left[recent]
    graduates = enrolments(standing, rng, who, degree, np.where(left <= standing.town.start, left, NO_DAY))
    later = np.flatnonzero(left > standing.town.start)
    night = (left[later] - standing.town.start).astype(np.int64) + 1
    parts.append(amended(graduates, later, night, leave_date=left[later]))
    return joined(parts)


def enrolments(standing: Standing, rng: np.random.Generator, who: Array, level: Array, left: Array) -> Extract:
    count = len(who)
    school = np.full(count, "", dtype="U12")
    begins = np.zeros(count, dtype=np.int64)
    for word, names in SCHOOLS.items():
        at = np.flatnonzero(level == word)
        school[at] = choice(rng, names, len(at))
        begins[at] = BEGINS[word]
    is_grown = np.isin(level, tuple(LEAVES))
    has_hardship = standing.named_in("low_income")[who] & (rng.random(count) < 0.6)
    return extract(
        "education", standing.town, who, PERSON, school=school, level=level, full_time=np.where(is_grown, rng.random(count) < 0.93, True),
        enrol_date=dates(cohort(standing)[who] + begins, 9, 1), leave_date=left,
        internship_wish=nullable(rng.random(count) < 0.35, np.isnat(left)), special_hardship=nullable(has_hardship, ~is_grown),
    )  # fmt: skip


def military(standing: Standing) -> Extract:
    """Young men in service, soldiers discharged these last years, and two who enlist while registered as unemployed."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("military")
    enrolled, _ = pupils(standing)
    men = town.is_own & town.is_male & ~lives.is_dead
    serving = some(
        rng, men & (town.age >= 20) & (town.age < 25) & ~enrolled & (lives.state == IDLE), count_of(lives, 1400, 3)
    )
    new = some(rng, men & (town.age >= 18) & (town.age < 30) & standing.is_registered, 2)
    back = some(rng, men & (town.age >= 25) & (town.age < 37), count_of(lives, 4000, 8))
    back = np.setdiff1d(back, np.concatenate([serving, new]))
    since = np.concatenate([
        dates(school_year(standing) - rng.integers(0, 2, len(serving)), 9, 10 + rng.integers(0, 12, len(serving))),
        np.full(len(new), town.start - 12 * DAY), dates(cohort(standing)[back] + 18 + rng.integers(0, 2, len(back)), 9, 16),
    ])  # fmt: skip
    served = np.where(
        cohort(standing)[back] + 25 < school_year(standing), rng.choice((2, 5), len(back), p=(0.75, 0.25)), 2
    )
    until = np.full(len(since), NO_DAY)
    until[len(since) - len(back) :] = since[len(since) - len(back) :] + (served * 365 - 15) * DAY
    night = np.repeat([1, min(2, lives.nights), 1], [len(serving), len(new), len(back)])
    who = np.concatenate([serving, new, back])
    return extract("military", town, who, PERSON[:4], night, enlist_date=since, discharge_date=until)
