"""Whose words an initiative that was launched rests on: they made something with us."""

from typing import Any

from django.db.models import Exists, OuterRef

from customers.logic.depth import Depth
from customers.selectors.depth import shows
from journeys.models import InitiativeQuote, InsightQuote


@shows(Depth.CREATES)
def had_their_word_acted_on() -> Any:
    mine = {"quote__customer": OuterRef("pk")}
    cited = InitiativeQuote.objects.filter(**mine, initiative__launched_on__isnull=False)
    borne = InsightQuote.objects.filter(**mine, insight__initiatives__initiative__launched_on__isnull=False)
    return Exists(cited.order_by()) | Exists(borne.order_by())
