"""What recognised and registered people are given: courses, subsidies, public posts, visits at home."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Array, Extract, extract, joined
from sample_data.lives import MONTH, OWNER, STOPPED, choice, employer_columns
from sample_data.people import CITY, TOWNS, VILLAGES
from sample_data.recognition import Recognised
from sample_data.services import wished
from sample_data.standing import DAY, NO_DAY, Standing, between, count_of, month_of, nullable, some

COURSES = ("家政服务员", "养老护理员", "中式面点", "电工(初级)", "网络创业", "焊工", "育婴员", "保安员")
PROVIDERS = (f"{CITY}职业技术学校", f"{CITY}同心职业培训学校", f"{CITY}晨光技能培训中心")
VISITORS = ("网格员小张", "乌兰主任", "刘书记", "志愿者")
SCHOOLING = ("小学", "初中", "高中", "中专", "大专")
PERSON = ("name", "id_number", "sex", "phone")


def training(standing: Standing) -> Extract:
    """Courses of one registered person in six, some two or three; one in five has passed without a certificate yet."""
    lives, rng = standing.lives, standing.lives.rng("training")
    began, _, told = standing.first_registration
    people = np.flatnonzero(standing.is_registered & (rng.random(len(began)) < 0.17))
    who = np.repeat(people, rng.choice((1, 2, 3), len(people), p=(0.75, 0.18, 0.07)))
    count = len(who)
    night = np.maximum(lives.told_on(rng, count), told[who])
    day = between(rng, began[who], lives.snapshot(night))
    passed = np.where(rng.random(count) < 0.7, day + 12 * DAY, NO_DAY)
    passed = np.where(passed <= lives.snapshot(night), passed, NO_DAY)
    issued = np.where(rng.random(count) < 0.8, passed + rng.integers(5, 75, count) * DAY, NO_DAY)
    return extract(
        "training", standing.town, who, PERSON, night, provider=choice(rng, PROVIDERS, count), course=choice(rng, COURSES, count),
        free=rng.random(count) < 0.9, start_date=day, pass_date=passed,
        certificate_date=np.where(issued <= lives.snapshot(night), issued, NO_DAY), mode=choice(rng, ("线上", "线下"), count, (0.3, 0.7)),
    )  # fmt: skip


def public_post(standing: Standing, recognised: Recognised) -> Extract:
    """Posts in the streets and villages where the holders live; a sixth have left theirs again."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("public_post")
    who = recognised.placed
    count = len(who)
    work = choice(rng, ("人民政府保洁岗", "社区服务岗", "护林护草岗", "道路养护岗"), count)
    night = lives.told_on(rng, count)
    since = recognised.since[who] + rng.integers(5, 60, count) * DAY
    since = np.where(night > 1, lives.snapshot(night) - DAY, np.minimum(since, town.start - 2 * DAY))
    left = (rng.random(count) < 0.16) & (since < town.start - 40 * DAY)
    return extract(
        "public_post", town, who, ("name", "id_number", "phone", "town"), night,
        unit=np.strings.add(np.array(TOWNS)[town.place[who] // len(VILLAGES)], work), post_no=numbers.serials("GY", np.arange(count) + 1, 6), start_date=since,
        end_date=np.where(left, town.start - rng.integers(1, 19, count) * DAY, NO_DAY),
    )  # fmt: skip


def subsidy(standing: Standing, recognised: Recognised) -> Extract:
    """Quarterly social-insurance subsidies of recognised people, to themselves or to who hired them; post and training
    money; one-off ones of new owners and graduates. A few flexible ones are drawn next to an employer's insurance."""
    lives, rng = standing.lives, standing.lives.rng("subsidy")
    suspects = some(rng, recognised.hired, max(1, len(recognised.hired) // 12))
    flexible = np.concatenate([recognised.flexible, suspects])
    posts = recognised.placed
    trained = some(rng, standing.is_registered & (lives.state == STOPPED), count_of(lives, 700, 4))
    owners = some(rng, standing.is_registered & (lives.state == OWNER), count_of(lives, 300, 2))
    leavers = some(
        rng,
        standing.named_in("education") & standing.named_in("low_income") & (standing.town.age > 18),
        count_of(lives, 300, 2),
    )
    firms = employer_columns(lives.employer[recognised.hired] + 1)
    offices = np.strings.add(np.array(TOWNS)[standing.town.place[posts] // len(VILLAGES)], "人民政府")
    return joined([
        quarters(recognised, standing, rng, flexible, "灵活就业社保补贴", 620.0), quarters(recognised, standing, rng, posts, "公益性岗位补贴", 1980.0, offices),
        quarters(recognised, standing, rng, recognised.hired, "单位社保补贴", 850.0, firms["employer_name"], firms["employer_uscc"]),
        once(standing, rng, trained, "生活费补贴", 450.0), once(standing, rng, trained[::2], "培训补贴", 1200.0),
        once(standing, rng, owners, "一次性创业补贴", 5000.0), once(standing, rng, leavers, "求职创业补贴", 1500.0),
    ])  # fmt: skip


def quarters(recognised: Recognised, standing: Standing, rng: np.random.Generator, who: Array, item: str, rate: float, payee: Array | None = None,
             uscc: Array | None = None) -> Extract:  # fmt: skip
    """Up to four lines each, a quarter a line, paid in the month after; none for the first two months of a recognition."""
    turns = rng.integers(1, 5, len(who))
    at = np.repeat(np.arange(len(who)), turns)
    back = np.arange(len(at)) - np.repeat(turns.cumsum() - turns, turns)
    last = month_of(standing.town.start) - MONTH - 3 * back * MONTH
    length = np.where(rng.random(len(at)) < 0.15, rng.integers(1, 3, len(at)), 3)
    paid = (last + MONTH).astype("datetime64[D]") + (4 + at % 9) * DAY
    night = np.maximum((paid - np.asarray(standing.town.start)).astype(np.int64) + 1, 1)
    begins = month_of(recognised.since[who])[at] + 2 * MONTH
    kept = np.flatnonzero((night <= standing.lives.nights) & (last - (length - 1) * MONTH >= begins))
    at, last, length, paid, night = at[kept], last[kept], length[kept], paid[kept], night[kept]
    return extract(
        "subsidy", standing.town, who[at], PERSON[:3], night, item=item, payee_name=None if payee is None else payee[at],
        payee_uscc=None if uscc is None else uscc[at], month_from=last - (length - 1) * MONTH, month_to=last, amount=length * rate,
        paid_date=paid,
    )  # fmt: skip


def once(standing: Standing, rng: np.random.Generator, who: Array, item: str, amount: float) -> Extract:
    month = month_of(standing.town.start) - rng.integers(1, 9, len(who)) * MONTH
    night = standing.lives.told_on(rng, len(who))
    return extract(
        "subsidy", standing.town, who, PERSON[:3], night, item=item, payee_name=None, payee_uscc=None, month_from=month, month_to=month,
        amount=np.full(len(who), amount), paid_date=month.astype("datetime64[D]") + 24 * DAY,
    )  # fmt: skip


def household_visit(standing: Standing, recognised: Recognised) -> Extract:
    """Visits to recognised people who look for work, and reports from communities on people who lost a job and are not
    registered: four in ten of those without a number. Many answers are blank."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("household_visit")
    visited = recognised.looking[rng.random(len(recognised.looking)) < 0.5]
    unseen = town.is_own & (lives.state == STOPPED) & ~standing.is_registered & ~lives.is_dead
    reported = some(rng, unseen, count_of(lives, 2500, 8))
    who = np.concatenate([visited, reported])
    count, is_report = len(who), np.arange(len(who)) >= len(visited)
    night = np.maximum(
        lives.told_on(rng, count),
        np.maximum(standing.first_registration[2][who], np.where(is_report, lives.stop_night[who], 1)),
    )
    lost = is_report & (rng.random(count) < 0.4)
    part = extract(
        "household_visit", town, who, ("name", "sex", "phone", "town", "village", "address"), night, id_number=np.where(lost, "", town.number[who]),
        visit_date=lives.snapshot(night) - np.where(night > 1, 0, rng.integers(1, 9, count)) * DAY, visitor=choice(rng, VISITORS, count),
        provider=np.where(rng.random(count) < 0.2, "苍榆乐业社会工作服务中心", ""), employed=nullable(rng.random(count) < 0.06, rng.random(count) < 0.1),
        able=nullable(rng.random(count) < 0.95, rng.random(count) < 0.2), willing=nullable(rng.random(count) < 0.85, rng.random(count) < 0.2),
        education=choice(rng, (*SCHOOLING, ""), count), skill=choice(rng, ("", "", "电工", "驾驶", "家政"), count),
        health=choice(rng, ("健康", "一般", "较差", ""), count), training_wish=choice(rng, ("愿意", "不愿意", ""), count),
        job_need=choice(rng, ("保洁员", "保安,门卫", "家政服务", ""), count),
        no_income_household=nullable(standing.is_jobless_home[town.household[who]] & (rng.random(count) < 0.5), rng.random(count) < 0.3),
        **wished(lives, "visits", count), remark=choice(rng, ("", "", "家有老人需照料", "电话号码已变更", "在外打零工,月底回来"), count),
    )  # fmt: skip
    part.damage[lost] = "id_number:empty"
    return part
