"""What customers ask about their own data, as it is read."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from customers.models import DataRequest
from customers.selectors.customers import Reader
from tenants.staff.roles import Level

if TYPE_CHECKING:
    from tenants.staff.models import User

SHOWN: Final = 8


def data_requests_visible_to(reader: Reader) -> "QuerySet[DataRequest]":
    """All of them for those who may read customers, none for others."""
    return DataRequest.objects.all() if reader.allows("customers", Level.READ) else DataRequest.objects.none()


def data_request(request_id: UUID) -> DataRequest | None:
    """One of them, with whose it is."""
    return DataRequest.objects.select_related("customer", "owner").filter(pk=request_id).first()


def data_requests_of(customer_id: UUID) -> list[DataRequest]:
    """What one customer asked, open ones first and by their day, then the latest settled."""
    rows = DataRequest.objects.filter(customer_id=customer_id).select_related("owner")
    return list(rows.order_by(F("settled_at").desc(nulls_first=True), "due_at", "id")[:SHOWN])


def answers_for(user_id: UUID, customer_id: UUID) -> bool:
    """Does somebody answer for an open request of this customer?"""
    return DataRequest.objects.filter(owner=user_id, customer=customer_id, settled_at=None).exists()


def open_data_requests_for(user: "User") -> "QuerySet[DataRequest]":
    """The open ones ``user`` answers for; who manages customers sees those of everybody."""
    rows = DataRequest.objects.filter(settled_at=None).select_related("customer", "owner").order_by("due_at", "id")
    return rows if user.allows("customers", Level.MANAGE) else rows.filter(Q(owner=user.pk))
