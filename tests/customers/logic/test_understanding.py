"""Levels of understanding: the golden value of domain.md §2.9, the gates, what fades, what to ask next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.facts import may_be_observed
from customers.logic.sensitive import looks_sensitive
from customers.logic.understanding import BY_CODE, ITEMS, Known, age_days, assess, credit, is_fresh, next_question

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
WHOLE = {dimension: sum(one.weight for one in ITEMS if one.dimension == dimension) for dimension in "KUE"}


def ago(days):
    return AT - timedelta(days=days)


def known(**days):
    return [Known(code, ago(age)) for code, age in days.items()]


GOLDEN = known(
    name=3000, contact=40, place=400, consent=900, birth=2000, purchases=20, preferences=200, why=90, persona=100,
    emotion=20, need=90, seen=1,
)  # fmt: skip


def test_each_dimension_is_worth_a_hundred_points():
    assert WHOLE == {"K": 100, "U": 100, "E": 100}
    assert len(BY_CODE) == len(ITEMS) == 18


def test_the_golden_value():
    found = assess(GOLDEN, AT)
    assert (found.known, found.understood, found.empathised) == (855, 620, 400)
    assert (found.progress, found.level) == (617, 3)


def test_without_a_why_the_third_level_stays_shut_and_without_a_feeling_the_fourth():
    told = [one for one in GOLDEN if one.code != "why"] + known(usage=90)
    assert (assess(told, AT).understood, assess(told, AT).level) == (620, 2)
    full = known(**{item.code: 0 for item in ITEMS})
    assert assess(full, AT).level == 4
    cold = [one for one in full if one.code != "emotion"]
    assert (assess(cold, AT).empathised, assess(cold, AT).level) == (750, 3)
    old = [*cold, Known("emotion", ago(366))]
    assert (assess(old, AT).empathised, assess(old, AT).level) == (811, 3)
    assert assess([*cold, Known("emotion", ago(365))], AT).level == 4


def test_nobody_known_is_seen_and_being_heard_of_is_the_first_step():
    assert (assess([], AT).level, assess([], AT).progress) == (1, 0)
    assert assess(known(seen=500), AT).progress == 100


def test_consent_that_expired_and_shares_of_an_item():
    assert credit(Known("consent", ago(9), expires_at=AT), AT) == 0
    assert credit(Known("consent", ago(9), expires_at=AT + timedelta(seconds=1)), AT) == 15_000
    assert credit(Known("purchases", AT, share=2 / 3), AT) == 16_667
    assert credit(Known("purchases", ago(180), share=1 / 3), AT) == 4_167
    assert credit(Known("seen", AT), AT) == 0


def test_ages_are_whole_days_and_never_below_nought():
    assert [age_days(AT - timedelta(hours=hours), AT) for hours in (-30, 0, 23, 24, 47, 48)] == [0, 0, 0, 1, 1, 2]


def test_the_next_question_is_what_adds_most_and_waits_with_the_surveys():
    assert assess(GOLDEN, AT).next_question == "usage"  # 6.0; of the fading ones none is below three quarters
    assert assess(GOLDEN, AT, may_survey=False).next_question == "channel"
    everything = {item.code: item.weight * 1000 for item in ITEMS}
    assert next_question(everything) == ""
    assert next_question({}) == "emotion"
    assert next_question({}, may_survey=False) == "contact"
    assert next_question({**everything, "name": 0, "birth": 0}) == "name"
    assert next_question({**everything, "insight": 0, "purchases": 0}) == ""  # nobody can be asked for these


def test_fresh_is_three_quarters():
    assert is_fresh("name", 15_000)
    assert not is_fresh("name", 14_999)


MOMENTS = st.integers(-3, 4_000).map(ago)
ANYTHING = st.lists(
    st.builds(
        Known,
        code=st.sampled_from([*BY_CODE, "seen"]),
        confirmed_at=MOMENTS,
        share=st.sampled_from([1 / 3, 0.5, 2 / 3, 1.0]),
        expires_at=st.none() | st.integers(-900, 900).map(ago),
    ),
    unique_by=lambda one: one.code,
)


@given(ANYTHING)
def test_whatever_is_known_the_sums_hold(items):
    found = assess(items, AT)
    for points in (found.known, found.understood, found.empathised, found.progress):
        assert 0 <= points <= 1000
    assert found.level in (1, 2, 3, 4)
    assert found.level == 1 or found.known >= 600
    assert found.level < 3 or found.understood >= 600
    assert found.next_question == "" or BY_CODE[found.next_question].is_asked
    assert assess(items, AT).worth == {one.code: credit(one, AT) for one in items if one.code != "seen"}


@given(ANYTHING, st.integers(1, 2_000))
def test_time_alone_never_makes_anybody_better_understood(items, days):
    now, later = assess(items, AT), assess(items, AT + timedelta(days=days))
    assert later.progress <= now.progress
    assert later.level <= now.level


@given(ANYTHING, st.sampled_from(ITEMS))
def test_to_hear_something_again_never_harms(items, item):
    fresh = [one for one in items if one.code != item.code] + [Known(item.code, AT)]
    assert assess(fresh, AT).progress >= assess(items, AT).progress
    assert assess(fresh, AT).level >= assess(items, AT).level


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Chị bị tiểu đường, uống không đường", True), ("Mẹ đang mang thai", True), ("theo đạo Công giáo", True),
        ("She is diabetic", True), ("PREGNANT", True), ("Ít đá, thêm sữa yến mạch", False), ("bệnhviện", False),
        ("Engaged to a barista", False), ("ghé mỗi sáng thứ Hai", False), ("", False),
    ],
)  # fmt: skip
def test_what_hints_at_something_sensitive(text, hint):
    assert looks_sensitive(text) is hint


def test_some_things_only_the_customer_can_say():
    assert [may_be_observed(kind) for kind in ("usage", "value", "motivation", "nothing_to_improve")] == [
        True, False, False, False,
    ]  # fmt: skip
