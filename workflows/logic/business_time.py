"""Business time: when a firm is open, and what that makes of a span or a deadline.

A calendar is read on the wall clock of its time zone: the firm is open at an instant exactly when the clock
on its wall then shows an open time. Every function takes aware datetimes and returns instants in UTC, exact
to the microsecond.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

Window = tuple[time, time]
Windows = tuple[Window, ...]
Interval = tuple[datetime, datetime]

SEARCH_DAYS: Final = 400
_MIDNIGHT: Final = time(0)
_DAY: Final = timedelta(days=1)


class NoOpeningHours(Exception):
    """Nothing opens within `SEARCH_DAYS` days of the date asked about."""

    def __init__(self, after: date) -> None:
        super().__init__(f"nothing opens within {SEARCH_DAYS} days after {after.isoformat()}")
        self.after = after


def _checked(windows: Windows) -> Windows:
    """Return `windows` sorted; raise ValueError where one is empty, runs backwards or overlaps the next."""
    ordered = tuple(sorted(windows))
    for start, end in ordered:
        if start.tzinfo or end.tzinfo:
            raise ValueError("opening hours are wall-clock times without a time zone")
        if end != _MIDNIGHT and end <= start:
            raise ValueError(f"the window {start}-{end} does not run forwards; split it at midnight")
    for (_, end), (start, _) in pairwise(ordered):
        if end == _MIDNIGHT or start < end:
            raise ValueError(f"windows overlap at {start}")
    return ordered


@dataclass(frozen=True)
class Week:
    """Opening windows per weekday (0 Monday to 6 Sunday), wall clock; an end of 00:00 is midnight after.

    A weekday that is missing or has no window is closed. Raises ValueError for an unknown weekday and for
    windows that overlap or run backwards.
    """

    windows: Mapping[int, Windows]

    def __post_init__(self) -> None:
        """Keep an ordered copy of checked windows."""
        if not set(self.windows) <= set(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
        copied = {weekday: _checked(tuple(windows)) for weekday, windows in self.windows.items()}
        object.__setattr__(self, "windows", copied)


@dataclass(frozen=True)
class BusinessCalendar:
    """A week's hours in one time zone, with days closed and days that have hours of their own.

    A date in `open_days` has exactly the windows given there (a swapped working day, a short day; none means
    closed), whatever the week or `closed_days` say.
    """

    tz: ZoneInfo
    week: Week
    closed_days: frozenset[date] = frozenset()
    open_days: Mapping[date, Windows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep an ordered copy of checked windows."""
        copied = {day: _checked(tuple(windows)) for day, windows in self.open_days.items()}
        object.__setattr__(self, "open_days", copied)

    def windows_on(self, day: date) -> Windows:
        """Return the opening windows of a local date, in order; empty when closed."""
        if day in self.open_days:
            return self.open_days[day]
        return () if day in self.closed_days else self.week.windows.get(day.weekday(), ())

    def is_open(self, at: datetime) -> bool:
        """Return whether the firm is open at `at`; a window holds its start and not its end."""
        local = in_utc(at).astimezone(self.tz)
        now = local.time()
        return any(start <= now and (now < end or end == _MIDNIGHT) for start, end in self.windows_on(local.date()))

    def next_open(self, at: datetime) -> datetime:
        """Return the first open instant from `at` on: `at` itself while open. Raises NoOpeningHours."""
        instant = in_utc(at)
        start, _ = next(self._intervals_from(instant))
        return max(start, instant)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the first instant at which `duration` of business time has passed since `start`.

        Time outside the hours counts nothing, so a span that ends with a window ends at its closing, not at
        the next opening; a zero duration returns `start`. Raises ValueError for a negative duration,
        NoOpeningHours.
        """
        if duration < timedelta(0):
            raise ValueError("business time is added forwards only")
        instant = in_utc(start)
        if not duration:
            return instant
        remaining = duration
        for opened, closed in self._intervals_from(instant):
            opened = max(opened, instant)
            if opened + remaining <= closed:
                return opened + remaining
            remaining -= closed - opened
        raise AssertionError("the intervals of a calendar never end quietly")  # pragma: no cover

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Return the business time from `a` to `b`; negative when `b` is the earlier one."""
        start, end = in_utc(a), in_utc(b)
        if end < start:
            return -self.between(end, start)
        total = timedelta(0)
        day, last = start.astimezone(self.tz).date(), end.astimezone(self.tz).date()
        while day <= last:
            for opened, closed in self._intervals_on(day):
                total += max(min(closed, end) - max(opened, start), timedelta(0))
            day += _DAY
        return total

    def is_working_day(self, day: date) -> bool:
        """Return whether the firm opens at all on a local date."""
        return bool(self._intervals_on(day))

    def add_working_days(self, start: datetime, n: int) -> datetime:
        """Return the same local time `n` working days later, counted from the day after `start`.

        A local time the clocks skip that day becomes the time as much later. Raises ValueError for a negative
        `n`, NoOpeningHours.
        """
        if n < 0:
            raise ValueError("working days are counted forwards only")
        local = in_utc(start).astimezone(self.tz)
        day, idle = local.date(), 0
        for _ in range(n):
            day, idle = day + _DAY, 0
            while not self.is_working_day(day):
                day, idle = day + _DAY, idle + 1
                if idle >= SEARCH_DAYS:
                    raise NoOpeningHours(local.date())
        if day == local.date():
            return local.astimezone(UTC)
        return datetime.combine(day, local.time().replace(fold=0), self.tz).astimezone(UTC)

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """Return how many working days lie after the local date of `a`, up to and with that of `b`."""
        first, last = (in_utc(at).astimezone(self.tz).date() for at in (a, b))
        return sum(self.is_working_day(first + _DAY * ahead) for ahead in range(1, (last - first).days + 1))

    def _intervals_from(self, instant: datetime) -> Iterator[Interval]:
        """Yield the open intervals that end after `instant`, endlessly; raise NoOpeningHours in a desert."""
        day = instant.astimezone(self.tz).date()
        idle_since = day
        while (day - idle_since).days <= SEARCH_DAYS:
            for opened, closed in self._intervals_on(day):
                if closed > instant:
                    idle_since = day
                    yield opened, closed
            day += _DAY
        raise NoOpeningHours(idle_since)

    def _intervals_on(self, day: date) -> list[Interval]:
        """Return the open intervals of a local date as instants, in order, none empty.

        Where the clocks change, a window is taken on the clock before the change and on the clock after it.
        """
        before, change, after = _clocks_around(self.tz, day)
        intervals: list[Interval] = []
        for opens, closes in self.windows_on(day):
            start = datetime.combine(day, opens, UTC)
            end = datetime.combine(day + _DAY if closes == _MIDNIGHT else day, closes, UTC)
            if change is None:
                intervals.append((start - before, end - before))
                continue
            intervals.append((start - before, min(end - before, change)))
            intervals.append((max(start - after, change), end - after))
        return sorted((start, end) for start, end in intervals if start < end)


@lru_cache(maxsize=8192)
def _clocks_around(tz: ZoneInfo, day: date) -> tuple[timedelta, datetime | None, timedelta]:
    """Return the UTC offsets before and after the clock change near a local date, and its instant between.

    Looks at every instant that can bear that date anywhere on Earth (UTC-12 to UTC+14, and an hour's margin).
    """
    midnight = datetime.combine(day, _MIDNIGHT, UTC)
    early, late = midnight - timedelta(hours=15), midnight + timedelta(hours=37)
    before, after = _offset(tz, early), _offset(tz, late)
    if before == after:
        return before, None, after
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(tz, middle) == before:
            early = middle
        else:
            late = middle
    return before, late, after


def _offset(tz: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(tz).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always knows its offset; this tells the type checker
    return offset


def in_utc(at: datetime) -> datetime:
    """Return an aware datetime as the same instant in UTC; raises ValueError for a naive one."""
    if at.utcoffset() is None:
        raise ValueError("business time needs aware datetimes")
    return at.astimezone(UTC)


ALWAYS_OPEN: Final = BusinessCalendar(tz=ZoneInfo("UTC"), week=Week(dict.fromkeys(range(7), ((_MIDNIGHT, _MIDNIGHT),))))
