"""Invitations held back by a context: until it is over, and looked at again at once when it is changed or ended.

What is held back waits as a mail put off. A sweep that holds it back shares a lock with whoever changes the context
(feedback.services.contexts), so either sees what the other did; who was at work on a mail meanwhile is waited for.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from cxcrm.core.clock import db_now, now
from cxcrm.core.db.arrays import uuid_array
from feedback.models import ContextEvent
from feedback.selectors.contexts import outdated
from feedback.services.contexts import hold_invitations, mark_looked_at
from tenants.services.agenda import Later, agenda_kind, enqueue, enqueue_many
from workflows.mails.base import HELD
from workflows.models import Message
from workflows.selectors.calendars import default_calendar
from workflows.services.outbox import BULK

LOOK_AGAIN: Final = "workflows.look_again_at_held"
CHUNK: Final = 5_000
SOON: Final = timedelta(seconds=2)


@transaction.atomic
def hold_back(*, messages: Mapping[UUID, UUID]) -> dict[UUID, datetime]:
    """Put the mails of invitations off that a context holds back; message id → invitation id.

    Returns when each is looked at again: in the first opening hours after the context, or when the invitation is out
    of date. Missing are those nothing holds back any more. Three statements, however many.
    """
    held = hold_invitations(invitation_ids=list(messages.values()))
    opens = default_calendar().next_open
    open_at = {until: opens(until) for until in {one.over_at for one in held.values()}}
    due = {
        message_id: min(open_at[held[invitation_id].over_at], held[invitation_id].expires_at)
        for message_id, invitation_id in messages.items()
        if invitation_id in held
    }
    rows = [{"id": str(message_id), "due_at": at.isoformat()} for message_id, at in sorted(due.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_message m SET due_at = v.due_at, reason = %s
               FROM json_to_recordset(%s::json) v(id uuid, due_at timestamptz)
               WHERE m.id = v.id AND m.state = 'queued'""",
            [HELD, json.dumps(rows)],
        )
    return due


@transaction.atomic
def look_again(*, context_id: UUID) -> None:
    """Look again at whatever a context held back, after it was changed or ended; once for each of its versions."""
    version = ContextEvent.objects.values_list("version", flat=True).get(pk=context_id)
    enqueue(LOOK_AGAIN, context_id, dedupe_key=f"{LOOK_AGAIN}:{context_id}:{version}")


@agenda_kind(LOOK_AGAIN, lane="normal", priority=6)
@transaction.atomic
def look_again_at_held(context_id: UUID) -> Later | None:
    """Let what waits for the context be due now, a chunk at a time; what it still pauses, or another, waits on then."""
    waiting = Message.objects.filter(
        kind=Message.Kind.INVITATION,
        state=Message.State.QUEUED,
        reason=HELD,
        ref__in=outdated(context_id).values("invitation_id"),
    )
    found = dict(waiting.order_by("id").values_list("pk", "ref")[:CHUNK])
    free = enqueue_many(BULK, list(found), reschedule=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_message SET due_at = %s, reason = '' WHERE id = ANY(%s::uuid[]) AND state = 'queued'",
            [now(), uuid_array(sorted(free))],
        )
    mark_looked_at(context_id=context_id, invitation_ids=[found[message_id] for message_id in free])
    # Whoever is at work on one just now may put it off as the context was before: that one is looked at once more.
    return Later(db_now() + SOON) if len(found) == CHUNK or len(free) < len(found) else None
