"""The clocks of what customers ask about their data: whoever answers for it is told at once, and when one runs out."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from customers.selectors.data_requests import data_request
from cxcrm.core.clock import now
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.staff.selectors.firm import firm_today
from workflows.models import Alert, Message
from workflows.selectors.audiences import stand_in
from workflows.services.alerts import clear_alerts, raise_alert
from workflows.services.outbox import queue_message

if TYPE_CHECKING:
    from customers.models import DataRequest

LOOK: Final = "workflows.look_at_data_request"
# Whoever answers is reminded this long before a clock is over.
REMIND: Final = timedelta(days=1)


@transaction.atomic
def watch(*, request_id: UUID) -> None:
    """A request came in: its owner is told, and its clocks are looked at in time. Twice is harmless."""
    asked = data_request(request_id)
    if asked is None or asked.settled_at is not None:
        return
    _mail(asked, "asked")
    enqueue(LOOK, asked.id, due_at=asked.answer_by - REMIND)


def _never_done(request_id: UUID, error: str) -> None:
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=request_id, detail=error)


@agenda_kind(LOOK, lane="escalation", priority=3, on_dead=_never_done)
@transaction.atomic
def look_at_data_request(request_id: UUID) -> Later | None:
    """Remind a day before a clock is over; once it is, the firm sees an alert. Nothing more once it is settled."""
    asked = data_request(request_id)
    if asked is None or asked.settled_at is not None:
        return None
    at = now()
    # An answer that is late does not stop the other clock.
    is_for_answer = asked.answered_at is None and at < asked.due_at - REMIND
    due, clock = (asked.next_due, "answer") if is_for_answer else (asked.due_at, "done")
    if at < due - REMIND:
        return Later(due - REMIND)
    if at < due:
        _mail(asked, f"{clock}-soon")
        return Later(due)
    _mail(asked, f"{clock}-late")
    raise_alert(kind=Alert.Kind.DATA_REQUEST, ref=asked.id, detail=f"{asked.customer}: {asked.get_kind_display()}")
    return Later(asked.due_at - REMIND) if is_for_answer else None


def over(*, request_id: UUID) -> None:
    """It was settled: nobody need look any more."""
    clear_alerts(refs=[request_id], kinds=[Alert.Kind.DATA_REQUEST])


def _mail(asked: "DataRequest", step: str) -> None:
    if asked.owner is None:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=asked.id, detail=str(asked))
        return
    reader = stand_in(asked.owner.pk, firm_today()) or asked.owner
    queue_message(
        kind=Message.Kind.DATA_REQUEST, ref=asked.id, dedupe_key=f"data_request:{asked.id}:{step}", user=reader
    )
