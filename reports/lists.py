"""名单/: the outbound lists as sheets, one workbook for each office that receives them, so that none sees more than its own.

What is sent once (candidates, pushes, notices, invitations) shows tonight's lines; what must be done shows all that stands open.
"""

from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.catalogue import listed, said
from reports.line_columns import BY_EMPLOYER, BY_FAMILY, list_sheet
from reports.sheet import WHOLE, Column, Page, Sheet

WHO, PLACE, WHY = "name id_number", "town village", "reason clause"
CANDIDATES = list_sheet(
    "O02", "候选人员", "一名今夜新列的候选人员", f"{WHO} caution sex {PLACE} pack basis paper unknown {WHY} valid_from entry_id"
)  # fmt: skip
PROPOSALS = list_sheet(
    "O04", "退出与注销建议", "一条待决定的退出或注销建议",
    f"{WHO} {PLACE} track op ground event_on {WHY} records valid_from is_new entry_id", order="track, is_fresh desc, run_no, seq",
)  # fmt: skip
DECIDED = list_sheet(
    "O05",
    "决定告知",
    "一份须告知本人的决定",
    f"{WHO} phone {PLACE} channel track ground {WHY} valid_from entry_id",
)
PUSHES = list_sheet(
    "O08",
    "政策推送",
    "一次今夜要发的推送",
    f"{WHO} caution phone channel {PLACE} title content {WHY} entry_id",
)
UNCLAIMED_PEOPLE = list_sheet(
    "O09", "应享未享人员", "一人一项尚未享受的政策", f"{WHO} caution phone {PLACE} title since_month months content {WHY} employer_name records valid_from is_new entry_id",
    also="person_id is not null",
)  # fmt: skip
UNCLAIMED_FIRMS = list_sheet(
    "O09", "应享未享单位", "一个单位一项尚未享受的政策", f"employer_name employer_uscc title since_month content {WHY} records valid_from is_new entry_id",
    also="person_id is null", order=BY_EMPLOYER, fixed=1,
)  # fmt: skip
FOLLOW_UPS = list_sheet(
    "O10",
    "回访任务",
    "一次到期或逾期的回访",
    f"{WHO} caution {PLACE} standing due_date last_contact last_means owner {WHY} is_new entry_id",
)
GAP_TOTALS = Sheet(
    name="服务缺口合计", grain="一个镇街的一种服务（逐人名单见《分镇街》）",
    rows="""
select coalesce(meant, '未写镇街') as town, pack, word_basis(basis) as service, count(distinct person_id) as people,
    count(*) filter (due_date < (select as_of from report_day)) as overdue, count(*) filter (is_new) as fresh
from open_line left join town_name using (town) where list = 'O11' group by coalesce(meant, '未写镇街'), pack, service order by 1, pack, service
""",
    columns=(
        Column("town", "镇街", 18, wrap=True), Column("pack", "政策包", 14), Column("service", "服务", 24, wrap=True),
        Column("people", "欠缺人数", 12, WHOLE), Column("overdue", "其中逾期", 12, WHOLE), Column("fresh", "今夜新增", 12, WHOLE),
    ),
    empty="目前没有",
)  # fmt: skip
FAMILIES = list_sheet(
    "O13",
    "零就业家庭限期",
    "一名零就业家庭成员",
    f"{WHO} caution {PLACE} family household standing days_left due_date {WHY} owner is_new entry_id",
    order=BY_FAMILY,
)
MATCHES = list_sheet(
    "O19",
    "岗位推送",
    "一人一个今夜新推的岗位",
    f"{WHO} caution phone {PLACE} post employer_name public_post workplace pay open_until score points channel {WHY} entry_id",
    order="town nulls last, village nulls last, person_id, score desc nulls last, run_no, seq",
)
COURSES = list_sheet(
    "O22",
    "培训名单",
    "一名今夜新列的培训对象",
    f"{WHO} phone {PLACE} employer_name unknown content {WHY} entry_id",
)
URGES = list_sheet(
    "O06", "督促办理就业登记", "一个单位的一名参保人员", f"employer_name employer_uscc {WHO} hired_from {WHY} valid_from is_new entry_id",
    order=BY_EMPLOYER, fixed=1,
)  # fmt: skip
REFERRALS = list_sheet(
    "O07",
    "转介民政",
    "一名待核实后转介的人员",
    f"{WHO} phone {PLACE} address household {WHY} checked_by agreed reply valid_from is_new entry_id",
)
LAYOFFS = list_sheet(
    "O14", "裁员预警", "一个停保人数达到预警线的单位", f"employer_name employer_uscc pack stops staff share {WHY} evidence_count valid_from is_new entry_id",
    order=BY_EMPLOYER, fixed=1,
)  # fmt: skip
SUSPECTS = list_sheet(
    "O15",
    "疑点核查",
    "一条补贴或待遇疑点（尚未查实）",
    f"{WHO} {PLACE} employer_name basis meets months {WHY} due_date records valid_from is_new entry_id",
)
STALE = list_sheet(
    "O12", "久未核验", "一名信息久未更新的人员", f"{WHO} {PLACE} title {WHY} owner valid_from is_new entry_id"
)
REPEATED = Sheet(
    name="重复登记", grain="一人的一条有效失业登记，此人不止一条",
    rows="""
with standing as (
    select person_id, office, reg_no, reg_date, place from now_unemployment_registration
    where person_id is not null and reg_date <= (select as_of from report_day) and coalesce(cancel_date > (select as_of from report_day), true)
)
select p.name, shown_id(p.id_number) as id_number, p.town, p.village, s.reg_no, s.reg_date, s.place, nullif(s.office, '') as office
from standing as s inner join person_now as p using (person_id)
where s.person_id in (select person_id from standing group by person_id having count(distinct reg_date) > 1)
order by s.person_id, s.reg_date, s.office, s.reg_no
""",
    columns=(
        Column("name", "姓名", 16, wrap=True), Column("id_number", "证件号码", 22), Column("town", "镇街", 14, wrap=True),
        Column("village", "村居", 16, wrap=True), Column("reg_no", "登记编号", 18), Column("reg_date", "登记日期", 12, "yyyy-mm-dd"),
        Column("place", "登记地", 24, wrap=True), Column("office", "报送地区", 12),
    ),
    fixed_columns=2, empty="目前没有", only_of="from now_unemployment_registration",
)  # fmt: skip
# Who receives which sheets, and what they are told about them.
RECIPIENTS: tuple[tuple[str, str, tuple[Sheet, ...]], ...] = (
    ("就业服务机构", "供县（市、区）公共就业服务机构办理；走访、回访和服务缺口的逐人名单在《分镇街》。",
     (CANDIDATES, PROPOSALS, DECIDED, PUSHES, UNCLAIMED_PEOPLE, UNCLAIMED_FIRMS, FOLLOW_UPS, GAP_TOTALS, FAMILIES, MATCHES, COURSES)),
    ("用人单位", "供督促用人单位办理就业登记；发给单位时只给其本单位的行。", (URGES,)),
    ("民政部门", "须先由工作人员核实家庭情况并经本人同意，再转民政部门。", (REFERRALS,)),
    ("基金监督", "疑点不是结论，查实之前不作任何增减。", (SUSPECTS,)),
    ("失业监测", "停保人数达到预警线的单位，请核实原因。", (LAYOFFS,)),
    ("信息维护", "供更新登记信息、处理重复登记；退回各来源单位的行在《质量反馈》。", (STALE, REPEATED)),
)  # fmt: skip
WITHOUT_RULES = "本夜所用政策包没有产生“{lists}”的条款，相应各表为空。"


def build(desk: Desk) -> list[Path]:
    """One workbook for each recipient, every night; a sheet without lines says so."""
    return [p for name, about, sheets in RECIPIENTS for p in _book(desk, name, about, sheets)]


def _book(desk: Desk, name: str, about: str, sheets: tuple[Sheet, ...]) -> list[Path]:
    silent = [s.name for s in sheets if s.binds.get("list", "O05") not in {"O05", *desk.night.fed_lists}]

    def front(contents: Contents) -> Page:
        lines = (desk.night.title, about, *cut_lines(sheets, contents))
        lines += (said(WITHOUT_RULES, lists=listed(dict.fromkeys(silent))),) if silent else ()
        return Page(
            name="封面",
            title=said("名单：{name}", name=said(name)),
            lines=lines,
            blocks=(guide(sheets, contents),),
            widths=(22, 46, 14, 60),
        )

    return write_book(desk, f"名单/{name}", sheets, front=front, bannered=tuple(s.name for s in sheets))
