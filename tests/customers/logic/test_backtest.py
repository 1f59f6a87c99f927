"""Figures of a forecast on examples reckoned by hand, cut-offs, and when a forecast may be used."""

import pytest

from customers.logic.backtest import (
    Origin,
    auc,
    average_precision,
    bins,
    brier,
    columns_allowed,
    judged,
    mean_of,
    origins,
    precision_of,
    verdict,
)

SCORES, CAME = [0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, False, False]


def test_figures_by_hand():
    assert auc(SCORES, CAME) == pytest.approx(5 / 6)
    assert average_precision(SCORES, CAME) == pytest.approx((1 + 2 / 3) / 2)
    assert precision_of(SCORES, CAME, 3) == pytest.approx(2 / 3)
    assert precision_of(SCORES, CAME, 99) == pytest.approx(2 / 5)
    assert brier([1, 0.5], [True, False]) == pytest.approx(0.125)


def test_equal_scores_count_half_in_any_order():
    assert auc([1, 1, 1, 1], CAME[:4]) == 0.5
    assert auc([1, 2], [True, True]) == 0.5
    assert average_precision([1, 1], [True, False]) == 0.5
    assert average_precision([1, 1], [False, False]) == 0
    assert precision_of([2, 1, 1, 1], [True, True, False, False], 2) == pytest.approx((1 + 1 / 3) / 2)
    assert precision_of([], [], 5) == 0


def test_five_bins_of_equal_size():
    found = bins([n / 10 for n in range(10)], [n >= 5 for n in range(10)])
    assert [one["customers"] for one in found] == [2] * 5
    assert [one["observed"] for one in found] == [0, 0, 0.5, 1, 1]
    assert found[0]["mean"] == pytest.approx(0.05)
    assert len(bins([0.1, 0.2], [True, False])) == 2


def test_cut_offs_are_trained_on_outcomes_known_by_then():
    assert origins(1, 546, 90) == [Origin(366, 456), Origin(276, 366), Origin(186, 276)]
    # A shorter past: nearer together, never fewer than thirty days; then none.
    assert origins(1, 391, 120) == [Origin(151, 271), Origin(121, 241), Origin(91, 211)]
    assert origins(1, 361, 120) == [Origin(121, 241), Origin(91, 211)]
    assert origins(1, 360, 120) == []
    for one in origins(1, 546, 90):
        assert one.trained + 90 <= one.tested


def cut(auc_=0.7, lift=1.4, simple_auc=0.7, simple_lift=1.4, mean=0.6, observed=0.6, customers=100):
    simple = {"auc": simple_auc, "lift": simple_lift}
    return {"auc": auc_, "lift": lift, "mean": mean, "observed": observed, "customers": customers, "simple": simple}


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ([cut(), cut()], "accepted"),
        ([cut(auc_=0.8), cut(auc_=0.55)], "not_better"),
        ([cut(auc_=0.8, customers=300), cut(auc_=0.55)], "accepted"),
        ([cut(lift=1.39), cut()], "not_better"),
        ([cut(mean=0.66), cut()], "off"),
        ([cut(mean=0.65), cut(mean=0.9)], "accepted"),
    ],
)
def test_used_only_where_it_beats_the_rule_of_thumb_and_is_not_beside(cuts, said):
    assert verdict(cuts) == said


def test_a_report_says_all_of_one_cut_off():
    found = judged([0.9, 0.7, 0.4, 0.2], [4, 3, 2, 1], [True, True, False, False])
    assert (found["customers"], found["left"], found["auc"], found["precision"], found["lift"]) == (4, 2, 1, 1, 2)
    assert (found["precision_called"], found["lift_called"]) == (0.5, 1)
    assert (found["observed"], found["brier_base"], found["simple"]["auc"]) == (0.5, 0.25, 1)
    assert judged([0.1], [1], [False])["lift"] == 0
    assert mean_of([{"x": 1, "customers": 1}, {"x": 4, "customers": 2}], "x") == 3


def test_columns_only_where_there_are_customers_enough():
    assert columns_allowed([True] * 50 + [False] * 150) == 5
    assert columns_allowed([True] * 49 + [False] * 151) == 0
    assert columns_allowed([True] * 60 + [False] * 139) == 0
    assert columns_allowed([True] * 400 + [False] * 129) == 12
