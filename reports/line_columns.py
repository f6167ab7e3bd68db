"""The columns that sheets of outbound lists are put together from: each a heading and what it shows of a line `l`, with
what is known of the person in `c`."""

from collections.abc import Sequence

import duckdb

from reports.gravity import CAUTIONS
from reports.sheet import DAY, SHARE, WHOLE, Column, Sheet
from reports.town_names import name_towns

STANDS_EMPTY = "目前没有"
# Sent on the night that finds them; what stands open of them no sheet shows again.
ONCE = ("O02", "O05", "O08", "O19", "O22")
HAVE = (
    "post_count", "guidance_count", "training_count", "month_posts", "month_public_info", "spell_guidance", "spell_providers",
    "spell_startup", "internships_offered", "help_guidance", "help_posts", "help_training", "year_services", "skills_certified",
)  # fmt: skip
NEED = (
    "post_quota", "guidance_quota", "training_quota", "info_quota", "provider_quota", "internship_quota", "long_services",
)  # fmt: skip
# What ended or began, by the rules that propose an exit; since when somebody might have what they do not; in which month a
# subsidy and something else met, and of how many months it is.
EVENTS = (
    "gone_on", "died_on", "hired_from", "confirmed_job_on", "employment_from", "shop_from", "firm_from", "unit_from", "pension_from", "refused_on",
    "refusals_to", "quit_on", "fraud_found_on", "retirement_date_late", "child_adult_on", "marital_on", "dibao_ended_on",
    "certificate_ended_on", "household_work_from",
)  # fmt: skip
SINCE = ("hired_from", "flexible_from", "licence_from", "left_school_on")
MEETS = ("overlap_job_from", "overlap_licence_from", "overlap_death_to", "overlap_pension_to", "hired_from")
MONTHS = (
    "subsidy_months_most", "firm_insurance_subsidy_months", "flexible_subsidy_months", "post_subsidy_months", "public_post_subsidy_months",
)  # fmt: skip
# What is shown of a line's parameters: read once for each line, as the list `shown`.
SHOWN = tuple(dict.fromkeys((
    *HAVE, *NEED, *EVENTS, *SINCE, *MEETS, *MONTHS, "employer_stops", "employer_headcount", "match_post", "match_place", "match_pay", "match_until", "match_score", "match_points",
)))  # fmt: skip


def figure(names: Sequence[str]) -> str:
    """The one of these values that stands among a line's parameters, as a whole number."""
    return f"try_cast(coalesce({', '.join(map(told, names))}) as bigint)"


def told(name: str) -> str:
    """What a finding showed by this name, as text."""
    return f"l.shown[{SHOWN.index(name) + 1}]"


def month(names: Sequence[str]) -> str:
    """The month of the one of these dates that stands among a line's parameters."""
    return f"left(coalesce({', '.join(map(told, names))}), 7)"


# A child that is of age in years to come ended nothing yet.
DATED = ", ".join(f"try_cast({told(event)} as date)" for event in EVENTS)
HAPPENED = f"list_max(list_filter([{DATED}], lambda day: day <= today.as_of))"
# Who stands together, but not by the number of the household: offices make it of the identity number of its head.
FAMILY = "if(c.household_no is null, null, dense_rank() over (partition by l.list order by c.household_no))"
STOPS, STAFF = figure(("employer_stops",)), figure(("employer_headcount",))
# What the ledger of Zhongshan asks of everybody; a card without it is a question to ask.
ASKED = (
    ("education", "学历"),
    ("skill", "技能"),
    ("health", "身体状况"),
    ("training_wish", "培训意愿"),
    ("job_need", "就业需求"),
)
UNKNOWN = "nullif(concat_ws('、', {}), '')".format(
    ", ".join(f"if(c.{f} is null, word_mark('{word}'), null)" for f, word in ASKED)
)
# The papers that Xinyu's form names for each class, and the certificates that the other documents name.
PAPER = """case l.basis when '4050' then '身份证或户口本' when 'zero_family' then '零就业家庭证明' when 'disabled' then '残疾人证'
    when 'poverty_exit' then '脱贫劳动力证明材料' when 'land' then '承包土地被征用证明材料' when '2.5' then '低保证明' when '2.6' then '残疾人证'
    when '2.2' then '户口簿' when '2.3' then '离婚证、户口簿等' when 'disability' then '残疾人证' when 'low_income' then '低保低收入证明' end"""
DAYS_LEFT = "date_diff('day', {as_of}, l.due_date)"
AS_OF = "(select as_of from report_day)"
STANDING = f"""word_mark(case when l.due_date is null then '待办' when l.due_date < {AS_OF} then '逾期' when l.due_date = {AS_OF} then '今日到期'
    else '未到期' end)"""
MOST_TOWNS = 300  # a prefecture has fewer; more of them means that another column was delivered as the town
OTHERS, NO_TOWN = "其他镇街", "未写镇街"
FORBIDDEN = r'[\x00-\x1f\\/:*?"<>|.]'
TOWNS = f"""
create or replace temp table report_town as
with told as (
    select coalesce(town, '') as town, count(*) as lines from open_line
    where person_id is not null and list in ('O02', 'O03', 'O10', 'O11', 'O12', 'O13') and (list <> 'O02' or is_new) group by 1
),
named as (
    select town, lines, coalesce(nullif(trim(left(regexp_replace(coalesce(meant, town), '{FORBIDDEN}', '_', 'g'), 40)), ''), '{NO_TOWN}') as file
    from told left join town_name using (town)
),
ranked as (select file, row_number() over (order by sum(lines) desc, file) as place from named group by file)
select town, if(place <= {MOST_TOWNS}, file, '{OTHERS}') as file from named inner join ranked using (file)
"""
PARTS: dict[str, tuple[Column, str]] = {
    "caution": (Column("caution", "先核", 24, wrap=True), "d.caution"),
    "is_new": (Column("is_new", "今夜新列", 8), "if(l.is_new, word_mark('新'), null)"),
    "name": (Column("name", "姓名", 16, wrap=True), "l.name"),
    "id_number": (Column("id_number", "证件号码", 22), "l.id_number"),
    "sex": (Column("sex", "性别", 6), "l.sex"),
    "phone": (Column("phone", "联系电话", 14), "l.phone"),
    "town": (Column("town", "镇街", 14, wrap=True), "l.town"),
    "village": (Column("village", "村居", 16, wrap=True), "l.village"),
    "education": (Column("education", "学历", 12, wrap=True), "c.education"),
    "skill": (Column("skill", "技能", 14, wrap=True), "c.skill"),
    "health": (Column("health", "身体状况", 12, wrap=True), "c.health"),
    "training_wish": (Column("training_wish", "培训意愿", 14, wrap=True), "c.training_wish"),
    "job_need": (Column("job_need", "就业需求", 16, wrap=True), "c.job_need"),
    "address": (Column("address", "地址", 30, wrap=True), "c.address"),
    "owner": (Column("owner", "责任人", 12, wrap=True), "c.owner"),
    "basis": (Column("basis", "类别", 18, wrap=True), "coalesce(word_basis(l.basis), word_basis(l.ground))"),
    "ground": (Column("ground", "理由", 18, wrap=True), "coalesce(word_basis(l.ground), word_basis(l.basis))"),
    "track": (Column("track", "台账", 14), "word_track(l.track)"),
    "op": (Column("op", "措施", 18), "word_op(l.op)"),
    "title": (Column("title", "事项", 24, wrap=True), "coalesce(r.title, l.clause)"),
    "clause": (Column("clause", "条款", 14), "l.clause"),
    "reason": (Column("reason", "原因", 48, wrap=True), "l.reason"),
    "content": (Column("content", "推送内容、流程和渠道", 48, wrap=True), "l.content"),
    "employer_name": (Column("employer_name", "用人单位", 28, wrap=True), "l.employer_name"),
    "employer_uscc": (Column("employer_uscc", "统一社会信用代码", 22), "l.employer_uscc"),
    "valid_from": (Column("valid_from", "列入日", 12, DAY), "l.valid_from"),
    "due_date": (Column("due_date", "期限", 12, DAY), "l.due_date"),
    "days_left": (Column("days_left", "剩余天数", 10, WHOLE), DAYS_LEFT.format(as_of=AS_OF)),
    "standing": (Column("standing", "到期情况", 10), STANDING),
    "needs_decision": (Column("needs_decision", "需人工决定", 10), "yes_no(l.needs_decision)"),
    "service": (Column("service", "服务", 18, wrap=True), "word_basis(l.basis)"),
    "have": (Column("have", "已提供", 8, WHOLE), figure(HAVE)),
    "need": (Column("need", "应提供", 8, WHOLE), figure(NEED)),
    "unknown": (Column("unknown", "信息缺项", 22, wrap=True), f"if(l.person_id is null, null, {UNKNOWN})"),
    "paper": (Column("paper", "所需证明", 22, wrap=True), PAPER),
    "last_contact": (Column("last_contact", "最近联系", 12, DAY), "c.last_contact_on"),
    "last_means": (Column("last_means", "联系方式", 10), "c.last_means"),
    "evidence_count": (Column("evidence_count", "证据数", 8, WHOLE), "len(l.evidence)"),
    "records": (Column("records", "证据记录号", 24, wrap=True), "array_to_string(l.evidence, '、')"),
    "pack": (Column("pack", "政策包", 12), "l.pack"),
    "hired_from": (Column("hired_from", "首个参保月", 12), f"left({told('hired_from')}, 7)"),
    "channel": (Column("channel", "联系渠道", 12), "word_mark(case when l.op = 'DECIDED' and l.track = 'R' then '适当方式' when l.phone is null then '上门或邮寄' else '电话或短信' end)"),
    "household": (
        Column("household", "家庭劳动力", 18),
        "format(word_mark('{} 人，已就业 {} 人'), c.household_working_age, c.household_working)",
    ),
    "family": (Column("family", "同户序号", 8, WHOLE), FAMILY),
    "event_on": (Column("event_on", "事件日期", 12, DAY), HAPPENED),
    "since_month": (Column("since_month", "自何月起", 10), month(SINCE)),
    "meets": (Column("meets", "涉及年月", 10), month(MEETS)),
    "months": (Column("months", "月数", 8, WHOLE), figure(MONTHS)),
    "stops": (Column("stops", "停保人数", 10, WHOLE), STOPS),
    "staff": (Column("staff", "职工人数", 10, WHOLE), STAFF),
    "share": (Column("share", "占比", 8, SHARE), f"{STOPS} / nullif({STAFF}, 0)"),
    "checked_by": (Column("checked_by", "核实人（签名）", 16), "null::varchar"),
    "agreed": (Column("agreed", "本人是否同意", 14), "null::varchar"),
    "reply": (Column("reply", "民政答复", 20), "null::varchar"),
    "post": (Column("post", "岗位", 18, wrap=True), told("match_post")),
    "public_post": (Column("public_post", "公益性岗位", 8), "if(starts_with(l.basis, 'public:'), yes_no(true), null)"),
    "workplace": (Column("workplace", "工作地点", 18, wrap=True), told("match_place")),
    "pay": (Column("pay", "月薪（元）", 14), told("match_pay")),
    "open_until": (Column("open_until", "截止日期", 12, DAY), f"try_cast({told('match_until')} as date)"),
    "score": (Column("score", "得分", 8, WHOLE), f"try_cast({told('match_score')} as bigint)"),
    "points": (Column("points", "得分说明", 30, wrap=True), told("match_points")),
    "entry_id": (Column("entry_id", "流水号", 12), "l.entry_id"),
}  # fmt: skip
FILTERS = "l.list, l.person_id, l.run_no, l.seq, l.rule_id, l.is_new as is_fresh, l.basis is not distinct from 'owner' as is_owner_gap, t.file"
SHOWN_LINES = f"""
create or replace temp table every_line as
with line as (select *, json_extract_string(parameters, {[f"$.{name}" for name in SHOWN]}) as shown from open_line where is_new or list not in {ONCE})
select {FILTERS}, {", ".join(f"{expression} as {name}" for name, (_, expression) in PARTS.items())}
from line as l cross join report_day as today left join person_card as c using (person_id)
left join report_clause as r on r.pack = l.pack and r.rule_id = l.rule_id
left join report_caution as d on d.person_id = l.person_id
left join report_town as t on t.town = coalesce(l.town, '') and l.person_id is not null
"""
ROWS = "select {shown} from report_line where list = $list{also} order by {order}"
BY_URGENCY = "due_date nulls last, is_fresh desc, town nulls last, village nulls last, run_no, seq"
BY_FAMILY = "due_date nulls last, family nulls last, is_fresh desc, town nulls last, village nulls last, run_no, seq"
BY_EMPLOYER = "employer_name nulls last, employer_uscc nulls last, run_no, seq"


def show_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Make `every_line`: every open line that a sheet may show, as it shows it, worked out once for all of them, and the town's
    workbook that it goes to in `file`."""
    name_towns(con)
    con.execute(TOWNS).fetchall()
    con.execute(CAUTIONS).fetchall()
    con.execute(SHOWN_LINES).fetchall()


def list_sheet(
    code: str, name: str, grain: str, parts: str, *, also: str = "", order: str = BY_URGENCY,
    fixed: int = 2, binds: dict[str, str] | None = None,
) -> Sheet:  # fmt: skip
    """A sheet of one outbound list: its lines that stand open; of one that is sent `ONCE` those of tonight. `parts` names the
    columns; `also` is a further condition, whose values are in `binds`."""
    further = f" and {also}" if also else ""
    columns = tuple(PARTS[part][0] for part in parts.split())
    return Sheet(
        name=name, grain=grain, rows=ROWS.format(shown=", ".join(parts.split()), also=further, order=order),
        columns=columns, binds={"list": code} | (binds or {}), fixed_columns=fixed,
        empty="今夜没有新的" if code in ONCE else STANDS_EMPTY,
        only_of="from every_line where list = $list",
    )  # fmt: skip
