"""今晚: the state of the service on one screen."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from flows.console import drafts
from flows.console.ask import Asked
from flows.looking.look import inbox_files
from flows.night.holding import in_words, is_signed, read_hold, read_release
from reports.console import tonight
from reports.held_night import figure_line, what_is_held
from schemas.errors import say

router = APIRouter()


@router.get("/")
def show(ask: Asked) -> Response:
    desk, now = ask.desk, ask.reading
    hold = read_hold(desk.workspace)
    held = tonight.Held(in_words(*what_is_held(hold)), tuple(in_words(figure_line(f)) for f in hold["figures"]), is_released(ask, hold)) if hold else None  # fmt: skip
    around = tonight.Around(
        inbox_count=len(inbox_files(desk.workspace)),
        is_cut_off=desk.workspace.staging.exists(),
        held=held,
        draft_count=drafts.count(desk.state, ask.who.account),
    )
    if now is None and not desk.readings.why_none():
        return ask.page(tonight.empty_page(around))
    now = ask.sealed
    return ask.page(tonight.page(now.run_no, now.as_of, now.recorded_at, now.head, now.figures, now.waits, around))


def is_released(ask: Asked, hold: Mapping[str, Any]) -> str:
    """Who released exactly these figures and when, or ""."""
    signed = read_release(ask.desk.workspace)
    if not signed or not is_signed(hold["fingerprint"], hold["figures"], signed):
        return ""
    return say(f"{signed['officer']} 已于 {signed['released_at']} 放行，待再次运行。", f"Released by {signed['officer']} at {signed['released_at']}.")  # fmt: skip
