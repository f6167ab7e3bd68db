"""待核查.xlsx: what a person must decide. The answer columns carry the headers of the decision extract; everything else is
protected. `核对码` says what was asked, so that an answer to a question that has changed since is noticed."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.catalogue import said
from reports.gravity import GRAVITY, TO_LEAVE
from reports.macros import becomes_said, level_said
from reports.sheet import DAY, DECIMAL, WHOLE, Block, Column, Page, Sheet
from reports.words import COMPARISON_WORDS
from schemas.review import ARBITER, CODE, CODE_SQL, FIRST_SAID, SECOND_SAID

NAME = "待核查"
VERDICTS, SAME_PERSON = ("确认", "驳回", "暂缓"), ("同一人", "非同一人", "暂缓")
STAGES = ("初审", "审核", "走访", "终审")
HAND_ROWS = 200
MOST_ROWS = 200_000  # of one sheet of an export; the whole is then in the CSV beside


def answer_columns(choices: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        Column("decision", "核查结论", 12, answer=True, choices=choices),
        Column("effective_date", "生效日期", 12, DAY, answer=True),
        Column("officer", "核查人", 12, answer=True),
        Column("role", "审核环节", 10, answer=True, choices=STAGES),
        Column("decided_date", "核查日期", 12, DAY, answer=True),
        Column("note", "说明", 36, wrap=True, answer=True),
    )


CODED = f"{CODE_SQL} as code"
PLAIN = {"run": "", "mode": ""}
# Somebody who may be dead or in prison, or is to leave, is settled first and as a whole: what lies open about one person
# stands together, the gravest first. Then what the machine itself calls a doubt comes after what it found, by how much speaks
# for it, then who waits longest.
OPEN_ENTRIES = Sheet(
    name="台账待核查",
    grain="一条待决定的台账分录",
    rows=f"""
with graded as (
    select *, {GRAVITY} as gravity, coalesce(person_id, entry_id) as who from report_open_entry
),
asked as (
    select * replace (coalesce(rule_id, clause) as rule_id), count(*) over each as about, min(gravity) over each as gravest,
        arg_min(entry_id, (gravity, run_no, seq)) over each as first_entry, arg_min(coalesce(ground, basis), (gravity, run_no, seq)) over each as first_ground,
        max(if(op in ('REVIEW', 'HOLD', 'ALERT'), -1, coalesce(len(evidence), 0))) over each as best
    from graded window each as (partition by who)
)
select entry_id, name, shown_id(id_number) as id_number, town, village, word_track(track) as track,
    word_op(op) as op, coalesce(shown, clause) as clause, word_state(state_from) as state_from,
    word_state(coalesce(state_now, state_to)) as state_to, {becomes_said("if_confirmed")} as if_confirmed, {becomes_said("if_rejected")} as if_rejected,
    valid_from, shown_text(reason) as reason,
    case when about > 1 and gravest <= {TO_LEAVE} and first_entry <> entry_id
             then format(word_mark('另有 {{}} 项，先核 {{}}（{{}}）'), about - 1, word_basis(first_ground), first_entry)
         when about > 1 then format(word_mark('另有 {{}} 项'), about - 1) end as others,
    if(asked.run_no = $run::bigint, word_mark('新'), null) as is_new, coalesce(len(evidence), 0) as evidence_count, {CODED}
from asked cross join (select becomes from word_book) as words left join report_clause using (pack, rule_id)
order by if($mode <> '', md5(entry_id), ''), gravest, best desc, who, gravity,
    list_position(['REVIEW', 'HOLD', 'ALERT'], op) nulls first, evidence_count desc, valid_from, run_no, seq
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
        Column("state_to", "现状态", 14),
        Column("if_confirmed", "确认后", 22, wrap=True),
        Column("if_rejected", "驳回后", 18, wrap=True),
        Column("valid_from", "拟生效日", 12, DAY),
        Column("reason", "原因", 50, wrap=True),
        Column("others", "此人其他事项", 22, wrap=True),
        Column("is_new", "今夜新列", 10),
        Column("evidence_count", "证据数", 8, WHOLE),
        *answer_columns(VERDICTS),
        Column("code", CODE, 14, hidden=True),
    ),
    only_of="from open_entry",
    binds=PLAIN,
    fixed_columns=2,
)
LEVELS_SHOWN = "nullif(concat_ws('；', {}), '')".format(", ".join(
    f"if(q.levels.{name} = 'missing', null, {level_said('q.levels', name)})" for name in COMPARISON_WORDS if name != "prior"
))  # fmt: skip
# No birth date here: it would say what the mask hides. The order is that of the ladder, then the weight of the pair.
OPEN_LINKS = Sheet(
    name="身份待核查",
    grain="一行未定归属的交付数据",
    rows=f"""
select q.question, q.file_name, q.sheet, q.row_no, word_kind(q.kind) as kind, word_rule(q.rule) as rule, shown_text(q.cause) as cause,
    q.match_weight, {LEVELS_SHOWN} as levels,
    q.name as came_name, shown_id(q.id_number) as came_number, nullif(concat_ws(' ', q.town, q.village), '') as came_place,
    likely.person_id as likely_id, likely.name as likely_name, shown_id(likely.id_number) as likely_number,
    number_gap(q.id_number, likely.id_number) as number_gap, nullif(concat_ws(' ', likely.town, likely.village), '') as likely_place,
    other.person_id as other_id, other.name as other_name, shown_id(other.id_number) as other_number,
    nullif(concat_ws(' ', other.town, other.village), '') as other_place, {CODED}
from report_open_link as q cross join (select comparison, level from word_book) as words
left join person_now as likely on likely.person_id = q.likely_id
left join person_now as other on other.person_id = q.other_id
order by if($mode <> '', md5(q.question), ''), likely.person_id is null,
    list_position(['name_birth_sex', 'id_damaged_and_name', 'model', 'name_and_phone', 'id_shared', 'id_name_conflict', 'name_only'], q.rule) nulls last,
    q.match_weight desc nulls last, q.delivery_id, q.row_no
""",
    columns=(
        Column("question", "台账流水号", 16),
        Column("file_name", "来源文件", 28, wrap=True),
        Column("sheet", "工作表", 10),
        Column("row_no", "行号", 8, WHOLE),
        Column("kind", "类别", 14),
        Column("rule", "比对规则", 24, wrap=True),
        Column("cause", "起因", 12, wrap=True),
        Column("match_weight", "比对权重", 14, DECIMAL, bar=True),
        Column("levels", "各项异同", 30, wrap=True),
        Column("came_name", "报送姓名", 14, unlike="likely_name"),
        Column("came_number", "报送证件号码", 22, unlike="likely_number"),
        Column("came_place", "报送镇街村居", 22, unlike="likely_place"),
        Column("likely_id", "候选人编号", 14),
        Column("likely_name", "候选人姓名", 14, unlike="came_name"),
        Column("likely_number", "候选人证件号码", 22, unlike="came_number"),
        Column("number_gap", "号码异同", 18, wrap=True),
        Column("likely_place", "候选人镇街村居", 22, unlike="came_place"),
        Column("other_id", "另一候选编号", 14),
        Column("other_name", "另一候选姓名", 14, unlike="came_name"),
        Column("other_number", "另一候选证件号码", 22, unlike="came_number"),
        Column("other_place", "另一候选镇街村居", 22, unlike="came_place"),
        *answer_columns(SAME_PERSON),
        Column("code", CODE, 14, hidden=True),
    ),
    only_of="from open_link",
    binds=PLAIN,
)
BY_HAND = Sheet(
    name="改判已关联的行",
    grain="一行要与原关联人员分开的数据（自行填写流水号）",
    rows=f"select range + 1 as place from range({HAND_ROWS}) order by place",
    columns=(
        Column("place", "序号", 8, WHOLE),
        Column("question", "台账流水号", 30, answer=True),
        *answer_columns(SAME_PERSON),
    ),
)
SHEETS = (OPEN_ENTRIES, OPEN_LINKS)
SCORES = ("match_weight", "evidence_count")
HOW_TO_ANSWER = (
    ("先看哪些", "有死亡、收监信息的人排在最前，其次是疑点和建议退出、注销的，同一人的事项放在一起；先核前面的，再核后面的。"),
    ("确认后、驳回后", "这样答以后，此条的状态会变成什么。确认是原因一栏属实，驳回是不属实；暂缓则一切照旧，下次仍然列出。"),
    ("同一人、非同一人", "同一人：此行记在候选人名下，其中的参保、待遇、死亡、服刑等当夜起都算候选人的。非同一人：此行不算候选人的。没有候选人的行请选暂缓。权重越大越可能是同一人。"),
    ("核查结论", "从下拉列表中选：台账用 确认、驳回、暂缓；身份用 同一人、非同一人、暂缓。留空即尚未核查。"),
    ("生效日期", "结论自哪一天起有效；留空按核查日期。"),
    ("核查人、核查日期", "填了结论就必须填。"),
    ("审核环节", "从下拉列表中选：初审、审核、走访、终审。认定的审核人与初审人须为不同的人。"),
    ("说明", "可不填。请勿写证件号码。"),
    ("红色加粗的字", "与另一方不同的字。第 7 至 14 位被遮蔽的号码，只在“号码异同”中写明第几位不同。"),
    ("其他各列", "已锁定，可以筛选。“台账流水号”是回收的凭据；隐藏的“核对码”用来看出问题是否已有变化，请保留。"),
    ("填好以后", "存盘后交给每夜运行的数据管理员，由其运行：zhaoren review 工作区 import 本文件；结论当夜生效。也可另加工作表，只要有同样的列名。"),
)  # fmt: skip


def build(desk: Desk) -> list[Path]:
    """The night's workbook: everything open, each sheet up to the office's capacity."""
    return _write(
        desk, NAME, SHEETS, desk.profile.review_capacity, "全部未决事项（不限于今夜新增），最可能属实的在前。"
    )


def export(desk: Desk, name: str, *, reviewer: str = "") -> list[Path]:
    """Everything open as one workbook; for one of two `REVIEWERS` who must not see each other's answers nor any score,
    in an order that says nothing."""
    if not reviewer:
        return _write(desk, name, (*SHEETS, BY_HAND), MOST_ROWS, "全部未决事项，最可能属实的在前。")
    sheets = tuple(_blind(s, {"mode": f"-{reviewer}"}) for s in SHEETS)
    line = said(
        "双人独立核查，{reviewer}簿：请独自填写；两簿填好后一起导入，结论不同的另出一簿，由第三人裁定。",
        reviewer=reviewer,
    )
    return _write(desk, name, sheets, MOST_ROWS, line)


def export_conflicts(desk: Desk, name: str) -> list[Path]:
    """The questions of table `conflict` (question, code, and verdict and officer of both) for a third person."""
    sheets = tuple(_contested(s) for s in SHEETS)
    return _write(desk, name, sheets, MOST_ROWS, "两人结论不同，均未导入；请第三人裁定后导入。")


def _blind(sheet: Sheet, binds: Mapping[str, str]) -> Sheet:
    columns = tuple(c for c in sheet.columns if c.field not in SCORES)
    listed = ", ".join(c.field for c in columns if not c.answer)
    return replace(sheet, columns=columns, rows=f"select {listed} from ({sheet.rows})", binds=PLAIN | dict(binds))


def _contested(sheet: Sheet) -> Sheet:
    blind = _blind(sheet, {"mode": f"-{ARBITER}"})
    key = sheet.columns[0].field
    both = ("first_decision", "甲的结论"), ("first_officer", FIRST_SAID), ("second_decision", "乙的结论"), ("second_officer", SECOND_SAID)  # fmt: skip
    place = next(i for i, c in enumerate(blind.columns) if c.answer)
    columns = (*blind.columns[:place], *(Column(f, h, 12) for f, h in both), *blind.columns[place:])
    asked = {c.field for c in blind.delivered}
    listed = ", ".join(f"{'b' if c.field in asked else 'c'}.{c.field}" for c in columns if not c.answer)
    rows = f"select {listed} from ({blind.rows}) as b inner join conflict as c on c.question = b.{key} order by b.{key}"
    return replace(blind, columns=columns, rows=rows)


def _write(desk: Desk, name: str, sheets: tuple[Sheet, ...], most: int, line: str) -> list[Path]:
    """The guide stands last: the first sheet is the one that is read when the workbook comes back."""
    run = {"run": str(desk.night.run_no)}
    coded = tuple(replace(s, binds={**s.binds, **run}) if s.binds else s for s in sheets)
    desk = replace(desk, profile=replace(desk.profile, rows_per_sheet=most))

    def back(contents: Contents) -> Page:
        return Page(
            name="填写说明",
            title=NAME,
            lines=(desk.night.title, line, *cut_lines(coded, contents)),
            blocks=(Block("怎样填写", ("列", "写什么"), HOW_TO_ANSWER), guide(coded, contents)),
            widths=(22, 80, 12, 50),
        )

    return write_book(desk, name, coded, back=back, bannered=(OPEN_ENTRIES.name,))
