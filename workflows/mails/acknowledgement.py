"""The receipt a customer gets for a complaint: its number, what happens next, and by when."""

from customers.selectors.salutations import address_for
from feedback.logic.contexts import nearest
from feedback.models import Complaint
from feedback.selectors.contexts import contexts_of
from workflows.mails.base import Composed, Skip, link, threaded, to_customer, words_of_care
from workflows.models import Message, SlaClock
from workflows.selectors.clocks import current_clock


def compose(message: Message) -> Composed | Skip:
    """Confirm the receipt; not after the complaint was answered."""
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=message.ref)
    if not complaint.is_open:
        return Skip("answered")
    contact = current_clock(complaint.id, SlaClock.Kind.FIRST_CONTACT)
    answer = current_clock(complaint.id, SlaClock.Kind.RESOLVE)
    customer = complaint.customer
    context = nearest(contexts_of([customer.pk]).get(customer.pk, []))
    language = "en" if customer.language == "en" else "vi"
    return to_customer(
        "acknowledgement",
        customer,
        about_complaint=True,
        headers=threaded(complaint),
        complaint=complaint,
        care=words_of_care(context, language, address_for(customer, complaint=True, language=language)),
        contact_by=contact.due_at if contact else None,
        answer_by=answer.due_at if answer else None,
        track_url=link("t", "track", complaint.id),
    )
