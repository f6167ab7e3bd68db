-- Human decisions against the fold. In: now_decision, ledger_entry (all sealed), ended_log, failing, prior_state, stood_before, survivor, open_item, finding, evaluated_rule, and `effective`,
-- made once from ledger_effective. Out: asked (decided entries), applied (DECIDED entries in effect), noted, told, verdict.
create or replace temp table effective as
select * from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00');

create or replace temp table applied as
select e.entry_id, e.decision_entry, coalesce(e.person_id, 'E:' || t.basis) as person_id, e.pack, e.track, e.clause, e.basis, e.ground, e.state_from, e.state_to,
       e.valid_from, e.evidence, e.run_no, e.seq, json_extract_string(e.parameters, '$.decision') as decision, json_extract_string(e.parameters, '$.role') as role, json_extract_string(e.parameters, '$.effect') as effect,
       json_extract_string(e.parameters, '$.record') as record_id, json_extract_string(e.parameters, '$.by') as officer_key,
       json_extract_string(e.parameters, '$.person') as person_key, json_extract_string(e.parameters, '$.notice_days') is not null as had_notice,
       coalesce(json_extract_string(e.parameters, '$.asked_from')::date, e.valid_from) as asked_from, json_extract_string(e.parameters, '$.decided_on')::date as decided_on
from effective as e inner join ledger_entry as t on t.entry_id = e.decision_entry where e.op = 'DECIDED';

create or replace temp table noted as
select e.entry_id, coalesce(e.person_id, 'E:' || e.basis) as person_id, e.pack, e.track, e.clause, e.basis, e.ground, e.evidence, e.parameters, e.decision_entry,
       json_extract_string(e.parameters, '$.record') as record_id, json_extract_string(e.parameters, '$.fault') as fault
from effective as e where e.op = 'REVIEW' and e.track = 'T' and json_extract_string(e.parameters, '$.fault') is not null;

-- What people were told of decisions that stand.
create or replace temp table told as
select entry_id, person_id, pack, track, clause, basis, ground, valid_from, evidence, decision_entry, json_extract_string(parameters, '$.record') as record_id
from effective where op = 'NOTIFY' and decision_entry is not null;

-- An entry of somebody merged since means the survivor's entry that says the same.
create or replace temp table said_again as
with entry as (
    select *, if(op in ('ADD', 'UPD'), 'IN', op) as op_class, json_extract_string(parameters, '$.rule') as rule_id,
           json_extract_string(parameters, '$.field') as field from ledger_entry where valid_to is null
)
select e.entry_id, arg_max(f.entry_id, (f.run_no, f.seq)) as entry_again
from entry as e inner join survivor as s using (person_id)
inner join entry as f on f.person_id = s.survivor and f.pack = e.pack and f.track = e.track and f.rule_id = e.rule_id and f.op_class = e.op_class
     and (e.field is not null or f.basis is not distinct from e.basis)
where f.entry_id in (select entry_id from effective) group by e.entry_id;

-- A confirmed exit or deregistration whose evidence its source has taken back, and that nothing else proposes now. While its
-- sources are barred nothing new is said of it.
create or replace temp table shaken as
with settled as (
    select o.entry_id, o.evidence from open_item as o
    left join evaluated_rule as r on r.pack = o.pack and r.rule_id = o.rule_id
    where o.op in ('PROP_EXIT', 'PROP_DEREG') and o.answer = 'settles'
      and if(r.rule_id is not null, o.entry_id in (select entry_id from failing),
             o.entry_id in (select decision_entry from noted where fault = 'shaken'))
      and not exists (select 1 from finding as f where f.person_id = o.person_id and f.pack = o.pack and f.rule_id = o.rule_id
                      and f.op_class = o.op_class and f.basis is not distinct from o.basis)
)
select distinct s.entry_id from (select entry_id, unnest(evidence) as record_id from settled) as s
inner join ended_log as e using (record_id) where e.is_taken_back;

-- The entry a row decides: who answers on a DECIDED entry means what that one decided. What was applied is known by what was
-- asked for, not by the day that its notice gave it: another term later makes no new decision of it.
create or replace temp table verdict as
with named as (
    select d.office, d.record_id, d.decision, coalesce(d.role, '') as role, d.decided_date, coalesce(d.effective_date, d.decided_date) as from_date,
           md5(concat_ws(chr(31), d.office, d.officer, d.role)) as officer_key, md5(concat_ws(chr(31), d.office, d.officer)) as person_key,
           coalesce(r.entry_again, n.entry_id) as entry_id
    from now_decision as d
    inner join (select entry_id as named_id, if(op = 'DECIDED', decision_entry, entry_id) as entry_id from ledger_entry) as n on n.named_id = trim(d.entry_id)
    left join said_again as r on r.entry_id = n.entry_id
)
select distinct on (n.entry_id, n.office, n.record_id) n.*, exists (from effective as f where f.entry_id = n.entry_id) as is_effective,
       exists (from failing as x where x.entry_id = n.entry_id and x.is_withdrawn) as is_going, a.entry_id as applied_entry, a.state_to as applied_state,
       n.entry_id in (select entry_id from shaken) as is_shaken
from named as n
left join applied as a on a.decision_entry = n.entry_id and a.officer_key = n.officer_key and a.decision = n.decision and a.asked_from = n.from_date
     and coalesce(a.decided_on, n.decided_date) = n.decided_date
order by n.entry_id, n.office, n.record_id, a.run_no desc, a.seq desc;

create or replace temp table asked as
with open_beside as (
    select t.entry_id, count(o.entry_id) filter (o.op = t.op and (o.op = 'FLAG_REEMP' or coalesce(o.answer, '') <> 'settles')) as same_op, count(o.entry_id) filter (o.op in ('ADD', 'UPD') and o.field is null) as bases
    from effective as t
    left join effective as o on o.person_id = t.person_id and o.pack = t.pack and o.track = t.track and o.entry_id <> t.entry_id
         and o.valid_to is null and o.is_open and o.op <> 'DECIDED'
    where t.entry_id in (select entry_id from verdict) group by t.entry_id
),
item as (select decision_entry, arg_max(state_to, (run_no, seq)) as state from applied where track = 'T' group by decision_entry)
select e.entry_id, e.run_no, e.seq, coalesce(e.person_id, 'E:' || e.basis) as person_id, e.pack, e.track, e.op, e.clause, e.basis, e.ground, e.evidence,
       json_extract_string(e.parameters, '$.rule') as rule_id,
       case when e.op in ('UPD', 'WITHDRAW') and e.valid_to is not null then 'END' when e.op in ('ADD', 'UPD') then 'IN' else e.op end as op_class,
       if(e.track = 'T', coalesce(i.state, 'open'), coalesce(p.state, e.state_to, if(e.track = 'R', 'R1', e.track || '0'))) as state, coalesce(f.state, e.state_from, if(e.track = 'R', 'R1', e.track || '0')) as state_before,
       coalesce(b.same_op, 0) > 0 as has_same_op, coalesce(b.bases, 0) > 0 as has_basis, s.survivor
from ledger_entry as e
left join prior_state as p on p.person_id is not distinct from e.person_id and p.pack = e.pack and p.track = e.track
left join stood_before as f on f.person_id = e.person_id and f.pack = e.pack and f.track = e.track and f.op = e.op
left join open_beside as b on b.entry_id = e.entry_id
left join survivor as s on s.person_id = e.person_id
left join item as i on i.decision_entry = e.entry_id
where e.entry_id in (select entry_id from verdict);

-- A decision is taken back when its row was withdrawn or corrected and the officer does not say the same again. A row that
-- merely does not come any more takes nothing back. One that waits for the end of its notice lapses (`is_lapsed`) when a source
-- takes back what it rested on, unless they leave on another ground as well; what it decided then ends by itself.
create or replace temp table reversed as
with ended_row as (
    select *, false as is_lapsed from applied
    where entry_id not in (select applied_entry from verdict where applied_entry is not null)
      and record_id in (select record_id from ended_log where kind = 'decision' and cause in ('withdrawn', 'corrected', 'recoded'))
),
lapsed as (
    select a.*, true as is_lapsed from applied as a
    where a.had_notice and a.decision_entry in (select entry_id from failing where is_withdrawn) and a.entry_id not in (select entry_id from ended_row)
      and not exists (select 1 from applied as o where (o.person_id, o.pack, o.track) = (a.person_id, a.pack, a.track) and o.had_notice
                      and o.decision_entry not in (select entry_id from failing where is_withdrawn))
)
select a.*, if(a.track = 'T', a.state_to, p.state) as state_now from (from ended_row union all from lapsed) as a
left join prior_state as p on p.person_id = a.person_id and p.pack = a.pack and p.track = a.track;
