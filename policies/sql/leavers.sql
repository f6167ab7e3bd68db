-- Who left or joined an employer lately; employers.sql counts them.
create or replace temp table fact_left as
select coalesce(s.employer_uscc, s.employer_name) as employer_key, s.person_id, min(s.employer_uscc) as employer_uscc,
       min(s.employer_name) as employer_name, min(s.record_id) as record_id, max(s.rank) as rank
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
select coalesce(i.hired_uscc, i.hired_name) as employer_key, i.person_id, i.hired_uscc as employer_uscc, i.hired_name as employer_name,
       i.hired_records[1] as record_id, i.hired_rank as rank, is_subsidised(m.job_subsidised_to, i.hired_from) as is_job_subsidised,
       is_subsidised(m.training_subsidised_to, i.hired_from) as is_training_subsidised
from part_insured as i inner join everybody as p using (person_id) cross join today as t cross join national as n
left join part_standing as s using (person_id) left join part_supported as c using (person_id) left join part_listed as l using (person_id)
left join part_paid as m using (person_id)
where i.hired_rank <= 1 and i.hired_payer = '单位职工' and i.hired_from > months_after(t.as_of, -n.hire_watch_months) and not p.is_held
  and coalesce(i.hired_uscc, i.hired_name) is not null
  and (s.recognition_rank <= 2 or c.certificate_rank <= 2 or l.dibao_rank <= 2 or l.poverty_rank <= 2
       or (l.graduate_rank <= 2 and l.is_college and months_after(l.left_school_on, 24) >= t.as_of));
