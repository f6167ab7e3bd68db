"""比对日志.xlsx, for auditors: every link that is not exact, every file refused or held, every row put aside."""

from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.macros import level_said
from reports.sheet import DECIMAL, WHOLE, Column, Page, Sheet
from reports.words import COMPARISON_WORDS

# Every comparison that had something to compare, with its level and its weight; they add up to the pair's weight.
SHOWN_WEIGHTS = "nullif(concat_ws('；', {}), '')".format(", ".join(
    f"words.comparison['{name}'] || ' ' || round(log.weights.{name}, 2)" if name == "prior" else
    f"if(log.levels.{name} = 'missing', null, {level_said('log.levels', name)} || ' ' || round(log.weights.{name}, 2))"
    for name in COMPARISON_WORDS
))  # fmt: skip
INEXACT = Sheet(
    name="非精确比对",
    grain="一行非精确关联、待核查或改判的交付数据",
    rows=f"""
select log.file_name, log.sheet, log.row_no, word_kind(log.kind) as kind, word_match(log.match_status) as outcome,
    word_rule(log.rule) as rule, log.person_id, person.name, shown_id(person.id_number) as id_number,
    log.match_weight, log.match_probability,
    {SHOWN_WEIGHTS} as weights,
    log.runner_up_person_id, log.runner_up_weight, log.model_version, shown_text(log.cause) as cause, log.supersedes,
    log.record_id, log.delivery_id
from report_match as log left join person_now as person using (person_id) cross join (select comparison, level from word_book) as words
where (log.match_status = 'linked' and log.rule is distinct from 'id_and_name')
    or log.match_status = 'review' or log.supersedes is not null
order by log.delivery_id, log.row_no
""",
    columns=(
        Column("file_name", "来源文件", 28, wrap=True),
        Column("sheet", "工作表", 10),
        Column("row_no", "行号", 8, WHOLE),
        Column("kind", "类别", 14),
        Column("outcome", "结果", 10),
        Column("rule", "比对规则", 24, wrap=True),
        Column("person_id", "人员编号", 14),
        Column("name", "姓名", 14),
        Column("id_number", "证件号码", 22),
        Column("match_weight", "比对权重（比特）", 12, DECIMAL),
        Column("match_probability", "同一人概率", 12, "0.0000"),
        Column("weights", "各项权重", 34, wrap=True),
        Column("runner_up_person_id", "次选人员编号", 14),
        Column("runner_up_weight", "次选权重", 10, DECIMAL),
        Column("model_version", "模型版本", 12),
        Column("cause", "起因", 24, wrap=True),
        Column("supersedes", "所改记录", 20),
        Column("record_id", "记录号", 20),
        Column("delivery_id", "交付编号", 20),
    ),
    fixed_columns=3,
)
REFUSED = Sheet(
    name="拒收与暂停",
    grain="一份未接收的文件",
    rows="""
select file_name, sheet, word_kind(kind) as kind, agency_of(kind) as agency, word_delivery(status) as status,
    shown_text(reason) as reason, delivery_id
from delivery where status in ('refused', 'held') order by delivery_id
""",
    columns=(
        Column("file_name", "文件", 32, wrap=True),
        Column("sheet", "工作表", 10),
        Column("kind", "类别", 14),
        Column("agency", "来源单位", 22),
        Column("status", "结果", 12),
        Column("reason", "原因", 60, wrap=True),
        Column("delivery_id", "交付编号", 20),
    ),
)
ASIDE = Sheet(
    name="隔离行",
    grain="一行未接收的数据",
    rows="""
select file_name, sheet, row_no, "column", "check", value_kind, shown_text(message) as message, delivery_id
from quarantine order by delivery_id, row_no
""",
    columns=(
        Column("file_name", "文件", 32, wrap=True),
        Column("sheet", "工作表", 10),
        Column("row_no", "行号", 8, WHOLE),
        Column("column", "列", 16),
        Column("check", "检查", 18),
        Column("value_kind", "值的类型", 14),
        Column("message", "说明", 60, wrap=True),
        Column("delivery_id", "交付编号", 20),
    ),
    fixed_columns=3,
)
SHEETS = (INEXACT, REFUSED, ASIDE)


def build(desk: Desk) -> list[Path]:
    def front(contents: Contents) -> Page:
        lines = (desk.night.title, desk.night.recorded_line, *cut_lines(SHEETS, contents))
        blocks = (guide(SHEETS, contents),)
        return Page(name="封面", title="比对日志", lines=lines, blocks=blocks, widths=(22, 46, 14, 60))

    return write_book(desk, "比对日志", SHEETS, front=front)
