"""Lists that other bodies keep: lifted out of poverty or watched, land lost, and whom the mass organisations know."""

import numpy as np

from sample_data import numbers
from sample_data.extracts import Extract, extract, joined
from sample_data.lives import BACK, IDLE, RESIDENT, STOPPED, choice
from sample_data.people import TOWNS
from sample_data.standing import DAY, NO_DAY, Standing, count_of, days_ago, some

PERSON = ("name", "id_number", "town", "village", "phone")
WATCHED = ("脱贫不稳定", "边缘易致贫", "突发严重困难")
PROJECTS = ("河湾新区一期", "北塬风电项目", "城南快速路", "苍榆工业园二期", "石桥湾水库", "铁路货场改建")


def poverty_list(standing: Standing) -> Extract:
    """All members of some rural households, of aided ones more often; watched ones leave the list again."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("poverty_list")
    count = town.household.max() + 1
    is_aided = standing.any_of_household(standing.named_in("low_income"))
    listed = ~standing.is_urban & (rng.random(count) < np.where(is_aided, 0.3, 0.03))
    who = np.flatnonzero(listed[town.household] & town.is_own)
    book = town.household[who]
    kind = choice(rng, ("脱贫人口", *WATCHED), count, (0.8, 0.1, 0.07, 0.03))[book]
    night = np.where(kind == "脱贫人口", 1, lives.told_on(rng, count)[book])
    year = np.datetime64("2015-12-31") + rng.integers(0, 5, count)[book] * 365 * DAY
    recent = lives.snapshot(night) - np.where(night > 1, 1, rng.integers(20, 900, count)[book]) * DAY
    since = np.where(kind == "脱贫人口", year, recent)
    left = (kind != "脱贫人口") & (rng.random(count) < 0.25)[book] & (since < town.start - 200 * DAY)
    return extract(
        "poverty_list", town, who, PERSON, night, household_no=numbers.serials("TP", book, 7), list_kind=kind,
        from_date=since, to_date=np.where(left, town.start - 30 * DAY, NO_DAY),
    )  # fmt: skip


def land_expropriation(standing: Standing) -> Extract:
    """Grown members of rural households that lost land to one of a few projects."""
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("land_expropriation")
    count = town.household.max() + 1
    lost = ~standing.is_urban & (rng.random(count) < max(0.02, 6 / count))
    who = np.flatnonzero(lost[town.household] & town.is_own & (town.age >= 18))
    book = town.household[who]
    project = rng.integers(0, len(PROJECTS), count)[book]
    area = np.round(rng.gamma(2.0, 1.2, count)[book] + 0.2, 2)
    day = town.start - (200 + project * 487 + rng.integers(0, 30, count)[book]) * DAY
    night = lives.told_on(rng, count)[book]
    return extract(
        "land_expropriation", town, who, PERSON, night, project=np.array(PROJECTS)[project], lost_date=day, area_mu=area
    )


def mass_organisation_list(standing: Standing) -> Extract:
    """Three hand-typed lists. One row in fourteen comes without a number."""
    lives, town = standing.lives, standing.town
    alone, young = standing.is_single_parent, town.age < 28
    women = (
        town.is_own
        & ~town.is_male
        & (town.age >= 20)
        & (town.age < 58)
        & np.isin(lives.state, (RESIDENT, IDLE, STOPPED))
    )
    pools = {
        "工会": (town.is_own & np.isin(lives.state, (STOPPED, BACK)), ("困难职工", "下岗失业职工", "零就业家庭职工"), 2200),
        "妇联": (women | (alone & ~town.is_male), ("困难妇女", "失业妇女", "单亲母亲"), 1500),
        "共青团": (town.is_own & (town.age >= 18) & young & np.isin(lives.state, (IDLE, STOPPED)), ("未就业青年", "困难青年"), 700),
    }  # fmt: skip
    return joined([one_list(standing, word, *pool) for word, pool in pools.items()])


def one_list(
    standing: Standing, organisation: str, pool: np.ndarray, kinds: tuple[str, ...], per_million: int
) -> Extract:
    lives, town, rng = standing.lives, standing.town, standing.lives.rng(f"list of {organisation}")
    who = some(rng, pool & ~lives.is_dead, count_of(lives, per_million, 9))
    night = lives.told_on(rng, len(who))
    lost = rng.random(len(who)) < 0.07
    kind = choice(rng, kinds, len(who))
    kind = np.where((kind == "单亲母亲") & ~standing.is_single_parent[who], "困难妇女", kind)
    part = extract(
        "mass_organisation_list", town, who, ("name", "sex", "phone", "address"), night, id_number=np.where(lost, "", town.number[who]),
        town=np.array([t.removesuffix("街道").removesuffix("镇") for t in TOWNS])[town.place[who] // 8], organisation=organisation,
        list_kind=kind, list_date=days_ago(rng, lives, night, 10, 400),
    )  # fmt: skip
    part.damage[lost] = "id_number:empty"
    return part
