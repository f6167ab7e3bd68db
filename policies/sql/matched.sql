-- What may be named, or is named, to whom: `post_named` is every offer until the places are dealt out (deal.py), and then what was
-- dealt out and what was named before and stands.
create or replace temp table post_named as select person_id, vacancy_no from post_offer;
create or replace temp view post_match as
select n.person_id, n.person_id || ' ' || n.vacancy_no as match_key, if(coalesce(p.is_public, f.was_public), 'public', 'vacancy') as match_kind, n.vacancy_no as match_no,
       p.post as match_post, p.place as match_place, p.employer_uscc as match_uscc, p.employer_name as match_name, p.valid_to as match_until,
       case when p.pay_from < p.pay_to then p.pay_from::bigint || '–' || p.pay_to::bigint else coalesce((coalesce(p.pay_from, p.pay_to)::bigint)::varchar, '面议') end as match_pay,
       f.score as match_score,
       concat_ws('＋', if(f.asked > 0, '意向' || f.asked, null), if(f.skilled > 0, '技能' || f.skilled, null), if(f.nearby > 0, '地点' || f.nearby, null),
                 if(f.paid > 0, '薪资' || f.paid, null), if(f.schooled > 0, '学历' || f.schooled, null), if(f.aided > 0, '公益岗' || f.aided, null)) || '＝' || f.score
       || if(f.is_age_unknown, '；年龄待核实', '') || if(f.is_schooling_unknown, '；学历待核实', '') || if(f.is_paid_less, '；低于期望月薪', '') as match_points,
       coalesce(p.valid_to < t.as_of, false) as match_is_over, p.vacancy_no is null as match_is_gone,
       f.score is not null as match_fits,
       if(f.score is not null or p.vacancy_no is null or p.valid_to < t.as_of, 0, null) as match_rank, if(f.score is null, [], [p.record_id]) as match_records
from post_named as n cross join today as t inner join post_offer as f using (person_id, vacancy_no) left join post_now as p using (vacancy_no);
