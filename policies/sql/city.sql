-- What is counted over the whole city, not of anybody in it: small, and the same for every part of the people.
-- The place that most lines of insurance name is here.
create or replace temp table here_place as
select coalesce(place, '') as place from now_insurance_active group by coalesce(place, '') order by count(*) desc, coalesce(place, '') limit 1;

create or replace temp table places_told as
select max(s.snapshot_date) as all_places_on
from insurance_source as s
where s.office in (select office from now_insurance_active where place not in ('本市', '本地') and place not in (select place from here_place));

create or replace temp table open_public as
with last_word as (
    select distinct on (v.vacancy_no) v.public_welfare, v.valid_to
    from now_vacancy as v cross join today as t where v.valid_from <= t.as_of order by v.vacancy_no, v.valid_from desc, v.office, v.record_id
)
select count(*) as open_public_posts from last_word as v cross join today as t
where v.public_welfare and (v.valid_to is null or t.as_of <= v.valid_to);

create or replace temp table course_log as
select exists (from now_training) as has_course_log;
