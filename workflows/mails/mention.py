"""A colleague was called into a case by an internal note."""

from customers.logic.masks import without_contacts
from feedback.models import NoteMention
from feedback.selectors.complaints import visible_to
from workflows.logic.private import shortened
from workflows.mails.base import Composed, Skip, case_url, threaded, to_staff
from workflows.mails.escalation import place_of
from workflows.models import Message
from workflows.selectors.people import customer_called, person

_QUOTE_LENGTH = 600


def compose(message: Message) -> Composed | Skip:
    """Who asks, and what they wrote; nothing when it was looked at or may not be seen any more."""
    mention = NoteMention.objects.select_related(
        "note__author", "note__complaint__customer", "note__complaint__touchpoint", "note__complaint__branch"
    ).get(pk=message.ref)
    complaint = mention.note.complaint
    if message.user is None or mention.seen_at is not None:
        return Skip("seen")
    if not visible_to(message.user).filter(pk=complaint.pk).exists():
        return Skip("moved_on")
    author = mention.note.author
    return to_staff(
        "mention",
        message.user,
        headers=threaded(complaint),
        complaint=complaint,
        customer=customer_called(complaint.customer),
        place=place_of(complaint),
        author=person(author) if author else mention.note.author_label,
        quote=shortened(without_contacts(mention.note.body), _QUOTE_LENGTH),
        case_url=case_url(complaint),
    )
