"""A page as a value: which template, which title, which values. `render` is the only place where HTML is made; everything that is
put in is escaped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.console.wording import FILTERS
from reports.run_note import BEIJING
from schemas.errors import say

HERE = Path(__file__).parent
STATIC = {
    "console.css": "text/css; charset=utf-8",
    "keys.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True)
class Frame:
    """What stands around every page: who is signed in, the places they may go, the key their forms carry, the run shown."""

    account: str = ""
    role: str = ""
    is_blind: bool = False
    form_key: str = ""
    menu: tuple[tuple[str, str], ...] = ()
    path: str = "/"
    run_no: int = 0
    as_of: date | None = None


@dataclass(frozen=True)
class Page:
    """`template` is a file in `templates/`, `values` the names it uses."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals["say"] = say
    made.globals["language"] = lambda: say("zh-CN", "en")
    made.filters["count"] = lambda n: f"{n:,}"
    made.filters |= FILTERS
    made.filters["beijing"] = _in_beijing
    return made


def _in_beijing(moment: datetime | str) -> str:
    told = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{told.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def render(page: Page, frame: Frame) -> str:
    """The page as HTML. A name that the template uses and nobody gave is an error, not a gap."""
    return _environment().get_template(page.template).render(page.values, title=page.title, frame=frame)


@cache
def static(name: str) -> tuple[bytes, str] | None:
    """One of the console's own two files and its type; None for any other name."""
    return ((HERE / "static" / name).read_bytes(), STATIC[name]) if name in STATIC else None
