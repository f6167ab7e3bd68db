"""核查: the queue, one question at a time, and what is answered."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from fastapi import APIRouter, Response

from flows.console import drafts, sessions
from flows.console.ask import Ask, Asked, Refused
from flows.console.drafts import ARBITER, BLIND, PLAIN, Draft
from flows.console.offers import is_known, offer, second_person_fault
from flows.console.rights import DECIDE, STAGES
from flows.review.importing import OWN_FILE, pending_answers
from reports.console import case, queue
from reports.console.queue import ANSWERS, ENTRY, SHEETS, Filter, Settled
from schemas.errors import say

router = APIRouter()
NOTE_LENGTH = 200


@router.get("/review")
def show_queue(ask: Asked) -> Response:
    wish, page, who = queue.read_filter(ask.query), ask.query.get("page", ""), ask.who
    open_to_me = [c for c in drafts.conflicts(ask.desk.state) if who.account not in (c.first_officer, c.second_officer)]
    may_answer = who.role in DECIDE
    around = {"may_answer": may_answer, "conflicts": open_to_me if may_answer else []}
    number = int(page[:6]) if page.isdecimal() else 1
    with ask.look() as con:
        made = queue.list_page(con, wish, settled(ask), ask.sealed.as_of, number, is_blind=who.is_blind, around=around)
    return ask.page(made)


@router.get("/review/{sheet}/{question}")
def show_case(ask: Asked, sheet: str, question: str) -> Response:
    return _case(ask, sheet, question, whole=False)


@router.post("/review/{sheet}/{question}/whole")
def show_whole(ask: Asked, sheet: str, question: str) -> Response:
    """The same page with the numbers whole, once: what is asked for next is masked again."""
    return _case(ask, sheet, question, whole=True)


@router.post("/review/{sheet}/{question}")
def answer(ask: Asked, sheet: str, question: str) -> Response:
    wish = _filter(ask, sheet)
    with ask.look() as con:
        asked = _asked(con, sheet, question)
        draft = _draft(ask, sheet, asked)
        if fault := second_person_fault(con, asked, draft.account, draft.decision, draft.role):
            raise Refused(422, fault)
        drafts.keep(ask.desk.state, draft)
        after = queue.next_question(
            con, wish, settled(ask), ask.sealed.as_of, after=question, is_blind=ask.who.is_blind
        )
    return ask.go(f"/review/{sheet}/{after}?{wish.query}" if after else f"/review?{wish.query}")


@router.post("/undo")
def undo(ask: Asked) -> Response:
    """The latest answer is taken back, and its question is asked again."""
    draft = drafts.take_back(ask.desk.state, ask.who.account)
    return ask.go(f"/review/{draft.sheet}/{draft.question}?sheet={draft.sheet}" if draft else "/review")


@router.post("/blind")
def blind(ask: Asked) -> Response:
    sessions.set_blind(ask.desk.state, ask.token, is_blind=ask.form.get("blind") == "1")
    return ask.go("/review")


def settled(ask: Ask) -> Settled:
    """What need not be asked of this officer now."""
    state, who = ask.desk.state, ask.who
    others = drafts.others(state, who.account, ask.desk.clock(), is_blind=who.is_blind)
    return Settled(drafts.mine(state, who.account), others | _handed_in(ask.desk.workspace.inbox))


def _handed_in(inbox: Path) -> frozenset[str]:
    """Questions whose answer lies in the inbox."""
    try:
        return _waiting(
            inbox, tuple(sorted((p.name, p.stat().st_mtime_ns) for p in inbox.iterdir() if OWN_FILE.match(p.name)))
        )
    except FileNotFoundError:  # a night takes them in at this moment
        return frozenset()


@lru_cache(maxsize=4)
def _waiting(inbox: Path, seen: tuple[tuple[str, int], ...]) -> frozenset[str]:
    """Read anew only when the files are others than those `seen`."""
    return frozenset(pending_answers(inbox)["entry_id"].to_pylist())


def _case(ask: Ask, sheet: str, question: str, *, whole: bool) -> Response:
    wish, who, state = _filter(ask, sheet), ask.who, ask.desk.state
    conflict = next((c for c in drafts.conflicts(state) if c.question == question), None)
    with ask.look() as con:
        asked = _asked(con, sheet, question)
        if whole:
            ask.unmask([*case.people_of(con, sheet, asked), question])
        done = settled(ask)
        total, settled_count = queue.count_left(con, wish, done, ask.sealed.as_of)
        around = {
            "wish": wish, "draft": drafts.given(state, who.account, question), "conflict": conflict, "total": total,
            "done": settled_count, "is_waiting": question in done.waiting and not conflict,
            "offer": offer(sheet, asked, who.role) if who.role in DECIDE else None,
            "next": queue.next_question(con, wish, done, ask.sealed.as_of, after=question, is_blind=who.is_blind),
            "rate": drafts.last_hour(state, who.account, ask.desk.clock()), "drafts": drafts.count(state, who.account),
        }  # fmt: skip
        page = case.case_page(
            con, str(ask.desk.workspace.runs), sheet, asked, around, whole=whole, is_blind=who.is_blind
        )
    return ask.page(page)


def _asked(con: duckdb.DuckDBPyConnection, sheet: str, question: str) -> dict[str, Any]:
    found = case.find(con, sheet, question) if sheet in SHEETS else None
    if found is None:
        raise Refused(404, say("没有这个未决问题，或已有结论；请回到核查队列。", "There is no such open question; back to the queue."))  # fmt: skip
    return found


def _filter(ask: Ask, sheet: str) -> Filter:
    return queue.read_filter({**ask.query, "sheet": sheet})


def _draft(ask: Ask, sheet: str, asked: dict[str, Any]) -> Draft:
    """The answer in the form. Raises: Refused where it makes no sense or the role may not give it."""
    form, who = ask.form, ask.who
    decision, stage, effective = form.get("decision", ""), form.get("stage", ""), form.get("effective_date", "")
    if decision not in ANSWERS[sheet]:
        raise Refused(422, say("没有这样的结论。", "There is no such answer."))
    if sheet == ENTRY and stage not in STAGES[who.role]:
        raise Refused(403, say("您的角色不能签这个审核环节。", "Your role may not sign that step."))
    if not is_known(sheet, asked, decision, stage):
        raise Refused(
            422, say("这一问题不能这样答复；请换一个结论或审核环节。", "This question cannot be answered so.")
        )
    if effective and not _is_day(effective):
        raise Refused(422, say("生效日期请写成 2024-07-01 的样式。", "Write the date as 2024-07-01."))
    conflict = next((c for c in drafts.conflicts(ask.desk.state) if c.question == asked["question"]), None)
    if conflict and who.account in (conflict.first_officer, conflict.second_officer):
        raise Refused(422, say("裁定须由第三人作出，不能是原来两位核查人。", "A third person decides."))
    mode = ARBITER if conflict else BLIND if who.is_blind else PLAIN
    return Draft(
        who.account, sheet, str(asked["question"]), mode, str(asked["code"]), decision, effective,
        stage if sheet == ENTRY else "", " ".join(form.get("note", "").split())[:NOTE_LENGTH], ask.desk.clock(),
    )  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
