"""The invented town: who lives there, in which household, under which name and number. One array entry per person."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_data import names, numbers

Array = npt.NDArray[Any]

CITY = "苍榆市"
TOWNS = ("苍榆街道", "白桦街道", "河湾街道", "柳渡镇", "北塬镇", "石桥湾镇", "东铺镇", "沙窝苏木")
VILLAGES = ("第一社区", "第二社区", "晨光社区", "南桥社区", "榆树村", "小井村", "柳条嘎查", "前湾村")
HAN, HUI, MONGOLIAN, UYGHUR, TIBETAN = range(5)
ETHNICITIES = np.array(["汉族", "回族", "蒙古族", "维吾尔族", "藏族"])
ETHNIC_SHARES = (0.80, 0.02, 0.155, 0.015, 0.01)  # near those of Inner Mongolia, with a few more Uyghurs and Tibetans
PERMIT_SHARE = 0.002  # holders of a Hong Kong, Macao or Taiwan residence permit
STRANGER_SHARE = 0.01  # people of other towns, who stand in registers only and have no truth id
TWIN_SHARE = 0.1  # strangers with the name, birth date and sex of somebody in town
HEAD_AGES = ((20, 30, 0.12), (30, 40, 0.21), (40, 50, 0.19), (50, 60, 0.23), (60, 70, 0.15), (70, 88, 0.10))
HEAD, SPOUSE, CHILD, PARENT = range(4)


@dataclass(frozen=True)
class Town:
    """People as arrays of equal length, town's own people first, strangers last (`own` counts the former)."""

    start: np.datetime64
    own: int
    name: Array
    is_male: Array
    birth: Array  # datetime64[D]
    number: Array
    ethnicity: Array  # index into ETHNICITIES
    household: Array  # running number; -1 for strangers
    role: Array  # HEAD, SPOUSE, CHILD, PARENT
    phone: Array
    place: Array  # index of town x village

    @property
    def age(self) -> Array:
        """Age in years on the first night, with a fraction."""
        return (self.start - self.birth).astype(np.int64) / 365.25

    @property
    def is_own(self) -> Array:
        return np.arange(len(self.name)) < self.own


def stream(seed: int, subject: str) -> np.random.Generator:
    """A generator for one subject: what one part of the town draws does not move another part."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def make_town(people: int, seed: int, start: date) -> Town:
    """People of the town and the strangers around it. Same arguments, same town."""
    first_night = np.datetime64(start, "D")
    household, role, age = households(stream(seed, "households"), people)
    rng = stream(seed, "people")
    birth = first_night - (age * 365.25).astype(np.int64) - rng.integers(1, 365, people)
    head_is_male = rng.random(household.max() + 1) < 0.7
    is_male = np.where(role == SPOUSE, ~head_is_male[household], rng.random(people) < 0.515)
    is_male = np.where(role == HEAD, head_is_male[household], is_male)
    ethnicity = rng.choice(len(ETHNICITIES), household.max() + 1, p=ETHNIC_SHARES)[household]
    name = full_names(stream(seed, "names"), household, role, head_is_male, ethnicity, birth, is_male)
    place = rng.integers(0, len(TOWNS) * len(VILLAGES), household.max() + 1)[household]
    phone = numbers.phones(rng, people)
    shared = numbers.phones(rng, household.max() + 1)[household]
    phone = np.where((rng.random(people) < 0.1) | (age < 14), shared, phone)
    own = {"name": name, "is_male": is_male, "birth": birth, "ethnicity": ethnicity, "household": household}
    own |= {"role": role, "phone": phone, "place": place}
    everybody = with_strangers(stream(seed, "strangers"), own)
    area = areas(stream(seed, "areas"), len(everybody["name"]))
    sequence = numbers.sequence_numbers(area, everybody["birth"], everybody["is_male"])
    number = numbers.identity_numbers(area, everybody["birth"], sequence)
    return Town(start=first_night, own=people, number=number, **everybody)


def households(rng: np.random.Generator, people: int) -> tuple[Array, Array, Array]:
    """Household number, role and age in years of each person, members side by side. Shape: three (people,) arrays."""
    count = people // 2 + 2  # households hold 2.4 people on average, so these are enough
    band = rng.choice(len(HEAD_AGES), count, p=[b[2] for b in HEAD_AGES])
    low, high = (np.array([b[k] for b in HEAD_AGES]) for k in (0, 1))
    head_age = rng.uniform(low[band], high[band])
    has_spouse = rng.random(count) < np.where(head_age < 27, 0.2, 0.78)
    children = np.where(has_spouse, rng.choice(4, count, p=(0.25, 0.47, 0.24, 0.04)), rng.random(count) < 0.12)
    has_parent = (rng.random(count) < 0.15) & (head_age < 68)
    rows = [(np.arange(count), HEAD, head_age)]
    rows.append((np.flatnonzero(has_spouse), SPOUSE, (head_age + rng.normal(-1, 3, count))[has_spouse].clip(20, 95)))
    for k in range(3):
        age = head_age - rng.uniform(22, 33, count)
        lives_here = (children > k) & (age >= 0) & (age < 28)
        rows.append((np.flatnonzero(lives_here), CHILD, age[lives_here]))
    parent_age = (head_age + rng.uniform(21, 31, count)).clip(0, 98)
    rows.append((np.flatnonzero(has_parent), PARENT, parent_age[has_parent]))
    household = np.concatenate([r[0] for r in rows])
    role = np.concatenate([np.full(len(r[0]), r[1]) for r in rows])
    age = np.concatenate([r[2] for r in rows])
    order = np.lexsort((role, household))[:people]
    return household[order], role[order], age[order]


def full_names(
    rng: np.random.Generator, household: Array, role: Array, head_is_male: Array, ethnicity: Array, birth: Array,
    is_male: Array,
) -> Array:  # fmt: skip
    """Names; children carry the father's surname, an old parent the head's, and minorities have none."""
    years = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    of_head, of_spouse = (names.surnames(rng, len(head_is_male)) for _ in range(2))
    has_spouse = np.zeros(len(head_is_male), dtype=bool)
    has_spouse[household[role == SPOUSE]] = True
    of_father = np.where(head_is_male | ~has_spouse, of_head, of_spouse)
    surname = np.where(role == SPOUSE, of_spouse[household], of_head[household])
    surname = np.where(role == CHILD, of_father[household], surname)
    name = np.strings.add(surname, names.given_names(rng, years, is_male)).astype("U20")
    for people, draw in (
        (MONGOLIAN, names.mongolian_names),
        (UYGHUR, names.uyghur_names),
        (TIBETAN, names.tibetan_names),
    ):
        where = np.flatnonzero(ethnicity == people)
        name[where] = draw(rng, is_male[where])
    return name


def with_strangers(rng: np.random.Generator, own: dict[str, Array]) -> dict[str, Array]:
    """The same arrays, longer: people from elsewhere, some of them namesakes born the same day as somebody here."""
    count = max(1, int(len(own["name"]) * STRANGER_SHARE))
    model, other = rng.integers(0, len(own["name"]), (2, count))
    is_twin = rng.random(count) < TWIN_SHARE
    extra = {field: values[model] for field, values in own.items()}
    extra["name"] = np.where(is_twin, extra["name"], own["name"][other])
    same_sex = own["is_male"][model] == own["is_male"][other]
    extra["is_male"] = np.where(is_twin | same_sex, extra["is_male"], own["is_male"][other])
    extra["birth"] = extra["birth"] - np.where(is_twin, 0, rng.integers(1, 300, count))
    extra["household"] = np.full(count, -1)
    extra["phone"] = numbers.phones(rng, count)
    return {field: np.concatenate([own[field], extra[field]]) for field in own}


def areas(rng: np.random.Generator, count: int) -> Array:
    """First six digits: one area holds most people, as in a town; a few hold residence permits."""
    shares = np.array([0.6, 0.1, 0.08, 0.06, 0.06, 0.04, 0.04, 0.02])
    area = rng.choice(np.array(numbers.AREAS), count, p=shares)
    permit = rng.choice(np.array(numbers.PERMIT_AREAS), count)
    return np.where(rng.random(count) < PERMIT_SHARE, permit, area)


def truth_ids(town: Town) -> Array:
    """T and a running number for the town's own people."""
    return numbers.serials("T", np.arange(1, town.own + 1), 7)
