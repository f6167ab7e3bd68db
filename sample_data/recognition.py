"""Who is or was recognised as a person in employment hardship, on which basis, and why it ended."""

from dataclasses import dataclass

import numpy as np

from sample_data.extracts import Array, Extract, amended, extract, joined
from sample_data.lives import BACK, FLEXIBLE, PENSIONER, RESIDENT, STOPPED, choice, night_share
from sample_data.standing import DAY, NO_DAY, Standing, between, count_of, some

OLDER, DISABLED, AIDED, LISTED, LANDLESS = "大龄失业人员", "残疾人", "低保家庭成员", "脱贫人口", "失地农民"
JOBLESS_HOME, SINGLE_PARENT, LONG = "零就业家庭成员", "单亲抚养未成年人", "连续失业一年以上人员"
OWNERS = ("王老师", "乌云老师", "李站长", "赵网格员", "")
PERSON = ("name", "id_type", "id_number", "sex", "birth_date", "phone", "town", "village")


@dataclass(frozen=True)
class Recognised:
    """The people behind the rows, for what they are given: `placed` hold public posts, `flexible` insure themselves,
    `hired` found an employer (their recognition stands), and all others look for work. `since`: day of the recognition
    that stands, by person."""

    extract: Extract
    looking: Array
    flexible: Array
    placed: Array
    hired: Array
    since: Array


def bases(standing: Standing) -> Array:
    """The basis each person has, the plainest first; empty where none fits."""
    town = standing.town
    began, _, _ = standing.first_registration
    tests = [
        standing.named_in("disability_certificate"), standing.named_in("low_income"), standing.named_in("poverty_list"),
        standing.named_in("land_expropriation"), standing.is_single_parent, standing.is_older_worker,
        standing.is_registered & standing.is_jobless_home[town.household] & standing.is_urban[town.household],
        standing.is_registered & (began < town.start - 365 * DAY),
    ]  # fmt: skip
    words = [DISABLED, AIDED, LISTED, LANDLESS, SINGLE_PARENT, OLDER, JOBLESS_HOME, LONG]
    return np.where(town.is_own & standing.is_of_working_age & ~standing.lives.is_dead, np.select(tests, words, ""), "")


def recognise(standing: Standing) -> Recognised:
    """Registered people with a basis; older ones who were helped into flexible work, a job or a public post; and spells
    that have ended, some of them followed by a second one."""
    lives, rng, basis = standing.lives, standing.lives.rng("recognition"), bases(standing)
    registered, older = standing.is_registered, standing.is_older_worker & (basis != "")
    looking = np.flatnonzero(registered & (lives.state == STOPPED) & (basis != "") & (rng.random(len(basis)) < 0.42))
    flexible = some(rng, older & (lives.state == FLEXIBLE) & ~registered, count_of(lives, 1500, 8))
    placed = some(rng, older & (lives.state == RESIDENT) & ~registered, count_of(lives, 1400, 16))
    hired = some(rng, (basis != "") & (lives.state == BACK), count_of(lives, 900, 6))
    parts = [standing_spells(standing, basis, group, rng) for group in (looking, flexible, placed, hired)]
    since = np.full(len(basis), NO_DAY)
    for part in parts:
        since[part.truth] = part.rows.column("recognised_date").to_numpy()
    spells_of_all = joined([*parts, ended_spells(standing, basis, rng)])
    return Recognised(with_exits(spells_of_all, standing, len(looking)), looking, flexible, placed, hired, since)


def standing_spells(standing: Standing, basis: Array, who: Array, rng: np.random.Generator) -> Extract:
    """Spells that stand: recognised some weeks after the registration, or years ago where there is none."""
    lives, count = standing.lives, len(who)
    began, _, told = standing.first_registration
    is_registered = standing.is_registered[who]
    night = np.where(is_registered & (told[who] > 1), told[who], lives.told_on(rng, count))
    today = lives.snapshot(night)
    gap = np.minimum(rng.integers(10, 80, count) * DAY, between(rng, began[who], today) - began[who])
    after = began[who] + gap
    day = np.where(is_registered, after, np.minimum(today, lives.town.start - rng.integers(90, 1000, count) * DAY))
    agreed = np.where(rng.random(count) < 0.7, np.minimum(day + rng.integers(0, 15, count) * DAY, today), NO_DAY)
    return spells(standing, basis[who], who, rng, night, day, agreed)


def spells(standing: Standing, basis: Array, who: Array, rng: np.random.Generator, night: Array | int, day: Array,
           agreed: Array, ended: Array | None = None, ground: Array | None = None, turn: int = 1) -> Extract:  # fmt: skip
    count = len(who)
    apply_day = day - rng.integers(6, 30, count) * DAY
    return extract(
        "hardship_recognition", standing.town, who, PERSON, night, basis=basis, apply_date=apply_day,
        prelim_date=apply_day + rng.integers(2, 6, count) * DAY, recognised_date=day,
        exit_date=np.full(count, NO_DAY) if ended is None else ended, exit_ground=ground, spell=np.full(count, turn),
        owner=choice(rng, OWNERS, count), agreement_date=agreed,
    )  # fmt: skip


def ended_spells(standing: Standing, basis: Array, rng: np.random.Generator) -> Extract:
    """Ended ones: re-hired, retired, or the basis is gone; a quarter of the re-hired are back with a second spell."""
    lives, town = standing.lives, standing.town
    hired = some(rng, town.is_own & (lives.state == BACK) & standing.is_older_worker, count_of(lives, 1500, 6))
    retired = some(rng, town.is_own & (lives.state == PENSIONER) & (town.age < 63), count_of(lives, 1200, 5))
    lapsed = some(rng, standing.is_registered & (basis == ""), count_of(lives, 500, 4))
    who = np.concatenate([hired, retired, lapsed])
    ground = np.repeat(
        ["已实现就业", "享受基本养老保险待遇", "不再符合认定条件"], [len(hired), len(retired), len(lapsed)]
    )
    said = np.repeat([OLDER, OLDER, JOBLESS_HOME], [len(hired), len(retired), len(lapsed)])
    ended = town.start - rng.integers(100, 700, len(who)) * DAY
    begun = ended - rng.integers(90, 800, len(who)) * DAY
    none = np.full(len(who), NO_DAY)
    first = spells(standing, said, who, rng, 1, begun, none, ended, ground)
    again = np.flatnonzero(
        (rng.random(len(who)) < 0.3) & (ended < town.start - 200 * DAY) & (np.arange(len(who)) < len(hired))
    )
    day = ended[again] + rng.integers(95, 160, len(again)) * DAY
    return joined([first, spells(standing, said[again], who[again], rng, 1, day, none[again], turn=2)])


def with_exits(part: Extract, standing: Standing, looking: int) -> Extract:
    """Each later night, some of those who look for work leave: a corrected row."""
    lives, rng = standing.lives, standing.lives.rng("exits")
    nights = lives.nights - 1
    fresh = part.night[:looking] == 1
    which = some(rng, fresh, max(1, int(2 * night_share(standing.town.own) * looking)) * nights)
    night = 2 + np.arange(len(which)) % max(nights, 1)
    ground = choice(rng, ("已实现就业", "主动申请退出", "超过法定退休年龄"), len(which), (0.7, 0.2, 0.1))
    return amended(part, which, night, exit_date=lives.snapshot(night) - DAY, exit_ground=ground)
