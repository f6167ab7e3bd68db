-- What wide.sql does not hold yet, side by side as there: one row per person who has any of it.
create or replace temp table part_standing as
with anybody as (
    select person_id from topic_registered union select person_id from topic_recognition union select person_id from topic_exited
    union select person_id from topic_gone union select person_id from topic_unit union select person_id from topic_unit_weak union select person_id from topic_trade union select person_id from topic_employment
    union select person_id from topic_visit union select person_id from topic_post_held union select person_id from topic_fraud
    union select person_id from topic_confirmed_job union select person_id from topic_registration_ended
    union select person_id from topic_deregistration
)
select * from anybody left join topic_registered using (person_id) left join topic_recognition using (person_id) left join topic_exited using (person_id)
left join topic_gone using (person_id) left join topic_unit using (person_id) left join topic_unit_weak using (person_id) left join topic_trade using (person_id) left join topic_employment using (person_id)
left join topic_visit using (person_id) left join topic_post_held using (person_id) left join topic_fraud using (person_id)
left join topic_confirmed_job using (person_id) left join topic_registration_ended using (person_id)
left join topic_deregistration using (person_id);

create or replace temp table part_listed as
with anybody as (
    select person_id from topic_dibao union select person_id from topic_dibao_ended union select person_id from topic_certificate_ended
    union select person_id from topic_poverty union select person_id from topic_watched union select person_id from topic_land
    union select person_id from topic_graduate
)
select * from anybody left join topic_dibao using (person_id) left join topic_dibao_ended using (person_id) left join topic_certificate_ended using (person_id)
left join topic_poverty using (person_id) left join topic_watched using (person_id) left join topic_land using (person_id)
left join topic_graduate using (person_id);

create or replace temp table part_helped as
with anybody as (
    select person_id from topic_served union select person_id from topic_refusal union select person_id from topic_refusals
    union select person_id from topic_quit union select person_id from topic_course
)
select * from anybody left join topic_served using (person_id) left join topic_refusal using (person_id) left join topic_refusals using (person_id)
left join topic_quit using (person_id) left join topic_course using (person_id);

create or replace temp table part_paid as
with anybody as (
    select person_id from topic_insured_months union select person_id from topic_income union select person_id from topic_subsidy
    union select person_id from topic_overlap_job union select person_id from topic_overlap_death union select person_id from topic_overlap_pension
    union select person_id from topic_overlap_licence union select person_id from topic_job_then
)
select * from anybody left join topic_insured_months using (person_id) left join topic_income using (person_id) left join topic_subsidy using (person_id)
left join topic_overlap_job using (person_id) left join topic_overlap_death using (person_id) left join topic_overlap_pension using (person_id)
left join topic_overlap_licence using (person_id) left join topic_job_then using (person_id);

create or replace temp table part_home as
with anybody as (
    select person_id from topic_household union select person_id from topic_household_work union select person_id from topic_marriage
    union select person_id from topic_child
)
select * exclude (book_no, book_office, office, household_no)
from anybody left join topic_household using (person_id) left join topic_household_work using (person_id) left join topic_marriage using (person_id)
left join topic_child using (person_id) left join fact_household on office = book_office and fact_household.household_no = book_no;
