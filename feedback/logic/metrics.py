"""NPS, CSAT, CES and eNPS with their intervals, and what may be shown of them.

Formulas and golden values: domain.md §2.1-2.5. Scores run from -100 to 100 (NPS) or 0 to 100 (percentages).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal, NamedTuple

from customers.logic.shares import SHOWN_FROM, TRUSTED_FROM, Z95, Comparison, wilson

Enough = Literal["hidden", "few", "ok"]
PROMOTER_FROM: Final = 9


class NpsCounts(NamedTuple):
    """How many answers were 9-10, 7-8 and 0-6."""

    promoters: int
    passives: int
    detractors: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its 95 % interval; `value` is None without answers.

    `enough` says what may be shown: "hidden" under 5 answers, "few" under 30 (greyed, with the interval),
    else "ok".
    """

    value: float | None
    low: float
    high: float
    n: int
    enough: Enough


@dataclass(frozen=True, slots=True)
class ScaleScore(Score):
    """A share of answers in percent, with the mean on the scale and the percentage that raises an alert."""

    mean: float | None
    alert: float | None


def nps_counts(counts: Mapping[int, int]) -> NpsCounts:
    """How many of each class, from how often each score from 0 to 10 was given."""
    classes = Counter[str]()
    for score, number in counts.items():
        classes[nps_class(score)] += number
    return NpsCounts(classes["promoter"], classes["passive"], classes["detractor"])


def nps_class(score: int) -> Literal["promoter", "passive", "detractor"]:
    """Return the class of one answer from 0 to 10 (0-6, 7-8, 9-10). Raises ValueError outside."""
    if not 0 <= score <= 10:
        raise ValueError(f"an NPS answer is 0 to 10, not {score}")
    if score >= PROMOTER_FROM:
        return "promoter"
    return "passive" if score >= 7 else "detractor"


def nps(promoters: int, passives: int, detractors: int) -> Score:
    """Return the Net Promoter Score (-100 to 100) of counts of answers; ValueError for a negative count.

    The value is the raw %P - %D. The interval is the adjusted Wald (Agresti-Coull type; Rocks 2016, confirmed
    by Lewis and Sauro): three quarters of an answer are added to promoters and detractors each, n + 3 in all.
    It is clipped to the scale and need not hold the raw value when n is tiny.
    """
    n = _total((promoters, passives, detractors))
    value = 100 * (promoters - detractors) / n if n else None
    centre, variance = _adjusted(NpsCounts(promoters, passives, detractors))
    margin = Z95 * sqrt(variance)
    return Score(value, 100 * max(centre - margin, -1.0), 100 * min(centre + margin, 1.0), n, _enough(n))


def enps(promoters: int, passives: int, detractors: int) -> Score:
    """Return the employee NPS: same arithmetic; "hidden" here also protects who answered (domain.md §2.4)."""
    return nps(promoters, passives, detractors)


def compare_nps(a: NpsCounts | tuple[int, int, int], b: NpsCounts | tuple[int, int, int]) -> Comparison:
    """Return how far the NPS of counts `a` lies above that of `b`, in points, on adjusted proportions.

    z = (s1 - s2) / sqrt(v1 + v2) (domain.md §2.1). They differ when the 95 % interval leaves out 0 and both
    sides have the 5 answers a shown score needs. Raises ValueError for a negative count.
    """
    _total(a)
    _total(b)
    (score_a, variance_a), (score_b, variance_b) = _adjusted(NpsCounts(*a)), _adjusted(NpsCounts(*b))
    difference, error = score_a - score_b, sqrt(variance_a + variance_b)
    low, high = difference - Z95 * error, difference + Z95 * error
    enough = min(sum(a), sum(b)) >= SHOWN_FROM
    return Comparison(100 * difference, 100 * low, 100 * high, difference / error, enough and not low <= 0 <= high)


def csat(counts: Sequence[int]) -> ScaleScore:
    """Return the share of satisfied answers in percent, from the counts of answers 1 to 5.

    CSAT is the top two boxes with a Wilson interval; `alert` is the bottom two (domain.md §2.2). Raises
    ValueError unless there are five counts, none negative.
    """
    return _scale(counts, points=5, good_from=4, alert_to=2)


def ces(counts: Sequence[int]) -> ScaleScore:
    """Return the share that found it easy in percent, from the counts of answers 1 to 7.

    CES 2.0 is the share of 5 to 7 with a Wilson interval; `alert` is the share of 1 to 3 (domain.md §2.3).
    Raises ValueError unless there are seven counts, none negative.
    """
    return _scale(counts, points=7, good_from=5, alert_to=3)


def response_rate(completes: int, sent: int, hard_bounced: int = 0, suppressed: int = 0) -> float | None:
    """Return valid completes as a share (0 to 1) of what could arrive: sent - hard-bounced - suppressed.

    None when nothing could arrive; never above 1, since an address that bounced may still answer by another
    way (domain.md §2.5). Raises ValueError for a negative count.
    """
    _total((completes, sent, hard_bounced, suppressed))
    reached = sent - hard_bounced - suppressed
    return min(completes / reached, 1.0) if reached > 0 else None


def _adjusted(counts: NpsCounts) -> tuple[float, float]:
    """Return the adjusted score (-1 to 1) and its variance."""
    n = sum(counts) + 3
    p, d = (counts.promoters + 0.75) / n, (counts.detractors + 0.75) / n
    return p - d, (p + d - (p - d) ** 2) / n


def _scale(counts: Sequence[int], *, points: int, good_from: int, alert_to: int) -> ScaleScore:
    if len(counts) != points:
        raise ValueError(f"a scale of {points} points has {points} counts, not {len(counts)}")
    n, good = _total(counts), sum(counts[good_from - 1 :])
    low, high = wilson(good, n)
    mean = sum(point * count for point, count in enumerate(counts, start=1)) / n if n else None
    return ScaleScore(
        value=100 * good / n if n else None,
        low=100 * low,
        high=100 * high,
        n=n,
        enough=_enough(n),
        mean=mean,
        alert=100 * sum(counts[:alert_to]) / n if n else None,
    )


def _total(counts: Sequence[int]) -> int:
    if min(counts) < 0:
        raise ValueError("a count cannot be negative")
    return sum(counts)


def _enough(n: int) -> Enough:
    if n < SHOWN_FROM:
        return "hidden"
    return "few" if n < TRUSTED_FROM else "ok"
