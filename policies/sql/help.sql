-- Services, refusals and courses, counted over the spans that the clauses name: this calendar month, the last twelve
-- months, since registering, since being recognised. Only links that are good enough count.
create or replace temp table fact_served as
select s.person_id, s.service_date as served_on, s.service_kind, s.means, s.justified, s.in_system, s.staff, s.vacancy_no, s.record_id,
       link_rank(s.link_grade) as rank
from now_service_log as s cross join today as t
where s.service_date <= t.as_of and link_rank(s.link_grade) <= 2;

create or replace temp table topic_served as
select s.person_id, max(s.rank) as served_rank, list(s.record_id order by s.record_id) as served_records,
       -- Who refuses enjoys no service, and who compares data gives none.
       count(*) filter (s.service_kind not in ('拒绝服务', '主动退出') and s.means is distinct from '数据比对') as services_enjoyed,
       max(s.served_on) filter (s.means is distinct from '数据比对') as reached_on,
       count(distinct coalesce(s.vacancy_no, s.record_id)) filter (s.service_kind = '岗位推荐' and s.served_on >= date_trunc('month', t.as_of)) as month_posts,
       count(*) filter (s.service_kind = '公益性岗位信息' and s.served_on >= date_trunc('month', t.as_of)) as month_public_info,
       count(*) filter (s.service_kind = '职业指导' and s.served_on >= r.registered_from) as spell_guidance,
       count(*) filter (s.service_kind = '培训机构信息' and s.served_on >= r.registered_from) as spell_providers,
       count(*) filter (s.service_kind = '创业服务' and s.served_on >= r.registered_from) as spell_startup,
       count(*) filter (s.service_kind = '见习推荐' and s.served_on >= g.left_school_on) as internships_offered,
       count(*) filter (s.service_kind = '职业指导' and s.served_on >= h.recognised_on) as help_guidance,
       count(*) filter (s.service_kind = '岗位推荐' and s.served_on >= h.recognised_on) as help_posts,
       count(*) filter (s.service_kind = '技能培训' and s.served_on >= h.recognised_on) as help_training,
       count(*) filter (s.service_kind = '培训机会' and s.served_on >= h.recognised_on) as help_training_offered,
       count(*) filter (s.service_kind in ('岗位推荐', '技能培训') and s.served_on >= months_after(t.as_of, -12) and s.in_system) as year_services,
       count(*) filter (s.service_kind in ('岗位推荐', '技能培训') and s.served_on >= months_after(t.as_of, -12) and s.in_system is distinct from false) as year_services_possible
from fact_served as s cross join today as t left join topic_registration as r using (person_id)
left join topic_recognition as h using (person_id) left join topic_graduate as g using (person_id)
group by s.person_id;

-- A refusal that staff found to be without good reason, in the current registration or recognition; no surer than what says
-- that either was current.
create or replace temp table topic_refusal as
select distinct on (s.person_id) s.person_id, s.served_on as refused_on, [s.record_id] as refusal_records,
       greatest(s.rank, least(if(s.served_on >= r.registered_from, r.registration_rank, null),
                              if(s.served_on >= h.recognised_on, h.recognition_rank, null))) as refusal_rank
from fact_served as s left join topic_registration as r using (person_id) left join topic_recognition as h using (person_id)
where s.service_kind = '拒绝服务' and s.justified = false and s.served_on >= least(r.registered_from, h.recognised_on)
order by s.person_id, refusal_rank, s.served_on desc, s.record_id;

-- Three refusals of which the last lies within six months of the first, since being recognised. A refusal that staff found
-- justified, or that nobody signed, does not count. A refusal on a weaker link does not stand between three on surer ones.
create or replace temp table topic_refusals as
with counted as (
    select s.person_id, s.served_on, s.rank, s.record_id, lag(s.served_on, 2) over w as first_on, lag(s.rank, 2) over w as first_rank,
           lag(s.rank) over w as second_rank, lag(s.record_id, 2) over w as first_record, lag(s.record_id) over w as second_record
    from fact_served as s inner join topic_recognition as h using (person_id) inner join (values (0), (1), (2)) as c(weakest) on s.rank <= c.weakest
    where s.service_kind = '拒绝服务' and s.justified is distinct from true and s.staff <> '' and s.served_on >= h.recognised_on
    window w as (partition by s.person_id, c.weakest order by s.served_on, s.record_id)
)
select distinct on (person_id) person_id, first_on as refusals_from, served_on as refusals_to, greatest(rank, first_rank, second_rank) as refusals_rank,
       [first_record, second_record, record_id] as refusals_records
from counted where served_on <= months_after(first_on, 6)
order by person_id, greatest(rank, first_rank, second_rank), served_on desc;

create or replace temp table topic_quit as
select distinct on (s.person_id) s.person_id, s.served_on as quit_on, s.rank as quit_rank, [s.record_id] as quit_records
from fact_served as s inner join topic_recognition as h using (person_id)
where s.service_kind = '主动退出' and s.served_on >= h.recognised_on
order by s.person_id, s.rank, s.served_on desc, s.record_id;

-- A course that staff logged as a training while it went on is one service, not two.
create or replace temp table topic_course as
with logged as (
    select distinct c.record_id from now_training as c inner join fact_served as s on s.person_id = c.person_id
    where s.service_kind = '技能培训' and s.served_on between c.start_date and coalesce(c.pass_date, c.start_date)
)
select c.person_id, max(link_rank(c.link_grade)) as course_rank, list(c.record_id order by c.record_id) as course_records,
       count(*) filter (c.free and year(c.start_date) = year(t.as_of)) as free_courses_this_year,
       count(*) filter (c.certificate_date <= t.as_of) as skills_certified,
       count(*) filter (c.start_date >= h.recognised_on) as help_courses,
       count(*) filter (c.start_date >= months_after(t.as_of, -12) and l.record_id is null) as year_courses,
       min(c.pass_date) filter (c.pass_date <= t.as_of and (c.certificate_date is null or t.as_of < c.certificate_date)) as certificate_awaited_since
from now_training as c cross join today as t left join topic_recognition as h using (person_id) left join logged as l using (record_id)
where c.start_date <= t.as_of and link_rank(c.link_grade) <= 2
group by c.person_id;
