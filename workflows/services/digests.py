"""The morning's digest: one mail a day to each person something waits for."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.staff.selectors.firm import firm_today, the_firm
from workflows.logic.mornings import next_morning
from workflows.models import Message
from workflows.selectors.calendars import default_calendar
from workflows.selectors.digest import who_has_something
from workflows.services.outbox import queue_message

DIGEST = "workflows.digest"


@transaction.atomic
def start_digests() -> None:
    """Put the next digest on the agenda; repeating it changes nothing."""
    enqueue(DIGEST, the_firm().id, due_at=next_morning(default_calendar(), now()))


@agenda_kind(DIGEST, priority=6)
@transaction.atomic
def send_digests(_firm_id: UUID) -> Later:
    """Queue today's digests and come back next morning; after days of standstill there is still just one a person."""
    today = firm_today()
    for user in who_has_something():
        queue_message(
            kind=Message.Kind.DIGEST, ref=user.id, dedupe_key=f"digest:{user.id}:{today.isoformat()}", user=user
        )
    return Later(next_morning(default_calendar(), now()))
