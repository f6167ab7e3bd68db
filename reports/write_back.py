"""回写.xlsx: what was decided and followed up tonight, for entry into the province's or region's own system. No document gives that
system's layout, so this one is ours; a number is masked unless the settings say that the receiver needs it whole."""

from pathlib import Path

import duckdb

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.book_base import place_rows
from reports.sheet import DAY, Column, Page, Sheet

DECIDED_ROWS = """
select e.person_id, e.entry_id, e.pack, e.track, e.state_from, e.state_to, e.basis, e.ground, e.clause, e.valid_from, e.reason,
    json_extract_string(e.parameters, '$.role') as role
from new_entry as e where e.op = 'DECIDED' and e.pack in ('xinyu', 'neimenggu') and e.state_to in ('R3', 'H4', 'H6')
  and e.state_to is distinct from e.state_from order by e.seq
"""
# Each leads back to the entry that asked for the contact of its month; where nobody had to be asked, to the latest one by
# which the person stands in the region's ledger. Whoever does not stand there is not followed up.
FOLLOWED_ROWS = """
with told as (
    select person_id, entry_id, run_no, seq, clause = 'NM-2.1a' as is_place, if(clause = 'NM-4.1', basis, null) as month_asked
    from ledger_entry where pack = 'neimenggu' and op <> 'DECIDED' and person_id is not null
)
select s.person_id, s.service_date, s.service_kind, s.means, s.staff, s.result, s.in_system, 'NM-4.2' as clause,
    arg_max(t.entry_id, (t.month_asked is not distinct from strftime(s.service_date, 'contact:%Y-%m'), t.is_place, t.run_no, t.seq)) as entry_id
from now_service_log as s inner join told as t using (person_id)
where s.run_no = $run_no and s.service_kind in ('跟踪回访', '入户走访') and s.in_system is distinct from true
group by s.person_id, s.service_date, s.service_kind, s.means, s.staff, s.result, s.in_system, s.record_id, s.office
order by s.service_date, s.person_id, s.record_id, s.office
"""
DECIDED = Sheet(
    name="认定退出与注销", grain="一项已决定、须录入系统的认定、退出或注销",
    rows="""
select p.name, shown_id(p.id_number) as id_number, p.town, b.pack, word_track(b.track) as track, word_state(b.state_from) as state_from,
    word_state(b.state_to) as state_to, concat_ws('；', word_basis(b.basis), word_basis(nullif(b.ground, b.basis))) as ground, b.clause, b.valid_from,
    b.role, shown_text(b.reason) as reason, b.entry_id
from book_decided as b inner join person_now as p using (person_id) order by b.row_no
""",
    columns=(
        Column("name", "姓名", 16, wrap=True), Column("id_number", "证件号码", 22), Column("town", "镇街", 14, wrap=True), Column("pack", "政策包", 12),
        Column("track", "台账", 14), Column("state_from", "原状态", 14), Column("state_to", "新状态", 14), Column("ground", "类别或理由", 20, wrap=True),
        Column("clause", "条款", 12), Column("valid_from", "生效日", 12, DAY), Column("role", "审核环节", 10),
        Column("reason", "说明", 44, wrap=True), Column("entry_id", "流水号", 12),
    ),
    fixed_columns=2, empty="今夜没有",
)  # fmt: skip
FOLLOWED = Sheet(
    name="跟踪回访", grain="一次今夜收到、没有标明已录入系统的回访或走访",
    rows="""
select p.name, shown_id(p.id_number) as id_number, p.town, b.service_date, b.service_kind, b.means, b.staff, b.result,
    if(b.in_system is null, word_mark('未写明'), yes_no(b.in_system)) as in_system, b.entry_id
from book_followed as b inner join person_now as p using (person_id) order by b.row_no
""",
    columns=(
        Column("name", "姓名", 16, wrap=True), Column("id_number", "证件号码", 22), Column("town", "镇街", 14, wrap=True),
        Column("service_date", "日期", 12, DAY), Column("service_kind", "类型", 12), Column("means", "方式", 10), Column("staff", "服务人员", 12, wrap=True),
        Column("result", "结果", 36, wrap=True), Column("in_system", "已录入系统", 10), Column("entry_id", "流水号", 12),
    ),
    fixed_columns=2, empty="今夜没有",
)  # fmt: skip
SHEETS = (DECIDED, FOLLOWED)
LINES = """
insert into book_line by name
select 'O24' as list, '认定退出与注销' as book, $day as period, row_no, person_id, clause, entry_id,
    json_object('state_to', state_to, 'valid_from', valid_from)::varchar as content
from book_decided
union all by name
select 'O24' as list, '跟踪回访' as book, $day as period, row_no, person_id, clause, entry_id,
    json_object('service_date', service_date, 'service_kind', service_kind, 'means', means)::varchar as content
from book_followed
"""


def gather_write_back(con: duckdb.DuckDBPyConnection, run_no: int, day: str) -> None:
    """Make `book_decided` and `book_followed`, and put their lines into `book_line`."""
    place_rows(con, "book_decided", DECIDED_ROWS)
    place_rows(con, "book_followed", FOLLOWED_ROWS, run_no=run_no)
    con.execute(LINES, {"day": day}).fetchall()


def build(desk: Desk) -> list[Path]:
    """The workbook, on nights that have anything to write back."""
    if not desk.con.execute("select exists (from book_decided) or exists (from book_followed)").fetchall()[0][0]:
        return []

    def front(contents: Contents) -> Page:
        lines = (
            desk.night.title, "录入上级系统后请留存；上级系统的格式文件没有写明，本表为自定格式。",
            "证件号码已遮蔽；系统导入需要完整号码的，请在 zhaoren.toml 的 [workbooks] 中设 full_id_number = true。",
            *cut_lines(SHEETS, contents),
        )  # fmt: skip
        return Page(name="封面", title="回写", lines=lines, blocks=(guide(SHEETS, contents),), widths=(22, 46, 14, 40))

    return write_book(desk, "回写", SHEETS, front=front, bannered=(DECIDED.name,))
