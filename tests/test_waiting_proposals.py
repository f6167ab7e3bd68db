"""While a mark or a proposal waits nobody has moved for good. Refused, it leaves the person where the office's registers had
them; where one of two ends, the other still waits; and a further basis moves nobody back. All live in one town."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import (  # fmt: skip
    Said,
    Someone,
    Town,
    aid,
    brief,
    certificate,
    insured,
    licence,
    pension,
    registered,
    service,
    stop,
)

PACKS = ("zhongshan", "shandong", "jining", "xinyu", "neimenggu")
MAY10, MAY20, JUN01, JUN10, SEP20, SEP25, SEP28 = NIGHTS = (
    "2024-05-10", "2024-05-20", "2024-06-01", "2024-06-10", "2024-09-20", "2024-09-25", "2024-09-28"
)  # fmt: skip
XINYU, SHANDONG = "江西省新余市渝水区", "山东省某市某区"


@dataclass(frozen=True)
class Answer:
    """An officer's word of that day about the first (or last) entry of that `op` in the case's track that still waits."""

    day: str
    op: str
    verdict: str
    role: str = "终审"
    last: bool = False


@dataclass(frozen=True)
class Case:
    """Somebody of whom all this is said and decided, and the track of the pack that is asked about them."""

    id: str
    pack: str
    track: str
    said: Sequence[Said]
    answers: Sequence[Answer] = ()


@dataclass
class Played:
    """The town after its last night; per case every entry in its track, by night, and the state that each night left."""

    town: Town
    posted: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    states: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def night(self, day: str, cast: dict[str, tuple[Case, Someone]]) -> None:
        rows = [
            {"台账流水号": self._waiting(case, word), "核查结论": word.verdict, "核查人": "王站长", "审核环节": word.role, "核查日期": day}
            for case, _ in cast.values() for word in case.answers if word.day == day
        ]  # fmt: skip
        if rows:
            self.town.deliver("核查结果", day, "增量", rows)
        self.town.night(day)
        for name, (case, who) in cast.items():
            found = [e for e in self.town.entries(who, day) if (e["pack"], e["track"]) == (case.pack, case.track)]
            self.posted.setdefault(name, {})[day] = found
            self.states.setdefault(name, {})[day] = self.town.state(who, case.pack, case.track).get("state")

    def _waiting(self, case: Case, word: Answer) -> str:
        told = [e for found in self.posted[case.id].values() for e in found]
        gone = {e["supersedes"] for e in told if e["valid_to"]} | {e["decision_entry"] for e in told}
        waiting = [e["entry_id"] for e in told if e["op"] == word.op and e["entry_id"] not in gone]
        return str(waiting[-1 if word.last else 0])

    def asked(self, case: Case, day: str, op: str) -> list[dict[str, Any]]:
        return [e for e in self.posted[case.id][day] if e["op"] == op]


def names_of(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    return [row[0].id for row in rows]


# Proposed to leave on the second night, refused on the third.
GONE = {"移居境外日期": "2024-05-12"}
ABROAD = (housed(XINYU, "", MAY20, book="1", kind="农村"), housed(XINYU, MAY20, book="1", kind="农村", **GONE))
RECOGNISED = recognised("大龄失业人员", "2024-05-15", MAY20)
LONG, LAND = jobless("2023-06-01"), Said("失地农民", {"征地项目": "甲", "征地日期": "2024-01-01"})
REFUSED_EXIT, REFUSED_MARK = Answer(JUN01, "PROP_EXIT", "驳回"), Answer(JUN01, "FLAG_REEMP", "驳回")
REFUSED = (
    (Case("once asked about", "xinyu", "H", (LONG, LAND, RECOGNISED, pension("2024-05-16", MAY20)), [REFUSED_EXIT]), "H0", "H4"),
    (Case("once a candidate", "xinyu", "H", (LONG, *ABROAD, RECOGNISED), [REFUSED_EXIT]), "H1", "H4"),
    (Case("once asked about and at work", "shandong", "L", (LONG, LAND, RECOGNISED, insured("2024-05", MAY20)), [REFUSED_MARK]), "L0", "L3"),
)  # fmt: skip
# Left on the first ground, came back in a new spell in September, and proposed to leave on the second.
SHOP = (licence("2024-04-12", "", JUN01), licence("2024-04-12", JUN01, 登记状态="注销", 注销日期="2024-05-28"))
LATER_ABROAD = (
    housed(XINYU, "", SEP25, book="2", kind="农村"), housed(XINYU, SEP25, book="2", kind="农村", 移居境外日期="2024-09-22")
)  # fmt: skip
RETURNED = (
    (Case("registered again", "neimenggu", "R",
          (registered("2024-01-01", "", JUN01), registered("2024-01-01", JUN01, 注销日期="2024-05-25"), registered("2024-09-01", SEP20), *SHOP, insured("2024-09", SEP25)),
          [Answer(MAY20, "PROP_DEREG", "确认"), Answer(SEP28, "PROP_DEREG", "驳回", last=True)]), "R1"),
    (Case("recognised again", "xinyu", "H",
          (LONG, *LATER_ABROAD, recognised("大龄失业人员", "2023-09-01", "", JUN01), recognised("大龄失业人员", "2023-09-01", JUN01, left="2024-05-21"),
           recognised("大龄失业人员", "2024-09-05", SEP20), pension("2024-03-05", "", JUN01), pension("2024-03-05", JUN01, 发放状态="终止")),
          [Answer(MAY20, "PROP_EXIT", "确认"), Answer(SEP28, "PROP_EXIT", "驳回", last=True)]), "H4"),
)  # fmt: skip
# The register alone had them out, and locked.
LOCKED = Case("recognised again, never decided about", "xinyu", "H", (
    LONG, housed(XINYU, book="8", kind="农村"), recognised("大龄失业人员", "2023-09-01", left="2024-05-01"),
    recognised("大龄失业人员", "2024-09-05", SEP20)))  # fmt: skip
# The shop goes on all the while: a new registration opens the question anew, the night that it is told of.
STILL_TRADING = Case(
    "registered again, still trading", "neimenggu", "R",
    (registered("2024-01-01", "", JUN01), registered("2024-01-01", JUN01, 注销日期="2024-05-25"), registered("2024-09-01", SEP20), licence("2024-04-12")),
    [Answer(MAY20, "PROP_DEREG", "确认")],
)  # fmt: skip
# Registered on the very day of the decision: that is the registration which was decided about, told again or not.
SAME_DAY = Case(
    "registered that day", "neimenggu", "R",
    (registered(MAY20, MAY20, JUN10), registered(MAY20, JUN10, 最近核验日期="2024-06-09"), licence("2024-04-12")),
    [Answer(JUN01, "PROP_DEREG", "确认")],
)  # fmt: skip
TWICE = Case(
    "two proposals of one night", "shandong", "L",
    (jobless("2023-06-01", MAY20), housed(XINYU, MAY20, book="3", kind="农村", **GONE), RECOGNISED, service("2024-05-18", "拒绝服务", MAY20, 理由正当="否")),
    [Answer(JUN01, "PROP_EXIT", "确认", last=True)],
)  # fmt: skip
VALID, TAKEN = ("2020-01-01", "2034-01-01"), {"证件状态": "注销", "注销日期": "2024-05-15"}
BOTH_REFUSED = Case(
    "two grounds, both refused", "xinyu", "H",
    (LONG, housed(XINYU, book="4", kind="农村"), recognised("残疾人员", "2023-09-01"), certificate(*VALID, "", MAY20), certificate(*VALID, MAY20, **TAKEN), pension("2024-05-16", MAY20)),
    [REFUSED_EXIT, Answer(SEP20, "PROP_EXIT", "驳回")],
)  # fmt: skip
# Both grounds are posted on the second night; one has ended on the third; confirming the other leads to the last state.
CLOSED = {"登记状态": "注销", "注销日期": "2024-05-28"}
CLOSED_SHOP = (licence("2024-05-12", MAY20, JUN01), licence("2024-05-12", JUN01, **CLOSED))
PAPER = (certificate(*VALID, until=MAY20), certificate(*VALID, MAY20, JUN01, **TAKEN), certificate(*VALID, JUN01))
REGISTERED, DISABLED, PENSION = (
    jobless("2024-01-01"),
    recognised("残疾人员", "2023-01-10"),
    pension("2024-05-15", MAY20),
)
ONE_ENDS = (
    (Case("marks", "jining", "L", (REGISTERED, DISABLED, insured("2024-05", MAY20, paid="2024-06"), *CLOSED_SHOP), [Answer(JUN10, "FLAG_REEMP", "确认")]), "L4", "L5"),
    (Case("registration", "neimenggu", "R", (REGISTERED, PENSION, *CLOSED_SHOP), [Answer(JUN10, "PROP_DEREG", "确认")]), "R2", "R3"),
    (Case("recognition", "xinyu", "H", (REGISTERED, DISABLED, housed(XINYU, book="5", kind="农村"), *PAPER, PENSION), [Answer(JUN10, "PROP_EXIT", "确认")]), "H5", "H6"),
)  # fmt: skip
# A further basis comes on the third or fourth night.
HOLDER, NEW_HOLDER = certificate(*VALID), ("2024-05-25", "2034-01-01")
HIRED = (recognised("4050", "2024-01-10"), REGISTERED, insured("2024-05", MAY20))
VERIFIED = Answer(MAY20, "ADD", "确认", "走访", last=True)
FURTHER = (
    (Case("verified", "zhongshan", "L", (stop("2024-01"), aid("2024-06", since=JUN01)), [VERIFIED]), "L2"),
    (Case("marked", "jining", "L", (*HIRED, certificate(*NEW_HOLDER, JUN01))), "L4"),
    (Case("at work", "jining", "L", (*HIRED, certificate(*NEW_HOLDER, JUN10)), [Answer(JUN01, "FLAG_REEMP", "确认", "走访", last=True)]), "L5"),
    (Case("verified by two", "shandong", "L", (jobless("2023-01-01"), housed(SHANDONG, book="6"), HOLDER, aid("2024-06", since=JUN01)), [VERIFIED]), "L2"),
    (Case("reviewed first", "xinyu", "H", (jobless("2023-01-01"), housed(XINYU, book="7"), HOLDER, Said("失地农民", {"征地日期": "2024-01-01"}, JUN01)),
          [Answer(MAY20, "ADD", "确认", "初审", last=True)]), "H3"),
)  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    town = Town.found(tmp_path_factory.mktemp("waiting") / "town", *PACKS)
    old = [*(case for case, *_ in (*REFUSED, *RETURNED)), LOCKED, STILL_TRADING, SAME_DAY, TWICE, BOTH_REFUSED]
    young, grown = [case for case, *_ in ONE_ENDS], [case for case, *_ in FURTHER]
    cast = {
        case.id: (case, town.tell(town.person(f"{year}-03-{day:02}"), *case.said))
        for year, cases in ((1970, old), (1990, young), (1974, grown))
        for day, case in enumerate(cases, 3)
    }
    played = Played(town)
    for night in NIGHTS:
        played.night(night, cast)
    return played


@pytest.mark.parametrize(("case", "before", "stands"), REFUSED, ids=names_of(REFUSED))
def test_who_is_recognised_by_the_register_is_so_after_a_refused_proposal(
    played: Played, case: Case, before: str, stands: str
) -> None:
    states = played.states[case.id]
    assert states[MAY10] == before
    (asked,) = played.asked(case, MAY20, case.answers[0].op)
    assert asked["state_from"] == stands
    assert states[JUN01] == stands


@pytest.mark.parametrize(("case", "stands"), RETURNED, ids=names_of(RETURNED))
def test_who_came_back_after_an_exit_stays_when_the_next_proposal_is_refused(
    played: Played, case: Case, stands: str
) -> None:
    (asked,) = played.asked(case, SEP25, case.answers[1].op)
    assert asked["state_from"] == stands
    assert played.states[case.id][SEP28] == stands


@pytest.mark.parametrize(("case", "stands"), RETURNED, ids=names_of(RETURNED))
def test_who_came_back_after_an_exit_stands_where_the_register_has_them(
    played: Played, case: Case, stands: str
) -> None:
    out = {"R": "R3", "H": "H6"}[case.track]
    assert played.states[case.id][JUN10] == out
    told = [(e["op"], e["state_from"], e["state_to"], e["valid_to"], e["needs_decision"]) for e in played.posted[case.id][SEP20]]  # fmt: skip
    assert [e for e in told if e[1] != e[2]] == [("UPD", out, stands, date(2024, 9, 20), False)]
    assert played.states[case.id][SEP20] == stands


def test_who_was_only_locked_stands_where_the_register_has_them(played: Played) -> None:
    assert [played.states[LOCKED.id][day] for day in (JUN10, SEP20, SEP28)] == ["H6", "H4", "H4"]


def test_a_new_registration_opens_the_question_anew_on_that_night(played: Played) -> None:
    nights = {day: [(e["op"], e["state_from"], e["state_to"]) for e in found] for day, found in played.posted[STILL_TRADING.id].items()}  # fmt: skip
    assert nights[SEP20] == [("PROP_DEREG", "R1", "R2")]
    assert [nights[day] for day in (JUN01, JUN10, SEP25, SEP28)] == [[], [], [], []]


def test_the_registration_that_was_decided_about_brings_nobody_back(played: Played) -> None:
    assert [played.states[SAME_DAY.id][day] for day in (MAY20, JUN01, JUN10, SEP28)] == ["R2", "R3", "R3", "R3"]


def test_two_proposals_of_one_night_begin_where_the_person_is_and_either_can_be_confirmed(played: Played) -> None:
    asked = played.asked(TWICE, MAY20, "PROP_EXIT")
    assert len(asked) == 2
    assert {(e["state_from"], e["state_to"]) for e in asked} == {("L3", "L3")}
    assert played.states[TWICE.id][JUN01] == "L6"


def test_who_is_proposed_on_two_grounds_stays_when_both_are_refused_one_after_the_other(played: Played) -> None:
    asked = played.asked(BOTH_REFUSED, MAY20, "PROP_EXIT")
    assert [(e["state_from"], e["state_to"]) for e in asked] == [("H4", "H5"), ("H5", "H5")]
    assert [played.states[BOTH_REFUSED.id][day] for day in (JUN01, SEP20)] == ["H5", "H4"]


@pytest.mark.parametrize(("case", "waiting", "confirmed"), ONE_ENDS, ids=names_of(ONE_ENDS))
def test_where_one_of_two_ends_the_other_still_waits_and_can_be_confirmed(
    played: Played, case: Case, waiting: str, confirmed: str
) -> None:
    posted = {e["entry_id"] for e in played.asked(case, MAY20, case.answers[0].op)}
    ended = {e["supersedes"] for e in played.posted[case.id][JUN01] if e["valid_to"]}
    assert (len(posted), len(posted - ended)) == (2, 1)
    states = played.states[case.id]
    assert (states[JUN01], states[JUN10]) == (waiting, confirmed)


@pytest.mark.parametrize(("case", "state"), FURTHER, ids=names_of(FURTHER))
def test_a_further_basis_keeps_the_state(played: Played, case: Case, state: str) -> None:
    own = [e for day in NIGHTS[:4] for e in played.posted[case.id][day]]
    further = [e for e in own if brief(e).startswith(f"{case.track} UPD") and not e["valid_to"]]
    assert [(e["state_from"], e["state_to"]) for e in further][-1:] == [(state, state)]
    assert played.states[case.id][JUN10] == state
