"""Around every answer: who may speak to us at all, what the browser must not do with a page, and no failure that shows or logs
more than its kind."""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from schemas.errors import say

HOSTS = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]


class Shell:
    """Wraps the application. A page of another site whose name leads to this machine is not answered."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sealed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if host.rsplit(":", 1)[0] not in HOSTS and host not in HOSTS:
            refused = PlainTextResponse(say("请用 http://127.0.0.1 打开。", "Open it as http://127.0.0.1."), 421)
            await refused(scope, receive, sealed)
            return
        try:
            await self.app(scope, receive, sealed)
        except Exception as error:  # its text may hold what somebody typed: only its kind is told
            sys.stderr.write(say(f"核查台出错（{type(error).__name__}）。\n", f"The console failed ({type(error).__name__}).\n"))  # fmt: skip
            if not begun:
                failed = PlainTextResponse(say("程序故障，没有改变任何内容；请返回重试，仍不行请报告。", "Program failure; nothing was changed."), 500)  # fmt: skip
                await failed(scope, receive, sealed)
