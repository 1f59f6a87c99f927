"""The escalation ladder: when each rung is due, where a climb starts, and who stands in for whom."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeVar

from workflows.logic.business_time import BusinessCalendar, in_utc

# What is told later than this after it was due says so; below it nobody notices.
LATE: Final = timedelta(minutes=15)

Person = TypeVar("Person", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: due at a share of the clock, or some business time after its breach.

    `share` is of the clock's business time (over 0, at most 1) and belongs to `after` "share"; `offset` is
    business time from the due date on (zero: at the breach) and belongs to "breach". `audience` names who is
    told. Raises ValueError where these do not fit together.
    """

    position: int
    after: Literal["share", "breach"]
    share: float | None
    offset: timedelta | None
    audience: str

    def __post_init__(self) -> None:
        """Refuse a rung that has no due time."""
        if self.after == "share":
            if self.share is None or self.offset is not None or not 0 < self.share <= 1:
                raise ValueError("a rung after a share of the clock needs a share over 0 and at most 1, and no offset")
        elif self.offset is None or self.share is not None or self.offset < timedelta(0):
            raise ValueError("a rung after the breach needs an offset of zero or more, and no share")


def rung_due_at(rung: Rung, clock_started_at: datetime, clock_due_at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return the instant (UTC) at which `rung` is due on a clock; pass ALWAYS_OPEN for a 24x7 ladder.

    Raises ValueError for naive datetimes and for a clock due before it started, NoOpeningHours.
    """
    if rung.offset is not None:
        return calendar.add(clock_due_at, rung.offset)
    if clock_due_at < clock_started_at:
        raise ValueError("the clock is due before it started")
    assert rung.share is not None  # noqa: S101 - Rung checks it; this tells the type checker
    return calendar.add(clock_started_at, calendar.between(clock_started_at, clock_due_at) * rung.share)


def lateness(due_at: datetime, told_at: datetime) -> timedelta | None:
    """By how much a rung was told too late, or None when it was on time; both times aware."""
    late = told_at - due_at
    return late if late >= LATE else None


def plan(
    rungs: Sequence[Rung],
    started_at: datetime,
    due_at: datetime,
    calendar: BusinessCalendar,
    start_position: int = 1,
    *,
    now: datetime,
) -> list[tuple[Rung, datetime]]:
    """Return the rungs to climb, by position, each with the instant (UTC) it is due; never before `now`.

    Rungs below `start_position` are left out; above 1 it means "this level at once" (S1, reopened), so the
    first rung kept is due now, and a position above the ladder's top means its top. What should have happened
    already is due now, and no rung is due before the one below it.
    """
    ordered = sorted(rungs, key=lambda rung: rung.position)
    start = min(start_position, ordered[-1].position) if ordered else start_position
    earliest = in_utc(now)
    planned: list[tuple[Rung, datetime]] = []
    for rung in (rung for rung in ordered if rung.position >= start):
        if start_position <= 1 or planned:
            earliest = max(earliest, rung_due_at(rung, started_at, due_at, calendar))
        planned.append((rung, earliest))
    return planned


def skip_to_deputy(
    person_id: Person,
    absences: Mapping[Person, Sequence[tuple[date, date, Person | None]]],
    at: date,
) -> Person | None:
    """Return who acts for `person_id` on the date `at`: the person, the nearest deputy present, or None.

    `absences` holds (first day, last day, deputy or None) per person, both days included. Deputies who are
    away themselves are followed to theirs; nobody is asked twice, so a circle of deputies ends. None means
    that everybody on the way is away.
    """
    asked: set[Person] = set()
    waiting: list[Person] = [person_id]
    while waiting:
        candidate = waiting.pop(0)
        if candidate in asked:
            continue
        asked.add(candidate)
        away = [deputy for first, last, deputy in absences.get(candidate, ()) if first <= at <= last]
        if not away:
            return candidate
        waiting[:0] = [deputy for deputy in away if deputy is not None]
    return None
