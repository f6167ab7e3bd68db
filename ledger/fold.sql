-- The state is the last one recorded: a withdrawal reaches back to the day of what it takes back, and is still the last
-- word. One that leaves the row standing carries no state. Where nothing in effect carries one, the first that only ended says where
-- they stood (a decision waits for its day), and whose entries were all taken back is out. On track T each item has a state of its own, and the track is
-- `open` as long as any of them is.
-- Which entries are in effect on a date, as known at a time. An entry ends another one from its own valid_from on; an
-- entry whose valid_to equals its valid_from only ends. `ledger_entry` is every entry ever sealed.
-- A human decision (DECIDED) leaves what it decided in effect and answers it: `answer` is settles, step or refused; an exit
-- that was confirmed answers whatever was asked of the track before it (`covered`). What was refused, or left behind by an
-- exit, is no longer open. `is_asked`: it waits for a decision, or ended with a question that nobody has answered.
create or replace macro ledger_effective(as_of, known_at) as table
with known as (select * from ledger_entry where recorded_at <= known_at and valid_from <= as_of),
standing as (
    select * from known where entry_id not in (select supersedes from known where supersedes is not null)
),
answered as (
    select decision_entry, arg_max(json_extract_string(parameters, '$.effect'), (run_no, seq)) as answer
    from standing where op = 'DECIDED' group by decision_entry
),
left_track as (
    select person_id, pack, track, max((run_no, seq)) as place
    from standing where op = 'DECIDED' and state_to in ('R3', 'H6', 'L6') and json_extract_string(parameters, '$.decision') = '确认'
      and state_to <> state_from group by person_id, pack, track
),
moved_on as (  -- recognised, or confirmed to work: whether they come in is asked no more, though the basis stands
    select person_id, pack, track, max((run_no, seq)) as place
    from standing where op = 'DECIDED' and state_to in ('H4', 'L5') and state_to <> state_from group by person_id, pack, track
),
told as (
    select e.*, m.place is not null and (e.run_no, e.seq) < m.place and e.op in ('ADD', 'UPD') as is_overtaken, if(l.place is not null and (e.run_no, e.seq) < l.place and e.op <> 'DECIDED' and coalesce(a.answer, '') <> 'refused',
                   if(a.answer = 'settles' and e.op in ('PROP_EXIT', 'PROP_DEREG'), 'settles', 'covered'), a.answer) as answer
    from standing as e
    left join answered as a on a.decision_entry = e.entry_id
    left join moved_on as m on m.person_id = e.person_id and m.pack = e.pack and m.track = e.track
    left join left_track as l on l.person_id = e.person_id and l.pack = e.pack and l.track = e.track
),
marked as (
    select e.* exclude (is_overtaken) replace (e.needs_decision and coalesce(e.answer, 'step') = 'step' and not e.is_overtaken as needs_decision),
           json_extract_string(e.parameters, '$.rule') as rule_id, json_extract_string(e.parameters, '$.field') as field,
           e.valid_to is null and coalesce(e.answer, '') not in ('refused', 'covered') as is_open
    from told as e
),
back_again as (  -- an end that asks is answered by itself where the same basis came in again after it
    select q.entry_id from marked as q inner join marked as l
        on l.person_id = q.person_id and l.pack = q.pack and l.track = q.track and l.rule_id = q.rule_id and l.basis is not distinct from q.basis
        and l.op in ('ADD', 'UPD') and l.is_open and (l.run_no, l.seq) > (q.run_no, q.seq)
    where q.needs_decision and q.valid_to is not null
)
select e.*, e.needs_decision and (e.is_open or (e.valid_to is not null and e.entry_id not in (from back_again))) as is_asked from marked as e;

create or replace macro ledger_state_on(as_of, known_at) as table
with effective as (select * from ledger_effective(as_of, known_at)),
latest as (
    select person_id, pack, track, bool_or(is_asked) as is_asked, coalesce(
               arg_max(state_to, (run_no, seq)) filter (state_to is not null),
               arg_min(state_from, (run_no, seq)) filter (op = 'UPD' and valid_to is not null),
               case track when 'R' then 'R1' when 'T' then null else track || '0' end) as state
    from effective group by person_id, pack, track
),
named as (  -- every source that named the person and was not taken back, also one that has since ended
    select e.person_id, e.pack, e.track, list_sort(list_distinct(list(e.basis))) as sources
    from ledger_entry as e
    where e.recorded_at <= known_at and e.valid_from <= as_of and e.op in ('ADD', 'UPD') and e.valid_to is null
      and e.basis is not null and json_extract_string(e.parameters, '$.field') is null
      and e.entry_id not in (select supersedes from ledger_entry where op = 'WITHDRAW' and recorded_at <= known_at and supersedes is not null)
    group by e.person_id, e.pack, e.track
),
held as (
    select person_id, pack, track,
           coalesce(list_sort(list_distinct(list(basis) filter (op in ('ADD', 'UPD') and basis is not null and field is null))), []) as basis,
           arg_max(basis, (valid_from, run_no, seq)) filter (field = 'tier') as tier,
           min(valid_from) as since, count(*) filter (op <> 'DECIDED') as open_count
    from effective where is_open group by person_id, pack, track
),
counted as (
    select person_id, pack, track, count(*) as entry_count from ledger_entry
    where recorded_at <= known_at and valid_from <= as_of group by person_id, pack, track
)
select l.person_id, l.pack, l.track, if(l.track = 'T' and h.open_count > 0, 'open', l.state) as state, coalesce(h.basis, []) as basis, h.tier, h.since,
       l.is_asked as needs_decision, coalesce(n.sources, []) as sources,
       json_object('entries', c.entry_count, 'open', coalesce(h.open_count, 0))::varchar as counters
from latest as l left join held as h using (person_id, pack, track) left join named as n using (person_id, pack, track)
inner join counted as c using (person_id, pack, track)
where l.person_id is not null
order by l.person_id, l.pack, l.track;

-- A person who comes back is the same person: spells in the ledger less than or just gap_days apart are one case. An entry that
-- another ended counts on the days before; one that was taken back on none.
create or replace macro ledger_cases_on(as_of, known_at, gap_days) as table
with known as (
    select *, row_number() over (partition by person_id, pack, track order by run_no, seq) as place from ledger_entry
    where recorded_at <= known_at and valid_from <= as_of and person_id is not null and track <> 'T' and state_to is not null
      and entry_id not in (select supersedes from ledger_entry where op = 'WITHDRAW' and recorded_at <= known_at and supersedes is not null)
),
told as (  -- less what a later entry, of that day or reaching back, has the last word about
    select person_id, pack, track, valid_from, run_no, seq, state_to in ('L0', 'L6', 'H0', 'H6', 'R0', 'R3') as is_out
    from known qualify place = max(place) over (partition by person_id, pack, track order by valid_from)
),
turned as (
    select *, lag(is_out, 1, true) over (partition by person_id, pack, track order by valid_from, run_no, seq) as was_out from told
),
spell as (
    select person_id, pack, track, is_out, valid_from, run_no, seq,
           lead(valid_from) over (partition by person_id, pack, track order by valid_from, run_no, seq) as valid_to,
           lag(valid_from) over (partition by person_id, pack, track order by valid_from, run_no, seq) as left_on
    from turned where is_out <> was_out
),
numbered as (
    select *, sum((left_on is null or valid_from > left_on + gap_days::integer)::integer) over (partition by person_id, pack, track order by valid_from, run_no, seq) as case_no
    from spell where not is_out
)
select person_id, pack, track, case_no::bigint as case_no, min(valid_from) as since, if(count(*) = count(valid_to), max(valid_to), null) as ended, count(*) as spells
from numbered group by person_id, pack, track, case_no order by person_id, pack, track, case_no;
