"""账号: who has an account and is signed in; their sessions can be ended here. Accounts are made by `zhaoren accounts`."""

from fastapi import APIRouter, Response

from flows.console import accounts, sessions
from flows.console.ask import Asked
from flows.console.rights import ROLE_WORDS
from reports.console.page import Page
from schemas.errors import say

router = APIRouter()


@router.get("/accounts")
def show(ask: Asked) -> Response:
    here = sessions.signed_in(ask.desk.state)
    rows = [(a.name, say(ROLE_WORDS[a.role], a.role), here.get(a.name, 0)) for a in accounts.accounts(ask.desk.state)]
    return ask.page(Page("accounts.html", say("账号", "Accounts"), {"rows": rows}))


@router.post("/accounts/sign-out")
def sign_out(ask: Asked) -> Response:
    sessions.end_all(ask.desk.state, ask.form.get("name", ""))
    return ask.go("/accounts")
