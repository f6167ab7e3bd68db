"""The section `[console]`: how long a sign-in to the browser console lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.settings.sources import number


@dataclass(frozen=True)
class ConsoleTimes:
    """Minutes without a click, and hours in all, after which one must sign in again."""

    idle_minutes: int = 15
    longest_hours: int = 10


def read_console(data: Mapping[str, Any]) -> ConsoleTimes:
    """Raises: ValueError for anything but whole numbers from 1, or a stretch nobody watches."""
    times = ConsoleTimes(**{k: int(number(f"console.{k}", v, whole=True)) for k, v in data.items()})
    if not 1 <= times.idle_minutes <= 60 or not 1 <= times.longest_hours <= 12:
        raise ValueError("console.idle_minutes 应为 1 至 60，console.longest_hours 应为 1 至 12")
    return times
