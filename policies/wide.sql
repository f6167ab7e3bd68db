-- One row per known person at the as-of date (table `today`): for each topic the best-linked, latest fact, its rank and
-- its records. A topic that does not stand has null rank. `firm_` marks what rests on an exact number and may bar help;
-- a weaker link never bars anything, it only asks for a look.
-- A registration that is merely suspected to be the person's neither makes them registered nor hides one that is; nor does
-- a doubtful one take the place of a sure one, however late.
create or replace temp table topic_registration as
select distinct on (f.person_id) f.person_id, f.valid_from as registered_from, if(f.rank <= 2, f.last_verified, null) as last_verified, f.able, f.willing, if(f.rank <= 2, f.wish, null) as wish,
       f.reg_no, f.rank as registration_rank, [f.record_id] as registration_records
from fact_registration as f cross join today as t
where f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to) and f.rank <= 3
order by f.person_id, greatest(f.rank, 1), f.valid_from desc, f.rank, f.record_id;

-- The latest month of the surest links: a doubtful row neither adds to a sure one nor takes from it.
create or replace temp table topic_stop as
with latest as (
    select f.* from fact_stop as f cross join today as t where f.valid_from <= t.as_of
    qualify rank() over (partition by f.person_id order by greatest(f.rank, 1), f.last_paid_month desc) = 1
)
select person_id, last_paid_month as stop_last_paid_month, max(valid_from) as stopped_on,
       bool_or(is_month_assumed) as is_stop_month_assumed, last_day(last_paid_month + interval 1 month) as uninsured_month_end,
       list(distinct stop_reason order by stop_reason) filter (stop_reason is not null) as stop_reasons,
       max(rank) as stop_rank, list(record_id order by record_id) as stop_records
from latest group by person_id, last_paid_month;

create or replace temp table topic_hired as
select distinct on (f.person_id) f.person_id, f.valid_from as hired_from, f.last_paid_month as hired_last_paid_month,
       f.employer_uscc as hired_uscc, f.employer_name as hired_name, f.payer_kind as hired_payer,
       f.rank as hired_rank, [f.record_id] as hired_records
from fact_insured as f cross join today as t
where f.payer_kind in ('单位职工', '公益性岗位') and f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.payer_kind desc, greatest(f.valid_from, coalesce(f.last_paid_month, f.valid_from)) desc,
         f.valid_from desc, f.record_id;

create or replace temp table topic_flexible as
select distinct on (f.person_id) f.person_id, f.valid_from as flexible_from, f.rank as flexible_rank,
       [f.record_id] as flexible_records
from fact_insured as f cross join today as t
where f.payer_kind = '灵活就业' and f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_benefit as
select distinct on (f.person_id) f.person_id, f.valid_from as benefit_from, f.rank as benefit_rank,
       [f.record_id] as benefit_records
from fact_benefit as f cross join today as t
where f.valid_from <= t.as_of and t.as_of < f.valid_to
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_benefit_ended as
select distinct on (f.person_id) f.person_id, f.valid_to as benefit_ended_on, f.rank as benefit_ended_rank,
       [f.record_id] as benefit_ended_records
from fact_benefit as f cross join today as t
where f.valid_to <= t.as_of
order by f.person_id, f.rank, f.valid_to desc, f.record_id;

create or replace temp table topic_aid as
select distinct on (f.person_id) f.person_id, f.valid_from as aid_from, f.aid_kind, f.household_no, f.rank as aid_rank,
       [f.record_id] as aid_records
from fact_aid as f cross join today as t
where f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_certificate as
select distinct on (f.person_id) f.person_id, f.valid_from as certificate_from, f.valid_to - 1 as certificate_to,
       f.category as disability_category, f.grade as disability_grade, f.rank as certificate_rank,
       [f.record_id] as certificate_records
from fact_certificate as f cross join today as t
where f.status = '有效' and (f.valid_from is null or f.valid_from <= t.as_of) and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

-- A live licence held by its operator or legal representative; any other role, a revoked or moved licence is weak.
create or replace temp table topic_licence as
select distinct on (f.person_id) f.person_id, f.valid_from as licence_from, f.entity_kind as licence_kind,
       f.entity_name as licence_name, f.uscc as licence_uscc, f.rank as licence_rank, [f.record_id] as licence_records
from fact_licence as f cross join today as t
where f.status = '存续' and f.role in ('经营者', '法定代表人') and f.valid_from <= t.as_of
  and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_shop as
select distinct on (f.person_id) f.person_id, f.valid_from as shop_from, f.rank as shop_rank, [f.record_id] as shop_records
from fact_licence as f cross join today as t
where f.entity_kind = '个体工商户' and f.status = '存续' and f.role in ('经营者', '法定代表人') and f.valid_from <= t.as_of
  and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_firm as
select distinct on (f.person_id) f.person_id, f.valid_from as firm_from, f.entity_kind as firm_kind, f.rank as firm_rank, [f.record_id] as firm_records
from fact_licence as f cross join today as t
where f.entity_kind <> '个体工商户' and f.status = '存续' and f.role in ('经营者', '法定代表人') and f.valid_from <= t.as_of
  and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_licence_weak as
select distinct on (f.person_id) f.person_id, f.valid_from as licence_weak_from, f.role as licence_weak_role,
       f.status as licence_weak_status, f.rank as licence_weak_rank, [f.record_id] as licence_weak_records
from fact_licence as f cross join today as t
where not (f.status = '存续' and f.role in ('经营者', '法定代表人')) and f.valid_from <= t.as_of
  and f.status not in ('注销', '撤销', '吊销已注销') and (f.valid_to is null or t.as_of < f.valid_to or f.status = '吊销未注销')
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_licence_ended as
select distinct on (f.person_id) f.person_id, f.valid_to as licence_ended_on, f.rank as licence_ended_rank,
       [f.record_id] as licence_ended_records
from fact_licence as f cross join today as t
where f.valid_to <= t.as_of and f.status <> '吊销未注销' and f.role in ('经营者', '法定代表人')
order by f.person_id, f.rank > 2, f.valid_to desc, f.rank, f.record_id;

-- One in payment, before one that is paused; but a doubtful one never before a sure one.
create or replace temp table topic_pension as
select distinct on (f.person_id) f.person_id, f.valid_from as pension_from, f.scheme as pension_scheme,
       f.status as pension_status, f.rank as pension_rank, [f.record_id] as pension_records
from fact_pension as f cross join today as t
where f.valid_from <= t.as_of
order by f.person_id, f.rank > 1, coalesce(f.status, '正常') <> '正常', f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_death as
select distinct on (f.person_id) f.person_id, f.valid_from as died_on, f.rank as death_rank, [f.record_id] as death_records
from fact_death as f cross join today as t
where f.valid_from <= t.as_of
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_service as
with since as (
    select f.*, r.registered_from, t.as_of,
           (r.registered_from + interval 1 month)::date as short_end, (r.registered_from + interval 6 month)::date as mid_end
    from fact_service as f inner join topic_registration as r using (person_id) cross join today as t
    where f.valid_from between r.registered_from and t.as_of and f.rank <= 2
),
streak as (
    select person_id, max(valid_from) filter (service_kind <> '拒绝服务' and means is distinct from '数据比对') as last_taken_on from since group by person_id
)
select s.person_id, max(s.rank) as service_rank, list(s.record_id order by s.record_id) as service_records,
       max(s.valid_from) filter (s.means is distinct from '数据比对') as last_contact_on,
       count(*) filter (s.service_kind = '拒绝服务' and s.justified is distinct from true
                        and s.valid_from > coalesce(k.last_taken_on, date '0001-01-01')) as refusals_in_row,
       count(*) filter (s.service_kind = '职业指导' and in_tier(s.valid_from, s.as_of, s.registered_from, s.short_end, s.mid_end)) as guidance_count,
       count(*) filter (s.service_kind = '岗位推荐'
                        and in_tier(s.valid_from, s.as_of, s.registered_from, s.short_end, s.mid_end)) as post_count,
       count(*) filter (s.service_kind in ('技能培训', '培训机会')
                        and in_tier(s.valid_from, s.as_of, s.registered_from, s.short_end, s.mid_end)) as training_count
from since as s left join streak as k using (person_id)
group by s.person_id;

-- Topics side by side for whoever has any of them: a view over few narrow tables is bound and joined in a fraction of the
-- time that one over forty topics takes, and nobody's emptiness is stored.
create or replace temp table part_registered as
with anybody as (select person_id from topic_registration union select person_id from topic_service)
select * from anybody left join topic_registration using (person_id) left join topic_service using (person_id);

create or replace temp table part_insured as
with anybody as (select person_id from topic_stop union select person_id from topic_hired union select person_id from topic_flexible)
select * from anybody left join topic_stop using (person_id) left join topic_hired using (person_id) left join topic_flexible using (person_id);

create or replace temp table part_supported as
with anybody as (
    select person_id from topic_benefit union select person_id from topic_benefit_ended union select person_id from topic_aid
    union select person_id from topic_certificate
)
select * from anybody left join topic_benefit using (person_id) left join topic_benefit_ended using (person_id)
left join topic_aid using (person_id) left join topic_certificate using (person_id);

create or replace temp table part_licensed as
with anybody as (
    select person_id from topic_licence union select person_id from topic_shop union select person_id from topic_firm
    union select person_id from topic_licence_weak union select person_id from topic_licence_ended
)
select * from anybody left join topic_licence using (person_id) left join topic_shop using (person_id) left join topic_firm using (person_id)
left join topic_licence_weak using (person_id) left join topic_licence_ended using (person_id);

create or replace temp table part_left as
with anybody as (select person_id from topic_pension union select person_id from topic_death)
select * from anybody left join topic_pension using (person_id) left join topic_death using (person_id);
