"""Household books and marital events, of the households that `people` made."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Array, Extract, amended, extract, joined
from sample_data.lives import choice, heads, night_share
from sample_data.people import CHILD, CITY, HEAD, PARENT, SPOUSE, TOWNS
from sample_data.standing import DAY, NO_DAY, Standing, count_of, days_ago, month_of, some

BOOK = ("name", "id_number", "sex", "birth_date")
ELSEWHERE = ("云陵市", "海澜市", "平沙市", "松泉县")  # invented places, too
RELATIONS = np.array([["户主", "户主"], ["妻", "夫"], ["女", "子"], ["母亲", "父亲"]])
OLD_AREA = 152199  # of numbers given anew; no list of GB/T 2260 contains it
YEAR = 365 * DAY


def household_numbers(household: Array) -> Array:
    return numbers.serials("H", household, 8)


def household_register(standing: Standing) -> Extract:
    """Every person of the town. One household in twenty-five has its hukou elsewhere and says since when it lives here."""
    town, rng = standing.town, standing.lives.rng("household_register")
    who = np.arange(town.own)
    home = town.household[who]
    count = town.household.max() + 1
    is_away = (rng.random(count) < 0.04)[home] | np.strings.startswith(town.number[who], "8")
    away = choice(rng, ELSEWHERE, count)[home]
    here = np.strings.add(CITY, np.array(TOWNS)[town.place[who] // 8])
    since = month_of(town.start) - rng.integers(2, 120, count)[home].astype("timedelta64[M]")
    has_old = rng.random(len(who)) < 0.004
    part = extract(
        "household_register", town, who, BOOK, household_no=household_numbers(home),
        relation=RELATIONS[town.role[who], town.is_male[who].astype(int)],
        hukou_kind=np.where(standing.is_urban[home], "城镇", "农村"), hukou_area=np.where(is_away, away, here),
        residence_start=np.where(is_away, since.astype("datetime64[D]") + 9 * DAY, NO_DAY), move_abroad_date=np.full(len(who), NO_DAY),
        old_id=old_numbers(standing, who, has_old), marital=marital_states(standing)[who],
    )  # fmt: skip
    return with_moves(part, standing)


def old_numbers(standing: Standing, who: Array, has_old: Array) -> Array:
    """The number that a person had before it was given anew."""
    town, found = standing.town, np.full(len(who), "", dtype="U18")
    few = who[has_old]
    area = np.full(len(few), OLD_AREA)
    sequence = numbers.sequence_numbers(area, town.birth[few], town.is_male[few])
    found[has_old] = numbers.identity_numbers(area, town.birth[few], sequence)
    return found


def with_moves(part: Extract, standing: Standing) -> Extract:
    """Each later night a few move to another town of the city, and now and then one goes abroad for good."""
    lives, rng = standing.lives, standing.lives.rng("moves")
    later = lives.nights - 1
    share = night_share(standing.town.own) / 20
    which = some(rng, standing.town.age[: len(part)] > 18, max(2, int(share * len(part))) * later)
    night = 2 + np.arange(len(which)) % max(later, 1)
    area = np.strings.add(CITY, choice(rng, TOWNS, len(which)))
    abroad = np.where(rng.random(len(which)) < 0.3, lives.snapshot(night) - 3 * DAY, NO_DAY)
    return amended(part, which, night, hukou_area=area, move_abroad_date=abroad)


def marital_states(standing: Standing) -> Array:
    """Of everybody: married where the spouse lives here; empty for children."""
    town, rng = standing.town, standing.lives.rng("marital")
    age, count = town.age, len(town.name)
    draw, is_couple = rng.random(count), standing.has_spouse[town.household]
    alone = np.select(
        [standing.is_single_parent & (draw < 0.75), age < 33, age > 62, draw < 0.4],
        ["离婚", "未婚", "丧偶", "离婚"],
        "未婚",
    )
    roles = [town.role == SPOUSE, (town.role == HEAD) & is_couple, town.role == PARENT, town.role == CHILD]
    state = np.select(roles, ["已婚", "已婚", "丧偶", "未婚"], alone)
    return np.where((age < 22) & (town.role == CHILD), "", state)


def marriage(standing: Standing) -> Extract:
    """Marriages of the last twelve years, divorces and deaths of spouses with the child in care, and single parents who
    never married. Each later night a few divorce."""
    return joined([weddings(standing), partings(standing)])


def weddings(standing: Standing) -> Extract:
    """Two rows for a couple: a year before the eldest child, else after both were of age."""
    town, lives, rng = standing.town, standing.lives, standing.lives.rng("weddings")
    pair = np.flatnonzero((town.role == SPOUSE) & town.is_own)
    head = heads(town)[town.household[pair]]
    of_age = np.maximum(town.birth[pair], town.birth[head]) + 23 * YEAR
    eldest = np.full(town.household.max() + 1, town.start)
    children = np.flatnonzero((town.role == CHILD) & town.is_own)
    np.minimum.at(eldest, town.household[children], town.birth[children])
    day = np.minimum(eldest[town.household[pair]] - 400 * DAY, of_age + rng.integers(0, 2000, len(pair)) * DAY)
    day = np.maximum(day, of_age - 2 * YEAR)
    recent = (day > town.start - 12 * YEAR) & (day < town.start) & (rng.random(len(pair)) < 0.4)
    day, both = np.tile(day[recent], 2), np.concatenate([head[recent], pair[recent]])
    night = np.tile(lives.told_on(rng, int(recent.sum())), 2)
    day = np.where(night > 1, lives.snapshot(night) - 2 * DAY, day)
    return extract(
        "marriage", town, both, BOOK[:3], night, status="已婚", event_date=day, child_id=None, child_birth=None
    )


def partings(standing: Standing) -> Extract:
    """Divorced, widowed, and single parents, with the youngest child while under age."""
    town, lives, rng = standing.town, standing.lives, standing.lives.rng("partings")
    state = marital_states(standing)
    alone = town.is_own & (town.role == HEAD) & (town.age < 70) & np.isin(state, ("离婚", "丧偶"))
    who = np.flatnonzero(alone & (rng.random(len(state)) < 0.7) | (standing.is_single_parent & (town.age >= 22)))
    pair = some(
        rng, town.is_own & (town.role == SPOUSE) & (town.age < 55), count_of(lives, 400, 2) * (lives.nights - 1)
    )
    night = np.concatenate([np.ones(len(who), dtype=int), 2 + np.arange(len(pair)) % max(lives.nights - 1, 1)])
    who = np.concatenate([who, pair])
    child = standing.youngest[town.household[who]]
    cares = (child >= 0) & (town.age[child] < 18)
    low = np.where(cares, town.birth[child], town.birth[who] + 24 * YEAR).astype("datetime64[D]")
    span = np.maximum((town.start - low).astype(np.int64), 40)
    day = np.where(
        night > 1,
        days_ago(rng, lives, night, 1, 2),
        town.start - (rng.random(len(who)) * 0.8 * span).astype(np.int64) * DAY,
    )
    status = np.where(night > 1, "离婚", np.where(state[who] == "", "未婚", state[who]))
    return extract("marriage", town, who, BOOK[:3], night, status=status, event_date=day - np.where(night > 1, 0, 5) * DAY,
                   child_id=np.where(cares, town.number[child], ""), child_birth=np.where(cares, town.birth[child], NO_DAY))  # fmt: skip
