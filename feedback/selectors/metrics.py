"""Scores and response rates counted from the answers (domain.md §2.1-2.5)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from feedback.logic import metrics
from feedback.models import Invitation, Response, Survey
from journeys.models import Touchpoint

_REACHED = (Invitation.State.SENT, Invitation.State.UNCERTAIN, Invitation.State.ANSWERED)


def score(
    metric: str,
    since: datetime | None = None,
    until: datetime | None = None,
    touchpoint: Touchpoint | None = None,
    survey: Survey | None = None,
    customer_ids: "QuerySet[Any] | None" = None,
) -> metrics.Score:
    """The score of ``metric`` (nps, csat, ces) over answers given from ``since`` up to, not including, ``until``.

    Of a customer's answers to relationship surveys only the latest counts; those to surveys after an event all do. The
    two are never averaged for NPS: without ``survey`` it is the relationship NPS. Raises ValueError for an unknown
    metric.
    """
    if metric not in Survey.Metric.values or metric == Survey.Metric.NONE:
        raise ValueError(f"unknown metric {metric}")
    rows = _within(Response.objects.counted().filter(metric=metric), "answered_at", since, until)
    if touchpoint is not None:
        rows = rows.filter(touchpoint=touchpoint)
    if survey is not None:
        rows = rows.filter(survey=survey)
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=customer_ids)
    counts = _latest_per_customer(rows.filter(survey__cadence=Survey.Cadence.RELATIONSHIP))
    if metric != Survey.Metric.NPS or survey is not None:
        counts += _all(rows.filter(survey__cadence=Survey.Cadence.TRANSACTIONAL))
    if metric == Survey.Metric.NPS:
        return metrics.nps(*metrics.nps_counts(counts))
    if metric == Survey.Metric.CSAT:
        return metrics.csat([counts[value] for value in range(1, 6)])
    return metrics.ces([counts[value] for value in range(1, 8)])


def response_rate(
    since: datetime | None = None,
    until: datetime | None = None,
    touchpoint: Touchpoint | None = None,
    survey: Survey | None = None,
) -> float | None:
    """Share (0 to 1) of invitations that could arrive and were answered; None when none could.

    The period is that of sending. Mails refused by the mailbox and invitations never sent do not count.
    """
    rows = _within(Invitation.objects.all(), "created_at", since, until)
    if touchpoint is not None:
        rows = rows.filter(touchpoint=touchpoint)
    if survey is not None:
        rows = rows.filter(survey=survey)
    counted = rows.order_by().aggregate(
        reached=Count("pk", filter=Q(state__in=_REACHED)),
        bounced=Count("pk", filter=Q(state=Invitation.State.BOUNCED)),
        answered=Count("pk", filter=Q(state=Invitation.State.ANSWERED)),
    )
    sent = counted["reached"] + counted["bounced"]
    return metrics.response_rate(counted["answered"], sent, hard_bounced=counted["bounced"])


def _within(rows: QuerySet[Any], field: str, since: datetime | None, until: datetime | None) -> QuerySet[Any]:
    if since is not None:
        rows = rows.filter(**{f"{field}__gte": since})
    return rows.filter(**{f"{field}__lt": until}) if until is not None else rows


def _latest_per_customer(rows: QuerySet[Response]) -> Counter[int]:
    latest = rows.order_by("customer_id", "-answered_at", "-pk").distinct("customer_id")
    return _all(Response.objects.filter(pk__in=latest.values("pk")))


def _all(rows: QuerySet[Response]) -> Counter[int]:
    counted = rows.order_by().values_list("score").annotate(number=Count("pk"))
    return Counter(dict(counted))
