"""Promises: made to a customer, remembered before they are due, and settled as kept, broken or withdrawn."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.models import Complaint
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.errors import PromiseInvalid, PromiseSettled
from workflows.models import Alert, Message, Promise
from workflows.selectors.audiences import stand_in
from workflows.selectors.calendars import default_calendar
from workflows.selectors.promises import is_customer, notes_of
from workflows.services.alerts import raise_alert
from workflows.services.due import is_due
from workflows.services.outbox import queue_message

REMIND, DUE, RAISE = "workflows.remind_promise", "workflows.break_promise", "workflows.raise_promise"
# A reminder leaves time to act; one a moment after the promise was made would only annoy.
_LEAD = timedelta(hours=1)
_SHORTEST_LEAD = timedelta(minutes=10)
_LONGEST_AHEAD = timedelta(days=366)
# Business time the owner has to make it good before their manager hears of it.
RAISE_AFTER = timedelta(hours=1)
_TEXT, _EVIDENCE = 300, 500
_State = Promise.State


@transaction.atomic
def make_promise(
    *,
    text: str,
    due_at: datetime,
    owner_id: UUID,
    complaint_id: UUID | None = None,
    customer_id: UUID | None = None,
    note_id: UUID | None = None,
) -> Promise:
    """Write down what was promised to a customer, on a complaint or beside one.

    Raises NotFound (complaint, customer, note), PromiseInvalid (text, due_at, owner).
    """
    customer_id = _customer(complaint_id, customer_id)
    text, at = " ".join(text.split()), now()
    if not text or len(text) > _TEXT:
        raise PromiseInvalid(field="text")
    if not at < due_at <= at + _LONGEST_AHEAD:
        raise PromiseInvalid(field="due_at")
    owner = working_user(owner_id)
    if owner is None:
        raise PromiseInvalid(field="owner")
    if note_id is not None and note_id not in notes_of(complaint_id):
        raise NotFound(field="note")
    row = Promise.objects.create(
        customer_id=customer_id,
        complaint_id=complaint_id,
        note_id=note_id,
        text=text,
        due_at=due_at,
        owner=owner,
        department_id=owner.department_id,
    )
    begin(row, lead=_LEAD)
    return row


def begin(row: Promise, *, lead: timedelta) -> None:
    """Its clock runs: remembered ``lead`` before it is due (half way where that is sooner), broken at its time."""
    at = now()
    remind_at = row.due_at - min(lead, (row.due_at - at) / 2)
    if remind_at - at >= _SHORTEST_LEAD:
        enqueue(REMIND, row.id, due_at=remind_at)
    enqueue(DUE, row.id, due_at=row.due_at)
    _tell(row, "promise.made", {"due": row.due_at.isoformat(), "owner": row.owner.full_name})
    publish(events.PromiseMade(promise_id=row.id))


@transaction.atomic
def keep_promise(*, promise_id: UUID, evidence: str = "") -> Promise:
    """It was kept, in time or late. Raises NotFound, PromiseSettled, PromiseInvalid."""
    row = open_one(promise_id, of_brand=False)
    state = _State.KEPT if now() <= row.due_at else _State.KEPT_LATE
    return settle(row, state, evidence, "promise.kept")


@transaction.atomic
def withdraw_promise(*, promise_id: UUID, evidence: str) -> Promise:
    """It need not be kept any more, and why. Raises NotFound, PromiseSettled, PromiseInvalid without a reason."""
    row = open_one(promise_id, of_brand=False)
    if not evidence.strip():
        raise PromiseInvalid(field="evidence")
    return settle(row, _State.WITHDRAWN, evidence, "promise.withdrawn")


def _never_done(promise_id: UUID, error: str) -> None:
    complaint_id = Promise.objects.values_list("complaint_id", flat=True).get(pk=promise_id)
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=promise_id, complaint_id=complaint_id, detail=error)


@agenda_kind(REMIND, lane="normal", priority=3)
@transaction.atomic
def remind_promise(promise_id: UUID) -> None:
    """Remind whoever owes it, or who stands in for them."""
    row = _locked(promise_id)
    if row.state == _State.OPEN and row.reminded_at is None and row.due_at > now():
        row.reminded_at = now()
        row.save(update_fields=["reminded_at"])
        _mail(row, Message.Kind.PROMISE_DUE, row.owner)


@agenda_kind(DUE, lane="escalation", priority=2, on_dead=_never_done)
@transaction.atomic
def break_promise(promise_id: UUID) -> Later | None:
    """Its time has come and nobody said that it was kept: its owner hears of it, after an hour's work their manager."""
    row = _locked(promise_id)
    if row.state != _State.OPEN:
        return None
    if not is_due(row.due_at):
        return Later(row.due_at)
    row.state = _State.BROKEN
    row.save(update_fields=["state"])
    _mail(row, Message.Kind.PROMISE_BROKEN, row.owner)
    enqueue(RAISE, row.id, due_at=default_calendar().add(row.due_at, RAISE_AFTER))
    _tell(row, "promise.broken", {"owner": row.owner.full_name})
    publish(events.PromiseBroken(promise_id=row.id))
    return None


@agenda_kind(RAISE, lane="escalation", priority=2, on_dead=_never_done)
@transaction.atomic
def raise_promise(promise_id: UUID) -> None:
    """Still not made good: the owner's manager hears of it, else whoever gets what finds nobody."""
    row = _locked(promise_id)
    if row.state != _State.BROKEN or row.raised_at is not None:
        return
    manager = _manager(row.owner)
    if manager is None:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=row.id, complaint_id=row.complaint_id, detail=row.text)
        return
    row.raised_at = now()
    row.save(update_fields=["raised_at"])
    _mail(row, Message.Kind.PROMISE_BROKEN, manager)


def _manager(owner: User) -> User | None:
    department = owner.department
    for person in (owner.manager, department.lead if department else None):
        if person is not None and person.pk != owner.pk:
            return person
    return None


def _mail(row: Promise, kind: str, person: User) -> None:
    reader = stand_in(person.pk, firm_today()) or person
    queue_message(kind=kind, ref=row.id, dedupe_key=f"{kind}:{row.id}:{person.pk}", user=reader)


def settle(row: Promise, state: str, evidence: str, what: str) -> Promise:
    """What became of a locked ``row``, and how one can see it; nobody is reminded of it any more."""
    evidence = " ".join(evidence.split())
    if len(evidence) > _EVIDENCE:
        raise PromiseInvalid(field="evidence")
    actor = current_actor()
    row.state, row.evidence, row.settled_at = state, evidence, now()
    row.settled_by_id = actor.user_id
    row.save(update_fields=["state", "evidence", "settled_at", "settled_by"])
    for kind in (REMIND, DUE, RAISE):
        cancel(f"{kind}:{row.id}")
    _tell(row, what, {"late": state == _State.KEPT_LATE}, evidence)
    publish(events.PromiseSettled(promise_id=row.id))
    return row


def _tell(row: Promise, what: str, data: dict[str, object], more: str = "") -> None:
    if row.customer_id is None:  # said to everybody: nobody's timeline tells of it
        return
    record_interaction(
        customer_id=row.customer_id,
        kind="complaint" if row.complaint_id else "note",
        what=what,
        body=f"{row.text}\n{more}".strip(),
        data=data,
        subject=row.complaint or row,
    )


def _customer(complaint_id: UUID | None, customer_id: UUID | None) -> UUID:
    if complaint_id is not None:
        found = Complaint.objects.filter(pk=complaint_id).values_list("customer_id", flat=True).first()
        if found is None:
            raise NotFound(field="complaint")
        return found
    if customer_id is None or not is_customer(customer_id):
        raise NotFound(field="customer")
    return customer_id


def open_one(promise_id: UUID, *, of_brand: bool) -> Promise:
    """The promise to settle, locked. Raises NotFound, PromiseSettled."""
    rows = Promise.objects.filter(customer__isnull=of_brand)
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=promise_id).first()
    if row is None:
        raise NotFound
    if not row.is_open:
        raise PromiseSettled
    return row


def _locked(promise_id: UUID) -> Promise:
    row = (
        Promise.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner__manager", "owner__department__lead", "complaint")
        .filter(pk=promise_id)
        .first()
    )
    if row is None:
        raise NotYet(f"promise {promise_id}")
    return row
