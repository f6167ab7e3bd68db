"""What every route is given: who asks, what came with the form, and what may be answered. Nothing gets past `asked` that its
line in `rights` does not allow."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

import duckdb
from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from flows.console import events, sessions
from flows.console.coming_back import ANSWERED, page_of, typed_in
from flows.console.reading import Reading, Readings
from flows.console.rereading import Reread
from flows.console.rights import RIGHTS, ROLE_WORDS, may
from flows.console.sessions import COOKIE, Session
from flows.console.state import State
from flows.console.taking import Take
from flows.settings.console import ConsoleTimes
from flows.trust.access import record_access
from flows.workspace import Workspace
from reports.console.page import Frame, Page, render
from schemas.errors import say

FORM_COOKIE = "zhaoren_form"
LARGEST = 64 << 10  # bytes of a form
FORM_TYPE = "application/x-www-form-urlencoded"
SHORTEST_REASON = 4
BEFORE_CHANGE = ("/password", "/sign-out", "/static/{name}")  # while the password is one that somebody else set
MENU = (("/", "今晚", "Tonight"), ("/review", "核查", "Review"), ("/drafts", "待提交", "To hand in"), ("/search", "查找", "Search"), ("/audit", "审计", "Audit"), ("/accounts", "账号", "Accounts"), ("/password", "密码", "Password"))  # fmt: skip


class Refused(Exception):
    """A request that is not carried out: a status and a sentence for whoever asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class SignInFirst(Exception):
    """Nobody is signed in, and the page is not for everybody. `ask.form` has where to go afterwards, and what was typed."""

    def __init__(self, ask: "Ask") -> None:
        super().__init__()
        self.ask = ask


class ChangeFirst(Exception):
    """Somebody else set the password, and only the page on which it is changed may be asked for."""


@dataclass(frozen=True)
class Desk:
    """What the console works with, the same for all who ask. `clock` gives seconds since 1970."""

    workspace: Workspace
    state: State
    readings: Readings
    times: ConsoleTimes
    clock: Callable[[], float]
    take: Take
    reread: Reread


@dataclass(frozen=True)
class Ask:
    """One request that may be answered."""

    desk: Desk
    path: str
    token: str
    session: Session | None
    reading: Reading | None
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    form_key: str = ""

    @property
    def who(self) -> Session:
        """Raises: SignInFirst."""
        if self.session is None:
            raise SignInFirst(self)
        return self.session

    @property
    def sealed(self) -> Reading:
        """Raises: Refused before the first run, and while what is encrypted is closed."""
        if self.reading is None and (why := self.desk.readings.why_none()):
            raise Refused(503, why)
        if self.reading is None:
            raise Refused(404, say("这个工作区还没有运行过；请先 zhaoren run。", "Nothing has run here yet; zhaoren run first."))  # fmt: skip
        return self.reading

    @contextmanager
    def look(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.sealed.look() as con:
            yield con

    def page(self, page: Page, status: int = 200) -> Response:
        return HTMLResponse(render(page, self._frame()), status)

    def go(self, path: str) -> Response:
        """After a form: the browser asks for the next page by itself, and reloading it sends nothing twice."""
        return RedirectResponse(path, 303)

    def unmask(self, subjects: list[str]) -> None:
        """Note in the log that the next run seals that numbers are shown whole, to whom and what for. Call it before
        anything is shown. Raises: Refused without a reason, UsageError where it cannot be noted."""
        reason = self.form.get("reason", "").strip()
        if len(reason) < SHORTEST_REASON:
            raise Refused(
                422, say("查看完整号码须写明事由（至少四个字）。", "Say what for (four characters at least).")
            )
        record_access(self.desk.workspace, "unmask", subjects, purpose=reason, account=self.who.account)

    def _frame(self) -> Frame:
        who, now = self.session, self.reading
        shown = tuple((path, say(zh, en)) for path, zh, en in MENU if who and may(who.role, "GET", path))
        return Frame(
            account=who.account if who else "",
            role=say(ROLE_WORDS[who.role], who.role) if who else "",
            is_blind=bool(who and who.is_blind),
            form_key=who.form_key if who else self.form_key,
            menu=shown,
            path=self.path,
            run_no=now.run_no if now else 0,
            as_of=now.as_of if now else None,
        )


async def asked(request: Request) -> Ask:
    """Who asks and what; a dependency of every route. Raises: SignInFirst, ChangeFirst, Refused."""
    desk: Desk = request.app.state.desk
    path, method = request.scope["route"].path, request.method
    token = request.cookies.get(COOKIE, "")
    session = await run_in_threadpool(sessions.find, desk.state, token, desk.times, desk.clock)
    if not may(session.role if session else None, method, path):
        if session is None and (method, path) in RIGHTS:
            raise SignInFirst(await _asked_in_vain(request, desk, path))
        if session:
            await run_in_threadpool(events.note, desk.state, desk.clock(), session.account, events.REFUSED)
        raise Refused(403, say("您的角色不能使用这一页；请联系管理员。", "Your role may not use this page."))
    if session and session.must_change and path not in BEFORE_CHANGE:
        raise ChangeFirst
    key = request.cookies.get(FORM_COOKIE, "")
    try:
        form = await _form(request, session.form_key if session else key) if method == "POST" else {}
    except Refused:
        await run_in_threadpool(events.note, desk.state, desk.clock(), session.account if session else "", events.FORM)
        raise
    return Ask(
        desk, request.url.path, token, session, desk.readings.current() if session else None, request.query_params, form, key
    )  # fmt: skip


async def _asked_in_vain(request: Request, desk: Desk, route: str) -> Ask:
    """Somebody whose session is over: where they were, and what they had typed where our own page sent it."""
    back = page_of(route, request.url.path, request.url.query)
    typed = {}
    if (request.method, route) == ("POST", ANSWERED) and request.headers.get("sec-fetch-site") == "same-origin":
        with suppress(Refused):
            typed = typed_in(await _fields(request))
    key = request.cookies.get(FORM_COOKIE, "")
    return Ask(desk, request.url.path, "", None, None, {}, {**typed, "back": back}, key)


async def _form(request: Request, expected: str) -> dict[str, str]:
    """The fields of a form that our own page sent. Raises: Refused."""
    fields = await _fields(request)
    if not _is_from_here(request) or not sessions.same(fields.get("form_key", ""), expected):
        raise Refused(403, say("表单已过期或不是从本页发出；请返回、刷新后重试。", "That form is out of date or not from this page; reload and try again."))  # fmt: skip
    return fields


async def _fields(request: Request) -> dict[str, str]:
    """Whoever sent them. Raises: Refused."""
    if request.headers.get("content-type", "").split(";")[0].strip() != FORM_TYPE:
        raise Refused(415, say("这里只收网页表单。", "Only a web form is taken here."))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise Refused(413, say("表单太大。", "That form is too large."))
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError:
        raise Refused(400, say("表单读不懂。", "That form cannot be read.")) from None


def _is_from_here(request: Request) -> bool:
    """By what the browser says of where the form stands. Our pages send no referrer, so that Chromium names their origin
    `null`; a browser too old to say more leaves it to the form key."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host", "")


Asked = Annotated[Ask, Depends(asked)]
