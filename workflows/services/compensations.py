"""Money for a customer: granted within one's limit, above it asked of one person after the other until one answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as, current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.models import Complaint, Remedy
from feedback.selectors.complaints import offered_remedies
from feedback.services import complaints
from journeys.selectors.accountability import accountable_for
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today, the_firm
from tenants.staff.selectors.limits import limit_of
from tenants.staff.selectors.people import working_user
from workflows.errors import (
    CompensationInvalid,
    CompensationIsPersonal,
    CompensationOver,
    CompensationWaiting,
    NobodyToAsk,
    NotYourRequest,
    OverAuthority,
)
from workflows.events import CompensationAsked, CompensationDecided
from workflows.models import Alert, Compensation, CompensationAsk, Message
from workflows.selectors.audiences import stand_in
from workflows.selectors.calendars import default_calendar
from workflows.services.alerts import raise_alert
from workflows.services.decisions import may_afford
from workflows.services.due import is_due
from workflows.services.outbox import queue_message

PASS_ON = "workflows.pass_compensation_on"  # noqa: S105 - a kind of work
# Business time to answer; for the other severities a working day.
_URGENT_ANSWER = timedelta(hours=4)
_REASON, _NOTE = 300, 500
_MOST = Decimal("999999999999.99")
_LEVELS_UP = 6
_State = Compensation.State


@transaction.atomic
def compensate(*, complaint_id: UUID, amount: Decimal, reason: str, remedy_id: UUID | None = None) -> Compensation:
    """Grant ``amount`` as the person at work; above their limit the next who may is asked by mail.

    Raises NotFound, CompensationIsPersonal for a partner's key, CompensationInvalid, CompensationWaiting while another
    request waits, NobodyToAsk.
    """
    complaint, person = _locked(complaint_id), _person()
    reason = " ".join(reason.split())
    if not Decimal(0) < amount <= _MOST:
        raise CompensationInvalid(field="amount")
    if not reason or len(reason) > _REASON:
        raise CompensationInvalid(field="reason")
    remedy = _remedy(complaint, remedy_id)
    if Compensation.objects.filter(complaint=complaint, state=_State.WAITING).exists():
        raise CompensationWaiting
    row = Compensation(complaint=complaint, amount=amount, reason=reason, remedy=remedy, asked_by=person)
    if may_afford(person, amount):
        row.state, row.decided_by, row.decided_at = _State.GRANTED, person, now()
        row.save()
        _carry_out(row)
        return row
    row.save()
    if _ask_next(row) is None:
        raise NobodyToAsk
    _tell(row, "compensation.asked")
    publish(CompensationAsked(compensation_id=row.id, complaint_id=complaint.id))
    return row


@transaction.atomic
def approve(*, compensation_id: UUID, note: str = "", ask_id: UUID | None = None) -> Compensation:
    """Grant what was asked, as the person at work, or as who was asked by the mail of ``ask_id``.

    Their limit is looked at as it is now. Raises NotFound, CompensationOver, NotYourRequest, OverAuthority.
    """
    row, person = _waiting(compensation_id, ask_id)
    if not may_afford(person, row.amount):
        raise OverAuthority(cost=str(row.amount), limit=str(limit_of(person)))
    with acting_as(Actor("user", person.pk, person.full_name)):
        _decide(row, _State.GRANTED, person, note)
        _carry_out(row)
    return row


@transaction.atomic
def decline(*, compensation_id: UUID, note: str, ask_id: UUID | None = None) -> Compensation:
    """Say no, and why. Raises NotFound, CompensationOver, NotYourRequest, CompensationInvalid without a note."""
    row, person = _waiting(compensation_id, ask_id)
    if not note.strip():
        raise CompensationInvalid(field="note")
    with acting_as(Actor("user", person.pk, person.full_name)):
        _decide(row, _State.DECLINED, person, note)
        _tell(row, "compensation.declined", row.decision_note)
    return row


@transaction.atomic
def withdraw(*, compensation_id: UUID) -> Compensation:
    """Whoever asked needs it no more; leaders may do so too. Raises NotFound, CompensationOver, NotYourRequest."""
    row, person = _row(compensation_id), _person()
    if row.state != _State.WAITING:
        raise CompensationOver(state=row.state)
    if person.pk != row.asked_by_id and not _leads(person):
        raise NotYourRequest
    _decide(row, _State.WITHDRAWN, person, "")
    _tell(row, "compensation.withdrawn")
    return row


def _never_passed_on(ask_id: UUID, error: str) -> None:
    complaint_id = CompensationAsk.objects.values_list("compensation__complaint_id", flat=True).get(pk=ask_id)
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=ask_id, complaint_id=complaint_id, detail=error)


@agenda_kind(PASS_ON, lane="escalation", priority=3, on_dead=_never_passed_on)
@transaction.atomic
def pass_on(ask_id: UUID) -> Later | None:
    """Nobody answered in time: the next who may is asked; after the last it has expired, and who asked hears of it."""
    ids = CompensationAsk.objects.filter(pk=ask_id).values_list("compensation_id", flat=True).first()
    if ids is None:
        raise NotYet(f"ask {ask_id}")
    row = _row(ids)
    ask = CompensationAsk.objects.get(pk=ask_id)
    if row.state != _State.WAITING or ask.passed_on_at is not None:
        return None
    if not is_due(ask.answer_by):
        return Later(ask.answer_by)
    ask.passed_on_at = now()
    ask.save(update_fields=["passed_on_at"])
    following = _ask_next(row)
    if following is None:
        _decide(row, _State.EXPIRED, None, "")
        _tell(row, "compensation.expired")
    else:
        _tell(row, "compensation.passed_on", data={"to": following.person.full_name})
    return None


@transaction.atomic
def book_remedy(*, complaint_id: UUID, remedy_id: UUID) -> None:
    """A remedy that costs something was chosen: it counts as granted, in the place of one chosen before. Repeatable."""
    complaint = _locked(complaint_id)
    if complaint.remedy_id != remedy_id or complaint.is_sample:
        return
    remedy = Remedy.objects.get(pk=remedy_id)
    granted = Compensation.objects.filter(complaint=complaint, state=_State.GRANTED, remedy__isnull=False)
    if granted.filter(remedy=remedy).exists():
        return
    granted.update(state=_State.WITHDRAWN)
    if remedy.cost > 0:
        actor = current_actor()
        person = working_user(actor.user_id) if actor.user_id else None
        Compensation.objects.create(
            complaint=complaint,
            amount=remedy.cost,
            reason=remedy.name[:_REASON],
            remedy=remedy,
            state=_State.GRANTED,
            asked_by=person,
            decided_by=person,
            decided_at=now(),
        )


def _carry_out(row: Compensation) -> None:
    _tell(row, "compensation.granted", row.decision_note)
    if row.remedy_id and row.complaint.is_open:
        complaints.choose_remedy(complaint_id=row.complaint_id, remedy_id=row.remedy_id)


def _decide(row: Compensation, state: str, person: User | None, note: str) -> None:
    note = " ".join(note.split())
    if len(note) > _NOTE:
        raise CompensationInvalid(field="note")
    row.state, row.decided_by, row.decided_at, row.decision_note = state, person, now(), note
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    for ask in row.asks.all():
        cancel(f"{PASS_ON}:{ask.id}")
    asked_by = row.asked_by
    if asked_by is not None and (person is None or person.pk != asked_by.pk):
        kind = Message.Kind.COMPENSATION_DECIDED
        queue_message(kind=kind, ref=row.id, dedupe_key=f"{kind}:{row.id}", user=asked_by)
    publish(CompensationDecided(compensation_id=row.id, complaint_id=row.complaint_id))


def _ask_next(row: Compensation) -> CompensationAsk | None:
    asked = set(row.asks.values_list("person_id", flat=True))
    today = firm_today()
    for meant in _who_may(row):
        present = stand_in(meant.pk, today)
        if present is None or present.pk in asked or present.pk == row.asked_by_id:
            continue
        if not may_afford(present, row.amount):
            continue
        ask = CompensationAsk.objects.create(
            compensation=row,
            position=len(asked) + 1,
            person=present,
            deputy_for=None if present.pk == meant.pk else meant,
            answer_by=_answer_by(row.complaint),
        )
        kind = Message.Kind.COMPENSATION_ASKED
        queue_message(kind=kind, ref=ask.id, dedupe_key=f"{kind}:{row.id}:{present.pk}", user=present)
        enqueue(PASS_ON, ask.id, due_at=ask.answer_by)
        return ask
    return None


def _who_may(row: Compensation) -> Iterator[User]:
    """The managers above who asked, the executive accountable, the chief, the owners: the nearest first."""
    above, complaint, firm = row.asked_by.manager if row.asked_by else None, row.complaint, the_firm()
    for _level in range(_LEVELS_UP):
        if above is None:
            break
        yield above
        above = above.manager
    accountable = accountable_for(complaint.touchpoint, firm_today())
    if accountable is not None:
        yield accountable.executive
    if firm.chief is not None:
        yield firm.chief
    yield from User.objects.working().filter(role=Role.OWNER).order_by("created_at")


def _answer_by(complaint: Complaint) -> datetime:
    calendar, at = default_calendar(), now()
    if complaint.severity in {Complaint.Severity.S1, Complaint.Severity.S2}:
        return calendar.add(at, _URGENT_ANSWER)
    return calendar.add_working_days(at, 1)


def _waiting(compensation_id: UUID, ask_id: UUID | None) -> tuple[Compensation, User]:
    """The request, locked, and whoever answers it."""
    row = _row(compensation_id)
    if ask_id is not None:
        ask = CompensationAsk.objects.select_related("person").filter(pk=ask_id, compensation=row).first()
        if ask is None or not ask.person.is_active:
            raise NotYourRequest
        person = ask.person
    else:
        person = _person()
        if not row.asks.filter(person=person).exists() and not _leads(person):
            raise NotYourRequest
    if row.state != _State.WAITING:
        raise CompensationOver(state=row.state)
    return row, person


def _row(compensation_id: UUID) -> Compensation:
    """Locked behind its complaint, as everything that happens to one."""
    found = Compensation.objects.filter(pk=compensation_id).values_list("complaint_id", flat=True).first()
    if found is None:
        raise NotFound
    _locked(found)
    return (
        Compensation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("complaint__touchpoint", "asked_by__manager", "remedy")
        .get(pk=compensation_id)
    )


def _remedy(complaint: Complaint, remedy_id: UUID | None) -> Remedy | None:
    if remedy_id is None:
        return None
    remedy = offered_remedies(complaint).filter(pk=remedy_id).first()
    if remedy is None:
        raise NotFound(field="remedy_id")
    return remedy


def _leads(person: User) -> bool:
    return person.role == Role.OWNER or the_firm().chief_id == person.pk


def _person() -> User:
    actor = current_actor()
    person = working_user(actor.user_id) if actor.user_id else None
    if person is None:
        raise CompensationIsPersonal
    return person


def _tell(row: Compensation, what: str, body: str = "", data: dict[str, object] | None = None) -> None:
    complaint = row.complaint
    record_interaction(
        customer_id=complaint.customer_id,
        kind="complaint",
        what=what,
        body="\n".join(part for part in (row.reason, body) if part),
        data={"number": complaint.number, "amount": str(row.amount), "currency": the_firm().currency, **(data or {})},
        subject=complaint,
    )


def _locked(complaint_id: UUID) -> Complaint:
    complaint = Complaint.objects.select_for_update(no_key=True).filter(pk=complaint_id).first()
    if complaint is None:
        raise NotFound
    return complaint
