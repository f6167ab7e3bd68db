-- Each found row beside the true person. In: found, name_shape, person, survivor. Out: judged.
-- is_founding: the row made the person or carries the exact number. is_wanted: its true person is known here.
-- about: whose birth date tells the age: the true person where known, else the one it was linked to.
create or replace temp table judged as
with placed as (
    select f.* exclude (person_id), coalesce(l.survivor, f.person_id) as person_id, coalesce(n.shape, 'other') as shape,
           f.match_status in ('linked', 'new_person') and f.person_id is not null as is_linked,
           coalesce(f.rule = 'id_and_name', false) or coalesce(list_contains(f.made, f.person_id), false) as is_founding
    from found as f left join survivor as l using (person_id) left join name_shape as n using (delivery_id, row_no)
),
counted as (
    select person_id, truth_id, count(*) as n from placed where is_linked and is_founding group by all
),
true_of as (
    select person_id, min_by(truth_id, (-n, truth_id)) filter (truth_id <> '') as true_id from counted group by person_id
),
known_truth as (
    select true_id, min(person_id) as person_id from true_of where true_id is not null group by true_id
),
marked as (
    select p.*, k.true_id is not null as is_wanted, p.is_linked and coalesce(t.true_id = p.truth_id, false) as is_right,
           p.is_linked and t.person_id is not null and (t.true_id is not null or p.truth_id <> '') as is_judged,
           coalesce(k.person_id, if(p.is_linked, p.person_id, null)) as about
    from placed as p left join true_of as t using (person_id) left join known_truth as k on k.true_id = p.truth_id
)
select m.*, case when b.birth_date is null then 'unknown' when datesub('year', b.birth_date, m.as_of) < 25 then 'under_25'
                 when datesub('year', b.birth_date, m.as_of) < 40 then '25_39' when datesub('year', b.birth_date, m.as_of) < 50 then '40_49'
                 when datesub('year', b.birth_date, m.as_of) < 60 then '50_59' else '60_over' end as age
from marked as m left join person as b on b.person_id = m.about
