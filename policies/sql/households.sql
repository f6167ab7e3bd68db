-- Households as the police keep them (`household_book`), of everybody we know; a member whom nobody made known is looked up
-- by the exact number in what other offices deliver (`kin_<kind>`).
create or replace temp table fact_kin_job as
with told as (
    select id_key, name, start_month as valid_from, record_id from kin_insurance_active cross join today as t
    where payer_kind in ('单位职工', '公益性岗位') and start_month <= t.as_of and (end_month is null or t.as_of <= last_day(end_month))
    union all select id_key, name, founded_date, record_id from kin_market_entity cross join today as t
    where status = '存续' and role in ('经营者', '法定代表人') and founded_date <= t.as_of and (cancelled_date is null or t.as_of < cancelled_date)
    union all select id_key, name, start_date, record_id from kin_employment_registration cross join today as t
    where start_date <= t.as_of and (end_date is null or t.as_of <= end_date)
)
select id_key, name, min(valid_from) as valid_from, min(record_id) as record_id from told group by id_key, name;

-- A live licence, a share in one, or one revoked but not cancelled.
create or replace temp table fact_kin_business as
select distinct id_key, name from kin_market_entity cross join today as t
where status not in ('注销', '撤销', '吊销已注销') and founded_date <= t.as_of
  and (cancelled_date is null or t.as_of < cancelled_date or status = '吊销未注销');

-- Dead or retired; at school, serving, in custody or incapable; neither, by a paused pension. Of several findings on working
-- capacity the last one holds.
create or replace temp table fact_kin_left as
with told as (
    select id_key, name, enrol_date as valid_from, leave_date as valid_to, false as is_out from kin_education where full_time
    union all select id_key, name, enlist_date, discharge_date, false from kin_military
    union all select id_key, name, custody_start, custody_end, false from kin_imprisonment where custody_kind = '收监执行'
    union all (select distinct on (id_key, name) id_key, name, found_date, if(level = '完全丧失', null, found_date), false
               from kin_work_capacity cross join today as t where found_date <= t.as_of order by id_key, name, found_date desc, record_id)
    union all select id_key, name, start_date, null, if(coalesce(status, '正常') = '正常', true, null) from kin_pension where status is distinct from '终止'
    union all select id_key, name, death_date, null, true from kin_death
)
select id_key, name, coalesce(bool_or(is_out), false) as is_out, coalesce(bool_or(not is_out), false) as is_away
from told cross join today as t where valid_from <= t.as_of and (valid_to is null or t.as_of < valid_to) group by id_key, name;

-- As `fact_income` has it of people who are known.
create or replace temp table fact_kin_income as
with line as (
    select distinct on (id_key, name, year, kind) id_key, name, year, kind, amount, coalesce(declared <> '本人申报', false) as is_checked
    from kin_income cross join today as t where year between year(t.as_of) - 1 and year(t.as_of)
    order by id_key, name, year, kind, case declared when '民政核对' then 0 when '税务' then 1 else 2 end, record_id
),
latest as (from line qualify year = max(year) over (partition by id_key, name))
select id_key, name, sum(amount) as whole_income, bool_and(is_checked) as is_income_checked,
       bool_or(kind in ('经营', '投资') and amount > 0) as has_business_income
from latest group by id_key, name;

create or replace temp table fact_member as
with mine as (select distinct book_office, book_no from topic_household),
job as (
    select distinct on (b.record_id) b.record_id as line, k.name, k.valid_from, k.record_id
    from household_book as b inner join fact_kin_job as k using (id_key)
    where b.person_id is null order by b.record_id, k.name is distinct from b.name, k.valid_from, k.record_id
),
member as (
    select b.office, b.household_no, b.person_id, b.record_id, if(b.person_id is null, 0, link_rank(b.link_grade)) as book_rank, b.relation, b.name, coalesce(p.birth_date, b.birth_date, birth_of(b.id_key)) as birth_date,
           coalesce(p.sex, b.sex, if(b.id_key is null, null, if(try_cast(substr(b.id_key, 17, 1) as integer) % 2 = 1, '男', '女'))) as sex,
           coalesce(a.is_out, false) as is_out_kin, coalesce(a.is_away, false) as is_away_kin, o.id_key is not null as has_left_kin, n.whole_income as kin_income,
           n.is_income_checked as is_kin_income_checked, coalesce(n.has_business_income, false) or s.id_key is not null as has_kin_business, k.name as kin_name, k.valid_from as kin_from, k.record_id as kin_record,
           coalesce(i.hired_rank <= 1, false) as firm_job, i.hired_rank is not null as has_job,
           coalesce(l.licence_rank <= 1, false) as firm_licence, l.licence_rank is not null as has_licence, l.licence_weak_rank, r.registration_rank,
           i.hired_from, l.licence_from, i.hired_rank, i.hired_records, l.licence_rank, l.licence_records
    from household_book as b inner join mine as m on m.book_office = b.office and m.book_no = b.household_no
    left join everybody as p on p.person_id = b.person_id left join part_registered as r on r.person_id = b.person_id
    left join part_insured as i on i.person_id = b.person_id left join part_licensed as l on l.person_id = b.person_id
    left join job as k on k.line = b.record_id
    left join fact_kin_left as a on a.id_key = b.id_key and a.name = b.name and b.person_id is null
    left join (select distinct id_key from fact_kin_left) as o on o.id_key = b.id_key and b.person_id is null
    left join fact_kin_business as s on s.id_key = b.id_key and s.name = b.name and b.person_id is null
    left join fact_kin_income as n on n.id_key = b.id_key and n.name = b.name and b.person_id is null
)
select m.office, m.household_no, m.person_id, m.record_id, m.relation, age_on(m.birth_date, t.as_of) as age,
       case when m.birth_date is null or m.sex is null then null when age_on(m.birth_date, t.as_of) < 16 then false
            when t.as_of >= retirement_date(m.birth_date, m.sex, n.base_male_months, n.base_female_late_months, n.rise_from, n.rise_step_months, n.rise_cap_months) then false
            when m.sex = '男' or t.as_of < retirement_date(m.birth_date, m.sex, n.base_male_months, n.base_female_early_months, n.rise_from, n.rise_step_early_months, n.rise_cap_early_months) then true
       end as is_of_age,
       m.book_rank <= 1 as is_sure_who, m.is_out_kin or coalesce(is_sure_who and g.gone_ground in ('died', 'pension', 'abroad') and g.gone_rank <= 1, false) as is_out,
       m.is_away_kin or coalesce(is_sure_who and g.gone_ground in ('school', 'army', 'custody', 'incapable') and g.gone_rank <= 1, false) as is_away,
       not is_out and not is_away and (m.has_left_kin or coalesce(g.gone_rank > 1, false) or coalesce(p.pension_status <> '正常', false)) as may_have_left,
       coalesce(m.registration_rank <= 2, false) as is_registered,
       is_sure_who and (coalesce(m.firm_job or m.firm_licence, false) or coalesce(m.kin_name = m.name, false) or coalesce(e.employment_rank <= 1, false)) as is_working,
       coalesce(m.has_job or m.has_licence, false) or m.kin_name is not null or e.employment_rank is not null as may_be_working,
       is_sure_who and (coalesce(m.firm_licence or m.licence_weak_rank <= 1, false) or coalesce(i.has_business_income and i.income_rank <= 1, false)
                       or m.has_kin_business) as has_business,
       greatest(m.book_rank, case when m.has_job then m.hired_rank when m.has_licence then m.licence_rank when m.kin_name = m.name then 0
                                  when m.kin_name is not null then 4 else e.employment_rank end) as work_rank,
       case when m.has_job then m.hired_records when m.has_licence then m.licence_records when m.kin_name is not null then [m.kin_record]
            else e.employment_records end as work_records,
       case when m.has_job then m.hired_from when m.has_licence then m.licence_from when m.kin_name is not null then m.kin_from else e.employment_from end as work_from,
       coalesce(i.whole_income, m.kin_income) as whole_income, coalesce(i.is_income_checked, m.is_kin_income_checked) as is_income_checked, i.income_rank
from member as m cross join today as t cross join national as n left join topic_gone as g using (person_id)
left join topic_income as i using (person_id) left join topic_employment as e using (person_id) left join topic_pension as p using (person_id);

-- `working_age` counts those who are so or may be so. Work that a doubtful row tells of takes no family's help: it is counted
-- apart, as `maybe_working`. Nor does a member without registration whose age, or who it is, or whether they left the labour
-- market is not sure: `unsure` leaves it open.
create or replace temp table fact_household as
with told as (select *, not is_out and is_of_age is distinct from false as counts from fact_member)
select office, household_no, count(*) as household_members, count(*) filter (counts and (is_of_age or is_registered)) as household_working_age,
       count(*) filter (counts and is_registered and not is_working) as household_registered,
       count(*) filter (counts and is_working) as household_working,
       count(*) filter (counts and not is_registered and not is_working and is_away) as household_away,
       count(*) filter (counts and not is_registered and not is_working and not is_away and not may_have_left and is_of_age and is_sure_who) as household_idle,
       count(*) filter (counts and may_be_working and not is_working) as household_maybe_working,
       count(*) filter (counts and (is_of_age is null or not is_sure_who or may_have_left) and not is_registered and not is_working) as household_unsure,
       count(*) filter (not is_out and has_business) as household_businesses, count(*) filter (not is_out and age < 18) as household_minors,
       sum(whole_income) / count(*) filter (not is_out) as household_income_per_head, max(income_rank) as household_income_rank,
       bool_and(is_income_checked) as is_household_income_checked
from told group by office, household_no;

-- Of each household first, then of each person: a college or a firm may have a household of thousands.
create or replace temp table topic_household_work as
with first as (
    select distinct on (office, household_no) * from fact_member where may_be_working and not is_out and is_of_age is distinct from false
    order by office, household_no, work_rank, work_from desc, record_id
)
select distinct on (h.person_id) h.person_id, m.work_from as household_work_from, m.work_rank as household_work_rank,
       list_distinct(list_concat(m.work_records, [m.record_id])) as household_work_records, m.person_id = h.person_id as is_own_work
from topic_household as h inner join first as m on m.office = h.book_office and m.household_no = h.book_no
order by h.person_id, m.work_rank, m.work_from desc, m.record_id;

-- Records of other people on which a finding about somebody may rest.
create or replace temp table shared_evidence as
select distinct person_id, unnest(household_work_records) as record_id from topic_household_work;
