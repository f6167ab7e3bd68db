-- Months insured by an employer, income, subsidies, and subsidies that overlap what bars them.
-- Insured months: the cumulative number that the office gives, less those paid in arrears; where it gives none, distinct
-- months of the lines. The place of most lines is here, and so is a line without one. Only asked of people who are registered.
create or replace temp table topic_insured_months as
with line as (
    select i.*, link_rank(i.link_grade) as rank, i.place is not null and i.place not in ('本市', '本地') and i.place not in (select place from here_place) as is_outside,
           least(coalesce(i.last_paid_month, i.end_month, i.start_month), t.as_of) as last_month
    from now_insurance_active as i inner join topic_registration using (person_id) cross join today as t
    where link_rank(i.link_grade) <= 2 and i.start_month <= t.as_of
),
counted as (
    select person_id, is_outside, count(distinct month) as months
    from (select person_id, is_outside, unnest(months_between(start_month, last_month)) as month
          from line where payer_kind = '单位职工' and pay_kind is distinct from '补缴' and employer_months is null)
    group by person_id, is_outside
),
given as (
    select person_id, is_outside, max(employer_months - coalesce(backpaid_months, 0)) as months
    from line where payer_kind = '单位职工' and pay_kind is distinct from '补缴' and employer_months is not null group by person_id, is_outside
),
together as (
    select person_id, is_outside, max(months) as months from (from counted union all from given) group by person_id, is_outside
)
select l.person_id, max(l.rank) as insured_months_rank, list(l.record_id order by l.record_id) as insured_months_records,
       coalesce(any_value(h.months), 0) as local_months, coalesce(any_value(o.months), 0) as outside_months
from line as l left join together as h on h.person_id = l.person_id and not h.is_outside
left join together as o on o.person_id = l.person_id and o.is_outside
group by l.person_id;

-- The last year of which income is known, this one or the one before. Where the same kind of income is told twice, what was
-- checked speaks before what was declared; and a doubtful amount speaks only where there is no sure one.
create or replace temp table fact_income as
with good as (
    select i.* from now_income as i cross join today as t
    where i.year between year(t.as_of) - 1 and year(t.as_of) and link_rank(i.link_grade) <= 2
    qualify greatest(link_rank(i.link_grade), 1) = min(greatest(link_rank(i.link_grade), 1)) over (partition by i.person_id)
)
select distinct on (i.person_id, i.year, i.kind) i.person_id, i.year, i.kind, i.amount, i.declared is distinct from '本人申报' and i.declared is not null as is_checked,
       i.record_id, link_rank(i.link_grade) as rank
from good as i
order by i.person_id, i.year, i.kind, case i.declared when '民政核对' then 0 when '税务' then 1 else 2 end, i.record_id;

create or replace temp table topic_income as
with latest as (select * from fact_income qualify year = max(year) over (partition by person_id))
select person_id, any_value(year) as income_year, coalesce(sum(amount) filter (kind in ('劳动', '经营')), 0) as earned_income,
       sum(amount) as whole_income, bool_or(kind in ('经营', '投资') and amount > 0) as has_business_income,
       bool_and(is_checked) as is_income_checked, max(rank) as income_rank, list(record_id order by record_id) as income_records
from latest group by person_id;

create or replace temp table fact_subsidy as
select person_id, item, month_from, month_to, payee_uscc, paid_date, record_id, link_rank(link_grade) as rank
from now_subsidy where link_rank(link_grade) <= 2;

create or replace temp table topic_subsidy as
with per_month as (select person_id, item, unnest(months_between(month_from, month_to)) as month from fact_subsidy),
months as (
    select person_id, count(distinct month) filter (item = '单位社保补贴') as firm_insurance_subsidy_months,
           count(distinct month) filter (item = '灵活就业社保补贴') as flexible_subsidy_months,
           count(distinct month) filter (item = '岗位补贴') as post_subsidy_months,
           count(distinct month) filter (item = '公益性岗位补贴') as public_post_subsidy_months
    from per_month group by person_id
)
select s.person_id, max(s.rank) as subsidy_rank, list(s.record_id order by s.record_id) as subsidy_records, any_value(m.firm_insurance_subsidy_months) as firm_insurance_subsidy_months,
       any_value(m.flexible_subsidy_months) as flexible_subsidy_months, any_value(m.post_subsidy_months) as post_subsidy_months,
       any_value(m.public_post_subsidy_months) as public_post_subsidy_months,
       greatest(coalesce(any_value(m.firm_insurance_subsidy_months), 0), coalesce(any_value(m.flexible_subsidy_months), 0),
                coalesce(any_value(m.post_subsidy_months), 0), coalesce(any_value(m.public_post_subsidy_months), 0)) as subsidy_months_most,
       max(s.month_to) filter (s.item in ('单位社保补贴', '岗位补贴', '公益性岗位补贴')) as job_subsidised_to,
       max(s.month_to) filter (s.item = '灵活就业社保补贴') as flexible_subsidised_to, max(s.month_to) filter (s.item = '培训补贴') as training_subsidised_to,
       bool_or(s.item = '一次性创业补贴') as has_startup_subsidy, bool_or(s.item = '求职创业补贴') as has_graduate_subsidy
from fact_subsidy as s left join months as m using (person_id) group by s.person_id;

create or replace temp table topic_overlap_job as
select distinct on (s.person_id) s.person_id, greatest(s.month_from, i.start_month) as overlap_job_from, greatest(s.rank, link_rank(i.link_grade)) as overlap_job_rank,
       [s.record_id, i.record_id] as overlap_job_records
from fact_subsidy as s inner join now_insurance_active as i using (person_id)
where s.item = '灵活就业社保补贴' and i.payer_kind = '单位职工' and i.start_month <= s.month_to
  and (i.end_month is null or i.end_month >= s.month_from) and (i.last_paid_month is null or i.last_paid_month >= s.month_from)
order by s.person_id, greatest(s.rank, link_rank(i.link_grade)), overlap_job_from, s.record_id, i.record_id;

create or replace temp table topic_overlap_death as
select distinct on (s.person_id) s.person_id, s.month_to as overlap_death_to, greatest(s.rank, d.rank) as overlap_death_rank,
       [s.record_id, d.record_id] as overlap_death_records
from fact_subsidy as s inner join fact_death as d using (person_id)
where s.month_to > last_day(d.valid_from)
order by s.person_id, greatest(s.rank, d.rank), s.month_to desc, s.record_id, d.record_id;

create or replace temp table topic_overlap_pension as
select distinct on (s.person_id) s.person_id, s.month_to as overlap_pension_to, greatest(s.rank, p.rank) as overlap_pension_rank,
       [s.record_id, p.record_id] as overlap_pension_records
from fact_subsidy as s inner join fact_pension as p using (person_id)
where s.month_to > last_day(p.valid_from) and s.item not in ('一次性创业补贴', '求职创业补贴')
order by s.person_id, greatest(s.rank, p.rank), s.month_to desc, s.record_id, p.record_id;

create or replace temp table topic_overlap_licence as
select distinct on (s.person_id) s.person_id, greatest(s.month_from, l.valid_from) as overlap_licence_from, greatest(s.rank, l.rank) as overlap_licence_rank,
       [s.record_id, l.record_id] as overlap_licence_records
from fact_subsidy as s inner join fact_licence as l using (person_id)
where s.item = '公益性岗位补贴' and l.role in ('经营者', '法定代表人') and l.status <> '吊销未注销'
  and l.valid_from <= last_day(s.month_to) and (l.valid_to is null or l.valid_to > s.month_from)
order by s.person_id, greatest(s.rank, l.rank), s.month_from desc, s.record_id, l.record_id;

-- Employed on the very day of being recognised as unemployed: such a recognition is to be looked at.
create or replace temp table topic_job_then as
select distinct on (i.person_id) i.person_id, i.start_month as job_then_from, link_rank(i.link_grade) as job_then_rank, [i.record_id] as job_then_records
from now_insurance_active as i inner join topic_recognition as r using (person_id)
where i.payer_kind = '单位职工' and last_day(i.start_month) < r.recognised_on and (i.end_month is null or i.end_month >= date_trunc('month', r.recognised_on))
  and i.last_paid_month > r.recognised_on
order by i.person_id, link_rank(i.link_grade), i.start_month desc, i.record_id;
