"""Which answers praise: good on their measure's scale, with the customer's own words, and counted."""

from typing import Final

from feedback.models import Response, Survey

_GOOD_FROM: Final = {Survey.Metric.NPS: 9, Survey.Metric.CSAT: 4, Survey.Metric.CES: 6}


def is_praise(response: Response) -> bool:
    counts = response.set_aside_at is None
    return counts and bool(response.words.strip()) and response.score >= _GOOD_FROM[Survey.Metric(response.metric)]
