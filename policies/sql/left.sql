-- Who has left the labour market, by which of several offices' facts, and since when. Reaching retirement age is no fact
-- of an office; it stands in the wide view.
create or replace temp table fact_gone as
select person_id, valid_from, null::date as valid_to, 'died' as ground, '死亡' as ground_name, 1 as precedence, record_id, rank
from fact_death
union all
select person_id, valid_from, null, 'pension', '享受基本养老保险待遇', 2, record_id, rank
from fact_pension where coalesce(status, '正常') = '正常'
union all
select person_id, custody_start, custody_end, 'custody', '被判刑收监执行', 3, record_id, link_rank(link_grade)
from now_imprisonment where custody_kind = '收监执行'
union all
select person_id, enlist_date, discharge_date, 'army', '服兵役', 4, record_id, link_rank(link_grade)
from now_military
union all
select person_id, enrol_date, leave_date, 'school', '入学', 5, record_id, link_rank(link_grade)
from now_education where full_time and enrol_date is not null
union all
select person_id, move_abroad_date, null, 'abroad', '移居境外', 6, record_id, link_rank(link_grade)
from now_household_register where move_abroad_date is not null
union all  -- of several findings on working capacity the last one holds
(select distinct on (person_id) person_id, found_date, if(level = '完全丧失', null, found_date), 'incapable', '完全丧失劳动能力', 7, record_id,
        link_rank(link_grade)
 from now_work_capacity cross join today as t where found_date <= t.as_of
 order by person_id, link_rank(link_grade), found_date desc, record_id);

create or replace temp table topic_gone as
select distinct on (f.person_id) f.person_id, f.ground as gone_ground, f.ground_name as gone_name, f.valid_from as gone_on,
       f.rank as gone_rank, [f.record_id] as gone_records
from fact_gone as f cross join today as t
where f.valid_from <= t.as_of and (f.valid_to is null or t.as_of < f.valid_to)
order by f.person_id, f.rank, f.precedence, f.valid_from desc, f.record_id;
