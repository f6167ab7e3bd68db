"""What people decided moves people: by the table of legal decisions, once, and back again when it is taken back."""

import json
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from flows.looking.look import rebuild_store
from ledger.decisions import Desk, _answer
from ledger.legal import Legal, legal_decisions
from ledger.verify import verify
from tests.more_said import own_pack, recognised
from tests.nightshift import Someone, Town, aid, insured, pension, registered, stop
from tests.test_scenarios_corrections import fillers

MAY31, JUN28, JUN29, JUN30, JUL01, JUL02, JUL03, JUL04 = NIGHTS = (
    "2024-05-31", "2024-06-28", "2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02", "2024-07-03", "2024-07-04"
)  # fmt: skip
EVER = datetime(9999, 1, 1, tzinfo=UTC)
MARCH = registered("2024-03-10")


def asked(track: str, op: str, state: str, before: str = "") -> dict[str, Any]:
    return {
        "entry_id": "1-1", "person_id": "P1", "pack": "neimenggu", "track": track, "op": op, "clause": "NM-3.2", "basis": None, "ground": None,
        "evidence": ["e1"], "rule_id": "NM-3.2", "op_class": op, "state": state, "state_before": before or f"{track}1",
        "has_same_op": False, "has_basis": False,
    }  # fmt: skip


def verdict(decision: str, role: str = "审核", officer: str = "a", day: date = date(2024, 6, 29)) -> dict[str, Any]:
    return {
        "record_id": f"r-{decision}-{role}-{officer}", "decision": decision, "role": role, "decided_date": day, "from_date": day,
        "officer_key": f"{officer}-{role}", "person_key": officer, "is_effective": True, "is_going": False, "applied_entry": None,
    }  # fmt: skip


def applied(decision: str, role: str, state_from: str, state_to: str) -> dict[str, Any]:
    return asked("", "", "") | verdict(decision, role, "first") | {
        "entry_id": "2-1", "decision_entry": "1-1", "state_from": state_from, "state_to": state_to, "valid_from": date(2024, 6, 28),
        "track": state_to[0], "evidence": ["e1", "r"], "record": "r", "decided_on": None,
    }  # fmt: skip


def answered(about: dict[str, Any], standing: list[dict[str, Any]], *rows: dict[str, Any]) -> Desk:
    desk = Desk(date(2024, 6, 30))
    _answer(desk, about, standing, rows)
    return desk


def moves(desk: Desk) -> list[dict[str, Any]]:
    """What is posted less the notices to people beside it."""
    return [d for d in desk.drafts if d["op"] != "NOTIFY"]


def expected(rule: Legal, track: str, state: str, before: str) -> str | None:
    return {"=": state, "before": before, "out": f"{track}0", "released": before}.get(rule.to, rule.to)


@pytest.mark.parametrize(
    "rule", legal_decisions(), ids=lambda r: f"{r.number}-{r.track}-{r.op}-{r.decision}-{r.to}-{r.role}"
)
def test_every_legal_row_moves_as_it_says(rule: Legal) -> None:
    for track in "RHLT" if rule.track == "*" else rule.track:
        if (rule.track, track, rule.op) == ("*", "T", "REVIEW"):
            continue  # the rows before it speak of tasks
        for state in (f"{track}1",) if rule.froms == ("*",) else rule.froms:
            about = asked(track, rule.op, state)
            standing = [applied("确认", "走访", "open" if track == "T" else "L1", state)] if rule.again else []
            for role in rule.role or ("", "走访"):
                desk = answered(about, list(standing), verdict(rule.decision, role))
                (told,) = moves(desk)
                assert (told["op"], told["decision_entry"], told["needs_decision"]) == ("DECIDED", "1-1", False)
                assert told["target"] == expected(rule, track, state, about["state_before"])
                assert told["evidence"] and not desk.faults


@pytest.mark.parametrize(
    ("track", "op", "state", "decision", "role"),
    [
        ("R", "PROP_DEREG", "R2", "同一人", "审核"),
        ("R", "PROP_DEREG", "R0", "确认", "审核"),
        ("H", "IN", "H1", "确认", "走访"),
        ("H", "IN", "H1", "确认", ""),
        ("H", "IN", "H6", "确认", "终审"),
        ("H", "PROP_EXIT", "H4", "确认", "终审"),
        ("L", "IN", "L6", "确认", "走访"),
        ("L", "FLAG_REEMP", "L2", "确认", "审核"),
        ("L", "HOLD", "L1", "非同一人", "审核"),
        ("T", "GAP", "open", "确认", "审核"),
        ("T", "TASK", "dropped", "确认", "审核"),
    ],
)
def test_what_the_table_does_not_know_is_noted_and_moves_nobody(
    track: str, op: str, state: str, decision: str, role: str
) -> None:
    desk = answered(asked(track, op, state), [], verdict(decision, role))
    assert [key[1] for key in desk.faults] == ["illegal"] and not desk.drafts


def test_two_at_one_step_against_each_other_leave_the_question_open() -> None:
    about = asked("R", "PROP_DEREG", "R2")
    desk = answered(about, [], verdict("确认", officer="a"), verdict("驳回", officer="b", day=date(2024, 6, 30)))
    assert not desk.drafts and [key[1] for key in desk.faults] == ["opposed"]


@pytest.mark.parametrize(("role", "target"), [("终审", "R1"), ("初审", None)])
def test_a_later_word_counts_only_from_a_higher_role(role: str, target: str | None) -> None:
    before = applied("确认", "审核", "R2", "R3")
    desk = answered(asked("R", "PROP_DEREG", "R3"), [before], verdict("驳回", role, "b", date(2024, 6, 30)))
    if target is None:
        assert not desk.drafts and [key[1] for key in desk.faults] == ["opposed"]
    else:
        assert [(d["op"], d["target"]) for d in desk.drafts] == [("WITHDRAW", "R2"), ("DECIDED", target)]


def test_who_reviewed_first_does_not_recognise() -> None:
    desk = answered(asked("H", "IN", "H3"), [applied("确认", "初审", "H1", "H3")], verdict("确认", "审核", "first"))
    assert not desk.drafts and [key[1] for key in desk.faults] == ["same_officer"]


@pytest.mark.parametrize("role", ["走访", "初审"])
def test_out_of_recognition_only_the_county_lets_somebody_go(role: str) -> None:
    about = asked("H", "PROP_EXIT", "H5", "H4")
    (heard,) = answered(about, [], verdict("确认", role, "a")).drafts
    assert heard["target"] == "H5" and json.loads(heard["parameters"])["effect"] == "step"
    desk = answered(about, [applied("确认", role, "H5", "H5")], verdict("确认", "审核", "b", date(2024, 6, 30)))
    assert [(d["target"], json.loads(d["parameters"])["effect"]) for d in moves(desk)] == [("H6", "settles")]


class Played:
    """One town through eight nights. Each person's name says what is decided about them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.cast: dict[str, Someone] = {}
        self.said: list[dict[str, str]] = []

    def asked(self, who: str, op: str, track: str) -> str:
        nights = self.town.nights.values()
        number = self.cast[who].number
        return [e["entry_id"] for n in nights for e in n.entries(op=op, track=track) if e["id_number"] == number][-1]

    def decide(
        self,
        day: str,
        who: str,
        op: str,
        track: str,
        decision: str,
        role: str = "审核",
        *,
        officer: str = "张三",
        since: str = "",
    ) -> None:
        self.said.append({
            "台账流水号": self.asked(who, op, track), "核查结论": decision, "生效日期": since, "核查人": officer,
            "审核环节": role, "核查日期": day,
        })  # fmt: skip

    def night(self, day: str) -> None:
        if self.said:
            self.town.deliver("核查结果", day, "增量", self.said)
            self.said = []
        self.town.night(day)

    def posted(self, who: str, day: str, track: str) -> list[tuple[str, str | None, str | None]]:
        return [
            (e["op"], e["state_from"], e["state_to"])
            for e in self.town.entries(self.cast[who], day)
            if e["track"] == track
        ]

    def state(self, who: str, pack: str, track: str) -> tuple[str, bool]:
        row = self.town.state(self.cast[who], pack, track)
        return row["state"], row["needs_decision"]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("decided")
    xinyu = own_pack(folder / "packs", "xinyu", {"subsidy_cap_months": 36, "silent_days": 400, "survey_days": 4000})
    town = Town.found(folder / "town", "zhongshan", "neimenggu", xinyu)
    fillers(town)
    play = Played(town)
    old = {
        name: f"1962-03-{n:02d}"
        for n, name in enumerate(
            ("dereg", "refused dereg", "dereg taken back", "dereg later", "dereg withdrawn"), start=10
        )
    }
    for name, birth in old.items():
        play.cast[name] = town.tell(
            town.person(birth), MARCH, pension("2024-06-01", JUN28, JUL03 if name == "refused dereg" else "9999")
        )
    town.tell(play.cast["refused dereg"], pension("2024-06-02", JUL03))
    for n, name in enumerate(("verified", "refused candidate", "later", "verified and taken back")):
        gone = JUL03 if name == "verified and taken back" else "9999"
        play.cast[name] = town.tell(town.person(f"1979-03-{n + 1:02d}"), stop("2024-04", until=gone))
    for n, name in enumerate(("at work", "not at work")):
        play.cast[name] = town.tell(town.person(f"1979-04-{n + 1:02d}"), stop("2024-03"), insured("2024-06", JUN28))
    play.cast["recognised"] = town.tell(town.person("1990-05-01"), MARCH, aid("2024-01"))
    for n, name in enumerate(("leaves", "stays")):
        play.cast[name] = town.tell(
            town.person(f"1970-05-{n + 1:02d}"), recognised("4050", "2023-01-10"), registered("2022-12-01", 户籍性质="城镇"),
            pension("2024-06-01", JUN28),
        )  # fmt: skip
    play.night(MAY31)
    play.night(JUN28)
    play.decide(JUN29, "dereg", "PROP_DEREG", "R", "确认", since=JUN30)
    play.decide(JUN29, "refused dereg", "PROP_DEREG", "R", "驳回")
    play.decide(JUN29, "dereg taken back", "PROP_DEREG", "R", "确认")
    play.decide(JUN29, "dereg withdrawn", "PROP_DEREG", "R", "确认")
    town.deliver("核查结果", JUN29, "增量", [play.said.pop()], "单独")
    play.decide(JUN29, "dereg later", "PROP_DEREG", "R", "暂缓")
    play.decide(JUN29, "verified", "ADD", "L", "确认", "走访")
    play.decide(JUN29, "verified and taken back", "ADD", "L", "确认", "走访")
    play.decide(JUN29, "refused candidate", "ADD", "L", "驳回", "走访")
    play.decide(JUN29, "later", "ADD", "L", "同一人", "走访")
    play.decide(JUN29, "at work", "FLAG_REEMP", "L", "确认")
    play.decide(JUN29, "not at work", "FLAG_REEMP", "L", "驳回")
    play.decide(JUN29, "recognised", "ADD", "H", "确认", "初审")
    play.decide(JUN29, "leaves", "PROP_EXIT", "H", "确认", "终审")
    play.decide(JUN29, "stays", "PROP_EXIT", "H", "驳回", "终审")
    play.night(JUN29)
    play.night(JUN30)
    play.night(JUL01)
    play.decide(JUL01, "recognised", "ADD", "H", "确认", "终审", officer="李四")
    play.decide(JUL01, "verified", "ADD", "L", "确认", "审核")
    play.decide(JUL01, "later", "ADD", "L", "确认", "走访")  # the same officer, corrected
    play.decide(JUN29, "dereg taken back", "PROP_DEREG", "R", "驳回")  # the same officer, corrected
    apart = next(d for d in town.nights[JUN29].rows("delivery") if "单独" in d["file_name"])
    manifest = town.workspace.inbox / "撤回.manifest.json"
    manifest.write_text(json.dumps({"withdraws": apart["delivery_id"]}), encoding="utf-8")
    play.night(JUL02)
    play.night(JUL03)
    play.night(JUL04)
    return play


@pytest.mark.parametrize(
    ("who", "pack", "track", "moved", "state"),
    [
        ("dereg", "neimenggu", "R", ("R2", "R3"), "R3"),
        ("verified", "zhongshan", "L", ("L1", "L2"), "L3"),
        ("refused candidate", "zhongshan", "L", ("L1", "L0"), "L0"),
        ("at work", "zhongshan", "L", ("L4", "L5"), "L5"),
        ("leaves", "xinyu", "H", ("H5", "H6"), "H6"),
        ("stays", "xinyu", "H", ("H5", "H4"), "H4"),
        ("recognised", "neimenggu", "H", ("H1", "H3"), "H4"),
    ],
)
def test_a_decision_moves_once_and_is_no_open_question(
    played: Played, who: str, pack: str, track: str, moved: tuple[str, str], state: str
) -> None:
    found = [e for e in played.town.entries(played.cast[who], JUN29) if e["pack"] == pack and e["op"] == "DECIDED"]
    (entry,) = found
    assert (entry["state_from"], entry["state_to"]) == moved and not entry["needs_decision"]
    decided = next(e for n in played.town.nights.values() for e in n.entries(entry_id=entry["decision_entry"]))
    assert (decided["clause"], decided["track"]) == (entry["clause"], entry["track"])
    assert set(decided["evidence"]) < set(entry["evidence"]) and entry["reason"].endswith("。")
    assert played.state(who, pack, track) == (state, False)


def test_a_refused_mark_gives_back_the_candidate_who_is_still_to_be_verified(played: Played) -> None:
    assert ("DECIDED", "L4", "L1") in played.posted("not at work", JUN29, "L")
    assert played.state("not at work", "zhongshan", "L") == ("L1", True)


def test_the_same_facts_add_nothing_on_later_nights(played: Played) -> None:
    assert [len(played.town.nights[day].entries()) for day in (JUN30, JUL04)] == [0, 0]
    assert not [
        e
        for e in played.town.nights[JUL01].entries()
        if e["op"] in ("DECIDED", "PROP_DEREG", "PROP_EXIT", "FLAG_REEMP")
    ]


def test_a_putting_off_writes_nothing_and_leaves_the_question_open(played: Played) -> None:
    assert played.posted("dereg later", JUN29, "R") == []
    assert played.state("dereg later", "neimenggu", "R") == ("R2", True)


def test_the_refused_is_proposed_again_only_on_other_evidence(played: Played) -> None:
    who = "refused dereg"
    assert played.posted(who, JUN29, "R") == [("DECIDED", "R2", "R1")]
    assert [played.posted(who, day, "R") for day in (JUN30, JUL01, JUL02)] == [[], [], []]
    assert played.posted(who, JUL03, "R") == [("PROP_DEREG", "R1", "R2")]
    again = next(e for e in played.town.entries(played.cast[who], JUL03) if e["op"] == "PROP_DEREG")
    first = next(e for e in played.town.entries(played.cast[who], JUN28) if e["op"] == "PROP_DEREG")
    assert again["supersedes"] == first["entry_id"] and played.state(who, "neimenggu", "R") == ("R2", True)


def test_a_corrected_verdict_takes_the_first_one_back(played: Played) -> None:
    first, told = played.town.entries(played.cast["dereg taken back"], JUN29)
    back, second, unsaid = played.town.entries(played.cast["dereg taken back"], JUL02)
    assert (unsaid["op"], unsaid["supersedes"]) == ("WITHDRAW", told["entry_id"])
    assert (back["op"], back["supersedes"], back["state_to"]) == ("WITHDRAW", first["entry_id"], "R2")
    assert (second["op"], second["state_from"], second["state_to"]) == ("DECIDED", "R2", "R1")
    assert played.state("dereg taken back", "neimenggu", "R") == ("R1", False)


def test_a_withdrawn_verdict_is_taken_back_and_the_question_open_again(played: Played) -> None:
    assert played.posted("dereg withdrawn", JUN29, "R") == [("DECIDED", "R2", "R3")]
    assert played.posted("dereg withdrawn", JUL02, "R") == [("WITHDRAW", "R3", "R2")]
    assert played.state("dereg withdrawn", "neimenggu", "R") == ("R2", True)


def test_who_was_decided_about_stands_on_the_list_of_notices(played: Played) -> None:
    told = {r["person_id"] for r in played.town.nights[JUN29].rows("lists/O05")}
    assert told == {
        played.town.person_id(played.cast[w]) for w in ("dereg", "dereg taken back", "dereg withdrawn", "leaves")
    }


def test_an_illegal_verdict_is_noted_and_the_note_closed_when_it_is_mended(played: Played) -> None:
    (note,) = [e for e in played.town.entries(played.cast["later"], JUN29) if e["track"] == "T"]
    assert (note["op"], note["needs_decision"]) == ("REVIEW", True) and "未执行" in note["reason"]
    mended = played.town.entries(played.cast["later"], JUL02)
    assert [(e["track"], e["op"], e["supersedes"]) for e in mended] == [
        ("L", "DECIDED", None),
        ("T", "UPD", note["entry_id"]),
    ]
    assert played.state("later", "zhongshan", "L") == ("L2", False)


def test_evidence_taken_back_asks_again_about_whom_a_person_verified(played: Played) -> None:
    (back,) = [e for e in played.town.entries(played.cast["verified and taken back"], JUL03) if e["track"] == "L"]
    assert (back["op"], back["needs_decision"]) == ("WITHDRAW", True)
    assert played.state("verified and taken back", "zhongshan", "L") == ("L2", True)


def test_a_decision_counts_from_its_day_and_is_not_known_before(played: Played) -> None:
    query = "select state, needs_decision from ledger_state_on(?::date, ?::timestamptz) where person_id = ? and pack = 'neimenggu' and track = 'R'"
    person = played.town.person_id(played.cast["dereg"])

    def at(day: str, known: datetime = EVER) -> list[tuple[str, bool]]:
        return [(r["state"], r["needs_decision"]) for r in played.town.ask(query, day, known, person)]

    before = datetime.fromisoformat(played.town.nights[JUN29].manifest["recorded_at"])
    first, _ = played.town.entries(played.cast["dereg"], JUN29)
    assert first["valid_from"] == date(2024, 6, 30)
    assert (at(JUN29), at(JUN30)) == ([("R2", True)], [("R3", False)])
    earlier = datetime.fromisoformat(played.town.nights[JUN28].manifest["recorded_at"])
    assert earlier < before and at(JUN30, earlier) == [("R2", True)]


def test_people_add_up_and_the_chain_holds(played: Played) -> None:
    totals = [played.town.nights[day].manifest["totals"] for day in NIGHTS]
    for name in {t.rsplit(".", 1)[0] for night in totals for t in night}:
        known = [night for night in totals if f"{name}.closing" in night]
        assert all(a[f"{name}.closing"] == b[f"{name}.opening"] for a, b in pairwise(known))
    assert totals[2]["xinyu.H.outflow"] >= 1 and totals[2]["zhongshan.L.outflow"] == 1
    assert verify(played.town.workspace.runs, played.town.workspace.archive) == []


def test_the_store_rebuilt_is_the_same(played: Played) -> None:
    before = played.town.ask("select * from ledger_state order by all")
    rebuild_store(played.town.workspace)
    assert played.town.ask("select * from ledger_state order by all") == before
