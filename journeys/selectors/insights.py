"""Insights with what bears them out, how common they are, and which want looking at."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from customers.models import Quote
from journeys.models import Insight, InsightQuote


def borne_out_by(insight: Insight) -> tuple[int, int]:
    """How many quotes bear it out, of how many different customers."""
    found = InsightQuote.objects.filter(insight=insight).aggregate(
        quotes=Count("pk"), people=Count("quote__customer", distinct=True)
    )
    return found["quotes"], found["people"]


def evidence_of(insight: Insight) -> QuerySet[InsightQuote]:
    """The quotes that bear it out, the latest said first."""
    return insight.evidence.select_related("quote__customer", "added_by").order_by("-quote__said_at", "-pk")


def counted() -> QuerySet[Insight]:
    """Insights with ``quotes``, how many bear each out."""
    return Insight.objects.annotate(quotes=Count("evidence"))


def to_look_at(today: date) -> QuerySet[Insight]:
    """Whose day to be looked at again has come, and those of execution that hang on no strategy."""
    loose = Q(level=Insight.Level.EXECUTION, parent=None)
    return Insight.objects.exclude(state=Insight.State.RETIRED).filter(Q(review_on__lte=today) | loose)


def insights_of(quote: Quote) -> QuerySet[Insight]:
    """The insights a quote bears out."""
    return Insight.objects.filter(evidence__quote=quote)
