"""比对日志.xlsx, for auditors: every link that is not exact, every file refused or held, every row put aside."""

from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.macros import level_said
from reports.sheet import DAY, DECIMAL, WHOLE, Block, Column, Page, Sheet
from reports.words import COMPARISON_WORDS

# Every comparison that had something to compare, with its level and its weight; they add up to the pair's weight.
SHOWN_WEIGHTS = "nullif(concat_ws('；', {}), '')".format(", ".join(
    f"words.comparison['{name}'] || ' ' || round(log.weights.{name}, 2)" if name == "prior" else
    f"if(log.levels.{name} = 'missing', null, {level_said('log.levels', name)} || ' ' || round(log.weights.{name}, 2))"
    for name in COMPARISON_WORDS
))  # fmt: skip
PLACE = (
    Column("file_name", "来源文件", 30, wrap=True),
    Column("sheet", "工作表", 10),
    Column("row_no", "行号", 8, WHOLE),
)
KIND = Column("kind", "类别", 14)
PERSON = (Column("name", "姓名", 14), Column("id_number", "证件号码", 22))
PERSON_ID, DELIVERY = Column("person_id", "人员编号", 14), Column("delivery_id", "交付编号", 20)
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
        *PLACE,
        KIND,
        Column("outcome", "结果", 10),
        Column("rule", "比对规则", 24, wrap=True),
        PERSON_ID,
        *PERSON,
        Column("match_weight", "比对权重（比特）", 12, DECIMAL),
        Column("match_probability", "同一人概率", 12, "0.0000"),
        Column("weights", "各项权重", 34, wrap=True),
        Column("runner_up_person_id", "次选人员编号", 14),
        Column("runner_up_weight", "次选权重", 10, DECIMAL),
        Column("model_version", "模型版本", 12),
        Column("cause", "起因", 24, wrap=True),
        Column("supersedes", "所改记录", 20),
        Column("record_id", "记录号", 20),
        DELIVERY,
    ),
    fixed_columns=3,
    only_of="from match_log",
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
        *PLACE[:2],
        KIND,
        Column("agency", "来源单位", 22),
        Column("status", "结果", 12),
        Column("reason", "原因", 60, wrap=True),
        DELIVERY,
    ),
    only_of="from delivery where status in ('refused', 'held')",
)
ASIDE = Sheet(
    name="隔离行",
    grain="一行未接收的数据",
    rows="""
select file_name, sheet, row_no, "column", "check", value_kind, shown_text(message) as message, delivery_id
from quarantine order by delivery_id, row_no
""",
    columns=(
        *PLACE,
        Column("column", "列", 16),
        Column("check", "检查", 18),
        Column("value_kind", "值的类型", 14),
        Column("message", "说明", 60, wrap=True),
        DELIVERY,
    ),
    fixed_columns=3,
    only_of="from quarantine",
)
DECIDED = Sheet(
    name="人工决定",
    grain="一条今夜生效的人工决定",
    rows="""
select e.entry_id, e.decision_entry, person.name, shown_id(person.id_number) as id_number, word_track(e.track) as track, coalesce(c.shown, e.clause) as clause,
    word_state(e.state_from) as state_from, word_state(e.state_to) as state_to, e.valid_from, shown_text(e.reason) as reason
from report_entry as e left join person_now as person using (person_id) left join report_clause as c using (pack, rule_id)
where e.op = 'DECIDED' order by e.run_no, e.seq
""",
    columns=(
        Column("entry_id", "流水号", 12),
        Column("decision_entry", "所答的分录", 14),
        *PERSON,
        Column("track", "台账", 16),
        Column("clause", "条款", 24, wrap=True),
        Column("state_from", "原状态", 14),
        Column("state_to", "新状态", 14),
        Column("valid_from", "生效日", 12, DAY),
        Column("reason", "说明", 60, wrap=True),
    ),
    only_of="from ledger_entry where op = 'DECIDED'",
)
SAMPLE = Sheet(
    name="月度抽样",
    grain="一行抽中的关联（上月和本月，每种规则至多二十行）",
    rows="""
select s.month, word_rule(s.rule) as rule, s.draw, s.question, s.file_name, s.sheet, s.row_no, word_kind(s.kind) as kind,
    s.person_id, person.name, shown_id(person.id_number) as id_number, s.match_weight,
    word_mark(case s.is_same when true then '同一人' when false then '非同一人' end) as verdict
from link_sample as s left join person_now as person using (person_id) order by s.month, s.rule, s.draw
""",
    columns=(
        Column("month", "月份", 10),
        Column("rule", "比对规则", 24, wrap=True),
        Column("draw", "序号", 8, WHOLE),
        Column("question", "台账流水号", 16),
        *PLACE,
        KIND,
        PERSON_ID,
        *PERSON,
        Column("match_weight", "比对权重（比特）", 12, DECIMAL),
        Column("verdict", "核对结果", 12),
    ),
    only_of="from link_sample",
)
PRECISION = """
select month, word_rule(rule), frame_count, drawn, answered, held,
    coalesce(format('{:.1f}%', 100 * precision), '—'), coalesce(format('{:.1f}% – {:.1f}%', 100 * low, 100 * high), '—')
from sample_precision order by month, rule
"""
PRECISION_HEADER = ("月份", "比对规则", "关联行数", "抽出", "已核", "相符", "查准率", "95% 区间")
HOW_TO_SAMPLE = "月度抽样：在核查簿“改判已关联的行”填台账流水号和 同一人、非同一人，下一夜即计入查准率。"
SHEETS = (INEXACT, DECIDED, REFUSED, ASIDE, SAMPLE)


def build(desk: Desk) -> list[Path]:
    def front(contents: Contents) -> Page:
        lines = (desk.night.title, desk.night.recorded_line, HOW_TO_SAMPLE, *cut_lines(SHEETS, contents))
        found = tuple(desk.con.execute(PRECISION).fetchall())
        precision = Block("月度抽样的查准率", PRECISION_HEADER, found, "上月和本月没有须抽查的关联")
        return Page(
            name="封面",
            title="比对日志",
            lines=lines,
            blocks=(guide(SHEETS, contents), precision),
            widths=(22, 46, 12, 12, 12, 12, 12, 20),
        )

    return write_book(desk, "比对日志", SHEETS, front=front)
