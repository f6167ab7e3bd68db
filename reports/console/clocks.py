"""Two clocks as a drawing: above, when something is true; below, when we came to know it; one line an entry. An upright line was
known at once, a slanted one late or ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schemas.errors import say

WIDTH, HEIGHT, MARGIN, TOP, BOTTOM = 1000.0, 110.0, 46.0, 26.0, 84.0
MOST_DAYS = 10 * 366  # what lies further back stands at the left edge
MOST_LINES = 120


@dataclass(frozen=True)
class Stroke:
    """One entry: where its line begins above and ends below, whether it waits for a decision, and what it says."""

    top_x: float
    bottom_x: float
    entry_id: str
    is_late: bool
    said: str


@dataclass(frozen=True)
class Clocks:
    """The strokes, and the days written along both axes with their places."""

    strokes: tuple[Stroke, ...]
    days: tuple[tuple[float, str], ...]


def clocks(entries: Sequence[Mapping[str, Any]]) -> Clocks | None:
    """The drawing of a person's entries; None without any."""
    shown = entries[:MOST_LINES]
    if not shown:
        return None
    known = [e["as_of"] for e in shown]
    last = max(max(known), max(e["valid_from"] for e in shown if e["valid_from"] < date(2999, 1, 1)))
    first = max(min(e["valid_from"] for e in shown), last - timedelta(days=MOST_DAYS))
    first = min(first, min(known))
    span = max((last - first).days, 1)

    def at(day: date) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * min(max((day - first).days, 0), span) / span, 1)

    strokes = tuple(
        Stroke(
            at(e["valid_from"]), at(e["as_of"]), e["entry_id"], e["late_days"] > 1,
            say(f"{e['entry_id']}：自 {e['valid_from']} 起为真，{e['as_of']} 得知", f"{e['entry_id']}: true from {e['valid_from']}, known on {e['as_of']}"),
        )
        for e in shown
    )  # fmt: skip
    count = min(5, span)
    days = (first + timedelta(days=span * n // count) for n in range(count + 1))
    return Clocks(strokes, tuple((at(d), d.isoformat()) for d in days))
