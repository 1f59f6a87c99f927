"""A complaint is yours: what it is about, what whoever handed it over says of it, and by when it is promised."""

from uuid import UUID

from customers.logic.masks import without_contacts
from customers.models import Interaction
from feedback.models import Complaint
from workflows import wording
from workflows.logic.private import shortened
from workflows.mails.base import Composed, Skip, case_url, threaded, to_staff
from workflows.mails.escalation import place_of
from workflows.models import Message, SlaClock
from workflows.selectors.clocks import current_clock
from workflows.selectors.people import customer_called

_QUOTE_LENGTH = 320


def compose(message: Message) -> Composed | Skip:
    """Tell the owner; nothing when it was answered or belongs to somebody else by now."""
    complaint = Complaint.objects.select_related("customer", "owner", "touchpoint", "branch").get(pk=message.ref)
    if message.user is None or complaint.owner_id != message.user.id:
        return Skip("moved_on")
    if not complaint.is_open:
        return Skip("answered")
    contact = current_clock(complaint.id, SlaClock.Kind.FIRST_CONTACT)
    answer = current_clock(complaint.id, SlaClock.Kind.RESOLVE)
    return to_staff(
        "assigned",
        message.user,
        headers=threaded(complaint),
        complaint=complaint,
        customer=customer_called(complaint.customer),
        place=place_of(complaint),
        handed=_handed_over(complaint.pk),
        quote=shortened(without_contacts(complaint.description), _QUOTE_LENGTH),
        contact_by=wording.moment(contact.due_at) if contact and contact.stopped_at is None else "",
        answer_by=wording.moment(answer.due_at) if answer else "",
        case_url=case_url(complaint),
    )


def _handed_over(complaint_id: UUID) -> dict[str, str] | None:
    """Who gave it to its owner of today and what they wrote; None where nobody wrote anything."""
    given = Interaction.objects.filter(subject_id=complaint_id, what="complaint.assigned").first()
    if given is None or not given.body:
        return None
    return {"by": given.actor_label, "words": shortened(without_contacts(given.body), _QUOTE_LENGTH)}
