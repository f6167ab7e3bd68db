-- The posts that are named to people, and how they fit today. An ordinary post fits who asked for it, or whose skill it suits
-- while they asked for nothing; a public-welfare post the recognised who hold none, whatever its trade.
insert into post_pair
select s.asker, p.post_no, coalesce(u.asked, 0), coalesce(u.skilled, 0)
from post_named inner join post_asker as s using (person_id) inner join post_number as p using (vacancy_no) left join post_suited as u using (words, post_no)
where if(p.is_public, s.is_hardship, u.asked > 0 or (s.job_need is null and u.skilled is not null));
create or replace temp table post_offer as
select n.*, f.* exclude (person_id, vacancy_no) from post_named as n left join post_fitting as f using (person_id, vacancy_no);
truncate post_pair;
create or replace temp view post_match as
select f.person_id, f.person_id || ' ' || f.vacancy_no as match_key, if(coalesce(p.is_public, f.was_public), 'public', 'vacancy') as match_kind, f.vacancy_no as match_no,
       p.post as match_post, p.place as match_place, p.employer_uscc as match_uscc, p.employer_name as match_name, p.valid_to as match_until,
       case when p.pay_from < p.pay_to then p.pay_from::bigint || '–' || p.pay_to::bigint else coalesce((coalesce(p.pay_from, p.pay_to)::bigint)::varchar, '面议') end as match_pay,
       f.score as match_score,
       concat_ws('＋', if(f.asked > 0, '意向' || f.asked, null), if(f.skilled > 0, '技能' || f.skilled, null), if(f.nearby > 0, '地点' || f.nearby, null),
                 if(f.paid > 0, '薪资' || f.paid, null), if(f.schooled > 0, '学历' || f.schooled, null), if(f.aided > 0, '公益岗' || f.aided, null)) || '＝' || f.score
       || if(f.is_age_unknown, '；年龄待核实', '') || if(f.is_schooling_unknown, '；学历待核实', '') || if(f.is_paid_less, '；低于期望月薪', '') as match_points,
       coalesce(p.valid_to < t.as_of, false) as match_is_over, p.vacancy_no is null as match_is_gone,
       f.score is not null as match_fits,
       if(f.score is not null or p.vacancy_no is null or p.valid_to < t.as_of, 0, null) as match_rank, if(f.score is null, [], [p.record_id]) as match_records
from post_offer as f cross join today as t left join post_now as p using (vacancy_no);
