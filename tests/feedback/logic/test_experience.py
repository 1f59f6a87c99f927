"""The three numbers of the experience: means scaled, shares, walks of ninety days, and what moved."""

from datetime import date, timedelta

from feedback.logic.experience import (
    Change,
    Index,
    Walk,
    change,
    from_answers,
    from_feelings,
    from_walks,
    latest_walks,
)
from journeys.logic.emotions import Tally


def test_feelings_are_scaled():
    assert from_feelings(Tally.of([1, 1, 1, 1, 1])) == Index(75.0, 5, 75.0, 75.0)
    assert from_feelings(Tally.of([2, -2])) == Index(None, 2)
    assert from_feelings(Tally(0, 0, 0)) == Index(None, 0)


def test_answers_are_a_share():
    found = from_answers(17, 20)
    assert (found.value, round(found.low, 1), round(found.high, 1)) == (85.0, 64.0, 94.8)
    assert from_answers(4, 4) == Index(None, 4)


def test_of_each_place_the_latest_walk_within_ninety_days():
    day = date(2026, 12, 31)
    walks = [
        Walk("a", None, day - timedelta(days=60), 1, 7),
        Walk("a", None, day - timedelta(days=30), 6, 7),
        Walk("b", None, day - timedelta(days=90), 0, 7),  # a day too old
        Walk("c", None, day + timedelta(days=1), 0, 7),
        Walk("d", None, day, 5, 7),
    ]
    latest = latest_walks(walks, day)
    assert [(walk.place, walk.passed) for walk in latest] == [("a", 6), ("d", 5)]
    assert from_walks(latest) == Index(100 * 11 / 14, 14)
    assert from_walks([Walk("a", None, day, 4, 4)]) == Index(None, 4)


def test_what_moved():
    assert change(from_answers(90, 100), from_answers(60, 100)) == Change(30.0, is_real=True)
    assert change(from_answers(9, 10), from_answers(8, 10)).is_real is False
    assert change(Index(80.0, 70), Index(70.0, 70)) == Change(10.0, is_real=True)
    assert change(Index(80.0, 70), Index(80.0, 70)) == Change(0.0, is_real=False)
    assert change(Index(None, 4), Index(70.0, 70)) is None
