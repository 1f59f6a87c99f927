"""Logistic regression against closed forms, and against what any regression must do."""

import math
import random

import pytest

from customers.logic.regression import fit, shift_to, sigmoid


def test_two_groups_have_their_log_odds():
    """One yes-or-no column without penalty has a closed form: the logarithms of the odds of either group."""
    column = [0.0] * 40 + [1.0] * 60
    came = [True] * 10 + [False] * 30 + [True] * 45 + [False] * 15
    found = fit([column], came, penalty=0)
    assert found.log_odds([0]) == pytest.approx(math.log(10 / 30), abs=1e-9)
    assert found.log_odds([1]) == pytest.approx(math.log(45 / 15), abs=1e-9)
    assert (found.means, found.deviations) == ((0.6,), (pytest.approx(math.sqrt(0.24)),))


def test_the_penalty_holds_a_perfect_column_and_its_slope_is_zero_at_the_end():
    column = [-1.0] * 50 + [1.0] * 50
    came = [False] * 50 + [True] * 50
    found = fit([column], came)
    (beta,) = found.coefficients
    # Stationary: the sum of (came − chance)·x equals penalty · coefficient.
    assert sum((one - sigmoid(beta * x)) * x for x, one in zip(column, came, strict=True)) == pytest.approx(beta)
    assert found.intercept == pytest.approx(0, abs=1e-9)


def test_what_made_the_data_is_found_again():
    rng = random.Random(7)
    rows = [(rng.gauss(5, 2), rng.gauss(-3, 0.5), 4.0) for _n in range(4_000)]
    came = [rng.random() < sigmoid(-0.5 + 0.8 * (x - 5) / 2 - 0.6 * (y + 3) / 0.5) for x, y, _z in rows]
    found = fit(list(zip(*rows, strict=True)), came)
    assert found.coefficients == pytest.approx((0.8, -0.6, 0.0), abs=0.1)
    assert found.intercept == pytest.approx(-0.5, abs=0.1)
    assert found.coefficients[2] == 0.0  # a column that never changes tells nothing
    chances = [sigmoid(found.log_odds(row)) for row in rows]
    assert sum(chances) == pytest.approx(sum(came), abs=0.01)
    assert found.parts((found.means[0], found.means[1], 4.0)) == [0, 0, 0]


@pytest.mark.parametrize("came", [[], [True, True], [False, False]])
def test_one_outcome_alone_teaches_nothing(came):
    with pytest.raises(ValueError, match="both outcomes"):
        fit([[1.0] * len(came)], came)


def test_the_intercept_is_set_to_what_came():
    log_odds = [-2.0, -1.0, 0.0, 3.0]
    by = shift_to(log_odds, 0.3)
    assert sum(sigmoid(one + by) for one in log_odds) / 4 == pytest.approx(0.3, abs=1e-6)
    assert sigmoid(900) < 1
    assert sigmoid(-900) > 0
