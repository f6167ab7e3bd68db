"""待核查.xlsx: what a person must decide. The answer columns carry the headers of the decision extract, so that the
workbook can be sent back as it is; everything else is protected."""

from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.sheet import DAY, WHOLE, Block, Column, Page, Sheet

VERDICTS, SAME_PERSON = ("确认", "驳回", "暂缓"), ("同一人", "非同一人", "暂缓")
STAGES = ("初审", "审核", "走访", "终审")


def answer_columns(choices: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        Column("decision", "核查结论", 12, answer=True, choices=choices),
        Column("effective_date", "生效日期", 12, DAY, answer=True),
        Column("officer", "核查人", 12, answer=True),
        Column("role", "审核环节", 10, answer=True, choices=STAGES),
        Column("decided_date", "核查日期", 12, DAY, answer=True),
        Column("note", "说明", 36, wrap=True, answer=True),
    )


OPEN_ENTRIES = Sheet(
    name="台账待核查",
    grain="一条待决定的台账分录",
    rows="""
select entry_id, name, shown_id(id_number) as id_number, town, village, word_track(track) as track,
    word_op(op) as op, coalesce(shown, clause) as clause, word_state(state_from) as state_from,
    word_state(state_to) as state_to, valid_from, shown_text(reason) as reason
from report_entry left join report_clause using (pack, rule_id)
where needs_decision or op in ('REVIEW', 'HOLD') order by run_no, seq
""",
    columns=(
        Column("entry_id", "台账流水号", 14),
        Column("name", "姓名", 14),
        Column("id_number", "证件号码", 22),
        Column("town", "镇街", 14),
        Column("village", "村居", 14),
        Column("track", "台账", 16),
        Column("op", "措施", 22),
        Column("clause", "条款", 24, wrap=True),
        Column("state_from", "原状态", 14),
        Column("state_to", "新状态", 14),
        Column("valid_from", "拟生效日", 12, DAY),
        Column("reason", "原因", 50, wrap=True),
        *answer_columns(VERDICTS),
    ),
    fixed_columns=2,
)
# No birth date here: it would say what the mask hides.
OPEN_LINKS = Sheet(
    name="身份待核查",
    grain="一行未定归属的交付数据",
    rows="""
select log.delivery_id || ':' || log.row_no as question, log.file_name, log.sheet, log.row_no,
    word_kind(log.kind) as kind, word_rule(log.rule) as rule, shown_text(log.cause) as cause,
    came.name as came_name, shown_id(came.id_number) as came_number,
    likely.person_id as likely_id, likely.name as likely_name, shown_id(likely.id_number) as likely_number,
    concat_ws(' ', likely.town, likely.village) as likely_place,
    other.person_id as other_id, other.name as other_name, shown_id(other.id_number) as other_number,
    concat_ws(' ', other.town, other.village) as other_place
from match_log as log
left join delivered as came on came.delivery_id = log.delivery_id and came.row_no = log.row_no
left join person_now as likely on likely.person_id = coalesce(log.person_id, log.runner_up_person_id)
left join person_now as other on log.person_id is not null and other.person_id = log.runner_up_person_id
where log.match_status = 'review' order by log.delivery_id, log.row_no
""",
    columns=(
        Column("question", "台账流水号", 16),
        Column("file_name", "来源文件", 28, wrap=True),
        Column("sheet", "工作表", 10),
        Column("row_no", "行号", 8, WHOLE),
        Column("kind", "类别", 14),
        Column("rule", "比对规则", 24, wrap=True),
        Column("cause", "起因", 24, wrap=True),
        Column("came_name", "报送姓名", 14),
        Column("came_number", "报送证件号码", 22),
        Column("likely_id", "候选人编号", 14),
        Column("likely_name", "候选人姓名", 14),
        Column("likely_number", "候选人证件号码", 22),
        Column("likely_place", "候选人镇街村居", 22),
        Column("other_id", "另一候选编号", 14),
        Column("other_name", "另一候选姓名", 14),
        Column("other_number", "另一候选证件号码", 22),
        Column("other_place", "另一候选镇街村居", 22),
        *answer_columns(SAME_PERSON),
    ),
)
SHEETS = (OPEN_ENTRIES, OPEN_LINKS)
HOW_TO_ANSWER = (
    ("核查结论", "从下拉列表中选：台账用 确认、驳回、暂缓；身份用 同一人、非同一人、暂缓。留空即尚未核查。"),
    ("生效日期", "结论自哪一天起有效；留空按核查日期。"),
    ("核查人、核查日期", "填了结论就必须填。"),
    ("审核环节", "从下拉列表中选：初审、审核、走访、终审。"),
    ("说明", "可不填。请勿写证件号码。"),
    ("其他各列", "已锁定。“台账流水号”是回收的凭据，请勿改动；身份待核查的流水号为“交付编号:行号”。"),
)


def build(desk: Desk) -> list[Path]:
    """The guide stands last: the first sheet is the one that is read when the workbook comes back."""

    def back(contents: Contents) -> Page:
        return Page(
            name="填写说明",
            title="待核查",
            lines=(desk.night.title, *cut_lines(SHEETS, contents)),
            blocks=(Block("怎样填写", ("列", "写什么"), HOW_TO_ANSWER), guide(SHEETS, contents)),
            widths=(22, 80, 12, 50),
        )

    return write_book(desk, "待核查", SHEETS, back=back, bannered=(OPEN_ENTRIES.name,))
