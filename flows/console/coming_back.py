"""Back to where somebody was when their session ran out, with the answer they had typed: asked for again, never handed in by
itself."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from flows.console import drafts
from flows.console.drafts import Draft
from flows.console.rights import RIGHTS
from flows.console.state import State
from flows.trust.privacy import scan_text
from reports.console.queue import ANSWERS
from schemas.errors import say

ANSWERED = "/review/{sheet}/{question}"
QUESTION = re.compile(r"/review/([^/?]+)/([^/?]+)")
PLACE = re.compile(r"/(?![/\\])[!-~]*")  # of ours: no other site, nothing that is no address
TYPED = ("decision", "effective_date", "stage", "note")
LONGEST = 200  # characters of a note


def page_of(route: str, path: str, query: str) -> str:
    """The page that somebody asked for, or had before them when they sent its form; the first one where they wrote a number into
    the address, which is not said again."""
    if ("GET", route) not in RIGHTS:
        route, path, query = route.rpartition("/")[0], path.rpartition("/")[0], ""
    if ("GET", route) not in RIGHTS:
        return "/"
    back = path + (query and f"?{query}")
    return "/" if any(scan_text(unquote(back))) else back


def safe(back: str) -> str:
    """The place to go to, where it is one of ours; else the first page."""
    return back if PLACE.fullmatch(back) else "/"


def typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """What somebody had typed; nothing where they had not."""
    said = {name: form[name] for name in TYPED if form.get(name)}
    return said if said.keys() & {"decision", "note", "effective_date"} else {}


def keep_typed(state: State, account: str, back: str, said: Mapping[str, str], now: float) -> None:
    """Until the question is answered, or for a day."""
    if not said or not (hit := QUESTION.match(back)):
        return
    sheet, question = hit[1], unquote(hit[2])
    decision = said.get("decision", "")
    drafts.keep_unsent(
        state,
        Draft(
            account, sheet, question, drafts.PLAIN, "", decision if decision in ANSWERS.get(sheet, ()) else "",
            said.get("effective_date", "")[:10], said.get("stage", "")[:10], said.get("note", "")[:LONGEST], now,
            say("登录已到期，这一件还没有提交；填过的都在，请再按一次结论。", "Your session had run out and this was not sent; what you typed is here, please answer once more."),
        ),
    )  # fmt: skip
