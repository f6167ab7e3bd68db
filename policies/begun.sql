-- The wide view of what wide.sql found; wider.sql widens it.
create or replace temp view wide_begun as
with flags as (
    select bool_or(has_service_log) as has_service_log from source_flag
)
select p.person_id, p.name, p.id_number, p.sex, p.birth_date, p.town, p.village, p.phone, p.held_for, p.is_held, t.as_of,
       age_on(p.birth_date, t.as_of) as age_years,
       retirement_date(p.birth_date, p.sex, n.base_male_months, n.base_female_late_months, n.rise_from, n.rise_step_months,
                       n.rise_cap_months) as retirement_date_late,
       r.registration_rank is not null as is_registered, coalesce(r.registration_rank <= 1, false) as firm_registration,
       r.* exclude (person_id, service_rank, service_records, refusals_in_row, guidance_count, post_count, training_count),
       case when r.registered_from is null then null when t.as_of <= r.registered_from + interval 1 month then 'short'
            when t.as_of <= r.registered_from + interval 6 month then 'mid' else 'long' end as tier,
       case when r.registered_from is null then null when t.as_of <= r.registered_from + interval 1 month then '短期失业'
            when t.as_of <= r.registered_from + interval 6 month then '中短期失业' else '长期失业' end as tier_name,
       i.* exclude (person_id, stop_reasons), coalesce(i.stop_reasons, []) as stop_reasons, i.stop_rank is not null as has_stop,
       i.hired_rank is not null as has_job, coalesce(i.hired_rank <= 1, false) as firm_job,
       i.flexible_rank is not null as has_flexible, coalesce(i.flexible_rank <= 1, false) as firm_flexible,
       s.* exclude (person_id), s.benefit_rank is not null as has_benefit, coalesce(s.benefit_rank <= 2, false) as usable_benefit,
       coalesce(s.benefit_rank <= 1, false) as firm_benefit, coalesce(s.benefit_ended_rank <= 2, false) as had_benefit,
       s.aid_rank is not null as has_aid, coalesce(s.aid_rank <= 1, false) as firm_aid, s.certificate_rank is not null as has_certificate,
       l.* exclude (person_id), l.licence_rank is not null as has_licence, coalesce(l.licence_rank <= 1, false) as firm_licence,
       l.shop_rank is not null as has_shop, l.firm_rank is not null as has_firm, l.licence_weak_rank is not null as has_weak_licence,
       coalesce(l.licence_ended_rank <= 2, false) as had_licence,
       d.* exclude (person_id), d.pension_rank is not null as has_pension,
       coalesce(d.pension_rank <= 1 and coalesce(d.pension_status, '正常') = '正常', false) as firm_pension,
       d.death_rank is not null as has_death, coalesce(d.death_rank <= 1, false) as firm_death,
       coalesce(r.service_rank, 0) as service_rank, coalesce(r.service_records, []) as service_records,
       coalesce(r.refusals_in_row, 0) as refusals_in_row, coalesce(r.guidance_count, 0) as guidance_count,
       coalesce(r.post_count, 0) as post_count, coalesce(r.training_count, 0) as training_count,
       coalesce(f.has_service_log, false) as has_service_log
from everybody as p cross join today as t cross join national as n cross join flags as f
left join part_registered as r using (person_id) left join part_insured as i using (person_id) left join part_supported as s using (person_id)
left join part_licensed as l using (person_id) left join part_left as d using (person_id);
