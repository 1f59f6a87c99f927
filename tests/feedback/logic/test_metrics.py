"""Scores and intervals against the golden values of domain.md §2.1-2.5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.shares import compare_shares, wilson
from feedback.logic.metrics import NpsCounts, ces, compare_nps, csat, enps, nps, nps_class, response_rate

COUNT = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        ((7, 3, 2), 41.7, -5.5, 72.2),
        ((5, 0, 0), 100, 17.5, 100),
        ((0, 0, 4), -100, -100, -6.9),
        ((48, 31, 21), 27.0, 11.1, 41.4),
        ((120, 60, 20), 50.0, 40.0, 58.5),
        ((20, 15, 15), 10.0, -12.8, 31.6),
        ((1, 0, 0), 100, -48.5, 98.5),
    ],
)
@pytest.mark.parametrize("metric", [nps, enps])
def test_nps_golden(metric, counts, value, low, high):
    score = metric(*counts)
    assert score.value is not None
    assert (round(score.value, 1), round(score.low, 1), round(score.high, 1)) == (value, low, high)
    assert score.n == sum(counts)


@pytest.mark.parametrize(
    ("half_width", "n"),
    [(20, 59), (15, 105), (10, 235), (5, 938)],
)
def test_answers_needed_for_a_margin(half_width, n):
    score = nps(round(n * 0.5), n - round(n * 0.5) - round(n * 0.2), round(n * 0.2))
    assert (score.high - score.low) / 2 == pytest.approx(half_width, rel=0.04)


@pytest.mark.parametrize(("n", "enough"), [(0, "hidden"), (4, "hidden"), (5, "few"), (29, "few"), (30, "ok")])
def test_how_much_may_be_shown(n, enough):
    assert nps(n, 0, 0).enough == enough
    assert csat((0, 0, 0, 0, n)).enough == enough


def test_no_answers_have_no_score():
    assert nps(0, 0, 0).value is None
    empty = csat((0, 0, 0, 0, 0))
    assert (empty.value, empty.low, empty.high, empty.mean, empty.alert) == (None, 0, 100, None, None)


@given(COUNT, COUNT, COUNT)
def test_nps_stays_on_its_scale(promoters, passives, detractors):
    score = nps(promoters, passives, detractors)
    assert -100 <= score.low < score.high <= 100
    mirrored = nps(detractors, passives, promoters)
    assert (mirrored.low, mirrored.high) == pytest.approx((-score.high, -score.low))


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(2, 9))
def test_more_answers_of_the_same_kind_narrow_the_unclipped_interval(promoters, passives, detractors, times):
    few = nps(promoters, passives, detractors)
    many = nps(promoters * times, passives * times, detractors * times)
    if few.n and few.low > -100 and few.high < 100:
        assert many.high - many.low < few.high - few.low


def test_compare_golden():
    found = compare_nps((48, 31, 21), NpsCounts(20, 15, 15))
    rounded = [round(number, 1) for number in (found.difference, found.low, found.high)]
    assert (rounded, round(found.z, 2), found.differ) == ([16.8, -10.1, 43.7], 1.22, False)


def test_compare_tells_a_real_difference_and_never_on_hidden_scores():
    assert compare_nps((90, 5, 5), (20, 30, 50)).differ is True
    assert compare_nps((20, 30, 50), (90, 5, 5)).differ is True
    assert compare_nps((1000, 0, 0), (0, 0, 4)).differ is False
    assert compare_nps((0, 0, 0), (0, 0, 0)).differ is False


@given(st.tuples(COUNT, COUNT, COUNT), st.tuples(COUNT, COUNT, COUNT))
def test_compare_is_antisymmetric(a, b):
    one, other = compare_nps(a, b), compare_nps(b, a)
    assert (one.difference, one.z, one.differ) == (-other.difference, -other.z, other.differ)
    assert one.low <= one.difference <= one.high


@pytest.mark.parametrize(("good", "n", "low", "high"), [(17, 20, 64.0, 94.8), (8, 10, 49.0, 94.3)])
def test_csat_golden(good, n, low, high):
    score = csat((1, n - good - 1, 0, 1, good - 1))
    assert score.value == pytest.approx(100 * good / n)
    assert (round(score.low, 1), round(score.high, 1)) == (low, high)
    assert score.alert == pytest.approx(100 * (n - good) / n)


def test_csat_and_ces_count_their_boxes():
    stars = csat((1, 2, 3, 4, 10))
    assert (stars.value, stars.mean, stars.alert, stars.n) == (70, 4.0, 15, 20)
    effort = ces((1, 1, 1, 1, 2, 2, 2))
    assert (effort.value, effort.mean, effort.alert, effort.n) == (60, 4.6, 30, 10)
    assert (effort.low, effort.high) == pytest.approx([100 * share for share in wilson(6, 10)])


@given(st.integers(1, 5_000), st.floats(0, 1))
def test_wilson_holds_the_share_and_stays_within_0_and_1(n, share):
    good = round(n * share)
    low, high = wilson(good, n)
    assert 0 <= low <= good / n + 1e-12
    assert good / n - 1e-12 <= high <= 1
    assert wilson(good * 4, n * 4)[1] - wilson(good * 4, n * 4)[0] < high - low


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"), (10, "promoter")],
)
def test_classes(score, expected):
    assert nps_class(score) == expected


def test_response_rate():
    assert response_rate(30, 120, 15, 5) == 0.3
    assert response_rate(3, 2) == 1.0
    assert response_rate(0, 0) is None
    assert response_rate(1, 5, 3, 2) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: nps(-1, 0, 0),
        lambda: compare_nps((0, 0, -1), (1, 1, 1)),
        lambda: compare_nps((1, 1, 1), (0, -1, 0)),
        lambda: csat((1, 2, 3)),
        lambda: csat((1, 2, 3, 4, -5)),
        lambda: ces((1, 2, 3, 4, 5)),
        lambda: wilson(3, 2),
        lambda: wilson(-1, 2),
        lambda: nps_class(11),
        lambda: nps_class(-1),
        lambda: response_rate(-1, 5),
    ],
)
def test_impossible_counts_are_errors(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


def test_two_shares_are_compared_as_newcombe_does():
    found = compare_shares((56, 70), (48, 80))
    assert [round(value, 2) for value in (found.difference, found.low, found.high)] == [20.0, 5.24, 33.39]
    assert found.differ is True
    assert round(found.z, 2) == 2.65
    assert compare_shares((9, 10), (3, 10)).differ is True
    assert compare_shares((50, 100), (52, 100)).differ is False
    assert compare_shares((4, 4), (0, 4)).differ is False  # too few to be shown at all
    nothing = compare_shares((0, 0), (5, 9))
    assert (nothing.low, nothing.high, nothing.differ) == (-100, 100, False)
    assert compare_shares((9, 9), (9, 9)).z == 0
