"""Signing in and out, and the console's own few files."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Response

from flows.console import accounts, events, sessions
from flows.console.ask import FORM_COOKIE, Ask, Asked, Refused
from flows.console.coming_back import keep_typed, safe, typed_in
from flows.console.sessions import COOKIE
from reports.console.page import Page, static
from schemas.errors import say

router = APIRouter()
# No `secure`: loopback has no TLS, and nothing leaves the machine.
AT_THE_DOOR = CapacityLimiter(1)
COOKIE_LOOK: dict[str, Any] = {"httponly": True, "samesite": "strict", "path": "/"}


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    if (found := static(name)) is None:
        raise Refused(404, say("没有这个文件。", "There is no such file."))
    return Response(found[0], media_type=found[1])


@router.get("/sign-in")
def ask_who(ask: Asked) -> Response:
    if ask.session:
        return ask.go("/")
    return _sign_in_page(ask, ask.query, "", 200)


def ask_first(ask: Ask) -> Response:
    """Whoever has no session signs in, and comes back to where they were; what they had typed goes with the page."""
    if typed_in(ask.form):
        told = say(
            "登录已到期，刚才的答复还没有提交；登录后回到那一件，填过的都在。",
            "Your session has run out and the answer was not sent; sign in to find it as you typed it.",
        )
        return _sign_in_page(ask, ask.form, told, 401)
    back = safe(ask.form.get("back", ""))
    return ask.go("/sign-in" if back == "/" else "/sign-in?" + urlencode({"back": back}))


@router.post("/sign-in")
async def begin(ask: Asked) -> Response:
    """One at a time, and apart from the pages: a hash takes its time and its memory on purpose."""
    return await to_thread.run_sync(_begin, ask, limiter=AT_THE_DOOR)


def _begin(ask: Ask) -> Response:
    tried = accounts.sign_in(ask.desk.state, ask.form.get("name", ""), ask.form.get("password", ""), ask.desk.clock)
    if tried.account is None:
        return _sign_in_page(ask, ask.form, tried.problem, 401)
    if ask.token:
        sessions.end(ask.desk.state, ask.token)
    back = safe(ask.form.get("back", ""))
    keep_typed(ask.desk.state, tried.account.name, back, typed_in(ask.form), ask.desk.clock())
    answer = ask.go(back)
    answer.set_cookie(COOKIE, sessions.begin(ask.desk.state, tried.account, ask.desk.clock), **COOKIE_LOOK)
    answer.delete_cookie(FORM_COOKIE, **COOKIE_LOOK)
    return answer


@router.post("/sign-out")
def leave(ask: Asked) -> Response:
    sessions.end(ask.desk.state, ask.token)
    events.note(ask.desk.state, ask.desk.clock(), ask.who.account, events.LEFT)
    answer = ask.go("/sign-in")
    answer.delete_cookie(COOKIE, **COOKIE_LOOK)
    return answer


def _sign_in_page(ask: Ask, before: Mapping[str, str], problem: str, status: int) -> Response:
    """Before anybody is signed in the form's key is the cookie's: another site can read neither. `before`: where to go
    afterwards, and what was typed."""
    key = ask.form_key or secrets.token_urlsafe(32)
    carried = {"back": safe(before.get("back", "")), **typed_in(before)}
    values = {"problem": problem, "form_key": key, "carried": carried, "minutes": ask.desk.times.idle_minutes}
    answer = ask.page(Page("sign_in.html", say("登录", "Sign in"), values), status)
    answer.set_cookie(FORM_COOKIE, key, **COOKIE_LOOK)
    return answer
