"""From findings to ledger entries: an entry is written only when the answer changes.

The diff is whole statements over the set of people (`delta.sql`). Order of entries: person, pack, track, then what is
taken back, what ended, what came in, what is asked; so the same night gives the same numbers whatever the order of
files and rows.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from ledger.decisions import DECIDED_OUT, NO_LONGER_OUT, RETURNED, draft_decisions

HERE = Path(__file__).parent

OPEN_ITEMS = """
create or replace temp table open_item as
select entry_id, coalesce(person_id, 'E:' || basis) as person_id, pack, track, op, case when op in ('ADD', 'UPD') then 'IN' else op end as op_class, basis, clause,
       ground, valid_from, evidence, parameters, rule_id, field, answer, is_open as stands,
       field is null and coalesce(answer in ('refused', 'covered') or (answer = 'settles' and op in ('PROP_EXIT', 'PROP_DEREG')), false) as is_decided_away
from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00') where valid_to is null and rule_id is not null
  and op <> 'DECIDED' and (op <> 'NOTIFY' or decision_entry is null) and json_extract_string(parameters, '$.fault') is null;
create or replace temp table track_state as
select person_id, pack, track, state from ledger_state_on(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00');
"""
# Where somebody stood before the mark, proposal or hold that they last came under, and whether by a person's word; whoever came in
# under a mark was a candidate.
STOOD_BEFORE = """
create or replace temp table stood_before as
with word as (
    select distinct person_id, pack, track, state_to as state, true as is_word from ledger_entry
    where op = 'DECIDED' and state_to in ('L2', 'L3', 'L4', 'L5', 'H3', 'H4', 'H5')
      and entry_id not in (select supersedes from ledger_entry where supersedes is not null)
)
select b.*, coalesce(w.is_word, false) as is_word from (
select person_id, pack, track, if(op = 'ADD', 'FLAG_REEMP', op) as op, arg_max(if(op = 'ADD', 'L1', state_from), (run_no, seq)) as state
from ledger_entry
where (op, state_to) in (('ADD', 'L4'), ('FLAG_REEMP', 'L4'), ('PROP_EXIT', 'H5'), ('PROP_DEREG', 'R2'), ('HOLD', 'LX'), ('HOLD', 'HX'))
  and state_from not in (state_to, 'L5') group by all
) as b left join word as w using (person_id, pack, track, state)
"""
# Only what a source took back tonight takes a finding back: an older correction that left it standing did not end it,
# though tonight its successor may have been taken back (`taken_back`: person and kind).
# Evidence that ended nowhere and is nobody's any more was linked to somebody else.
FAILING = """
create or replace temp table failing as
with met as (
    select o.entry_id from open_item as o
    inner join finding as f on f.person_id = o.person_id and f.pack = o.pack and f.rule_id = o.rule_id and f.op_class = o.op_class
    where (f.field is not null or f.basis is not distinct from o.basis)
      and (not o.is_decided_away or list_has_all(o.evidence, f.evidence))
),
unmet as (
    select o.* from open_item as o
    inner join evaluated_rule as r on r.pack = o.pack and r.rule_id = o.rule_id
    anti join met as m on m.entry_id = o.entry_id
),
gone as (
    select u.entry_id, bool_or(e.record_id is null or (e.is_tonight and e.is_taken_back) or (not e.is_tonight and t.person_id is not null)) as is_withdrawn,
           bool_or(e.is_tonight and e.cause = 'absent') as is_absent
    from (select entry_id, person_id, unnest(evidence) as record_id from unmet) as u
    left join standing_link as s on s.person_id = u.person_id and s.record_id = u.record_id
    left join ended_log as e on e.record_id = u.record_id
    left join taken_back as t on t.person_id = u.person_id and t.kind = e.kind
    where s.record_id is null group by u.entry_id
)
select u.*, coalesce(g.is_withdrawn, false) as is_withdrawn,
       coalesce(g.is_absent, false) and not coalesce(g.is_withdrawn, false) as is_absent
from unmet as u left join gone as g using (entry_id)
"""
# A decision that takes effect later moves nothing before its day: `ahead` is where a track will be then, `now` where it is.
# Between the two, what moves nobody carries no state, or it would be the last word on that day too.
TODAY = """
create or replace temp table state_today as
select person_id, pack, track, state from {fold}
"""
FOLDED = "ledger_state_on($as_of::date, timestamptz '9999-12-31 00:00:00+00')"
# Who is proposed to leave is in: where the fold has them out, or short of a recognition that they have, they came in by a register
# alone, and a refusal leads back there. Whom an officer decided out is proposed again only on a new spell (`decided_out`).
BEGIN_OF = """
create or replace temp macro begin_of(folded, proposed) as
if(folded in ('L0', 'L6', 'H0', 'H6', 'R3') or (proposed = 'H4' and folded in ('H1', 'H2', 'H3')), coalesce(proposed, folded), folded)
"""
IS_AHEAD = "select exists (from ledger_entry where valid_from > $as_of)"
ENTRIES = """
create or replace temp table new_entry as
with begins as (  -- where the offices' registers have somebody, as tonight's findings and above all the proposals among them say
    select person_id, pack, track, min(state_from) as said,
           min(if(op = 'PROP_DEREG', 'R1', state_from)) filter (op in ('PROP_EXIT', 'PROP_DEREG', 'FLAG_REEMP')) as proposed
    from draft where track <> 'T' and (state_from is not null or op in ('ADD', 'PROP_DEREG')) group by all having not bool_or(op = 'ADD')
),
placed as (
    select d.*, case when d.op = 'WITHDRAW' then -1 when d.op = 'DECIDED' then 0 when d.is_closing then 1 when d.op = 'ADD' then 2 when d.op = 'UPD' then 3 else 4 end as phase,
           case d.track when 'R' then 'R1' when 'T' then d.state_from else coalesce(b.said, d.track || '0') end as state_else,
           coalesce(begin_of(p.state, b.proposed), state_else) as ahead_at_start, coalesce(begin_of(t.state, b.proposed), state_else) as now_at_start,
           coalesce(d.from_date > $as_of::date, false) as is_ahead
    from draft as d left join prior_state as p on p.person_id = d.person_id and p.pack = d.pack and p.track = d.track
    left join state_today as t on t.person_id = d.person_id and t.pack = d.pack and t.track = d.track
    left join begins as b on b.person_id = d.person_id and b.pack = d.pack and b.track = d.track
),
numbered as (
    select *, row_number() over (order by person_id, pack, track, phase, rule_no, rule_id, basis, ground, supersedes) as seq from placed
),
chained as (
    select *, coalesce(last_value(target ignore nulls) over own, ahead_at_start) as ahead,
           coalesce(last_value(if(is_ahead, null, target) ignore nulls) over own, now_at_start) as now
    from numbered window own as (partition by person_id, pack, track order by seq)
),
moved as (
    select *, coalesce(if(is_ahead or op = 'DECIDED', lag(ahead) over own, lag(now) over own), if(is_ahead or op = 'DECIDED', ahead_at_start, now_at_start)) as before,
           if(is_ahead or op = 'DECIDED', ahead, now) as after
    from chained window own as (partition by person_id, pack, track order by seq)
)
select $run_no || '-' || c.seq as entry_id, $run_no::bigint as run_no, c.seq, $recorded_at::timestamptz as recorded_at,
       if(starts_with(c.person_id, 'E:'), null, c.person_id) as person_id,
       p.name, p.id_number, p.town, p.village, c.pack, c.track, c.op, c.basis, c.clause, c.ground,
       if(c.track = 'T' and c.op = 'DECIDED', c.state_from, c.before) as state_from,
       if(c.target is null and (c.op = 'WITHDRAW' or c.now is distinct from c.ahead), null, c.after) as state_to, coalesce(c.from_date, $as_of::date) as valid_from,
       case when c.is_closing then coalesce(c.from_date, $as_of::date) end as valid_to,
       c.needs_decision, c.decision_entry, c.supersedes, c.evidence, c.parameters, c.reason,
       c.list, c.employer_uscc, c.employer_name, c.due_date, c.content
from moved as c left join person_now as p using (person_id)
order by c.seq
"""


def load_fold(con: duckdb.DuckDBPyConnection) -> None:
    """Make `open_item`, `stood_before` and `prior_state` from `ledger_entry`, every entry sealed so far."""
    con.execute((HERE / "fold.sql").read_text(encoding="utf-8"))
    con.execute(OPEN_ITEMS)
    con.execute(STOOD_BEFORE)
    con.execute("create or replace temp table prior_state as from track_state")


def take_decisions(
    con: duckdb.DuckDBPyConnection, run_no: int, as_of: date, recorded_at: datetime, notices: Mapping[str, int]
) -> None:
    """Put what people decided into the fold, before tonight's findings are compared with it. Needs `failing`, and makes it
    and `open_item` anew where anything was decided. `notices`: days of notice by pack."""
    draft_decisions(con, run_no, as_of, recorded_at, notices)
    is_changed = con.execute("select exists (from decision_draft)").fetchall()[0][0]
    if is_changed:
        con.execute(OPEN_ITEMS)
    con.execute(DECIDED_OUT)
    con.execute(RETURNED, {"as_of": as_of})
    con.execute(NO_LONGER_OUT)
    if is_changed:
        con.execute("delete from ledger_entry where starts_with(entry_id, 'tonight-')")
        find_failing(con)


def find_failing(con: duckdb.DuckDBPyConnection) -> None:
    """Make `failing`: open findings that do not hold tonight, and whether a source took their evidence back."""
    con.execute(FAILING)


def draft_entries(con: duckdb.DuckDBPyConnection, run_no: int, as_of: date, recorded_at: datetime) -> None:
    """Make `new_entry`: tonight's ledger entries in order, with the columns that the outbound lists need beside them."""
    con.execute((HERE / "delta.sql").read_text(encoding="utf-8"))
    is_ahead = con.execute(IS_AHEAD, {"as_of": as_of}).fetchall()[0][0]
    con.execute(TODAY.format(fold=FOLDED if is_ahead else "prior_state"), {"as_of": as_of} if is_ahead else None)
    con.execute(BEGIN_OF)
    con.execute(ENTRIES, {"run_no": str(run_no), "as_of": as_of, "recorded_at": recorded_at})
    con.execute("drop table draft")
