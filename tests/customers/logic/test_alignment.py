"""Disagreement against pairs counted one by one, and questions that give nothing away."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.alignment import band_of, disagreement, divergence, favourite, mixed, offered, recall, tally


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 2), 0.6),
        ((5,), 0.0),
        ((5, 0, 0), 0.0),
        ((1, 1, 1, 1, 1), 1.0),
        ((10, 10), 100 / 190),
        ((1,), None),
        ((), None),
    ],
)
def test_of_all_pairs_how_many_differ(counts, expected):
    assert disagreement(counts) == pytest.approx(expected)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_it_is_the_mean_over_pairs(counts):
    people = [option for option, count in enumerate(counts) for _one in range(count)]
    pairs = [one != other for one, other in combinations(people, 2)]
    assert disagreement(counts) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_a_round_is_the_mean_of_its_questions():
    assert divergence([(3, 2), (5,), (1, 1, 1, 1, 1), (4, 1), (2, 2, 1)]) == pytest.approx(
        (0.6 + 0 + 1 + 0.4 + 0.8) / 5
    )
    assert divergence([(1,), ()]) is None
    with pytest.raises(ValueError, match="negative"):
        disagreement([3, -1])


def test_recall_is_a_share_of_answers():
    assert (recall(16, 25), recall(0, 0)) == (0.64, None)
    with pytest.raises(ValueError, match="right"):
        recall(6, 5)


@pytest.mark.parametrize(("share", "band"), [(0, 0), (0.0999, 0), (0.1, 1), (0.25, 2), (0.4999, 2), (0.5, 3), (1, 3)])
def test_bands_begin_where_the_one_before_ends(share, band):
    assert band_of(share) == band


def test_no_band_outside_a_share():
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match="share"):
            band_of(share)


def test_four_answers_that_read_differently():
    words = {1: "Nhanh", 2: " nhanh ", 3: "", 4: "Ổ cắm", 5: "Chỗ ngồi", 6: "Hạt", 7: "Hóa đơn"}
    assert offered(1, [2, 3, 4, 5, 6, 7], words) == [1, 4, 5, 6]
    assert offered(3, [1], words) == [1]


def test_the_order_is_the_same_for_everybody_and_another_each_round():
    words = {number: f"câu {number}" for number in range(4)}
    orders = {tuple(mixed(list(words), words, f"{seed}")) for seed in range(40)}
    assert mixed([3, 1, 0, 2], words, "7") == mixed([0, 1, 2, 3], words, "7")
    assert {order.index(0) for order in orders} == {0, 1, 2, 3}


def test_what_most_chose_and_sums():
    assert (favourite({"a": 3, "b": 2}), favourite({"a": 2, "b": 2}), favourite({})) == ("a", None, None)
    assert tally([("need", 1, 2), ("need", 1, 3), ("share", 2, 1)]) == {"need": {1: 5}, "share": {2: 1}}
