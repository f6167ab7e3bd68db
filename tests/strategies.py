"""Invented people whose dates lie where the rules turn: the day itself, so many months before, month ends, 29 February.

One table of likely values per field, `likely`, serves both the hypothesis strategies and a fast seeded generator.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

from hypothesis import strategies as st

from schemas.extracts import LAYOUTS
from tests.oracle_facts import month_of, months_after, retirement
from tests.oracle_rows import (
    LINKS,
    Aid,
    Benefit,
    Certificate,
    Death,
    Insured,
    Licence,
    Pension,
    Person,
    Registration,
    Row,
    Service,
    Stop,
)

Likely = Mapping[str, Sequence[Any]]
# Person's field -> extract kind, row class, and how often somebody has none, one, two … such rows.
KINDS: dict[str, tuple[str, type[Row], tuple[int, ...]]] = {
    "registrations": ("unemployment_registration", Registration, (35, 50, 15)),
    "stops": ("insurance_stop", Stop, (50, 30, 15, 5)),
    "insured": ("insurance_active", Insured, (60, 20, 15, 5)),
    "benefits": ("unemployment_benefit", Benefit, (70, 20, 10)),
    "aids": ("low_income", Aid, (70, 20, 10)),
    "certificates": ("disability_certificate", Certificate, (75, 20, 5)),
    "licences": ("market_entity", Licence, (75, 15, 10)),
    "pensions": ("pension", Pension, (85, 10, 5)),
    "deaths": ("death", Death, (94, 5, 1)),
    "services": ("service_log", Service, (30, 10, 10, 10, 10, 5, 5, 5, 5, 5, 5)),
}
assert {kind for kind, _, _ in KINDS.values()} <= set(LAYOUTS)
EMPLOYERS: tuple[dict[str, str | None], ...] = (
    {"employer_uscc": "91150899A", "employer_no": "1", "employer_name": "甲公司"},
    {"employer_uscc": "91150899B", "employer_no": "2", "employer_name": "乙公司"},
    {"employer_uscc": None, "employer_no": "1", "employer_name": "甲有限公司"},
    {"employer_uscc": None, "employer_no": None, "employer_name": "乙公司"},
    {"employer_uscc": None, "employer_no": None, "employer_name": None},
)
BORN_ON_29_FEBRUARY = tuple(date(year, 2, 29) for year in range(1948, 2012, 4))


def around(day: date) -> tuple[date, ...]:
    return day - timedelta(days=1), day, day + timedelta(days=1)


@cache
def turning_births(as_of: date) -> tuple[date, ...]:
    """Births whose 16th, 40th or retirement day is the as-of date or next to it."""
    births = [b for years in (16, 40) for b in around(months_after(as_of, -12 * years))]
    for months, sex, shift in product(range(55 * 12, 63 * 12 + 1), ("男", "女"), range(-3, 4)):
        birth = months_after(as_of, -months) + timedelta(days=shift)
        if abs((retirement(birth, sex) - as_of).days) <= 1:
            births.append(birth)
    return tuple(sorted(set(births)))


@cache
def likely(as_of: date) -> dict[type[Row], Likely]:
    """Likely values of every field of every row. A value standing twice is twice as likely."""
    turning = [
        d
        for months in (-24, -13, -12, -7, -6, -6, -5, -2, -1, -1, 0, 0, 1)
        for d in around(months_after(as_of, months))
    ]
    ends = [month_of(months_after(as_of, 1 - back)) - timedelta(days=1) for back in range(9)]
    leap = [d for d in BORN_ON_29_FEBRUARY if abs((as_of - d).days) < 1500]
    days = tuple(turning + ends + leap)
    months = tuple(month_of(months_after(as_of, back)) for back in (-30, -12, -8, *range(-7, 2), -2, -1, 0))
    open_days, open_months = days + (None,) * (2 * len(days)), months + (None,) * len(months)
    kinds = ("养老", "养老", "失业", "医疗", None)
    return {
        Registration: {"reg_date": days, "cancel_date": open_days, "last_verified": days + (None,) * 10},
        Stop: {
            "stop_date": days, "last_paid_month": months + (None,) * 4, "insurance_kind": kinds,
            "stop_reason": ("合同期满",) * 8 + ("个人辞职", "退休", "死亡", "参军", "单位合并转移", "其他", None),
            "withdrawn": (None,) * 6 + (False,) * 3 + (True,),
        },
        Insured: {
            "start_month": months, "last_paid_month": open_months, "end_month": open_months, "insurance_kind": kinds,
            "payer_kind": ("单位职工",) * 5 + ("公益性岗位", "灵活就业", "灵活就业", "城乡居民"),
        },
        Benefit: {"start_month": months, "end_month": (*months, *(months_after(m, 12) for m in months)), "stop_date": open_days},
        Aid: {
            "start_month": months, "end_month": open_months,
            "aid_kind": ("城市低保", "农村低保", "特困", "低保边缘", "刚性支出困难", "低收入") * 2 + ("不明", None),
        },
        Certificate: {
            "status": ("有效",) * 6 + ("注销", "过期", "冻结"), "issue_date": open_days, "valid_to": open_days,
            "cancel_date": days + (None,) * (5 * len(days)),
        },
        Licence: {
            "founded_date": days, "cancelled_date": open_days, "entity_kind": ("个体工商户",) * 2 + ("企业", "农民专业合作社"),
            "role": ("经营者",) * 3 + ("法定代表人",) * 3 + ("负责人", "股东", "监事", "董事"),
            "status": ("存续",) * 6 + ("吊销未注销", "吊销已注销", "注销", "注销", "撤销", "迁出"),
        },
        Pension: {"start_date": days, "status": ("正常",) * 5 + ("暂停", "暂停", "终止", "待核", None)},
        Death: {"death_date": days},
        Service: {
            "service_date": days, "vacancy_no": ("V1", "V2", "V3", "V4", None, None), "justified": (None, None, False, True),
            "means": ("上门", "电话", "短信", "线上", "现场", "数据比对", None),
            "service_kind": ("岗位推荐",) * 5 + ("拒绝服务",) * 4 + ("职业指导", "职业指导", "技能培训", "培训机会", "跟踪回访", "公益性岗位信息"),
        },
    }  # fmt: skip


def is_possible(row: Row) -> bool:
    """No spell ends before it begins."""
    if isinstance(row, Benefit):
        return row.start_month <= row.end_month and (row.stop_date is None or row.start_month <= row.stop_date)
    if isinstance(row, Licence):
        return row.cancelled_date is None or row.founded_date <= row.cancelled_date
    return True


@st.composite
def people(draw: st.DrawFn, as_of: date, person_id: str = "P1") -> Person:
    """One person with any rows. Shrinks towards nobody with nothing."""
    fields: dict[str, Any] = {}
    for name, (_, row, counts) in KINDS.items():
        values: dict[str, Any] = {f: st.sampled_from(v) for f, v in likely(as_of)[row].items()}
        values |= {"link_grade": st.sampled_from(LINKS)}
        rows = draw(st.lists(st.builds(row, **values).filter(is_possible), max_size=len(counts) - 1))
        employers = draw(st.lists(st.sampled_from(EMPLOYERS), min_size=len(rows), max_size=len(rows)))
        fields[name] = tuple(
            _placed(r, f"{person_id}-{name}-{i}", e) for i, (r, e) in enumerate(zip(rows, employers, strict=True))
        )
    births = (None, *turning_births(as_of), *BORN_ON_29_FEBRUARY)
    return Person(
        person_id=person_id, birth_date=draw(st.sampled_from(births)), sex=draw(st.sampled_from(("男", "女", None))),
        is_held=draw(st.booleans()), **fields,
    )  # fmt: skip


def _placed(row: Row, record_id: str, employer: dict[str, str | None]) -> Row:
    values = {name: getattr(row, name) for name in row_fields(type(row))} | {"record_id": record_id}
    return type(row)(**(values | employer if isinstance(row, Stop | Insured) else values))


def row_fields(row: type[Row]) -> tuple[str, ...]:
    return tuple(row.__dataclass_fields__)


def random_people(seed: int, as_of: date, how_many: int) -> Iterator[Person]:
    """So many people, the same for the same seed. Six in ten are linked by exact number throughout."""
    rng = random.Random(seed)
    births = (*turning_births(as_of) * 3, *BORN_ON_29_FEBRUARY, None)
    for number in range(how_many):
        links = ("exact",) if rng.random() < 0.6 else ("exact",) * 6 + ("variant", "variant") + LINKS[2:]
        person_id = f"P{number:07d}"
        yield Person(
            person_id=person_id,
            birth_date=rng.choice(births)
            if rng.random() < 0.5
            else date(1950, 1, 1) + timedelta(days=rng.randrange(22000)),
            sex=rng.choice(("男", "女", "男", "女", None)),
            is_held=rng.random() < 0.03,
            **{name: _random_rows(rng, as_of, name, person_id, links) for name in KINDS},
        )


def _random_rows(rng: random.Random, as_of: date, name: str, person_id: str, links: Sequence[str]) -> tuple[Any, ...]:
    _, row, counts = KINDS[name]
    table = likely(as_of)[row]
    rows: list[Row] = []
    for number in range(rng.choices(range(len(counts)), counts)[0]):
        values = {field: rng.choice(choices) for field, choices in table.items()}
        values |= dict(rng.choice(EMPLOYERS)) if row in (Stop, Insured) else {}
        made = row(record_id=f"{person_id}-{name}-{number}", link_grade=rng.choice(links), **values)
        rows += [made] if is_possible(made) else []
        if isinstance(made, Stop) and rng.random() < 0.1:  # the office takes back what it told
            rows.append(replace(made, record_id=f"{made.record_id}-back", withdrawn=True))
    return tuple(rows)


# Names and numbers as offices write them: likely characters stand with those they are taken for.
HAN = "王汪黄李理丽莉张章伟玮卫未末欧阳司马尉迟单覃曾仇小晓明鸣鳴张刚钢静靜婧喆尔日勒力格娜那仁高娃瓦巴特图吐"
OTHER_SIGNS = "?□?*·・.  　XA1２0(（)）【】〔〕/'\ue000\ue863\u200bß老小姐"
NAMES = (
    "欧阳娜娜", "殴阳娜", "司马光", "斯琴高娃", "那仁高娃", "娜仁高瓦", "乌云其木格", "乌云琪木格", "阿不都热西提", "阿卜杜热西提",
    "WANGWEI", "WEIWANG", "LIU", "SMITH", "OUYANGNANA", "NARENGAOWA", "张伟A", "刘YAN", "王?", "??", "",
)  # fmt: skip


def folded_names() -> st.SearchStrategy[str]:
    """Names as they are compared: mostly two to four Han characters, some long, in letters, unreadable or missing."""
    return st.one_of(
        st.text(HAN, min_size=1, max_size=4), st.sampled_from(NAMES), st.text(HAN + "?", min_size=1, max_size=9)
    )


def delivered_names() -> st.SearchStrategy[str]:
    return st.text(HAN + OTHER_SIGNS, max_size=10)


def delivered_numbers() -> st.SearchStrategy[str]:
    """Anything between a valid number and a telephone number with a note."""
    valid = ("150102198507043219", "11010519491231002X", "150102850704321", "H12345678", "E12345678", "12345678")
    spoilt = st.builds(
        lambda a, sign, b: a + sign + b,
        st.sampled_from(valid),
        st.sampled_from(("", " ", "/", "(户主)", "*", "x", ".0")),
        st.text("0123456789Xx*/ 号E+.", max_size=4),
    )
    return st.one_of(
        spoilt, st.text("0123456789", min_size=14, max_size=19), st.text("0123456789XHMCETWP:*()/- 护照号", max_size=22)
    )
