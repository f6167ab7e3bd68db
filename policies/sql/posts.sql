-- Who looks for work, what is told of their wishes, and what the month still owes them: all that posts are matched by
-- (JN-4.1, ZS-3.4.2). Which post fits whom is found of everybody together (offers.sql).
create or replace temp table topic_seeker as
select r.person_id, age_on(p.birth_date, d.as_of) as age_years, t.job_need, t.skill, education_level(t.education) as schooling, t.pay_wish,
       coalesce(t.place_wish, p.town) as near, coalesce(h.recognition_rank <= 2, false) and not coalesce(o.post_held_rank <= 1, false) as is_hardship,
       r.registered_from as waits_since
from topic_registration as r inner join everybody as p using (person_id) cross join today as d left join topic_told as t using (person_id)
left join topic_recognition as h using (person_id) left join topic_post_held as o using (person_id)
where r.registration_rank <= 2 and (t.wish is null or contains(t.wish, '就业'));

-- What the month still owes each: three posts less those pushed or recommended since its first day, and one public-welfare
-- post for the recognised. No post is named to the same person twice, whichever policy named it.
create or replace temp table topic_owed as
with named as (
    select person_id, kind = 'public' as is_public, vacancy_no as post from pushed cross join today as t where pushed_on >= date_trunc('month', t.as_of)
    union
    select person_id, service_kind = '公益性岗位信息', coalesce(vacancy_no, record_id) from fact_served cross join today as t
    where service_kind in ('岗位推荐', '公益性岗位信息') and served_on >= date_trunc('month', t.as_of)
)
select s.person_id, any_value(n.posts_a_month) - count(d.post) filter (not d.is_public) as posts, any_value(n.public_posts_a_month) - count(d.post) filter (d.is_public) as public_posts
from topic_seeker as s cross join national as n left join named as d using (person_id) group by s.person_id;
create or replace temp table post_seeker as select * from topic_seeker inner join topic_owed using (person_id);
create or replace temp table post_told as
select distinct person_id, vacancy_no from fact_served where vacancy_no is not null and person_id in (select person_id from post_seeker);
