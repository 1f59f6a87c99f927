"""Customers' words that were taken to be cited, and what may still be taken."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from customers.models import Interaction, Quote
from customers.selectors.customers import Reader
from customers.selectors.hiding import hidden_from
from tenants.staff.roles import Level

# Link tables of the rooms that cite quotes, each with a foreign key ``quote``.
_citing: list[Any] = []


def cites_quotes(model: Any) -> Any:
    """Register a link table that cites quotes, as a class decorator; see ``uses_of``."""
    if model not in _citing:
        _citing.append(model)
    return model


def citing() -> Sequence[Any]:
    """All that is registered."""
    return tuple(_citing)


def entry_open_to(reader: Reader | None, interaction_id: UUID) -> Interaction | None:
    """An entry of a timeline whose words ``reader`` may read; None also where it is about a case out of their reach."""
    rows = Interaction.objects.filter(pk=interaction_id)
    hidden = hidden_from(reader) if reader is not None else None
    return (rows if hidden is None else rows.exclude(hidden)).first()


def entry_about(reader: Reader, subject_id: UUID) -> Interaction | None:
    """The latest entry of a timeline about one row of the rooms above, as far as ``reader`` may read it."""
    rows, hidden = Interaction.objects.filter(subject_id=subject_id), hidden_from(reader)
    return (rows if hidden is None else rows.exclude(hidden)).order_by("-occurred_at").first()


# We called, or went there: what stands in it is what the customer said then.
_TOLD_BY_STAFF: Final = (Interaction.Kind.CALL, Interaction.Kind.VISIT)
# What was bought or agreed to, and what a file brought.
_NO_WORDS: Final = (
    Interaction.Kind.ORDER, Interaction.Kind.DELIVERY, Interaction.Kind.CONSENT, Interaction.Kind.IMPORT,
)  # fmt: skip
# What a customer said at the counter or on the phone, written down by staff.
_WRITTEN_DOWN: Final = ("complaint.opened",)


def is_quotable(entry: Interaction) -> bool:
    """May words be taken from ``entry``: does it hold any, and can they be the customer's?"""
    told_by_customer = entry.direction == Interaction.Direction.IN or entry.what in _WRITTEN_DOWN
    if not entry.body or entry.kind in _NO_WORDS or entry.what.startswith("purchase."):
        return False
    return told_by_customer or entry.kind in _TOLD_BY_STAFF


def quotes_visible_to(reader: Reader) -> QuerySet[Quote]:
    """Quotes are taken to be read by everybody who reads about customers; what tells how to reach them is starred."""
    return Quote.objects.all() if reader.allows("customers", Level.READ) else Quote.objects.none()


def quotes() -> QuerySet[Quote]:
    """All there are, for the services of the floors above that let one be chosen."""
    return Quote.objects.all()


def with_uses(rows: QuerySet[Quote]) -> QuerySet[Quote]:
    """``rows`` with how often each is cited as ``uses``; counted for those of a page only."""
    each = [
        Coalesce(
            Subquery(
                model.objects.filter(quote_id=OuterRef("pk")).order_by().values("quote_id").values(n=Count("pk")),
                output_field=IntegerField(),
            ),
            0,
        )
        for model in _citing
    ]
    return rows.annotate(uses=sum(each, start=Value(0)))


def uses_of(quote_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How often each quote is cited, over all rooms (domain.md §1, 3.14: reuse)."""
    found = dict.fromkeys(quote_ids, 0)
    for model in _citing:
        rows = model.objects.filter(quote_id__in=quote_ids).values_list("quote_id").annotate(uses=Count("pk"))
        for ident, uses in rows:
            found[ident] += uses
    return found
