"""Months and quarters of the calendar: the rhythm in which a firm looks, decides and spends."""

from calendar import monthrange
from datetime import date


def same_day_after(day: date, months: int) -> date:
    """``day`` ``months`` (0 or more) later, or the last of that month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def quarter_of(day: date) -> date:
    """The first day of the quarter of ``day``."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def months_after(month: date, count: int) -> date:
    """The first day of the month ``count`` months after that of ``month``; before it where negative."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
