"""The application: the desk it works at, its routes, and how what goes wrong is told."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from flows.console import (
    accounts_page,
    audit,
    drafts_page,
    making,
    papers,
    people,
    rereading,
    review,
    search,
    sign_in,
    taking,
    tonight,
)
from flows.console.ask import ChangeFirst, Desk, Refused, SignInFirst, asked
from flows.console.reading import Readings
from flows.console.rereading import Reread
from flows.console.shell import Shell
from flows.console.state import State
from flows.console.taking import Take
from flows.settings.read import read_settings
from flows.workspace import Workspace
from reports.console.page import Frame, Page, render
from schemas.errors import WorkspaceBusy, ZhaorenError, say

ROUTES = (sign_in, tonight, review, drafts_page, search, people, papers, audit, accounts_page)

AT_ONCE = 3  # requests at work; the others wait


def create_app(
    workspace: Workspace, *, clock: Callable[[], float] = time.time, make: Callable[..., bool] = making.make, take: Take = taking.take,
    reread: Reread = rereading.record_of,
) -> FastAPI:  # fmt: skip
    """The console of one workspace. `make` writes the file of a reading, `take` takes in what is handed in, `reread` finds a row of a kept file. Raises: UsageError where settings or store cannot be read."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(asked)], lifespan=_a_few_at_once
    )
    times = read_settings(workspace.root).console
    app.state.desk = Desk(workspace, State(workspace.console), Readings(workspace, make), times, clock, take, reread)
    for route in (r for module in ROUTES for r in module.router.routes if isinstance(r, APIRoute)):
        app.add_api_route(route.path, route.endpoint, methods=sorted(route.methods or ()))
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Shell)
    return app


@asynccontextmanager
async def _a_few_at_once(app: FastAPI) -> AsyncIterator[None]:
    """Pages are short: more at a time than that wait for the same two cores, and for each other's memory."""
    current_default_thread_limiter().total_tokens = AT_ONCE
    yield


def _sign_in_first(request: Request, error: Exception) -> Response:
    return sign_in.ask_first(error.ask) if isinstance(error, SignInFirst) else RedirectResponse("/sign-in", 303)


def _change_first(request: Request, error: Exception) -> Response:
    return RedirectResponse("/password", 303)


def _refused(request: Request, error: Exception) -> Response:
    status, sentence = (error.status, error.sentence) if isinstance(error, Refused) else (500, "")
    return _told(status, sentence)


def _ours(request: Request, error: Exception) -> Response:
    """Our own errors are sentences without personal values."""
    return _told(409 if isinstance(error, WorkspaceBusy) else 422, str(error))


def _not_found(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _told(status, say("没有这一页。", "There is no such page."))


def _told(status: int, sentence: str) -> Response:
    return HTMLResponse(render(Page("told.html", say("提示", "Notice"), {"sentence": sentence}), Frame()), status)


HANDLERS = {
    SignInFirst: _sign_in_first,
    ChangeFirst: _change_first,
    Refused: _refused,
    ZhaorenError: _ours,
    HTTPException: _not_found,
    RequestValidationError: _not_found,
}
