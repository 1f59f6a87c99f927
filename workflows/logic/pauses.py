"""Pauses in business time: how much of a span they take, and where they put a deadline."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from workflows.logic.business_time import BusinessCalendar

# From when to when a clock stood still; in order, none overlapping another.
Pause = tuple[datetime, datetime]


def paused_time(calendar: BusinessCalendar, start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    """How much business time between ``start`` and ``end`` lies in ``pauses``."""
    total = timedelta(0)
    for begun, ended in pauses:
        first, last = max(begun, start), min(ended, end)
        if first < last:
            total += calendar.between(first, last)
    return total


def running_time(calendar: BusinessCalendar, start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    """How much business time between ``start`` and ``end`` a clock runs that stands still during ``pauses``."""
    return calendar.between(start, end) - paused_time(calendar, start, end, pauses)


def due_at(calendar: BusinessCalendar, started_at: datetime, promised: timedelta, pauses: Sequence[Pause]) -> datetime:
    """When ``promised`` business time has run since ``started_at``, ``pauses`` left out. Raises NoOpeningHours."""
    left, at = promised, started_at
    for begun, ended in pauses:
        if ended <= at:
            continue
        before = calendar.between(at, begun) if begun > at else timedelta(0)
        if before >= left:
            break
        left, at = left - before, ended
    return calendar.add(at, left)
