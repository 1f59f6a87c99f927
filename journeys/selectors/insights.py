"""Insights with what bears them out, how common they are, and which want looking at."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from customers.models import Quote
from journeys.logic.insights import Need, need
from journeys.models import Initiative, InitiativeInsight, Insight, InsightQuote

_OVER = (Initiative.State.ENDED, Initiative.State.DECLINED)


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


@dataclass(frozen=True)
class CommonNeed:
    """An insight with how common and how unmet it is, and what is being done about it."""

    insight: Insight
    need: Need
    under_way: list[Initiative]


def common_needs() -> tuple[list[CommonNeed], int]:
    """What most customers want and do not get comes first, prevalence × unmet; then what nobody asked of who is served,
    by how common it is; then what too few were asked about. And how many insights nobody was asked about. Two queries.
    """
    working = Prefetch(
        "initiatives",
        queryset=InitiativeInsight.objects.exclude(initiative__state__in=_OVER).select_related("initiative__owner"),
    )
    rows = Insight.objects.exclude(state=Insight.State.RETIRED).select_related("stage", "touchpoint")
    found, unasked = [], 0
    for row in rows.prefetch_related(working):
        asked = need(row.shown_by, row.out_of, row.unserved)
        if asked is None:
            unasked += 1
        else:
            found.append(CommonNeed(row, asked, [link.initiative for link in row.initiatives.all()]))
    return sorted(found, key=_most_wanted), unasked


def _most_wanted(one: CommonNeed) -> tuple[bool, bool, float, str]:
    told = one.need.together
    return one.need.is_few, told is None, -(told or one.need.common).value, str(one.insight.pk)


def insights_of(quote: Quote) -> QuerySet[Insight]:
    """The insights a quote bears out."""
    return Insight.objects.filter(evidence__quote=quote)
