"""Putting a mail on the agenda: one row per delivery, written with the change it tells of."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from customers.selectors.customers import primary_email
from tenants.services.agenda import enqueue
from tenants.staff.models import User
from workflows.models import Message

if TYPE_CHECKING:
    from customers.models import Customer

URGENT, SERVICE, BULK = "workflows.send_urgent", "workflows.send_service", "workflows.send"
_Kind = Message.Kind
_URGENT_KINDS = frozenset({_Kind.ESCALATION, _Kind.ASSIGNED})


def agenda_kind_of(kind: str) -> str:
    """Escalations have a lane of their own, service mails go before invitations."""
    if kind in _URGENT_KINDS:
        return URGENT
    return BULK if kind == _Kind.INVITATION else SERVICE


@transaction.atomic
def queue_message(
    *,
    kind: str,
    ref: UUID,
    dedupe_key: str,
    user: User | None = None,
    customer: "Customer | None" = None,
    email: str | None = None,
    due_at: datetime | None = None,
) -> Message | None:
    """Write "send this" once per ``dedupe_key``; it is rendered from ``ref`` when it is sent.

    The address is ``email``, else the staff member's, else the customer's preferred one; without any nothing is
    queued and None returned. Repeating it returns the first message.
    """
    address = email or (user.email if user else primary_email(customer) if customer else "")
    if not address:
        return None
    message, created = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"kind": kind, "ref": ref, "user": user, "customer": customer, "email": address},
    )
    if created:
        enqueue(agenda_kind_of(kind), message.id, due_at=due_at)
    return message


@transaction.atomic
def queue_messages(drafts: Iterable[Message]) -> None:
    """Queue many new messages at once; those whose key exists already are left out."""
    drafts = list(drafts)
    Message.objects.bulk_create(drafts, ignore_conflicts=True)
    keys = [draft.dedupe_key for draft in drafts]
    queued = Message.objects.filter(dedupe_key__in=keys, state=Message.State.QUEUED).values_list("id", "kind")
    for message_id, kind in queued:
        enqueue(agenda_kind_of(kind), message_id)
