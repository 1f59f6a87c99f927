"""Pauses and segments against an oracle that walks minute by minute."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.logic import pauses, segments
from workflows.logic.business_time import BusinessCalendar, Week

MINUTE = timedelta(minutes=1)
OFFICE = BusinessCalendar(
    tz=ZoneInfo("Asia/Ho_Chi_Minh"),
    week=Week({**dict.fromkeys(range(5), ((time(8), time(12)), (time(13), time(17)))), 5: ((time(8), time(12)),)}),
)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 8:00 in Sài Gòn
DAYS = 9 * 24 * 60
moments = st.integers(0, DAYS)


def at(minute):
    return MONDAY + minute * MINUTE


def spans(numbers):
    """Disjoint pauses out of any numbers."""
    ordered = sorted(set(numbers))
    return [(at(first), at(last)) for first, last in zip(ordered[::2], ordered[1::2], strict=False)]


def walk(start, end, stopped):
    """Minutes of business time from ``start`` to ``end`` in which no pause runs."""
    total, minute = 0, start
    while minute < end:
        total += OFFICE.is_open(minute) and not any(begun <= minute < ended for begun, ended in stopped)
        minute += MINUTE
    return total * MINUTE


@given(moments, st.integers(0, 20 * 60), st.lists(moments, max_size=8))
def test_a_deadline_is_where_the_walk_has_run_the_promised_time(start, promised, numbers):
    stopped, begun = spans(numbers), at(start)
    due = pauses.due_at(OFFICE, begun, promised * MINUTE, stopped)
    assert walk(begun, due, stopped) == promised * MINUTE
    if promised:
        before = due - MINUTE
        assert OFFICE.is_open(before)
        assert not any(first <= before < last for first, last in stopped)


@given(moments, moments, st.lists(moments, max_size=8))
def test_running_time_is_what_the_walk_counts(one, other, numbers):
    start, end, stopped = at(min(one, other)), at(max(one, other)), spans(numbers)
    assert pauses.running_time(OFFICE, start, end, stopped) == walk(start, end, stopped)


def test_a_pause_before_the_start_and_one_after_the_end_change_nothing():
    early, late = (at(-600), at(-300)), (at(3000), at(4000))
    assert pauses.due_at(OFFICE, at(0), timedelta(hours=2), [early, late]) == at(120)
    assert pauses.due_at(OFFICE, at(0), timedelta(0), []) == at(0)
    assert pauses.due_at(OFFICE, at(0), timedelta(0), [(at(1), at(2))]) == at(0)


kinds = st.sampled_from(["begin", "over", "stop"])


@given(st.lists(st.tuples(moments, kinds, st.sampled_from("ABC")), max_size=12, unique_by=lambda news: news[0]))
def test_every_minute_belongs_to_whom_the_walk_says(news):
    """In order of time: whoever holds it at each minute, and the sum of it all in business time."""
    kept, holder, timeline = [], None, []
    for minute, kind, who in sorted(news):
        timeline.append((minute, holder))
        if kind == "begin":
            holder = holder or who
            kept = segments.begin(kept, at(minute), who)
        elif kind == "over" and holder:
            holder = who
            kept = segments.hand_over(kept, at(minute), who)
        elif kind == "over":
            kept = segments.hand_over(kept, at(minute), who)
        else:
            holder = None
            kept = segments.stop(kept, at(minute))
    timeline.append((DAYS + 1, holder))
    spent, before = dict.fromkeys("ABC", timedelta(0)), 0
    for minute, who in timeline:
        if who:
            spent[who] += walk(at(before), at(minute), [])
        before = minute
    counted = dict.fromkeys("ABC", timedelta(0))
    for span in kept:
        counted[span.holder] += OFFICE.between(span.start, span.end or at(DAYS + 1))
    assert counted == spent
    assert all(one.end is not None and one.end <= other.start for one, other in pairwise(kept))


@given(st.permutations([(100, "over", "B"), (200, "over", "C"), (300, "stop", ""), (400, "begin", "C")]))
def test_news_may_come_in_any_order(order):
    kept = segments.begin([], at(0), "A")
    for minute, kind, who in order:
        change = {"over": segments.hand_over, "begin": segments.begin}.get(kind)
        kept = change(kept, at(minute), who) if change else segments.stop(kept, at(minute))
    ends = [(span.start, span.end) for span in kept]
    assert (at(300), at(400)) not in ends
    assert sum(((end or at(500)) - start for start, end in ends), timedelta(0)) == 400 * MINUTE


def test_news_that_comes_twice_changes_nothing():
    kept = segments.begin([], at(0), "A")
    assert segments.begin(kept, at(0), "B") == kept
    once = segments.hand_over(kept, at(10), "B")
    assert segments.hand_over(once, at(10), "B") == once
    assert segments.hand_over(once, at(10), "C") == [segments.Span("A", at(0), at(10)), segments.Span("C", at(10))]
    stopped = segments.stop(once, at(20))
    assert segments.stop(stopped, at(20)) == stopped
    assert segments.stop(segments.begin([], at(0), "A"), at(0)) == []
    assert segments.hand_over([], at(5), "B") == []


@pytest.mark.parametrize("minute", [5])
def test_a_beginning_heard_of_late_ends_where_the_next_began(minute):
    later = segments.begin([], at(50), "B")
    assert segments.begin(later, at(minute), "A") == [segments.Span("A", at(5), at(50)), segments.Span("B", at(50))]
