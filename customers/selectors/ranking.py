"""What was searched for with its accents comes first, where the hits are few enough to be sorted for it."""

from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet

from customers.logic.text import has_diacritics, nfc

# More hits than anybody looks through are left in their usual order: ranking would sort them all.
RANKED: Final = 500


def deserves_ranking(hits: QuerySet[Any], text: str) -> bool:
    """Was ``text`` typed with accents, and are its ``hits`` few?"""
    return has_diacritics(text) and hits.order_by().values("pk")[: RANKED + 1].count() <= RANKED


def as_typed(text: str, *names: str) -> Q:
    """Hits that have ``text`` letter by letter in one of the columns ``names``."""
    typed = nfc(text.strip())
    return reduce(or_, (Q(**{f"{name}__icontains": typed}) for name in names))
