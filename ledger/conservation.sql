-- Everybody in the ledger, by pack, track and town: opening + came + returned + moved - departed + corrected = closing.
-- Opening and closing are counted from the fold before and after tonight; what lies between comes from tonight's entries alone.
-- In: entry_tonight, state_before, state_after, town_before, town_after, ledger_entry. Out: crossing, conservation.
create or replace temp macro is_out(state) as coalesce(state in ('L0', 'L6', 'H0', 'H6', 'R0', 'R3'), true);

create or replace temp table crossing as
with last_change as (
    select person_id, pack, track, arg_max(state_to, seq) filter (state_to is not null) as state_to,
           arg_max(op, seq) filter (state_to is not null and is_out(state_from) <> is_out(state_to)) as op
    from entry_tonight where track <> 'T' and person_id is not null group by person_id, pack, track
),
sides as (
    select c.*, is_out(b.state) as was_out, is_out(coalesce(c.state_to, b.state)) as is_out
    from last_change as c left join state_before as b using (person_id, pack, track)
),
been as (  -- was in before, and that was not taken back
    select distinct e.person_id, e.pack, e.track from ledger_entry as e semi join sides as s using (person_id, pack, track)
    where e.run_no < $run_no and not is_out(e.state_to) and e.op <> 'WITHDRAW'
      and e.entry_id not in (select supersedes from ledger_entry where op = 'WITHDRAW' and supersedes is not null and run_no < $run_no)
)
select s.person_id, s.pack, s.track, was_out as comes, coalesce(s.op, '') = 'WITHDRAW' as is_correction, b.person_id is not null as has_been
from sides as s left join been as b using (person_id, pack, track) where was_out <> is_out;

create or replace temp table conservation as
with inside_before as (
    select s.person_id, s.pack, s.track, coalesce(t.town, '') as town
    from state_before as s left join town_before as t using (person_id) where s.track <> 'T' and not is_out(s.state)
),
moved as (
    select i.pack, i.track, i.town as old_town, coalesce(t.town, '') as new_town
    from inside_before as i left join town_after as t using (person_id)
    where coalesce(t.town, '') <> i.town and (i.person_id, i.pack, i.track) not in (select (person_id, pack, track) from crossing)
),
flow as (
    select pack, track, town, 1 as opening, 0 as came, 0 as returned, 0 as moved, 0 as departed, 0 as corrected, 0 as closing from inside_before
    union all
    select c.pack, c.track, coalesce(if(c.comes, a.town, b.town), ''), 0, (c.comes and not is_correction and not has_been)::int, (c.comes and not is_correction and has_been)::int, 0,
           (not c.comes and not is_correction)::int, if(is_correction, if(c.comes, 1, -1), 0), 0
    from crossing as c left join town_before as b using (person_id) left join town_after as a using (person_id)
    union all select pack, track, old_town, 0, 0, 0, -1, 0, 0, 0 from moved
    union all select pack, track, new_town, 0, 0, 0, 1, 0, 0, 0 from moved
    union all
    select s.pack, s.track, coalesce(t.town, ''), 0, 0, 0, 0, 0, 0, 1
    from state_after as s left join town_after as t using (person_id) where s.track <> 'T' and not is_out(s.state)
)
select pack, track, town, sum(opening)::bigint as opening, sum(came)::bigint as came, sum(returned)::bigint as returned, sum(moved)::bigint as moved,
       sum(departed)::bigint as departed, sum(corrected)::bigint as corrected, sum(closing)::bigint as closing
from flow group by pack, track, town order by pack, track, town
