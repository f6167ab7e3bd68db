"""Every clause of the documents is in force, served otherwise, or has its reason; every scenario has its test; every decision in
every state moves as the table says or is refused."""

from dataclasses import replace

import pytest

from docs.make_coverage import Clause, declared, faults, scenarios
from docs.make_states import ROLES, first_row, pairs, transitions
from docs.make_states import faults as transition_faults
from ledger.legal import rank
from tests.test_decisions import answered, asked, expected, moves, verdict

SCENARIOS = 76


def test_every_clause_has_a_rule_another_server_or_a_reason() -> None:
    assert faults(declared()) == []


@pytest.mark.parametrize(
    ("clause", "fault"),
    [
        (Clause("ZZ-1", "zhongshan", "A", "something"), "ZZ-1: neither rule nor reason"),
        (Clause("ZZ-1", "zhongshan", "P", "something", by="a column"), "ZZ-1: neither rule nor reason"),
        (Clause("ZZ-1", "zhongshan", "S", "something"), "ZZ-1: nothing serves it"),
        (Clause("ZZ-1", "zhongshan", "A", "something", also=("ZS-99",)), "ZZ-1: no rule ZS-99"),
        (Clause("ZZ-1", "zhongshan", "A", "something", by="x", tests=("test_a::test_b",)), "ZZ-1: no test test_a::test_b"),
        (replace(declared()[0], mode="B"), f"{declared()[0].id}: mode B"),
    ],
)  # fmt: skip
def test_what_a_declaration_lacks_is_said(clause: Clause, fault: str) -> None:
    assert fault in faults([*declared()[1:], clause])


def test_a_rule_of_an_undeclared_clause_is_noticed() -> None:
    assert "xinyu: rule XY-9 belongs to no declared clause" not in faults(declared())
    assert "xinyu: rule XY-3.6 belongs to no declared clause" in faults([c for c in declared() if c.id != "XY-3.6"])


def test_every_acceptance_scenario_has_a_test_named_by_its_number() -> None:
    assert sorted(set(range(1, SCENARIOS + 1)) ^ scenarios()) == []


def test_every_numbered_transition_is_done_by_something() -> None:
    assert transition_faults() == [] and sorted(transitions()) == list(range(1, 27))


@pytest.mark.parametrize("role", ROLES)
def test_every_decision_in_every_state_moves_as_told_or_is_refused(role: str) -> None:
    for track, op, decision, state in pairs():
        about = asked(track, op, state)
        desk = answered(about, [], verdict(decision, role))
        rule = first_row(track, op, state, decision, role)
        told = [(d["op"], d["target"]) for d in moves(desk)]
        where = f"{track} {op} {decision} {state} {role} {rank(role)}"
        if rule:
            assert told == [("DECIDED", expected(rule, track, state, about["state_before"]))] and not desk.faults, where
        elif told:  # it leads where they are already
            assert told == [("DECIDED", state)] and not desk.faults, where
        else:
            assert [fault for _, fault in desk.faults] == ["illegal"], where
