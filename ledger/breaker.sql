-- How many people a night moves, by figure, pack and town, and how many stood there before it.
-- In: new_entry, prior_state, merged, person_now and the store. Out: breaker_entry, figure_count.
create or replace temp table breaker_entry as
select case e.op when 'PROP_EXIT' then 'exit' when 'PROP_DEREG' then 'exit' when 'WITHDRAW' then 'loss' when 'FLAG_REEMP' then 'reemployed'
                 when 'ADD' then 'addition' when 'REVIEW' then 'review' end as figure,
       e.seq, e.pack, e.track, e.op, e.clause, e.basis, e.ground, e.name, e.id_number, e.person_id, coalesce(p.town, '') as town, e.evidence
from new_entry as e inner join person_now as p using (person_id)
where e.track <> 'T' and e.op in ('PROP_EXIT', 'PROP_DEREG', 'WITHDRAW', 'FLAG_REEMP', 'ADD', 'REVIEW')
union all
select 'merge', row_number() over (order by m.person_id), '', null, null, null, null, null, p.name, p.id_number, m.person_id, coalesce(p.town, ''),
       (select list(l.record_id) from linked as l where l.person_id = m.merged_into)
from merged as m inner join person_now as p using (person_id);

create or replace temp table figure_count as
with tonight as (
    select figure, pack, if(grouping(town) = 1, null, town) as town, count(distinct person_id) as people
    from breaker_entry group by grouping sets ((figure, pack), (figure, pack, town)) having grouping(town) = 1 or town <> ''
),
stood as (
    select pack, person_id from prior_state
    where track <> 'T' and state not in ('L0', 'L6', 'H0', 'H6', 'R0', 'R3') group by pack, person_id
),
-- Whoever is registered can be proposed to leave, though the ledger has not spoken of them yet.
may_leave as (
    from stood union
    select k.pack, r.person_id from store.standing_unemployment_registration as r cross join (select distinct pack from store.ledger_entry) as k
    where r.person_id is not null
),
before as (
    select 'exit' as figure, * from may_leave
    union all select f.figure, s.* from stood as s cross join (select unnest(['loss', 'reemployed', 'addition', 'review']) as figure) as f
    union all select 'merge', '', person_id from store.person where merged_into is null
),
standing as (
    select b.figure, b.pack, if(grouping(town) = 1, null, town) as town, count(*) as standing
    from (select b.*, coalesce(p.town, '') as town from before as b left join person_now as p using (person_id)) as b
    group by grouping sets ((b.figure, b.pack), (b.figure, b.pack, town))
),
-- A pack's first night takes in a backlog and says nothing about the nights after it.
began as (select pack, min(run_no) as first_run from store.figure group by pack),
nights as (
    select f.figure, f.pack, f.town, f.run_no, f.people from store.figure as f inner join began as b using (pack)
    where f.run_no > b.first_run and f.run_no >= $run_no - $history_runs
)
select t.figure, t.pack, t.town, t.people, coalesce(s.standing, 0) as standing,
       case when $history_runs > 0 and coalesce((select $run_no - 1 - b.first_run from began as b where b.pack = t.pack), 0) >= $history_runs
            then coalesce((select max(n.people) from nights as n where n.figure = t.figure and n.pack = t.pack and n.town is not distinct from t.town), 0) end as highest,
       coalesce((select list(struct_pack(run_no := n.run_no, people := n.people) order by n.run_no desc) from nights as n
                 where n.figure = t.figure and n.pack = t.pack and n.town is not distinct from t.town), []) as nights
from tonight as t left join standing as s on s.figure = t.figure and s.pack = t.pack and s.town is not distinct from t.town
order by t.figure, t.pack, t.town nulls first
