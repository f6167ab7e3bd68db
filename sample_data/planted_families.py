"""The rows of planted people that need a household: its book, its earners, recognitions, aid, certificates, services."""

from datetime import date, timedelta
from typing import Any

from sample_data.calendar_days import first_of, months_before, years_before
from sample_data.people import CITY
from sample_data.planted import Cast, Person
from sample_data.recognition import OLDER

KIN_NAMES = ("安", "宁", "康", "平", "和", "顺", "祥", "瑞", "福", "庆", "丰", "茂", "兴", "旺", "昌", "荣")
SURNAMES = (
    "常武乔赖龚文庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜"
)


def day_before(day: date) -> date:
    return day - timedelta(days=1)


class FamilyCast(Cast):
    """A cast whose people live in households. Who stands in one is said before the kin are asked for."""

    def local(
        self, one: Person, *, relation: str = "户主", head: Person | None = None, kind: str = "城镇", **fields: Any
    ) -> Person:
        """A line in the household book of the person, or of the head it names."""
        usual: dict[str, Any] = {
            "household_no": f"H9{(head or one).number[6:17]}",
            "relation": relation,
            "hukou_kind": kind,
            "hukou_area": f"{CITY}柳渡镇",
        }
        return one.told("household_register", 1, **(usual | fields))

    def kin(self, one: Person, relation: str, sex: str, birth: date, **fields: Any) -> Person:
        """A further member of the person's household, under the same case. A child has the person's surname."""
        turn = len(self.people)
        surname = one.name[0] if relation in ("子", "女") else SURNAMES[turn % len(SURNAMES)]
        name = surname + KIN_NAMES[turn % len(KIN_NAMES)]
        return self.local(self.person(one.case, name, sex, birth), relation=relation, head=one, **fields)

    def earner(self, one: Person, **fields: Any) -> Person:
        """A spouse with an old job, so that the household is no zero-employment family."""
        spouse = self.kin(one, "配偶", "女" if one.is_male else "男", years_before(self.days.night(2), 38), **fields)
        return self.insured(spouse, first_of(self.days.month, -50), employer_months=50)

    def settled(self, one: Person, since: date, **fields: Any) -> Person:
        """Registered, with the city's hukou and a spouse who earns."""
        self.registered(one, since, last_verified=max(since, self.days.start - timedelta(days=9)), **fields)
        self.local(one, kind=fields.get("hukou_kind", "城镇"))
        self.earner(one, kind=fields.get("hukou_kind", "城镇"))
        return one

    def recognised(
        self, one: Person, basis: str = OLDER, since: date | None = None, night: int = 1, **fields: Any
    ) -> Person:
        """A recognition, eight months old unless told otherwise."""
        day = since or months_before(self.days.night(2), 8)
        usual: dict[str, Any] = {
            "basis": basis,
            "apply_date": day - timedelta(days=20),
            "prelim_date": day - timedelta(days=12),
            "recognised_date": day,
            "spell": 1,
            "owner": "王老师",
        }
        return one.told("hardship_recognition", night, **(usual | fields))

    def helped(self, case: str, name: str, sex: str, years: int, basis: str = OLDER, **fields: Any) -> Person:
        """Settled, registered nine months ago and recognised a month later."""
        one = self.settled(self.aged(case, name, sex, years), months_before(self.days.night(2), 9), **fields)
        return self.recognised(one, basis)

    def certificate(self, one: Person, valid_to: date, night: int = 1, **fields: Any) -> Person:
        usual: dict[str, Any] = {
            "certificate_no": f"{one.number}43",
            "category": "肢体",
            "grade": "三级",
            "issue_date": years_before(valid_to, 10),
            "valid_to": valid_to,
            "status": "有效",
        }
        return one.told("disability_certificate", night, **(usual | fields))

    def aid(self, one: Person, night: int = 1, **fields: Any) -> Person:
        usual: dict[str, Any] = {
            "householder_name": one.name,
            "householder_id": one.number,
            "relation": "本人",
            "household_no": f"DB9{one.number[10:17]}",
            "aid_kind": "城市低保",
            "start_month": first_of(self.days.month, -30),
            "members": 1,
            "amount": 640.0,
        }
        return one.told("low_income", night, **(usual | fields))

    def service(self, one: Person, day: date, kind: str, night: int = 1, **fields: Any) -> Person:
        usual: dict[str, Any] = {
            "service_date": day,
            "service_kind": kind,
            "means": "电话",
            "staff": "王老师",
            "in_system": True,
        }
        return one.told("service_log", night, **(usual | fields))

    def thing(self, case: str) -> Person:
        """A carrier of rows and answers that are about nobody."""
        one = Person(case, "", "", False, self.days.start, is_late=True)
        self.people.append(one)
        return one
