"""今日要办: what a night leaves for people to do, the gravest first, with where each is found. On the pages that open first."""

from reports.assemble import Desk
from reports.catalogue import listed, said
from reports.gravity import GRAVITY, TO_LEAVE
from reports.sheet import NOTHING, Block
from reports.words import OP_WORDS
from schemas.tables import OPS

ENTRIES = f"""
select case when gravity < {TO_LEAVE} then 0 when gravity = {TO_LEAVE} then 1 else 2 end as place, count(distinct coalesce(person_id, entry_id)),
    count(*), count(*) filter (run_no = $run)
from (select *, {GRAVITY} as gravity from report_open_entry) group by place
"""
LINKS = "select 3, count(distinct likely_id), count(*), null::bigint from report_open_link"
DUE = """
select case when due_date < as_of then 4 else 5 end as place, count(distinct coalesce(l.person_id, l.entry_id)), count(*), count(*) filter (is_fresh)
from report_line as l cross join report_day where due_date <= as_of and list in ('O03', 'O10', 'O11', 'O13') group by place
"""
SENT = """
select case list when 'O07' then 6 when 'O06' then 7 else 8 end as place, count(distinct coalesce(person_id, entry_id)), count(*), count(*) filter (is_fresh)
from report_line where (list in ('O06', 'O07') or (list in ('O05', 'O08', 'O19', 'O22') and is_fresh)) group by place
"""
BACK = "select 9, null::bigint, count(*), count(*) from quarantine having count(*) > 0"
WORK = (
    ("死亡、收监信息和疑点", "《待核查》，排在最前"),
    ("建议退出、注销", "《待核查》的“台账待核查”"),
    ("其余须人工决定", "《待核查》的“台账待核查”"),
    ("行的归属未定", "《待核查》的“身份待核查”"),
    ("已逾期的走访、回访、服务和零就业家庭", "《分镇街》各镇街一本"),
    ("今日到期的走访、回访、服务和零就业家庭", "《分镇街》各镇街一本"),
    ("转介民政", "《名单》的“民政部门”"),
    ("督促办理就业登记", "《名单》的“用人单位”"),
    ("今夜要发的决定告知、政策推送、岗位推送、培训名单", "《名单》的“就业服务机构”"),
    ("未接收的行，退回来源单位", "《质量反馈》"),
)
HEADER = ("事项", "打开", "人数", "件数", "今夜新增")


def to_do(desk: Desk) -> Block:
    """One row for each kind of work that there is."""
    found = [
        row
        for query, values in ((ENTRIES, {"run": desk.night.run_no}), (LINKS, {}), (DUE, {}), (SENT, {}), (BACK, {}))
        for row in desk.con.execute(query, values).fetchall()
    ]
    rows = tuple(
        (f"{n}. {desk.say(WORK[place][0])}", WORK[place][1], *(("" if v is None else v) for v in figures))
        for n, (place, *figures) in enumerate(sorted(row for row in found if row[2]), 1)
    )
    return Block("今日要办（从上往下）", HEADER, rows, "今天没有要办的事")


def in_short(totals: dict[tuple[str, str], int], to_decide: int, clauses: list[tuple[str, int]]) -> Block:
    """What was posted tonight by op, and the clauses most of it rests on. `totals` is by op and track: a duty that ends is an
    update too, and changes nobody."""
    people, work = (
        listed(said("{word} {count}", word=said(OP_WORDS[op]), count=f"{by_op[op]:,}") for op in OPS if by_op[op])
        for by_op in (_by_op(totals, is_work) for is_work in (False, True))
    )
    rows = (
        ("对人的变化", people or "没有"),
        ("任务和提示", work or "没有"),
        ("须人工决定", said("{decide} 条，共 {total} 条", decide=f"{to_decide:,}", total=f"{sum(totals.values()):,}")),
        ("依据最多的条款", "、".join(f"{shown}（{count:,}）" for shown, count in clauses)),
    )
    return Block("变化与原因", ("今夜", "条数"), rows if totals else (), NOTHING)


def _by_op(totals: dict[tuple[str, str], int], is_work: bool) -> dict[str, int]:
    return {op: sum(n for (o, track), n in totals.items() if o == op and (track == "T") is is_work) for op in OPS}
