"""Employers and their posts, job fairs, complaints: extracts that are about nobody in particular."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Array, Extract, amended, things
from sample_data.lives import EMPLOYEE, TRADES, choice, employer_columns
from sample_data.people import CITY, TOWNS
from sample_data.standing import DAY, NO_DAY, Standing, count_of, days_ago, nullable, some

POSTS = (("保洁员", "保洁", 2600), ("保安", "保安", 2800), ("车工", "机加工", 5200), ("收银员", "零售", 3000), ("家政服务员", "家政", 4200),
         ("货车司机", "运输", 6500), ("文员", "行政", 3500), ("厨师", "餐饮", 5800), ("仓库管理员", "物流", 3600), ("电工", "电工", 5400))  # fmt: skip
ANSWERS = (
    ("满意度", "满意"),
    ("满意度", "基本满意"),
    ("满意度", "不满意"),
    ("投诉", "属实,已整改"),
    ("投诉", "不属实"),
    ("投诉", "办理中"),
)
FAIRS = ("春风行动招聘会", "就业援助月专场", "零工市场招聘会", "高校毕业生专场", "残疾人就业专场", "线上招聘活动")
AUDIENCES = ("农村劳动力", "就业困难人员", "灵活就业人员", "高校毕业生", "残疾人", "失业人员")


def employer(standing: Standing) -> Extract:
    """Every employer that insures or insured somebody, with its head count; the largest are key ones, and one in eighty
    gave notice of lay-offs. Later nights bring new notices."""
    lives, rng = standing.lives, standing.lives.rng("employer")
    last = int(lives.employer.max()) + 2  # the re-hired went to the employer after their old one
    serial = np.arange(last)
    staff = np.bincount(lives.employer[(lives.state == EMPLOYEE) & ~lives.is_dead], minlength=last)
    firm = employer_columns(serial)
    gives_notice = rng.random(last) < max(1 / 80, 2 / last)
    notice = np.where(gives_notice, days_ago(rng, lives, np.ones(last, dtype=int), 3, 120), NO_DAY)
    part = things(
        "employer", last, employer_uscc=firm["employer_uscc"], employer_name=firm["employer_name"],
        headcount=np.maximum(staff + rng.integers(0, 4, last), 1), key_enterprise=staff >= np.sort(staff)[-max(2, last // 50)],
        layoff_notice_date=notice, industry=np.array(TRADES)[serial % len(TRADES)],
    )  # fmt: skip
    which = some(rng, ~gives_notice, max(1, last // 2000) * (lives.nights - 1))
    night = 2 + np.arange(len(which)) % max(lives.nights - 1, 1)
    return amended(part, which, night, layoff_notice_date=lives.snapshot(night))


def vacancy(standing: Standing) -> Extract:
    """Posts of these employers, one in twelve a public one; some have no end, some are over."""
    lives, rng = standing.lives, standing.lives.rng("vacancy")
    count = count_of(lives, 6000, 40)
    firm = employer_columns(rng.integers(0, int(lives.employer.max()) + 1, count))
    kind = rng.integers(0, len(POSTS), count)
    post, trade = (np.array([p[k] for p in POSTS])[kind] for k in (0, 1))
    pay = np.array([float(p[2]) for p in POSTS])[kind] + rng.integers(-4, 8, count) * 100
    is_public = rng.random(count) < 0.08
    night = lives.told_on(rng, count)
    night[: lives.nights] = np.arange(lives.nights) + 1  # every night brings a post
    since = days_ago(rng, lives, night, 1, 75, fresh=2)
    place = np.strings.add(
        np.array(TOWNS)[rng.integers(0, len(TOWNS), count)], choice(rng, ("", "", ",晨光路12号"), count)
    )
    return things(
        "vacancy", count, night, vacancy_no=numbers.serials("GW", np.arange(count) + 1, 7),
        employer_name=np.where(is_public, f"{CITY}公共就业服务中心", firm["employer_name"]), employer_uscc=np.where(is_public, "", firm["employer_uscc"]),
        post=post, trade=trade, headcount=rng.integers(1, 12, count), pay_from=pay, pay_to=pay + rng.integers(0, 15, count) * 100.0,
        max_age=nullable(rng.choice((35, 40, 45, 50, 55), count), rng.random(count) < 0.3), education=choice(rng, ("", "", "初中及以上", "高中", "大专"), count),
        place=place, valid_from=since, valid_to=np.where(rng.random(count) < 0.9, since + rng.integers(20, 90, count) * DAY, NO_DAY),
        contact=choice(rng, ("王经理", "包主任", "李女士", ""), count), public_welfare=is_public,
    )  # fmt: skip


def complaint(standing: Standing) -> Extract:
    """Answers on satisfaction, and complaints: no two of one day, town and result."""
    lives, rng = standing.lives, standing.lives.rng("complaint")
    spans = (90, len(TOWNS), len(ANSWERS))
    day, town, said = cells(rng, spans, count_of(lives, 500, 14), np.array([6.0, 3.0, 1.0, 0.5, 0.5, 0.5]))
    night = lives.told_on(rng, len(day))
    date = np.where(night > 1, lives.snapshot(night), lives.town.start - day * DAY)
    kind, result = (np.array([a[k] for a in ANSWERS])[said] for k in (0, 1))
    return things("complaint", len(day), night, date=date, kind=kind, area=np.array(TOWNS)[town], result=result)


def activity(standing: Standing) -> Extract:
    """Fairs and campaigns of the last four months, and those that later nights announce."""
    lives, rng = standing.lives, standing.lives.rng("activity")
    day, town, fair = cells(rng, (120, len(TOWNS), len(FAIRS)), count_of(lives, 150, 18), np.ones(len(FAIRS)))
    night = lives.told_on(rng, len(day))
    date = np.where(night > 1, lives.snapshot(night) + 7 * DAY, lives.town.start - day * DAY)
    return things("activity", len(day), night, date=date, kind=np.array(FAIRS)[fair], area=np.array(TOWNS)[town],
                  audience=np.array(AUDIENCES)[fair])  # fmt: skip


def cells(rng: np.random.Generator, spans: tuple[int, int, int], count: int, weights: Array) -> tuple[Array, ...]:
    """Different cells of a table of days, towns and words, the words by weight."""
    share = np.tile(weights, spans[0] * spans[1])
    chosen = rng.choice(len(share), min(count, len(share) // 2), replace=False, p=share / share.sum())
    return np.unravel_index(chosen, spans)
