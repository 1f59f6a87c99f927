"""L2-penalised logistic regression of a dozen columns, fitted by Newton's method in plain Python.

Newton steps on the penalised log-likelihood are iteratively reweighted least squares (Hastie, Tibshirani & Friedman,
The Elements of Statistical Learning, 2nd edition, §4.4.1 and §3.4.1). Columns are standardised first, so that one
penalty suits all and coefficients can be compared. Columns rather than rows: sums run inside the interpreter's C code.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final

# Penalty on each standardised coefficient; the intercept is free.
PENALTY: Final = 1.0
MAX_STEPS: Final = 30
CLOSE_ENOUGH: Final = 1e-8
# Beyond this a probability is 0 or 1 to the last digit, and the exponential would overflow.
_EDGE: Final = 35.0
Column = Sequence[float]


@dataclass(frozen=True)
class Fitted:
    """``coefficients`` belong to (x − mean) ÷ sd of each column."""

    intercept: float
    coefficients: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    def parts(self, row: Sequence[float]) -> list[float]:
        """What each column adds to the log-odds of ``row``, as against an average row."""
        return [
            beta * (x - mean) / sd
            for beta, x, mean, sd in zip(self.coefficients, row, self.means, self.deviations, strict=True)
        ]

    def log_odds(self, row: Sequence[float]) -> float:
        return self.intercept + sum(self.parts(row))


def sigmoid(log_odds: float) -> float:
    """Probability of log-odds, strictly between 0 and 1."""
    return 1 / (1 + math.exp(-max(-_EDGE, min(_EDGE, log_odds))))


def fit(columns: Sequence[Column], outcomes: Sequence[bool], penalty: float = PENALTY) -> Fitted:
    """Fit the chance of ``outcomes`` on ``columns`` of as many numbers each.

    A column that never changes gets the coefficient 0. Raises ValueError where all outcomes are alike, or none.
    """
    size, happened = len(outcomes), sum(outcomes)
    if not 0 < happened < size:
        raise ValueError("both outcomes are needed")
    means = [math.fsum(column) / size for column in columns]
    deviations = [
        math.sqrt(math.fsum((x - mean) ** 2 for x in column) / size) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    design = [[1.0] * size] + [
        [(x - mean) / sd for x in column] for column, mean, sd in zip(columns, means, deviations, strict=True)
    ]
    beta = [math.log(happened / (size - happened))] + [0.0] * len(columns)
    for _step in range(MAX_STEPS):
        change = _newton_step(design, outcomes, beta, penalty)
        beta = [old + by for old, by in zip(beta, change, strict=True)]
        if max(map(abs, change)) < CLOSE_ENOUGH:
            break
    return Fitted(beta[0], tuple(beta[1:]), tuple(means), tuple(deviations))


def shift_to(log_odds: Sequence[float], share: float) -> float:
    """What to add to all ``log_odds`` so that the mean probability is ``share`` (0 to 1); the intercept's correction.

    Found by halving; a share of 0 or 1 gives the edge of what probabilities can tell apart.
    """
    low, high = -2 * _EDGE, 2 * _EDGE
    wanted = share * len(log_odds)
    while high - low > CLOSE_ENOUGH:
        middle = (low + high) / 2
        if math.fsum(sigmoid(one + middle) for one in log_odds) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _newton_step(
    design: Sequence[Column], outcomes: Sequence[bool], beta: Sequence[float], penalty: float
) -> list[float]:
    total = [beta[0]] * len(outcomes)
    for weight, column in zip(beta[1:], design[1:], strict=True):
        total = [had + weight * x for had, x in zip(total, column, strict=True)]
    chances = [sigmoid(one) for one in total]
    missed = [happened - chance for happened, chance in zip(outcomes, chances, strict=True)]
    weights = [chance * (1 - chance) for chance in chances]
    weighted = [list(map(mul, weights, column)) for column in design]
    curvature = [
        [sum(map(mul, one, other)) + (penalty if place == at and place else 0.0) for at, other in enumerate(design)]
        for place, one in enumerate(weighted)
    ]
    slope = [
        sum(map(mul, missed, column)) - (penalty * weight if place else 0.0)
        for place, (column, weight) in enumerate(zip(design, beta, strict=True))
    ]
    return _solve(curvature, slope)


def _solve(matrix: list[list[float]], wanted: Sequence[float]) -> list[float]:
    """Solve ``matrix`` · x = ``wanted`` for a symmetric positive definite matrix (Cholesky)."""
    size = len(wanted)
    lower = [[0.0] * size for _row in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(map(mul, lower[i][:j], lower[j][:j]))
            lower[i][j] = math.sqrt(rest) if i == j else rest / lower[j][j]
    found = [0.0] * size
    for i in range(size):
        found[i] = (wanted[i] - sum(map(mul, lower[i][:i], found[:i]))) / lower[i][i]
    for i in reversed(range(size)):
        found[i] = (found[i] - sum(lower[k][i] * found[k] for k in range(i + 1, size))) / lower[i][i]
    return found
