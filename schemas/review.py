"""What the workbook of open questions carries besides the answers, written by one room and read back by another."""

import re

CODE, FIRST_SAID, SECOND_SAID = "核对码", "甲核查人", "乙核查人"
REVIEWERS, ARBITER = ("甲", "乙"), "裁"
# The run that asked, what was asked, and of two who answer apart which one (or who decides between them). It begins with
# a letter, so that no spreadsheet takes it for a number.
CODE_FORM = re.compile(rf"^R([0-9]+)-([0-9a-f]{{8}})(?:-([{''.join(REVIEWERS)}{ARBITER}]))?$")
CODE_SQL = "'R' || $run || '-' || code || $mode"
# How `ledger/decisions.toml` speaks of an entry `e`: the class of its op, and whether it was answered before.
ASKED_AS = """case when e.op in ('UPD', 'WITHDRAW') and e.valid_to is not null then 'END' when e.op in ('ADD', 'UPD') then 'IN' else e.op end as op_class,
       exists (from ledger_entry as d where d.op = 'DECIDED' and d.decision_entry = e.entry_id) as is_again"""
# As the English workbook heads and words what comes back; whoever fills it in may write either.
ENGLISH_HEADERS = {
    "entry_id": "Entry ID", "decision": "Decision", "effective_date": "Effective date", "officer": "Officer",
    "role": "Stage of review", "decided_date": "Decided date", "note": "Explanation", "code": "Code",
    "first_officer": "First officer", "second_officer": "Second officer",
}  # fmt: skip
ENGLISH_ANSWERS = {
    "decision": {
        "Confirm": "确认", "Reject": "驳回", "Postpone": "暂缓", "Same person": "同一人", "Not the same person": "非同一人",
    },
    "role": {"First review": "初审", "Review": "审核", "Visit": "走访", "Final review": "终审"},
}  # fmt: skip
EXTRA_HEADERS = {"code": CODE, "first_officer": FIRST_SAID, "second_officer": SECOND_SAID}
