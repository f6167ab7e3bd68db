-- What lists and tasks ask besides: what is known of a person, contacts by month, a second registration, lists of mass
-- organisations, first reviews. Good links only, as in help.sql.
create or replace temp table topic_told as
with told as (
    select distinct on (s.person_id) s.person_id, s.basis, r.registration_rank <= 2 as is_good, if(is_good, s.education, null) as education,
           if(is_good, s.skill, null) as skill, if(is_good, s.health, null) as health, if(is_good, s.training_wish, null) as training_wish,
           if(is_good, s.job_need, null) as job_need, r.wish, if(is_good, s.pay_wish, null) as pay_wish, if(is_good, s.place_wish, null) as place_wish
    from now_unemployment_registration as s
    inner join topic_registration as r on r.person_id = s.person_id and r.registration_records[1] = s.record_id
    order by s.person_id, s.office
),
seen as (
    select distinct on (v.person_id) v.person_id, v.employed, v.education, v.skill, v.health, v.training_wish, v.job_need, v.pay_wish, v.place_wish
    from now_household_visit as v inner join topic_visit as t on t.person_id = v.person_id and t.visit_records[1] = v.record_id
    order by v.person_id, v.office
),
both_told as (
    select coalesce(t.person_id, s.person_id) as person_id, t.basis as registration_basis, t.wish, s.employed as visit_employed,
           coalesce(t.education, s.education) as education, coalesce(t.skill, s.skill) as skill, coalesce(t.health, s.health) as health,
           coalesce(t.training_wish, s.training_wish) as training_wish, coalesce(t.job_need, s.job_need) as job_need,
           coalesce(t.pay_wish, s.pay_wish) as pay_wish, coalesce(t.place_wish, s.place_wish) as place_wish
    from told as t full join seen as s on s.person_id = t.person_id
)
select person_id, registration_basis, visit_employed, job_need, education, skill, wish, pay_wish, place_wish,
       if(education is null, 0, 1) + if(skill is null, 0, 1) + if(health is null, 0, 1) + if(training_wish is null, 0, 1) + if(job_need is null, 0, 1) as told_columns,
       education is not null or skill is not null as is_skill_told, wish is not null as is_wish_told,
       training_wish is not null or job_need is not null as is_need_told
from both_told;

-- A comparison of data is a contact that reached nobody; it stands apart.
create or replace temp table topic_contact as
with met as (
    select person_id, served_on as met_on, means is not distinct from '数据比对' as is_comparison, service_kind, rank, record_id from fact_served
    union all
    select v.person_id, v.visit_date, false, '入户走访', link_rank(v.link_grade), v.record_id
    from now_household_visit as v cross join today as t where v.visit_date <= t.as_of and link_rank(v.link_grade) <= 2
)
select m.person_id, max(m.rank) as contact_rank, list(m.record_id order by m.record_id) as contact_records,
       bool_or(not m.is_comparison and m.met_on >= date_trunc('month', t.as_of)) as is_met_this_month,
       bool_or(m.is_comparison and m.met_on >= date_trunc('month', t.as_of)) as is_compared_this_month,
       bool_or(not m.is_comparison and m.met_on < date_trunc('month', t.as_of)) as is_met_last_month,
       bool_or(m.is_comparison and m.met_on < date_trunc('month', t.as_of)) as is_compared_last_month
from met as m cross join today as t where m.met_on >= date_trunc('month', t.as_of) - interval 1 month
group by m.person_id;

-- The first post recommended since registering whose result nobody asked for since.
create or replace temp table topic_recommended as
with asked as (
    select person_id, max(met_on) as asked_on
    from (select person_id, served_on as met_on from fact_served
          where service_kind in ('跟踪回访', '入户走访') and means is distinct from '数据比对'
          union all select person_id, visited_on from topic_visit)
    group by person_id
)
select s.person_id, min(s.served_on) as result_open_since, max(s.rank) as recommended_rank, list(s.record_id order by s.record_id) as recommended_records
from fact_served as s inner join topic_registration as r using (person_id) left join asked as a using (person_id)
where s.service_kind = '岗位推荐' and s.served_on >= r.registered_from and (a.asked_on is null or s.served_on > a.asked_on)
group by s.person_id;

-- Who is registered as employed since registering or being recognised; and who was, or was away, on the last day of the
-- month before. Only what is sure takes anybody off the list.
create or replace temp table topic_occupied as
with begun as (
    select person_id, coalesce(if(r.registration_rank <= 2, r.registered_from, null), h.recognised_on) as begun_on
    from topic_registration as r full join topic_recognition as h using (person_id)
),
month_before as (
    select (date_trunc('month', as_of) - interval 1 day)::date as ended_on from today
),
spell as (
    select e.person_id, e.start_date as valid_from, e.end_date + 1 as valid_to, true as is_work
    from now_employment_registration as e inner join begun as b using (person_id)
    where e.start_date >= b.begun_on and link_rank(e.link_grade) <= 1
    union all
    select person_id, valid_from, valid_to, false from fact_gone where rank <= 1 and ground <> 'incapable'
    union all
    (select distinct on (c.person_id) c.person_id, c.found_date, if(c.level = '完全丧失' and link_rank(c.link_grade) <= 1, null, c.found_date), false
     from now_work_capacity as c cross join month_before as m where c.found_date <= m.ended_on
     order by c.person_id, link_rank(c.link_grade), c.found_date desc, c.record_id)
)
select s.person_id, bool_or(s.is_work and s.valid_from <= t.as_of and (s.valid_to is null or t.as_of < s.valid_to)) as is_employed_since,
       bool_or(s.valid_from <= m.ended_on and (s.valid_to is null or m.ended_on < s.valid_to)) as was_occupied_last_month
from spell as s cross join today as t cross join month_before as m group by s.person_id;

create or replace temp table topic_guided as
select person_id, max(served_on) as guided_on from fact_served where service_kind = '职业指导' group by person_id;

-- Two registrations in force at once; the same one told by two offices is one.
create or replace temp table topic_twice as
select s.person_id, count(distinct coalesce(s.reg_no, concat(s.office, s.reg_date))) as registrations_in_force,
       string_agg(distinct coalesce(s.place, s.office), '、' order by coalesce(s.place, s.office)) as registration_places,
       max(link_rank(s.link_grade)) as twice_rank, list(s.record_id order by s.record_id) as twice_records
from now_unemployment_registration as s cross join today as t
where s.reg_date <= t.as_of and (s.cancel_date is null or t.as_of < s.cancel_date) and link_rank(s.link_grade) <= 2
group by s.person_id having count(distinct coalesce(s.reg_no, concat(s.office, s.reg_date))) > 1;

create or replace temp table topic_grouped as
select distinct on (g.person_id) g.person_id, if(g.organisation = '工会', 'union', 'women') as group_code, g.organisation as group_name, g.list_date as grouped_on,
       link_rank(g.link_grade) as grouped_rank, [g.record_id] as grouped_records
from now_mass_organisation_list as g cross join today as t
where g.organisation in ('工会', '妇联') and g.list_date <= t.as_of
order by g.person_id, link_rank(g.link_grade), g.list_date desc, g.organisation, g.record_id;

-- A first review that was passed, by the last word of those who do it, and that the county has not answered: neither about
-- the same entry nor, as recognitions come from its own register, by recognising since.
create or replace temp table topic_prelim as
select distinct on (d.person_id) d.person_id, d.decided_date as prelim_on, 0 as prelim_rank, [d.record_id] as prelim_records
from decided as d cross join today as t
where d.decision = '确认' and d.role = '初审' and d.op in ('ADD', 'UPD') and starts_with(d.clause, 'XY-1.') and d.decided_date <= t.as_of
  and not exists (select 1 from decided as l
                  where l.entry_id = d.entry_id and l.decided_date <= t.as_of
                    and ((l.role in ('审核', '终审') and l.decision in ('确认', '驳回'))
                         or (l.role = '初审' and l.decision <> '确认' and l.decided_date >= d.decided_date)))
  and not exists (select 1 from now_hardship_recognition as h
                  where h.person_id = d.person_id and h.recognised_date between d.decided_date and t.as_of and link_rank(h.link_grade) <= 1)
order by d.person_id, d.decided_date desc, d.record_id;

-- The county's yes, before its register tells of the recognition: no first review is asked for again.
create or replace temp table topic_approved as
select d.person_id, max(d.decided_date) as approved_on
from decided as d cross join today as t
where d.decision = '确认' and d.role in ('审核', '终审') and d.op in ('ADD', 'UPD') and starts_with(d.clause, 'XY-1.') and d.decided_date <= t.as_of
  and not exists (select 1 from decided as l where l.entry_id = d.entry_id and l.role in ('审核', '终审') and l.decision = '驳回'
                    and l.decided_date between d.decided_date and t.as_of)
group by d.person_id;

-- Passed on line and no practical course since.
create or replace temp table topic_online as
select c.person_id, max(c.pass_date) as online_passed_on, max(link_rank(c.link_grade)) as online_rank, list(c.record_id order by c.record_id) as online_records
from now_training as c cross join today as t
where c.mode = '线上' and c.pass_date <= t.as_of and link_rank(c.link_grade) <= 2
  and not exists (select 1 from now_training as p where p.person_id = c.person_id and p.mode = '线下' and p.start_date >= c.pass_date and p.start_date <= t.as_of
                    and link_rank(p.link_grade) <= 2)
group by c.person_id;

-- The last day on which lines of insurance elsewhere were looked at: for the person's own lines that name a place, and for
-- everybody where an office tells of other places than here. The month that is asked about must lie before it.
create or replace temp table topic_placed as
select i.person_id, max(s.snapshot_date) as own_places_on
from now_insurance_active as i inner join insurance_source as s using (office) where i.place is not null group by i.person_id;

create or replace temp table part_care as
with who as (
    select person_id from topic_told union select person_id from topic_contact union select person_id from topic_recommended
    union select person_id from topic_guided union select person_id from topic_twice union select person_id from topic_grouped
    union select person_id from topic_prelim union select person_id from topic_online union select person_id from topic_placed
    union select person_id from topic_recognition union select person_id from topic_occupied union select person_id from topic_approved
)
-- A share of the recognised is drawn anew each month, the same on every machine.
select w.*, t.* exclude (person_id, education, skill, wish, pay_wish, place_wish), c.* exclude (person_id), r.* exclude (person_id), g.* exclude (person_id), tw.* exclude (person_id), gr.* exclude (person_id),
       p.* exclude (person_id), o.* exclude (person_id), pl.* exclude (person_id), oc.* exclude (person_id), ap.approved_on,
       if(h.person_id is null, null, (('0x' || substr(md5(w.person_id || strftime(d.as_of, '%Y-%m')), 1, 8))::ubigint % 1000)::integer) as monthly_draw
from who as w cross join today as d left join topic_told as t using (person_id) left join topic_contact as c using (person_id)
left join topic_recommended as r using (person_id) left join topic_guided as g using (person_id) left join topic_twice as tw using (person_id)
left join topic_grouped as gr using (person_id) left join topic_prelim as p using (person_id) left join topic_online as o using (person_id)
left join topic_placed as pl using (person_id) left join topic_occupied as oc using (person_id) left join topic_recognition as h using (person_id)
left join topic_approved as ap using (person_id);
