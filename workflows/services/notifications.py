"""Which mail an occurrence calls for; each at most once, by its key."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from cxcrm.core.clock import db_now
from cxcrm.core.context import current_actor, current_cause
from cxcrm.core.ids import new_id
from feedback.models import Complaint, ComplaintNote, NoteMention
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.staff.models import User
from workflows.models import EscalationStep, Message
from workflows.services.outbox import queue_invitations, queue_message

FAN_OUT = "workflows.fan_out"
_CHUNK = 10_000
_Kind = Message.Kind


@transaction.atomic
def invite(*, dispatch_id: UUID) -> None:
    """Mail every waiting invitation of a sending, in chunks, so that a hundred thousand hold nobody up."""
    enqueue(FAN_OUT, dispatch_id)


@agenda_kind(FAN_OUT, lane="normal", priority=6)
@transaction.atomic
def fan_out(dispatch_id: UUID) -> Later | None:
    """Queue the next chunk of a sending's invitations; called again until none is left."""
    count = queue_invitations(dispatch_id=dispatch_id, limit=_CHUNK)
    return Later(db_now()) if count == _CHUNK else None


@transaction.atomic
def acknowledge_receipt(*, complaint_id: UUID) -> Message | None:
    """Tell the customer that their complaint arrived, its number and what happens next."""
    return _to_customer(_Kind.ACKNOWLEDGEMENT, _complaint(complaint_id), "")


@transaction.atomic
def announce_first_owner(*, complaint_id: UUID) -> Message | None:
    """Tell whom a new complaint was given to; of a critical one the ladder tells at once, so nothing is said twice."""
    complaint = _complaint(complaint_id)
    if complaint.severity == Complaint.Severity.S1 or complaint.is_sample:
        return None
    return announce_owner(complaint_id=complaint.id, owner_id=complaint.owner_id)


@transaction.atomic
def announce_owner(*, complaint_id: UUID, owner_id: UUID) -> Message | None:
    """Tell an owner that a complaint is theirs, unless they made it so themselves."""
    if current_actor().id == owner_id:
        return None
    owner = User.objects.working().filter(pk=owner_id).first()
    if owner is None:
        return None
    cause = current_cause()[0] or complaint_id
    return queue_message(
        kind=_Kind.ASSIGNED, ref=complaint_id, dedupe_key=f"assigned:{complaint_id}:{owner_id}:{cause}", user=owner
    )


@transaction.atomic
def mail_reply(*, note_id: UUID) -> Message | None:
    """Mail a reply to the customer it was written for."""
    note = ComplaintNote.objects.select_related("complaint__customer").get(pk=note_id)
    return queue_message(kind=_Kind.REPLY, ref=note.id, dedupe_key=f"reply:{note.id}", customer=note.complaint.customer)


@transaction.atomic
def tell_owner(*, note_id: UUID) -> Message | None:
    """Tell the owner that the customer wrote, by mail or on the page of their case."""
    note = ComplaintNote.objects.select_related("complaint__owner").get(pk=note_id)
    owner = note.complaint.owner
    if not note.from_customer or not owner.is_active or note.complaint.is_sample:
        return None
    return queue_message(kind=_Kind.ANSWERED, ref=note.id, dedupe_key=f"answered:{note.id}", user=owner)


@transaction.atomic
def call_in(*, mention_id: UUID) -> Message | None:
    """Tell a colleague that they were called into a case, unless they have looked meanwhile."""
    mention = NoteMention.objects.select_related("user").get(pk=mention_id)
    if mention.seen_at is not None:
        return None
    return queue_message(kind=_Kind.MENTION, ref=mention.id, dedupe_key=f"mention:{mention.id}", user=mention.user)


@transaction.atomic
def ask_whether_solved(*, complaint_id: UUID, reminder: bool = False) -> Message | None:
    """Tell the customer what was done and ask whether it is solved."""
    kind = _Kind.RESOLUTION_REMINDER if reminder else _Kind.RESOLUTION
    complaint = _complaint(complaint_id)
    return _to_customer(kind, complaint, f":{complaint.reopened_count}")


@transaction.atomic
def close_the_loop(*, complaint_id: UUID) -> list[Message]:
    """One note to the owner and to everybody who was told in any climb of this complaint: what became of it.

    An owner who closed it themselves, and was never told of it, knows.
    """
    complaint = _complaint(complaint_id)
    if complaint.is_sample:
        return []
    told = EscalationStep.objects.filter(ladder__complaint=complaint, state=EscalationStep.State.TOLD)
    owner = Q() if current_actor().id == complaint.owner_id else Q(pk=complaint.owner_id)
    people = User.objects.working().filter(Q(pk__in=told.values("recipient")) | owner)
    notes = [
        queue_message(
            kind=_Kind.CLOSING,
            ref=complaint.id,
            dedupe_key=f"closing:{complaint.id}:{person.id}:{complaint.reopened_count}",
            user=person,
        )
        for person in people
    ]
    return [note for note in notes if note is not None]


@transaction.atomic
def welcome(*, user_id: UUID) -> Message | None:
    """Mail somebody a link to choose their password, or a new one; asking again sends another link."""
    user = User.objects.get(pk=user_id)
    kind = _Kind.PASSWORD if user.has_usable_password() else _Kind.WELCOME
    earlier = Message.objects.filter(kind=kind, ref=user.id)
    waiting = earlier.filter(state=Message.State.QUEUED).first()
    if waiting:
        return waiting
    # Each asking is one of its own: counted, the first after a restore would look like one sent before.
    return queue_message(kind=kind, ref=user.id, dedupe_key=f"{kind}:{user.id}:{new_id()}", user=user)


def _to_customer(kind: str, complaint: Complaint, suffix: str) -> Message | None:
    return queue_message(
        kind=kind, ref=complaint.id, dedupe_key=f"{kind}:{complaint.id}{suffix}", customer=complaint.customer
    )


def _complaint(complaint_id: UUID) -> Complaint:
    return Complaint.objects.select_related("customer").get(pk=complaint_id)
