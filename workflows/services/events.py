"""The event ledger: written with the change, delivered after commit, each handler once."""

from uuid import UUID

from django.db import transaction

from cxcrm.core import events as core_events
from cxcrm.core.context import Actor, acting_as, caused_by
from feedback.models import Complaint
from tenants.services.agenda import NotYet, agenda_kind, enqueue
from workflows.models import Alert, Event, Receipt
from workflows.services.alerts import raise_alert

KIND = "workflows.deliver_event"


def store(envelope: core_events.Envelope) -> None:
    """Write the event and, when anybody listens, one agenda item to deliver it; in the caller's transaction.

    One item per event instead of one per tenant: no row all writers of a firm would queue up for, and retry,
    back-off and dead letters are the agenda's.
    """
    Event.objects.create(
        id=envelope.id,
        name=envelope.event.name,
        version=envelope.event.version,
        payload=envelope.event.payload(),
        occurred_at=envelope.occurred_at,
        actor_kind=envelope.actor.kind,
        actor_id=envelope.actor.id,
        actor_label=envelope.actor.label,
        causation_id=envelope.causation_id,
        depth=envelope.depth,
    )
    if core_events.handlers_of(envelope.event.name):
        enqueue(KIND, envelope.id)


def never_delivered(event_id: UUID, error: str) -> None:
    """What should have followed from an event never will by itself: the firm sees it."""
    event = Event.objects.get(pk=event_id)
    named = event.payload.get("complaint_id")
    complaint = Complaint.objects.filter(pk=named).first() if named else None
    raise_alert(
        kind=Alert.Kind.GIVEN_UP,
        ref=event.id,
        complaint_id=complaint.pk if complaint else None,
        detail=f"{event.name}: {error}",
    )


@agenda_kind(KIND, lane="escalation", priority=2, on_dead=never_delivered)
def deliver_event(event_id: UUID) -> None:
    """Run every handler that has no receipt yet, each with its receipt in one transaction.

    The first failure is raised after the other handlers had their turn, so the agenda tries again later.
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotYet(f"event {event_id}")
    done = set(event.receipts.values_list("handler", flat=True))
    failure: Exception | None = None
    for name, handler in core_events.handlers_of(event.name).items():
        if name in done:
            continue
        try:
            _handle(event, name, handler)
        except Exception as error:  # noqa: BLE001 - one bad handler must not starve the others; it is raised below
            failure = failure or error
    if failure:
        raise failure


@transaction.atomic
def _handle(event: Event, name: str, handler: core_events.Handler) -> None:
    _receipt, fresh = Receipt.objects.get_or_create(event=event, handler=name)
    if not fresh:
        return
    actor = Actor(event.actor_kind, event.actor_id, event.actor_label)
    with acting_as(actor), caused_by(event.id, event.depth):
        handler(core_events.restore(event.name, event.payload))
