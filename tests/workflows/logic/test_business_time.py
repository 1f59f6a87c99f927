"""Business time against a clock walked minute by minute, in zones where clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.logic.business_time import ALWAYS_OPEN, BusinessCalendar, NoOpeningHours, Week

MINUTE = timedelta(minutes=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Week({day: ((time(8), time(12)), (time(13), time(17))) for day in range(5)})
VIETNAM = BusinessCalendar(
    HANOI,
    OFFICE,
    closed_days=frozenset({date(2026, 9, 1), date(2026, 9, 2)}),
    open_days={date(2026, 8, 22): ((time(8), time(12)),)},
)

# Zone and a date near which its clocks change (or, for Vietnam and India, do not).
SEASONS = [
    ("Asia/Ho_Chi_Minh", date(2026, 11, 20)),
    ("Asia/Kolkata", date(2026, 3, 8)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kathmandu", date(2026, 1, 1)),
]


def at(text, tz=HANOI):
    return datetime.fromisoformat(text).replace(tzinfo=tz)


def local(instant, tz=HANOI):
    assert instant.tzinfo is UTC
    return instant.astimezone(tz).replace(tzinfo=None).isoformat(" ")


class Oracle:
    """Knows only one thing, whether the clock on the wall shows an open minute, and walks."""

    def __init__(self, tz, hours):
        self.tz, self.hours = tz, hours

    def is_open(self, instant):
        wall = instant.astimezone(self.tz)
        minute = wall.hour * 60 + wall.minute
        return any(start <= minute < end for start, end in self.hours.get(wall.date(), self.hours[wall.weekday()]))

    def between(self, a, b):
        return MINUTE * sum(self.is_open(a + MINUTE * step) for step in range(int((b - a) / MINUTE)))

    def add(self, start, minutes, limit):
        instant = start
        while minutes and instant < limit:
            minutes -= self.is_open(instant)
            instant += MINUTE
        return None if minutes else instant

    def next_open(self, start, limit):
        instant = start
        while instant < limit and not self.is_open(instant):
            instant += MINUTE
        return instant if instant < limit else None


@st.composite
def day_windows(draw):
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return [(edges[index], edges[index + 1]) for index in range(0, len(edges) - 1, 2)]


def clock(minute):
    return time(minute // 60 % 24, minute % 60)


@st.composite
def situations(draw):
    """Draw a calendar, an oracle of the same hours, and an instant within two days of a clock change."""
    zone, season = draw(st.sampled_from(SEASONS))
    tz = ZoneInfo(zone)
    week = {weekday: draw(day_windows()) for weekday in range(7)}
    special = {season + timedelta(days=ahead): draw(day_windows()) for ahead in draw(st.sets(st.integers(-1, 2)))}
    closed = {season + timedelta(days=ahead) for ahead in draw(st.sets(st.integers(-1, 2), max_size=1))}

    def windows(edges):
        return tuple((clock(start), clock(end)) for start, end in edges)

    calendar = BusinessCalendar(
        tz,
        Week({weekday: windows(edges) for weekday, edges in week.items()}),
        frozenset(closed),
        {day: windows(edges) for day, edges in special.items()},
    )
    oracle = Oracle(tz, {**week, **dict.fromkeys(closed, ()), **special})
    start = datetime.combine(season, time(), UTC) + MINUTE * draw(st.integers(-2880, 2880))
    return calendar, oracle, start


@given(situations(), st.integers(0, 4000))
def test_between_and_is_open_agree_with_the_walk(situation, minutes):
    calendar, oracle, start = situation
    end = start + MINUTE * minutes
    assert calendar.is_open(start) is oracle.is_open(start)
    assert calendar.between(start, end) == oracle.between(start, end)
    assert calendar.between(end, start) == -calendar.between(start, end)


@given(situations(), st.integers(1, 1500))
def test_add_and_next_open_agree_with_the_walk(situation, minutes):
    calendar, oracle, start = situation
    limit = start + timedelta(days=4)
    expected = oracle.add(start, minutes, limit)
    if expected is not None:
        assert calendar.add(start, MINUTE * minutes) == expected
        assert calendar.between(start, expected) == MINUTE * minutes
    opening = oracle.next_open(start, limit)
    if opening is not None:
        assert calendar.next_open(start) == opening


@given(situations(), st.integers(0, 10**11), st.integers(1, 10**11))
def test_spans_are_exact_to_the_microsecond(situation, offset, span):
    calendar, _, start = situation
    start, duration = start + timedelta(microseconds=offset), timedelta(microseconds=span)
    try:
        end = calendar.add(start, duration)
    except NoOpeningHours:
        return
    assert calendar.between(start, end) == duration
    assert calendar.between(start, end - timedelta(microseconds=1)) == duration - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20 16:00", 1, "2026-11-20 17:00:00"),
        ("2026-11-20 16:00", 6, "2026-11-23 14:00:00"),
        ("2026-11-20 11:30", 1, "2026-11-20 13:30:00"),
        ("2026-11-21 09:00", 1, "2026-11-23 09:00:00"),
        ("2026-11-20 16:59:59.999999", 1, "2026-11-23 08:59:59.999999"),
        ("2026-08-21 17:00", 4, "2026-08-22 12:00:00"),  # the Saturday worked for 31 August
        ("2026-08-31 16:00", 2, "2026-09-03 09:00:00"),  # across National Day
        ("2026-11-21 09:00", 0, "2026-11-21 09:00:00"),
    ],
)
def test_a_vietnamese_office(start, hours, end):
    assert local(VIETNAM.add(at(start), timedelta(hours=hours))) == end
    assert VIETNAM.between(at(start), at(end)) == timedelta(hours=hours)


def test_windows_hold_their_start_and_not_their_end():
    assert VIETNAM.is_open(at("2026-11-20 08:00"))
    assert not VIETNAM.is_open(at("2026-11-20 12:00"))
    assert not VIETNAM.is_open(at("2026-11-21 08:00"))
    assert local(VIETNAM.next_open(at("2026-11-20 12:00"))) == "2026-11-20 13:00:00"
    assert local(VIETNAM.next_open(at("2026-11-20 09:15:00.5"))) == "2026-11-20 09:15:00.500000"


def test_always_open_is_the_wall_clock():
    start = at("2026-03-07 12:00", ZoneInfo("America/New_York"))
    assert ALWAYS_OPEN.add(start, timedelta(days=2)) == start.astimezone(UTC) + timedelta(days=2)
    assert ALWAYS_OPEN.is_open(start)
    assert ALWAYS_OPEN.between(start, start + timedelta(seconds=1)) == timedelta(seconds=1)


def test_a_day_without_end_in_a_zone_whose_clocks_change_has_23_or_25_hours():
    tz = ZoneInfo("America/New_York")
    around_the_clock = BusinessCalendar(tz, ALWAYS_OPEN.week)
    for day, hours in [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)]:
        midnight = datetime.combine(day, time(), tz)
        after = datetime.combine(day + timedelta(days=1), time(), tz)
        assert around_the_clock.between(midnight, after) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-11-20 16:00", 0, "2026-11-20 16:00:00"),
        ("2026-11-20 16:00", 1, "2026-11-23 16:00:00"),
        ("2026-11-21 22:15", 1, "2026-11-23 22:15:00"),
        ("2026-08-21 09:00", 1, "2026-08-22 09:00:00"),
        ("2026-08-31 09:00", 1, "2026-09-03 09:00:00"),
    ],
)
def test_working_days(start, n, end):
    assert local(VIETNAM.add_working_days(at(start), n)) == end
    assert VIETNAM.working_days_between(at(start), at(end)) == n


def test_working_days_count_none_backwards():
    assert VIETNAM.working_days_between(at("2026-11-25 09:00"), at("2026-11-20 09:00")) == 0


def test_working_days_across_clock_changes_keep_the_local_time():
    tz = ZoneInfo("America/New_York")
    daily = BusinessCalendar(tz, ALWAYS_OPEN.week)
    assert local(daily.add_working_days(at("2026-03-07 09:30", tz), 2), tz) == "2026-03-09 09:30:00"
    assert local(daily.add_working_days(at("2026-03-07 02:30", tz), 1), tz) == "2026-03-08 03:30:00"
    apia = ZoneInfo("Pacific/Apia")
    assert not BusinessCalendar(apia, ALWAYS_OPEN.week).is_working_day(date(2011, 12, 30))
    skipping = BusinessCalendar(apia, ALWAYS_OPEN.week).add_working_days(at("2011-12-29 10:00", apia), 1)
    assert local(skipping, apia) == "2011-12-31 10:00:00"


def test_a_firm_that_never_opens():
    never = BusinessCalendar(HANOI, Week({}))
    start = at("2026-11-20 16:00")
    for call in (
        lambda: never.add(start, MINUTE),
        lambda: never.next_open(start),
        lambda: never.add_working_days(start, 1),
    ):
        with pytest.raises(NoOpeningHours, match="400 days after 2026-11-20") as caught:
            call()
        assert caught.value.after == date(2026, 11, 20)
    assert never.add(start, timedelta(0)) == start
    assert never.between(start, start + timedelta(days=900)) == timedelta(0)


def test_the_last_day_of_the_search_still_counts():
    start = at("2026-01-01 09:00")
    for days, found in [(400, True), (401, False)]:
        opening = start.date() + timedelta(days=days)
        calendar = BusinessCalendar(HANOI, Week({}), open_days={opening: ((time(9), time(10)),)})
        if found:
            assert calendar.next_open(start).astimezone(HANOI).date() == opening
            assert calendar.add_working_days(start, 1).astimezone(HANOI).date() == opening
        else:
            with pytest.raises(NoOpeningHours):
                calendar.next_open(start)
            with pytest.raises(NoOpeningHours):
                calendar.add_working_days(start, 1)


NAIVE = datetime(2026, 11, 20, 9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Week({7: ()}),
        lambda: Week({0: ((time(9), time(9)),)}),
        lambda: Week({0: ((time(22), time(2)),)}),
        lambda: Week({0: ((time(8), time(12)), (time(11), time(17)))}),
        lambda: Week({0: ((time(8), time(0)), (time(9), time(10)))}),
        lambda: Week({0: ((time(8, tzinfo=UTC), time(9, tzinfo=UTC)),)}),
        lambda: BusinessCalendar(HANOI, OFFICE, open_days={date(2026, 1, 1): ((time(9), time(8)),)}),
        lambda: VIETNAM.add(at("2026-11-20 09:00"), -MINUTE),
        lambda: VIETNAM.add_working_days(at("2026-11-20 09:00"), -1),
        lambda: VIETNAM.is_open(NAIVE),
        lambda: VIETNAM.next_open(NAIVE),
        lambda: VIETNAM.add(NAIVE, MINUTE),
        lambda: VIETNAM.between(at("2026-11-20 09:00"), NAIVE),
        lambda: VIETNAM.add_working_days(NAIVE, 1),
    ],
)
def test_impossible_hours_and_times_are_errors(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


def test_windows_may_be_given_in_any_order_and_touch():
    week = Week({0: ((time(12), time(17)), (time(8), time(12)))})
    assert week.windows[0] == ((time(8), time(12)), (time(12), time(17)))
    closed = BusinessCalendar(HANOI, OFFICE, open_days={date(2026, 11, 20): ()})
    assert closed.windows_on(date(2026, 11, 20)) == ()
