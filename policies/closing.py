"""Why a finding that stood holds no longer, in one sentence, and the state that its end leaves."""

import re
from collections.abc import Sequence

import duckdb

from policies.evaluate import ALWAYS, ROW_KEYS
from policies.pack import Pack
from policies.rule import TOPIC_KIND, VIEWS, Rule, words_of
from policies.versions import literal
from policies.view import columns_of

TOPIC_ENDED = {
    "registration": "失业登记已结束", "stop": "停保记录不再存在", "hired": "单位参保已结束", "flexible": "灵活就业参保已结束",
    "benefit": "失业保险待遇已结束", "benefit_ended": "待遇记录不再存在", "aid": "救助已结束", "certificate": "残疾人证已失效",
    "licence": "经营已结束", "licence_weak": "任职或登记状态已变", "shop": "个体经营已结束", "firm": "企业已注销或不再任职", "licence_ended": "经营记录不再存在", "pension": "养老待遇已终止",
    "death": "死亡信息不再存在", "service": "服务记录已变", "recognition": "就业困难人员认定已结束", "exited": "退出记录已变",
    "household": "户籍信息已变", "household_work": "家庭成员就业情况已变", "marriage": "婚姻登记已变", "child": "抚养子女信息已变",
    "gone": "离开劳动力市场的依据不再存在", "dibao": "低保已结束", "dibao_ended": "低保记录已变", "certificate_ended": "残疾人证状态已变",
    "graduate": "毕业离校信息已变", "poverty": "已不在脱贫名单", "watched": "已不在监测名单", "land": "失地记录已变",
    "income": "收入记录已变", "insured_months": "参保记录已变", "employment": "就业登记已结束", "visit": "走访记录已变",
    "served": "服务记录已变", "refusal": "拒绝服务的记录已变", "refusals": "拒绝服务的记录已变", "quit": "退出申请已变",
    "course": "培训记录已变", "subsidy": "补贴记录已变", "overlap_job": "重叠的记录已变", "overlap_pension": "重叠的记录已变",
    "overlap_death": "重叠的记录已变", "overlap_licence": "重叠的记录已变", "unit": "民办非企业任职已变", "unit_weak": "民办非企业任职已变", "trade": "经营已结束", "post_held": "公益性岗位已离岗",
    "job_then": "参保记录已变", "fraud": "查实结论已变", "confirmed_job": "核查结论已变", "employer_stop": "停保人数已变", "employer_hire": "招用人数已变",
    "vacancy": "岗位信息已变", "registration_ended": "失业登记情况已变", "deregistration": "核查结论已变或又登记失业", "contact": "联系记录已变", "recommended": "推荐记录已变",
    "twice": "重复的登记已不再并存", "grouped": "群团名单已变", "prelim": "初审已有后续结论", "online": "培训记录已变", "match": "不再符合岗位要求",
}  # fmt: skip
NOW_BARRED = (
    ("firm_death", "已有死亡信息"),
    ("firm_pension", "已领取养老待遇"),
    ("firm_job", "已有单位参保"),
    ("firm_licence", "已有存续的经营"),
    ("firm_employment", "已有就业登记"),
    ("firm_gone", "已退出劳动力市场"),
    ("is_recognised", "已认定为就业困难人员"),
    ("firm_recognition", "已认定为就业困难人员"),
    ("firm_registration", "已办失业登记"),
    ("match_is_over", "岗位已过期"),
    ("match_is_gone", "岗位已撤下"),
)
# What has changed where a finding is told apart by it (a month's shortage, a tier's) and it is another one today.
MOVED_ON = {
    "this_month": "所指的月份已过",
    "last_month": "所指的月份已过",
    "tier": "失业分级已变",
    "hired_uscc": "用人单位已变",
}


def describe_closings(con: duckdb.DuckDBPyConnection, packs: Sequence[Pack]) -> None:
    """For each open finding that no longer holds (`failing`: entry_id, person_id, pack, rule_id, basis) make `closing` with
    the state it leaves and one sentence saying what ended it."""
    con.execute(
        "create or replace temp table closing (entry_id varchar, rule_id varchar, state_to varchar, reason varchar)"
    )
    failed = set(con.execute("select distinct pack, rule_id from failing").fetchall())
    ended = [(pack, rule) for pack in packs for rule in pack.all_rules if (pack.code, rule.id) in failed]
    for view in VIEWS.values():
        rules = [rule for _, rule in ended if rule.view == view]
        if not rules:
            continue
        spoken = ALWAYS.union(*(rule.words for rule in rules)) & set(columns_of(con, view))
        con.execute(
            f"create or replace temp table ended_{view} as select {', '.join(sorted(spoken))} from {view} semi join failing using (person_id)"
        )
    _find_kinds(con, {TOPIC_KIND[t] for _, rule in ended for t in rule.proof_any})
    for pack, rule in ended:
        _describe_closing(con, pack, rule)


def _find_kinds(con: duckdb.DuckDBPyConnection, kinds: set[str]) -> None:
    """Make `rested_on`: which of these kinds of rows a failing finding rested on, where any one of several will do: of the
    others nothing has ended."""
    rows = [f"select record_id, '{kind}' as kind from now_{kind}" for kind in sorted(kinds)]
    rows.append(
        f"select record_id, kind from ended_log where kind in ({', '.join(map(literal, sorted(kinds))) or 'null'})"
    )
    con.execute(f"""
        create or replace temp table rested_on as
        select entry_id, list_distinct(list(kind)) as kinds from (select entry_id, unnest(evidence) as record_id from failing)
        inner join ({" union all ".join(rows)}) using (record_id) group by entry_id
    """)


def _describe_closing(con: duckdb.DuckDBPyConnection, pack: Pack, rule: Rule) -> None:
    ended = [f"if({t}_rank is null, '{TOPIC_ENDED[t]}', null)" for t in rule.proof]
    if rule.proof_any:
        none = " and ".join(f"{t}_rank is null" for t in rule.proof_any)
        ended += [
            f"if({none} and list_contains(k.kinds, '{TOPIC_KIND[t]}'), '{TOPIC_ENDED[t]}', null)"
            for t in rule.proof_any
        ]
    ended += [f"if({flag}, '{words}', null)" for flag, words in NOW_BARRED if re.search(rf"\bnot {flag}\b", rule.when)]
    told_by = rule.finds.get("basis_from", "")
    ended += [
        f"if({told_by} <> f.basis, '{moved}', null)" for word, moved in MOVED_ON.items() if word in words_of(told_by)
    ]
    why = f"concat_ws('、', {', '.join(ended)})" if ended else "''"
    row = f" and {rule.finds['basis_from']} = f.basis" if rule.view in ROW_KEYS else ""
    state = rule.finds.get("closed_state") or ("'closed'" if rule.finds["track"] == "T" else "null::varchar")
    con.execute(f"""
        insert into closing
        select f.entry_id, f.rule_id, {state},
               '截至' || as_of || '，' || coalesce(nullif({why}, ''), '条件不再满足') || '，原依据（{rule.title}）不再成立。'
        from failing as f inner join ended_{rule.view} as w on w.person_id = f.person_id{row}
        left join rested_on as k on k.entry_id = f.entry_id
        where f.pack = {literal(pack.code)} and f.rule_id = {literal(rule.id)}
    """)
