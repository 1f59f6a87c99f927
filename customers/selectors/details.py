"""How to reach customers, what others call them and what they agreed to, said in SQL beside each row."""

from typing import Any

from django.db.models import Count, OuterRef, Q

from customers.models import Consent, ContactPoint, Customer, ExternalId
from cxcrm.core.db.json import AsObject, Lists

_MINE = {"customer": OuterRef("pk")}


_CONTACTS = Lists(
    ContactPoint.objects.filter(**_MINE).order_by("kind", "-is_primary", "id"),
    "value",
    phones=Q(kind=ContactPoint.Kind.PHONE),
    emails=Q(kind=ContactPoint.Kind.EMAIL),
    undeliverable=Q(undeliverable_at__isnull=False),
)


# Phones and e-mail addresses, the preferred one first; numbers elsewhere by their system; what stands for each purpose.
DETAILS: dict[str, Any] = {
    "phones": _CONTACTS.one("phones"),
    "emails": _CONTACTS.one("emails"),
    "undeliverable": _CONTACTS.one("undeliverable"),
    # Of several numbers in one system the highest.
    "numbers": AsObject(
        ExternalId.objects.filter(**_MINE)
        .order_by("source", "-value")
        .distinct("source")
        .values_list("source", "value")
    ),
    "standing": AsObject(
        Consent.objects.filter(**_MINE)
        .order_by("purpose", "-stated_at", "-id")
        .distinct("purpose")
        .values_list("purpose", "granted")
    ),
}


def wards_in_use() -> list[str]:
    """The wards most of the firm's customers live in, to be suggested."""
    counted = (
        Customer.objects.exclude(ward="").values_list("ward").annotate(times=Count("pk")).order_by("-times", "ward")
    )
    return [ward for ward, _times in counted[:50]]
