"""Scenarios that need a town of their own: days in February, and an extract that another night lacks."""

import pytest

from tests.more_said import NOTHING, ended, housed, jobless, listed, own_pack, recognised, studied
from tests.nightshift import Case, Stage, Town, insured, registered, stage, stop

JUN29, JUN30 = "2024-06-29", "2024-06-30"
OWN = {"subsidy_cap_months": 36, "spot_check_per_mille": 1000, "survey_days": 30, "silent_days": 30}
RURAL = {"户籍性质": "农村", "常住地类型": "农村"}
FEB28, FEB29 = "2024-02-28", "2024-02-29"
AGAIN = ("H HOLD XY-3.7 locked", "H REVIEW XY-3.7 no-change")
LATER = (
    Case("46 full-time from that day", "2004-01-01", (jobless("2024-01-10"), studied("2024-02-29")), {FEB29: ("R PROP_DEREG NM-3.2 school",)}, tracks="R", clause="NM-3.2"),
    Case("51 exit on the last of November is locked to the last of February", "1990-01-02", (jobless("2022-12-01", **RURAL), housed("江西省新余市渝水区", book="Z1"), listed("脱贫人口", "2020-01-01"), recognised("4050", "2023-01-10", left="2023-11-30")),
         {FEB28: AGAIN[:1], FEB29: (ended(AGAIN[0]), AGAIN[1])}, clause="XY-3.7", tracks="H"),
)  # fmt: skip


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("later")
    return stage(folder / "town", ["neimenggu", own_pack(folder, "xinyu", OWN)], (FEB28, FEB29), LATER)


@pytest.mark.parametrize("case", LATER, ids=lambda case: case.id)
def test_what_waits_for_its_day_comes_that_day(later: Stage, case: Case) -> None:
    assert later.posted(case) == dict(case.expect)


STOPPED, HIRED = "L ADD ZS-3.1.1a stoppage", "L FLAG_REEMP ZS-EXIT hired"
ELSEWHERE = (
    Case("32 no such extract", "1979-03-01", (stop("2024-04"),), {JUN29: (STOPPED,)}, tracks="L"),
    Case("32 listed and then seen insured in another city", "1979-03-02", (stop("2024-04"), insured("2024-05", JUN30, 参保地="珠海市")), {JUN29: (STOPPED,), JUN30: (HIRED,)}, tracks="L"),
    Case("32 insured in another city when the stoppage comes", "1979-03-03", (stop("2024-04", JUN30), insured("2024-05", JUN30, 参保地="珠海市")), NOTHING, tracks="L"),
    Case("32 looked for elsewhere and not found", "1979-03-04", (stop("2024-04", JUN30),), {JUN30: (STOPPED,)}, tracks="L"),
)  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    town = Town.found(tmp_path_factory.mktemp("elsewhere") / "town", "zhongshan")
    cast = {case.id: case.play(town) for case in ELSEWHERE}
    for day in range(1, 6):  # here is where most lines are from
        town.tell(town.person(f"1999-01-{day:02d}"), registered("2020-01-10"), insured("2023-01", paid="2024-05"))
    for night in (JUN29, JUN30):
        town.night(night)
    return Stage(town, cast)


@pytest.mark.parametrize("case", ELSEWHERE, ids=lambda case: case.id)
def test_32_insurance_in_another_city_counts_when_it_is_told(elsewhere: Stage, case: Case) -> None:
    assert elsewhere.posted(case) == dict(case.expect)


def test_32_whether_anybody_looked_is_said_of_each_person(elsewhere: Stage) -> None:
    before = elsewhere.entry("32 no such extract", JUN29, STOPPED)
    after = elsewhere.entry("32 looked for elsewhere and not found", JUN30, STOPPED)
    assert "外地参保已核对：否" in before["reason"] and "外地参保已核对：是" in after["reason"]
