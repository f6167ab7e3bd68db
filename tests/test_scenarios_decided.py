"""What follows a decision: from an officer's answer to the next entries, through whole nights and by the scenarios' numbers;
and what follows where that on which it rested is taken back by its source: the officer is asked, once."""

import json
from typing import Any

import pytest

from tests.more_said import housed, jobless, own_pack, paid, recognised
from tests.nightshift import (
    Said,
    Town,
    aid,
    benefit,
    brief,
    certificate,
    death,
    flexible,
    insured,
    registered,
    service,
    stop,
)
from tests.test_decisions import Played

JUN28, JUN29, JUN30, JUL01, JUL02, JUL03 = NIGHTS = (
    "2024-06-28", "2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02", "2024-07-03"
)  # fmt: skip
SET = {"subsidy_cap_months": 36, "silent_days": 4000, "survey_days": 4000, "step_days": 1}
RURAL = {"户籍性质": "农村", "常住地类型": "农村"}
# Everybody here was said to have died, and both proposals are confirmed; then the reports change.
REPORTS = {
    "still dead": [death("2024-06-20", JUN28)],
    "alive": [death("2024-06-20", JUN28, JUN30)],
    "another day": [death("2024-06-20", JUN28, JUN30), death("2024-06-21", JUN30)],
    "dead after all": [death("2024-06-20", JUN28, JUN30), death("2024-06-20", JUL01)],
    "let back": [death("2024-06-20", JUN28, JUN30)],
}


def home(number: int) -> Said:
    return housed("江西省新余市渝水区", book=f"D{number}")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("decided")
    town = Town.found(folder / "town", "neimenggu", own_pack(folder, "xinyu", SET))
    play = Played(town)

    def tell(name: str, birth: str, *said: Said, sex: str = "男") -> None:
        play.cast[name] = town.tell(town.person(birth, sex), *said)

    tell("40", "1970-01-01", jobless("2022-12-01"), home(1), recognised("4050", "2023-01-10"), insured("2024-06"))
    tell(
        "71", "1970-01-02", jobless("2023-12-01"), home(2), recognised("4050", "2024-01-10"), flexible("2024-01"),
        insured("2024-05", paid="2024-05", end="2024-05"), paid("灵活就业社保补贴", "2024-05", "2024-05"),
    )  # fmt: skip
    tell("candidate", "1983-01-03", jobless("2024-04-01", **RURAL), home(3), sex="女")
    tell("referred", "1990-01-04", jobless("2024-04-01"), home(4), benefit("2023-06", "2024-04"))
    tell("agreed", "1990-01-06", jobless("2024-04-01"), home(6), benefit("2023-06", "2024-04"))
    tell("68", "1990-01-05", jobless("2023-11-01"), home(5), insured("2024-05"), service("2024-05-31", "跟踪回访"))
    tell(
        "comes back", "1990-01-08", jobless("2023-11-01", "", JUL01), jobless("2023-11-01", JUL01, 注销日期="2024-07-01"), home(8),
        jobless("2024-07-02", JUL02, 登记编号="二"), recognised("4050", "2023-01-10"),
        insured("2024-05", "", JUL01), insured("2024-05", JUL01, end="2024-06"), service("2024-05-31", "跟踪回访"),
    )  # fmt: skip
    for day in range(1, 13):  # so that no extract loses half of its rows
        town.tell(town.person(f"1930-02-{day:02d}"), death("2024-05-01"))
    for number, (name, reports) in enumerate(REPORTS.items(), 1):
        tell(name, f"1975-05-{number:02d}", registered("2024-06-01"), recognised("4050", "2023-01-10"), *reports)
    play.night(JUN28)
    for name in REPORTS:
        play.decide(JUN29, name, "PROP_DEREG", "R", "确认", "终审")
        play.decide(JUN29, name, "PROP_EXIT", "H", "确认", "终审")
    play.decide(JUN29, "40", "FLAG_REEMP", "L", "确认")
    play.decide(JUN29, "71", "ALERT", "T", "确认")
    play.decide(JUN29, "candidate", "ADD", "H", "确认", "初审")
    play.decide(JUN29, "referred", "REFER", "T", "确认", "走访")
    for officer in ("张三", "李四"):
        play.decide(JUN29, "agreed", "REFER", "T", "确认", "走访", officer=officer)
    play.decide(JUN29, "68", "PROP_DEREG", "R", "确认")
    play.decide(JUN29, "comes back", "PROP_DEREG", "R", "确认")
    play.night(JUN29)
    play.night(JUN30)
    play.night(JUL01)
    play.decide(JUL02, "candidate", "ADD", "H", "确认", officer="李四")
    play.decide(JUL02, "referred", "REFER", "T", "驳回", officer="王五")
    play.decide(JUL02, "agreed", "REFER", "T", "确认", officer="王五")
    play.decide(JUL02, "let back", "PROP_DEREG", "R", "驳回", "终审")
    play.decide(JUL02, "let back", "PROP_EXIT", "H", "驳回", "终审")
    play.night(JUL02)
    play.night(JUL03)
    return play


def said(played: Played, who: str, day: str, clause: str) -> list[str]:
    return [brief(e) for e in played.town.entries(played.cast[who], day) if e["clause"].startswith(clause)]


def test_40_a_confirmed_job_ends_help_and_not_recognition(played: Played) -> None:
    assert ("FLAG_REEMP", "L3", "L4") in played.posted("40", JUN28, "L")
    assert ("DECIDED", "L4", "L5") in played.posted("40", JUN29, "L")
    assert "L PROP_EXIT XY-6.5 hired" in said(played, "40", JUN29, "XY-6.5")
    assert [played.posted("40", day, "H") for day in NIGHTS] == [[]] * len(NIGHTS)


def test_71_recognition_stands_until_the_suspicion_is_found_true(played: Played) -> None:
    assert said(played, "71", JUN28, "XY-7.2") == ["T ALERT XY-7.2 flexible-subsidy-and-job"]
    assert played.posted("71", JUN28, "H") == []
    assert ("DECIDED", "open", "confirmed") in played.posted("71", JUN29, "T")
    assert said(played, "71", JUN29, "XY-3.6") == ["H PROP_EXIT XY-3.6 fraud"]


def test_a_first_review_waits_for_the_county_and_is_late_after_its_days(played: Played) -> None:
    assert said(played, "candidate", JUN28, "XY-2.2") == ["T TASK XY-2.2 first-review"]
    assert said(played, "candidate", JUN29, "XY-2") == [
        "T UPD XY-2.2 first-review ended",
        "T TASK XY-2.3 county-review",
    ]
    assert [said(played, "candidate", day, "XY-7.3") for day in (JUN30, JUL01)] == [[], ["T ALERT XY-7.3 review-late"]]
    assert played.posted("candidate", JUL02, "H") == [("DECIDED", "H3", "H4")]
    assert said(played, "candidate", JUL02, "XY-2") == ["T UPD XY-2.3 county-review ended"]
    assert (
        said(played, "candidate", JUL03, "XY-2") == []
    )  # the register does not tell of it yet: no second first review


def test_69_a_referral_is_proposed_then_sent_then_answered(played: Played) -> None:
    assert said(played, "referred", JUN28, "NM-1.3b") == ["T REFER NM-1.3b benefit-ended"]
    assert ("DECIDED", "open", "sent") in played.posted("referred", JUN29, "T")
    assert ("DECIDED", "sent", "answered") in played.posted("referred", JUL02, "T")
    sent = {r["entry_id"] for r in played.town.nights[JUN29].rows("lists/O07")}
    assert {e["entry_id"] for e in played.town.entries(played.cast["referred"], JUN29) if e["op"] == "DECIDED"} <= sent


def test_68_whose_job_was_confirmed_is_called_no_more(played: Played) -> None:
    assert said(played, "68", JUN28, "NM-4.1") == ["T TASK NM-4.1 contact:2024-06"]
    assert said(played, "68", JUN29, "NM-4.1") == ["T UPD NM-4.1 contact:2024-06 ended"]
    assert [said(played, "68", day, "NM-4.1") for day in (JUN30, JUL01, JUL02)] == [[], [], []]


def test_who_comes_back_is_not_late_for_a_month_in_which_their_job_was_confirmed(played: Played) -> None:
    assert said(played, "comes back", JUN29, "NM-4.1") == ["T UPD NM-4.1 contact:2024-06 ended"]
    assert said(played, "comes back", JUL02, "NM-4.1") == ["T TASK NM-4.1 contact:2024-07"]


def notes(played: Played, who: str, day: str) -> list[dict[str, Any]]:
    return [e for e in played.town.entries(played.cast[who], day) if "decision" in (e["ground"] or "")]


def test_who_said_the_same_is_not_told_that_it_does_not_fit_what_came_later(played: Played) -> None:
    assert ("DECIDED", "sent", "answered") in played.posted("agreed", JUL02, "T")
    assert [notes(played, "agreed", day) for day in NIGHTS] == [[]] * len(NIGHTS)


def states(played: Played, who: str) -> list[str]:
    return [played.state(who, "neimenggu", "R")[0], played.state(who, "xinyu", "H")[0]]


def test_an_exit_whose_evidence_was_taken_back_is_asked_about_and_stands_meanwhile(played: Played) -> None:
    told = notes(played, "alive", JUN30)
    assert [(e["track"], e["op"], e["needs_decision"], json.loads(e["parameters"])["fault"]) for e in told] == [
        ("T", "REVIEW", True, "shaken")
    ] * 2
    assert all("已被来源撤销或改正" in e["reason"] for e in told)
    assert {e["decision_entry"] for e in told} == {
        e["entry_id"] for e in played.town.entries(played.cast["alive"], JUN28) if e["op"].startswith("PROP_")
    }
    assert states(played, "alive") == ["R3", "H6"]


def test_it_is_asked_once(played: Played) -> None:
    assert [e["op"] for day in (JUL01, JUL02, JUL03) for e in notes(played, "alive", day)] == []


@pytest.mark.parametrize("who", ["still dead", "another day"])
def test_a_death_that_is_still_told_asks_nothing(played: Played, who: str) -> None:
    assert [e["op"] for day in (JUN30, JUL01, JUL02) for e in notes(played, who, day)] == []
    assert states(played, who) == ["R3", "H6"]


def test_the_question_ends_when_the_source_says_it_again(played: Played) -> None:
    assert [e["op"] for e in notes(played, "dead after all", JUN30)] == ["REVIEW"] * 2
    assert [(e["op"], e["state_to"]) for e in notes(played, "dead after all", JUL01)] == [("UPD", "closed")] * 2


def test_the_contrary_answer_brings_them_back_and_ends_the_question(played: Played) -> None:
    assert states(played, "let back") == ["R1", "H4"]
    assert [(e["op"], e["state_to"]) for e in notes(played, "let back", JUL02)] == [("UPD", "closed")] * 2


@pytest.fixture(scope="module")
def back(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Two who left by a decision and fit again."""
    town = Town.found(tmp_path_factory.mktemp("back") / "town", "zhongshan", "shandong")
    play = Played(town)
    play.cast["again"] = town.tell(
        town.person("1990-02-01"), jobless("2024-04-01"), housed("山东省某市某区", book="B1"), aid("2024-01"),
        service("2024-06-20", "拒绝服务", 理由正当="否"), certificate("2024-07-01", "2034-07-01"),
    )  # fmt: skip
    play.cast["out of work again"] = town.tell(
        town.person("1979-02-02"), stop("2024-04"), insured("2024-06", JUN29, end="2024-06")
    )
    play.night(JUN28)
    play.decide(JUN29, "again", "PROP_EXIT", "L", "确认")
    play.night(JUN29)
    play.decide(JUN30, "out of work again", "FLAG_REEMP", "L", "确认")
    play.night(JUN30)
    play.night(JUL01)
    return play


def test_who_was_decided_out_and_fits_on_other_grounds_comes_in_again(back: Played) -> None:
    assert back.state("again", "shandong", "L") == ("L1", True)
    assert ("DECIDED", "L1", "L6") in back.posted("again", JUN29, "L")
    assert back.posted("again", JUN30, "L") == []
    assert said(back, "again", JUL01, "SD-2.6") == ["L ADD SD-2.6 2.6"]


def test_who_was_confirmed_at_work_and_loses_it_goes_back(back: Played) -> None:
    assert ("DECIDED", "L4", "L5") in back.posted("out of work again", JUN30, "L")
    assert ("UPD", "L5", "L1") in back.posted("out of work again", JUL01, "L")
