"""Ending sessions."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from tenants.staff.models import Session


@transaction.atomic
def end_sessions(*, user_id: UUID, keep: UUID | None = None) -> int:
    """End every session of a person except ``keep``; returns how many."""
    rows = Session.objects.filter(user_id=user_id)
    return (rows.exclude(pk=keep) if keep else rows).delete()[0]


@transaction.atomic
def end_session(*, user_id: UUID, session_id: UUID) -> None:
    """End one session of a person; one that has ended already stays ended."""
    Session.objects.filter(user_id=user_id, pk=session_id).delete()


def clear_expired() -> None:
    """Drop what nobody can use any more; asked for at every log-in, so the table stays small by itself."""
    Session.objects.filter(expires_at__lt=now()).delete()
