"""待提交: what the officer has answered and not handed in, and the handing in."""

from dataclasses import asdict
from datetime import date
from typing import cast

from fastapi import APIRouter, Response

from flows.console import drafts
from flows.console.apart import beside
from flows.console.ask import Ask, Asked, Refused
from flows.console.handing_in import HandedIn, hand_in
from flows.days import today_in_shanghai
from reports.console import queue
from reports.console.page import Page
from schemas.errors import say

router = APIRouter()


@router.get("/drafts")
def show(ask: Asked) -> Response:
    return ask.page(_page(ask, None))


@router.post("/drafts")
async def submit(ask: Asked) -> Response:
    """Hand everything in, dated with the day in the form: today unless it says an earlier one."""
    return cast(Response, await beside(_submit, ask))


def _submit(ask: Ask) -> Response:
    text = ask.form.get("decided_date", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(422, say("核查日期请写成 2024-07-01 的样式。", "Write the date as 2024-07-01.")) from None
    if day > _latest(ask):
        raise Refused(422, say("核查日期不能晚于今天。", "The date cannot be after today."))
    return ask.page(_page(ask, hand_in(ask.desk.workspace, ask.desk.state, ask.who.account, day, ask.desk.take)))


def _latest(ask: Asked) -> date:
    return max(today_in_shanghai(), ask.sealed.as_of)


def _page(ask: Asked, done: HandedIn | None) -> Page:
    listed = [asdict(d) for d in drafts.of(ask.desk.state, ask.who.account)]
    if listed and ask.reading:
        with ask.look() as con:
            about = queue.asked_about(con, [d["question"] for d in listed])
    else:
        about = {}
    values = {"drafts": listed, "about": about, "done": done, "today": _latest(ask).isoformat()}
    return Page("drafts.html", say("待提交", "To hand in"), values)
