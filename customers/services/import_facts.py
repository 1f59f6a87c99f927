"""What the column of a file on how customers came means beside what is known."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.logic.sensitive import looks_sensitive
from customers.logic.ways import way_of
from customers.models import Fact
from cxcrm.core.db.arrays import among


def known_to_have_come(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Those of whom somebody knows already how they found us."""
    known = Fact.objects.known().filter(customer_id__in=among(customer_ids), kind=Fact.Kind.FIRST_SOURCE)
    return set(known.values_list("customer_id", flat=True))


def new_source(words: str, customer_id: UUID, noted_by_id: Any, moment: datetime) -> Fact:
    """The fact to add, in the words of the file; what they mean where we know them, else another way."""
    return Fact(
        customer_id=customer_id,
        kind=Fact.Kind.FIRST_SOURCE,
        text=words,
        way=way_of(words),
        source=Fact.Source.DECLARED,
        is_sensitive=looks_sensitive(words),
        noted_by_id=noted_by_id,
        stated_at=moment,
        confirmed_at=moment,
        created_at=moment,
    )
