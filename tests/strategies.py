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

from policies.view import KIN
from schemas.extracts import LAYOUTS
from tests.oracle_facts import month_of, months_after, retirement
from tests.oracle_life import early_retirement
from tests.oracle_rows import (
    LINKS,
    Aid,
    Benefit,
    Capacity,
    Certificate,
    Course,
    Custody,
    Death,
    Decision,
    Employment,
    Household,
    Income,
    Insured,
    Licence,
    Listed,
    LostLand,
    Marriage,
    Military,
    OnList,
    Pension,
    Person,
    Place,
    Post,
    Pushed,
    Recognition,
    Registration,
    Row,
    Service,
    Stop,
    Stranger,
    Study,
    Subsidy,
    Unit,
    Vacancy,
    Visit,
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
    "recognitions": ("hardship_recognition", Recognition, (60, 32, 8)),
    "households": ("household_register", Household, (12, 84, 4)),
    "marriages": ("marriage", Marriage, (65, 25, 10)),
    "listings": ("poverty_list", Listed, (75, 20, 5)),
    "lands": ("land_expropriation", LostLand, (85, 15)),
    "studies": ("education", Study, (80, 16, 4)),
    "units": ("private_nonenterprise", Unit, (85, 15)),
    "employments": ("employment_registration", Employment, (85, 12, 3)),
    "visits": ("household_visit", Visit, (75, 20, 5)),
    "enlistments": ("military", Military, (96, 4)),
    "sentences": ("imprisonment", Custody, (96, 4)),
    "capacities": ("work_capacity", Capacity, (95, 4, 1)),
    "incomes": ("income", Income, (70, 20, 10)),
    "courses": ("training", Course, (70, 14, 8, 4, 4)),
    "subsidies": ("subsidy", Subsidy, (75, 18, 7)),
    "decisions": ("decision", Decision, (75, 15, 10)),
    "on_lists": ("mass_organisation_list", OnList, (85, 12, 3)),
    "posts": ("public_post", Post, (92, 6, 2)),
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


yes_mostly = (True,) * 8 + (False, None, None)
# What the registration and the visit tell in words, mostly.
IN_WORDS: Likely = {
    "education": ("初中", "初中", None), "skill": ("焊工", "焊工", None), "health": ("良好", "良好", "良好", None),
    "training_wish": ("有", "有", "有", None), "job_need": ("焊工", "焊工", "保洁员、收银员", None),
}  # fmt: skip


def around(day: date) -> tuple[date, ...]:
    return day - timedelta(days=1), day, day + timedelta(days=1)


@cache
def turning_births(as_of: date) -> tuple[date, ...]:
    """Births whose 16th, 40th, 50th or retirement day, a woman's earlier one too, is the as-of date or next to it."""
    births = [b for years in (16, 40, 40, 50, 50) for b in around(months_after(as_of, -12 * years))]
    for months, sex, shift in product(range(50 * 12, 63 * 12 + 1), ("男", "女"), range(-3, 4)):
        birth = months_after(as_of, -months) + timedelta(days=shift)
        if any(abs((turns(birth, sex) - as_of).days) <= 1 for turns in (retirement, early_retirement)):
            births.append(birth)
    return tuple(sorted(set(births)))


@cache
def likely(as_of: date) -> dict[type[Row], Likely]:
    """Likely values of every field of every row. A value standing twice is twice as likely."""
    turning = [
        d
        for months in (-24, -13, -12, -7, -6, -6, -5, -3, -2, -1, -1, 0, 0, 1)
        for d in around(months_after(as_of, months))
    ]
    turning += [d for days in (-90, -30, 60) for d in around(as_of + timedelta(days=days))]
    ends = [month_of(months_after(as_of, 1 - back)) - timedelta(days=1) for back in range(9)]
    leap = [d for d in BORN_ON_29_FEBRUARY if abs((as_of - d).days) < 1500]
    days = tuple(turning + ends + leap)
    months = tuple(month_of(months_after(as_of, back)) for back in (-30, -12, -8, *range(-7, 2), -2, -1, 0))
    open_days, open_months = days + (None,) * (2 * len(days)), months + (None,) * len(months)
    kinds = ("养老", "养老", "失业", "医疗", None)
    first: dict[type[Row], Likely] = {
        Registration: {
            "reg_date": days, "cancel_date": open_days + (None,) * len(days), "last_verified": days + (None,) * 10,
            "hukou_kind": ("城镇", "城镇", "农村", None), "usual_place": ("城镇", "农村", None, None), "owner": ("王站长", "王站长", None),
            "wish": ("就业", "培训", "就业、培训", "创业", "就业、创业", "不明确", "其他", None), "able": yes_mostly, "willing": yes_mostly,
            "reg_no": ("A1", "A1", "A2", None), "basis": ("核验", "承诺制", None), **IN_WORDS,
        },
        Stop: {
            "stop_date": days, "last_paid_month": months + (None,) * 4, "insurance_kind": kinds,
            "stop_reason": ("合同期满",) * 8 + ("个人辞职", "退休", "死亡", "参军", "单位合并转移", "其他", None),
            "withdrawn": (None,) * 6 + (False,) * 3 + (True,),
        },
        Insured: {
            "start_month": months, "last_paid_month": open_months, "end_month": open_months, "insurance_kind": kinds,
            "payer_kind": ("单位职工",) * 5 + ("公益性岗位", "灵活就业", "灵活就业", "城乡居民"),
            "pay_kind": ("正常", None, None, "补缴"), "employer_months": (None,) * 6 + (5, 6, 7, 8), "backpaid_months": (None, None, 1, 2),
            "place": (None, "本市", "本市", "上海市", "河南省某市"),
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
            "service_kind": ("岗位推荐",) * 5 + ("拒绝服务",) * 5 + ("职业指导",) * 3 + ("技能培训",) * 2
            + ("培训机会", "跟踪回访", "公益性岗位信息", "培训机构信息", "创业服务", "见习推荐", "主动退出", "入户走访"),
            "staff": ("王站长", "王站长", "", None), "in_system": (True, True, True, None, False),
        },
    }  # fmt: skip
    return first | likely_later(as_of, days, open_days, months, open_months)


def likely_later(
    as_of: date, days: Sequence[date], open_days: Sequence[date | None], months: Sequence[date], open_months: Sequence[date | None]
) -> dict[type[Row], Likely]:  # fmt: skip
    """What the packs after the first two look at besides."""
    births = [d for years in (17, 18, 18, 18, 30, 3) for d in around(months_after(as_of, -12 * years))]
    seldom = tuple(days) + (None,) * (5 * len(days))
    return {
        Recognition: {
            "recognised_date": days, "exit_date": seldom, "owner": ("李站长", "李站长", None), "agreement_date": (as_of, None),
            "basis": ("4050", "零就业家庭", "零就业家庭", "残疾人", "残疾人", "城镇低保", "城镇低保", "单亲家庭", "单亲家庭", "脱贫劳动力", "zero_family"),
        },
        Household: {
            "household_no": ("",), "hukou_kind": ("城镇", "城镇", "农村"), "residence_start": (None,) * len(days) + tuple(days),
            "hukou_area": ("360502", "360502", "新余市渝水区", "江西省 新余市", "本市", "370811", "3705", None),
            "move_abroad_date": (None,) * (20 * len(days)) + tuple(days),
        },
        Marriage: {
            "event_date": days, "status": ("离婚", "离婚", "丧偶", "未婚", "已婚"), "child_birth": (*births, *days, *(None,) * 12),
            "child_id": (None, None, *(f"110101{b:%Y%m%d}0012" for b in births), "不明"),
        },
        Listed: {"from_date": days, "to_date": open_days, "list_kind": ("脱贫人口", "脱贫人口", "脱贫不稳定", "边缘易致贫", "突发严重困难")},
        LostLand: {"lost_date": days},
        Study: {
            "enrol_date": (months_after(as_of, -48), *days, None), "leave_date": (*days, *days, None), "level": ("本科", "大专", "硕士研究生", "高中", None),
            "full_time": (True, True, True, False, None), "internship_wish": (True, True, False, None), "special_hardship": (None, None, True, False),
        },
        Unit: {"founded_date": days, "cancelled_date": seldom, "role": ("法定代表人", "法定代表人", "举办者", "理事"), "status": ("正常", "吊销未注销", "已注销", "撤销")},
        Employment: {"start_date": days, "end_date": open_days, "job_kind": ("单位就业", "灵活就业")},
        Visit: {"visit_date": days, "able": yes_mostly, "willing": yes_mostly, "employed": (False, False, True, None), **IN_WORDS},
        Military: {"enlist_date": days, "discharge_date": open_days},
        Custody: {"custody_start": days, "custody_end": open_days, "custody_kind": ("收监执行", "收监执行", "缓刑")},
        Capacity: {"found_date": days, "level": ("完全丧失", "完全丧失", "部分丧失")},
        Income: {
            "year": (as_of.year, as_of.year, as_of.year - 1, as_of.year - 2), "kind": ("劳动", "劳动", "经营", "投资", "转移"),
            "amount": (0, 4800, 9599, 9600, 9601, 9999, 10000, 10001, 14399, 14400, 14401, 20000, 20001, 30000),
            "declared": ("民政核对", "民政核对", "税务", "本人申报", None),
        },
        Course: {"start_date": (*days, *around(date(as_of.year, 1, 1))), "free": (True, True, True, False), "pass_date": open_days, "certificate_date": open_days, "mode": ("线上", "线下", None)},
        Subsidy: {
            "month_from": months, "month_to": months,
            "item": ("单位社保补贴", "灵活就业社保补贴", "灵活就业社保补贴", "岗位补贴", "公益性岗位补贴", "公益性岗位补贴", "一次性创业补贴", "求职创业补贴", "培训补贴"),
        },
        Decision: {
            "decided_date": days, "clause": ("SD-6.2", "XY-7.2", "XY-7.2", "XY-4.4", "XY-1.1", "XY-1.3", "XY-1.3"),
            "op": ("ALERT", "FLAG_REEMP", "PROP_DEREG", "ADD", "ADD", "UPD"), "decision": ("确认",) * 5 + ("驳回", "驳回", "暂缓"),
            "role": ("初审",) * 4 + ("审核", "终审", None), "entry_id": ("1-1", "1-1", "1-2"), "ground": (None, "hired", "self-employed", "died"),
        },
        OnList: {"list_date": days, "organisation": ("工会", "妇联", "共青团")},
        Post: {"start_date": days, "end_date": open_days},
    }  # fmt: skip


def is_possible(row: Row) -> bool:
    """No spell ends before it begins."""
    if isinstance(row, Benefit):
        return row.start_month <= row.end_month and (row.stop_date is None or row.start_month <= row.stop_date)
    if isinstance(row, Licence):
        return row.cancelled_date is None or row.founded_date <= row.cancelled_date
    if isinstance(row, Subsidy):
        return row.month_from <= row.month_to
    if isinstance(row, Recognition):
        return row.exit_date is None or row.recognised_date <= row.exit_date
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
        phone=draw(st.sampled_from(("13900000000", None))), is_held=draw(st.booleans()), **fields,
    )  # fmt: skip


def _placed(row: Row, record_id: str, employer: dict[str, str | None]) -> Row:
    values = {name: getattr(row, name) for name in row_fields(type(row))} | {"record_id": record_id}
    return type(row)(**(values | employer if isinstance(row, Stop | Insured) else values))


def row_fields(row: type[Row]) -> tuple[str, ...]:
    return tuple(row.__dataclass_fields__)


def random_people(seed: int, as_of: date, how_many: int) -> Iterator[Person]:
    """So many people, the same for the same seed. Six in ten are linked by exact number throughout, and half have few rows:
    of people about whom everything is told at once, hardly anybody fits anything."""
    rng = random.Random(seed)
    births = (*turning_births(as_of) * 3, *BORN_ON_29_FEBRUARY, None)
    for number in range(how_many):
        links = ("exact",) if rng.random() < 0.6 else ("exact",) * 6 + ("variant", "variant") + LINKS[2:]
        person_id = f"P{number:07d}"
        is_seeker = rng.random() < 0.35
        is_quiet = is_seeker or rng.random() < 0.4
        book = f"H{number - rng.choice((0, 0, 0, 1, 1, 2))}"
        rows = {name: _random_rows(rng, as_of, name, person_id, links, is_quiet) for name in KINDS}
        if is_seeker:
            rows = _seeking(rng, as_of, rows)
        rows["households"] = tuple(
            replace(row, household_no=book if n == 0 else f"{book}-old") for n, row in enumerate(rows["households"])
        )
        yield Person(
            person_id=person_id,
            phone=rng.choice(("13900000000", "13900000000", "13900000000", None)),
            birth_date=rng.choice(births)
            if rng.random() < 0.5
            else (date(1962 if is_seeker else 1950, 1, 1) + timedelta(days=rng.randrange(13000 if is_seeker else 22000))),
            sex=rng.choice(("男", "女", "男", "女", None)) if not is_quiet else rng.choice(("男", "女")),
            is_held=rng.random() < 0.03,
            town=None,
            **rows,
        )  # fmt: skip


def _seeking(rng: random.Random, as_of: date, rows: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """The same, mostly registered, able, willing, local and without work, so that the classes decide. Some only refuse, some
    were offered posts and found none, some left recognition before, and of some the very basis of it has lapsed."""
    told = {name: () if name in BARRING and rng.random() < 0.9 else found for name, found in rows.items()}
    if rng.random() < 0.8:
        told["registrations"] = tuple(
            replace(r, cancel_date=None, able=True, willing=True) for r in told["registrations"]
        )
    if rng.random() < 0.7:
        told["households"] = tuple(
            replace(r, residence_start=None, hukou_area=r.hukou_area or "360502") for r in told["households"]
        )
    if rng.random() < 0.2:
        told["services"] = tuple(replace(s, service_kind="拒绝服务", staff="王站长") for s in told["services"])
    elif rng.random() < 0.3:
        told["services"] = tuple(replace(s, in_system=True) for s in told["services"])
    days = likely(as_of)[Certificate]["valid_to"]
    fate = rng.random()
    if fate < 0.15:
        left = rng.choice([d for d in days if d])
        before = Recognition(record_id="left", recognised_date=months_after(left, -9), exit_date=left)
        told["recognitions"] = (before,)
    elif fate < 0.35:
        basis = rng.choice(("残疾人", "城镇低保", "零就业家庭", "单亲家庭"))
        told["recognitions"] = (Recognition(record_id="now", recognised_date=months_after(as_of, -9), basis=basis),)
        ended = rng.choice([d for d in days if d])
        if basis == "残疾人":
            status = rng.choice(("有效", "有效", "注销", "过期"))
            told["certificates"] = (Certificate(record_id="card", valid_to=ended, status=status),)
        elif basis == "城镇低保":
            aid = Aid(record_id="aid", start_month=months_after(month_of(ended), -9), end_month=month_of(ended))
            told["aids"] = (aid,)
    elif fate < 0.45:
        told["recognitions"] = (Recognition(record_id="now", recognised_date=months_after(as_of, -3)),)
        offers = rng.choice((2, 3, 4))
        told["services"] = tuple(
            Service(record_id=f"offer-{n}", service_date=rng.choice(around(months_after(as_of, -3))))
            for n in range(offers)
        )
    elif fate < 0.6:
        told |= _let_go(rng, as_of)
    return told


def _let_go(rng: random.Random, as_of: date) -> dict[str, tuple[Any, ...]]:
    """Insured for five to seven months, and let go or gone; some have drawn benefit before or since."""
    last = month_of(months_after(as_of, -rng.choice((1, 2, 3))))
    firm: dict[str, Any] = EMPLOYERS[0]
    began, day = months_after(last, -rng.choice((4, 5, 6))), months_after(last, 1) - timedelta(1)
    reason = rng.choice(("合同期满", "单位解除", "协商解除", "开除除名", "个人辞职", None))
    stop = Stop(record_id="let-go", stop_date=day, last_paid_month=last, stop_reason=reason, **firm)
    line = Insured(record_id="line", start_month=began, last_paid_month=last, end_month=last, **firm)
    drawn = rng.choice((None, None, months_after(last, -3), months_after(last, 1)))
    benefit = Benefit(record_id="drawn", start_month=months_after(began, -1), end_month=drawn) if drawn else None
    return {"stops": (stop,), "insured": (line,), "benefits": (benefit,) if benefit else ()}


def _random_rows(
    rng: random.Random, as_of: date, name: str, person_id: str, links: Sequence[str], is_quiet: bool = False
) -> tuple[Any, ...]:
    _, row, counts = KINDS[name]
    table = likely(as_of)[row]
    rows: list[Row] = []
    if is_quiet and name not in ("registrations", "households", "services") and rng.random() < 0.6:
        return ()
    for number in range(rng.choices(range(len(counts)), counts)[0]):
        values = {field: rng.choice(choices) for field, choices in table.items()}
        values |= dict(rng.choice(EMPLOYERS)) if row in (Stop, Insured) else {}
        made = row(record_id=f"{person_id}-{name}-{number}", link_grade=rng.choice(links), **values)
        rows += [made] if is_possible(made) else []
        if isinstance(made, Stop) and rng.random() < 0.1:  # the office takes back what it told
            rows.append(replace(made, record_id=f"{made.record_id}-back", withdrawn=True))
    return tuple(rows)


def random_row(rng: random.Random, as_of: date, name: str, link_grade: str) -> Any:
    """One row of a person's field `name`, on a link of that grade."""
    while not (rows := _random_rows(rng, as_of, name, f"one-{name}", (link_grade,))):
        pass
    return rows[0]


# Whoever has one of these is mostly out of the question.
BARRING = ("insured", "licences", "pensions", "deaths", "units", "employments", "enlistments", "sentences", "capacities", "studies")  # fmt: skip
# What an office sets of the parameters that no document gives. The cap is small, so that somebody reaches it.
OWN_VALUES: dict[str, Any] = {
    "average_income": 20000, "urban_dibao": 800, "edge_factor": 1.5, "silent_days": 30, "job_choosing_months": 24,
    "subsidy_cap_months": 6, "survey_days": 90, "older_female_age": 40, "older_male_age": 50, "benefit_months": 6,
    "spot_check_per_mille": 300, "step_days": 30, "notice_days": 10,
}  # fmt: skip


def random_place(seed: int, as_of: date, how_many: int, values: Mapping[str, Any] = OWN_VALUES) -> Place:
    """So many people with their households, employers and vacancies; no post is a public one where the office set nothing."""
    rng = random.Random(-seed - 1)
    families = tuple(_families(random.Random(seed + 1), as_of))
    people = {p.person_id: p for p in (*random_people(seed, as_of, how_many), *crowds(as_of))}
    days = likely(as_of)[Registration]["reg_date"]
    books = [p.households[0].household_no for p in people.values() if p.households]
    strangers = tuple(_stranger(rng, as_of, rng.choice(books), number) for number in range(len(books) // 8))
    people |= {p.person_id: p for parents, _ in families for p in parents}
    strangers += tuple(relative for _, relative in families)
    vacancies = tuple(
        Vacancy(
            vacancy_no=f"V{rng.randrange(40)}",
            valid_from=rng.choice(days),
            valid_to=rng.choice((*days, *(None,) * (len(days) // 2))),
            public_welfare=rng.choice((True, False, None)) if values else None,
        )
        for _ in range(40)
    )
    headcounts = {e["employer_uscc"]: rng.randrange(10, how_many) for e in EMPLOYERS if e["employer_uscc"]}
    headcounts |= {f"91150899C{n}": heads for n, (_, heads) in enumerate(CROWDS) if heads}
    once = {(v.vacancy_no, v.valid_from): v for v in vacancies}
    market = random.Random(seed)
    return Place(
        people={who: _wishing(market, p) for who, p in people.items()}, strangers=strangers, headcounts=headcounts, values=values,
        vacancies=tuple(_described(market, v) for v in (*once.values(), *_open_posts(market, as_of, bool(values)))), pushed=tuple(_pushed(market, as_of, list(people))),
    )  # fmt: skip


TOWNS = ("平沙镇", "三灶镇")


def _wishing(rng: random.Random, person: Person) -> Person:
    """Where they live, and what place and pay they told that they want."""

    def told(row: Any) -> Any:
        return replace(row, pay_wish=rng.choice((None, None, 2600, 3000)), place_wish=rng.choice((None, None, *TOWNS)))

    registrations, visits = tuple(map(told, person.registrations)), tuple(map(told, person.visits))
    return replace(person, town=rng.choice((*TOWNS, None)), registrations=registrations, visits=visits)


def _open_posts(rng: random.Random, as_of: date, has_public: bool) -> Iterator[Vacancy]:
    """Most posts of a place are over; these are open on the day, or next to it."""
    for number in range(40):
        until = rng.choice((*around(as_of), *(as_of + timedelta(days=30),) * 6))
        begun = rng.choice((*around(as_of), *around(months_after(as_of, -1))))
        yield Vacancy(
            vacancy_no=f"W{number}", valid_from=begun, valid_to=until, public_welfare=has_public and number % 8 == 0
        )


def _described(rng: random.Random, vacancy: Vacancy) -> Vacancy:
    post, trade = rng.choice((("焊工", None), ("电焊", "焊工"), ("保洁员", "保洁"), ("收银", None), ("会计", None)))
    return replace(
        vacancy, post=post, trade=trade, max_age=rng.choice((None, None, 40, 45, 50)), education=rng.choice((None, "初中", "高中及以上", "不限")),
        place=rng.choice((None, "平沙镇，晨光路", "三灶镇")), pay_from=rng.choice((None, 2600, 2800)), pay_to=rng.choice((None, 2900, 3300)),
        headcount=rng.choice((0, 1, 2, 5, 20, 500)),
    )  # fmt: skip


def _pushed(rng: random.Random, as_of: date, people: Sequence[str]) -> Iterator[Pushed]:
    """What was named on earlier nights, this month or before."""
    for who in rng.sample(people, len(people) // 20):
        for number in rng.sample(range(40), rng.choice((1, 1, 2, 3))):
            day, kind = rng.choice(around(month_of(as_of))), rng.choice(("vacancy", "vacancy", "public"))
            yield Pushed(
                person_id=who,
                kind=kind,
                vacancy_no=f"{rng.choice('VWW')}{number}",
                pushed_on=min(day, as_of),
                ended_on=rng.choice((None, None, as_of, as_of - timedelta(days=1))),
            )


# How many recognised people an employer let go within thirty days, of how many it has: at and beside twenty and a tenth.
CROWDS = ((19, None), (20, None), (21, 900), (9, 90), (9, 91), (2, 19), (2, 21))


def crowds(as_of: date) -> Iterator[Person]:
    """People who left one employer together, one of each just too long ago; and some hired by an employer of their own,
    who was paid for training one, or for insuring one and the other; some whose registration was cancelled about a notice ago."""
    recognised = (Recognition(record_id="crowd", recognised_date=months_after(as_of, -4)),)
    for number, (people, _) in enumerate(CROWDS):
        firm: dict[str, Any] = {"employer_uscc": f"91150899C{number}", "employer_name": f"丙{number}厂"}
        for n in range(people + 1):
            days = 30 if n == people else 29 - n
            stop = Stop(
                record_id=f"C{number}-{n}", stop_date=as_of - timedelta(days=days), stop_reason="合同期满", **firm
            )
            yield Person(person_id=f"C{number}-{n}", stops=(stop,), recognitions=recognised)
    for number, hires in enumerate((1, 2)):
        firm = {"employer_uscc": f"91150899D{number}", "employer_name": f"丁{number}厂"}
        for n in range(hires):
            since = month_of(months_after(as_of, -2))
            job = Insured(record_id=f"D{number}-{n}", start_month=since, **firm)
            item = ("培训补贴", "单位社保补贴", "岗位补贴")[number + n]
            paid = (Subsidy(record_id=f"D{number}-{n}-paid", month_from=since, month_to=since, item=item),)
            yield Person(person_id=f"D{number}-{n}", insured=(job,), recognitions=recognised, subsidies=paid)
    said_on = around(as_of - timedelta(days=OWN_VALUES["notice_days"]))
    for number, (said, since) in enumerate(product(said_on, around(as_of))):
        told = Decision(record_id=f"E{number}", decided_date=said, clause="JN-1.4a", op="PROP_DEREG", from_date=since)
        was = (Registration(record_id=f"E{number}-was", reg_date=months_after(as_of, -9), cancel_date=as_of),)
        yield Person(person_id=f"E{number}", decisions=(told,), registrations=was if said in said_on[:1] else ())


# What is asked about relatives whom nobody made known: the field of each kind.
HEARD_OF_KIN = {kind: next(field for field, (k, *_) in KINDS.items() if k == kind) for kind in KIN}


def _heard(rng: random.Random, as_of: date, who: str, share: float) -> Person:
    fields = [f for f in HEARD_OF_KIN.values() if rng.random() < share]
    rows: dict[str, Any] = {f: _random_rows(rng, as_of, f, who, ("exact",)) for f in fields}
    return Person(**rows)


def _stranger(rng: random.Random, as_of: date, book: str, number: int) -> Stranger:
    """A relative whom no roster made known. Numbers are unlike anybody's; a parent of one, a child of another."""
    birth = rng.choice((*turning_births(as_of), *BORN_ON_29_FEBRUARY))
    number_told = f"{990000 + number // 1000}{birth:%Y%m%d}{number % 1000:03d}X"
    key = rng.choice((number_told, number_told, None))
    name = rng.choice(("某甲", "某乙"))
    own, others = (_heard(rng, as_of, f"kin-{number}-{n}", share if key else 0) for n, share in enumerate((0.12, 0.05)))
    told = rng.random() < 0.3
    return Stranger(
        household_no=book, name=name, id_key=key, birth_date=birth if told else None,
        sex=rng.choice(("男", "女", None)) if told else None, heard=own, heard_otherwise=others,
    )  # fmt: skip


def _families(rng: random.Random, as_of: date) -> Iterator[tuple[tuple[Person, ...], Stranger]]:
    """Two out of work in a town, and a relative of thirty of whom one office tells one thing, under the same name or another."""
    told: dict[str, Any] = {"usual_place": "城镇", "able": True, "willing": True, "reg_date": months_after(as_of, -1)}
    birth = months_after(as_of, -12 * 30)
    for number, field in enumerate(f for f in HEARD_OF_KIN.values() for _ in range(12)):
        said: list[Any] = [
            Person(**_one_row(rng, as_of, field, f"F{number}-{n}")) if number % 3 != n else Person() for n in range(2)
        ]
        parents = tuple(
            Person(
                person_id=f"F{number}-{n}", sex="男", birth_date=birth,
                registrations=(Registration(record_id=f"F{number}-{n}", **told),),
                households=(Household(record_id=f"F{number}-{n}-book", household_no=f"F{number}"),),
            )
            for n in range(2)
        )  # fmt: skip
        key = f"98{number:04d}{birth:%Y%m%d}001X"
        yield parents, Stranger(household_no=f"F{number}", id_key=key, heard=said[0], heard_otherwise=said[1])


def _one_row(rng: random.Random, as_of: date, field: str, record_id: str) -> dict[str, Any]:
    return {field: (replace(random_row(rng, as_of, field, "exact"), record_id=record_id),)}


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
