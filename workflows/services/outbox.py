"""Putting a mail on the agenda: one row per delivery, written with the change it tells of."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from customers.selectors.customers import primary_email
from feedback.models import Invitation
from tenants.services.agenda import enqueue, enqueue_many
from tenants.staff.models import User
from workflows.models import Message

if TYPE_CHECKING:
    from customers.models import Customer

URGENT, SERVICE, BULK = "workflows.send_urgent", "workflows.send_service", "workflows.send"
_Kind = Message.Kind
_URGENT_KINDS = frozenset({_Kind.ESCALATION, _Kind.ASSIGNED, _Kind.PROMISE_BROKEN})


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
        defaults={"kind": kind, "ref": ref, "user": user, "customer": customer, "email": address, "due_at": due_at},
    )
    if created:
        enqueue(agenda_kind_of(kind), message.id, due_at=due_at)
    return message


@transaction.atomic
def queue_invitations(*, dispatch_id: UUID, limit: int) -> int:
    """Queue the mails of up to ``limit`` waiting invitations of a sending that have none; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO workflows_message (id, created_at, kind, ref, dedupe_key, customer_id, email, state, reason,
                   subject, text, filled_in, message_id, attempts, followed_up)
               SELECT uuidv7(), statement_timestamp(), %s, i.id, 'invitation:' || i.id, i.customer_id, i.email, %s, '',
                      '', '', '{}', '', 0, false
               FROM feedback_invitation i
               WHERE i.dispatch_id = %s AND i.state = %s
                 AND NOT EXISTS (SELECT 1 FROM workflows_message m WHERE m.dedupe_key = 'invitation:' || i.id)
               LIMIT %s
               ON CONFLICT (dedupe_key) DO NOTHING
               RETURNING id""",
            [_Kind.INVITATION, Message.State.QUEUED, dispatch_id, Invitation.State.QUEUED, limit],
        )
        message_ids = [row[0] for row in cursor.fetchall()]
    enqueue_many(BULK, message_ids)
    return len(message_ids)
