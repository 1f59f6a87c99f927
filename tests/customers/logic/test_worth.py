"""What today's customers are likely to spend, and a share weighed to be like another."""

from decimal import Decimal

import pytest

from customers.logic.worth import compare_like, expected_value, how_often, kept_share, stretch_for


@pytest.mark.parametrize(
    ("known", "stretch"), [(0, None), (181, None), (182, (91, 4)), (364, (182, 2)), (729, (182, 2)), (730, (365, 1))]
)
def test_the_longest_stretch_that_was_seen_twice(known, stretch):
    assert stretch_for(known) == stretch


def test_what_is_kept_and_what_comes_of_it():
    assert kept_share(Decimal(200), Decimal(150)) == Decimal("0.75")
    assert kept_share(Decimal(200), Decimal(300)) == 1
    assert kept_share(Decimal(0), Decimal(300)) is None
    assert expected_value(Decimal(1000), Decimal("0.5"), 1) == 500
    assert expected_value(Decimal(1000), Decimal("0.5"), 4) == Decimal("937.5")
    assert expected_value(Decimal(1000), Decimal(0), 2) == 0


def test_how_often_somebody_came():
    assert [how_often(days) for days in (1, 2, 3, 4, 9)] == [0, 1, 1, 2, 2]


def test_the_others_are_weighed_as_ours_are_made_up():
    ours = {0: (6, 10), 2: (4, 30)}
    others = {0: (40, 100), 1: (1, 50), 2: (10, 300)}
    mine, weighed, gap = compare_like(ours, others)
    assert mine == (10, 40)
    # 10/40 · 0.4 + 30/40 · 0.0333; as sure as 1 ÷ (0.0625/100 + 0.5625/300)
    assert (round(weighed[0] / weighed[1], 4), weighed[1]) == (0.125, 400)
    assert (round(gap.difference, 1), gap.differ) == (12.5, True)
    # Whoever has nobody beside them is left out.
    mine, _weighed, gap = compare_like({0: (5, 10), 1: (9, 9)}, {0: (100, 100)})
    assert (mine, round(gap.difference)) == ((5, 10), -50)


@pytest.mark.parametrize(
    ("ours", "others"), [({}, {0: (1, 9)}), ({0: (1, 4)}, {0: (1, 9)}), ({0: (1, 9)}, {0: (1, 4)}), ({0: (1, 9)}, {})]
)
def test_too_few_say_nothing(ours, others):
    assert compare_like(ours, others) is None
