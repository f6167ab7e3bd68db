-- Which open post fits whom (JN-4.1, ZS-3.4.2), and why. Age, education and, for public-welfare posts, recognition are limits;
-- trade, skill, place, pay and education give points, whose plain sum is the score. What nobody told of a person is outside
-- no limit, gives no point, and is named. The pairs of a large city do not fit into memory (docs/decisions/0052): `post_fitting`
-- tells of those in `post_pair`, and both sides go by numbers, in the order in which they are asked (deal.py): posts by the
-- newest, seekers by recognition and by how long they are registered.
create or replace temp table post_number as
select p.*, r.places, row_number() over (order by p.valid_from desc, vacancy_no) - 1 as post_no from post_now as p inner join post_room as r using (vacancy_no);
create or replace temp table post_asker as
select *, row_number() over (order by is_hardship desc, waits_since, person_id) - 1 as asker, dense_rank() over (order by job_need, skill) as words from post_seeker;

-- What is asked for and what one can do, word by word, beside what posts are called: 4 and 2 points for the same word, 2
-- and 1 where one word holds the other. A word that begins with 不, 除 or 非 asks for nothing.
create or replace temp table post_suited as
with said as (select distinct words, job_need, skill from post_asker),
told as (
    select words, true as is_asked, unnest(string_split_regex(job_need, '[、，,；;/ ]+')) as word from said
    union all select words, false, unnest(string_split_regex(skill, '[、，,；;/ ]+')) from said
),
called as (select post_no, post as word from post_number union select post_no, trade from post_number where trade is not null),
pairs as (
    select w.word, c.word as called, if(w.word = c.word, 2, 1) as worth
    from (select distinct word from told where word <> '' and not regexp_matches(word, '^[不除非]')) as w cross join (select distinct word from called) as c
    where w.word = c.word or (least(len(w.word), len(c.word)) >= 2 and (contains(w.word, c.word) or contains(c.word, w.word)))
)
select t.words, c.post_no, coalesce(2 * max(p.worth) filter (t.is_asked), 0) as asked, coalesce(max(p.worth) filter (not t.is_asked), 0) as skilled
from told as t inner join pairs as p using (word) inner join called as c on c.word = p.called group by all;

create or replace temp table post_pair (asker bigint, post_no bigint, asked integer, skilled integer);
create or replace temp view post_fitting as
with told as (
    select o.*, s.person_id, p.vacancy_no, p.is_public, if(contains(p.place, s.near), 2, 0) as nearby,
           case when p.pay_from >= s.pay_wish then 2 when coalesce(p.pay_to, p.pay_from) >= s.pay_wish then 1 else 0 end as paid,
           if(s.schooling >= p.schooling, 1, 0) as schooled, if(p.is_public, 2, 0) as aided,
           p.max_age is not null and s.age_years is null as is_age_unknown, p.schooling is not null and s.schooling is null as is_schooling_unknown,
           coalesce(coalesce(p.pay_to, p.pay_from) < s.pay_wish, false) as is_paid_less
    from post_pair as o inner join post_asker as s using (asker) inner join post_number as p using (post_no)
    where coalesce(s.age_years <= p.max_age, true) and coalesce(s.schooling >= p.schooling, true)
)
select *, asked + skilled + nearby + paid + schooled + aided as score from told;

-- What was named before and stands, and what is dealt out tonight (deal.py).
create or replace temp table post_named as
select person_id, vacancy_no, bool_or(kind = 'public') as was_public, true as is_pushed from pushed where ended_on is null group by all;
