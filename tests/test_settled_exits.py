"""Whom a person decided out, and what that rested on was then taken back by its source: the officer is asked, once."""

import json
from typing import Any

import pytest

from tests.more_said import recognised
from tests.nightshift import Someone, Town, death, registered

JUN28, JUN29, JUN30 = "2024-06-28", "2024-06-29", "2024-06-30"
JUL01, JUL02, JUL03 = "2024-07-01", "2024-07-02", "2024-07-03"


class Played:
    """Everybody was said to have died, and both proposals were confirmed; then the reports change."""

    def __init__(self, town: Town) -> None:
        self.town = town
        reports = {
            "still dead": [death("2024-06-20", JUN28)],
            "alive": [death("2024-06-20", JUN28, JUN30)],
            "another day": [death("2024-06-20", JUN28, JUN30), death("2024-06-21", JUN30)],
            "dead after all": [death("2024-06-20", JUN28, JUN30), death("2024-06-20", JUL01)],
            "let back": [death("2024-06-20", JUN28, JUN30)],
        }
        for day in range(1, 13):
            town.tell(town.person(f"1930-02-{day:02d}"), death("2024-05-01"))
        self.cast = {
            who: town.tell(
                town.person(f"1975-05-{n + 1:02d}"), registered("2024-06-01"), recognised("4050", "2023-01-10"), *said
            )
            for n, (who, said) in enumerate(reports.items())
        }
        town.night(JUN28)
        self._decide(JUN29, "确认", *self.cast)
        town.night(JUN29)
        town.night(JUN30)
        town.night(JUL01)
        self._decide(JUL02, "驳回", "let back")
        town.night(JUL02)
        town.night(JUL03)

    def _decide(self, day: str, decision: str, *people: str) -> None:
        self.town.deliver("核查结果", day, "增量", [
            {"台账流水号": e["entry_id"], "核查结论": decision, "核查人": "张三", "审核环节": "终审", "核查日期": day}
            for who in people for e in self.town.entries(self.cast[who], JUN28) if e["op"] in ("PROP_DEREG", "PROP_EXIT")
        ])  # fmt: skip

    def notes(self, who: str, day: str) -> list[dict[str, Any]]:
        return [e for e in self.town.entries(self.cast[who], day) if "decision" in (e["ground"] or "")]

    def states(self, who: str) -> list[str]:
        someone: Someone = self.cast[who]
        return [
            self.town.state(someone, "neimenggu", "R")["state"],
            self.town.state(someone, "xinyu", "H")["state"],
        ]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(Town.found(tmp_path_factory.mktemp("settled"), "neimenggu", "xinyu"))


def test_an_exit_whose_evidence_was_taken_back_is_asked_about_and_stands_meanwhile(played: Played) -> None:
    told = played.notes("alive", JUN30)
    assert [(e["track"], e["op"], e["needs_decision"], json.loads(e["parameters"])["fault"]) for e in told] == [
        ("T", "REVIEW", True, "shaken")
    ] * 2
    assert all("已被来源撤销或改正" in e["reason"] for e in told)
    assert {e["decision_entry"] for e in told} == {
        e["entry_id"] for e in played.town.entries(played.cast["alive"], JUN28) if e["op"].startswith("PROP_")
    }
    assert played.states("alive") == ["R3", "H6"]


def test_it_is_asked_once(played: Played) -> None:
    assert [e["op"] for day in (JUL01, JUL02, JUL03) for e in played.notes("alive", day)] == []


@pytest.mark.parametrize("who", ["still dead", "another day"])
def test_a_death_that_is_still_told_asks_nothing(played: Played, who: str) -> None:
    assert [e["op"] for day in (JUN30, JUL01, JUL02) for e in played.notes(who, day)] == []
    assert played.states(who) == ["R3", "H6"]


def test_the_question_ends_when_the_source_says_it_again(played: Played) -> None:
    assert [e["op"] for e in played.notes("dead after all", JUN30)] == ["REVIEW"] * 2
    assert [(e["op"], e["state_to"]) for e in played.notes("dead after all", JUL01)] == [("UPD", "closed")] * 2


def test_the_contrary_answer_brings_them_back_and_ends_the_question(played: Played) -> None:
    assert played.states("let back") == ["R1", "H4"]
    assert [(e["op"], e["state_to"]) for e in played.notes("let back", JUL02)] == [("UPD", "closed")] * 2
