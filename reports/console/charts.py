"""Small charts as points on a grid, drawn by the template as SVG. Attributes only: the page allows no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 180.0, 34.0, 3.0


@dataclass(frozen=True)
class Line:
    """A line through the values of the nights, the oldest left. `points` is what SVG's polyline takes; `said` reads it out."""

    label: str
    points: str
    last: int
    end_x: float
    end_y: float
    said: str


def line(label: str, values: Sequence[int]) -> Line:
    """Zero stands at the bottom, so that a small change looks small. One value alone is a point at the right."""
    top = max(values, default=0) or 1
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    first = MARGIN if len(values) > 1 else WIDTH - MARGIN
    placed = [
        (round(first + step * n, 1), round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / top, 1))
        for n, value in enumerate(values)
    ]
    end_x, end_y = placed[-1] if placed else (WIDTH - MARGIN, HEIGHT - MARGIN)
    said = f"{label}：" + "、".join(f"{v:,}" for v in values)
    return Line(label, " ".join(f"{x},{y}" for x, y in placed), values[-1] if values else 0, end_x, end_y, said)
