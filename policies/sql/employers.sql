-- One row per employer that somebody left or joined lately. `person_id` is the ledger's key of the employer; in a sealed
-- entry it is empty. Net stoppages: people, not lines, without those who retired, died or are insured by another employer
-- from the same or the following month, as after a merger.
create or replace temp table wide_employer as
with told as (
    select distinct on (employer_uscc) employer_uscc, employer_name, headcount, coalesce(key_enterprise, false) as is_key, layoff_notice_date
    from now_employer order by employer_uscc, office, record_id
),
stops as (
    select l.employer_key, min(l.employer_uscc) as employer_uscc, min(l.employer_name) as employer_name, count(*) as stops, max(l.rank) as stop_rank,
           list(l.record_id order by l.record_id) as stop_records, count(*) filter (p.recognition_rank <= 3) as hardship_stops
    from fact_left as l inner join everybody using (person_id) left join part_standing as p using (person_id) group by l.employer_key
),
hires as (
    select employer_key, min(employer_uscc) as employer_uscc, min(employer_name) as employer_name, count(*) filter (not is_job_subsidised) as hires,
           count(*) filter (not is_training_subsidised) as trainees,
           max(rank) as hire_rank, list(record_id order by record_id) as hire_records
    from fact_joined group by employer_key
)
select 'E:' || coalesce(s.employer_key, h.employer_key) as person_id, t.as_of, null::varchar as held_for, false as is_held, coalesce(s.employer_key, h.employer_key) as id_number,
       coalesce(s.employer_key, h.employer_key) as employer_key, coalesce(s.employer_uscc, h.employer_uscc) as employer_uscc,
       coalesce(e.employer_name, s.employer_name, h.employer_name) as employer_name, e.headcount as employer_headcount, e.is_key as employer_is_key,
       e.layoff_notice_date as employer_notice_on, coalesce(s.stops, 0) as employer_stops, coalesce(s.stops, 0) / nullif(e.headcount, 0) as employer_stop_share,
       coalesce(s.hardship_stops, 0) as employer_hardship_stops, s.stop_rank as employer_stop_rank, s.stop_records as employer_stop_records,
       coalesce(h.hires, 0) as employer_hires, coalesce(h.trainees, 0) as employer_trainees, h.hire_rank as employer_hire_rank, h.hire_records as employer_hire_records
from stops as s full join hires as h using (employer_key) cross join today as t
left join told as e on e.employer_uscc = coalesce(s.employer_uscc, h.employer_uscc);

insert into shared_evidence
select person_id, unnest(list_concat(coalesce(employer_stop_records, []), coalesce(employer_hire_records, []))) from wide_employer;

-- One row per vacancy. `person_id` is the ledger's key of the vacancy, as of an employer.
create or replace temp table wide_vacancy as
select distinct on (v.vacancy_no) 'E:' || v.vacancy_no as person_id, t.as_of, null::varchar as held_for, false as is_held, v.vacancy_no as id_number, v.vacancy_no,
       v.employer_uscc as vacancy_uscc, v.employer_name as vacancy_name, v.post as vacancy_post, v.valid_from as vacancy_from, v.valid_to as vacancy_to,
       0 as vacancy_rank, [v.record_id] as vacancy_records
from now_vacancy as v cross join today as t where v.valid_from <= t.as_of order by v.vacancy_no, v.valid_from desc, v.office, v.record_id;

insert into shared_evidence select person_id, unnest(vacancy_records) from wide_vacancy;
