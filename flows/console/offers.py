"""Which answers a question can be given by whom: what `ledger/decisions.toml` knows at all for such an entry, at a step that the
role may sign, and never both steps by one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.console.rights import STAGES
from ledger.decisions import FAULTS
from ledger.legal import legal_decisions
from reports.console.queue import ANSWERS, ENTRY
from reports.console.rows import plain_rows

WAIT = "暂缓"
FIRST, SECOND = "初审", ("审核", "终审")
FIRST_REVIEWER = "select count(*) from answer_taken where question = $question and officer = $officer and role = '初审' and decision = '确认'"


@dataclass(frozen=True)
class Offer:
    """The answers that have a sense, the steps the role may sign, and the one to begin with."""

    answers: tuple[str, ...]
    stages: tuple[str, ...]
    stage: str


def offer(sheet: str, asked: Mapping[str, Any], role: str) -> Offer:
    """What an account of this role may answer; 暂缓 always, other answers only where some case of them is known."""
    stages = STAGES[role] if sheet == ENTRY else ("",)
    sensible = tuple(a for a in ANSWERS[sheet] if a == WAIT or any(is_known(sheet, asked, a, s) for s in stages))
    fitting = [s for s in stages if any(_fits(asked, a, s) for a in sensible if a != WAIT)] if sheet == ENTRY else []
    return Offer(sensible, stages, (*fitting, *stages, "")[0])


def is_known(sheet: str, asked: Mapping[str, Any], decision: str, stage: str) -> bool:
    """Whether such an answer at such a step can ever be carried out."""
    if decision == WAIT:
        return True
    if sheet != ENTRY:
        return asked["likely_id"] is not None
    return any(r.says(asked["track_code"], asked["op_class"], decision, stage) for r in legal_decisions())


def _fits(asked: Mapping[str, Any], decision: str, stage: str) -> bool:
    state = asked["state_now"] or ""
    return any(r.fits(asked["track_code"], asked["op_class"], state, decision, stage, asked["is_again"]) for r in legal_decisions())  # fmt: skip


def second_person_fault(
    con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], officer: str, decision: str, stage: str
) -> str:
    """Why this officer may not sign this step, or "": whoever confirmed the first review cannot recognise."""
    if decision != "确认" or stage not in SECOND or asked.get("track_code") != "H" or asked["op_class"] != "IN":
        return ""
    did_first = plain_rows(con, FIRST_REVIEWER, {"question": asked["question"], "officer": officer})[0][0]
    return f"{FAULTS['same_officer']}。" if did_first else ""
