"""The days of a set: nights, and the months that the planted cases need around its second night."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


def first_of(day: date, months: int = 0) -> date:
    """First day of the month `months` later (earlier when negative)."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def last_of(day: date) -> date:
    return first_of(day, 1) - timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """Same day some months before, or that month's last day."""
    month = first_of(day, -months)
    return month.replace(day=min(day.day, monthrange(month.year, month.month)[1]))


def years_before(day: date, years: int) -> date:
    return months_before(day, 12 * years)


@dataclass(frozen=True)
class Days:
    """Dates that the cases hang on. `paid` is the newest last paid month whose following month has ended on night 2."""

    start: date

    def night(self, number: int) -> date:
        """Snapshot date of a night, 1 being the first."""
        return self.start + timedelta(days=number - 1)

    @property
    def month(self) -> date:
        """First day of the month of night 2."""
        return first_of(self.night(2))

    @property
    def paid(self) -> date:
        month = first_of(self.month, -1)
        return month if last_of(first_of(month, 1)) <= self.night(2) else first_of(month, -1)
