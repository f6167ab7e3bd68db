"""The ledgers that the other places keep, month by month: everybody in them with the columns that their documents name."""

from collections.abc import Mapping

import duckdb

from reports.book_base import place_rows
from reports.calendar import DueBook
from reports.sheet import DAY, WHOLE, Column, Sheet

ROWS = """
with service as (
    select person_id, count(*) as services, max(service_date) as served_on,
        count(distinct service_date) filter (service_kind in ('跟踪回访', '入户走访') and service_date >= date_trunc('month', $cutoff::date)) as month_contacts
    from now_service_log where person_id is not null and service_date <= $cutoff::date group by person_id
),
recognition as (
    select distinct on (person_id) person_id, basis as recognition_basis, prelim_date, recognised_date, exit_date, exit_ground, spell,
        agreement_date
    from now_hardship_recognition where person_id is not null and recognised_date <= $cutoff::date
    order by person_id, recognised_date desc, record_id
),
refusal as (
    select person_id, count(*) as refusals from now_service_log
    where service_kind = '拒绝服务' and person_id is not null and service_date <= $cutoff::date group by person_id
),
registration as (
    select distinct on (person_id) person_id, reg_date, place, last_verified from now_unemployment_registration
    where person_id is not null and reg_date <= $cutoff::date order by person_id, reg_date desc, record_id
),
-- Whom an office recognised before this ledger knew them has no entry of his own, and is in the ledger of Xinyu all the same.
row as (
    select person_id, entry_id, track, state, basis, tier, sources, since, last_reason from ledger_on
    where pack = $pack and track = $track and state not in ('L0', 'H0')
    union all
    select person_id, null, 'H', if(exit_date <= $cutoff::date, 'H6', 'H4'), [recognition_basis], null, ['recognition'], recognised_date, null
    from recognition where $track = 'H' and person_id not in (select person_id from ledger_on where pack = $pack and track = 'H' and state <> 'H0')
)
select l.person_id, l.entry_id, l.track, l.state, l.basis, l.tier, l.sources, l.since, age_on(p.birth_date, $cutoff::date) as age,
    w.stopped_on, array_to_string(w.stop_reasons, '、') as stop_reasons, b.benefit_to, w.hukou_kind, w.residence_from, w.local_months,
    g.reg_date, g.place, g.last_verified, s.services, s.served_on, coalesce(s.month_contacts, 0) as month_contacts, n.agreement_date,
    w.child_adult_on, n.recognition_basis, n.prelim_date, n.recognised_date, n.exit_date, n.exit_ground,
    if(n.exit_date is null, null, (n.exit_date + interval 3 month)::date) as lock_until, coalesce(f.refusals, 0) as refusals,
    w.help_guidance, w.help_posts, w.help_training,
    coalesce(w.firm_insurance_subsidy_months, 0) + coalesce(w.flexible_subsidy_months, 0) + coalesce(w.post_subsidy_months, 0)
        + coalesce(w.public_post_subsidy_months, 0) as subsidy_months, l.last_reason
from row as l inner join person_now as p using (person_id) left join wide as w using (person_id)
left join service as s using (person_id) left join recognition as n using (person_id) left join refusal as f using (person_id)
left join registration as g using (person_id)
left join (select person_id, max(last_day(end_month)) as benefit_to from now_unemployment_benefit where person_id is not null group by person_id) as b using (person_id)
order by p.town nulls last, p.village nulls last, l.person_id
"""
SHOWN = """
select {shown} from book_{pack} as b inner join person_now as p using (person_id) left join person_card as c using (person_id)
order by b.row_no
"""
PARTS: Mapping[str, tuple[Column, str]] = {
    "row_no": (Column("row_no", "序号", 8, WHOLE), "b.row_no"),
    "name": (Column("name", "姓名", 16, wrap=True), "p.name"),
    "sex": (Column("sex", "性别", 6), "p.sex"),
    "age": (Column("age", "年龄", 6, WHOLE), "b.age"),
    "id_number": (Column("id_number", "证件号码", 22), "shown_id(p.id_number)"),
    "phone": (Column("phone", "联系电话", 14), "p.phone"),
    "town": (Column("town", "镇街", 14, wrap=True), "p.town"),
    "village": (Column("village", "村居", 14, wrap=True), "p.village"),
    "education": (Column("education", "学历", 12, wrap=True), "c.education"),
    "skill": (Column("skill", "技能", 14, wrap=True), "c.skill"),
    "health": (Column("health", "身体健康", 12, wrap=True), "c.health"),
    "training_wish": (Column("training_wish", "培训意愿", 14, wrap=True), "c.training_wish"),
    "job_need": (Column("job_need", "就业需求", 16, wrap=True), "c.job_need"),
    "wish": (Column("wish", "服务意愿", 14, wrap=True), "c.wish"),
    "owner": (Column("owner", "责任人", 12, wrap=True), "c.owner"),
    "state": (Column("state", "状态", 16), "word_state(b.state)"),
    "basis": (Column("basis", "类别", 24, wrap=True), "words_of_bases(b.basis)"),
    "sources": (Column("sources", "来源", 22, wrap=True), "words_of_bases(b.sources)"),
    "tier": (Column("tier", "分级", 12), "word_basis(b.tier)"),
    "since": (Column("since", "列入日", 12, DAY), "b.since"),
    "stopped_on": (Column("stopped_on", "停保日期", 12, DAY), "b.stopped_on"),
    "stop_reasons": (Column("stop_reasons", "停保原因", 14, wrap=True), "b.stop_reasons"),
    "benefit_to": (Column("benefit_to", "失业保险待遇止", 12, DAY), "b.benefit_to"),
    "hukou": (Column("hukou", "户籍性质", 8), "b.hukou_kind"),
    "residence_from": (Column("residence_from", "居住起始", 12, DAY), "b.residence_from"),
    "insured_months": (Column("insured_months", "本地参保月数", 8, WHOLE), "b.local_months"),
    "reg_date": (Column("reg_date", "失业登记日期", 12, DAY), "b.reg_date"),
    "reg_place": (Column("reg_place", "登记地", 16, wrap=True), "b.place"),
    "last_verified": (Column("last_verified", "最近核验", 12, DAY), "b.last_verified"),
    "services": (Column("services", "服务次数", 8, WHOLE), "b.services"),
    "served_on": (Column("served_on", "最近服务", 12, DAY), "b.served_on"),
    "month_contacts": (Column("month_contacts", "本月回访", 8, WHOLE), "b.month_contacts"),
    "agreement": (Column("agreement", "援助协议日期", 12, DAY), "b.agreement_date"),
    "child_adult": (Column("child_adult", "最小子女满十八岁", 12, DAY), "b.child_adult_on"),
    "prelim": (Column("prelim", "初审日期", 12, DAY), "b.prelim_date"),
    "recognised": (Column("recognised", "认定日期", 12, DAY), "b.recognised_date"),
    "exit_date": (Column("exit_date", "退出日期", 12, DAY), "b.exit_date"),
    "exit_ground": (Column("exit_ground", "退出原因", 16, wrap=True), "b.exit_ground"),
    "lock_until": (Column("lock_until", "再次认定不早于", 12, DAY), "b.lock_until"),
    "refusals": (Column("refusals", "拒绝服务", 8, WHOLE), "b.refusals"),
    "guidance": (Column("guidance", "职业指导（1）", 8, WHOLE), "b.help_guidance"),
    "posts": (Column("posts", "岗位推荐（3）", 8, WHOLE), "b.help_posts"),
    "training": (Column("training", "职业培训（1）", 8, WHOLE), "b.help_training"),
    "subsidy_months": (Column("subsidy_months", "补贴累计月数", 8, WHOLE), "b.subsidy_months"),
    "note": (Column("note", "备注", 36, wrap=True), "shown_text(b.last_reason)"),
}  # fmt: skip
WHO = "row_no name sex age id_number phone town village"


def _sheet(pack: str, name: str, parts: str) -> Sheet:
    chosen = [PARTS[p] for p in parts.split()]
    shown = ", ".join(f"{expression} as {column.field}" for column, expression in chosen)
    columns = tuple(column for column, _ in chosen)
    rows = SHOWN.format(shown=shown, pack=pack)
    return Sheet(name, "一名台账人员", rows, columns, fixed_columns=2, empty="本期没有人员")


SERVICE_LEDGER = _sheet(
    "zhongshan", "服务台帐",
    f"{WHO} education skill health training_wish job_need sources stopped_on stop_reasons benefit_to state since services owner note",
)  # fmt: skip
SD_LEDGER = _sheet(
    "shandong",
    "援助台账",
    f"{WHO} basis hukou residence_from insured_months reg_date state since services served_on agreement child_adult owner note",
)
XY_LEDGER = _sheet(
    "xinyu",
    "援助台账",
    f"{WHO} basis state prelim recognised exit_date exit_ground lock_until refusals guidance posts training subsidy_months agreement owner note",
)
NM_LEDGER = _sheet(
    "neimenggu",
    "服务台账",
    f"{WHO} tier reg_date reg_place wish skill job_need last_verified services served_on month_contacts state owner note",
)
# Xinyu's help follows the recognition; the others keep a ledger of their own.
TRACKS = {"zhongshan": "L", "shandong": "L", "xinyu": "H", "neimenggu": "L"}


def gather(con: duckdb.DuckDBPyConnection, due: DueBook) -> None:
    """Make `book_<pack>` of the ledger of that place."""
    pack = due.book.pack
    place_rows(con, f"book_{pack}", ROWS, cutoff=due.cutoff, pack=pack, track=TRACKS[pack])
