"""台账增量.xlsx: what changed in the ledger tonight, one sheet per op, with a cover that adds up."""

from collections.abc import Mapping
from dataclasses import replace
from operator import add
from pathlib import Path

from reports.assemble import Contents, Desk, cut_lines, guide, write_book
from reports.catalogue import as_said, with_code
from reports.run_note import Night
from reports.sheet import DAY, NOTHING, WHOLE, Alarm, Block, Column, Page, Sheet
from reports.to_do import in_short, to_do
from reports.town_names import meant_towns
from reports.words import OP_WORDS, PACK_WORDS, TABLE_WORDS, TRACK_WORDS
from schemas.tables import OPS, TRACKS

# What an update changes besides the state: the tier, or one basis more or less.
CHANGED = """case when op <> 'UPD' then null
    when parameters ->> '$.field' = 'tier' then format(word_mark('分级：{} → {}'), coalesce(word_basis(tier_before.tier), word_mark('无')), if(valid_to is null, word_basis(basis), word_mark('无')))
    when track = 'T' then if(valid_to is null, null, word_mark('已了结'))
    when basis is not null then format(if(valid_to is null, word_mark('依据：增加 {}'), word_mark('依据：去掉 {}')), word_basis(basis)) end"""
ENTRIES_OF_OP = f"""
select entry_id, person_id, word_track(track) as track, word_op(op) as op, name, shown_id(id_number) as id_number, town, village,
    concat_ws('；', word_basis(basis), word_basis(nullif(ground, basis))) as basis, coalesce(shown, clause) as clause,
    word_state(state_from) as state_from, word_state(state_to) as state_to, {CHANGED} as changed, valid_from,
    yes_no(needs_decision) as needs_decision, shown_text(reason) as reason, coalesce(len(evidence), 0) as evidence_count,
    array_to_string(evidence, '、') as records
from report_entry left join report_clause using (pack, rule_id) left join tier_before using (person_id, pack)
where op = $op order by run_no, seq
"""
COLUMNS = (
    Column("entry_id", "流水号", 14),
    Column("person_id", "人员编号", 14),
    Column("track", "台账", 16),
    Column("op", "措施", 20),
    Column("name", "姓名", 14),
    Column("id_number", "证件号码", 22),
    Column("town", "镇街", 14),
    Column("village", "村居", 16),
    Column("basis", "依据", 16, wrap=True),
    Column("clause", "条款", 26, wrap=True),
    Column("state_from", "原状态", 16),
    Column("state_to", "新状态", 16),
    Column("changed", "变化", 26, wrap=True),
    Column("valid_from", "生效日", 12, DAY),
    Column("needs_decision", "需人工决定", 10),
    Column("reason", "原因", 60, wrap=True),
    Column("evidence_count", "证据数", 8, WHOLE),
    Column("records", "证据记录号", 24),
)
CLAUSES_USED = """
select pack, clause, title, quote, document, count(*) as entry_count
from report_entry left join report_clause using (pack, rule_id) group by all order by pack, clause, title, quote, document
"""
CLAUSES = Sheet(
    name="所依条款", grain="今夜用到的一个条款", rows=CLAUSES_USED,
    columns=(
        Column("pack", "政策包", 14), Column("clause", "条款", 14), Column("title", "名称", 30, wrap=True),
        Column("quote", "原文摘录", 60, wrap=True), Column("document", "文件", 40, wrap=True),
        Column("entry_count", "条数", 10, WHOLE),
    ),
    fixed_columns=2,
)  # fmt: skip
TOTALS = "select op, track, count(*) from ledger_entry group by op, track"


def op_sheet(op: str) -> Sheet:
    return Sheet(
        with_code(OP_WORDS, op),
        "一条台账分录",
        ENTRIES_OF_OP,
        COLUMNS,
        {"op": op},
        fixed_columns=4,
        only_of="from every_entry where op = $op",
    )


def build(desk: Desk) -> list[Path]:
    """One sheet for each op with entries tonight, in the order of `OPS`."""
    totals = {(op, track): n for op, track, n in desk.con.execute(TOTALS).fetchall()}
    seen = {op for op, _ in totals}
    sheets = (*(op_sheet(op) for op in OPS if op in seen), CLAUSES)
    bannered = tuple(s.name for s in sheets)

    def front(contents: Contents) -> Page:
        return cover(desk, sheets, contents, totals)

    def back(contents: Contents) -> Page:
        return proofs(desk)

    return write_book(desk, "台账增量", sheets, front=front, back=back, bannered=bannered)


def cover(desk: Desk, sheets: tuple[Sheet, ...], contents: Contents, totals: dict[tuple[str, str], int]) -> Page:
    """What changed and why, what it leaves to do, and that it adds up; last the hash of every table."""
    night = desk.night
    hashes = tuple((TABLE_WORDS.get(n, n), rows, sha) for n, (rows, sha) in sorted(night.table_hashes.items()))
    to_decide = desk.con.execute(TO_DECIDE).fetchall()[0][0]
    return Page(
        name="封面",
        title="台账增量",
        lines=(night.title, night.recorded_line, night.receipt_line, *cut_lines(sheets, contents)),
        blocks=(
            in_short(totals, to_decide, desk.con.execute(MOST_CITED).fetchall()),
            to_do(desk),
            Block("合计（条）", ("措施", *TRACK_WORDS.values(), "合计"), totals_by_op(totals), on_new_page=True),
            Block("各政策包（条）", PACK_HEADER, tuple(desk.con.execute(BY_PACK).fetchall()), NOTHING),
            Block(
                "守恒核对（人，怎样数见末页“核对”）：期初 + 增加 − 减少 = 期末",
                BALANCE_HEADER,
                balance_rows(night),
                "本次运行未给出期初与期末",
            ),
            replace(guide(sheets, contents), on_new_page=True),
            packs_in_use(night),
            Block("各表哈希（sha256）", ("表", "行数", "sha256"), hashes, "未给出"),
            Block("上一夜清单（sha256）", ("清单", "", "sha256"), (("上一夜", "", night.previous or "（首夜，无）"),)),
        ),
        widths=(34, 30, 16, 14, 14, 14, 14),
    )


def proofs(desk: Desk) -> Page:
    """For whoever checks: what changed in each town, and how it adds up."""
    night = desk.night
    return Page(
        name="核对",
        title="核对",
        lines=(night.title, night.receipt_line),
        blocks=(
            Block("各镇街（条）", TOWN_TOTALS, tuple(desk.con.execute(BY_TOWN).fetchall()), NOTHING),
            Block(
                "分镇街守恒：期初 + 新进 + 回到 + 迁移 − 退出 + 更正 = 期末",
                TOWN_HEADER,
                town_rows(night, meant_towns(desk.con)),
                "未给出",
            ),
            Block("守恒数的是什么", ("说明",), ((WHAT_IS_COUNTED,),)),
        ),
        widths=(26, 22, 26, 16, 14, 14, 14, 14, 14, 14, 14),
    )


# Two thirds of all readers take a person in a ledger for somebody registered.
WHAT_IS_COUNTED = "每人每台账一行，候选、待核查、拟注销、拟退出的都在内；不是登记或认定人数，请勿用作统计上报。原已由经办机构认定、今夜首次列入的也计入增加，所以增加可多于“新增 ADD”。"
TO_DECIDE = "select count(*) from ledger_entry where needs_decision"
# A clause of several rules is shown by that whose entry came first.
MOST_CITED = """
select coalesce(arg_min(c.shown, e.seq), e.clause) as shown, count(*) as cited from every_entry as e left join report_clause as c using (pack, rule_id)
group by e.pack, e.clause order by cited desc, shown limit 3
"""
COUNTED = """count(*) filter (op = 'ADD'), count(*) filter (op = 'UPD'), count(*) filter (op = 'FLAG_REEMP'),
    count(*) filter (op in ('PROP_EXIT', 'PROP_DEREG')), count(*) filter (needs_decision), count(*)"""
BY_PACK = f"select coalesce(pack, ''), {COUNTED} from ledger_entry group by 1 order by 1"
BY_TOWN = f"select coalesce(meant, word_mark('未填镇街')), {COUNTED} from ledger_entry left join town_name using (town) group by meant order by count(*) desc, meant nulls last"
COUNTS = ("新增", "更新", "再就业标记", "建议退出与注销", "须人工决定", "合计")
PACK_HEADER, TOWN_TOTALS = ("政策包", *COUNTS), ("镇街", *COUNTS)
BALANCE_HEADER = ("政策包", "台账", "核对", "期初", "增加", "减少", "期末")
TOWN_HEADER = ("政策包", "台账", "镇街", "核对", "期初", "新进", "回到", "迁移", "退出", "更正", "期末")


def packs_in_use(night: Night) -> Block:
    rows = tuple((p.code, p.version, p.title, as_said(PACK_WORDS.get(p.status, p.status))) for p in night.packs)
    return Block("政策包", ("代码", "版本", "名称", "状态"), rows, "未启用政策包")


def totals_by_op(totals: dict[tuple[str, str], int]) -> tuple[tuple[str | int, ...], ...]:
    """One row per op with entries: how many on each track, and in all; then the same for all ops."""
    if not totals:
        return ()
    counts = {op: [totals.get((op, t), 0) for t in TRACKS] for op in OPS if any((op, t) in totals for t in TRACKS)}
    rows = [(with_code(OP_WORDS, op), *row, sum(row)) for op, row in counts.items()]
    columns = [sum(column) for column in zip(*counts.values(), strict=True)]
    return (*rows, ("合计", *columns, sum(columns)))


def balance_rows(night: Night) -> tuple[tuple[str | int, ...], ...]:
    """One row per pack and track whose flows the run gives."""
    return tuple(
        (pack, with_code(TRACK_WORDS, track), _verdict(*flows), *flows) for pack, track, flows in night.balances()
    )


def town_rows(night: Night, meant: Mapping[str, str]) -> tuple[tuple[str | int, ...], ...]:
    """One row per pack, track and town with anybody in it. What went from one way of writing a town to another did not move."""
    flows: dict[tuple[str, str, str], list[int]] = {}
    for pack, track, town, *counts in night.conservation:
        held = flows.setdefault((pack, track, meant.get(town, town) or ""), [0] * len(counts))
        held[:] = map(add, held, counts)
    return tuple(
        (pack, with_code(TRACK_WORDS, track), town or "未填镇街", _verdict(opening, came + returned + moved + corrected, departed, closing),
         opening, came, returned, moved, departed, corrected, closing)
        for (pack, track, town), (opening, came, returned, moved, departed, corrected, closing) in sorted(flows.items())
    )  # fmt: skip


def _verdict(opening: int, inflow: int, outflow: int, closing: int) -> str:
    gap = opening + inflow - outflow - closing
    return "相符" if gap == 0 else Alarm.of("不符，差 {gap}", gap=f"{gap:,}")
