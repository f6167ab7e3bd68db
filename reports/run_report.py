"""运行报告.xlsx: the night in figures and two charts."""

from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, write_book
from reports.ledger_delta import packs_in_use
from reports.quality_feedback import SCORE_COLUMNS, SCORE_ROWS
from reports.run_note import Night
from reports.sheet import DAY, WHOLE, Block, Chart, Column, Page, Series, Sheet
from reports.words import BLOCKING_WORDS, KIND_WORDS

DELIVERIES = Sheet(
    name="交付",
    grain="一份文件",
    rows="""
select file_name, sheet, coalesce(word_kind(kind), word_mark('未识别')) as kind, agency_of(kind) as agency, snapshot_date,
    word_coverage(coverage) as coverage, encoding, word_delivery(status) as status, rows, accepted, quarantined,
    unchanged, linked, new_person, not_linked, review, shown_text(reason) as reason
from delivery order by kind, file_name, delivery_id
""",
    columns=(
        Column("file_name", "文件", 34, wrap=True),
        Column("sheet", "工作表", 12),
        Column("kind", "类别", 14),
        Column("agency", "来源单位", 20),
        Column("snapshot_date", "数据日期", 12, DAY),
        Column("coverage", "范围", 8),
        Column("encoding", "编码", 10),
        Column("status", "结果", 10),
        Column("rows", "行数", 10, WHOLE),
        Column("accepted", "接收", 10, WHOLE),
        Column("quarantined", "隔离", 8, WHOLE),
        Column("unchanged", "未变", 10, WHOLE),
        Column("linked", "已关联", 10, WHOLE),
        Column("new_person", "新增人员", 10, WHOLE),
        Column("not_linked", "未关联", 10, WHOLE),
        Column("review", "待核查", 10, WHOLE),
        Column("reason", "原因", 50, wrap=True),
    ),
)
OUTCOMES = Sheet(
    name="比对结果",
    grain="一类数据",
    rows="""
select word_kind(kind) as kind, sum(rows)::bigint as rows, sum(unchanged)::bigint as unchanged,
    sum(linked)::bigint as linked, sum(new_person)::bigint as new_person, sum(not_linked)::bigint as not_linked,
    sum(review)::bigint as review, sum(quarantined)::bigint as quarantined,
    format(word_mark('{}（{:,} 行）'), word_kind(kind), (sum(accepted) - sum(unchanged))::bigint) as label
from delivery where status = 'accepted' group by kind order by kind
""",
    columns=(
        Column("kind", "类别", 16),
        Column("rows", "行数", 12, WHOLE),
        Column("unchanged", "未变", 12, WHOLE),
        Column("linked", "已关联", 12, WHOLE),
        Column("new_person", "新增人员", 12, WHOLE),
        Column("not_linked", "未关联", 12, WHOLE),
        Column("review", "待核查", 12, WHOLE),
        Column("quarantined", "隔离", 12, WHOLE),
        Column("label", "图中标签（新到或有变的行）", 34),
    ),
)
CHANGES = Sheet(
    name="台账变化",
    grain="一个政策包、台账与措施",
    rows="""
select pack, word_track(track) as track, word_op(op) as op, count(*) as entry_count,
    count(distinct person_id) as person_count, count(*) filter (needs_decision) as to_decide_count
from ledger_entry group by pack, track, op order by pack, track, entry_count desc, op
""",
    columns=(
        Column("pack", "政策包", 16),
        Column("track", "台账", 18),
        Column("op", "措施", 24),
        Column("entry_count", "条数", 12, WHOLE),
        Column("person_count", "人数", 12, WHOLE),
        Column("to_decide_count", "需人工决定", 12, WHOLE),
    ),
)
OPS_TONIGHT = Sheet(
    name="措施合计",
    grain="一种措施",
    rows="""
select word_op(op) as op, count(*) filter (needs_decision) as to_decide, count(*) filter (not needs_decision) as direct
from ledger_entry group by op order by count(*) desc, op
""",
    columns=(
        Column("op", "措施", 24),
        Column("to_decide", "需人工决定", 12, WHOLE),
        Column("direct", "直接记入", 12, WHOLE),
    ),
)
LISTS = Sheet(
    name="外发清单",
    grain="一份外发清单",
    rows="select word_list(list) as list, count(*) as line_count from outbound group by list order by list",
    columns=(Column("list", "清单", 30), Column("line_count", "行数", 12, WHOLE)),
)
NOTICES = Sheet(
    name="提示",
    grain="一份文件一列上的一种异常",
    rows="""
select coalesce(delivery.file_name, word_mark('以前收下的文件')) as file_name,
    coalesce(word_kind(delivery.kind), if(delivery.delivery_id is null, '', word_mark('未识别'))) as kind, notice."column", notice."check",
    notice.rows, shown_text(notice.message) as message
from notice left join delivery using (delivery_id)
order by file_name, delivery_id, notice."column", notice."check"
""",
    columns=(
        Column("file_name", "文件", 34, wrap=True),
        Column("kind", "类别", 14),
        Column("column", "列", 18),
        Column("check", "检查", 20),
        Column("rows", "行数", 10, WHOLE),
        Column("message", "说明", 60, wrap=True),
    ),
)
SCORES = Sheet(
    name="报送评分",
    grain="一个来源",
    rows=SCORE_ROWS,
    columns=(Column("agency", "来源单位", 20), *SCORE_COLUMNS),
)
SHEETS = (OUTCOMES, OPS_TONIGHT, CHANGES, DELIVERIES, SCORES, NOTICES, LISTS)
# Okabe and Ito's colours: they stay apart for colour-blind readers and in grey print.
OUTCOME_CHART = Chart(
    "各类数据的比对结果", OUTCOMES, "label",
    (Series("linked", "#0072B2"), Series("new_person", "#56B4E9"), Series("not_linked", "#BBBBBB"),
     Series("review", "#E69F00")),
    axis="占新到或有变的行的比例", stacking="percent_stacked",
)  # fmt: skip
OP_CHART = Chart(
    "各措施的台账分录", OPS_TONIGHT, "op", (Series("to_decide", "#E69F00"), Series("direct", "#56B4E9")),
    axis="条数", labels=True,
)  # fmt: skip
FIGURES = """
select count(*), count(*) filter (status = 'accepted'), count(*) filter (status = 'refused'),
    count(*) filter (status = 'held'), count(*) filter (status = 'duplicate'), coalesce(sum(rows), 0)::bigint,
    coalesce(sum(quarantined), 0)::bigint, coalesce(sum(unchanged), 0)::bigint, coalesce(sum(linked), 0)::bigint,
    coalesce(sum(new_person), 0)::bigint, coalesce(sum(not_linked), 0)::bigint, coalesce(sum(review), 0)::bigint,
    (select count(*) from ledger_entry), (select count(*) from ledger_entry where needs_decision)
from delivery
"""
FIGURE_WORDS = (
    "收到文件", "　已接收", "　已拒收", "　暂停处理", "　重复", "读到行数", "　隔离", "　未变", "　已关联",
    "　新增人员", "　未关联", "　待核查", "台账分录", "　需人工决定",
)  # fmt: skip


def build(desk: Desk) -> list[Path]:
    counted = desk.con.execute(FIGURES).fetchall()[0]
    figures = tuple(zip(FIGURE_WORDS, counted, strict=True))

    def front(contents: Contents) -> Page:
        return overview(desk.night, figures, contents)

    def back(contents: Contents) -> Page:
        return workings(desk.night)

    names = tuple(s.name for s in SHEETS)
    return write_book(desk, "运行报告", SHEETS, front=front, back=back, bannered=names)


def overview(night: Night, figures: tuple[tuple[str, int], ...], contents: Contents) -> Page:
    """The page that opens first: the key figures, what was barred, and the charts."""
    quiet = () if any(count for _, count in figures) else ("今夜无变化",)
    barred = tuple((KIND_WORDS.get(kind, kind), "今夜不据此作任何增减") for kind in night.barred)
    return Page(
        name="概况",
        title="运行报告",
        lines=(
            night.title,
            night.recorded_line,
            night.receipt_line,
            "今日要办见《台账增量》封面。",
            *quiet,
            *cut_lines(SHEETS, contents),
        ),
        blocks=(
            Block("主要数字", ("项目", "数量"), figures),
            Block("今夜停用的数据来源", ("来源", "影响"), barred or (("无", "全部来源正常"),)),
            Block("签名", ("项目", "内容"), (("本次运行", night.signing),), "未给出"),
            packs_in_use(night),
            Block("今夜改变的政策包与参数", ("政策包", "引起的分录", "改变"), night.pack_changes, "与上一夜相同"),
        ),
        widths=(24, 24, 30, 14, 3),
        charts=(OUTCOME_CHART, OP_CHART),
    )


def workings(night: Night) -> Page:
    """For whoever looks after the machine: how rows were compared, and how long each step took."""
    blocking = tuple((BLOCKING_WORDS.get(rule, rule), *counts) for rule, *counts in night.blocking)
    return Page(
        name="运行情况",
        title="运行情况",
        lines=(night.title,),
        blocks=(
            Block("比对分组", ("分组规则", "候选对", "已收窄的键", "过多而未比的键"), blocking, "今夜无须加权比对"),
            Block("步骤用时", ("步骤", "秒"), tuple((name, float(seconds)) for name, seconds in night.steps), "未给出"),
        ),
        widths=(34, 14, 14, 18),
    )
