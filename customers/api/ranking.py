"""What was searched for with its accents comes first, where the hits are few."""

from typing import Any, Final

from django.db.models import Case, IntegerField, QuerySet, Value, When
from rest_framework.request import Request

from customers.logic.text import has_diacritics
from customers.selectors.ranking import as_typed, deserves_ranking
from cxcrm.core.api.pagination import named_in

_BEST: Final = "best"


class BestFirst:
    """Before a list with a search among the bases: hits written as typed, accents and all, come before the others.

    ``search_queryset`` passes its hits through ``best_first``. An ``ordering`` that is asked for wins.
    """

    ordering: Any
    request: Request
    _ranks = False

    def best_first(self, queryset: QuerySet[Any], text: str, *names: str) -> QuerySet[Any]:
        """``names`` are the columns a hit may be written in."""
        if not has_diacritics(text) or "ordering" in self.request.query_params:
            return queryset
        cursor = self.request.query_params.get("cursor")
        # A page that goes on is ordered as the one before it was, however many hits there are by now.
        self._ranks = named_in(cursor) == _BEST if cursor else deserves_ranking(queryset, text)
        if not self._ranks:
            return queryset
        first = Case(When(as_typed(text, *names), then=Value(1)), default=Value(0), output_field=IntegerField())
        return queryset.annotate(is_exact=first)

    def usual_order(self) -> tuple[str, tuple[str, ...]]:
        return (_BEST, ("-is_exact", *self.ordering)) if self._ranks else ("", tuple(self.ordering))
