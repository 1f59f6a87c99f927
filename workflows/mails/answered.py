"""The customer wrote: what they say, to the owner of their case."""

from customers.logic.masks import without_contacts
from feedback.models import ComplaintNote
from workflows.logic.private import shortened
from workflows.mails.base import Composed, Skip, case_url, threaded, to_staff
from workflows.mails.escalation import place_of
from workflows.models import Message
from workflows.selectors.people import customer_called

_QUOTE_LENGTH = 600


def compose(message: Message) -> Composed | Skip:
    """Tell the owner; nothing when the case went to somebody else meanwhile."""
    note = ComplaintNote.objects.select_related(
        "complaint__customer", "complaint__owner", "complaint__touchpoint", "complaint__branch"
    ).get(pk=message.ref)
    complaint = note.complaint
    if message.user is None or complaint.owner_id != message.user.id:
        return Skip("moved_on")
    return to_staff(
        "answered",
        message.user,
        headers=threaded(complaint),
        complaint=complaint,
        customer=customer_called(complaint.customer),
        place=place_of(complaint),
        quote=shortened(without_contacts(note.body), _QUOTE_LENGTH),
        case_url=case_url(complaint),
    )
