"""The business date, as China counts days and as a person writes one."""

from datetime import UTC, date, datetime, timedelta

from schemas.errors import UsageError, say

SHANGHAI_HOURS = 8


def today_in_shanghai() -> date:
    """The business date: China has kept one zone, UTC+8, without summer time since 1991."""
    return (datetime.now(UTC) + timedelta(hours=SHANGHAI_HOURS)).date()


def parse_day(text: str) -> date:
    """A date given by a person. Raises: UsageError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(
            say(f"「{text}」不是日期；请写成 2024-06-30 的样式。", f"{text!r} is not a date; write it like 2024-06-30.")
        ) from None
