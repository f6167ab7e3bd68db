"""Sources that correct themselves, and sources that fail: what is taken back, what stands, what must wait.

Two packs in one workspace. The cases of `CORRECTED` and `LATER` share one town; those of `BARRED` another, in which on one night
several extracts are refused or shrunken.
"""

from typing import Any

import pytest

from tests.nightshift import (
    Case,
    Night,
    Stage,
    Town,
    aid,
    benefit,
    certificate,
    flexible,
    insured,
    licence,
    pension,
    registered,
    stop,
)

MAY31, JUN20, JUN30, JUL01 = NIGHTS = ("2024-05-31", "2024-06-20", "2024-06-30", "2024-07-01")
BOTH_PACKS = ("zhongshan", "neimenggu")
STOPPED, DRAWS = "L ADD ZS-3.1.1a stoppage", "L ADD ZS-3.1.1b benefit"
TAKEN_BACK, STOP_ENDED = "L WITHDRAW ZS-3.1.1a stoppage", "L UPD ZS-3.1.1a stoppage ended"
DRAWS_TOO, DRAWS_ENDED = "L UPD ZS-3.1.1b benefit", "L UPD ZS-3.1.1b benefit ended"
HIRED, RETIRED = "L FLAG_REEMP ZS-EXIT hired", "L REVIEW ZS-EXIT pension"
PENSION, PENSION_ENDED = "R PROP_DEREG NM-3.2 pension", "R UPD NM-3.2 pension ended"
SELF = "R PROP_DEREG NM-3.2 self-employed"
POOR, POOR_ENDED = "H ADD NM-1.3a low_income", "H UPD NM-1.3a low_income ended"
MID, LOW = "L UPD NM-2.1a mid", "L ADD ZS-3.1.2 low_income"
LOOK_FLEXIBLE = "R REVIEW NM-3.2 flexible"
NOTE = "L UPD NM-3.1a licence-ended"
HIRED_ENDED, SELF_ENDED = "L UPD ZS-EXIT hired ended", "R UPD NM-3.2 self-employed ended"
DISABLED, DISABLED_ENDED = "L ADD ZS-3.1.2 disability", "L UPD ZS-3.1.2 disability ended"
LOW_ENDED, MID_ENDED = "L UPD ZS-3.1.2 low_income ended", "L UPD NM-2.1a mid ended"
MARCH = registered("2024-03-10")  # mid tier on every night


def fillers(town: Town) -> None:
    """Young people with rows that stand on every night, so that no extract loses half of its rows by a case."""
    for day in range(1, 13):
        who = town.tell(town.person(f"2000-02-{day:02d}"), stop("2024-01"))
        if day <= 4:
            town.tell(who, aid("2024-01"), certificate("2020-01-01", "2030-01-01"), benefit("2024-03", "2024-12"))
        elif day <= 8:
            town.tell(who, registered("2024-02-01"), insured("2024-03"))
        else:
            town.tell(who, pension("2024-01-01"), licence("2024-01-05"))


def params(cases: tuple[Case, ...]) -> list[Any]:
    """One parameter a case."""
    return [pytest.param(case, id=case.id) for case in cases]


CORRECTED = (
    Case("taken back by a delta", "1979-03-01", (stop("2024-04"),), {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("pension whose beginning is corrected", "1960-03-20", (MARCH, pension("2024-04-01", until=JUN20), pension("2024-05-01", JUN20)),
         {MAY31: (MID, PENSION), JUN20: (PENSION,)}),
    Case("stop reason corrected in a delta", "1979-03-02", (stop("2024-04"),), {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("registration cancelled in a delta", "1990-03-03", (MARCH,), {MAY31: (MID,), JUN20: (MID_ENDED,)}),
    Case("stop row that vanishes from a full snapshot", "1979-03-04", (stop("2024-04", until=JUN20),),
         {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("stop row that vanishes and comes again", "1979-03-05", (stop("2024-04", until=JUN20), stop("2024-04", JUN30)),
         {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,), JUN30: (STOPPED,)}),
    Case("the row and its withdrawal in every later snapshot", "1979-03-06", (stop("2024-04"), stop("2024-04", JUN20, 撤销标志="是")),
         {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("withdrawn and then delivered again", "1979-03-07",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, JUN30, 撤销标志="是"), stop("2024-04", JUN30)),
         {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,), JUN30: (STOPPED,)}),
    Case("a faulty correction in a full snapshot takes nothing back", "1979-03-08",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, 停保日期="2024-13-45")), {MAY31: (STOPPED,)}),
    Case("stop reason corrected in a full snapshot", "1979-03-09", (stop("2024-04", until=JUN20), stop("2024-04", JUN20, reason="升学")),
         {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("stop reason corrected to another that counts", "1979-03-10",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, reason="个人辞职")), {MAY31: (STOPPED,)}),
    Case("last paid month corrected from April to June", "1979-03-11",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, 最后缴费年月="2024-06")), {MAY31: (STOPPED,), JUN20: (TAKEN_BACK,)}),
    Case("last paid month corrected, and then taken back", "1979-03-12",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, JUN30, 最后缴费年月="2024-03")),
         {MAY31: (STOPPED,), JUN30: (TAKEN_BACK,)}),
    Case("corrected to another reason that counts, and then sixty", "1964-07-01",
         (stop("2024-04", until=JUN20), stop("2024-04", JUN20, reason="个人辞职")), {MAY31: (STOPPED,), JUL01: (STOP_ENDED,)}),
    Case("the same row twice, and again in a later snapshot", "1979-03-13",
         (stop("2024-04"), stop("2024-04", until=JUN20), stop("2024-04", JUN30)), {MAY31: (STOPPED,)}),
    Case("benefit still stands when the stop row is taken back", "1979-03-14",
         (stop("2024-04", until=JUN20), benefit("2024-01", "2024-12")), {MAY31: (STOPPED, DRAWS_TOO), JUN20: (TAKEN_BACK,)}),
    Case("benefit ended by time", "1979-03-15", (benefit("2024-01", "2024-06"),), {MAY31: (DRAWS,), JUL01: (DRAWS_ENDED,)}),
    Case("re-employed, job lost again, and a whole month uninsured", "1979-03-16",
         (stop("2024-03"), insured("2024-05", JUN20, JUN30), insured("2024-05", JUN30, end="2024-05"),
          stop("2024-05", JUN30, firm="乙厂")),
         {MAY31: (STOPPED,), JUN20: (HIRED,), JUN30: (HIRED_ENDED,)}),
    Case("re-employed and job lost again in the same month", "1979-03-17",
         (stop("2024-03"), insured("2024-06", JUN20, JUL01), stop("2024-06", JUL01, firm="乙厂")),
         {MAY31: (STOPPED,), JUN20: (HIRED,), JUL01: (STOP_ENDED, HIRED_ENDED)}),
    Case("low income ends while an exit on another track is open", "1990-03-18",
         (MARCH, flexible("2024-05"), aid("2024-01", "2024-06")), {MAY31: (POOR, MID, LOOK_FLEXIBLE), JUL01: (POOR_ENDED,)}),
    Case("pension row that came and went", "1962-03-19", (MARCH, pension("2024-06-01", JUN20, JUN30)),
         {MAY31: (MID,), JUN20: (PENSION,), JUN30: (PENSION_ENDED,)}),
    Case("low-income row that vanishes from a full snapshot", "1979-03-20", (aid("2024-01", until=JUN20),),
         {MAY31: (LOW,), JUN20: (LOW_ENDED,)}),
    Case("low-income row that vanishes while registered", "1990-03-21", (MARCH, aid("2024-01", until=JUN20)),
         {MAY31: (POOR, MID), JUN20: (POOR_ENDED,)}),
    Case("certificate row that vanishes from a full snapshot", "1979-03-22", (certificate("2020-01-01", "2030-01-01", until=JUN20),),
         {MAY31: (DISABLED,), JUN20: (DISABLED_ENDED,)}),
    Case("insurance row that vanishes from a full snapshot", "1979-03-23", (stop("2024-04"), insured("2024-06", JUN20, JUN30)),
         {MAY31: (STOPPED,), JUN20: (HIRED,), JUN30: (HIRED_ENDED,)}),
)  # fmt: skip
# Their stoppages are gone on the third night, when other entries rest on them.
LATER = (
    Case("flagged as hired and then never stopped", "1979-03-01", (stop("2024-04", until=JUN30), insured("2024-06", JUN20)),
         {MAY31: (STOPPED,), JUN20: (HIRED,)}),
    Case("pension to review and then never stopped", "1979-03-02", (stop("2024-04", until=JUN30), pension("2024-06-01", JUN20)),
         {MAY31: (STOPPED,), JUN20: (RETIRED,)}),
    Case("benefit ended by time and then never stopped", "1979-03-03", (stop("2024-04", until=JUN30), benefit("2024-01", "2024-05")),
         {MAY31: (STOPPED, DRAWS_TOO), JUN20: (DRAWS_ENDED,)}),
)  # fmt: skip
BARRED = (
    Case("flagged as hired when the insurance extract is refused", "1979-04-01", (aid("2024-01"), insured("2024-06", JUN20)),
         {MAY31: (LOW,), JUN20: (HIRED,)}),
    Case("stopped, flagged as hired, and both extracts barred", "1979-04-02", (stop("2024-04"), insured("2024-06", JUN20)),
         {MAY31: (STOPPED,), JUN20: (HIRED,)}),
    Case("pension to review when the pension extract is refused", "1965-04-03", (aid("2024-01"), pension("2024-06-01", JUN20)),
         {MAY31: (LOW,), JUN20: (RETIRED,)}),
    Case("pension proposal when the pension extract is refused", "1962-04-04", (MARCH, pension("2024-06-01", JUN20)),
         {MAY31: (MID,), JUN20: (PENSION,)}),
    Case("proposal about a licence when the registry is refused", "1990-04-05", (MARCH, licence("2024-03-05")), {MAY31: (MID, SELF)}),
    Case("flexible payer when the insurance extract is refused", "1990-04-06", (MARCH, flexible("2024-05")),
         {MAY31: (MID, LOOK_FLEXIBLE)}),
    Case("stop row already in the ledger when the extract is held", "1979-04-07", (stop("2024-04"),), {MAY31: (STOPPED,)}),
    Case("new stop row in the held extract", "1979-04-08", (stop("2024-04", JUN30),), {JUL01: (STOPPED,)}),
    Case("withdrawal in the held extract", "1979-04-09", (stop("2024-04", until=JUN30), stop("2024-04", JUN30, 撤销标志="是")),
         {MAY31: (STOPPED,), JUL01: (TAKEN_BACK,)}),
    Case("stop row that is gone from the held extract and the next", "1979-04-10", (stop("2024-04", until=JUN30),),
         {MAY31: (STOPPED,), JUL01: (TAKEN_BACK,)}),
    Case("new insurance row on the night of the refusal", "1979-04-11", (aid("2024-01"), insured("2024-06", JUN30)),
         {MAY31: (LOW,), JUL01: (HIRED,)}),
    Case("insurance row that is gone only after the refusal", "1979-04-12", (aid("2024-01"), insured("2024-06", JUN20, JUL01)),
         {MAY31: (LOW,), JUN20: (HIRED,), JUL01: (HIRED_ENDED,)}),
    Case("new pension row on the night of the refusal", "1965-04-13", (aid("2024-01"), pension("2024-06-01", JUN30)),
         {MAY31: (LOW,), JUL01: (RETIRED,)}),
    Case("new licence on the night of the refusal", "1990-04-14", (MARCH, licence("2024-06-05", JUN30)),
         {MAY31: (MID,), JUL01: (SELF,)}),
    Case("licence that lapses on the night of the refusal", "1990-04-15", (MARCH, licence("2024-03-05", 注销日期="2024-06-30")),
         {MAY31: (MID, SELF), JUL01: (NOTE, SELF_ENDED)}),
    Case("forty on the night on which the stop extract is held", "1984-06-30", (stop("2024-04"),), {JUL01: (STOPPED,)}),
    Case("forty that night, listed by a source that came", "1984-06-30", (aid("2024-01"),), {JUN30: (LOW,)}),
    Case("sixty on the night on which the stop extract is held", "1964-06-30", (stop("2024-04"),),
         {MAY31: (STOPPED,), JUL01: (STOP_ENDED,)}),
    Case("sixty that night, listed by a source that came", "1964-06-30", (benefit("2024-01", "2024-12"),),
         {MAY31: (DRAWS,), JUN30: (DRAWS_ENDED,)}),
)  # fmt: skip


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    town = Town.found(tmp_path_factory.mktemp("corrected") / "town", *BOTH_PACKS)
    cast = {case.id: case.play(town) for case in (*CORRECTED, *LATER)}
    fillers(town)
    town.tell(town.person("2000-01-01"), stop("2024-02", JUN30))  # the extract changes on every night
    for day in NIGHTS:
        if day == JUN20:
            back, fixed = cast["taken back by a delta"], cast["stop reason corrected in a delta"]
            rows = [stop("2024-04", 撤销标志="是").about(back), stop("2024-04", reason="升学").about(fixed)]
            town.deliver("社保停保", day, "增量", rows)
            gone = cast["registration cancelled in a delta"]
            town.deliver("失业登记", day, "增量", [registered("2024-03-10", 注销日期="2024-06-18").about(gone)])
        town.night(day)
        if day == JUN20:
            town.told = [
                (w, s) for w, s in town.told if not (w in (back, fixed, gone) and s.kind in ("社保停保", "失业登记"))
            ]
            town.tell(fixed, stop("2024-04", reason="升学"))
            town.tell(gone, registered("2024-03-10", 注销日期="2024-06-18"))
    return Stage(town, cast)


@pytest.mark.parametrize("case", params(CORRECTED))
def test_a_correction_takes_back_what_rested_on_it_and_no_more(corrected: Stage, case: Case) -> None:
    assert corrected.posted(case) == dict(case.expect)


def test_what_waits_for_an_answer_says_what_its_source_says_now(corrected: Stage) -> None:
    case_id = "pension whose beginning is corrected"
    first, second = (corrected.entry(case_id, day, PENSION) for day in (MAY31, JUN20))
    assert second["supersedes"] == first["entry_id"]
    assert ("2024-04-01" in first["reason"], "2024-05-01" in second["reason"]) == (True, True)


@pytest.mark.parametrize(
    ("case_id", "pack", "day", "line", "state"),
    [
        ("low-income row that vanishes from a full snapshot", "zhongshan", JUN20, LOW_ENDED, "L1"),
        ("certificate row that vanishes from a full snapshot", "zhongshan", JUN20, DISABLED_ENDED, "L1"),
        ("low-income row that vanishes while registered", "neimenggu", JUN20, POOR_ENDED, "H1"),
        ("insurance row that vanishes from a full snapshot", "zhongshan", JUN30, HIRED_ENDED, "L4"),
        ("pension row that came and went", "neimenggu", JUN30, PENSION_ENDED, "R2"),
    ],
)
def test_absence_only_asks(corrected: Stage, case_id: str, pack: str, day: str, line: str, state: str) -> None:
    entry = corrected.entry(case_id, day, line)
    assert (entry["needs_decision"], entry["state_from"], entry["state_to"]) == (True, state, state)
    assert corrected.town.state(corrected.cast[case_id], pack, entry["track"])["state"] == state


def cut(town: Town, day: str) -> None:
    """A night on which three extracts come without a column they must have, and one with a third of its rows."""
    for kind in ("社保参保", "养老待遇", "市场主体"):
        town.drop(f"{kind}_{day.replace('-', '')}_全量.csv", [{"姓名": "某人", "证件号码": "1", "来源": kind}])
    new = [(w, s) for w, s in town.told if s.kind == "社保停保" and s.since == day]
    old = [(w, s) for w, s in town.told if s.kind == "社保停保" and s.stands(day) and s.since != day]
    town.drop(f"社保停保_{day.replace('-', '')}_全量.csv", [s.about(w) for w, s in [*new, *old[:4]]])


@pytest.fixture(scope="module")
def barred(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    town = Town.found(tmp_path_factory.mktemp("barred") / "town", *BOTH_PACKS)
    cast = {case.id: case.play(town) for case in BARRED}
    fillers(town)
    for day in NIGHTS:
        if day == JUN30:
            cut(town, day)
            town.run(day)
        else:
            town.night(day)
    return Stage(town, cast)


@pytest.mark.parametrize("case", params(BARRED))
def test_75_a_barred_source_adds_nothing_and_ends_nothing_that_night(barred: Stage, case: Case) -> None:
    assert barred.posted(case) == dict(case.expect)


def test_75_the_run_is_marked(barred: Stage) -> None:
    night = barred.town.nights[JUN30]
    assert night.outcome.exit_code == 3
    status = {d["kind"]: (d["status"], bool(d["reason"])) for d in night.rows("delivery")}
    refused = dict.fromkeys(("insurance_active", "pension", "market_entity"), ("refused", True))
    assert status == refused | {"insurance_stop": ("held", True)}
    assert night.manifest["barred"] == sorted(status)
    assert barred.town.nights[JUL01].outcome.exit_code == 0


def test_a_held_delivery_counts_no_rows(barred: Stage) -> None:
    for row in barred.town.nights[JUN30].rows("delivery"):
        assert row["rows"] == row["accepted"] == row["quarantined"] == 0


def adds_up(night: Night) -> list[str]:
    """Deliveries whose totals do not hold."""
    return [
        d["file_name"] for d in night.rows("delivery")
        if d["rows"] != d["accepted"] + d["quarantined"]
        or d["accepted"] != d["unchanged"] + d["linked"] + d["new_person"] + d["not_linked"] + d["review"]
    ]  # fmt: skip


@pytest.mark.parametrize("day", NIGHTS)
def test_totals_of_every_delivery_hold(corrected: Stage, barred: Stage, day: str) -> None:
    assert adds_up(corrected.town.nights[day]) == [] == adds_up(barred.town.nights[day])


@pytest.fixture(scope="module")
def catching_up(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night that takes in a full snapshot, a later one without one of its rows, and a delta that takes one back."""
    town = Town.found(tmp_path_factory.mktemp("catching") / "town", "zhongshan")
    rows = [stop("2024-03").about(town.person(f"1979-03-{day:02d}")) for day in range(1, 9)]
    town.deliver("社保停保", MAY31, "全量", rows)
    town.deliver("社保停保", JUN20, "全量", rows[1:])
    town.deliver("社保停保", JUN20, "增量", [rows[1] | {"撤销标志": "是"}])
    return town.run(JUN20)


def test_only_what_still_stands_is_posted_after_catching_up(catching_up: Night) -> None:
    assert len(catching_up.entries(op="ADD")) == 6


def test_totals_hold_when_a_night_catches_up(catching_up: Night) -> None:
    assert adds_up(catching_up) == []


@pytest.mark.parametrize("case", LATER, ids=lambda case: case.id)
def test_a_withdrawal_after_other_entries_takes_the_person_out(corrected: Stage, case: Case) -> None:
    posted = corrected.posted(case)
    assert {day: posted[day] for day in case.expect} == case.expect and TAKEN_BACK in posted[JUN30]
    state = corrected.town.state(corrected.cast[case.id], "zhongshan", "L")
    assert (state["state"], state["basis"]) == ("L0", [])


@pytest.mark.parametrize("case", LATER, ids=lambda case: case.id)
def test_a_withdrawal_goes_on_to_all_that_rested_on_the_row_and_names_each_entry(corrected: Stage, case: Case) -> None:
    rows = [
        e
        for day in corrected.town.nights
        for e in corrected.town.entries(corrected.cast[case.id], day)
        if e["track"] == "L"
    ]
    told = {e["entry_id"]: e for e in rows if e["valid_to"] is None}
    ended = {e["supersedes"]: e for e in rows if e["valid_to"] is not None}
    assert told and set(told) == set(ended)
    taken_back = [e for e in ended.values() if e["op"] == "WITHDRAW"]
    assert taken_back and all(e["valid_from"] == told[e["supersedes"]]["valid_from"] for e in taken_back)
