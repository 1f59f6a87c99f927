"""The life of a complaint from receipt to the customer's own "yes, it is solved"."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback import events
from feedback.errors import (
    CauseNotInUse,
    ComplaintInvalid,
    PersonNotWorking,
    PerspectiveMissing,
    RemedyNotOffered,
    ReopenWindowClosed,
)
from feedback.logic.complaint_states import ComplaintAction, may
from feedback.models import Complaint, ComplaintNote, Perspective, RootCause
from feedback.selectors.complaints import offered_remedies
from feedback.services.case import advance, clean_text, lock, refuse, save, tell
from feedback.services.mentions import call_colleagues_in
from feedback.services.note_files import NewFile, attach_to_note
from feedback.services.notes import write_note
from feedback.services.opening import open_complaint
from tenants.staff.models import Department
from tenants.staff.selectors.people import working_user

__all__ = [
    "acknowledge",
    "add_note",
    "assess",
    "assign",
    "choose_remedy",
    "confirm",
    "expire",
    "log_contact",
    "open_complaint",
    "refer",
    "reopen",
    "resolve_complaint",
    "start_work",
    "transfer",
]

REOPEN_WITHIN = timedelta(days=30)
CONTACTS = ("call", "visit")
State = Complaint.State


@transaction.atomic
def acknowledge(*, complaint_id: UUID) -> Complaint:
    """The customer was told that it arrived. Work may have begun before: then only the time is noted.

    Repeating it changes nothing. Raises NotFound, or InvalidState when it is closed and was never acknowledged.
    """
    complaint = lock(complaint_id)
    may_move = may(complaint.state, ComplaintAction.ACKNOWLEDGE)
    if complaint.acknowledged_at is not None and not may_move:
        return complaint
    if may_move:
        advance(complaint, ComplaintAction.ACKNOWLEDGE)
    elif not complaint.is_open:
        refuse(complaint, ComplaintAction.ACKNOWLEDGE)
    complaint.acknowledged_at = complaint.acknowledged_at or now()
    save(complaint, "acknowledged_at")
    tell(complaint, "complaint.acknowledged", direction="out")
    publish(events.ComplaintAcknowledged(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def assess(*, complaint_id: UUID, severity: str) -> Complaint:
    """Set how serious it is (S1 to S4). While it is worked on, the severity may be corrected without a step back.

    Raises NotFound, InvalidState unless open, ComplaintInvalid for an unknown severity.
    """
    complaint = lock(complaint_id)
    _check_severity(severity)
    before = complaint.severity
    if may(complaint.state, ComplaintAction.ASSESS):
        advance(complaint, ComplaintAction.ASSESS)
    elif not complaint.is_open:
        refuse(complaint, ComplaintAction.ASSESS)
    elif severity == before:
        return complaint
    complaint.severity = severity
    if severity != before:
        complaint.severity_reasons = ["staff"]
    save(complaint, "severity", "severity_reasons")
    tell(complaint, "complaint.assessed", data={"severity": severity, "before": before})
    publish(events.ComplaintAssessed(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def assign(*, complaint_id: UUID, owner_id: UUID, note: str = "") -> Complaint:
    """Give it to another owner, with an internal note if there is something to say.

    Giving it to its owner changes nothing but the note. Raises NotFound, PersonNotWorking, InvalidState when closed.
    """
    complaint = lock(complaint_id)
    if not (complaint.is_open or complaint.state == State.COMMUNICATED):
        refuse(complaint, "assign")
    owner = working_user(owner_id)
    if owner is None:
        raise PersonNotWorking(field="owner_id")
    note = clean_text(note, "note")
    if note:
        call_colleagues_in(write_note(complaint, note))
    if complaint.owner_id == owner.pk:
        return complaint
    complaint.owner = owner
    save(complaint, "owner")
    tell(complaint, "complaint.assigned", body=note, data={"owner": str(owner)})
    publish(events.ComplaintAssigned(complaint_id=complaint.pk, owner_id=owner.pk))
    return complaint


@transaction.atomic
def transfer(
    *, complaint_id: UUID, owner_id: UUID | None = None, department_id: UUID | None = None, note: str = ""
) -> Complaint:
    """Give it to a person, or to a department: to whoever handles first there, else its head.

    Raises NotFound, PersonNotWorking (also for a department where nobody is named), InvalidState when closed.
    """
    if owner_id is None and department_id is not None:
        department = Department.objects.select_related("handler", "lead").filter(pk=department_id).first()
        if department is None:
            raise NotFound(field="department_id")
        named = (department.handler, department.lead)
        owner_id = next((one.pk for one in named if one is not None and one.is_active), None)
    if owner_id is None:
        raise PersonNotWorking(field="department_id" if department_id else "owner_id")
    return assign(complaint_id=complaint_id, owner_id=owner_id, note=note)


@transaction.atomic
def start_work(*, complaint_id: UUID) -> Complaint:
    """Somebody looks into it now. Raises NotFound, InvalidState."""
    complaint = lock(complaint_id)
    advance(complaint, ComplaintAction.INVESTIGATE)
    save(complaint)
    tell(complaint, "complaint.started")
    publish(events.ComplaintStarted(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def choose_remedy(*, complaint_id: UUID, remedy_id: UUID, note: str = "") -> Complaint:
    """Decide what is done for the customer; until it was told to them, another option may be chosen instead.

    Choosing the same again changes nothing. Raises NotFound, RemedyNotOffered, InvalidState.
    """
    complaint = lock(complaint_id)
    remedy = offered_remedies(complaint).filter(pk=remedy_id).first()
    if remedy is None:
        raise RemedyNotOffered(field="remedy_id")
    if complaint.state == State.DECIDED and complaint.remedy_id == remedy.pk:
        return complaint
    if complaint.state != State.DECIDED:
        advance(complaint, ComplaintAction.DECIDE)
    note = clean_text(note, "note")
    complaint.remedy = remedy
    save(complaint, "remedy")
    if note:
        write_note(complaint, note)
    tell(
        complaint,
        "complaint.decided",
        body=note,
        data={"remedy": remedy.name, "remedy_en": remedy.name_en, "cost": str(remedy.cost)},
    )
    publish(events.ComplaintDecided(complaint_id=complaint.pk, remedy_id=remedy.pk))
    return complaint


@transaction.atomic
def add_note(
    *, complaint_id: UUID, body: str, is_internal: bool = True, files: Sequence[NewFile] = ()
) -> ComplaintNote:
    """Write something down: kept inside, or (``is_internal`` False) mailed to the customer as a reply, with its files.

    A customer who acts (from a page) writes a message of their own: it is shown to both sides and mailed to nobody. The
    first reply is the first personal contact. Raises NotFound, ComplaintInvalid when empty, over 4000 characters or
    with more files than a mail carries, and what ``attach_file`` raises.
    """
    complaint = lock(complaint_id)
    body = clean_text(body, "body", required=True)
    from_customer = current_actor().kind == "customer"
    is_reply = not is_internal and not from_customer
    note = write_note(complaint, body, is_internal=not is_reply, from_customer=from_customer)
    attach_to_note(note, complaint.customer_id, files, by_mail=is_reply)
    if not is_reply and not from_customer:
        call_colleagues_in(note)
    if is_reply:
        _note_contact(complaint)
    tell(
        complaint,
        "complaint.reply" if is_reply else "complaint.note",
        direction="out" if is_reply else "in" if from_customer else "internal",
        body=body,
    )
    publish(events.ComplaintNoted(complaint_id=complaint.pk, note_id=note.pk, is_internal=note.is_internal))
    return note


@transaction.atomic
def log_contact(*, complaint_id: UUID, how: str, body: str) -> ComplaintNote:
    """Write down that somebody talked to the customer: ``how`` is call or visit, ``body`` what was said.

    It is an internal note, an entry of its own in the timeline, and the first personal contact unless there was one.
    Raises NotFound, ComplaintInvalid.
    """
    complaint = lock(complaint_id)
    if how not in CONTACTS:
        raise ComplaintInvalid(field="how", reason="not_a_choice")
    body = clean_text(body, "body", required=True)
    note = write_note(complaint, body)
    _note_contact(complaint)
    tell(complaint, f"{how}.logged", kind=how, direction="out", body=body)
    publish(events.ComplaintNoted(complaint_id=complaint.pk, note_id=note.pk, is_internal=True))
    return note


@transaction.atomic
def resolve_complaint(*, complaint_id: UUID, root_cause_id: UUID, action_taken: str) -> Complaint:
    """Answer the customer: why it happened and what was done. They are then asked whether it is solved.

    Raises NotFound, CauseNotInUse, ComplaintInvalid without an action, InvalidState, and PerspectiveMissing while a
    serious case was not seen from the customer's side.
    """
    complaint = lock(complaint_id)
    advance(complaint, ComplaintAction.RESOLVE)
    if complaint.severity in Complaint.SERIOUS:
        seen = Perspective.objects.filter(complaint=complaint).first() or Perspective()
        if seen.missing:
            raise PerspectiveMissing(missing=seen.missing)
    cause = RootCause.objects.filter(pk=root_cause_id, is_active=True).select_related("parent").first()
    if cause is None:
        raise CauseNotInUse(field="root_cause_id")
    complaint.root_cause = cause
    complaint.action_taken = clean_text(action_taken, "action_taken", required=True)
    complaint.resolved_at = now()
    complaint.first_contact_at = complaint.first_contact_at or complaint.resolved_at
    save(complaint, "root_cause", "action_taken", "resolved_at", "first_contact_at")
    tell(
        complaint,
        "complaint.resolved",
        direction="out",
        body=complaint.action_taken,
        data={"root_cause": cause.name, "root_cause_en": cause.name_en},
    )
    publish(events.ComplaintResolved(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def confirm(*, complaint_id: UUID) -> Complaint:
    """The customer says it is solved. Saying so again changes nothing. Raises NotFound, InvalidState."""
    complaint = lock(complaint_id)
    if complaint.state == State.CLOSED_CONFIRMED:
        return complaint
    advance(complaint, ComplaintAction.CONFIRM)
    complaint.closed_at = now()
    save(complaint, "closed_at")
    tell(complaint, "complaint.confirmed", direction="in")
    publish(events.ComplaintConfirmed(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def reopen(*, complaint_id: UUID, words: str = "") -> Complaint:
    """It is not solved: open it again, with what is still missing in ``words``.

    Customers may do so within 30 days of the closing, staff at any time. Repeating it before anybody acted adds the
    words only. Raises NotFound, InvalidState, ReopenWindowClosed, ComplaintInvalid for words that are too long.
    """
    complaint = lock(complaint_id)
    words = clean_text(words, "words")
    from_customer = current_actor().kind == "customer"
    if complaint.state == State.REOPENED:
        if words and not complaint.notes.filter(body=words).exists():
            add_note(complaint_id=complaint.pk, body=words)
        return complaint
    advance(complaint, ComplaintAction.REOPEN)
    if from_customer and complaint.closed_at and now() - complaint.closed_at > REOPEN_WITHIN:
        raise ReopenWindowClosed
    complaint.reopened_count += 1
    # A new run: somebody is to talk to the customer again, and there is no answer yet.
    complaint.first_contact_at = complaint.resolved_at = complaint.closed_at = None
    save(complaint, "reopened_count", "first_contact_at", "resolved_at", "closed_at")
    if words:
        write_note(complaint, words, from_customer=from_customer)
    tell(
        complaint,
        "complaint.reopened",
        direction="in" if from_customer else "internal",
        body=words,
        data={"times": complaint.reopened_count},
    )
    publish(events.ComplaintReopened(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def expire(*, complaint_id: UUID) -> Complaint:
    """The customer did not say whether it is solved: close it, to be reopened by link. Repeating changes nothing.

    Raises NotFound, InvalidState.
    """
    complaint = lock(complaint_id)
    if complaint.state == State.CLOSED_NO_REPLY:
        return complaint
    advance(complaint, ComplaintAction.EXPIRE)
    complaint.closed_at = now()
    save(complaint, "closed_at")
    tell(complaint, "complaint.expired")
    publish(events.ComplaintExpired(complaint_id=complaint.pk))
    return complaint


@transaction.atomic
def refer(*, complaint_id: UUID, note: str) -> Complaint:
    """Hand it to an outside body (authority, consumer association, court), which ends it here; ``note`` says to whom.

    Raises NotFound, InvalidState, ComplaintInvalid without a note.
    """
    complaint = lock(complaint_id)
    advance(complaint, ComplaintAction.REFER)
    note = clean_text(note, "note", required=True)
    complaint.closed_at = now()
    save(complaint, "closed_at")
    write_note(complaint, note)
    tell(complaint, "complaint.referred", body=note)
    publish(events.ComplaintReferred(complaint_id=complaint.pk))
    return complaint


def _note_contact(complaint: Complaint) -> None:
    if complaint.first_contact_at is None:
        complaint.first_contact_at = now()
        save(complaint, "first_contact_at")


def _check_severity(severity: str) -> None:
    if severity not in Complaint.Severity.values:
        raise ComplaintInvalid(_("Severity is S1, S2, S3 or S4."), field="severity", reason="not_a_choice")
