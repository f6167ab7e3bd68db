"""What people decided moves people: decisions that came back become DECIDED entries, by a table of what is legal.

The table is `decisions.toml`; what stands and what was applied before comes from `decisions.sql`. Nothing here raises for
what a person wrote: a decision that the table does not know is noted as a T REVIEW and moves nobody.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ledger.legal import Legal, legal_decisions, rank, words
from ledger.notified import NOTICES, told_in_vain, told_to_person

HERE = Path(__file__).parent
OUT = ("L0", "H0", "L6", "H6", "R3")
EXITS = ("PROP_EXIT", "PROP_DEREG")
DRAFT = pa.schema(
    [(c, pa.string()) for c in ("person_id", "pack", "rule_id", "clause", "track", "op", "basis", "ground", "target", "supersedes")]
    + [("rule_no", pa.int32()), ("needs_decision", pa.bool_()), ("evidence", pa.list_(pa.string())), ("parameters", pa.string())]
    + [("reason", pa.string()), ("from_date", pa.date32()), ("is_closing", pa.bool_())]
    + [(c, pa.string()) for c in ("list", "employer_uscc", "employer_name")]
    + [("due_date", pa.date32()), ("content", pa.string()), ("state_from", pa.string()), ("decision_entry", pa.string())]
)  # fmt: skip
# The fold once more with tonight's decisions in it: what they answered is answered for tonight's findings too.
TONIGHT = """
insert into ledger_entry by name
select 'tonight-' || rule_no as entry_id, $run_no::bigint as run_no, rule_no as seq, $recorded_at::timestamptz as recorded_at,
       if(starts_with(person_id, 'E:'), null, person_id) as person_id, pack, track, op, basis, clause, ground, target as state_to,
       from_date as valid_from, if(is_closing, from_date, null) as valid_to, needs_decision, decision_entry, supersedes, evidence, parameters, reason
from decision_draft
"""
ANY = "select exists (from now_decision) or exists (from ledger_entry where decision_entry is not null)"
# `decided_by` is the day until which what they had is what was decided about: of a decision for a later day, the night that took it in.
DECIDED_OUT = """
create or replace temp table decided_out as
select e.person_id, e.pack, e.track, e.evidence, e.valid_from, least(e.valid_from, coalesce(r.as_of, e.valid_from)) as decided_by
from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00') as e
inner join track_state as s on s.person_id = e.person_id and s.pack = e.pack and s.track = e.track
left join store.applied_run as r using (run_no)
where e.op = 'DECIDED' and e.state_to in ('R3', 'H6', 'L6') and s.state in ('R3', 'H6', 'L6') and json_extract_string(e.parameters, '$.decision') = '确认'
"""
# Whom the offices' registers have again since they were decided out: they are in, and nothing that was decided bars a word about them.
RETURNED = """
create or replace temp table returned as
with left_by as (select person_id, pack, track, max(decided_by) as day from decided_out group by all having max(valid_from) <= $as_of::date)
select l.person_id, l.pack, l.track, arg_max(s.record_id, (s.since, s.record_id)) as record_id, max(s.since) as since
from left_by as l inner join spell as s on s.person_id = l.person_id and s.track = l.track and s.is_sure and s.since > l.day group by all
"""
NO_LONGER_OUT = (
    "delete from decided_out where (person_id, pack, track) in (select (person_id, pack, track) from returned)"
)


@dataclass
class Desk:
    """The tracks as they stand while tonight's decisions are gone through, and what comes of it. `notices` are days of
    notice by pack; `ahead` is the state that a track takes on a later day, and that day."""

    as_of: date
    notices: Mapping[str, int] = field(default_factory=dict)
    ahead: dict[tuple[str, str, str], tuple[str | None, date]] = field(default_factory=dict)
    states: dict[tuple[str, str, str], str] = field(default_factory=dict)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any], str]] = field(default_factory=dict)
    told: Mapping[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # notices sent, by entry and verdict

    def state(self, asked: dict[str, Any]) -> str:
        return self.states.setdefault(_track(asked), asked["state"])

    def note_ahead(self, asked: dict[str, Any], state: str | None, day: date) -> None:
        if day > self.as_of and asked["track"] != "T":
            self.ahead[_track(asked)] = state, day

    def notice(self, asked: dict[str, Any], rule: Legal, state: str, target: str | None) -> int:
        """Days of notice; none where the person is already there."""
        if target == state and _track(asked) not in self.ahead:
            return 0
        return rule.notice(self.notices.get(asked["pack"], 0), asked["ground"] or asked["basis"])

    def post(self, asked: dict[str, Any], **told: Any) -> None:
        plain = dict.fromkeys(DRAFT.names) | {"needs_decision": False, "is_closing": False, "evidence": []}
        about = {c: asked[c] for c in ("person_id", "pack", "clause", "track", "basis", "ground")}
        self.drafts.append(plain | about | {"rule_no": len(self.drafts) + 1} | told)


def _track(row: dict[str, Any]) -> tuple[str, str, str]:
    """What has one state: a person's track, but each item of T by itself."""
    who = row["person_id"] if row["track"] != "T" else row.get("decision_entry") or row["entry_id"]
    return who, row["pack"], row["track"]


def draft_decisions(
    con: duckdb.DuckDBPyConnection, run_no: int, as_of: date, recorded_at: datetime, notices: Mapping[str, int]
) -> None:
    """Make `decision_draft`, `decided_out` and `track_state`, and put the drafts into the fold. Leaves `prior_state` as
    it was before tonight. `notices`: days of notice by pack."""
    desk = Desk(as_of, notices)
    if con.execute(ANY).fetchall()[0][0]:
        con.execute((HERE / "decisions.sql").read_text(encoding="utf-8"))
        desk.told = {(n["decision_entry"], n["record_id"]): n for n in _rows(con, "from told order by entry_id")}
        _go_through(con, desk)
    con.register("drafts", pa.Table.from_pylist(desk.drafts, schema=DRAFT))
    con.execute("create or replace temp table decision_draft as select * from drafts")
    con.unregister("drafts")
    if desk.drafts:
        con.execute(TONIGHT, {"run_no": run_no, "recorded_at": recorded_at})


def _go_through(con: duckdb.DuckDBPyConnection, desk: Desk) -> None:
    applied = {e: list(rows) for e, rows in groupby(_rows(con, "from applied order by decision_entry, run_no, seq"), lambda r: str(r["decision_entry"]))}  # fmt: skip
    for rows in applied.values():
        for row in rows:
            desk.note_ahead(row, row["state_to"], row["valid_from"])
    lapsed = set()
    for gone in _rows(con, "from reversed order by person_id, pack, track, run_no desc, seq desc"):
        if not gone["is_lapsed"]:
            _take_back(desk, gone, gone["state_now"], "所依据的核查结果已被撤回或改正")
        elif gone["valid_from"] > desk.as_of:
            _take_back(desk, gone, gone["state_now"], "告知期内所依据的来源记录已被撤销或改正", carries=False)
            lapsed.add(gone["entry_id"])
        else:
            continue
        applied[gone["decision_entry"]] = [
            a for a in applied[gone["decision_entry"]] if a["entry_id"] != gone["entry_id"]
        ]
    asked = {a["entry_id"]: a for a in _rows(con, "from asked order by entry_id")}
    verdicts = [
        v | asked[v["entry_id"]] | {"record_id": v["record_id"]}
        for v in _rows(con, "from verdict where decision <> '暂缓'")
    ]
    for row in (v for v in verdicts if v["applied_entry"] in lapsed):
        row["applied_entry"] = None
    entries = sorted(verdicts, key=lambda v: (v["person_id"], v["pack"], v["track"], v["entry_id"]))
    by_entry = [(entry, list(rows)) for entry, rows in groupby(entries, lambda v: str(v["entry_id"]))]
    for entry, rows in sorted(by_entry, key=lambda e: _turn(asked[e[0]], e[1])):
        _answer(desk, asked[entry], applied.get(entry, []), rows)
    _note(con, desk)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return list(con.sql(query).to_arrow_table().to_pylist())


def _when(row: dict[str, Any]) -> tuple[date, int, str]:
    return row["decided_date"], rank(row["role"]), row["record_id"]


def _turn(asked: dict[str, Any], rows: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    """When an entry's answers come up among those about its track: by day and step, whoever leaves last of all, then as asked."""
    said = min(_when(r)[:2] for r in rows)
    return (
        asked["person_id"],
        asked["pack"],
        asked["track"],
        *said,
        asked["op"] in EXITS,
        asked["run_no"],
        asked["seq"],
    )


def _answer(desk: Desk, asked: dict[str, Any], applied: list[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> None:
    """One entry's decisions in the order of their days."""
    known = [r for r in rows if r["applied_entry"]]
    fresh = sorted((r for r in rows if not r["applied_entry"]), key=_when)
    dates = {r["applied_entry"]: r for r in known}
    standing = [{"decided_date": a["decided_on"] or a["valid_from"]} | a for a in applied]
    standing = [a | {"decided_date": dates.get(a["entry_id"], a)["decided_date"]} for a in standing]
    for row in (r for r in fresh if not _said(asked, r)):
        _fault(desk, asked, row, "illegal")
    fresh = _unopposed(desk, asked, standing, [r for r in fresh if _said(asked, r)])
    for row in fresh:
        if not row["is_effective"] or row["is_going"]:
            _fault(desk, asked, row, "gone")
        else:
            _apply(desk, asked, standing, row)
    for row in known:
        if row["is_shaken"] and desk.state(asked) == row["applied_state"]:
            _fault(desk, asked, row, "shaken")


def _unopposed(
    desk: Desk, asked: dict[str, Any], standing: Sequence[dict[str, Any]], fresh: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows less those that contradict one another at one step. A later word of a higher role settles it; without
    one, none of tonight's counts."""
    left = list(fresh)
    for later in fresh:
        for earlier in [s for s in standing if s["decision"] != later["decision"]] + [r for r in fresh if r is not later and r["decision"] != later["decision"] and _when(r) < _when(later)]:  # fmt: skip
            if rank(later["role"]) > rank(earlier["role"]) and later["decided_date"] >= earlier["decided_date"]:
                continue
            is_overruled = (
                rank(later["role"]) < rank(earlier["role"]) and later["decided_date"] <= earlier["decided_date"]
            )
            top = max(rank(later["role"]), rank(earlier["role"]))
            last = max(later["decided_date"], earlier["decided_date"])
            is_settled = any(rank(r["role"]) > top and r["decided_date"] >= last for r in [*fresh, *standing])
            left = [r for r in left if r is not later and r is not earlier]
            if not (is_settled or is_overruled):
                _fault(desk, asked, later, "opposed")
                left = [r for r in left if r["decision"] == later["decision"] and rank(r["role"]) > top]
    return left


def _apply(desk: Desk, asked: dict[str, Any], standing: list[dict[str, Any]], row: dict[str, Any]) -> None:
    """One decision on one entry: an entry of its own, nothing where it only repeats, or a fault."""
    state = desk.state(asked)
    rule = _legal(asked, row, state, bool(standing))
    if rule is None and standing and standing[-1]["decision"] != row["decision"]:
        before = standing[-1]
        if _legal(asked, row, before["state_from"] or state, len(standing) > 1):
            _take_back(desk, before, state, f"{row['role']}改变了原结论")
            standing.pop()
            _apply(desk, asked, standing, row)
            return
    if rule is None and _repeats(asked, row, state):
        if standing and standing[-1]["decision"] == row["decision"]:
            return
        rule = _said(asked, row)[0]
        target: str | None = state
    elif rule is None:
        if not _repeated_then(asked, standing, row):
            _fault(desk, asked, row, "illegal")
        return
    else:
        target = _target(rule, asked, state)
    if target == "H4" and any(a["person_key"] == row["person_key"] and a["role"] == "初审" for a in standing if "person_key" in a):  # fmt: skip
        _fault(desk, asked, row, "same_officer")
        return
    told = _decided(asked, row, rule, state, target, desk.notice(asked, rule, state, target))
    if target == state and not rule.waits and _track(asked) in desk.ahead and told["from_date"] <= desk.as_of:
        told["target"] = target = None  # what moves nobody does not bring the state of a later day forward
    desk.note_ahead(asked, target, told["from_date"])
    desk.post(asked, **told)
    if told["list"] == NOTICES:
        desk.post(asked, **told_to_person(asked, row, told["from_date"], desk.as_of))
    desk.states[_track(asked)] = target or state
    facts = json.loads(told["parameters"])
    standing.append(
        row | facts | {"entry_id": None, "decision_entry": asked["entry_id"], "state_from": state, "state_to": target}
    )


def _legal(asked: dict[str, Any], row: dict[str, Any], state: str, is_again: bool) -> Legal | None:
    where = (asked["track"], asked["op_class"], state, row["decision"], row["role"], is_again)
    return next((r for r in legal_decisions() if r.fits(*where)), None)


def _repeats(asked: dict[str, Any], row: dict[str, Any], state: str) -> bool:
    """Whether such a decision would have led to where the person already is."""
    return any(
        r.to == state or (r.to in ("before", "out") and _target(r, asked, state) == state) for r in _said(asked, row)
    )


def _repeated_then(asked: dict[str, Any], standing: Sequence[dict[str, Any]], row: dict[str, Any]) -> bool:
    """Whether such a decision, when it was made, only repeated one that another has led on from since."""
    return any(
        then["decision"] == row["decision"] and _repeats(asked, row, then["state_to"]) and row["decided_date"] <= since["decided_date"]
        for then, since in pairwise(standing)
    )  # fmt: skip


def _said(asked: dict[str, Any], row: dict[str, Any]) -> list[Legal]:
    """The rows of the table that speak of such a decision in any state."""
    return [r for r in legal_decisions() if r.says(asked["track"], asked["op_class"], row["decision"], row["role"])]


def _target(rule: Legal, asked: dict[str, Any], state: str) -> str | None:
    before = asked["state_before"]
    if rule.to == "=":
        return state
    if rule.to == "before":
        return state if asked["has_same_op"] else before
    if rule.to == "out":
        return state if asked["has_basis"] else f"{asked['track']}0"
    if rule.to == "released":
        return f"{asked['track']}1" if before in OUT else before
    return rule.to


def _word(state: str | None) -> str:
    return str(words()["state"].get(state or "", state or "未定"))


def _end_of_notice(row: dict[str, Any], days: int) -> date:
    """The day from which a decision counts: as it says itself, but not before its notice of so many days has run."""
    left = min(days, (date.max - row["decided_date"]).days)
    return max(row["from_date"], row["decided_date"] + timedelta(days=left)) if days else row["from_date"]


def _decided(
    asked: dict[str, Any], row: dict[str, Any], rule: Legal, state: str, target: str | None, notice: int
) -> dict[str, Any]:
    facts = {
        "rule": asked["rule_id"], "decision": row["decision"], "role": row["role"], "effect": rule.effect, "record": row["record_id"],
        "by": row["officer_key"], "person": row["person_key"], "transition": rule.number,
    }  # fmt: skip
    if notice:
        facts |= {"notice_days": notice, "asked_from": f"{row['from_date']}", "decided_on": f"{row['decided_date']}"}
    since = _end_of_notice(row, notice)
    op = words()["op"].get(asked["op"], asked["op"])
    moved = "状态不变" if target in (None, state) else f"由“{_word(state)}”转为“{_word(target)}”"
    return {
        "op": "DECIDED", "target": target, "state_from": state if asked["track"] == "T" else None, "decision_entry": asked["entry_id"], "from_date": since,
        "evidence": sorted({row["record_id"], *(asked["evidence"] or ())}), "list": rule.told_by(asked["ground"] or asked["basis"]) if target != state else None,
        "parameters": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
        "reason": f"{row['decided_date']}{row['role'] or '核查'}{row['decision']}“{op}”（{asked['entry_id']}号），{moved}，{f'告知期{notice}天，' if notice else ''}自{since}起。",
    }  # fmt: skip


def _take_back(desk: Desk, applied: dict[str, Any], state: str | None, why: str, *, carries: bool = True) -> None:
    """The decision's entry never was; the person is where they were, unless they have moved on since. It `carries` no state
    where what was decided ends as well, and says itself where that leaves the person."""
    key = _track(applied)
    now = desk.states.get(key, state)
    back = applied["state_from"] if now == applied["state_to"] else None
    if back:
        desk.states[key] = back
    if applied["entry_id"] is None:  # decided and overruled in one night: never written
        desk.drafts = [d for d in desk.drafts if json.loads(d["parameters"] or "{}").get("record") != applied["record"]]
        return
    desk.post(
        applied, op="WITHDRAW", target=back if carries else None, supersedes=applied["entry_id"], decision_entry=applied["decision_entry"], is_closing=True,
        from_date=applied["valid_from"], evidence=applied["evidence"], parameters="{}", reason=f"{why}，{applied['entry_id']}号决定撤回。",
    )  # fmt: skip
    notice = desk.told.get((applied["decision_entry"], applied["record_id"]))
    if notice:
        desk.post(notice, **told_in_vain(notice, applied["entry_id"]))


FAULTS = {
    "illegal": "与当前状态不符，未执行；请核对后改报，或由上一级环节决定",
    "gone": "所指的分录已被撤回或取代，未执行；请就现有分录重新核查",
    "opposed": "与他人在同一环节的结论相反，未执行；请由更高环节决定",
    "same_officer": "认定的审核人与初审人相同，未执行；请由他人审核",
    "shaken": "所依据的来源记录已被来源撤销或改正；状态未动，请重新核查，结论有变的请改报",
}


def _fault(desk: Desk, asked: dict[str, Any], row: dict[str, Any], fault: str) -> None:
    desk.faults[row["record_id"], fault] = (asked, row, fault)


def _standing(desk: Desk, asked: dict[str, Any]) -> str:
    state, day = desk.ahead.get(_track(asked), (None, desk.as_of))
    word = f"“{_word(desk.state(asked))}”"
    return f"已决定自{day}起{word}" if state == desk.state(asked) else f"当前{word}"


def _kept(fault: str) -> str:
    """What a note is kept by: that an answer was not carried out is noted once, whatever stands in its way by now."""
    return fault if fault == "shaken" else "not_applied"


def _note(con: duckdb.DuckDBPyConnection, desk: Desk) -> None:
    """Tonight's faults against those noted before: what is new is noted, what is no more is closed."""
    noted = {(n["record_id"], _kept(n["fault"])): n for n in _rows(con, "from noted order by entry_id desc")}
    faults = {(record, _kept(fault)): told for (record, fault), told in sorted(desk.faults.items(), key=lambda f: f[0])}
    for key in sorted(noted.keys() - faults.keys()):
        old = noted[key]
        desk.post(
            old, op="UPD", target="closed", supersedes=old["entry_id"], decision_entry=old["decision_entry"], is_closing=True,
            from_date=desk.as_of, evidence=old["evidence"], parameters="{}", reason="该核查结果已处理，不再待核查。",
        )  # fmt: skip
    for key in sorted(faults.keys() - noted.keys()):
        asked, row, fault = faults[key]
        record = row["record_id"]
        facts = {
            "rule": asked["rule_id"],
            "fault": fault,
            "record": record,
            "decision": row["decision"],
            "role": row["role"],
        }
        where = "" if asked["track"] == "T" else f"（{_standing(desk, asked)}）"
        desk.post(
            asked | {"person_id": asked["survivor"] or asked["person_id"]}, track="T", op="REVIEW", ground="decision", target="open", decision_entry=asked["entry_id"], needs_decision=True,
            from_date=desk.as_of, evidence=[record], parameters=json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
            reason=f"{row['decided_date']}{row['role'] or '核查'}对{asked['entry_id']}号的结论“{row['decision']}”{where}{FAULTS[fault]}。",
        )  # fmt: skip
