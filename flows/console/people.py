"""人员: one person on both clocks, and on another date."""

from dataclasses import replace

from fastapi import APIRouter, Response

from flows.console.ask import Ask, Asked, Refused
from flows.console.rights import may
from flows.days import parse_day
from flows.looking.look import moment
from flows.settings.read import read_settings
from reports.console import person
from reports.console.person import Clock
from schemas.errors import say

router = APIRouter()
CASE_FILE = ("POST", "/person/{person_id}/case-file")


@router.get("/person/{person_id}")
def show(ask: Asked, person_id: str) -> Response:
    return _person(ask, person_id, asked_clock(ask), whole=False)


@router.post("/person/{person_id}/whole")
def show_whole(ask: Asked, person_id: str) -> Response:
    return _person(ask, person_id, Clock(ask.sealed.as_of), whole=True)


def asked_clock(ask: Ask) -> Clock:
    """The date in the address, and as known when; without one, the day of the run shown. Raises: UsageError."""
    on, known = ask.query.get("on", "")[:10], ask.query.get("known", "")[:10]
    clock = Clock(parse_day(on) if on else ask.sealed.as_of)
    known_at = moment(known) if known else clock.known_at
    return replace(clock, known_at=known_at, said_known=known, is_asked=bool(known) or clock.day != ask.sealed.as_of)


def _person(ask: Ask, person_id: str, clock: Clock, *, whole: bool) -> Response:
    with ask.look() as con:
        if (found := person.who(con, person_id, whole=whole)) is None:
            raise Refused(404, say("没有这个编号的人；编号形如 P000000001。", "No such person; ids look like P000000001."))  # fmt: skip
        if whole:
            ask.unmask([person_id])
        gap = read_settings(ask.desk.workspace.root).case_gap_days
        page = person.person_page(con, found, clock, gap, whole=whole, may_export=may(ask.who.role, *CASE_FILE))
    return ask.page(page)
