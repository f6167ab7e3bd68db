"""A decision is told to the person: a T NOTIFY beside the entry of the decision, never before it, and taken back with it.

It is no finding of a rule, so no night closes it; who told the person answers it (确认), as any other NOTIFY.
"""

import json
from datetime import date
from typing import Any

from ledger.legal import words

NOTICES = "O05"


def told_to_person(asked: dict[str, Any], row: dict[str, Any], since: date, as_of: date) -> dict[str, Any]:
    """What a verdict `row` on the entry `asked`, in force from `since`, makes somebody tell the person."""
    op = words()["op"].get(asked["op"], asked["op"])
    facts = {
        "rule": asked["rule_id"],
        "decision": row["decision"],
        "role": row["role"],
        "record": row["record_id"],
    }
    return {
        "track": "T", "op": "NOTIFY", "basis": None, "target": "open", "decision_entry": asked["entry_id"], "from_date": as_of,
        "evidence": [row["record_id"]], "parameters": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
        "reason": f"{row['decided_date']}{row['role'] or '核查'}{row['decision']}“{op}”（{asked['entry_id']}号），自{since}起，请以适当方式告知本人并记录。",
    }  # fmt: skip


def told_in_vain(notice: dict[str, Any], decided: str) -> dict[str, Any]:
    """The end of a notice whose decision, entry `decided`, was taken back."""
    return {
        "op": "WITHDRAW", "target": "closed", "supersedes": notice["entry_id"], "decision_entry": notice["decision_entry"], "is_closing": True,
        "from_date": notice["valid_from"], "evidence": notice["evidence"], "parameters": "{}",
        "reason": f"{decided}号决定已撤回，{notice['entry_id']}号告知作废；已经告知本人的，请另行说明。",
    }  # fmt: skip
