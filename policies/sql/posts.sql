-- People and open posts (JN-4.1, ZS-3.4.2): who may be told of which post, and why. Age, education and, for public-welfare
-- posts, recognition are limits; trade, skill, place, pay and education give points, whose plain sum is the score. What
-- nobody told of a person is outside no limit, gives no point, and is named.
create or replace temp table topic_seeker as
select r.person_id, age_on(p.birth_date, d.as_of) as age_years, t.job_need, t.skill, education_level(t.education) as schooling, t.pay_wish,
       coalesce(t.place_wish, p.town) as near, coalesce(h.recognition_rank <= 2, false) and not coalesce(o.post_held_rank <= 1, false) as is_hardship,
       r.registered_from as waits_since
from topic_registration as r inner join everybody as p using (person_id) cross join today as d left join topic_told as t using (person_id)
left join topic_recognition as h using (person_id) left join topic_post_held as o using (person_id)
where r.registration_rank <= 2 and (t.wish is null or contains(t.wish, '就业'));

-- What is asked for and what one can do, word by word, beside what posts are called: 4 and 2 points for the same word, 2
-- and 1 where one word holds the other. A word that begins with 不, 除 or 非 asks for nothing.
create or replace temp table topic_suited as
with said as (select distinct job_need, skill from topic_seeker where job_need is not null or skill is not null),
words as (
    select job_need, skill, true as is_asked, unnest(string_split_regex(job_need, '[、，,；;/ ]+')) as word from said
    union all select job_need, skill, false, unnest(string_split_regex(skill, '[、，,；;/ ]+')) from said
),
called as (select vacancy_no, post as word from post_now where is_open union select vacancy_no, trade from post_now where is_open and trade is not null),
pairs as (
    select w.word, c.word as called, if(w.word = c.word, 2, 1) as worth
    from (select distinct word from words where word <> '' and not regexp_matches(word, '^[不除非]')) as w cross join (select distinct word from called) as c
    where w.word = c.word or (least(len(w.word), len(c.word)) >= 2 and (contains(w.word, c.word) or contains(c.word, w.word)))
)
select w.job_need, w.skill, c.vacancy_no, coalesce(2 * max(p.worth) filter (w.is_asked), 0) as asked, coalesce(max(p.worth) filter (not w.is_asked), 0) as skilled
from words as w inner join pairs as p using (word) inner join called as c on c.word = p.called group by all;

-- An ordinary post is one that was asked for, or that suits the skill of somebody who asked for nothing. A public-welfare
-- post is for the recognised who hold none, whatever its trade.
create or replace temp table topic_fitting as
with offered as (
    select s.person_id, u.vacancy_no, u.asked, u.skilled
    from topic_seeker as s inner join topic_suited as u on u.job_need is not distinct from s.job_need and u.skill is not distinct from s.skill
    inner join post_now as p using (vacancy_no) where not p.is_public and (u.asked > 0 or s.job_need is null)
    union all
    select s.person_id, p.vacancy_no, coalesce(u.asked, 0), coalesce(u.skilled, 0)
    from topic_seeker as s inner join post_now as p on p.is_public and p.is_open and s.is_hardship
    left join topic_suited as u on u.vacancy_no = p.vacancy_no and u.job_need is not distinct from s.job_need and u.skill is not distinct from s.skill
)
select o.person_id, o.vacancy_no, p.is_public, p.valid_from, o.asked, o.skilled, if(contains(p.place, s.near), 2, 0) as nearby,
       case when p.pay_from >= s.pay_wish then 2 when coalesce(p.pay_to, p.pay_from) >= s.pay_wish then 1 else 0 end as paid,
       if(s.schooling >= p.schooling, 1, 0) as schooled, if(p.is_public, 2, 0) as aided,
       p.max_age is not null and s.age_years is null as is_age_unknown, p.schooling is not null and s.schooling is null as is_schooling_unknown,
       coalesce(coalesce(p.pay_to, p.pay_from) < s.pay_wish, false) as is_paid_less,
       o.asked + o.skilled + if(contains(p.place, s.near), 2, 0) + if(s.schooling >= p.schooling, 1, 0) + if(p.is_public, 2, 0)
       + case when p.pay_from >= s.pay_wish then 2 when coalesce(p.pay_to, p.pay_from) >= s.pay_wish then 1 else 0 end as score
from offered as o inner join topic_seeker as s using (person_id) inner join post_now as p using (vacancy_no)
where coalesce(s.age_years <= p.max_age, true) and coalesce(s.schooling >= p.schooling, true);

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

-- Whom which post may be named to tonight, in the order in which they are asked (deal.py): those who still are owed one, and
-- posts that have a place left. And the posts that were named before and stand, with how they fit today.
create or replace temp table post_offer as
with fresh as (
    select f.*, if(f.is_public, o.public_posts, o.posts) as owed, s.is_hardship, s.waits_since
    from topic_fitting as f inner join topic_owed as o using (person_id) inner join topic_seeker as s using (person_id) semi join post_room as r on r.vacancy_no = f.vacancy_no and r.places > 0
    where if(f.is_public, o.public_posts, o.posts) > 0
      and not exists (from pushed as p where p.person_id = f.person_id and p.vacancy_no = f.vacancy_no)
      and not exists (from fact_served as s where s.person_id = f.person_id and s.vacancy_no = f.vacancy_no)
),
before as (select person_id, vacancy_no, bool_or(kind = 'public') as was_public from pushed where ended_on is null group by all)
select *, false as is_pushed, is_public as was_public from fresh
union all by name
select b.person_id, b.vacancy_no, true as is_pushed, b.was_public, 0 as owed, f.* exclude (person_id, vacancy_no)
from before as b left join topic_fitting as f using (person_id, vacancy_no);
