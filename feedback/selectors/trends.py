"""Scores over equal stretches of time, the latest first: what the home page draws and compares."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from customers.logic.shares import Comparison, compare_shares
from feedback.logic import metrics
from feedback.models import Survey

# Of a customer's answers to relationship surveys the latest of each stretch counts; those after an event all do, but
# never make an NPS (see selectors.metrics.score). Stretch 0 ends at the moment asked for.
_COUNTED: Final = """
WITH answers AS (
    SELECT r.metric, r.customer_id, r.score, r.answered_at, r.id, s.cadence,
        floor(extract(epoch FROM %(until)s - r.answered_at) / %(seconds)s)::int AS stretch
    FROM feedback_response r JOIN feedback_survey s ON s.id = r.survey_id
    WHERE r.answered_at > %(since)s AND r.answered_at <= %(until)s
        AND r.metric <> 'none' AND r.set_aside_at IS NULL
), counted AS (
    SELECT DISTINCT ON (metric, stretch, customer_id) metric, stretch, score FROM answers
    WHERE cadence = %(relationship)s ORDER BY metric, stretch, customer_id, answered_at DESC, id DESC
)
SELECT metric, stretch, score, count(*) FROM counted GROUP BY 1, 2, 3
UNION ALL
SELECT metric, stretch, score, count(*) FROM answers
WHERE cadence = %(transactional)s AND metric <> %(nps)s GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Change:
    """A score, the one of the stretch before, and how far they lie apart with the 95 % interval of the difference."""

    score: metrics.Score
    before: metrics.Score
    comparison: Comparison


def scores_by(*, days: int, stretches: int, until: datetime) -> dict[str, list[metrics.Score]]:
    """Metric → one score per stretch of ``days`` days, the latest first; one query, unanswered metrics left out."""
    return {
        metric: [_score(metric, counts) for counts in found]
        for metric, found in _counted(days, stretches, until).items()
    }


def changes(*, days: int, until: datetime) -> dict[str, Change]:
    """Metric → the last ``days`` days beside as many before; one query, metrics without recent answers left out."""
    found = _counted(days, 2, until)
    return {
        metric: Change(
            _score(metric, found[metric][0]),
            _score(metric, found[metric][1]),
            _compare(metric, *found[metric]),
        )
        for metric in Survey.Metric.values
        if metric in found and found[metric][0]
    }


def _counted(days: int, stretches: int, until: datetime) -> dict[str, list[Counter[int]]]:
    stretch = timedelta(days=days)
    values: dict[str, Any] = {
        "until": until,
        "since": until - stretch * stretches,
        "seconds": stretch.total_seconds(),
        "relationship": Survey.Cadence.RELATIONSHIP,
        "transactional": Survey.Cadence.TRANSACTIONAL,
        "nps": Survey.Metric.NPS,
    }
    found: dict[str, list[Counter[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, values)
        for metric, index, score, number in cursor.fetchall():
            places = found.setdefault(metric, [Counter() for _stretch in range(stretches)])
            places[min(index, stretches - 1)][score] += number
    return found


def _score(metric: str, counts: Counter[int]) -> metrics.Score:
    if metric == Survey.Metric.NPS:
        return metrics.nps(*metrics.nps_counts(counts))
    if metric == Survey.Metric.CSAT:
        return metrics.csat([counts[value] for value in range(1, 6)])
    return metrics.ces([counts[value] for value in range(1, 8)])


def _compare(metric: str, a: Counter[int], b: Counter[int]) -> Comparison:
    if metric == Survey.Metric.NPS:
        return metrics.compare_nps(metrics.nps_counts(a), metrics.nps_counts(b))
    good = 4 if metric == Survey.Metric.CSAT else 5
    return compare_shares(
        (sum(number for value, number in a.items() if value >= good), a.total()),
        (sum(number for value, number in b.items() if value >= good), b.total()),
    )
