"""How to reach customers, what others call them and what they agreed to, said in SQL beside each row."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from customers.models import Consent, ContactPoint, ExternalId
from cxcrm.core.db.json import AsObject

_MINE = {"customer": OuterRef("pk")}


def _contacts(**which: Any) -> ArraySubquery:
    points = ContactPoint.objects.filter(**_MINE, **which).order_by("kind", "-is_primary", "id")
    return ArraySubquery(points.values("value"))


# Phones and e-mail addresses, the preferred one first; numbers elsewhere by their system; what stands for each purpose.
DETAILS: dict[str, Any] = {
    "phones": _contacts(kind=ContactPoint.Kind.PHONE),
    "emails": _contacts(kind=ContactPoint.Kind.EMAIL),
    "undeliverable": _contacts(undeliverable_at__isnull=False),
    "numbers": AsObject(
        ExternalId.objects.filter(**_MINE).order_by("source", "value").values_list("source", "value")
    ),
    "standing": AsObject(
        Consent.objects.filter(**_MINE)
        .order_by("purpose", "-stated_at", "-id")
        .distinct("purpose")
        .values_list("purpose", "granted")
    ),
}
