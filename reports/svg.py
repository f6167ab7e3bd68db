"""Charts as inline SVG: bars, columns and lines. Every bar and point carries its figure, so that the page reads the same on
paper, in grey, and aloud. Numbers are rounded to a tenth: the same figures are the same bytes everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH = 360
TEXT, GRID = "#333333", "#D9D9D9"


@dataclass(frozen=True)
class Ray:
    """One series of figures: what it is called, its colour, a figure for each place or none."""

    name: str
    colour: str
    figures: tuple[float | None, ...]


def bars(title: str, places: Sequence[str], rays: Sequence[Ray], *, is_share: bool = False) -> str:
    """Stacked bars, one a place, on one scale; with `is_share` each fills the width."""
    label = min(max((_wide(p) for p in places), default=0), 130)
    room, step, top = WIDTH - label - 50, 20, 26
    sums = [sum(r.figures[n] or 0 for r in rays) for n in range(len(places))]
    most = max([*sums, 1])
    parts = [_legend(rays)]
    for n, place in enumerate(places):
        y, x = top + n * step, float(label + 6)
        whole = (sums[n] or 1) if is_share else most
        parts.append(_text(label, y + 11, _cut(place, label), anchor="end"))
        for ray in rays:
            width = room * (ray.figures[n] or 0) / whole
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="14" fill="{ray.colour}"/>')
            x += width
        parts.append(_text(x + 4, y + 11, _number(sums[n])))
    return _svg(title, top + step * len(places) + 4, parts)


def columns(title: str, places: Sequence[str], rays: Sequence[Ray]) -> str:
    """Columns side by side at each place, their figures above."""
    top, height = 30, 110
    most = max([f for r in rays for f in r.figures if f is not None] + [1])
    step = (WIDTH - 10) / max(len(places), 1)
    width = min(step * 0.8 / max(len(rays), 1), 30)
    parts = [_legend(rays), _line(5, top + height, WIDTH - 5, top + height, TEXT)]
    for n in range(len(places)):
        middle = 5 + step * (n + 0.5)
        for k, ray in enumerate(rays):
            figure = ray.figures[n] or 0
            tall, x = height * figure / most, middle + width * (k - len(rays) / 2)
            parts.append(
                f'<rect x="{x:.1f}" y="{top + height - tall:.1f}" width="{width:.1f}" height="{tall:.1f}" fill="{ray.colour}"/>'
            )
            if figure and step > 16:
                parts.append(_text(x + width / 2, top + height - tall - 3, _number(figure), anchor="middle", size=8))
    return _svg(title, top + height + 18, [*parts, *_places(places, step, top + height + 13)])


def lines(title: str, places: Sequence[str], rays: Sequence[Ray], *, is_share: bool = False) -> str:
    """Lines over the places; a missing figure breaks its line. With `is_share` figures are shown as percentages."""
    top, height = 30, 110
    known = [f for r in rays for f in r.figures if f is not None] or [0.0]
    low = min(known) if is_share else 0.0
    span = (max(known) - low) or 1.0
    step = (WIDTH - 10) / max(len(places), 1)
    parts = [_legend(rays), _line(5, top + height, WIDTH - 5, top + height, GRID)]
    for ray in rays:
        at = [
            None if f is None else (5 + step * (n + 0.5), top + height - height * (f - low) / span)
            for n, f in enumerate(ray.figures)
        ]
        parts += [_line(*a, *b, ray.colour, 2) for a, b in pairwise(at) if a is not None and b is not None]
        for n, point in enumerate(at):
            if point is None:
                continue
            parts.append(f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.5" fill="{ray.colour}"/>')
            figure = ray.figures[n] or 0.0
            if step > 28 or n in (0, len(at) - 1):
                shown = f"{100 * figure:.1f}%" if is_share else _number(figure)
                parts.append(_text(point[0], point[1] - 5, shown, anchor="middle", size=8))
    return _svg(title, top + height + 18, [*parts, *_places(places, step, top + height + 13)])


def _places(places: Sequence[str], step: float, y: float) -> list[str]:
    every = max(1, -(-34 // max(int(step), 1)))
    return [_text(5 + step * (n + 0.5), y, p, anchor="middle", size=8) for n, p in enumerate(places) if n % every == 0]


def _legend(rays: Sequence[Ray]) -> str:
    parts, x = [], 0.0
    for ray in rays:
        parts.append(f'<rect x="{x:.1f}" y="4" width="10" height="10" fill="{ray.colour}"/>')
        parts.append(_text(x + 14, 13, ray.name))
        x += 26 + _wide(ray.name)
    return "".join(parts)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    name = escape(title, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{name}"><title>{name}</title>{"".join(parts)}</svg>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 10) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{TEXT}">{escape(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _number(figure: float) -> str:
    return f"{figure:,.0f}"


def _wide(text: str) -> int:
    """About how wide a text is at size 10; a Han character is as wide as it is tall."""
    return sum(10 if ord(c) > 0x2E7F else 6 for c in text)


def _cut(text: str, room: int) -> str:
    while _wide(text) > room:
        text = text[:-2] + "…"
    return text
