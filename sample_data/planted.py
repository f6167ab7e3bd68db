"""People planted in every set, one or more for each acceptance case, with the rows about them and the expected answers.

A case is written once, relative to the nights of the set; `README.md` tells the cases in words. Answers for nights that
a set does not have are left out. `NONE` means: no entry for this person in this pack on this track that night.
"""

import string
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from sample_data import numbers
from sample_data.calendar_days import Days, first_of, last_of, months_before
from sample_data.extracts import NEVER, Extract, followed, hand_made, joined
from sample_data.people import CITY
from schemas.extracts import LAYOUTS

ZS, NM, SD, JN, XY = "zhongshan", "neimenggu", "shandong", "jining", "xinyu"
FIRM_A, FIRM_B = f"{CITY}甲木商贸有限公司", f"{CITY}乙禾机械有限公司"
USCC_A, USCC_B = (str(c) for c in numbers.credit_codes(np.array([900_001, 900_002]), np.array([91, 91])))


@dataclass(frozen=True)
class Row:
    """One row about a planted person; `fields` go over the person's own."""

    kind: str
    night: int
    fields: dict[str, Any]
    until: int = NEVER
    damage: str = ""


@dataclass(frozen=True)
class Answer:
    """What a night must post for the person."""

    night: int
    pack: str
    track: str
    op: str
    clause: str
    note: str = ""


@dataclass
class Person:
    """One planted person; with an empty key a thing that is no person, such as a post. Rows of `is_late` people come
    after all others, so that the people of later scenarios move no row of an earlier one."""

    case: str
    key: str
    name: str
    is_male: bool
    birth: date
    rows: list[Row] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    area: int = numbers.PLANTED_AREA
    number: str = ""
    is_late: bool = False

    def answer(self, pack: str, track: str, *posts: tuple[int, str, str], note: str = "") -> "Person":
        self.answers += [Answer(night, pack, track, op, clause, note) for night, op, clause in posts]
        return self

    def told(self, kind: str, night: int, /, damage: str = "", until: int = NEVER, **fields: Any) -> "Person":
        self.rows.append(Row(kind, night, fields, until, damage))
        return self


def never(clause: str) -> list[tuple[int, str, str]]:
    """Answers that no night posts anything under the clause."""
    return [(night, "NONE", clause) for night in (1, 2, 3)]


class Cast:
    """Collects the people and knows the usual rows: a stoppage, a registration, insurance, a business."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.people: list[Person] = []
        self.is_late = False

    def person(self, case: str, name: str, sex: str, birth: date, *, area: int = numbers.PLANTED_AREA) -> Person:
        letter = string.ascii_lowercase[sum(p.case == case for p in self.people)]
        one = Person(case, f"C{case.zfill(2)}{letter}", name, sex == "男", birth, area=area, is_late=self.is_late)
        sequence = 2 * (len(self.people) + 1) + (1 if one.is_male else 0)
        one.number = numbers.identity_number(area, birth, sequence)
        self.people.append(one)
        return one

    def aged(self, case: str, name: str, sex: str, years: int, *, area: int = numbers.PLANTED_AREA) -> Person:
        """A person who turned `years` a quarter before night 2."""
        return self.person(case, name, sex, months_before(self.days.night(2), 12 * years + 3), area=area)

    def stop(self, one: Person, paid: date, night: int = 1, reason: str = "合同期满", **fields: Any) -> Person:
        """Stopped at firm A at the end of the last paid month."""
        usual: dict[str, Any] = {
            "employer_name": FIRM_A,
            "employer_uscc": USCC_A,
            "employer_no": "900001",
            "insurance_kind": "失业",
            "stop_reason": reason,
            "last_paid_month": paid,
            "stop_date": last_of(paid),
        }
        return one.told("insurance_stop", night, **(usual | fields))

    def insured(self, one: Person, since: date, night: int = 1, payer: str = "单位职工", **fields: Any) -> Person:
        """Insured at firm B, or as a flexible payer without a firm."""
        usual: dict[str, Any] = {"payer_kind": payer, "start_month": since, "pay_kind": "正常"}
        usual |= {"last_paid_month": max(since, first_of(self.days.night(night), -1))}
        if payer == "单位职工":
            usual |= {
                "insurance_kind": "失业",
                "employer_name": FIRM_B,
                "employer_uscc": USCC_B,
                "employer_no": "900002",
            }
        else:
            usual |= {"insurance_kind": "养老"}
        return one.told("insurance_active", night, **(usual | fields))

    def registered(self, one: Person, since: date, **fields: Any) -> Person:
        usual: dict[str, Any] = {
            "reg_no": f"SY9{one.number[-5:-1]}{since:%m%d}",
            "reg_date": since,
            "job_loss_date": since - timedelta(days=10),
            "basis": "核验",
            "hukou_kind": "城镇",
            "wish": "就业",
            "able": True,
            "willing": True,
            "education": "初中",
            "skill": "初级工",
            "health": "健康",
            "job_need": "保安,门卫",
            "last_verified": self.days.start - timedelta(days=9),
            "place": "柳渡镇公共就业服务站",
            "town": "柳渡镇",
            "village": "榆树村",
        }
        return one.told("unemployment_registration", 1, **(usual | fields))

    def business(self, one: Person, founded: date, night: int = 1, **fields: Any) -> Person:
        code = numbers.credit_codes(np.array([910_000 + len(self.people)]), np.array([92]))
        usual: dict[str, Any] = {
            "uscc": str(code[0]),
            "entity_name": f"{CITY}{one.key}号便利店",
            "entity_kind": "个体工商户",
            "role": "经营者",
            "status": "存续",
            "founded_date": founded,
        }
        return one.told("market_entity", night, **(usual | fields))

    def benefit(self, one: Person) -> Person:
        month = self.days.month
        return one.told(
            "unemployment_benefit", 1, start_month=first_of(month, -3), end_month=first_of(month, 6), months_left=6
        )

    def pension(self, one: Person, since: date, night: int = 1, scheme: str = "职工养老") -> Person:
        return one.told("pension", night, scheme=scheme, start_date=since, status="正常")


def plant(part: Extract, people: list[Person], first_index: int, nights: int) -> Extract:
    """The extract with the planted rows before the drawn ones. The truth of person k is `first_index + k`."""
    return joined([planted_rows(part, people, first_index, nights, is_late=False), part])


def plant_late(part: Extract, people: list[Person], first_index: int, nights: int) -> Extract:
    """The extract, already in its order, with the rows of the people of later scenarios after all others."""
    return followed(part, planted_rows(part, people, first_index, nights, is_late=True))


def planted_rows(part: Extract, people: list[Person], first_index: int, nights: int, *, is_late: bool) -> Extract:
    found = [(first_index + k, p, r) for k, p in enumerate(people) for r in p.rows
             if p.is_late == is_late and r.kind == part.kind and r.night <= nights]  # fmt: skip
    rows = [person_fields(part, p) | r.fields for _, p, r in found]
    return hand_made(part, rows, [k for k, _, _ in found], [r.night for _, _, r in found],
                     [r.until for _, _, r in found], [r.damage for _, _, r in found])  # fmt: skip


def person_fields(part: Extract, one: Person) -> dict[str, Any]:
    """The person's own fields, as far as this kind carries them."""
    if LAYOUTS[part.kind].who != "person":
        return {}
    serial = int(one.number[14:17])
    own = {
        "name": one.name,
        "id_number": one.number,
        "sex": "男" if one.is_male else "女",
        "birth_date": one.birth,
        "phone": f"1439{serial:07d}",
        "local_no": f"9{serial:07d}",
        "town": "柳渡镇",
        "village": "榆树村",
        "place": CITY,
        "ethnicity": "蒙古族" if "·" in one.name else "汉族",
        "address": f"{CITY}柳渡镇榆树村{serial}号",
        "id_type": "港澳台居民居住证" if one.area in numbers.PERMIT_AREAS else "居民身份证",
    }
    return {f: v for f, v in own.items() if f in part.rows.column_names}
