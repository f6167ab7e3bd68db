-- Each post by the latest word about it, and how many people it may still be named to: the places it seeks, less those to whom
-- it is named already. The place of a push that ends tonight is free the day after, however often tonight is run.
create or replace temp table post_now as
select distinct on (v.vacancy_no) v.vacancy_no, v.post, v.trade, v.max_age, education_level(v.education) as schooling, v.place, v.pay_from, v.pay_to,
       v.valid_from, v.valid_to, v.employer_uscc, v.employer_name, coalesce(v.public_welfare, false) as is_public,
       coalesce(t.as_of <= v.valid_to, false) as is_open, v.headcount, v.record_id
from now_vacancy as v cross join today as t where v.valid_from <= t.as_of order by v.vacancy_no, v.valid_from desc, v.office, v.record_id;

create or replace temp table post_room as
with named as (select vacancy_no, count(distinct person_id) as people from pushed cross join today as t where coalesce(ended_on >= t.as_of, true) group by vacancy_no)
select p.vacancy_no, p.headcount * n.people_a_place - coalesce(d.people, 0) as places
from post_now as p cross join national as n left join named as d using (vacancy_no) where p.is_open;
