-- Tonight's findings against the fold: entries only where the answer changed.
-- In: finding, evaluated_rule, closing (after step 1), ledger_entry, standing_link, ended_log, everybody, survivor, decided_out, returned, spell, stood_before, told_anew and
-- decision_draft (decisions.py). Out: draft, meant.
create or replace temp table basis_row as
with told as (
    select f.rowid as place from finding as f
    inner join open_item as o on o.person_id = f.person_id and o.pack = f.pack and o.rule_id = f.rule_id and o.op_class = f.op_class
    where (f.field is not null or o.basis is not distinct from f.basis)
      and (not o.is_decided_away or list_has_all(o.evidence, f.evidence) or o.entry_id in (select entry_id from told_anew))
),
fresh as (
    select f.* from finding as f anti join told as t on t.place = f.rowid
),
-- Whom a person decided out is not marked or proposed to leave again for that very spell, however its rows are told since: on the
-- decision's own evidence, or on no registration or recognition but those begun before it.
of_whom_left as (
    select f.person_id, f.pack, f.track, f.rule_id, f.op_class, f.basis, f.evidence, x.decided_by, list_has_any(x.evidence, f.evidence) as is_shared
    from fresh as f inner join decided_out as x using (person_id, pack, track)
    where f.op_class in ('FLAG_REEMP', 'PROP_EXIT', 'PROP_DEREG') or (f.op_class = 'REVIEW' and f.track = 'R')
),
begun as (
    select e.person_id, e.pack, e.rule_id, e.op_class, e.basis, e.decided_by, max(s.since) as since
    from (select *, unnest(evidence) as record_id from of_whom_left) as e inner join spell as s using (record_id) group by all
),
settled as (
    select person_id, pack, rule_id, op_class, basis from of_whom_left where is_shared
    union select person_id, pack, rule_id, op_class, basis from begun where since < decided_by
)
select f.* from fresh as f
where not exists (
    select 1 from settled as s
    where s.person_id = f.person_id and s.pack = f.pack and s.rule_id = f.rule_id and s.op_class = f.op_class and s.basis is not distinct from f.basis);

create or replace temp table changed as
with retold as (
    select o.entry_id from (select entry_id, unnest(evidence) as record_id from open_item where op_class not in ('IN', 'HOLD') and answer is null) as o
    inner join ended_log as e using (record_id) where e.is_tonight
)
select f.*, o.entry_id as old_entry
from finding as f
inner join open_item as o on o.person_id = f.person_id and o.pack = f.pack and o.rule_id = f.rule_id and o.op_class = f.op_class
where (f.field is not null and o.basis is distinct from f.basis)
   or (o.basis is not distinct from f.basis and o.parameters is distinct from f.parameters
       and (f.op_class = 'GAP'  -- have or need changed
            -- what waits for a decision says what its sources say now
            or (f.needs_decision and o.entry_id in (select entry_id from retold))));

-- A person's row in a track after tonight: what stood before, less what is withdrawn whole, and what comes in.
create or replace temp table track_row as
with before as (
    select person_id, pack, track, state from track_state
),
open_basis as (
    select o.person_id, o.pack, o.track, count(*) as open_count, count(*) filter (f.is_withdrawn) as withdrawn_count,
           bool_or(o.answer in ('settles', 'step')) as is_confirmed
    from open_item as o left join failing as f on f.entry_id = o.entry_id
    where o.op_class = 'IN' and o.stands group by o.person_id, o.pack, o.track
),
coming as (  -- also by what does not say that they come in, but in which state they are
    select person_id, pack, track, count(*) filter (op_class = 'IN') as new_count
    from basis_row where not needs_row and (op_class = 'IN' or coalesce(state_to, state_from, 'L0') not in ('L0', 'H0', 'LX', 'HX', 'L6', 'H6'))
    group by person_id, pack, track
)
select coalesce(b.person_id, c.person_id) as person_id, coalesce(b.pack, c.pack) as pack, coalesce(b.track, c.track) as track,
       b.state as state_before,
       coalesce(b.state not in ('L0', 'H0', 'LX', 'HX', 'L6', 'H6'), false) as stood, c.person_id is not null as comes,
       coalesce(c.new_count, 0) as new_count, coalesce(ob.open_count, 0) as open_count,
       coalesce(ob.is_confirmed or b.state in ('L2', 'L5', 'H3', 'H4', 'H5'), false) as is_vouched,  -- a person's word, which may rest on a basis that has ended since
       coalesce(ob.withdrawn_count > 0 and ob.withdrawn_count = ob.open_count, false) and not is_vouched and coalesce(c.new_count, 0) = 0 as is_emptied
from before as b
full join coming as c on c.person_id = b.person_id and c.pack = b.pack and c.track = b.track
left join open_basis as ob on ob.person_id = b.person_id and ob.pack = b.pack and ob.track = b.track;

-- What speaks of a row needs it; what says that a basis is gone needs that basis to stand open in the ledger.
create or replace temp table meant as
with open_basis as (select distinct person_id, pack, track, basis from open_item where op_class = 'IN' and stands)
select f.* from finding as f
left join track_row as t on t.person_id = f.person_id and t.pack = f.pack and t.track = f.track
left join open_basis as b on b.person_id = f.person_id and b.pack = f.pack and b.track = f.track and b.basis = f.needs_basis
where (not f.needs_row or ((t.stood or t.comes) and not t.is_emptied)) and (f.needs_basis is null or b.person_id is not null);

create or replace temp table wanted as
select f.* from basis_row as f
semi join meant as m on m.person_id = f.person_id and m.pack = f.pack and m.rule_id = f.rule_id and m.basis is not distinct from f.basis;

-- Proposed to leave, and out already: a person has refused that they came in.
create or replace temp macro is_out_already(op_class, answer, state, comes) as op_class = 'PROP_EXIT' and answer is null and state = 'L0' and not comes;

-- Findings that ended are kept while an exit of the same track is open for the person: that says what ended them. An exit
-- whose source is barred tonight still stands. Whom tonight closes leaves nothing to be said the night after.
create or replace temp table ending as
with leaving as (
    (select person_id, pack, track from meant where is_exit
     except select person_id, pack, track from wanted where state_to = 'L6')
    union
    select o.person_id, o.pack, o.track from open_item as o inner join rule_trait as r on r.pack = o.pack and r.rule_id = o.rule_id
    where r.is_exit and (o.pack, o.rule_id) not in (select pack, rule_id from evaluated_rule)
),
replaced as (
    select x.entry_id, min(w.rule_no) as rule_no from failing as x
    inner join wanted as w on w.person_id = x.person_id and w.pack = x.pack and w.rule_id = x.rule_id
         and w.basis is not distinct from x.basis
    group by x.entry_id
),
orphaned as (  -- what only speaks of a row goes with it
    select o.*, false as is_withdrawn, false as is_absent from open_item as o
    inner join rule_trait as r on r.pack = o.pack and r.rule_id = o.rule_id
    inner join track_row as t on t.person_id = o.person_id and t.pack = o.pack and t.track = o.track
    where r.needs_row and (t.is_emptied or is_out_already(o.op_class, o.answer, t.state_before, t.comes)) and not o.is_decided_away and o.entry_id not in (select entry_id from failing)
)
select x.*, r.entry_id is not null as is_replaced
from (select * from failing union all by name select * from orphaned) as x left join replaced as r using (entry_id)
where r.entry_id is not null
   or (not x.is_decided_away
       and (x.is_withdrawn or x.op_class <> 'IN' or (x.person_id, x.pack, x.track) not in (select person_id, pack, track from leaving)));

create or replace temp table draft as
with first_in as (
    select person_id, pack, track, min(rule_no) as rule_no from wanted where op = 'ADD' group by person_id, pack, track
),
still_waiting as (  -- a proposal that waits, or a mark that waits or was confirmed: the state is its own
    select person_id, pack, track, op_class, answer from open_item
    where op_class in ('FLAG_REEMP', 'PROP_EXIT', 'PROP_DEREG') and stands and (coalesce(answer, 'step') = 'step' or (answer = 'settles' and op_class = 'FLAG_REEMP'))
      and entry_id not in (select entry_id from ending)
),
backed as (  -- whoever a mark of work still stands against comes in again with it
    select person_id, pack, track, coalesce(bool_or(op_class = 'FLAG_REEMP' and answer is null), false) as is_marked,
           coalesce(bool_or(op_class = 'FLAG_REEMP' and answer = 'settles'), false) as is_at_work from still_waiting group by all
),
still_proposed as (  -- to be struck off after tonight: a doubt beside it undoes no proposal
    select person_id, pack, track from still_waiting where op_class = 'PROP_DEREG' union select person_id, pack, track from wanted where op = 'PROP_DEREG'
),
still_held as (  -- on hold after tonight, by another rule or a new finding
    select person_id, pack, track from open_item where op_class = 'HOLD' and entry_id not in (select entry_id from ending)
    union select person_id, pack, track from wanted where op_class = 'HOLD'
),
freed as (  -- whom a person had put where they stood before the hold that ends tonight, which undoes no person's word
    select h.person_id, h.pack, h.track, h.state from stood_before as h inner join track_row as t using (person_id, pack, track)
    where h.op = 'HOLD' and h.is_word and t.state_before in ('LX', 'HX') and (h.person_id, h.pack, h.track) not in (select (person_id, pack, track) from still_held)
),
answers as (  -- a further basis leaves the state that the first one, a mark that stands or a person gave
    select w.person_id, w.pack, w.rule_no, w.rule_id, w.clause, w.track,
           case when w.op = 'ADD' and (coalesce(t.stood, false) or w.rule_no <> fi.rule_no) then 'UPD' else w.op end as op,
           w.basis, w.ground, w.needs_decision,
           case when w.op = 'FLAG_REEMP' and s.is_at_work and t.state_before = 'L5' then null  -- confirmed at work by another mark
                when w.op = 'REVIEW' and (w.person_id, w.pack, w.track) in (select (person_id, pack, track) from still_proposed) then null
                when w.op <> 'ADD' then w.state_to
                when t.stood and (s.person_id is not null or t.state_before not in ('L4', 'L5', 'R2', 'H5')) then null
                when h.state is not null then h.state
                when s.is_marked then 'L4' else w.state_to end as target,
           (select min(x.entry_id) from ending as x where x.is_replaced and x.person_id = w.person_id and x.pack = w.pack
              and x.rule_id = w.rule_id and x.basis is not distinct from w.basis) as supersedes,
           w.evidence, w.parameters, w.reason, null::date as from_date, false as is_closing,
           w.list, w.employer_uscc, w.employer_name, w.due_date, w.content, w.state_from, null::varchar as decision_entry
    from wanted as w
    left join track_row as t on t.person_id = w.person_id and t.pack = w.pack and t.track = w.track
    left join first_in as fi on fi.person_id = w.person_id and fi.pack = w.pack and fi.track = w.track
    left join backed as s on s.person_id = w.person_id and s.pack = w.pack and s.track = w.track
    left join freed as h on h.person_id = w.person_id and h.pack = w.pack and h.track = w.track
),
changes as (  -- what is asked anew moves nobody: a mark beside a confirmed one is no more than it was
    select person_id, pack, rule_no, rule_id, clause, track, op, basis, ground, needs_decision, if(track = 'T' or field is not null, state_to, null) as target,
           old_entry as supersedes, evidence, parameters, reason, null::date as from_date, false as is_closing,
           list, employer_uscc, employer_name, due_date, content, state_from, null as decision_entry
    from changed
),
ended_basis as (
    select person_id, pack, track, count(*) as ended_count from ending where op_class = 'IN' and not is_replaced
    group by person_id, pack, track
),
closings as (  -- whose rows are another's now stands nowhere; the survivor is asked about anew
    select x.person_id, x.pack, -1 as rule_no, x.rule_id, x.clause, x.track,
           if(x.is_withdrawn or g.person_id is not null, 'WITHDRAW', 'UPD') as op, x.basis, x.ground, g.person_id is null and (x.is_absent or (x.op_class = 'IN' and not x.is_withdrawn and t.open_count + t.new_count = b.ended_count and coalesce(c.state_to, '') <> 'H4') or (x.op_class = 'HOLD' and coalesce((t.is_vouched or h.state is not null) and t.open_count + t.new_count = 0, false)) or (x.op_class = 'IN' and x.is_withdrawn and (coalesce(x.answer in ('settles', 'step'), false) or coalesce(t.is_vouched and t.open_count + t.new_count = b.ended_count, false)))) as needs_decision,
           case when g.person_id is not null then if(x.track = 'T', c.state_to, x.track || '0')
                when x.op_class = 'HOLD' and (t.state_before not in ('L1', 'H1', 'LX', 'HX', 'H6') or (x.person_id, x.pack, x.track) in (select (person_id, pack, track) from still_held)) then null
                when x.op_class = 'HOLD' and h.state is not null then h.state
                when x.op_class = 'HOLD' and x.ground is distinct from 'locked' and coalesce(t.open_count + t.new_count, 0) = 0
                     and (x.person_id, x.pack, x.track) not in (select (person_id, pack, track) from still_held) then x.track || '0'
                when x.op_class = 'IN' and x.is_withdrawn then if(coalesce(t.is_emptied, true), x.track || '0', null)
                when x.op_class = 'IN' and (x.answer in ('settles', 'step') or (x.track = 'H' and coalesce(t.is_vouched, false))) and coalesce(c.state_to, '') <> 'H4' then null
                when x.op_class = 'IN' and coalesce(t.open_count + t.new_count > b.ended_count, false) and coalesce(c.state_to, '') <> 'H4' then null
                when (x.person_id, x.pack, x.track, x.op_class) in (select (person_id, pack, track, op_class) from still_waiting)
                     then if(x.op_class = 'FLAG_REEMP' and t.state_before = 'L5' and not w.is_at_work, 'L4', null)
                when x.op_class in ('FLAG_REEMP', 'PROP_EXIT') and coalesce(t.state_before in ('L0', 'L6', 'H0', 'H6'), false) then null  -- left meanwhile
                when x.op_class = 'REVIEW' and (x.person_id, x.pack, x.track) in (select (person_id, pack, track) from still_proposed) then null
                when x.is_absent or coalesce(t.is_emptied, false) then null else coalesce(m.state, c.state_to) end as target,
           x.entry_id as supersedes, x.evidence, x.parameters,
           case when g.person_id is not null then '与另一人并为一人，原' || x.entry_id || '号结论撤回，改记在' || g.survivor || '名下。'
                when x.is_withdrawn then '所依据的来源记录已被撤销或改正，原' || x.entry_id || '号结论撤回。'
                when is_out_already(x.op_class, x.answer, t.state_before, t.comes) then '本人已不在名册内，原' || x.entry_id || '号建议退出不再待核查。'
                else coalesce(c.reason, '原依据不再成立。') end as reason,
           if(x.is_withdrawn or g.person_id is not null, x.valid_from, null) as from_date, true as is_closing,
           null as list, null as employer_uscc, null as employer_name, null::date as due_date, null as content, null as state_from, null as decision_entry
    from ending as x
    left join survivor as g on g.person_id = x.person_id
    left join closing as c on c.entry_id = x.entry_id
    left join track_row as t on t.person_id = x.person_id and t.pack = x.pack and t.track = x.track
    left join ended_basis as b on b.person_id = x.person_id and b.pack = x.pack and b.track = x.track
    left join backed as w on w.person_id = x.person_id and w.pack = x.pack and w.track = x.track
    left join stood_before as m on m.person_id = x.person_id and m.pack = x.pack and m.track = x.track and m.op = x.op_class and m.op = 'FLAG_REEMP'
    left join freed as h on h.person_id = x.person_id and h.pack = x.pack and h.track = x.track
    where not x.is_replaced
),
returns as (  -- what led them out is past; where it is proposed anew tonight, that says so
    select o.person_id, o.pack, 0 as rule_no, o.rule_id, o.clause, o.track, 'UPD' as op, o.basis, o.ground, false as needs_decision,
           case o.track when 'R' then 'R1' else 'H4' end as target, o.entry_id as supersedes, [g.record_id] as evidence, o.parameters,
           '又于' || g.since || case o.track when 'R' then '办理失业登记，原注销' else '被认定为就业困难人员，原退出' end || '只作历史记载。' as reason, true as is_closing
    from open_item as o inner join returned as g using (person_id, pack, track)
    where o.op in ('PROP_DEREG', 'PROP_EXIT') and o.answer = 'settles' and o.entry_id not in (select supersedes from answers where supersedes is not null)
)
select * from answers union all select * from changes union all select * from closings union all by name select * from decision_draft union all by name select * from returns;

drop table basis_row; drop table changed; drop table track_row; drop table wanted; drop table ending;
