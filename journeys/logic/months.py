"""The same day some months on."""

from calendar import monthrange
from datetime import date


def same_day_after(day: date, months: int) -> date:
    """``day`` ``months`` (0 or more) later, or the last of that month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
