"""记分牌: figures per town every month, and per county at the year's end with what people answered. Raw figures and their order;
no document gives thresholds or weights, so none is made up."""

import duckdb

from reports.book_base import place_rows
from reports.calendar import DueBook
from reports.sheet import SHARE, WHOLE, Block, Column, Sheet

# One row per person of any pack's ledger; a person counts once.
PEOPLE = """
create or replace temp table score_person as
with state as (
    select person_id, bool_or(track in ('L', 'H') and state in ('L1', 'H1')) as is_candidate, bool_or(state = 'H4') as is_recognised,
        bool_or(state = 'L4') as is_flagged, bool_or(state = 'L5') as is_confirmed, max(tier) as tier
    from ledger_on where track in ('L', 'H') and state not in ('L0', 'H0', 'L6', 'H6') group by person_id
),
served as (
    select person_id, max(service_date) as served_on from now_service_log
    where service_date <= $cutoff::date and person_id is not null and service_kind not in ('拒绝服务', '主动退出') and means is distinct from '数据比对'
    group by person_id
)
select s.*, coalesce(t.meant, '未写镇街') as town, coalesce(g.office, '') as county, v.served_on is not null as is_served,
    coalesce(v.served_on >= date_trunc('month', $cutoff::date), false) as is_contacted,
    w.able, w.willing, g.reg_date,
    c.education is not null and c.skill is not null and c.health is not null and c.training_wish is not null and c.job_need is not null as is_complete
from state as s inner join person_now as p using (person_id) left join town_name as t using (town) left join wide as w using (person_id) left join person_card as c using (person_id)
left join served as v using (person_id)
left join (select distinct on (person_id) person_id, office, reg_date from now_unemployment_registration where person_id is not null
           order by person_id, reg_date desc, record_id) as g using (person_id)
"""
LATE = """
select coalesce(meant, '未写镇街') as town, count(*) filter (due_date < (select as_of from today)) as overdue,
    count(distinct person_id) filter (list = 'O10') as follow_ups, count(distinct person_id) filter (list = 'O11') as gaps,
    count(distinct person_id) filter (list = 'O12') as stale, count(distinct person_id) filter (list = 'O04') as proposals
from open_line left join town_name using (town) where person_id is not null group by coalesce(meant, '未写镇街')
"""
TOWN_ROWS = f"""
with scored as (
    select town as area, count(*) as people, count(*) filter (is_candidate) as candidates, count(*) filter (is_complete) as complete,
        count(*) filter (able and willing) as able_willing, count(*) filter (able and willing and is_served) as served,
        count(*) filter (able is null or willing is null) as unknown_wish, count(*) filter (is_flagged) as flagged,
        count(*) filter (is_confirmed) as confirmed, count(*) filter (tier = 'short') as short, count(*) filter (tier = 'mid') as mid,
        count(*) filter (tier = 'long') as long, count(*) filter (is_contacted) as contacted
    from score_person group by town
),
late as ({LATE})
select s.*, coalesce(l.overdue, 0) as overdue, coalesce(l.follow_ups, 0) as follow_ups, coalesce(l.gaps, 0) as gaps,
    coalesce(l.stale, 0) as stale, coalesce(l.proposals, 0) as proposals, s.complete / s.people as complete_share,
    s.served / nullif(s.able_willing, 0) as served_share, s.confirmed / s.people as confirmed_share,
    rank() over (order by s.served / nullif(s.able_willing, 0) desc nulls last) as place
from scored as s left join late as l on l.town = s.area order by s.area
"""
TOWN_SHEET = Sheet(
    name="镇街", grain="一个镇街",
    rows="""
select area, people, candidates, complete_share, able_willing, unknown_wish, served_share, place, flagged, confirmed, confirmed_share, short, mid,
    long, stale, contacted, follow_ups, gaps, overdue, proposals from book_towns order by row_no
""",
    columns=(
        Column("area", "镇街", 16, wrap=True), Column("people", "台账人数", 8, WHOLE), Column("candidates", "待核实", 8, WHOLE),
        Column("complete_share", "信息齐全", 8, SHARE), Column("able_willing", "有能力且愿意", 8, WHOLE), Column("unknown_wish", "意愿不明", 8, WHOLE),
        Column("served_share", "服务覆盖率", 8, SHARE), Column("place", "覆盖率名次", 8, WHOLE), Column("flagged", "再就业待确认", 8, WHOLE),
        Column("confirmed", "再就业已确认", 8, WHOLE), Column("confirmed_share", "再就业率", 8, SHARE), Column("short", "短期", 6, WHOLE),
        Column("mid", "中短期", 6, WHOLE), Column("long", "长期", 6, WHOLE), Column("stale", "久未核验", 8, WHOLE),
        Column("contacted", "当月已联系", 8, WHOLE), Column("follow_ups", "待回访", 8, WHOLE), Column("gaps", "服务欠缺", 8, WHOLE), Column("overdue", "逾期事项", 8, WHOLE),
        Column("proposals", "待决定退出", 8, WHOLE),
    ),
    empty="台账没有人员",
)  # fmt: skip
# Who registered so long ago that the half year has passed; which four shares of them the plan means, it does not say.
COUNTY_ROWS = """
select if(county = '', '未分县区', county) as area, count(*) as people, count(*) filter (is_recognised) as recognised,
    count(*) filter (is_served) as served, count(*) filter (is_confirmed) as confirmed, count(*) filter (is_confirmed) / count(*) as confirmed_share,
    count(*) filter (reg_date + interval 6 month <= $cutoff::date) as half_year,
    count(*) filter (reg_date + interval 6 month <= $cutoff::date and is_confirmed) as half_year_confirmed,
    count(*) filter (reg_date + interval 6 month <= $cutoff::date and is_served) as half_year_served
from score_person group by county order by county
"""
COUNTY_SHEET = Sheet(
    name="县区", grain="一个县（市、区）",
    rows="""
select area, people, recognised, served, confirmed, confirmed_share, half_year, half_year_served, half_year_confirmed, null::varchar as target,
    null::varchar as first, null::varchar as second, null::varchar as third, null::varchar as fourth, null::varchar as innovation
from book_counties order by row_no
""",
    columns=(
        Column("area", "县（市、区）", 16, wrap=True), Column("people", "台账人数", 8, WHOLE), Column("recognised", "就业困难人员", 8, WHOLE),
        Column("served", "接受过服务", 8, WHOLE), Column("confirmed", "再就业已确认", 8, WHOLE), Column("confirmed_share", "就业比例", 8, SHARE),
        Column("half_year", "登记满半年", 8, WHOLE), Column("half_year_served", "其中受过服务", 8, WHOLE),
        Column("half_year_confirmed", "其中再就业", 8, WHOLE), Column("target", "①目标完成（请填）", 14, wrap=True),
        Column("first", "②之一（请填）", 10), Column("second", "②之二（请填）", 10), Column("third", "②之三（请填）", 10),
        Column("fourth", "②之四（请填）", 10), Column("innovation", "④创新（请填）", 14, wrap=True),
    ),
    empty="台账没有人员",
)  # fmt: skip
SATISFACTION_ROWS = """
select area, count(*) as answers, count(*) filter (regexp_matches(result, '满意') and not regexp_matches(result, '不满意')) as satisfied,
    count(*) filter (regexp_matches(result, '不满意')) as dissatisfied
from now_complaint where kind = '满意度' and date between date_trunc('year', $cutoff::date) and $cutoff::date group by area order by area
"""
SATISFACTION_SHEET = Sheet(
    name="满意度", grain="一个区域",
    rows="""
select area, answers, satisfied, dissatisfied, answers - satisfied - dissatisfied as other, satisfied / answers as share
from book_satisfaction order by row_no
""",
    columns=(
        Column("area", "区域", 20, wrap=True), Column("answers", "本年答卷", 10, WHOLE), Column("satisfied", "满意", 10, WHOLE),
        Column("dissatisfied", "不满意", 10, WHOLE), Column("other", "其他回答", 10, WHOLE), Column("share", "满意率", 10, SHARE),
    ),
    empty="本年没有满意度答卷",
)  # fmt: skip
READINGS = Block(
    "口径", ("项目", "怎样算"),
    (
        ("台账人数", "截止日各政策包台账或认定中的人，一人只计一次，已关闭、已退出的不计"),
        ("服务覆盖率", "有劳动能力且有就业要求的人中，至少有一次服务记录的比例；意愿不明的另列"),
        ("再就业率", "核查确认已就业的人数除以台账人数"),
        ("信息齐全", "学历、技能、身体健康、培训意愿、就业需求五项都有"),
        ("四个100%", "方案没有写明是哪四项，留空由单位设定；不自动打分"),
        ("当月已联系", "截止日所在的月份有走访、电话等服务记录的人，仅数据比对的不算"),
        ("满意率", "回答含“满意”且不含“不满意”的比例"),
        ("逾期、待回访等", "截至本次运行，不是截止日"),
    ),
)  # fmt: skip


def gather_towns(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    """Make `book_towns` and `book_satisfaction`."""
    con.execute(PEOPLE, {"cutoff": due.cutoff}).fetchall()
    place_rows(con, "book_towns", TOWN_ROWS)
    place_rows(con, "book_satisfaction", SATISFACTION_ROWS, cutoff=due.cutoff)


def gather_counties(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    """Make `book_counties` and `book_satisfaction`."""
    con.execute(PEOPLE, {"cutoff": due.cutoff}).fetchall()
    place_rows(con, "book_counties", COUNTY_ROWS, cutoff=due.cutoff)
    place_rows(con, "book_satisfaction", SATISFACTION_ROWS, cutoff=due.cutoff)
