"""What is known of customers: of one, and of all by kind."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from customers.models import Fact
from customers.selectors.customers import Reader
from cxcrm.core.clock import now
from tenants.staff.roles import Level

# One question per contact: who told us something this lately is left in peace.
ONE_CONTACT: Final = timedelta(hours=8)
SHOWN: Final = 60


def facts_visible_to(reader: Reader) -> "QuerySet[Fact]":
    """Everything known for those who may read customers, nothing for others."""
    return Fact.objects.all() if reader.allows("customers", Level.READ) else Fact.objects.none()


def standing_facts(customer_id: UUID) -> list[Fact]:
    """What holds of one customer, the latest confirmed first."""
    return list(Fact.objects.filter(customer_id=customer_id, withdrawn_at=None).select_related("noted_by")[:SHOWN])


def way_known(customer_id: UUID, kind: str) -> str:
    """By which way somebody came, or what convinced them, as far as it is known; "" where nobody asked."""
    rows = Fact.objects.known().filter(customer_id=customer_id, kind=kind)
    return rows.exclude(way="").values_list("way", flat=True).first() or ""


def told_just_now(facts: Iterable[Fact]) -> bool:
    """Did the customer tell one of ``facts`` within the contact we are in?"""
    since = now() - ONE_CONTACT
    return any(fact.source == Fact.Source.DECLARED and fact.confirmed_at > since for fact in facts)


def counts_by_kind() -> dict[str, int]:
    """Kind → how many facts of it hold, guesses left out; kinds without any are missing."""
    rows = Fact.objects.known().order_by()
    return dict(rows.values_list("kind").annotate(times=Count("pk")))


def most_about(kind: str, shown: int = 8) -> list[tuple[str, int]]:
    """What facts of ``kind`` are mostly about: product or place → customers who said so, the most first."""
    rows = Fact.objects.known().filter(kind=kind).exclude(about="")
    counted = rows.order_by().values_list("about").annotate(people=Count("customer", distinct=True))
    return list(counted.order_by("-people", "about")[:shown])


def who_name_values(span: timedelta) -> tuple[int, int]:
    """How many customers came or stayed away for what the brand stands for, of all who said why within ``span``."""
    why = Fact.objects.known().filter(kind__in=Fact.WHY, confirmed_at__gt=now() - span)
    found = why.exclude(reason="").aggregate(
        named=Count("customer", distinct=True, filter=Q(reason=Fact.Reason.VALUES)),
        everybody=Count("customer", distinct=True),
    )
    return found["named"], found["everybody"]
