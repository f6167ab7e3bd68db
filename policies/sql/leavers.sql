-- Who left or joined an employer lately; employers.sql counts them.
create or replace temp table fact_left as
select coalesce(s.employer_uscc, s.employer_name) as employer_key, s.person_id, any_value(s.employer_uscc) as employer_uscc,
       any_value(s.employer_name) as employer_name, min(s.record_id) as record_id, max(s.rank) as rank
from fact_stop as s cross join today as t cross join national as n
where s.rank <= 2 and s.valid_from > t.as_of - n.layoff_window_days::integer and s.valid_from <= t.as_of
  and coalesce(s.stop_reason not in ('退休', '死亡', '参军', '升学', '出国定居', '判刑', '单位合并转移', '重复参保'), true)
  and not exists (select 1 from fact_insured as i
                  where i.person_id = s.person_id and i.payer_kind = '单位职工' and i.rank <= 2 and i.valid_from >= date_trunc('month', s.valid_from)
                    and i.valid_from <= date_trunc('month', s.valid_from) + interval 1 month and i.valid_from <= t.as_of
                    and coalesce(i.employer_uscc <> s.employer_uscc, i.employer_name <> s.employer_name, true))
  and coalesce(s.employer_uscc, s.employer_name) is not null
group by coalesce(s.employer_uscc, s.employer_name), s.person_id;

create or replace temp table fact_joined as
select coalesce(w.hired_uscc, w.hired_name) as employer_key, w.person_id, w.hired_uscc as employer_uscc, w.hired_name as employer_name,
       w.hired_records[1] as record_id, w.hired_rank as rank, w.is_job_subsidised, w.is_training_subsidised
from wide as w cross join national as n
where w.hired_rank <= 1 and w.hired_payer = '单位职工' and w.hired_from > months_after(w.as_of, -n.hire_watch_months) and not w.is_held
  and coalesce(w.hired_uscc, w.hired_name) is not null
  and (w.recognition_rank <= 2 or w.certificate_rank <= 2 or w.dibao_rank <= 2 or w.poverty_rank <= 2
       or (w.graduate_rank <= 2 and w.is_college and months_after(w.left_school_on, 24) >= w.as_of));
