"""Who came in under an older rule is not dropped by a newer one: a person decides.

Tonight's findings are what tonight's rules say. What an older version of a rule still says of people whom it let in is put
beside them here, before the ledger compares: the finding as it stood, so that nothing ends, and a REVIEW saying that the
policy changed. Facts that changed end a finding as ever: the older version is asked about tonight's facts.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from policies.evaluate import op_of, proof_of
from policies.pack import Pack
from policies.rule import FUNCTIONS, WORDS, Rule, words_of
from policies.versions import History, Said, Version, at_run, literal, said_on
from policies.view import wide_columns

POLICY = ":policy"
LITERAL_WORDS = frozenset({"date", "varchar"})  # what a value bound into an expression may bring
EXITS = ("PROP_EXIT", "PROP_DEREG")
OPEN_RULES = "select distinct pack, rule_id from open_item order by pack, rule_id"
FAILED = """
select x.pack, x.rule_id, e.run_no, e.valid_from from failing as x inner join ledger_entry as e using (entry_id)
where x.op_class = 'IN' and x.stands group by all order by all
"""
CANDIDATE = """
create or replace temp table candidate as
select x.*, e.run_no from failing as x inner join ledger_entry as e using (entry_id)
where x.op_class = 'IN' and x.stands and x.pack = $pack and x.rule_id = $rule and (e.run_no, e.valid_from) in (select (n.run_no, n.valid_from) from (select unnest($nights) as n))
"""
# The same test as tonight's rules meet: the predicate, and links that are good enough for the same op.
STILL = """
create or replace temp table still as
with seen as (
    select {used}, {rank} as worst from {view} where person_id in (select person_id from candidate)
),
graded as (select *, {op} as op_now, {basis} as basis_now from seen where ({when}))
select c.* from candidate as c inner join graded as g using (person_id)
where g.op_now = $op and (c.field is not null or c.basis is not distinct from g.basis_now)
"""
# Whom another rule of tonight finds on the same basis loses nothing: a rule was only renamed.
TAKEN_OVER = """
delete from still where exists (
    select 1 from finding as f where f.person_id = still.person_id and f.pack = still.pack and f.track = still.track
      and f.op_class = 'IN' and f.rule_id <> still.rule_id and f.basis is not distinct from still.basis)
"""
CLOSED = """
update closing set reason = '截至' || $as_of || '，此人按现行规定已经符合，或列入的依据已另行结束，不再需要因政策变动核查。'
where ends_with(rule_id, $policy)
"""
# A rule that speaks of columns the program no longer has is taken to hold as long as its records were not taken back.
UNREADABLE = "create or replace temp table still as from candidate where not is_withdrawn and not is_absent"
KEPT = """
insert into finding by name
select person_id, pack, rule_id, 0 as rule_no, clause, track, op, op_class, basis, ground, field, false as needs_decision, evidence, parameters, '' as reason,
       false as needs_row, false as is_exit from still
"""
ASKED = """
insert into finding by name
select person_id, pack, rule_id || $policy as rule_id, 0 as rule_no, clause, track, 'REVIEW' as op, 'REVIEW' as op_class, basis, 'policy' as ground, true as needs_decision,
       evidence, json_object('rule', rule_id || $policy, 'admitted_run', run_no, 'was', $was::json, 'now', $now::json)::varchar as parameters,
       $reason as reason, false as needs_row, false as is_exit
from still
"""
SOFTEN = """
update finding set op = 'REVIEW', op_class = 'REVIEW', state_to = if(track = 'R', 'R1', null), list = null, needs_decision = true,
       reason = reason || $note, parameters = json_merge_patch(parameters, '{{"policy": "changed"}}')::varchar
where pack = $pack and rule_id = $rule and op in ('PROP_EXIT', 'PROP_DEREG')
  and person_id in ({admitted}) and person_id not in (select person_id from {view} where {when})
"""
ADMITTED = {
    "R": "select person_id from wide where registered_from >= $since and registered_from < $until",
    "H": "select person_id from wide where recognised_on >= $since and recognised_on < $until",
    "L": "select person_id from open_item where op_class = 'IN' and stands and pack = $pack and track = 'L' "
         "group by person_id having min(valid_from) >= $since and min(valid_from) < $until",
}  # fmt: skip
# Whoever is recognised cannot enter again, so admission is asked as if they were not. Whom a rule already asks about
# is not asked about twice.
AS_IF_NOT = ("is_recognised", "firm_recognition", "was_recognised")
RECOGNISED = """
insert into finding by name
with seen as (
    select {used}, recognition_records as evidence, {as_if_not} from wide
    where is_recognised and recognition_rank <= 2 and recognised_on >= $since and recognised_on < $until
),
asked as (select person_id, evidence, {rule} as rule_id from seen where not coalesce({now}, false))
select person_id, $pack as pack, rule_id || $policy as rule_id, 0 as rule_no, regexp_extract(rule_id, '^[^:]+') as clause, 'H' as track, 'REVIEW' as op, 'REVIEW' as op_class,
       'policy' as ground, true as needs_decision, evidence, json_object('rule', rule_id || $policy)::varchar as parameters,
       $reason as reason, false as needs_row, false as is_exit
from asked where rule_id is not null
  and person_id not in (select person_id from finding where pack = $pack and track = 'H' and op in ('REVIEW', 'PROP_EXIT', 'HOLD'))
"""


@dataclass(frozen=True)
class Desk:
    """What asking older rules needs of the night."""

    con: duckdb.DuckDBPyConnection
    packs: Sequence[Pack]
    as_of: date
    history: History
    barred: frozenset[str]

    @cached_property
    def tonight(self) -> dict[str, dict[str, Said]]:
        return {p.code: said_on(p, self.as_of) for p in self.packs}

    @cached_property
    def columns(self) -> set[str]:
        return set(wide_columns(self.con))

    @cached_property
    def _read(self) -> dict[tuple[str, int, date], dict[str, Said]]:
        return {}

    def versions(self, code: str) -> Sequence[Version]:
        return self.history.get(code, ())

    def said_at(self, code: str, run_no: int, day: date) -> dict[str, Said]:
        """The rules in force on a night, by id; none of a pack that nothing was kept of."""
        if not self.versions(code):
            return {}
        version = at_run(self.versions(code), run_no)
        place = (code, version.since_run, version.stretch(day))
        if place not in self._read:
            self._read[place] = said_on(version.pack, day)
        return self._read[place]

    def can_read(self, said: Said) -> bool:
        return can_read(self.columns, said)

    def used(self, *texts: str) -> str:
        """The columns that these expressions speak of, for a select list."""
        return ", ".join(
            sorted(words_of(" ".join(texts)) & self.columns | {"person_id", "held_for", "is_held", "id_number"})
        )


def can_read(columns: Collection[str], said: Said) -> bool:
    """Whether an older rule speaks only of what tonight's views still have: these columns."""
    proof = {f"{p}_records" for p in said.rule.topics}
    spoken = words_of(" ".join((said.when, *said.spoken.values())))
    return not ((spoken - WORDS - FUNCTIONS - LITERAL_WORDS) | proof).difference(columns)


@dataclass(frozen=True)
class Stretch:
    """Days on which a pack said the same: from `since` to before `until`."""

    since: date
    until: date
    said: dict[str, Said]


def stretches(versions: Sequence[Version], as_of: date) -> Iterator[Stretch]:
    """How a pack read over time, as nights used it up to `as_of`; the first reaches back over all that lies before."""
    for number, version in enumerate(versions):
        until = versions[number + 1].as_of if number + 1 < len(versions) else as_of
        first = version.as_of
        days = [first, *(d for d in version.change_days if first < d < until)]
        for place, day in enumerate(days):
            end = days[place + 1] if place + 1 < len(days) else until
            since = date.min if number == place == 0 else day
            if since < end:
                yield Stretch(since, end, said_on(version.pack, day))


def take_up_gone(desk: Desk) -> list[Pack]:
    """Have open entries of rules that are gone (removed, or not in force any more) compared tonight like all others. Gives
    those rules as packs, to describe what ends. What nobody can read any more is left as it stood."""
    gone: dict[str, list[Rule]] = {}
    for code, rule_id in desk.con.execute(OPEN_RULES).fetchall():
        rule = _last_known(desk, code, rule_id.removesuffix(POLICY))
        if code not in desk.tonight or rule is None or desk.barred & rule.kinds:
            continue
        if rule_id.endswith(POLICY):
            desk.con.execute("insert into evaluated_rule values (?, ?)", [code, rule_id])
            gone.setdefault(code, []).append(replace(rule, id=rule_id, proof=()))
        elif rule_id not in desk.tonight[code]:
            desk.con.execute("insert into evaluated_rule values (?, ?)", [code, rule_id])
            gone.setdefault(code, []).append(replace(rule, title=f"{rule.title}，该条款已不再有效"))
    return [replace(p, rules=tuple(gone[p.code]), other_rules=()) for p in desk.packs if p.code in gone]


def describe_closed_questions(desk: Desk) -> None:
    """Say in `closing` why a REVIEW that a change of policy asked for is asked no more."""
    desk.con.execute(CLOSED, {"as_of": desk.as_of.isoformat(), "policy": POLICY})


def _last_known(desk: Desk, code: str, rule_id: str) -> Rule | None:
    """The rule as the newest pack that has it says it."""
    packs = [p for p in desk.packs if p.code == code] + [v.pack for v in reversed(desk.versions(code))]
    return next((r for p in packs for r in p.all_rules if r.id == rule_id), None)


def stand_by(desk: Desk) -> bool:
    """Add to `finding` what older rules still say of those in `failing` whom they let in. True where it said anything."""
    asked = [
        _ask(desk, *place, was, nights) for place, by_meaning in _older(desk).items() for was, nights in by_meaning
    ]
    return any(asked)


Nights = list[tuple[int, date]]


def _older(desk: Desk) -> dict[tuple[str, str], list[tuple[Said, Nights]]]:
    """Failing rules that read otherwise on the night of admission: what they said, and the nights on which they did."""
    found: dict[tuple[str, str], dict[Any, tuple[Said, Nights]]] = {}
    for code, rule_id, run_no, day in desk.con.execute(FAILED).fetchall():
        was = desk.said_at(code, run_no, day).get(rule_id)
        now = desk.tonight.get(code, {}).get(rule_id)
        if code in desk.tonight and was and (now is None or now.meaning != was.meaning):
            by_meaning = found.setdefault((code, rule_id), {})
            by_meaning.setdefault(was.meaning, (was, []))[1].append((run_no, day))
    return {place: list(by_meaning.values()) for place, by_meaning in found.items()}


def _ask(desk: Desk, code: str, rule_id: str, was: Said, nights: Nights) -> bool:
    """Put the older rule to those it let in: who still meets it keeps the finding, and is to be looked at."""
    con, rule = desk.con, was.rule
    con.execute(
        CANDIDATE, {"pack": code, "rule": rule_id, "nights": [{"run_no": n, "valid_from": d} for n, d in nights]}
    )
    if desk.can_read(was):
        rank, _ = proof_of(rule)
        basis, op = was.spoken.get("basis_from") or literal(rule.finds.get("basis")), op_of(rule)
        used = desk.used(was.when, rank, basis, op)
        con.execute(STILL.format(used=used, rank=rank, view=rule.view, op=op, basis=basis, when=was.when), {"op": rule.finds["op"]})  # fmt: skip
    else:
        con.execute(UNREADABLE)
    con.execute(TAKEN_OVER)
    if not con.execute("select exists (from still)").fetchall()[0][0]:
        return False
    con.execute(KEPT)
    con.execute(ASKED, {"policy": POLICY, **_told(desk, code, was, desk.tonight[code].get(rule_id))})
    return True


def _told(desk: Desk, code: str, was: Said, now: Said | None) -> dict[str, str]:
    """What changed between two versions of a rule: the values, as JSON, and one sentence."""
    before, after = was.used_values, now.used_values if now else {}
    values = "，".join(
        f"{n} 由 {before[n]} 改为 {after[n]}" for n in sorted(before) if n in after and before[n] != after[n]
    )
    what = "已改变" + (f"（{values}）" if values else "") if now else "已不再有效"
    reason = f"政策变动：{code} 的“{was.rule.title}”（{was.rule.clause}）{what}；按列入时的规定仍然符合，不因新规定自动退出，请核查决定。"
    return {"was": _json(before), "now": _json(after), "reason": reason}


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def soften(desk: Desk) -> None:
    """Make a REVIEW of each proposal to leave that only rules newer than the person's own admission make: registration,
    recognition, or the first standing entry of the ledger. Needs `open_item`."""
    for pack in desk.packs:
        for stretch in stretches(desk.versions(pack.code), desk.as_of):
            for rule_id, now in desk.tonight[pack.code].items():
                was = stretch.said.get(rule_id)
                if now.rule.finds["op"] in EXITS and not (was and was.meaning == now.meaning):
                    _soften(desk, pack.code, now.rule, was, stretch)


def _soften(desk: Desk, code: str, rule: Rule, was: Said | None, stretch: Stretch) -> None:
    same = was.when if was and desk.can_read(was) else "false"
    note = f"（政策变动：此人在 {code} 的现行规定之前列入，当时的规定不据此退出，只请核查决定。）"
    desk.con.execute(
        SOFTEN.format(admitted=ADMITTED[rule.finds["track"]], view=rule.view, when=same),
        {"pack": code, "rule": rule.id, "note": note, "since": stretch.since, "until": stretch.until},
    )


def look_at_recognised(desk: Desk) -> bool:
    """Add to `finding` a REVIEW of each recognised person whom the admission rules of their day would still admit, and
    none of tonight's would. After `stand_by`: nobody is asked about twice. True where somebody is."""
    is_anybody = False
    for pack in desk.packs:
        now = _admissions(desk.tonight[pack.code])
        for stretch in stretches(desk.versions(pack.code), desk.as_of):
            was = _admissions(stretch.said)
            if {s.meaning for s in was} != {s.meaning for s in now} and all(map(desk.can_read, was)):
                is_anybody |= _look(desk, pack, was, now, stretch)
    return is_anybody


def _admissions(said: dict[str, Said]) -> list[Said]:
    return [s for s in said.values() if s.rule.finds["op"] == "ADD" and s.rule.finds["track"] == "H"]


def _look(desk: Desk, pack: Pack, was: list[Said], now: list[Said], stretch: Stretch) -> bool:
    cases = (
        " ".join(f"when coalesce(({s.when}), false) then {literal(s.rule.id)}" for s in was) or "when false then null"
    )
    still = " or ".join(f"coalesce(({s.when}), false)" for s in now) or "false"
    words = words_of(f"{cases} {still}") & desk.columns - set(AS_IF_NOT)
    reason = f"政策变动：{pack.code} 的认定条件已改变；此人按认定时的条件仍然符合，按现行条件不再符合，认定不受影响，请核查决定。"
    done = desk.con.execute(
        RECOGNISED.format(
            used=", ".join(sorted(words | {"person_id"})),
            as_if_not=", ".join(f"false as {c}" for c in AS_IF_NOT),
            rule=f"case {cases} end",
            now=f"({still})",
        ),
        {"pack": pack.code, "policy": POLICY, "reason": reason, "since": stretch.since, "until": stretch.until},
    )
    return bool(done.fetchall()[0][0])
