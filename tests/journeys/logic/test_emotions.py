"""The arithmetic of feelings, against the golden values of domain.md §6.1 and tables of Student's t."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.logic.coverage import standing
from journeys.logic.emotions import (
    Gap,
    Mean,
    Spot,
    Tally,
    fits,
    gap_between,
    mean_of,
    peak_and_end,
    spot_of,
    spots,
    t_quantile,
)
from journeys.logic.publishing import MapAct, acts_from, after

# The coffee shop: point, what staff assume, what customers report.
COFFEE = [
    ("nhận biết", 0.8, 0.4), ("chú ý", 0.5, 0.3), ("quan tâm", 0.7, 0.5), ("tìm kiếm", 0.6, -0.2),
    ("xếp hàng", 0.0, -0.9), ("gọi món", 0.9, 0.4), ("thanh toán", 0.8, -0.3), ("nhận món", 1.2, 0.9),
    ("ngồi quán", 0.8, 0.7), ("sau bán", 0.5, -0.8), ("nhận thức", 0.8, 0.3), ("yêu mến", 0.9, 0.6),
    ("trung thành", 0.8, 0.5), ("ủng hộ", 0.9, 0.4),
]  # fmt: skip


def test_the_gap_of_the_coffee_shop() -> None:
    gap = gap_between(COFFEE)
    assert gap is not None
    assert (gap.points, round(gap.empathy, 2), round(gap.optimism, 2), gap.worst) == (14, 0.53, 0.53, "sau bán")
    apart = sorted(COFFEE, key=lambda one: -abs(one[1] - one[2]))[:2]
    assert [(name, round(assumed - reported, 1)) for name, assumed, reported in apart] == [
        ("sau bán", 1.3),
        ("thanh toán", 1.1),
    ]


def test_a_gap_counts_points_where_both_have_spoken() -> None:
    assert gap_between([("a", 1.0, None), ("b", None, 1.0)]) is None
    assert gap_between([("a", -1.0, 1.0), ("b", 1.0, 0.0), ("c", 1.0, None)]) == Gap(2, 1.5, -0.5, "a")


@pytest.mark.parametrize(
    ("freedom", "table"),
    [
        (1, 12.706),
        (2, 4.303),
        (9, 2.262),
        (29, 2.045),
        (30, 2.042),
        (40, 2.021),
        (60, 2.000),
        (120, 1.980),
        (9999, 1.960),
    ],
)
def test_the_quantile_of_t(freedom: int, table: float) -> None:
    assert t_quantile(freedom) == pytest.approx(table, abs=0.0006)


def test_means_and_their_intervals() -> None:
    assert mean_of(Tally(0, 0, 0)) is None
    assert mean_of(Tally.of([1])) == Mean(1, 1, -2, 2)
    assert mean_of(Tally.of([2, 2, 2])) == Mean(3, 2, 2, 2)
    five = mean_of(Tally.of([-2, -1, 0, 1, 2]))  # s = √2.5, t(4) = 2.776
    assert five is not None
    assert (five.value, round(five.low, 3), round(five.high, 3), five.is_few) == (0, -1.963, 1.963, False)
    pair = mean_of(Tally.of([1, 2]))  # t(1) reaches beyond the scale
    assert pair == Mean(2, 1.5, -2, 2)
    assert pair is not None
    assert pair.is_few
    with pytest.raises(ValueError, match="two values"):
        t_quantile(0)


@given(st.lists(st.integers(-2, 2), min_size=2, max_size=80))
def test_a_mean_lies_in_its_interval_on_the_scale(values: list[int]) -> None:
    found = mean_of(Tally.of(values))
    assert found is not None
    assert -2 <= found.low <= found.value <= found.high <= 2


def test_what_is_remembered() -> None:
    assert peak_and_end([]) is None
    assert peak_and_end([reported for _name, _assumed, reported in COFFEE]) == pytest.approx((-0.9 + 0.4) / 2)
    assert peak_and_end([1.0, -1.0, 0.5]) == -0.25  # of two alike the unpleasant one
    assert peak_and_end([0.5, 2.0]) == 2.0


def test_feelings_go_with_faces() -> None:
    assert all(fits(feeling, 0) for feeling in ("joyful", "annoyed", ""))
    assert fits("joyful", 2)
    assert not fits("joyful", -1)
    assert fits("annoyed", -2)
    assert not fits("annoyed", 1)
    assert fits("", -2)


def test_points_of_a_curve() -> None:
    order = spots("abc", [("b", 1), ("b", 2)])
    assert order == [Spot("a"), Spot("b", 1), Spot("b", 2), Spot("c")]
    assert [spot.key for spot in order] == ["a", "1", "2", "c"]
    assert spot_of("b", 2, order) == Spot("b", 2)
    assert spot_of("a", 9, order) == Spot("a")
    assert spot_of("b", None, order) is None
    assert spot_of("b", 9, order) is None


def test_how_a_stage_stands() -> None:
    assert standing(0, 0, [], ["care"]) == "empty"
    assert standing(2, 1, ["shop"], ["care"]) == "nobody"
    assert standing(2, 0, [], ["care"]) == "nobody"
    assert standing(2, 0, ["care"], ["care"]) == "care_alone"
    assert standing(2, 0, ["shop"], ["care"]) == "one_alone"
    assert standing(2, 0, ["care", "shop"], ["care"]) == "shared"


def test_the_life_of_a_map() -> None:
    assert acts_from("draft") == [MapAct.SUBMIT, MapAct.PUBLISH]
    assert acts_from("in_review") == [MapAct.SEND_BACK, MapAct.PUBLISH]
    assert acts_from("published") == [MapAct.SUBMIT, MapAct.PUBLISH]
    assert after("in_review", MapAct.SEND_BACK) == "draft"
    assert after("draft", MapAct.SEND_BACK) is None
