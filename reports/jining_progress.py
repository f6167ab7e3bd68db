"""Jining's monthly progress table: one row per measure of the plan, with figures where the ledger or the extracts tell them."""

from dataclasses import dataclass

import duckdb

from reports.book_base import place_rows
from reports.calendar import DueBook
from reports.jining_books import month_of
from reports.sheet import WHOLE, Column, Sheet

JOBS, MARKET, TALENT, INFO = "就业中心", "市场服务中心", "人才服务中心", "信息中心"
LEDGER = "from ledger_on where pack = 'jining' and track = 'L' and state not in ('L0', 'L6')"
SERVICES = "from now_service_log where service_date between $month::date and $cutoff::date and service_kind"
OPEN = "from open_line where pack = 'jining' and list"


@dataclass(frozen=True)
class Measure:
    """One row of the plan. `figures` are pairs of a sentence with {} and the count that goes there; none: filled in by hand."""

    number: str
    task: str
    measure: str
    units: str
    figures: tuple[tuple[str, str], ...] = ()


def _persons(kinds: str) -> str:
    return f"select count(distinct person_id) {SERVICES} in ({kinds})"


MEASURES = (
    Measure("1（1）", "摸清就业需求", "获取就业困难、零就业家庭、残疾、建档立卡、两年内未就业高校毕业生名单", f"{JOBS}、{TALENT}",
            (("台账内重点群体 {} 人", f"select count(*) {LEDGER}"),)),
    Measure("1（2）", "摸清就业需求", "畅通线上线下失业登记", JOBS,
            (("可告知办理登记 {} 人", f"select count(distinct person_id) {OPEN} = 'O08' and clause = 'JN-1.2'"),)),
    Measure("1（3）", "摸清就业需求", "建立《重点群体就业需求台账》，每月5日前上报", JOBS,
            (("台账 {} 人", f"select count(*) {LEDGER}"),)),
    Measure("1（4）", "摸清就业需求", "失业登记动态管理，不符合条件的及时注销并注明；常住地为城镇的纳入统计", JOBS,
            (("拟注销待决定 {} 人", f"select count(distinct person_id) {OPEN} = 'O04' and track = 'R'"),
             ("已注销 {} 人", "select count(*) from ledger_on where pack = 'jining' and track = 'R' and state = 'R3'"))),
    Measure("1（5）", "摸清就业需求", "就业帮扶“包保”，专人负责", f"{JOBS}、{MARKET}、{TALENT}",
            (("尚无责任人 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'owner'"),)),
    Measure("1（6）", "摸清就业需求", "失业登记和失业保险金一并办理", JOBS,
            (("领取待遇未登记 {} 人", f"select count(distinct person_id) {OPEN} = 'O08' and clause = 'JN-1.6'"),)),
    Measure("2（1）（2）", "摸清企业需求", "对接缺工企业，收集适合重点群体的岗位", MARKET,
            (("在册岗位 {} 个", "select count(distinct vacancy_no) from now_vacancy where valid_from <= $cutoff::date and coalesce(valid_to >= $cutoff::date, true)"),)),
    Measure("2（3）", "摸清企业需求", "建立《企业岗位需求台账》，每月5日前上报", MARKET,
            (("本月发布岗位 {} 个", "select count(distinct vacancy_no) from now_vacancy where valid_from between $month::date and $cutoff::date"),)),
    Measure("2（4）", "摸清企业需求", "台账实时更新，过期岗位在备注栏注明", MARKET,
            (("本月过期 {} 个", "select count(distinct vacancy_no) from now_vacancy where valid_to between $month::date and $cutoff::date - 1"),)),
    Measure("2（5）", "摸清企业需求", "岗位信息及时发布", MARKET),
    Measure("3（1）", "技能提升", "有培训需求的线上理论培训，合格后线下实训", JOBS,
            (("有培训意愿 {} 人", f"select count(distinct person_id) {OPEN} = 'O22'"),)),
    Measure("3（2）", "技能提升", "提供不少于1家培训机构信息", JOBS,
            (("本月提供 {} 人", _persons("'培训机构信息'")),
             ("尚缺 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'provider'"))),
    Measure("3（3）", "技能提升", "每人每年免费培训不超过3次，至少掌握一项技能", JOBS,
            (("本月开班参训 {} 人", "select count(distinct person_id) from now_training where start_date between $month::date and $cutoff::date"),
             ("尚无技能 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'skill'"))),
    Measure("3（4）", "技能提升", "企业对新吸纳人员岗前培训，落实培训补贴", JOBS),
    Measure("3（5）（6）", "技能提升", "与各部门联合开展针对性、有地方特色的培训", JOBS),
    Measure("3（7）", "技能提升", "培训合格后2个月内发放证书", f"职鉴中心、{JOBS}",
            (("逾期未发 {} 人", f"select count(distinct person_id) {OPEN} = 'O12' and clause = 'JN-3.7'"),)),
    Measure("4（1）", "供需对接", "分析两个台账，精准匹配推送", MARKET,
            (("岗位推送 {} 人", f"select count(distinct person_id) {OPEN} = 'O19'"),)),
    Measure("4（2）（3）", "供需对接", "县（市、区）间共享就业和岗位需求，线上推介", MARKET),
    Measure("4（4）", "供需对接", "有求职意愿的提供不少于3次职业指导，回访结果", MARKET,
            (("本月指导 {} 人", _persons("'职业指导'")),
             ("不足3次 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'guidance'"))),
    Measure("4（5）", "供需对接", "专场招聘会每月不少于1场", MARKET,
            (("本月 {} 场", "select count(*) from now_activity where contains(kind, '招聘') and date between $month::date and $cutoff::date"),)),
    Measure("4（6）", "供需对接", "每人每月至少推荐3个岗位，就业困难人员至少1次公益性岗位信息", f"{JOBS}、{MARKET}",
            (("本月推荐 {} 人", _persons("'岗位推荐'")),
             ("岗位不足 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and clause = 'JN-4.6a'"),
             ("公益岗信息不足 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and clause = 'JN-4.6b'"))),
    Measure("5（1）", "岗位开发", "开发或储备公益性岗位，每个街道（乡镇）至少2名工作人员，按月报送", JOBS,
            (("在招和储备 {} 个", "select coalesce(sum(posts), 0)::bigint from (select max(headcount) as posts from now_vacancy where public_welfare and valid_from <= $cutoff::date and coalesce(valid_to >= $cutoff::date, true) group by office, vacancy_no)"),
             ("在岗 {} 人", "select count(distinct person_id) from now_public_post where start_date <= $cutoff::date and coalesce(end_date >= $cutoff::date, true)"),)),
    Measure("5（2）", "岗位开发", "重点行业开发门槛低、上手快的岗位", JOBS),
    Measure("5（3）", "岗位开发", "有见习意愿的两年内未就业毕业生至少推荐1个见习岗位", f"就业失业科、{TALENT}",
            (("未推荐 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'internship'"),)),
    Measure("5（4）", "岗位开发", "扶贫车间吸纳贫困劳动力", JOBS,
            (("可推荐 {} 人", f"select count(distinct person_id) {OPEN} = 'O02' and basis = 'workshop'"),)),
    Measure("5（5）", "岗位开发", "灵活就业登记，落实灵活就业社保补贴", JOBS,
            (("待登记 {} 人", f"select count(distinct person_id) {OPEN} = 'O03' and basis = 'register-flexible'"),
             ("本年补贴 {} 人", "select count(distinct person_id) from now_subsidy where item = '灵活就业社保补贴' and paid_date between date_trunc('year', $cutoff::date) and $cutoff::date"))),
    Measure("6（1）", "创业扶持", "有创业意愿和已经营的配备1名创业咨询师", JOBS,
            (("未配备 {} 人", f"select count(distinct person_id) {OPEN} = 'O11' and basis = 'startup-counsellor'"),)),
    Measure("6（2）", "创业扶持", "创业担保贷款及贴息", JOBS),
    Measure("6（3）", "创业扶持", "创业培训（实训）", JOBS),
    Measure("6（4）", "创业扶持", "创业大赛（5月起预选，7月底前市赛）和11月底前训练营", JOBS),
    Measure("6（5）", "创业扶持", "入驻孵化基地、园区，租金减免", "就业失业科"),
    Measure("6（6）", "创业扶持", "推荐申报创业型城市和“四型就业社区”", JOBS),
    Measure("7（1）", "政策保障", "吸纳重点群体的企业落实减免、返还、补贴", f"{JOBS}、社保中心",
            (("可享未享单位 {} 家", f"select count(distinct coalesce(employer_uscc, employer_name)) {OPEN} = 'O09' and person_id is null"),)),
    Measure("7（2）", "政策保障", "资金“月调度、季通报”", JOBS,
            (("本月支出 {} 元", "select coalesce(sum(amount), 0) from now_subsidy where paid_date between $month::date and $cutoff::date"),)),
    Measure("8（1）", "服务保障", "人社服务专员送政策、技能、岗位、资金", JOBS),
    Measure("8（2）", "服务保障", "“政策敲门”“无申请办理”", f"{INFO}、{JOBS}",
            (("可享未享 {} 人", f"select count(distinct person_id) {OPEN} = 'O09' and person_id is not null"),)),
    Measure("8（3）", "服务保障", "线下网点与网上平台、短信、12333 联动", f"{INFO}、{JOBS}"),
    Measure("9（1）", "宣传保障", "4月底前政策打包", f"就业失业科、{JOBS}"),
    Measure("9（2）", "宣传保障", "6月宣传月", f"政策法规科、{JOBS}、{TALENT}、{MARKET}"),
    Measure("9（3）", "宣传保障", "11月先进典型评选", f"政策法规科、就业失业科、{JOBS}"),
    Measure("9（4）", "宣传保障", "融媒体宣传", f"政策法规科、{JOBS}、{TALENT}、{MARKET}"),
    Measure("9（5）", "宣传保障", "定期政策短信", JOBS),
    Measure("10①–④", "评价保障", "年终考核四项目标", f"就业失业科、{JOBS}"),
    Measure("10", "评价保障", "满意度调查", f"就业失业科、{JOBS}",
            (("本月收到 {} 份", "select count(*) from now_complaint where kind = '满意度' and date between $month::date and $cutoff::date"),)),
)  # fmt: skip
SHEET = Sheet(
    name="工作落实情况", grain="方案的一项措施",
    rows="select row_no, task, number, measure, progress, units, note from book_progress order by row_no",
    columns=(
        Column("row_no", "序号", 6, WHOLE), Column("task", "重点任务类别", 16, wrap=True), Column("number", "条目", 10),
        Column("measure", "具体推进措施", 48, wrap=True), Column("progress", "工作落实情况", 44, wrap=True),
        Column("units", "指导督导责任单位", 22, wrap=True), Column("note", "备注", 18, wrap=True),
    ),
)  # fmt: skip
BY_HAND = "本系统没有此项数据，请填写"


def gather(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    """Make `book_progress`, one row per measure in the order of the plan."""
    rows = " union all ".join(_row(place, m) for place, m in enumerate(MEASURES))
    con.execute(
        "create or replace temp table progress_day as select $1::date as month, $2::date as cutoff",
        [month_of(due.cutoff), due.cutoff],
    )
    place_rows(con, "book_progress", f"select * exclude (place) from ({rows}) order by place")


def _row(place: int, m: Measure) -> str:
    told = " || '；' || ".join(_told(*figure) for figure in m.figures) or "null::varchar"
    note = "null::varchar" if m.figures else f"'{BY_HAND}'"
    return f"select {place} as place, '{m.task}' as task, '{m.number}' as number, '{m.measure}' as measure, {told} as progress, '{m.units}' as units, {note} as note"


def _told(sentence: str, count: str) -> str:
    before, after = sentence.split("{}")
    asked = count.replace("$month::date", "(select month from progress_day)").replace(
        "$cutoff::date", "(select cutoff from progress_day)"
    )
    return f"'{before}' || ({asked}) || '{after}'"
