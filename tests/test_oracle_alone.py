"""The naive oracle by itself: the written scenarios, a few literal days, and what must hold of it for anybody."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle_facts import age, months_after, retirement
from tests.oracle_rows import (
    Benefit,
    Certificate,
    Death,
    Insured,
    Licence,
    Pension,
    Person,
    Registration,
    Service,
    Stop,
)
from tests.oracles import everything, findings
from tests.strategies import KINDS, people
from tests.town import neighbours

DAY = date(2024, 6, 30)
# Without shrinking: a failure is told in seconds, and one person's rows are readable as they are.
FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def man(birth: date, **rows: Any) -> Person:
    return Person(birth_date=birth, sex="男", **rows)


def reg(*when: date, **more: Any) -> tuple[Registration, ...]:
    return tuple(Registration(reg_date=day, **more) for day in when)


OLD_ENOUGH = date(1980, 1, 1)
MAY_STOP = (Stop(stop_date=date(2024, 5, 31), last_paid_month=date(2024, 5, 1), stop_reason="合同期满"),)
APRIL_STOP = (Stop(stop_date=date(2024, 4, 30), last_paid_month=date(2024, 4, 1), stop_reason="合同期满"),)
REFUSED = tuple(Service(service_date=date(2023, m, 1), service_kind="拒绝服务") for m in (10, 11, 12))


@pytest.mark.parametrize(
    ("person", "day", "there", "absent"),
    [
        pytest.param(man(date(1984, 6, 30), stops=MAY_STOP), DAY, {"ZS-3.1.1a ADD"}, set(), id="1 forty that day"),
        pytest.param(man(date(1984, 7, 1), stops=MAY_STOP), DAY, set(), {"ZS-3.1.1a"}, id="2 forty tomorrow"),
        pytest.param(man(date(1984, 7, 1), stops=MAY_STOP), date(2024, 7, 1), {"ZS-3.1.1a ADD"}, set(), id="2 forty today"),
        pytest.param(man(date(1979, 1, 1), registrations=reg(date(2023, 11, 30))), DAY, {"ZS-3.1 ADD"}, set(), id="3 registered"),
        pytest.param(man(date(1960, 1, 1), registrations=reg(date(2023, 11, 30))), DAY, {"NM-2.1a UPD"}, {"NM-3.2:pension", "ZS-3.1"}, id="14 of 64, no pension"),
        pytest.param(man(date(1960, 1, 1), registrations=reg(date(2023, 11, 30)), pensions=(Pension(start_date=date(2024, 6, 1)),)), DAY, {"NM-3.2:pension PROP_DEREG"}, set(), id="14 resident pension"),
        pytest.param(man(OLD_ENOUGH, stops=(replace(MAY_STOP[0], last_paid_month=date(2024, 6, 1), employer_name="A"),), insured=(Insured(start_month=date(2024, 6, 1), employer_name="B"),)), DAY, set(), {"ZS-3.1.1a"}, id="26 next job in the same month"),
        pytest.param(man(OLD_ENOUGH, stops=APRIL_STOP), date(2024, 5, 31), {"ZS-3.1.1a ADD"}, set(), id="27 one whole month"),
        pytest.param(man(OLD_ENOUGH, stops=APRIL_STOP), date(2024, 5, 30), set(), {"ZS-3.1.1a"}, id="27 not quite a month"),
        pytest.param(man(OLD_ENOUGH, stops=APRIL_STOP, insured=(Insured(start_month=date(2024, 6, 1)),)), date(2024, 6, 20), {"ZS-EXIT:reemployed FLAG_REEMP"}, {"ZS-3.1.1a"}, id="27 hired again"),
        pytest.param(man(OLD_ENOUGH, stops=(replace(MAY_STOP[0], stop_reason="死亡"),)), DAY, {"ZS-EXIT:stop_reason REVIEW"}, {"ZS-3.1.1a"}, id="28 stopped as dead"),
        pytest.param(man(OLD_ENOUGH, stops=(replace(MAY_STOP[0], withdrawn=True),)), DAY, set(), {"ZS-3.1.1a"}, id="29 withdrawn"),
        pytest.param(Person(birth_date=date(1972, 6, 1), sex="女", benefits=(Benefit(start_month=date(2024, 3, 1), end_month=date(2024, 12, 1)),)), DAY, {"ZS-3.1.1b ADD"}, set(), id="30 benefit alone"),
        pytest.param(man(OLD_ENOUGH, benefits=(Benefit(start_month=date(2024, 3, 1), end_month=date(2024, 12, 1)),), insured=(Insured(start_month=date(2024, 5, 1)),)), DAY, {"ZS-3.1.1b:employed REVIEW"}, {"ZS-3.1.1b"}, id="31 benefit and job"),
        pytest.param(man(OLD_ENOUGH, stops=APRIL_STOP, insured=(Insured(start_month=date(2024, 5, 1), payer_kind="灵活就业"),)), DAY, {"ZS-3.1.1a ADD"}, {"ZS-EXIT:reemployed"}, id="33 flexible payer"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 5, 30))), DAY, set(), {"NM-2.1b:guidance"}, id="16 one month is short"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 5, 30))), date(2024, 7, 1), {"NM-2.1b:guidance GAP"}, {"NM-2.1b:training"}, id="16 then mid"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 12, 30), last_verified=date(2024, 5, 20))), DAY, set(), {"NM-3.4"}, id="17 six months is mid"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 12, 30), last_verified=date(2024, 5, 20))), date(2024, 7, 1), {"NM-3.4 TASK", "NM-2.1b:training GAP"}, set(), id="18 then long"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(DAY), licences=(Licence(founded_date=date(2024, 3, 5)),)), DAY, {"NM-3.2:self_employed PROP_DEREG"}, set(), id="35 live shop"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 4, 1)), licences=(Licence(founded_date=date(2020, 3, 5), status="注销", cancelled_date=date(2024, 5, 10)),)), DAY, {"NM-3.1a:licence_ended UPD"}, {"NM-3.2:self_employed"}, id="36 cancelled since"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 4, 1)), licences=(Licence(founded_date=date(2020, 3, 5), status="注销", cancelled_date=date(2024, 3, 10)),)), DAY, set(), {"NM-3.1a:licence_ended", "NM-3.2:licence_weak"}, id="36 cancelled before"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(DAY), licences=(Licence(founded_date=date(2020, 3, 5), status="吊销未注销"),)), DAY, {"NM-3.2:licence_weak REVIEW"}, {"NM-3.2:self_employed"}, id="36 revoked"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(DAY), licences=(Licence(founded_date=date(2020, 3, 5), link_grade="probable"),)), DAY, {"NM-3.2:self_employed REVIEW"}, set(), id="37 no number"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 4, 1)), insured=(Insured(start_month=date(2024, 6, 1)),)), DAY, {"NM-3.2:hired PROP_DEREG", "NM-3.1b URGE"}, set(), id="39 hired"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2024, 4, 1)), pensions=(Pension(start_date=date(2024, 7, 1)),)), DAY, set(), {"NM-3.2:pension"}, id="42 pension tomorrow"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 9, 1)), services=REFUSED), DAY, {"NM-3.3 TASK"}, {"NM-3.2:hired"}, id="48 three refusals, silent"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 9, 1)), benefits=(Benefit(start_month=date(2023, 10, 1), end_month=date(2024, 4, 1)),)), DAY, {"NM-1.3b REFER"}, set(), id="69 benefit ended"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 9, 1)), deaths=(Death(death_date=DAY, link_grade="review"),)), DAY, {"NM-3.2:died REVIEW", "ZS-3.1 ADD"}, set(), id="44 another's death"),
        pytest.param(man(OLD_ENOUGH, registrations=reg(date(2023, 9, 1)), certificates=(Certificate(valid_to=DAY),)), DAY, {"NM-1.3a:disability ADD"}, set(), id="20 last day of a certificate"),
        pytest.param(man(OLD_ENOUGH, is_held=True, registrations=reg(date(2023, 9, 1)), deaths=(Death(death_date=DAY),)), DAY, {"NM-2.1a HOLD", "NM-3.2:died REVIEW"}, {"NM-3.4"}, id="74 number shared"),
    ],
)  # fmt: skip
def test_the_oracle_answers_the_written_scenarios(person: Person, day: date, there: set[str], absent: set[str]) -> None:
    found = {f"{f.rule_id} {f.op}" for _, f in everything(neighbours([person]), day)[0]}
    assert there <= found
    assert not absent & {f.split()[0] for f in found}


@pytest.mark.parametrize(
    ("birth", "sex", "on"),
    [
        pytest.param(date(1964, 12, 31), "男", date(2024, 12, 31), id="last man of sixty"),
        pytest.param(date(1965, 1, 1), "男", date(2025, 2, 1), id="first month more"),
        pytest.param(date(1965, 4, 30), "男", date(2025, 5, 30), id="fourth month of birth"),
        pytest.param(date(1965, 5, 1), "男", date(2025, 7, 1), id="fifth month of birth"),
        pytest.param(date(1976, 9, 1), "男", date(2039, 9, 1), id="sixty-three at most"),
        pytest.param(date(1972, 2, 29), "女", date(2027, 9, 29), id="born on 29 February"),
        pytest.param(date(1990, 1, 31), "女", date(2048, 1, 31), id="fifty-eight at most"),
    ],
)
def test_retirement_follows_the_table(birth: date, sex: str, on: date) -> None:
    assert retirement(birth, sex) == on


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)), st.integers(0, 80))
@settings(FEW, max_examples=100)
def test_an_age_is_attained_on_the_birthday_and_not_before(birth: date, years: int) -> None:
    birthday = months_after(birth, 12 * years)
    assert age(birth, birthday) == years
    assert age(birth, birthday - timedelta(days=1)) == years - 1


@given(people(DAY))
@FEW
def test_the_order_of_rows_is_irrelevant(person: Person) -> None:
    turned: dict[str, Any] = {name: tuple(reversed(getattr(person, name))) for name in KINDS}
    assert findings(replace(person, **turned), DAY) == findings(person, DAY)


@given(people(DAY))
@FEW
def test_without_an_exact_link_nothing_is_ended(person: Person) -> None:
    fuzzy: dict[str, Any] = {
        name: tuple(replace(row, link_grade="variant") for row in getattr(person, name))
        for name in KINDS
        if name != "registrations"
    }
    found = findings(replace(person, **fuzzy), DAY)
    assert not {f for f in found if f.op in ("PROP_DEREG", "PROP_EXIT", "FLAG_REEMP")}


@given(people(DAY))
@FEW
def test_refusals_and_silence_never_end_a_registration(person: Person) -> None:
    grounds = {f for f in findings(person, DAY) if f.track == "R"}
    assert {f for f in findings(replace(person, services=()), DAY) if f.track == "R"} == grounds
