-- The wide view, complete: one row per known person, with what left.sql, standing.sql, help.sql, money.sql and
-- households.sql found. `has_`, `firm_` and `_rank` mean what they mean in wide.sql.
create or replace temp table wide as
with widened as (
    select w.*, rx.* exclude (person_id), re.* exclude (person_id), coalesce(re.recognition_rank <= 3, false) as is_recognised,
           regexp_matches(re.recognition_basis, '4050|大龄') as is_recognised_older,
           regexp_matches(re.recognition_basis, '零就业|zero_family') as is_recognised_zero_family,
           regexp_matches(re.recognition_basis, '残|disab') as is_recognised_disabled,
           regexp_matches(re.recognition_basis, '低保|最低生活|dibao') as is_recognised_dibao,
           regexp_matches(re.recognition_basis, '单亲') as is_recognised_single_parent,
           regexp_matches(re.recognition_basis, '脱贫|贫困|poverty') as is_recognised_poverty,
           ex.* exclude (person_id), coalesce(ex.exited_rank <= 2, false) as was_recognised,
           go.* exclude (person_id), go.gone_rank is not null as has_gone, coalesce(go.gone_rank <= 1, false) as firm_gone,
           retirement_date(w.birth_date, w.sex, n.base_male_months, n.base_female_early_months, n.rise_from,
                           if(w.sex = '女', n.rise_step_early_months, n.rise_step_months), if(w.sex = '女', n.rise_cap_early_months, n.rise_cap_months)) as retirement_date_early,
           hh.* exclude (person_id, book_no, book_office), hh.household_rank is not null as has_household, fh.* exclude (office, household_no),
           hw.* exclude (person_id), hw.household_work_rank is not null as has_household_work,
           ma.* exclude (person_id), ch.* exclude (person_id), ch.child_rank is not null as has_child,
           di.* exclude (person_id), di.dibao_rank is not null as has_dibao, de.* exclude (person_id), de.dibao_ended_rank is not null as had_dibao,
           ce.* exclude (person_id), ce.certificate_ended_rank is not null as had_certificate,
           po.* exclude (person_id), po.poverty_rank is not null as has_poverty, wa.* exclude (person_id), wa.watched_rank is not null as has_watched,
           la.* exclude (person_id), la.land_rank is not null as has_land, gr.* exclude (person_id), gr.graduate_rank is not null as has_graduate,
           un.* exclude (person_id), un.unit_rank is not null as has_unit,
           em.* exclude (person_id), em.employment_rank is not null as has_employment, coalesce(em.employment_rank <= 1, false) as firm_employment,
           vi.* exclude (person_id), ph.* exclude (person_id), ph.post_held_rank is not null as has_post_held,
           fr.* exclude (person_id), fr.fraud_rank is not null as has_fraud,
           rz.* exclude (person_id), rz.registration_ended_rank is not null as was_registered, cj.* exclude (person_id), cj.confirmed_job_rank is not null as has_confirmed_job, su.subsidy_rank is not null as has_subsidy,
           coalesce(se.served_rank, 0) as served_rank, coalesce(se.served_records, []) as served_records, se.reached_on,
           coalesce(se.month_posts, 0) as month_posts, coalesce(se.month_public_info, 0) as month_public_info, coalesce(se.spell_guidance, 0) as spell_guidance,
           coalesce(se.spell_providers, 0) as spell_providers, coalesce(se.spell_startup, 0) as spell_startup, coalesce(se.internships_offered, 0) as internships_offered,
           coalesce(se.help_guidance, 0) as help_guidance, coalesce(se.help_posts, 0) as help_posts,
           coalesce(se.help_training, 0) + coalesce(co.help_courses, 0) as help_training, coalesce(se.help_training_offered, 0) as help_training_offered,
           coalesce(se.year_services, 0) as year_services, coalesce(se.year_services_possible, 0) as year_services_possible,
           rf.* exclude (person_id), rf.refusal_rank is not null as has_refusal, r3.* exclude (person_id), r3.refusals_rank is not null as has_refusals,
           qu.* exclude (person_id), qu.quit_rank is not null as has_quit,
           coalesce(co.course_rank, 0) as course_rank, coalesce(co.course_records, []) as course_records, coalesce(co.free_courses_this_year, 0) as free_courses_this_year,
           coalesce(co.skills_certified, 0) as skills_certified, co.certificate_awaited_since,
           im.* exclude (person_id), ic.* exclude (person_id), ic.income_rank is not null as has_income,
           su.* exclude (person_id), coalesce(su.job_subsidised_to >= date_trunc('month', w.hired_from), false) as is_job_subsidised,
           coalesce(su.flexible_subsidised_to >= date_trunc('month', w.flexible_from), false) as is_flexible_subsidised,
           oj.* exclude (person_id), oj.overlap_job_rank is not null as has_overlap_job, od.* exclude (person_id), od.overlap_death_rank is not null as has_overlap_death,
           op.* exclude (person_id), op.overlap_pension_rank is not null as has_overlap_pension, ol.* exclude (person_id), ol.overlap_licence_rank is not null as has_overlap_licence,
           jt.* exclude (person_id), jt.job_then_rank is not null as has_job_then,
           exists (from now_training) as has_course_log,
           ca.* exclude (person_id), ca.twice_rank is not null as has_twice, ca.grouped_rank is not null as has_grouped, ca.prelim_rank is not null as has_prelim,
           ca.online_rank is not null as has_online_pass, ca.match_rank is not null as has_match, ca.recommended_rank is not null as has_result_open,
           ob.open_public_posts, coalesce(greatest(ca.own_places_on, pt.all_places_on) > last_day(w.stop_last_paid_month), false) as has_outside_insurance
    from wide as w cross join national as n cross join open_public as ob cross join places_told as pt
    left join topic_registered as rx using (person_id) left join topic_recognition as re using (person_id) left join topic_exited as ex using (person_id)
    left join topic_gone as go using (person_id) left join topic_household as hh using (person_id)
    left join fact_household as fh on fh.office = hh.book_office and fh.household_no = hh.book_no
    left join topic_household_work as hw using (person_id) left join topic_marriage as ma using (person_id) left join topic_child as ch using (person_id)
    left join topic_dibao as di using (person_id) left join topic_dibao_ended as de using (person_id) left join topic_certificate_ended as ce using (person_id)
    left join topic_poverty as po using (person_id) left join topic_watched as wa using (person_id) left join topic_land as la using (person_id)
    left join topic_graduate as gr using (person_id) left join topic_unit as un using (person_id) left join topic_employment as em using (person_id)
    left join topic_visit as vi using (person_id) left join topic_post_held as ph using (person_id) left join topic_fraud as fr using (person_id)
    left join topic_confirmed_job as cj using (person_id) left join topic_registration_ended as rz using (person_id)
    left join topic_served as se using (person_id) left join topic_refusal as rf using (person_id) left join topic_refusals as r3 using (person_id)
    left join topic_quit as qu using (person_id) left join topic_course as co using (person_id) left join topic_insured_months as im using (person_id)
    left join topic_income as ic using (person_id) left join topic_subsidy as su using (person_id) left join topic_overlap_job as oj using (person_id)
    left join topic_overlap_death as od using (person_id) left join topic_overlap_pension as op using (person_id)
    left join topic_overlap_licence as ol using (person_id) left join topic_job_then as jt using (person_id)
    left join topic_care as ca using (person_id)
)
select *, strftime(as_of, '%Y-%m') as this_month, last_day(as_of) as this_month_end,
       strftime(as_of - interval 1 month, '%Y-%m') as last_month, last_day(as_of - interval 1 month) as last_month_end,
       coalesce(told_columns, 0) + if(birth_date is null, 0, 1) as known_columns,
       concat_ws('、', if(phone is null, '人员底数', null), if(coalesce(is_skill_told, false), null, '技能水平'), if(coalesce(is_wish_told, false), null, '就业意愿'),
                 if(coalesce(is_need_told, false), null, '服务需求')) as clears_missing,
       coalesce(usual_place, registered_hukou_kind, hukou_kind) = '城镇' as is_urban, coalesce(able, visit_able) as is_able, coalesce(willing, visit_willing) as is_willing,
       case when birth_date is null or sex is null then null when as_of >= retirement_date_late then true when as_of < retirement_date_early then false end as is_of_retirement_age,
       case when birth_date is null or sex is null then null when age_years < 16 or as_of >= retirement_date_late then false when as_of < retirement_date_early then true end as is_working_age
from widened;
