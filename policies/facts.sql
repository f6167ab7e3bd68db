-- Dated facts from tonight's standing, linked rows (`now_<kind>`: the kind's typed columns and person_id, record_id,
-- link_grade). Intervals are half-open; an open end is null. rank: 0 exact, 1 name differs, 2 probable, 3 on hold, 4 review.
create or replace temp table fact_registration as
select person_id, reg_date as valid_from, cancel_date as valid_to, reg_no, last_verified, able, willing, hukou_kind, wish,
       record_id, link_rank(link_grade) as rank
from now_unemployment_registration;

create or replace temp table fact_stop as
select person_id, stop_date as valid_from, coalesce(last_paid_month, date_trunc('month', stop_date)::date) as last_paid_month,
       last_paid_month is null as is_month_assumed, stop_reason, insurance_kind, employer_uscc, employer_no, employer_name,
       record_id, link_rank(link_grade) as rank
from now_insurance_stop as s
where withdrawn is distinct from true  -- nor any line whose withdrawal stands beside it
  and not exists (select 1 from now_insurance_stop as w
                  where w.withdrawn and w.office = s.office and w.business_key = s.business_key);

-- An employer's line that lags behind its own stoppage is closed by it: same payer and kind where both say so, and no
-- month paid after the stoppage.
create or replace temp table fact_insured as
with closed as (
    select distinct i.record_id
    from now_insurance_active as i
    inner join fact_stop as s on s.person_id = i.person_id and s.rank <= 3
         and greatest(s.rank, 1) <= greatest(link_rank(i.link_grade), 1)  -- a doubtful stoppage ends no sure job
         and s.valid_from <= (select as_of from today)
    where (i.insurance_kind is null or s.insurance_kind is null or i.insurance_kind = s.insurance_kind)
      and i.start_month <= s.last_paid_month
      and (i.last_paid_month is null or i.last_paid_month <= s.last_paid_month)
      and coalesce(i.employer_uscc = s.employer_uscc, i.employer_no = s.employer_no, i.employer_name = s.employer_name, true)
      and i.payer_kind in ('单位职工', '公益性岗位')
)
select person_id, start_month as valid_from, (end_month + interval 1 month)::date as valid_to, payer_kind, insurance_kind,
       employer_uscc, employer_no, employer_name, last_paid_month, place, record_id, link_rank(link_grade) as rank
from now_insurance_active
where record_id not in (select record_id from closed);

create or replace temp table fact_benefit as
select person_id, start_month as valid_from, least((end_month + interval 1 month)::date, stop_date) as valid_to,
       record_id, link_rank(link_grade) as rank
from now_unemployment_benefit;

create or replace temp table fact_aid as
select person_id, start_month as valid_from,
       case when end_month < date '9999-12-01' then (end_month + interval 1 month)::date end as valid_to, aid_kind,
       household_no, record_id, link_rank(link_grade) as rank
from now_low_income
where aid_kind in ('城市低保', '农村低保', '特困', '低保边缘', '刚性支出困难', '低收入');  -- an unknown code proves nothing

create or replace temp table fact_certificate as
select person_id, issue_date as valid_from,
       least(case when valid_to < date '9999-12-31' then valid_to + 1 end, cancel_date) as valid_to,
       status, category, grade, certificate_no, record_id, link_rank(link_grade) as rank
from now_disability_certificate;

create or replace temp table fact_licence as
select person_id, founded_date as valid_from,
       case when status in ('注销', '撤销', '吊销已注销') then coalesce(cancelled_date, founded_date) else cancelled_date end as valid_to,
       entity_kind, role, status, entity_name, uscc, record_id, link_rank(link_grade) as rank
from now_market_entity;

create or replace temp table fact_pension as
select person_id, start_date as valid_from, scheme, status, record_id, link_rank(link_grade) as rank
from now_pension
where status is distinct from '终止';

create or replace temp table fact_death as
select person_id, death_date as valid_from, record_id, link_rank(link_grade) as rank
from now_death;

create or replace temp table fact_service as
select person_id, service_date as valid_from, service_kind, means, justified, vacancy_no, record_id,
       link_rank(link_grade) as rank
from now_service_log;
