-- The wide view, complete: one row per known person, with what left.sql, standing.sql, help.sql, money.sql and
-- households.sql found. `has_`, `firm_` and `_rank` mean what they mean in wide.sql.
create or replace temp view wide as
with widened as (
    select w.*, st.* exclude (person_id), st.recognition_rank is not null as is_recognised, coalesce(st.recognition_rank <= 1, false) as firm_recognition,
           regexp_matches(st.recognition_basis, '4050|大龄') as is_recognised_older,
           regexp_matches(st.recognition_basis, '零就业|zero_family') as is_recognised_zero_family,
           regexp_matches(st.recognition_basis, '残|disab') as is_recognised_disabled,
           regexp_matches(st.recognition_basis, '低保|最低生活|dibao') as is_recognised_dibao,
           regexp_matches(st.recognition_basis, '单亲') as is_recognised_single_parent,
           regexp_matches(st.recognition_basis, '脱贫|贫困|poverty') as is_recognised_poverty,
           coalesce(st.exited_rank <= 2, false) as was_recognised, st.gone_rank is not null as has_gone, coalesce(st.gone_rank <= 1, false) as firm_gone,
           st.registration_ended_rank is not null as was_registered, st.deregistration_rank is not null as has_deregistration, st.unit_rank is not null as has_unit, st.unit_weak_rank is not null as has_weak_unit, st.trade_rank is not null as has_trade,
           st.employment_rank is not null as has_employment, coalesce(st.employment_rank <= 1, false) as firm_employment,
           st.post_held_rank is not null as has_post_held, coalesce(st.post_held_rank <= 1, false) as firm_post_held, st.fraud_rank is not null as has_fraud, st.confirmed_job_rank is not null as has_confirmed_job,
           retirement_date(w.birth_date, w.sex, n.base_male_months, n.base_female_early_months, n.rise_from,
                           if(w.sex = '女', n.rise_step_early_months, n.rise_step_months), if(w.sex = '女', n.rise_cap_early_months, n.rise_cap_months)) as retirement_date_early,
           ho.* exclude (person_id), ho.household_rank is not null as has_household, ho.household_work_rank is not null as has_household_work,
           ho.child_rank is not null as has_child,
           li.* exclude (person_id), li.dibao_rank is not null as has_dibao, coalesce(li.dibao_rank <= 1, false) as firm_dibao, li.dibao_ended_rank is not null as had_dibao,
           li.certificate_ended_rank is not null as had_certificate, li.poverty_rank is not null as has_poverty, li.watched_rank is not null as has_watched,
           li.land_rank is not null as has_land, li.graduate_rank is not null as has_graduate,
           he.* exclude (person_id, served_rank, served_records, services_enjoyed, month_posts, month_public_info, spell_guidance, spell_providers, spell_startup, internships_offered,
                         help_guidance, help_posts, help_training, help_training_offered, help_courses, year_services, year_services_possible, year_courses, course_rank,
                         course_records, free_courses_this_year, skills_certified),
           coalesce(he.served_rank, 0) as served_rank, coalesce(he.served_records, []) as served_records,
           coalesce(he.services_enjoyed, 0) as services_enjoyed,
           coalesce(he.month_posts, 0) as month_posts, coalesce(he.month_public_info, 0) as month_public_info, coalesce(he.spell_guidance, 0) as spell_guidance,
           coalesce(he.spell_providers, 0) as spell_providers, coalesce(he.spell_startup, 0) as spell_startup, coalesce(he.internships_offered, 0) as internships_offered,
           coalesce(he.help_guidance, 0) as help_guidance, coalesce(he.help_posts, 0) as help_posts,
           coalesce(he.help_training, 0) + coalesce(he.help_courses, 0) as help_training, coalesce(he.help_training_offered, 0) as help_training_offered,
           coalesce(he.year_services, 0) as year_services, coalesce(he.year_services_possible, 0) + coalesce(he.year_courses, 0) as year_services_possible,
           he.refusal_rank is not null as has_refusal, he.refusals_rank is not null as has_refusals, he.quit_rank is not null as has_quit,
           coalesce(he.course_rank, 0) as course_rank, coalesce(he.course_records, []) as course_records, coalesce(he.free_courses_this_year, 0) as free_courses_this_year,
           coalesce(he.skills_certified, 0) as skills_certified,
           mo.* exclude (person_id), mo.income_rank is not null as has_income, mo.subsidy_rank is not null as has_subsidy,
           is_subsidised(mo.job_subsidised_to, w.hired_from) as is_job_subsidised,
           is_subsidised(mo.training_subsidised_to, w.hired_from) as is_training_subsidised,
           is_subsidised(mo.flexible_subsidised_to, w.flexible_from) as is_flexible_subsidised,
           mo.overlap_job_rank is not null as has_overlap_job, mo.overlap_death_rank is not null as has_overlap_death,
           mo.overlap_pension_rank is not null as has_overlap_pension, mo.overlap_licence_rank is not null as has_overlap_licence,
           mo.job_then_rank is not null as has_job_then,
           cl.has_course_log,
           ca.* exclude (person_id), ca.twice_rank is not null as has_twice, ca.grouped_rank is not null as has_grouped, ca.prelim_rank is not null as has_prelim,
           ca.online_rank is not null as has_online_pass, ca.recommended_rank is not null as has_result_open,
           ob.open_public_posts, coalesce(greatest(ca.own_places_on, pt.all_places_on) > last_day(w.stop_last_paid_month), false) as has_outside_insurance
    from wide_begun as w cross join national as n cross join open_public as ob cross join places_told as pt cross join course_log as cl
    left join part_standing as st using (person_id) left join part_home as ho using (person_id) left join part_listed as li using (person_id)
    left join part_helped as he using (person_id) left join part_paid as mo using (person_id)
    left join part_care as ca using (person_id)
)
select *, strftime(as_of, '%Y-%m') as this_month, last_day(as_of) as this_month_end,
       strftime(as_of - interval 1 month, '%Y-%m') as last_month, last_day(as_of - interval 1 month) as last_month_end,
       coalesce(told_columns, 0) + if(birth_date is null, 0, 1) as known_columns,
       concat_ws('、', if(phone is null, '人员底数', null), if(coalesce(is_skill_told, false), null, '技能水平'), if(coalesce(is_wish_told, false), null, '就业意愿'),
                 if(coalesce(is_need_told, false), null, '服务需求')) as clears_missing,
       coalesce(usual_place, registered_hukou_kind, hukou_kind) = '城镇' as is_urban, coalesce(if(registration_rank <= 2, able, null), visit_able, able) as is_able,
       coalesce(if(registration_rank <= 2, willing, null), visit_willing, willing) as is_willing,
       case when birth_date is null or sex is null then null when as_of >= retirement_date_late then true when as_of < retirement_date_early then false end as is_of_retirement_age,
       case when birth_date is null or sex is null then null when age_years < 16 or as_of >= retirement_date_late then false when as_of < retirement_date_early then true end as is_working_age
from widened;
