-- A row taken in anew carries its link itself; of an older one only a change is kept. Whoever came tonight is data; without
-- them, under a new model, the model is why.
create or replace temp table link_change as
with fresh as (select person_id from new_known union all select person_id from numberless)
select l.kind, l.office, l.record_id, l.person_id, if(l.match_status = 'quarantine', 'review', l.match_status) as match_status,
       if(l.match_status = 'quarantine', 'no_usable_number', l.rule) as rule, l.link_grade, l.delivery_id, l.row_no, l.runner_up,
       l.match_weight, l.runner_up_weight, w.weights, w.levels,
       (select run_no from this_run) as run_no,
       if(l.rule is not distinct from 'reviewer' or c.prior_rule is not distinct from 'reviewer' or (l.kind, l.office, l.record_id) in (select (kind, office, record_id) from judged),
          'person', if((select is_new_model from this_run) and l.person_id not in (select person_id from fresh) is distinct from false
                       and l.runner_up not in (select person_id from fresh) is distinct from false, 'model', 'data')) as cause
from linked as l inner join claim as c using (rid) left join link_weight as w using (rid)
where c.is_retry and l.match_status <> 'new_person' and (l.match_status <> 'quarantine' or c.prior_status = 'linked')
  and (l.match_status is distinct from c.prior_status or l.person_id is distinct from c.prior_person);

-- An 18-digit number says sex and birth date itself; whoever has another document has them from the rosters, as last told. A name
-- that cannot be read gives way to one that can.
create or replace temp macro says_itself(id_number) as regexp_full_match(coalesce(id_number, ''), '[0-9]{17}[0-9X]');
create or replace temp table told as
with said as (
    select l.person_id, if(k.name_folded like '%?%' and c.name_folded not like '%?%', c.name, null) as name, c.town, c.village, c.phone, c.sex, c.birth_date,
           (c.kind_rank, c.office, c.record_id) as place
    from linked as l inner join claim as c using (rid) left join known as k on k.person_id = l.person_id
    where c.adds_people and not c.is_retry and l.rule in ('id_and_name', 'no_number') and l.person_id in (select person_id from known)
)
select person_id, arg_min(name, place) filter (name is not null) as name, arg_min(town, place) filter (town is not null) as town,
       arg_min(village, place) filter (village is not null) as village, arg_min(phone, place) filter (phone is not null) as phone,
       arg_min(sex, place) filter (sex is not null) as sex, arg_min(birth_date, place) filter (birth_date is not null) as birth_date
from said group by person_id;
create or replace temp table person_tonight as
select k.person_id, k.name, k.id_kind, k.id_number, k.sex, k.birth_date, coalesce(k.town, t.town) as town, coalesce(k.village, t.village) as village,
       coalesce(k.phone, t.phone) as phone, r.run_no as first_run, r.run_no as last_run, null::varchar as merged_into
from new_known as k left join told_tonight as t using (person_id) cross join this_run as r
union all
select person_id, name, null, null, sex, birth_date, town, village, phone, r.run_no, r.run_no, null from numberless cross join this_run as r
union all
select p.person_id, coalesce(t.name, p.name), p.id_kind, p.id_number, if(says_itself(p.id_number), p.sex, coalesce(t.sex, p.sex)),
       if(says_itself(p.id_number), p.birth_date, coalesce(t.birth_date, p.birth_date)), coalesce(t.town, p.town), coalesce(t.village, p.village),
       coalesce(t.phone, p.phone), p.first_run, r.run_no, coalesce(g.merged_into, p.merged_into)
from store.person as p left join told as t using (person_id) left join merged as g using (person_id) cross join this_run as r
where coalesce(t.town <> p.town or (t.town is not null and p.town is null), false)
   or coalesce(t.village <> p.village or (t.village is not null and p.village is null), false)
   or coalesce(t.phone <> p.phone or (t.phone is not null and p.phone is null), false)
   or (not says_itself(p.id_number) and (coalesce(t.sex, p.sex), coalesce(t.birth_date, p.birth_date)) is distinct from (p.sex, p.birth_date))
   or t.name is not null or p.person_id in (select person_id from held_known) or g.person_id is not null;
create or replace temp table person_now as
select * from store.person where person_id not in (select person_id from person_tonight)
union all select * from person_tonight;
create or replace temp table hold_tonight as
select person_id, if(n.is_held, 'id_shared', 'another_number') as cause from new_known as k inner join newcomer as n using (person_id) where k.is_held
union select person_id, 'id_shared' from held_known;
create or replace temp table everybody as
with hold as (select * from hold_tonight union all select * from store.person_hold where person_id not in (select person_id from hold_tonight))
select p.*, h.cause as held_for, h.cause is not null as is_held
from person_now as p left join hold as h using (person_id) where p.merged_into is null;

create or replace temp table retried as select rid from claim where is_retry;
create or replace temp table logged_file as
with told as (
    select delivery_id, file_name, sheet from delivery union all
    select delivery_id, min(file_name), min(sheet) from store.delivery where delivery_id not in (select delivery_id from delivery) group by delivery_id
)
select delivery_id, file_name, sheet from (select delivery_id from linked union select delivery_id from link_change) left join told using (delivery_id);
-- A view, for it is written at once and read from there (`write_log`): DuckDB 2.0 does not spill a table's structs.
create or replace temp view match_log as
with shown as (
    select l.delivery_id, l.row_no, l.record_id, l.kind, l.person_id, l.match_status, l.rule, l.runner_up, null as supersedes, null as cause,
           l.match_weight, l.runner_up_weight, w.weights, w.levels
    from linked as l left join link_weight as w using (rid) where l.match_status <> 'quarantine' and l.rid not in (select rid from retried)
    union all
    select delivery_id, row_no, record_id, kind, person_id, match_status, rule, runner_up, record_id, cause,
           match_weight, runner_up_weight, weights, levels from link_change
)
select s.delivery_id, s.row_no, s.record_id, s.kind, d.file_name, d.sheet, s.person_id, s.match_status, s.rule,
       s.match_weight, 1 / (1 + pow(2, -s.match_weight)) as match_probability, s.weights, s.levels, s.runner_up as runner_up_person_id,
       s.runner_up_weight, v.model_version, s.supersedes, s.cause
from shown as s inner join logged_file as d using (delivery_id) cross join model_version as v;

update delivery set linked = n.linked, new_person = n.new_person, not_linked = n.not_linked, review = n.review
from (select delivery_id, count(*) filter (match_status = 'linked') as linked, count(*) filter (match_status = 'new_person') as new_person,
             count(*) filter (match_status = 'not_linked') as not_linked, count(*) filter (match_status = 'review') as review
      from match_log where supersedes is null group by delivery_id) as n
where n.delivery_id = delivery.delivery_id;
