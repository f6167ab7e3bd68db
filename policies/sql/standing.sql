-- What else stands about a person: recognition, household, marriage, children, lists, certificates that ended, school.
create or replace temp table topic_recognition as
select distinct on (f.person_id) f.person_id, f.recognised_date as recognised_on, f.basis as recognition_basis, f.spell as recognition_spell,
       if(link_rank(f.link_grade) <= 2, f.owner, null) as recognition_owner, f.agreement_date as agreement_on, link_rank(f.link_grade) as recognition_rank,
       [f.record_id] as recognition_records
from now_hardship_recognition as f cross join today as t
where f.recognised_date <= t.as_of and (f.exit_date is null or t.as_of < f.exit_date) and link_rank(f.link_grade) <= 3
order by f.person_id, greatest(link_rank(f.link_grade), 1), f.recognised_date desc, link_rank(f.link_grade), f.record_id;

create or replace temp table topic_exited as
select distinct on (f.person_id) f.person_id, f.exit_date as exited_on, f.exit_ground as exited_ground, link_rank(f.link_grade) as exited_rank,
       [f.record_id] as exited_records
from now_hardship_recognition as f cross join today as t
where f.exit_date <= t.as_of
order by f.person_id, link_rank(f.link_grade) > 2, f.exit_date desc, link_rank(f.link_grade), f.record_id;

-- The registration in more words than the first two packs need. Wishes, like whoever looks after somebody, are told of a
-- good link only: a doubtful one might say that nothing is wanted or wanting.
create or replace temp table topic_registered as
select distinct on (s.person_id) s.person_id, s.job_loss_date as job_lost_on, s.hukou_kind as registered_hukou_kind, s.usual_place,
       if(r.registration_rank <= 2, s.owner, null) as registration_owner, contains(r.wish, '就业') as wants_job, contains(r.wish, '培训') as wants_training,
       contains(r.wish, '创业') as wants_business, contains(r.wish, '不明确') as wants_guidance, contains(r.wish, '其他') as wants_other
from now_unemployment_registration as s
inner join topic_registration as r on r.person_id = s.person_id and r.registration_records[1] = s.record_id
order by s.person_id, s.office;

create or replace temp table topic_household as
select distinct on (f.person_id) f.person_id, f.household_no as book_no, f.office as book_office, f.relation as household_relation, f.hukou_kind,
       f.hukou_area, f.residence_start as residence_from, link_rank(f.link_grade) as household_rank, [f.record_id] as household_records
from now_household_register as f
order by f.person_id, link_rank(f.link_grade), f.residence_start desc nulls last, f.record_id;

create or replace temp table topic_marriage as
select distinct on (f.person_id) f.person_id, f.status as marital_status, f.event_date as marital_on, link_rank(f.link_grade) as marriage_rank,
       [f.record_id] as marriage_records
from now_marriage as f cross join today as t
where f.event_date <= t.as_of
order by f.person_id, link_rank(f.link_grade) > 2, f.event_date desc, link_rank(f.link_grade), f.record_id;

-- Children in the person's care as civil affairs name them. The youngest counts.
create or replace temp table topic_child as
select f.person_id, max(coalesce(f.child_birth, birth_of(f.child_id))) as youngest_child_birth,
       months_after(max(coalesce(f.child_birth, birth_of(f.child_id))), 216) as child_adult_on,
       max(link_rank(f.link_grade)) as child_rank, list(f.record_id order by f.record_id) as child_records
from now_marriage as f cross join today as t
where f.event_date <= t.as_of and coalesce(f.child_birth, birth_of(f.child_id)) <= t.as_of and link_rank(f.link_grade) <= 2
group by f.person_id;

create or replace temp table topic_dibao as
select distinct on (f.person_id) f.person_id, f.valid_from as dibao_from, f.aid_kind as dibao_kind, f.rank as dibao_rank,
       [f.record_id] as dibao_records
from fact_aid as f cross join today as t
where f.aid_kind in ('城市低保', '农村低保') and f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_dibao_ended as
select distinct on (f.person_id) f.person_id, f.valid_to as dibao_ended_on, f.rank as dibao_ended_rank, [f.record_id] as dibao_ended_records
from fact_aid as f cross join today as t
where f.aid_kind in ('城市低保', '农村低保') and f.valid_to <= t.as_of and f.person_id not in (select person_id from topic_dibao where dibao_rank <= 2)
order by f.person_id, f.rank, f.valid_to desc, f.record_id;

-- A certificate cancelled or past its last day, of somebody who holds no other that is told of them on a good link.
create or replace temp table topic_certificate_ended as
with ended as (
    select f.person_id, f.record_id, link_rank(f.link_grade) as rank,
           if(f.status = '注销' or f.cancel_date <= t.as_of, 'cancelled', 'expired') as kind,
           if(f.status = '注销' or f.cancel_date <= t.as_of, f.cancel_date, f.valid_to) as ended_on
    from now_disability_certificate as f cross join today as t
    where f.status in ('注销', '过期') or f.cancel_date <= t.as_of or (f.status = '有效' and f.valid_to < t.as_of)
)
select distinct on (person_id) person_id, kind as certificate_end, ended_on as certificate_ended_on, rank as certificate_ended_rank,
       [record_id] as certificate_ended_records
from ended where person_id not in (select person_id from topic_certificate where certificate_rank <= 2)
order by person_id, rank, ended_on desc nulls last, record_id;

create or replace temp table fact_listed as
select person_id, from_date as valid_from, to_date as valid_to, list_kind, record_id, link_rank(link_grade) as rank from now_poverty_list;

create or replace temp table topic_poverty as
select distinct on (f.person_id) f.person_id, f.valid_from as poverty_from, f.list_kind as poverty_kind, f.rank as poverty_rank,
       [f.record_id] as poverty_records
from fact_listed as f cross join today as t
where f.list_kind in ('脱贫人口', '脱贫不稳定') and f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_watched as
select distinct on (f.person_id) f.person_id, f.valid_from as watched_from, f.list_kind as watched_kind, f.rank as watched_rank,
       [f.record_id] as watched_records
from fact_listed as f cross join today as t
where f.list_kind in ('脱贫不稳定', '边缘易致贫', '突发严重困难') and f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.valid_from desc, f.record_id;

create or replace temp table topic_land as
select distinct on (f.person_id) f.person_id, f.lost_date as land_lost_on, link_rank(f.link_grade) as land_rank, [f.record_id] as land_records
from now_land_expropriation as f cross join today as t
where f.lost_date <= t.as_of
order by f.person_id, link_rank(f.link_grade), f.lost_date desc, f.record_id;

-- Left a university or college and, as far as is sure, enrolled nowhere since.
create or replace temp table topic_graduate as
select distinct on (f.person_id) f.person_id, f.leave_date as left_school_on, f.level as school_level,
       regexp_matches(f.level, '大专|专科|高职|本科|大学|硕士|博士|研究生') as is_college, f.special_hardship, f.internship_wish,
       link_rank(f.link_grade) as graduate_rank, [f.record_id] as graduate_records
from now_education as f cross join today as t
where f.leave_date <= t.as_of
  and f.person_id not in (select e.person_id from now_education as e cross join today as d
                          where e.enrol_date <= d.as_of and (e.leave_date is null or d.as_of < e.leave_date) and e.person_id is not null
                            and link_rank(e.link_grade) <= 1)
order by f.person_id, link_rank(f.link_grade) > 2, f.leave_date desc, link_rank(f.link_grade), f.record_id;

create or replace temp table topic_unit as
select distinct on (f.person_id) f.person_id, f.founded_date as unit_from, f.unit_name, link_rank(f.link_grade) as unit_rank, [f.record_id] as unit_records
from now_private_nonenterprise as f cross join today as t
where f.role = '法定代表人' and f.founded_date <= t.as_of and (f.cancelled_date is null or t.as_of < f.cancelled_date)
  and not regexp_matches(f.status, '注销|撤销|吊销')
order by f.person_id, link_rank(f.link_grade), f.founded_date desc, f.record_id;

-- Founder or director; or of one revoked but not cancelled.
create or replace temp table topic_unit_weak as
select distinct on (f.person_id) f.person_id, f.role as unit_weak_role, f.status as unit_weak_status, link_rank(f.link_grade) as unit_weak_rank,
       [f.record_id] as unit_weak_records
from now_private_nonenterprise as f cross join today as t
where (f.role <> '法定代表人' or f.status like '%吊销%') and f.founded_date <= t.as_of
  and (f.cancelled_date is null or t.as_of < f.cancelled_date or f.status like '%吊销%')
  and not regexp_matches(replace(f.status, '未注销', ''), '注销|撤销')
order by f.person_id, link_rank(f.link_grade), f.founded_date desc, f.record_id;

-- A business or unit of one's own, on a link good enough to be offered help for; of several the surest.
create or replace temp table topic_trade as
with told as (
    select person_id, licence_from as trade_from, licence_rank as trade_rank, licence_records as trade_records from topic_licence
    union all select person_id, unit_from, unit_rank, unit_records from topic_unit
)
select distinct on (person_id) person_id, trade_from, trade_rank, trade_records from told where trade_rank <= 2
order by person_id, trade_rank, trade_from desc, trade_records;

create or replace temp table topic_employment as
select distinct on (f.person_id) f.person_id, f.job_kind as employment_kind, f.start_date as employment_from, link_rank(f.link_grade) as employment_rank,
       [f.record_id] as employment_records
from now_employment_registration as f cross join today as t
where f.start_date <= t.as_of and (f.end_date is null or t.as_of <= f.end_date)
order by f.person_id, link_rank(f.link_grade), f.start_date desc, f.record_id;

create or replace temp table topic_visit as
select distinct on (f.person_id) f.person_id, f.visit_date as visited_on, f.able as visit_able, f.willing as visit_willing, f.no_income_household as visit_no_income,
       link_rank(f.link_grade) as visit_rank, [f.record_id] as visit_records
from now_household_visit as f cross join today as t
where f.visit_date <= t.as_of and link_rank(f.link_grade) <= 2
order by f.person_id, f.visit_date desc, link_rank(f.link_grade), f.record_id;

create or replace temp table topic_post_held as
select distinct on (f.person_id) f.person_id, f.start_date as post_held_from, link_rank(f.link_grade) as post_held_rank,
       [f.record_id] as post_held_records
from now_public_post as f cross join today as t
where f.start_date <= t.as_of and (f.end_date is null or t.as_of <= f.end_date)
order by f.person_id, link_rank(f.link_grade), f.start_date desc, f.record_id;

-- Findings of fraud: an officer confirmed a suspicion that this ledger had raised.
create or replace temp table topic_fraud as
select distinct on (d.person_id) d.person_id, d.decided_date as fraud_found_on, 0 as fraud_rank, [d.record_id] as fraud_records
from decided as d cross join today as t
where d.decision = '确认' and d.op = 'ALERT' and d.clause in ('SD-6.2', 'XY-7.2') and d.decided_date <= t.as_of
order by d.person_id, d.decided_date desc, d.record_id;

-- A job that this ledger marked, or proposed to cancel a registration for, and that an officer confirmed.
create or replace temp table topic_confirmed_job as
select distinct on (d.person_id) d.person_id, d.decided_date as confirmed_job_on, 0 as confirmed_job_rank, [d.record_id] as confirmed_job_records
from decided as d cross join today as t
where d.decision = '确认' and d.decided_date <= t.as_of
  and (d.op = 'FLAG_REEMP' or (d.op = 'PROP_DEREG' and d.ground in ('hired', 'self-employed', 'founded-firm', 'founded-unit', 'employment-registered')))
order by d.person_id, d.decided_date desc, d.record_id;

-- An officer decided that a registration is to be cancelled; nobody has registered them since. Its register may tell of it later.
create or replace temp table topic_deregistration as
select distinct on (d.person_id) d.person_id, d.decided_date as deregistration_said_on, d.from_date as deregistration_from, 0 as deregistration_rank,
       [d.record_id] as deregistration_records
from decided as d cross join today as t left join topic_registration as r on r.person_id = d.person_id and r.registration_rank <= 2
where d.decision = '确认' and d.op = 'PROP_DEREG' and d.clause = 'JN-1.4a' and d.decided_date <= t.as_of
  and coalesce(r.registered_from <= d.decided_date, true)
  and not exists (select 1 from decided as l where l.entry_id = d.entry_id and l.decision = '驳回' and l.decided_date between d.decided_date and t.as_of)
order by d.person_id, d.decided_date desc, d.record_id;

-- Was registered, and is no more.
create or replace temp table topic_registration_ended as
select distinct on (f.person_id) f.person_id, f.valid_to as registration_ended_on, f.rank as registration_ended_rank,
       [f.record_id] as registration_ended_records
from fact_registration as f cross join today as t
where f.valid_to <= t.as_of
  and not exists (select 1 from topic_registration as r where r.person_id = f.person_id and greatest(r.registration_rank, 1) <= greatest(f.rank, 1))
order by f.person_id, greatest(f.rank, 1), f.valid_to desc, f.rank, f.record_id;
