"""Golden values of reputation, of times to a useful answer, and of the words a question is found by."""

from datetime import UTC, date, datetime, timedelta

import pytest

from feedback.logic.answer_times import Times, share_of, times
from feedback.logic.question_words import telling_words
from feedback.logic.reputation import (
    Earned,
    Standing,
    Why,
    may_answer_alone,
    reputation,
    standing,
    whys_of_helpful,
)

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


def earned(why: Why, days_ago: float = 0) -> Earned:
    at = AT - timedelta(days=days_ago)
    return Earned(why, at, at.date())


@pytest.mark.parametrize(
    ("ledger", "points"),
    [
        ([], 0),
        ([earned(Why.ACCEPTED)], 15),
        ([earned(Why.ACCEPTED, 365)], 7.5),
        ([earned(Why.ACCEPTED, 730), earned(Why.USEFUL)], 8.75),
        ([earned(Why.USEFUL)] * 10, 40),
        ([earned(Why.USEFUL)] * 10 + [earned(Why.USEFUL, 365)], 42.5),
        ([earned(Why.USEFUL), earned(Why.AT_ONCE)], 10),
        ([earned(Why.USEFUL), earned(Why.SOON)], 7),
        ([earned(Why.ACCEPTED), earned(Why.WRONG)], 5),
        ([earned(Why.WRONG)], 0),
        # A clock that is ahead fades nothing.
        ([Earned(Why.ACCEPTED, AT + timedelta(days=1), date(2026, 12, 2))], 15),
    ],
)
def test_points_add_up_fade_and_are_capped_by_the_day(ledger, points):
    assert reputation(ledger, AT) == pytest.approx(points)


def test_a_helpful_mark_earns_more_for_the_first_that_came_soon_and_nothing_for_ones_own():
    assert whys_of_helpful(5, is_first=True, is_own=True) == []
    assert whys_of_helpful(30, is_first=True, is_own=False) == [Why.USEFUL, Why.AT_ONCE]
    assert whys_of_helpful(31, is_first=True, is_own=False) == [Why.USEFUL, Why.SOON]
    assert whys_of_helpful(300, is_first=True, is_own=False) == [Why.USEFUL, Why.SOON]
    assert whys_of_helpful(301, is_first=True, is_own=False) == [Why.USEFUL]
    assert whys_of_helpful(5, is_first=False, is_own=False) == [Why.USEFUL]


@pytest.mark.parametrize(
    ("points", "level"), [(0, Standing.MEMBER), (49.9, Standing.MEMBER), (50, Standing.KNOWS), (200, Standing.EXPERT)]
)
def test_levels(points, level):
    assert standing(points) == level
    assert may_answer_alone(level) is (level > Standing.MEMBER)


def test_times_by_nearest_rank():
    assert times([]) == Times(0, None, None, 0)
    assert times([]).share is None
    assert times([12]) == Times(1, 12, 12, 1)
    found = times([600, 10, 20, 30, 40, 50, 60, 70, 80, 31])
    assert found == Times(10, 40, 80, 3)
    assert found.share == pytest.approx(30)
    assert (share_of(1, 4), share_of(0, 0)) == (25, None)


def test_telling_words_leave_out_accents_and_fillers_unless_nothing_else_is_there():
    assert telling_words("Cho em hỏi quán mình có SHIP bánh kem không ạ?") == ["ship", "banh", "kem"]
    assert telling_words("How can I return the bike, the blue bike?") == ["return", "bike", "blue"]
    assert telling_words("có không ạ") == ["co", "khong", "a"]
    assert telling_words(" ?! \0") == []
    assert len(telling_words(" ".join(f"word{n}" for n in range(40)))) == 12
