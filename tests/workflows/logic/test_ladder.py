"""When the rungs of a ladder are due, where a climb starts, and who stands in."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.logic.business_time import ALWAYS_OPEN, BusinessCalendar, Week
from workflows.logic.ladder import Rung, plan, rung_due_at, skip_to_deputy

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = BusinessCalendar(HANOI, Week({day: ((time(8), time(12)), (time(13), time(17))) for day in range(5)}))
DAY = timedelta(hours=8)


def share(position, part, audience):
    return Rung(position, "share", part, None, audience)


def breach(position, offset, audience):
    return Rung(position, "breach", None, offset, audience)


# domain.md §3.10
LADDER = [
    share(1, 0.5, "owner"),
    share(2, 0.8, "manager"),
    breach(3, timedelta(0), "department"),
    breach(4, DAY, "executive"),
    breach(5, 2 * DAY, "ceo"),
]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


STARTED, DUE = at("2026-11-19 09:00"), at("2026-11-23 09:00")  # two working days


def planned(now, start_position=1, rungs=LADDER, calendar=OFFICE):
    return [
        (rung.audience, f"{due.astimezone(HANOI):%d %H:%M}")
        for rung, due in plan(rungs, STARTED, DUE, calendar, start_position, now=at(now))
    ]


def test_the_ladder_of_two_working_days():
    assert planned("2026-11-19 09:00") == [
        ("owner", "20 09:00"),
        ("manager", "20 14:48"),
        ("department", "23 09:00"),
        ("executive", "24 09:00"),
        ("ceo", "25 09:00"),
    ]


def test_round_the_clock():
    assert planned("2026-11-19 09:00", calendar=ALWAYS_OPEN)[:4] == [
        ("owner", "21 09:00"),
        ("manager", "22 13:48"),
        ("department", "23 09:00"),
        ("executive", "23 17:00"),
    ]


def test_what_is_overdue_is_due_now_in_order():
    assert planned("2026-11-23 10:00") == [
        ("owner", "23 10:00"),
        ("manager", "23 10:00"),
        ("department", "23 10:00"),
        ("executive", "24 09:00"),
        ("ceo", "25 09:00"),
    ]


def test_a_higher_start_is_at_once_and_the_rest_in_its_time():
    assert planned("2026-11-19 09:30", 4) == [("executive", "19 09:30"), ("ceo", "25 09:00")]
    assert planned("2026-11-19 09:30", 2)[:2] == [("manager", "19 09:30"), ("department", "23 09:00")]


def test_a_start_above_the_top_is_the_top():
    assert planned("2026-11-19 09:30", 9) == [("ceo", "19 09:30")]


def test_rungs_are_climbed_by_position_whatever_their_order_and_times():
    shuffled = [share(2, 0.2, "second"), share(1, 0.5, "first")]
    assert planned("2026-11-19 09:00", rungs=shuffled) == [("first", "20 09:00"), ("second", "20 09:00")]
    assert planned("2026-11-19 09:00", rungs=[]) == []


@given(st.integers(0, 20_000), st.integers(0, 6))
def test_a_plan_is_in_order_and_never_in_the_past(minutes, start_position):
    now = STARTED + timedelta(minutes=minutes)
    found = plan(LADDER, STARTED, DUE, OFFICE, start_position, now=now)
    due_times = [due for _, due in found]
    assert due_times == sorted(due_times)
    assert due_times[0] >= now
    assert all(due.tzinfo is UTC for due in due_times)
    assert [rung.position for rung, _ in found] == list(range(max(min(start_position, 5), 1), 6))


def test_one_rung():
    assert rung_due_at(LADDER[2], STARTED, DUE, OFFICE) == DUE
    assert rung_due_at(share(1, 1, "x"), STARTED, DUE, OFFICE) == DUE
    assert rung_due_at(share(1, 0.5, "x"), STARTED, STARTED, OFFICE) == STARTED


@pytest.mark.parametrize(
    "call",
    [
        lambda: Rung(1, "share", None, None, "x"),
        lambda: Rung(1, "share", 0.0, None, "x"),
        lambda: Rung(1, "share", 1.1, None, "x"),
        lambda: Rung(1, "share", 0.5, DAY, "x"),
        lambda: Rung(1, "breach", None, None, "x"),
        lambda: Rung(1, "breach", 0.5, DAY, "x"),
        lambda: Rung(1, "breach", None, -DAY, "x"),
        lambda: rung_due_at(LADDER[0], DUE, STARTED, OFFICE),
        lambda: plan(LADDER, STARTED, DUE, OFFICE, now=datetime(2026, 11, 19)),
    ],
)
def test_impossible_rungs_and_clocks_are_errors(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


WEEK = (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("absences", "at_day", "expected"),
    [
        ({}, 20, "an"),
        ({"an": [(*WEEK, "binh")]}, 20, "binh"),
        ({"an": [(*WEEK, "binh")]}, 16, "binh"),
        ({"an": [(*WEEK, "binh")]}, 22, "binh"),
        ({"an": [(*WEEK, "binh")]}, 15, "an"),
        ({"an": [(*WEEK, "binh")]}, 23, "an"),
        ({"an": [(*WEEK, None)]}, 20, None),
        ({"an": [(*WEEK, "binh")], "binh": [(*WEEK, "chi")]}, 20, "chi"),
        ({"an": [(*WEEK, "binh")], "binh": [(*WEEK, None)]}, 20, None),
        ({"an": [(*WEEK, "binh")], "binh": [(*WEEK, "an")]}, 20, None),
        ({"an": [(*WEEK, "an")]}, 20, None),
        ({"an": [(*WEEK, None), (*WEEK, "binh")]}, 20, "binh"),
        ({"an": [(*WEEK, "binh"), (*WEEK, "chi")], "binh": [(*WEEK, "dung")]}, 20, "dung"),
        ({"an": [(*WEEK, "binh"), (*WEEK, "chi")], "binh": [(*WEEK, "an")]}, 20, "chi"),
    ],
)
def test_deputies(absences, at_day, expected):
    assert skip_to_deputy("an", absences, date(2026, 11, at_day)) == expected
