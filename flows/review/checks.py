"""Which answers of a workbook can be used, and why the others cannot. Each answer is accepted, known (taken in before) or
returned with one sentence; what a night would foreseeably not carry out is accepted with a warning.

Whatever is checked here is checked again on the night; here it is said to the officer while the workbook is at hand.
"""

import unicodedata
from datetime import date

import duckdb
import pyarrow as pa

from flows.files.not_people import QUESTION
from flows.files.reread import read_again
from flows.workspace import Workspace
from intake.prepare import record_id_of
from ledger.decisions import FAULTS
from ledger.legal import legal_decisions
from schemas.errors import DeliveryRefused, UsageError, say
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.review import ARBITER, ASKED_AS, CODE_FORM, REVIEWERS

CODES = {c: LAYOUTS["decision"].column(c).codes for c in ("decision", "role")}
ENTRY = r"^[0-9]+-[0-9]+$"


def check_answers(con: duckdb.DuckDBPyConnection, workspace: Workspace, today: date) -> None:
    """From `answers_read`, `pending_read`, `open_entry` and `open_link` make `checked` (every answer with n, outcome, problem
    and warning) and `conflict` (questions that two reviewers answered differently). Raises: UsageError, where only one of
    two reviewers' workbooks was given."""
    con.execute(ANSWER, {"reviewer": list(REVIEWERS), "arbiter": ARBITER, "form": CODE_FORM.pattern})
    _require_both(con)
    _name_questions(con, workspace)
    _taken(con, workspace)
    con.execute(ASKED)
    con.execute(ALONE.format(rows=" union all ".join(f"select person_id from standing_{k}" for k in PERSON_LAYOUTS)))
    con.execute(FIRST_CHECKS, {"today": today, "decisions": list(CODES["decision"]), "roles": list(CODES["role"]), "same_officer": f"{FAULTS['same_officer']}。"})  # fmt: skip
    con.execute(PAIRED)
    con.execute(CONFLICT)
    con.execute(CHECKED)
    _foresee(con)


def _require_both(con: duckdb.DuckDBPyConnection) -> None:
    """One of the two alone would decide without the other."""
    modes = {m for (m,) in con.execute("select distinct mode from answer where list_contains($r, mode)", {"r": list(REVIEWERS)}).fetchall()}  # fmt: skip
    if len(modes) == 1:
        raise UsageError(
            say(
                "这是双人独立核查的一簿；请把甲、乙两簿一起导入：zhaoren review 工作区 import 甲簿 乙簿。",
                "This is one of two workbooks answered apart; import both together: zhaoren review DIR import A B.",
            )
        )


def _name_questions(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Every question as the house writes it: half-width, a delivery by its whole hash, and a row that came unchanged by
    the place where it came first."""
    said = [q for (q,) in con.execute("select distinct asked from answer where asked is not null").fetchall()]
    plain = ["".join(unicodedata.normalize("NFKC", q).split()) for q in said]
    con.register(
        "plain_question", pa.table({"asked": pa.array(said, pa.string()), "plain": pa.array(plain, pa.string())})
    )
    con.execute(QUESTION_NAME)
    log = {"log": str(workspace.runs / "*" / "tables" / "match_log.parquet")}
    con.execute("create or replace temp table again (delivery_id varchar, row_no bigint, record_id varchar)")
    for delivery, rows in con.execute(UNLISTED, log).fetchall():
        try:
            kept, raw = read_again(con, workspace, delivery)
        except DeliveryRefused:  # the file's term is over: the row is found by no later question
            continue
        record_id_of(con, LAYOUTS[kept.kind], raw, 1)  # leaves every row's in `hashed`
        con.execute("insert into again select ?, row_no, record_id from hashed where list_contains(?, row_no)", [delivery, rows])  # fmt: skip
    con.execute(FIRST_TOLD)
    con.execute(LAST_LOG, log)


def _taken(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Make `taken`: every decision row that ever came, and those that wait in the inbox."""
    sealed = any(workspace.runs.glob("*/tables/standing/decision.parquet"))
    where = {"rows": str(workspace.runs / "*" / "tables" / "standing" / "decision.parquet")} if sealed else {}
    con.execute(TAKEN.format(sealed=TAKEN_BEFORE if sealed else ""), where)


def _foresee(con: duckdb.DuckDBPyConnection) -> None:
    """Return what the table of legal decisions knows in no state, and warn of what it does not know as things stand."""
    never, not_now = [], []
    for row in con.execute(SAID_OF_ENTRIES).fetchall():
        track, op, state, decision, role, is_again = row
        if not any(r.says(track, op, decision, role) for r in legal_decisions()):
            never.append(row)
        elif not any(r.fits(track, op, state or "", decision, role, is_again) for r in legal_decisions()):
            not_now.append(row)
    names = ("track", "op_class", "state", "decision", "role", "is_again")
    for table, rows in (("never", never), ("not_now", not_now)):
        types = [pa.string()] * 5 + [pa.bool_()]
        columns = {n: pa.array([r[i] for r in rows], t) for i, (n, t) in enumerate(zip(names, types, strict=True))}
        con.register(table, pa.table(columns))
    con.execute(NEVER, {"problem": "该分录不能这样答复；请按填写说明选择核查结论和审核环节。"})
    con.execute(NOT_NOW, {"warning": f"{FAULTS['illegal']}。"})


ANSWER = """
create or replace temp table answer as
with coded as (
    select * exclude (entry_id, code), entry_id as asked, nullif(trim(code), '') as code, regexp_extract(coalesce(trim(code), ''), $form, ['run', 'fingerprint', 'mode']) as parts
    from answers_read
)
select row_number() over (order by file_no, sheet_no, row_no) as n, * exclude (parts), parts.fingerprint <> '' as is_coded, parts.fingerprint as fingerprint,
       parts.mode as mode, list_contains($reviewer, parts.mode) as is_apart, parts.mode = $arbiter as is_arbiter
from coded
"""
QUESTION_NAME = f"""
create or replace temp table question_name as
with parts as (
    select asked, plain, regexp_extract(plain, '{QUESTION}', ['delivery', 'row']) as place from plain_question
),
sealed as (select delivery_id, max(rows) as rows from delivery where withdraws is null group by delivery_id),
told as (
    select t.text, min(d.delivery_id) as delivery_id, min(d.rows) as rows
    from (select distinct place.delivery as text from parts where place.delivery <> '') as t inner join sealed as d on starts_with(d.delivery_id, lower(t.text))
    group by t.text having count(*) = 1
)
select p.asked, p.plain, t.delivery_id, try_cast(p.place.row as bigint) as row_no, t.rows
from parts as p left join told as t on t.text = p.place.delivery
"""
UNLISTED = """
with listed as (
    select delivery_id, row_no from read_parquet($log) where (delivery_id, row_no) in (select (delivery_id, row_no) from question_name)
)
select delivery_id, list(distinct row_no order by row_no) from question_name
where row_no between 1 and rows and (delivery_id, row_no) not in (select (delivery_id, row_no) from listed) group by delivery_id order by delivery_id
"""
# A row that came unchanged is known by where it came first.
FIRST_TOLD = f"""
create or replace temp table question as
with first_told as (
    select distinct on (a.delivery_id, a.row_no) a.delivery_id, a.row_no, s.delivery_id as first_delivery, s.row_no as first_row
    from again as a inner join ({" union all ".join(f"select record_id, delivery_id, row_no from standing_{k}" for k in PERSON_LAYOUTS)}) as s using (record_id)
    order by a.delivery_id, a.row_no, s.delivery_id, s.row_no
)
select q.asked, coalesce(f.first_delivery || ':' || f.first_row, q.delivery_id || ':' || q.row_no, q.plain) as question,
       coalesce(f.first_delivery, q.delivery_id) as delivery_id, coalesce(f.first_row, q.row_no) as row_no,
       q.delivery_id is not null and q.row_no between 1 and q.rows as is_row, regexp_matches(q.plain, '{ENTRY}') as is_entry
from question_name as q left join first_told as f using (delivery_id, row_no)
"""
LAST_LOG = """
create or replace temp table last_log as
select delivery_id, row_no, kind, person_id, runner_up_person_id, match_status
from read_parquet($log, filename = true) where (delivery_id, row_no) in (select (delivery_id, row_no) from question)
qualify row_number() over (partition by delivery_id, row_no order by filename desc) = 1
"""
TAKEN_BEFORE = """
select trim(entry_id) as question, decision, effective_date, officer, role, decided_date, note,
       (office, record_id) in (select (office, record_id) from standing_decision) as stands from read_parquet($rows)
union all"""
TAKEN = """
create or replace temp table taken as
{sealed}
select entry_id as question, decision, effective_date, officer, role, decided_date, note, true as stands from pending_read
"""
# What is asked: an entry (who answers a DECIDED one means what that one decided), or a row and who it is about now.
ASKED = f"""
create or replace temp table asked_entry as
with effective as (select entry_id, answer from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')),
named as (
    select distinct q.question, if(e.op = 'DECIDED', e.decision_entry, e.entry_id) as entry_id
    from question as q inner join ledger_entry as e on e.entry_id = q.question where q.is_entry
)
select n.question, e.entry_id, e.track, s.state, f.entry_id is not null as is_effective, o.code,
       {ASKED_AS}
from named as n inner join ledger_entry as e using (entry_id) left join effective as f using (entry_id) left join open_entry as o using (entry_id)
left join ledger_state as s on s.person_id = e.person_id and s.pack = e.pack and s.track = e.track;
create or replace temp table asked_row as
select distinct q.question, l.kind, l.person_id, l.match_status, coalesce(l.person_id, l.runner_up_person_id) is not null as has_candidate, o.code
from question as q inner join last_log as l on l.delivery_id = q.delivery_id and l.row_no = q.row_no left join open_link as o on o.question = q.question
where q.is_row
"""
ALONE = """
create or replace temp table alone as
select person_id from ({rows}) where person_id in (select person_id from asked_row where match_status in ('linked', 'new_person'))
group by person_id having count(*) = 1
"""
# All that one answer says: the same once more is the same answer.
SAME = "md5(concat_ws(chr(31), question, decision, coalesce(effective_date::varchar, ''), officer, coalesce(role, ''), decided_date, coalesce(note, '')))"
FIRST_CHECKS = f"""
create or replace temp table looked_at as
with placed as (
    select a.*, {SAME} as same, coalesce(q.question, a.asked) as question, coalesce(q.is_entry, false) as is_entry, coalesce(q.is_row, false) as is_row
    from answer as a left join question as q using (asked)
),
told as (
    select p.*, coalesce(e.track, '') as track, e.op_class, e.state, e.is_effective, e.is_again, e.entry_id is not null as has_entry,
           r.question is not null as has_row, r.has_candidate, r.match_status, x.person_id is not null as is_alone, coalesce(e.code, r.code) as code_now,
           p.same in (select {SAME} from taken) as is_known, o.last_day is not null as is_own, coalesce(o.last_day > p.decided_date, false) as is_late
    from placed as p left join asked_entry as e using (question) left join asked_row as r using (question)
    left join (select question, officer, coalesce(role, '') as role, max(decided_date) as last_day from taken where stands group by all) as o
        on o.question = p.question and o.officer = p.officer and o.role = coalesce(p.role, '')
    left join alone as x on x.person_id = r.person_id and p.decision = '非同一人'
),
first_review as (
    select question, officer from taken where stands and role = '初审' and decision = '确认'
    union select question, officer from told where role = '初审' and decision = '确认' and problem is null
)
select t.* exclude (problem, is_known), t.is_known and t.problem is null as is_known, case
    when t.problem is not null then t.problem
    when not list_contains($decisions, t.decision) then '「核查结论」只能填：' || array_to_string($decisions, '、') || '。'
    when not coalesce(list_contains($roles, t.role), true) then '「审核环节」只能填：' || array_to_string($roles, '、') || '。'
    when t.officer is null then '缺少「核查人」；请补填后重新导入。'
    when t.decided_date is null then '缺少「核查日期」；请补填后重新导入。'
    when t.decided_date > $today then '「核查日期」晚于今天；请核对。'
    when not t.has_entry and not t.is_row then '「台账流水号」在台账和身份待核查中都找不到；请照工作簿原样填写。'
    when t.is_known then null
    when t.is_late then '同一人在同一环节已有日期更晚的答复，以那一次为准；要改请写更晚的核查日期。'
    when t.code is not null and not t.is_coded then '“核对码”被改动，无法确认所答的是哪一次的问题；请重新导出核查。'
    when t.is_coded and not t.is_own and t.fingerprint is distinct from t.code_now then '该问题在导出之后已变化或已有结论；已变化，请重新核查。'
    when t.has_entry and not t.is_effective then '所指的分录已被撤回或取代；请就现有分录重新核查。'
    when t.is_row and t.decision in ('确认', '驳回') then '身份问题只能答 同一人、非同一人 或 暂缓。'
    when t.is_row and t.decision <> '暂缓' and not coalesce(t.has_candidate, false) and not t.is_own then '这一行没有候选人，无从判断是否同一人。'
    when t.is_alone and not t.is_own then '此人名下只有这一行，没有可以分开的另一行。'
    when t.is_arbiter and t.officer in (trim(t.first_officer), trim(t.second_officer)) then '裁定须由第三人作出，不能是原来两位核查人。'
    when t.track = 'H' and t.op_class = 'IN' and t.role in ('审核', '终审') and t.decision = '确认'
         and (t.question, t.officer) in (select (question, officer) from first_review) then $same_officer
    end as problem
from told as t
"""
# Answers beside one another: of two reviewers who answer apart, of one officer twice, of two officers at one step.
PAIRED = """
create or replace temp table pair as
select question, count(*) filter (mode = '甲') as first_count, count(*) filter (mode = '乙') as second_count,
       min(decision) filter (mode = '甲') as first_decision, min(decision) filter (mode = '乙') as second_decision,
       min(officer) filter (mode = '甲') as first_officer, min(officer) filter (mode = '乙') as second_officer
from looked_at where is_apart and problem is null group by question
"""
CONFLICT = """
create or replace temp table conflict as
select question, first_decision, first_officer, second_decision, second_officer from pair
where first_count = 1 and second_count = 1 and first_decision <> second_decision and first_officer <> second_officer
  and question in (select entry_id from open_entry union select question from open_link)
"""
CHECKED = """
create or replace temp table checked as
with beside as (
    select l.n,
           bool_or(o.n is not null and o.officer = l.officer and o.role is not distinct from l.role and o.decided_date = l.decided_date
                   and (o.decision <> l.decision or o.effective_date is distinct from l.effective_date)) as is_double,
           bool_or(o.n < l.n and o.officer = l.officer and o.role is not distinct from l.role and o.decided_date = l.decided_date
                   and o.decision = l.decision and o.effective_date is not distinct from l.effective_date) as is_repeat,
           bool_or(o.n is not null and l.has_entry and o.officer <> l.officer and coalesce(o.role, '') = coalesce(l.role, '') and o.decision <> l.decision
                   and '暂缓' not in (o.decision, l.decision)) as is_opposed
    from looked_at as l left join looked_at as o on o.question = l.question and o.n <> l.n and o.problem is null and not o.is_known
    where l.problem is null and not l.is_known group by l.n
),
last_checks as (
    select l.* exclude (problem), coalesce(b.is_repeat, false) as is_repeat, coalesce(l.problem, case
        when l.is_known then null
        when l.is_apart and (p.first_count = 0 or p.second_count = 0) then '双人独立核查，另一人尚未作出可用的答复；两人都答后一起导入。'
        when l.is_apart and (p.first_count > 1 or p.second_count > 1) then '同一簿中对同一问题答了两次；请只留一条。'
        when l.is_apart and p.first_officer = p.second_officer then '双人独立核查，两簿的核查人不能是同一人。'
        when l.is_apart and p.first_decision <> p.second_decision then '两人结论不同，均未导入；已另出一簿，请第三人裁定。'
        when b.is_double then '同一人在同一日、同一环节对同一问题有两个不同的答复；请只留一个。'
        when b.is_opposed then '两人在同一环节结论相反，均未导入；请由更高环节决定，或商定后再报。' end) as problem
    from looked_at as l left join beside as b using (n) left join pair as p using (question)
)
select *, case when problem is not null then 'returned' when is_known or is_repeat then 'known' else 'accepted' end as outcome, null::varchar as warning
from last_checks
"""
SAID_OF_ENTRIES = """
select distinct track, op_class, state, decision, coalesce(role, ''), is_again from checked
where outcome = 'accepted' and has_entry and decision <> '暂缓' order by all
"""
NEVER = """
update checked set problem = $problem, outcome = 'returned' from never as x
where outcome = 'accepted' and has_entry and (x.track, x.op_class, x.decision, x.role) = (checked.track, checked.op_class, checked.decision, coalesce(checked.role, ''))
"""
# Where several answers to one question are on their way, an earlier one may make the later fit.
NOT_NOW = """
update checked set warning = $warning from not_now as x
where outcome = 'accepted' and has_entry and not is_own
  and (x.track, x.op_class, x.decision, x.role, x.is_again) = (checked.track, checked.op_class, checked.decision, coalesce(checked.role, ''), checked.is_again)
  and x.state is not distinct from checked.state
  and not exists (from looked_at as o where o.question = checked.question and o.n <> checked.n) and checked.question not in (select entry_id from pending_read)
"""
