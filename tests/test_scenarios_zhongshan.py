"""Zhongshan, from delivered files to ledger entries: the acceptance scenarios and every boundary of every rule.

All cases live in one workspace and share its nights, so each also stands among people who must not disturb it.
"""

from datetime import date

import pytest

from tests.nightshift import (
    Case,
    Stage,
    aid,
    benefit,
    certificate,
    death,
    flexible,
    insured,
    pension,
    registered,
    stage,
    stop,
)

MAY31, JUN20, JUN29, JUN30, JUL01, JUL02, JUL31 = NIGHTS = (
    "2024-05-31", "2024-06-20", "2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02", "2024-07-31",
)  # fmt: skip
STOPPED, DRAWS, LISTED = "L ADD ZS-3.1.1a stoppage", "L ADD ZS-3.1.1b benefit", "L ADD ZS-3.1 registration"
POOR, DISABLED = "L ADD ZS-3.1.2 low_income", "L ADD ZS-3.1.2 disability"
HIRED, RETIRED, DIED = "L FLAG_REEMP ZS-EXIT hired", "L REVIEW ZS-EXIT pension", "L REVIEW ZS-EXIT death"
BOTH = "L REVIEW ZS-3.1.1b benefit-and-job"
NOTHING: dict[str, tuple[str, ...]] = {}


def ended(line: str) -> str:
    """The entry that only ends an earlier one."""
    track, _, rest = line.split(" ", 2)
    return f"{track} UPD {rest} ended"


def withdrawn(line: str) -> str:
    track, _, rest = line.split(" ", 2)
    return f"{track} WITHDRAW {rest}"


def further(line: str) -> str:
    """The same finding as a further source of somebody who is listed."""
    return line.replace(" ADD ", " UPD ")


SCENARIOS = (
    Case("1 forty that day and the month after the last paid one has ended", "1984-06-30", (stop("2024-05"),), {JUN30: (STOPPED,)}),
    Case("2 forty a day later and no new row arrives", "1984-07-01", (stop("2024-05"),), {JUL01: (STOPPED,)}),
    Case("3 man of forty-five registered seven months", "1979-02-10", (registered("2023-11-30"),), {MAY31: (LISTED,)}),
    Case("26 insured by the next employer from the same month", "1979-03-01",
         (stop("2024-06", 停保日期="2024-06-10"), insured("2024-06")), NOTHING),
    Case("26 insured by the next employer from the following month", "1979-03-02", (stop("2024-05"), insured("2024-06")), NOTHING),
    Case("27 listed and then hired, the row is kept", "1979-03-03", (stop("2024-04"), insured("2024-06", JUN20)),
         {MAY31: (STOPPED,), JUN20: (HIRED,)}),
    Case("28 stopped by retirement with a pension", "1963-04-03",
         (stop("2024-04", reason="退休"), pension("2024-06-01", JUN20)), NOTHING),
    Case("28 stopped by death", "1979-03-04", (stop("2024-04", reason="死亡"), death("2024-04-20")), NOTHING),
    Case("28 listed and then drawing a pension", "1965-03-05", (stop("2024-04"), pension("2024-06-01", JUN20)),
         {MAY31: (STOPPED,), JUN20: (RETIRED,)}),
    Case("28 listed and then reported dead", "1979-03-06", (stop("2024-04"), death("2024-06-02", JUN20)),
         {MAY31: (STOPPED,), JUN20: (DIED,)}),
    Case("28 listed by benefit and then stopped by retirement", "1979-03-07",
         (benefit("2024-03", "2024-12"), stop("2024-04", JUN20, reason="退休")),
         {MAY31: (DRAWS,), JUN20: ("L REVIEW ZS-EXIT stop-reason",)}),
    Case("29 the stop row vanishes from the next full snapshot", "1979-03-08", (stop("2024-04", until=JUN20),),
         {MAY31: (STOPPED,), JUN20: (withdrawn(STOPPED),)}),
    Case("29 the stop row comes again marked as taken back", "1979-03-09",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, 撤销标志="是")),
         {MAY31: (STOPPED,), JUN20: (withdrawn(STOPPED),)}),
    Case("30 drawing benefit without any stop row", "1972-03-10", (benefit("2024-03", "2024-12"),), {MAY31: (DRAWS,)}),
    Case("31 drawing benefit and employed since May", "1979-03-11", (benefit("2024-03", "2024-12"), insured("2024-05")), {MAY31: (BOTH,)}),
    Case("33 pays as a flexible payer since May", "1979-03-12", (stop("2024-04"), flexible("2024-05")), {MAY31: (STOPPED,)}),
    Case("34 on the stoppage, benefit and new low-income lists", "1979-03-13",
         (stop("2024-04"), benefit("2024-05", "2024-12"), aid("2024-05")),
         {MAY31: (STOPPED, further(DRAWS), further(POOR))}),
)  # fmt: skip
BOUNDARIES = (
    Case("thirty-nine through all nights", "1984-08-01", (registered("2024-01-10"), stop("2024-03")), NOTHING),
    Case("a woman is listed at forty like a man", "1984-06-30", (stop("2024-03"),), {JUN30: (STOPPED,)}, sex="女"),
    Case("registration counts from its own day", "1979-04-01", (registered("2024-06-30"),), {JUN30: (LISTED,)}),
    Case("registered person turns forty", "1984-07-01", (registered("2024-01-10"),), {JUL01: (LISTED,)}),
    Case("registration ends on the day it is cancelled", "1979-04-02",
         (registered("2024-01-10", until=JUN29), registered("2024-01-10", JUN29, 注销日期="2024-06-30")),
         {MAY31: (LISTED,), JUN30: (ended(LISTED),)}),
    Case("last paid month ends in the night's own month", "1979-04-03", (stop("2024-06"),), {JUL31: (STOPPED,)}),
    Case("uninsured for a whole month counts on its last day", "1979-04-04", (stop("2024-05"),), {JUN30: (STOPPED,)}),
    Case("stop row without a last paid month counts from the month of the stop date", "1979-04-05",
         (stop("2024-05", 最后缴费年月=""),), {JUN30: (STOPPED,)}),
    *(
        Case(f"stopped because of {why}", f"1979-05-{day:02d}", (stop("2024-03", reason=code),), NOTHING)
        for day, (why, code) in enumerate(
            (("retirement", "退休"), ("death", "死亡"), ("emigration", "出国定居"), ("joining the army", "参军"),
             ("going to school", "升学"), ("a transfer of the firm", "单位合并转移")), 1)
    ),
    *(
        Case(f"stopped because of {why}", f"1979-06-{day:02d}", (stop("2024-03", reason=code),), {MAY31: (STOPPED,)})
        for day, (why, code) in enumerate(
            (("being dismissed", "单位解除"), ("agreement", "协商解除"), ("resignation", "个人辞职"),
             ("expulsion", "开除除名"), ("other reasons", "其他")), 1)
    ),
    Case("employed by another firm all the time", "1979-04-06", (stop("2024-03"), insured("2023-01", paid="2024-05")), NOTHING),
    Case("only one of two insurances with the same firm stopped", "1979-04-07",
         (stop("2024-03", 险种="失业"), insured("2023-01", firm="甲厂", paid="2024-05")), NOTHING),
    Case("own firm's line lags behind the stoppage", "1979-04-08",
         (stop("2024-03"), insured("2023-01", firm="甲厂", paid="2024-03")), {MAY31: (STOPPED,)}),
    Case("holding a public-welfare post", "1979-04-09", (stop("2024-03"), insured("2024-05", payer="公益性岗位", firm="丁社")), NOTHING),
    Case("insured as a resident only", "1979-04-10", (stop("2024-03"), insured("2024-05", payer="城乡居民", firm="")), {MAY31: (STOPPED,)}),
    Case("benefit counts from the first of its first month", "1979-04-11", (benefit("2024-07", "2024-12"),), {JUL01: (DRAWS,)}),
    Case("benefit counts to the last day of its last month", "1979-04-12", (benefit("2024-01", "2024-06"),),
         {MAY31: (DRAWS,), JUL01: (ended(DRAWS),)}),
    Case("benefit is over on the day it was stopped", "1979-04-13",
         (benefit("2024-01", "2024-12", until=JUN29), benefit("2024-01", "2024-12", JUN29, 停发日期="2024-06-30", 停发原因="其他")),
         {MAY31: (DRAWS,), JUN30: (ended(DRAWS),)}),
    Case("benefit and a job that starts later", "1979-04-14", (benefit("2024-01", "2024-12"), insured("2024-07")),
         {MAY31: (DRAWS,), JUL01: (BOTH, HIRED)}),
    Case("benefit and a job at thirty-nine", "1984-08-02", (benefit("2024-01", "2024-12"), insured("2024-05")), NOTHING),
    Case("benefit and a job on the fortieth birthday", "1984-06-30", (benefit("2024-01", "2024-12"), insured("2024-05")), {JUN30: (BOTH,)}),
    Case("benefit and a job that ends with June", "1979-04-15", (benefit("2024-01", "2024-12"), insured("2024-05", end="2024-06")),
         {MAY31: (BOTH,), JUL01: ("L UPD ZS-3.1.1b benefit-and-job ended", DRAWS)}),
    Case("low income counts from the first of its first month", "1979-04-16", (aid("2024-07"),), {JUL01: (POOR,)}),
    Case("low income counts to the last day of its last month", "1979-04-17", (aid("2024-01", "2024-06"),),
         {MAY31: (POOR,), JUL01: (ended(POOR),)}),
    Case("low income for ever", "1979-04-18", (aid("2024-01", "长期"),), {MAY31: (POOR,)}),
    Case("certificate counts from the day of issue", "1979-04-19", (certificate("2024-06-30", "2034-06-29"),), {JUN30: (DISABLED,)}),
    Case("certificate counts on its last valid day", "1979-04-20", (certificate("2014-07-01", "2024-06-30"),),
         {MAY31: (DISABLED,), JUL01: (ended(DISABLED),)}),
    Case("certificate that is valid for ever", "1979-04-21", (certificate("2014-07-01", "长期"),), {MAY31: (DISABLED,)}),
    Case("certificate that is cancelled", "1979-04-22", (certificate("2014-07-01", "2034-06-30", 证件状态="注销"),), NOTHING),
    Case("certificate that is cancelled while listed", "1979-04-23",
         (certificate("2014-07-01", "2034-06-30", until=JUN30),
          certificate("2014-07-01", "2034-06-30", JUN30, 证件状态="注销", 注销日期="2024-06-30")),
         {MAY31: (DISABLED,), JUN30: (ended(DISABLED),)}),
    Case("hired counts from the first of its first month", "1979-04-24", (stop("2024-03"), insured("2024-07")),
         {MAY31: (STOPPED,), JUL01: (HIRED,)}),
    Case("hired for June only, and unemployed again", "1979-04-25", (stop("2024-03"), insured("2024-06", JUN20, end="2024-06")),
         {MAY31: (STOPPED,), JUN20: (HIRED,), JUL01: ("L UPD ZS-EXIT hired ended",)}),
    Case("hired, dismissed, and a whole month uninsured again", "1979-04-26",
         (stop("2024-03"), insured("2024-06", JUN20, JUL01), stop("2024-06", JUL01, firm="乙厂", 停保日期="2024-06-30")),
         {MAY31: (STOPPED,), JUN20: (HIRED,), JUL01: (ended(STOPPED), "L UPD ZS-EXIT hired ended"), JUL31: (further(STOPPED),)}),
    Case("pension counts from its first day", "1965-04-27", (stop("2024-03"), pension("2024-07-01")),
         {MAY31: (STOPPED,), JUL01: (RETIRED,)}),
    Case("pension that was ended for good", "1965-04-28", (stop("2024-03"), pension("2024-01-01", 发放状态="终止")), {MAY31: (STOPPED,)}),
    Case("drawing a pension from the start", "1965-04-29", (stop("2024-03"), pension("2024-01-01")), NOTHING),
    Case("death counts from its day", "1979-04-30", (stop("2024-03"), death("2024-07-01")), {MAY31: (STOPPED,), JUL01: (DIED,)}),
    Case("a man is listed to the day before he is sixty", "1964-06-30", (stop("2024-03"),), {MAY31: (STOPPED,), JUN30: (ended(STOPPED),)}),
    Case("a woman is listed to the day before she is fifty-five", "1969-07-01", (registered("2024-01-10"),),
         {MAY31: (LISTED,), JUL01: (ended(LISTED),)}, sex="女"),
    Case("sixty on the first night", "1964-05-31", (stop("2024-03"),), NOTHING),
)  # fmt: skip
CASES = (*SCENARIOS, *BOUNDARIES)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage(tmp_path_factory.mktemp("zhongshan") / "town", ["zhongshan"], NIGHTS, CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_changed_and_nothing_else(played: Stage, case: Case) -> None:
    assert played.posted(case) == dict(case.expect)


def test_an_unchanged_night_posts_nothing(played: Stage) -> None:
    assert played.town.nights[JUL02].rows("ledger_entry") == []


def test_an_addition_is_a_proposal_with_its_clause_and_evidence(played: Stage) -> None:
    case = SCENARIOS[0]
    entry = played.entry(case.id, JUN30, STOPPED)
    assert (entry["needs_decision"], entry["state_from"], entry["state_to"]) == (True, "L0", "L1")
    assert (entry["valid_from"], entry["valid_to"]) == (date(2024, 6, 30), None)
    who = played.cast[case.id]
    stops = [
        r["record_id"] for r in played.town.nights[MAY31].rows("match_log") if r["person_id"] == entry["person_id"]
    ]
    assert entry["evidence"] == stops and who.name == entry["name"]


def test_flexible_payers_are_marked_as_such_in_the_reason(played: Stage) -> None:
    entry = played.entry("33 pays as a flexible payer since May", MAY31, STOPPED)
    assert "灵活就业参保：是" in entry["reason"]


def test_unchecked_insurance_elsewhere_is_said_in_the_reason(played: Stage) -> None:
    entry = played.entry(SCENARIOS[0].id, JUN30, STOPPED)
    assert "外地参保已核对：否" in entry["reason"]


def test_three_sources_are_one_row_of_the_ledger(played: Stage) -> None:
    state = played.town.state(played.cast["34 on the stoppage, benefit and new low-income lists"], "zhongshan", "L")
    assert (state["state"], state["basis"]) == ("L1", ["benefit", "low_income", "stoppage"])
    assert len(state["sources"]) == 3 and state["needs_decision"] is True and state["since"] == date(2024, 5, 31)


@pytest.mark.parametrize("case_id", [c.id for c in SCENARIOS if c.id.startswith("29")])
def test_a_withdrawal_names_the_first_entry_and_takes_the_row_out(played: Stage, case_id: str) -> None:
    first, back = played.entry(case_id, MAY31, STOPPED), played.entry(case_id, JUN20, withdrawn(STOPPED))
    assert back["supersedes"] == first["entry_id"]
    assert (back["state_from"], back["state_to"], back["valid_from"]) == ("L1", "L0", first["valid_from"])
    state = played.town.state(played.cast[case_id], "zhongshan", "L")
    assert (state["state"], state["basis"], state["sources"]) == ("L0", [], [])


def test_rehired_people_keep_their_row_and_go_back_when_the_job_ends(played: Stage) -> None:
    kept = played.town.state(played.cast["27 listed and then hired, the row is kept"], "zhongshan", "L")
    assert (kept["state"], kept["basis"]) == ("L4", ["stoppage"])
    back = played.town.state(played.cast["hired for June only, and unemployed again"], "zhongshan", "L")
    assert (back["state"], back["basis"]) == ("L1", ["stoppage"])
    again = played.town.state(played.cast["hired, dismissed, and a whole month uninsured again"], "zhongshan", "L")
    assert (again["state"], again["basis"]) == ("L1", ["stoppage"])


def test_a_basis_that_ended_by_time_leaves_the_row_without_it(played: Stage) -> None:
    case_id = "benefit counts to the last day of its last month"
    first, end = played.entry(case_id, MAY31, DRAWS), played.entry(case_id, JUL01, ended(DRAWS))
    assert end["supersedes"] == first["entry_id"] and end["valid_from"] == end["valid_to"] == date(2024, 7, 1)
    state = played.town.state(played.cast[case_id], "zhongshan", "L")
    assert (state["basis"], state["sources"]) == ([], ["benefit"])


def test_candidates_are_on_the_list_for_the_towns(played: Stage) -> None:
    night = played.town.nights[JUN30]
    listed = {(r["entry_id"], r["person_id"], r["clause"]) for r in night.rows("lists/O02")}
    added = {(e["entry_id"], e["person_id"], e["clause"]) for e in night.entries() if e["op"] == "ADD"}
    assert added and added <= listed


def test_benefit_and_job_at_once_are_on_the_fraud_list(played: Stage) -> None:
    entry = played.entry("31 drawing benefit and employed since May", MAY31, BOTH)
    (row,) = [r for r in played.town.nights[MAY31].rows("lists/O15") if r["entry_id"] == entry["entry_id"]]
    assert (row["person_id"], row["clause"]) == (entry["person_id"], "ZS-3.1.1b")
