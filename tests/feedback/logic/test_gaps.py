"""Delivery gap and brand match against the golden values of domain.md §2.8, and which teams may be shown."""

from datetime import date

import pytest

from customers.logic.shares import shown_groups
from feedback.logic.answers import AnswerError, check_answer
from feedback.logic.gaps import Match, Side, delivery_gap
from journeys.logic.months import months_after, quarter_of


def test_the_golden_gap():
    gap = delivery_gap(Side(20, 24), Side(52, 140))
    assert (round(gap.ours.percent), round(gap.theirs.percent)) == (83, 37)
    assert (round(gap.points, 1), round(gap.low, 1), round(gap.high, 1)) == (46.2, 25.3, 58.7)
    assert gap.standing == "real"


@pytest.mark.parametrize(
    ("ours", "theirs", "standing"),
    [
        ((4, 4), (0, 100), "few"),
        ((100, 100), (0, 4), "few"),
        ((0, 0), (0, 0), "few"),
        ((4, 5), (3, 5), "open"),
        ((5, 5), (0, 5), "real"),
        ((0, 40), (40, 40), "real"),
    ],
)
def test_too_few_too_little_and_real(ours, theirs, standing):
    assert delivery_gap(Side(*ours), Side(*theirs)).standing == standing


def test_a_share_of_four_has_no_percentage():
    assert (Side(4, 4).percent, Side(4, 5).percent) == (None, 80.0)
    with pytest.raises(ValueError, match="successes"):
        delivery_gap(Side(6, 5), Side(1, 5))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, set()),
        ({"a": 5, "b": 6}, {"a", "b"}),
        ({"a": 4}, set()),
        # The whole less a would tell what the four said.
        ({"a": 9, "b": 4}, set()),
        ({"a": 9, "b": 7, "c": 1}, {"a"}),
        ({"a": 9, "b": 7, None: 2}, {"a"}),
        ({"a": 9, "b": 7, None: 6}, {"a", "b"}),
        ({"a": 9, "b": 3, "c": 2}, {"a"}),
    ],
)
def test_small_groups_are_hidden_and_cannot_be_subtracted(counts, shown):
    assert shown_groups(counts) == shown


def test_a_match_of_fifteen_words():
    match = Match(9, 15, 5)
    assert (match.percent, round(match.low, 1), round(match.high, 1)) == (60.0, 35.7, 80.2)
    assert Match(12, 12, 4).percent is None


def test_quarters_and_months():
    assert [quarter_of(date(2026, month, 9)).month for month in range(1, 13)] == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]
    assert months_after(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert months_after(date(2026, 1, 5), -1) == date(2025, 12, 1)
    assert months_after(date(2026, 3, 5), 0) == date(2026, 3, 1)


WORDS = ("1", "2", "3", "4")


@pytest.mark.parametrize("given", [["3", "1", "2"], ["1", "2", "3", "3"], "2\n3\n1"])
def test_three_words_are_one_answer_in_any_order(given):
    assert check_answer("words", given, WORDS, True) == "1\n2\n3"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["1", "2"], "not_three"),
        (["1", "2", "3", "4"], "not_three"),
        (["1", "1", "1"], "not_three"),
        (["1", "2", "9"], "not_a_choice"),
        ([1, 2, 3], "not_a_choice"),
        (7, "not_a_choice"),
        ([], "required"),
    ],
)
def test_other_than_three_of_the_words(given, code):
    with pytest.raises(AnswerError) as refused:
        check_answer("words", given, WORDS, True)
    assert refused.value.code == code
    if given == []:
        assert check_answer("words", given, WORDS, False) is None
