"""Jining's monthly books: what key groups need, what employers offer, and what was paid. Due on the fifth, of the month before."""

from datetime import date

import duckdb

from reports.book_base import place_rows
from reports.calendar import DueBook
from reports.sheet import DAY, DECIMAL, WHOLE, Column, Sheet

# Every key-group person that the ledger holds; who left stays, with the note why.
NEEDS_ROWS = """
with service as (
    select person_id, count(distinct coalesce(vacancy_no, record_id)) filter (service_kind = '岗位推荐' and in_month) as posts,
        count(*) filter (service_kind = '公益性岗位信息' and in_month) as public_info,
        count(*) filter (service_kind = '职业指导') as guidance
    from (select *, service_date >= $month::date as in_month from now_service_log where service_date <= $cutoff::date) where person_id is not null
    group by person_id
),
registration as (select person_id, state as r_state, last_reason as r_reason from ledger_on where pack = 'jining' and track = 'R')
select l.person_id, p.town, p.village, l.basis, l.state, l.entry_id, w.registered_from, c.wish, c.job_need, c.owner, w.is_urban,
    coalesce(s.posts, 0) as posts, coalesce(s.public_info, 0) as public_info, coalesce(s.guidance, 0) as guidance,
    age_on(p.birth_date, $cutoff::date) as age,
    case when r_state = 'R3' then '已注销登记：' || coalesce(r_reason, '') when r_state = 'R2' then '拟注销登记，待决定'
         when l.state in ('L4', 'L5', 'L6') then l.last_reason when l.state = 'LX' then '暂挂' end as note
from ledger_on as l inner join person_now as p using (person_id) left join wide as w using (person_id)
left join person_card as c using (person_id) left join service as s using (person_id) left join registration using (person_id)
where l.pack = 'jining' and l.track = 'L' and l.state <> 'L0' order by p.town nulls last, p.village nulls last, l.person_id
"""
NEEDS_SHEET = Sheet(
    name="需求台账", grain="一名重点群体人员",
    rows="""
select b.row_no, p.name, p.sex, b.age, shown_id(p.id_number) as id_number, p.phone, b.town, b.village,
    words_of_bases(b.basis) as groups, b.registered_from,
    case when contains(b.wish, '就业') then '有' end as job_wish, case when contains(b.wish, '培训') then '有' end as training_wish,
    case when contains(b.wish, '创业') then '有' end as business_wish, b.job_need, b.owner, b.posts, b.public_info, b.guidance,
    yes_no(b.is_urban) as urban, shown_text(b.note) as note
from book_needs as b inner join person_now as p using (person_id) order by b.row_no
""",
    columns=(
        Column("row_no", "序号", 8, WHOLE), Column("name", "姓名", 16, wrap=True), Column("sex", "性别", 6),
        Column("age", "年龄", 6, WHOLE), Column("id_number", "证件号码", 22), Column("phone", "联系电话", 14),
        Column("town", "镇街", 14, wrap=True), Column("village", "村居", 14, wrap=True), Column("groups", "群体类别", 22, wrap=True),
        Column("registered_from", "失业登记日期", 12, DAY), Column("job_wish", "就业需求", 8), Column("training_wish", "培训需求", 8),
        Column("business_wish", "创业需求", 8), Column("job_need", "意向岗位", 16, wrap=True), Column("owner", "包保责任人", 12, wrap=True),
        Column("posts", "本月推荐岗位", 8, WHOLE), Column("public_info", "本月公益岗信息", 8, WHOLE),
        Column("guidance", "职业指导累计", 8, WHOLE), Column("urban", "计入城镇统计", 8), Column("note", "备注", 36, wrap=True),
    ),
    fixed_columns=2, empty="本期没有人员",
)  # fmt: skip
# Open on the day, or run out in its month; a post without an end is kept and asked about.
VACANCY_ROWS = """
select * exclude (office, record_id) from (
    select distinct on (v.vacancy_no) v.vacancy_no, v.employer_uscc, v.employer_name, v.post, v.trade, v.headcount, v.pay_from, v.pay_to,
        v.max_age, v.education, v.place, v.valid_from, v.valid_to, v.contact, coalesce(v.public_welfare, false) as is_public, v.office, v.record_id,
        case when v.valid_to is null then '没有截止日期，待核实' when v.valid_to < $cutoff::date then '已过期' end as note
    from now_vacancy as v where v.valid_from <= $cutoff::date and (v.valid_to is null or v.valid_to >= $month::date)
    order by v.vacancy_no, v.valid_from desc, v.office, v.record_id
) order by employer_name, vacancy_no
"""
VACANCY_SHEET = Sheet(
    name="岗位台账", grain="一个岗位",
    rows="""
select row_no, employer_name, employer_uscc, post, trade, yes_no(is_public) as public_post, headcount, pay_from, pay_to, max_age, education,
    place, valid_from, valid_to, contact, vacancy_no, note from book_vacancies order by row_no
""",
    columns=(
        Column("row_no", "序号", 8, WHOLE), Column("employer_name", "用人单位", 26, wrap=True), Column("employer_uscc", "统一社会信用代码", 22),
        Column("post", "岗位名称", 18, wrap=True), Column("trade", "工种", 14, wrap=True), Column("public_post", "公益性岗位", 8),
        Column("headcount", "招聘人数", 8, WHOLE), Column("pay_from", "月薪下限", 10, DECIMAL), Column("pay_to", "月薪上限", 10, DECIMAL),
        Column("max_age", "年龄上限", 8, WHOLE), Column("education", "学历要求", 10), Column("place", "工作地点", 18, wrap=True),
        Column("valid_from", "发布日期", 12, DAY), Column("valid_to", "截止日期", 12, DAY), Column("contact", "联系人", 12, wrap=True),
        Column("vacancy_no", "岗位编号", 14), Column("note", "备注", 18, wrap=True),
    ),
    fixed_columns=2, empty="本期没有岗位",
)  # fmt: skip
# No extract tells a budget, so that column is left to be filled in. A quarter is told of in the book of its last month.
FUND_ROWS = """
with paid as (
    select item, coalesce(amount, 0) as amount, person_id, paid_date >= $month::date as in_month, paid_date >= date_trunc('quarter', $month::date) as in_quarter
    from now_subsidy where paid_date between date_trunc('year', $month::date) and $cutoff::date
)
select item, coalesce(sum(amount) filter (in_month), 0) as month_amount, count(distinct person_id) filter (in_month) as month_people,
    case when month($month::date) % 3 = 0 then coalesce(sum(amount) filter (in_quarter), 0) end as quarter_amount,
    sum(amount) as year_amount, count(distinct person_id) as year_people
from paid group by item order by item
"""
FUND_SHEET = Sheet(
    name="资金", grain="一个补贴项目",
    rows="""
select row_no, item, month_amount, month_people, quarter_amount, year_amount, year_people, null::double as budget,
    null::varchar as share, null::varchar as note from book_funds order by row_no
""",
    columns=(
        Column("row_no", "序号", 8, WHOLE), Column("item", "补贴项目", 24, wrap=True), Column("month_amount", "本月支出（元）", 16, DECIMAL),
        Column("month_people", "本月人数", 10, WHOLE), Column("quarter_amount", "本季支出（元）", 16, DECIMAL),
        Column("year_amount", "本年累计（元）", 16, DECIMAL), Column("year_people", "本年人数", 10, WHOLE),
        Column("budget", "本年预算（元，请填）", 16, DECIMAL), Column("share", "支出进度（请填）", 14), Column("note", "备注", 24, wrap=True),
    ),
    fixed_columns=2, empty="本年没有发放记录",
)  # fmt: skip


def month_of(day: date) -> str:
    """The first day of a day's month."""
    return day.replace(day=1).isoformat()


def gather_needs(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    place_rows(con, "book_needs", NEEDS_ROWS, month=month_of(due.cutoff), cutoff=due.cutoff)


def gather_vacancies(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    place_rows(con, "book_vacancies", VACANCY_ROWS, month=month_of(due.cutoff), cutoff=due.cutoff)


def gather_funds(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    place_rows(con, "book_funds", FUND_ROWS, month=month_of(due.cutoff), cutoff=due.cutoff)
