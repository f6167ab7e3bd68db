"""质量反馈/<agency>.xlsx: what was wrong with what an office sent, for that office."""

from dataclasses import replace
from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.catalogue import said
from reports.sheet import DAY, SHARE, WHOLE, Block, Column, Page, Sheet

SCORE_COLUMNS = (
    Column("kind", "类别", 16),
    Column("office", "地区", 10),
    Column("snapshot_date", "最新数据日期", 14, DAY),
    Column("days_late", "逾期天数", 10, WHOLE),
    Column("files", "今夜文件", 10, WHOLE),
    Column("refused_files", "未收下", 10, WHOLE),
    Column("rows", "行数", 10, WHOLE),
    Column("quarantined", "未接收行", 10, WHOLE),
    Column("repeated", "重复行", 10, WHOLE),
    Column("unknown_codes", "未知代码", 10, WHOLE),
    Column("valid_share", "有效证件号码", 14, SHARE),
    Column("valid_before", "上次有效证件号码", 16, SHARE),
    Column("quarantined_before", "上次未接收行", 14, WHOLE),
    Column("resupply", "请补报", 70, wrap=True),
)
REFUSED = Sheet(
    name="退回文件",
    grain="一份被拒收或暂停处理的文件",
    rows="""
select file_name, sheet, word_kind(kind) as kind, snapshot_date, word_delivery(status) as status,
    shown_text(reason) as reason
from delivery where status in ('refused', 'held') and agency_of(kind) = $agency order by file_name, delivery_id
""",
    columns=(
        Column("file_name", "文件", 34, wrap=True),
        Column("sheet", "工作表", 12),
        Column("kind", "类别", 16),
        Column("snapshot_date", "数据日期", 12, DAY),
        Column("status", "结果", 12),
        Column("reason", "原因", 70, wrap=True),
    ),
    only_of="from delivery where status in ('refused', 'held')",
)
ASIDE = Sheet(
    name="未接收的行",
    grain="一行未接收的数据（行号不计表头和标题行）",
    rows="""
select coalesce(row.file_name, delivery.file_name) as file_name, coalesce(row.sheet, delivery.sheet) as sheet,
    row.row_no, row."column", row."check", shown_text(row.message) as message
from quarantine as row left join delivery using (delivery_id)
where agency_of(delivery.kind) = $agency order by file_name, delivery_id, row.row_no
""",
    columns=(
        Column("file_name", "文件", 34, wrap=True),
        Column("sheet", "工作表", 12),
        Column("row_no", "行号", 10, WHOLE),
        Column("column", "列", 18),
        Column("check", "检查", 20),
        Column("message", "说明", 70, wrap=True),
    ),
    fixed_columns=3,
    only_of="from quarantine",
)
NOTICES = Sheet(
    name="提示",
    grain="一份文件一列上的一种异常（数据已接收）",
    rows="""
select delivery.file_name, word_kind(delivery.kind) as kind, notice."column", notice."check", notice.rows,
    shown_text(notice.message) as message
from notice left join delivery using (delivery_id)
where agency_of(delivery.kind) = $agency order by file_name, delivery_id, notice."column", notice."check"
""",
    columns=(
        Column("file_name", "文件", 34, wrap=True),
        Column("kind", "类别", 16),
        Column("column", "列", 18),
        Column("check", "检查", 20),
        Column("rows", "行数", 10, WHOLE),
        Column("message", "说明", 70, wrap=True),
    ),
    only_of="from notice",
)
SCORE_ROWS = """
select agency_of(s.kind) as agency, word_kind(s.kind) as kind, s.office, s.snapshot_date, s.days_late, s.files, s.refused_files, s.rows,
    s.quarantined, s.repeated, s.unknown_codes, case when s.standing_rows > 0 then s.valid_numbers / s.standing_rows end as valid_share,
    case when b.standing_rows > 0 then b.valid_numbers / b.standing_rows end as valid_before, b.quarantined as quarantined_before, s.resupply
from scorecard as s left join scorecard_before as b using (kind, office) order by agency, s.kind, s.office
"""
SCORES = Sheet(
    name="报送评分",
    grain="本单位的一类数据（有效证件号码按现存的行计算）",
    rows=f"select * exclude (agency) from ({SCORE_ROWS}) where agency = $agency",
    columns=SCORE_COLUMNS,
)
AGENCIES = """
select agency_of(kind) as agency from delivery
union select agency_of(kind) from scorecard
union select agency_of(kind) from quarantine left join delivery using (delivery_id)
union select agency_of(kind) from notice inner join delivery using (delivery_id) order by agency
"""
DELIVERED = """
select file_name, coalesce(word_kind(kind), word_mark('未识别')), word_delivery(status), sum(rows)::bigint,
    sum(accepted)::bigint, sum(quarantined)::bigint
from delivery where agency_of(kind) = $agency group by all order by all
"""


def build(desk: Desk) -> list[Path]:
    """One workbook for each agency that delivered anything tonight."""
    agencies = [row[0] for row in desk.con.execute(AGENCIES).fetchall()]
    return [path for agency in agencies for path in _feedback(desk, agency)]


def _feedback(desk: Desk, agency: str) -> list[Path]:
    sheets = tuple(replace(sheet, binds={"agency": agency}) for sheet in (SCORES, REFUSED, ASIDE, NOTICES))
    delivered = tuple(desk.con.execute(DELIVERED, {"agency": agency}).fetchall())

    def front(contents: Contents) -> Page:
        header = ("文件", "类别", "结果", "行数", "接收", "未接收")
        return Page(
            name="封面",
            title=said("数据质量反馈：{name}", name=said(agency)),
            lines=(desk.night.title, *cut_lines(sheets, contents)),
            blocks=(Block("今夜交付", header, delivered), guide(sheets, contents)),
            widths=(38, 46, 12, 12, 12, 12),
        )

    return write_book(desk, f"质量反馈/{agency}", sheets, front=front)
