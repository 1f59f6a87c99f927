"""When a promise that comes back is due the next time."""

from datetime import date

from journeys.logic.months import same_day_after


def next_day(due: date, months: int, today: date) -> date:
    """``due`` and ``months`` (at least 1) on, as often as it takes to come after ``today``."""
    count = months
    while (day := same_day_after(due, count)) <= today:
        count += months
    return day
