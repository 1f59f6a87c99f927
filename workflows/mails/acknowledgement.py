"""The receipt a customer gets for a complaint: its number, what happens next, and by when."""

from feedback.models import Complaint
from feedback.selectors.tone import care_for
from workflows.mails.base import Composed, Skip, link, threaded, to_customer
from workflows.models import Message, SlaClock
from workflows.selectors.clocks import current_clock


def compose(message: Message) -> Composed | Skip:
    """Confirm the receipt; not after the complaint was answered."""
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=message.ref)
    if not complaint.is_open:
        return Skip("answered")
    contact = current_clock(complaint.id, SlaClock.Kind.FIRST_CONTACT)
    answer = current_clock(complaint.id, SlaClock.Kind.RESOLVE)
    return to_customer(
        "acknowledgement",
        complaint.customer,
        about_complaint=True,
        headers=threaded(complaint),
        complaint=complaint,
        care=care_for(complaint.customer, about_complaint=True),
        contact_by=contact.due_at if contact else None,
        answer_by=answer.due_at if answer else None,
        track_url=link("t", "track", complaint.id),
    )
