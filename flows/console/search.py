"""查找: what somebody types comes in a form and stands in no address. A number finds its people, a name however it is spelt, an id its
own page."""

import re
import unicodedata

from fastapi import APIRouter, Response

from flows.console.ask import Asked, Refused
from flows.console.papers import page_number
from flows.trust.access import record_access
from matchers.blocking import name_keys
from matchers.id_numbers import fold_number
from matchers.names import NameLevel, fold_name, place_names
from reports.console import search
from schemas.errors import say

router = APIRouter()
LONGEST = 80
# What has an address of its own is gone to.
IDS = ((re.compile(r"[Pp]\d{9,}"), "/person/{}"), (re.compile(r"\d{1,9}-\d{1,9}"), "/entry/{}"))
LIKE_A_NUMBER = re.compile(r"[A-Za-z]{0,2}\d{6,}[0-9Xx]*")
SAME = (NameLevel.EQUAL, NameLevel.COMPATIBLE)


@router.get("/search")
def show_form(ask: Asked) -> Response:
    return ask.page(search.form_page())


@router.post("/search")
def find(ask: Asked) -> Response:
    text = unicodedata.normalize("NFKC", ask.form.get("text", "")[:LONGEST]).strip()
    if not text:
        return ask.go("/search")
    number = page_number(ask.form.get("page", ""))
    if ask.form.get("kind") == "file":
        with ask.look() as con:
            return ask.page(search.files(con, text, number))
    for form, path in IDS:
        if form.fullmatch(text):
            return ask.go(path.format(text.upper()))
    return _number(ask, text, number) if LIKE_A_NUMBER.fullmatch(text) else _name(ask, text, number)


def _number(ask: Asked, text: str, page: int) -> Response:
    """Whether a number is anybody's is an answer about a person: it goes on record, as `zhaoren explain --id` does."""
    key = (fold_number(text).key or text.upper()).split(":")[-1]  # a passport says what it is only beside its document
    with ask.look() as con:
        found, people = search.people_by_number(con, text, key, page)
    if not people and fold_number(text).key is None:
        raise Refused(422, say("这个证件号码不是有效号码（位数、日期或校验位不对），不能据此查人。", "That is not a valid number; nobody is found by it."))  # fmt: skip
    record_access(ask.desk.workspace, "explain", people, account=ask.who.account)
    return ask.page(found)


def read_tables() -> None:
    """Read what folding and comparing names takes, so that nobody's first search waits for it."""
    folded = fold_name("王·甲")
    name_keys([folded])
    place_names([folded], [folded])


def _name(ask: Asked, text: str, page: int) -> Response:
    folded = fold_name(text)
    sound = name_keys([folded]).column("name_sound").to_pylist()[0]
    with ask.look() as con:
        near = search.names_of_sound(con, sound, folded)
        levels = place_names([folded] * len(near), near)
        alike = [name for name, level in zip(near, levels, strict=True) if level in SAME]
        return ask.page(search.people_by_name(con, text, folded, alike, page))
