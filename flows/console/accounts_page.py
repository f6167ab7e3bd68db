"""账号: who has an account, who is signed in, what happened at the doors; sessions can be ended here. Accounts are made by
`zhaoren accounts`. 密码: everybody changes their own."""

from datetime import datetime

from fastapi import APIRouter, Response

from flows.console import accounts, events, sessions
from flows.console.ask import Asked
from flows.console.rights import ROLE_WORDS
from flows.looking.look import BEIJING
from reports.console.page import Page
from schemas.errors import say

router = APIRouter()


@router.get("/accounts")
def show(ask: Asked) -> Response:
    here = sessions.signed_in(ask.desk.state)
    rows = [(a.name, say(ROLE_WORDS[a.role], a.role), here.get(a.name, 0)) for a in accounts.accounts(ask.desk.state)]
    told = [(_said(at), name, what) for at, name, what in events.latest(ask.desk.state)]
    return ask.page(Page("accounts.html", say("账号", "Accounts"), {"rows": rows, "events": told}))


@router.post("/accounts/sign-out")
def sign_out(ask: Asked) -> Response:
    name = ask.form.get("name", "")
    sessions.end_all(ask.desk.state, name)
    events.note(ask.desk.state, ask.desk.clock(), name, events.ENDED)
    return ask.go("/accounts")


@router.get("/password")
def ask_password(ask: Asked) -> Response:
    return ask.page(_password_page(ask, ""))


@router.post("/password/sign-out")
def sign_out_elsewhere(ask: Asked) -> Response:
    sessions.end_others(ask.desk.state, ask.who.account, ask.token)
    return ask.go("/password")


@router.post("/password")
def change_password(ask: Asked) -> Response:
    """Whoever knows the old one may set a new one; then every session of the account ends, this one too."""
    desk, name, form = ask.desk, ask.who.account, ask.form
    tried = accounts.sign_in(desk.state, name, form.get("old", ""), desk.clock)
    if tried.account is None:
        return ask.page(_password_page(ask, tried.problem), 422)
    if form.get("new", "") != form.get("again", ""):
        return ask.page(_password_page(ask, say("两次输入的新密码不同。", "The new passwords differ.")), 422)
    if form.get("new", "") == form.get("old", ""):
        return ask.page(_password_page(ask, say("新密码和现在的一样。", "The new password is the present one.")), 422)
    accounts.set_password(desk.state, name, form.get("new", ""))
    events.note(desk.state, desk.clock(), name, events.PASSWORD)
    return ask.go("/sign-in")


def _password_page(ask: Asked, problem: str) -> Page:
    """Beside the form: where one is signed in, and what happened to the account, so that its owner notices what they did not do."""
    state, name = ask.desk.state, ask.who.account
    here = [(_said(begun), _said(seen), is_here) for begun, seen, is_here in sessions.own(state, name, ask.token)]
    told = [(_said(at), what) for at, _, what in events.latest(state, name)]
    values = {
        "problem": problem,
        "shortest": accounts.SHORTEST,
        "longest": accounts.LONGEST,
        "here": here,
        "events": told,
        "must_change": ask.who.must_change,
    }
    return Page("password.html", say("改密码", "Change password"), values)


def _said(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
