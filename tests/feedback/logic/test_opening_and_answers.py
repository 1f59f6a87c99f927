"""Which answers are accepted, and which of them open a complaint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.logic.answers import MAX_TEXT, AnswerError, check_answer
from feedback.logic.opening import is_detractor, opens_complaint


@pytest.mark.parametrize(
    ("metric", "scale", "last"), [("nps", range(11), 6), ("csat", range(1, 6), 2), ("ces", range(1, 8), 3)]
)
def test_detractors_with_words_open_a_complaint(metric, scale, last):
    for score in scale:
        low = score <= last
        assert is_detractor(metric, score) is low
        assert opens_complaint(metric, score, "chờ lâu", False) is low
        assert opens_complaint(metric, score, " \n", False) is False
        assert opens_complaint(metric, score, "", True) is True
    for outside in (scale[0] - 1, scale[-1] + 1):
        with pytest.raises(ValueError, match="scale"):
            opens_complaint(metric, outside, "", False)


def test_where_nothing_is_measured_only_who_asks_is_called():
    assert opens_complaint("none", 1, "chờ lâu", False) is False
    assert opens_complaint("none", 5, "", True) is True


def test_an_unknown_metric_is_an_error():
    with pytest.raises(ValueError, match="stars"):
        opens_complaint("stars", 1, "", True)


@pytest.mark.parametrize(("kind", "low", "high"), [("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)])
def test_scales(kind, low, high):
    for score in range(low, high + 1):
        assert check_answer(kind, score, (), True) == score
        assert check_answer(kind, f" {score} ", (), True) == score
    for outside in (low - 1, high + 1, str(high + 1), 10**30):
        with pytest.raises(AnswerError) as caught:
            check_answer(kind, outside, (), True)
        assert caught.value.code == "out_of_range"


@pytest.mark.parametrize("value", ["x", "7.0", 7.0, True, [], {}, "-1", "٧", "9" * 5000])
def test_what_is_no_number(value):
    with pytest.raises(AnswerError) as caught:
        check_answer("nps", value, (), False)
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize("kind", ["nps", "text", "choice"])
@pytest.mark.parametrize("blank", [None, "", "  \r\n", "\x00", "\ud800"])
def test_blank(kind, blank):
    assert check_answer(kind, blank, ("a",), False) is None
    with pytest.raises(AnswerError, match="required"):
        check_answer(kind, blank, ("a",), True)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("  Chờ lâu \r\nquá\r ", "Chờ lâu \nquá"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("a\x00b\ud800c\x07", "abc"),
        ("👍🏽 ok\tnhé", "👍🏽 ok\tnhé"),
        ("x" * MAX_TEXT, "x" * MAX_TEXT),
    ],
)
def test_text(value, cleaned):
    assert check_answer("text", value, (), True) == cleaned


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("text", "x" * (MAX_TEXT + 1), "too_long"),
        ("text", 5, "not_text"),
        ("text", ["a"], "not_text"),
        ("choice", "c", "not_a_choice"),
        ("choice", 1, "not_a_choice"),
        ("choice", "A", "not_a_choice"),
    ],
)
def test_refused(kind, value, code):
    with pytest.raises(AnswerError) as caught:
        check_answer(kind, value, ("a", "b"), False)
    assert caught.value.code == code


def test_choice():
    assert check_answer("choice", " a ", ("a", "b"), True) == "a"


def test_an_unknown_kind_is_an_error():
    with pytest.raises(ValueError, match="stars"):
        check_answer("stars", 1, (), True)


@given(st.text())
def test_stored_text_can_always_be_stored(value):
    cleaned = check_answer("text", value, (), False)
    assert cleaned is None or (isinstance(cleaned, str) and "\x00" not in cleaned and cleaned.encode())
